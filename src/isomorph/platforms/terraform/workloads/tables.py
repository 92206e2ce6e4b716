"""Bodies and documents of a cloud's services to the model, field by field, each with its place.

A `Part` is one thing of a workload while it is read: its node, and its path in the model. Fields that were asked for are
known; the rest is kept beside the model.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Placeholder, Text, print_text
from isomorph.platforms.terraform.module import Link, Resource
from isomorph.platforms.terraform.reading import Reading, text_at
from isomorph.platforms.terraform.workloads.open_values import plain, tell_open, to_placeholder
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

MIB = 1 << 20


class Part:
    """A mapping, and where what it says goes in the model."""

    def __init__(self, reading: Reading, node: Mapping, path: Path) -> None:
        self.reading = reading
        self.node = node
        self.path = path
        self.asked: set[str] = set()

    def find(self, name: str) -> Node | None:
        """Give what stands in a field, None for null and for what is empty."""
        self.asked.add(name)
        node = self.node.get(name)
        if isinstance(node, Scalar) and not isinstance(node, Interpolated) and node.value in (None, ""):
            return None
        return node

    def parts(self, name: str, *path: str) -> list["Part"]:
        """Give the blocks, or mappings of a list, in a field."""
        node = self.find(name)
        if isinstance(node, Mapping):
            return [Part(self.reading, node, (*self.path, *path))]
        if not isinstance(node, Sequence):
            return []
        return [Part(self.reading, item, (*self.path, *path)) for item in node if isinstance(item, Mapping)]

    def part(self, name: str, *path: str) -> "Part | None":
        """Give the one block in a field."""
        found = self.parts(name, *path)
        return found[0] if found else None

    def note(self, node: Node | Origin, *path: str) -> None:
        """Keep where a value of the model is written."""
        self.reading.origins[(*self.path, *path)] = node if isinstance(node, Origin) else node.origin

    def text(self, name: str, *path: str) -> Text | None:
        """Give a text, its expressions kept."""
        node = self.find(name)
        text = text_at(node)
        if text is not None and node is not None and path:
            self.note(node, *path)
        return text

    def word(self, name: str, *path: str) -> str | None:
        """Give a text where the model has a word: an expression as it is printed."""
        text = self.text(name, *path)
        return None if text is None else print_text(text)

    def texts(self, name: str, *path: str) -> tuple[Text, ...] | None:
        """Give a list of texts, None where there is none."""
        node = self.find(name)
        if not isinstance(node, Sequence) or not len(node):
            return None
        self.note(node, *path)
        for index, item in enumerate(node):
            self.note(item, *path, str(index))
        return tuple(text for item in node if (text := text_at(item)) is not None)

    def words(self, name: str) -> tuple[str, ...] | None:
        """Give a list of words."""
        node = self.find(name)
        if not isinstance(node, Sequence):
            return None
        return tuple(print_text(text) for item in node if (text := text_at(item)) is not None)

    def flag(self, name: str, *path: str) -> bool | None:
        """Give a truth value; one that is not settled is told."""
        node = self.find(name)
        if not isinstance(node, Scalar):
            return None
        if isinstance(node, Interpolated):
            tell_open(self.reading, name, node)
            return None
        if node.value not in (True, False, "true", "false"):
            raise InvalidInput(f"{name} is neither true nor false", node.origin, "write true or false")
        if path:
            self.note(node, *path)
        return node.value in (True, "true")

    def number(self, name: str, *path: str) -> int | None:
        """Give a whole number; one that is not settled is told."""
        node = self.find(name)
        if isinstance(node, Interpolated) and not isinstance(node.parts, str):
            tell_open(self.reading, name, node)
            return None
        amount = self.amount(name, 1, *path)
        return amount if isinstance(amount, int) else None

    def port(self, name: str, *path: str) -> int | None:
        """Give the number of a port."""
        number = self.number(name, *path)
        if number is not None and not 0 < number < 65536:
            raise InvalidInput(
                f"{name} is {number}, which is no port", self.place(name), "write a number from 1 to 65535"
            )
        return number

    def amount(self, name: str, factor: int, *path: str) -> int | Placeholder | None:
        """Give a number in other units, rounded up; one that is not settled stays as it is."""
        node = self.find(name)
        if not isinstance(node, Scalar):
            return None
        if path:
            self.note(node, *path)
        if isinstance(node, Interpolated) and not isinstance(node.parts, str):
            return to_placeholder(node.parts)
        try:
            value = Decimal(print_text(text_at(node) or "")) * factor
            whole = value.to_integral_value("ROUND_CEILING")
        except (InvalidOperation, ValueError):
            raise InvalidInput(f"{name} is no number", node.origin, "write digits") from None
        if not 0 <= whole < 1 << 63:
            raise InvalidInput(f"{name} is out of all bounds", node.origin, "check its unit")
        return int(whole)

    def place(self, name: str) -> Origin:
        """Give where a field is written."""
        node = self.node.get(name)
        return node.origin if node is not None else self.node.origin

    def keep_rest(self, *location: str | int) -> None:
        """Keep the fields that nobody asked for."""
        for name, node in self.node.items():
            value: Any = plain(node)
            if name not in self.asked and value not in (None, "", [], {}):
                self.reading.keep(self.path, (*location, name), value, node.origin)


def resource_of(reading: Reading, node: Node | None) -> tuple[Resource, Link] | None:
    """Give the resource of which the first expression in a text is an attribute."""
    if not isinstance(node, Interpolated) or isinstance(node.parts, str):
        return None
    for part in node.parts:
        link = reading.module.attribute_of(part)
        found = reading.module.find(link.address) if link is not None else None
        if link is not None and isinstance(found, Resource):
            return found, link
    return None
