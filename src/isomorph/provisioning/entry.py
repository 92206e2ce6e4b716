"""One entry of a provisioner file: the keys that all schemes share, and reading keys with their positions."""

from difflib import get_close_matches
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

SHARED_KEYS = ("uri", "type", "class", "id", "description", "supported_params", "expected_outputs")
"""Keys of every scheme."""


class Entry(msgspec.Struct, kw_only=True):
    """What a provisioner of a file says of itself; `class_` and `id` are None where any matches."""

    uri: str
    type: str
    class_: str | None = None
    id: str | None = None
    description: str = ""
    supported_params: tuple[str, ...] | None = None
    expected_outputs: tuple[str, ...] | None = None
    origin: Origin | None = None


class TemplateText(msgspec.Struct, frozen=True):
    """A template and where it was written: the place of its first line, and whether its lines are those of the file."""

    text: str
    origin: Origin
    lines_match: bool = False

    def to_origin(self, line: int | None, column: int | None) -> Origin:
        """Give the place of a line and column (from 1) of the template; its start where they are not those of the file."""
        if line is None or not self.lines_match:
            return self.origin
        return Origin(self.origin.file, self.origin.line + line - 1, self.origin.column + (column or 1) - 1)


class EntryNode:
    """The keys of one entry, taken with their types checked; `lines` are those of the file."""

    def __init__(self, node: Mapping, lines: list[str]) -> None:
        self.node = node
        self.lines = lines

    def check_keys(self, known: tuple[str, ...], elsewhere: dict[str, str]) -> None:
        """Refuse keys that the scheme does not know; `elsewhere` says who does know a key."""
        for key, scalar in self.node.keys.items():
            if key not in known and key != "<<":
                raise InvalidInput(f"unknown key {key!r}", scalar.origin, elsewhere.get(key) or suggest(key, known))

    def head(self) -> dict[str, Any]:
        """Give the values of the shared keys, as arguments of Entry; `uri` and `type` must be there."""
        return {
            "uri": self.require("uri"),
            "type": self.require("type"),
            "class_": self.string("class"),
            "id": self.string("id"),
            "description": (self.string("description") or "").strip(),
            "supported_params": self.strings("supported_params"),
            "expected_outputs": self.strings("expected_outputs"),
            "origin": self.node.origin,
        }

    def require(self, key: str) -> str:
        """Give a string that must be there and not empty."""
        value = self.string(key)
        if not value:
            found = self.node.get(key)
            raise InvalidInput(
                f"a provisioner has no {key}", found.origin if found else self.node.origin, f"add `{key}:`"
            )
        return value

    def string(self, key: str) -> str | None:
        """Give a scalar as it was written; None where it is null or absent."""
        node = self.node.get(key)
        return None if node is None else _to_string(node, key)

    def strings(self, key: str) -> tuple[str, ...] | None:
        """Give a list of scalars as they were written; None where it is null or absent."""
        node = self.node.get(key)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return None
        if not isinstance(node, Sequence):
            raise InvalidInput(f"`{key}` must be a list of strings", node.origin, f"write `{key}: [a, b]`")
        return tuple(_to_string(item, key) or "" for item in node)

    def template(self, key: str) -> TemplateText | None:
        """Give a template without the white space around it; None where it is empty."""
        text = self.string(key)
        if text is None or not text.strip():
            return None
        place = self.node[key].origin
        line = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        if line[place.column - 1 : place.column] != "|":
            return TemplateText(text.strip(), place)
        first = place.line  # Lines count from 1: this is the index of the line below the `|`.
        while first < len(self.lines) - 1 and not self.lines[first].strip():
            first += 1
        indent = len(self.lines[first]) - len(self.lines[first].lstrip())
        return TemplateText(text.strip(), Origin(place.file, first + 1, indent + 1), lines_match=True)


def _to_string(node: Node, key: str) -> str | None:
    if not isinstance(node, Scalar):
        raise InvalidInput(f"`{key}` must be a string", node.origin, "a template is text: write it after `|`")
    return None if node.value is None else node.text


def suggest(name: str, known: tuple[str, ...] | list[str]) -> str:
    """Give a hint for an unknown name: the nearest known one, else all of them."""
    near = get_close_matches(name, known, 1, 0.6)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
