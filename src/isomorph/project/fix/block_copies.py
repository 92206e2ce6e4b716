"""The edits that could add what a definition in HCL lacks: the line or the block that says it in another, to the same place.

The way leads from the block that both have in common, the workload's or the container's, down by the names of blocks. It is
gone in the other text as far as it goes there; what is left of it is added.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import msgspec

from isomorph.model.origin import Origin
from isomorph.project.fix.mending import Edit
from isomorph.syntax.written import Syntax, find_written, offset_of

_ATTRIBUTE = re.compile(r"[ \t]*([A-Za-z_][\w-]*)([ \t]*)=[ \t]*\S.*")
_OPENING = re.compile(r"[ \t]*([A-Za-z_][\w-]*(?:[ \t]+\"[^\"\n]*\")*(?:[ \t]*=)?)[ \t]*\{[ \t]*(?:#.*)?")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_STEP = "  "
_LONGEST = 40
"""Lines of a list that is copied."""

_BESIDE = 2
"""Blocks of the same name that are tried."""


class _Area(msgspec.Struct, frozen=True):
    """A block of a text: its name with its labels, and where its braces are."""

    name: str
    start: int
    end: int


def propose_line(old: str, origin: Origin, text: str, file: str, anchor: Origin, ours: Origin) -> Iterator[Edit]:
    """Give the edits that copy what says a value, below `ours` in one text, into the block at the anchor of another."""
    offset, around, others = offset_of(old, origin.line, origin.column), _around(old, ours), _around(text, anchor)
    if offset is None or not around or not others:
        return
    lines, index = old.splitlines(), origin.line - 1
    start, said = _find_lines(lines, index) or (index, [])
    above = _name_above(lines, start)
    for inner, outer in zip(around, others, strict=False):
        if not inner.start <= offset < inner.end:
            continue
        chain = list(_chain(old, inner, offset))
        if said:
            yield _add(text, file, outer, chain, said, above)
        for depth in range(len(chain), 0, -1):
            first = old.rfind("\n", 0, chain[depth - 1].start) + 1
            whole = old[first : chain[depth - 1].end]
            if _is_copied(whole):
                yield _add(text, file, outer, chain[: depth - 1], whole.splitlines(), "")
        break
    if said:
        yield from islice(_add_beside(old, offset, text, file, others[0], said, above), _BESIDE)


def propose_first(text: str, file: str, offset: int, name: str, value: str) -> Iterator[Edit]:
    """Give the edits that begin the variables of the container around a place, in the ways in which HCL has them.

    `value` is written as HCL has it. A job's task has a block of variables, a pod's container a block for each.
    """
    for area in _chain(text, _Area("", -1, len(text)), offset):
        if area.name.startswith("task "):
            line = f"{name} = {value}" if _NAME.fullmatch(name) else f"{json.dumps(name)} = {value}"
            yield _begin_block(text, file, area, "env", line)
        elif area.name == "container":
            yield _insert(text, file, area, ["env"], [f"name  = {json.dumps(name)}", f"value = {value}"], "")


def _begin_block(text: str, file: str, area: _Area, name: str, line: str) -> Edit:
    """Give the edit that puts a line into a block, which may be there already, with nothing in it or a remark."""
    inside = text[area.start : area.end]
    empty = re.search(rf"\n([ \t]*){name}([ \t]*=)?[ \t]*\{{(\s*)\}}", inside)
    if empty is not None:
        indent, start, end = empty[1], area.start + empty.start(3), area.start + empty.end(3)
        return Edit(file, start, end, f"\n{indent}{_STEP}{line}\n{indent}")
    there = next((block for block in _blocks(text, area) if block.name in (name, f"{name} =")), None)
    return _insert(text, file, there or area, [] if there else [name], [line], "")


def _around(text: str, anchor: Origin) -> list[_Area]:
    """Give the blocks around a place, or that begin there, from the innermost outwards."""
    offset = offset_of(text, anchor.line, anchor.column)
    return [] if offset is None else list(_chain(text, _Area("", -1, len(text)), offset))[::-1]


def _find_lines(lines: list[str], index: int) -> tuple[int, list[str]] | None:
    """Give the lines of the attribute that says a value, which may be a list of several lines, and where they begin."""
    for start in range(index, max(-1, index - _LONGEST), -1):
        if start >= len(lines) or _ATTRIBUTE.fullmatch(lines[start]) is None:
            continue
        for end in range(index + 1, min(len(lines), start + _LONGEST) + 1):
            found = lines[start:end]
            if _is_copied("\n".join(found)):
                return (start, found) if end == start + 1 or found[0].rstrip().endswith("[") else None
    return None


def _name_above(lines: list[str], index: int) -> str:
    found = _ATTRIBUTE.fullmatch(lines[index - 1]) if index else None
    return found[1] if found else ""


def _is_copied(text: str) -> bool:
    """Tell whether a text says all of a value: it opens nothing that it does not close, and refers to nothing."""
    bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"", "", text)
    return (
        "<<" not in bare
        and re.search(r"[$%]\{", text) is None
        and re.search(r"(?:=|[\[,:])[ \t]*[A-Za-z_][\w-]*[.\[(]", bare) is None
        and all(bare.count(left) == bare.count(right) for left, right in ("[]", "{}", "()"))
    )


def _chain(text: str, area: _Area, offset: int) -> Iterator[_Area]:
    """Give the blocks within one around a place, from the outermost inwards."""
    for block in _blocks(text, area):
        if block.start <= offset < block.end or (text.rfind("\n", 0, block.start) < offset <= block.start):
            yield block
            yield from _chain(text, block, offset)
            return


@lru_cache(maxsize=4096)
def _blocks(text: str, area: _Area) -> tuple[_Area, ...]:
    """Give the blocks that stand directly in one."""
    return tuple(_scan_blocks(text, area))


def _scan_blocks(text: str, area: _Area) -> Iterator[_Area]:
    place = area.start + 1
    while place < area.end:
        end = text.find("\n", place)
        end = area.end if end < 0 else min(end, area.end)
        found = _OPENING.fullmatch(text[place:end].rstrip("\r"))
        block = _area_at(text, text.find("{", place, end), found[1]) if found else None
        if block is not None:
            yield block
            place = block.end
            continue
        place = end + 1


def _area_at(text: str, offset: int, name: str) -> _Area | None:
    """Give where the braces of a block that begins at a place open and close."""
    written = find_written(text, offset, Syntax.HCL) if offset >= 0 else None
    if written is None or text[written.start] != "{":
        return None
    return _Area(re.sub(r"\s+", " ", name), written.start, written.end)


def _add(text: str, file: str, area: _Area, chain: list[_Area], lines: list[str], behind: str) -> Edit:
    """Give the edit that adds lines at the end of a way, which is gone as far as it goes, and added from there."""
    names = [block.name for block in chain]
    while names:
        inner = next((block for block in _blocks(text, area) if block.name == names[0]), None)
        if inner is None:
            break
        area = inner
        names.pop(0)
    return _insert(text, file, area, names, lines, behind)


def _add_beside(
    old: str, offset: int, text: str, file: str, area: _Area, lines: list[str], behind: str
) -> Iterator[Edit]:
    """Give the edits that add a line to any block that is called as the one which holds it."""
    header = _header_above(old[:offset].splitlines())
    if header is None:
        return
    for block in [area, *_all_blocks(text, area)]:
        if block.name == header:
            yield _insert(text, file, block, [], lines, behind)


def _all_blocks(text: str, area: _Area) -> Iterator[_Area]:
    for block in _blocks(text, area):
        yield block
        yield from _all_blocks(text, block)


def _header_above(lines: list[str]) -> str | None:
    """Give the name and labels of the block that holds what follows."""
    depth = 0
    for line in reversed(lines[:-1]):
        bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"", '""', line)
        depth += bare.count("}") - bare.count("{")
        if depth < 0:
            found = _OPENING.fullmatch(line)
            return re.sub(r"\s+", " ", found[1]) if found else None
    return None


def _insert(text: str, file: str, area: _Area, names: list[str], lines: list[str], behind: str) -> Edit:
    """Give the edit that adds lines below the attribute that they follow there, else at the end of the block."""
    body = text[area.start : area.end]
    first = re.search(r"\n([ \t]*)[A-Za-z_\"]", body)
    closing = text.rfind("\n", area.start, area.end)
    last = text[closing + 1 : area.end]
    indent = first[1] if first else last[: len(last) - len(last.lstrip())] + _STEP
    place = closing if closing >= 0 else area.end - 1
    there = re.search(rf"\n{indent}{re.escape(behind)}[ \t]*=[^\n]*", body) if behind and not names else None
    if there is not None and _is_copied(there[0]):
        place = area.start + there.end()
        place -= text[place - 1] == "\r"
    added = [f"{indent}{_STEP * depth}{name} {{" for depth, name in enumerate(names)]
    deep = indent + _STEP * len(names)
    own = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    added += [deep + line.removeprefix(own) if line.strip() else "" for line in lines]
    if len(lines) == 1 and not names:
        added = [_align(added[0], text, place)]
    added += [f"{indent}{_STEP * depth}}}" for depth in range(len(names) - 1, -1, -1)]
    tail = f"\n{last[: len(last) - len(last.lstrip())]}" if closing < 0 else ""
    return Edit(file, place, place, "".join(f"\n{line}" for line in added) + tail)


def _align(line: str, text: str, place: int) -> str:
    """Give an attribute with its `=` below that of the line above, where there is room, else right behind its name."""
    found = _ATTRIBUTE.fullmatch(line)
    if found is None:
        return line
    above = _ATTRIBUTE.fullmatch(text[text.rfind("\n", 0, place) + 1 : place])
    width = len(above[1] + above[2]) if above is not None and len(above[2]) > 1 else 0
    head = line[: found.end(1)]
    return head + " " * max(1, width - len(found[1])) + line[found.end(2) :]
