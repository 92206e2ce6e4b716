"""Recall: every injected change is found, at the place where it was made; nothing else is reported."""

from pathlib import Path

import pytest
from isomorph.drift.compare import compare
from tests.mutations.reading import read_environment
from tests.mutations.table import MUTATIONS, Mutation

from isomorph.drift.finding import Environment, Finding, Verdict

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


def check_found(mutation: Mutation, findings: list[Finding], mutated: str, original: str) -> None:
    keys = [(finding.workload, finding.rule, finding.subject) for finding in findings]
    assert (mutation.workload, mutation.rule, mutation.subject) in keys, describe(findings)
    finding = findings[keys.index((mutation.workload, mutation.rule, mutation.subject))]
    if finding.container:
        assert finding.container == mutation.container
    lines = {
        line_of(mutated, mutation.at),
        line_of(original, mutation.at),
    } - {0}
    told = {side.origin.line for side in finding.sides if side.origin is not None and side.environment != "other"}
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
    keys = [(finding.workload, finding.rule, finding.subject) for finding in findings]
    assert (mutation.workload, mutation.rule, mutation.subject) in keys, describe(findings)


def test_the_two_definitions_without_a_change_do_not_differ() -> None:
    environments = [read(file, file, (DATA / file).read_text()) for file in ("compose.yaml", "kubernetes.yaml")]
    assert describe(shown(environments[0], environments[1])) == []
