"""Ports, names and networks of the service that owns a workload's network."""

from collections.abc import Sequence
from typing import Any

from isomorph.model.application import Extra
from isomorph.model.workload import Exposure, Port, Workload
from isomorph.platforms.compose.write_extras import put_all
from isomorph.platforms.compose.writing import Writing


def other_names(writing: Writing, workload: Workload, service: str) -> list[str]:
    """Give the names beside the service's own under which peers may look for a workload.

    A platform's longer spellings of one of its names (`web.shop.svc`) are left out: what uses them is rewritten.
    """
    names = workload.names
    if len(names) == 1 and names[0] == service:
        return []
    known = frozenset(names)
    own = _kept_names(writing, workload)
    others = [name for name in names if name != service and name not in own and not _extends(name, known)]
    return list(dict.fromkeys(others))


def _kept_names(writing: Writing, workload: Workload) -> frozenset[str]:
    """Give the names that come back as what they were, `hostname` or `container_name`."""
    if not writing.extras:
        return frozenset()
    paths = [("workloads", workload.name, "containers", key) for key in workload.containers]
    return frozenset(
        str(extra.value)
        for path in (*paths, ("workloads", workload.name))
        for extra in writing.extras.get(path, ())
        if extra.location in (("hostname",), ("container_name",))
    )


def _extends(name: str, names: frozenset[str]) -> bool:
    dot = name.find(".")
    while dot >= 0:
        if name[:dot] in names:
            return True
        dot = name.find(".", dot + 1)
    return False


def write_ports(writing: Writing, workload: Workload, service: dict[str, Any]) -> list[str]:
    """Write published ports and the others that the workload listens on.

    Gives the keys of the ports that peers know elsewhere by a number that Compose cannot give them.
    """
    published: list[str | dict[str, Any]] = []
    exposed: list[str] = []
    renumbered: list[str] = []
    for key, port in workload.ports.items():
        suffix = "" if port.protocol == "tcp" else f"/{port.protocol}"
        if port.number != port.target:
            renumbered.append(key)
        if not port.exposures:
            if port.offered:  # What nothing offers is a note only, and peers reach it anyway.
                exposed.append(f"{port.target}{suffix}")
            continue
        extras = writing.extras.pop(("workloads", workload.name, "ports", key), ()) if writing.extras else ()
        named = port.name is not None and writing.from_compose
        for exposure in port.exposures:
            entry = _long_form(port, exposure, extras) if extras or named else _publish(port, exposure, suffix)
            if entry not in published:
                published.append(entry)
    if published:
        service["ports"] = published
    if exposed:
        service["expose"] = list(dict.fromkeys(exposed))
    return renumbered


def _long_form(port: Port, exposure: Exposure, extras: Sequence[Extra]) -> dict[str, Any]:
    written: dict[str, Any] = {"target": port.target}
    if exposure.port is not None:
        written["published"] = str(exposure.port)
    if exposure.address is not None:
        written["host_ip"] = exposure.address
    if port.protocol != "tcp":
        written["protocol"] = port.protocol
    if port.name is not None:
        written["name"] = port.name
    put_all(written, extras)
    return written


def _publish(port: Port, exposure: Exposure, suffix: str) -> str:
    address = exposure.address
    if address and ":" in address:
        address = f"[{address}]"
    if address:
        return f"{address}:{'' if exposure.port is None else exposure.port}:{port.target}{suffix}"
    return f"{port.target}{suffix}" if exposure.port is None else f"{exposure.port}:{port.target}{suffix}"


def write_networks(workload: Workload, aliases: list[str], service: dict[str, Any]) -> None:
    """Write which networks a service joins, and the names that it has there."""
    if "network" in workload.host_namespaces:
        service["network_mode"] = "host"
        return
    networks = workload.networks
    if networks is not None and not networks:
        service["network_mode"] = "none"
    elif aliases:
        service["networks"] = {network: {"aliases": list(aliases)} for network in networks or ("default",)}
    elif networks:
        service["networks"] = list(networks)
