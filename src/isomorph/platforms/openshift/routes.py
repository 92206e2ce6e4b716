"""Routes: a host and a path that lead to the workloads behind one Service, or, by weight, behind several.

Source: github.com/openshift/api, route/v1/types.go, and
https://docs.openshift.com/container-platform/latest/networking/routes/route-configuration.html.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Placeholder, Text, print_text
from isomorph.platforms.kubernetes.controllers import Pods
from isomorph.platforms.kubernetes.fields import integer_at, mapping_at, mappings_at, required_text, text_at, wrong_type
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.platforms.kubernetes.routes import Services, Tls, Way, lead
from isomorph.platforms.kubernetes.services import Offered
from isomorph.platforms.openshift.keeping import keep, keep_document, keep_metadata, keep_rest, keep_value
from isomorph.platforms.openshift.known import (
    BACKEND,
    INSECURE,
    LARGEST_WEIGHT,
    ROUTE,
    ROUTE_OBJECT,
    ROUTE_PORT,
    TERMINATIONS,
    TLS,
    WILDCARDS,
)
from isomorph.syntax.tree import Mapping, Node, Scalar


def read_routes(objects: Objects, services: Services, reading: Reading) -> None:
    """Read all Routes, in the order of their names."""
    for item in sorted(objects.of("Route"), key=lambda item: (item.place, item.name)):
        _read_route(item, services, reading)


def _read_route(item: Object, services: Services, reading: Reading) -> None:
    reading.check_known(item.node, ROUTE_OBJECT)
    spec = mapping_at(item.node, "spec")
    to = mapping_at(spec, "to") if spec is not None else None
    if spec is None or to is None:
        raise InvalidInput(f"Route {item.name} leads nowhere", (spec or item.node).origin, "add `spec.to`")
    tls = _read_tls(spec)
    way = _read_way(item, spec, tls)
    first: Pods | None = None
    for backend in (to, *mappings_at(spec, "alternateBackends")):
        if _weight_of(backend) == 0:
            continue
        for pods in _lead(item, way, spec, backend, services, reading):
            path = (*pods.path, "routes", f"{print_text(way.host)}{way.path}")
            keep_value(reading, path, ("Route", item.name), first is not None, item.origin)
            first = first or pods
    if first is None:
        keep_document(reading, item)
        reading.say("selects-nothing", f"Route {item.name} leads to no workload of this definition", item.origin)
        return
    _keep(item, spec, to, first, reading)


def _lead(item: Object, way: Way, spec: Mapping, backend: Mapping, services: Services, reading: Reading) -> list[Pods]:
    """Lead a Route to one of its backends."""
    if (text_at(backend, "kind") or "Service") != "Service":
        raise InvalidInput("a Route leads to Services only", backend.entries["kind"].origin, "write `kind: Service`")
    name = required_text(backend, "name", "this backend")
    service = services.get((item.place, name))
    port = _port_of(spec, service, reading)
    return lead([way], item.place, name, port, backend.entries["name"].origin, services, reading)


def _port_of(spec: Mapping, service: Offered | None, reading: Reading) -> int | None:
    """Give the Service's port behind a Route's: that is named by the Service's name for it, or is the Pods' own number."""
    port = mapping_at(spec, "port")
    if port is None:
        return None
    reading.check_known(port, ROUTE_PORT)
    node = port.entries.get("targetPort")
    wanted = _target_of(node, port)
    if service is None:
        return None
    for offer in service.offers:
        if wanted == offer.name:
            return offer.number
    for offer in service.offers:
        target = offer.target
        if isinstance(target, str):
            numbers = {pods.number_of(target) for pods in service.pods}
            target = wanted if isinstance(wanted, int) and wanted in numbers else target
        if wanted == target:
            return offer.number
    reading.say("missing-reference", f"Service {service.object.name} leads to no port {wanted}", (node or port).origin)
    return None


def _target_of(node: Node | None, port: Mapping) -> int | str:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str) and value.isdecimal():
        value = int(value)  # A template's `${PORT}` is a string, which the router takes for the number.
    if isinstance(value, bool) or not isinstance(value, int | str) or not value:
        if node is not None and value is not None and not isinstance(value, int | str):
            raise wrong_type(node, "targetPort", "a port's number or name")
        raise InvalidInput("the Route's port has no `targetPort`", (node or port).origin, "add `targetPort`")
    return value


def _read_way(item: Object, spec: Mapping, tls: Tls | None) -> Way:
    host = text_at(spec, "host")
    origin = spec.entries["host"].origin if host else item.origin
    path = text_at(spec, "path") or "/"
    path_origin = spec.entries["path"].origin if text_at(spec, "path") else origin
    if not path.startswith("/"):
        raise InvalidInput(f"the Route's path {path!r} does not begin with /", path_origin, "begin it with /")
    policy = _one_of(spec, "wildcardPolicy", WILDCARDS)
    said: Text
    if host:
        said = f"*.{host.partition('.')[2]}" if policy == "Subdomain" and "." in host else host
    else:
        said = unknown_host(item.name)
    return Way(said, path, "prefix", path_origin, origin, tls)


def unknown_host(name: str) -> Text:
    """Give what stands for the host that OpenShift makes up when it admits a Route."""
    return (Placeholder(f"${{host of Route {name}}}"),)


def is_unknown_host(host: Text) -> bool:
    """Tell whether a host is one that OpenShift makes up."""
    return any(isinstance(part, Placeholder) and part.expression.startswith("${host of Route ") for part in host)


def _read_tls(spec: Mapping) -> Tls | None:
    tls = mapping_at(spec, "tls")
    if tls is None:
        return None
    if _one_of(tls, "termination", TERMINATIONS) is None:
        raise InvalidInput(
            "the Route's TLS has no `termination`", tls.origin, f"write one of {', '.join(TERMINATIONS)}"
        )
    _one_of(tls, "insecureEdgeTerminationPolicy", INSECURE)
    certificate = mapping_at(tls, "externalCertificate")
    return Tls(text_at(certificate, "name") if certificate is not None else None, tls.origin)


def _one_of(mapping: Mapping, key: str, words: tuple[str, ...]) -> str | None:
    said = text_at(mapping, key)
    if said and said not in words:
        raise InvalidInput(f"`{key}` is {said!r}", mapping.entries[key].origin, f"write one of {', '.join(words)}")
    return said or None


def _weight_of(backend: Mapping) -> int:
    weight = integer_at(backend, "weight")
    if weight is not None and not 0 <= weight <= LARGEST_WEIGHT:
        raise InvalidInput(
            f"`weight` is {weight}", backend.entries["weight"].origin, f"write a number from 0 to {LARGEST_WEIGHT}"
        )
    return 100 if weight is None else weight


def _keep(item: Object, spec: Mapping, to: Mapping, first: Pods, reading: Reading) -> None:
    """Keep what the model does not hold of a Route, at the first workload that it leads to."""
    where = ("Route", item.name, "spec")
    keep_rest(reading, spec, ROUTE, first.path, where)
    alternates = mappings_at(spec, "alternateBackends")
    for backend in (to, *alternates):
        reading.check_known(backend, BACKEND, first.path)
    if "weight" in to.entries and (alternates or _weight_of(to) != 100):
        keep(reading, first.path, (*where, "to", "weight"), to.entries["weight"])
    if alternates:
        keep(reading, first.path, (*where, "alternateBackends"), spec.entries["alternateBackends"])
    tls = mapping_at(spec, "tls")
    if tls is not None:
        keep_rest(reading, tls, TLS, first.path, (*where, "tls"))
        if text_at(tls, "termination") != "edge":
            keep(reading, first.path, (*where, "tls", "termination"), tls.entries["termination"])
    if text_at(spec, "wildcardPolicy") == "Subdomain":
        keep(reading, (*first.path, "routes"), (*where, "host"), spec.entries["host"])
    shared = {key: first.fields.get(key, {}) for key in ("labels", "annotations")}
    keep_metadata(reading, item, first.path, shared)
