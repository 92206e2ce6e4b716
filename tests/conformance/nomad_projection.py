"""What both sides of the comparison say of a job's tasks, in one form: the API's job of a real Nomad, and our model.

Only what the definition itself says is projected, in plain values: references to the running cluster are left out on both
sides, since the API has them as text.
"""

from typing import Any

from isomorph.model.application import Definition
from isomorph.model.image import print_image
from isomorph.model.workload import Constraint, Container, Exec, Http, Probe, Tcp, Workload

MIB = 1024 * 1024
KINDS = {"service": "service", "system": "daemon", "batch": "job", "sysbatch": "job"}
ATTRIBUTES = {"${attr.kernel.name}": "os", "${attr.cpu.arch}": "arch"}
Facts = dict[str, Any]


def is_plain(value: Any) -> bool:
    """Tell whether a text is settled by the definition alone."""
    return isinstance(value, str) and "${" not in value


def project_job(job: Facts) -> dict[str, Facts]:
    """Give the facts of each task of a job in the API's canonical form, by the task's name."""
    kind = "scheduled" if job["Periodic"] and KINDS[job["Type"]] == "job" else KINDS[job["Type"]]
    found: dict[str, Facts] = {}
    for group in job["TaskGroups"]:
        for task in group["Tasks"]:
            facts = _of_task(task)
            facts["kind"] = kind
            facts["namespace"] = job["Namespace"]
            if kind != "daemon":
                facts["count"] = group["Count"]
            facts["ports"] = sorted(_ports_of(group, task))
            facts["checks"] = sorted(_checks_of(group, task), key=str)
            facts["constraints"] = sorted(_constraints_of(job, group), key=str)
            found[f"{group['Name']}/{task['Name']}"] = facts
    return found


def _of_task(task: Facts) -> Facts:
    config = task["Config"] or {}
    docker = task["Driver"] in ("docker", "podman")
    words = [config.get("command"), *(config.get("args") or [])]
    process = [word for word in words if word is not None]
    resources = task["Resources"]
    lifecycle = task["Lifecycle"] or {}
    user, _, group = (task["User"] or "").partition(":")
    limit = resources["MemoryMaxMB"] or resources["MemoryMB"]
    return {
        "image": config.get("image") if docker else None,
        "command": (config.get("entrypoint") or []) if docker else process,
        "args": process if docker else [],
        "env": {name: value for name, value in (task["Env"] or {}).items() if is_plain(value)},
        "user": user,
        "group": group,
        "signal": task["KillSignal"] or None,
        "grace": (task["KillTimeout"] or 0) // 10**6,
        "memory": resources["MemoryMB"] * MIB,
        "limit": (limit if task["Driver"] != "raw_exec" else 0) * MIB,
        "cpu": (resources["Cores"] or 0) * 1000 or resources["CPU"],
        "role": ("sidecar" if lifecycle.get("Sidecar") else "init") if lifecycle.get("Hook") == "prestart" else "main",
        "read_only": bool(config.get("readonly_rootfs")),
        "privileged": bool(config.get("privileged")),
        "drop": sorted(config.get("cap_drop") or []) if docker else [],
    }


def _ports_of(group: Facts, task: Facts) -> list[tuple[str, int, int | None]]:
    """Give label, container's port and static port, of the ports whose container's port is said."""
    config = task["Config"] or {}
    maps = {label: number for each in config.get("port_map") or [] for label, number in each.items()}
    found = []
    for network in [*(group["Networks"] or []), *(task["Resources"]["Networks"] or [])]:
        for port in [*(network["ReservedPorts"] or []), *(network["DynamicPorts"] or [])]:
            target = maps.get(port["Label"]) or (port["To"] if port["To"] > 0 else 0) or port["Value"]
            if target:
                found.append((port["Label"], int(target), port["Value"] or None))
    known = {target for _, target, _ in found}
    numbers = [service["PortLabel"] for service in [*(group["Services"] or []), *(task["Services"] or [])]]
    return [*found, *(("", int(each), None) for each in numbers if each.isdecimal() and int(each) not in known)]


def _checks_of(group: Facts, task: Facts) -> list[tuple[Any, ...]]:
    """Give type, path, interval and timeout of the checks that could be a task's."""
    services = [*(group["Services"] or []), *(task["Services"] or [])]
    return [
        (check["Type"], check["Path"] or None, check["Interval"] // 10**6, check["Timeout"] // 10**6)
        for service in services
        for check in service["Checks"] or []
    ]


def _constraints_of(job: Facts, group: Facts) -> list[tuple[str, str]]:
    return [
        (ATTRIBUTES[each["LTarget"]], each["RTarget"])
        for each in [*(job["Constraints"] or []), *(group["Constraints"] or [])]
        if each["LTarget"] in ATTRIBUTES and each["Operand"] == "="
    ]


def project_model(definition: Definition, groups: dict[str, str]) -> dict[str, Facts]:
    """Give the facts of each container, with Nomad's defaults where nothing is said; `groups` are the tasks' groups."""
    found: dict[str, Facts] = {}
    for workload in definition.application.workloads.values():
        for name, container in workload.containers.items():
            facts = _of_container(container)
            facts["kind"] = workload.kind.value
            facts["namespace"] = workload.namespace or "default"
            if workload.kind.value != "daemon":
                facts["count"] = 1 if workload.scale.replicas is None else workload.scale.replicas
            facts["ports"] = sorted(_ports_in(workload))
            facts["checks"] = sorted(_checks_in(container), key=str)
            facts["constraints"] = sorted(_constraints_in(workload.placement), key=str)
            found[f"{groups[name]}/{name}"] = facts
    return found


def _of_container(container: Container) -> Facts:
    requests, limits = container.compute.requests or {}, container.compute.limits or {}
    memory = requests.get("memory", 300 * MIB)
    return {
        "image": print_image(container.image) if container.image else None,
        "command": list(container.command or ()),
        "args": list(container.args or ()),
        "env": {name: value for name, value in container.variables.items() if is_plain(value)},
        "user": container.security.user or "",
        "group": container.security.group or "",
        "signal": container.stop_signal,
        "grace": 5000 if container.stop_grace is None else container.stop_grace,
        "memory": memory,
        "limit": limits.get("memory", memory if limits or not requests else 0),
        "cpu": requests.get("cpu", 100),
        "role": container.role.value,
        "read_only": bool(container.security.read_only_root),
        "privileged": bool(container.security.privileged),
        "drop": sorted(container.security.capabilities_dropped or ()),
    }


def _ports_in(workload: Workload) -> list[tuple[str, int, int | None]]:
    return [
        (port.name or "", port.target, port.exposures[0].port if port.exposures else None)
        for port in workload.ports.values()
    ]


def _checks_in(container: Container) -> list[tuple[Any, ...]]:
    probes = [probe for probe in (container.liveness, container.readiness) if probe is not None]
    return sorted({_of_probe(probe) for probe in probes}, key=str)


def _of_probe(probe: Probe) -> tuple[Any, ...]:
    check = probe.check
    kinds: dict[type, str] = {Http: "http", Tcp: "tcp", Exec: "script"}
    kind = kinds.get(type(check), "grpc")
    return kind, check.path if isinstance(check, Http) else None, probe.period, probe.timeout


def _constraints_in(placement: tuple[Constraint, ...]) -> list[tuple[str, str]]:
    return [(each.attribute, each.values[0]) for each in placement if each.attribute in ATTRIBUTES.values()]
