"""Data to YAML as Go's libraries write it, each leaf with the place of its value.

`toYaml` goes through JSON and go-yaml v2: keys in its natural order, lists at the level of their key, long lines folded at
80 columns; `toYamlPretty` is go-yaml v3: lists one level deeper, and nothing is folded.
"""

import math
import re
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.gotemplate.bounds import LONGEST_TEXT, limit
from isomorph.syntax.gotemplate.cutting import cut_many, split_text
from isomorph.syntax.gotemplate.data import NoItems, Truth, origins_of
from isomorph.syntax.gotemplate.jsontext import print_float as print_json_float
from isomorph.syntax.gotemplate.printing import print_float
from isomorph.syntax.gotemplate.text import cut_text, join_texts, mark_text, values_of_text
from isomorph.syntax.yaml.dialects import NUMBER_STARTS, WORDS, Dialect, resolve_number

_WIDTH = 80
_LONGEST_KEY = 128
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])"
    r"(?:[Tt ](?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9](?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?"
)
_OLD_WORDS = frozenset(
    ("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF")
)
_PLAIN = re.compile(r"[A-Za-z0-9_/$(+~<=\\;^)][A-Za-z0-9_/.$()+~<>=\\;^\"'&*!|%@`-]*")
"""Text in which no character has a meaning in a plain scalar, wherever it stands."""
_SPECIAL = re.compile(r"[^\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
_DIGITS = re.compile(r"\d+")


def print_yaml(value: Any, *, pretty: bool = False) -> str:
    """Write a value as a document without its last line break; raises ValueError for what JSON cannot say."""
    writer = _Writer(pretty)
    writer.write(value, -2, mapping=False)
    text = join_texts(writer.parts)
    return cut_text(text, 0, len(text) - 1) if text.endswith("\n") else text


class _Writer:
    """Appends a document's text; what ends a line is written by what ends there."""

    def __init__(self, pretty: bool) -> None:
        self.pretty = pretty
        self.parts: list[str] = []
        self.column = 0

    def put(self, text: str) -> None:
        self.parts.append(text)
        limit(len(self.parts), LONGEST_TEXT, "pieces of text")
        self.column = self.column + len(text) if "\n" not in text else len(text) - text.rindex("\n") - 1

    def write(self, value: Any, indent: int, *, mapping: bool, written: bool = False) -> None:
        """Write a node inside a collection at an indentation, -2 outside of any; what it starts with is on this line.

        `mapping` says that it stands behind a key, `written` that it is the text of a scalar already.
        """
        if isinstance(value, dict) and value:
            self.write_mapping(value, indent + 2, fresh=mapping)
        elif isinstance(value, list | tuple) and value:
            deeper = 0 if mapping and not self.pretty else 2
            self.write_sequence(value, indent + deeper, fresh=mapping)
        else:
            if mapping:
                self.put(" ")
            self.put(value if written else self.to_scalar(value, max(indent, 0) + 2))
            if self.column:
                self.put("\n")

    def write_mapping(self, value: dict[str, Any], indent: int, *, fresh: bool) -> None:
        """Write entries; `fresh` says that they start on a line of their own."""
        if fresh:
            self.put("\n")
        for index, key in enumerate(sorted(value, key=self.to_order)):
            if index or fresh:
                self.put(" " * indent)
            item = value[key]
            if item is None:
                item = mark_text("null", values_of_text(key))
            if self.write_key(key, indent):
                self.write(item, indent, mapping=False, written=value[key] is None)
            else:
                self.write(item, indent, mapping=True, written=value[key] is None)

    def to_order(self, key: str) -> "_Order":
        return _Order(key, self.pretty)

    def write_key(self, key: str, indent: int) -> bool:
        """Write a key and its colon; tell whether it is a complex one, whose value starts on the line of the colon."""
        if len(key.encode()) > _LONGEST_KEY or _BREAK.search(key):
            self.put("? ")
            self.put(self.to_text(key, indent + 2, key=False))
            self.put(" " * indent if self.column == 0 else "\n" + " " * indent)
            self.put(": ")
            return True
        self.put(self.to_text(key, indent + 2, key=True))
        self.put(":")
        return False

    def write_sequence(self, value: list[Any] | tuple[Any, ...], indent: int, *, fresh: bool) -> None:
        if fresh:
            self.put("\n")
        for index, item in enumerate(value):
            if index or fresh:
                self.put(" " * indent)
            self.put(mark_text("- ", origins_of(item)))
            self.write(item, indent, mapping=False)

    def to_scalar(self, value: Any, indent: int) -> str:
        if isinstance(value, str):
            return self.to_text(value, indent, key=False)
        return mark_text(print_scalar(value, pretty=self.pretty), origins_of(value))

    def to_text(self, text: str, indent: int, *, key: bool) -> str:
        """Write a string in the style that go-yaml chooses for it."""
        if _PLAIN.fullmatch(text) and (key or len(text) < _WIDTH) and not _is_other(text, pretty=self.pretty):
            return text
        style = _Style(text, key=key, pretty=self.pretty)
        if style.name == "literal":
            return _print_literal(text, indent)
        folds = not key and not self.pretty
        if style.name == "plain":
            return _fold(text, self.column, indent) if folds else text
        quoted = _quote_single(text) if style.name == "single" else _quote_double(text)
        if folds:
            quoted = _fold_quoted(quoted, self.column, indent, style.name == "double")
        if len(quoted) == len(text) + 2:
            return join_texts([quoted[0], text, quoted[-1]])
        return mark_text(quoted, values_of_text(text))


def print_scalar(value: Any, *, pretty: bool) -> str:
    """Write a number, a boolean, nothing or an empty collection."""
    if value is None or isinstance(value, NoItems):
        return "null"
    if isinstance(value, bool | Truth):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        whole = not pretty and math.isfinite(value) and value == int(value) and -(2**63) <= value < 2**64
        return print_json_float(value) if whole else print_float(value)
    if isinstance(value, dict | list | tuple):
        return "{}" if isinstance(value, dict) else "[]"
    raise ValueError(f"no YAML for a {type(value).__name__}")


class _Style:
    """How a string is written: the analysis of libyaml's emitter, which go-yaml has taken over."""

    def __init__(self, text: str, *, key: bool, pretty: bool) -> None:
        tabs = pretty and "\t" in text
        special = _SPECIAL.search(text.replace("\t", "") if pretty else text) is not None
        breaks = _BREAK.search(text) is not None
        space_break = any(text[found.start() - 1 : found.start()] == " " for found in _BREAK.finditer(text))
        break_space = any(text[found.end() : found.end() + 1] == " " for found in _BREAK.finditer(text))
        edges = text[:1] == " " or text[-1:] == " " or bool(_BREAK.match(text[:1]) or _BREAK.match(text[-1:]))
        plain = not (edges or breaks or special or tabs or break_space or space_break or _has_indicators(text))
        single = not (break_space or space_break or special or tabs)
        block = bool(text) and text[-1:] != " " and not (space_break or special)
        if "\n" in text:
            self.name = "literal" if block and not key else "double"
        elif _is_other(text, pretty=pretty):
            self.name = "double"
        elif plain and (text or not key):
            self.name = "plain"
        else:
            self.name = "single" if single else "double"


def _has_indicators(text: str) -> bool:
    """Tell whether a text in block style would be taken for something else where it stands bare."""
    if text.startswith(("---", "...")):
        return True
    if text[:1] in "#,[]{}&*!|>'\"%@`" and text:
        return True
    if text[:1] in ("?", ":", "-") and (len(text) == 1 or text[1] in " \t"):
        return True
    return bool(re.search(r":(?:[ \t]|$)", text) or re.search(r"[ \t\n\r\x85\u2028\u2029]#", text))


def _is_other(text: str, *, pretty: bool) -> bool:
    """Tell whether a bare text would be read as something else than this string."""
    if text in WORDS[Dialect.KUBERNETES]:
        return not pretty or text not in _OLD_WORDS or True
    if text[:1] not in NUMBER_STARTS:
        return False
    try:
        if not isinstance(resolve_number(text, Dialect.KUBERNETES, Origin("")), str):
            return True
    except InvalidInput:
        return True
    return bool(_TIMESTAMP.fullmatch(text) or _BASE_60.fullmatch(text))


def _print_literal(text: str, indent: int) -> str:
    hint = "2" if text[0] in " \n" else ""
    chomping = "-" if not text.endswith("\n") else "+" if text == "\n" or text.endswith("\n\n") else ""
    pad = " " * indent
    parts: list[str] = [mark_text(f"|{hint}{chomping}\n", values_of_text(text)[:1])]
    lines = split_text(text, "\n")
    for index, line in enumerate(lines):
        if line:
            parts += [pad, line]
        if index < len(lines) - 1:
            parts.append("\n")
    return join_texts(parts)


def _fold(text: str, column: int, indent: int) -> str:
    """Break a plain text's lines at single spaces beyond the width."""
    if column + len(text) <= _WIDTH:
        return text
    breaks = _find_breaks(text, column, indent, range(len(text)))
    spans = list(zip([0, *[at + 1 for at in breaks]], [*breaks, len(text)], strict=True))
    parts: list[str] = []
    for part in cut_many(text, spans):
        parts += ["\n" + " " * indent, part]
    return join_texts(parts[1:])


def _find_breaks(text: str, column: int, indent: int, places: range) -> list[int]:
    found: list[int] = []
    spaces = False
    for index, character in enumerate(text):
        if character == " ":
            inside = index in places and index + 1 < len(text) and text[index + 1] != " "
            if inside and not spaces and column > _WIDTH:
                found.append(index)
                column = indent
            else:
                column += 1
            spaces = True
        else:
            column += 1
            spaces = False
    return found


def _fold_quoted(quoted: str, column: int, indent: int, double: bool) -> str:
    if column + len(quoted) <= _WIDTH:
        return quoted
    parts: list[str] = []
    spaces = False
    for index, character in enumerate(quoted):
        last = index >= len(quoted) - 2
        following = quoted[index + 1 : index + 2]
        allowed = index > 1 and not last and not spaces and column > _WIDTH and (double or following != " ")
        if character == " " and allowed:
            parts.append("\n" + " " * indent + ("\\" if following == " " else ""))
            column = indent + (following == " ")
        else:
            parts.append(character)
            column += 1
        spaces = character == " "
    return "".join(parts)


def _quote_single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_SHORT = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


def _quote_double(text: str) -> str:
    parts = ['"']
    for character in text:
        if character in '"\\' or _SPECIAL.match(character) or _BREAK.match(character):
            code = ord(character)
            form = f"x{code:02X}" if code <= 0xFF else f"u{code:04X}" if code <= 0xFFFF else f"U{code:08X}"
            parts.append("\\" + _SHORT.get(character, form))
        else:
            parts.append(character)
    return "".join([*parts, '"'])


class _Order:
    """A key in go-yaml's order: digits by their number, letters after everything else (behind a digit, v3: before)."""

    __slots__ = ("pretty", "text")

    def __init__(self, text: str, pretty: bool) -> None:
        self.text = text
        self.pretty = pretty

    def __lt__(self, other: "_Order") -> bool:
        one, two = self.text, other.text
        for index, (left, right) in enumerate(zip(one, two, strict=False)):
            if left != right:
                return _is_before(one, two, index, self.pretty)
        return len(one) < len(two)


def _is_before(one: str, two: str, index: int, pretty: bool) -> bool:
    left, right = one[index], two[index]
    if left.isalpha() and right.isalpha():
        return left < right
    if left.isalpha() or right.isalpha():
        behind_digit = pretty and one[index - 1 : index].isdigit()
        return left.isalpha() if behind_digit else right.isalpha()
    start = 0
    if "0" in (left, right):
        before = re.search(r"\d*$", one[:index])
        start = 1 if before and before.group().strip("0") else 0
    numbers = []
    for text in (one, two):
        found = _DIGITS.match(text, index)
        digits = found.group() if found else ""
        numbers.append((int(f"{start}{digits}"), len(digits)))
    return numbers[0] < numbers[1] if numbers[0] != numbers[1] else left < right
