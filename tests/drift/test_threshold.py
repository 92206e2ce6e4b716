"""What makes a run fail, and what those are told who know severities only."""

import pytest

from isomorph.drift.finding import Severity, Verdict
from isomorph.drift.threshold import Threshold
from tests.report.reports import DRIFT, ERROR, MISSING, NOTE, UNRESOLVED, WARNING, make_finding, make_report


@pytest.mark.parametrize(
    ("verdict", "severity", "threshold", "fails"),
    [
        (DRIFT, WARNING, Threshold(), True),
        (DRIFT, NOTE, Threshold(), False),
        (MISSING, NOTE, Threshold(NOTE), True),
        (MISSING, WARNING, Threshold(ERROR), False),
        (UNRESOLVED, ERROR, Threshold(NOTE), False),
        (UNRESOLVED, NOTE, Threshold(ERROR, strict=True), True),
        (Verdict.SUPPRESSED, ERROR, Threshold(NOTE, strict=True), False),
    ],
)
def test_what_fails(verdict: Verdict, severity: Severity, threshold: Threshold, fails: bool) -> None:
    finding = make_finding("image.tag", "web", ("1", "2"), verdict=verdict, severity=severity)
    assert threshold.fails(finding) is fails


def test_what_is_not_known_weighs_as_a_note_unless_it_counts() -> None:
    known = make_finding("image.tag", "web", ("1", "2"), severity=ERROR)
    unknown = make_finding("image.tag", "db", ("${TAG}", "2"), severity=ERROR, verdict=UNRESOLVED)
    report = make_report([known, unknown])
    assert [each.severity for each in Threshold().weigh(report).findings] == [ERROR, NOTE]
    assert [each.severity for each in Threshold(strict=True).weigh(report).findings] == [ERROR, ERROR]
