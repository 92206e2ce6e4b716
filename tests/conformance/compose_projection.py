"""What a Compose definition says, service by service, in one plain form: once from our model, once from docker compose's own.

Both sides end in the same words, so that a test is one `==`. Nothing here uses our reader's own tables: the engine's answer
is normalised by rules written down here.
"""

import os
import re
from pathlib import Path
from typing import Any

from isomorph.model.application import Application, Definition
from isomorph.model.image import image_text
from isomorph.model.text import Placeholder, Text, map_parts, print_text
from isomorph.model.workload import Binary, Container, Exec, HostPath, Probe, Workload
from isomorph.platforms.compose.grouping import ROLE, ROUTER
from isomorph.platforms.compose.write_workload import HOLDER_IMAGE

Projection = tuple[dict[str, dict[str, Any]], dict[tuple[str, ...], set[tuple[Any, ...]]]]
"""What each service says for itself; and the ports of each group of services that share a network."""

_DURATION = re.compile(r"([0-9.]+)(ns|us|µs|ms|s|m|h)")
_MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}
_SHELL = ["/bin/sh", "-c"]


def blank(text: Text) -> str:
    """Spell a text as the engine would: what is not settled is blank there."""
    return print_text(map_parts(text, lambda part: "" if isinstance(part, Placeholder) else (part,)))


def project_model(definition: Definition, lines: dict[str, list[str]], project: Path) -> Projection:
    """Give our reading. `lines` are the lines of each file, from which a container's service name is taken by its origin."""
    services: dict[str, dict[str, Any]] = {}
    ports: dict[tuple[str, ...], set[tuple[Any, ...]]] = {}
    for name, workload in definition.application.workloads.items():
        group: list[str] = []
        for key, container in workload.containers.items():
            origin = definition.origins.exact(("workloads", name, "containers", key))
            assert origin is not None, f"no origin of {name}/{key}"
            written = lines[origin.file][origin.line - 1][origin.column - 1 :]
            service = written.split(":")[0].strip("\"' ")
            services[service] = _project_container(definition.application, container, project)
            group.append(service)
        ports[tuple(sorted(group))] = _project_ports(workload)
    return services, ports


def _project_container(application: Application, container: Container, project: Path) -> dict[str, Any]:
    return {
        "image": blank(image_text(container.image)) if container.image else None,
        "entrypoint": None if container.command is None else [blank(word) for word in container.command],
        "command": None if container.args is None else [blank(word) for word in container.args],
        "variables": {name: blank(text) for name, text in container.variables.items()},
        "mounts": _project_mounts(application, container, project),
        "files": _project_files(container),
        "check": _project_probe(container.readiness),
        "limits": _project_amounts(container.compute.limits),
        "requests": _project_amounts(container.compute.requests),
    }


def _project_ports(workload: Workload) -> set[tuple[Any, ...]]:
    ports: set[tuple[Any, ...]] = set()
    for port in workload.ports.values():
        ports.update((port.target, port.protocol, each.port, each.address) for each in port.exposures)
        if not port.exposures:
            ports.add((port.target, port.protocol, "expose"))
    return ports


def _project_mounts(application: Application, container: Container, project: Path) -> dict[str, tuple[Any, ...]]:
    mounts: dict[str, tuple[Any, ...]] = {}
    for target, mount in container.mounts.items():
        volume = application.volumes[mount.volume]
        host = os.path.normpath(project / (volume.host_path or ""))
        source = {"host": host, "persistent": mount.volume}.get(volume.kind)
        mounts[target] = (volume.kind, source, mount.sub_path, bool(mount.read_only))
    return mounts


def _project_files(container: Container) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for target, file in container.files.items():
        content = file.content
        if isinstance(content, HostPath):
            files[target] = ("not there", content.path.removeprefix("./").rstrip("/"))
        elif isinstance(content, Binary):
            files[target] = content.data
        else:
            files[target] = blank(content).encode()
    return files


def _project_amounts(amounts: dict[str, Any] | None) -> tuple[Any, Any]:
    return (amounts or {}).get("cpu"), (amounts or {}).get("memory")


def _project_probe(probe: Probe | None) -> Any:
    if probe is None:
        return None
    if probe.disabled:
        return "off"
    assert probe.check is None or isinstance(probe.check, Exec)
    command = None if probe.check is None else [blank(word) for word in probe.check.command]
    return command, probe.period, probe.timeout, probe.failures, probe.grace


def project_engine(parsed: dict[str, Any], project: Path) -> Projection:
    """Give docker compose's reading (`config --format json`), whose paths are absolute and whose dollars are doubled.

    Services that only hold a network for others, which our writer makes, are left out, their ports kept; so is the router.
    """
    plain = _undouble(parsed)
    routers = {ROLE: ROUTER}.items()
    services = {name: each for name, each in plain["services"].items() if not routers <= each.get("labels", {}).items()}
    working = {name: service for name, service in services.items() if service.get("image") != HOLDER_IMAGE}
    groups: dict[str, list[str]] = {}
    for name in working:
        groups.setdefault(_owner(services, name), []).append(name)
    ports = {tuple(sorted(group)): _engine_ports(services[owner]) for owner, group in groups.items()}
    return {name: _project_service(service, plain, project) for name, service in working.items()}, ports


def _owner(services: dict[str, Any], name: str) -> str:
    """Give the service whose network a service has: its own, or that of the one it joins."""
    while str(mode := services[name].get("network_mode", "")).startswith("service:"):
        name = str(mode).removeprefix("service:")
    return name


def _undouble(value: Any) -> Any:
    """Take the escapes out that `config` puts in, so that its output can be read again."""
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, dict):
        return {key: _undouble(each) for key, each in value.items()}
    return [_undouble(each) for each in value] if isinstance(value, list) else value


def _project_service(service: dict[str, Any], root: dict[str, Any], project: Path) -> dict[str, Any]:
    mounts, files = _engine_storage(service, project)
    files.update(_engine_grants(service, root))
    return {
        "image": service.get("image"),
        "entrypoint": service.get("entrypoint"),
        "command": service.get("command") or None,  # an empty one leaves the image's, as silence does
        "variables": {name: value or "" for name, value in service.get("environment", {}).items()},
        "mounts": mounts,
        "files": files,
        "check": _engine_check(service.get("healthcheck")),
        "limits": _engine_amounts(service, "limits", "cpus", "mem_limit"),
        "requests": _engine_amounts(service, "reservations", "", "mem_reservation"),
    }


def _engine_ports(service: dict[str, Any]) -> set[tuple[Any, ...]]:
    ports: set[tuple[Any, ...]] = set()
    for each in service.get("ports", []):
        published = int(each["published"]) if each.get("published") else None
        ports.add((each["target"], each["protocol"], published, each.get("host_ip")))
    published_ports = {(each[0], each[1]) for each in ports}
    for text in service.get("expose", []):
        numbers, _, protocol = str(text).partition("/")
        first, _, last = numbers.partition("-")
        for number in range(int(first), int(last or first) + 1):
            if (number, protocol or "tcp") not in published_ports:
                ports.add((number, protocol or "tcp", "expose"))
    return ports


def _engine_storage(service: dict[str, Any], project: Path) -> tuple[dict[str, tuple[Any, ...]], dict[str, Any]]:
    mounts: dict[str, tuple[Any, ...]] = {}
    files: dict[str, Any] = {}
    for target in service.get("tmpfs", []):
        mounts[target.split(":")[0]] = ("memory", None, None, False)
    for each in service.get("volumes", []):
        target, read_only = each["target"], bool(each.get("read_only"))
        if each["type"] == "tmpfs":
            mounts[target] = ("memory", None, None, read_only)
        elif each["type"] == "volume":
            kind = "persistent" if each.get("source") else "ephemeral"
            mounts[target] = (kind, each.get("source"), each.get("volume", {}).get("subpath"), read_only)
        elif Path(each["source"]).is_relative_to(project):
            files.update(_files_below(Path(each["source"]), target, project))
        else:
            mounts[target] = ("host", each["source"], None, read_only)
    return mounts, files


def _files_below(source: Path, target: str, project: Path) -> dict[str, Any]:
    """Give what a bind of the project's own brings in: each file's bytes, or that nothing is there to be told apart.

    The folder of the project itself is one thing: what is worked on.
    """
    if source == project:
        return {target: ("not there", ".")}
    if source.is_file():
        return {target: source.read_bytes()}
    if source.is_dir():
        inside = (path for path in source.rglob("*") if path.is_file())
        return {f"{target.rstrip('/')}/{path.relative_to(source).as_posix()}": path.read_bytes() for path in inside}
    return {target: ("not there", source.relative_to(project).as_posix())}


def _engine_grants(service: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for grant in service.get("configs", []):
        definition = root["configs"][grant["source"]]
        target = grant.get("target") or f"/{grant['source']}"
        if "content" in definition:
            files[target] = definition["content"].encode()
        elif "file" in definition:
            files[target] = Path(definition["file"]).read_bytes()
        else:
            files[target] = b""
    for grant in service.get("secrets", []):
        target = grant.get("target") or grant["source"]
        path = target if target.startswith("/") else f"/run/secrets/{target}"
        files[path] = f"${{secret {grant['source']}}}".encode()
    return files


def _engine_check(check: dict[str, Any] | None) -> Any:
    if check is None:
        return None
    test = check.get("test")
    if check.get("disable") or test == ["NONE"]:
        return "off"
    command = None if not test else [*_SHELL, *test[1:]] if test[0] == "CMD-SHELL" else test[1:]
    times = [milliseconds(check.get(key)) for key in ("interval", "timeout", "start_period")]
    return command, times[0], times[1], check.get("retries"), times[2]


def _engine_amounts(service: dict[str, Any], key: str, cpus: str, memory: str) -> tuple[Any, Any]:
    """Give CPU in millicores and memory in bytes, of `deploy` or of the service's older keys."""
    amounts = service.get("deploy", {}).get("resources", {}).get(key, {})
    cpu, size = amounts.get("cpus", service.get(cpus)), amounts.get("memory", service.get(memory))
    return None if cpu is None else round(float(cpu) * 1000), None if size is None else int(size)


def milliseconds(text: str | None) -> int | None:
    """Read a duration as Go prints it (`1m30s`)."""
    if text is None:
        return None
    return round(sum(float(number) * _MILLISECONDS[unit] for number, unit in _DURATION.findall(text)))
