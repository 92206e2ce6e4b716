"""Files that Vault's agent renders into containers, as annotations of their pods ask for them."""

from textwrap import indent

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Report, Verdict
from isomorph.model.application import Definition, Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.normalise import normalise
from isomorph.model.text import Address, SecretValue
from isomorph.model.workload import File
from isomorph.platforms.table import load_reader
from tests.memory_context import memory_context, source
from tests.platforms.kubernetes.reading import codes, container_of, only, read_text
from tests.platforms.kubernetes.written import Output

TEMPLATE = """\
{{- with secret "secret/data/web" -}}
postgres://{{ .Data.data.user }}:{{ .Data.data.password }}@db:5432/shop
{{- end }}
"""


def injected(
    *annotations: str,
    containers: str = "[{name: web, image: 'web:1'}]",
    more: str = "",
    asked: str = "true",
    beside: str = "",
) -> Definition:
    """Read a Deployment whose pods ask for the agent; annotations are lines without what they all begin with."""
    lines = [f"agent-inject: '{asked}'", *annotations]
    said = indent("\n".join(f"vault.hashicorp.com/{line}" for line in lines), "        ")
    return read_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n"
        f"  template:\n    metadata:\n      labels: {{app: web}}\n      annotations:\n{said}\n"
        f"    spec: {{containers: {containers}{more}}}\n{beside}"
    )


def test_a_secret_is_a_file_below_the_usual_folder() -> None:
    definition = injected("agent-inject-secret-DB.txt: secret/data/db", "agent-inject-perms-DB.txt: '0400'")
    assert container_of(definition).files == {"/vault/secrets/db.txt": File((SecretValue("secret/data/db"),), 0o400)}
    assert definition.application.secrets == {"secret/data/db": Secret(external=True)}
    path = ("workloads", "web", "containers", "web", "files", "/vault/secrets/db.txt")
    assert str(definition.origins.exact((*path, "content"))) == "a.yaml:11:57"
    assert str(definition.origins.exact((*path, "mode"))) == "a.yaml:12:56"
    assert codes(definition) == []


def test_a_file_may_be_called_and_placed_otherwise() -> None:
    definition = injected(
        "agent-inject-secret-A: kv/a",
        "agent-inject-secret-b: kv/b",
        "agent-inject-file-b: conf/b.env",
        "secret-volume-path-b: /etc/web/",
        "preserve-secret-case-A: 'true'",
    )
    assert list(container_of(definition).files) == ["/vault/secrets/A", "/etc/web/conf/b.env"]


def test_a_template_is_a_text_with_references_to_its_secrets() -> None:
    template = indent(TEMPLATE, "          ")
    definition = injected("agent-inject-secret-c: secret/data/web", f"agent-inject-template-c: |\n{template}")
    web = "secret/data/web"
    assert container_of(definition).files["/vault/secrets/c"].content == (
        "postgres://", SecretValue(web, "user"), ":", SecretValue(web, "password"), "@db:5432/shop\n",
    )  # fmt: skip
    assert definition.application.secrets == {web: Secret({"user": None, "password": None}, external=True)}


@pytest.mark.parametrize(
    "template",
    [
        '{{ with secret "kv/a" }}{{ range $k, $v := .Data }}{{ $k }}={{ $v }} {{ end }}{{ end }}',
        '{{ with secret "kv/a" }}',
    ],
)
def test_what_a_template_does_that_is_not_understood_is_the_secret_as_a_whole(template: str) -> None:
    definition = injected("agent-inject-secret-a: kv/a", f"agent-inject-template-a: '{template}'")
    assert container_of(definition).files["/vault/secrets/a"].content == (SecretValue("kv/a"),)


def test_the_named_containers_see_the_files() -> None:
    definition = injected(
        "agent-inject-secret-a: kv/a",
        "agent-inject-containers: 'web, '",
        containers="[{name: web, image: 'web:1'}, {name: other, image: 'other:1'}]",
        more=", initContainers: [{name: first, image: 'first:1'}]",
    )
    assert [name for name, each in only(definition).containers.items() if each.files] == ["web"]


@pytest.mark.parametrize(("first", "seen"), [("true", ["first", "web"]), ("false", ["web"])])
def test_an_init_container_sees_them_where_the_agent_comes_first(first: str, seen: list[str]) -> None:
    definition = injected(
        "agent-inject-secret-a: kv/a",
        f"agent-init-first: '{first}'",
        more=", initContainers: [{name: first, image: 'first:1'}]",
    )
    assert [name for name, each in only(definition).containers.items() if each.files] == seen


def test_annotations_of_the_controller_and_a_no_inject_nothing() -> None:
    controller = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n"
        "    vault.hashicorp.com/agent-inject: 'true'\n    vault.hashicorp.com/agent-inject-secret-a: kv/a\n"
        "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, "
        "spec: {containers: [{name: web, image: 'web:1'}]}}}\n"
    )
    assert container_of(read_text(controller)).files == {}
    assert container_of(injected("agent-inject-secret-a: kv/a", asked="false")).files == {}


@pytest.mark.parametrize(
    ("annotations", "where", "what"),
    [
        (("agent-inject-secret-a: kv/a", "agent-inject-perms-a: rw"), "a.yaml:12:51", "permission bits"),
        (("agent-inject-secret-a: kv/a", "agent-inject-file-a: ../../etc/passwd"), "a.yaml:11:52", "no path of a file"),
        (("agent-inject-secret-a: kv/a", "secret-volume-path: vault"), "a.yaml:11:52", "no path of a file"),
        (("agent-inject-secret-a: [kv/a]",), "a.yaml:11:52", "must be a string"),
    ],
)
def test_what_no_agent_could_render_is_refused_where_it_stands(
    annotations: tuple[str, ...], where: str, what: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        injected(*annotations)
    assert (str(caught.value.origin), what in caught.value.message) == (where, True)


def test_a_template_without_end_is_cut_short_in_time() -> None:
    template = '{{ with secret "kv/a" }}' * 5_000
    definition = injected("agent-inject-secret-a: kv/a", f"agent-inject-template-a: '{template}'")
    assert container_of(definition).files["/vault/secrets/a"].content == (SecretValue("kv/a"),)


def test_the_files_are_not_written_beside_the_annotations() -> None:
    definition = injected("agent-inject-secret-a: kv/a")
    output = Output(definition)
    assert [each["kind"] for each in output.documents] == ["Deployment"]
    assert "volumeMounts" not in output.container()
    template = output.find("Deployment")["spec"]["template"]["metadata"]["annotations"]
    assert template["vault.hashicorp.com/agent-inject-secret-a"] == "kv/a"
    assert output.told == []


def against_nomad(template: str) -> Report:
    """Compare what Vault's agent renders in Kubernetes with what a task of Nomad renders."""
    job = (
        'job "web" {\n  group "web" {\n    task "web" {\n      driver = "docker"\n      vault {}\n'
        '      config {\n        image   = "web:1"\n        volumes = ["secrets/c:/vault/secrets/c"]\n      }\n'
        f'      template {{\n        destination = "secrets/c"\n        data = <<EOT\n{template}EOT\n      }}\n'
        '    }\n  }\n}\n'
    )  # fmt: skip
    files = memory_context({"job.nomad": job})
    there = load_reader("nomad")(source("job.nomad"), files)
    here = injected("agent-inject-secret-c: kv", f"agent-inject-template-c: |\n{indent(TEMPLATE, '          ')}")
    return compare([Environment("k8s", normalise(here)), Environment("nomad", normalise(there))])


def test_the_same_template_says_the_same_in_nomad() -> None:
    report = against_nomad(TEMPLATE)
    assert [each.rule for each in report.findings if each.verdict is Verdict.DRIFT] == []


def test_a_password_in_plain_text_there_is_told_and_not_shown() -> None:
    plain = TEMPLATE.replace("{{ .Data.data.user }}:{{ .Data.data.password }}", "u:hunter2")
    report = against_nomad(plain)
    (finding,) = [each for each in report.findings if each.verdict is Verdict.DRIFT]
    assert (finding.rule, finding.subject) == ("secret.exposed", "/vault/secrets/c")
    assert "hunter2" not in str(finding)


def test_an_address_in_a_template_is_the_workload_that_it_names() -> None:
    template = indent(TEMPLATE.replace("@db:", "@web:"), "          ")
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 5432}]}\n"
    definition = injected("agent-inject-secret-c: kv", f"agent-inject-template-c: |\n{template}", beside=service)
    content = container_of(normalise(definition)).files["/vault/secrets/c"].content
    assert isinstance(content, tuple)
    assert Address("web", "web", 5432) in content
