"""The quick look at a Score file against the official schema: it may doubt more, and never accepts more."""

import copy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.platforms.score import schema
from isomorph.platforms.score.shape import is_plainly_right

FULL: dict[str, Any] = {
    "apiVersion": "score.dev/v1b1",
    "metadata": {"name": "web", "annotations": {"aa.bb/team": "x", "k2": "y"}, "other": {"x": 1}},
    "containers": {
        "main": {
            "image": "app",
            "command": ["a"],
            "args": [""],
            "variables": {"A": "b"},
            "files": {"/a": {"content": "", "mode": "0640", "noExpand": True}, "/b": {"binaryContent": ""}},
            "volumes": {"/d": {"source": "x", "path": "y", "readOnly": False}},
            "before": {"other": {"ready": "healthy"}},
            "resources": {"limits": {"cpu": "0.5", "memory": "1.5Gi"}, "requests": {"cpu": "5m"}},
            "livenessProbe": {"exec": {"command": ["a"]}},
            "readinessProbe": {
                "httpGet": {
                    "path": "/",
                    "port": 80,
                    "scheme": "HTTP",
                    "host": "h",
                    "httpHeaders": [{"name": "A", "value": "b"}],
                }
            },
        },
        "other": {"image": "."},
    },
    "service": {"ports": {"www": {"port": 80, "targetPort": 8080, "protocol": "TCP"}}},
    "resources": {
        "db": {
            "type": "pg",
            "class": "cc",
            "id": "a-b.c",
            "metadata": {"annotations": {"a2": "b"}, "x": 1},
            "params": {"a": None},
        }
    },
}


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the paths of everything in plain data."""
    found = [path]
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        found += places(value, (*path, key))
    return found


PLACES = [path for path in places(FULL) if path]
VALUES = st.sampled_from(
    [None, True, 0, 80, 80.0, 65536, -1, "", "a", "aa", "A b", "a\n", "ab\n", "10Q", "1K", "0", "0.5", "0777", "tcp"]
    + [[], ["a"], [1], {}, {"a": "b"}, {"A=": "x"}, {"aa": {}}, {"x": {"content": "a", "source": "b"}}]
)
VALIDATOR = schema._validator()


def changed(path: tuple[Any, ...], how: str, value: Any) -> Any:
    """Give the full example with one thing removed, replaced, renamed or added."""
    data = copy.deepcopy(FULL)
    parent = data
    for step in path[:-1]:
        parent = parent[step]
    last = path[-1]
    if how == "remove":
        del parent[last]
    elif how == "rename" and isinstance(parent, dict) and isinstance(value, str):
        parent[value] = parent.pop(last)
    elif how == "add" and isinstance(parent[last], dict):
        parent[last]["added"] = value
    else:
        parent[last] = value
    return data


def test_a_full_file_is_plainly_right() -> None:
    assert is_plainly_right(FULL)
    assert VALIDATOR.is_valid(FULL)


@settings(max_examples=100)
@given(st.sampled_from(PLACES), st.sampled_from(["remove", "replace", "rename", "add"]), VALUES)
def test_what_is_plainly_right_is_right(path: tuple[Any, ...], how: str, value: Any) -> None:
    data = changed(path, how, value)
    if is_plainly_right(data):
        assert VALIDATOR.is_valid(data)


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_every_place_is_looked_at(path: tuple[Any, ...]) -> None:
    """A wrong type, wherever it stands, is not plainly right unless the schema allows it."""
    for value in (None, 1, "=\n", ["=", {}], {"=": None}):
        data = changed(path, "replace", value)
        if is_plainly_right(data):
            assert VALIDATOR.is_valid(data)


def test_the_schema_is_the_official_one(corpus: Path) -> None:
    shipped = Path(schema.__file__).with_name("score-v1b1.schema.json").read_bytes()
    assert shipped == (corpus / "schemas" / "score" / "score-v1b1.json").read_bytes()


def test_real_files_are_plainly_right(corpus: Path) -> None:
    official = jsonschema_rs.validator_for(yaml.safe_load((corpus / "schemas/score/score-v1b1.json").read_text()))
    doubted = []
    for file in sorted(corpus.glob("score-examples/**/score*.yaml")):
        data = yaml.safe_load(file.read_text())
        assert official.is_valid(data), file
        if not is_plainly_right(data):
            doubted.append(file.name)
    assert doubted == []
