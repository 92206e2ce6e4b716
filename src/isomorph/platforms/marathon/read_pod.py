"""One pod as a workload of several containers, which share its network."""

from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.image import parse_image
from isomorph.model.origin import Path
from isomorph.model.workload import Container, Scale, Security, Workload
from isomorph.platforms.marathon.fields import (
    OF_THE_SERVER,
    POD,
    POD_CONTAINER,
    POD_CONTAINER_MODELLED,
    POD_IMAGE,
    POD_IMAGE_MODELLED,
    POD_MODELLED,
    SCHEDULING,
    SCHEDULING_MODELLED,
)
from isomorph.platforms.marathon.ids import mesos_names
from isomorph.platforms.marathon.read_app import ALWAYS
from isomorph.platforms.marathon.read_placement import read_pod_constraints
from isomorph.platforms.marathon.read_ports import (
    Networking,
    read_endpoints,
    read_instances,
    read_networks,
)
from isomorph.platforms.marathon.read_probes import put_probes, read_pod_probes
from isomorph.platforms.marathon.read_process import read_compute, read_secrets, read_shell, read_variables, read_vector
from isomorph.platforms.marathon.read_routes import read_labels
from isomorph.platforms.marathon.read_storage import Storage, read_pod_mounts, read_pod_volumes
from isomorph.platforms.marathon.reading import Entry, Reading
from isomorph.platforms.marathon.values import (
    flag_at,
    mapping_at,
    mappings_at,
    number_at,
    string_at,
)
from isomorph.syntax.tree import Mapping

PodVolumes = dict[str, tuple[str, str]]


def read_pod(reading: Reading, entry: Entry) -> Workload:
    """Read one pod."""
    node, path = entry.node, ("workloads", entry.name)
    reading.origins[path] = node["id"].origin
    read_secrets(reading, node, path)
    networking = Networking(ports={}, names=[], listening=[])
    read_networks(reading, node, networking, path)
    volumes = read_pod_volumes(reading, node, entry.name, path)
    containers: dict[str, Container] = {}
    for item in mappings_at(node, "containers"):
        name = string_at(item, "name")
        if not name:
            raise InvalidInput("a container of a pod has no `name`", item.origin, "add `name`")
        if name in containers:
            raise InvalidInput(f"the pod has two containers {name}", item["name"].origin, "give each its own name")
        containers[name] = _read_container(reading, entry, item, name, networking, volumes)
    scheduling = mapping_at(node, "scheduling")
    placement = mapping_at(scheduling, "placement")
    reading.keep_rest(node, POD_MODELLED | OF_THE_SERVER, POD, path)
    reading.keep_rest(scheduling, SCHEDULING_MODELLED, SCHEDULING, path, ("scheduling",))
    reading.keep_rest(
        placement, frozenset(("constraints",)), ("acceptedResourceRoles",), path, ("scheduling", "placement")
    )
    return Workload(
        entry.name,
        containers=containers,
        ports=networking.ports,
        names=tuple(dict.fromkeys((*networking.names, *mesos_names(entry.identity)))),
        scale=Scale(read_instances(reading, mapping_at(node, "scaling"), "instances", path)),
        restart=ALWAYS,
        host_namespaces=("network",) if networking.mode == "host" else (),
        placement=read_pod_constraints(reading, placement, path),
        networks=networking.networks,
        labels=read_labels(reading, node, path),
    )


def _read_container(
    reading: Reading, entry: Entry, node: Mapping, name: str, networking: Networking, volumes: PodVolumes
) -> Container:
    pod, path = entry.node, ("workloads", entry.name, "containers", name)
    reading.origins[path] = node.origin
    said: dict[str, Any] = _read_image(reading, node, path)
    said.update(_read_exec(reading, node, path))
    grace = number_at(mapping_at(node, "lifecycle"), "killGracePeriodSeconds")
    if grace is not None:
        said["stop_grace"] = round(grace * 1000)
        reading.origins[(*path, "stop_grace")] = node["lifecycle"].origin
    user = string_at(node, "user") or string_at(pod, "user")
    if user is not None:
        said["security"] = Security(user=user)
        reading.origins[(*path, "security", "user")] = (node if "user" in node else pod)["user"].origin
    storage = Storage()
    read_pod_mounts(reading, node, volumes, path, storage)
    secrets = mapping_at(pod, "secrets")
    shared = read_variables(reading, pod, "environment", secrets, path)
    own = read_variables(reading, node, "environment", secrets, path)
    listening = read_endpoints(reading, node, networking, path[:2])
    reading.keep_rest(node, POD_CONTAINER_MODELLED, POD_CONTAINER, path)
    container = Container(
        variables={**shared, **own},
        files=storage.files,
        mounts=storage.mounts,
        compute=read_compute(reading, mapping_at(node, "resources"), mapping_at(node, "resourceLimits"), path),
        **said,
    )
    return put_probes(container, read_pod_probes(reading, node, listening, path, path))


def _read_image(reading: Reading, node: Mapping, path: Path) -> dict[str, Any]:
    image = mapping_at(node, "image")
    said: dict[str, Any] = {}
    text = string_at(image, "id")
    if text is not None:
        said["image"] = parse_image(text)
        reading.origins[(*path, "image")] = image["id"].origin
    forced = flag_at(image, "forcePull")
    if forced is not None:
        said["pull_policy"] = "always" if forced else "missing"
        reading.origins[(*path, "pull_policy")] = image["forcePull"].origin
    reading.keep_rest(image, POD_IMAGE_MODELLED, POD_IMAGE, path, ("image",))
    return said


def _read_exec(reading: Reading, node: Mapping, path: Path) -> dict[str, Any]:
    """Read what runs; without an image, or where it is to replace the image's entrypoint, a vector is the command."""
    execute = mapping_at(node, "exec")
    command = mapping_at(execute, "command")
    shell = read_shell(reading, command, "shell", (*path, "command"))
    if shell is not None:
        return {"command": shell}
    whole = flag_at(execute, "overrideEntrypoint") or "image" not in node
    field = "command" if whole else "args"
    words = read_vector(reading, command, "argv", (*path, field))
    return {} if words is None else {field: words}
