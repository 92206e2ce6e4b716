"""Findings as a person wants to read them: by workload, the gravest first, one cause together, repeats as one row.

Three steps. *Pairs*: with more than two environments, what differs between several pairs is one entry with all its sides.
*Repeats*: the same difference in several workloads is one entry with their names. *Causes*: entries of one workload that
one line makes stand together.
"""

from collections.abc import Collection, Iterable

import msgspec

from isomorph.drift.finding import DIFFERS, Finding, Severity, Verdict
from isomorph.model.origin import Origin
from isomorph.report.terminal import count

ALWAYS_SHOWN = (Verdict.MISSING, Verdict.DRIFT, Verdict.UNRESOLVED)
FOLD_FROM = 3
"""Workloads from which a repeated difference is one row: two rows are still read faster where they belong."""

SEVERITIES = tuple(Severity)
LABELS = (*(severity.value for severity in SEVERITIES), Verdict.UNRESOLVED.value)
"""How rows are counted: by severity; what is not known stands for itself."""

_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}
_VERDICT_RANK = {verdict: rank for rank, verdict in enumerate(dict.fromkeys((*ALWAYS_SHOWN, *Verdict)))}


class EntrySide(msgspec.Struct, frozen=True):
    """What one environment says in all that an entry stands for: values with how often, and the places."""

    environment: str
    values: dict[str | None, int]
    origins: tuple[Origin, ...] = ()

    @property
    def said(self) -> bool:
        """Tell whether this side says anything."""
        return any(value is not None for value in self.values)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the report: a difference in one workload, or the same one in several."""

    rule: str
    subjects: tuple[str, ...]
    container: str
    verdict: Verdict
    severity: Severity
    workloads: tuple[str, ...]
    sides: tuple[EntrySide, ...]
    message: str
    reason: str | None
    hint: str
    cause: str
    pairs: tuple[tuple[str, ...], ...] = ()  # of environments between which it was found
    also: "tuple[Entry, ...]" = ()  # further entries of the same cause

    @property
    def order(self) -> tuple[int, int, str, tuple[str, ...]]:
        """Give the key that puts the gravest first, and what was only asked for last."""
        rank = LABELS.index(self.label) if self.is_finding else len(LABELS)
        return rank, _VERDICT_RANK[self.verdict], self.rule, self.subjects

    @property
    def is_finding(self) -> bool:
        """Tell whether it is one of what is always shown."""
        return self.verdict in ALWAYS_SHOWN

    @property
    def is_unresolved(self) -> bool:
        """Tell whether it is not known whether the sides differ."""
        return self.verdict is Verdict.UNRESOLVED

    @property
    def label(self) -> str:
        """Give what stands first in a row: how grave it is, or why it is no difference that counts."""
        return self.severity.value if self.verdict in DIFFERS else self.verdict.value


class Section(msgspec.Struct, frozen=True):
    """The entries of one workload; of several where `workload` is None."""

    workload: str | None
    entries: tuple[Entry, ...]

    def count(self) -> dict[str, int]:
        """Count the rows by their labels, the gravest first, without what was only asked for; one cause is one row."""
        labels = [entry.label for entry in self.entries if entry.is_finding]
        return {label: labels.count(label) for label in LABELS if label in labels}


def count_rows(sections: Iterable[Section]) -> dict[str, int]:
    """Count the rows of all sections by their labels, the gravest first; labels without a row are left out."""
    counts = [section.count() for section in sections]
    totals = {label: sum(each.get(label, 0) for each in counts) for label in LABELS}
    return {label: number for label, number in totals.items() if number}


def number_of(label: str, number: int) -> str:
    """Write how many rows of a label there are: `2 errors`, `1 unresolved`."""
    return f"{number} {label}" if label == Verdict.UNRESOLVED.value else count(number, label)


def fold(findings: Iterable[Finding], further: Collection[Verdict] = ()) -> list[Section]:
    """Arrange findings into sections; `further` verdicts are shown besides those that always are."""
    shown = {*ALWAYS_SHOWN, *further}
    entries = _merge_pairs([finding for finding in findings if finding.verdict in shown])
    entries = _merge_workloads(entries)
    entries = _merge_subjects(entries)
    sections: dict[str | None, list[Entry]] = {}
    for entry in entries:
        sections.setdefault(entry.workloads[0] if len(entry.workloads) == 1 else None, []).append(entry)
    folded = [Section(workload, _gather_causes(members)) for workload, members in sections.items()]
    return sorted(folded, key=_section_order)


def _section_order(section: Section) -> tuple[object, ...]:
    """Put what concerns several workloads first, then the workloads with errors, with warnings, with notes, by name."""
    counts = section.count()
    gravest = next((index for index, label in enumerate(LABELS) if label in counts), len(LABELS))
    return section.workload is not None, gravest, section.workload or ""


def _merge_pairs(findings: list[Finding]) -> list[Entry]:
    """Make one entry of what is found between several pairs of environments, absent in one and other in the next."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        thing = _THINGS.get(finding.rule, finding.rule) if finding.verdict in DIFFERS else finding.rule
        key = (finding.workload, finding.container, thing, finding.subject)
        groups.setdefault(key, []).append(finding)
    return [_entry(members) for members in groups.values()]


_THINGS = {
    f"{thing}.{attribute}": thing
    for thing, attribute in (
        ("variable", "value"),
        ("variable", "missing"),
        ("probe", "check"),
        ("probe", "missing"),
        ("file", "content"),
        ("file", "missing"),
        ("volume", "kind"),
        ("volume", "missing"),
        ("port", "target"),
        ("port", "missing"),
    )
}
"""Rules of which one tells that a thing is absent and another that it is a different one."""


def _entry(members: list[Finding]) -> Entry:
    gravest = min(members, key=lambda finding: (_RANK[finding.severity], _VERDICT_RANK[finding.verdict]))
    present = [finding for finding in members if not finding.rule.endswith(".missing")]
    first = gravest if gravest in present or not present else present[0]
    sides: dict[str, EntrySide] = {}
    for finding in members:
        for side in finding.sides:
            origins = (side.origin,) if side.origin is not None else ()
            sides.setdefault(side.environment, EntrySide(side.environment, {side.value: 1}, origins))
    return Entry(
        rule=first.rule,
        subjects=(first.subject,),
        container=first.container,
        verdict=first.verdict,
        severity=gravest.severity,
        workloads=(first.workload,),
        sides=tuple(sides.values()),
        message=first.message,
        reason=first.reason,
        hint=next(
            (finding.hint for finding in members if finding.rule == first.rule and finding.compared_with == "pair"),
            first.hint,
        ),
        cause=first.cause,
        pairs=tuple(finding.between for finding in members),
    )


def _merge_workloads(entries: list[Entry]) -> list[Entry]:
    """Make one entry of the same difference in several workloads.

    Where a side says nothing, what the others say may differ from workload to workload: a limit that one platform lacks
    is one row, whatever the limits are.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        exact = all(side.said for side in entry.sides)
        sides = tuple((side.environment, next(iter(side.values)) if exact else side.said) for side in entry.sides)
        key = (entry.rule, entry.subjects, entry.verdict, entry.severity, sides, _reason_word(entry.reason))
        groups.setdefault(key, []).append(entry)
    merged: list[Entry] = []
    for members in groups.values():
        workloads = dict.fromkeys(entry.workloads[0] for entry in members)
        merged += members if len(workloads) < FOLD_FROM else [_join(members, tuple(workloads))]
    return merged


def _join(members: list[Entry], workloads: tuple[str, ...]) -> Entry:
    sides = []
    for index, side in enumerate(members[0].sides):
        values: dict[str | None, int] = {}
        for member in members:
            for value, number in member.sides[index].values.items():
                values[value] = values.get(value, 0) + number
        origins = dict.fromkeys(origin for member in members for origin in member.sides[index].origins)
        sides.append(EntrySide(side.environment, values, tuple(origins)))
    container = members[0].container if len({member.container for member in members}) == 1 else ""
    return msgspec.structs.replace(members[0], workloads=workloads, sides=tuple(sides), container=container)


def _reason_word(reason: str | None) -> str | None:
    """Give the reason without its detail."""
    return reason.partition(":")[0] if reason else reason


def _merge_subjects(entries: list[Entry]) -> list[Entry]:
    """Make one entry of subjects that share rule, workloads and values: three capabilities that one side drops."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        sides = tuple((side.environment, tuple(side.values.items())) for side in entry.sides)
        about = (entry.rule, entry.workloads, entry.container, entry.verdict, entry.severity)
        groups.setdefault((about, sides, _reason_word(entry.reason)), []).append(entry)
    merged: list[Entry] = []
    for members in groups.values():
        first = members[0]
        if len(members) >= FOLD_FROM and all(entry.subjects[0] for entry in members):
            subjects = tuple(subject for entry in members for subject in entry.subjects)
            merged.append(msgspec.structs.replace(first, subjects=subjects))
        else:
            merged += members
    return merged


def _gather_causes(entries: list[Entry]) -> tuple[Entry, ...]:
    """Put entries of one cause under the gravest of them; several workloads' entries stand for themselves."""
    groups: dict[str, list[Entry]] = {}
    for index, entry in enumerate(sorted(entries, key=lambda entry: entry.order)):
        alone = len(entry.workloads) > 1 or not entry.cause
        groups.setdefault(f"{index}." if alone else entry.cause, []).append(entry)
    return tuple(
        members[0] if len(members) == 1 else msgspec.structs.replace(members[0], also=tuple(members[1:]))
        for members in groups.values()
    )
