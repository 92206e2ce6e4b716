"""The edits that could add a variable that a container lacks: beside those that it has, and laid out as they are.

What stands beside is copied with another name and another value, so that every platform's way of listing variables, and
each team's way of laying them out, is followed without being known.
"""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from isomorph.drift.finding import Finding
from isomorph.project.fix.mending import Edit, ReadText, Spot, find_spots
from isomorph.project.fix.said import Sides
from isomorph.syntax.written import Style, Syntax, quote, write_value

_FIRST = re.compile(r"\s*\w+[ \t]*=[ \t]*\"")
_IMAGE = re.compile(r"([ \t]*(?:- )?)image:[ \t]*")


def propose_entry(finding: Finding, sides: Sides, read: ReadText) -> Iterator[Edit]:
    """Give the edits that add a variable: after the one before it on the other side, before the one after it, at the end."""
    value = sides.variable(sides.source, finding)
    if not isinstance(value, str):
        return
    order = [name for _, each in sides.containers(sides.source, finding) for name in each.variables]
    found = sides.workload(sides.target, finding)
    for container, said in sides.containers(sides.target, finding) if found is not None else ():
        path = ("workloads", found[0] if found else "", "containers", container)
        siblings = list(_siblings(finding.subject, order, list(said.variables)))
        for behind in (True, False):
            for sibling, after in siblings:
                for spot in _spots(sides, (*path, "variables", sibling), read, behind=behind):
                    edit = _beside(spot, sibling, finding.subject, value, after=after)
                    if edit is not None:
                        yield edit
        if not said.variables:
            for spot in _spots(sides, (*path, "image"), read, behind=False):
                edits = list(_below_image(spot, finding.subject, value))
                yield from edits[::-1] if sides.target.said_by else edits


def _siblings(name: str, order: list[str], there: list[str]) -> Iterator[tuple[str, bool]]:
    """Give the variables beside which another may stand, and whether it stands after them: the likeliest first."""
    place = order.index(name) if name in order else len(order)
    before = [each for each in order[:place][::-1] if each in there]
    behind = [each for each in order[place + 1 :] if each in there]
    yield from ((each, True) for each in before[:1])
    yield from ((each, False) for each in behind[:1])
    yield from ((each, True) for each in before[1:3] + there[::-1][:3])


def _spots(sides: Sides, path: tuple[str, ...], read: ReadText, *, behind: bool) -> list[Spot]:
    """Give the places that a value comes from (`behind`: a chart's values, which it shares with nobody), or where it is."""
    origin = sides.target.definition.origins.exact(path)
    if origin is None:
        return []
    places = origin.via if behind else (replace(origin, via=()),)
    return [spot for place in places for spot in find_spots(replace(place, via=()), read)]


def _beside(spot: Spot, sibling: str, name: str, value: str, *, after: bool) -> Edit | None:
    """Give the edit that copies a variable's entry with another name and value."""
    written = spot.written
    if written.style not in (Style.PLAIN, Style.DOUBLE, Style.SINGLE):
        return None
    text, start = spot.text, spot.text.rfind("\n", 0, written.start) + 1
    if written.text.startswith(f"{sibling}="):  # An item NAME=VALUE of a list.
        raw = write_value(text, written, spot.syntax, f"{name}={value}", is_text=True)[0]
        return _lines(spot, start, text[start : written.start], raw, after=after)
    raw = write_value(text, written, spot.syntax, value, is_text=True)[0]
    named = _find_name(text[start : written.start], sibling)
    if named is None:  # `- name: NAME`, and the value on the line below.
        start = text.rfind("\n", 0, start - 1) + 1
        named = _find_name(text[start : written.start], sibling)
    if named is None:
        return None
    if spot.syntax is Syntax.HCL and "\n" in text[start : written.start]:
        return _block_beside(spot, start + named[0], start + named[1], name, raw, after=after)
    head = text[start : written.start]
    before, behind = head[: named[0]], head[named[1] :]
    behind = _aligned(behind, sibling, name)
    bare = before.rstrip(" \t\"'")
    if bare.endswith(("{", ",")):
        own = before[len(bare) :].lstrip()
        return (
            spot.replace(len(spot.raw), len(spot.raw), f", {own}{name}{behind}{raw}")
            if spot.syntax is not Syntax.HCL
            else None
        )
    if spot.syntax is Syntax.JSON:
        if not after:
            return Edit(spot.file, start, start, f"{before}{name}{behind}{raw},\n")
        return spot.replace(len(spot.raw), len(spot.raw), f",\n{before}{name}{behind}{raw}")
    return _lines(spot, start, f"{before}{name}{behind}", raw, after=after)


def _block_beside(spot: Spot, start: int, end: int, name: str, raw: str, *, after: bool) -> Edit | None:
    """Give the edit that copies the block in which a name stands from `start` to `end`, and the value below it."""
    text, written = spot.text, spot.written
    opening = text.rfind("{", 0, start)
    closing = text.find("}", written.end)
    if opening < 0 or closing < 0 or text[written.end : closing].strip():
        return None
    if _FIRST.fullmatch(text, opening + 1, start) is None:
        return None
    first, last = text.rfind("\n", 0, opening) + 1, closing + 1
    block = f"{text[first:start]}{name}{text[end : written.start]}{raw}{text[written.end : last]}"
    return Edit(spot.file, last, last, f"\n{block}") if after else Edit(spot.file, first, first, f"{block}\n")


def _find_name(head: str, name: str) -> tuple[int, int] | None:
    """Give where a name stands in what leads to its value, the last time."""
    spans = [found.span() for found in re.finditer(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", head)]
    return spans[-1] if spans else None


def _aligned(behind: str, old: str, new: str) -> str:
    """Give what follows a name with as many spaces before its `=` as keep that in its column."""
    spaces = len(behind) - len(behind.lstrip(" "))
    if not behind.lstrip(" ").startswith("=") or spaces == 0:
        return behind
    return " " * max(1, spaces + len(old) - len(new)) + behind.lstrip(" ")


def _lines(spot: Spot, start: int, head: str, raw: str, *, after: bool) -> Edit:
    """Give the edit that puts lines below or above those of an entry that starts on a line."""
    end = _end_of_line(spot)
    rest = spot.text[spot.written.end : end].partition(" #")[0].rstrip()
    if after:
        return Edit(spot.file, end, end, f"\n{head}{raw}{rest}")
    return Edit(spot.file, start, start, f"{head}{raw}{rest}\n")


def _end_of_line(spot: Spot) -> int:
    """Give where the line on which a value ends does, before its line end."""
    end = spot.text.find("\n", spot.written.end)
    end = len(spot.text) if end < 0 else end
    return end - (spot.text[end - 1] == "\r")


def _below_image(spot: Spot, name: str, value: str) -> Iterator[Edit]:
    """Give the edits that begin a container's variables below its image, in the ways in which YAML and HCL have them."""
    if spot.syntax is Syntax.HCL:
        from isomorph.project.fix.block_copies import propose_first

        yield from propose_first(spot.text, spot.file, spot.written.start, name, quote(value, spot.syntax))
        return
    start = spot.text.rfind("\n", 0, spot.written.start) + 1
    found = _IMAGE.fullmatch(spot.text[start : spot.written.start])
    if found is None or spot.syntax is not Syntax.YAML:
        return
    end = _end_of_line(spot)
    indent = " " * len(found.group(1))
    quoted = quote(value, spot.syntax)
    for lines in (
        (f"{indent}environment:", f"{indent}  {name}: {quoted}"),
        (f"{indent}env:", f"{indent}  - name: {name}", f"{indent}    value: {quoted}"),
        (f"{indent}variables:", f"{indent}  {name}: {quoted}"),
    ):
        yield Edit(spot.file, end, end, "".join(f"\n{line}" for line in lines))
