"""A workload as one or more Compose services.

One container is one service, named as the workload. Of several, the main one owns the network under the workload's name
and the others join it. Where the main one waits for another, that one joining it would be a circle (Compose refuses it), so
a holder service that only sleeps owns the network, and all containers join that.
"""

from typing import Any

from isomorph.model.origin import Path
from isomorph.model.workload import Container, Kind, Role, Workload
from isomorph.platforms.compose.layout import Layout
from isomorph.platforms.compose.write_network import write_networks, write_ports
from isomorph.platforms.compose.write_service import write_container, write_restart, write_restart_policy
from isomorph.platforms.compose.writing import Writing

CONTAINER, WORKLOAD, ROLE = "dev.isomorph/container", "dev.isomorph/workload", "dev.isomorph/role"
HOLDER_IMAGE = "registry.k8s.io/pause:3.10"
"""A container that sleeps until it is told to stop: what Kubernetes itself holds a pod's network with."""

_ENDING = (Kind.JOB, Kind.SCHEDULED)
_KINDS = {Kind.STATEFUL: "stateful", Kind.DAEMON: "daemon", Kind.JOB: "job", Kind.SCHEDULED: "scheduled"}
_CONDITIONS = {
    "started": "service_started",
    "healthy": "service_healthy",
    "complete": "service_completed_successfully",
}


def write_workload(writing: Writing, workload: Workload, layout: Layout, aliases: list[str]) -> None:
    """Write all services of a workload."""
    path: Path = ("workloads", workload.name)
    owner: dict[str, Any] = {}
    if layout.holder:
        owner["image"] = HOLDER_IMAGE
        writing.services[layout.owner] = owner
    for key in sorted(workload.containers, key=lambda key: layout.services[key] != layout.owner):
        container, name = workload.containers[key], layout.services[key]
        service = write_container(writing, name, container, (*path, "containers", key))
        writing.services[name] = service
        writing.container_services[workload.name, key] = name
        annotations = _container_annotations(layout, key, container)
        if name == layout.owner:
            owner = service
        elif writing.target.apart:
            annotations[WORKLOAD] = workload.name
            write_networks(
                workload, [], service
            )  # It has no further name there, for it does not stand for the workload.
        else:
            service["network_mode"] = f"service:{layout.owner}"
            conditions = {layout.services[other]: condition for other, condition in layout.waits.get(key, {}).items()}
            _write_waits(service, conditions)
        if container.role is not Role.INIT or len(workload.containers) == 1:
            _write_restart(writing, workload, service, (*path, "containers", key))
        if annotations:
            service["annotations"] = annotations
    _write_owner(writing, workload, layout, owner, aliases)
    _report_losses(writing, workload, path)


def _write_owner(
    writing: Writing, workload: Workload, layout: Layout, owner: dict[str, Any], aliases: list[str]
) -> None:
    """Write what belongs to the workload: ports, names, order, scale, labels, on the service that owns the network."""
    path: Path = ("workloads", workload.name)
    for key in write_ports(writing, workload, owner):
        port = workload.ports[key]
        what = f"peers reach port {port.target} instead of {port.number}"
        writing.lose("port.target", (*path, "ports", key), what, "approximated")
    write_networks(workload, aliases, owner)
    for namespace in workload.host_namespaces:
        if namespace != "network":
            owner[namespace] = "host"
    _write_order(writing, workload, owner)
    replicas = workload.scale.replicas
    if replicas is not None:
        owner.setdefault("deploy", {})["replicas"] = replicas if isinstance(replicas, int) else replicas.expression
    if workload.placement and writing.target.deployed:
        owner.setdefault("deploy", {})["placement"] = {"constraints": _to_constraints(workload)}
    if layout.holder:
        _write_restart(writing, workload, owner, path)
    if workload.labels:
        owner["labels"] = {key: writing.texts.plain(value) for key, value in workload.labels.items()}
    annotations = {key: writing.texts.plain(value) for key, value in workload.annotations.items()}
    if layout.owner != workload.name or (writing.target.apart and len(layout.services) > 1):
        annotations[WORKLOAD] = workload.name
    if layout.holder:
        annotations[ROLE] = "holder"
    if annotations:
        owner["annotations"] = {**annotations, **owner.get("annotations", {})}


def _to_constraints(workload: Workload) -> list[str]:
    """Spell Swarm's constraints, which Compose carries."""
    attributes = {"os": "node.platform.os", "arch": "node.platform.arch", "hostname": "node.hostname"}
    return [
        f"{attributes.get(each.attribute) or _node_label(each.attribute)} "
        f"{'!=' if each.operator == '!=' else '=='} {''.join(each.values)}"
        for each in workload.placement
    ]


def _node_label(attribute: str) -> str:
    return attribute if attribute.startswith("node.") else f"node.labels.{attribute}"


def _container_annotations(layout: Layout, key: str, container: Container) -> dict[str, str]:
    """Say what the service's name does not: the container's own name, and its role."""
    annotations: dict[str, str] = {}
    if not layout.is_told(key):
        annotations[CONTAINER] = key
    if container.role is not Role.MAIN:
        annotations[ROLE] = container.role.value
    return annotations


def _write_waits(service: dict[str, Any], conditions: dict[str, str]) -> None:
    if not conditions:
        return
    if all(condition == "started" for condition in conditions.values()):
        service["depends_on"] = list(conditions)
    else:
        service["depends_on"] = {
            name: {"condition": _CONDITIONS.get(condition, "service_started")} for name, condition in conditions.items()
        }


def _write_order(writing: Writing, workload: Workload, owner: dict[str, Any]) -> None:
    order = workload.order
    if not order:
        return
    said_elsewhere = _orders_kept(writing, workload) if writing.extras else frozenset()
    written: dict[str, Any] = {}
    for waited, how in order.items():
        if waited in said_elsewhere:
            continue
        name = writing.find_service(waited)
        if name is None:
            writing.report(
                "lost",
                f"{workload.name}: waits for {waited}, which is no workload here",
                ("workloads", workload.name, "order", waited),
            )
            continue
        entry: dict[str, Any] = {"condition": _CONDITIONS.get(how.condition, "service_started")}
        if not how.required:
            entry["required"] = False
        written[name] = entry
    if not written:
        return
    if all(entry == {"condition": "service_started"} for entry in written.values()):
        owner["depends_on"] = list(written)
    else:
        owner["depends_on"] = written


def _orders_kept(writing: Writing, workload: Workload) -> frozenset[str]:
    """Give what single services of a workload wait for, as extras say."""
    paths = [("workloads", workload.name, "containers", key) for key in workload.containers]
    return frozenset(
        str(extra.location[1])
        for path in (*paths, ("workloads", workload.name))
        for extra in writing.extras.get(path, ())
        if len(extra.location) == 2 and extra.location[0] == "depends_on"
    )


def _write_restart(writing: Writing, workload: Workload, service: dict[str, Any], path: Path) -> None:
    if workload.restart is None:
        silence = writing.silence.restart
        if silence and silence != writing.target.restart and workload.kind not in _ENDING:
            service["restart"] = "always" if silence == "always" else "no"  # What silence means there, and not here.
        return
    extras = writing.extras.get(path, ()) if writing.extras else ()
    locations = {extra.location for extra in extras}
    if ("deploy", "restart_policy") in locations:
        return  # This one has a policy of its own, which comes back with the extras.
    if any(location[:2] == ("deploy", "restart_policy") for location in locations):
        service.setdefault("deploy", {})["restart_policy"] = write_restart_policy(workload.restart)
    elif ("restart",) in locations:
        return
    else:
        service["restart"] = write_restart(workload.restart)


def _report_losses(writing: Writing, workload: Workload, path: Path) -> None:
    if workload.kind is not Kind.SERVICE:
        field = f"kind.{_KINDS[workload.kind]}"
        writing.lose(field, (*path, "kind"), f"{_KINDS[workload.kind]} workload, written as a service", "approximated")
    if workload.schedule is not None:
        writing.lose("schedule", (*path, "schedule"), f"schedule {workload.schedule.cron}")
    scale = workload.scale
    if scale.minimum is not None or scale.maximum is not None or scale.targets:
        writing.lose("scale.autoscaling", (*path, "scale"), "autoscaling")
    if workload.placement and not writing.target.deployed:
        writing.lose("placement.constraint", (*path, "placement"), "placement")
    for name, uid in workload.dependencies.items():
        writing.lose("dependency", (*path, "dependencies", name), f"dependency {name} ({uid})")
    for key, port in workload.ports.items():
        for exposure in port.exposures:
            field = f"port.exposure.{exposure.kind}"
            if exposure.kind != "host" and writing.target.reasons[field]:
                writing.lose(field, (*path, "ports", key), f"port {key} on a {exposure.kind}", "approximated")
