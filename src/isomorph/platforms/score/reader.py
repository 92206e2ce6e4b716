"""Score files, folders of them and streams to one definition: each file is a workload with the resources it needs.

Source of the rules: the Score specification (score.dev/v1b1) and, where it is silent, its reference implementation.
"""

from collections.abc import Iterator
from typing import Any

from isomorph.model.application import Application, Definition, Dependency, Extra, Volume
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin, Origins
from isomorph.model.workload import Workload
from isomorph.platforms.context import Context, Source
from isomorph.platforms.score.overrides import apply_overrides, find_name
from isomorph.platforms.score.read_workload import read_workload
from isomorph.platforms.score.reading import WorkloadReading
from isomorph.platforms.score.schema import check_schema
from isomorph.syntax.tree import Mapping, Node, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

_MARK = b"score.dev/"
_DEEPEST = 16
_MOST_FILES = 10_000


def read(source: Source, context: Context) -> Definition:
    """Read a Score file, every Score file below a folder, or standard input (`-`)."""
    reading = _Reading()
    paths = list_files(source, context)
    for path, root in _read_roots(paths, source, context):
        _read_document(root, path, context, reading)
    if not reading.workloads:
        raise InvalidInput(
            "the file is empty", Origin(source.path), "a Score file starts with apiVersion: score.dev/v1b1"
        )
    application = Application(workloads=reading.workloads, volumes=reading.volumes, dependencies=reading.dependencies)
    return Definition(
        application=application,
        platform="score",
        sources=tuple(paths),
        origins=reading.origins,
        extras=tuple(reading.extras),
        diagnostics=tuple(reading.diagnostics),
    )


def list_files(source: Source, context: Context) -> list[str]:
    """Give the files that a source names: itself, or the Score files below a folder."""
    return _find_files(source.path, context) if _is_folder(source.path, context) else [source.path]


def read_specs(source: Source, context: Context) -> dict[str, dict[str, Any]]:
    """Give Score files as plain data, overrides applied, by the workload's name: what patch templates are told."""
    specs: dict[str, dict[str, Any]] = {}
    for _, root in _read_roots(list_files(source, context), source, context):
        data: Any = to_data(root)
        specs[data["metadata"]["name"]] = data
    return specs


def _read_roots(paths: list[str], source: Source, context: Context) -> Iterator[tuple[str, Node]]:
    """Read the documents of Score files with what is laid over them, each with its file."""
    found = (
        (path, document.root)
        for path in paths
        for document in parse_yaml(context.read_input(path, what="Score file"), path, Dialect.COMPOSE)
        if document.root is not None
    )
    if not source.options:
        yield from found
        return
    roots = list(found)
    names = frozenset(name.text for _, root in roots if (name := find_name(root)) is not None)
    for path, root in roots:
        yield path, apply_overrides(root, source, context, names)


class _Reading:
    """What has been read so far."""

    __slots__ = ("dependencies", "diagnostics", "extras", "origins", "volumes", "workloads")

    def __init__(self) -> None:
        self.workloads: dict[str, Workload] = {}
        self.dependencies: dict[str, Dependency] = {}
        self.volumes: dict[str, Volume] = {}
        self.origins = Origins({})
        self.extras: list[Extra] = []
        self.diagnostics: list[Diagnostic] = []


def _is_folder(path: str, context: Context) -> bool:
    return path != "-" and context.files.is_folder(path)


def _find_files(folder: str, context: Context) -> list[str]:
    """Find `score.yaml` and `*.score.yaml` below a folder; where there are none, every YAML file that says it is Score."""
    found = _walk(folder, context)
    named = [path for path in found if _is_score_name(path.rpartition("/")[2])]
    if not named:
        named = [path for path in found if _MARK in context.read_input(path)[:4096]]
    if not named:
        raise InvalidInput(f"no Score file below {folder}", Origin(folder), "name the file, or call it score.yaml")
    return named


def _is_score_name(name: str) -> bool:
    stem = name.rpartition(".")[0]
    return stem == "score" or stem.endswith(".score")


def _walk(folder: str, context: Context) -> list[str]:
    """List the YAML files below a folder in order of their paths, hidden folders left out."""
    found: list[str] = []
    pending = [(folder.rstrip("/") or "/", 0)]
    while pending:
        here, depth = pending.pop()
        for name in context.files.list_folder(here):
            path = name if here == "." else f"{here}/{name}"
            try:
                if name.endswith((".yaml", ".yml")) and context.files.is_file(path):
                    found.append(path)
                elif not name.startswith(".") and depth < _DEEPEST and context.files.is_folder(path):
                    pending.append((path, depth + 1))
            except InvalidInput:  # A link that leads out of the project is not part of it.
                continue
        if len(found) > _MOST_FILES:
            raise InvalidInput(
                f"more than {_MOST_FILES} YAML files below {folder}", Origin(folder), "name a folder in it"
            )
    return sorted(found)


def _read_document(root: Node, path: str, context: Context, reading: _Reading) -> None:
    data: Any = to_data(root)
    if not isinstance(root, Mapping) or not isinstance(data, dict):
        raise InvalidInput(
            "a Score file is a mapping", root.origin, "it starts with apiVersion: score.dev/v1b1, metadata, containers"
        )
    root, data = _upgrade(root, data, reading.diagnostics)
    check_schema(root, data)
    name: str = data["metadata"]["name"]
    if name in reading.workloads:
        first = reading.origins.find(("workloads", name))
        here = root["metadata"]
        raise InvalidInput(
            f"workload {name} is defined twice, first at {first}",
            (here["name"] if isinstance(here, Mapping) else here).origin,
            "give one of them another metadata.name",
        )
    one = WorkloadReading(name, path, root, data, context, reading.origins, reading.diagnostics, reading.extras)
    reading.workloads[name] = read_workload(one)
    reading.volumes.update(one.volumes)
    for uid, dependency in one.dependencies.items():
        _add_dependency(uid, dependency, one, reading)


def _add_dependency(uid: str, dependency: Dependency, one: WorkloadReading, reading: _Reading) -> None:
    """Add a resource; one that several workloads share must be the same to all of them."""
    known = reading.dependencies.get(uid)
    origin = one.dependency_origins[uid]
    if known is None:
        reading.dependencies[uid] = dependency
        one.record(("dependencies", uid), origin)
    elif known != dependency and (known.parameters, known.metadata) != (dependency.parameters, dependency.metadata):
        if dependency.parameters is None and not dependency.metadata:
            return
        if known.parameters is None and not known.metadata:
            reading.dependencies[uid] = dependency
            one.record(("dependencies", uid), origin)
            return
        first = reading.origins.find(("dependencies", uid))
        raise InvalidInput(
            f"resource {uid} has other params or metadata than at {first}",
            origin,
            "resources with the same type, class and id are one: make them equal, or give one another id",
        )


def _upgrade(root: Mapping, data: dict[str, Any], diagnostics: list[Diagnostic]) -> tuple[Mapping, dict[str, Any]]:
    """Turn the older array form of files and volumes, with `target`, into the map by target."""
    containers = root.get("containers")
    if not isinstance(containers, Mapping):
        return root, data
    changed: dict[str, Node] = {}
    for name, container in containers.items():
        if not isinstance(container, Mapping):
            continue
        for field in ("files", "volumes"):
            old = container.get(field)
            if isinstance(old, Sequence):
                new = _map_by_target(old)
                container = Mapping(container.origin, {**container.entries, field: new}, container.keys)
                changed[name] = container
                diagnostics.append(
                    Diagnostic("deprecated", f"{field} as a list with target; write a mapping by target", old.origin)
                )
    if not changed:
        return root, data
    upgraded = Mapping(containers.origin, {**containers.entries, **changed}, containers.keys)
    root = Mapping(root.origin, {**root.entries, "containers": upgraded}, root.keys)
    return root, to_data(root)


def _map_by_target(items: Sequence) -> Mapping:
    from isomorph.syntax.tree import Scalar

    entries: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    for item in items:
        target = item.get("target") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(target, Scalar) or not target.text:
            raise InvalidInput("an entry of the list form needs a target", item.origin, "write a mapping by target")
        if target.text in entries:
            raise InvalidInput(f"{target.text} is a target twice, first at {keys[target.text].origin}", target.origin)
        rest = {key: value for key, value in item.items() if key != "target"}
        entries[target.text] = Mapping(item.origin, rest, item.keys)
        keys[target.text] = target
    return Mapping(items.origin, entries, keys)
