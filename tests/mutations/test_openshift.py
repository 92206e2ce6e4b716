"""Recall and precision on OpenShift: every injected change is found where it was made, no rewrite is."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Environment, Finding
from tests.mutations.openshift_table import (
    FILE,
    IMPOSED,
    KUBERNETES,
    KUBERNETES_REWRITES,
    MUTATIONS,
    REWRITES,
)
from tests.mutations.reading import read_environment
from tests.mutations.rewrites import Rewrite
from tests.mutations.table import MUTATIONS as ALL_MUTATIONS
from tests.mutations.table import Mutation
from tests.mutations.test_mutations import DATA, changed_lines, check_found, describe, is_told, shown


def read(name: str, text: str, file: str = FILE) -> Environment:
    return read_environment(name, "openshift", file, text)


def lines_of(finding: Finding) -> set[int]:
    """Give the lines at which a finding points, and those of the parameters behind them."""
    origins = [side.origin for side in finding.sides if side.origin is not None]
    return {place.line for origin in origins for place in (origin, *origin.via)}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_change_is_found_where_it_was_made(mutation: Mutation) -> None:
    original = (DATA / FILE).read_text()
    assert original.count(mutation.old) == 1, "the mutation's text must stand once in the file"
    mutated = original.replace(mutation.old, mutation.new)
    findings = shown(read("before", original), read("after", mutated))
    found = [finding for finding in findings if is_told(finding, mutation)]
    assert found, describe(findings)
    assert {line for finding in found for line in lines_of(finding)} & changed_lines(mutation, mutated, original)


@pytest.mark.parametrize("mutation", KUBERNETES, ids=lambda mutation: mutation.name)
def test_a_change_of_what_kubernetes_has_is_found_too(mutation: Mutation) -> None:
    original = (DATA / mutation.file).read_text()
    mutated = original.replace(mutation.old, mutation.new)
    sides = read("before", original, mutation.file), read("after", mutated, mutation.file)
    check_found(mutation, shown(*sides), mutated, original)


@pytest.mark.parametrize(
    "mutation",
    [each for each in ALL_MUTATIONS if each.file.startswith("kubernetes") and (each.rule, each.subject) in IMPOSED],
    ids=lambda mutation: mutation.name,
)
def test_what_is_imposed_anyway_is_no_finding_where_it_is_left_out(mutation: Mutation) -> None:
    original = (DATA / mutation.file).read_text()
    mutated = original.replace(mutation.old, mutation.new)
    findings = shown(read("before", original, mutation.file), read("after", mutated, mutation.file))
    assert describe(findings) == []


@pytest.mark.parametrize(
    "rewrite", [*REWRITES, *KUBERNETES_REWRITES], ids=lambda rewrite: f"{Path(rewrite.file).stem}: {rewrite.name}"
)
def test_a_change_of_spelling_is_no_finding(rewrite: Rewrite) -> None:
    original = (DATA / rewrite.file).read_text()
    assert original.count(rewrite.old) == 1, "the rewritten text must stand once in the file"
    rewritten = original.replace(rewrite.old, rewrite.new)
    sides = read("before", original, rewrite.file), read("after", rewritten, rewrite.file)
    assert describe(shown(*sides)) == []
