"""Files of test cases: what is read and what is refused, and that the schema for editors says the same."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from isomorph import policy
from isomorph.model.errors import InvalidInput
from isomorph.platforms.table import BY_NAME
from isomorph.project.policy_cases import CASE_KEYS, FILE_KEYS, FINDING_KEYS, read_case_file
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.memory_context import memory_context

SCHEMA = json.loads(Path(policy.__path__[0], "policy-test-v1.schema.json").read_text())
ROOT = Path(__file__).resolve().parents[2]
CASE = "name: a, platform: compose, definition: 'services: {}'"
RULES = "- {use: pinned-image}\n"

RIGHT = [
    "{}",
    "cases: null",
    f"cases: [{{{CASE}}}]",
    f"cases: [{{{CASE}, rules: [policy.pinned-image], findings: [{{rule: pinned-image, line: 3, column: null}}]}}]",
    f"cases: [{{{CASE}, environment: production, findings: [{{rule: pinned-image, verdict: unresolved}}]}}]",
    "cases: [{name: a, platform: helm, files: {Chart.yaml: 'name: a', values.yaml: 3}}]",
    f"policies: ['isomorph:recommended', rules.yaml]\ncases: [{{{CASE}}}]",
]
WRONG = [
    ("case: []", "a test file has no key 'case'"),
    ("cases: {}", "cases must be a list"),
    ("cases: [x]", "cases[0] must be a mapping"),
    ("policies: rules.yaml", "policies must be a list of texts"),
    ("cases: [{platform: compose, definition: x}]", "cases[0] has no name"),
    ("cases: [{name: a, definition: x}]", "cases[0] has no platform"),
    ("cases: [{name: a, platform: compsoe, definition: x}]", "there is no platform 'compsoe'"),
    ("cases: [{name: a, platform: compose}]", "cases[0] has no definition"),
    ("cases: [{name: a, platform: compose, definition: null}]", "cases[0] has no definition"),
    ("cases: [{name: a, platform: helm, definition: x}]", "a chart is several files"),
    (f"cases: [{{{CASE}, files: {{a: [1]}}}}]", "cases[0].files.a must be a text"),
    (f"cases: [{{{CASE}, findings: [{{line: 1}}]}}]", "cases[0].findings[0] names no rule"),
    (f"cases: [{{{CASE}, findings: [{{rule: pinned-image, line: 0}}]}}]", "line must be a number from 1"),
    (f"cases: [{{{CASE}, findings: [{{rule: pinned-image, line: true}}]}}]", "line must be a number from 1"),
    (f"cases: [{{{CASE}, findings: [{{rule: pinned-image, verdict: missing}}]}}]", "no verdict of a policy"),
    (f"cases: [{{{CASE}, findings: [{{rule: pinned-image, severity: note}}]}}]", "has no key 'severity'"),
]


def read(text: str) -> None:
    files = {"rules.yaml": RULES, "rules.test.yaml": text}
    read_case_file("rules.test.yaml", memory_context(files))


def to_plain(text: str) -> Any:
    return to_data(parse_one(text, "rules.test.yaml", Dialect.COMPOSE).root)


@pytest.mark.parametrize("text", RIGHT)
def test_right_files_are_read_and_the_schema_accepts_them(text: str) -> None:
    read(text)
    assert [error.message for error in jsonschema_rs.validator_for(SCHEMA).iter_errors(to_plain(text))] == []


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_files_are_refused_and_so_says_the_schema(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert message in str(refused.value)
    assert not jsonschema_rs.is_valid(SCHEMA, to_plain(text))


def test_the_schema_has_the_same_keys_and_platforms() -> None:
    assert set(SCHEMA["properties"]) == set(FILE_KEYS)
    assert set(SCHEMA["$defs"]["case"]["properties"]) == set(CASE_KEYS)
    assert set(SCHEMA["$defs"]["finding"]["properties"]) == set(FINDING_KEYS)
    assert SCHEMA["$defs"]["case"]["properties"]["platform"]["enum"] == list(BY_NAME)


def test_the_schema_accepts_the_cases_of_the_documentation() -> None:
    text = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    cases = text.partition("```yaml policy/team.test.yaml\n")[2].partition("```")[0]
    assert len(to_plain(cases)["cases"]) == 3
    assert jsonschema_rs.is_valid(SCHEMA, to_plain(cases))
