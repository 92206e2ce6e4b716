"""Services joined to the pods they select: the ports that peers see, their names, and what is exposed.

Source: kubernetes.io/docs/concepts/services-networking/service and dns-pod-service. Joins go by an index of labels, so that
they stay linear however many Services there are.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.workload import Exposure, Port
from isomorph.platforms.kubernetes.containers import ContainerPort, read_protocol
from isomorph.platforms.kubernetes.controllers import Pods
from isomorph.platforms.kubernetes.fields import (
    boolean_at,
    mapping_at,
    mappings_at,
    port_at,
    port_of,
    string_map_at,
    text_at,
)
from isomorph.platforms.kubernetes.known import METADATA, OBJECT, SERVER_ANNOTATIONS, SERVICE, SERVICE_PORT
from isomorph.platforms.kubernetes.reading import PART, Object, Objects, Reading
from isomorph.syntax.tree import Mapping

DOMAIN = "cluster.local"
TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_OBJECT = frozenset((*OBJECT.split(), "spec", "status"))
_MOST_INSTANCES = 100
"""Instances of a StatefulSet that get names of their own here."""


class Offer:
    """A port of a Service as it is written."""

    __slots__ = (
        "name",
        "node",
        "node_origin",
        "number",
        "origin",
        "protocol",
        "protocol_origin",
        "target",
        "target_origin",
    )

    def __init__(self, number: int, origin: Origin, protocol: str, target: int | str) -> None:
        self.number = number
        self.origin = origin
        self.protocol = protocol
        self.protocol_origin = origin
        self.target = target
        self.target_origin = origin
        self.name: str | None = None
        self.node: int | None = None
        self.node_origin = origin


class Offered:
    """A Service: whom it selects, what it offers and how it is exposed."""

    __slots__ = ("headless", "kind", "kind_origin", "node_ports", "object", "offers", "pods")

    def __init__(self, item: Object, kind: str, kind_origin: Origin) -> None:
        self.object = item
        self.kind = kind
        self.kind_origin = kind_origin
        self.headless = False
        self.node_ports = True
        self.offers: list[Offer] = []
        self.pods: list[Pods] = []

    def find_offer(self, port: int | str | None) -> Offer | None:
        """Give the port of a number or name; of none said, the only one."""
        if port is None:
            return self.offers[0] if len(self.offers) == 1 else None
        for offer in self.offers:
            if port in (offer.number, offer.name):
                return offer
        return None


class _Index:
    """Pods by namespace and label."""

    def __init__(self, pods: list[Pods]) -> None:
        self.table: dict[tuple[str, str, str], list[Pods]] = {}
        for one in pods:
            place = one.object.place
            for label, value in one.labels.items():
                self.table.setdefault((place, label, value), []).append(one)

    def select(self, namespace: str, labels: dict[str, str]) -> list[Pods]:
        """Give the pods that have all the labels."""
        fewest: list[Pods] | None = None
        for label, value in labels.items():
            found = self.table.get((namespace, label, value))
            if found is None:
                return []
            if fewest is None or len(found) < len(fewest):
                fewest = found
        if fewest is None or len(labels) == 1:
            return fewest or []
        return [one for one in fewest if labels.items() <= one.labels.items()]


def join_services(objects: Objects, all_pods: list[Pods], reading: Reading) -> dict[tuple[str, str], Offered]:
    """Give pods their ports and names; gives the Services by namespace and name."""
    index = _Index(all_pods)
    services: dict[tuple[str, str], Offered] = {}
    outside: list[Object] = []
    # In the order of their names, so that what is merged does not depend on the order of documents.
    for item in sorted(objects.of("Service"), key=lambda item: (item.place, item.name)):
        service = _read_service(item, index, reading)
        if service is None:
            outside.append(item)
        else:
            services[item.place, item.name] = service
    for item in outside:
        _add_alias(item, services, reading)
    by_key: dict[str, list[Offered]] = {}
    for service in services.values():
        reading.grow(PART * len(service.pods) * (1 + len(service.offers)), service.object.origin)
        for one in service.pods:
            by_key.setdefault(one.key, []).append(service)
    for one in all_pods:
        _join(one, by_key.get(one.key, []), services, reading)
    return services


def qualified_names(name: str, namespace: str) -> tuple[str, ...]:
    """Give the names under which a Service is found."""
    return (name, f"{name}.{namespace}", f"{name}.{namespace}.svc", f"{name}.{namespace}.svc.{DOMAIN}")


def _read_service(item: Object, index: _Index, reading: Reading) -> Offered | None:
    """Read a Service; None for one that is only another name of something outside."""
    spec = mapping_at(item.node, "spec")
    if spec is None:
        raise InvalidInput(f"Service {item.name} has no `spec`", item.origin, "add `spec.selector` and `spec.ports`")
    kind = text_at(spec, "type") or "ClusterIP"
    kind_origin = spec.entries["type"].origin if "type" in spec.entries else spec.origin
    if kind not in TYPES:
        raise InvalidInput(f"{kind!r} is no type of Service", kind_origin, f"write one of {', '.join(TYPES)}")
    if kind == "ExternalName":
        return None
    service = Offered(item, kind, kind_origin)
    service.headless = text_at(spec, "clusterIP") == "None"
    service.node_ports = kind != "ClusterIP" and boolean_at(spec, "allocateLoadBalancerNodePorts") is not False
    for node in mappings_at(spec, "ports"):
        service.offers.append(_read_offer(node, reading))
    selector = string_map_at(spec, "selector")
    service.pods = index.select(item.place, selector) if selector else []
    if service.pods:
        _keep_service(item, spec, service, reading)
        return service
    reading.keep_document(item)
    origin = spec.entries["selector"].origin if selector else item.origin
    if selector:
        reading.say("selects-nothing", f"Service {item.name} selects no workload of this definition", origin)
    else:
        reading.say("not-modelled", f"Service {item.name} has no selector; what it leads to is not known here", origin)
    return service


def _read_offer(node: Mapping, reading: Reading) -> Offer:
    number = port_at(node, "port")
    if number is None:
        raise InvalidInput("this port of a Service has no `port`", node.origin, "add `port`")
    entries = node.entries
    said = port_of(entries.get("targetPort"), "targetPort")
    offer = Offer(number, entries["port"].origin, read_protocol(node), number if said is None else said)
    if "targetPort" in entries:
        offer.target_origin = entries["targetPort"].origin
    if "protocol" in entries:
        offer.protocol_origin = entries["protocol"].origin
    offer.name = text_at(node, "name") or None
    if "nodePort" in entries:
        offer.node = port_at(node, "nodePort")
        offer.node_origin = entries["nodePort"].origin
    return offer


def _keep_service(item: Object, spec: Mapping, service: Offered, reading: Reading) -> None:
    """Keep what the model does not hold of a Service, at the first workload that it selects."""
    first = min(service.pods, key=lambda one: one.key)
    path = first.path
    where = ("Service", item.name)
    reading.keep_rest(spec, SERVICE, path, (*where, "spec"))
    if not item.node.entries.keys() <= _OBJECT:
        for key in item.node.entries.keys() - _OBJECT:
            reading.say("unknown-field", f"Service has no field `{key}`", item.node.keys[key].origin, path)
    keep_metadata(item, first, where, reading)
    for node in mappings_at(spec, "ports"):
        if not node.entries.keys() <= SERVICE_PORT.modelled:
            place = (*where, "spec", "ports", f"{port_at(node, 'port')}/{read_protocol(node)}")
            reading.keep_rest(node, SERVICE_PORT, path, place)


def keep_metadata(item: Object, pods: Pods, where: tuple[str, ...], reading: Reading) -> None:
    """Keep the labels and annotations of an object at its workload, but for labels that it shares with that."""
    metadata = mapping_at(item.node, "metadata")
    if metadata is None:
        return
    reading.check_known(metadata, METADATA, pods.path)
    for key in ("labels", "annotations"):
        if key not in metadata.entries:
            continue
        said = string_map_at(metadata, key)
        node = metadata.entries[key]
        if not isinstance(node, Mapping):
            continue  # Null says nothing.
        shared: dict[str, str] = pods.fields.get(key, {})
        for name, value in said.items():
            if name in SERVER_ANNOTATIONS or shared.get(name) == value:
                continue
            reading.keep(pods.path, (*where, "metadata", key, name), node.entries[name])


def _add_alias(item: Object, services: dict[tuple[str, str], Offered], reading: Reading) -> None:
    """Give a Service of this definition the further name that an ExternalName is."""
    reading.keep_document(item)
    spec = mapping_at(item.node, "spec")
    target = (text_at(spec, "externalName") or "").rstrip(".") if spec else ""
    parts = target.split(".")
    if len(parts) == 5 and parts[2:] == ["svc", *DOMAIN.split(".")]:
        service = services.get((parts[1], parts[0]))
        for one in service.pods if service else ():
            _add_names(one, qualified_names(item.name, item.place), item.origin, reading)


def _join(one: Pods, services: list[Offered], all_services: dict[tuple[str, str], Offered], reading: Reading) -> None:
    """Give one workload its ports and names."""
    ports: dict[str, Port] = {}
    for service in services:
        metadata = mapping_at(service.object.node, "metadata")
        origin = metadata.entries["name"].origin if metadata and "name" in metadata.entries else service.object.origin
        _add_names(one, qualified_names(service.object.name, service.object.place), origin, reading)
        for offer in service.offers:
            _add_offer(ports, one, service, offer, reading)
    _add_instance_names(one, all_services, reading)
    landing: dict[tuple[int, str], str] = {}
    for key, port in ports.items():
        landing.setdefault((port.target, port.protocol), key)
    for declared in one.ports:
        _add_declared(ports, landing, one, declared, reading)
    if one.names:
        one.fields["names"] = tuple(one.names)
    if ports:
        one.fields["ports"] = ports


def _add_names(one: Pods, names: tuple[str, ...], origin: Origin, reading: Reading) -> None:
    for name in names:
        if name not in one.names:
            one.names[name] = None
            reading.origins[(*one.path, "names", name)] = origin


def _add_instance_names(one: Pods, services: dict[tuple[str, str], Offered], reading: Reading) -> None:
    """Add the names that the single instances have below a headless Service."""
    place = one.object.place
    hosts: list[str] = []
    subdomain: str | None = one.service_name
    if one.service_name and one.object.kind == "StatefulSet":
        scale = one.fields.get("scale")
        count = scale.replicas if scale is not None and isinstance(scale.replicas, int) else 1
        hosts = [f"{one.object.name}-{index}" for index in range(min(count, _MOST_INSTANCES))]
    elif one.subdomain:
        hosts = [one.subdomain[0]]
        subdomain = one.subdomain[1]
    service = services.get((place, subdomain)) if subdomain else None
    if service is None or not service.headless:
        return
    origin = service.object.origin
    for host in hosts:
        _add_names(one, qualified_names(f"{host}.{subdomain}", place), origin, reading)


def _add_offer(ports: dict[str, Port], one: Pods, service: Offered, offer: Offer, reading: Reading) -> None:
    """Add a port of a Service; the same port of another one is merged."""
    target = offer.target
    if isinstance(target, str):
        declared = one.named_ports.get(target)
        if declared is None:
            message = (
                f"no container of {one.object.name} names a port {target}, to which Service {service.object.name} leads"
            )
            reading.say("missing-reference", message, offer.target_origin, one.path)
            return
        target = declared.number
    number = target if service.headless else offer.number  # Without a cluster address nothing translates ports.
    key = f"{number}/{offer.protocol}"
    path = (*one.path, "ports", key)
    before = ports.get(key)
    if before is not None and before.target != target:
        message = f"port {key} of {one.key} lands on {before.target} by one Service and on {target} by another"
        reading.say("ambiguous", message, offer.origin, path)
        return
    exposures = list(before.exposures) if before else []
    if before is None:
        reading.origins[path] = offer.target_origin if service.headless else offer.origin
        reading.origins[(*path, "target")] = offer.target_origin
        reading.origins[(*path, "protocol")] = offer.protocol_origin
    for exposure, origin in _exposures(service, offer):
        if exposure not in exposures:
            reading.origins[(*path, "exposures", str(len(exposures)))] = origin
            exposures.append(exposure)
    name = before.name if before and before.name else offer.name
    ports[key] = Port(number, target, offer.protocol, name, True, tuple(exposures))


def _exposures(service: Offered, offer: Offer) -> list[tuple[Exposure, Origin]]:
    """Give how a port of a Service is reached from outside, and where that is said."""
    found: list[tuple[Exposure, Origin]] = []
    if service.kind == "LoadBalancer":
        found.append((Exposure("load-balancer", offer.number), service.kind_origin))
    if service.kind == "NodePort" or (service.kind == "LoadBalancer" and (service.node_ports or offer.node)):
        found.append((Exposure("node", offer.node), offer.node_origin if offer.node else service.kind_origin))
    return found


def _add_declared(
    ports: dict[str, Port], landing: dict[tuple[int, str], str], one: Pods, declared: ContainerPort, reading: Reading
) -> None:
    """Add a port that a container declares, where no Service offers it; its host port in any case."""
    key = landing.get((declared.number, declared.protocol))
    if key is None:
        key = f"{declared.number}/{declared.protocol}"
        if key in ports:  # A Service's port of that number leads elsewhere.
            return
        landing[declared.number, declared.protocol] = key
        reading.origins[(*one.path, "ports", key)] = declared.origin
        ports[key] = Port(declared.number, declared.number, declared.protocol, declared.name, offered=False)
    port = ports[key]
    exposures = port.exposures
    if declared.host is not None:
        reading.origins[(*one.path, "ports", key, "exposures", str(len(exposures)))] = declared.host_origin
        exposures = (*exposures, Exposure("host", declared.host, declared.address))
    if exposures is not port.exposures:
        ports[key] = Port(port.number, port.target, port.protocol, port.name, port.offered, exposures)
