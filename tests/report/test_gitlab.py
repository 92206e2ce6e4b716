"""GitLab's code quality report: the fields that it demands."""

import json

import pytest

from isomorph.drift.finding import Report
from isomorph.report.gitlab import print_code_quality
from tests.report.hostile import hostile_report, policy_finding
from tests.report.reports import make_finding, make_report, sample_report


@pytest.mark.parametrize("report", [sample_report(), hostile_report(), make_report([policy_finding()])])
def test_every_issue_has_what_gitlab_demands(report: Report) -> None:
    issues = json.loads(print_code_quality(report))
    assert issues
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith(("./", "/"))
        assert issue["description"].isprintable()
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def test_an_issue_is_a_cause_at_its_place() -> None:
    findings = [make_finding("image.registry", name, ("a", "b"), cause="one", line=4) for name in ("cart", "web")]
    assert json.loads(print_code_quality(make_report(findings))) == [
        {
            "description": "cart differs in image.registry. (1 more finding of the same cause, in web too)",
            "check_name": "image.registry",
            "fingerprint": findings[0].fingerprint,
            "severity": "minor",
            "location": {"path": "deploy/cart.yaml", "lines": {"begin": 4}},
        }
    ]


def test_without_drift_it_is_an_empty_list() -> None:
    assert json.loads(print_code_quality(make_report([]))) == []
