"""The baseline: legible, the same whatever the order, merged by git, and only for what it names."""

import random
import subprocess
from pathlib import Path

import pytest

from isomorph.cli.baseline import _MERGE
from isomorph.drift.baseline import apply_baseline, parse_baseline, print_baseline
from isomorph.drift.finding import Finding, Verdict
from isomorph.model.errors import InvalidInput
from tests.report.reports import EXPECTED, MISSING, make_finding, make_report

FINDINGS = [
    make_finding("variable.missing", "orders", (None, "x"), subject="A: [b], #c", verdict=MISSING),
    make_finding("image.tag", "carts", ("1", "2")),
    make_finding("image.tag", "yes", ("1", "2"), container="side"),
    make_finding("probe.missing", "carts", (None, "x"), subject="liveness", verdict=EXPECTED, reason="cannot say: so"),
]


def test_a_line_a_finding_and_no_value() -> None:
    lines = print_baseline(FINDINGS).splitlines()[2:]
    assert [line.partition(", workload: ")[2] for line in lines] == [
        "carts, rule: image.tag, between: [local, production]}",
        'orders, rule: variable.missing, subject: "A: [b], #c", between: [local, production]}',
        '"yes", rule: image.tag, container: side, between: [local, production]}',
    ]


def test_the_order_of_findings_means_nothing() -> None:
    shuffled = FINDINGS[:]
    random.Random(1).shuffle(shuffled)
    assert print_baseline(shuffled) == print_baseline(FINDINGS)


def test_what_is_in_it_is_suppressed_and_anything_else_is_not() -> None:
    baseline = parse_baseline(print_baseline(FINDINGS[:1]).encode(), "baseline.yaml")
    report = apply_baseline(make_report(FINDINGS), baseline)
    assert [each.verdict for each in report.findings] == [
        Verdict.SUPPRESSED,
        Verdict.DRIFT,
        Verdict.DRIFT,
        EXPECTED,
    ]
    assert (report.summary["suppressed"], report.summary["drift"], report.summary["missing"]) == (1, 2, 0)
    assert report.diagnostics == ()


def test_what_is_gone_is_told_once() -> None:
    baseline = parse_baseline(print_baseline(FINDINGS).encode(), "baseline.yaml")
    (told,) = apply_baseline(make_report(FINDINGS[:1]), baseline).diagnostics
    assert (told.code, told.message) == (
        "baseline-outdated",
        "2 entries of the baseline fit nothing any more (settled, or another value now), which does no harm:"
        " `isomorph baseline write` leaves them out",
    )


def test_writing_is_not_advised_while_something_is_new() -> None:
    baseline = parse_baseline(print_baseline(FINDINGS[1:]).encode(), "baseline.yaml")
    (told,) = apply_baseline(make_report(FINDINGS[:1]), baseline).diagnostics
    assert "first settle what is new" in told.message


def test_nothing_found_is_a_baseline_too() -> None:
    assert parse_baseline(print_baseline([]).encode(), "baseline.yaml").entries == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1", "baseline.yaml:1:1: a baseline is a list of findings (write it with `isomorph baseline write`)"),
        (
            "- {rule: x}",
            "baseline.yaml:1:3: this entry of the baseline has no fingerprint"
            " (write the baseline anew with `isomorph baseline write`)",
        ),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_baseline(text.encode(), "baseline.yaml")
    assert str(refused.value) == message


def test_git_merges_two_branches_that_both_add_to_it(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    def commit(findings: list[Finding]) -> None:
        (tmp_path / "baseline.yaml").write_text(print_baseline(findings))
        git("add", "-A")
        git("commit", "-m", "x")

    def named(number: int) -> Finding:
        return make_finding("image.tag", f"w{number}", ("1", "2"))

    git("init", "-b", "main")
    (tmp_path / ".gitattributes").write_bytes(_MERGE)
    commit([named(1), named(9)])
    git("checkout", "-b", "one")
    commit([named(1), named(4), named(9)])
    git("checkout", "main")
    commit([named(1), named(5), named(9)])
    git("merge", "one")
    merged = parse_baseline((tmp_path / "baseline.yaml").read_bytes(), "baseline.yaml")
    assert set(merged.entries) == {named(number).fingerprint for number in (1, 4, 5, 9)}
