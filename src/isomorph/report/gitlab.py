"""The report as GitLab's code quality JSON: an issue a cause.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

from typing import Any

from isomorph.drift.finding import Report, Severity
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.model.native import encode_json
from isomorph.model.origin import Origin
from isomorph.report.causes import Cause, find_file, gather
from isomorph.report.json_report import PlaceFile, file_placer
from isomorph.report.terminal import clean

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def print_code_quality(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a report as a list of issues; GitLab wants a file for each."""
    place = file_placer(root)
    weighed = threshold.weigh(report)
    return encode_json([_issue(cause, find_file(cause.head, report), place) for cause in gather(weighed)])


def _issue(cause: Cause, origin: Origin, place: PlaceFile) -> dict[str, Any]:
    head = cause.head
    return {
        "description": clean(cause.message),
        "check_name": head.rule,
        "fingerprint": head.fingerprint,
        "severity": _SEVERITIES[head.severity],
        "location": {"path": place(origin.file).partition("?")[0], "lines": {"begin": origin.line}},
    }
