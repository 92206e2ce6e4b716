"""How a workload is reached by HTTP host and path: an Ingress, or an HTTPRoute where its definition had one."""

from isomorph.model.origin import Path
from isomorph.model.text import print_text
from isomorph.model.workload import Route
from isomorph.platforms.kubernetes.write_draft import Document, Draft, Peer
from isomorph.platforms.kubernetes.write_network import offered_ports
from isomorph.platforms.kubernetes.write_text import plain

Way = tuple[str, Route, int, Path]
"""A route: its host, itself, the Service's port that it leads to, and its place in the model."""

_MATCHES = {"prefix": "PathPrefix", "exact": "Exact", "regex": "RegularExpression"}


def write_routes(draft: Draft, key: str, peer: Peer, labels: Document) -> list[Document]:
    """Give the object of a workload's routes."""
    ways = find_ways(draft, key, peer)
    if not ways:
        return []
    name = draft.http_routes.get(key)
    if name is not None:
        document = _to_http_route(peer, labels, ways, name)
        if document is not None:
            return [document]
    return _write_ingress(draft, peer, labels, ways)


def find_ways(draft: Draft, key: str, peer: Peer) -> list[Way]:
    """Give the routes that lead somewhere; one that says no port leads to the first."""
    if not peer.workload.routes:
        return []
    ports = offered_ports(draft, peer)
    ways: list[Way] = []
    for name, route in peer.workload.routes.items():
        path = ("workloads", key, "routes", name)
        number = route.port or (ports[0].number if ports else None)
        if number is None:
            draft.tell("lost", f"the route {print_text(route.host)}{route.path} leads to no port", path)
        else:
            ways.append((plain(draft, route.host, path), route, number, path))
    return ways


def _to_http_route(peer: Peer, labels: Document, ways: list[Way], name: str) -> Document | None:
    """Give an HTTPRoute; None where its hosts have different paths, which one cannot say."""
    by_host: dict[str, list[tuple[str, str, int]]] = {}
    for host, route, number, _ in ways:
        by_host.setdefault(host, []).append((route.path or "/", _MATCHES[route.match], number))
    paths = next(iter(by_host.values()))
    if any(others != paths for others in by_host.values()):
        return None
    metadata: Document = {"name": name}
    if peer.namespace:
        metadata["namespace"] = peer.namespace
    metadata["labels"] = dict(labels)
    spec: Document = {}
    hosts = [host for host in by_host if host]
    if hosts:
        spec["hostnames"] = hosts
    spec["rules"] = [
        {
            "matches": [{"path": {"type": match, "value": path}}],
            "backendRefs": [{"name": peer.main, "port": number}],
        }
        for path, match, number in paths
    ]
    return {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": metadata, "spec": spec}


def _write_ingress(draft: Draft, peer: Peer, labels: Document, ways: list[Way]) -> list[Document]:
    rules: dict[str, list[Document]] = {}
    secrets: dict[str | None, dict[str, None]] = {}
    for host, route, number, path in ways:
        rules.setdefault(host, []).append(_to_path(draft, route, peer, number, path))
        if route.tls:
            secrets.setdefault(route.tls_secret, {})[host] = None
    metadata: Document = {"name": peer.controller}
    if peer.namespace:
        metadata["namespace"] = peer.namespace
    metadata["labels"] = labels
    spec: Document = {}
    if secrets:
        spec["tls"] = [_to_tls(draft, secret, hosts, peer) for secret, hosts in secrets.items()]
    spec["rules"] = [{**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in rules.items()]
    return [{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}]


def _to_path(draft: Draft, route: Route, peer: Peer, number: int, path: tuple[str, ...]) -> Document:
    match = {"prefix": "Prefix", "exact": "Exact"}.get(route.match, "ImplementationSpecific")
    if match == "ImplementationSpecific" and not draft.native:
        draft.tell("approximated", "how a pattern in a path matches is up to the Ingress controller", path)
    return {
        "path": route.path or "/",
        "pathType": match,
        "backend": {"service": {"name": peer.main, "port": {"number": number}}},
    }


def _to_tls(draft: Draft, secret: str | None, hosts: dict[str, None], peer: Peer) -> Document:
    written: Document = {}
    named = [host for host in hosts if host]
    if named:
        written["hosts"] = named
    if secret is not None:
        written["secretName"] = draft.use_store("Secret", secret, peer.namespace)
    return written
