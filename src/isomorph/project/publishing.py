"""Ports of the machine that lead to workloads or to what resources are realised by: `--publish HOST:REF:PORT`."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Definition, Extra
from isomorph.model.errors import UsageError
from isomorph.model.workload import Exposure, Port, Workload
from isomorph.platforms.table import find_family
from isomorph.provisioning.contract import Realised
from isomorph.provisioning.references import split_path, suggest
from isomorph.provisioning.resolving import find_output

_WRITTEN = re.compile(r"(?:(?P<address>[0-9.]+|\[[0-9a-fA-F:.]+\]):)?(?P<host>[0-9]+):(?P<ref>.+):(?P<port>[0-9]+)")


class Publish(msgspec.Struct, frozen=True):
    """A port of the machine, at an address or all of them, and where it leads: a workload, or `UID.OUTPUT`, and its port."""

    host: int
    reference: str
    port: int
    address: str | None = None


def parse_publish(text: str) -> Publish:
    """Read `[ADDRESS:]HOST:REF:PORT`; raises UsageError for what is none."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise UsageError(
            f"--publish {text!r} is not HOST:REF:PORT, with REF a workload or TYPE.CLASS#ID.OUTPUT: 8080:web:80"
        )
    host, port = int(found["host"]), int(found["port"])
    if not (0 < host < 65536 and 0 < port < 65536):
        raise UsageError(f"--publish {text!r}: a port is a number from 1 to 65535")
    return Publish(host, found["ref"], port, found["address"].strip("[]") if found["address"] else None)


def publish(
    definition: Definition, published: tuple[Publish, ...], realised: Mapping[str, Realised], platform: str
) -> Definition:
    """Give a definition whose workloads, and services that provisioners brought, are reached at ports of the machine."""
    if find_family(platform) != "compose":
        raise UsageError("--publish is for Compose and Swarm: elsewhere a route or a load balancer leads to a workload")
    workloads = dict(definition.application.workloads)
    extras = list(definition.extras)
    for one in published:
        name = one.reference if one.reference in workloads else _find_host(one, realised, workloads)
        if name in workloads:
            workloads[name] = _expose(workloads[name], one)
        else:
            _expose_fragment(extras, name, one)
    application = replace(definition.application, workloads=workloads)
    return replace(definition, application=application, extras=tuple(extras))


def _find_host(one: Publish, realised: Mapping[str, Realised], workloads: Mapping[str, Workload]) -> str:
    """Give the name that an output of a resource holds."""
    if "#" not in one.reference:
        hint = suggest(one.reference, workloads)
        raise UsageError(f"--publish {one.reference}: there is no such workload ({hint})")
    known = max((uid for uid in realised if one.reference.startswith(f"{uid}.")), key=len, default=None)
    if known is None:
        hint = suggest(one.reference, realised)
        raise UsageError(f"--publish {one.reference}: there is no such resource ({hint})")
    output = one.reference[len(known) + 1 :]
    try:
        value = find_output(realised[known], split_path(output))
    except LookupError as error:
        raise UsageError(f"--publish {one.reference}: {error.args[0]} ({error.args[1]})") from None
    return str(value)


def _expose(workload: Workload, one: Publish) -> Workload:
    """Add a port of the machine to the port that peers know by this number, or on which the container listens."""
    ports = dict(workload.ports)
    key = next((key for key, port in ports.items() if port.number == one.port and port.protocol == "tcp"), None)
    key = key or next((key for key, port in ports.items() if port.target == one.port), None)
    key = key or f"{one.port}/tcp"
    port = ports.get(key) or Port(one.port, one.port, offered=False)
    ports[key] = replace(port, exposures=(*port.exposures, Exposure("host", one.host, one.address)))
    return replace(workload, ports=ports)


def _expose_fragment(extras: list[Extra], name: str, one: Publish) -> None:
    for index, extra in enumerate(extras):
        if extra.location == ("services", name) and isinstance(extra.value, dict):
            ports: list[Any] = list(extra.value.get("ports") or ())
            port: dict[str, Any] = {"target": one.port, "published": str(one.host)}
            if one.address:
                port["host_ip"] = one.address
            extras[index] = replace(extra, value={**extra.value, "ports": [*ports, port]})
            return
    raise UsageError(f"--publish {one.reference}: {name!r} is no service of this project")
