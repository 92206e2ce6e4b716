"""The page about `isomorph.yaml`: its examples are right, and no key is left out."""

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

import isomorph.project.project_shape
from isomorph.project.comparison_shape import SUPPRESSION_KEYS
from isomorph.project.gate import open_comparison
from isomorph.project.given import BUILD_KEYS
from isomorph.project.project_file import parse_project
from isomorph.project.project_shape import ENVIRONMENT_KEYS, PROJECT_KEYS, SCHEMA_FILE
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.memory_context import memory_context

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "project-file.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml(?: isomorph\.yaml)?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WHOLE = EXAMPLES[0]
SCHEMA: dict[str, Any] = msgspec.json.decode(
    Path(isomorph.project.project_shape.__file__).with_name(SCHEMA_FILE).read_bytes()
)


def to_plain(text: str) -> Any:
    node = parse_one(text.encode(), "isomorph.yaml", Dialect.COMPOSE).root
    assert node is not None
    return to_data(node)


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_fits_the_schema_and_is_read(text: str) -> None:
    assert jsonschema_rs.is_valid(SCHEMA, to_plain(text))
    context = memory_context(dict.fromkeys(("score/web/score.yaml", "score/local/mail/score.yaml"), ""))
    project = parse_project(text.encode(), ".", context)
    comparison, _ = open_comparison(project, context)
    assert project.diagnostics == ()
    assert comparison.pairs
    assert comparison.declared.expectations


def test_the_first_example_has_every_key() -> None:
    whole = to_plain(WHOLE)
    environments = whole["environments"].values()
    assert whole.keys() == PROJECT_KEYS.keys()
    assert {key for environment in environments for key in environment} == ENVIRONMENT_KEYS.keys()
    builds = [build for each in environments for build in each.get("builds", {}).values() if isinstance(build, dict)]
    assert {key for build in builds for key in build} == set(BUILD_KEYS)
    entries = [*whole["expect"], *whole["suppress"]]
    assert {key for entry in entries for key in entry} == SUPPRESSION_KEYS.keys()


def test_the_tables_have_every_key() -> None:
    project, environment, rest = re.split(r"^Of one environment|^## What `check` compares", PAGE, flags=re.MULTILINE)
    assert _first_cells(project) == PROJECT_KEYS.keys()
    assert _first_cells(environment) == ENVIRONMENT_KEYS.keys()
    assert all(f"`{key}`" in rest for key in SUPPRESSION_KEYS)


def _first_cells(text: str) -> set[str]:
    return {
        key for cell in re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE) for key in re.findall(r"`([^`]+)`", cell)
    }
