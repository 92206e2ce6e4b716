"""How a workload is reached by HTTP host and path on OpenShift: a Route each."""

import re

from msgspec.structs import replace

from isomorph.model.application import Definition, Extra
from isomorph.model.origin import Path
from isomorph.model.workload import Route
from isomorph.platforms.kubernetes.names import LABEL_LIMIT, UniqueNames, to_subdomain
from isomorph.platforms.kubernetes.write_draft import Document, Draft, Peer
from isomorph.platforms.kubernetes.write_network import offered_ports
from isomorph.platforms.kubernetes.write_routes import Way, find_ways
from isomorph.platforms.openshift.keeping import PLATFORM
from isomorph.platforms.openshift.routes import is_unknown_host

_PLAIN = re.compile(r"[A-Za-z0-9/_.~%-]*")
_HOST = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_WILDCARD = "wildcard"


class RouteWriter:
    """Writes the Routes of one definition; those that were read as Routes keep their names."""

    def __init__(self, extras: tuple[Extra, ...], native: bool) -> None:
        self.native = native
        self.names = UniqueNames()
        self.kept: dict[Path, str] = {}
        self.shared: set[Path] = set()
        self.made_up: set[Path] = set()
        for extra in extras:
            if extra.platform == PLATFORM and len(extra.path) == 4 and extra.location[:1] == ("Route",):
                if extra.value is True:
                    self.shared.add(extra.path)
                else:
                    self.kept[extra.path] = str(extra.location[1])
        for name in self.kept.values():
            self.names.take(name, name)

    def take_hosts(self, definition: Definition) -> Definition:
        """Give a definition without the hosts that OpenShift makes up, which are not written."""
        application = definition.application
        workloads = dict(application.workloads)
        for key, workload in workloads.items():
            made = {name for name, route in workload.routes.items() if is_unknown_host(route.host)}
            if made:
                self.made_up |= {("workloads", key, "routes", name) for name in made}
                routes = {
                    name: replace(route, host="") if name in made else route for name, route in workload.routes.items()
                }
                workloads[key] = replace(workload, routes=routes)
        return replace(definition, application=replace(application, workloads=workloads))

    def write(self, draft: Draft, key: str, peer: Peer, labels: Document) -> list[Document]:
        """Give the Routes of a workload."""
        documents: list[Document] = []
        for host, route, number, path in find_ways(draft, key, peer):
            if path in self.shared:
                continue  # Another workload's Route leads here, too.
            name = self.kept.get(path)
            if name is None:
                wanted = peer.controller if not documents else f"{peer.controller}-{len(documents) + 1}"
                name = self.names.take(to_subdomain(wanted, LABEL_LIMIT), str(path), peer.namespace)
            documents.append(self._to_route(draft, peer, name, (host, route, number, path), labels))
        return documents

    def _to_route(self, draft: Draft, peer: Peer, name: str, way: Way, labels: Document) -> Document:
        host, route, number, path = way
        metadata: Document = {"name": name}
        if peer.namespace:
            metadata["namespace"] = peer.namespace
        metadata["labels"] = dict(labels)
        spec: Document = {}
        if path not in self.made_up:
            _add_host(draft, spec, host, path)
        prefix = _to_prefix(draft, route, path)
        if prefix != "/":
            spec["path"] = prefix
        spec["to"] = {"kind": "Service", "name": peer.main}
        spec["port"] = {"targetPort": _target_of(draft, peer, number)}
        if route.tls:
            spec["tls"] = self._to_tls(draft, peer, route)
        return {"apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": metadata, "spec": spec}

    def _to_tls(self, draft: Draft, peer: Peer, route: Route) -> Document:
        tls: Document = {"termination": "edge"}
        if not self.native:
            # As OpenShift itself does where it makes Routes of an Ingress.
            tls["insecureEdgeTerminationPolicy"] = "Redirect"
        if route.tls_secret is not None:
            tls["externalCertificate"] = {"name": draft.use_store("Secret", route.tls_secret, peer.namespace)}
        return tls


def _add_host(draft: Draft, spec: Document, host: str, path: Path) -> None:
    """Add the host of a Route, as far as it can be one."""
    if host.startswith("*."):
        host = f"{_WILDCARD}{host[1:]}"
        spec["wildcardPolicy"] = "Subdomain"
    if not host:
        draft.tell("approximated", "a Route answers to one host: OpenShift makes one up where none is given", path)
    elif len(host) > 253 or not _HOST.fullmatch(host):
        draft.tell("lost", f"a Route's host cannot be {host!r}: OpenShift makes one up", path)
        spec.pop("wildcardPolicy", None)
    else:
        spec["host"] = host


def _to_prefix(draft: Draft, route: Route, path: Path) -> str:
    """Give the path that a Route takes: all that begins with it, a step at a time."""
    said = route.path if route.path.startswith("/") else f"/{route.path}"
    if route.match == "exact":
        draft.tell("approximated", "a Route takes every path below its own, too", path)
    elif route.match == "regex":
        found = _PLAIN.match(said)
        literal = found.group() if found else "/"
        said = said if literal == said else literal[: literal.rfind("/") + 1]
        draft.tell("approximated", f"a Route knows no patterns of paths: it takes all below {said}", path)
    return said


def _target_of(draft: Draft, peer: Peer, number: int) -> int:
    """Give the Pods' port behind a Service's."""
    for port in offered_ports(draft, peer):
        if port.number == number and port.protocol == "tcp":
            return port.target
    return number
