"""The table of rules and the closed set of reasons: complete, and true to what platforms declare."""

import re

import pytest

from isomorph.drift.reasons import ENTRIES, REASONS, find_entry
from isomorph.drift.rule_texts import TEXTS
from isomorph.drift.rules import RULES, SUBJECTS
from isomorph.model.fields import FIELDS
from isomorph.platforms.table import BY_NAME


def test_every_rule_that_a_field_names_is_in_the_table() -> None:
    named = {rule for field in FIELDS.values() for rule in field.rules}
    assert named <= RULES.keys()
    assert RULES.keys() - named == {"workload.missing", "reference.dangling"}  # Of no single field.


def test_every_rule_has_its_words() -> None:
    assert TEXTS.keys() == RULES.keys()


@pytest.mark.parametrize("name", RULES)
def test_words_are_whole(name: str) -> None:
    rule = RULES[name]
    for text in (rule.title, rule.noun, rule.differs, rule.silent, rule.hint, rule.explanation):
        assert text.strip() == text != ""
        assert not re.search(r"\{(?!here|there|subject|detail)", text)
    assert rule.explanation.endswith(".")
    assert not rule.differs.endswith(".")
    assert rule.reference.startswith("https://")
    assert rule.has_subject == (name in SUBJECTS)


def test_every_entry_is_of_the_closed_set() -> None:
    for entry in ENTRIES:
        assert entry.reason in REASONS
        assert entry.rule in RULES
        assert entry.platform == "*" or entry.platform in BY_NAME
        assert entry.source.startswith("https://")


def test_entries_are_found_by_platform_or_for_all() -> None:
    assert find_entry("port.missing", "compose", "open network") is not None
    assert find_entry("port.missing", "kubernetes", "open network") is None
    assert find_entry("port.missing", "compose", "service discovery") is not None
