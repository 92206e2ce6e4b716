"""The report for GitHub Actions: an annotation a cause, as a workflow's commands.

Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#setting-an-error-message. A step
shows ten annotations of each sort; the gravest come first, and the step summary (`markdown`) has all.
"""

from isomorph.drift.finding import Report, Severity
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.report.causes import Cause, find_place, gather
from isomorph.report.json_report import PlaceFile, file_placer
from isomorph.report.terminal import clean

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def print_annotations(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a line a cause. What an input holds cannot become a command: line ends and commas are escaped."""
    place = file_placer(root)
    return "".join(f"{_annotation(cause, place)}\n" for cause in gather(threshold.weigh(report))).encode()


def _annotation(cause: Cause, place: PlaceFile) -> str:
    head = cause.head
    origin = find_place(head)
    properties = {"title": f"{head.rule} {head.subject}".strip()}
    if origin is not None:
        where = {"file": place(origin.file).partition("?")[0], "line": str(origin.line), "col": str(origin.column)}
        properties = {**where, **properties}
    hint = f"\nTo mend it: {head.hint}." if head.hint else ""
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[head.severity]} {written}::{_data(f'{cause.message}{hint}')}"


def _data(text: str) -> str:
    lines = (clean(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25").replace("\r", "%0D") for line in lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
