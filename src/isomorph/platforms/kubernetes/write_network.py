"""How a workload is reached: Services for its names and ports, load balancers for its exposures."""

from typing import Any

from isomorph.model.workload import Exposure, Kind, Port
from isomorph.platforms.discovery import is_given
from isomorph.platforms.kubernetes.names import is_label, is_port_name, to_label
from isomorph.platforms.kubernetes.write_draft import NAME_LABEL, Document, Draft, Peer

_LOCAL = ("127.", "::1", "localhost")
_RUNS_ON = (Kind.SERVICE, Kind.STATEFUL, Kind.DAEMON)

Way = tuple[int, Port, str, int | None]
"""A port outside: its number, the port behind it, the kind of exposure, the node's port."""


def offered_ports(draft: Draft, peer: Peer) -> list[Port]:
    """Give the ports that peers connect to: those declared, those that peers were seen to use, those of routes."""
    ports = {key: port for key, port in peer.workload.ports.items() if port.offered}
    ports.update(peer.inferred)
    for route in peer.workload.routes.values():
        if route.port is not None and not any(port.number == route.port for port in ports.values()):
            draft.tell(
                "assumed",
                f"a route leads to port {route.port}, which is not declared",
                ("workloads", peer.workload.name),
            )
            ports[f"{route.port}/tcp"] = Port(route.port, route.port)
    return list(ports.values())


def write_services(draft: Draft, key: str, peer: Peer, labels: Document) -> list[Document]:
    """Give the Services of a workload, the one of its own name first."""
    workload = peer.workload
    ports = offered_ports(draft, peer)
    stateful = workload.kind is Kind.STATEFUL
    if not ports and not stateful and not _needs_name(draft, peer):
        return []
    if stateful and not draft.native and any(port.number != port.target for port in ports):
        # A headless Service leads to the Pods themselves, where nothing listens on another number than the container's.
        peer.headless = draft.services.take(to_label(f"{peer.main}-headless"), workload.name, peer.namespace)
    ways = _find_ways(draft, key, peer, ports)
    inside, outside = _split_ways(ports, ways)
    names = _service_names(draft, key, peer)
    documents: list[Document] = []
    if names[0] != peer.main:  # Another workload, which shares it, has written the main Service with all that it opens.
        inside, outside = [], []
    spare = [name for name in names[1:] if name != peer.headless]
    for name in filter(None, names):
        headless = not ports or (stateful and not draft.native and name == (peer.headless or peer.main))
        service = _to_service(peer, name, ports, labels)
        shared = draft.shared.get((peer.namespace, name))
        if shared is not None:
            service["spec"]["selector"] = dict(shared)
        if headless:
            service["spec"] = {"clusterIP": "None", **service["spec"]}
        documents.append(service)
    if inside and (draft.native or not stateful):
        _open(documents[0], inside)
    else:
        for number, group in enumerate(_by_manner(inside or outside)):
            name = _public_name(draft, peer, group, spare[number] if draft.native and number < len(spare) else "")
            public = _to_service(peer, name, [], labels)
            _open(public, group)
            documents = [document for document in documents if document["metadata"]["name"] != name]
            documents.append(public)
    return documents


def _by_manner(ways: list[Way]) -> list[list[Way]]:
    """Group ports outside by how they are opened: a Service opens all of its own in one manner."""
    groups: dict[str, list[Way]] = {}
    for way in ways:
        groups.setdefault(way[2], []).append(way)
    return list(groups.values())


def _public_name(draft: Draft, peer: Peer, ways: list[Way], spare: str) -> str:
    """Give the name of a Service that only opens ports: one that the workload has already, else a new one."""
    if spare:
        return spare
    name = to_label(f"{peer.main}-{'node' if ways[0][2] == 'node' else 'public'}")
    if name in peer.services.values():
        return name
    return draft.services.take(name, peer.workload.name, peer.namespace)


def _needs_name(draft: Draft, peer: Peer) -> bool:
    """Tell whether a workload without ports still needs a name: where peers may reach it on any port, or do.

    Such a name is a headless Service, which leads to every port of the Pods.
    """
    if peer.used:
        return True
    return bool(peer.workload.names) and draft.platform != "score" and peer.workload.kind in _RUNS_ON


def _service_names(draft: Draft, key: str, peer: Peer) -> list[str]:
    """Give the Services to write: the main one, and one for each further name that counts."""
    names = [peer.main]
    unused: list[str] = []
    for name, service in peer.services.items():
        if service == peer.main:
            continue
        if draft.native or name in peer.used:
            names.append(service)
            if service != name:
                draft.tell("renamed", f"peers reach {name!r} as {service!r} in Kubernetes", ("workloads", key))
        else:
            unused.append(name)
    if not draft.native:
        for name in peer.workload.names:
            if "." in name and not is_given(name):
                (unused if name not in peer.used else []).append(name)
                if name in peer.used:
                    draft.tell(
                        "lost", f"no Service can be called {name!r}; peers use {peer.main!r}", ("workloads", key)
                    )
    if unused:
        draft.tell(
            "lost",
            "further names that nothing in the definition uses have no Service",
            ("workloads", key, "names"),
            f"{peer.workload.name} ({', '.join(unused)})",
        )
    if peer.headless and peer.headless not in names and is_label(peer.headless):
        names.append(peer.headless)
    if draft.native:
        names = [name for name in names if name not in draft.kept_services and _writes(draft, peer, name)]
    return names or [""]


def _writes(draft: Draft, peer: Peer, name: str) -> bool:
    """Tell whether it is this workload that writes a Service: of those that share one, the first does."""
    service = (peer.namespace, name)
    if service not in draft.shared:
        return True
    if service in draft.written:
        return False
    draft.written.add(service)
    return True


def _to_service(peer: Peer, name: str, ports: list[Port], labels: Document) -> Document:
    metadata: Document = {"name": name}
    if peer.namespace:
        metadata["namespace"] = peer.namespace
    metadata["labels"] = dict(labels)
    spec: Document = {"selector": {NAME_LABEL: labels[NAME_LABEL]}}
    if ports:
        spec["ports"] = _to_ports([(port.number, port, "", None) for port in ports])
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _to_ports(ways: list[Way]) -> list[Document]:
    """Give a Service's ports; where there are several, each needs a name (fact 29)."""
    written: list[Document] = []
    taken: set[str] = set()
    for number, port, _, node in ways:
        entry: Document = {}
        name = _port_name(number, port, len(ways) > 1, taken)
        if name:
            entry["name"] = name
        entry["port"] = number
        entry["targetPort"] = port.target
        if port.protocol != "tcp":
            entry["protocol"] = port.protocol.upper()
        if node is not None:
            entry["nodePort"] = node
        written.append(entry)
    return written


def _port_name(number: int, port: Port, needed: bool, taken: set[str]) -> str:
    name = port.name or ""
    if not needed and name == f"{port.protocol}-{port.number}":
        name = ""  # One that was made for want of another; alone, a port needs none.
    if name and not is_label(name):
        name = to_label(name)
    if not name and needed:
        name = f"{port.protocol}-{number}"
    if name in taken:
        name = f"{port.protocol}-{number}"
        while name in taken:
            name += "-x"
    taken.add(name)
    return name


def container_port_name(port: Port, taken: set[str]) -> str | None:
    """Give the name of a port in its container, where it has one that the API takes."""
    name = port.name
    made = f"{port.protocol}-{port.number}"
    if name is None or name == made or not is_port_name(name) or name in taken:
        return None
    taken.add(name)
    return name


def _find_ways(draft: Draft, key: str, peer: Peer, ports: list[Port]) -> list[Way]:
    """Give the ports outside. A port of the machine becomes a load balancer's; one the platform picks, a node's."""
    ways: list[Way] = []
    for port in ports:
        balanced = [exposure for exposure in port.exposures if exposure.kind == "load-balancer"]
        nodes = [exposure.port for exposure in port.exposures if exposure.kind == "node"]
        path = ("workloads", key, "ports", f"{port.number}/{port.protocol}")
        manner, node = ("balanced", nodes[0]) if nodes else ("only", None)
        ways += [(exposure.port or port.number, port, manner, node) for exposure in balanced]
        if not balanced:
            ways += [(port.number, port, "node", node) for node in nodes]
        if not draft.native:
            for exposure in port.exposures:
                if exposure.kind == "host":
                    way = _from_host(draft, exposure, port, path)
                    if way is not None:
                        ways.append(way)
    return list(dict.fromkeys(ways))


def _from_host(draft: Draft, exposure: Exposure, port: Port, path: tuple[str, ...]) -> Way | None:
    address = exposure.address or ""
    if address.startswith(_LOCAL):
        draft.tell("lost", "a port of the local machine alone is not exposed; `kubectl port-forward` reaches it", path)
        return None
    if address not in ("", "0.0.0.0", "::", "[::]"):
        draft.tell("lost", f"the address {address} of the machine cannot be said", path)
    if exposure.port is None:
        draft.tell("approximated", "a port of the machine that the platform picks is a node port that it picks", path)
        return port.number, port, "node", None
    draft.tell("approximated", "a port of the machine is the same port of a load balancer", path)
    return exposure.port, port, "only", None


def _split_ways(ports: list[Port], ways: list[Way]) -> tuple[list[Way], list[Way]]:
    """Tell whether the Service that peers use can be the one that opens the ports outside, or another must be.

    It can where it has no other ports than those outside, with the same numbers, and all are opened in one manner.
    """
    numbers = [(number, port.protocol) for number, port, _, _ in ways]
    same = sorted(numbers) == sorted((port.number, port.protocol) for port in ports)
    return (ways, []) if ways and same and len({kind for _, _, kind, _ in ways}) == 1 else ([], ways)


def _open(service: Document, ways: list[Way]) -> None:
    """Make a Service one that opens its ports outside."""
    spec: Document = service["spec"]
    kinds = {kind for _, _, kind, _ in ways}
    opened: dict[str, Any] = {"type": "NodePort" if kinds == {"node"} else "LoadBalancer"}
    if "balanced" not in kinds and "node" not in kinds:
        opened["allocateLoadBalancerNodePorts"] = False
    spec.pop("clusterIP", None)
    ordered = list({(number, port.protocol): way for way in ways for number, port in (way[:2],)}.values())
    service["spec"] = {**opened, "selector": spec["selector"], "ports": _to_ports(ordered)}
