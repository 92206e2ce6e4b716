"""Patch templates: the language of paths, what operations do to data, and mistakes in them."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.provisioning.patches import Operation, PatchTemplate, apply_operations, parse_operations, split_path
from isomorph.provisioning.template import Compiler

PROJECT: dict[str, Any] = {
    "name": "p",
    "services": {"web": {"image": "a", "ports": ["80:80", "81:81"]}, "db.1": {"image": "b", "environment": None}},
}


def patch(template: str, generated: Any = PROJECT, platform: str = "compose", **given_: Any) -> Any:
    workloads = given_.pop("workloads", {})
    return PatchTemplate(template, "p.tpl", Compiler(platform)).apply(generated, workloads, **given_)[0]


def change(op: str, path: str, value: Any = None, data: Any = PROJECT) -> Any:
    return apply_operations(data, [Operation(op, split_path(path), value)])


def fail(template: str, platform: str = "compose") -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        patch(template, platform=platform)
    return caught.value


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("a.b.0", ("a", "b", "0")),
        (r"a\.b.c", ("a.b", "c")),
        (r"a\\.b", ("a\\", "b")),
        ("a", ("a",)),
        ("a..b", ("a", "", "b")),
        ("a\\", ("a\\",)),
    ],
)
def test_paths(path: str, parts: tuple[str, ...]) -> None:
    assert split_path(path) == parts


@pytest.mark.parametrize(
    ("path", "value", "where", "expected"),
    [
        ("services.web.image", "c", ("services", "web", "image"), "c"),
        (r"services.db\.1.image", "c", ("services", "db.1", "image"), "c"),
        ("services.web.ports.0", "90:90", ("services", "web", "ports"), ["90:90", "81:81"]),
        ("services.web.ports.-1", "90:90", ("services", "web", "ports"), ["80:80", "81:81", "90:90"]),
        ("services.web.ports.2", "90:90", ("services", "web", "ports"), ["80:80", "81:81", "90:90"]),
        ("services.new.labels.a", "b", ("services", "new"), {"labels": {"a": "b"}}),
        ("services.new.ports.-1", 1, ("services", "new"), {"ports": [1]}),
        ("services.new.ports.0.target", 1, ("services", "new"), {"ports": [{"target": 1}]}),
        (r"services.db\.1.environment.A", "1", ("services", "db.1", "environment"), {"A": "1"}),
        ("services.web.:1", "x", ("services", "web", "1"), "x"),
        ("services.web.:a", "x", ("services", "web", ":a"), "x"),
        ("services.web", None, ("services", "web"), None),
    ],
)
def test_set(path: str, value: Any, where: tuple[str, ...], expected: Any) -> None:
    found: Any = change("set", path, value)
    for key in where:
        found = found[key]
    assert found == expected


@pytest.mark.parametrize(
    ("path", "where", "expected"),
    [
        ("services.web.image", ("services", "web"), {"ports": ["80:80", "81:81"]}),
        ("services.web.ports.0", ("services", "web", "ports"), ["81:81"]),
        ("services.web.ports.-1", ("services", "web", "ports"), ["80:80"]),
        ("services.web.ports.7", ("services", "web", "ports"), ["80:80", "81:81"]),
        (r"services.db\.1", ("services",), {"web": PROJECT["services"]["web"]}),
        ("services.nothing.here", (), PROJECT),
        (r"services.db\.1.environment.A", (), PROJECT),
        ("nothing", (), PROJECT),
    ],
)
def test_delete(path: str, where: tuple[str, ...], expected: Any) -> None:
    found: Any = change("delete", path)
    for key in where:
        found = found[key]
    assert found == expected


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("name.x", "'x' would be inside a value"),
        ("services.web.ports.a", "'a' is no index"),
        ("services.web.ports.4", "index 4 is beyond the list's 2 items"),
        ("services.web.ports.99999999999999999999", "is no index"),
        ("services.web.ports.٣", "is no index"),
        ("services.new.ports.1", "index 1 is beyond the list's 0 items"),
    ],
)
def test_a_path_that_leads_nowhere(path: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        change("set", path, 1)
    assert message in caught.value.message
    assert f"operation 1 of the patch template (set {path})" in caught.value.message


def test_operations_see_those_before_them_and_leave_what_was_given_alone() -> None:
    before = deepcopy(PROJECT)
    shared = {"deep": {"x": 1}}
    operations = [
        Operation("set", ("services", "web", "extra"), shared),
        Operation("set", ("services", "web", "extra", "deep", "x"), 2),
        Operation("delete", ("services", "web", "ports", "0")),
        Operation("delete", ("services", "web", "ports", "0")),
        Operation("set", ("services", "web", "ports", "-1"), "1:1"),
    ]
    after = apply_operations(PROJECT, operations)
    assert after["services"]["web"] == {"image": "a", "ports": ["1:1"], "extra": {"deep": {"x": 2}}}
    assert after["services"]["db.1"] is PROJECT["services"]["db.1"]
    assert before == PROJECT
    assert shared == {"deep": {"x": 1}}


def test_a_template_over_a_compose_project() -> None:
    template = (
        "{{ range $name, $service := .Compose.services }}\n"
        '- op: set\n  path: services.{{ $name | replace "." "\\\\." }}.read_only\n  value: true\n  description: safer\n'
        "{{ end }}\n"
        "{{ range $name, $_ := .Workloads }}- {op: set, path: x-{{ $name }}, value: [1]}{{ end }}"
    )
    workloads = {"shop": {"metadata": {"name": "shop"}}}
    after, operations = PatchTemplate(template, "p.tpl", Compiler("compose")).apply(PROJECT, workloads)
    assert [service["read_only"] for service in after["services"].values()] == [True, True]
    assert after["x-shop"] == [1]
    assert [operation.description for operation in operations] == ["safer", "safer", ""]
    assert str(operations[0]) == r"set services.db\.1.read_only"


def test_a_template_over_manifests() -> None:
    manifests = [{"kind": "Service", "spec": {}}, {"kind": "Deployment", "spec": {"replicas": 1}}]
    template = (
        "{{ range $i, $m := .Manifests }}{{ if eq $m.kind `Deployment` }}\n"
        "- {op: set, path: {{ $i }}.spec.replicas, value: 3}\n"
        "- {op: set, path: {{ $i }}.metadata.namespace, value: {{ $.Namespace }}}\n"
        "{{ end }}{{ end }}- {op: delete, path: '0'}\n- {op: set, path: '-1', value: {kind: ConfigMap}}\n"
    )
    assert patch(template, manifests, "kubernetes", namespace="prod") == [
        {"kind": "Deployment", "spec": {"replicas": 3}, "metadata": {"namespace": "prod"}},
        {"kind": "ConfigMap"},
    ]


@pytest.mark.parametrize("template", ["", "  \n", "{{ if false }}x{{ end }}", "null", "# nothing", "[]"])
def test_a_template_that_gives_nothing_changes_nothing(template: str) -> None:
    assert patch(template) is PROJECT


@pytest.mark.parametrize(
    ("template", "message", "hint"),
    [
        ("- {op: set, path: a, valeu: 1}", "operation 1 of the patch template: unknown key 'valeu'", "'value'"),
        (
            "- {op: delete, path: a}\n- {op: add, path: a}",
            "operation 2 of the patch template: op is 'add'",
            "set or delete",
        ),
        ("- {path: a}", "op is ''", "set or delete"),
        ("- {op: set}", "it has no path", ""),
        ("- {op: set, path: a..b}", "an empty or wildcard part", "escape"),
        ("- {op: delete, path: 'services.*'}", "an empty or wildcard part", "name each"),
        ("- a", "it must be a mapping", "write"),
        ("a: b", "must give a list", "- op"),
        ("- [", "gives no YAML", ""),
        ("- a\n---\n- b", "gives no YAML", ""),
    ],
)
def test_mistakes_in_operations(template: str, message: str, hint: str) -> None:
    error = fail(template)
    assert message in error.message
    assert hint in error.hint
    assert error.origin is not None
    assert error.origin.file == "p.tpl"


@pytest.mark.parametrize(
    ("template", "place", "message"),
    [
        ("\n{{ nothing }}", (2, 4), "function 'nothing' not defined"),
        ("\n{{ fail `too big` }}", (2, 4), "too big"),
        ("{{ .Manifests }}", (1, 4), "there is no field .Manifests; there are .Workloads, .Compose"),
        ("{{ range 1000000000 }}{{ end }}", (1, 1), "budget exceeded"),
    ],
)
def test_failures_of_the_template_have_their_place(template: str, place: tuple[int, int], message: str) -> None:
    error = fail(template)
    assert message in error.message
    assert error.origin is not None
    assert (error.origin.line, error.origin.column) == place


def test_a_template_can_be_checked_without_data() -> None:
    PatchTemplate("{{ .Compose }}", "p.tpl", Compiler("compose")).check()
    with pytest.raises(InvalidInput, match=r"p\.tpl:1:\d+: .*unexpected EOF"):
        PatchTemplate("{{ if .Compose }}", "p.tpl", Compiler("compose")).check()


def test_many_operations_take_linear_time() -> None:
    manifests = [{"kind": "A", "spec": {"n": 0}} for _ in range(20_000)]
    operations = [Operation("set", (str(index), "spec", "n"), index) for index in range(20_000)]
    after = apply_operations(manifests, operations)
    assert [manifest["spec"]["n"] for manifest in after] == list(range(20_000))


KEYS = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=4).filter(
    lambda key: key not in ("*", "?", "#") and not key.startswith(":")
)


@given(st.lists(KEYS, min_size=1, max_size=4), st.integers(-(2**63), 2**64 - 1))
def test_what_is_set_is_found_and_what_is_deleted_is_not(keys: list[str], value: int) -> None:
    path = ".".join(
        ":" + key if key.isdecimal() or key == "-1" else key.replace("\\", "\\\\").replace(".", "\\.") for key in keys
    )
    operations = parse_operations(f"- {{op: set, path: {_quote(path)}, value: {value}}}", "p")
    found: Any = apply_operations({}, operations)
    for key in keys:
        assert list(found) == [key]
        found = found[key]
    assert found == value
    removed = parse_operations(f"- {{op: delete, path: {_quote(path)}}}", "p")
    left: Any = apply_operations(apply_operations({}, operations), removed)
    for key in keys[:-1]:
        left = left[key]
    assert left == {}


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
