"""Ports, services and checks: what a workload offers to its peers, and how it is asked whether it is well."""

import re
from collections.abc import Iterator

from isomorph.model.origin import Path
from isomorph.model.text import Address, Part, Text, parts_of
from isomorph.model.workload import Container, Port
from isomorph.platforms.nomad.write_checks import plan_checks
from isomorph.platforms.nomad.write_text import scheme_port
from isomorph.platforms.nomad.writing import Construct, Names, Offer, Peer, Writing, block, service_name
from isomorph.syntax.hcl.emit import Block

_NOT_IN_LABEL = re.compile(r"[^A-Za-z0-9_-]+")


def plan_offers(writing: Writing, peer: Peer) -> None:
    """Name the ports of a workload and the services that lead to them."""
    labels, services = Names(), Names()
    for key, port in peer.workload.ports.items():
        if not (port.offered or port.exposures):
            continue
        label = labels.give(_label(port.name, port.number, port.protocol))
        offer = Offer(port.number, port.target, label, port.protocol, key=key)
        if port.protocol == "tcp" or not peer.offers:
            offer.service = take_service(peer, services, label)
        _plan_statics(writing, peer, port, offer, labels)
        peer.offers.append(offer)


def _label(name: str | None, number: int, protocol: str) -> str:
    if name and (label := _NOT_IN_LABEL.sub("-", name).strip("-_")):
        return label
    return f"{'port' if protocol == 'tcp' else protocol}-{number}"


def take_service(peer: Peer, services: Names, label: str) -> str:
    wish = peer.service if not services.taken else service_name(f"{peer.service}-{label}")
    return services.give(wish)


def _plan_statics(writing: Writing, peer: Peer, port: Port, offer: Offer, labels: Names) -> None:
    """Take numbers of the machine for a port that is open outside."""
    path: Path = ("workloads", peer.key, "ports", offer.key)
    for exposure in port.exposures:
        if exposure.kind != "host":
            field = f"port.exposure.{exposure.kind}"
            writing.lose(field, path, f"port {offer.key} on a {exposure.kind}", "approximated")
        if exposure.address not in (None, "", "0.0.0.0", "::"):
            writing.report("lost", f"{peer.key}: port {offer.key} on the address {exposure.address} only", path)
        number = exposure.port
        if number is None or number in offer.statics.values():
            continue
        label = offer.label if not offer.statics else labels.give(f"{offer.label}-{number}")
        offer.statics[label] = number


def plan_references(writing: Writing) -> None:
    """See which ports peers use that nothing declares, and where a port's number is said apart from its address."""
    for key, workload in writing.application.workloads.items():
        for name, container in workload.containers.items():
            addresses = [part for text in _texts(container) for part in _addresses(text)]
            for address in addresses:
                if address.workload in writing.peers and address.port is not None:
                    _imply(writing, writing.peers[address.workload], address.port)
            bare = {each.workload for each in addresses if each.port is None and each.workload in writing.peers}
            for workload_key in sorted(bare):
                _settle_bare(writing, key, name, container, writing.peers[workload_key])


def _texts(container: Container) -> Iterator[Text]:
    yield from container.variables.values()
    yield from container.command or ()
    yield from container.args or ()
    for file in container.files.values():
        if isinstance(file.content, str | tuple):
            yield file.content


def _addresses(text: Text) -> Iterator[Address]:
    """Give the addresses of a text, those of URLs with the port that their scheme means."""
    before: Part = ""
    for part in parts_of(text):
        if isinstance(part, Address):
            port = scheme_port(before) if part.port is None and isinstance(before, str) else part.port
            yield part if port == part.port else Address(part.workload, part.name, port)
        before = part


def _imply(writing: Writing, peer: Peer, number: int) -> None:
    if peer.find_offer(number) is not None:
        return
    services = Names()
    services.taken.update(offer.service for offer in peer.offers if offer.service)
    label = f"port-{number}"
    port = next((each for each in peer.workload.ports.values() if each.number == number), None)
    target = port.target if port is not None else number
    peer.offers.append(Offer(number, target, label, service=take_service(peer, services, label), implied=True))
    if port is None:
        message = f"{peer.key}: peers use port {number}, which nothing declares; it is offered"
        writing.report("assumed", message, ("workloads", peer.key, "ports"))


def _settle_bare(writing: Writing, key: str, name: str, container: Container, peer: Peer) -> None:
    """Settle the port of an address that names none.

    A variable of the same container that says the number takes what Nomad picks instead; without one, peers know the
    number by themselves, so that it must be the machine's.
    """
    numbers = {str(offer.number): offer for offer in peer.offers if offer.protocol == "tcp"}
    found = {
        variable: (peer.key, numbers[text].number)
        for variable, text in container.variables.items()
        if isinstance(text, str) and text in numbers and "PORT" in variable.upper()
    }
    if found and peer.key != key:
        writing.port_variables.setdefault((key, name), {}).update(found)
        return
    for offer in numbers.values():
        if not offer.statics and not offer.implied:
            offer.statics[offer.label] = offer.number
            message = f"{peer.key}: peers know port {offer.number} by themselves; it is one of the machine, too"
            writing.report("assumed", message, ("workloads", peer.key, "ports", offer.key))


def write_network(writing: Writing, peer: Peer) -> Block | None:
    """Write a group's network: its mode and its ports."""
    ports: list[Block] = []
    host = "network" in peer.workload.host_namespaces
    for offer in peer.offers:
        if host:
            ports.append(block("port", offer.label, static=offer.target))
            continue
        for label, number in offer.statics.items():
            ports.append(block("port", label, static=number, to=None if number == offer.target else offer.target))
        if offer.label not in offer.statics:
            ports.append(block("port", offer.label, to=offer.target))
    mode = "host" if host else "bridge" if peer.bridge else None
    if not ports and mode is None:
        return None
    if mode == "bridge":
        message = f"{peer.key}: its containers share a network of their own; nodes need the CNI plugins for that"
        writing.report("assumed", message, ("workloads", peer.key))
    return block("network", body=list(ports), mode=mode)


def port_labels(peer: Peer) -> list[str]:
    """Give the labels of all ports of a group, those of the machine among them."""
    return [label for offer in peer.offers for label in (offer.statics or {offer.label: 0})]


def write_services(writing: Writing, peer: Peer, tasks: dict[str, str], tags: dict[str, list[str]]) -> list[Block]:
    """Write the services of a group, the checks of its containers on them; `tasks` names tasks by container."""
    provider = "consul" if writing.consul else "nomad"
    checks = plan_checks(writing, peer, tasks)
    services: list[Block] = []
    for offer in peer.offers:
        if not offer.service:
            continue
        first = not services
        body: Construct = [block("check", body=inner, **said) for said, inner in checks.pop(offer.label, [])]
        routed = tags.get(offer.label)
        services.append(
            block("service", body=body, name=offer.service, port=offer.label, provider=provider, tags=routed)
        )
        if first:
            services += [
                block("service", name=name, port=offer.label, provider=provider) for name in _other_names(writing, peer)
            ]
    return services


def _other_names(writing: Writing, peer: Peer) -> list[str]:
    """Give the further names of a workload; a longer spelling of one of them is none."""
    taken = {offer.service for offer in peer.offers}
    names = [name for name in peer.workload.names if not _extends(name, peer.workload.names)]
    others: list[str] = []
    for name in names:
        spelled = service_name(name)
        if spelled in taken or name == peer.key:
            continue
        if spelled != name:
            path: Path = ("workloads", peer.key, "names")
            writing.report("renamed", f"{peer.key}: its name {name} is the service {spelled}", path)
        taken.add(spelled)
        others.append(spelled)
    return others


def _extends(name: str, names: tuple[str, ...]) -> bool:
    return any(name.startswith(f"{other}.") for other in names)
