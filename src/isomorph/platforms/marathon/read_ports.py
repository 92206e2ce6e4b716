"""Ports, the names that lead to them, and networks, in the forms before Marathon 1.5 and since.

A label `VIP_0: "/name:80"` gives a port a virtual address: peers connect to `name.marathon.l4lb.thisdcos.directory:80`,
whatever the container's own number is (https://docs.d2iq.com/mesosphere/dcos/latest/networking/load-balancing-vips/).
"""

import re

import msgspec

from isomorph.model.origin import Path
from isomorph.model.workload import Exposure, Port
from isomorph.platforms.marathon.fields import ENDPOINT, ENDPOINT_MODELLED, PORT_MAPPING, PORT_MAPPING_MODELLED
from isomorph.platforms.marathon.ids import vip_name
from isomorph.platforms.marathon.reading import Reading
from isomorph.platforms.marathon.values import (
    flag_at,
    is_null,
    items_at,
    mapping_at,
    mappings_at,
    origin_at,
    port_at,
    string_at,
    string_map_at,
    strings_at,
    whole_at,
)
from isomorph.syntax.tree import Mapping, Node, Scalar

VIP = re.compile(r"VIP_?[0-9]*")
_ADDRESS = re.compile(r"/?(?P<name>[^:]+):(?P<port>[0-9]{1,5})")
_MODES = {"BRIDGE": "container/bridge", "HOST": "host", "USER": "container", "NONE": "none"}


class Listening(msgspec.Struct):
    """A port that an application listens on, by its index among its port mappings: what checks and labels refer to."""

    number: int | str  # a name where Marathon picks the number
    name: str | None
    service_port: int | None = None
    keys: list[str] = []  # its keys among the workload's ports


class Networking(msgspec.Struct):
    """What was read about an application's network."""

    mode: str = "host"
    networks: tuple[str, ...] | None = None
    ports: dict[str, Port] = {}
    names: list[str] = []
    listening: list[Listening] = []


def read_networking(reading: Reading, node: Mapping, path: Path) -> Networking:
    """Read an application's networks and ports."""
    container = mapping_at(node, "container")
    docker = mapping_at(container, "docker")
    found = _read_mode(reading, node, docker, path)
    held, place = (container, ("container",)) if "portMappings" in container else (docker, ("container", "docker"))
    mappings = mappings_at(held, "portMappings")
    if found.mode == "host":
        _read_definitions(reading, node, found, path)
        if mappings:
            reading.keep(path, (*place, "portMappings"), held["portMappings"])
        return found
    for index, mapping in enumerate(mappings):
        _read_mapping(reading, mapping, index, found, path)
    for port in mappings_at(mapping_at(mapping_at(node, "ipAddress"), "discovery"), "ports"):
        number = port_at(port, "number")
        if number:
            protocols = (string_at(port, "protocol") or "tcp").split(",")
            _add(reading, found, port, number, number, protocols, None, path)
    for key in ("portDefinitions", "ports", "requirePorts"):
        if not is_null(node.get(key)):
            reading.keep(path, (key,), node[key], node.keys[key].origin)
    return found


def _read_mode(reading: Reading, node: Mapping, docker: Mapping, path: Path) -> Networking:
    """Read the mode and the names of networks; without a word it is the agent's own network."""
    found = Networking(ports={}, names=[], listening=[])
    old = string_at(docker, "network")
    address = mapping_at(node, "ipAddress")
    names: list[str] = []
    if items_at(node, "networks"):
        read_networks(reading, node, found, path)
    elif old is not None:
        found.mode = _MODES.get(old.upper(), "container")
        names = [name] if (name := string_at(address, "networkName")) else []
        reading.origins[(*path, "networks")] = docker["network"].origin
    elif not is_null(node.get("ipAddress")):
        found.mode = "container"
        names = [name] if (name := string_at(address, "networkName")) else []
    if names:
        found.networks = tuple(names)
        reading.origins[(*path, "networks")] = origin_at(address, "networkName")
    if found.mode == "none":
        found.networks = ()
    for key in ("groups", "labels"):
        if key in address:
            reading.keep(path, ("ipAddress", key), address[key])
    return found


def read_networks(reading: Reading, node: Mapping, found: Networking, path: Path) -> None:
    """Read the list `networks` of an application or pod."""
    names: list[str] = []
    for index, network in enumerate(mappings_at(node, "networks")):
        found.mode = string_at(network, "mode") or "container"
        name = string_at(network, "name")
        if name:
            names.append(name)
            reading.origins[(*path, "networks")] = network["name"].origin
        reading.keep_rest(network, frozenset(("name", "mode")), ("labels",), path, ("networks", index))
    found.networks = tuple(names) if names else None
    if found.mode == "host":
        reading.origins[(*path, "host_namespaces", "network")] = origin_at(node, "networks")


def _read_mapping(reading: Reading, mapping: Mapping, index: int, found: Networking, path: Path) -> None:
    number = port_at(mapping, "containerPort") or 0
    host = port_at(mapping, "hostPort")
    name = string_at(mapping, "name")
    service = port_at(mapping, "servicePort") or None
    listening = Listening(number or f"PORT{index}", name, service, [])
    found.listening.append(listening)
    protocols = (string_at(mapping, "protocol") or "tcp").split(",")
    if number:
        _add(reading, found, mapping, number, host or None, protocols, listening, path)
    else:
        reading.keep(path, ("container", "portMappings", index), mapping)
        return
    key = listening.keys[0]
    reading.keep_rest(mapping, PORT_MAPPING_MODELLED, PORT_MAPPING, (*path, "ports", key), ())
    if service:
        reading.keep((*path, "ports", key), ("servicePort",), mapping["servicePort"])


def _add(
    reading: Reading,
    found: Networking,
    mapping: Mapping,
    target: int,
    host: int | None,
    protocols: list[str],
    listening: Listening | None,
    path: Path,
) -> None:
    """Add a port, under every number by which peers may reach it."""
    addresses, others = _read_labels(mapping)
    name = string_at(mapping, "name")
    exposures = (Exposure("host", host),) if host else ()
    found.names += [address for address, _, _ in addresses if address not in found.names]
    offered = bool(addresses) or found.mode == "container"
    numbers = list(dict.fromkeys(number for _, number, _ in addresses)) or [target]
    for protocol in protocols:
        for number in numbers:
            key = f"{number}/{protocol}"
            place = (*path, "ports", key)
            if listening is not None:
                listening.keys.append(key)
            if key in found.ports:
                continue
            found.ports[key] = Port(number, target, protocol, name, offered, exposures)
            reading.origins[place] = mapping.origin
            reading.origins[(*place, "target")] = origin_at(mapping, "containerPort")
            reading.origins[(*place, "protocol")] = origin_at(mapping, "protocol")
            if host:
                reading.origins[(*place, "exposures", "0")] = origin_at(mapping, "hostPort")
            exposures = ()
    if others:
        place = (*path, "ports", f"{numbers[0]}/{protocols[0]}")
        for label, node in others.items():
            reading.keep(place, ("labels", label), node)


def _read_labels(mapping: Mapping) -> tuple[list[tuple[str, int, str]], dict[str, Node]]:
    """Give the virtual addresses of a port as (name, number, label), and its other labels."""
    addresses: list[tuple[str, int, str]] = []
    others: dict[str, Node] = {}
    labels = mapping_at(mapping, "labels")
    for label, value in string_map_at(mapping, "labels").items():
        match = _ADDRESS.fullmatch(value) if VIP.fullmatch(label) else None
        if match is None or not 0 < int(match["port"]) < 65536:
            others[label] = labels[label]
            continue
        name = match["name"].strip("/")
        literal = re.fullmatch(r"[0-9.]+|\[.*\]", name) is not None
        addresses.append((name if literal else vip_name(name), int(match["port"]), label))
    return addresses, others


def _read_definitions(reading: Reading, node: Mapping, found: Networking, path: Path) -> None:
    """Read the ports of an application on the agent's own network; those that Marathon picks have no number here."""
    fixed = bool(flag_at(node, "requirePorts"))
    if fixed:
        reading.keep(path, ("requirePorts",), node["requirePorts"], node.keys["requirePorts"].origin)
    for index, definition in enumerate(mappings_at(node, "portDefinitions")):
        number = port_at(definition, "port") or 0
        name = string_at(definition, "name")
        addresses, _ = _read_labels(definition)
        listening = Listening(number if fixed and number else f"PORT{index}", name, number or None, [])
        found.listening.append(listening)
        protocols = (string_at(definition, "protocol") or "tcp").split(",")
        landing = number if fixed and number else (addresses[0][1] if addresses else 0)
        if landing:
            _add(reading, found, definition, landing, None, protocols, listening, path)
    if not is_null(node.get("portDefinitions")):
        reading.keep(path, ("portDefinitions",), node["portDefinitions"], node.keys["portDefinitions"].origin)
    for index, item in enumerate(items_at(node, "ports")):
        value = item.value if isinstance(item, Scalar) else None
        number = value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536 else 0
        listening = Listening(number if fixed and number else f"PORT{index}", None, number or None, [])
        found.listening.append(listening)
        if fixed and number:
            key = f"{number}/tcp"
            found.ports[key] = Port(number, number)
            listening.keys.append(key)
            reading.origins[(*path, "ports", key)] = item.origin
    if items_at(node, "ports"):
        reading.keep(path, ("ports",), node["ports"], node.keys["ports"].origin)


def read_endpoints(reading: Reading, node: Mapping, found: Networking, path: Path) -> list[Listening]:
    """Read the ports of one container of a pod."""
    listed: list[Listening] = []
    for index, endpoint in enumerate(mappings_at(node, "endpoints")):
        number, host = port_at(endpoint, "containerPort"), port_at(endpoint, "hostPort")
        target = (host if found.mode == "host" else number) or 0
        listening = Listening(target or f"ENDPOINT{index}", string_at(endpoint, "name"), None, [])
        listed.append(listening)
        protocols = strings_at(endpoint, "protocol") or ["tcp"]
        if target:
            outside = host or None if found.mode != "host" else None
            _add(reading, found, endpoint, target, outside, protocols, listening, path)
            place = (*path, "ports", listening.keys[0])
            reading.keep_rest(endpoint, ENDPOINT_MODELLED, ENDPOINT, place, ())
        else:
            container = string_at(node, "name") or ""
            reading.keep((*path, "containers", container), ("endpoints", index), endpoint)
    return listed


def read_instances(reading: Reading, node: Mapping, key: str, path: Path) -> int | None:
    """Read the number of instances."""
    number = whole_at(node, key)
    if number is not None:
        reading.origins[(*path, "scale", "replicas")] = node[key].origin
    return number
