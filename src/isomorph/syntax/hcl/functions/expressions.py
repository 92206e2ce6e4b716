"""Regular expressions of Go (RE2): the first match from the left, in time that grows with the text and the pattern only.

Python's engine can be led to search for years, so the pattern is only parsed by it and then run here: every place of the
pattern is tried once at each character, as RE2's own backtracker does (https://github.com/google/re2, bitstate.cc). The first
way that leads to a match is the one that wins, so what was tried once need not be tried again.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from warnings import catch_warnings, simplefilter

import msgspec

from isomorph.syntax.hcl.values import HclFault

_MOST_WORK = 500_000
_LONGEST_PATTERN = 1_000
_LONGEST_PROGRAM = 5_000

_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": "\\x00-\\x7f", "blank": "\\t ", "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_TRANSLATED = re.compile(
    r"\[:(\^?)(\w+):\]|(\\[zQECpP]|\\x\{([0-9a-fA-F]{1,6})\}|\\.)|(\(\?[imsU]*U|\(\?<?[=!]|\(\?[>(])|(\(\?<)", re.DOTALL
)
_REFERENCE = re.compile(r"\$(?:(\$)|([0-9A-Za-z_]+)|\{([0-9A-Za-z_]+)\})")
_WORD = frozenset("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGIT = frozenset("0123456789")
_SPACE = frozenset("\t\n\f\r ")
_CATEGORIES = {"DIGIT": _DIGIT, "WORD": _WORD, "SPACE": _SPACE}

Test = Callable[[str], bool]
Charge = Callable[[int], None]
"""Is told how many places were tried; it may refuse to go on."""


class Match(msgspec.Struct, frozen=True):
    """Where a pattern matches: the borders of the whole and of each group, -1 where a group takes no part."""

    text: str
    borders: tuple[int, ...]
    names: dict[str, int]

    @property
    def start(self) -> int:
        return self.borders[0]

    @property
    def end(self) -> int:
        return self.borders[1]

    def group(self, number: int) -> str | None:
        """Give what a group matched; 0 is the whole."""
        start, end = self.borders[2 * number : 2 * number + 2]
        return self.text[start:end] if start >= 0 <= end else None

    def groups(self) -> list[str | None]:
        return [self.group(number) for number in range(1, len(self.borders) // 2)]


class Pattern:
    """A pattern as steps: ("char", test), ("split", first, other), ("jump", to), ("save", slot), ("at", test), ("match",)."""

    def __init__(self, pattern: str, charge: Charge) -> None:
        self.charge = charge
        if len(pattern) > _LONGEST_PATTERN:
            raise HclFault("the pattern is longer than any definition needs")
        try:
            from re import _parser  # type: ignore[attr-defined]

            with catch_warnings():
                # What may mean something else to Python one day means here what RE2 says.
                simplefilter("ignore")
                parsed = _parser.parse(_TRANSLATED.sub(_translate, pattern), re.ASCII)
            self.names: dict[str, int] = dict(parsed.state.groupdict)
            self.slots = 2 * parsed.state.groups
            self.steps: list[tuple[Any, ...]] = []
            self.add("save", 0)
            self.sequence(parsed, parsed.state.flags)
            charge(len(self.steps))
        except (re.error, OverflowError, RecursionError):
            raise HclFault("the pattern is no regular expression", "see the syntax of RE2") from None
        self.add("save", 1)
        self.add("match")

    def add(self, *step: Any) -> int:
        if len(self.steps) >= _LONGEST_PROGRAM:
            raise HclFault("the pattern repeats more than any definition needs")
        self.steps.append(step)
        return len(self.steps) - 1

    def sequence(self, parsed: Any, flags: int) -> None:
        """Add the steps of what is matched one after the other."""
        for operator, argument in parsed:
            name = str(operator)
            if name in ("LITERAL", "NOT_LITERAL", "IN", "ANY"):
                self.add("char", _to_test(name, argument, flags))
            elif name == "AT":
                self.add("at", _to_border(str(argument), flags))
            elif name == "SUBPATTERN":
                self.group(argument, flags)
            elif name == "BRANCH":
                self.branches(argument[1], flags)
            elif name in ("MAX_REPEAT", "MIN_REPEAT"):
                least, most, inner = argument
                self.repeat(least, most, inner, flags, greedy=name == "MAX_REPEAT")
            else:
                raise HclFault("the pattern uses what RE2 does not have")

    def group(self, argument: Any, flags: int) -> None:
        number, added, removed, inner = argument
        if number:
            self.add("save", 2 * number)
        self.sequence(inner, (flags | added) & ~removed)
        if number:
            self.add("save", 2 * number + 1)

    def branches(self, branches: list[Any], flags: int) -> None:
        ends = []
        for branch in branches[:-1]:
            split = self.add("split", len(self.steps) + 1, 0)
            self.sequence(branch, flags)
            ends.append(self.add("jump", 0))
            self.steps[split] = ("split", split + 1, len(self.steps))
        self.sequence(branches[-1], flags)
        for end in ends:
            self.steps[end] = ("jump", len(self.steps))

    def repeat(self, least: int, most: int, inner: Any, flags: int, *, greedy: bool) -> None:
        if least > 1000 or (most > 1000 and str(most) != "MAXREPEAT"):
            raise HclFault("the pattern repeats more than 1000 times")
        for _ in range(least):
            self.sequence(inner, flags)
        if str(most) == "MAXREPEAT":
            split = self.add("split", 0, 0)
            self.sequence(inner, flags)
            self.add("jump", split)
            self.steps[split] = _split(split + 1, len(self.steps), greedy)
            return
        splits = []
        for _ in range(most - least):
            splits.append(self.add("split", 0, 0))
            self.sequence(inner, flags)
        for split in splits:
            self.steps[split] = _split(split + 1, len(self.steps), greedy)

    def search(self, text: str, start: int = 0) -> Match | None:
        """Give the first match that begins at an offset or after it."""
        tried: set[int] = set()
        try:
            for at in range(start, len(text) + 1):
                match = self.run(text, at, tried)
                if match is not None:
                    return match
            return None
        finally:
            self.charge(len(tried))

    def run(self, text: str, start: int, tried: set[int]) -> Match | None:
        """Give the match that begins at an offset; what was tried in vain is not tried again, whatever led to it."""
        steps, width = self.steps, len(text) + 1
        waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, start, (-1,) * self.slots)]
        while waiting:
            place, at, borders = waiting.pop()
            while True:
                key = place * width + at
                if key in tried:
                    break
                tried.add(key)
                if len(tried) > _MOST_WORK:
                    raise HclFault("the search takes too long", "search in a shorter text")
                step = steps[place]
                kind = step[0]
                if kind == "char":
                    if at >= width - 1 or not step[1](text[at]):
                        break
                    place, at = place + 1, at + 1
                elif kind == "split":
                    waiting.append((step[2], at, borders))
                    place = step[1]
                elif kind == "jump":
                    place = step[1]
                elif kind == "save":
                    borders = (*borders[: step[1]], at, *borders[step[1] + 1 :])
                    place += 1
                elif kind == "at":
                    if not step[1](text, at):
                        break
                    place += 1
                else:
                    return Match(text, borders, self.names)
        return None

    def search_all(self, text: str) -> Iterator[Match]:
        """Give the matches one after the other; as in Go, none that is empty right after another."""
        at, end = 0, -1
        while at <= len(text):
            match = self.search(text, at)
            if match is None:
                return
            empty = match.end == match.start
            if not (empty and match.start == end):
                yield match
            end = match.end
            at = end + 1 if empty else end


def expand(template: str, match: Match) -> str:
    """Fill `$1`, `${1}` and `${name}` of a replacement; what is no group is empty."""

    def fill(found: re.Match[str]) -> str:
        dollar, bare, braced = found.groups()
        if dollar:
            return "$"
        name = bare or braced
        number = int(name[:4]) if name.isdecimal() else match.names.get(name, -1)
        return (match.group(number) or "") if 0 <= number < len(match.borders) // 2 else ""

    return _REFERENCE.sub(fill, template)


def _split(first: int, other: int, greedy: bool) -> tuple[Any, ...]:
    return ("split", first, other) if greedy else ("split", other, first)


def _to_test(name: str, argument: Any, flags: int) -> Test:
    """Give what tells whether a character matches."""
    if name == "ANY":
        return (lambda _: True) if flags & re.DOTALL else (lambda character: character != "\n")
    if name == "IN":
        test = _to_class(argument)
    elif name == "LITERAL":
        test = chr(argument).__eq__
    else:
        test = chr(argument).__ne__
    if flags & re.IGNORECASE:
        if name == "NOT_LITERAL":
            return lambda character: test(character.lower()) and test(character.upper())
        return lambda character: test(character) or test(character.lower()) or test(character.upper())
    return test


def _to_class(parts: list[Any]) -> Test:
    """Give what tells whether a character is in `[…]`."""
    singles: set[str] = set()
    ranges: list[tuple[int, int]] = []
    outside: list[frozenset[str]] = []
    negated = False
    for operator, argument in parts:
        name = str(operator)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            singles.add(chr(argument))
        elif name == "RANGE":
            ranges.append(argument)
        else:
            category = str(argument).removeprefix("CATEGORY_")
            if category.startswith("NOT_"):
                outside.append(_CATEGORIES[category[4:]])
            else:
                singles |= _CATEGORIES[category]

    def test(character: str) -> bool:
        found = (
            character in singles
            or any(first <= ord(character) <= last for first, last in ranges)
            or any(character not in each for each in outside)
        )
        return found != negated

    return test


def _to_border(name: str, flags: int) -> Callable[[str, int], bool]:
    """Give what tells whether a place is a beginning, an end or a border of a word."""
    many = flags & re.MULTILINE
    if name == "AT_BEGINNING" and many:
        return lambda text, at: at == 0 or text[at - 1] == "\n"
    if name == "AT_END" and many:
        return lambda text, at: at == len(text) or text[at] == "\n"
    if name in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
        return lambda text, at: at == 0
    if name in ("AT_END", "AT_END_STRING"):
        return lambda text, at: at == len(text)
    wanted = name == "AT_BOUNDARY"

    def is_border(text: str, at: int) -> bool:
        before = at > 0 and text[at - 1] in _WORD
        after = at < len(text) and text[at] in _WORD
        return (before != after) == wanted

    return is_border


def _translate(found: re.Match[str]) -> str:
    """Write what RE2 spells differently as Python's parser reads it."""
    negated, name, escape, code, refused, named = found.groups()
    if named:
        return "(?P<"
    if name:
        if name not in _CLASSES or negated:
            raise HclFault(f"the class `{found[0]}` in a pattern is not supported", "write out its characters")
        return _CLASSES[name]
    if refused or escape in ("\\Q", "\\E", "\\C", "\\p", "\\P"):
        raise HclFault(f"`{refused or escape}` in a pattern is not supported")
    if code:
        value = int(code, 16)
        return re.escape(chr(value)) if value < 0x110000 else escape
    if escape == "\\z":
        return "\\Z"
    if escape[1:].isdigit():
        raise HclFault("RE2 has no references back to groups")
    return escape
