"""A service as a manager has it and as the model says it, in one form, so that the two can be compared."""

import posixpath
from typing import Any

from isomorph.model.application import Application
from isomorph.model.image import Image
from isomorph.model.text import Text, print_text
from isomorph.model.workload import Binary, Container, Exec, HostPath, Kind, Probe, Workload
from tests.engines.swarm import Facts, Swarm

_MODES = {"Replicated": "service", "Global": "daemon", "ReplicatedJob": "job", "GlobalJob": "job"}
_POLICIES = {"any": "always", "none": "never", "on-failure": "on-failure"}
_SECRETS = "/run/secrets"


def of_engine(swarm: Swarm, spec: Facts, stack: str) -> Facts:
    """Give what a manager knows of a service, without what a stack file cannot say."""
    task = spec["TaskTemplate"]
    container = task["ContainerSpec"]
    networks = swarm.networks()
    # The node's own network has an identity in the swarm that no list shows; `host` is the one that is ever joined here.
    names = [networks.get(each["Target"], "host") for each in task.get("Networks", ())]
    joined = {name.removeprefix(f"{stack}_") for name in names}
    aliases = {alias for each in task.get("Networks", ()) for alias in each.get("Aliases", ())}
    policy = task["RestartPolicy"]
    (mode,) = spec["Mode"]
    return {
        "image": container["Image"],
        "command": container.get("Command"),
        "args": container.get("Args"),
        "variables": dict(each.partition("=")[::2] for each in container.get("Env", ())),
        "workdir": container.get("Dir"),
        "user": container.get("User"),
        "read_only": container.get("ReadOnly", False),
        "added": sorted(each.removeprefix("CAP_") for each in container.get("CapabilityAdd", ())),
        "dropped": sorted(each.removeprefix("CAP_") for each in container.get("CapabilityDrop", ())),
        "stop_signal": container.get("StopSignal"),
        "stop_grace": container["StopGracePeriod"] // 1_000_000,
        "probe": _probe_of_engine(container.get("Healthcheck")),
        "mounts": {
            each["Target"]: (
                each["Type"],
                each.get("Source", "").removeprefix(f"{stack}_"),
                each.get("ReadOnly", False),
                each.get("TmpfsOptions", {}).get("SizeBytes"),
            )
            for each in container.get("Mounts", ())
        },
        "files": _files_of_engine(swarm, container),
        "limits": _amounts_of_engine(task["Resources"].get("Limits")),
        "requests": _amounts_of_engine(task["Resources"].get("Reservations")),
        "restart": (_POLICIES[policy["Condition"]], policy.get("MaxAttempts") or None),
        "constraints": sorted(task.get("Placement", {}).get("Constraints", ())),
        "kind": _MODES[mode],
        "replicas": spec["Mode"][mode].get("Replicas", spec["Mode"][mode].get("TotalCompletions", 1)),
        "ports": sorted(
            (each["TargetPort"], each["Protocol"], each.get("PublishedPort"), each["PublishMode"])
            for each in spec["EndpointSpec"].get("Ports", ())
        ),
        "networks": joined,
        "names": aliases,
        "labels": {
            key: value for key, value in container.get("Labels", {}).items() if not key.startswith("com.docker.stack")
        },
    }


def _probe_of_engine(check: Facts | None) -> Facts | None:
    if check is None:
        return None
    if check["Test"] == ["NONE"]:
        return {"disabled": True}
    words = check["Test"]
    return {
        "command": ["/bin/sh", "-c", *words[1:]] if words[0] == "CMD-SHELL" else words[1:],
        "period": _milliseconds(check.get("Interval")),
        "timeout": _milliseconds(check.get("Timeout")),
        "grace": _milliseconds(check.get("StartPeriod")),
        "failures": check.get("Retries") or None,
    }


def _milliseconds(amount: int | None) -> int | None:
    return amount // 1_000_000 if amount else None


def _files_of_engine(swarm: Swarm, container: Facts) -> Facts:
    files: Facts = {}
    for each in container.get("Configs", ()):
        target = posixpath.join("/", each["File"]["Name"])
        files[target] = (swarm.config(each["ConfigName"]), each["File"]["Mode"])
    for each in container.get("Secrets", ()):
        files[posixpath.join(_SECRETS, each["File"]["Name"])] = ("a secret", each["File"]["Mode"])
    return files


def _amounts_of_engine(amounts: Facts | None) -> Facts:
    found = {
        "cpu": (amounts or {}).get("NanoCPUs", 0) // 1_000_000,
        "memory": (amounts or {}).get("MemoryBytes"),
        "pids": (amounts or {}).get("Pids"),
    }
    for each in (amounts or {}).get("GenericResources", ()):
        found[each["DiscreteResourceSpec"]["Kind"]] = each["DiscreteResourceSpec"]["Value"]
    return {name: amount for name, amount in found.items() if amount}


def of_model(application: Application, workload: Workload) -> Facts:
    """Give what the model says of a workload of one container, what it does not say as a manager fills it in."""
    (container,) = workload.containers.values()
    restart = workload.restart
    security = container.security
    user = ":".join(filter(None, (security.user, security.group)))
    is_global = workload.kind is Kind.DAEMON
    return {
        "image": _print_image(container.image),
        "command": _words(container.command),
        "args": _words(container.args),
        "variables": {name: print_text(text) for name, text in container.variables.items()},
        "workdir": container.workdir,
        "user": user or None,
        "read_only": bool(security.read_only_root),
        "added": sorted(security.capabilities_added or ()),
        "dropped": sorted(security.capabilities_dropped or ()),
        "stop_signal": container.stop_signal,
        "stop_grace": container.stop_grace if container.stop_grace is not None else 10_000,
        "probe": _probe_of_model(container.readiness),
        "mounts": {target: _mount_of_model(application, container, target) for target in container.mounts},
        "files": {
            target: (
                file.content if isinstance(file.content, str) else _describe(file.content),
                file.mode if file.mode is not None else 0o444,
            )
            for target, file in container.files.items()
        },
        "limits": dict(container.compute.limits or {}),
        "requests": dict(container.compute.requests or {}),
        "restart": (restart.policy, restart.attempts) if restart is not None else ("always", None),
        "constraints": sorted(
            _print_constraint(each.attribute, each.operator, each.values) for each in workload.placement
        ),
        "kind": workload.kind.value,
        "replicas": 1 if is_global or workload.scale.replicas is None else workload.scale.replicas,
        "ports": sorted(
            (port.target, port.protocol, each.port, "host" if each.kind == "host" else "ingress")
            for port in workload.ports.values()
            for each in port.exposures
        ),
        "networks": {"host"} if "network" in workload.host_namespaces else set(workload.networks or ("default",)),
        "names": set() if "network" in workload.host_namespaces else set(workload.names),
        "labels": dict(workload.labels),
    }


def _describe(content: Text | Binary | HostPath) -> str:
    return "bytes" if isinstance(content, Binary | HostPath) else "a secret"


def _words(words: tuple[Text, ...] | None) -> list[str] | None:
    return [print_text(word) for word in words] if words else None


def _print_image(image: Image | None) -> str:
    assert image is not None
    name = f"{image.registry}/" if image.registry else ""
    tag = f":{print_text(image.tag)}" if image.tag else ""
    return f"{name}{print_text(image.repository)}{tag}{f'@{image.digest}' if image.digest else ''}"


def _probe_of_model(probe: Probe | None) -> Facts | None:
    if probe is None:
        return None
    if probe.disabled:
        return {"disabled": True}
    assert isinstance(probe.check, Exec)
    return {
        "command": [print_text(word) for word in probe.check.command],
        "period": probe.period,
        "timeout": probe.timeout,
        "grace": probe.grace,
        "failures": probe.failures,
    }


def _mount_of_model(application: Application, container: Container, target: str) -> Any:
    mount = container.mounts[target]
    volume = application.volumes[mount.volume]
    kind = {"host": "bind", "memory": "tmpfs"}.get(volume.kind, "volume")
    source = volume.host_path or "" if volume.kind == "host" else mount.volume
    if volume.kind in ("memory", "ephemeral"):
        source = ""
    return kind, source, bool(mount.read_only), volume.size if volume.kind == "memory" else None


def _print_constraint(attribute: str, operator: str, values: tuple[str, ...]) -> str:
    names = {"os": "node.platform.os", "arch": "node.platform.arch", "hostname": "node.hostname"}
    name = names.get(attribute, attribute if attribute.startswith("node.") else f"node.labels.{attribute}")
    return f"{name} {'==' if operator == '=' else '!='} {values[0]}"
