"""The report for a person at a terminal: by workload, the gravest first, what repeats folded, each row with what to do."""

import os
from collections.abc import Collection

from isomorph.drift.baseline import is_measured
from isomorph.drift.finding import GENERATED, Report, Verdict
from isomorph.report.advice import write_advice
from isomorph.report.causes import join_names
from isomorph.report.effects import count_agreeing, count_hidden, say_effect
from isomorph.report.fold import LABELS, Entry, EntrySide, Section, count_rows, fold, number_of
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

_COLOURS = dict(zip(LABELS, ("red", "yellow", "cyan", "blue"), strict=True))
_LEAST_VALUE = 24
"""Columns that a value gets at least where its place stands beside it."""
_NAMES = 60
"""Workloads of one row that are named."""


def print_report(
    report: Report, style: Style, further: Collection[Verdict] = (), *, verbose: bool = False, outcome: str = ""
) -> str:
    """Write a report as text; `further` verdicts are shown besides drift, missing and unresolved.

    `verbose` shows values whole and every place; `outcome` is what the last line says of the run.
    """
    sections = fold(report.findings, further)
    page = _Page(report, style, sections, verbose)
    lines = page.header()
    for section in sections:
        lines += ["", *page.section(section)]
    lines += ["", *_summary(report, sections, style, further), *_end(sections, style, outcome)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Page:
    """The measures of one report: how wide its columns are, and how its paths are written."""

    def __init__(self, report: Report, style: Style, sections: list[Section], verbose: bool) -> None:
        self.style = style
        self.verbose = verbose
        self.environments = report.environments
        self.aliases = {each.name: each.aliases for each in report.workloads}
        shown = [each for section in sections for entry in section.entries for each in (entry, *entry.also)]
        self.labels = max((len(entry.label) for entry in shown), default=0)
        self.wide = style.width >= 72
        self.indent = self.labels + 4 if self.wide else 4
        named = [side.environment for entry in shown for side in entry.sides]
        self.generated = sorted({name for name in named if name.endswith(GENERATED)})
        self.names = max((cells(name) for name in (*named, *(each.name for each in report.environments))), default=0)
        sides = [side for entry in shown for side in entry.sides]
        self.room = style.width - self.indent - self.names - 2
        lengths = [len(text) for side in sides for text in self._places(side)]
        room = max(0, self.room - 2 - _LEAST_VALUE)
        self.values = self.room - 2 - max((length for length in lengths if length <= room), default=room)

    def header(self) -> list[str]:
        """Say which environments are compared."""
        lines = []
        for each in self.environments:
            sources = ", ".join(dict.fromkeys(_source(source) for _, source in each.parts)) or each.definition.platform
            workloads = count(len(each.definition.application.workloads), "workload")
            name = self.style.paint(pad(each.name, self.names), "bold")
            room = self.style.width - self.names - cells(workloads) - 6
            lines.append(f"{name}  {shorten_path(sources, room)}  {self.style.paint(f'({workloads})', 'dim')}")
        for generated in self.generated:
            name = self.style.paint(pad(generated, self.names), "bold")
            what = shorten(
                f"what the Score files generate for {generated.removesuffix(GENERATED)}",
                self.style.width - self.names - 2,
            )
            lines.append(f"{name}  {what}")
        return lines

    def section(self, section: Section) -> list[str]:
        """Write the entries of one workload under its name."""
        counts = _print_counts(section.count())
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
            return "the same in several workloads"
        others = [
            f"{name} in {environment}"
            for environment, name in self.aliases.get(workload, {}).items()
            if name != workload and name
        ]
        title = clean(workload) + (f" (called {', '.join(map(clean, others))})" if others else "")
        return shorten(title, self.style.width - 30)

    def entry(self, entry: Entry) -> list[str]:
        """Write one row: what differs, each side with its place, and what happens because of it."""
        lines = [*self._heading(entry), *self._sides(entry)]
        space = " " * self.indent
        if len(entry.workloads) > 1:
            lines += wrap(f"in {self._names(entry.workloads)}", self.style.width, space)
        effect = self._effect(entry)
        lines += wrap(effect, self.style.width, space)
        advice = clean(write_advice(entry)) if entry.is_finding else ""
        if advice:
            first, *more = wrap(f"fix: {advice}", self.style.width, space, f"{space}     ")
            lines += [first.replace("fix:", self.style.paint("fix:", "bold"), 1), *more]
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
        return say_effect(entry, (each.name for each in self.environments))

    def _heading(self, entry: Entry, of_same_cause: bool = False) -> list[str]:
        """Write what differs: severity, rule, subjects and notes; on a second line what does not fit."""
        label = self.style.paint(pad(entry.label, self.labels), _COLOURS[entry.label] if entry.is_finding else "dim")
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
        if of_same_cause:
            notes.append("of the same cause")
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
                places = ", ".join(print_place(origin) for origin in side.origins[1:])
                lines += [self.style.paint(line, "dim") for line in wrap(places, self.style.width, below) if places]
        return lines

    def _side(self, side: EntrySide, text: str) -> list[str]:
        """Write value and place in two columns, the place on a line of its own where they do not fit on one."""
        start = " " * self.indent + self.style.paint(pad(side.environment, self.names), "dim") + "  "
        value = text if side.said else self.style.paint(text, "dim")
        places = [place if side.said or not place else f"near {place}" for place in self._places(side)]
        gap = max(2, self.values + 2 - cells(text))
        for place in places:
            if cells(text) + gap + len(place) <= self.room:
                return [f"{start}{value}{' ' * gap}{self.style.paint(place, 'dim')}"]
        below = " " * (self.indent + self.names + 2)
        place = next((each for each in places if len(each) <= self.room), places[-1])
        return [start + value, below + self.style.paint(shorten_path(place, self.room), "dim")]

    def _places(self, side: EntrySide) -> list[str]:
        """Write where a side's value is mended: with where it is used from there, and without that."""
        if not side.origins:
            return [""]
        first = side.origins[0]
        places = [print_place(first), print_place(first, behind=False)]
        further = 0 if self.verbose else len({find_source(origin) for origin in side.origins}) - 1
        if further:
            return [f"{places[-1]} and {further} more"]
        return list(dict.fromkeys(places if len(side.origins) == 1 or self.verbose else places[1:]))


def _print_counts(counts: dict[str, int]) -> str:
    return ", ".join(number_of(label, number) for label, number in counts.items())


def _source(source: str) -> str:
    """Write what an environment was read from; of a folder it shows that it is one."""
    return clean(f"{source}/" if os.path.isdir(source) and not source.endswith("/") else source)


def _value_text(side: EntrySide, rule: str) -> str:
    """Write a side's value, or its values with how often they occur."""
    if len(side.values) == 1:
        return _spell(next(iter(side.values)), rule)
    ordered = sorted(side.values.items(), key=lambda item: (-item[1], item[0] or ""))
    spelled = [(_spell(value, rule), number) for value, number in ordered]
    return ", ".join(f"{text} (in {number})" if number > 1 else text for text, number in spelled)


def _spell(value: str | None, rule: str) -> str:
    if value is None:
        return say_nothing(rule)
    return clean(value) if value else '""'


def _summary(report: Report, sections: list[Section], style: Style, further: Collection[Verdict]) -> list[str]:
    """Count the rows, what is not shown, and what agrees."""
    totals = report.summary
    told = count_rows(sections)
    if not told:
        names = [each.name for each in report.environments]
        word = "in" if len(names) == 1 else "between"
        lines = wrap(f"no drift {word} {join_names(names, len(names))}", style.width)
        return [style.paint(line, "bold") for line in lines] + _counted(totals, style, further)
    unknown = told.pop(Verdict.UNRESOLVED.value, 0)
    plain = [number_of(label, number) for label, number in told.items()]
    painted = ", ".join(style.paint(text, _COLOURS[label]) for label, text in zip(told, plain, strict=True))
    headline = count(sum(told.values()), "new difference" if is_measured(report) else "difference")
    lines = [style.paint(headline, "bold"), painted] if told else []
    if lines and cells(f"{headline}: {', '.join(plain)}") <= style.width:
        lines = [f"{lines[0]}: {painted}"]
    if unknown:
        words = f"{unknown} unresolved: whether {'it differs' if unknown == 1 else 'they differ'} is not known"
        lines += wrap(words, style.width)
    return lines + _counted(totals, style, further)


def _counted(totals: dict[str, int], style: Style, further: Collection[Verdict]) -> list[str]:
    lines = wrap(count_agreeing(totals), style.width)
    hidden = count_hidden(totals, further)
    if hidden:
        lines += wrap(f"not shown (-v shows them), pair by pair: {hidden}", style.width)
    return [style.paint(line, "dim") for line in lines]


def _end(sections: list[Section], style: Style, outcome: str) -> list[str]:
    """Say where more is told of what was found, and what came of the run."""
    entries = [entry for section in sections for entry in section.entries if entry.is_finding]
    lines = []
    if entries:
        rule = min(entries, key=lambda entry: entry.order).rule
        more = f"`isomorph explain RULE` (such as {rule}) tells what a rule means, why it matters and what to do."
        lines += wrap(more, style.width)
    if outcome:
        lines += ["", *(style.paint(line, "bold") for line in wrap(outcome, style.width))]
    return lines
