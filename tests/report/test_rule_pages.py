"""What is explained of each rule, diagnostic and reason is whole, legible in its width, and what docs/rules.md says."""

import importlib
import re
from functools import cache
from pathlib import Path

import pytest

from isomorph.__main__ import VERBS, module_of
from isomorph.drift.reasons import REASONS
from isomorph.drift.rules import RULES
from isomorph.model.errors import CODES
from isomorph.platforms.table import PLATFORMS
from isomorph.project.comparison_shape import SUPPRESSION_KEYS
from isomorph.project.project_shape import ENVIRONMENT_KEYS, PROJECT_KEYS
from isomorph.report.code_texts import CODE_TEXTS, REASON_TEXTS
from isomorph.report.explanation import explain
from isomorph.report.rule_pages import print_page
from isomorph.report.rule_places import fields_to_mend, find_places
from isomorph.report.terminal import Style, cells

ADVICE = {**CODE_TEXTS, **REASON_TEXTS}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == print_page(), "run `make pages`"


def test_every_code_and_reason_has_its_advice() -> None:
    assert CODE_TEXTS.keys() == CODES.keys()
    assert REASON_TEXTS.keys() == REASONS.keys()


@pytest.mark.parametrize("name", [*CODES, *REASONS])
def test_an_advice_has_all_parts(name: str) -> None:
    advice = CODE_TEXTS.get(name) or REASON_TEXTS[name]
    assert re.fullmatch(r"[A-Z].*\.", advice.matters)
    assert re.fullmatch(r"[a-z`].*[^.]", advice.do)
    assert advice.reference == "" or re.fullmatch(r"https://[^ ]+", advice.reference)
    assert advice.matters not in (CODES.get(name), REASONS.get(name))
    text = explain(name, Style(False, 80))
    assert "why it matters: " in text
    assert "what to do: " in text
    assert ("see https://" in text) == bool(advice.reference)


TEXTS = {
    **{
        name: " ".join((CODES.get(name) or REASONS[name], advice.matters, advice.do)) for name, advice in ADVICE.items()
    },
    **{name: " ".join((rule.explanation, rule.hint)) for name, rule in RULES.items()},
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_commands_options_and_keys_that_a_text_names_exist(name: str) -> None:
    text = TEXTS[name]
    named = re.findall(r"`isomorph ([a-z-]+)([^`]*)`", text)
    for verb, rest in named:
        assert verb in VERBS
        assert set(re.findall(r"--[a-z-]+", rest)) <= options_of(verb)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) <= {each for verb in VERBS for each in options_of(verb)}
    keys = {*PROJECT_KEYS, *ENVIRONMENT_KEYS}
    assert set(re.findall(r"`([a-z-]+)`,? (?:in|out of) isomorph\.yaml", text)) <= keys


def test_a_suppression_is_told_by_its_keys() -> None:
    keys = re.findall(r"`(\w+)`", CODE_TEXTS["suppression-expired"].do)
    assert keys == ["until", "reason"]
    assert set(keys) <= SUPPRESSION_KEYS.keys()


@cache
def options_of(verb: str) -> frozenset[str]:
    module = importlib.import_module(f"isomorph.cli.{module_of(verb)}")
    return (
        frozenset(re.findall(r"--[a-z][a-z-]*", module.parser().format_help()))
        if hasattr(module, "parser")
        else frozenset()
    )


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_told_on_every_platform(name: str) -> None:
    rule = RULES[name]
    told = [platform.name for part in find_places(rule) for platform in part.platforms]
    assert sorted(told) == sorted(platform.name for platform in PLATFORMS)
    whole = [row.field for row in find_places(rule)[0].rows]
    assert sorted(whole) == sorted(fields_to_mend(rule))
    assert all(row.place or row.reason for part in find_places(rule) for row in part.rows)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("width", [80, 100])
def test_a_rule_is_legible_in_its_width(name: str, width: int) -> None:
    text = explain(name, Style(False, width))
    for part in ("why it matters: ", "severity", "to mend: ", f"see {RULES[name].reference}"):
        assert part in text
    assert not re.search(r"[{](here|there|subject)[}]", text)
    wide = [line for line in text.splitlines() if cells(line) > width]
    assert [line for line in wide if " " in line.strip().removeprefix("see ")] == []


def test_platforms_of_a_family_share_a_part_or_tell_what_differs() -> None:
    parts = find_places(RULES["compute.limits"])
    assert ["kubernetes", "minikube", "openshift", "helm"] in [[each.name for each in part.platforms] for part in parts]
    (swarm,) = [part for part in find_places(RULES["probe.missing"]) if part.platforms[0].name == "swarm"]
    assert swarm.like == "Docker Compose"
    assert [row.field for row in swarm.rows] == ["probe.liveness"]


def test_the_severity_of_each_situation_is_told_where_it_matters() -> None:
    limits = explain("compute.limits", Style(False, 100))
    assert "  note     said elsewhere" in limits
    assert "  warning  both environments are of one sort" in limits
    assert "severity: error, whatever the environments are" in explain("process.args", Style(False, 100))


def test_silence_is_told_once_for_platforms_alike() -> None:
    text = explain("process.stop-grace", Style(False, 100))
    assert "  Docker Compose, Docker Swarm: 10s\n" in text
    assert text.count(": 30s\n") == 1
