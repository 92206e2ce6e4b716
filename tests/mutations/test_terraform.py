"""Recall and precision on a Terraform configuration: every injected change is found where it was made, no rewrite is."""

import pytest

from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from tests.memory_context import memory_context
from tests.mutations.rewrites import Rewrite
from tests.mutations.table import Mutation
from tests.mutations.terraform_table import CLOUD_MUTATIONS, FILE, MUTATIONS, REWRITES
from tests.mutations.test_mutations import DATA, changed_lines, describe, is_told, shown


def read(name: str, text: str, file: str = FILE, **options: tuple[str, ...]) -> Environment:
    context = memory_context({f"shop/{file}": text})
    return Environment(name, normalise(load_reader("terraform")(Source("shop", options), context)))


@pytest.mark.parametrize("mutation", [*MUTATIONS, *CLOUD_MUTATIONS], ids=lambda mutation: mutation.name)
def test_a_change_is_found_where_it_was_made(mutation: Mutation) -> None:
    original = (DATA / mutation.file).read_text()
    assert original.count(mutation.old) == 1, "the mutation's text must stand once in the file"
    mutated = original.replace(mutation.old, mutation.new)
    findings = shown(read("before", original, mutation.file), read("after", mutated, mutation.file))
    found = [finding for finding in findings if is_told(finding, mutation)]
    assert found, describe(findings)
    origins = [side.origin for finding in found for side in finding.sides if side.origin is not None]
    told = {place.line for origin in origins for place in (origin, *origin.via)}
    assert told & changed_lines(mutation, mutated, original), f"told at {told}"


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.name)
def test_a_change_of_spelling_is_no_finding(rewrite: Rewrite) -> None:
    original = (DATA / FILE).read_text()
    assert original.count(rewrite.old) == 1, "the rewritten text must stand once in the file"
    rewritten = original.replace(rewrite.old, rewrite.new)
    assert describe(shown(read("before", original), read("after", rewritten))) == []


def test_the_order_of_blocks_is_no_finding() -> None:
    original = (DATA / FILE).read_text()
    turned = "\n}\n\n".join(reversed(original.removesuffix("\n}\n").split("\n}\n\n"))) + "\n}\n"
    assert turned != original
    assert describe(shown(read("before", original), read("after", turned))) == []


def test_a_value_from_outside_is_a_change_like_one_in_the_file() -> None:
    original = (DATA / FILE).read_text()
    findings = shown(read("before", original), read("after", original, var=("tag=1.4.3",)))
    assert describe(findings) == ["web  image.tag  ['1.4.2', '1.4.3']"]
