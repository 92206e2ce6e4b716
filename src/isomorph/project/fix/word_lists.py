"""The edits that write a command or its arguments anew: as a list of the words that the other side has, laid out as this one."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from isomorph.drift.finding import Finding
from isomorph.project.fix.mending import Edit, ReadText
from isomorph.project.fix.said import Sides
from isomorph.project.fix.transplanting import chain_to
from isomorph.syntax.written import Syntax, is_plain, is_word, quote, syntax_of

_FIELDS = {"process.command": "command", "process.args": "args"}


def propose_words(finding: Finding, sides: Sides, read: ReadText) -> Iterator[Edit]:
    """Give the edits that put the other side's words in the place of a list of words, which may come from a chart's value."""
    field = _FIELDS.get(finding.rule)
    origin = sides.of(finding)[1].origin
    if field is None or origin is None:
        return
    said = [getattr(each, field) for _, each in sides.containers(sides.source, finding)]
    words = next((each for each in said if each is not None), None)
    if not words or not all(isinstance(word, str) for word in words):
        return
    for place in (*reversed(origin.via), origin):
        text = read(place.file)
        if text is None or syntax_of(place.file, text) not in (Syntax.YAML, Syntax.JSON):
            continue
        node = _find_list(chain_to(text, place))
        if node is not None:
            write = _write_in_brackets if node.flow_style else _write_lines
            yield Edit(place.file, *write(words, node, text))


def _find_list(chain: list[Any]) -> Any:
    """Give the list of words that a place is in, or that begins there."""
    nodes = [each for each in chain if not isinstance(each, str | int)]
    for node in reversed(nodes[-2:]):
        if node.id == "sequence" and node.value and all(item.id == "scalar" for item in node.value):
            return node
    return None


def _write_in_brackets(words: Sequence[str], node: Any, text: str) -> tuple[int, int, str]:
    """Write words in brackets, those that it has as they stand there: from, to before, what."""
    there = {item.value: text[item.start_mark.index : item.end_mark.index] for item in node.value}
    quoted = all(item.style for item in node.value)
    shown = [there.get(word) or _write_word(word, quoted=quoted) for word in words]
    first, last = node.value[0], node.value[-1]
    alone = first.start_mark.line == last.start_mark.line
    between = ", " if alone else ",\n" + " " * first.start_mark.column
    return first.start_mark.index, last.end_mark.index, between.join(shown)


def _write_lines(words: Sequence[str], node: Any, text: str) -> tuple[int, int, str]:
    """Write just the words that differ, each on a line: from, to before, what; what stands around them stays."""
    items, dash = node.value, f"\n{' ' * node.start_mark.column}- "
    old = [item.value for item in items]
    before = _count_alike(old, words)
    behind = _count_alike(old[before:][::-1], words[before:][::-1])
    gone, new = items[before : len(items) - behind], words[before : len(words) - behind]
    quoted = all(item.style for item in items)
    shown = [_write_word(word, quoted=quoted) for word in new]
    if gone and shown:
        return gone[0].start_mark.index, gone[-1].end_mark.index, dash.join(shown)
    if gone:  # From the end of the line before it, which there is: that of the key.
        start = text.rfind("\n", 0, gone[0].start_mark.index)
        return start, _line_end(text, gone[-1].end_mark.index), ""
    if before:
        place = _line_end(text, items[before - 1].end_mark.index)
        return place, place, "".join(f"{dash}{each}" for each in shown)
    place = items[0].start_mark.index
    return place, place, "".join(f"{each}{dash}" for each in shown)


def _count_alike(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    return end - (text[end - 1] == "\r")


def _write_word(word: str, *, quoted: bool) -> str:
    return quote(word, Syntax.YAML) if quoted or is_word(word) or not is_plain(word) else word
