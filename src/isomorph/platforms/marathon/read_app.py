"""One application as a workload of one container."""

from typing import Any

from isomorph.model.image import parse_image
from isomorph.model.origin import Path
from isomorph.model.workload import Container, Kind, Restart, Scale, Security, Workload
from isomorph.platforms.marathon.fields import (
    APP,
    APP_MODELLED,
    CONTAINER,
    CONTAINER_MODELLED,
    DOCKER,
    DOCKER_MODELLED,
    OF_THE_SERVER,
)
from isomorph.platforms.marathon.ids import last_part, mesos_names
from isomorph.platforms.marathon.read_parameters import Parameters, read_parameters
from isomorph.platforms.marathon.read_placement import read_constraints
from isomorph.platforms.marathon.read_ports import read_instances, read_networking
from isomorph.platforms.marathon.read_probes import put_probes, read_probes
from isomorph.platforms.marathon.read_process import (
    read_compute,
    read_secrets,
    read_shell,
    read_variables,
    read_vector,
)
from isomorph.platforms.marathon.read_routes import read_labels, read_routes
from isomorph.platforms.marathon.read_storage import read_volumes
from isomorph.platforms.marathon.reading import Entry, Reading
from isomorph.platforms.marathon.values import flag_at, is_null, mapping_at, number_at, string_at
from isomorph.syntax.tree import Mapping

ALWAYS = Restart("always")
"""Marathon starts every instance that ended again, whatever its exit code."""


def read_app(reading: Reading, entry: Entry) -> Workload:
    """Read one application."""
    node, path = entry.node, ("workloads", entry.name)
    reading.origins[path] = node["id"].origin
    name = last_part(entry.identity)
    inner = (*path, "containers", name)
    reading.origins[inner] = node["container"].origin if "container" in node else node.origin
    docker = mapping_at(mapping_at(node, "container"), "docker")
    read_secrets(reading, node, path)
    parameters = read_parameters(reading, docker, entry.name, inner)
    networking = read_networking(reading, node, path)
    container = _read_container(reading, entry, docker, parameters, inner)
    container = put_probes(container, read_probes(reading, node, networking.listening, path, inner))
    routes = read_routes(reading, node, networking, path)
    _keep_rest(reading, node, path)
    namespaces = (["network"] if networking.mode == "host" else []) + parameters.host_namespaces
    names = [*parameters.names, *networking.names, *mesos_names(entry.identity)]
    return Workload(
        entry.name,
        kind=Kind.SERVICE,
        containers={name: container},
        ports=networking.ports,
        routes=routes,
        names=tuple(dict.fromkeys(names)),
        scale=Scale(read_instances(reading, node, "instances", path)),
        restart=ALWAYS,
        host_namespaces=tuple(namespaces),
        placement=read_constraints(reading, node, path),
        networks=networking.networks,
        labels={**parameters.labels, **read_labels(reading, node, path)},
    )


def _read_container(reading: Reading, entry: Entry, docker: Mapping, parameters: Parameters, path: Path) -> Container:
    node = entry.node
    said: dict[str, Any] = dict(parameters.fields)
    image = string_at(docker, "image")
    if image is not None:
        said["image"] = parse_image(image)
        reading.origins[(*path, "image")] = docker["image"].origin
    forced = flag_at(docker, "forcePullImage")
    if forced is not None:
        said["pull_policy"] = "always" if forced else "missing"
        reading.origins[(*path, "pull_policy")] = docker["forcePullImage"].origin
    said.update(_read_process(reading, node, parameters, path))
    grace = number_at(node, "taskKillGracePeriodSeconds")
    if grace is not None:
        said["stop_grace"] = round(grace * 1000)
        reading.origins[(*path, "stop_grace")] = node["taskKillGracePeriodSeconds"].origin
    storage = parameters.storage
    read_volumes(reading, node, entry.name, path, storage)
    variables = read_variables(reading, node, "env", mapping_at(node, "secrets"), path)
    return Container(
        variables={**parameters.variables, **variables},
        files=storage.files,
        mounts=storage.mounts,
        compute=read_compute(reading, node, mapping_at(node, "resourceLimits"), path),
        security=_read_security(reading, node, docker, parameters, path),
        **said,
    )


def _read_process(reading: Reading, node: Mapping, parameters: Parameters, path: Path) -> dict[str, Any]:
    """Read what runs: a shell's line or an entrypoint with its arguments replaces the image's own, arguments alone do not."""
    shell = read_shell(reading, node, "cmd", (*path, "command"))
    if shell is not None:
        if not is_null(node.get("args")) and len(node["args"]):  # type: ignore[arg-type]
            reading.say("ignored", "`cmd` and `args` exclude each other; `args` was passed over", node["args"].origin)
        return {"command": shell}
    whole = parameters.entrypoint is not None or "docker" not in mapping_at(node, "container")
    words = read_vector(reading, node, "args", (*path, "command" if whole else "args"))
    if not whole:
        return {} if not words else {"args": words}
    if parameters.entrypoint:
        origin = parameters.entrypoint_origin or node.origin
        reading.origins.setdefault((*path, "command"), origin)
        for index in range(len(words or ()), 0, -1):
            reading.origins[(*path, "command", str(index))] = reading.origins[(*path, "command", str(index - 1))]
        reading.origins[(*path, "command", "0")] = origin
        return {"command": (parameters.entrypoint, *(words or ()))}
    return {} if parameters.entrypoint is None and not words else {"command": words or ()}


def _read_security(reading: Reading, node: Mapping, docker: Mapping, parameters: Parameters, path: Path) -> Security:
    said = dict(parameters.security)
    privileged = flag_at(docker, "privileged")
    if privileged is not None:
        said["privileged"] = privileged
        reading.origins[(*path, "security", "privileged")] = docker["privileged"].origin
    user = string_at(node, "user")
    if user is not None:
        if _is_docker(node):  # Of the agent: the container's own is an option of docker.
            reading.keep(path[:2], ("user",), node["user"], node.keys["user"].origin)
        else:
            said["user"] = user
            reading.origins[(*path, "security", "user")] = node["user"].origin
    return Security(**said)


def _is_docker(node: Mapping) -> bool:
    container = mapping_at(node, "container")
    return "docker" in container and (string_at(container, "type") or "DOCKER").upper() == "DOCKER"


def _keep_rest(reading: Reading, node: Mapping, path: Path) -> None:
    container = mapping_at(node, "container")
    docker = mapping_at(container, "docker")
    reading.keep_rest(node, APP_MODELLED | OF_THE_SERVER, APP, path)
    reading.keep_rest(container, CONTAINER_MODELLED, CONTAINER, path, ("container",))
    reading.keep_rest(docker, DOCKER_MODELLED, DOCKER, path, ("container", "docker"))
    if "type" in container and not _is_docker(node):
        reading.keep(path, ("container", "type"), container["type"])
