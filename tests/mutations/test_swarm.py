"""Recall and precision on a stack of Swarm: every injected change is found where it was made, no rewrite is."""

import pytest

from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.swarm.reader import read as read_stack
from tests.memory_context import memory_context
from tests.mutations.rewrites import Rewrite
from tests.mutations.swarm_table import FILE, MUTATIONS, REWRITES, SETTINGS
from tests.mutations.table import Mutation
from tests.mutations.test_mutations import DATA, check_found, describe, shown


def read(name: str, text: str, settings: str = SETTINGS["settings.ini"]) -> Environment:
    context = memory_context({FILE: text, "settings.ini": settings})
    return Environment(name, normalise(read_stack(Source(FILE), context)), (("swarm", FILE),))


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


def test_another_text_of_a_config_is_found_in_its_file() -> None:
    original = (DATA / FILE).read_text()
    found = shown(read("before", original), read("after", original, "[shop]\ntheme = light\n"))
    assert [(each.rule, each.subject) for each in found] == [("file.content", "/etc/web/settings.ini")]
    assert [str(side.origin) for side in found[0].sides] == ["settings.ini:1:1", "settings.ini:1:1"]
