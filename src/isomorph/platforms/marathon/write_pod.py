"""One workload of several containers as a pod, run by Mesos' own runtime."""

from typing import Any

from isomorph.model.origin import Path
from isomorph.model.workload import Container, Role, Workload
from isomorph.platforms.marathon.ids import to_part
from isomorph.platforms.marathon.write_app import (
    instances,
    shell_or_argv,
    write_compute,
    write_constraints,
)
from isomorph.platforms.marathon.write_ports import write_endpoints, write_networks
from isomorph.platforms.marathon.write_probes import write_pod_probes
from isomorph.platforms.marathon.write_storage import Mounting, write_pod_mounts
from isomorph.platforms.marathon.write_text import print_image, print_text, write_variables
from isomorph.platforms.marathon.writing import Construct, Writing

POD_ORDER = (
    "id", "labels", "containers", "networks", "scaling", "scheduling", "environment", "secrets", "volumes",
)  # fmt: skip
"""The keys of a pod in the order in which people write them; others follow."""


def write_pod(writing: Writing, key: str, workload: Workload) -> Construct:
    """Write one pod."""
    path: Path = ("workloads", key)
    pod: Construct = {"id": writing.ids[key]}
    writing.constructs[path] = pod
    secrets: Construct = {}
    mounting = Mounting(writing, key, secrets)
    volumes: dict[str, Construct] = {}
    labels = {**workload.labels, **{name: str(value) for name, value in workload.annotations.items()}}
    pod["labels"] = labels
    endpoints = write_endpoints(writing, key, workload)
    containers: list[Construct] = []
    for name, container in _running(writing, workload, path):
        inner = (*path, "containers", name)
        listening = endpoints if not containers else []
        containers.append(_write_container(writing, key, name, container, listening, endpoints, mounting, volumes))
        writing.constructs[inner] = containers[-1]
    pod["containers"] = containers
    pod["networks"] = write_networks(writing, workload, key, 10)
    replicas = instances(writing, workload, path)
    if replicas is not None:
        pod["scaling"] = {"kind": "fixed", "instances": replicas}
    _write_rest(writing, workload, path, pod)
    pod["secrets"] = secrets
    pod["volumes"] = list(volumes.values())
    return pod


def _running(writing: Writing, workload: Workload, path: Path) -> list[tuple[str, Container]]:
    """Give the containers that run side by side; those that end before the others start are lost."""
    found: list[tuple[str, Container]] = []
    for name, container in workload.containers.items():
        inner = (*path, "containers", name)
        if container.role is Role.INIT:
            writing.lose("container.init", inner, f"init container {name}")
            continue
        if container.role is Role.SIDECAR:
            writing.lose("container.sidecar", inner, f"sidecar {name}", "approximated")
        for other in container.before:
            writing.lose("container.sidecar", inner, f"{name} starts before {other}", "approximated")
        found.append((name, container))
    return found


def _write_container(
    writing: Writing,
    key: str,
    name: str,
    container: Container,
    listening: list[Construct],
    endpoints: list[Construct],
    mounting: Mounting,
    volumes: dict[str, Construct],
) -> Construct:
    path: Path = ("workloads", key, "containers", name)
    written: Construct = {"name": to_part(name).replace(".", "-")[:63]}
    _write_image(writing, key, name, container, path, written)
    words = [print_text(writing, word, (*path, "command")) for word in container.command or ()]
    rest = [print_text(writing, word, (*path, "args")) for word in container.args or ()]
    if words:
        written["exec"] = {"command": shell_or_argv([*words, *rest]), "overrideEntrypoint": True}
    elif rest:
        written["exec"] = {"command": {"argv": rest}}
    compute = write_compute(writing, container.compute, path)
    limits = compute.pop("resourceLimits", None)
    written["resources"] = compute
    if limits:
        written["resourceLimits"] = limits
    if listening:
        written["endpoints"] = listening
    written["environment"] = write_variables(writing, container.variables, key, mounting.secrets, path)
    if container.security.user is not None:
        written["user"] = container.security.user
    names = {_number(each): each["name"] for each in endpoints}
    write_pod_probes(writing, container, names, path, written)
    mounts = write_pod_mounts(mounting, container, path, volumes)
    if mounts:
        written["volumeMounts"] = mounts
    grace = container.stop_grace if container.stop_grace is not None else writing.stop_grace
    if grace is not None:
        written["lifecycle"] = {"killGracePeriodSeconds": grace // 1000 if grace % 1000 == 0 else grace / 1000}
    _report_options(writing, container, path)
    return {each: value for each, value in written.items() if value or each in ("resources", "name")}


def _number(endpoint: Construct) -> int:
    number: int = endpoint.get("containerPort") or endpoint["hostPort"]
    return number


def _write_image(writing: Writing, key: str, name: str, container: Container, path: Path, written: Construct) -> None:
    if container.build is not None:
        writing.lose("image.build", (*path, "build"))
    image: Construct = {"kind": "DOCKER"}
    if container.image is not None:
        image["id"] = print_image(writing, container.image, (*path, "image"))
    elif not writing.own:
        image["id"] = f"{writing.ids[key].strip('/').replace('/', '-')}-{to_part(name)}"
        writing.report("assumed", f"{key} {name}: no image is said; {image['id']} was written", (*path, "image"))
    else:
        return
    if container.pull_policy is not None:
        image["forcePull"] = container.pull_policy == "always"
    written["image"] = image


def _report_options(writing: Writing, container: Container, path: Path) -> None:
    """Tell what only docker's options say, which the containers of a pod do not take."""
    security = container.security
    said: dict[str, Any] = {
        "working directory": container.workdir,
        "stop signal": container.stop_signal,
        "group": security.group,
        "capabilities": security.capabilities_added or security.capabilities_dropped,
        "read-only root": security.read_only_root,
        "privileged": security.privileged,
        "no new privileges": security.no_new_privileges,
    }
    found = [name for name, value in said.items() if value]
    if found:
        where = f"{path[1]} {path[3]}"
        writing.report("lost", f"{where}: the containers of a pod take no options of docker ({', '.join(found)})", path)
    if security.non_root:
        writing.lose("security.non-root", (*path, "security", "non_root"))


def _write_rest(writing: Writing, workload: Workload, path: Path, pod: Construct) -> None:
    constraints = write_constraints(writing, workload, path)
    if constraints:
        listed = [dict(zip(("fieldName", "operator", "value"), words, strict=False)) for words in constraints]
        pod["scheduling"] = {"placement": {"constraints": listed}}
    for other in workload.order:
        writing.report("lost", f"{path[1]}: a pod waits for nothing ({other})", (*path, "order", other))
    for name in workload.routes:
        writing.report("lost", f"{path[1]}: marathon-lb serves no pods ({name})", (*path, "routes", name))
    for space in workload.host_namespaces:
        if space != "network":
            writing.lose("security.host-namespace", (*path, "host_namespaces", space), f"the host's {space}")
    others = writing.other_names(workload)
    if others:
        writing.report("lost", f"{path[1]}: a pod has no names of its own ({', '.join(others)})", (*path, "names"))
