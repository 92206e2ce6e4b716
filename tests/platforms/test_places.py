"""Where each platform writes what: a place for every field that it can say, and every place one that the platform knows."""

import json
import re
from importlib import import_module
from importlib.resources import files
from typing import Any

import pytest

import isomorph.platforms.kubernetes.known as kubernetes_known
import isomorph.platforms.openshift.known as openshift_known
from isomorph.platforms.kubernetes.known import Construct
from isomorph.platforms.marathon import fields as marathon_fields
from isomorph.platforms.nomad.known import GROUP, JOB, SERVICE, TASK, Shape
from isomorph.platforms.table import BY_NAME, load_files, load_places

NAMES = sorted({*BY_NAME, "terraform"})
SCHEMAS = {
    "compose": ("isomorph.platforms.compose", "compose-spec.json"),
    "swarm": ("isomorph.platforms.swarm", "stack-schema.json"),
    "score": ("isomorph.platforms.score", "score-v1b1.schema.json"),
}
_NAME = re.compile(r"[A-Z]+")


def _paths(name: str) -> list[str]:
    """Give the paths of all places of a platform, without the remarks after them."""
    package = f"isomorph.platforms.{name}"
    places: dict[str, str] = import_module(f"{package}.places").PLACES
    paths = []
    for place in places.values():
        paths += [re.split(r",? `|, | = ", part)[0] for part in re.split(r" or | and |, else ", place)]
    return paths


@pytest.mark.parametrize("name", NAMES)
def test_a_place_for_each_field_that_can_be_said(name: str) -> None:
    package = import_module(f"isomorph.platforms.{name}.support")
    said = {row.field for row in package.SUPPORT if row.level != "never"}
    places: dict[str, str] = import_module(f"isomorph.platforms.{name}.places").PLACES
    assert places.keys() == said
    assert all(place.strip() == place != "" for place in places.values())


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_the_table_loads_them(name: str) -> None:
    assert load_places(name)["image"].count("image") >= 1
    assert not load_files(name).endswith(".")


def _step(schema: dict[str, Any], nodes: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Give the schemas below a key, `[]` for the items of a list; a name in capitals is any key."""
    found: list[dict[str, Any]] = []
    for node in _alternatives(schema, nodes):
        if key == "[]":
            found += [node["items"]] if isinstance(node.get("items"), dict) else []
            continue
        any_key = bool(_NAME.fullmatch(key))
        found += [each for name, each in node.get("properties", {}).items() if name == key and not any_key]
        if any_key:
            found += list(node.get("patternProperties", {}).values())
            found += [node["additionalProperties"]] if isinstance(node.get("additionalProperties"), dict) else []
    return found


def _alternatives(schema: dict[str, Any], nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    flat: list[dict[str, Any]] = []
    for node in nodes:
        flat.append(node)
        if "$ref" in node:
            target: Any = schema
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            flat += _alternatives(schema, [target])
        for word in ("oneOf", "anyOf", "allOf"):
            flat += _alternatives(schema, node.get(word, []))
    return flat


@pytest.mark.parametrize(("name", "path"), [(name, path) for name in SCHEMAS for path in _paths(name)])
def test_the_schema_has_every_key_of_a_place(name: str, path: str) -> None:
    package, file = SCHEMAS[name]
    schema = json.loads(files(package).joinpath(file).read_text(encoding="utf-8"))
    nodes = [schema]
    for key in path.replace("[]", ".[]").split("."):
        # The last one may be free: names of variables are a pattern of the schema, or any at all.
        below = _step(schema, nodes, key)
        nodes = below or ([{}] if _NAME.fullmatch(key) and _takes_any(schema, nodes) else [])
        assert nodes, f"{path}: {key}"


def _takes_any(schema: dict[str, Any], nodes: list[dict[str, Any]]) -> bool:
    return any(
        node.get("type") == "object" or "object" in node.get("type", ()) for node in _alternatives(schema, nodes)
    )


@pytest.mark.parametrize("path", _paths("nomad"))
def test_the_job_specification_has_every_block_of_a_place(path: str) -> None:
    roots: dict[str, Shape] = {"job": JOB, "group": GROUP, "task": TASK, "service": SERVICE}
    first, *names = re.findall(r"\w+", path)
    shape: Shape | None = roots[first]
    for name in names:
        assert shape is not None
        nested = shape.blocks.get(name)
        assert nested is not None or name in shape.attributes, f"{path}: {name}"
        if nested is not None and nested.form in ("free", "map"):
            break  # Any names, such as variables or what a driver takes.
        shape = nested.shape if nested is not None else None


@pytest.mark.parametrize("path", _paths("marathon"))
def test_the_api_of_marathon_has_every_key_of_a_place(path: str) -> None:
    known = {each for value in vars(marathon_fields).values() if isinstance(value, frozenset) for each in value}
    first, *keys = path.replace("[]", "").split(".")
    assert first in marathon_fields.APP | marathon_fields.POD
    inner = {"key", "value", "secret", "persistent", "external", "hostPath", "mode", "size", "profileName", "source"}
    assert {key for key in keys if not _NAME.fullmatch(key)} <= known | inner | {"cpus", "mem"}


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name in ("kubernetes", "openshift", "minikube", "helm") for path in _paths(name)],
)
def test_the_api_of_kubernetes_has_every_key_of_a_place(name: str, path: str) -> None:
    constructs = [
        each
        for module in (kubernetes_known, openshift_known)
        for each in vars(module).values()
        if isinstance(each, Construct)
    ]
    known = {field for each in constructs for field in each.known}
    keys = path.replace("[]", "").split(".")
    if keys[0][0].isupper():
        assert keys.pop(0) in openshift_known.GROUPS.keys() | {"NetworkPolicy"}
    inner = {
        "cpu",
        "memory",
        "storage",
        "jobTemplate",
        "paths",
        "nodeAffinity",
    }  # Below what the table of fields lists.
    assert {key for key in keys if not _NAME.fullmatch(key)} <= known | inner
