"""The table of a report's formats: the command line, the docs and the tests derive from it."""

from importlib import import_module
from typing import Protocol

import msgspec

from isomorph.drift.finding import Report
from isomorph.drift.threshold import DEFAULT, Threshold


class PrintReport(Protocol):
    """Writes a report; files are relative to a folder, else to the current one. `threshold` says what makes the run fail."""

    def __call__(self, report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes: ...


class Format(msgspec.Struct, frozen=True):
    """A format: its name, what it is for, and what writes it (imported only when needed).

    `of_repository`: its readers have the whole repository before them, so that files are named from there; else from the
    project.
    """

    name: str
    use: str
    module: str
    function: str
    of_repository: bool = False


FORMATS: tuple[Format, ...] = (
    Format("json", "programs: isomorph.drift/v1, with a schema", "json_report", "print_json"),
    Format("sarif", "code hosts: SARIF 2.1.0, a result a cause", "sarif", "print_sarif", True),
    Format("junit", "CI systems that show tests", "junit", "print_junit", True),
    Format("github", "GitHub Actions: annotations", "github", "print_annotations", True),
    Format("gitlab", "GitLab: code quality", "gitlab", "print_code_quality", True),
    Format("markdown", "a step's summary, a comment on a pull request", "markdown", "print_markdown", True),
    Format("html", "people: one page that needs nothing besides itself", "html.page", "print_html"),
)
"""All but `text`, which fits itself to the terminal that it is written to."""

BY_NAME: dict[str, Format] = {each.name: each for each in FORMATS}


def load_format(name: str) -> PrintReport:
    """Import what writes a format."""
    row = BY_NAME[name]
    function: PrintReport = getattr(import_module(f"isomorph.report.{row.module}"), row.function)
    return function
