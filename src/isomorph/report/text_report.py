"""The report for a person at a terminal: by workload, the gravest first, what repeats folded, the fix hint last."""

import os
from collections.abc import Collection

from isomorph.drift.finding import Environment, Report, Severity, Verdict
from isomorph.drift.rules import RULES
from isomorph.model.secrecy import MASK
from isomorph.report.causes import join_names
from isomorph.report.fold import Entry, EntrySide, Section, fold
from isomorph.report.places import find_source, print_place
from isomorph.report.terminal import (
    Style,
    cells,
    clean,
    count,
    pad,
    say_nothing,
    shorten,
    shorten_path,
    shorten_values,
    wrap,
)

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_LEAST_VALUE = 24
"""Columns that a value gets before paths are written relative to their definition."""
_HINTS = 3
_NAMES = 60
"""Workloads of one row that are named."""


def print_report(report: Report, style: Style, further: Collection[Verdict] = (), *, verbose: bool = False) -> str:
    """Write a report as text; `further` verdicts are shown besides drift, missing and unresolved.

    `verbose` shows values whole, every place and every hint.
    """
    sections = fold(report.findings, further)
    page = _Page(report, style, sections, verbose)
    lines = page.header()
    for section in sections:
        lines += ["", *page.section(section)]
    lines += ["", *_summary(report, style, further)]
    lines += _hints(sections, style, verbose)
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Page:
    """The measures of one report: how wide its columns are, and how its paths are written."""

    def __init__(self, report: Report, style: Style, sections: list[Section], verbose: bool) -> None:
        self.style = style
        self.verbose = verbose
        self.environments = report.environments
        self.aliases = {each.name: each.aliases for each in report.workloads}
        shown = [each for section in sections for entry in section.entries for each in (entry, *entry.also)]
        self.labels = max((len(_label(entry)) for entry in shown), default=0)
        self.wide = style.width >= 72
        self.indent = self.labels + 4 if self.wide else 4
        named = [side.environment for entry in shown for side in entry.sides]
        self.names = max((cells(name) for name in (*named, *(each.name for each in report.environments))), default=0)
        self.bases = {each.name: _base(each) for each in report.environments}
        sides = [side for entry in shown for side in entry.sides]
        self.room = style.width - self.indent - self.names - 2
        longest = max((len(self._places(side, True)[-1]) for side in sides), default=0)
        self.whole_paths = self.room - longest - 2 >= _LEAST_VALUE
        lengths = [len(text) for side in sides for text in self._places(side, self.whole_paths)]
        room = max(0, self.room - 2 - _LEAST_VALUE)
        self.values = self.room - 2 - max((length for length in lengths if length <= room), default=room)

    def header(self) -> list[str]:
        """Say which environments are compared."""
        lines = []
        for each in self.environments:
            sources = ", ".join(dict.fromkeys(clean(source) for _, source in each.parts)) or each.definition.platform
            workloads = count(len(each.definition.application.workloads), "workload")
            name = self.style.paint(pad(each.name, self.names), "bold")
            room = self.style.width - self.names - cells(workloads) - 6
            lines.append(f"{name}  {shorten_path(sources, room)}  {self.style.paint(f'({workloads})', 'dim')}")
        return lines

    def section(self, section: Section) -> list[str]:
        """Write the entries of one workload under its name."""
        counts = ", ".join(count(number, severity.value) for severity, number in sorted_counts(section.count()))
        title = self._title(section.workload)
        gap = self.style.width - cells(title) - cells(counts)
        lines = [self.style.paint(title, "bold")]
        if gap >= 2:
            lines[0] += " " * gap + self.style.paint(counts, "dim")
        for entry in section.entries:
            lines += self.entry(entry)
        return lines

    def _title(self, workload: str | None) -> str:
        if workload is None:
            return "in several workloads"
        others = [
            f"{name} in {environment}"
            for environment, name in self.aliases.get(workload, {}).items()
            if name != workload and name
        ]
        title = clean(workload) + (f" ({', '.join(map(clean, others))})" if others else "")
        return shorten(title, self.style.width - 30)

    def entry(self, entry: Entry) -> list[str]:
        """Write one row: what differs, each side with its place, and what happens because of it."""
        lines = [*self._heading(entry), *self._sides(entry)]
        space = " " * self.indent
        if len(entry.workloads) > 1:
            lines += wrap(self._names(entry.workloads), self.style.width, space)
        effect = self._effect(entry)
        lines += wrap(effect, self.style.width, space)
        for also in entry.also:
            lines += [*self._heading(also, of_same_cause=True), *self._sides(also)]
            if self._effect(also) != effect:
                lines += wrap(self._effect(also), self.style.width, space)
        return lines

    def _names(self, workloads: tuple[str, ...]) -> str:
        shown = workloads if self.verbose else workloads[:_NAMES]
        further = f" and {len(workloads) - len(shown)} more (-v names them)" if len(workloads) > len(shown) else ""
        return ", ".join(map(clean, shown)) + further

    def _effect(self, entry: Entry) -> str:
        """Say what happens because of it; the rest of the finding's sentence stands in the rows above it."""
        if entry.reason is not None:
            return clean(entry.reason)
        first = entry.sides[:2]
        if len(first) == 2 and not _needs_words(entry) and (rule := RULES.get(entry.rule)) is not None:
            here, there = first if first[0].said else (first[1], first[0])
            effect = rule.differs if here.said and there.said else rule.silent
            effect = effect.replace("{here}", here.environment).replace("{there}", there.environment)
            effect = effect.replace("{subject}", entry.subjects[0])
            if entry.message.endswith(f"; {effect}."):
                named = any(effect.startswith(each.name) for each in self.environments)
                return clean((effect if named else effect[:1].upper() + effect[1:]) + ".")
        about = f"{entry.workloads[0]}: "
        example = f"In {about}" if len(entry.workloads) > 1 else ""
        rest = entry.message.removeprefix(about)
        rest = rest[:1].upper() + rest[1:] if rest.startswith(("whether ", "the ")) else rest
        return clean(example + rest)

    def _heading(self, entry: Entry, of_same_cause: bool = False) -> list[str]:
        """Write what differs: severity, rule, subjects and notes; on a second line what does not fit."""
        label = self.style.paint(
            pad(_label(entry), self.labels), _COLOURS[entry.severity] if entry.is_finding else "dim"
        )
        left, start = (f"  {label}  ", self.indent) if self.wide else (f"{label} ", self.labels + 1)
        subject = clean(", ".join(subject for subject in entry.subjects if subject))
        container = f"{clean(entry.container)}: " if entry.container else ""
        note = self._note(entry, of_same_cause)
        first = f"{left}{container}{self.style.paint(entry.rule, 'bold')}"
        room = self.style.width - start - cells(container) - cells(entry.rule) - cells(note) - 1
        if cells(subject) <= max(room, 0):
            return [f"{first}{' ' + subject if subject else ''}{self.style.paint(note, 'dim')}"]
        return [first, *wrap(f"{subject}{note}", self.style.width, " " * self.indent)]

    def _note(self, entry: Entry, of_same_cause: bool) -> str:
        notes = []
        if len(entry.workloads) > 1:
            notes.append(f"in {count(len(entry.workloads), 'workload')}")
        if entry.verdict is Verdict.UNRESOLVED:
            notes.append(entry.verdict.value)
        if of_same_cause:
            notes.append("same cause")
        return f" ({', '.join(notes)})" if notes else ""

    def _sides(self, entry: Entry) -> list[str]:
        texts = [_value_text(side, entry.rule) for side in entry.sides]
        if not self.verbose:
            texts = shorten_values(texts, self.room)
        lines = []
        for side, text in zip(entry.sides, texts, strict=True):
            lines += self._side(side, text)
            if self.verbose:
                below = " " * (self.indent + self.names + 2)
                base = None if self.whole_paths else self.bases.get(side.environment)
                places = ", ".join(print_place(origin, base) for origin in side.origins[1:])
                lines += [self.style.paint(line, "dim") for line in wrap(places, self.style.width, below) if places]
        return lines

    def _side(self, side: EntrySide, text: str) -> list[str]:
        """Write value and place in two columns, the place on a line of its own where they do not fit on one."""
        start = " " * self.indent + self.style.paint(pad(side.environment, self.names), "dim") + "  "
        value = text if side.said else self.style.paint(text, "dim")
        places = self._places(side, self.whole_paths)
        gap = max(2, self.values + 2 - cells(text))
        for place in places:
            if cells(text) + gap + len(place) <= self.room:
                return [f"{start}{value}{' ' * gap}{self.style.paint(place, 'dim')}"]
        below = " " * (self.indent + self.names + 2)
        place = next((each for each in places if len(each) <= self.room), places[-1])
        return [start + value, below + self.style.paint(shorten_path(place, self.room), "dim")]

    def _places(self, side: EntrySide, whole: bool) -> list[str]:
        """Write where a side's value is mended: with where it is used from there, and without that."""
        if not side.origins:
            return [""]
        base = None if whole else self.bases.get(side.environment)
        first = side.origins[0]
        places = [print_place(first, base), print_place(first, base, behind=False)]
        further = 0 if self.verbose else len({find_source(origin) for origin in side.origins}) - 1
        if further:
            return [f"{places[-1]} and {further} more"]
        return list(dict.fromkeys(places if len(side.origins) == 1 or self.verbose else places[1:]))


def _needs_words(entry: Entry) -> bool:
    """Tell whether the values alone do not show what differs: both are masked, or are contents of files."""
    return entry.rule == "file.content" or all(MASK in side.values for side in entry.sides)


def _label(entry: Entry) -> str:
    """Give what stands first in a row: how grave it is, or why it is no finding."""
    return entry.severity.value if entry.is_finding else entry.verdict.value


def sorted_counts(counts: dict[Severity, int]) -> list[tuple[Severity, int]]:
    """Give counts by severity, the gravest first."""
    return [(severity, counts[severity]) for severity in Severity if counts.get(severity)]


def _base(environment: Environment) -> str | None:
    """Give the folder that an environment's files are in, where it is one."""
    folders = {source if os.path.isdir(source) else os.path.dirname(source) for _, source in environment.parts}
    folder = folders.pop() if len(folders) == 1 else ""
    return folder.rstrip("/") + "/" if folder else None


def _value_text(side: EntrySide, rule: str) -> str:
    """Write a side's value, or its values with how often they occur."""
    if len(side.values) == 1:
        return _spell(next(iter(side.values)), rule)
    ordered = sorted(side.values.items(), key=lambda item: (-item[1], item[0] or ""))
    spelled = [(_spell(value, rule), number) for value, number in ordered]
    return ", ".join(f"{text} ({number}x)" if number > 1 else text for text, number in spelled)


def _spell(value: str | None, rule: str) -> str:
    if value is None:
        return say_nothing(rule)
    return clean(value) if value else '""'


def _summary(report: Report, style: Style, further: Collection[Verdict]) -> list[str]:
    """Count what was found, what is not shown, and what agrees."""
    totals = report.summary
    severities: dict[Severity, int] = {}
    for finding in report.findings:
        if finding.verdict in (Verdict.DRIFT, Verdict.MISSING):
            severities[finding.severity] = severities.get(finding.severity, 0) + 1
    unresolved = totals.get(Verdict.UNRESOLVED.value, 0)
    headline = count(sum(severities.values()), "finding") if severities else ""
    counts = [(count(number, each.value), _COLOURS[each]) for each, number in sorted_counts(severities)]
    plain, painted = (
        ", ".join(texts) for texts in ([text for text, _ in counts], [style.paint(*each) for each in counts])
    )
    unknown = f"{unresolved} unresolved (not known from what was given)" if unresolved else ""
    if not headline and not unknown:
        names = [each.name for each in report.environments]
        lines = wrap(f"no drift between {join_names(names, len(names))}", style.width)
        return [style.paint(line, "bold") for line in lines] + _counted(totals, style, further)
    lines = [style.paint(headline, "bold")] if headline else []
    if headline and cells(f"{headline}: {plain}") <= style.width:
        lines = [f"{lines[0]}: {painted}"]
    elif headline:
        lines.append(painted)
    if unknown and lines and cells(f"{headline}: {plain}; {unknown}") <= style.width:
        lines[-1] += f"; {unknown}"
    elif unknown:
        lines += wrap(unknown, style.width)
    return lines + _counted(totals, style, further)


def _counted(totals: dict[str, int], style: Style, further: Collection[Verdict]) -> list[str]:
    """Count what is not shown, and what agrees."""
    hidden = [
        f"{totals.get(name, 0)} {name}"
        for name in ("expected", "suppressed")
        if totals.get(name, 0) and Verdict(name) not in further
    ]
    counted = [f"{totals.get('equal', 0)} equal"]
    further_words = {"default": "equal by default", "unsaid": "left open by the Score files"}
    counted += [f"{totals[name]} {words}" for name, words in further_words.items() if totals.get(name, 0)]
    rest = ", ".join(counted)
    quiet = f"not shown: {', '.join(hidden)} (-v shows them); {rest}" if hidden else rest
    return [style.paint(line, "dim") for line in wrap(quiet, style.width)]


def _hints(sections: list[Section], style: Style, verbose: bool) -> list[str]:
    """Say how to mend what was found: what is gravest and most frequent first, a hint a rule unless `verbose`."""
    entries = [entry for section in sections for entry in section.entries if entry.is_finding]
    numbers: dict[str, int] = {}
    for entry in entries:
        numbers[entry.rule] = numbers.get(entry.rule, 0) + len(entry.workloads) * len(entry.subjects)
    entries.sort(key=lambda entry: (entry.order[0], -numbers[entry.rule], entry.order))
    shown: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.hint:
            shown.setdefault((entry.rule, entry.hint if verbose else ""), entry.hint)
    if not shown:
        return []
    title = "to mend" if verbose or len(shown) <= _HINTS else "to mend the gravest (-v tells how to mend the others)"
    lines = ["", style.paint(title, "bold")]
    for (rule, _), hint in list(shown.items())[: None if verbose else _HINTS]:
        lines += wrap(f"{rule}: {clean(hint)}", style.width, "  ", "    ")
    first = next(iter(shown))[0]
    return [
        *lines,
        *wrap(f"isomorph explain {first} tells what a rule means and why it matters.", style.width, "  ", "    "),
    ]
