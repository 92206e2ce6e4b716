"""Text that remembers where it came from: a str whose stretches know the template's place and the values behind them."""

import re
from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from isomorph.model.origin import Origin
from isomorph.syntax.gotemplate.bounds import LONGEST_OUTPUT, limit


class Source:
    """One template's text, for the positions of what it wrote; `name` is what users see.

    A text that `tpl` renders is no file: `values` are the runs of its marks, `place` is where it is rendered.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.place: Origin | None = None
        self.values: Runs = ()
        self._lines: list[int] = []
        self._bytes = None if text.isascii() else text.encode()
        self._inserted: list[int] = []

    def wrap_calls(self, pattern: re.Pattern[str]) -> str:
        """Give the text with parentheses around what a pattern finds; offsets into it are taken back to the text itself."""
        parts: list[str] = []
        end = 0
        for found in pattern.finditer(self.text):
            parts += [self.text[end : found.start()], "(", found.group(), ")"]
            end = found.end()
            self._inserted += [found.start(), end]
        changed = "".join([*parts, self.text[end:]])
        self._bytes = None if changed.isascii() else changed.encode()
        return changed

    def to_character(self, offset: int) -> int:
        """Give the number of the character that a byte offset, as gotpl counts, falls on."""
        character = offset if self._bytes is None else len(self._bytes[:offset].decode(errors="ignore"))
        if self._inserted:
            passed = sum(place + index < character for index, place in enumerate(self._inserted))
            return character - passed
        return character

    def to_action(self, offset: int) -> int:
        """Give where the action around an offset starts."""
        start = self.text.rfind("{{", 0, offset + 2)
        return offset if start < 0 else start

    def find_place(self, offset: int) -> Origin:
        """Give where a character was written by a person: in a template's file, or in the values."""
        if self.place is None:
            return self.to_origin(offset)
        behind = next((mark.values for end, mark in self.values if end > offset), ())
        return msgspec.structs.replace(behind[0], via=behind[1:]) if behind else self.place

    def to_origin(self, offset: int, via: tuple[Origin, ...] = ()) -> Origin:
        """Give the line and column of a character."""
        if not self._lines:
            self._lines = [0]
            self._lines += [index + 1 for index, character in enumerate(self.text) if character == "\n"]
        line = bisect_right(self._lines, offset)
        return Origin(self.name, line, offset - self._lines[line - 1] + 1, via)


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Where a stretch of text came from.

    `source` and `offset` are the place in a template, None while no template has written it; `literal` says that it stands
    there word for word, so that each character has a place of its own; `values` are the places of values behind it.
    """

    source: Source | None = None
    offset: int = 0
    literal: bool = False
    values: tuple[Origin, ...] = ()


Runs = tuple[tuple[int, Mark], ...]
"""Where each stretch ends, and its mark."""

NOWHERE = Mark()


class Text(str):
    """A text with a mark for each of its stretches; without runs it is a text like any other."""

    __slots__ = ("runs",)
    runs: Runs

    def __str__(self) -> str:
        return self


def mark_text(text: str, values: tuple[Origin, ...]) -> Text:
    """Give a text that came from places of values as a whole."""
    marked = Text(text)
    marked.runs = ((len(text), Mark(values=values)),) if values else ()
    return marked


def runs_of(text: str) -> Runs:
    """Give a text's runs; none where nothing is known of it."""
    return text.runs if type(text) is Text else ()


def find_mark(text: str, index: int) -> Mark:
    """Give the mark of a character."""
    return next((mark for end, mark in runs_of(text) if end > index), NOWHERE)


def values_of_text(text: str) -> tuple[Origin, ...]:
    """Give the places of all values in a text, in the order in which they stand there."""
    if type(text) is not Text or not text.runs:
        return ()
    if len(text.runs) == 1:
        return text.runs[0][1].values
    return tuple(dict.fromkeys(origin for _, mark in text.runs for origin in mark.values))


def join_texts(parts: Iterable[str]) -> str:
    """Put texts together; the result has runs if one of them has."""
    parts = list(parts)
    whole = "".join(parts)
    limit(len(whole), LONGEST_OUTPUT, "characters")
    if not any(type(part) is Text and part.runs for part in parts):
        return whole
    runs: list[tuple[int, Mark]] = []
    end = 0
    for part in parts:
        if not part:
            continue
        if type(part) is Text and part.runs:
            runs += [(end + until, mark) for until, mark in part.runs]
        else:
            runs.append((end + len(part), NOWHERE))
        end += len(part)
    return with_runs(whole, runs)


def with_runs(text: str, runs: Iterable[tuple[int, Mark]]) -> Text:
    """Give a text with runs."""
    marked = Text(text)
    marked.runs = tuple(runs)
    return marked


def cut_text(text: str, start: int, end: int) -> str:
    """Give a slice of a text with the runs that it covers; `start` and `end` are within it."""
    part = text[start:end]
    if type(text) is not Text or not text.runs or not part:
        return part
    runs: list[tuple[int, Mark]] = []
    begin = 0
    for until, mark in text.runs:
        if until > start and begin < end:
            if mark.literal and begin < start:
                mark = msgspec.structs.replace(mark, offset=mark.offset + start - begin)
            runs.append((min(until, end) - start, mark))
        begin = until
    return with_runs(part, runs)


def place_text(text: str, source: Source, offset: int) -> str:
    """Give a text that an action writes: what no template wrote before is now the action's."""
    if type(text) is not Text or not text.runs:
        return with_runs(text, ((len(text), Mark(source, offset)),)) if text else text
    if all(mark.source is not None for _, mark in text.runs):
        return text
    runs = (
        (until, mark if mark.source is not None else Mark(source, offset, False, mark.values))
        for until, mark in text.runs
    )
    return with_runs(text, runs)
