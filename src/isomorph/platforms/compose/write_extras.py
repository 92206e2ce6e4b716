"""What only Compose understands, put back where it was; and what only other platforms understand, told."""

from typing import Any

from isomorph.model.application import Extra
from isomorph.platforms.compose.writing import Writing
from isomorph.platforms.dropped import report_dropped

_SHARED = {"volumes": "volumes", "secrets": "secrets", "configurations": "configs", "networks": "networks"}


def write_extras(writing: Writing, root: dict[str, Any]) -> None:
    """Restore the extras of Compose; report the others, one diagnostic a kind of place."""
    for extra in writing.definition.extras:
        if extra.platform == "compose":
            _restore(writing, root, extra)
    writing.diagnostics += report_dropped(writing.definition, "compose")


def _restore(writing: Writing, root: dict[str, Any], extra: Extra) -> None:
    target = _construct(writing, root, extra)
    if target is not None and extra.location:
        _put(target, list(extra.location), extra.value)
    else:
        writing.report("lost", f"{'.'.join(map(str, extra.location))} has no place any more", extra.path)


def _construct(writing: Writing, root: dict[str, Any], extra: Extra) -> dict[str, Any] | None:
    """Find the written construct that an extra's model path names."""
    path = extra.path
    if not path:
        return root
    if path[0] == "workloads" and len(path) > 1:
        name = writing.texts.service_names.get(path[1])
        if len(path) > 3 and path[2] == "containers":
            name = writing.container_services.get((path[1], path[3]))
        return writing.services.get(name) if name else None
    section = _SHARED.get(path[0])
    if section is None or len(path) < 2:
        return root
    names = writing.volume_names if section == "volumes" else {}
    entries: dict[str, Any] = root.setdefault(section, {})
    found: dict[str, Any] = entries.setdefault(names.get(path[1], path[1]), {})
    return found


def _put(target: dict[str, Any], location: list[str | int], value: Any) -> None:
    """Put a value at a place below a construct; what the writer put there itself stays."""
    for step in location[:-1]:
        inner = target.get(str(step))
        if not isinstance(inner, dict):
            inner = _to_mapping(str(step), inner)
            target[str(step)] = inner
        target = inner
    last = str(location[-1])
    present = target.get(last)
    if present is None:
        target[last] = value
    elif isinstance(present, dict) and isinstance(value, dict):
        target[last] = {**value, **present}
    elif isinstance(present, list) and isinstance(value, list):
        target[last] = present + [item for item in value if item not in present]


def _to_mapping(key: str, short: Any) -> dict[str, Any]:
    """Turn a short form that the writer chose into the long one, so that more can be said."""
    if key == "build" and isinstance(short, str):
        return {"context": short}
    if key == "depends_on" and isinstance(short, list):
        return {name: {"condition": "service_started"} for name in short}
    if isinstance(short, list) and all(isinstance(item, str) for item in short):
        return {name: {} for name in short}
    return {}
