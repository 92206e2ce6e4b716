"""Small changes of a YAML text that leave all the rest of it, comments and layout included, as it was written.

Each change is checked by reading the new text: it says what the old one said and the change, or it is not made.
"""

import json
import re
from copy import deepcopy
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import WORDS, Dialect
from isomorph.syntax.yaml.read import parse_one

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*")
_NOT_PLAIN = frozenset(("y", "n", "yes", "no", "on", "off"))
_LONGEST = 100
"""Characters of a line beyond which a list is written an item a line."""

Path = tuple[str, ...]


class CannotEdit(Exception):
    """The text is laid out in a way that this module does not change."""


def add_entry(text: str, path: Path, value: Any) -> str:
    """Give the text with an entry added: a key that is not there yet, below mappings that may not be there either.

    `value` is plain data. Raises CannotEdit.
    """
    expected = _data_of(text)
    inner = expected
    for step in path[:-1]:
        inner[step] = inner = inner.get(step) or {}
    if path[-1] in inner and inner[path[-1]] is not None:
        raise CannotEdit(f"{'.'.join(path)} is there already")
    inner[path[-1]] = value
    return _check(_Edit(text).add_entry(path, value), expected)


def add_items(text: str, path: Path, items: list[str], *, first: bool = False) -> str:
    """Give the text with items added to a list, at its end or before its `first`; the list is made where there is none."""
    expected = _data_of(text)
    inner = expected
    for step in path[:-1]:
        inner[step] = inner = inner.get(step) or {}
    old = inner.get(path[-1]) or []
    inner[path[-1]] = [*items, *old] if first else [*old, *items]
    edit = _Edit(text)
    node = edit.find(path)
    if node is None or edit.is_null(node):
        return _check(edit.add_entry(path, items), expected)
    return _check(edit.add_items(node, items, first), expected)


def set_value(text: str, path: Path, value: str | bool) -> str:
    """Give the text with a single value set, whether it was there or not."""
    expected = _data_of(text)
    edit = _Edit(text)
    node = edit.find(path)
    if node is None or edit.is_null(node):
        return add_entry(text, path, value)
    inner = expected
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return _check(edit.replace(node, print_flow(value)), expected)


def _data_of(text: str) -> dict[str, Any]:
    data = to_data(parse_one(text, "-", Dialect.COMPOSE).root)
    if data is not None and not isinstance(data, dict):
        raise CannotEdit("it is no mapping")
    return deepcopy(data) if data else {}


def _check(text: str, expected: dict[str, Any]) -> str:
    try:
        found = _data_of(text)
    except InvalidInput:
        raise CannotEdit("it is laid out in an unusual way") from None
    if found != expected:
        raise CannotEdit("it is laid out in an unusual way")
    return text


class _Edit:
    """A text, and the nodes in it with the places where they begin and end."""

    def __init__(self, text: str) -> None:
        import yaml

        self.text = text
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        self.root: Any = yaml.compose(text, Loader=yaml.SafeLoader)

    def find(self, path: Path) -> Any:
        """Give the node at a path, or None."""
        node = self.root
        for step in path:
            node = next((value for key, value in _entries(node) if key.value == step), None)
            if node is None:
                return None
        return node

    def is_null(self, node: Any) -> bool:
        """Tell whether a node is null, written or not."""
        return bool(node.tag == "tag:yaml.org,2002:null")

    def add_entry(self, path: Path, value: Any) -> str:
        """Add an entry to the innermost mapping of its path that is there."""
        depth = len(path) - 1
        while depth and ((parent := self.find(path[:depth])) is None):
            depth -= 1
        for step in reversed(path[depth + 1 :]):
            value = {step: value}
        key = path[depth]
        parent = self.find(path[:depth])
        indent = self._indent_of(path[:depth])
        there = next((each for name, each in _entries(parent) if name.value == key), None) if parent else None
        if there is not None:  # It is null: what is written of it gives way.
            place = next(name for name, _ in _entries(parent) if name.value == key)
            return self._fill(there, _lines(key, value, " " * place.start_mark.column), place)
        if parent is None or (depth == 0 and self.is_null(parent)):
            return self._append(_lines(key, value, ""))
        if self.is_null(parent) or (parent.flow_style and not parent.value):
            return self._open(parent, _lines(key, value, indent))
        if not depth and not parent.flow_style:  # At the end, below what comments stand there.
            return self._append(_lines(key, value, ""))
        if parent.flow_style:
            return self._insert(self._end(parent.value[-1][1]), f", {print_flow(key)}: {print_flow(value)}")
        return self._insert_lines(self._end(parent), _lines(key, value, " " * parent.start_mark.column))

    def add_items(self, node: Any, items: list[str], first: bool) -> str:
        """Add items to a list that is there."""
        if not isinstance(node.value, list) or node.id != "sequence":
            raise CannotEdit("it is no list")
        if node.flow_style:
            joined = ", ".join(map(print_flow, items))
            if not node.value:
                return self.replace(node, f"[{joined}]")
            if first:
                return self._insert(node.value[0].start_mark.index, f"{joined}, ")
            return self._insert(self._end(node.value[-1]), f", {joined}")
        start = node.start_mark.index
        line = self.text.rfind("\n", 0, start) + 1
        indent = self.text[line:start]
        if indent.strip(" "):
            raise CannotEdit("its first item is not on a line of its own")
        lines = [f"{indent}- {print_flow(item)}" for item in items]
        if first:
            return self._insert(line, "".join(f"{each}{self.line_end}" for each in lines))
        return self._insert_lines(self._end(node), lines)

    def replace(self, node: Any, written: str) -> str:
        """Put another text in the place of a node."""
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        return self.text[:start] + written + self.text[end:]

    def _fill(self, node: Any, lines: list[str], key: Any) -> str:
        """Write a null entry anew, its key included; a comment behind it goes after it."""
        before, after = self.text[: key.start_mark.index], self.text[node.end_mark.index :]
        lines = [lines[0].lstrip(" "), *lines[1:]]
        if len(lines) == 1:
            return before + lines[0] + after
        comment, end, rest = after.partition(self.line_end)
        return before + lines[0] + comment + self.line_end + self.line_end.join(lines[1:]) + end + rest

    def _open(self, node: Any, lines: list[str]) -> str:
        """Give an empty mapping (`{}` or null, the value of a key) its first entry, on lines of its own."""
        before, after = self.text[: node.start_mark.index].rstrip(" "), self.text[node.end_mark.index :]
        comment, end, rest = after.partition(self.line_end)
        joined = self.line_end.join(lines)
        if node is self.root:
            return before + joined + (end or self.line_end) + rest
        return before + comment.rstrip() + self.line_end + joined + (end or self.line_end) + rest

    def _append(self, lines: list[str]) -> str:
        text = self.text if not self.text or self.text.endswith("\n") else self.text + self.line_end
        return text + "".join(f"{each}{self.line_end}" for each in lines)

    def _insert(self, place: int, written: str) -> str:
        return f"{self.text[:place]}{written}{self.text[place:]}"

    def _insert_lines(self, end: int, lines: list[str]) -> str:
        """Insert lines below the one that a place is on."""
        place = self.text.find("\n", end)
        if place < 0:
            return self._append(lines)
        return self._insert(place + 1, "".join(f"{each}{self.line_end}" for each in lines))

    def _indent_of(self, path: Path) -> str:
        """Give the indentation of entries of the mapping at a path, if it is to be laid out in lines."""
        if not path:
            return ""
        parent = self.find(path[:-1])
        if parent.flow_style:
            raise CannotEdit("it is written in braces")
        key = next(key for key, _ in _entries(parent) if key.value == path[-1])
        return " " * int(key.start_mark.column + 2)

    def _end(self, node: Any) -> int:
        """Give the place behind the last character that a node says; comments behind it do not count."""
        if node.id == "scalar" or node.flow_style or not node.value:
            return len(self.text[: node.end_mark.index].rstrip())
        last = node.value[-1]
        return self._end(last[1] if isinstance(last, tuple) else last)


def _entries(node: Any) -> Any:
    return node.value if node is not None and node.id == "mapping" else ()


def _lines(key: str, value: Any, indent: str) -> list[str]:
    """Lay an entry out in lines: mappings and long lists below their key, all else beside it."""
    if isinstance(value, dict) and value:
        return [
            f"{indent}{print_flow(key)}:",
            *(line for name, each in value.items() for line in _lines(name, each, indent + "  ")),
        ]
    line = f"{indent}{print_flow(key)}: {print_flow(value)}"
    if isinstance(value, list) and len(line) > _LONGEST:
        return [f"{indent}{print_flow(key)}:", *(f"{indent}  - {print_flow(item)}" for item in value)]
    return [line]


def print_flow(value: Any) -> str:
    """Write plain data on one line; a text in JSON is a text in YAML, whatever characters it holds."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{print_flow(key)}: {print_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(print_flow, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN and value not in WORDS[Dialect.COMPOSE]
        if plain and not re.match(r"\.[0-9a-zA-Z]", value):
            return value
        return value if plain and "/" in value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
