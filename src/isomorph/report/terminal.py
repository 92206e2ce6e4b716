"""Text for a terminal: its width, colours, and values cut to what fits."""

import os
import re
import unicodedata

NARROWEST, WIDEST = 40, 140

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, those that turn the direction of a line, and what UTF-8 or XML cannot hold."""

_SHOWN = {"\n": "⏎", "\t": "⇥", "\r": "␍"}


class Style:
    """How text is set: colours or none, and the columns there are."""

    __slots__ = ("colour", "width")

    def __init__(self, colour: bool = False, width: int | None = None) -> None:
        self.colour = colour
        columns = terminal_width() if width is None else width
        self.width = max(NARROWEST, min(WIDEST, columns))

    def paint(self, text: str, *colours: str) -> str:
        """Colour a text that is already padded."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[colour] for colour in colours)}m{text}\x1b[0m"


def terminal_width() -> int:
    """Give the columns that COLUMNS or the terminal says, that of standard error where the output is a pipe; else 100."""
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        pass
    for stream in (1, 2):
        try:
            return os.get_terminal_size(stream).columns or 100
        except OSError:
            continue
    return 100


def clean(text: str) -> str:
    """Show line ends and control characters as visible marks: values are input, and input may hold escape sequences."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda match: _SHOWN.get(match.group(), "�"), text)


def say_nothing(rule: str) -> str:
    """Write what a side says that does not speak: a thing is absent, a setting is not set."""
    is_thing = rule.endswith((".missing", ".kind", ".check", ".content", ".target", ".record"))
    return "absent" if is_thing and rule != "variable.missing" else "not set"


def cells(text: str) -> int:
    """Count the columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text
    )


def pad(text: str, width: int) -> str:
    """Fill a text with spaces up to a width."""
    return text + " " * max(0, width - cells(text))


def shorten(text: str, width: int) -> str:
    """Cut a text at its end to a width."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += cells(character)
        if used > width - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def shorten_path(text: str, width: int) -> str:
    """Cut a path at its start to a width: its end says more."""
    return text if len(text) <= width else "…" + text[len(text) - max(1, width - 1) :]


def shorten_values(values: list[str], width: int) -> list[str]:
    """Cut values that stand under each other to a width so that the first difference between them stays in sight."""
    if all(cells(value) <= width for value in values):
        return values
    common = _common_start(values) if len(values) > 1 else 0
    skip = max(0, common - width // 3)
    if skip < 8:
        return [shorten(value, width) for value in values]
    return [shorten("…" + value[skip:], width) if len(value) > skip else shorten(value, width) for value in values]


def _common_start(values: list[str]) -> int:
    for index, characters in enumerate(zip(*values, strict=False)):
        if any(character != characters[0] for character in characters):
            return index
    return min(map(len, values))


def wrap(text: str, width: int, indent: str = "", further: str | None = None) -> list[str]:
    """Break a text into lines at spaces; a word that is longer than a line stands alone."""
    lines: list[str] = []
    line = indent
    start = indent
    for word in text.split():
        if line != start and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            start = line = indent if further is None else further
        line += word if line == start else f" {word}"
    lines.append(line)
    return lines


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number and what it counts."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
