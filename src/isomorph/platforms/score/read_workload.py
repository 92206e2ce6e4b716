"""One Score file's tree, already checked against the schema, to a workload and the resources it needs."""

from collections.abc import Iterator

from isomorph.model.application import Dependency, Extra
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image, parse_image
from isomorph.model.origin import Path
from isomorph.model.text import Text
from isomorph.model.workload import (
    Check,
    Compute,
    Container,
    Exec,
    Http,
    Kind,
    Port,
    Probe,
    Role,
    Workload,
)
from isomorph.platforms.score.quantities import parse_cpu, parse_memory
from isomorph.platforms.score.read_files import read_files, read_volumes
from isomorph.platforms.score.reading import WorkloadReading
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data

KIND_ANNOTATION = "k8s.score.dev/kind"
SERVICE_NAME_ANNOTATION = "k8s.score.dev/service-name"
_EXPANDED_NOWHERE = ("${metadata.", "${resources.")


def read_workload(reading: WorkloadReading) -> Workload:
    """Read the workload of one Score file."""
    root = reading.root
    metadata = _mapping(root, "metadata")
    reading.record(reading.path, metadata["name"].origin)
    annotations = _read_metadata(reading, metadata)
    _read_resources(reading)
    containers = _read_containers(reading)
    name = annotations.get(SERVICE_NAME_ANNOTATION)
    stateful = annotations.get(KIND_ANNOTATION, "").lower() == "statefulset"
    return Workload(
        name=reading.name,
        kind=Kind.STATEFUL if stateful else Kind.SERVICE,
        containers=containers,
        ports=_read_ports(reading),
        names=(reading.name,) if name in (None, reading.name) else (reading.name, str(name)),
        dependencies=dict(reading.uids),
        annotations=annotations,
    )


def _mapping(parent: Mapping, key: str) -> Mapping:
    """Give a mapping that the schema says is one; an empty one where it is not written."""
    node = parent.get(key)
    return node if isinstance(node, Mapping) else Mapping(parent.origin, {}, {})


def _text(parent: Mapping, key: str) -> str | None:
    node = parent.get(key)
    return node.text if isinstance(node, Scalar) else None


def _strings(parent: Mapping, key: str) -> list[Scalar] | None:
    node = parent.get(key)
    return [item for item in node if isinstance(item, Scalar)] if isinstance(node, Sequence) else None


def _scalars(parent: Mapping) -> Iterator[tuple[str, Scalar]]:
    for key, node in parent.items():
        if isinstance(node, Scalar):
            yield key, node


def _read_metadata(reading: WorkloadReading, metadata: Mapping) -> dict[str, str]:
    annotations: dict[str, str] = {}
    for key, node in _scalars(_mapping(metadata, "annotations")):
        annotations[key] = node.text
        reading.record((*reading.path, "annotations", key), node.origin)
    for key, value in metadata.items():
        if key not in ("name", "annotations"):
            reading.extras.append(Extra("score", reading.path, ("metadata", key), to_data(value), value.origin))
    return annotations


def _read_resources(reading: WorkloadReading) -> None:
    """Read what the workload needs; placeholders in params are checked and kept as written."""
    resources = _mapping(reading.root, "resources")
    for name, node in resources.items():
        if isinstance(node, Mapping):
            kind, class_, id_ = _text(node, "type") or "", _text(node, "class"), _text(node, "id")
            uid = f"{kind}.{class_ or 'default'}#{id_ or f'{reading.name}.{name}'}"
            reading.uids[name] = uid
            reading.record((*reading.path, "dependencies", name), resources.keys[name].origin)
    for name, node in resources.items():
        if not isinstance(node, Mapping):
            continue
        _check_placeholders(reading, node.get("params"))
        uid = reading.uids[name]
        reading.dependency_origins[uid] = resources.keys[name].origin
        reading.dependencies[uid] = Dependency(
            type=_text(node, "type") or "",
            class_=_text(node, "class"),
            id=_text(node, "id"),
            metadata=to_data(node.get("metadata")) or {},
            parameters=to_data(node.get("params")),
        )


def _check_placeholders(reading: WorkloadReading, node: Node | None) -> None:
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, Scalar) and isinstance(here.value, str):
            reading.expand(here.value, here.origin)
        elif isinstance(here, Sequence):
            pending.extend(here.items)
        elif isinstance(here, Mapping):
            pending.extend(here.entries.values())


def _read_ports(reading: WorkloadReading) -> dict[str, Port]:
    named = _mapping(_mapping(reading.root, "service"), "ports")
    ports: dict[str, Port] = {}
    for name, node in named.items():
        if not isinstance(node, Mapping):
            continue
        values = to_data(node)
        number = int(values["port"])
        protocol = str(values.get("protocol", "TCP")).lower()
        key = f"{number}/{protocol}"
        path = (*reading.path, "ports", key)
        port = Port(number, int(values.get("targetPort", number)), protocol, name)
        if key in ports:
            if ports[key].target != port.target:
                raise InvalidInput(
                    f"port {key} is offered twice, by {ports[key].name} and {name}, with different targets",
                    node["port"].origin,
                    "give one of them another port",
                )
            reading.report("ignored", f"port {name} repeats {ports[key].name}", named.keys[name].origin, path)
            continue
        ports[key] = port
        reading.record(path, named.keys[name].origin)
        reading.record((*path, "number"), node["port"].origin)
        reading.record((*path, "target"), (node.get("targetPort") or node["port"]).origin)
        reading.record((*path, "protocol"), (node.get("protocol") or node["port"]).origin)
    return ports


def _read_containers(reading: WorkloadReading) -> dict[str, Container]:
    containers = _mapping(reading.root, "containers")
    read: dict[str, Container] = {}
    for name, node in containers.items():
        if isinstance(node, Mapping):
            reading.record((*reading.path, "containers", name), containers.keys[name].origin)
            read[name] = _read_container(reading, node, (*reading.path, "containers", name), set(containers.entries))
    _check_order(read, containers)
    return read


def _read_container(reading: WorkloadReading, node: Mapping, path: Path, siblings: set[str]) -> Container:
    before = _read_before(reading, node, path, siblings)
    return Container(
        role=_role_of(before),
        image=_read_image(reading, node, path),
        command=_read_vector(reading, node, "command", path),
        args=_read_vector(reading, node, "args", path),
        variables=_read_variables(reading, node, path),
        files=read_files(reading, _mapping(node, "files"), path),
        mounts=read_volumes(reading, _mapping(node, "volumes"), path),
        liveness=_read_probe(reading, node, "livenessProbe", (*path, "liveness")),
        readiness=_read_probe(reading, node, "readinessProbe", (*path, "readiness")),
        compute=_read_compute(reading, node, path),
        before=before,
    )


def _role_of(before: dict[str, str]) -> Role:
    """A container that another one waits for comes first: to completion (init), or to stay (sidecar)."""
    if "complete" in before.values():
        return Role.INIT
    return Role.SIDECAR if before else Role.MAIN


def _read_image(reading: WorkloadReading, node: Mapping, path: Path) -> Image | None:
    image = node["image"]
    text = image.text if isinstance(image, Scalar) else ""
    reading.record((*path, "image"), image.origin)
    if text == ".":
        message = f"the image of {path[-1]} is supplied when it is deployed"
        reading.report("image-supplied-later", message, image.origin, (*path, "image"))
        return None
    return parse_image(reading.expand(text, image.origin) if "$" in text else text)


def _read_vector(reading: WorkloadReading, node: Mapping, field: str, path: Path) -> tuple[Text, ...] | None:
    """Read command or args. Placeholders are not expanded there, but `$$` is a dollar on either reference platform."""
    items = _strings(node, field)
    if items is None:
        return None
    reading.record((*path, field), node[field].origin)
    for index, item in enumerate(items):
        reading.record((*path, field, str(index)), item.origin)
        if any(start in item.text.replace("$$", "") for start in _EXPANDED_NOWHERE):
            message = f"placeholders are not expanded in {field}; put the value into a variable"
            reading.report("ignored", message, item.origin, (*path, field, str(index)))
    return tuple(item.text.replace("$$", "$") for item in items)


def _read_variables(reading: WorkloadReading, node: Mapping, path: Path) -> dict[str, Text]:
    variables: dict[str, Text] = {}
    for name, value in _scalars(_mapping(node, "variables")):
        reading.record((*path, "variables", name), value.origin)
        variables[name] = reading.expand(value.text, value.origin)
    return variables


def _read_probe(reading: WorkloadReading, node: Mapping, field: str, path: Path) -> Probe | None:
    probe = node.get(field)
    if not isinstance(probe, Mapping):
        return None
    reading.record(path, node.keys[field].origin)
    check: Check
    execute, http = probe.get("exec"), probe.get("httpGet")
    if isinstance(execute, Mapping):
        # Where both are there, the specification prefers exec.
        reading.record((*path, "check"), execute["command"].origin)
        check = Exec(tuple(item.text for item in _strings(execute, "command") or ()))
        if isinstance(http, Mapping):
            reading.report("ignored", "exec is preferred to httpGet; write one of them", http.origin, path)
        return Probe(check)
    if not isinstance(http, Mapping):
        return None
    reading.record((*path, "check"), http.origin)
    values = to_data(http)
    check = Http(
        port=int(values["port"]),
        path=values["path"],
        scheme=values["scheme"].upper() if "scheme" in values else None,
        host=values.get("host"),
        headers={header["name"]: header["value"] for header in values.get("httpHeaders", ())},
    )
    return Probe(check)


def _read_compute(reading: WorkloadReading, node: Mapping, path: Path) -> Compute:
    resources = _mapping(node, "resources")
    found: dict[str, dict[str, int] | None] = {}
    for field in ("requests", "limits"):
        amounts: dict[str, int] | None = None
        if isinstance(resources.get(field), Mapping):
            amounts = {}
            for name, amount in _scalars(_mapping(resources, field)):
                amounts[name] = (parse_cpu if name == "cpu" else parse_memory)(amount.text)
                reading.record((*path, "compute", field, name), amount.origin)
        found[field] = amounts
    return Compute(found["requests"], found["limits"])  # type: ignore[arg-type]  # dict is invariant


def _read_before(reading: WorkloadReading, node: Mapping, path: Path, siblings: set[str]) -> dict[str, str]:
    order = _mapping(node, "before")
    before: dict[str, str] = {}
    for name, condition in order.items():
        if name not in siblings:
            known = ", ".join(sorted(siblings))
            raise InvalidInput(f"before: there is no container {name!r}", order.keys[name].origin, f"there are {known}")
        if isinstance(condition, Mapping):
            before[name] = _text(condition, "ready") or "started"
            reading.record((*path, "before", name), condition["ready"].origin)
    return before


def _check_order(containers: dict[str, Container], nodes: Mapping) -> None:
    """Refuse containers that wait for each other in a circle."""
    waiting = {name: set(container.before) for name, container in containers.items()}
    free = [name for name, later in waiting.items() if not later]
    earlier: dict[str, list[str]] = {}
    for name, later in waiting.items():
        for each in later:
            earlier.setdefault(each, []).append(name)
    while free:
        done = free.pop()
        waiting.pop(done, None)
        for name in earlier.get(done, ()):
            waiting[name].discard(done)
            if not waiting[name]:
                free.append(name)
    if waiting:
        names = ", ".join(waiting)
        raise InvalidInput(
            f"containers {names} come before each other in a circle",
            nodes.keys[next(iter(waiting))].origin,
            "remove one `before`",
        )
