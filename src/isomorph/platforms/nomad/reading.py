"""What one reading gathers beside the model, and the values of arguments, checked for their type."""

import re
from collections.abc import Iterator
from typing import Any

from isomorph.model.application import Configuration, Extra, Secret, Volume
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Placeholder, Text, parts_of, print_text
from isomorph.platforms.nomad.known import Nested, Shape
from isomorph.syntax.hcl.body import Block, Body, Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data

PLATFORM = "nomad"

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


class Reading:
    """The origins, extras and diagnostics of one reading."""

    __slots__ = ("_counted", "configurations", "diagnostics", "extras", "origins", "secrets", "volumes")

    def __init__(self) -> None:
        self.origins: dict[Path, Origin] = {}
        self.extras: list[Extra] = []
        self.diagnostics: list[Diagnostic] = []
        self.volumes: dict[str, Volume] = {}
        self.secrets: dict[str, Secret] = {}
        self.configurations: dict[str, Configuration] = {}
        self._counted: dict[tuple[str, str], list[Origin]] = {}

    def say(self, code: str, message: str, origin: Origin | None = None, path: Path = ()) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, origin, path))

    def count(self, code: str, message: str, origin: Origin) -> None:
        """Add a diagnostic that is told once, however often its cause occurs."""
        self._counted.setdefault((code, message), []).append(origin)

    def finish(self) -> tuple[Diagnostic, ...]:
        """Give all diagnostics."""
        counted = [
            Diagnostic(code, f"{message} ({len(origins)} times)" if len(origins) > 1 else message, origins[0])
            for (code, message), origins in self._counted.items()
        ]
        return (*self.diagnostics, *counted)

    def keep(self, path: Path, location: tuple[str | int, ...], value: Any, origin: Origin) -> None:
        """Keep plain data that the model has no place for."""
        self.extras.append(Extra(PLATFORM, path, location, value, origin))

    def keep_rest(
        self, body: Body, shape: Shape, read: frozenset[str], path: Path, location: tuple[str | int, ...]
    ) -> None:
        """Keep the arguments and blocks of a body that are known and that nobody read."""
        for name, node in body.attributes.items():
            if name not in read and name in shape.attributes:
                self.keep(path, (*location, name), to_data(node), body.keys[name])
        blocks: dict[str, list[Block]] = {}
        for block in body.blocks:
            if block.type not in read and block.type in shape.blocks:
                blocks.setdefault(block.type, []).append(block)
        for name, found in blocks.items():
            self.keep(path, (*location, name), _plain_blocks(found, shape.blocks[name]), found[0].origin)
        for name, node in body.attributes.items():
            if name not in read and name in shape.blocks:
                self.keep(path, (*location, name), to_data(node), body.keys[name])

    def check(self, body: Body, shape: Shape, what: str) -> None:
        """Tell the arguments and blocks that Nomad does not know."""
        for name in body.attributes:
            if name not in shape.attributes and name not in shape.blocks:
                self.say("unknown-field", f"{what} has no argument {name}; it is passed over", body.keys[name])
        for block in body.blocks:
            if block.type not in shape.blocks:
                self.say("unknown-field", f"{what} has no block {block.type}; it is passed over", block.origin)
            elif block.type not in shape.attributes and (inner := shape.blocks[block.type].shape) is not None:
                self.check(block.body, inner, block.type)


def to_plain(body: Body, shape: Shape | None) -> dict[str, Any]:
    """Give a body as plain data: a block that may repeat as a list, labelled ones by their labels."""
    said = {name: to_data(node) for name, node in body.attributes.items()}
    blocks: dict[str, list[Block]] = {}
    for block in body.blocks:
        blocks.setdefault(block.type, []).append(block)
    for name, found in blocks.items():
        nested = shape.blocks.get(name) if shape is not None else None
        said[name] = _plain_blocks(found, nested or Nested(name, "many"))
    return said


def _plain_blocks(blocks: list[Block], nested: Nested) -> Any:
    if any(block.labels for block in blocks):
        return {"/".join(block.labels): to_plain(block.body, nested.shape) for block in blocks}
    plain = [to_plain(block.body, nested.shape) for block in blocks]
    return plain if nested.form == "many" or len(plain) > 1 else plain[0]


def blocks_of(body: Body, kind: str) -> list[Block]:
    """Give the blocks of a type; what is written as an argument, `meta = {…}`, is one, too."""
    found = [block for block in body.blocks if block.type == kind]
    node = body.attributes.get(kind)
    if node is not None:
        found += [Block(kind, (), to_body(item), body.keys[kind]) for item in mappings_of(node)]
    return found


def block_of(body: Body, kind: str) -> Block | None:
    """Give the one block of a type; a second one is an error to Nomad."""
    found = blocks_of(body, kind)
    if len(found) > 1:
        raise InvalidInput(
            f"block {kind} is written twice, first at line {found[0].origin.line}", found[1].origin, "keep one of them"
        )
    return found[0] if found else None


def to_body(mapping: Mapping) -> Body:
    """Give a mapping as a body of arguments."""
    return Body(dict(mapping.entries), {key: node.origin for key, node in mapping.keys.items()}, [], mapping.origin)


def to_mapping(body: Body) -> Mapping:
    """Give a body of free form as a mapping, as the API has it: blocks of one type are a list, each below its labels."""
    entries: dict[str, Node] = dict(body.attributes)
    keys = {name: Scalar(origin, name, name) for name, origin in body.keys.items()}
    for block in body.blocks:
        inner = to_mapping(block.body)
        for label in reversed(block.labels):
            key = Scalar(block.origin, label, label)
            inner = Mapping(block.origin, {label: Sequence(inner.origin, [inner])}, {label: key})
        known = entries.get(block.type)
        if isinstance(known, Sequence):
            entries[block.type] = Sequence(known.origin, [*known.items, inner])
        else:
            entries[block.type] = Sequence(block.origin, [inner])
            keys[block.type] = Scalar(block.origin, block.type, block.type)
    return Mapping(body.origin, entries, keys)


def mappings_of(node: Node | None) -> list[Mapping]:
    """Give the mappings in a node: itself, or the items of a list."""
    if isinstance(node, Mapping):
        return [node]
    return [item for item in node.items if isinstance(item, Mapping)] if isinstance(node, Sequence) else []


def items_of(node: Node | None) -> list[Node]:
    """Give a list's items; a single value is a list of one, as it is to Nomad's decoder of old."""
    if isinstance(node, Sequence):
        return node.items
    return [] if node is None or is_null(node) else [node]


def pairs_of(node: Node | None) -> Iterator[tuple[str, Node, Origin]]:
    """Give names, values and places of a map, or of a list of maps, as `port_map` and `labels` are written."""
    for mapping in mappings_of(node):
        for key, value in mapping.items():
            yield key, value, mapping.keys[key].origin if key in mapping.keys else value.origin


def is_null(node: Node) -> bool:
    """Tell whether a node is null."""
    return isinstance(node, Scalar) and node.value is None


def text_at(node: Node) -> Text:
    """Give a scalar as text, placeholders kept; numbers and truth values as HCL spells them."""
    if type(node) is Interpolated:
        return node.parts
    if not isinstance(node, Scalar):
        raise InvalidInput("a single value is expected here", node.origin, "write a string")
    value = node.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def string_at(node: Node) -> str:
    """Give a scalar as a string; what is not settled stands in it as it was written."""
    return print_text(text_at(node))


def integer_at(node: Node, what: str) -> int | None:
    """Give a whole number, None where it is not settled; raises InvalidInput for anything else."""
    text = text_at(node)
    if not isinstance(text, str):
        return None
    if _INTEGER.fullmatch(text.strip()):
        return int(text)
    raise InvalidInput(f"{what} is no whole number: {text[:40]!r}", node.origin, "write a number")


def amount_at(node: Node, what: str, scale: int) -> int | Placeholder | None:
    """Give a whole number times a scale; a variable without a value stays a placeholder."""
    text = text_at(node)
    if isinstance(text, str):
        number = integer_at(node, what)
        return None if number is None else number * scale
    return next((part for part in parts_of(text) if isinstance(part, Placeholder)), None)


def boolean_at(node: Node, what: str) -> bool | None:
    """Give a truth value, None where it is not settled; raises InvalidInput for anything else."""
    text = text_at(node)
    if not isinstance(text, str):
        return None
    if text in ("true", "1"):
        return True
    if text in ("false", "0", ""):
        return False
    raise InvalidInput(f"{what} is neither true nor false: {text[:40]!r}", node.origin, "write true or false")


def duration_at(node: Node, what: str) -> int | None:
    """Give a duration in milliseconds: `1m30s`, or a number of nanoseconds as the API has it."""
    text = text_at(node)
    if not isinstance(text, str):
        return None
    try:
        return parse_duration(text)
    except ValueError:
        raise InvalidInput(f"{what} is no duration: {text[:40]!r}", node.origin, "write 30s, 5m or 1h30m") from None


def parse_duration(text: str) -> int:
    """Give a duration as Go spells it in milliseconds; a bare number is nanoseconds."""
    if _INTEGER.fullmatch(text):
        return int(text) // 10**6
    found = list(_DURATION.finditer(text))
    if not found or "".join(match.group() for match in found) != text.lstrip("+"):
        raise ValueError(text)
    total = sum(float(match[1]) * _NANOSECONDS[match[2]] for match in found)
    return round(total / 10**6)
