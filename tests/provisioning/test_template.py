"""`template://`: the data that templates see, what their fields give, and templates that mean harm."""

from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from isomorph.model.errors import InvalidInput
from isomorph.provisioning.contract import Request, Resource, Result, ServicePort, Target, WorkloadService
from isomorph.provisioning.engine import Catalogue
from isomorph.provisioning.files import Loading, read_provisioners
from isomorph.provisioning.template import TemplateProvisioner
from isomorph.syntax.gotemplate import bounds
from tests.provisioning.asking import GUID, make_request, read_one


def write(**fields: str) -> str:
    """Write a provisioner with fields as blocks of text."""
    blocks = "".join(f"  {name}: |\n{indent(text, '    ')}\n" for name, text in fields.items())
    return f"- uri: template://test\n  type: thing\n{blocks}"


def provision(platform: str = "compose", given: dict[str, Any] | None = None, **fields: str) -> Result:
    return read_one(write(**fields), platform).provision(make_request(platform, **(given or {})))


def fail(platform: str = "compose", given: dict[str, Any] | None = None, **fields: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        provision(platform, given, **fields)
    return caught.value


PARAMETERS = {
    "host": "shop.example",
    "path": "/",
    "port": "web",
    "workload": "backend",
    "model": "ai/smollm2",
    "openapi_file": "./api/openapi.yaml",
    "openapi_title": "Back End",
}
MISNAMED = {"template://community-provisioners/ollama-llm-model": ({"api-key"}, {"api_key"})}
"""A file whose expected output has another name than the one that its template gives."""


def template_provisioners(corpus: Path, part: str) -> list[tuple[str, TemplateProvisioner]]:
    found: list[tuple[str, TemplateProvisioner]] = []
    for path in sorted((corpus / part).rglob("*.provisioners.yaml")):
        platform = "compose" if "compose" in path.name or path.parent.name == "score-compose" else "kubernetes"
        read = read_provisioners(path.read_bytes(), str(path), Loading(platform))
        found += [(platform, one) for one in read if isinstance(one, TemplateProvisioner)]
    return found


@pytest.mark.parametrize(("part", "least"), [("reference-provisioners", 25), ("community-provisioners", 25)])
def test_every_template_of_the_files_renders_and_stays_the_same(corpus: Path, part: str, least: int) -> None:
    provisioners = template_provisioners(corpus, part)
    assert len(provisioners) >= least
    for platform, provisioner in provisioners:
        id_ = "shop.backend" if provisioner.type == "service" else "shop.db"
        request = make_request(platform, provisioner.type, params=PARAMETERS, id=id_)
        first = provisioner.provision(request)
        missing, added = MISNAMED.get(provisioner.uri, (set(), set()))
        assert set(first.outputs) == set(provisioner.expected_outputs or ()) - missing | added, provisioner.uri
        assert all(value not in ("", None) for value in first.outputs.values()), provisioner.uri
        if provisioner.uri.startswith("template://example"):
            continue  # The example of state, which counts its runs.
        second = provisioner.provision(replace(request, state=first.state, shared=first.shared))
        assert second.outputs == first.outputs, provisioner.uri
        assert second.fragments == first.fragments, provisioner.uri


def test_the_reference_redis_of_compose(corpus: Path) -> None:
    text = (corpus / "reference-provisioners" / "compose.provisioners.yaml").read_bytes()
    redis = next(one for one in read_provisioners(text, "p", Loading("compose")) if one.type == "redis")
    result = redis.provision(
        make_request("compose", "redis", state={"serviceName": "redis-abc", "password": "Q8xZt5LmNp"})
    )
    assert result.state == {"serviceName": "redis-abc", "password": "Q8xZt5LmNp"}
    assert result.outputs == {"host": "redis-abc", "port": 6379, "username": "default", "password": "Q8xZt5LmNp"}
    assert result.fragments.files == {
        "redis-abc/redis.conf": "requirepass Q8xZt5LmNp\nport 6379\nsave 60 1\nloglevel warning"
    }
    service = result.fragments.services["redis-abc"]
    assert service["volumes"][0]["source"] == "./mounts/redis-abc/redis.conf"
    assert service["volumes"][1]["volume"] == {"nocopy": True}
    assert list(result.fragments.volumes) == ["redis-abc-data"]
    assert "project_default" in result.messages[0]
    assert "Q8xZt5LmNp" not in str(result.messages + result.diagnostics)
    assert [diagnostic.code for diagnostic in result.diagnostics] == ["secret-in-clear"]
    assert "file redis-abc/redis.conf" in result.diagnostics[0].message


def test_the_reference_redis_of_kubernetes_keeps_its_password_in_a_secret(corpus: Path) -> None:
    text = (corpus / "reference-provisioners" / "kubernetes.provisioners.yaml").read_bytes()
    redis = next(one for one in read_provisioners(text, "p", Loading("kubernetes")) if one.type == "redis")
    result = redis.provision(make_request("kubernetes", "redis"))
    kinds = [manifest["kind"] for manifest in result.fragments.manifests]
    assert "Secret" in kinds
    assert str(result.outputs["password"]).startswith("🔐💬")
    assert result.diagnostics == ()


DATA = (
    "uid: {{ .Uid }}\ntype: {{ .Type }}\nclass: {{ .Class }}\nid: {{ .Id }}\nparam: {{ .Params.size }}\n"
    "meta: {{ .Metadata.owner }}\nworkload: {{ .SourceWorkload }}\n"
)


@pytest.mark.parametrize(
    ("platform", "more", "expected"),
    [
        ("compose", "p: {{ .ComposeProjectName }}\nm: {{ .MountsDirectory }}", {"p": "project", "m": "./mounts"}),
        ("kubernetes", "g: {{ .Guid }}\nn: {{ .Namespace }}", {"g": GUID, "n": "prod"}),
    ],
)
def test_data(platform: str, more: str, expected: dict[str, str]) -> None:
    given = {"params": {"size": 3}, "metadata": {"owner": "me"}}
    assert provision(platform, given, outputs=DATA + more).outputs == {
        "uid": "thing.default#shop.db",
        "type": "thing",
        "class": "default",
        "id": "shop.db",
        "param": 3,
        "meta": "me",
        "workload": "shop",
        **expected,
    }


@pytest.mark.parametrize(
    ("platform", "field"), [("compose", "Guid"), ("compose", "Namespace"), ("kubernetes", "MountsDirectory")]
)
def test_a_field_of_the_other_platform_is_an_error_that_lists_the_fields(platform: str, field: str) -> None:
    error = fail(platform, outputs=f"a: b\nx: {{{{ .{field} }}}}")
    assert f"there is no field .{field}" in error.message
    assert ".WorkloadServices" in error.message
    assert error.origin is not None
    assert (error.origin.line, error.origin.column) == (5, 11)


def test_services_by_name_and_by_number() -> None:
    services = {
        "web": WorkloadService("web-svc", {"http": ServicePort("http", 80, 8080), "8443": ServicePort("8443", 443, 1)}),
        "other": WorkloadService("other", {"a": ServicePort("a", 443, 2), "b": ServicePort("b", 8443, 3, "UDP")}),
    }
    outputs = (
        "name: {{ (index .WorkloadServices `web`).ServiceName }}\n"
        "by-name: {{ (index (index .WorkloadServices `web`).Ports `http`).TargetPort }}\n"
        "by-number: {{ (index (index .WorkloadServices `web`).Ports `80`).TargetPort }}\n"
        "name-wins: {{ (index (index .WorkloadServices `web`).Ports `8443`).TargetPort }}\n"
        "protocol: {{ (index .WorkloadServices.other.Ports `8443`).Protocol }}\n"
        "all: {{ range $n, $p := .WorkloadServices.other.Ports }}{{ $n }}={{ $p.Port }} {{ end }}\n"
    )
    assert provision(given={"services": services}, outputs=outputs).outputs == {
        "name": "web-svc",
        "by-name": 8080,
        "by-number": 8080,
        "name-wins": 1,
        "protocol": "UDP",
        "all": "443=443 8443=8443 a=443 b=8443",
    }


def test_fields_see_what_those_before_them_gave_and_shared_state_is_patched() -> None:
    result = provision(
        given={"state": {"n": 1}, "shared": {"a": {"x": 1, "y": 2}, "gone": 1}},
        init="step: 2",
        state="n: {{ add .State.n .Init.step }}",
        shared="a:\n  x: {{ .State.n }}\n  y: null\ngone: null\nnew: {z: 1}",
        outputs="seen: {{ toJson .Shared }}\nn: {{ .State.n }}",
    )
    assert result.state == {"n": 3}
    assert result.shared == {"a": {"x": 3, "y": None}, "gone": None, "new": {"z": 1}}
    assert result.outputs == {"seen": {"a": {"x": 3}, "new": {"z": 1}}, "n": 3}


def test_fragments_of_compose() -> None:
    result = provision(
        directories="a/b: true\n./c/: false",
        files="x/y.txt: |\n  text\nold: null\nnumber: 010",
        networks="n: {driver: bridge}",
        services="s:\n  image: i\n  ports: ['80:80']",
        volumes="v:",
        models="m: {model: ai/x}",
        info_logs="- one\n- two: {}\n- 3",
    )
    fragments = result.fragments
    assert fragments.folders == {"a/b": True, "c": False}
    assert fragments.files == {"x/y.txt": "text\n", "old": None, "number": "010"}
    assert fragments.networks == {"n": {"driver": "bridge"}}
    assert fragments.services == {"s": {"image": "i", "ports": ["80:80"]}}
    assert fragments.volumes == {"v": {}}
    assert fragments.models == {"m": {"model": "ai/x"}}
    assert result.messages == ("one", "3")


def test_fragments_of_kubernetes() -> None:
    result = provision("kubernetes", manifests="- {kind: A}\n{{ if .Namespace }}- kind: {{ .Namespace }}{{ end }}")
    assert result.fragments.manifests == ({"kind": "A"}, {"kind": "prod"})


def test_fields_that_give_nothing_give_nothing() -> None:
    empty = provision(
        init="{{ if false }}x{{ end }}", state="# only a comment", outputs="null", services="{}", info_logs=""
    )
    assert empty == Result()


def test_references_to_secrets_are_encoded() -> None:
    outputs = "a: {{ encodeSecretRef `name` `key_1` }}\nurl: http://u:{{ encodeSecretRef (print `n` 1) `k` }}@h"
    assert provision("kubernetes", outputs=outputs).outputs == {
        "a": "🔐💬name_key_1💬🔐",
        "url": "http://u:🔐💬n1_k💬🔐@h",
    }
    assert "no name and key" in fail("kubernetes", outputs="a: {{ encodeSecretRef `a_b` `k` }}").message
    assert "encodeSecretRef" in fail("compose", outputs="a: {{ encodeSecretRef `a` `k` }}").message


def test_a_manifest_cannot_carry_a_reference_to_a_secret() -> None:
    error = fail("kubernetes", manifests="- {kind: Pod, spec: [{env: 'x {{ encodeSecretRef `a` `b` }}'}]}")
    assert "Pod holds a secret reference" in error.message


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: b\nc: {{ fail `no such size` }}", (5, 11), "failed: no such size"),
        ("a: b\n\nc: {{ .Params.x }", (6, 8), "unclosed action"),
        ("a: {{ nothing 1 }}", (4, 11), "function 'nothing' not defined"),
        ("a: {{ .Uid.x }}", (4, 11), "'x'"),
        ("a: [", (4, 5), "it gives no YAML"),
        ("- a", (4, 5), "it must give a mapping"),
        ("a: 1\n---\nb: 1", (4, 5), "second document"),
        ("a: 1\na: 2", (4, 5), "written twice"),
    ],
)
def test_failures_are_told_with_their_place(text: str, place: tuple[int, int], message: str) -> None:
    error = fail(outputs=text)
    assert message in error.message
    assert error.origin is not None
    assert (error.origin.file, error.origin.line, error.origin.column) == ("p.provisioners.yaml", *place)


def test_a_template_in_quotes_has_the_place_of_its_start() -> None:
    provisioner = read_one('- uri: template://x\n  type: thing\n  outputs: "a: 1\\nb: {{ fail `x` }}"\n')
    with pytest.raises(InvalidInput) as caught:
        provisioner.provision(make_request())
    assert caught.value.origin is not None
    assert (caught.value.origin.line, caught.value.origin.column) == (3, 12)


@pytest.mark.parametrize(
    "text",
    [
        "a: {{ fail .State.password }}",
        "a: *{{ .State.password }}",
        "{{ .State.password }}: 1\n{{ .State.password }}: 2",
    ],
)
def test_secrets_do_not_show_in_failures(text: str) -> None:
    error = fail(given={"state": {"password": "Tr0ub4dor"}}, outputs=text, state="password: {{ .State.password }}")
    assert "Tr0ub4dor" not in str(error)
    assert "***" in str(error)


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "..", ".", "", "a\\..\\x", "a\0b"])
@pytest.mark.parametrize("field", ["files", "directories"])
def test_paths_stay_below_the_folder_of_mounts(path: str, field: str) -> None:
    value = "true" if field == "directories" else "text"
    quoted = '"' + path.replace("\\", "\\\\").replace("\0", "\\0") + '"'
    fields: dict[str, Any] = {field: f"{quoted}: {value}"}
    assert "no path below the folder" in fail(**fields).message


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("directories", "a: yes", "must be true"),
        ("files", "a: {b: c}", "must be text"),
        ("services", "a: text", "a must be a mapping"),
        ("services", "[]", "it must give a mapping"),
        ("info_logs", "a: b", "list of strings"),
    ],
)
def test_fields_of_another_shape(field: str, text: str, message: str) -> None:
    fields: dict[str, Any] = {field: text}
    assert message in fail(**fields).message


def test_manifests_of_another_shape() -> None:
    assert "list of mappings" in fail("kubernetes", manifests="kind: Pod").message
    assert "list of mappings" in fail("kubernetes", manifests="- a\n- null").message


GROW = "{{{{ $x := `aaaaaaaa` }}}}{{{{ range until 100 }}}}{{{{ $x = {} }}}}{{{{ end }}}}"
HARM = {
    "endless": "{{ range 1000000000 }}{{ end }}",
    "nested loops": "{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}",
    "recursion": "{{ define `x` }}{{ template `x` . }}{{ end }}{{ template `x` . }}",
    "many": "{{ until 1000000000 }}",
    "steps": "{{ untilStep 0 1000000000 1 }}",
    "sequence": "{{ seq 1 1000000000 }}",
    "repeat": "{{ repeat 1000000000 `a` }}",
    "random": "{{ randAlphaNum 1000000000 }}",
    "random bytes": "{{ randBytes 10000000000 }}",
    "indent": "{{ indent 1000000000 `a` }}",
    "width": "{{ printf `%1000000000d` 1 }}",
    "width argument": "{{ printf `%*d` 1000000000 1 }}",
    "output": "{{ $x := repeat 900000 `a` }}{{ range until 50 }}{{ $x }}{{ end }}",
    "doubling": GROW.format("print $x $x"),
    "cat": GROW.format("cat $x $x"),
    "join": GROW.format("join $x (list $x $x $x)"),
    "replace": GROW.format("replace `a` $x $x"),
    "pattern": GROW.format("regexReplaceAll `(.*)` $x `${1}${1}${1}`"),
    "base64": GROW.format("b64enc $x"),
    "quote": GROW.format("quote $x"),
    "wrap": GROW.format("wrapWith 1 $x (repeat 5 (cat $x `b`))"),
    "lists": "{{ $x := list 1 2 }}{{ range until 60 }}{{ $x = concat $x $x }}{{ end }}",
    "cycle": "{{ $d := dict }}{{ $_ := set $d `x` $d }}{{ $d }}",
    "parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "blocks": "{{ if 1 }}" * 5000 + "{{ end }}" * 5000,
    "network": "{{ getHostByName `example.org` }}",
    "attribute": "{{ .Uid.__class__ }}",
    "method": "{{ .Uid.format }}",
    "call": "{{ call .Uid }}",
}


@pytest.mark.parametrize("name", HARM)
def test_templates_that_mean_harm_end_in_an_error(name: str) -> None:
    assert fail(outputs=f"a: b\nx: {HARM[name]}").origin is not None


@pytest.mark.parametrize("text", ["{{ $x }}", "{{ toJson $x }}"])
def test_what_only_takes_long_is_stopped(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "TIME_LIMIT", 0.2)
    shared = "{{ $x := `a` }}{{ range until 60 }}{{ $x = list $x $x }}{{ end }}"
    assert "took longer than 0.2 seconds" in fail(outputs=f"x: {shared}{text}").message


def test_the_environment_and_files_are_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISOMORPH_TEST", "leak")
    text = "a: '{{ env `ISOMORPH_TEST` }}{{ expandenv `$ISOMORPH_TEST` }}'"
    assert provision(outputs=text).outputs == {"a": ""}
    loading = Loading("compose", variables={"ISOMORPH_TEST": "given"})
    (provisioner,) = read_provisioners(write(outputs=text), "p", loading)
    assert provisioner.provision(make_request()).outputs == {"a": "givengiven"}
    assert "function 'readFile' not defined" in fail(outputs="a: {{ readFile `/etc/passwd` }}").message


def test_aliases_in_what_a_template_gives_are_bounded() -> None:
    bomb = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    assert "aliases repeat more" in fail(outputs=bomb).message


def test_nothing_of_a_request_is_changed() -> None:
    given: dict[str, Any] = {"state": {"a": {"b": 1}}, "shared": {"c": {}}, "params": {"d": {}}}
    request = make_request(**given)
    before = repr(request)
    text = write(
        state="a: {{ set .State.a `b` 2 | toJson }}",
        shared="c: {{ set .Shared.c `x` 1 | toJson }}",
        outputs="x: {{ .Params }}",
    )
    assert read_one(text).provision(request).state == {"a": {"b": 2}}
    assert repr(request) == before


@pytest.mark.parametrize("platform", ["compose", "kubernetes"])
def test_a_project_of_a_reference_tool_comes_out_as_it_is(platform: str, corpus: Path) -> None:
    folder = corpus / "reference-outputs" / "projects" / "resource-provisioning"
    own = folder / (".score-compose" if platform == "compose" else ".score-k8s")
    state = yaml.safe_load((own / "state.yaml").read_text())
    written = list(
        yaml.safe_load_all((folder / ("compose.yaml" if platform == "compose" else "manifests.yaml")).read_text())
    )
    provisioners = read_provisioners((own / "zz-default.provisioners.yaml").read_bytes(), "p", Loading(platform))
    target = Target(platform, project="demo", mounts=".score-compose/mounts")
    for uid, recorded in state["resources"].items():
        resource = Resource(uid=uid, type=recorded["type"], id=recorded["id"], workload=recorded["source_workload"])
        request = Request(resource=resource, guid=recorded["guid"], target=target, state=recorded["state"])
        result = Catalogue(provisioners).match(resource).provision(request)
        assert result.state == recorded["state"]
        assert result.outputs == recorded["outputs"]
        for kind in ("services", "volumes"):
            for name, part in getattr(result.fragments, kind).items():
                assert written[0][kind][name] == part
        for path, content in result.fragments.files.items():
            assert (own / "mounts" / path).read_text() == content
        for manifest in result.fragments.manifests:
            assert manifest in written
        assert bool(result.fragments.services) == (platform == "compose")
        assert bool(result.fragments.manifests) == (platform == "kubernetes")
