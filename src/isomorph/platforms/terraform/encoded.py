"""Texts in JSON or YAML, as arguments have them, to what they say: `jsonencode({…})`, a template, a heredoc.

What is not settled in them, a host name that only an apply tells, say, is not settled in the value that it is part of.
"""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Part, Text, make_text, parts_of
from isomorph.syntax.hcl.body import Encoded, FileText, Interpolated, text_of
from isomorph.syntax.hcl.functions.encoding import parse_decoded
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_MARK = re.compile("\ue000([0-9]{1,6})\ue001")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)


def decode_argument(node: Node, language: str) -> Node | None:
    """Give what an argument in `json` or `yaml` says, None where all of it is not settled; raises InvalidInput.

    What is written as a value keeps the places of its parts, and so does what a file says; of any other text, all of it is
    where the text begins.
    """
    if isinstance(node, Encoded):
        return node.tree
    if isinstance(node, FileText):
        return _behind(parse_decoded(f"{language}decode", node.text, node.file), node.origin)
    if not isinstance(node, Scalar):
        return node
    parts = parts_of(text_of(node))
    if node.value is None and not isinstance(node, Interpolated):
        return None
    if len(parts) == 1 and not isinstance(parts[0], str):
        return None
    try:
        tree = parse_decoded(f"{language}decode", _with_marks(parts, quotes=language == "json"), node.origin.file)
    except InvalidInput as error:
        where = f"line {error.origin.line} of it: " if error.origin is not None else ""
        raise InvalidInput(f"not {language.upper()}: {where}{error.message}", node.origin, error.hint) from None
    return _place(tree, node.origin, parts)


def _behind(node: Node, place: Origin) -> Node:
    """Copy a tree of a file, with the place that names the file behind each part."""
    origin = node.origin.through(place)
    if isinstance(node, Mapping):
        entries = {key: _behind(value, place) for key, value in node.items()}
        return Mapping(origin, entries, node.keys)
    if isinstance(node, Sequence):
        return Sequence(origin, [_behind(item, place) for item in node])
    assert isinstance(node, Scalar)
    return Scalar(origin, node.value, node.text, node.plain)


def _with_marks(parts: tuple[Part, ...], *, quotes: bool) -> str:
    """Write a text with a mark for each part that is not settled, with `quotes` in quotes where it is in none."""
    text = ""
    is_inside = False
    for number, part in enumerate(parts):
        if isinstance(part, str):
            text += part.replace("\ue000", "").replace("\ue001", "")
            is_inside ^= sum(found[0] == '"' for found in _QUOTE.finditer(part)) % 2 == 1
        else:
            mark = f"\ue000{number}\ue001"
            text += mark if is_inside or not quotes else f'"{mark}"'
    return text


def _place(node: Node, origin: Origin, parts: tuple[Part, ...]) -> Node:
    """Put a tree at one place, and the parts that are not settled where their marks are."""
    if isinstance(node, Mapping):
        entries = {_fill_key(key, parts): _place(value, origin, parts) for key, value in node.items()}
        return Mapping(origin, entries, {key: Scalar(origin, key, key) for key in entries})
    if isinstance(node, Sequence):
        return Sequence(origin, [_place(item, origin, parts) for item in node])
    assert isinstance(node, Scalar)
    if isinstance(node.value, str) and _MARK.search(node.value):
        text = _fill(node.value, parts)
        return Interpolated(origin, None, "", False, parts=text)
    return Scalar(origin, node.value, node.text, node.plain)


def _fill(text: str, parts: tuple[Part, ...]) -> Text:
    found: list[Part] = []
    end = 0
    for mark in _MARK.finditer(text):
        found += [text[end : mark.start()], parts[int(mark[1])]]
        end = mark.end()
    return make_text([*found, text[end:]])


def _fill_key(key: str, parts: tuple[Part, ...]) -> str:
    from isomorph.model.text import print_text

    return print_text(_fill(key, parts)) if _MARK.search(key) else key
