"""Copies of trees with something changed in them: what was read stays as it is."""

from collections.abc import Callable

from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence


def with_entry(node: Mapping, key: str, value: Node) -> Mapping:
    """Give a copy of a mapping with another value under a key."""
    keys = node.keys if key in node.keys else {**node.keys, key: Scalar(value.origin, key, key)}
    return Mapping(node.origin, {**node.entries, key: value}, keys)


def without_entries(node: Mapping, names: frozenset[str]) -> Mapping:
    """Give a copy of a mapping without some keys; the mapping itself where it has none of them."""
    if not names & node.entries.keys():
        return node
    return Mapping(node.origin, {key: value for key, value in node.entries.items() if key not in names}, node.keys)


def change_at(node: Mapping, steps: tuple[str, ...], change: Callable[[Node], Node]) -> Mapping:
    """Give a copy of a mapping with what stands below some keys changed; itself where nothing stands there."""
    key, *rest = steps
    found = node.entries.get(key)
    if found is None:
        return node
    if not rest:
        return with_entry(node, key, change(found))
    return with_entry(node, key, change_at(found, tuple(rest), change)) if isinstance(found, Mapping) else node


def change_items(node: Node, change: Callable[[int, Mapping], Mapping]) -> Node:
    """Give a copy of a list of mappings with each of them changed."""
    if not isinstance(node, Sequence):
        return node
    items = [change(index, item) if isinstance(item, Mapping) else item for index, item in enumerate(node.items)]
    return Sequence(node.origin, items)
