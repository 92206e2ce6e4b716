"""The pages of docs/policy say what the tables say, and the tables what the views give."""

import pytest

from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from isomorph.policy.view import Viewer
from isomorph.policy.words import SUBJECTS, TYPES, element_of, is_scalar
from tests.memory_context import memory_context
from tests.policy.examples import GOOD
from tests.policy.pages import FOLDER, PAGES

EXACT = {"text": str, "number": int, "flag": bool}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run `make pages`"


def check(kind: str, value: object, where: str) -> None:
    """Check that a value of a view is what the table says of its word."""
    if is_scalar(kind):
        assert type(value) is EXACT[kind], where
    elif kind.startswith("list:"):
        assert isinstance(value, list), where
        for each in value:
            check(element_of(kind), each, where)
    elif kind.startswith("map:"):
        assert isinstance(value, dict), where
        for key, each in value.items():
            check(kind.removeprefix("map:"), each, f"{where}.{key}")
    elif kind != "any":
        assert isinstance(value, dict), where
        assert set(value) <= set(TYPES[kind]), where
        for key, each in value.items():
            check(TYPES[kind][key].type, each, f"{where}.{key}")
        always = {name for name, word in TYPES[kind].items() if word.type.startswith(("list:", "map:"))}
        assert always <= set(value), f"{where}: lists and maps are always there"


@pytest.mark.parametrize("platform", ["compose", "swarm", "kubernetes", "openshift", "nomad", "marathon"])
def test_views_give_what_the_table_says(platform: str) -> None:
    definition = normalise(load_reader(platform)(Source("a"), memory_context({"a": GOOD[platform]})))
    seen = list(Viewer(Environment("production", definition)).walk(SUBJECTS))
    assert {"workload", "container", "variable"} <= {subject for subject, _ in seen}
    for subject, each in seen:
        assert subject in each.view
        for name, value in each.view.items():
            check(name, value, name)
