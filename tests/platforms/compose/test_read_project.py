"""How a project is found and named, and what hostile or broken input comes to."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.platforms.compose.reader import read
from isomorph.platforms.context import Source
from tests.memory_context import memory_context, source

WEB = "services: {web: {image: web}}\n"


def test_a_folder_is_its_default_file_and_override() -> None:
    files = {"p/docker-compose.yml": WEB, "p/docker-compose.override.yml": "services: {api: {image: api}}", "p/x": ""}
    definition = read(source("p"), memory_context(files))
    assert definition.sources == ("p/docker-compose.yml", "p/docker-compose.override.yml")
    assert list(definition.application.workloads) == ["web", "api"]
    preferred = read(source("p"), memory_context({**files, "p/compose.yaml": WEB}))
    assert preferred.sources == ("p/compose.yaml", "p/docker-compose.override.yml")


def test_a_named_file_has_no_override_but_those_that_are_named() -> None:
    files = {"compose.yaml": WEB, "compose.override.yaml": "nonsense: 1", "more.yaml": "services: {web: {user: '5'}}"}
    definition = read(source("compose.yaml", file="more.yaml"), memory_context(files))
    assert definition.sources == ("compose.yaml", "more.yaml")
    assert definition.application.workloads["web"].containers["web"].security.user == "5"


def test_a_folder_without_a_compose_file_is_told() -> None:
    with pytest.raises(InvalidInput, match="no Compose file in folder p"):
        read(source("p"), memory_context({"p/x": ""}))


def test_standard_input() -> None:
    context = memory_context({".env": "TAG=1\n"}, standard_input="services: {web: {image: 'web:$TAG', build: .}}")
    definition = read(source("-"), context)
    assert definition.sources == ("-",)
    assert definition.application.workloads["web"].containers["web"].image is not None


@pytest.mark.parametrize(
    ("options", "environment", "text", "name"),
    [
        ({}, {}, WEB, None),
        ({}, {}, "name: given\n" + WEB, "given"),
        ({}, {"COMPOSE_PROJECT_NAME": "shell"}, "name: given\n" + WEB, "shell"),
        ({"project": "said"}, {"COMPOSE_PROJECT_NAME": "shell"}, "name: given\n" + WEB, "said"),
    ],
)
def test_names(options: dict[str, str], environment: dict[str, str], text: str, name: str | None) -> None:
    definition = read(source("c.yaml", **options), memory_context({"c.yaml": text}, environment=environment))
    assert definition.application.name == name


def test_a_missing_file_is_told() -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        read(source("none.yaml"), memory_context())


HOSTILE = {
    "doubling variables": (WEB, {".env": "A0=" + "x" * 1000 + "\n" + "".join(
        f"A{n + 1}=$A{n}$A{n}\n" for n in range(40))}),
    "doubling placeholders": (WEB, {".env": "A0=$NEVER.\n" + "".join(f"A{n + 1}=$A{n}$A{n}\n" for n in range(40))}),
    "nested defaults": ("services: {web: {image: '" + "${A:-" * 5000 + "}" * 5000 + "'}}", {}),
    "a chain of extends": ("services:\n  s0: {image: x}\n" + "".join(
        f"  s{n + 1}: {{extends: s{n}}}\n" for n in reversed(range(3000))), {}),
    "a chain of includes": ("include: [i0.yaml]\n", {
        f"i{n}.yaml": f"include: [i{n + 1}.yaml]\n" for n in range(400)}),
    "includes that branch": ("include: [i0.yaml]\n", {
        f"i{n}.yaml": f"include: [i{n + 1}.yaml, ./i{n + 1}.yaml]\nservices: {{}}\n" for n in range(40)}),
    "a port range without end": ("services: {web: {image: w, ports: ['1-65535']}}", {}),
    "a bomb of aliases": ("a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)), {}),
    "deep nesting": ("services: " + "[" * 10_000, {}),
    "a long number": ("services: {web: {image: w, scale: " + "9" * 5000 + "}}", {}),
    "a long quoted number": ("services: {web: {image: w, scale: '" + "9" * 5000 + "', cpus: '1e999'}}", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_projects_end_soon_with_a_message(name: str) -> None:
    text, files = HOSTILE[name]
    start = time.process_time()
    with pytest.raises(InvalidInput) as caught:
        read(source("compose.yaml"), memory_context({"compose.yaml": text, **files}))
    assert caught.value.origin is not None
    assert time.process_time() - start < 5


SEED = """\
services:
  web:
    image: "web:${TAG:-1}"
    command: run "a b"
    environment: [A=1, B]
    env_file: {path: e.env}
    ports: ["80:80", {target: 90}]
    volumes: ["data:/d", "./x:/x:ro"]
    depends_on: {db: {condition: service_healthy}}
    healthcheck: {test: [CMD, a], interval: 5s}
    deploy: {resources: {limits: {memory: 1g, cpus: "0.5"}}}
    configs: [{source: c, target: /c, mode: 0440}]
    networks: {default: {aliases: [w]}}
  db: {image: db, extends: {service: base}}
  base: {image: base, profiles: [never]}
volumes: {data: {driver_opts: {type: tmpfs, o: "size=1m"}}}
configs: {c: {content: "x"}}
include: [other.yaml]
"""
PIECES = [
    "",
    " ",
    "\n",
    ":",
    "-",
    "[",
    "{",
    "}",
    '"',
    "'",
    "$",
    "${",
    "!reset ",
    "&a ",
    "*a",
    "null",
    "1",
    "\t",
    "é",
    "- a\n",
]


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_project_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SEED)))
    end = data.draw(st.integers(start, min(len(SEED), start + 30)))
    text = SEED[:start] + data.draw(st.sampled_from(PIECES)) + SEED[end:]
    context = memory_context({"compose.yaml": text, "other.yaml": "services: {other: {image: o}}\n"})
    try:
        definition = read(Source("compose.yaml"), context)
    except InvalidInput as fault:
        assert str(fault)  # noqa: PT017
    else:
        assert definition.platform == "compose"


VALUES = [
    "null",
    "5",
    "1.5",
    "true",
    '""',
    "x",
    "[]",
    "{}",
    "[null]",
    "[1]",
    "[{}]",
    "{a: null}",
    "{a: [b]}",
    "${X}",
    '"a:b:c:d"',
]


def fields() -> list[str]:
    from isomorph.platforms.compose.schema import _root_shape

    return sorted(_root_shape().properties["services"].patterns[0][1].properties)


@pytest.mark.parametrize("field", fields())
def test_any_value_of_any_field_is_read_or_refused(field: str) -> None:
    for value in VALUES:
        text = f"services:\n  web:\n    image: web\n    {field}: {value}\n".replace(
            "    image: web\n    image", "    image"
        )
        try:
            read(Source("compose.yaml"), memory_context({"compose.yaml": text}))
        except InvalidInput as fault:
            assert fault.origin is not None, (field, value)  # noqa: PT017
