"""Recall on Minikube: every change of Kubernetes' table is found there, too, but for what its nature makes expected."""

from pathlib import Path

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Verdict
from tests.mutations.reading import read_environment
from tests.mutations.table import MUTATIONS, Mutation
from tests.mutations.test_mutations import check_found, describe, is_told

DATA = Path(__file__).parent / "data"
SHOWN = {Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED}
OF_KUBERNETES = [mutation for mutation in MUTATIONS if mutation.file.startswith("kubernetes")]
BY_NATURE = {"volume.class", "placement.constraint"}
"""Rules under which every difference from Minikube is expected: it has one storage class, and one node."""


def read(name: str, platform: str, file: str, text: str) -> Environment:
    return read_environment(name, platform, file, text)


def found(one: Environment, other: Environment, *verdicts: Verdict) -> list[Finding]:
    wanted = verdicts or SHOWN
    return [finding for finding in compare([one, other]).findings if finding.verdict in wanted]


def texts(mutation: Mutation) -> tuple[str, str]:
    original = (DATA / mutation.file).read_text()
    return original, original.replace(mutation.old, mutation.new)


@pytest.mark.parametrize("mutation", OF_KUBERNETES, ids=lambda mutation: mutation.name)
def test_a_change_on_minikube_is_found_where_it_was_made(mutation: Mutation) -> None:
    original, mutated = texts(mutation)
    before, after = (read(name, "minikube", mutation.file, text) for name, text in (("a", original), ("b", mutated)))
    check_found(mutation, found(before, after), mutated, original)


@pytest.mark.parametrize("mutation", OF_KUBERNETES, ids=lambda mutation: mutation.name)
def test_a_change_in_production_is_found_from_minikube(mutation: Mutation) -> None:
    original, mutated = texts(mutation)
    local, production = read("a", "minikube", mutation.file, original), read("b", "kubernetes", mutation.file, mutated)
    if mutation.rule in BY_NATURE:
        told = found(local, production, Verdict.EXPECTED)
        assert [finding for finding in told if is_told(finding, mutation)], describe(told)
    else:
        check_found(mutation, found(local, production), mutated, original)


@pytest.mark.parametrize("file", ["kubernetes.yaml", "kubernetes-more.yaml"])
def test_the_same_text_says_the_same_on_both(file: str) -> None:
    text = (DATA / file).read_text()
    assert describe(found(read("a", "minikube", file, text), read("b", "kubernetes", file, text))) == []
