"""Ports, names and networks of the service that owns a workload's network."""

from typing import Any

from isomorph.model.workload import Exposure, Port, Workload


def other_names(workload: Workload, service: str) -> list[str]:
    """Give the names beside the service's own under which peers may look for a workload.

    A platform's longer spellings of one of its names (`web.shop.svc`) are left out: what uses them is rewritten.
    """
    names = workload.names
    if len(names) == 1 and names[0] == service:
        return []
    known = frozenset(names)
    others: list[str] = []
    for name in names:
        if name != service and not _extends(name, known) and name not in others:
            others.append(name)
    return others


def _extends(name: str, names: frozenset[str]) -> bool:
    dot = name.find(".")
    while dot >= 0:
        if name[:dot] in names:
            return True
        dot = name.find(".", dot + 1)
    return False


def write_ports(workload: Workload, service: dict[str, Any]) -> list[str]:
    """Write published ports and the others that the workload listens on.

    Gives the keys of the ports that peers know elsewhere by a number that Compose cannot give them.
    """
    published: list[str] = []
    exposed: list[str] = []
    renumbered: list[str] = []
    for key, port in workload.ports.items():
        suffix = "" if port.protocol == "tcp" else f"/{port.protocol}"
        if port.number != port.target:
            renumbered.append(key)
        if port.exposures:
            published += [_publish(port, exposure, suffix) for exposure in port.exposures]
        else:
            exposed.append(f"{port.target}{suffix}")
    if published:
        service["ports"] = list(dict.fromkeys(published))
    if exposed:
        service["expose"] = list(dict.fromkeys(exposed))
    return renumbered


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
