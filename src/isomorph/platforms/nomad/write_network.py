"""Ports, services and checks: what a workload offers to its peers, and how it is asked whether it is well."""

import re
from collections.abc import Iterator

from isomorph.model.origin import Path
from isomorph.model.text import Address, Part, Text, parts_of
from isomorph.model.workload import Container, Port
from isomorph.platforms.discovery import is_given
from isomorph.platforms.nomad.write_checks import plan_checks
from isomorph.platforms.nomad.write_text import scheme_port
from isomorph.platforms.nomad.writing import Names, Offer, Peer, Writing, block, service_name, spoken_label
from isomorph.syntax.hcl.emit import Block

_NOT_IN_LABEL = re.compile(r"[^A-Za-z0-9_-]+")


def plan_offers(writing: Writing, peer: Peer) -> None:
    """Name the ports of a workload and the services that lead to them."""
    labels = Names()
    for key, port in peer.workload.ports.items():
        if port.offered or port.exposures or writing.from_nomad:
            label = labels.give(_label(port.name, port.number, port.protocol))
            offer = Offer(port.number, port.target, label, port.protocol, key=key)
            _plan_statics(writing, peer, port, offer, labels)
            peer.offers.append(offer)
            if port.number != port.target:
                what = f"peers reach port {port.number} at a number that Nomad picks"
                writing.lose("port.target", ("workloads", peer.key, "ports", key), what, "approximated")
    _plan_services(writing, peer)


def _plan_services(writing: Writing, peer: Peer) -> None:
    """Name the services: as a job of Nomad had them, else one a port, and one for each further name."""
    names = [name for name in peer.workload.names if not _extends(name, peer.workload.names)]
    for name in names:
        if "." in name and not is_given(name) and not name.endswith(tuple(f".{each}" for each in names)):
            writing.lose("dns.record", ("workloads", peer.key, "names"), f"name {name}")
    names = [name for name in names if "." not in name]
    said = [writing.extra(("workloads", peer.key), "service", index, "port") for index in range(len(names))]
    labels = [offer.label for offer in peer.offers]
    if any(said):
        peer.services = [(name, label) for name, label in zip(names, said, strict=True) if label in labels]
    else:
        services = Names()
        for offer in peer.offers:
            if (offer.protocol == "tcp" or not peer.services) and (_is_offered(peer, offer) or not writing.from_nomad):
                peer.services.append((_take_service(peer, services, offer.label), offer.label))
        if peer.services:
            peer.services[1:1] = [(name, peer.services[0][1]) for name in _other_names(writing, peer, names)]
    for offer in peer.offers:
        offer.service = next((name for name, label in peer.services if label == offer.label), "")


def _is_offered(peer: Peer, offer: Offer) -> bool:
    port = peer.workload.ports.get(offer.key)
    return port is None or (port.offered and bool(peer.workload.names))


def _label(name: str | None, number: int, protocol: str) -> str:
    """Name a port; that it is meant for udp is in its name, since Nomad opens every port for both."""
    label = _NOT_IN_LABEL.sub("-", name or "").strip("-_")
    if protocol != "tcp" and protocol not in re.split(r"[-_]", label.lower()):
        return f"{label}-{protocol}" if label else f"{protocol}-{number}"
    return label or f"port-{number}"


def _take_service(peer: Peer, services: Names, label: str) -> str:
    wish = peer.service if not services.taken else service_name(f"{peer.service}-{label}")
    return services.give(wish)


def _plan_statics(writing: Writing, peer: Peer, port: Port, offer: Offer, labels: Names) -> None:
    """Take numbers of the machine for a port that is open outside."""
    path: Path = ("workloads", peer.key, "ports", offer.key)
    kept = _kept_labels(writing, path)
    for exposure in port.exposures:
        if exposure.kind != "host":
            field = f"port.exposure.{exposure.kind}"
            writing.lose(field, path, f"port {offer.key} on a {exposure.kind}", "approximated")
        if exposure.address not in (None, "", "0.0.0.0", "::"):
            writing.report("lost", f"{peer.key}: port {offer.key} on the address {exposure.address} only", path)
        number = exposure.port
        if number is None or number in offer.statics.values():
            continue
        wish = next((label for label, static in kept.items() if static == number), "")
        if wish:
            label = labels.give(wish)
        else:
            label = offer.label if offer.label not in offer.statics else labels.give(f"{offer.label}-{number}")
        offer.statics[label] = number
    offer.more = tuple(labels.give(label) for label, static in kept.items() if static is None)


def _kept_labels(writing: Writing, path: Path) -> dict[str, int | None]:
    """Give the further labels that a job of Nomad had for a port, with their static numbers."""
    extras = writing.extras.get(path, [])
    kept = {str(extra.location[1]): extra for extra in extras if extra.location[0] == "label"}
    for extra in kept.values():
        extras.remove(extra)
    statics = {label: extra.value.get("static") for label, extra in kept.items() if isinstance(extra.value, dict)}
    return {label: int(str(static)) if str(static).isdecimal() else None for label, static in statics.items()}


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
    """Offer a port that peers use, unless the platform says that it leads nowhere."""
    declared = any(port.offered for port in peer.workload.ports.values())
    if peer.find_offer(number) is not None or (declared and not writing.is_open):
        return
    services = Names()
    services.taken.update(name for name, _ in peer.services)
    port = next((each for each in peer.workload.ports.values() if each.number == number), None)
    offer = Offer(number, port.target if port is not None else number, f"port-{number}", implied=True)
    peer.offer(offer, _take_service(peer, services, offer.label))
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
    host = "network" in peer.workload.host_namespaces
    ports = [port for offer in peer.offers for port in _write_port(writing, peer, offer, host=host)]
    kept = writing.extra(("workloads", peer.key), "group", "network", "mode")
    shared = host and (ports or len(peer.workload.containers) > 1)
    mode = kept or ("bridge" if peer.bridge else "host" if shared else None)
    if not ports and mode is None:
        return None
    if mode == "bridge" and not writing.from_nomad:
        message = f"{peer.key}: its containers share a network of their own; nodes need the CNI plugins for that"
        writing.report("assumed", message, ("workloads", peer.key))
    return block("network", body=list(ports), mode=mode)


def _write_port(writing: Writing, peer: Peer, offer: Offer, *, host: bool) -> list[Block]:
    """Write a port: what Nomad picks, or numbers of the machine; in the host's network it is the process's own."""
    if host:
        statics = offer.statics or {offer.label: offer.target}
        ports = [block("port", label, static=number) for label, number in statics.items()]
    else:
        ports = [
            block("port", label, static=number, to=None if number == offer.target else offer.target)
            for label, number in offer.statics.items()
        ]
    labels = offer.more if ports else (offer.label, *offer.more)
    ports += [block("port", label, to=offer.target) for label in labels]
    body = ports[0].body
    assert isinstance(body, list)
    writing.constructs["workloads", peer.key, "ports", offer.key] = body
    return ports


def port_labels(peer: Peer) -> list[str]:
    """Give the labels of all ports of a group, those of the machine among them."""
    return [label for offer in peer.offers for label in (*(offer.statics or (offer.label,)), *offer.more)]


def write_services(writing: Writing, peer: Peer, tasks: dict[str, str], tags: dict[str, list[str]]) -> list[Block]:
    """Write the services of a group, the checks of its containers on them; `tasks` names tasks by container."""
    provider = "consul" if writing.consul else "nomad"
    checks = plan_checks(writing, peer, tasks)
    services: list[Block] = []
    for name, label in peer.services:
        services.append(
            block(
                "service",
                body=list(checks.pop(label, [])),
                name=name,
                port=_spoken(peer, label),
                provider=provider,
                tags=tags.pop(label, None),
            )
        )
    return services


def _spoken(peer: Peer, label: str) -> str | None:
    """Give the label that a service names: the port's own, or the one of its number of the machine."""
    if not label:
        return None
    return spoken_label(next(each for each in peer.offers if each.label == label))


def _other_names(writing: Writing, peer: Peer, names: list[str]) -> list[str]:
    """Give the further names of a workload, each a service of its own."""
    taken = {name for name, _ in peer.services}
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
    """Tell whether a name is a longer spelling of another one."""
    return any(name.startswith(f"{other}.") for other in names)
