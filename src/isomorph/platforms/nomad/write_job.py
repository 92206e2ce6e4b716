"""A workload as a job of one group: its kind, how many run and where, what follows an exit."""

import re
from collections import Counter
from typing import Any

from isomorph.model.origin import Path
from isomorph.model.workload import Constraint, Kind, Role, Workload
from isomorph.platforms.nomad.write_network import write_network, write_services
from isomorph.platforms.nomad.write_routes import write_tags
from isomorph.platforms.nomad.write_storage import write_requests
from isomorph.platforms.nomad.write_task import Group, is_batch, write_task
from isomorph.platforms.nomad.writing import Construct, Names, Peer, Writing, block, safe_name, with_entries
from isomorph.syntax.hcl.emit import Block, Expression, Template, is_identifier

_TYPES = {Kind.DAEMON: "system", Kind.JOB: "batch", Kind.SCHEDULED: "batch"}
ATTRIBUTES = {
    "os": "attr.kernel.name",
    "arch": "attr.cpu.arch",
    "hostname": "attr.unique.hostname",
    "zone": "node.datacenter",
    "region": "node.region",
}
"""What Nomad knows of nodes, by the model's words."""

_REFERENCE = re.compile(r"(?:meta|attr|node)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+")


def needs_bridge(workload: Workload) -> bool:
    """Tell whether containers of a workload run beside each other, and so reach each other at localhost."""
    return "network" not in workload.host_namespaces and (
        sum(container.role is not Role.INIT for container in workload.containers.values()) > 1
    )


def write_job(writing: Writing, peer: Peer) -> Block:
    """Write a workload."""
    workload = peer.workload
    path: Path = ("workloads", peer.key)
    head: dict[str, Any] = {}
    namespace = workload.namespace or writing.application.namespace or writing.options.namespace
    if namespace:
        head["namespace"] = namespace
    kind = _TYPES.get(workload.kind)
    if kind is not None:
        head["type"] = kind
    if workload.kind is Kind.STATEFUL:
        writing.lose("kind.stateful", (*path, "kind"), "stateful workload, written as a service", "approximated")
    body: Construct = [head] if head else []
    if workload.schedule is not None and workload.kind is not Kind.SCHEDULED:
        writing.lose("schedule", (*path, "schedule"), f"schedule {workload.schedule.cron} of what is no job")
    elif workload.schedule is not None:
        body.append(block("periodic", crons=[workload.schedule.cron], time_zone=workload.schedule.time_zone))
    group = _write_group(writing, peer)
    body.append(group)
    writing.constructs[path] = body
    return Block("job", (peer.name,), body)


def _write_group(writing: Writing, peer: Peer) -> Block:
    workload = peer.workload
    path: Path = ("workloads", peer.key)
    head: dict[str, Any] = {}
    body: Construct = [head]
    scale = workload.scale
    if scale.replicas is not None and workload.kind is not Kind.DAEMON:
        head["count"] = (
            scale.replicas
            if isinstance(scale.replicas, int)
            else Expression(f"var.{writing.use_variable(scale.replicas.variable or 'replicas')}")
        )
    body += _write_scaling(writing, workload, path)
    body += [written for each in workload.placement for written in _write_constraint(each)]
    body += _write_restart(writing, workload, path)
    tasks = _name_tasks(writing, peer)
    services = write_services(writing, peer, tasks, write_tags(writing, peer))
    network = write_network(writing, peer)
    body += [network] if network is not None else []
    body += services
    if workload.annotations and all(is_identifier(name) for name in workload.annotations):
        body.append(with_entries("meta", workload.annotations))
    elif workload.annotations:
        head["meta"] = dict(workload.annotations)
    requests, volumes = write_requests(writing, workload)
    body += volumes
    group = Group(tasks, _find_shared(workload), requests)
    body += [write_task(writing, peer, name, group) for name in tasks]
    _report_losses(writing, workload, path)
    return Block("group", (peer.name,), body)


def _name_tasks(writing: Writing, peer: Peer) -> dict[str, str]:
    names = Names()
    tasks: dict[str, str] = {}
    for key in peer.workload.containers:
        task = names.give(safe_name(key))
        if task != key:
            path: Path = ("workloads", peer.key, "containers", key)
            writing.report("renamed", f"{peer.key}: container {key} is task {task}", path)
        tasks[key] = task
    return tasks


def _find_shared(workload: Workload) -> frozenset[str]:
    mounted = Counter(
        name
        for container in workload.containers.values()
        for name in {mount.volume for mount in container.mounts.values()}
    )
    return frozenset(name for name, count in mounted.items() if count > 1)


def _write_scaling(writing: Writing, workload: Workload, path: Path) -> list[Block]:
    scale = workload.scale
    if scale.minimum is None and scale.maximum is None and not scale.targets:
        return []
    if workload.kind is Kind.DAEMON:
        writing.lose("scale.autoscaling", (*path, "scale"), "autoscaling of what runs once on every node")
        return []
    writing.lose("scale.autoscaling", (*path, "scale"), "autoscaling", "approximated")
    checks: list[Block] = []
    for resource, target in scale.targets.items():
        if resource not in ("cpu", "memory"):
            writing.lose("scale.autoscaling", (*path, "scale", "targets", resource), f"target for {resource}")
            continue
        strategy = block("strategy", "target-value", target=target)
        checks.append(block("check", resource, body=[strategy], source="nomad-apm", query=f"avg_{resource}"))
    maximum = scale.maximum if scale.maximum is not None else max(scale.minimum or 1, 1)
    body: Construct = [block("policy", body=list(checks))] if checks else []
    return [block("scaling", body=body, enabled=True, min=scale.minimum, max=maximum)]


def _write_constraint(constraint: Constraint) -> list[Block]:
    """Write a constraint; one of several values that are none of them is a constraint each."""
    known = ATTRIBUTES.get(constraint.attribute)
    if known is None:
        named = constraint.attribute
        known = named if _REFERENCE.fullmatch(named) else f"meta.{named}"
    attribute: Any = f"${{{known}}}"
    if _REFERENCE.fullmatch(known):
        attribute = Template((Expression(known),))
    values = constraint.values
    if constraint.operator in ("exists", "absent"):
        asked = "is_set" if constraint.operator == "exists" else "is_not_set"
        return [block("constraint", attribute=attribute, operator=asked)]
    if constraint.operator in ("!=", "not-in"):
        return [block("constraint", attribute=attribute, operator="!=", value=value) for value in values]
    if constraint.operator == "in" and len(values) > 1 and not any("," in value for value in values):
        return [block("constraint", attribute=attribute, operator="set_contains_any", value=",".join(values))]
    if constraint.operator == "in" and len(values) > 1:
        choice = "|".join(re.escape(each).replace("\\-", "-") for each in values)
        return [block("constraint", attribute=attribute, operator="regexp", value=f"^({choice})$")]
    operator = constraint.operator if constraint.operator in ("<", ">") else None
    return [block("constraint", attribute=attribute, operator=operator, value=values[0] if values else "")]


def _write_restart(writing: Writing, workload: Workload, path: Path) -> list[Block]:
    """Write what follows an exit: on the same node, and on another one (fact 22)."""
    restart = workload.restart
    if restart is None:
        return []
    where = (*path, "restart")
    system = workload.kind is Kind.DAEMON
    never_placed = [] if system else [block("reschedule", attempts=0, unlimited=False)]
    if restart.policy == "never":
        return [block("restart", attempts=0, mode="fail"), *never_placed]
    if restart.policy == "on-failure":
        if not is_batch(workload.kind):
            writing.lose("lifecycle.restart", where, "restart on failure", "approximated")
        if restart.attempts is None:
            return [] if system else [_placed_again(workload)]
        interval = "24h"
        return [
            block("restart", attempts=restart.attempts, interval=interval, delay="15s", mode="fail"),
            *never_placed,
        ]
    if restart.policy == "unless-stopped":
        writing.lose("lifecycle.restart", where, "restart unless it was stopped", "approximated")
    if is_batch(workload.kind):
        writing.lose("lifecycle.restart", where, "restart of a batch job that succeeded")
    return [block("restart", mode="delay")] if system else [_placed_again(workload)]


def _placed_again(workload: Workload) -> Block:
    """Place an instance again as often as it fails; a batch job's own number of attempts would contradict that."""
    return block("reschedule", attempts=0 if is_batch(workload.kind) else None, unlimited=True)


def _report_losses(writing: Writing, workload: Workload, path: Path) -> None:
    for waited in workload.order:
        what = f"waits for {waited}; a template with its address is rendered anew when it is there"
        writing.lose("lifecycle.order", (*path, "order", waited), what)
    for name, uid in workload.dependencies.items():
        writing.lose("dependency", (*path, "dependencies", name), f"dependency {name} ({uid})")
    for name, container in workload.containers.items():
        for waited, condition in container.before.items():
            inner = (*path, "containers", name, "before", waited)
            if workload.containers.get(waited) is None or workload.containers[waited].role is Role.MAIN:
                writing.report("lost", f"{path[1]}: {name} before {waited} ({condition}): tasks start together", inner)
    for key, port in workload.ports.items():
        if port.protocol != "tcp":
            message = f"{path[1]}: port {key}: Nomad opens a port for tcp and udp both"
            writing.report("approximated", message, (*path, "ports", key))
