"""A Compose project service by service in plain data: once from our model, once from `docker compose config --format json`.

Both forms say the same in the same words, so that a test is one comparison. What is not set in the shell is blank, as it
is to docker compose; paths are relative to the project's folder.
"""

from pathlib import PurePosixPath
from typing import Any

from isomorph.model.application import Definition, Volume
from isomorph.model.image import image_text
from isomorph.model.text import Placeholder, SecretValue, Text, make_text, parts_of, print_text
from isomorph.model.workload import Binary, Container, Exec, File, HostPath, Probe, Workload

Form = dict[str, dict[str, Any]]

_CONDITIONS = {"started": "service_started", "healthy": "service_healthy", "complete": "service_completed_successfully"}
_RESTARTS = {"never": "no"}


def blank(text: Text) -> str:
    """Spell a text with nothing where a variable is not set."""
    return print_text(make_text([part for part in parts_of(text) if not isinstance(part, Placeholder)]))


def form_of_model(definition: Definition) -> Form:
    """Give our reading; every workload must be a single service."""
    services: Form = {}
    for name, workload in definition.application.workloads.items():
        (key,) = workload.containers
        container = workload.containers[key]
        service = {**_container_form(definition, container), **_workload_form(definition, name, workload)}
        services[name] = {field: value for field, value in service.items() if value not in (None, {}, [], False, "")}
    return services


def _container_form(definition: Definition, container: Container) -> dict[str, Any]:
    limits, requests = container.compute.limits or {}, container.compute.requests or {}
    return {
        "image": blank(image_text(container.image)) if container.image else None,
        "build": container.build and (container.build.context or "").removeprefix("./"),
        "entrypoint": None if container.command is None else [blank(word) for word in container.command],
        "command": None if container.args is None else [blank(word) for word in container.args],
        "variables": {name: blank(text) for name, text in container.variables.items()},
        "storage": _storage_form(definition.application.volumes, container),
        "check": _probe_form(container.readiness),
        "limits": {name: value for name, value in limits.items() if isinstance(value, int)},
        "requests": {name: value for name, value in requests.items() if isinstance(value, int)},
        "user": ":".join(part for part in (container.security.user, container.security.group) if part),
        "cap_add": sorted(container.security.capabilities_added or ()),
        "read_only": container.security.read_only_root,
        "stop_grace": container.stop_grace,
        "workdir": container.workdir,
    }


def _storage_form(volumes: dict[str, Volume], container: Container) -> dict[str, Any]:
    storage: dict[str, Any] = {target: _file_form(file) for target, file in container.files.items()}
    for target, mount in container.mounts.items():
        volume = volumes[mount.volume]
        source = {"host": volume.host_path, "persistent": mount.volume}.get(volume.kind)
        storage[target] = [volume.kind, source, bool(mount.read_only)]
    return storage


def _file_form(file: File) -> Any:
    content = file.content
    if isinstance(content, HostPath):
        return ["bind", str(PurePosixPath(content.path)), bool(file.read_only)]
    if isinstance(content, Binary):
        return ["binary", len(content.data)]
    if any(isinstance(part, SecretValue) for part in parts_of(content)):
        return ["secret", print_text(content)[len("${secret ") : -1], file.mode]
    return ["content", blank(content), file.mode]


def _probe_form(probe: Probe | None) -> Any:
    if probe is None:
        return None
    if probe.disabled:
        return "off"
    command = [blank(word) for word in probe.check.command] if isinstance(probe.check, Exec) else None
    return [command, probe.period, probe.timeout, probe.failures, probe.grace]


def _workload_form(definition: Definition, name: str, workload: Workload) -> dict[str, Any]:
    ports = [
        [port.target, port.protocol, exposure.port, exposure.address]
        for port in workload.ports.values()
        for exposure in port.exposures
    ]
    restart = workload.restart
    return {
        "ports": sorted(ports, key=str),
        "expose": sorted(key for key, port in workload.ports.items() if not port.exposures),
        "aliases": sorted({alias for alias in workload.names if alias != name}),
        "networks": sorted(workload.networks) if workload.networks is not None else None,
        "depends_on": {
            other: [_CONDITIONS[order.condition], order.required] for other, order in workload.order.items()
        },
        "replicas": workload.scale.replicas if isinstance(workload.scale.replicas, int) else None,
        "restart": restart
        and _RESTARTS.get(restart.policy, restart.policy)
        + (f":{restart.attempts}" if restart.attempts is not None else ""),
        "labels": workload.labels,
    }


def form_of_engine(parsed: dict[str, Any], folder: str) -> Form:
    """Give docker compose's reading. `folder` is the project's, an absolute path."""
    parsed = _undouble(parsed)
    services: Form = {}
    for name, service in parsed.get("services", {}).items():
        form = {**_engine_container(service, parsed, folder), **_engine_workload(name, service)}
        form["depends_on"] = {other: each for other, each in form["depends_on"].items() if other in parsed["services"]}
        services[name] = {field: value for field, value in form.items() if value not in (None, {}, [], False, "")}
    return services


def _undouble(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, dict):
        return {key.replace("$$", "$"): _undouble(each) for key, each in value.items()}
    return [_undouble(each) for each in value] if isinstance(value, list) else value


def _engine_container(service: dict[str, Any], parsed: dict[str, Any], folder: str) -> dict[str, Any]:
    resources = service.get("deploy", {}).get("resources", {})
    limits, requests = _amounts(resources.get("limits", {})), _amounts(resources.get("reservations", {}))
    if "cpus" in service:
        limits["cpu"] = round(float(service["cpus"]) * 1000)
    if "mem_limit" in service:
        limits["memory"] = int(service["mem_limit"])
    if "pids_limit" in service:
        limits["pids"] = int(service["pids_limit"])
    if "mem_reservation" in service:
        requests["memory"] = int(service["mem_reservation"])
    return {
        "image": service.get("image"),
        "build": _relative(service["build"]["context"], folder) if "build" in service else None,
        "entrypoint": service.get("entrypoint"),
        "command": service.get("command") or None,
        "variables": {key: value or "" for key, value in service.get("environment", {}).items()},
        "storage": _engine_storage(service, parsed, folder),
        "check": _engine_check(service.get("healthcheck")),
        "limits": limits,
        "requests": requests,
        "user": service.get("user"),
        "cap_add": sorted(each.upper().removeprefix("CAP_") for each in service.get("cap_add", [])),
        "read_only": service.get("read_only"),
        "stop_grace": _milliseconds(service.get("stop_grace_period")),
        "workdir": service.get("working_dir"),
    }


def _amounts(resources: dict[str, Any]) -> dict[str, int]:
    amounts: dict[str, int] = {}
    if "cpus" in resources:
        amounts["cpu"] = round(float(resources["cpus"]) * 1000)
    if "memory" in resources:
        amounts["memory"] = int(resources["memory"])
    if "pids" in resources:
        amounts["pids"] = int(resources["pids"])
    return amounts


def _relative(path: str, folder: str) -> str:
    if path == folder:
        return "."
    above = folder.rpartition("/")[0]
    return path.removeprefix(folder + "/") if path.startswith(folder + "/") else path.replace(above, "..", 1)


def _engine_storage(service: dict[str, Any], parsed: dict[str, Any], folder: str) -> dict[str, Any]:
    storage: dict[str, Any] = {}
    for text in service.get("tmpfs", []):
        storage[text.split(":")[0]] = ["memory", None, False]
    for each in service.get("volumes", []):
        target, read_only = each["target"], bool(each.get("read_only"))
        source = each.get("source")
        if each["type"] == "tmpfs":
            storage[target] = ["memory", None, read_only]
        elif each["type"] == "volume":
            storage[target] = ["persistent" if source else "ephemeral", source, read_only]
        elif source == folder or source.startswith(folder + "/"):
            storage[target] = ["bind", _relative(source, folder), read_only]
        else:
            storage[target] = ["host", _relative(source, folder), read_only]
    for grant in service.get("configs", []):
        definition = parsed["configs"][grant["source"]]
        target = grant.get("target") or grant["source"]
        mode = int(grant["mode"], 8) if "mode" in grant else None
        storage[target if target[0] == "/" else "/" + target] = ["content", definition.get("content"), mode]
    for grant in service.get("secrets", []):
        target = grant.get("target") or grant["source"]
        mode = int(grant["mode"], 8) if "mode" in grant else None
        storage[target if target[0] == "/" else "/run/secrets/" + target] = ["secret", grant["source"], mode]
    return storage


def _engine_check(check: dict[str, Any] | None) -> Any:
    if check is None:
        return None
    test = check.get("test")
    if check.get("disable") or test == ["NONE"]:
        return "off"
    command = None if not test else ["/bin/sh", "-c", *test[1:]] if test[0] == "CMD-SHELL" else test[1:]
    times = [_milliseconds(check.get(key)) for key in ("interval", "timeout", "start_period")]
    return [command, times[0], times[1], check.get("retries"), times[2]]


def _milliseconds(text: str | None) -> int | None:
    """Read a duration as Go prints it (`1m30s`, `250ms`)."""
    if text is None:
        return None
    total, number = 0.0, ""
    units = {"h": 3.6e6, "m": 6e4, "s": 1e3}
    text = text.replace("ms", "S").replace("µs", "U")
    for character in text:
        if character.isdigit() or character == ".":
            number += character
        else:
            total += float(number) * {**units, "S": 1.0, "U": 1e-3}[character]
            number = ""
    return round(total)


def _engine_workload(name: str, service: dict[str, Any]) -> dict[str, Any]:
    ports = [
        [each["target"], each["protocol"], _published(each.get("published")), each.get("host_ip")]
        for each in service.get("ports", [])
    ]
    published = {(each[0], each[1]) for each in ports}
    exposed = {
        f"{port}/{protocol or 'tcp'}"
        for text in service.get("expose", [])
        for numbers, _, protocol in [str(text).partition("/")]
        for port in _numbers(numbers)
        if (port, protocol or "tcp") not in published
    }
    networks = service.get("networks") or {}
    aliases = {alias for each in networks.values() for alias in (each or {}).get("aliases", [])}
    aliases.update(service[key] for key in ("hostname", "container_name") if key in service)
    dependencies = service.get("depends_on", {})
    return {
        "ports": sorted(ports, key=str),
        "expose": sorted(exposed),
        "aliases": sorted(aliases - {name}),
        "networks": sorted(networks) if set(networks) != {"default"} else None,
        "depends_on": {other: [each["condition"], each.get("required", True)] for other, each in dependencies.items()},
        "replicas": service.get("deploy", {}).get("replicas", service.get("scale")),
        "restart": service.get("restart"),
        "labels": service.get("labels"),
    }


def _numbers(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _published(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and text != "0" else None
