"""The edits that could add what a definition lacks and another of the same kind has: copied from it, to the same place.

Both texts are walked from what they have in common, the workload or the container that a finding is about: by the keys that
lead from there to the value in the one, as far as they go in the other. What is left of the way is added there.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any

import msgspec

from isomorph.drift.finding import Finding
from isomorph.model.origin import Origin, Path
from isomorph.model.secrecy import mask_text
from isomorph.platforms.table import find_family
from isomorph.project.fix.block_copies import propose_line
from isomorph.project.fix.mending import Edit, Edits, ReadText
from isomorph.project.fix.said import Sides
from isomorph.syntax.written import Syntax, syntax_of

COPIED = (
    "compute.",
    "probe.",
    "security.",
    "scale.",
    "process.",
    "lifecycle.restart",
    "image.pull-policy",
    "network.",
    "placement.",
)
"""What begins the rules of what may be copied; no way in from outside is, and no storage that keeps something."""

_KEEPS_NOTHING = ("memory", "ephemeral")
_EACH = 3
"""Ways in which one of several places is copied."""

_ACTION = re.compile(r"\{\{(?:[^}]|\}(?!\}))*\}\}")
_TEMPLATED = re.compile(r"\{\{|[$%]\{|\*[A-Za-z]|&[A-Za-z]")


class Way(msgspec.Struct, frozen=True):
    """How one comes from what both texts have to a value: up so many nodes, then down by keys, to a node.

    `before` are the keys before each. `in_list`: the node is an item of a list under the last key. `text` is what it says,
    which begins at a column.
    """

    up: int
    keys: tuple[str, ...]
    in_list: bool
    before: tuple[tuple[str, ...], ...]
    text: str
    column: int


def propose_copy(finding: Finding, sides: Sides, read: ReadText, read_source: ReadText) -> Iterator[Edits]:
    """Give the edits that copy what a definition of the same kind has."""
    source, target = sides.of(finding)
    kinds = {find_family(each.definition.platform) for each in (sides.source, sides.target)}
    if target.value is not None or source.origin is None or len(kinds) > 1:
        return
    if finding.rule == "volume.missing":
        yield from _propose_volume(finding, sides, read, read_source)
    elif finding.rule.startswith(COPIED):
        yield from ((edit,) for edit in _copies(source.origin, finding, sides, read, read_source))


def _propose_volume(finding: Finding, sides: Sides, read: ReadText, read_source: ReadText) -> Iterator[Edits]:
    """Give the edits that copy a volume that keeps nothing: where it is mounted, and where it is said what it is."""
    found = sides.workload(sides.source, finding)
    for name, container in sides.containers(sides.source, finding) if found is not None else ():
        mount = container.mounts.get(finding.subject)
        volume = sides.source.definition.application.volumes.get(mount.volume) if mount is not None else None
        if found is None or mount is None or volume is None or volume.kind not in _KEEPS_NOTHING:
            continue
        origins = sides.source.definition.origins
        places = (
            origins.exact(("workloads", found[0], "containers", name, "mounts", finding.subject)),
            origins.exact(("volumes", mount.volume)),
        )
        ways = [
            list(islice(_copies(place, finding, sides, read, read_source), _EACH))
            for place in dict.fromkeys(places)
            if place is not None
        ]
        yield from (edits for edits in product(*ways) if len(set(edits)) == len(edits))
        yield from ((edit,) for edit in (ways[0] if len(ways) > 1 else ()))


def _copies(origin: Origin, finding: Finding, sides: Sides, read: ReadText, read_source: ReadText) -> Iterator[Edit]:
    """Give the edits that copy what stands at a place of one text into another."""
    for ours, theirs in _anchors(finding, sides):
        if ours.file != origin.file:
            continue
        old, text = read_source(ours.file), read(theirs.file)
        if old is None or text is None or syntax_of(ours.file, old) is not syntax_of(theirs.file, text):
            continue
        if syntax_of(ours.file, old) is Syntax.HCL:
            edits = propose_line(old, origin, text, theirs.file, theirs, ours)
            yield from (each for each in edits if mask_text(each.new) == each.new)
            continue
        way = _find_way(old, ours, origin, whole=finding.rule == "probe.missing")
        if way is None or _TEMPLATED.search(way.text):
            continue
        if finding.rule.startswith(("probe.", "process.")) and mask_text(way.text) != way.text:
            continue
        edit = add_on_way(text, theirs, way)
        if edit is not None:
            yield Edit(theirs.file, *edit)


def _anchors(finding: Finding, sides: Sides) -> Iterator[tuple[Origin, Origin]]:
    """Give the places of what a finding is about on both sides: of the container, then of the workload."""
    for inner in (True, False):
        places = []
        for side in (sides.source, sides.target):
            found = sides.workload(side, finding)
            if found is None:
                return
            path: Path = ("workloads", found[0])
            if inner:
                containers = sides.containers(side, finding)
                path = (*path, "containers", containers[0][0]) if containers else path
            places.append(side.definition.origins.exact(path))
        if places[0] is not None and places[1] is not None:
            yield places[0], places[1]


@lru_cache(maxsize=8)
def compose_text(text: str) -> tuple[Any, ...]:
    """Give the nodes of a text's documents, none where it is not YAML; of a template, as if it had no actions."""
    import yaml

    try:
        return tuple(yaml.compose_all(_blank_actions(text), Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return ()


def _blank_actions(text: str) -> str:
    """Give a text with a template's actions blanked: a line of its own is empty then, and what stands in a line is a word.

    Every character keeps its place.
    """
    if "{{" not in text:
        return text

    def blank(found: re.Match[str]) -> str:
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        behind = text[found.end() :].partition("\n")[0]
        alone = not _ACTION.sub("", before + behind).strip()
        return re.sub(r"[^\r\n]", " " if alone else "x", found[0])

    return _ACTION.sub(blank, text)


def chain_to(text: str, origin: Origin, *, whole: bool = False) -> list[Any]:
    """Give the nodes around a place from the document inwards: mappings and lists, and steps between them.

    A step is the key or index under which the next node stands. The place of a key means its value; that of a first key,
    which is where the mapping begins, means the mapping where that is wanted `whole`.
    """
    for document in compose_text(text):
        found = _search(document, origin.line - 1, origin.column - 1, whole)
        if found is not None:
            return found
    return []


def _search(node: Any, line: int, column: int, whole: bool) -> list[Any] | None:
    if node is None or not _spans(node, line):
        return None
    if node.id == "mapping":
        for key, value in node.value:
            if (key.start_mark.line, key.start_mark.column) == (line, column):
                first = key is node.value[0][0]
                return [node] if first and whole else [node, key.value, value]
            inner = _search(value, line, column, whole)
            if inner is not None:
                return [node, key.value, *inner]
    if node.id == "sequence":
        for index, item in enumerate(node.value):
            inner = _search(item, line, column, whole)
            if inner is not None:
                return [node, index, *inner]
    starts = (node.start_mark.line, node.start_mark.column) == (line, column)
    return [node] if starts else None


def _spans(node: Any, line: int) -> bool:
    return bool(node.start_mark.line <= line <= node.end_mark.line)


def _find_way(text: str, anchor: Origin, origin: Origin, *, whole: bool) -> Way | None:
    """Find the way from an anchor to a value in one text."""
    start, end = chain_to(text, anchor), chain_to(text, origin, whole=whole)
    common = 0
    while common < min(len(start), len(end)) and start[common] is end[common]:
        common += 2
    common -= 2  # The innermost node that holds both.
    if common < 0 or end[common].id != "mapping" or common + 2 >= len(end):
        return None
    up = sum(not isinstance(each, str | int) for each in start[common + 1 :])
    keys: list[str] = []
    before: list[tuple[str, ...]] = []
    place = common
    while place + 2 < len(end) and isinstance(end[place + 1], str):
        names = [key.value for key, _ in end[place].value]
        keys.append(end[place + 1])
        before.append(tuple(names[: names.index(keys[-1])]))
        place += 2
    in_list = place + 2 < len(end)
    node = end[place + 2] if in_list else end[place]
    written = text[node.start_mark.index : end_of(node, text)]
    return Way(up, tuple(keys), in_list, tuple(before), written, node.start_mark.column)


def end_of(node: Any, text: str) -> int:
    """Give where what a node says ends; comments behind it do not count."""
    if node.id == "scalar" or node.flow_style or not node.value:
        return len(text[: node.end_mark.index].rstrip())
    last = node.value[-1]
    return end_of(last[1] if isinstance(last, tuple) else last, text)


def add_on_way(text: str, anchor: Origin, way: Way) -> tuple[int, int, str] | None:
    """Go a way in another text as far as it goes, and give what is to be added there: from, to before, what."""
    chain = [each for each in chain_to(text, anchor) if not isinstance(each, str | int)]
    if len(chain) <= way.up:
        return None
    node = chain[len(chain) - 1 - way.up]
    keys = list(way.keys)
    while keys and node.id == "mapping":
        inner = next((value for key, value in node.value if key.value == keys[0]), None)
        if inner is None:
            break
        node = inner
        keys.pop(0)
    if node.id == "sequence" and not keys and way.in_list:
        return _add_item(text, node, way)
    if node.id != "mapping" or not keys:
        return None
    return _add_entry(text, node, keys, way) if node.value else _fill_braces(node, keys, way)


def _fill_braces(node: Any, keys: list[str], way: Way) -> tuple[int, int, str] | None:
    """Give what is written in the place of braces that hold nothing."""
    if "\n" in way.text or not node.flow_style:
        return None
    value = f"[{way.text}]" if way.in_list else way.text
    for key in reversed(keys):
        value = f"{{{key}: {value}}}"
    return node.start_mark.index, node.end_mark.index, value


def _add_item(text: str, node: Any, way: Way) -> tuple[int, int, str] | None:
    if not node.value or ("\n" in way.text and node.flow_style):
        return None
    end = end_of(node.value[-1], text)
    if node.flow_style:
        return end, end, _separator(text, node.value[-1], node) + way.text
    indent = " " * node.start_mark.column
    end = _line_end(text, end)
    return end, end, f"\n{indent}- {_indented(way, node.start_mark.column + 2)}"


def _add_entry(text: str, node: Any, keys: list[str], way: Way) -> tuple[int, int, str] | None:
    before = way.before[len(way.keys) - len(keys)]
    behind = next((entry for entry in reversed(node.value) if entry[0].value in before), node.value[-1])
    end = end_of(behind[1], text)
    if node.flow_style:
        if "\n" in way.text:
            return None
        mark = '"' if text[node.value[0][0].start_mark.index] == '"' else ""
        value = f"[{way.text}]" if way.in_list else way.text
        for key in reversed(keys[1:]):
            value = f"{{{mark}{key}{mark}: {value}}}"
        return end, end, f"{_separator(text, behind[0], node)}{mark}{keys[0]}{mark}: {value}"
    column = node.start_mark.column
    lines = "".join(f"\n{' ' * (column + 2 * depth)}{key}:" for depth, key in enumerate(keys))
    inside = column + 2 * len(keys)
    if way.in_list:
        dash = inside - 2 * (not _is_indented(node))
        lines += f" [{way.text}]" if "\n" not in way.text else f"\n{' ' * dash}- {_indented(way, dash + 2)}"
    elif _is_block(way.text):
        inside -= 2 * (way.text.startswith("- ") and not _is_indented(node))
        lines += f"\n{' ' * inside}{_indented(way, inside)}"
    else:
        lines += f" {way.text}"
    end = _line_end(text, end)
    return end, end, lines


def _is_indented(node: Any) -> bool:
    """Tell whether lists stand further in than their keys, as the first one in a node does; where there is none, they do."""
    if node.id == "mapping":
        for key, value in node.value:
            if value.id == "sequence" and not value.flow_style and value.value:
                return bool(value.start_mark.column > key.start_mark.column)
        return all(_is_indented(value) for _, value in node.value)
    return node.id != "sequence" or all(_is_indented(item) for item in node.value)


def _is_block(text: str) -> bool:
    """Tell whether what is copied are entries or items on lines of their own."""
    return not text.startswith(("[", "{", '"', "'", "|", ">")) and (
        "\n" in text or text.startswith("- ") or re.match(r"[\w./-]+:(?:\s|$)", text) is not None
    )


def _indented(way: Way, column: int) -> str:
    """Give what is copied with its lines moved to another column."""
    first, *rest = way.text.split("\n")
    moved = [" " * max(0, len(line) - len(line.lstrip(" ")) + column - way.column) + line.lstrip(" ") for line in rest]
    return "\n".join([first, *(line if line.strip() else "" for line in moved)])


def _separator(text: str, last: Any, node: Any) -> str:
    """Give what stands between two entries in braces: a line of its own where the last has one."""
    if last.start_mark.line == node.start_mark.line:
        return ", "
    start = text.rfind("\n", 0, last.start_mark.index) + 1
    return ",\n" + text[start : last.start_mark.index].replace("{", " ").replace("[", " ")


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    end = len(text) if end < 0 else end
    return end - (text[end - 1] == "\r")
