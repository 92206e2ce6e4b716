"""Container definitions of ECS: the JSON of a task definition.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html. What the model has no place
for (log drivers, ulimits, environment files, …) is kept beside it.
"""

from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.image import parse_image
from isomorph.model.text import Placeholder, SecretValue, Text, parts_of, print_text
from isomorph.model.workload import Compute, Container, Exec, Mount, Probe, Role, Security
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.tables import MIB, Part, resource_of

CPU_UNITS = 1024
"""Of one vCPU."""

_CONDITIONS = {"START": "started", "HEALTHY": "healthy", "COMPLETE": "complete", "SUCCESS": "complete"}
_SECONDS = 1000
_TIMING = (("interval", "period", 30), ("timeout", "timeout", 5), ("startPeriod", "grace", 0))
_ASKED_ELSEWHERE = frozenset(("name", "essential", "portMappings", "dependsOn", "mountPoints", "dockerLabels"))


def read_container(part: Part, volumes: dict[str, str]) -> Container:
    """Read one container; `volumes` are the task's, with their keys in the model."""
    part.note(part.node)
    part.asked |= _ASKED_ELSEWHERE
    image = part.text("image", "image")
    container = Container(
        image=None if image is None else parse_image(image),
        command=part.texts("entryPoint", "command"),
        args=part.texts("command", "args"),
        workdir=part.word("workingDirectory", "workdir"),
        variables=_read_variables(part),
        mounts=_read_mounts(part, volumes),
        readiness=_read_health(part),
        compute=_read_compute(part),
        security=_read_security(part),
        stop_grace=None if (seconds := part.number("stopTimeout", "stop_grace")) is None else seconds * _SECONDS,
    )
    part.keep_rest("container_definitions")
    return container


def order_containers(parts: dict[str, Part], containers: dict[str, Container]) -> dict[str, Container]:
    """Put in what waits for what: a container that another waits for runs before it."""
    for name, part in parts.items():
        for entry in part.parts("dependsOn"):
            first = entry.word("containerName") or ""
            condition = _CONDITIONS.get((entry.word("condition") or "").upper(), "started")
            if first not in containers:
                raise InvalidInput(
                    f"{name} depends on container {first!r}, which is not here", entry.node.origin, "correct it"
                )
            before = {**containers[first].before, name: condition}
            role = Role.INIT if "complete" in before.values() else Role.SIDECAR
            containers[first] = replace(containers[first], before=before, role=role)
            parts[first].note(entry.node, "before", name)
    return dict(sorted(containers.items(), key=lambda item: item[1].role is Role.MAIN))


def _read_variables(part: Part) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for entry in part.parts("environment"):
        name, value = entry.word("name"), entry.text("value")
        if name:
            found[name] = "" if value is None else value
            part.note(entry.node.get("value") or entry.node, "variables", name)
    for entry in part.parts("secrets"):
        name = entry.word("name")
        if name:
            found[name] = (read_secret(entry, "valueFrom"),)
            part.note(entry.node.get("valueFrom") or entry.node, "variables", name)
    return found


def read_secret(entry: Part, field: str) -> SecretValue | Placeholder:
    """Read what leads to a secret: of Secrets Manager by its ARN, with a key of its JSON, or a parameter by name or ARN."""
    reading = entry.reading
    text = entry.text(field) or ""
    found = resource_of(reading, entry.find(field))
    if found is not None:
        resource, _ = found
        called = Part(reading, resource.body, ()).word("name")
        name = called or resource.address
        rest = "".join(part for part in parts_of(text) if isinstance(part, str))
        return note_secret(reading, name, rest.strip(":").split(":")[0])
    if not isinstance(text, str):
        return Placeholder(print_text(text))
    name, key = text, ""
    if text.startswith("arn:"):
        fields = text.split(":")
        service, last = fields[2] if len(fields) > 2 else "", fields[5] if len(fields) > 5 else text
        if service == "secretsmanager":
            last = fields[6] if len(fields) > 6 else last
            name = last[:-7] if len(last) > 7 and last[-7] == "-" else last
            key = fields[7] if len(fields) > 7 else ""
        else:
            name = last.removeprefix("parameter/")
    return note_secret(reading, name, key)


def note_secret(reading: Reading, name: str, key: str) -> SecretValue:
    """Give a reference to a secret that a store of the cloud holds, which is known by name only."""
    held = reading.secrets.get(name, Secret(external=True))
    reading.secrets[name] = replace(held, values={**held.values, key: held.values.get(key)})
    return SecretValue(name, key)


def _read_mounts(part: Part, volumes: dict[str, str]) -> dict[str, Mount]:
    found: dict[str, Mount] = {}
    for entry in part.parts("mountPoints"):
        source, path = entry.word("sourceVolume"), entry.word("containerPath")
        if not source or not path:
            continue
        if source not in volumes:
            raise InvalidInput(f"the task has no volume {source!r}", entry.place("sourceVolume"), "add a volume block")
        found[path] = Mount(volumes[source], read_only=entry.flag("readOnly"))
        part.note(entry.node, "mounts", path)
    return found


def _read_health(part: Part) -> Probe | None:
    block = part.part("healthCheck", "readiness")
    if block is None:
        return None
    command = block.texts("command", "check") or ()
    part.note(block.node, "readiness")
    if not command or command[0] == "NONE":
        return Probe(disabled=True)
    if command[0] == "CMD-SHELL":
        command = ("/bin/sh", "-c", *command[1:])
    elif command[0] == "CMD":
        command = command[1:]
    timing: dict[str, Any] = {}
    for field, name, default in _TIMING:
        said = block.number(field, name)
        timing[name] = (default if said is None else said) * _SECONDS
    retries = block.number("retries", "failures")
    return Probe(Exec(command), failures=3 if retries is None else retries, successes=1, initial_delay=0, **timing)


def _read_compute(part: Part) -> Compute:
    requests: dict[str, int | Placeholder] = {}
    limits: dict[str, int | Placeholder] = {}
    cpu = part.amount("cpu", 1000, "compute", "requests", "cpu")
    if cpu:
        requests["cpu"] = cpu if isinstance(cpu, Placeholder) else -(-cpu // CPU_UNITS)
    reserved = part.amount("memoryReservation", MIB, "compute", "requests", "memory")
    if reserved:
        requests["memory"] = reserved
    memory = part.amount("memory", MIB, "compute", "limits", "memory")
    if memory:
        limits["memory"] = memory
    return Compute(requests or None, limits or None)


def _read_security(part: Part) -> Security:
    base = ("security",)
    user = part.word("user", *base, "user")
    name, _, group = (user or "").partition(":")
    options = part.words("dockerSecurityOptions") or ()
    linux = part.part("linuxParameters")
    capabilities = linux.part("capabilities") if linux is not None else None
    if linux is not None:
        linux.keep_rest("container_definitions", "linuxParameters")
    added = capabilities.words("add") if capabilities is not None else None
    dropped = capabilities.words("drop") if capabilities is not None else None
    return Security(
        user=name or None,
        group=group or None,
        capabilities_added=_to_capabilities(added),
        capabilities_dropped=_to_capabilities(dropped),
        read_only_root=part.flag("readonlyRootFilesystem", *base, "read_only_root"),
        privileged=part.flag("privileged", *base, "privileged"),
        no_new_privileges=True if any(each.startswith("no-new-privileges") for each in options) else None,
    )


def _to_capabilities(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return tuple(name.upper().removeprefix("CAP_") for name in names) if names else None
