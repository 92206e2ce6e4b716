"""What only Compose understands, put back where it was; and what only other platforms understand, told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from isomorph.model.application import Extra
from isomorph.model.origin import Path
from isomorph.platforms.dropped import report_dropped

if TYPE_CHECKING:
    from isomorph.platforms.compose.writing import Writing

_SHARED = {"volumes": "volumes", "secrets": "secrets", "configurations": "configs", "networks": "networks"}


def write_extras(writing: "Writing", root: dict[str, Any]) -> None:
    """Restore the extras of Compose that no construct took; report those of other platforms."""
    for path, extras in writing.extras.items():
        target = _construct(writing, root, path)
        if target is None:
            for extra in extras:
                writing.report("lost", f"{'.'.join(map(str, extra.location))} has no place any more", extra.path)
        else:
            waits = [extra for extra in extras if extra.location and extra.location[0] == "depends_on"]
            put_all(target, [_rename_services(writing, extra) for extra in extras if extra not in waits])
            _put_waits(writing, target, sorted(waits, key=lambda extra: len(extra.location)))
    writing.diagnostics += report_dropped(writing.definition, writing.options.restores | {"compose"})


def put_all(target: dict[str, Any], extras: Sequence[Extra]) -> None:
    """Put extras back below the construct that they belong to; what the writer put there itself stays."""
    for extra in extras:
        if extra.location:
            _put(target, extra.location, extra.value)


def _put_waits(writing: "Writing", target: dict[str, Any], extras: Sequence[Extra]) -> None:
    """Put back what a service waits for, whose services may have other names now; whole entries come before parts."""
    for extra in extras:
        waited = str(extra.location[1]) if len(extra.location) > 1 else ""
        name = writing.find_service(waited)
        if name is None:
            writing.report("lost", f"{extra.path[1]}: waits for {waited}, which is not here", extra.path)
            continue
        _put(target, ("depends_on", name, *extra.location[2:]), extra.value)
        target["depends_on"][name].setdefault("condition", "service_started")


def _rename_services(writing: "Writing", extra: Extra) -> Extra:
    """Spell the services whose namespaces or volumes are shared as they are called now."""
    value = extra.value
    if extra.location in (("pid",), ("ipc",)) and isinstance(value, str) and value.startswith("service:"):
        value = f"service:{writing.find_service(value[8:]) or value[8:]}"
    elif extra.location == ("volumes_from",) and isinstance(value, list):
        parts = [str(item).partition(":") for item in value]
        value = [f"{writing.find_service(name) or name}{colon}{mode}" for name, colon, mode in parts]
    return extra if value is extra.value else Extra(extra.platform, extra.path, extra.location, value, extra.origin)


def _construct(writing: "Writing", root: dict[str, Any], path: Path) -> dict[str, Any] | None:
    """Find the written construct that a model path names."""
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


def _put(target: dict[str, Any], location: tuple[str | int, ...], value: Any) -> None:
    if location[0] == "volumes" and len(location) == 2 and isinstance(value, dict) and "target" in value:
        target.setdefault("volumes", []).append(value)  # A mount of a kind that the model does not know.
        return
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
