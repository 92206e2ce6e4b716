"""What only Nomad understands, put back where it was; and what only other platforms understand, told.

An extra's location is the keys below the job, group or task that it belongs to; blocks are plain data, those that may
repeat as a list, labelled ones by their labels.
"""

from collections.abc import Mapping
from typing import Any

from isomorph.platforms.dropped import report_dropped
from isomorph.platforms.nomad.known import DOCKER_BLOCKS, GROUP, JOB, TASK, Nested, Shape
from isomorph.platforms.nomad.writing import Construct, Writing, arguments
from isomorph.syntax.hcl.emit import Block

_FREE = Shape({}, {})


def write_extras(writing: Writing) -> None:
    """Restore the extras of Nomad; report those of other platforms."""
    for path, extras in writing.extras.items():
        for extra in extras:
            found = _find(writing, path, extra.location)
            if found is None:
                writing.report("lost", f"{'.'.join(map(str, extra.location))} has no place any more", path)
                continue
            body, shape, location = found
            _put(body, shape, location, extra.value)
    writing.diagnostics += report_dropped(writing.definition, "nomad")


def _find(
    writing: Writing, path: tuple[str, ...], location: tuple[str | int, ...]
) -> tuple[Construct, Shape, tuple[str | int, ...]] | None:
    """Find the body that an extra belongs into, what may stand in it, and the keys that are left."""
    words = location[1:] if location[:1] in (("job",), ("group",), ("task",)) else location
    if len(path) > 3 and path[2] == "containers":
        task = writing.constructs.get(path[:4])
        return None if task is None else (task, TASK, words)
    if len(path) < 2 or path[0] != "workloads":
        return None
    job = writing.constructs.get(path[:2])
    if job is None:
        return None
    if location[:1] == ("job",) or (location[:1] != ("group",) and str(words[0]) not in _names(GROUP)):
        return job, JOB, words
    group = next(part for part in job if isinstance(part, Block) and part.type == "group")
    assert isinstance(group.body, list)
    return group.body, GROUP, words


def _names(shape: Shape) -> set[str]:
    return {*shape.attributes, *shape.blocks}


def _put(body: Construct, shape: Shape, location: tuple[str | int, ...], value: Any) -> None:
    """Put a value below a body; what the writer put there itself stays."""
    name = str(location[0])
    rest = location[1:]
    nested = shape.blocks.get(name)
    if nested is None:
        if rest:
            value = _wrap(rest, value)
        arguments(body).setdefault(name, value)
        return
    if not rest:
        body += to_blocks(name, nested, value, {part.type for part in body if isinstance(part, Block)})
        return
    present = [part for part in body if isinstance(part, Block) and part.type == name]
    labelled = nested.form in ("labelled", "keyed")
    if labelled:
        present = [part for part in present if "/".join(part.labels) == str(rest[0])]
        rest = rest[1:]
    elif isinstance(rest[0], int):
        present, rest = present[rest[0] : rest[0] + 1], rest[1:]
    if present and rest:
        inner = present[0].body
        assert isinstance(inner, list)
        _put(inner, nested.shape or _free(name), rest, value)
    elif rest:
        body += to_blocks(name, nested, _wrap(rest, value), set())


def _free(name: str) -> Shape:
    blocks = {each: Nested(each, "many") for each in DOCKER_BLOCKS} if name == "config" else {}
    return Shape({}, blocks)


def _wrap(location: tuple[str | int, ...], value: Any) -> Any:
    for step in reversed(location):
        value = [value] if isinstance(step, int) else {str(step): value}
    return value


def to_blocks(name: str, nested: Nested, value: Any, present: set[str]) -> list[Block]:
    """Give plain data as the blocks that it was; one that may stand only once gives way to one that is there."""
    if nested.form in ("labelled", "keyed") and isinstance(value, Mapping):
        return [Block(name, (label,), _body(nested.shape, each, name)) for label, each in value.items()]
    if nested.form in ("one", "map", "free") and name in present:
        return []
    return [
        Block(name, (), _body(nested.shape, each, name)) for each in (value if isinstance(value, list) else [value])
    ]


def _body(shape: Shape | None, value: Any, name: str) -> Construct:
    if not isinstance(value, Mapping):
        return []
    shape = shape or _free(name)
    said = {key: each for key, each in value.items() if key not in shape.blocks}
    body: Construct = [said] if said else []
    for key, each in value.items():
        if key in shape.blocks:
            body += to_blocks(key, shape.blocks[key], each, set())
    return body
