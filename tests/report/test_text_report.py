"""The text report: what stands where, what is folded, and that it fits."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.drift.finding import Finding, Severity, Verdict
from isomorph.drift.rules import RULES
from isomorph.report.fold import ALWAYS_SHOWN, fold
from isomorph.report.terminal import Style, cells, shorten, shorten_values, wrap
from isomorph.report.text_report import print_report
from tests.report.reports import DRIFT, ERROR, EXPECTED, NOTE, make_finding, make_report, sample_report

PLAIN = Style(False, 100)


PAGE = """\
local       docker-compose.yml  (5 workloads)
production  deploy/  (5 workloads)

the same in several workloads                                                      1 warning, 1 note
  warning     compute.limits cpu (in 5 workloads)
              local       not set
                          near docker-compose.yml:40:3 and 4 more
              production  300m (in 4), 500m                       deploy/carts.yaml:40:9 and 4 more
              in carts, orders, payment, shipping, user
              In carts: carts may take every processor of the machine on local.
              fix: Add deploy.resources.limits.cpus.
  note        security.capability CHOWN, SETGID, SETUID (in 5 workloads)
              local       not set                                 near docker-compose.yml:50:3
              production  added                                   deploy/carts.yaml:50:9 and 4 more
              in carts, orders, payment, shipping, user
              In carts: carts differs in security.capability.

carts                                                                             1 error, 1 warning
  error       image.tag
              local       0.4.8                                   docker-compose.yml:12:3
              production  0.4.7                                   deploy/carts.yaml:12:9
              The environments run different releases of carts.
              fix: Write the same tag on both sides, or a digest.
  warning     variable.value JAVA_OPTS
              local       …ty.egd=file:/dev/urandom               docker-compose.yml:20:3
              production  …ty.egd=file:/dev/urandom -Dspring.zipkin.enabled=false
                          deploy/carts.yaml:20:9
              carts starts with different options, so memory and tracing are not what was tested.

orders                                                                        2 errors, 1 unresolved
  error       variable.missing SESSION_REDIS
              local       not set                                 near docker-compose.yml:1:3
              production  true                                    deploy/orders.yaml:1:9
              orders differs in variable.missing.
  error       port.target 80/tcp
              local       8080                                    docker-compose.yml:31:3
              production  80                                      deploy/orders.yaml:31:9
              orders differs in port.target.
  warning     probe.check liveness (of the same cause)
              local       GET :8080/                              docker-compose.yml:31:3
              production  GET :80/                                deploy/orders.yaml:31:9
              orders differs in probe.check.
  unresolved  variable.value RELEASE
              local       ${TAG}                                  docker-compose.yml:1:3
              production  7                                       deploy/orders.yaml:1:9
              orders differs in variable.value.

6 differences: 3 errors, 2 warnings, 1 note
1 unresolved: whether it differs is not known
compared values: 12 equal
not shown (-v shows them), pair by pair: 1 expected (normal between these platforms, or declared in
isomorph.yaml)
`isomorph explain RULE` (such as variable.missing) tells what a rule means, why it matters and what
to do.
"""


def test_the_whole_page() -> None:
    assert print_report(sample_report(), PLAIN) == PAGE


@pytest.mark.parametrize("width", [40, 56, 72, 80, 100, 140])
def test_lines_fit(width: int) -> None:
    text = print_report(sample_report(), Style(False, width), tuple(Verdict))
    assert max(map(cells, text.splitlines())) <= width


def test_colours_change_nothing_else() -> None:
    coloured = print_report(sample_report(), Style(True, 100))
    assert "\x1b[31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == print_report(sample_report(), PLAIN).split()


def test_expected_is_shown_on_request() -> None:
    assert "cannot say" not in print_report(sample_report(), PLAIN)
    text = print_report(sample_report(), PLAIN, (EXPECTED,))
    assert "expected    probe.missing liveness\n" in text
    assert "  cannot say: Compose restarts nothing that is unhealthy\n" in text
    assert re.search(r"^orders +2 errors, 1 unresolved$", text, re.MULTILINE), "what is expected is not counted"


def test_no_drift_is_one_line() -> None:
    report = make_report([])
    assert "no drift between local and production\ncompared values: 12 equal\n" in print_report(report, PLAIN)
    assert "\nno drift in local\n" in print_report(make_report([], names=("local",)), PLAIN)


def test_input_cannot_write_to_the_terminal() -> None:
    report = make_report([make_finding("variable.value", "a\x1b[2J", ("\x1b]0;x\x07", "two\nlines"), subject="\x9bX")])
    text = print_report(report, PLAIN)
    assert not set("\x1b\x07\x9b") & set(text)
    assert "two⏎lines" in text


def test_a_limit_missing_in_forty_workloads_is_one_row() -> None:
    findings = [
        make_finding("compute.limits", f"w{number}", (None, f"{number}m"), subject="cpu") for number in range(40)
    ]
    (section,) = fold(findings)
    (entry,) = section.entries
    assert section.workload is None
    assert len(entry.workloads) == 40
    assert entry.sides[0].values == {None: 40}


def test_different_values_on_both_sides_stay_apart() -> None:
    findings = [make_finding("image.tag", f"w{number}", (f"1.{number}", f"2.{number}")) for number in range(5)]
    assert len(fold(findings)) == 5


def test_two_workloads_are_not_folded() -> None:
    findings = [make_finding("compute.limits", name, (None, "1"), subject="cpu") for name in ("a", "b")]
    assert [section.workload for section in fold(findings)] == ["a", "b"]


def test_verdicts_and_reasons_are_not_mixed() -> None:
    findings = [
        make_finding("scale.replicas", f"w{number}", ("1", "2"), verdict=DRIFT if number % 2 else EXPECTED)
        for number in range(8)
    ]
    (section,) = fold(findings, (EXPECTED,))
    assert [(entry.verdict, len(entry.workloads)) for entry in section.entries] == [(DRIFT, 4), (EXPECTED, 4)]


def test_pairs_of_several_environments_are_one_entry() -> None:
    findings = [
        make_finding("image.tag", "web", ("1", "2"), between=("local", "production")),
        make_finding("image.tag", "web", ("1", "2"), between=("staging", "production"), severity=ERROR),
    ]
    (section,) = fold(findings)
    (entry,) = section.entries
    assert [(side.environment, side.values) for side in entry.sides] == [
        ("local", {"1": 1}),
        ("production", {"2": 1}),
        ("staging", {"1": 1}),
    ]
    assert entry.severity is ERROR


def test_the_gravest_comes_first() -> None:
    findings = [
        make_finding("a.note", "a", ("1", "2"), severity=NOTE),
        make_finding("b.warning", "b", ("1", "2")),
        make_finding("c.error", "c", ("1", "2"), severity=ERROR),
        make_finding("d.note", "c", ("1", "2"), severity=NOTE),
    ]
    assert [section.workload for section in fold(reversed(findings))] == ["c", "b", "a"]


def test_values_are_cut_where_the_first_difference_stays_in_sight() -> None:
    values = ["x" * 200 + "left", "x" * 200 + "right"]
    for value, end in zip(shorten_values(values, 30), ("left", "right"), strict=True):
        assert value.startswith("…")
        assert value.endswith(end)
        assert cells(value) <= 30
    assert shorten_values(["a" * 50], 10) == ["aaaaaaaaa…"]
    assert shorten_values(["short", "shorter"], 10) == ["short", "shorter"]


def test_wide_characters_count_twice() -> None:
    assert cells("日本") == 4
    assert shorten("日本語", 5) == "日本…"


def test_words_that_are_longer_than_a_line_stand_alone() -> None:
    assert wrap("a verylongword b", 6, "  ") == ["  a", "  verylongword", "  b"]


def test_what_masked_values_do_not_show_is_said() -> None:
    message = "web: the secret in DB comes from a secret store on local, and not on production; it is open."
    report = make_report([make_finding("secret.exposed", "web", ("***", "***"), subject="DB", message=message)])
    text = " ".join(print_report(report, PLAIN).split())
    assert "The secret in DB comes from a secret store on local, and not on production; it is open." in text


def test_what_happens_is_said_without_the_values_again() -> None:
    effect = RULES["variable.value"].differs
    message = f"web: LEVEL is info on local and debug on production; {effect}."
    report = make_report([make_finding("variable.value", "web", ("info", "debug"), subject="LEVEL", message=message)])
    text = print_report(report, PLAIN)
    assert f"{effect[:1].upper()}{effect[1:]}.\n" in text
    assert "info on local" not in text


findings = st.builds(
    make_finding,
    st.sampled_from(["image.tag", "compute.limits", "security.capability"]),
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from([None, "1", "2"]), st.sampled_from([None, "1", "2"])),
    subject=st.sampled_from(["", "cpu", "memory", "CHOWN", "KILL"]),
    verdict=st.sampled_from(Verdict),
    severity=st.sampled_from(Severity),
    cause=st.sampled_from(["", "x", "y"]),
)


@given(st.lists(findings, max_size=40))
@settings(max_examples=100)
def test_nothing_is_lost_by_folding(found: list[Finding]) -> None:
    shown = {(each.workload, each.rule, each.subject) for each in found if each.verdict in ALWAYS_SHOWN}
    told = {
        (workload, each.rule, subject)
        for section in fold(found)
        for entry in section.entries
        for each in (entry, *entry.also)
        for workload in each.workloads
        for subject in each.subjects
    }
    assert told == shown
    assert max(map(cells, print_report(make_report(found), Style(False, 80)).splitlines())) <= 80


def test_verbose_shows_values_whole_and_every_place() -> None:
    text = print_report(sample_report(), PLAIN, verbose=True)
    assert "-Djava.security.egd=file:/dev/urandom -Dspring.zipkin.enabled=false\n" in text
    for workload in ("carts", "orders", "payment", "shipping", "user"):
        assert f"deploy/{workload}.yaml:50:9" in text
    assert " more" not in text
