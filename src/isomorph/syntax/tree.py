"""The tree that every reader walks: nodes that know where their values were written.

A large definition has hundreds of thousands of nodes, so they are structs that the garbage collector does not follow
(a tree has no cycles: an anchor that contains itself is refused). They compare by identity. Nodes are shared wherever
an alias or a merge key repeats them, so they are never changed once they are read.
"""

from collections.abc import ItemsView, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from isomorph.model.origin import Origin

Value = str | int | float | bool | None
"""What a scalar resolves to; timestamps stay strings."""


class Node(msgspec.Struct, eq=False, gc=False):
    """Something written at a place: a scalar, a sequence or a mapping.

    Its origin is where it starts: its anchor or tag where it has one, the first key of a mapping in block style, the `|`
    or `>` of a block of text; what an alias repeats is where its anchor is.

    `tag` is an explicit tag that the dialect keeps for its reader (`!reset` and `!override` in Compose), else None.
    """

    origin: Origin

    if TYPE_CHECKING:  # Each kind has it as its last field, which a field here could not be.

        @property
        def tag(self) -> str | None: ...


class Scalar(Node, eq=False, gc=False):
    """A single value.

    `value` is typed by the dialect; `text` is what was written, after unquoting, unfolding and escapes; `plain` says
    that it was written without quotes.
    """

    value: Value
    text: str
    plain: bool = True
    tag: str | None = None

    def __repr__(self) -> str:
        return f"Scalar({self.value!r} at {self.origin})"


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A stretch of a scalar's text, and the place behind it."""

    start: int
    end: int
    origin: Origin


class Pieced(Scalar, eq=False, gc=False):
    """A scalar whose text came from several places, as a template puts it together.

    `pieces` cover its `text`; the origin is where it starts, with the values behind all of it.
    """

    pieces: tuple[Piece, ...] = ()

    def origin_at(self, index: int) -> Origin:
        """Give the place behind a character of the text."""
        return next((piece.origin for piece in self.pieces if piece.start <= index < piece.end), self.origin)

    def origin_of(self, start: int, end: int) -> Origin:
        """Give the place behind a part of the text: of the first stretch in it that came by way of another, else the first."""
        inside = [piece.origin for piece in self.pieces if piece.start < end and piece.end > start]
        return next((origin for origin in inside if origin.via), inside[0] if inside else self.origin)


class Sequence(Node, eq=False, gc=False):
    """A list of nodes."""

    items: list[Node]
    tag: str | None = None

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Node:
        return self.items[index]

    def __repr__(self) -> str:
        return f"Sequence({len(self.items)} items at {self.origin})"


class Mapping(Node, eq=False, gc=False):
    """Named nodes in the order they were written.

    `keys` has the nodes of the keys themselves, for their origins; `<<` is there where it was written, and what it brought
    is among the entries, with the origins of the anchor.
    """

    entries: dict[str, Node]
    keys: dict[str, Scalar]
    tag: str | None = None

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def __getitem__(self, key: str) -> Node:
        return self.entries[key]

    def get(self, key: str) -> Node | None:
        """Give the node under a key, or None."""
        return self.entries.get(key)

    def items(self) -> ItemsView[str, Node]:
        """Give keys with their nodes, in the order they were written."""
        return self.entries.items()

    def __repr__(self) -> str:
        return f"Mapping({', '.join(self.entries)} at {self.origin})"


def to_data(node: Node | None) -> Any:
    """Give plain dictionaries, lists and scalars: what the node says, without where it was said."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key: to_data(value) for key, value in node.entries.items()}
    if isinstance(node, Sequence):
        return [to_data(item) for item in node.items]
    return None
