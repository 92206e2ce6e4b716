"""Which resources there are: their uids, who named them first, and that all who share one say the same of it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from isomorph.model.application import Definition, Dependency
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Origins
from isomorph.provisioning.contract import Resource

DEFAULT_CLASS = "default"

_UID = re.compile(r"([^.#]+)\.([^.#]+)#(.+)", re.DOTALL)


class Uid(msgspec.Struct, frozen=True):
    """A uid in its parts; `id` is `WORKLOAD.NAME` for a resource that is one workload's own."""

    type: str
    class_: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}.{self.class_}#{self.id}"


class Scope(msgspec.Struct, frozen=True):
    """What the placeholders in a resource's params may name: the resources (name -> uid) and metadata of one workload."""

    workload: str
    resources: Mapping[str, str]
    metadata: Mapping[str, Any]


class Declared(msgspec.Struct, frozen=True):
    """A resource as its definition has it: params with their placeholders, and what those mean."""

    resource: Resource
    scope: Scope


def print_uid(type_: str, class_: str | None, id_: str | None, workload: str, name: str) -> str:
    """Spell the uid of a resource: by its explicit id where it has one, else by the workload and its name there."""
    return f"{type_}.{class_ or DEFAULT_CLASS}#{id_ or f'{workload}.{name}'}"


def parse_uid(uid: str) -> Uid:
    """Split a uid; raises InvalidInput for what is none."""
    match = _UID.fullmatch(uid)
    if match is None:
        raise InvalidInput(
            f"{uid!r} is no resource uid", hint="it is spelled TYPE.CLASS#ID, or TYPE.CLASS#WORKLOAD.NAME"
        )
    return Uid(*match.groups())


def list_resources(definition: Definition, known: Mapping[str, str] | None = None) -> dict[str, Declared]:
    """Give every resource that a workload names, by uid, in the order of the workloads.

    The workload whose definition counts is the one that wrote the params; without params it is the first. It is a
    resource's workload, too, unless another is `known` to be from earlier runs, and still names it: what realises the
    resource may be called after that one. Raises InvalidInput for a workload that names a resource which the definition
    does not have.
    """
    application, origins = definition.application, definition.origins
    metadata = _list_metadata(definition)
    owners = _find_owners(definition)
    found: dict[str, Declared] = {}
    for uid, workload in owners.items():
        dependency = application.dependencies.get(uid)
        origin = origins.find(("dependencies", uid)) or origins.find(("workloads", workload))
        if dependency is None:
            raise InvalidInput(f"workload {workload} names the resource {uid}, which is not defined", origin)
        names = application.workloads[workload].dependencies
        first = known.get(uid, "") if known else ""
        if first not in application.workloads or uid not in application.workloads[first].dependencies.values():
            first = workload
        found[uid] = Declared(_to_resource(uid, dependency, first, origin), Scope(workload, names, metadata[workload]))
    return found


def _to_resource(uid: str, dependency: Dependency, workload: str, origin: Origin | None) -> Resource:
    return Resource(
        uid=uid,
        type=dependency.type,
        class_=dependency.class_ or DEFAULT_CLASS,
        id=dependency.id or uid.partition("#")[2],
        workload=workload,
        metadata=dependency.metadata,
        parameters=dependency.parameters or {},
        origin=origin,
    )


def _find_owners(definition: Definition) -> dict[str, str]:
    """Give the workload that a resource's definition was taken from: its name there was written where the resource was."""
    exact = definition.origins.exact
    owners: dict[str, str] = {}
    settled: set[str] = set()
    for key, workload in definition.application.workloads.items():
        for name, uid in workload.dependencies.items():
            if uid not in owners:
                owners[uid] = key
            elif uid in settled:
                continue
            written = exact(("dependencies", uid))
            if written is not None and written == exact(("workloads", key, "dependencies", name)):
                owners[uid] = key
                settled.add(uid)
    return owners


def _list_metadata(definition: Definition) -> dict[str, dict[str, Any]]:
    """Give the metadata of each workload as its definition has it: name, annotations, and what the model does not hold."""
    metadata: dict[str, dict[str, Any]] = {}
    for key, workload in definition.application.workloads.items():
        metadata[key] = {"name": workload.name}
        if workload.annotations:
            metadata[key]["annotations"] = workload.annotations
    for extra in definition.extras:
        location, path = extra.location, extra.path
        if len(location) == 2 and location[0] == "metadata" and len(path) == 2 and path[0] == "workloads":
            metadata[path[1]][str(location[1])] = extra.value
    return metadata


def check_shared(definitions: Iterable[Definition]) -> None:
    """Check that definitions which are to be one say the same of every resource that they share.

    Raises InvalidInput, with the later place and naming the earlier one, for another type, class, or other params or
    metadata; a definition that says nothing of params or metadata agrees with every other.
    """
    seen: dict[str, tuple[Dependency, Origins]] = {}
    for definition in definitions:
        for uid, dependency in definition.application.dependencies.items():
            earlier = seen.get(uid)
            if earlier is None:
                seen[uid] = (dependency, definition.origins)
                continue
            aspect = find_conflict(earlier[0], dependency)
            path = ("dependencies", uid)
            if aspect:
                raise conflict_error(uid, aspect, earlier[1].find(path), definition.origins.find(path))
            seen[uid] = (merge_dependency(earlier[0], dependency), earlier[1])


def find_conflict(first: Dependency, second: Dependency) -> str:
    """Name what two definitions of one resource say differently (type, class, params, metadata), or nothing."""
    if first.type != second.type:
        return "type"
    if (first.class_ or DEFAULT_CLASS) != (second.class_ or DEFAULT_CLASS):
        return "class"
    if None not in (first.parameters, second.parameters) and first.parameters != second.parameters:
        return "params"
    if first.metadata and second.metadata and first.metadata != second.metadata:
        return "metadata"
    return ""


def merge_dependency(first: Dependency, second: Dependency) -> Dependency:
    """Give what two definitions of one resource, which do not conflict, say together."""
    return msgspec.structs.replace(
        first,
        parameters=second.parameters if first.parameters is None else first.parameters,
        metadata=first.metadata or second.metadata,
    )


def conflict_error(uid: str, aspect: str, first: Origin | None, second: Origin | None) -> InvalidInput:
    """Give the error for two definitions of one resource: at the second, naming the first."""
    place = f" at {first}" if first else " in another definition"
    return InvalidInput(
        f"resource {uid} has another {aspect} than{place}"
        if aspect in ("type", "class")
        else f"resource {uid} has other {aspect} than{place}",
        second,
        "resources with the same type, class and id are one: make them equal, or give one another id",
    )
