"""Which values are behind what was parsed from a text, by line and column."""

from bisect import bisect_right
from collections.abc import Callable

from isomorph.syntax.gotemplate.data import Origins
from isomorph.syntax.gotemplate.text import runs_of
from isomorph.syntax.tree import Node, Scalar


def find_values(text: str) -> Callable[[Node], Origins]:
    """Give what tells the places of the values behind a node of a text."""
    runs = runs_of(text)
    if not any(mark.values for _, mark in runs):
        return lambda node: ()
    ends = [end for end, _ in runs]
    lines = [0]
    lines += [index + 1 for index, character in enumerate(text) if character == "\n"]

    def find(node: Node) -> Origins:
        start = lines[min(node.origin.line, len(lines)) - 1] + node.origin.column - 1
        end = start + 1
        if isinstance(node, Scalar):
            end = start + max(len(node.text) if node.plain else len(node.text) + 2, 1)
        found: dict[object, None] = {}
        index = min(bisect_right(ends, start), len(ends) - 1)
        while index < len(ends):
            found.update(dict.fromkeys(runs[index][1].values))
            if ends[index] >= end:
                break
            index += 1
        return tuple(found)  # type: ignore[arg-type]

    return find
