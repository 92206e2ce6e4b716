"""Precision: a change of spelling, or of the order of what has no order, is no finding."""

import random
from pathlib import Path

import pytest

from tests.mutations.rewrites import REWRITES, Rewrite
from tests.mutations.test_mutations import DATA, describe, read, shown


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: f"{Path(rewrite.file).stem}: {rewrite.name}")
def test_a_change_of_spelling_is_no_finding(rewrite: Rewrite) -> None:
    original = (DATA / rewrite.file).read_text()
    assert original.count(rewrite.old) == 1, "the rewritten text must stand once in the file"
    assert rewrite.old != rewrite.new
    rewritten = original.replace(rewrite.old, rewrite.new)
    findings = shown(read("before", rewrite.file, original), read("after", rewrite.file, rewritten))
    assert describe(findings) == []


@pytest.mark.parametrize("file", ["kubernetes.yaml", "kubernetes-more.yaml"])
def test_the_order_of_documents_is_no_finding(file: str) -> None:
    original = (DATA / file).read_text()
    documents = original.split("---\n")
    for seed in range(5):
        random.Random(seed).shuffle(documents)
        assert describe(shown(read("before", file, original), read("after", file, "---\n".join(documents)))) == []


def test_the_order_of_services_is_no_finding() -> None:
    original = (DATA / "compose.yaml").read_text()
    head, rest = original.split("services:\n")
    services, tail = rest.split("configs:\n  settings", 1)
    web, after = services.split("  web-exporter:\n")
    exporter, api = after.split("  api:\n    image")
    shuffled = f"{head}services:\n  api:\n    image{api}  web-exporter:\n{exporter}{web}configs:\n  settings{tail}"
    assert sorted(shuffled) == sorted(original)
    assert describe(shown(read("before", "compose.yaml", original), read("after", "compose.yaml", shuffled))) == []
