"""A tree parsed from what templates gave, with the positions of the templates and values behind it."""

from collections.abc import Iterator

import msgspec

from isomorph.syntax.gotemplate.render import Rendered
from isomorph.syntax.tree import Mapping, Node, Piece, Pieced, Scalar, Sequence

_ESCAPE_LENGTHS = {"x": 3, "u": 5, "U": 9}


def trace(node: Node, rendered: Rendered) -> Node:
    """Give a tree that was parsed from a rendered text (by its line numbers) with the places behind it.

    The origin of a node is the place in the template that wrote its first character, its `via` the places of the values
    that its text came from; an alias repeats its anchor's node here, too.
    """
    return _Tracer(rendered).trace(node)


class _Tracer:
    """Traces the nodes of one text."""

    def __init__(self, rendered: Rendered) -> None:
        self.rendered = rendered
        self.done: dict[int, Node] = {}

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
        start = self.rendered.to_offset(node.origin.line, node.origin.column)
        first = self.rendered.origin_of(start)
        pieces = join_pieces(self._find_pieces(node, start))
        via = tuple(dict.fromkeys(place for piece in pieces for place in piece.origin.via))
        origin = msgspec.structs.replace(first, via=via) if via != first.via else first
        if len(pieces) < 2:
            return Scalar(origin, node.value, node.text, node.plain, node.tag)
        return Pieced(origin, node.value, node.text, node.plain, node.tag, tuple(pieces))

    def _find_pieces(self, node: Scalar, start: int) -> Iterator[Piece]:
        text = self.rendered.text
        inner = start if node.plain else start + 1
        spans = [(0, inner, len(node.text))] if text.startswith(node.text, inner) else align(node.text, text, start)
        for index, offset, length in spans:
            for begin, end, origin in self.rendered.stretches(offset, offset + length):
                yield Piece(begin - offset + index, end - offset + index, origin)


def join_pieces(pieces: Iterator[Piece]) -> list[Piece]:
    """Join neighbours from one place of a template and the same values, as the lines of a block are."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last is not None and last.origin.file == piece.origin.file and _is_continued(last, piece):
            joined[-1] = Piece(last.start, piece.end, last.origin)
        else:
            joined.append(piece)
    return joined


def _is_continued(last: Piece, piece: Piece) -> bool:
    """Tell whether a piece goes on where the last one ended: the same place, or the next characters of a template's text."""
    one, other = last.origin, piece.origin
    if one.via != other.via:
        return False
    same_line = one.line == other.line
    return same_line and (
        one.column == other.column or (not one.via and other.column - one.column >= last.end - last.start)
    )


def align(text: str, raw: str, start: int) -> Iterator[tuple[int, int, int]]:
    """Find a scalar's text in its written form: give stretches as (index in the text, offset in `raw`, length).

    Quotes, escapes, indentation and folds of YAML are what the two differ in.
    """
    position = _skip_head(raw, start)
    quote = raw[position] if raw[position : position + 1] in ('"', "'") else ""
    if quote:
        position += 1
    elif raw[position : position + 1] in ("|", ">"):
        position = raw.find("\n", position) + 1 or len(raw)
    index = begin = 0
    while index < len(text) and position < len(raw):
        if raw[position] == text[index] and not (quote and raw[position] in "\\'"):
            index += 1
            position += 1
            continue
        if begin < index:
            yield begin, position - (index - begin), index - begin
        taken, used = _match_written(text[index], raw, position, quote)
        if used == 0:
            return
        if taken:
            yield index, position, 1
        index += taken
        position += used
        begin = index
    if begin < index:
        yield begin, position - (index - begin), index - begin


def _skip_head(raw: str, start: int) -> int:
    """Pass an anchor and a tag before a scalar."""
    while raw[start : start + 1] in ("&", "!"):
        while start < len(raw) and not raw[start].isspace():
            start += 1
        while start < len(raw) and raw[start] == " ":
            start += 1
    return start


def _match_written(character: str, raw: str, position: int, quote: str) -> tuple[int, int]:
    """Give how many characters of the text, and of its written form, are passed here."""
    written = raw[position]
    if quote == "'" and written == "'":
        return (1, 2) if raw[position : position + 2] == "''" and character == "'" else (0, 0)
    if quote == '"' and written == "\\":
        following = raw[position + 1 : position + 2]
        if following == "\n":
            return 0, 2
        return 1, 1 + _ESCAPE_LENGTHS.get(following, 1)
    if quote and written == character:  # An apostrophe in double quotes, a backslash in single ones.
        return 1, 1
    if not written.isspace():
        return 0, 0
    return (1, 1) if written == "\n" and character == " " else (0, 1)
