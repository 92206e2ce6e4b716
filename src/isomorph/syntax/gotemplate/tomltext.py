"""Data to TOML as BurntSushi's encoder writes it: simple values first, tables indented by two spaces a level."""

import re
from typing import Any

from isomorph.syntax.gotemplate.data import Truth, origins_of
from isomorph.syntax.gotemplate.printing import print_float
from isomorph.syntax.gotemplate.text import join_texts, mark_text, values_of_text

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ESCAPED = re.compile('[\x00-\x1f"\\\\\x7f]')


def print_toml(value: Any) -> str:
    """Write a mapping; raises ValueError for anything else and for lists that hold nothing (nil)."""
    if not isinstance(value, dict):
        raise ValueError("toml: top-level values must be Go maps or structs")
    parts: list[str] = []
    _write_table(value, (), parts)
    return join_texts(parts)


def _write_table(table: dict[str, Any], path: tuple[str, ...], parts: list[str]) -> None:
    pad = "  " * len(path)
    deeper: list[str] = []
    for key in sorted(table):
        value = table[key]
        if isinstance(value, dict) or _is_tables(value):
            deeper.append(key)
        elif value is not None:
            parts += [pad, print_key(key), " = ", print_value(value), "\n"]
    for key in deeper:
        _write_deeper(table[key], (*path, key), parts)


def _write_deeper(value: Any, path: tuple[str, ...], parts: list[str]) -> None:
    pad = "  " * (len(path) - 1)
    name = ".".join(print_key(key) for key in path)
    for item in [value] if isinstance(value, dict) else value:
        if len(path) == 1 and parts:
            parts.append("\n")
        parts.append(f"{pad}[{name}]\n" if isinstance(value, dict) else f"{pad}[[{name}]]\n")
        _write_table(item, path, parts)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, dict) for item in value)


def print_key(key: str) -> str:
    """Write a key, in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else _quote(key)


def print_value(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, str):
        return _quote(value)
    if isinstance(value, list | tuple):
        parts: list[str] = ["["]
        for index, item in enumerate(value):
            parts += [", " if index else "", print_value(item)]
        return join_texts([*parts, "]"])
    if isinstance(value, dict):
        parts = ["{"]
        for index, key in enumerate(sorted(value)):
            parts += [", " if index else "", print_key(key), " = ", print_value(value[key])]
        return join_texts([*parts, "}"])
    return mark_text(_print_scalar(value), origins_of(value))


def _print_scalar(value: Any) -> str:
    if isinstance(value, bool | Truth):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        text = print_float(value)
        return text if "." in text or "e" in text else f"{text}.0"
    raise ValueError("toml: cannot encode array with nil element")


def _quote(text: str) -> str:
    if not _ESCAPED.search(text):
        return join_texts(['"', text, '"'])
    quoted = _ESCAPED.sub(lambda found: _ESCAPES.get(found.group()) or f"\\u{ord(found.group()):04x}", text)
    return mark_text(f'"{quoted}"', values_of_text(text))
