"""What environments say, laid over each other: what is the same stands in the template, what differs becomes a value."""

import re
from typing import Any

from isomorph.platforms.helm.write_nodes import Block, Guarded, Inline, Node, Splice, quote_argument
from isomorph.platforms.helm.write_rows import ROWS, Row
from isomorph.platforms.helm.write_values import ABSENT, Path, Values

Views = dict[str, Any]
"""What each environment says at one place: only those that have the place at all, and ABSENT where they say nothing."""

_WORDS = re.compile(r"[A-Za-z0-9]+")


def to_camel(text: str) -> str:
    """Give a name for a value that a template can refer to with a dot: `carts-db` is `cartsDb`."""
    words = _WORDS.findall(text)
    first = words[0] if words else "x"
    first = first.lower() if first.isupper() else first[0].lower() + first[1:]
    name = first + "".join(word[0].upper() + word[1:] for word in words[1:])
    return f"x{name}" if name[0].isdigit() else name


def values_path(path: Path) -> str:
    """Give the expression of a value."""
    return ".".join((".Values", *path))


def has(path: Path) -> str:
    """Give the condition that a value is there, whatever it is."""
    return f"hasKey {values_path(path[:-1])} {quote_argument(path[-1])}"


class Lift:
    """Makes the nodes of templates out of views, and puts values where they are needed."""

    def __init__(self, values: Values) -> None:
        self.values = values

    def lift(self, root: Path, trail: Path, views: Views) -> Node:
        """Give a node for what stands at a place; where environments differ, the value is called by `root` and `trail`."""
        given = list(views.values())
        if all_same(given):
            return given[0]
        if all(isinstance(each, dict) for each in given):
            return self.mapping(root, trail, views)
        if all(isinstance(each, list) for each in given):
            items = self.items(root, trail, views)
            if items is not None:
                return items
        return self.value((*root, *trail), views)

    def mapping(self, root: Path, trail: Path, views: Views) -> dict[str, Node]:
        """Give a mapping, key by key."""
        return {
            key: self.field(root, (*trail, to_camel(key)), pick(views, key)) for key in union_keys(views)
        }  # fmt: skip

    def field(self, root: Path, trail: Path, views: Views) -> Node:
        """Give the node of one key, which some environments may not have."""
        if any(each is ABSENT or each is None for each in views.values()) and not all_same(list(views.values())):
            return self.optional((*root, *trail), views)
        return self.lift(root, trail, views)

    def items(self, root: Path, trail: Path, views: Views) -> list[Node] | None:
        """Give a list whose items have names, item by item; None where it must be one value."""
        names = merge_names(views)
        if names is None or any(len(each) != len(names) for each in views.values()):
            return None
        return [
            self.lift(root, (*trail, to_camel(name)), {key: named(each, name) for key, each in views.items()})
            for name in names
        ]

    def value(self, path: Path, views: Views, row: Row | None = None) -> Node:
        """Place a value that every environment has, and give its node."""
        given = _wrap(views)
        path = self.values.put(path, given, row)
        if given is not views:
            return Inline(f"first {values_path(path)} | toJson")
        return node_of(list(views.values()), values_path(path))

    def optional(self, path: Path, views: Views, row: Row | None = None) -> Node:
        """Place a value that some environments do not have, and give its node."""
        views = {name: ABSENT if value is None else value for name, value in views.items()}
        known = [value for value in views.values() if value is not ABSENT]
        wrapped = _wrap(views)
        path = self.values.put(path, wrapped, row)
        expression = values_path(path)
        if wrapped is not views:
            return Guarded(f"if {has(path)}", Inline(f"first {expression} | toJson"))
        if all(known) and not any(isinstance(each, bool) for each in known):
            return Guarded(f"with {expression}", node_of(known, "."))
        return Guarded(f"if {has(path)}", node_of(known, expression))

    def offered(self, path: Path, views: Views, empty: Any) -> Node:
        """Place a value that whoever installs the chart may want to say, even where no environment does."""
        given = {name: empty if value is ABSENT or value is None else value for name, value in views.items()}
        path = self.values.put(path, given)
        return Guarded(f"with {values_path(path)}", node_of([empty], "."))

    def switch(self, path: Path, present: Any) -> str:
        """Place what tells whether something is part of an environment; gives the condition."""
        given = {name: name in present for name in self.values.environments}
        return values_path(self.values.put(path, given, ROWS["enabled"]))


def all_same(given: list[Any]) -> bool:
    """Tell whether all are the same, true not being 1."""
    first = given[0]
    return all(equal(first, each) for each in given[1:])


def equal(one: Any, other: Any) -> bool:
    """Tell whether two pieces of plain data are the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def pick(views: Views, key: str) -> Views:
    """Give what each environment says under a key; what is no mapping, which a kept hook may have anywhere, says nothing."""
    return {name: each.get(key, ABSENT) if isinstance(each, dict) else ABSENT for name, each in views.items()}


def union_keys(views: Views) -> list[str]:
    """Give the keys of all environments, in the order in which they come."""
    return list(dict.fromkeys(key for each in views.values() if isinstance(each, dict) for key in each))


def named(items: list[Any], name: str) -> Any:
    """Give the item of a name, or ABSENT."""
    return next((item for item in items if item["name"] == name), ABSENT)


def merge_names(views: Views) -> list[str] | None:
    """Give the names of the items of all environments' lists, in an order that is each list's own; None where there is none."""
    merged: list[str] = []
    for items in views.values():
        if not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in items):
            return None
        names = [item["name"] for item in items]
        if len(set(names)) != len(names):
            return None
        position = 0
        for name in names:
            if name in merged:
                found = merged.index(name)
                if found < position:
                    return None
                position = found + 1
            else:
                merged.insert(position, name)
                position += 1
    return merged


def node_of(given: list[Any], expression: str) -> Node:
    """Give the node of a value at an expression, by its type."""
    if all(isinstance(each, str) for each in given):
        return Inline(f"{expression} | quote")
    if all(isinstance(each, bool) for each in given):
        return Inline(expression)
    if all(isinstance(each, int) and not isinstance(each, bool) for each in given):
        return Inline(f"int64 {expression}")  # Numbers of values are floats, printed as 1e+06 (fact 12).
    if all(isinstance(each, dict | list) for each in given):
        return Block(f"toYaml {expression}")
    return Inline(f"toJson {expression}")


def splice(expression: str) -> Splice:
    """Give the entries of a value that is a mapping, or the items of one that is a list."""
    return Splice(f"toYaml {expression}")


def _wrap(views: Views) -> Views:
    """Put mappings and what is none, which Helm cannot lay over each other, into lists."""
    known = [value for value in views.values() if value is not ABSENT]
    kinds = {isinstance(value, dict) for value in known}
    if len(kinds) < 2:
        return views
    return {name: value if value is ABSENT else [value] for name, value in views.items()}
