"""Provisioner files: what is read, in which order they count, and how mistakes in them are told."""

import subprocess
import sys
from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.provisioning.contract import Resource
from isomorph.provisioning.engine import Catalogue
from isomorph.provisioning.files import (
    FileProvisioner,
    Loading,
    load_folder,
    load_provisioners,
    read_provisioners,
)
from tests.provisioning.asking import TextFiles, make_request, read_one


def names(provisioners: list[FileProvisioner]) -> list[str]:
    return [provisioner.uri.partition("://")[2] for provisioner in provisioners]


def resource(type_: str, class_: str = "default", id_: str = "w.r") -> Resource:
    return Resource(uid=f"{type_}.{class_}#{id_}", type=type_, class_=class_, id=id_, workload="w")


def platform_of(path: Path) -> str:
    return "compose" if "compose" in path.name or "score-compose" in str(path.parent.name) else "kubernetes"


def test_every_file_of_the_reference_tools_and_the_community_loads(corpus: Path) -> None:
    paths = sorted(corpus.rglob("*.provisioners.yaml"))
    assert {"reference-provisioners", "community-provisioners"} <= {path.relative_to(corpus).parts[0] for path in paths}
    for path in paths:
        content = path.read_bytes()
        found = read_provisioners(content, str(path), Loading(platform_of(path)))
        written = content.decode().splitlines()
        assert len(found) == sum(line.startswith("- uri:") for line in written)
        for provisioner in found:
            assert provisioner.origin is not None
            assert written[provisioner.origin.line - 1] == f"- uri: {provisioner.uri}"


def test_all_keys_are_read() -> None:
    provisioner = read_one(
        "- uri: template://a/b\n  type: db\n  class: big\n  id: one\n  description: |\n    A database.\n"
        "  supported_params: [size]\n  expected_outputs: [host, port]\n"
    )
    assert (provisioner.uri, provisioner.type, provisioner.class_, provisioner.id) == (
        "template://a/b",
        "db",
        "big",
        "one",
    )
    assert provisioner.description == "A database."
    assert provisioner.supported_params == ("size",)
    assert provisioner.expected_outputs == ("host", "port")


def test_files_count_in_the_order_of_their_names_and_the_default_comes_last() -> None:
    def text(name: str) -> str:
        return f"- uri: template://{name}\n  type: db\n"

    files = TextFiles({f"x/{name}.provisioners.yaml": text(name) for name in ("20-b", "10-a", "00-default")})
    files.texts["x/notes.yaml"] = "not: read"
    custom = ["x/20-b.provisioners.yaml", "x/10-a.provisioners.yaml"]
    loaded = load_provisioners(files, custom, ["x/00-default.provisioners.yaml"], Loading("compose"))
    assert names(loaded) == ["10-a", "20-b", "00-default"]
    assert names(load_folder(files, "x", Loading("compose"))) == ["00-default", "10-a", "20-b"]


def test_the_first_that_matches_by_type_class_and_id_wins() -> None:
    text = (
        "- {uri: 'template://by-id', type: db, id: shared}\n"
        "- {uri: 'template://by-class', type: db, class: big}\n"
        "- {uri: 'template://any', type: db, class: null}\n"
        "- {uri: 'template://never', type: db}\n"
        "- {uri: 'template://cache', type: cache}\n"
    )
    catalogue = Catalogue(read_provisioners(text, "p", Loading("compose")))
    chosen = [
        catalogue.match(one).uri
        for one in (resource("db", id_="shared"), resource("db", "big"), resource("db"), resource("cache"))
    ]
    assert chosen == ["template://by-id", "template://by-class", "template://any", "template://cache"]
    assert catalogue.match(resource("db", "big", "shared")).uri == "template://by-id"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("- uri: template://x\n  type: t\n  output: |\n    a: b\n", (3, 3), "unknown key 'output'", "'outputs'"),
        ("- uri: template://x\n  type: t\n  manifests: |\n    []\n", (3, 3), "unknown key 'manifests'", "Kubernetes"),
        ("- uri: cmd://x\n  type: t\n  outputs: a\n", (3, 3), "unknown key 'outputs'", "expected_outputs"),
        ("- uri: cmd://x\n  type: t\n  arg: [a]\n", (3, 3), "unknown key 'arg'", "'args'"),
        ("- uri: template://x\n", (1, 3), "no type", "add `type:`"),
        ("- type: t\n", (1, 3), "no uri", "add `uri:`"),
        ("- uri: ''\n  type: t\n", (1, 8), "no uri", "add `uri:`"),
        ("- uri: templates://x\n  type: t\n", (1, 8), "'templates://x'", "'template'"),
        ("- uri: bash\n  type: t\n", (1, 8), "'bash'", "SCHEME://NAME"),
        ("- uri: template://x\n  type: t\n  init: {a: b}\n", (3, 9), "`init` must be a string", "after `|`"),
        ("- uri: template://x\n  type: t\n  supported_params: a\n", (3, 21), "must be a list", "[a, b]"),
        ("uri: template://x\ntype: t\n", (1, 1), "is a list", "- uri"),
        ("- uri: template://x\n- wrong\n", (1, 3), "no type", "add"),
        ("- wrong\n", (1, 3), "is a mapping", "- uri"),
        ("- uri: template://x\n  type: a\n  type: b\n", (3, 3), "written twice", "remove"),
        ("- uri: cmd://bash/x\n  type: t\n", (1, 8), "no path after it", "cmd://./"),
        ("- uri: cmd://bash?a=b\n  type: t\n", (1, 8), "no user, port or query", "cmd://PROGRAM"),
        ("- uri: cmd://\n  type: t\n", (1, 8), "names no program", "cmd://PROGRAM"),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, place: tuple[int, int], message: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_provisioners(text, "p.yaml", Loading("compose"))
    origin = caught.value.origin
    assert origin is not None
    assert (origin.file, origin.line, origin.column) == ("p.yaml", *place)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_compose_fields_are_refused_for_kubernetes() -> None:
    with pytest.raises(InvalidInput, match=r"unknown key 'services'.*Compose"):
        read_one("- uri: template://x\n  type: t\n  services: |\n    {}\n", "kubernetes")


def test_a_file_that_is_not_there_or_empty() -> None:
    with pytest.raises(InvalidInput, match=r"x\.provisioners\.yaml.*No such file"):
        load_provisioners(TextFiles({}), ["x.provisioners.yaml"], [], Loading("compose"))
    assert read_provisioners("# nothing yet\n", "p", Loading("compose")) == []


def test_aliases_and_depth_are_bounded() -> None:
    bomb = "- &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"- &{name} [*{before}" + f",*{before}" * 9 + "]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(InvalidInput, match="aliases repeat more"):
        read_provisioners(bomb, "p", Loading("compose"))
    with pytest.raises(InvalidInput, match="nested more than"):
        read_provisioners("[" * 5000 + "]" * 5000, "p", Loading("compose"))


def test_loading_does_not_load_the_template_engine() -> None:
    program = (
        "import sys; from isomorph.provisioning.files import Loading, read_provisioners;"
        "read_provisioners('- {uri: \"template://x\", type: t, outputs: \"a: {{ 1 }}\"}', 'p', Loading('compose'));"
        "sys.exit('gotpl' in sys.modules or 'subprocess' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_provisioner_of_a_file_is_one_of_the_contract() -> None:
    result = read_one("- {uri: 'template://x', type: thing, outputs: 'uid: {{ .Uid }}'}").provision(make_request())
    assert result.outputs == {"uid": "thing.default#shop.db"}
