"""Recall from a Score file: every change to it is found against itself, and against what was generated from it before."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Environment
from tests.corpus.reading import generate
from tests.mutations.reading import read_environment
from tests.mutations.score_table import SCORE
from tests.mutations.table import Mutation
from tests.mutations.test_mutations import changed_lines, check_found, describe, is_told, shown

ORIGINAL = (Path(__file__).parent / "data" / "score.yaml").read_text()


def read(name: str, text: str) -> Environment:
    return read_environment(name, "score", "score.yaml", text)


@pytest.mark.parametrize("mutation", SCORE, ids=lambda mutation: mutation.name)
def test_a_change_is_found_where_it_was_made(mutation: Mutation) -> None:
    assert ORIGINAL.count(mutation.old) == 1, "the mutation's text must stand once in the file"
    mutated = ORIGINAL.replace(mutation.old, mutation.new)
    check_found(mutation, shown(read("before", ORIGINAL), read("after", mutated)), mutated, ORIGINAL)


@pytest.mark.parametrize(
    ("mutation", "platform"),
    [(mutation, platform) for mutation in SCORE for platform in mutation.others],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_change_is_found_from_what_was_generated_before(mutation: Mutation, platform: str) -> None:
    generated = Environment(platform, generate(read("score", ORIGINAL).definition, platform))
    assert describe(shown(generated, read("before", ORIGINAL))) == []
    mutated = ORIGINAL.replace(mutation.old, mutation.new)
    found = [finding for finding in shown(generated, read("after", mutated)) if is_told(finding, mutation)]
    assert found, describe(shown(generated, read("after", mutated)))
    lines = {finding.sides[1].origin.line for finding in found if finding.sides[1].origin is not None}
    assert not mutation.new or lines & changed_lines(mutation, mutated, ORIGINAL)


RESOURCES = ORIGINAL + "resources:\n  db:\n    type: postgres\n    params:\n      extensions: [uuid]\n"


@pytest.mark.parametrize(
    ("old", "new", "rule", "subject", "line"),
    [
        ("type: postgres", "type: mysql", "dependency.type", "db", "type: mysql"),
        ("extensions: [uuid]", "extensions: [postgis]", "dependency.parameter", "db.extensions", "[postgis]"),
    ],
)
def test_a_change_to_a_resource_is_found(old: str, new: str, rule: str, subject: str, line: str) -> None:
    assert RESOURCES.count(old) == 1
    mutated = RESOURCES.replace(old, new)
    findings = shown(read("before", RESOURCES), read("after", mutated))
    assert [(finding.rule, finding.subject) for finding in findings] == [(rule, subject)]
    origin = findings[0].sides[1].origin
    assert origin is not None
    assert mutated.splitlines()[origin.line - 1].strip() in (line, "db:", f"{subject.partition('.')[2]}: {line}")
