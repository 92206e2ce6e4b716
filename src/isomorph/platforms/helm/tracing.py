"""The documents of a real `helm` with the places that our own rendering knows for their values."""

from isomorph.model.origin import Origin
from isomorph.platforms.helm.chart import text_of
from isomorph.platforms.helm.hooks import kind_of, name_of
from isomorph.platforms.helm.made_up import MADE_UP
from isomorph.platforms.helm.rendering import RenderedDocument
from isomorph.platforms.kubernetes.provenance import pair_items
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

Key = tuple[str, str, str, str]


def lay_over_documents(
    built: list[RenderedDocument], own: list[RenderedDocument], files: dict[str, str]
) -> tuple[list[RenderedDocument], int]:
    """Give what helm built with our places, and at how many places the values differ.

    Documents are the same ones by template, kind and name; what ours does not have is at the head of its template.
    """
    by_key: dict[Key, list[Node]] = {}
    for document in own:
        by_key.setdefault(_key_of(document), []).append(document.root)
    found: list[RenderedDocument] = []
    laying = _Laying()
    for document in built:
        counterparts = by_key.get(_key_of(document))
        if counterparts:
            root = laying.lay(document.root, counterparts.pop(0))
        else:
            root = laying.move(document.root, Origin(files.get(document.template, document.template)))
        found.append(RenderedDocument(document.template, root))
    return found, laying.differing


def _key_of(document: RenderedDocument) -> Key:
    root = document.root
    metadata = root.get("metadata") if isinstance(root, Mapping) else None
    namespace = text_of(metadata.get("namespace")) if isinstance(metadata, Mapping) else ""
    return document.template, kind_of(root), name_of(root), namespace


class _Laying:
    """Lays places over documents, and counts where values differ."""

    def __init__(self) -> None:
        self.differing = 0

    def lay(self, built: Node, own: Node) -> Node:
        """Give a node of helm's with the places of ours."""
        if _says_the_same(built, own) or own.tag == MADE_UP:
            return own
        if isinstance(built, Mapping) and isinstance(own, Mapping):
            entries: dict[str, Node] = {}
            keys: dict[str, Scalar] = {}
            for key, node in built.entries.items():
                below = own.get(key)
                entries[key] = self.lay(node, below) if below is not None else self.move(node, own.origin)
                keys[key] = own.keys[key] if key in own.keys else Scalar(own.origin, key, key)
            self.differing += sum(key not in built.entries for key in own.entries)
            return Mapping(own.origin, entries, keys)
        if isinstance(built, Sequence) and isinstance(own, Sequence):
            pairs = pair_items(built.items, own.items)
            self.differing += max(0, len(own.items) - len(built.items))
            items = [
                self.lay(item, below) if below is not None else self.move(item, own.origin) for item, below in pairs
            ]
            return Sequence(own.origin, items)
        return self.move(built, own.origin)

    def move(self, node: Node, origin: Origin) -> Node:
        """Give a node of helm's that ours has no counterpart for, all at one place."""
        self.differing += 1
        return _move(node, origin)


def _says_the_same(one: Node, other: Node) -> bool:
    """Tell whether two trees say the same, in the same types."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.entries.keys() == other.entries.keys() and all(
            _says_the_same(node, other.entries[key]) for key, node in one.entries.items()
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return len(one.items) == len(other.items) and all(map(_says_the_same, one.items, other.items))
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return type(one.value) is type(other.value) and one.value == other.value
    return False


def _move(node: Node, origin: Origin) -> Node:
    if isinstance(node, Mapping):
        entries = {key: _move(value, origin) for key, value in node.entries.items()}
        return Mapping(origin, entries, {key: Scalar(origin, key, key) for key in entries})
    if isinstance(node, Sequence):
        return Sequence(origin, [_move(item, origin) for item in node.items])
    assert isinstance(node, Scalar)
    return Scalar(origin, node.value, node.text, node.plain)
