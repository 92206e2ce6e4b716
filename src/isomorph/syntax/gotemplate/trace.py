"""A tree parsed from what templates gave, with the positions of the templates and values behind it."""

import msgspec

from isomorph.syntax.gotemplate.render import Rendered
from isomorph.syntax.tree import Mapping, Node, Piece, Pieced, Scalar, Sequence


def trace(node: Node, rendered: Rendered) -> Node:
    """Give a tree that was parsed from a rendered text (by its line numbers) with the places behind it."""
    return _Tracer(rendered).trace(node)


class _Tracer:
    def __init__(self, rendered: Rendered) -> None:
        self.rendered = rendered
        self.done: dict[int, Node] = {}  # An alias repeats its anchor's node.

    def trace(self, node: Node) -> Node:
        known = self.done.get(id(node))
        if known is None:
            known = self.done[id(node)] = self._trace(node)
        return known

    def _trace(self, node: Node) -> Node:
        if isinstance(node, Scalar):
            return self._trace_scalar(node)
        origin = self.rendered.origin_at(node.origin.line, node.origin.column)
        if isinstance(node, Mapping):
            keys = {name: self._trace_scalar(key) for name, key in node.keys.items()}
            return Mapping(origin, {name: self.trace(value) for name, value in node.entries.items()}, keys, node.tag)
        if isinstance(node, Sequence):
            return Sequence(origin, [self.trace(item) for item in node.items], node.tag)
        return node

    def _trace_scalar(self, node: Scalar) -> Scalar:
        rendered = self.rendered
        start = rendered.to_offset(node.origin.line, node.origin.column)
        first = rendered.origin_of(start)
        inner = self._find_text(node, start)
        pieces = [
            Piece(begin - inner, end - inner, origin)
            for begin, end, origin in rendered.stretches(inner, inner + len(node.text))
        ]
        via = tuple(dict.fromkeys(place for piece in pieces for place in piece.origin.via))
        origin = msgspec.structs.replace(first, via=via) if via else first
        if len(pieces) < 2:
            return Scalar(origin, node.value, node.text, node.plain, node.tag)
        return Pieced(origin, node.value, node.text, node.plain, node.tag, tuple(pieces))

    def _find_text(self, node: Scalar, start: int) -> int:
        """Give where a scalar's content starts."""
        return start if node.plain else start + 1
