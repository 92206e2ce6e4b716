"""Networks and their ports: what peers reach, and what is open on the machine.

A port that Nomad picks is no way in from outside: it is where peers find a service. A static one is.
"""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Exposure, Port
from isomorph.platforms.nomad.draft import Draft
from isomorph.platforms.nomad.known import NETWORK, PORT
from isomorph.platforms.nomad.reading import Reading, blocks_of, integer_at, items_of, string_at, to_plain
from isomorph.platforms.nomad.references import Cluster, clean
from isomorph.platforms.nomad.units import Group, Said, Task, Unit
from isomorph.syntax.hcl.body import Block, Body
from isomorph.syntax.tree import Node, Scalar, Sequence

HIGHEST_PORT = 65535

_WORD_END = re.compile(r"[-_.]")


def find_ports(units: list[Unit]) -> None:
    """Give every workload its ports: those of its tasks' own networks, and those of the group that are said to be its."""
    groups: dict[int, list[Unit]] = {}
    for unit in units:
        groups.setdefault(id(unit.group), []).append(unit)
        for task in unit.tasks:
            for resources in blocks_of(task.body, "resources"):
                _add_ports(resources.body, task, [unit])
    for members in groups.values():
        group = members[0].group
        if len(members) == 1:
            _add_ports(group.body, None, members)
            continue
        for said in _said_ports(group.body, None):
            owners = [unit for unit in members if _claims(unit, said.label)]
            owners = owners or [unit for unit in members if _mentions(unit, said.label)] or members[:1]
            for unit in owners:
                unit.ports.setdefault(said.label, said)


def _add_ports(body: Body, task: Task | None, units: list[Unit]) -> None:
    for said in _said_ports(body, task):
        for unit in units:
            unit.ports.setdefault(said.label, said)


def _said_ports(body: Body, task: Task | None) -> list[Said]:
    return [
        _read_port(block, task)
        for network in blocks_of(body, "network")
        for block in blocks_of(network.body, "port")
        if block.labels
    ]


def _read_port(block: Block, task: Task | None) -> Said:
    numbers: list[int | None] = []
    for name, lowest in (("static", 0), ("to", -1)):
        node = block.body.attributes.get(name)
        number = integer_at(node, name) if node is not None else None
        if number is not None and node is not None and not lowest <= number <= HIGHEST_PORT:
            raise InvalidInput(f"{number} is no port", node.origin, f"write a number up to {HIGHEST_PORT}")
        numbers.append(number or None)
    return Said(block, task, *numbers)


def _claims(unit: Unit, label: str) -> bool:
    """Tell whether a workload's task says that a port of its group is its own."""
    if label in unit.mapped:
        return True
    for task in unit.tasks:
        for config in blocks_of(task.body, "config"):
            if label in [string_at(item) for item in items_of(config.body.attributes.get("ports"))]:
                return True
        for service in blocks_of(task.body, "service"):
            port = service.body.attributes.get("port")
            if port is not None and string_at(port) == label:
                return True
    for service in blocks_of(unit.group.body, "service"):
        port, behind = (service.body.attributes.get(name) for name in ("port", "task"))
        if port is not None and behind is not None and string_at(port) == label:
            return string_at(behind) in [task.name for task in unit.tasks]
    return False


def _mentions(unit: Unit, label: str) -> bool:
    """Tell whether a text of a workload asks for the number of a port: then its process listens there."""
    wanted = f"NOMAD_PORT_{clean(label)}"
    open_bodies = [task.body for task in unit.tasks]
    while open_bodies:
        body = open_bodies.pop()
        open_bodies += [block.body for block in body.blocks]
        if any(_holds(node, wanted) for node in body.attributes.values()):
            return True
    return False


def _holds(node: Node, wanted: str) -> bool:
    if isinstance(node, Scalar):
        return wanted in node.text
    return any(_holds(item, wanted) for item in (node.items if isinstance(node, Sequence) else ()))


def read_ports(draft: Draft, cluster: Cluster) -> None:
    """Read the ports of a workload; which are offered follows from its services, its networks and static numbers."""
    unit = draft.unit
    offered = {offer.label for offer in cluster.of_unit(unit)}
    on_network = bool(draft.fields.get("networks"))
    on_host = "network" in draft.host_namespaces
    for label, said in unit.ports.items():
        target = unit.target_of(label)
        if target is None:
            continue  # The process is told which port to listen on; nobody else knows it.
        # In the machine's network a port is no way in: the process itself listens there, and nothing leads to it.
        exposures = (Exposure("host", said.static),) if said.static and not on_host else ()
        is_offered = label in offered or bool(said.static) or on_network
        _add_port(draft, Port(target, target, name=label, offered=is_offered, exposures=exposures), said)
    for offer in cluster.of_unit(unit):
        if offer.label.isdecimal() and 0 < int(offer.label) <= HIGHEST_PORT:
            number = int(offer.label)
            key = f"{number}/tcp"
            if key not in draft.ports:
                draft.ports[key] = Port(number, number)
                draft.reading.origins[*draft.path, "ports", key] = offer.block.body.attributes["port"].origin


def _add_port(draft: Draft, port: Port, said: Said) -> None:
    """Add a port; two labels may lead to one port of the container.

    Nomad opens every port for both protocols: only its label may say that it is meant for udp.
    """
    protocol = "udp" if "udp" in _WORD_END.split(said.label.lower()) else "tcp"
    key = f"{port.target}/{protocol}"
    path = (*draft.path, "ports", key)
    origins = draft.reading.origins
    known = draft.ports.get(key)
    exposures = (*(known.exposures if known else ()), *port.exposures)
    if port.exposures:
        origins[*path, "exposures", str(len(exposures) - 1)] = said.body.attributes["static"].origin
    if known is None:
        to = said.body.attributes.get("to") or said.body.attributes.get("static")
        mapped = draft.unit.mapped.get(said.label)
        origins[path] = mapped[1] if mapped is not None else to.origin if to is not None else said.origin
        draft.ports[key] = Port(port.number, port.target, protocol, port.name, port.offered, exposures)
    else:
        draft.ports[key] = Port(
            known.number, known.target, protocol, known.name, known.offered or port.offered, exposures
        )
        draft.reading.keep(path, ("label", said.label), to_plain(said.body, PORT), said.origin)
    for name in ("host_network", "ignore_collision"):
        node = said.body.attributes.get(name)
        if node is not None:
            draft.reading.keep(path, (name,), string_at(node), node.origin)


def read_group_network(draft: Draft, reading: Reading, group: Group) -> None:
    """Read what else a group's network says: its mode, DNS settings, host name."""
    for block in blocks_of(group.body, "network"):
        read = frozenset(("port", "mode", "mbits"))
        mode = block.body.attributes.get("mode")
        if mode is not None and group.mode not in ("bridge", "host", "none"):
            reading.keep(draft.path, ("group", "network", "mode"), group.mode, mode.origin)
        if mode is not None and group.mode == "none":
            draft.fields["networks"] = ()
            reading.origins[*draft.path, "networks"] = mode.origin
        reading.keep_rest(block.body, NETWORK, read, draft.path, ("group", "network"))
