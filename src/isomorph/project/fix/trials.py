"""Edits tried in memory: one stays where what it mends is gone, and nothing is found that was not, in the whole project.

One thing may be said by several: where an edit makes something else of the same container differ, or what Score files
generate for the environment, that is mended as well, and all of it stays or none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec
from msgspec.structs import replace

from isomorph.drift.finding import Finding
from isomorph.model.errors import IsomorphError
from isomorph.project.fix.chart_values import propose_value
from isomorph.project.fix.consequences import (
    Key,
    explain_new,
    explain_undone,
    explain_worse,
    find_new,
    find_worse,
    key_of,
    keys_of,
)
from isomorph.project.fix.first_overrides import FirstOverrides
from isomorph.project.fix.handwork import why_by_hand
from isomorph.project.fix.inserting import propose_entry
from isomorph.project.fix.mending import Edit, Edits, propose
from isomorph.project.fix.overriding import propose_override
from isomorph.project.fix.said import Sides
from isomorph.project.fix.translating import Translated, Translation
from isomorph.project.fix.transplanting import propose_copy
from isomorph.project.fix.word_lists import propose_words

MORE = 6
"""Edits that one may bring along."""

_EACH = 3
"""Ways in which each of those is tried."""

Texts = Mapping[str, str]
"""Files that are changed, by path, with their new texts."""


class Workshop(msgspec.Struct, frozen=True):
    """What mending needs: a comparison of the pair with some files' texts replaced, a file's text, and why not to edit it.

    `refuse` gives the reason for which a file is left alone, empty where it may be edited. `shared` gives the name of another
    environment that replaced texts change, too. `elsewhere` gives what is found beyond the pair. `translate` gives the source
    as the target's platform would have it; `generated` compares the target with what its Score files generate;
    `overrides` are files of what it says otherwise than these, and `first` is where they would be where there are none.
    `is_by_hand` tells whether an environment is written by hand, and Score files only describe it.
    """

    compare: Callable[[Texts], Sides]
    read: Callable[[str], str | None]
    refuse: Callable[[str], str]
    shared: Callable[[Texts], str] = lambda texts: ""
    elsewhere: Callable[[Sides, Texts], tuple[Finding, ...]] = lambda sides, texts: ()
    translate: Callable[[Sides], Translated | None] = lambda sides: None
    generated: Callable[[Sides, Texts], Sides | None] = lambda sides, texts: None
    overrides: tuple[str, ...] = ()
    first: FirstOverrides | None = None
    is_by_hand: Callable[[str], bool] = lambda name: False


class _Standing(msgspec.Struct, frozen=True):
    """How things stand: the texts that are changed by now, the pair as they make it, and what is found beyond it."""

    texts: dict[str, str]
    sides: Sides
    beyond: tuple[Finding, ...]


class Trials:
    """The texts as they are by now, and what was wrong with the edits that did not stay.

    `refused` are files that may not be edited, with the reason; `spoilt` is why the likeliest edit was no good.
    """

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        sides = workshop.compare({})
        self.now = _Standing({}, sides, workshop.elsewhere(sides, {}))
        self.translation = Translation(workshop.translate)
        self.refused: dict[str, str] = {}
        self.spoilt = ""

    @property
    def sides(self) -> Sides:
        """The pair as it is by now."""
        return self.now.sides

    @property
    def texts(self) -> dict[str, str]:
        """The files that are changed by now."""
        return self.now.texts

    def forget(self) -> None:
        """Begin with another finding."""
        self.refused, self.spoilt = {}, ""
        self.translation.reason = ""

    def original(self, path: str) -> str:
        """Give the text that a file had."""
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

    def proposals(self, finding: Finding) -> Iterator[Edits]:
        """Give the edits that could mend a finding, the likeliest first, each once."""
        seen: set[Edits] = set()
        for edits in self.all_proposals(finding):
            if edits not in seen:
                seen.add(edits)
                yield edits

    def all_proposals(self, finding: Finding) -> Iterator[Edits]:
        """Give the edits from each source of them."""
        if finding.rule == "variable.missing":
            yield from ((edit,) for edit in propose_entry(finding, self.sides, self.read))
            return
        yield from ((edit,) for edit in propose(finding, self.sides, self.read, self.read_source))
        yield from ((edit,) for edit in propose_words(finding, self.sides, self.read))
        yield from ((edit,) for edit in propose_value(finding, self.sides, self.read, self.read_source))
        yield from propose_copy(finding, self.sides, self.read, self.read_source)
        yield from self.translation.propose(finding, self.sides, self.read)

    def attempt(self, edits: Sequence[Edit], keys: Sequence[Key]) -> bool:
        """Try edits; they stay where all that was to be mended is gone and nothing else is found."""
        before = self.now
        if self.go_on(edits, keys, before, MORE):
            return True
        self.now = before
        return False

    def go_on(self, edits: Sequence[Edit], keys: Sequence[Key], before: _Standing, more: int) -> bool:
        """Make edits on top of those that are made by now, and of as many more as they need."""
        texts = self.apply(edits)
        try:
            sides = self.workshop.compare(texts)
        except IsomorphError:
            return False
        if keys_of(sides.report.findings).intersection(keys):
            return False
        self.now = _Standing(texts, sides, before.beyond)
        worse = find_worse(before.sides.report, sides.report)
        if worse:
            self.note(explain_worse(worse[0]))
            return more > 0 and self.follow(worse[0], keys, before, more - 1)
        renamed = "with it something has another name" if _names(sides) != _names(before.sides) else ""
        undone = explain_undone(before.sides.report, sides.report) or renamed
        if undone:
            self.note(undone)
            return False
        return self.look_around(keys, before, more)

    def apply(self, edits: Sequence[Edit]) -> dict[str, str]:
        """Give the texts as they are with edits; of several at one place the first stands first."""
        texts = dict(self.texts)
        for edit in sorted(edits, key=lambda each: (each.file, each.start))[::-1]:
            text = texts.get(edit.file)
            text = self.original(edit.file) if text is None else text
            new = edit.new.replace("\r\n", "\n")
            new = new.replace("\n", "\r\n") if "\r\n" in text else new
            texts[edit.file] = text[: edit.start] + new + text[edit.end :]
        return texts

    def note(self, reason: str) -> None:
        """Keep why the first edit that was any good is none."""
        self.spoilt = self.spoilt or reason

    def follow(self, finding: Finding, keys: Sequence[Key], before: _Standing, more: int) -> bool:
        """Mend what an edit made differ, where that belongs to the same thing: what else is granted, or asked for, there."""
        group = (finding.workload, finding.container, finding.rule.partition(".")[0])
        if any((workload, container, rule.partition(".")[0]) != group for workload, container, rule, _ in keys):
            return False
        if why_by_hand(finding, self.sides) is not None:
            return False
        return self.try_each(self.proposals(finding), [*keys, key_of(finding)], before, more)

    def try_each(self, proposals: Iterator[Edits], keys: Sequence[Key], before: _Standing, more: int) -> bool:
        """Try edits on top of those that are made by now, the likeliest few."""
        standing = self.now
        for edits in islice(proposals, _EACH):
            if self.go_on(edits, keys, before, more):
                return True
            self.now = standing  # Before the next is proposed, which looks at the texts.
        return False

    def look_around(self, keys: Sequence[Key], before: _Standing, more: int) -> bool:
        """Tell whether what mends the pair is good beyond it; what Score files generate is mended as well."""
        sides, texts = self.sides, self.texts
        other = self.workshop.shared(texts)
        if other:
            self.note(f"environment {other} has the value from the same place")
            return False
        try:
            beyond = self.workshop.elsewhere(sides, texts)
        except IsomorphError:
            self.note("with it the project cannot be read any more")
            return False
        mended = keys_of(before.sides.report.findings) - keys_of(sides.report.findings)
        new = find_new(before.beyond, beyond, mended)
        if not new:
            self.now = replace(self.now, beyond=beyond)
            return True
        by_hand = any(self.workshop.is_by_hand(side.environment) for side in new[0].sides[:1])
        self.note(explain_new(new[0], sides, by_hand=by_hand))
        if not more or any(each.compared_with != "generated" for each in new):
            return False
        return self.try_each(self.propose_for_score(new[0]), keys, before, more - 1)

    def propose_for_score(self, finding: Finding) -> Iterator[Edits]:
        """Give the edits of Score files by which these generate what the environment says now."""
        sides = self.workshop.generated(self.sides, self.texts)
        if sides is None or finding.environments != (sides.source.name, sides.target.name):
            return
        edits = self.propose_in_score(finding, sides)
        yield from ((edit,) for edit in edits)
        for edit in edits:
            yield from self.propose_overrides(finding, sides, edit)

    def propose_in_score(self, finding: Finding, sides: Sides) -> list[Edit]:
        """Give the likeliest edits of what is written, in a Score file or in overrides."""
        if finding.rule == "variable.missing":
            return list(islice(propose_entry(finding, sides, self.read), 1))
        return list(islice(propose(finding, sides, self.read, self.read_source), 1))

    def propose_overrides(self, finding: Finding, sides: Sides, edit: Edit) -> Iterator[Edits]:
        """Give the edits that say in the environment's overrides what another would say for all environments."""
        base = self.read_source(edit.file)
        origin = sides.of(finding)[1].origin
        if base is None:
            return
        edited = base[: edit.start] + edit.new + base[edit.end :]
        first = self.workshop.first
        made = (first.path,) if first is not None and first.path in self.texts else ()
        for file in reversed((*self.workshop.overrides, *made)):
            text = self.read(file)
            if text is not None and file != edit.file:
                for place, lines in propose_override(finding, origin, base, edited, text):
                    yield (Edit(file, place, place, lines),)
        if first is None or made or not first.path:
            return
        project = self.read(first.project_file)
        named = first.name_in(project) if project is not None else None
        if named is not None:
            for _, lines in propose_override(finding, origin, base, edited, ""):
                yield first.begin(lines), named


def _names(sides: Sides) -> dict[str, tuple[str, ...]]:
    """Give the workloads of what is edited with their containers: an edit gives nothing another name."""
    return {key: tuple(each.containers) for key, each in sides.target.definition.application.workloads.items()}
