"""A model as a table for a person: every value that a definition says, and where it says it."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from isomorph.drift.spelling import print_bytes, print_cpu, print_duration, print_flag, print_mode, print_vector
from isomorph.model.application import Application, Definition
from isomorph.model.errors import UsageError
from isomorph.model.image import Image, print_image
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.text import Reference, print_text
from isomorph.model.workload import Binary, Exec, Grpc, HostPath, Http, Kind, Tcp, Workload
from isomorph.report.places import print_place
from isomorph.report.terminal import Style, cells, clean, count, pad, shorten, shorten_path, wrap

_DURATIONS = frozenset({"period", "timeout", "initial_delay", "grace", "stop_grace"})
_BYTES = frozenset({"memory", "ephemeral-storage", "size"})
_SHARED = ("volumes", "secrets", "configurations", "dependencies")

_IN_TITLE = (("name",), ("kind",), ("scale", "replicas"))
_LEAST_VALUE = 24

Row = tuple[Path, str]
NamedRow = tuple[str, str, Path]
"""What stands in the first column, the value, and the model path (empty for a heading)."""


def choose_workloads(definition: Definition, names: list[str]) -> Definition:
    """Keep some workloads and their volumes only; raises UsageError for a name that is not there."""
    if not names:
        return definition
    workloads = definition.application.workloads
    unknown = [name for name in names if name not in workloads]
    if unknown:
        raise UsageError(f"there is no workload {unknown[0]!r}; there are {', '.join(workloads) or 'none'}")
    kept = {name: workload for name, workload in workloads.items() if name in names}
    mounted = {
        mount.volume
        for workload in kept.values()
        for each in workload.containers.values()
        for mount in each.mounts.values()
    }
    volumes = {name: volume for name, volume in definition.application.volumes.items() if name in mounted}
    application = msgspec.structs.replace(definition.application, workloads=kept, volumes=volumes)

    def belongs(path: Path) -> bool:
        return path[:1] not in (("workloads",), ("volumes",)) or len(path) < 2 or path[1] in (kept | volumes)

    origins = Origins({path: origin for path, origin in definition.origins.table.items() if belongs(path)})
    extras = tuple(extra for extra in definition.extras if belongs(extra.path))
    return msgspec.structs.replace(definition, application=application, origins=origins, extras=extras)


def print_model(definition: Definition, style: Style) -> str:
    """Write a definition's model as a table, a workload at a time."""
    application = definition.application
    lines: list[str] = []
    base = _common_folder(definition)
    for key, workload in application.workloads.items():
        lines += [_title(key, workload, style), *_table(definition, _workload_rows(key, workload), base, style), ""]
    for field in _SHARED:
        values: dict[str, Any] = getattr(application, field)
        if values:
            found = [row for key, value in values.items() for row in _value_rows(value, (field, key))]
            rows = [(f"  {' '.join(path[1:])}", value, path) for path, value in found]
            lines += [style.paint(field, "bold"), *_table(definition, rows, base, style), ""]
    lines += wrap(_footer(definition, application, base), style.width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _title(key: str, workload: Workload, style: Style) -> str:
    scale = workload.scale.replicas
    replicas = f", {count(scale, 'replica')}" if isinstance(scale, int) else ""
    kind = "stateful service" if workload.kind is Kind.STATEFUL else workload.kind.value
    return style.paint(clean(key), "bold") + style.paint(f"  {kind}{replicas}", "dim")


def _footer(definition: Definition, application: Application, base: str) -> str:
    parts = [f"{count(len(application.workloads), 'workload')} from {count(len(definition.sources), 'file')}"]
    if base:
        parts.append(f"places are below {base}")
    if definition.extras:
        parts.append(f"{count(len(definition.extras), 'value')} without a place in the model, kept beside it")
    return "; ".join(parts)


def _common_folder(definition: Definition) -> str:
    """Give the folder that all files are in, where there are several in one below the current."""
    folders = {os.path.dirname(source) for source in definition.sources}
    folder = folders.pop() if len(folders) == 1 else ""
    return folder + "/" if folder else ""


def _table(definition: Definition, rows: list[NamedRow], base: str, style: Style) -> list[str]:
    """Set rows in three columns: the field, its value, its place; a row without a value is a heading."""
    names = [
        clean(name) if cells(name) <= style.width // 2 else shorten(clean(name), style.width // 2)
        for name, _, _ in rows
    ]
    origins = [definition.origins.find(path) if path else None for _, _, path in rows]
    widest = style.width * 2 // 5
    places = [_place(origin, base, widest) if origin is not None else "" for origin in origins]
    last = min(max(map(len, places), default=0), widest)
    first = min(max(map(cells, names), default=0), max(16, style.width - last - 4 - _LEAST_VALUE))
    middle = max(8, style.width - first - last - 4)
    lines = []
    for name, (_, value, path), place in zip(names, rows, places, strict=True):
        said = shorten(clean(value) or '""', middle) if path else ""
        where = style.paint(shorten_path(place, last), "dim")
        lines.append(f"{pad(shorten(name, first), first)}  {pad(said, middle)}  {where}")
    return lines


def _place(origin: Origin, base: str, room: int) -> str:
    whole = print_place(origin, base)
    return whole if len(whole) <= room else print_place(origin, base, behind=False)


def _workload_rows(key: str, workload: Workload) -> list[NamedRow]:
    """List what a workload says, container by container; its name, kind and scale stand in the title."""
    named: list[NamedRow] = []
    container = ""
    for path, value in _value_rows(workload, ("workloads", key)):
        field = path[2:]
        if field in _IN_TITLE:
            continue
        if field[0] != "containers":
            named.append((f"  {' '.join(field)}", value, path))
            continue
        if field[1] != container:
            container = field[1]
            named.append((f"  container {container}", "", ()))
        named.append((f"    {' '.join(field[2:])}", value, path))
    return named


def _value_rows(value: Any, path: Path) -> list[Row]:
    return list(_rows(value, path))


def _rows(value: Any, path: Path) -> Iterator[Row]:
    """Give a row for each value in a part of the model; what is not said has none."""
    if value is None:
        yield path, "value not known here"
        return
    spelled = _spell(value, path)
    if spelled is not None:
        yield path, spelled
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _rows(item, (*path, str(key)))
    else:
        yield from _struct_rows(value, path)


def _struct_rows(value: msgspec.Struct, path: Path) -> Iterator[Row]:
    """Give the rows of a construct's fields that are said."""
    for field in msgspec.structs.fields(value):
        item = getattr(value, field.name)
        default = field.default_factory() if callable(field.default_factory) else field.default
        if item is None or (item == default and not field.required):
            continue
        yield from _rows(item, (*path, field.name))


def _spell(value: Any, path: Path) -> str | None:
    """Spell a value that fills one row; None for what has rows of its own."""
    match value:
        case bool():
            return print_flag(value)
        case int():
            return _spell_number(value, path)
        case str():
            return value
        case Image():
            return print_image(value)
        case Exec():
            return _spell_vector(value.command)
        case Http():
            scheme = "" if (value.scheme or "http").lower() == "http" else f"{value.scheme}://".lower()
            return f"GET {scheme}{value.host or ''}:{value.port}{value.path or '/'}"
        case Tcp():
            return f"TCP {value.host or ''}:{value.port}"
        case Grpc():
            return f"gRPC :{value.port}{' ' + value.service if value.service else ''}"
        case Binary():
            return count(len(value.data), "byte")
        case HostPath():
            return f"{value.path} (not there)"
        case tuple() | list():  # A list is plain data: a resource's parameter.
            return _spell_tuple(tuple(value))
        case float():
            return str(value)
    if isinstance(value, Reference):
        return print_text((value,))
    if hasattr(value, "value") and not isinstance(value, msgspec.Struct):
        return str(value.value)
    return None


def _spell_tuple(value: tuple[Any, ...]) -> str:
    """Spell a text with references, a vector of texts, or a list of constructs."""
    if any(isinstance(part, Reference) for part in value):
        return print_text(value)
    if all(isinstance(item, str | tuple) for item in value):
        return _spell_vector(value)
    return "; ".join(" ".join(text for _, text in _rows(item, ())) for item in value)


def _spell_vector(vector: tuple[Any, ...]) -> str:
    return print_vector(print_text(text) for text in vector)


def _spell_number(value: int, path: Path) -> str:
    """Spell a number in the unit of its field."""
    last = path[-1] if path else ""
    if "compute" in path and last == "cpu":
        return print_cpu(value)
    if last in _BYTES:
        return print_bytes(value)
    if last in _DURATIONS:
        return print_duration(value)
    return print_mode(value) if last == "mode" else str(value)
