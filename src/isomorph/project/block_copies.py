"""The edits that could add what a definition in HCL lacks: the line that says it in another, to the block of the same name."""

import re
from collections.abc import Iterator

from isomorph.model.origin import Origin
from isomorph.project.mending import Edit
from isomorph.syntax.written import Syntax, find_written, offset_of

_ATTRIBUTE = re.compile(r"[ \t]*([A-Za-z_][\w-]*)[ \t]*=[ \t]*\S.*")
_OPENING = re.compile(r"[ \t]*([A-Za-z_][\w-]*(?:[ \t]+\"[^\"\n]*\")*)[ \t]*\{[ \t]*(?:#.*)?")


def propose_line(old: str, origin: Origin, text: str, file: str, anchor: Origin) -> Iterator[Edit]:
    """Give the edits that copy the line of a value into a block of another text.

    The block is the one that begins at the anchor, or one in it that is called as the one which holds the line.
    """
    lines = old.splitlines()
    index = origin.line - 1
    if index >= len(lines) or _ATTRIBUTE.fullmatch(lines[index]) is None or not _is_whole(lines[index]):
        return
    header = _header_above(lines, index)
    area = _area(text, anchor)
    if header is None or area is None:
        return
    start, end = area
    inside = [
        _area_at(text, found.end() - 1)
        for found in re.finditer(rf"^[ \t]*{re.escape(header)}[ \t]*\{{", text[:end], re.MULTILINE)
        if found.start() > start
    ]
    own = text[text.rfind("\n", 0, start) + 1 : start].strip()
    for block in [each for each in inside if each is not None] + ([area] if own == header else []):
        yield _insert(text, file, block, lines, index)


def _is_whole(line: str) -> bool:
    """Tell whether a line says all of a value: it opens nothing that it does not close, and is no template."""
    bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"", "", line)
    return (
        "<<" not in bare
        and "${" not in line
        and all(bare.count(left) == bare.count(right) for left, right in ("[]", "{}", "()"))
    )


def _header_above(lines: list[str], index: int) -> str | None:
    """Give the name and labels of the block that holds a line."""
    depth = 0
    for line in reversed(lines[:index]):
        bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"", '""', line)
        depth += bare.count("}") - bare.count("{")
        if depth < 0:
            found = _OPENING.fullmatch(line)
            return found[1] if found else None
    return None


def _area(text: str, anchor: Origin) -> tuple[int, int] | None:
    offset = offset_of(text, anchor.line, anchor.column)
    return None if offset is None else _area_at(text, offset)


def _area_at(text: str, offset: int) -> tuple[int, int] | None:
    """Give where the braces of a block that begins at a place open and close."""
    written = find_written(text, offset, Syntax.HCL)
    return (written.start, written.end) if written is not None and text[written.start] == "{" else None


def _insert(text: str, file: str, block: tuple[int, int], lines: list[str], index: int) -> Edit:
    """Give the edit that adds a line below the one that it follows there, else at the end of the block."""
    start, end = block
    body = text[start:end]
    first = re.search(r"\n([ \t]*)[A-Za-z_]", body)
    closing = text.rfind("\n", start, end)
    behind = text[closing + 1 : end]
    indent = first[1] if first else behind[: len(behind) - len(behind.lstrip())] + "  "
    place = closing if closing >= 0 else end - 1
    before = _ATTRIBUTE.fullmatch(lines[index - 1]) if index else None
    if before is not None:
        there = re.search(rf"\n[ \t]*{re.escape(before[1])}[ \t]*=[^\n]*", body)
        place = start + there.end() if there else place
    return Edit(file, place, place, f"\n{indent}{lines[index].strip()}")
