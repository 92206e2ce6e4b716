r"""The grammar of `--set`: `name.inner[0]=value,other={a,b}`, `\` before a character that would mean something.

Source: helm.sh/docs/intro/using_helm#the-format-and-limitations-of---set and Helm's package strvals, whose words for
values these are: `true`, `false`, `null`, whole numbers that do not start with zero; all else is text.
"""

from collections.abc import Callable

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.gotemplate.data import WHOLE
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, Value

GREATEST_INDEX = 65_536
DEEPEST = 30
"""Helm's own bounds of an index and of a name's parts."""

ReadValue = Callable[[str, Origin], Node]


def typed_value(text: str, origin: Origin) -> Node:
    """Give a value as `--set` types it; a whole number stays one, where a number of a file is a float."""
    word = text.lower()
    values: dict[str, Value] = {"true": True, "false": False, "null": None, "0": 0}
    if word in values:
        return Scalar(origin, values[word], text, tag=WHOLE if word == "0" else None)
    digits = text[1:] if text[:1] in "+-" else text
    if digits.isascii() and digits.isdigit() and text[0] != "0" and -(2**63) <= int(text[:25]) < 2**63:
        return Scalar(origin, int(text), text, tag=WHOLE)
    return Scalar(origin, text, text, plain=False)


def text_value(text: str, origin: Origin) -> Node:
    """Give a value as `--set-string` does: as text."""
    return Scalar(origin, text, text, plain=False)


def set_values(text: str, values: Mapping, read_value: ReadValue, option: str) -> None:
    """Set what one option's text says in `values`, which must be nobody else's; raises InvalidInput for what Helm refuses.

    `read_value` makes a value of its text.
    """
    _Setter(text, read_value, option).run(values)


def set_json(text: str, values: Mapping) -> None:
    """Set what a `--set-json` of the form `name=JSON,…` says."""
    _JsonSetter(text, text_value, "set-json").run(values)


def rename_files(text: str, rename: Callable[[str], str]) -> str:
    """Give the text of a `--set-file` with other names for the files that it reads."""
    setter = _Setter(text, text_value, "set-file")
    setter.run(Mapping(Origin(""), {}, {}))
    for start, end, path in reversed(setter.spans):
        text = text[:start] + rename(path) + text[end:]
    return text


class Found(msgspec.Struct):
    """Characters up to one that means something; `stop` is empty at the end of the text."""

    text: str
    stop: str


class _Setter:
    """Reads one text from left to right."""

    def __init__(self, text: str, read_value: ReadValue, option: str) -> None:
        self.text = text
        self.position = 0
        self.read_value = read_value
        self.option = option
        self.start = 0  # Where the name that is read begins.
        self.name = ""  # That name, once it is known.
        self.spans: list[tuple[int, int, str]] = []  # Where each value stands, and what it says.

    def run(self, values: Mapping) -> None:
        while self.position < len(self.text):
            self.start = self.position
            self.name = ""
            self.read_key(values, 0)

    def origin(self) -> Origin:
        """Give the place of a value: the option and the name that it sets, never the value, which may be a secret."""
        return Origin(f"?{self.option}={self.name}")

    def refuse(self, message: str) -> InvalidInput:
        end = self.text.find("=", self.start)
        name = self.text[self.start : end if end >= 0 else self.start + 60]
        return InvalidInput(f"`{self.option}={name}…`: {message}", None, "write name=value, or name.inner[0]=value")

    def until(self, stops: str) -> Found:
        found: list[str] = []
        text = self.text
        while self.position < len(text):
            char = text[self.position]
            self.position += 1
            if char in stops:
                return Found("".join(found), char)
            if char == "\\" and self.position < len(text):
                char = text[self.position]
                self.position += 1
            found.append(char)
        return Found("".join(found), "")

    def read_key(self, data: Mapping, depth: int) -> None:
        """Read a name, and what it is set to, into a mapping."""
        found = self.until("=[,.")
        key = found.text
        if found.stop == "":
            if key:
                raise self.refuse(f"{key!r} has no value")
            return
        if found.stop == ",":
            raise self.refuse(f"{key!r} has no value, and a comma follows it")
        if found.stop == "[":
            before = data.get(key)
            if before is not None and not isinstance(before, Sequence):
                raise self.refuse(f"{key!r} is no list, and is set by an index")
            index = self.read_index()
            items = list(before.items) if isinstance(before, Sequence) else []
            self.read_item(items, index, depth)
            self.put(data, key, Sequence(self.origin(), items))
        elif found.stop == "=":
            self.name = self.text[self.start : self.position - 1]
            self.put(data, key, self.read_values())
        else:
            self.read_inner(data, key, depth + 1)

    def read_inner(self, data: Mapping, key: str, depth: int) -> None:
        """Read what follows a point: a name inside of a mapping."""
        if depth > DEEPEST:
            raise self.refuse(f"the name has more than {DEEPEST} parts")
        before = data.get(key)
        if before is not None and not isinstance(before, Mapping):
            raise self.refuse(f"{key!r} is no mapping, and something inside of it is set")
        inner = Mapping(Origin(""), {}, {}) if before is None else before
        self.read_key(inner, depth)
        if not inner.entries:
            raise self.refuse(f"{key!r} has no value")
        if before is None:
            self.put(data, key, Mapping(self.origin(), inner.entries, inner.keys))

    def put(self, data: Mapping, key: str, value: Node) -> None:
        if key:  # As Helm does with an empty name.
            data.entries[key] = value
            data.keys[key] = Scalar(self.origin(), key, key)

    def read_index(self) -> int:
        written = self.until("]")
        try:
            index = int(written.text[:12])
        except ValueError:
            raise self.refuse(f"{written.text[:12]!r} is no index of a list") from None
        if not 0 <= index <= GREATEST_INDEX:
            raise self.refuse(f"an index is a number from 0 to {GREATEST_INDEX}")
        return index

    def read_item(self, items: list[Node], index: int, depth: int) -> None:
        """Read what an item of a list is set to."""
        found = self.until("[.=")
        if found.text:
            raise self.refuse(f"{found.text!r} follows an index")
        before = items[index] if index < len(items) else None
        value: Node
        if found.stop == "=":
            self.name = self.text[self.start : self.position - 1]
            value = self.read_values()
        elif found.stop == "[":
            inner = list(before.items) if isinstance(before, Sequence) else []
            if depth >= DEEPEST:
                raise self.refuse(f"the name has more than {DEEPEST} parts")
            self.read_item(inner, self.read_index(), depth + 1)
            value = Sequence(self.origin(), inner)
        elif found.stop == ".":
            if depth >= DEEPEST:
                raise self.refuse(f"the name has more than {DEEPEST} parts")
            value = before if isinstance(before, Mapping) else Mapping(Origin(""), {}, {})
            self.read_key(value, depth + 1)
            if value is not before:
                value = Mapping(self.origin(), value.entries, value.keys)
        else:
            raise self.refuse("an index has no value")
        while len(items) <= index:
            items.append(Scalar(self.origin(), None, "null"))
        items[index] = value

    def read_values(self) -> Node:
        """Read a value, or a list of them in braces."""
        if not self.text.startswith("{", self.position):
            return self.read_one(",")[0]
        self.position += 1
        items: list[Node] = []
        while True:
            item, stop = self.read_one(",}")
            if not stop:
                raise self.refuse("a list in braces has no end")
            items.append(item)
            if stop == "}":
                if self.text.startswith(",", self.position):
                    self.position += 1
                return Sequence(self.origin(), items)

    def read_one(self, stops: str) -> tuple[Node, str]:
        """Read one value; gives it with what ends it."""
        start = self.position
        found = self.until(stops)
        self.spans.append((start, self.position - len(found.stop), found.text))
        return self.read_value(found.text, self.origin()), found.stop


class _JsonSetter(_Setter):
    """Reads values that are JSON; what is empty is null."""

    def read_values(self) -> Node:
        import json

        rest = self.text[self.position :].lstrip()
        self.position = len(self.text) - len(rest)
        if not rest or rest.startswith(","):
            self.position += 1
            return Scalar(self.origin(), None, "null")
        try:
            value, end = json.JSONDecoder().raw_decode(rest)
            node = to_node(value, self.origin())
        except (ValueError, RecursionError):
            raise self.refuse("the value is no JSON") from None
        self.position += end
        blank = len(self.text) - len(self.text[self.position :].lstrip())
        self.position = blank + 1 if self.text.startswith(",", blank) else blank
        return node


def to_node(value: object, origin: Origin) -> Node:
    """Give plain data as a tree that was all written at one place."""
    if isinstance(value, dict):
        entries = {str(key): to_node(inner, origin) for key, inner in value.items()}
        return Mapping(origin, entries, {key: Scalar(origin, key, key) for key in entries})
    if isinstance(value, list):
        return Sequence(origin, [to_node(item, origin) for item in value])
    assert value is None or isinstance(value, str | int | float | bool)
    return Scalar(origin, value, value if isinstance(value, str) else repr(value), plain=not isinstance(value, str))
