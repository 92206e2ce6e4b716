"""Mending findings in the texts where their values are written, each edit tried in memory before any file is touched.

An edit stays where the finding is gone and nothing else differs now. Many are tried together, and only where that does not
hold by halves, so that the number of readings grows with what cannot be mended and not with what can.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from isomorph.drift.declared import OPEN
from isomorph.drift.finding import Finding
from isomorph.model.errors import IsomorphError
from isomorph.project.consequences import Key, explain_new, explain_worse, find_new, key_of, keys_of
from isomorph.project.handwork import why_by_hand
from isomorph.project.inserting import propose_entry
from isomorph.project.mending import Edit, propose
from isomorph.project.said import Sides
from isomorph.project.transplanting import propose_copy

Texts = Mapping[str, str]
"""Files that are changed, by path, with their new texts."""


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


class Workshop(msgspec.Struct, frozen=True):
    """What mending needs: a comparison of the pair with some files' texts replaced, a file's text, and why not to edit it.

    `refuse` gives the reason for which a file is left alone, empty where it may be edited. `shared` gives the name of another
    environment that replaced texts change, too. `elsewhere` gives what is found beyond the pair.
    """

    compare: Callable[[Texts], Sides]
    read: Callable[[str], str | None]
    refuse: Callable[[str], str]
    shared: Callable[[Texts], str] = lambda texts: ""
    elsewhere: Callable[[Sides, Texts], tuple[Finding, ...]] = lambda sides, texts: ()


def fix(workshop: Workshop, wanted: Callable[[Finding], bool]) -> Fixed:
    """Mend the findings that are wanted, as far as that can be done without making another."""
    return _Fixing(workshop, wanted).run()


class _Fixing:
    """One run: the texts as they are by now, and what they compare to."""

    def __init__(self, workshop: Workshop, wanted: Callable[[Finding], bool]) -> None:
        self.workshop = workshop
        self.wanted = wanted
        self.texts: dict[str, str] = {}
        self.sides = workshop.compare({})
        self.beyond = workshop.elsewhere(self.sides, {})
        self.refused: dict[str, str] = {}
        self.spoilt = ""
        self.by_hand: dict[Key, ByHand] = {}

    def run(self) -> Fixed:
        first = self.open()
        to_mend: list[Key] = []
        for finding in first.values():
            reason = why_by_hand(finding, self.sides)
            if reason is None:
                to_mend.append(key_of(finding))
            else:
                self.by_hand[key_of(finding)] = ByHand(finding, reason)
        self.mend(to_mend)
        left = self.open()
        return Fixed(
            files=tuple(Changed(path, self.original(path), text) for path, text in sorted(self.texts.items())),
            mended=tuple(finding for key, finding in first.items() if key not in left),
            by_hand=tuple(self.by_hand[key] for key in first if key in left and key in self.by_hand),
            sides=self.sides,
        )

    def open(self) -> dict[Key, Finding]:
        """Give the findings that are wanted and there still, by what they are about."""
        findings = self.sides.report.findings
        return {key_of(each): each for each in findings if each.verdict in OPEN and self.wanted(each)}

    def original(self, path: str) -> str:
        text = self.workshop.read(path)
        assert text is not None
        return text

    def read(self, path: str) -> str | None:
        """Give the text of a file that may be edited, as it is by now; notes why one may not be."""
        if path in self.texts:
            return self.texts[path]
        reason = self.workshop.refuse(path)
        if reason:
            self.refused[path] = reason
            return None
        return self.workshop.read(path)

    def read_source(self, path: str) -> str | None:
        """Give the text of any file, as it is by now."""
        return self.texts.get(path) or self.workshop.read(path)

    def mend(self, keys: Sequence[Key]) -> None:
        """Mend findings: all at once with the likeliest edit of each, else each half by itself."""
        there = self.open()
        keys = [key for key in keys if key in there]
        if len(keys) < 2:
            for key in keys:
                self.mend_one(there[key])
            return
        edits = {key: edit for key in keys if (edit := next(self.proposals(there[key]), None)) is not None}
        kept = _without_overlaps(list(edits.values()))
        if kept and self.attempt(kept, [key for key, edit in edits.items() if edit in kept]):
            self.mend_rest(keys)
            return
        middle = len(keys) // 2
        self.mend(keys[:middle])
        self.mend(keys[middle:])

    def mend_rest(self, keys: Sequence[Key]) -> None:
        """Mend what had no edit, or one that had to wait for another."""
        there = self.open()
        for key in keys:
            if key in there and key not in self.by_hand:
                self.mend_one(there[key])
                there = self.open()

    def mend_one(self, finding: Finding) -> None:
        """Mend one finding by the first of its edits that does; else say why not."""
        self.refused, self.spoilt = {}, ""
        tried = False
        for edit in self.proposals(finding):
            tried = True
            if self.attempt([edit], [key_of(finding)]):
                return
        self.by_hand[key_of(finding)] = ByHand(finding, self.why_not(finding, tried))

    def why_not(self, finding: Finding, tried: bool) -> str:
        """Give the reason for which no edit was left."""
        if self.refused and not tried:
            path, reason = next(iter(self.refused.items()))
            return f"{path} {reason}"
        if self.spoilt:
            return self.spoilt
        target = self.sides.of(finding)[1]
        if target.value is None:
            return f"{target.environment} has no value there that could be replaced"
        return "no single value there says it"

    def proposals(self, finding: Finding) -> Iterator[Edit]:
        """Give the edits that could mend a finding, the likeliest first."""
        if finding.rule == "variable.missing":
            yield from propose_entry(finding, self.sides, self.read)
            return
        yield from propose(finding, self.sides, self.read, self.read_source)
        yield from propose_copy(finding, self.sides, self.read, self.read_source)

    def attempt(self, edits: Sequence[Edit], keys: Sequence[Key]) -> bool:
        """Try edits; they stay where all that was to be mended is gone and nothing new differs."""
        texts = dict(self.texts)
        for edit in sorted(edits, key=lambda each: (each.file, -each.start)):
            text = texts.get(edit.file)
            text = self.original(edit.file) if text is None else text
            new = edit.new.replace("\r\n", "\n")
            new = new.replace("\n", "\r\n") if "\r\n" in text else new
            texts[edit.file] = text[: edit.start] + new + text[edit.end :]
        try:
            sides = self.workshop.compare(texts)
        except IsomorphError:
            return False
        if keys_of(sides.report.findings).intersection(keys):
            return False
        renamed = "with it something has another name" if _names(sides) != _names(self.sides) else ""
        worse = explain_worse(self.sides.report, sides.report) or renamed
        if worse:
            self.spoilt = self.spoilt or worse
            return False
        spoilt, beyond = self.look_around(sides, texts)
        if spoilt:
            self.spoilt = self.spoilt or spoilt
            return False
        self.texts, self.sides, self.beyond = texts, sides, beyond
        return True

    def look_around(self, sides: Sides, texts: Texts) -> tuple[str, tuple[Finding, ...]]:
        """Give why texts that mend the pair are no good beyond it, empty where they are, and what is found there then."""
        other = self.workshop.shared(texts)
        if other:
            return f"environment {other} has the value from the same place", ()
        try:
            beyond = self.workshop.elsewhere(sides, texts)
        except IsomorphError as error:
            return f"with it the project cannot be read any more ({error})", ()
        mended = keys_of(self.sides.report.findings) - keys_of(sides.report.findings)
        new = find_new(self.beyond, beyond, mended)
        return (explain_new(new[0], sides) if new else ""), beyond


def _without_overlaps(edits: Sequence[Edit]) -> list[Edit]:
    """Give edits of which no two change the same stretch; one of many findings' is there once."""
    kept: list[Edit] = []
    for edit in sorted(dict.fromkeys(edits), key=lambda each: (each.file, each.start, each.end)):
        last = kept[-1] if kept else None
        if last is None or last.file != edit.file or edit.start > last.end:
            kept.append(edit)
    return kept


def _names(sides: Sides) -> dict[str, tuple[str, ...]]:
    """Give the workloads of what is edited with their containers: an edit gives nothing another name."""
    return {key: tuple(each.containers) for key, each in sides.target.definition.application.workloads.items()}
