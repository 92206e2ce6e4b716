"""Recall and precision on a group of Marathon: every injected change is found where it was made, no rewrite is."""

import json

import pytest

from isomorph.drift.finding import Environment
from tests.mutations.marathon_table import FILE, MUTATIONS, REWRITES
from tests.mutations.reading import read_environment
from tests.mutations.rewrites import Rewrite
from tests.mutations.table import Mutation
from tests.mutations.test_mutations import DATA, check_found, describe, shown


def read(name: str, text: str) -> Environment:
    return read_environment(name, "marathon", FILE, text)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_change_is_found_where_it_was_made(mutation: Mutation) -> None:
    original = (DATA / FILE).read_text()
    assert original.count(mutation.old) == 1, "the mutation's text must stand once in the file"
    mutated = original.replace(mutation.old, mutation.new)
    check_found(mutation, shown(read("before", original), read("after", mutated)), mutated, original)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.name)
def test_a_change_of_spelling_is_no_finding(rewrite: Rewrite) -> None:
    original = (DATA / FILE).read_text()
    assert original.count(rewrite.old) == 1, "the rewritten text must stand once in the file"
    rewritten = original.replace(rewrite.old, rewrite.new)
    assert describe(shown(read("before", original), read("after", rewritten))) == []


def test_the_order_of_applications_and_of_keys_is_no_finding() -> None:
    original = (DATA / FILE).read_text()
    group = json.loads(original)
    turned = {key: group[key] for key in reversed(group)}
    turned["apps"] = [{key: app[key] for key in reversed(app)} for app in reversed(group["apps"])]
    assert describe(shown(read("before", original), read("after", json.dumps(turned)))) == []


def test_the_layout_is_no_finding() -> None:
    original = (DATA / FILE).read_text()
    assert describe(shown(read("before", original), read("after", json.dumps(json.loads(original))))) == []
