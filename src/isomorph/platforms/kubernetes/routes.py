"""Ingresses and Gateway API routes: hosts and paths that lead to the workloads behind a Service.

Source: kubernetes.io/docs/concepts/services-networking/ingress, gateway-api.sigs.k8s.io/reference/spec.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Text, print_text
from isomorph.model.workload import Route
from isomorph.platforms.kubernetes.controllers import Pods
from isomorph.platforms.kubernetes.fields import mapping_at, mappings_at, port_of, required_text, strings_at, text_at
from isomorph.platforms.kubernetes.known import (
    BACKEND,
    HTTP_MATCH,
    HTTP_ROUTE,
    HTTP_RULE,
    INGRESS,
    INGRESS_PATH,
    INGRESS_RULE,
    INGRESS_TLS,
)
from isomorph.platforms.kubernetes.reading import PART, Object, Objects, Reading
from isomorph.platforms.kubernetes.services import Offered, keep_metadata
from isomorph.syntax.tree import Mapping, Node, Sequence

Services = dict[tuple[str, str], Offered]

INGRESS_MATCHES = {"Prefix": "prefix", "Exact": "exact", "ImplementationSpecific": "prefix"}
ROUTE_MATCHES = {"PathPrefix": "prefix", "Exact": "exact", "RegularExpression": "regex"}
_REGEX = "nginx.ingress.kubernetes.io/use-regex"


class Tls:
    """That TLS ends at a route: the secret with its certificate, and where that is said."""

    __slots__ = ("origin", "secret")

    def __init__(self, secret: str | None, origin: Origin) -> None:
        self.secret = secret
        self.origin = origin


class Way:
    """A host and path on the way to a workload, and where they are written."""

    __slots__ = ("host", "host_origin", "match", "origin", "path", "tls")

    def __init__(self, host: Text, path: str, match: str, origin: Origin, host_origin: Origin, tls: Tls | None) -> None:
        self.host = host
        self.path = path
        self.match = match
        self.origin = origin
        self.host_origin = host_origin
        self.tls = tls


def read_routes(objects: Objects, services: Services, reading: Reading) -> None:
    """Read all Ingresses and routes, in the order of their names."""
    for item in sorted(objects.of("Ingress"), key=_name):
        _finish(item, _read_ingress(item, services, reading), reading)
    gateways = {(item.place, item.name): item for item in objects.of("Gateway")}
    for kind in ("HTTPRoute", "GRPCRoute"):
        for item in sorted(objects.of(kind), key=_name):
            _finish(item, _read_route(item, gateways, services, reading), reading)


def _name(item: Object) -> tuple[str, str]:
    return item.place, item.name


def _finish(item: Object, reached: list[Pods], reading: Reading) -> None:
    """Keep the rest of a route at the workload it leads to; one that leads to none stays whole."""
    if not reached:
        reading.keep_document(item)
        reading.say("selects-nothing", f"{item.kind} {item.name} leads to no workload of this definition", item.origin)
        return
    first = min(reached, key=lambda pods: pods.key)
    where = (item.kind, item.name)
    spec = mapping_at(item.node, "spec")
    if spec is not None:
        reading.keep_rest(spec, INGRESS if item.kind == "Ingress" else HTTP_ROUTE, first.path, (*where, "spec"))
    keep_metadata(item, first, where, reading)


def _add(pods: Pods, way: Way, port: int | None, reading: Reading) -> None:
    """Add a route to a workload; of two for the same host and path the first counts."""
    routes: dict[str, Route] = pods.fields.setdefault("routes", {})
    key = f"{print_text(way.host)}{way.path}"
    path = (*pods.path, "routes", key)
    if key in routes:
        if routes[key].match != way.match or routes[key].port != port:
            reading.say("ambiguous", f"two routes lead from {key} to {pods.key}; the first counts", way.origin, path)
        return
    reading.origins[path] = way.origin
    reading.origins[(*path, "host")] = way.host_origin
    if way.tls is not None:
        reading.origins[(*path, "tls")] = way.tls.origin
    routes[key] = Route(
        way.host,
        way.path,
        port,
        way.match,
        None if way.tls is None else True,
        None if way.tls is None else way.tls.secret,
    )


def lead(
    ways: list[Way],
    namespace: str,
    name: str,
    port: int | str | None,
    origin: Origin,
    services: Services,
    reading: Reading,
) -> list[Pods]:
    """Lead some ways to a Service's workloads."""
    service = services.get((namespace, name))
    if service is None:
        reading.say("missing-reference", f"Service {name} is not in this definition", origin)
        return []
    reading.grow(PART * len(ways) * len(service.pods), origin)
    offer = service.find_offer(port)
    if offer is None and port is not None:
        reading.say("missing-reference", f"Service {name} has no port {port}", origin)
    for pods in service.pods:
        number = port if isinstance(port, int) else None
        if offer is not None:
            number = offer.number
            if service.headless:
                number = offer.target if isinstance(offer.target, int) else pods.number_of(offer.target)
        for way in ways:
            _add(pods, way, number, reading)
    return service.pods


def _read_ingress(item: Object, services: Services, reading: Reading) -> list[Pods]:
    spec = mapping_at(item.node, "spec")
    if spec is None:
        return []
    metadata = mapping_at(item.node, "metadata")
    annotations = mapping_at(metadata, "annotations") if metadata else None
    is_regex = annotations is not None and text_at(annotations, _REGEX) == "true"
    if item.version != "v1":
        was = f"{item.group}/{item.version}"
        reading.count("deprecated", f"Ingress of {was} was read as one of networking.k8s.io/v1", item.origin)
    tls = _read_tls(spec, reading)
    reached: list[Pods] = []
    for key in ("defaultBackend", "backend"):
        backend = mapping_at(spec, key)
        if backend is not None:
            way = Way("", "/", "prefix", backend.origin, backend.origin, None)
            reached += _lead_backend([way], backend, item, services, reading)
    for rule in mappings_at(spec, "rules"):
        reading.check_known(rule, INGRESS_RULE)
        host = text_at(rule, "host") or ""
        host_origin = rule.entries["host"].origin if "host" in rule.entries else rule.origin
        http = mapping_at(rule, "http")
        for node in mappings_at(http, "paths") if http else []:
            reading.check_known(node, INGRESS_PATH)
            way = _read_path(node, host, host_origin, is_regex)
            way.tls = tls.get(host) or tls.get("*" + host[host.find(".") :] if "." in host else "") or tls.get("")
            backend = mapping_at(node, "backend")
            if backend is None:
                raise InvalidInput("this path has no `backend`", node.origin, "name the Service it leads to")
            reached += _lead_backend([way], backend, item, services, reading)
    return reached


def _read_tls(spec: Mapping, reading: Reading) -> dict[str, Tls]:
    """Give the TLS of each host; without hosts it is for all."""
    found: dict[str, Tls] = {}
    for node in mappings_at(spec, "tls"):
        reading.check_known(node, INGRESS_TLS)
        secret = text_at(node, "secretName")
        hosts = strings_at(node, "hosts") or ()
        sequence = node.entries.get("hosts")
        if not hosts or not isinstance(sequence, Sequence):
            found.setdefault("", Tls(secret, node.origin))
            continue
        for host, said in zip(hosts, sequence.items, strict=True):
            found.setdefault(host, Tls(secret, said.origin))
    return found


def _read_path(node: Mapping, host: str, host_origin: Origin, is_regex: bool) -> Way:
    path = text_at(node, "path") or "/"
    said: Node = node.entries.get("path") or node
    kind = text_at(node, "pathType") or "ImplementationSpecific"
    if kind not in INGRESS_MATCHES:
        raise InvalidInput(
            f"{kind!r} is no path type", node.entries["pathType"].origin, f"write one of {', '.join(INGRESS_MATCHES)}"
        )
    match = "regex" if is_regex and kind == "ImplementationSpecific" else INGRESS_MATCHES[kind]
    origin = said.origin
    if "pathType" in node.entries and (sources := node.entries["pathType"].origin.via):
        origin = Origin(origin.file, origin.line, origin.column, (*origin.via, *sources))
    return Way(host, path if path.startswith("/") else f"/{path}", match, origin, host_origin, None)


def _lead_backend(ways: list[Way], backend: Mapping, item: Object, services: Services, reading: Reading) -> list[Pods]:
    """Lead ways to an Ingress' backend, in the form of networking.k8s.io/v1 or an older one."""
    service = mapping_at(backend, "service")
    if service is not None:
        name = required_text(service, "name", "this backend")
        port = mapping_at(service, "port")
        number = port_of(port.entries.get("number") or port.entries.get("name"), "port") if port else None
        return lead(ways, item.place, name, number, service.origin, services, reading)
    if "serviceName" in backend.entries:
        name = required_text(backend, "serviceName", "this backend")
        number = port_of(backend.entries.get("servicePort"), "servicePort")
        return lead(ways, item.place, name, number, backend.origin, services, reading)
    reading.say("not-modelled", f"Ingress {item.name} leads to something other than a Service", backend.origin)
    return []


def _read_route(
    item: Object, gateways: dict[tuple[str, str], Object], services: Services, reading: Reading
) -> list[Pods]:
    spec = mapping_at(item.node, "spec")
    if spec is None:
        return []
    listeners = _find_listeners(item, spec, gateways)
    hosts: list[tuple[str, Origin]] = []
    sequence = spec.entries.get("hostnames")
    if isinstance(sequence, Sequence):
        names = strings_at(spec, "hostnames") or ()
        hosts = [(name, node.origin) for name, node in zip(names, sequence.items, strict=True)]
    if not hosts:
        hosts = [(text_at(listener, "hostname") or "", spec.origin) for listener in listeners]
    if not hosts:
        hosts = [("", spec.origin)]
    reached: list[Pods] = []
    for index, rule in enumerate(mappings_at(spec, "rules")):
        reading.grow(PART * len(hosts) * max(1, len(mappings_at(rule, "matches"))), rule.origin)
        ways = [
            Way(host, path, match, origin, host_origin, _find_tls(host, listeners))
            for host, host_origin in dict(hosts).items()
            for path, match, origin in _read_matches(item, rule, reading)
        ]
        pods = _lead_rule(item, rule, ways, services, reading)
        if pods:
            first = min(pods, key=lambda one: one.key)
            reading.keep_rest(rule, HTTP_RULE, first.path, (item.kind, item.name, "spec", "rules", index))
            _keep_matches(item, rule, index, first, reading)
        reached += pods
    return reached


def _read_matches(item: Object, rule: Mapping, reading: Reading) -> list[tuple[str, str, Origin]]:
    """Give path, match and origin of a rule's matches; a rule without any matches all."""
    found: list[tuple[str, str, Origin]] = []
    for node in mappings_at(rule, "matches"):
        reading.check_known(node, HTTP_MATCH)
        if item.kind == "GRPCRoute":
            method = mapping_at(node, "method")
            service = (text_at(method, "service") or "") if method else ""
            name = (text_at(method, "method") or "") if method else ""
            path = f"/{service}/{name}" if service else "/"
            found.append((path, "exact" if service and name else "prefix", (method or node).origin))
            continue
        said = mapping_at(node, "path")
        if said is None:
            found.append(("/", "prefix", node.origin))
            continue
        kind = text_at(said, "type") or "PathPrefix"
        if kind not in ROUTE_MATCHES:
            origin = said.entries["type"].origin
            raise InvalidInput(f"{kind!r} is no type of path match", origin, f"write one of {', '.join(ROUTE_MATCHES)}")
        value = said.entries.get("value") or said
        found.append((text_at(said, "value") or "/", ROUTE_MATCHES[kind], value.origin))
    return found or [("/", "prefix", rule.origin)]


def _keep_matches(item: Object, rule: Mapping, index: int, pods: Pods, reading: Reading) -> None:
    """Keep matches by more than host and path."""
    for number, node in enumerate(mappings_at(rule, "matches")):
        where = (item.kind, item.name, "spec", "rules", index, "matches", number)
        reading.keep_rest(node, HTTP_MATCH, pods.path, where)
        if item.kind == "HTTPRoute" and "method" in node.entries:
            reading.keep(pods.path, (*where, "method"), node.entries["method"])


def _lead_rule(item: Object, rule: Mapping, ways: list[Way], services: Services, reading: Reading) -> list[Pods]:
    reached: list[Pods] = []
    for number, backend in enumerate(mappings_at(rule, "backendRefs")):
        if (text_at(backend, "kind") or "Service") != "Service":
            reading.say(
                "not-modelled", f"{item.kind} {item.name} leads to something other than a Service", backend.origin
            )
            continue
        name = required_text(backend, "name", "this backend")
        namespace = text_at(backend, "namespace") or item.place
        port = port_of(backend.entries.get("port"), "port")
        pods = lead(ways, namespace, name, port, backend.origin, services, reading)
        if pods:
            where = (item.kind, item.name, "spec", "rules", number, "backendRefs", name)
            reading.keep_rest(backend, BACKEND, min(one.path for one in pods), where)
        reached += pods
    return reached


def _find_listeners(item: Object, spec: Mapping, gateways: dict[tuple[str, str], Object]) -> list[Mapping]:
    """Give the listeners of the gateways that a route is attached to, where they are in the definition."""
    found: list[Mapping] = []
    for parent in mappings_at(spec, "parentRefs"):
        gateway = gateways.get((text_at(parent, "namespace") or item.place, text_at(parent, "name") or ""))
        gateway_spec = mapping_at(gateway.node, "spec") if gateway else None
        section = text_at(parent, "sectionName")
        listeners = mappings_at(gateway_spec, "listeners") if gateway_spec else []
        found += [listener for listener in listeners if section is None or text_at(listener, "name") == section]
    return found


def _find_tls(host: str, listeners: list[Mapping]) -> Tls | None:
    """Give the TLS of the listener that takes a host."""
    for listener in listeners:
        tls = mapping_at(listener, "tls")
        if tls is None or text_at(listener, "protocol") not in ("HTTPS", "TLS"):
            continue
        wanted = text_at(listener, "hostname") or ""
        if not wanted or wanted == host or (wanted.startswith("*.") and host.endswith(wanted[1:])):
            for reference in mappings_at(tls, "certificateRefs"):
                return Tls(text_at(reference, "name"), tls.origin)
            return Tls(None, tls.origin)
    return None
