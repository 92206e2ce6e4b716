"""A container as a Compose service, but for its place among others (names, ports, networks, order)."""

from typing import Any

from msgspec.structs import replace

from isomorph.model.image import Build
from isomorph.model.origin import Path
from isomorph.model.text import InstanceField, is_unresolved
from isomorph.model.workload import Compute, Container, Exec, Grpc, Http, Probe, Restart, Security, Tcp
from isomorph.platforms.compose.write_probe import startup_grace, write_health_check
from isomorph.platforms.compose.write_storage import write_files, write_mounts
from isomorph.platforms.compose.write_units import print_bytes, print_cpus, print_duration
from isomorph.platforms.compose.writing import Writing


def write_container(writing: Writing, name: str, container: Container, path: Path) -> dict[str, Any]:
    """Write what one container says about itself."""
    texts = writing.texts
    service: dict[str, Any] = {}
    _write_image(writing, name, container, path, service)
    if container.command is not None:
        service["entrypoint"] = [texts.print(word) for word in container.command]
    if container.args:  # An empty list keeps the image's own, as none does.
        service["command"] = [texts.print(word) for word in container.args]
    if container.workdir is not None:
        service["working_dir"] = texts.plain(container.workdir)
    if container.security is not _SILENT_SECURITY:
        _write_security(writing, container.security, path, service)
    if container.variables or container.variables_from:
        _write_variables(writing, container, path, service)
    if container.files:
        write_files(writing, name, container, path, service)
    if container.mounts:
        write_mounts(writing, container, path, service)
    _write_probes(writing, container, path, service)
    if container.compute is not _SILENT_COMPUTE:
        _write_compute(writing, container.compute, path, service)
    if container.stop_signal is not None:
        service["stop_signal"] = texts.plain(container.stop_signal)
    grace = container.stop_grace
    if grace is None:
        grace = writing.silence.stop_grace
    if grace is not None:
        service["stop_grace_period"] = print_duration(grace)
    if texts.unsaid:
        _report_unsaid(writing, path)
    return service


_SILENT_SECURITY = Security()
_SILENT_COMPUTE = Compute()


def _write_image(writing: Writing, name: str, container: Container, path: Path, service: dict[str, Any]) -> None:
    if container.image is not None:
        service["image"] = writing.texts.print_image(container.image)
    if container.build is not None:
        service["build"] = _write_build(writing, container.build)
    elif container.image is None:
        service["image"] = name.lower()
        writing.report("assumed", f"{name}: no image was given; {name.lower()} was written", (*path, "image"))
    if container.pull_policy is not None:
        service["pull_policy"] = container.pull_policy


def _write_build(writing: Writing, build: Build) -> str | dict[str, Any]:
    context = writing.texts.plain(build.context or ".")
    if build.dockerfile is None and build.target is None and not build.args:
        return context
    written: dict[str, Any] = {"context": context}
    if build.dockerfile is not None:
        written["dockerfile"] = writing.texts.plain(build.dockerfile)
    if build.args:
        written["args"] = {
            key: None if value is None else writing.texts.print(value) for key, value in build.args.items()
        }
    if build.target is not None:
        written["target"] = writing.texts.plain(build.target)
    return written


def _write_variables(writing: Writing, container: Container, path: Path, service: dict[str, Any]) -> None:
    environment: dict[str, str] = {}
    texts = writing.texts
    for name, text in container.variables.items():
        if isinstance(text, str):
            environment[name] = text.replace("$", "$$") if "$" in text else text
        elif any(isinstance(part, InstanceField) and part.field not in texts.fields for part in text):
            writing.lose("variable.field", (*path, "variables", name), f"variable {name}")
        else:
            environment[name] = texts.print(text)
    if environment:
        service["environment"] = environment
    for store in container.variables_from:
        writing.report("lost", f"{path[1]}: the variables of {store.name}, which is not defined here", path)


def _report_unsaid(writing: Writing, path: Path) -> None:
    """Tell of every reference that became a variable of the shell."""
    names = dict.fromkeys(name for _, name in writing.texts.unsaid)
    writing.texts.unsaid.clear()
    for name in names:
        writing.lose("variable.secret", path, f"${{{name}}} is to be set before it is run", "approximated")


def _write_security(writing: Writing, security: Security, path: Path, service: dict[str, Any]) -> None:
    if security.user is not None:
        user = security.user if security.group is None else f"{security.user}:{security.group}"
        service["user"] = writing.texts.plain(user)
    elif security.group is not None:
        writing.report("lost", f"{path[1]}: group {security.group}: Compose says a group with a user only", path)
    if security.privileged is not None:
        service["privileged"] = security.privileged
    if security.read_only_root is not None:
        service["read_only"] = security.read_only_root
    if security.capabilities_added:
        service["cap_add"] = list(security.capabilities_added)
    if security.capabilities_dropped:
        service["cap_drop"] = list(security.capabilities_dropped)
    if security.no_new_privileges is not None:
        service["security_opt"] = [f"no-new-privileges:{'true' if security.no_new_privileges else 'false'}"]
    if security.non_root is not None:
        writing.lose("security.non-root", (*path, "security", "non_root"))


def _write_probes(writing: Writing, container: Container, path: Path, service: dict[str, Any]) -> None:
    if container.liveness is not None:
        writing.lose("probe.liveness", (*path, "liveness"), "liveness probe")
    readiness = container.readiness
    if readiness is not None and isinstance(readiness.check, Http | Tcp) and isinstance(readiness.check.port, str):
        what = f"check of port {readiness.check.port}, which is not known"
        writing.lose("probe.http", (*path, "readiness", "check"), what)
        return
    grace: int | None = None
    if container.startup is not None:
        grace = startup_grace(readiness, container.startup) if readiness is not None else None
        if grace is None:
            writing.lose("probe.startup", (*path, "startup"), "startup probe")
    if readiness is not None:
        if grace and readiness.grace is None:
            readiness = replace(readiness, grace=grace)
        silence = None if writing.from_compose else writing.silence.of_probe("readiness")
        service["healthcheck"] = write_health_check(readiness, writing.texts, silence)
        _report_probe(writing, readiness, (*path, "readiness"))


def _report_probe(writing: Writing, probe: Probe, path: Path) -> None:
    if isinstance(probe.check, Http):
        tool = "curl" if probe.check.headers else "wget"
        writing.lose("probe.http", (*path, "check"), f"HTTP check by {tool}, which the image must hold", "approximated")
    elif isinstance(probe.check, Tcp):
        writing.lose("probe.tcp", (*path, "check"), "TCP check by nc, which the image must hold", "approximated")
    elif isinstance(probe.check, Grpc):
        writing.lose("probe.grpc", (*path, "check"), "gRPC check by grpc_health_probe", "approximated")
    if isinstance(probe.check, Exec) and any(is_unresolved(word) for word in probe.check.command):
        return
    if probe.successes is not None and probe.successes != 1:
        writing.lose("probe.successes", (*path, "successes"), f"{probe.successes} successes in a row")
    if probe.initial_delay:
        writing.lose("probe.initial-delay", (*path, "initial_delay"), "delay before the first check")


def _write_compute(writing: Writing, compute: Compute, path: Path, service: dict[str, Any]) -> None:
    resources: dict[str, Any] = {}
    for field, name, amounts in (
        ("limits", "limits", compute.limits),
        ("requests", "reservations", compute.requests),
    ):
        written: dict[str, Any] = {}
        for what, amount in (amounts or {}).items():
            if what == "cpu":
                written["cpus"] = print_cpus(amount)
            elif what == "memory":
                written["memory"] = print_bytes(amount)
            elif what == "pids" and field == "limits" and isinstance(amount, int):
                written["pids"] = amount
            else:
                writing.lose(f"compute.{field}.other", (*path, "compute", field, what), f"{what} in {field}")
        if written:
            resources[name] = written
    if resources:
        service["deploy"] = {"resources": resources}


def write_restart(restart: Restart) -> str:
    """Write what follows an exit; an unquoted `no` is the emitter's care."""
    if restart.policy == "on-failure" and restart.attempts is not None:
        return f"on-failure:{restart.attempts}"
    return "no" if restart.policy == "never" else restart.policy


def write_restart_policy(restart: Restart) -> dict[str, Any]:
    """Write what follows an exit in the form of `deploy`."""
    conditions = {"never": "none", "on-failure": "on-failure"}
    written: dict[str, Any] = {"condition": conditions.get(restart.policy, "any")}
    if restart.attempts is not None:
        written["max_attempts"] = restart.attempts
    return written
