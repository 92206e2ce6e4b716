"""The report as GitLab's code quality JSON: an issue a cause.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

from typing import Any

from isomorph.drift.finding import Report, Severity
from isomorph.model.native import encode_json
from isomorph.model.origin import Origin
from isomorph.report.causes import Cause, find_place, gather
from isomorph.report.json_report import PlaceFile, file_placer
from isomorph.report.terminal import clean

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def print_code_quality(report: Report, root: str | None = None) -> bytes:
    """Write a report as a list of issues; GitLab wants a place for each, so one without has the definition's first line."""
    place = file_placer(root)
    fallback = next((source for each in report.environments for _, source in each.parts), "isomorph.yaml")
    return encode_json([_issue(cause, place, Origin(fallback)) for cause in gather(report)])


def _issue(cause: Cause, place: PlaceFile, fallback: Origin) -> dict[str, Any]:
    head = cause.head
    origin = find_place(head) or fallback
    return {
        "description": clean(cause.message),
        "check_name": head.rule,
        "fingerprint": head.fingerprint,
        "severity": _SEVERITIES[head.severity],
        "location": {"path": place(origin.file).partition("?")[0], "lines": {"begin": origin.line}},
    }
