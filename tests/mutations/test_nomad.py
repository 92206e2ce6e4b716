"""Recall and precision on a job of Nomad: every injected change is found where it was made, no rewrite is."""

import pytest

from isomorph.drift.finding import Environment
from tests.mutations.nomad_table import FILE, MUTATIONS, REWRITES
from tests.mutations.reading import read_environment
from tests.mutations.rewrites import Rewrite
from tests.mutations.table import Mutation
from tests.mutations.test_mutations import DATA, check_found, describe, shown

COUNT = 'variable "count" {\n  default = 2\n}\n'


def read(name: str, text: str) -> Environment:
    return read_environment(name, "nomad", FILE, text)


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
    rewritten = COUNT + original.replace(rewrite.old, rewrite.new)
    assert describe(shown(read("before", original), read("after", rewritten))) == []


def test_the_order_of_groups_and_a_job_in_json_are_no_finding() -> None:
    original = (DATA / FILE).read_text()
    web, api = original.index('  group "web"'), original.index('  group "api"')
    turned = f"{original[:web]}{original[api : original.rindex('}')]}{original[web:api]}}}\n"
    assert describe(shown(read("before", original), read("after", turned))) == []
