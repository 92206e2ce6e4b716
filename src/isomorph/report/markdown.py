"""The report as Markdown: for a step's summary, and for the one comment of a pull request that each run writes anew.

The first line is a mark that nobody sees: whoever posts the comment looks for it and replaces the comment that has it.
"""

import re

from isomorph.drift.baseline import is_measured
from isomorph.drift.finding import GENERATED, Report, Severity
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.report.advice import write_advice
from isomorph.report.causes import Cause, gather, join_names
from isomorph.report.effects import count_agreeing, count_hidden, say_effect
from isomorph.report.fold import Entry, EntrySide, fold
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

_ALSO, _VALUES = 5, 3
"""Further differences of one cause, and values of one side, that are written out."""


def print_markdown(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a report as Markdown; what does not fit is counted. Values of the input cannot become markup."""
    place = file_placer(root)
    causes = gather(threshold.weigh(report))
    names = join_names((each.name for each in report.environments), 10)
    lines = [MARK, f"### {_headline(causes, known=is_measured(report))} between {escape(names)}", ""]
    if causes:
        lines += ["| | rule | workload | what differs | sides |", "|---|---|---|---|---|"]
    order = {finding.fingerprint: index for index, finding in enumerate(report.findings)}
    rows = [_row(cause, order, place, [each.name for each in report.environments]) for cause in causes]
    size = sum(len(line) + 1 for line in lines)
    for number, row in enumerate(rows):
        size += len(row) + 1
        if size > LARGEST:
            lines += ["", f"{len(rows) - number} more are not shown here."]
            break
        lines.append(row)
    if any(side.environment.endswith(GENERATED) for cause in causes for each in cause.findings for side in each.sides):
        lines += ["", f"{escape(GENERATED.strip())}: what the Score files generate for that environment\\."]
    if causes:
        lines += ["", "What is intended goes under `expect` in isomorph\\.yaml, with the reason\\."]
    hidden = count_hidden(report.summary)
    lines += [
        "",
        f"<sub>{escape(count_agreeing(report.summary))}{escape(f'; not shown: {hidden}') if hidden else ''}</sub>",
    ]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _headline(causes: list[Cause], *, known: bool) -> str:
    if not causes:
        return "No drift"
    counts = {severity: sum(cause.head.severity is severity for cause in causes) for severity in Severity}
    told = [f"{number} {_WORDS[each]}{'s' if number > 1 else ''}" for each, number in counts.items() if number]
    return f"{'New drift' if known else 'Drift'}: {', '.join(told)}"


def _row(cause: Cause, order: dict[str, int], place: PlaceFile, environments: list[str]) -> str:
    sections = fold(sorted(cause.findings, key=lambda each: order[each.fingerprint]))
    entry, *others = [each for section in sections for first in section.entries for each in (first, *first.also)]
    rule = _rule(entry)
    where = escape(join_names(cause.workloads))
    sides = "<br>".join(_side(side, entry.rule, place) for side in entry.sides)
    also = list(dict.fromkeys(each for each in map(_rule, others) if each != rule))[:_ALSO]
    told = f"<br>Of the same cause: {', '.join(also)}." if also else ""
    advice = write_advice(entry)
    fix = f"<br>Fix: {_hint(advice)}." if advice else ""
    effect = escape(say_effect(entry, environments))
    return f"| {_WORDS[cause.head.severity]} | {rule} | {where} | {effect}{told}{fix} | {sides} |"


def _rule(entry: Entry) -> str:
    return f"{_code(entry.rule)} {escape(', '.join(filter(None, entry.subjects)))}".rstrip()


def _hint(hint: str) -> str:
    """Write a hint; what it has in backquotes stays code."""
    return "".join(_code(part) if number % 2 else escape(part) for number, part in enumerate(hint.split("`")))


def _side(side: EntrySide, rule: str, place: PlaceFile) -> str:
    values = ", ".join(_value(value, rule) for value in list(side.values)[:_VALUES])
    further = len(side.values) - _VALUES
    return f"{escape(side.environment)}: {values}{f' and {further} more' if further > 0 else ''}{_place(side, place)}"


def _value(value: str | None, rule: str) -> str:
    return say_nothing(rule) if value is None else _code(_cut(value)) if value else "empty"


def _place(side: EntrySide, place: PlaceFile) -> str:
    sources = dict.fromkeys(find_source(origin) for origin in side.origins if is_file(origin))
    if not sources:
        return ""
    first = next(iter(sources))
    near, more = "" if side.said else "near ", f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return f" ({near}{_code(f'{place(first.file)}:{first.line}')}{more})"


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
