"""Mending findings in the texts where their values are written, each edit tried in memory before any file is touched.

An edit stays where the finding is gone and nothing else differs now. Many are tried together, and only where that does not
hold by halves, so that the number of readings grows with what cannot be mended and not with what can.
"""

from collections.abc import Callable, Sequence
from itertools import chain, islice, product

import msgspec

from isomorph.drift.declared import OPEN
from isomorph.drift.finding import Finding
from isomorph.project.fix.consequences import Key, key_of
from isomorph.project.fix.handwork import why_by_hand
from isomorph.project.fix.mending import Edits
from isomorph.project.fix.said import Sides
from isomorph.project.fix.trials import Trials, Workshop

_EACH, _ALL = 3, 6
"""Edits of each of several findings that are tried together, and how many of those ways."""

_VECTOR = ("process.command", "process.args")


class Changed(msgspec.Struct, frozen=True):
    """A file with its text before and after."""

    path: str
    old: str
    new: str


class ByHand(msgspec.Struct, frozen=True):
    """A finding that is left to people, and why."""

    finding: Finding
    reason: str


class Fixed(msgspec.Struct, frozen=True):
    """What was mended, in which files, and what is left."""

    files: tuple[Changed, ...]
    mended: tuple[Finding, ...]
    by_hand: tuple[ByHand, ...]
    sides: Sides


def fix(workshop: Workshop, wanted: Callable[[Finding], bool]) -> Fixed:
    """Mend the findings that are wanted, as far as that can be done without making another."""
    return _Fixing(workshop, wanted).run()


class _Fixing:
    """One run: what is tried, and what is left to people."""

    def __init__(self, workshop: Workshop, wanted: Callable[[Finding], bool]) -> None:
        self.wanted = wanted
        self.trials = Trials(workshop)
        self.by_hand: dict[Key, ByHand] = {}

    def run(self) -> Fixed:
        first = self.open()
        for key, finding in first.items():
            reason = why_by_hand(finding, self.trials.sides)
            if reason is not None:
                self.by_hand[key] = ByHand(finding, reason)
        halves = {_unit(key): each.reason for key, each in self.by_hand.items()}
        for key, finding in first.items():
            if key not in self.by_hand and _unit(key) in halves:
                self.by_hand[key] = ByHand(finding, f"it goes with the rest of the command line: {halves[_unit(key)]}")
        to_mend = [key for key in first if key not in self.by_hand]
        self.mend(to_mend)
        left = self.open()
        return Fixed(
            files=tuple(
                Changed(path, self.trials.original(path), text) for path, text in sorted(self.trials.texts.items())
            ),
            mended=tuple(finding for key, finding in first.items() if key not in left),
            by_hand=tuple(self.by_hand[key] for key in first if key in left and key in self.by_hand),
            sides=self.trials.sides,
        )

    def open(self) -> dict[Key, Finding]:
        """Give the findings that are wanted and there still, by what they are about."""
        findings = self.trials.sides.report.findings
        return {key_of(each): each for each in findings if each.verdict in OPEN and self.wanted(each)}

    def mend(self, keys: Sequence[Key]) -> None:
        """Mend findings: all at once with the likeliest edit of each, then what had to wait; else each half by itself."""
        there = self.open()
        keys = [key for key in keys if key in there]
        if len({_unit(key) for key in keys}) < 2:
            self.mend_unit(keys)
            return
        edits = {key: first for key in keys if (first := next(self.trials.proposals(there[key]), None)) is not None}
        kept = _without_overlaps(list(edits.values()))
        if kept and self.trials.attempt(list(chain(*kept)), [key for key, each in edits.items() if each in kept]):
            self.mend([key for key in keys if key in edits])
            self.mend_rest([key for key in keys if key not in edits])
            return
        for half in _halves(keys):
            self.mend(half)

    def mend_unit(self, keys: Sequence[Key]) -> None:
        """Mend what says one thing together, even at one place, all of it or nothing."""
        there = self.open()
        if len(keys) < 2:
            self.mend_rest(keys)
            return
        self.trials.forget()
        proposed = [list(islice(self.trials.proposals(there[key]), _EACH)) for key in keys]
        for edits in islice(product(*proposed), _ALL):
            if len(set(edits)) == len(edits) and self.trials.attempt(list(chain(*edits)), keys):
                return
        for key in keys:
            self.by_hand[key] = ByHand(there[key], self.why_not(there[key], tried=False))

    def mend_rest(self, keys: Sequence[Key]) -> None:
        """Mend findings one by one, with every edit that could."""
        there = self.open()
        for key in keys:
            if key in there and key not in self.by_hand:
                self.mend_one(there[key])
                there = self.open()

    def mend_one(self, finding: Finding) -> None:
        """Mend one finding by the first of its edits that does; else say why not."""
        self.trials.forget()
        tried = False
        for edits in self.trials.proposals(finding):
            tried = True
            if self.trials.attempt(edits, [key_of(finding)]):
                return
        self.by_hand[key_of(finding)] = ByHand(finding, self.why_not(finding, tried))

    def why_not(self, finding: Finding, tried: bool) -> str:
        """Give the reason for which no edit was left."""
        trials = self.trials
        if trials.refused and not tried:
            path, reason = next(iter(trials.refused.items()))
            return f"{path} {reason}"
        if trials.spoilt or trials.translation.reason:
            return trials.spoilt or trials.translation.reason
        if finding.rule == "variable.missing":
            return f"no place was found in the definition of {trials.sides.target.name} where it could be added"
        target = trials.sides.of(finding)[1]
        if target.value is None:
            return f"{target.environment} has no value there that could be replaced"
        return "no single value there says it"


def _unit(key: Key) -> Key:
    """Give the name of what findings say together: a command and its arguments are one vector."""
    workload, container, rule, subject = key
    return (workload, container, "process", "") if rule in _VECTOR else (workload, container, rule, subject)


def _halves(keys: Sequence[Key]) -> tuple[list[Key], list[Key]]:
    """Give two halves of findings that keep together what is one unit."""
    units = list(dict.fromkeys(map(_unit, keys)))
    first = set(units[: len(units) // 2])
    return [key for key in keys if _unit(key) in first], [key for key in keys if _unit(key) not in first]


def _without_overlaps(proposed: Sequence[Edits]) -> list[Edits]:
    """Give edits of which no two change the same stretch; those of many findings are there once."""
    kept: list[Edits] = []
    ends: dict[str, list[tuple[int, int]]] = {}
    for edits in sorted(dict.fromkeys(proposed), key=lambda each: (each[0].file, each[0].start, each[0].end)):
        taken = [ends.setdefault(edit.file, []) for edit in edits]
        if any(
            edit.start <= end and start <= edit.end
            for edit, spans in zip(edits, taken, strict=True)
            for start, end in spans
        ):
            continue
        kept.append(edits)
        for edit, spans in zip(edits, taken, strict=True):
            spans.append((edit.start, edit.end))
    return kept
