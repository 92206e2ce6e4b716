"""Recall in charts: every change of Kubernetes' table is found in a template, and a changed value at its values line."""

import json
from pathlib import Path

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Verdict
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.helm.reader import read
from tests.memory_context import memory_context
from tests.mutations.table import MUTATIONS, Mutation
from tests.mutations.test_mutations import check_found, describe, is_told

DATA = Path(__file__).parent / "data"
SHOWN = {Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED}
OF_KUBERNETES = [mutation for mutation in MUTATIONS if mutation.file.startswith("kubernetes")]
CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"


def read_chart(name: str, template: str, values: str = "") -> Environment:
    files = {"shop/Chart.yaml": CHART, "shop/values.yaml": values, "shop/templates/all.yaml": template}
    definition = read(Source("shop"), memory_context(files))
    return Environment(name, normalise(definition), (("helm", "shop"),))


def shown(one: Environment, other: Environment) -> list[Finding]:
    return [finding for finding in compare([one, other]).findings if finding.verdict in SHOWN]


@pytest.mark.parametrize("mutation", OF_KUBERNETES, ids=lambda mutation: mutation.name)
def test_a_change_of_a_template_is_found_where_it_was_made(mutation: Mutation) -> None:
    original = (DATA / mutation.file).read_text()
    mutated = original.replace(mutation.old, mutation.new)
    findings = shown(read_chart("a", original), read_chart("b", mutated))
    check_found(mutation, findings, mutated, original)


@pytest.mark.parametrize("mutation", OF_KUBERNETES, ids=lambda mutation: mutation.name)
def test_a_change_of_a_value_is_found_at_the_line_of_the_values_file(mutation: Mutation) -> None:
    """What the change replaces is a value in the template, so that the template stays and the value changes."""
    original = (DATA / mutation.file).read_text()
    assert original.count(mutation.old) == 1
    template = original.replace(mutation.old, "{{ .Values.changed }}")
    one, other = (
        read_chart(name, template, f"first: 1\nchanged: {json.dumps(value)}\n")
        for name, value in (("a", mutation.old), ("b", mutation.new))
    )
    found = [finding for finding in shown(one, other) if is_told(finding, mutation)]
    assert found, describe(shown(one, other))
    places = {
        (place.file, place.line)
        for finding in found
        for side in finding.sides
        if side.origin is not None
        for place in (side.origin, *side.origin.via)
    }
    assert ("shop/values.yaml", 2) in places, places


@pytest.mark.parametrize("file", ["kubernetes.yaml", "kubernetes-more.yaml"])
def test_the_same_text_says_the_same_as_manifests_and_as_a_template(file: str) -> None:
    from tests.mutations.reading import read_environment

    text = (DATA / file).read_text()
    assert describe(shown(read_environment("a", "kubernetes", file, text), read_chart("b", text))) == []
