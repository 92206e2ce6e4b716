"""Data to JSON as Go's encoding/json writes it, each leaf with the place of its value."""

import math
import re
from decimal import Decimal
from typing import Any

from isomorph.syntax.gotemplate.bounds import LONGEST_TEXT, limit
from isomorph.syntax.gotemplate.data import NoItems, Truth, origins_of
from isomorph.syntax.gotemplate.text import join_texts, mark_text, values_of_text

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile('[\x00-\x1f"\\\\\u2028\u2029]')
_ESCAPED_FOR_HTML = re.compile('[\x00-\x1f"\\\\\u2028\u2029<>&]')


def print_json(value: Any, *, html: bool = True, pretty: bool = False) -> str:
    """Write a value; raises ValueError for what JSON cannot say. `html` escapes what HTML would take for its own."""
    parts: list[str] = []
    _Writer(parts, _ESCAPED_FOR_HTML if html else _ESCAPED, pretty).write(value, 0)
    return join_texts(parts)


class _Writer:
    def __init__(self, parts: list[str], escaped: re.Pattern[str], pretty: bool) -> None:
        self.parts = parts
        self.escaped = escaped
        self.pretty = pretty

    def write(self, value: Any, level: int) -> None:
        if isinstance(value, str):
            self.parts.append(self.to_string(value))
        elif isinstance(value, dict):
            self.write_collection("{}", [(key, value[key]) for key in sorted(value)], level)
        elif isinstance(value, list | tuple) and not isinstance(value, NoItems):
            self.write_collection("[]", [(None, item) for item in value], level)
        else:
            self.parts.append(mark_text(print_scalar(value), origins_of(value)))

    def write_collection(self, brackets: str, entries: list[tuple[str | None, Any]], level: int) -> None:
        parts = self.parts
        limit(len(parts), LONGEST_TEXT, "pieces of text")
        if level > 1000:
            raise ValueError("it is nested too deep")
        parts.append(brackets[0])
        for index, (key, item) in enumerate(entries):
            parts.append("," if index else "")
            parts.append("\n" + "  " * (level + 1) if self.pretty else "")
            if key is not None:
                parts += [self.to_string(key), ": " if self.pretty else ":"]
            self.write(item, level + 1)
        parts.append("\n" + "  " * level if self.pretty and entries else "")
        parts.append(brackets[1])

    def to_string(self, text: str) -> str:
        if not self.escaped.search(text):
            return join_texts(['"', text, '"'])
        return mark_text(f'"{self.escaped.sub(_escape, text)}"', values_of_text(text))


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def print_scalar(value: Any) -> str:
    """Write a number, a boolean or nothing."""
    if value is None or isinstance(value, NoItems):
        return "null"
    if isinstance(value, bool | Truth):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return print_float(value)
    if isinstance(value, bytes):
        import base64

        return f'"{base64.b64encode(value).decode()}"'
    raise ValueError(f"no JSON for a {type(value).__name__}")


def print_float(value: float) -> str:
    """Write a float in its shortest form, with an exponent below 1e-6 and from 1e21 on."""
    if not math.isfinite(value):
        raise ValueError("JSON has no infinity")
    text = repr(value)
    if value and not 1e-6 <= abs(value) < 1e21:
        mantissa, _, exponent = text.partition("e")
        number = int(exponent or 0)
        return f"{mantissa.removesuffix('.0')}e{number:+d}"
    text = format(Decimal(text), "f") if "e" in text else text
    return text.removesuffix(".0")
