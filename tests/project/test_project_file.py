"""`isomorph.yaml`: what it means, what is refused and where, and that its JSON Schema says the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

import isomorph.project.project_shape
from isomorph.model.errors import InvalidInput, InvalidInputs, UsageError
from isomorph.project.definitions import NamedDefinition
from isomorph.project.project_file import (
    Project,
    find_project,
    parse_project,
    platform_of,
    read_project,
    target_of,
)
from isomorph.project.project_shape import ENVIRONMENT_KEYS, PROJECT_KEYS, SCHEMA_FILE
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.memory_context import memory_context

SCHEMA: dict[str, Any] = msgspec.json.decode(
    Path(isomorph.project.project_shape.__file__).with_name(SCHEMA_FILE).read_bytes()
)

WHOLE = """\
name: sock-shop
workloads: [services/*/score.yaml]
environments:
  local:      {definitions: ["compose:docker-compose.yml?env-file=local.env&profile=dev"]}
  staging:    {definitions: ["kubernetes:deploy"], provisioners: [platform/staging.provisioners.yaml], namespace: stage}
  production:
    definitions: [{platform: kubernetes, definition: prod.yaml}, more.yaml]
    overrides: [prod.overrides.yaml]
    patch-templates: [prod.tpl]
provisioners: [platform, "oci://registry.example/x:1#p.yaml"]
patch-templates: [all.tpl]
default-provisioners: false
compare:   {reference: production}
align: {cart: {local: carts, production: cart-service}}
expect:    [{rule: scale.replicas, between: [local, "*"], reason: "one replica on a laptop"}]
suppress:  [{rule: image.tag, workload: "legacy-*", reason: "frozen until the rewrite", until: 2027-01-31}]
severity:  {compute.limits: note}
policy:    [policy/*.yaml]
"""


def read(text: str, root: str = ".", files: Mapping[str, str | bytes] | None = None) -> Project:
    return parse_project(text.encode(), root, memory_context(files or {}))


def test_all_of_it() -> None:
    project = read(WHOLE, files={"services/b/score.yaml": "", "services/a/score.yaml": "", "services/a/x.yaml": ""})
    assert (project.name, project.default_provisioners) == ("sock-shop", False)
    assert project.workloads == ("services/a/score.yaml", "services/b/score.yaml")
    assert list(project.environments) == ["local", "staging", "production"]
    local, staging, production = project.environments.values()
    options: dict[str, tuple[str, ...]] = {"env-file": ("local.env",), "profile": ("dev",)}
    assert local.definitions == (NamedDefinition("docker-compose.yml", "local", "compose", options),)
    assert (local.namespace, staging.namespace) == ("", "stage")
    assert [each.text for each in staging.provisioners] == ["platform/staging.provisioners.yaml"]
    assert production.definitions == (
        NamedDefinition("prod.yaml", "production", "kubernetes"),
        NamedDefinition("more.yaml", "production"),
    )
    assert [str(place) for place in production.places] == ["isomorph.yaml:7:19", "isomorph.yaml:7:66"]
    assert [each.text for each in production.overrides] == ["prod.overrides.yaml"]
    assert [each.text for each in production.patch_templates] == ["prod.tpl"]
    assert [(each.text, str(each.origin)) for each in project.provisioners] == [
        ("platform", "isomorph.yaml:10:16"),
        ("oci://registry.example/x:1#p.yaml", "isomorph.yaml:10:26"),
    ]
    assert list(project.sections) == ["compare", "align", "expect", "suppress", "severity", "policy"]
    assert project.diagnostics == ()


def test_paths_are_relative_to_the_file() -> None:
    text = (
        "workloads: [a/score.yaml, 'b/*.yaml']\nprovisioners: [x.provisioners.yaml, 'file://y.provisioners.yaml']\n"
        "environments: {prod: {definitions: ['compose:./c.yaml?env-file=../.env&profile=x'], overrides: [o.yaml]}}\n"
    )
    project = read(text, "../shop", {"isomorph.yaml": ""})
    assert project.file == "../shop/isomorph.yaml"
    assert project.workloads == ("../shop/a/score.yaml",)
    assert [each.text for each in project.provisioners] == [
        "../shop/x.provisioners.yaml",
        "../shop/y.provisioners.yaml",
    ]
    (definition,) = project.environments["prod"].definitions
    options: dict[str, tuple[str, ...]] = {"env-file": ("../.env",), "profile": ("x",)}
    assert definition == NamedDefinition("../shop/c.yaml", "prod", "compose", options)
    assert project.environments["prod"].overrides[0].text == "../shop/o.yaml"
    assert project.with_path("compose.yaml") == "../shop/compose.yaml"


@pytest.mark.parametrize("text", ["", "# nothing\n", "environments:\nworkloads:\nname: ~\n", "null\n"])
def test_nothing_is_a_project(text: str) -> None:
    project = read(text)
    assert (project.workloads, project.environments, project.default_provisioners) == ((), {}, True)


def test_no_file_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_project(".", memory_context({"score.yaml": ""})) is None
    inner = tmp_path / "deploy"
    inner.mkdir()
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(inner)
    assert find_project() is None
    (tmp_path / "isomorph.yaml").touch()
    assert find_project() == ".."
    assert find_project("../isomorph.yaml") == ".."


FILES: dict[str, str | bytes] = dict.fromkeys(
    (
        "score.yaml",
        "a/score.yaml",
        "a/b/score.yaml",
        "a/b/c/score.yaml",
        "a/b/c/other.yaml",
        ".hidden/score.yaml",
        "a/.cache/score.yaml",
        "a/ab.yaml",
        "a/b+.yaml",
    ),
    "",
)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*/score.yaml", ["a/score.yaml"]),
        ("**/score.yaml", ["a/b/c/score.yaml", "a/b/score.yaml", "a/score.yaml", "score.yaml"]),
        ("a/**/score.yaml", ["a/b/c/score.yaml", "a/b/score.yaml", "a/score.yaml"]),
        ("a/**/c/*.yaml", ["a/b/c/other.yaml", "a/b/c/score.yaml"]),
        ("a/b/**", ["a/b/c/other.yaml", "a/b/c/score.yaml", "a/b/score.yaml"]),
        ("a/?b.yaml", ["a/ab.yaml"]),
        ("a/b+*", ["a/b+.yaml"]),
        (".h*/*.yaml", [".hidden/score.yaml"]),
        ("a/.*/score.yaml", ["a/.cache/score.yaml"]),
        ("./a/*/score.yaml", ["a/b/score.yaml"]),
        ("*", ["score.yaml"]),
        ("nowhere/*.yaml", []),
    ],
)
def test_patterns(pattern: str, found: list[str]) -> None:
    project = read(f"workloads: ['{pattern}']\n", files=FILES)
    assert list(project.workloads) == found
    assert [each.code for each in project.diagnostics] == ([] if found else ["missing-file"])


def test_a_file_that_is_matched_twice_is_one_workload_file() -> None:
    assert read("workloads: [a/score.yaml, '*/score.yaml']\n", files=FILES).workloads == ("a/score.yaml",)


def test_a_file_of_an_environment_is_none_of_the_projects() -> None:
    text = "workloads: ['**/score.yaml']\nenvironments: {x: {workloads: [b/score.yaml]}, y: ~}\n"
    project = read(text, files={"a/score.yaml": "", "b/score.yaml": ""})
    assert project.workloads == ("a/score.yaml",)
    assert project.workloads_of(project.environments["x"]) == ("a/score.yaml", "b/score.yaml")
    assert project.workloads_of(project.environments["y"]) == ("a/score.yaml",)


@pytest.mark.parametrize("workloads", ["'**/score.yaml'", "s", "./s/score.yaml, s/x/, s/y/score.yaml", "."])
@pytest.mark.parametrize("own", ["s/x", "s/x/score.yaml", "'s/x/**'"])
def test_folders_are_told_apart_as_files_are(workloads: str, own: str) -> None:
    files = {"s/score.yaml": "", "s/x/score.yaml": "", "s/y/score.yaml": ""}
    project = read(f"workloads: [{workloads}]\nenvironments: {{x: {{workloads: [{own}]}}}}\n", files=files)
    shared = {"s/score.yaml", "s/y/score.yaml"}
    assert set(project.workloads) == shared
    assert set(project.workloads_of(project.environments["x"])) == {*shared, own.strip("'").replace("**", "score.yaml")}


@pytest.mark.parametrize("pattern", ["../*.yaml", "/etc/*", "a/../../*.yaml"])
def test_a_pattern_stays_in_the_project(pattern: str) -> None:
    with pytest.raises(InvalidInput, match=r"isomorph\.yaml:1:13: the pattern .* leads out of the project"):
        read(f"workloads: ['{pattern}']\n")


def test_links_that_lead_out_or_round_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from isomorph.platforms.context import Context
    from isomorph.platforms.local import LocalEngines, LocalFiles

    project = tmp_path / "project"
    (project / "a").mkdir(parents=True)
    (project / "a" / "score.yaml").touch()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "score.yaml").touch()
    (project / "out").symlink_to(tmp_path / "secret")
    (project / "isomorph.yaml").write_text("workloads: ['*/score.yaml']\n")
    monkeypatch.chdir(project)
    context = Context(LocalFiles(["."]), LocalEngines())
    found = read_project(".", context)
    assert found is not None
    assert found.workloads == ("a/score.yaml",)
    for name in "bcdefgh":
        (project / name).symlink_to(project)
    for pattern in ("**/score.yaml", "**", "*/*/*/*/score.yaml"):
        (project / "isomorph.yaml").write_text(f"workloads: ['{pattern}']\n")
        found = read_project(".", context)
        assert found is not None
        assert set(found.workloads) <= {"a/score.yaml", "isomorph.yaml"}


RIGHT = [
    "{}",
    "name: a-b_1",
    "environments: {a: ~, B.c-d_1: {}}",
    "environments: {a: {definitions: [x.yaml, {definition: x, platform: compose}, {definition: x, platform: ~}]}}",
    "environments: {a: {namespace: prod, provisioners: [], overrides: ~, patch-templates: [a.tpl]}}",
    "environments: {a: {workloads: ['a/*.yaml'], builds: {w: src, w/c: {context: ., args: {A: 1, B: ~, C: true}}, x: ~}}}",
    "environments: {a: {builds: ~, workloads: ~}}",
    "default-provisioners: true",
    "compare: [[a, b], [a, c]]",
    "workloads: ['true']",
    WHOLE,
]
WRONG = [
    ("[]", "1:1: isomorph.yaml is a mapping"),
    ("text", "1:1: isomorph.yaml is a mapping"),
    ("nome: x", "1:1: isomorph.yaml has no key 'nome' (did you mean name?)"),
    ("zzz: 1", "1:1: isomorph.yaml has no key 'zzz' (there are name, workloads, environments, provisioners,"),
    ("name: Shop", "1:7: name: 'Shop' is not allowed (use a-z, 0-9, '_' and '-', first a letter or digit)"),
    ("name: 7", "1:7: name must be a text, not a number"),
    ('name: "a\\n"', "1:7: name: 'a\\n' is not allowed"),
    ("workloads: score.yaml", "1:12: workloads must be a list of texts, not a text (write it as a list: [ … ])"),
    ("workloads: [1]", '1:13: workloads[0] must be a text, not a number (write it in quotes: "1")'),
    ("workloads: ['']", "1:13: workloads[0] must not be empty"),
    ("workloads: [~]", "1:13: workloads[0] must be a text, not nothing"),
    ("provisioners: {a: b}", "1:15: provisioners must be a list of texts, not a mapping"),
    ("default-provisioners: 'no'", "1:23: default-provisioners must be true or false, not a text"),
    ("environments: [a]", "1:15: environments must be a mapping, not a list"),
    ("environments: {'a b': {}}", "1:16: 'a b' is no name of an environment (use letters, digits"),
    ("environments: {a: [compose.yaml]}", "1:19: environments.a must be a mapping, not a list"),
    ("environments: {a: {definition: [x]}}", "environments.a has no key 'definition' (did you mean definitions?)"),
    ("environments: {a: {definitions: x}}", "1:33: environments.a.definitions must be a list of texts, not a text"),
    ("environments: {a: {definitions: [{platform: compose}]}}", "1:34: environments.a.definitions[0] names no definition"),
    ("environments: {a: {definitions: [{definition: [x]}]}}", "environments.a.definitions[0].definition must be a text"),
    ("environments: {a: {definitions: [{definition: x, at: y}]}}", "environments.a.definitions[0] has no key 'at'"),
    ("environments: {a: {namespace: A}}", "1:31: environments.a.namespace: 'A' is not allowed"),
    ("environments: {a: {builds: [w]}}", "1:28: environments.a.builds must be a mapping, not a list"),
    ("environments: {a: {builds: {w: 1}}}", "1:32: environments.a.builds.w must be a text, not a number"),
    ("environments: {a: {builds: {w: ''}}}", "1:32: environments.a.builds.w must not be empty"),
    ("environments: {a: {builds: {w/: x}}}", "1:29: 'w/' is no name of a workload or container"),
    ("environments: {a: {builds: {w: {args: {A: []}}}}}", "environments.a.builds.w.args.A must be a text, not a list"),
    ("environments: {a: {builds: {w: {dockerfile: 1}}}}", "environments.a.builds.w.dockerfile must be a text"),
    ("environments: {a: {workloads: x.yaml}}", "1:31: environments.a.workloads must be a list of texts, not a text"),
    ("align: []", "1:8: align must be a mapping, not a list"),
    ("expect: {}", "1:9: expect must be a list, not a mapping"),
    ("compare: production", "1:10: compare must be a mapping or a list, not a text"),
    ("severity: [x]", "1:11: severity must be a mapping, not a list"),
]  # fmt: skip
BEYOND_THE_SCHEMA = [
    ("environments: {a: {definitions: [{definition: x, platform: compos}]}}", "no platform 'compos' (did you mean compose?)"),
    ("environments: {a: {definitions: ['b=x.yaml']}}", "1:34: the definition 'b=x.yaml' names an environment, and is one of a"),
    ("environments: {a: {definitions: ['compose:x?profile=1&no=2']}}", "1:34: 'compose:x?profile=1&no=2': Docker Compose"),
    ("environments: {a: {definitions: ['-']}}", "1:34: standard input is no part of a project"),
    ("environments: {a: {definitions: ['compose:']}}", "1:34: 'compose:' names no file or folder"),
    ("provisioners: ['ftp://x/y']", "1:16: ftp://x/y names no provisioner file: ftp:// is not among the schemes"),
    ("provisioners: ['-']", "1:16: standard input is no part of a project"),
    ("name: a\nname: b", "2:1: "),
]  # fmt: skip


def to_plain(text: str) -> Any:
    return to_data(parse_one(text, "isomorph.yaml", Dialect.COMPOSE).root)


@pytest.mark.parametrize("text", RIGHT)
def test_right_files_are_read_and_the_schema_accepts_them(text: str) -> None:
    read(text)
    assert jsonschema_rs.is_valid(SCHEMA, to_plain(text))


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_files_are_refused_and_so_says_the_schema(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert message in str(refused.value)
    assert str(refused.value).startswith("isomorph.yaml:1:")
    assert not jsonschema_rs.is_valid(SCHEMA, to_plain(text))


@pytest.mark.parametrize(("text", "message"), BEYOND_THE_SCHEMA)
def test_what_no_schema_can_say_is_refused_too(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert message in str(refused.value)


def test_the_schema_has_the_same_keys() -> None:
    assert list(SCHEMA["properties"]) == list(PROJECT_KEYS)
    assert list(SCHEMA["$defs"]["environment"]["properties"]) == list(ENVIRONMENT_KEYS)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidInputs) as refused:
        read("nome: x\nworkloads: score.yaml\nenvironments:\n  a: {namespace: A}\n")
    assert [str(fault.origin) for fault in refused.value.faults] == [
        "isomorph.yaml:1:1",
        "isomorph.yaml:2:12",
        "isomorph.yaml:4:18",
    ]


def test_an_environment_that_is_not_there() -> None:
    project = read("environments: {local: {}, production: {}}")
    assert project.environment_of("local").name == "local"
    with pytest.raises(UsageError, match=r"isomorph\.yaml has no environment 'prodction'; did you mean production\?"):
        project.environment_of("prodction")
    with pytest.raises(UsageError, match="there are local, production"):
        project.environment_of("zzz")
    with pytest.raises(UsageError, match="it has none yet"):
        read("").environment_of("local")


def test_the_platform_is_that_of_the_first_definition_that_can_be_generated() -> None:
    text = """\
environments:
  named: {definitions: ["score:score.yaml", "kubernetes:m.yaml", "compose:c.yaml"]}
  detected: {definitions: [there.yaml]}
  absent: {definitions: [compose.yaml]}
  score: {definitions: ["score:score.yaml"]}
  empty: {}
"""
    context = memory_context({"there.yaml": "services: {a: {image: b}}\n"})
    environments = parse_project(text.encode(), ".", context).environments
    assert target_of(environments["named"], context)[0].path == "m.yaml"
    assert platform_of(environments["named"], context) == "kubernetes"
    assert platform_of(environments["detected"], context) == "compose"
    for name, message in (
        ("absent", "isomorph.yaml:4:26: environment absent has no definition of a platform that can be generated"),
        ("score", "isomorph.yaml:5:25: environment score has no definition of a platform that can be generated"),
        ("empty", "isomorph.yaml:6:3: environment empty names no definition (add one, such as"),
    ):
        with pytest.raises(InvalidInput) as refused:
            platform_of(environments[name], context)
        assert str(refused.value).startswith(message)
