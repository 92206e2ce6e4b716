"""The edits that could mend a finding: at each place where the value is written, each way in which the other could be.

An edit is only a proposal. Whoever applies it reads the text again and compares: what the reader takes for something else
than was meant, or what makes another difference, is not done.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from isomorph.drift.finding import Finding, Side
from isomorph.model.origin import Origin
from isomorph.model.text import InstanceField, parts_of
from isomorph.project.fix.said import Sides
from isomorph.project.fix.spellings import ways_of
from isomorph.syntax.written import Style, Syntax, Written, find_written, offset_of, syntax_of, write_value

ReadText = Callable[[str], str | None]
"""Gives a file's text as it is now; None where it is not to be edited."""

LIMIT = 24
"""Proposals for one finding: each costs a reading."""

_TEXTS = ("variable.", "process.", "image.", "file.", "route.", "security.user", "security.group", "volume.")
_IMAGE_PARTS = ("image.registry", "image.repository", "image.tag", "image.digest")
_FLAGS = ("security.privileged", "security.host-namespace")
"""What may be set off where the other side is silent: it takes nothing but rights away."""

_MOVED = ("volume.missing", "file.missing", "port.missing")
_BEHIND = re.compile(r"([\w.-]+)[\"']?[ \t]*[:=][ \t]*$")
_SAFE = re.compile(r"[\w./:@+=,*() -]*")
_TEMPLATED = re.compile(r"\{\{(?! *\.(?:Node|Service|Task)\.)|[$%]\{")
_PIECES = re.compile(r"[A-Za-z0-9_.]+|[^A-Za-z0-9_.]")


class Edit(msgspec.Struct, frozen=True):
    """A stretch of a file's text, from `start` to before `end`, and what is to stand there."""

    file: str
    start: int
    end: int
    new: str


Edits = tuple[Edit, ...]
"""Edits that mend something together."""


class Spot(msgspec.Struct, frozen=True):
    """A place of a file's text, and what is written there."""

    file: str
    text: str
    syntax: Syntax
    written: Written

    def replace(self, start: int, end: int, new: str) -> Edit:
        """Give the edit that puts something in the place of a part of what is written."""
        return Edit(self.file, self.written.start + start, self.written.start + end, new)

    @property
    def key(self) -> str:
        """The key that the value stands behind, empty where it does not."""
        found = _BEHIND.search(self.text[self.text.rfind("\n", 0, self.written.start) + 1 : self.written.start])
        return found[1] if found else ""

    @property
    def raw(self) -> str:
        """What is written, quotes included."""
        return self.text[self.written.start : self.written.end]

    def write(self, value: str, *, is_text: bool) -> list[Edit]:
        """Give the edits that write a value in the place of this one."""
        ways = write_value(self.text, self.written, self.syntax, value, is_text=is_text)
        return [Edit(self.file, self.written.start, self.written.end, way) for way in ways]


def propose(finding: Finding, sides: Sides, read: ReadText, read_source: ReadText) -> Iterator[Edit]:
    """Give the edits that could mend a finding, the likeliest first."""
    source, target = sides.of(finding)
    if target.origin is None:
        return
    spots = list(find_spots(target.origin, read))
    if finding.rule == "file.content":
        yield from _propose_content(finding, sides, spots, target.origin, read)
        return
    seen: set[Edit] = set()
    for edit in (
        *_moved(finding, sides, read),
        *_in_kind(finding, sides, spots),
        *_anew(finding, spots, sides, source, target, read_source),
    ):
        if edit not in seen and len(seen) < LIMIT:
            seen.add(edit)
            yield edit


def is_flag_set(finding: Finding, source: Side, target: Side) -> bool:
    """Tell whether the side that is edited sets what the other leaves off by saying nothing."""
    return source.value is None and target.value == "true" and finding.rule in _FLAGS


def find_spots(origin: Origin, read: ReadText) -> Iterator[Spot]:
    """Give the places where a value may be written: what it comes from first, then where it is used."""
    for place in (*reversed(origin.via), origin):
        text = read(place.file)
        offset = None if text is None else offset_of(text, place.line, place.column)
        if text is None or offset is None:
            continue
        syntax = syntax_of(place.file, text)
        written = find_written(text, offset, syntax)
        if written is not None and written.start < written.end:
            yield Spot(place.file, text, syntax, written)


def _is_text(finding: Finding) -> bool:
    return finding.rule.startswith(_TEXTS)


def _pairs(finding: Finding, sides: Sides, spot: Spot) -> Iterator[tuple[str, str]]:
    """Give what is written and what is to be, in each way that can say both; then just what differs of the two."""
    source, target = sides.of(finding)
    if finding.rule == "variable.value":
        yield from _pairs_of_variable(finding, sides)
        return
    if is_flag_set(finding, source, target):
        yield "true", "false"
    old, new = target.value, source.value
    if old is None or new is None:
        return
    for way in ways_of(finding.rule, finding.subject, spot.key):
        spelled = (way(old), way(new))
        if spelled[0] is not None and spelled[1] is not None and spelled[0] != spelled[1]:
            yield spelled[0], spelled[1]
    yield from _differing(old, new)


def _differing(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Give the words by which two texts differ, without what they begin and end with alike."""
    ours, theirs = _PIECES.findall(old), _PIECES.findall(new)
    start = 0
    while start < min(len(ours), len(theirs)) and ours[start] == theirs[start]:
        start += 1
    end = 0
    while end < min(len(ours), len(theirs)) - start and ours[-1 - end] == theirs[-1 - end]:
        end += 1
    left, right = "".join(ours[start : len(ours) - end]), "".join(theirs[start : len(theirs) - end])
    if left and left != old:
        yield left, right


def _pairs_of_variable(finding: Finding, sides: Sides) -> Iterator[tuple[str, str]]:
    """Give what differs of a variable; where it holds references, of the literal parts between them, one by one."""
    new, old = sides.variable(sides.source, finding), sides.variable(sides.target, finding)
    if isinstance(new, str) and isinstance(old, str):
        yield old, new
        if "$" in new or "$" in old:
            yield old.replace("$", "$$"), new.replace("$", "$$")
            yield old.replace("$(", "$$("), new.replace("$(", "$$(")
        yield from _differing(old, new)
        return
    if new is None or old is None or len(new) != len(old):
        return
    for theirs, ours in zip(old, new, strict=True):
        if isinstance(theirs, str) and isinstance(ours, str) and theirs != ours:
            yield theirs, ours
            yield from _differing(theirs, ours)


def _moved(finding: Finding, sides: Sides, read: ReadText) -> Iterator[Edit]:
    """Give the edits that move what stands at another place here, and there is nothing at that place there."""
    source, target = sides.of(finding)
    if finding.rule not in _MOVED or source.value is None or target.value is not None:
        return
    for other in sides.report.findings:
        theirs, ours = sides.of(other)
        about = (other.workload, other.container, other.rule)
        if about != (finding.workload, finding.container, finding.rule) or theirs.value is not None or not ours.origin:
            continue
        for spot in find_spots(ours.origin, read):
            yield from _within(spot, other.subject.partition("/tcp")[0], finding.subject.partition("/tcp")[0])


def _in_kind(finding: Finding, sides: Sides, spots: list[Spot]) -> Iterator[Edit]:
    """Give the edits that write the new value in the way in which the old one is written."""
    pairs = [(spot, old, new) for spot in spots for old, new in _pairs(finding, sides, spot)]
    for spot, old, new in pairs:
        if spot.written.style is not Style.AREA and spot.written.text == old:
            yield from spot.write(new, is_text=_is_text(finding))
    for spot, old, new in pairs:
        yield from _within(spot, old, new)


def _within(spot: Spot, old: str, new: str) -> Iterator[Edit]:
    """Give the edits that change a whole word, or several, within what is written."""
    if not old or not _SAFE.fullmatch(new):
        return
    before = r"(?<!\w)" if old[0].isalnum() else ""
    after = r"(?!\w)" if old[-1].isalnum() else ""
    for found in re.finditer(before + re.escape(old) + after, spot.raw):
        yield spot.replace(found.start(), found.end(), new)


def _anew(
    finding: Finding, spots: list[Spot], sides: Sides, source: Side, target: Side, read_source: ReadText
) -> Iterator[Edit]:
    """Give the edits that write the value as nothing here shows: added to what stands there, as the other side has it.

    Where the side that is edited says nothing, what stands at its place is something else, and only made longer.
    """
    if source.value is None or target.origin is None:
        return
    for spot in spots[::-1]:
        for value in _extended(finding.rule, spot.written.text, source.value):
            yield from spot.write(value, is_text=True)
    if target.value is None or not _may_be_copied(finding, sides):
        return
    own = [spot for spot in spots if spot.file == target.origin.file][-1:]
    there = list(find_spots(source.origin, read_source)) if source.origin is not None else []
    if spots and there and own != spots[:1]:  # What one value of a chart says, the same value says on the other side.
        yield from _as_there(finding, spots[0], there[0])
    if finding.rule in _IMAGE_PARTS:
        return
    for spot in own:
        yield from (edit for each in there[-1:] for edit in _as_there(finding, spot, each))
        if spot.written.style is not Style.AREA and not finding.rule.startswith("variable."):
            spelled = (way(source.value) for way in ways_of(finding.rule, finding.subject, spot.key))
            for value in dict.fromkeys(each for each in spelled if each is not None):
                yield from spot.write(value, is_text=_is_text(finding))


def _may_be_copied(finding: Finding, sides: Sides) -> bool:
    """Tell whether what the other side has may be written here as it stands there: it names nothing of that side's own."""
    if finding.rule != "variable.value":
        return True
    text = sides.variable(sides.source, finding)
    return text is not None and all(isinstance(part, str | InstanceField) for part in parts_of(text))


def _extended(rule: str, written: str, value: str) -> Iterable[str]:
    """Give what is written, made longer by a part that it did not name."""
    name, at, digest = written.partition("@")
    match rule:
        case "image.tag":
            return (f"{name}:{value}{at}{digest}",)
        case "image.digest":
            return (f"{name}@{value}",)
        case "image.registry":
            return (f"{value}/{written}",)
        case "volume.read-only" if value == "true":
            return (
                ("RO",) if written == "RW" else ("true",) if written == "false" else (f"{written}:ro", f"{written},ro")
            )
    return ()


def _as_there(finding: Finding, spot: Spot, there: Spot) -> Iterator[Edit]:
    """Give the edit that writes what the other side has, where it is written by the same rules behind the same key."""
    if there.syntax is not spot.syntax or there.key != spot.key or _TEMPLATED.search(there.raw):
        return
    if Style.AREA in (there.written.style, spot.written.style):
        if there.written.style is spot.written.style and "\n" not in there.raw + spot.raw:
            yield spot.replace(0, len(spot.raw), there.raw)
    else:
        yield from spot.write(there.written.text, is_text=_is_text(finding))


def _propose_content(
    finding: Finding, sides: Sides, spots: list[Spot], origin: Origin, read: ReadText
) -> Iterator[Edit]:
    """Give the edits that write a file's text: where it stands in the definition, or the file itself."""
    new, old = sides.content(sides.source, finding), sides.content(sides.target, finding)
    if new is None or old is None:
        return
    for place in (origin, *origin.via):
        if read(place.file) == old:
            yield Edit(place.file, 0, len(old), new)
    for spot in spots:
        if spot.written.style is not Style.AREA and spot.written.text.strip() == old.strip():
            yield from spot.write(new, is_text=True)
    for left, right in _differing(old, new):
        for spot in spots:
            yield from _within(spot, left, right)
