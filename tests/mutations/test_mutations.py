"""Recall: every injected change is found, at the place where it was made; nothing else is reported."""

from pathlib import Path

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Verdict
from isomorph.drift.rules import RULES
from tests.mutations.reading import read_environment
from tests.mutations.score_table import SCORE
from tests.mutations.table import MUTATIONS, Mutation

DATA = Path(__file__).parent / "data"
SHOWN = {Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED}
PLATFORMS = {"compose.yaml": "compose", "kubernetes.yaml": "kubernetes", "kubernetes-more.yaml": "kubernetes"}
OTHER = {"compose.yaml": "kubernetes.yaml", "kubernetes.yaml": "compose.yaml"}


def read(name: str, file: str, text: str) -> Environment:
    return read_environment(name, PLATFORMS[file], file, text)


def shown(one: Environment, other: Environment) -> list[Finding]:
    return [finding for finding in compare([one, other]).findings if finding.verdict in SHOWN]


def line_of(text: str, piece: str) -> int:
    """The line of a piece that stands once in a text; 0 where it does not."""
    return text[: text.index(piece)].count("\n") + 1 if text.count(piece) == 1 else 0


def describe(findings: list[Finding]) -> list[str]:
    return [f"{f.workload} {f.container} {f.rule} {f.subject} {[str(s.value) for s in f.sides]}" for f in findings]


def is_told(finding: Finding, mutation: Mutation) -> bool:
    """Tell whether a finding is the one that a mutation must lead to."""
    key = (finding.workload, finding.rule, finding.subject)
    return key == (mutation.workload, mutation.rule, mutation.subject) and finding.container in ("", mutation.container)


def changed_lines(mutation: Mutation, mutated: str, original: str) -> set[int]:
    """The line that was changed; of a block that was removed, all its lines in the original."""
    lines = {line_of(mutated, mutation.at), line_of(original, mutation.at)} - {0}
    if not mutation.new:
        first = original[: original.index(mutation.old)].count("\n") + 1
        lines |= set(range(first, first + mutation.old.count("\n")))
    return lines


def check_found(mutation: Mutation, findings: list[Finding], mutated: str, original: str) -> None:
    found = [finding for finding in findings if is_told(finding, mutation)]
    assert found, describe(findings)
    lines = changed_lines(mutation, mutated, original)
    told = {side.origin.line for finding in found for side in finding.sides if side.origin is not None}
    assert told & lines, f"told at {told}, changed at {lines}"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_change_is_found_where_it_was_made(mutation: Mutation) -> None:
    original = (DATA / mutation.file).read_text()
    assert original.count(mutation.old) == 1, "the mutation's text must stand once in the file"
    mutated = original.replace(mutation.old, mutation.new)
    findings = shown(read("before", mutation.file, original), read("after", mutation.file, mutated))
    check_found(mutation, findings, mutated, original)


@pytest.mark.parametrize("mutation", [m for m in MUTATIONS if m.across], ids=lambda mutation: mutation.name)
def test_a_change_is_found_from_the_other_platform(mutation: Mutation) -> None:
    original = (DATA / mutation.file).read_text()
    mutated = original.replace(mutation.old, mutation.new)
    other = read("other", OTHER[mutation.file], (DATA / OTHER[mutation.file]).read_text())
    findings = shown(other, read("after", mutation.file, mutated))
    assert [finding for finding in findings if is_told(finding, mutation)], describe(findings)


def test_the_two_definitions_without_a_change_do_not_differ() -> None:
    environments = [read(file, file, (DATA / file).read_text()) for file in ("compose.yaml", "kubernetes.yaml")]
    assert describe(shown(environments[0], environments[1])) == []


def test_every_rule_that_a_platform_can_say_has_a_mutation() -> None:
    """No definition of these platforms says a dependency's version; the rest of `dependency.*` is Score's."""
    told = {mutation.rule for mutation in MUTATIONS + SCORE}
    assert set(RULES) - told == {"dependency.type", "dependency.parameter", "dependency.version"}
