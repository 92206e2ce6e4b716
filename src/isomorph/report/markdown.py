"""The report as Markdown: for a step's summary, and for the one comment of a pull request that each run writes anew.

The first line is a mark that nobody sees: whoever posts the comment looks for it and replaces the comment that has it.
"""

import re

from isomorph.drift.finding import Report, Severity, Side
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.model.origin import Origin
from isomorph.report.causes import Cause, gather, join_names
from isomorph.report.json_report import PlaceFile, file_placer
from isomorph.report.places import find_source, is_file
from isomorph.report.terminal import clean, say_nothing

MARK = "<!-- isomorph: drift -->"
LARGEST = 60_000
"""Characters; a comment of GitHub's may have 65,536."""

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~@:$&])")
_REFERENCES = {"\\@": "@\u200b", "\\#": "#\u200b", "\\<": "&lt;", "\\>": "&gt;"}
"""What is written otherwise than with a backslash: a code host looks for mentions and references after it took those out."""

_LONGEST = 80
"""Characters of a value in a cell."""


def print_markdown(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a report as Markdown; what does not fit is counted. Values of the input cannot become markup."""
    place = file_placer(root)
    causes = gather(threshold.weigh(report))
    names = join_names((each.name for each in report.environments), 10)
    lines = [MARK, f"### {_headline(causes)} between {escape(names)}", ""]
    if causes:
        lines += ["| | rule | workload | what differs | sides |", "|---|---|---|---|---|"]
    rows = [_row(cause, place) for cause in causes]
    size = sum(len(line) + 1 for line in lines)
    for number, row in enumerate(rows):
        size += len(row) + 1
        if size > LARGEST:
            lines += ["", f"{len(rows) - number} more are not shown here."]
            break
        lines.append(row)
    counted = ", ".join(f"{number} {verdict}" for verdict, number in report.summary.items() if number)
    lines += ["", f"<sub>{counted}</sub>" if counted else ""]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _headline(causes: list[Cause]) -> str:
    if not causes:
        return "No drift"
    counts = {severity: sum(cause.head.severity is severity for cause in causes) for severity in Severity}
    told = [f"{number} {_WORDS[each]}{'s' if number > 1 else ''}" for each, number in counts.items() if number]
    return f"Drift: {', '.join(told)}"


def _row(cause: Cause, place: PlaceFile) -> str:
    head = cause.head
    rule = f"{_code(head.rule)} {escape(head.subject)}".rstrip()
    where = escape(join_names(cause.workloads))
    sides = "<br>".join(_side(side, head.rule, place) for side in head.sides)
    more = len(cause.findings) - 1
    also = f"<br>{more} more of the same cause" if more else ""
    mend = f"<br>To mend it: {_hint(head.hint)}." if head.hint else ""
    return f"| {_WORDS[head.severity]} | {rule} | {where} | {escape(head.message)}{also}{mend} | {sides} |"


def _hint(hint: str) -> str:
    """Write a hint; what it has in backquotes stays code."""
    return "".join(_code(part) if number % 2 else escape(part) for number, part in enumerate(hint.split("`")))


def _side(side: Side, rule: str, place: PlaceFile) -> str:
    value = say_nothing(rule) if side.value is None else _code(_cut(side.value)) if side.value else "empty"
    return f"{escape(side.environment)}: {value}{_place(side.origin, place)}"


def _place(origin: Origin | None, place: PlaceFile) -> str:
    if origin is None or not is_file(origin):
        return ""
    source = find_source(origin)
    return f" ({_code(f'{place(source.file)}:{source.line}')})"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _code(text: str) -> str:
    """Write a text as code in a cell, whatever it holds: a bar would end the cell, a backquote the code."""
    shown = clean(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    gap = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def escape(text: str) -> str:
    """Write a text so that nothing in it is markup, a mention or a link."""
    return _SPECIAL.sub(lambda found: _REFERENCES.get(f"\\{found[1]}", f"\\{found[1]}"), clean(text))
