"""Sensitive values: each becomes a reference to a secret, and its value is known to nobody but the table of secrets."""

from typing import Any

from isomorph.model.text import Part, Placeholder, SecretValue
from isomorph.platforms.terraform.module import Step
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.hcl.values import Attribute, Partial, Pending, to_string, type_name
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence


class Secrets:
    """The values of what is sensitive, by the address of what it belongs to and its name in that."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, str]] = {}

    def hide(self, node: Node, address: str, path: tuple[Step, ...]) -> Node:
        """Give a tree in whose place for every text and number a reference stands; null, truth values and "" tell nothing."""
        if isinstance(node, Mapping):
            entries = {key: self.hide(each, address, (*path, key)) for key, each in node.items()}
            return Mapping(node.origin, entries, node.keys)
        if isinstance(node, Sequence):
            items = [self.hide(each, address, (*path, number)) for number, each in enumerate(node)]
            return type(node)(node.origin, items)
        if isinstance(node, Interpolated) and not isinstance(node.parts, str):
            return Interpolated(node.origin, None, "", False, parts=self.hide_parts(node.parts, address, path))
        if not isinstance(node, Scalar) or _tells_nothing(node.value):
            return node
        part = self.add(address, path, node.text)
        return Interpolated(node.origin, None, "", False, parts=(part,))

    def hide_value(self, value: Any, address: str, path: tuple[Step, ...]) -> Any:
        """Give a value likewise."""
        if isinstance(value, Attribute) or type(value) is Partial or _tells_nothing(value):
            return value
        if isinstance(value, Pending):
            return Pending(self.hide_parts(value.parts, address, path))
        if isinstance(value, dict):
            return {key: self.hide_value(each, address, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [self.hide_value(each, address, (*path, number)) for number, each in enumerate(value)]
        return Pending((self.add(address, path, to_string(value)),))

    def hide_parts(self, parts: tuple[Part, ...], address: str, path: tuple[Step, ...]) -> tuple[Part, ...]:
        """Give a text that is settled in parts likewise; an expression that holds texts is not told, either."""
        hidden: list[Part] = []
        for number, part in enumerate(parts):
            if isinstance(part, str):
                part = self.add(address, (*path, number), part)
            elif isinstance(part, Placeholder) and '"' in part.expression:
                part = Placeholder(f"${{{address}}}", part.variable)
            hidden.append(part)
        return tuple(hidden)

    def add(self, address: str, path: tuple[Step, ...], text: str) -> SecretValue:
        """Keep one value; give what stands for it."""
        key = ".".join(map(str, path))
        self.values.setdefault(address, {})[key] = text
        return SecretValue(address, key)


def _tells_nothing(value: Any) -> bool:
    return type_name(value) in ("null", "bool") or value == ""
