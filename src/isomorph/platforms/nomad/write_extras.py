"""What only Nomad understands, put back where it was; and what only other platforms understand, told.

An extra's location is the keys below the construct that it belongs to: a job, group or task, a template, mount, port or
check. Blocks are plain data: those that may repeat as a list, labelled ones by their labels.
"""

from collections.abc import Mapping
from typing import Any

from isomorph.model.origin import Path
from isomorph.platforms.dropped import report_dropped
from isomorph.platforms.nomad.known import (
    CHECK,
    DOCKER_BLOCKS,
    GROUP,
    JOB,
    PORT,
    TASK,
    TEMPLATE,
    VOLUME_MOUNT,
    Nested,
    Shape,
)
from isomorph.platforms.nomad.writing import Construct, Writing, arguments, body_of
from isomorph.syntax.hcl.emit import Block

Location = tuple[str | int, ...]
Place = tuple[Construct, Shape, Location]
"""A body, what may stand in it, and the keys below it."""

_MOUNT_OPTIONS = ("tmpfs_options", "bind_options", "volume_options")
_MOUNT = Shape({}, {name: Nested(name, "one") for name in _MOUNT_OPTIONS})
_INNER = {"files": TEMPLATE, "readiness": CHECK, "liveness": CHECK}


def write_extras(writing: Writing) -> None:
    """Restore the extras of Nomad; report those of other platforms."""
    for path, extras in writing.extras.items():
        if path[:1] == ("volumes",) and path[1] in writing.requested:
            continue
        for extra in extras:
            found = _find(writing, path, extra.location)
            if found is None:
                writing.report("lost", f"{'.'.join(map(str, extra.location))} has no place any more", path)
            else:
                _put(*found, extra.value)
    writing.diagnostics += report_dropped(writing.definition, frozenset(("nomad",)))


def _find(writing: Writing, path: Path, location: Location) -> Place | None:
    """Find the body that an extra belongs into, what may stand in it, and the keys that are left."""
    if len(path) < 2 or path[0] != "workloads":
        return None
    body = writing.constructs.get(path)
    if len(path) == 2:
        return None if body is None else _find_in_job(body, location)
    if body is None:
        return None
    if path[2] == "ports":
        return body, PORT, location
    if len(path) == 4:
        return body, TASK, location
    if path[4] == "variables":
        return (body, TEMPLATE, location[2:]) if len(location) > 2 else None
    if path[4] == "mounts":
        of_docker = any("target" in part for part in body if not isinstance(part, Block))
        return body, _MOUNT if of_docker else VOLUME_MOUNT, location
    shape = _INNER.get(path[4])
    return None if shape is None else (body, shape, location)


def _find_in_job(job: Construct, location: Location) -> Place | None:
    """Find the part of a job that an extra of the workload is about."""
    level, rest = location[0], location[1:]
    if level == "job":
        return job, JOB, rest
    group = body_of(next(part for part in job if isinstance(part, Block) and part.type == "group"))
    if level == "group":
        return group, GROUP, rest
    if level == "task":
        task = next(part for part in group if isinstance(part, Block) and part.type == "task")
        return body_of(task), TASK, rest
    return group, GROUP, location


def _put(body: Construct, shape: Shape, location: Location, value: Any) -> None:
    """Put a value below a body; an argument that the writer chose gives way to the one that was said."""
    if not location:
        return
    name, rest = str(location[0]), location[1:]
    nested = shape.blocks.get(name)
    if nested is None:
        arguments(body)[name] = _wrap(rest, value)
        return
    present = [part for part in body if isinstance(part, Block) and part.type == name]
    if nested.form in ("labelled", "keyed") and rest:
        present = [part for part in present if "/".join(part.labels) == str(rest[0])]
        value, rest = ({str(rest[0]): _wrap(rest[1:], value)}, rest[1:]) if not present else (value, rest[1:])
    elif rest and isinstance(rest[0], int):
        present, rest = present[rest[0] : rest[0] + 1], rest[1:]
    if present and rest:
        _put(body_of(present[0]), nested.shape or _free(name), rest, value)
    elif not present or nested.form in ("many", "labelled", "keyed"):
        body += to_blocks(name, nested, value if nested.form in ("labelled", "keyed") else _wrap(rest, value))


def _free(name: str) -> Shape:
    return Shape({}, {each: Nested(each, "many") for each in DOCKER_BLOCKS}) if name == "config" else Shape({}, {})


def _wrap(location: Location, value: Any) -> Any:
    for step in reversed(location):
        value = [value] if isinstance(step, int) else {str(step): value}
    return value


def to_blocks(name: str, nested: Nested, value: Any) -> list[Block]:
    """Give plain data as the blocks that it was."""
    if nested.form in ("labelled", "keyed") and isinstance(value, Mapping):
        return [Block(name, (label,), _body(nested.shape, each, name)) for label, each in value.items()]
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
            body += to_blocks(key, shape.blocks[key], each)
    return body
