"""Which services are one workload: those that share a network namespace.

A service that joins another's network (`network_mode: service:X`) belongs to X's workload, and so do services that carry
the same workload annotation, ours or score-compose's.
"""

from collections.abc import Mapping as ABCMapping
from typing import Protocol

import msgspec

from isomorph.model.workload import Role
from isomorph.platforms.compose.merging import to_pairs
from isomorph.platforms.compose.reading import Reading, to_string
from isomorph.syntax.tree import Mapping, Node, Scalar

CONTAINER, WORKLOAD, ROLE = "dev.isomorph/container", "dev.isomorph/workload", "dev.isomorph/role"
SCORE_WORKLOAD = "compose.score.dev/workload-name"
HOLDER, ROUTER = "holder", "router"
_ROLES = {"init": Role.INIT, "sidecar": Role.SIDECAR}
OWN_ANNOTATIONS = frozenset((CONTAINER, WORKLOAD, ROLE))


class Member(msgspec.Struct):
    """A service as a part of its workload. `container` is empty for a service that only holds the network."""

    service: str
    node: Mapping
    container: str
    role: Role = Role.MAIN


class Group(msgspec.Struct):
    """A workload's services; the first owns the network, and with it ports, names and scale."""

    name: str
    owner: str
    members: list[Member]

    @property
    def main(self) -> Member:
        """The service that stands for the workload: what waits for the workload waits for it."""
        if len(self.members) == 1:
            return self.members[0]
        containers = {member.container: member for member in self.members if member.container}
        return containers.get(choose_main(self.name, containers), self.members[0])

    def home(self, member: Member) -> "Home":
        """Give where a service's container is in the model."""
        stands = not member.container or member is self.main
        return Home(self.name, member.container, self.name if stands else f"{self.name}/{member.container}")


class Home(msgspec.Struct):
    """Where a service's container is in the model. `key`: what an order says that waits for it."""

    workload: str
    container: str
    key: str


class _HasRole(Protocol):
    @property
    def role(self) -> Role: ...


def choose_main(workload: str, containers: ABCMapping[str, _HasRole]) -> str:
    """Choose the container that a workload is known by: of its own name, else the first that is no helper."""
    own = containers.get(workload)
    if own is not None and own.role is Role.MAIN:
        return workload
    mains = (key for key, container in containers.items() if container.role is Role.MAIN)
    return next(mains, next(iter(containers), ""))


def joined_service(service: Mapping) -> str | None:
    """Give the service whose network a service joins."""
    mode = service.entries.get("network_mode")
    if isinstance(mode, Scalar) and mode.text.startswith("service:"):
        return mode.text[len("service:") :].strip()
    return None


def is_router(service: Mapping) -> bool:
    """Tell whether a service is the one that we write for the routes of a project: it is no workload."""
    for key in ("labels", "annotations"):
        node = service.entries.get(key)
        if node is not None:
            role = to_pairs(node).entries.get(ROLE)
            if role is not None and to_string(role) == ROUTER:
                return True
    return False


def group_services(reading: Reading, services: dict[str, Mapping]) -> list[Group]:
    """Group the services of a project in the order of their owners; notes faults for circles and unknown services."""
    owners: dict[str, str] = {}
    notes: dict[str, dict[str, str]] = {}
    by_annotation: dict[str, str] = {}
    for name, service in services.items():
        annotations = service.entries.get("annotations")
        notes[name] = _read_annotations(annotations) if annotations is not None else {}
        owners[name] = _find_owner(reading, name, services)
    for name in services:
        workload = notes[name].get(WORKLOAD) or notes[name].get(SCORE_WORKLOAD)
        if workload and owners[name] == name:
            first = by_annotation.setdefault(workload, name)
            if first != name:
                owners[name] = first
    groups: dict[str, Group] = {}
    for name in services:
        owner = owners[owners[name]]
        if owner not in groups:
            note = notes[owner]
            groups[owner] = Group(note.get(WORKLOAD) or note.get(SCORE_WORKLOAD) or owner, owner, [])
        groups[owner].members.append(Member(name, services[name], ""))
    _settle_names(groups, notes)
    for group in groups.values():
        _name_containers(group, notes)
    return list(groups.values())


def _read_annotations(node: Node) -> dict[str, str]:
    return {key: to_string(value) for key, value in to_pairs(node).items()}


def _find_owner(reading: Reading, name: str, services: dict[str, Mapping]) -> str:
    owner = name
    seen = {name}
    while True:
        joined = joined_service(services[owner])
        if joined is None:
            return owner
        origin = services[owner]["network_mode"].origin
        if joined not in services:
            reading.fault(f"service {owner} joins the network of {joined}, which is not defined", origin)
            return owner
        if joined in seen:
            reading.fault(f"service {owner} joins its own network, by way of {joined}", origin, "break the circle")
            return name
        seen.add(joined)
        owner = joined


def _settle_names(groups: dict[str, Group], notes: dict[str, dict[str, str]]) -> None:
    """Give two groups of one name the names of their services instead."""
    named: dict[str, list[Group]] = {}
    for group in groups.values():
        named.setdefault(group.name, []).append(group)
    for same in named.values():
        if len(same) > 1:
            for group in same:
                group.name = group.owner


def _name_containers(group: Group, notes: dict[str, dict[str, str]]) -> None:
    """Name containers as their services, without the owner's or workload's name before a dash."""
    group.members.sort(key=lambda member: member.service != group.owner)
    services = {member.service for member in group.members if notes[member.service].get(ROLE) != HOLDER}
    taken: set[str] = set()
    for member in group.members:
        note = notes[member.service]
        role = note.get(ROLE, "")
        member.role = _ROLES.get(role, Role.MAIN)
        if role == HOLDER:
            continue
        name = note.get(CONTAINER) or _shorten(member, group, services, SCORE_WORKLOAD in note)
        if name in taken:
            name = member.service
        while name in taken:
            name += "-2"
        member.container = name
        taken.add(name)


def _shorten(member: Member, group: Group, services: set[str], of_score: bool) -> str:
    """Take the owner's or workload's name off a service's, unless that is the name of another service in the group."""
    for prefix in (f"{group.owner}-", f"{group.name}-"):
        if member.service.startswith(prefix) and (member.service != group.owner or of_score):
            short = member.service[len(prefix) :]
            return member.service if short in services else short
    return member.service
