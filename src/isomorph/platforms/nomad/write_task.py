"""A container as a task of the docker driver."""

from collections.abc import Sequence
from typing import Any

import msgspec

from isomorph.model.image import image_text
from isomorph.model.origin import Path
from isomorph.model.text import Placeholder
from isomorph.model.workload import Compute, Container, Kind, Role, Security, Workload
from isomorph.platforms.nomad.write_network import port_labels
from isomorph.platforms.nomad.write_storage import TaskStorage, write_storage
from isomorph.platforms.nomad.write_text import Piece, TaskTexts
from isomorph.platforms.nomad.write_units import LEAST_MEMORY, MEBIBYTE, print_duration, to_mebibytes, to_mhz
from isomorph.platforms.nomad.writing import Construct, Peer, Writing, arguments, block, with_entries
from isomorph.syntax.hcl.emit import Block, Expression, Template, is_identifier

LONGEST_KILL = 30_000
"""Milliseconds that a client grants a task to stop, unless its `max_kill_timeout` says more."""


class Group(msgspec.Struct):
    """What the tasks of one group have in common: their names, which volumes they share, and which the group asks for."""

    tasks: dict[str, str]
    shared: frozenset[str]
    requests: dict[str, str]


def write_task(writing: Writing, peer: Peer, name: str, group: Group) -> Block:
    """Write one container of a workload."""
    container = peer.workload.containers[name]
    path: Path = ("workloads", peer.key, "containers", name)
    texts = TaskTexts(writing, peer, name, container, path)
    texts.add_variables(container.variables)
    for store in container.variables_from:
        writing.report("lost", f"{peer.key}: the variables of {store.name}, which is not defined here", path)
    storage = TaskStorage(writing, texts, group.shared, group.requests, path)
    driver = str(writing.extra(path, "driver") or "docker")
    config = _write_settings(writing, peer, name, driver, texts, path)
    write_storage(storage, container)
    if storage.binds:
        arguments(config)["volumes"] = storage.binds
    config += storage.mounts
    storage.add_environment(texts.rendered)
    head: dict[str, Any] = {"driver": driver}
    _write_process(writing, container, path, head)
    body: Construct = [head]
    if container.role is not Role.MAIN:
        body.append(block("lifecycle", hook="prestart", sidecar=container.role is Role.SIDECAR))
    body.append(Block("config", (), config))
    body += storage.volume_mounts
    if texts.plain and all(is_identifier(each) for each in texts.plain):
        body.append(with_entries("env", texts.plain))
    elif texts.plain:
        head["env"] = dict(texts.plain)  # A block's names are HCL's; a mapping takes any (fact 9).
    body += storage.templates
    resources = _write_resources(writing, container.compute, path, holds=driver != "raw_exec")
    if resources:
        body.append(block("resources", **resources))
    writing.constructs[path] = body
    return Block("task", (group.tasks[name],), body)


def _write_settings(writing: Writing, peer: Peer, name: str, driver: str, texts: TaskTexts, path: Path) -> Construct:
    """Write the settings of a task's driver: docker, unless a job of Nomad says another one."""
    kept = writing.extra(path, "config")
    if isinstance(kept, dict):
        return [dict(kept)]
    container = peer.workload.containers[name]
    if driver in ("docker", "podman"):
        return _write_config(writing, peer, container, texts, path)
    words = _vector(container.command or (), texts, (*path, "command"))
    config: dict[str, Any] = {}
    if driver == "java" and words[:1] == ["java"]:
        config = _split_java(words[1:])
    elif words:
        config = {"command": words[0], **({"args": words[1:]} if words[1:] else {})}
    if container.workdir is not None:
        config["work_dir"] = texts.in_config(container.workdir, path)
    return [config] if config else []


def _split_java(words: list[Piece | Template]) -> dict[str, Any]:
    """Take a command line of Java's apart into what the java driver has words for."""
    config: dict[str, Any] = {}
    options: list[Piece | Template] = []
    while words and isinstance(words[0], str) and words[0].startswith("-"):
        option = words.pop(0)
        if option in ("-cp", "-jar") and words:
            config["class_path" if option == "-cp" else "jar_path"] = words.pop(0)
        else:
            options.append(option)
    if "jar_path" not in config and words:
        config["class"] = words.pop(0)
    if options:
        config["jvm_options"] = options
    if words:
        config["args"] = words
    return config


def _write_process(writing: Writing, container: Container, path: Path, head: dict[str, Any]) -> None:
    security = container.security
    if security.user is not None:
        head["user"] = security.user if security.group is None else f"{security.user}:{security.group}"
    elif security.group is not None:
        writing.report("lost", f"{path[1]}: group {security.group}: Nomad says a group with a user only", path)
    if security.non_root is not None:
        writing.lose("security.non-root", (*path, "security", "non_root"))
    if container.stop_signal is not None:
        head["kill_signal"] = container.stop_signal
    grace = container.stop_grace if container.stop_grace is not None else writing.silence.stop_grace
    if grace is not None:
        head["kill_timeout"] = print_duration(grace)
        if grace > LONGEST_KILL and not writing.from_nomad:
            message = (
                f"{path[1]}: a client waits {print_duration(LONGEST_KILL)} at most, unless max_kill_timeout says more"
            )
            writing.report("approximated", message, (*path, "stop_grace"))
    if container.build is not None:
        writing.lose("image.build", (*path, "build"), "build of the image")


def _write_config(writing: Writing, peer: Peer, container: Container, texts: TaskTexts, path: Path) -> Construct:
    config: dict[str, Any] = {}
    if container.image is not None:
        config["image"] = texts.in_config(image_text(container.image), (*path, "image"))
    else:
        config["image"] = path[3].lower()
        writing.report("assumed", f"{path[1]}: no image was given; {path[3].lower()} was written", (*path, "image"))
    if container.pull_policy is not None:
        _write_pull_policy(writing, container, path, config)
    config.update(_write_words(container, texts, path))
    if container.workdir is not None:
        config["work_dir"] = texts.in_config(container.workdir, path)
    if peer.workload.labels and container is _first_main(peer.workload):
        config["labels"] = {key: texts.in_config(value, path) for key, value in peer.workload.labels.items()}
    labels = port_labels(peer)
    host = peer.workload.host_namespaces
    if "network" in host:
        config["network_mode"] = "host"
    elif labels and not peer.bridge and container.role is not Role.INIT:
        config["ports"] = labels
    if "pid" in host:
        config["pid_mode"] = "host"
    if "ipc" in host:
        config["ipc_mode"] = "host"
    if peer.workload.networks is not None and not peer.bridge:
        _write_networks(writing, peer, config)
    _write_security(writing, container.security, path, config)
    limits = container.compute.limits or {}
    if "pids" in limits and isinstance(limits["pids"], int):
        config["pids_limit"] = limits["pids"]
    if "cpu" in limits:
        config["cpu_hard_limit"] = True
    return [config]


def _first_main(workload: Workload) -> Container:
    containers = list(workload.containers.values())
    return next((each for each in containers if each.role is Role.MAIN), containers[0])


def _write_pull_policy(writing: Writing, container: Container, path: Path, config: dict[str, Any]) -> None:
    where = (*path, "pull_policy")
    if container.pull_policy == "always":
        config["force_pull"] = True
        return
    image = container.image
    floating = image is not None and image.digest is None and image.tag in (None, "latest")
    if container.pull_policy == "never" or floating:
        writing.lose("image.pull-policy", where, f"pull policy {container.pull_policy}")


def _write_words(container: Container, texts: TaskTexts, path: Path) -> dict[str, Any]:
    """Write what runs: Docker's entrypoint, and its command as the driver has it, the first word apart from the others."""
    words: dict[str, Any] = {}
    if container.command is not None:
        words["entrypoint"] = _vector(container.command, texts, (*path, "command"))
    if container.args:
        vector = _vector(container.args, texts, (*path, "args"))
        if container.command is None and vector[0]:
            words["command"] = vector[0]
            vector = vector[1:]
        if vector:
            words["args"] = vector
    return words


def _vector(words: Sequence[Any], texts: TaskTexts, path: Path) -> list[Piece | Template]:
    return [texts.in_config(word, path) for word in words]


def _write_networks(writing: Writing, peer: Peer, config: dict[str, Any]) -> None:
    """Write the network of Docker's that a container joins."""
    path: Path = ("workloads", peer.key, "networks")
    networks = peer.workload.networks or ()
    if not peer.workload.networks and peer.workload.networks is not None:
        config["network_mode"] = "none"
    elif writing.from_nomad and len(networks) == 1:
        config["network_mode"] = networks[0]
    elif networks and networks != ("default",):
        writing.lose("network.reach", path, f"networks {', '.join(networks)}")


def _write_security(writing: Writing, security: Security, path: Path, config: dict[str, Any]) -> None:
    if security.privileged is not None:
        config["privileged"] = security.privileged
        if security.privileged and not writing.from_nomad:
            message = f"{path[1]}: privileged needs `allow_privileged` in the clients' docker plugin"
            writing.report("assumed", message, (*path, "security", "privileged"))
    if security.read_only_root is not None:
        config["readonly_rootfs"] = security.read_only_root
    if security.capabilities_added:
        config["cap_add"] = [name.lower() for name in security.capabilities_added]
        if not writing.from_nomad:
            message = f"{path[1]}: the capabilities that it adds need `allow_caps` in the clients' docker plugin"
            writing.report("assumed", message, (*path, "security", "capabilities_added"))
    if security.capabilities_dropped:
        config["cap_drop"] = [name.lower() for name in security.capabilities_dropped]
    if security.no_new_privileges:
        config["security_opt"] = ["no-new-privileges"]
    elif security.no_new_privileges is not None:
        config["security_opt"] = ["no-new-privileges:false"]


def _write_resources(writing: Writing, compute: Compute, path: Path, *, holds: bool) -> dict[str, Any]:
    """Write what a task is granted; `holds`: its driver holds it to the memory, unless more is said."""
    requests, limits = compute.requests or {}, compute.limits or {}
    written: dict[str, Any] = {}
    cpu = limits.get("cpu", requests.get("cpu"))
    if cpu is not None:
        written["cpu"] = _number(writing, cpu, to_mhz)
        field = "limits" if "cpu" in limits else "requests"
        where = (*path, "compute", field, "cpu")
        what = "CPU that it is held to is what it reserves, too" if field == "limits" else "CPU"
        writing.lose(f"compute.{field}.cpu", where, what, "approximated")
    memory = requests.get("memory", limits.get("memory"))
    if memory is not None:
        written["memory"] = _number(writing, memory, to_mebibytes)
        if isinstance(memory, int) and memory <= (LEAST_MEMORY - 1) * MEBIBYTE:
            message = f"{path[1]}: a task is granted {LEAST_MEMORY} MiB at least"
            writing.report("approximated", message, (*path, "compute", "requests", "memory"))
        limit = limits.get("memory")
        if limit is not None and limit != memory:
            written["memory_max"] = _number(writing, limit, to_mebibytes)
            message = (
                f"{path[1]}: a task uses more memory than it reserves only where the scheduler allows oversubscription"
            )
            writing.report("assumed", message, (*path, "compute", "limits", "memory"))
        elif limit is None and holds:
            written["memory_max"] = -1  # No limit: without it, the request would be one.
    if "memory_max" in written and not writing.from_nomad:
        message = (
            f"{path[1]}: a task uses more memory than it reserves only where the scheduler allows oversubscription"
        )
        writing.report("assumed", message, (*path, "compute"))
    for field, amounts in (("requests", requests), ("limits", limits)):
        for what in amounts:
            if what not in ("cpu", "memory") and not (field == "limits" and what == "pids"):
                writing.lose(f"compute.{field}.other", (*path, "compute", field, what), f"{what} in {field}")
    return written


def _number(writing: Writing, amount: int | Placeholder, convert: Any) -> Any:
    if isinstance(amount, Placeholder):
        return Expression(f"var.{writing.use_variable(amount.variable or 'amount')}")
    return convert(amount)


def is_batch(kind: Kind) -> bool:
    """Tell whether instances of a kind end by themselves."""
    return kind in (Kind.JOB, Kind.SCHEDULED)
