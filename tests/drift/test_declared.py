"""What a team declares of its drift: what is meant, what is not told for now, and how grave the rest is."""

import pytest

from isomorph.drift.declared import Declared, Expectation, Suppression, Weight, apply_declared
from isomorph.drift.finding import Report, Severity, Verdict
from isomorph.drift.rules import RULES
from isomorph.drift.selection import Selection, fits
from isomorph.drift.severities import DEFAULTS, find_situation, weigh_rule
from isomorph.model.origin import Origin
from tests.report.reports import DRIFT, EXPECTED, UNRESOLVED, make_finding, make_report

TODAY = "2026-11-26"
PLACE = Origin("isomorph.yaml", 7, 3)

FINDING = make_finding("image.tag", "legacy-shop", ("1", "2"))


@pytest.mark.parametrize(
    ("selection", "is_meant"),
    [
        (Selection(rule="image.tag"), True),
        (Selection(rule="image.*"), True),
        (Selection(rule="variable.*"), False),
        (Selection(workload="legacy-*"), True),
        (Selection(workload="legacy"), False),
        (Selection(workload="legacy-sho?"), True),
        (Selection(rule="image.*", workload="carts"), False),
        (Selection(between=("local", "production")), True),
        (Selection(between=("production", "local")), True),
        (Selection(between=("local", "*")), True),
        (Selection(between=("*", "local")), True),
        (Selection(between=("staging", "*")), False),
        (Selection(subject="x"), False),
    ],
)
def test_which_findings_a_selection_means(selection: Selection, is_meant: bool) -> None:
    assert selection.matches(FINDING) == is_meant


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ("80", ["80/tcp", "80/udp"]),
        ("80/tcp", ["80/tcp"]),
        ("8?", ["80/tcp", "80/udp"]),
        ("*/udp", ["80/udp"]),
        ("8", []),
        ("tcp", []),
    ],
)
def test_a_port_without_a_protocol_is_that_of_any(subject: str, meant: list[str]) -> None:
    findings = [
        make_finding("port.missing", "carts", ("x", None), subject=each) for each in ("80/tcp", "80/udp", "8080/tcp")
    ]
    selection = Selection(subject=subject)
    assert [each.subject for each in findings if selection.matches(each)] == meant


def test_what_only_looks_like_a_port_is_none() -> None:
    assert not Selection(subject="80").matches(make_finding("route.path", "carts", ("x", None), subject="80/api"))


def test_only_stars_and_question_marks_are_special() -> None:
    assert fits("a.b[c]*", "a.b[c]d")
    assert not fits("a.b", "axb")
    assert not fits("a.*", "axb")


def declare(report: Report, **parts: object) -> Report:
    return apply_declared(report, Declared(**parts), TODAY)  # type: ignore[arg-type]


def test_what_is_meant_is_expected_with_the_teams_reason() -> None:
    expectation = Expectation(Selection(rule="image.tag"), "one release ahead", PLACE)
    report = declare(make_report([FINDING]), expectations=(expectation,))
    assert [(each.verdict, each.reason) for each in report.findings] == [(EXPECTED, "declared: one release ahead")]
    assert (report.summary["drift"], report.summary["expected"], report.summary["equal"]) == (0, 1, 12)


def test_what_is_unresolved_can_be_declared_and_what_was_expected_keeps_its_reason() -> None:
    known = make_finding("probe.missing", "a", (None, "x"), verdict=EXPECTED, reason="cannot say: no liveness")
    open_ = make_finding("image.tag", "a", ("${TAG}", "2"), verdict=UNRESOLVED)
    expectation = Expectation(Selection(workload="a"), "so it is", PLACE)
    report = declare(make_report([known, open_]), expectations=(expectation,))
    assert [each.reason for each in report.findings] == ["cannot say: no liveness", "declared: so it is"]


@pytest.mark.parametrize(
    ("until", "verdict", "codes"),
    [
        ("", Verdict.SUPPRESSED, []),
        ("2026-11-26", Verdict.SUPPRESSED, []),
        ("2026-11-25", DRIFT, ["suppression-expired"]),
    ],
)
def test_a_suppression_holds_until_its_day_is_over(until: str, verdict: Verdict, codes: list[str]) -> None:
    suppression = Suppression(Selection(workload="legacy-*"), "frozen", PLACE, until)
    report = declare(make_report([FINDING]), suppressions=(suppression,))
    assert [each.verdict for each in report.findings] == [verdict]
    assert [(each.code, each.origin) for each in report.diagnostics] == [(code, PLACE) for code in codes]


def test_what_fits_nothing_is_told() -> None:
    expectation = Expectation(Selection(rule="image.tag"), "x", PLACE)
    suppression = Suppression(Selection(rule="image.digest"), "y", Origin("isomorph.yaml", 9, 3))
    report = declare(make_report([]), expectations=(expectation,), suppressions=(suppression,))
    assert [(each.code, str(each.origin)) for each in report.diagnostics] == [
        ("declaration-unused", "isomorph.yaml:7:3"),
        ("declaration-unused", "isomorph.yaml:9:3"),
    ]


def test_a_rules_own_severity_wins_over_a_patterns() -> None:
    weights = (Weight("image.tag", Severity.NOTE), Weight("image.*", Severity.ERROR))
    other = make_finding("image.digest", "a", ("1", "2"))
    report = declare(make_report([FINDING, other]), weights=weights)
    assert [each.severity for each in report.findings] == [Severity.NOTE, Severity.ERROR]


def test_every_rule_has_a_severity_in_every_situation() -> None:
    assert DEFAULTS.keys() == RULES.keys()
    assert all(set(row) == {"laptop", "nearby", "alike"} for row in DEFAULTS.values())


@pytest.mark.parametrize(
    ("local", "said", "situation"),
    [
        ((False, False), (True, False), "alike"),
        ((True, True), (True, False), "alike"),
        ((True, False), (False, True), "laptop"),
        ((True, False), (True, False), "nearby"),
        ((False, True), (True, False), "laptop"),
        ((False, True), (True, True), "nearby"),
        ((True, False), (False, False), "nearby"),
    ],
)
def test_the_situation_of_a_finding(local: tuple[bool, bool], said: tuple[bool, bool], situation: str) -> None:
    assert find_situation(local, said) == situation


def test_a_limit_that_a_laptop_lacks_is_a_note_and_another_tag_in_production_an_error() -> None:
    assert weigh_rule("compute.limits", (True, False), (False, True)) is Severity.NOTE
    assert weigh_rule("image.tag", (False, False), (True, True)) is Severity.ERROR
