"""The patches of kustomizations: whom they concern, and the nodes by which they set values."""

import re
from collections.abc import Iterator

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.kubernetes.kustomizations import Collection, Kustomization, entries, normal, strings
from isomorph.platforms.kubernetes.transformers import text_of
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

# What tells the items of a list apart, as strategic merge patches do; the first that an item has.
MERGE_KEYS = ("name", "mountPath", "containerPort", "port", "key", "path", "ip", "topologyKey", "devicePath")


class Item(str):
    """The key of a list's item by the field that tells it apart: `name=web`."""

    __slots__ = ()


Keys = tuple[str | int, ...]
"""The way to a value: names, places in lists, and items of lists."""


class Patch:
    """A patch: whom it concerns, and the tree or the operations by which it changes them."""

    __slots__ = ("kind", "name", "operations", "tree")

    def __init__(self, kind: str | None, name: str | None, tree: Node | None, operations: list[Mapping]) -> None:
        self.kind = kind
        self.name = name
        self.tree = tree
        self.operations = operations

    def concerns(self, kind: str, names: tuple[str, ...]) -> bool:
        """Tell whether it may change an object of a kind and any of its names (its own, and what it was built as)."""
        if self.kind and self.kind != kind:
            return False
        if not self.name:
            return True
        if self.name in names:
            return True
        try:
            return any(re.fullmatch(self.name, name) for name in names) if len(self.name) < 256 else False
        except re.error:
            return False


def find_in_patch(patch: Patch, keys: Keys) -> Iterator[Node]:
    """Give the nodes by which a patch may set the value at some keys, the last word first.

    The items of lists are known by what tells them apart; an operation says only their places, so several may fit.
    """
    found = _find_by_items(patch.tree, keys) if patch.tree is not None else None
    if found is not None:
        yield found
    for operation in reversed(patch.operations):
        pointer, value = operation.get("path"), operation.get("value")
        if not isinstance(pointer, Scalar) or not isinstance(pointer.value, str) or value is None:
            continue
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.value.split("/")[1:]]
        if len(steps) > len(keys):
            continue
        if all(_is_step(step, key) for step, key in zip(steps, keys, strict=False)):
            found = _find_by_items(value, keys[len(steps) :])
            if found is not None:
                yield found


def _is_step(step: str, key: str | int) -> bool:
    """Tell whether a step of a JSON pointer may be a key: of an item in a list only its place is said."""
    if isinstance(key, int | Item):
        return step == "-" or step.isdecimal()
    return step == key


def _find_by_items(node: Node | None, keys: Keys) -> Node | None:
    for key in keys:
        if isinstance(node, Mapping) and isinstance(key, str) and not isinstance(key, Item):
            node = node.get(key)
        elif isinstance(node, Sequence):
            node = _find_item(node, key)
        elif isinstance(node, Mapping) and isinstance(key, Item):
            # The value of an operation that adds one item to a list is that item.
            name, _, text = key.partition("=")
            own = node.get(name)
            if not isinstance(own, Scalar) or str(own.value) != text:
                return None
        else:
            return None
    return node


def _find_item(sequence: Sequence, key: str | int) -> Node | None:
    if isinstance(key, int):
        return sequence.items[key] if key < len(sequence) else None
    name, _, text = key.partition("=")
    for item in sequence.items:
        own = item.get(name) if isinstance(item, Mapping) else None
        if isinstance(own, Scalar) and str(own.value) == text:
            return item
    return None


def read_patches(known: Kustomization, collection: Collection) -> Iterator[Patch]:
    """Give the patches of a kustomization in the order in which they are applied."""
    for node in strings(known.root, "patchesStrategicMerge"):
        yield from _patches_of(_load(node, known, collection), None)
    for key in ("patches", "patchesJson6902"):
        for entry in entries(known.root, key):
            target = entry.get("target")
            named = entry.get("path")
            inline = entry.get("patch")
            trees: list[Node] = []
            if isinstance(named, Scalar):
                trees = _load(named, known, collection)
            elif isinstance(inline, Scalar):
                trees = _load_inline(inline)
            yield from _patches_of(trees, target if isinstance(target, Mapping) else None)


def _patches_of(trees: list[Node], target: Mapping | None) -> Iterator[Patch]:
    for tree in trees:
        if isinstance(tree, Sequence):
            operations = [item for item in tree.items if isinstance(item, Mapping)]
            yield Patch(_text(target, "kind"), _text(target, "name"), None, operations)
        elif isinstance(tree, Mapping):
            if target is not None:
                yield Patch(_text(target, "kind"), _text(target, "name"), tree, [])
            else:
                metadata = tree.get("metadata")
                yield Patch(
                    _text(tree, "kind"), _text(metadata if isinstance(metadata, Mapping) else None, "name"), tree, []
                )


def _load(node: Scalar, known: Kustomization, collection: Collection) -> list[Node]:
    """Give the trees of a patch: those of a file, or of inline text."""
    path = normal(f"{known.folder}/{node.value}")
    content = collection.files.get(path)
    if content is None:
        return _load_inline(node)
    documents = parse_yaml(content, path, Dialect.JSON if path.endswith(".json") else Dialect.KUBERNETES)
    return [document.root for document in documents if document.root is not None]


def _load_inline(node: Scalar) -> list[Node]:
    """Give the trees of inline text, all of which stand where the text does."""
    try:
        documents = parse_yaml(str(node.value), node.origin.file, Dialect.KUBERNETES)
    except InvalidInput:
        return []
    return [shift(document.root, node) for document in documents if document.root is not None]


def shift(node: Node, holder: Scalar) -> Node:
    """Move a tree that was read out of a block scalar to the lines at which it stands in the file."""
    start = holder.origin
    in_block = holder.plain is False and "\n" in str(holder.value)
    line = start.line + node.origin.line if in_block else start.line
    origin = Origin(start.file, line, start.column if not in_block else node.origin.column)
    if isinstance(node, Mapping):
        below = {key: shift(value, holder) for key, value in node.entries.items()}
        return Mapping(origin, below, {key: _shift_key(key_node, holder) for key, key_node in node.keys.items()})
    if isinstance(node, Sequence):
        return Sequence(origin, [shift(item, holder) for item in node.items])
    assert isinstance(node, Scalar)
    return Scalar(origin, node.value, node.text, node.plain)


def _shift_key(node: Scalar, holder: Scalar) -> Scalar:
    moved = shift(node, holder)
    assert isinstance(moved, Scalar)
    return moved


def key_of(item: Node, index: int) -> str | int:
    """Give the key by which an item of a list is found elsewhere."""
    if isinstance(item, Mapping):
        for name in MERGE_KEYS:
            value = item.get(name)
            if isinstance(value, Scalar) and value.value is not None:
                return Item(f"{name}={value.value}")
    return index


def _text(node: Mapping | None, key: str) -> str:
    return text_of(node.get(key)) if node is not None else ""
