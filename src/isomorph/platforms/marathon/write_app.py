"""One workload of one container as an application, run by docker so that all of its options can be used.

An application that takes files from a secret store, or said so before, is run by Mesos' own runtime, which has none of them.
"""

import shlex
from typing import Any

from isomorph.model.origin import Path
from isomorph.model.text import Placeholder, Text
from isomorph.model.workload import Compute, Constraint, Container, Kind, Workload
from isomorph.platforms.marathon.read_placement import FIELDS
from isomorph.platforms.marathon.read_process import DISK, GPU, SHELL
from isomorph.platforms.marathon.read_routes import GROUP
from isomorph.platforms.marathon.values import MEBIBYTE
from isomorph.platforms.marathon.write_ports import network_mode, write_networks, write_ports, write_routes
from isomorph.platforms.marathon.write_probes import write_probes
from isomorph.platforms.marathon.write_storage import Mounting, secret_of, write_files, write_mounts
from isomorph.platforms.marathon.write_text import print_image, print_text, write_variables
from isomorph.platforms.marathon.writing import Construct, Writing

APP_ORDER = (
    "id", "cmd", "args", "user", "instances", "cpus", "mem", "disk", "gpus", "resourceLimits", "acceptedResourceRoles",
    "constraints", "container", "networks", "portDefinitions", "requirePorts", "env", "secrets", "labels", "healthChecks",
    "check", "readinessChecks", "dependencies", "fetch", "upgradeStrategy", "taskKillGracePeriodSeconds",
)  # fmt: skip
"""The keys of an application in the order in which people write them; others follow."""

DOCKER_ORDER = ("image", "forcePullImage", "privileged", "parameters")


class _Options:
    """The options of docker that a container takes."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def add(self, key: str, value: str) -> None:
        self.pairs.append((key, value))


def write_app(writing: Writing, key: str, workload: Workload, container: Container, name: str) -> Construct:
    """Write one application."""
    path: Path = ("workloads", key)
    inner: Path = (*path, "containers", name)
    app: Construct = {"id": writing.ids[key]}
    writing.constructs[path] = writing.constructs[inner] = writing.constructs[(*path, "routes")] = app
    secrets: Construct = {}
    mounting = Mounting(writing, key, secrets)
    files = write_files(mounting, container, inner)
    docker = not any(secret_of(file) is not None for file in container.files.values()) and not _by_mesos(writing, path)
    options = _Options()
    _write_image(writing, container, inner, app, docker)
    _write_process(writing, container, inner, app, options, docker)
    _write_scale(writing, workload, path, app)
    app.update(write_compute(writing, container.compute, inner))
    write_mounts(mounting, container, inner, docker=docker)
    mounting.volumes += [{"containerPath": target, "secret": secret} for target, secret in files]
    _write_security(writing, workload, container, inner, app, options, docker)
    for other, value in mounting.parameters:
        options.add(other, value)
    _write_network(writing, key, workload, container, app, options)
    app["env"] = write_variables(writing, container.variables, key, secrets, inner)
    app["secrets"] = secrets
    _put_container(app, mounting, options, docker)
    app["constraints"] = write_constraints(writing, workload, path)
    write_stop_grace(writing, container, inner, app)
    return app


def _by_mesos(writing: Writing, path: Path) -> bool:
    return any(
        extra.location == ("container", "type") and extra.value == "MESOS" for extra in writing.extras.get(path, ())
    )


def _write_image(writing: Writing, container: Container, path: Path, app: Construct, docker: bool) -> None:
    if container.build is not None:
        writing.lose("image.build", (*path, "build"))
    written: Construct = {}
    if container.image is not None:
        written["image"] = print_image(writing, container.image, (*path, "image"))
    elif not writing.own:
        written["image"] = app["id"].strip("/").replace("/", "-")
        writing.report("assumed", f"{path[1]}: no image is said; {written['image']} was written", (*path, "image"))
    if container.pull_policy is not None:
        written["forcePullImage"] = container.pull_policy == "always"
        if container.pull_policy == "never":
            writing.report("approximated", f"{path[1]}: an image that is not there is pulled", (*path, "pull_policy"))
    if written:
        app["container"] = {"type": "DOCKER" if docker else "MESOS", "docker": written}


def _write_process(
    writing: Writing, container: Container, path: Path, app: Construct, options: _Options, docker: bool
) -> None:
    """Write what runs: `cmd` is a shell's line, `args` follow the image's entrypoint or the one that replaces it."""
    command, args = container.command, container.args or ()
    words = [print_text(writing, word, (*path, "command")) for word in command or ()]
    rest = [print_text(writing, word, (*path, "args")) for word in args]
    if command is None:
        if rest:
            app["args"] = rest
        return
    whole = words + rest
    if len(whole) == 3 and tuple(whole[:2]) == SHELL and whole[2]:
        app["cmd"] = whole[2]
    elif "container" not in app:
        app["args"] = whole
    elif docker:
        options.add("entrypoint", words[0] if words else "")
        if words[1:] or rest:
            app["args"] = whole[1:]
    elif words:
        app["cmd"] = shlex.join(whole)
        writing.report("approximated", f"{path[1]}: the command is run by a shell", (*path, "command"))


def _write_scale(writing: Writing, workload: Workload, path: Path, app: Construct) -> None:
    replicas = instances(writing, workload, path)
    if replicas is not None:
        app["instances"] = replicas


def instances(writing: Writing, workload: Workload, path: Path) -> int | None:
    """Give the number of instances, and tell what else is said about what runs."""
    scale = workload.scale
    if workload.kind in (Kind.STATEFUL, Kind.DAEMON):
        writing.lose(f"kind.{workload.kind.value}", (*path, "kind"))
    if workload.restart is not None and workload.restart.policy not in ("always", "unless-stopped"):
        writing.lose("lifecycle.restart", (*path, "restart"), f"restart {workload.restart.policy}", "approximated")
    for dependency in workload.dependencies:
        writing.lose("dependency", (*path, "dependencies", dependency), f"dependency {dependency}")
    if scale.minimum is None and scale.maximum is None and not scale.targets:
        return writing.number(scale.replicas, "scale.replicas", (*path, "scale"), "the number of instances")
    writing.lose("scale.autoscaling", (*path, "scale"))
    return scale.replicas if isinstance(scale.replicas, int) else scale.minimum


def write_compute(writing: Writing, compute: Compute, path: Path) -> Construct:
    """Write what is granted; what is held to is the same number, unless `resourceLimits` says another."""
    written: Construct = {}
    limits: Construct = {}
    for name, key, unit in (("cpu", "cpus", 1000), ("memory", "mem", MEBIBYTE)):
        request = _amount(writing, compute.requests, name, path, "requests")
        limit = _amount(writing, compute.limits, name, path, "limits")
        if request is None and limit is None:
            if not writing.own and path[1] not in writing.unlimited:
                writing.unlimited.append(path[1])
            continue
        written[key] = _fraction(limit if request is None else request, unit)
        if limit is None:
            limits[key] = "unlimited"
        elif request is not None and request != limit:
            limits[key] = _fraction(limit, unit)
    others = {**(compute.limits or {}), **(compute.requests or {})}
    for name in others:
        if name in ("cpu", "memory"):
            continue
        if name in (DISK, GPU):
            amount = _amount(writing, others, name, path, "requests")
            if amount is not None:
                written["disk" if name == DISK else "gpus"] = _fraction(amount, MEBIBYTE) if name == DISK else amount
            if name == DISK and DISK in (compute.limits or {}):
                writing.lose("compute.limits.other", (*path, "compute", "limits", name), f"limit of {name}")
        else:
            field = "compute.limits.other" if name in (compute.limits or {}) else "compute.requests.other"
            writing.lose(field, (*path, "compute"), name)
    if limits:
        written["resourceLimits"] = limits
    return written


def _amount(
    writing: Writing, amounts: dict[str, int | Placeholder] | None, name: str, path: Path, kind: str
) -> int | None:
    return writing.number((amounts or {}).get(name), f"compute.{kind}", (*path, "compute", kind, name), f"its {name}")


def _fraction(amount: int | None, unit: int) -> int | float:
    """Give an amount in Marathon's unit, without a fraction where there is none."""
    assert amount is not None
    return amount // unit if amount % unit == 0 else amount / unit


def _write_security(
    writing: Writing,
    workload: Workload,
    container: Container,
    path: Path,
    app: Construct,
    options: _Options,
    docker: bool,
) -> None:
    security = container.security
    if security.non_root:
        writing.lose("security.non-root", (*path, "security", "non_root"))
    user = security.user
    if user is not None and not docker:
        app["user"] = user if security.group is None else f"{user}:{security.group}"
    elif user is not None or security.group is not None:
        options.add("user", f"{user or '0'}:{security.group}" if security.group is not None else str(user))
    if security.privileged is not None and "container" in app:
        app["container"]["docker"]["privileged"] = security.privileged
    for key, names in (("cap-add", security.capabilities_added), ("cap-drop", security.capabilities_dropped)):
        for name in names or ():
            options.add(key, name)
    if security.read_only_root is not None:
        options.add("read-only", "true" if security.read_only_root else "false")
    if security.no_new_privileges:
        options.add("security-opt", "no-new-privileges")
    if container.workdir is not None:
        options.add("workdir", container.workdir)
    if container.stop_signal is not None:
        options.add("stop-signal", container.stop_signal)
    for space in workload.host_namespaces:
        if space != "network":
            options.add(space, "host")
    if not docker and options.pairs:
        names_of = ", ".join(dict.fromkeys(key for key, _ in options.pairs))
        message = f"{path[1]}: Mesos' own runtime takes no options of docker ({names_of})"
        writing.report("lost", message, path)
        options.pairs.clear()


def _write_network(
    writing: Writing, key: str, workload: Workload, container: Container, app: Construct, options: _Options
) -> None:
    for index, name in enumerate(writing.other_names(workload)):
        options.add("net-alias" if index else "hostname", name)
    path: Path = ("workloads", key)
    ports = write_ports(writing, key, workload)
    if network_mode(workload) != "host":
        _insert_kept(writing, path, ports.written, ports.behind)
    labels: Construct = {**workload.labels, **{name: str(value) for name, value in workload.annotations.items()}}
    balancers = writing.take_extra((*path, "routes"), "labels", GROUP)
    if isinstance(balancers, str):
        labels[GROUP] = balancers
    write_routes(writing, key, workload, ports, labels)
    app["labels"] = labels
    app["networks"] = write_networks(writing, workload, key, 1)
    if network_mode(workload) == "host":
        kept = any(extra.location in (("portDefinitions",), ("ports",)) for extra in writing.extras.get(path, ()))
        if not kept:
            app["portDefinitions"] = ports.written
            if ports.written:
                app["requirePorts"] = True
    else:
        app.setdefault("container", {"type": "MESOS"})["portMappings"] = ports.written
    write_probes(writing, container, ports, _inner(key, workload), app)


def _inner(key: str, workload: Workload) -> Path:
    return ("workloads", key, "containers", next(iter(workload.containers)))


def _insert_kept(writing: Writing, path: Path, written: list[Construct], behind: list[Any]) -> None:
    """Put back the port mappings whose numbers Marathon picks, where they stood, for others go by their index."""
    for extra in list(writing.extras.get(path, ())):
        if extra.location[:2] == ("container", "portMappings") and len(extra.location) == 3:
            index = min(int(extra.location[2]), len(written))
            written.insert(index, extra.value)
            behind.insert(index, {})
            writing.extras[path].remove(extra)


def _put_container(app: Construct, mounting: Mounting, options: _Options, docker: bool) -> None:
    container = app.get("container")
    if options.pairs and container is not None and "docker" in container:
        container["docker"]["parameters"] = [{"key": key, "value": value} for key, value in options.pairs]
    if container is not None and "docker" in container:
        container["docker"] = {key: container["docker"][key] for key in DOCKER_ORDER if key in container["docker"]}
    if mounting.volumes:
        container = app.setdefault("container", {"type": "MESOS"})
        mappings = container.pop("portMappings", None)
        container["volumes"] = mounting.volumes
        if mappings is not None:
            container["portMappings"] = mappings


def write_stop_grace(writing: Writing, container: Container, path: Path, app: Construct) -> None:
    """Write the time between SIGTERM and SIGKILL; another platform's default is spelled out."""
    grace = container.stop_grace if container.stop_grace is not None else writing.stop_grace
    if grace is not None:
        seconds = -(-grace // 1000)
        if seconds * 1000 != grace:
            message = f"{path[1]}: the time to stop takes whole seconds, and is {seconds}"
            writing.report("approximated", message, (*path, "stop_grace"))
        app["taskKillGracePeriodSeconds"] = seconds


def write_constraints(writing: Writing, workload: Workload, path: Path) -> list[list[str]]:
    """Write which nodes: as constraints on the agents' attributes."""
    written: list[list[str]] = []
    fields = {attribute: field for field, attribute in FIELDS.items() if attribute != "hostname"}
    for index, constraint in enumerate(workload.placement):
        place = (*path, "placement", str(index))
        words = _to_words(constraint)
        if words is None or constraint.attribute in ("os", "arch"):
            writing.lose("placement.constraint", place, f"{constraint.attribute} {constraint.operator}")
            continue
        written.append([fields.get(constraint.attribute, constraint.attribute), *words])
    return written


def _to_words(constraint: Constraint) -> list[str] | None:
    values = "|".join(constraint.values)
    match constraint.operator:
        case "=" | "in":
            return ["LIKE", values]
        case "!=" | "not-in":
            return ["UNLIKE", values]
        case "exists":
            return ["LIKE", ".*"]
        case "absent":
            return ["UNLIKE", ".*"]
        case _:
            return None


def shell_or_argv(words: list[Text]) -> Construct:
    """Give a pod's command: a shell's line, or a vector."""
    if len(words) == 3 and tuple(words[:2]) == SHELL:
        return {"shell": words[2]}
    return {"argv": words}
