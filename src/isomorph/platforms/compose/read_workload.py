"""What services say about their workload: ports, names, networks, order, scale, restart, placement, labels."""

from typing import Any

from isomorph.model.origin import Path
from isomorph.model.text import Placeholder, parts_of
from isomorph.model.workload import Constraint, Exposure, Kind, Port, Role, Scale, Workload
from isomorph.platforms.compose.grouping import OWN_ANNOTATIONS, SCORE_WORKLOAD, Group, Home, Member, joined_service
from isomorph.platforms.compose.interpolation import Interpolated
from isomorph.platforms.compose.merging import to_names, to_pairs
from isomorph.platforms.compose.read_lifecycle import Lifecycle
from isomorph.platforms.compose.read_routes import read_routes
from isomorph.platforms.compose.read_service import read_container
from isomorph.platforms.compose.reading import Reading, items_of, to_extra, to_string
from isomorph.platforms.compose.scalars import PortMapping, parse_integer, parse_port, parse_port_range
from isomorph.syntax.tree import Mapping, Node

_ATTRIBUTES = {
    "node.platform.os": "os",
    "node.platform.arch": "arch",
    "node.hostname": "hostname",
}


class WorkloadReader:
    """Reads one group of services into one workload."""

    def __init__(self, reading: Reading, group: Group, homes: dict[str, Home]) -> None:
        self.reading = reading
        self.group = group
        self.path: Path = ("workloads", group.name)
        self.containers: dict[str, Any] = {}
        self.ports: dict[str, Port] = {}
        self.names: dict[str, None] = {}
        self.homes = homes
        self.lifecycle = Lifecycle(reading, group, homes)
        self.fields: dict[str, Any] = {}
        self.labels: Mapping | None = None

    def read(self) -> Workload:
        """Read all members; what belongs to the workload is the owner's word first."""
        origins = self.reading.origins
        section = self.reading.sections["services"]
        origins[self.path] = section.keys[self.group.owner].origin
        for member in self.group.members:
            self.owns = member.service == self.group.owner
            if member.container:
                path = (*self.path, "containers", member.container)
                origins[path] = section.keys[member.service].origin
                self.containers[member.container] = read_container(self.reading, member.node, path, member.role)
            self.read_member(member)
        self.lifecycle.settle(self.containers)
        if self.labels is not None:
            self.settle_labels(self.labels)
        if self.group.name in self.names:  # the name that it is best known by comes first
            self.names = {self.group.name: None, **self.names}
        return Workload(
            self.group.name,
            containers=self.containers,
            ports=self.ports,
            names=tuple(self.names),
            restart=self.lifecycle.restart,
            order=self.lifecycle.order,
            **self.fields,
        )

    def read_member(self, member: Member) -> None:
        """Read the fields of one service that are the workload's."""
        entries = member.node.entries
        if self.owns or joined_service(member.node) is None:
            self.add_name(member.service, self.reading.sections["services"].keys[member.service])
        for key, node in entries.items():
            read = _FIELDS.get(key)
            if read is not None:
                read(self, node, member)

    def add_name(self, name: str, node: Node) -> None:
        """Add a name under which peers reach the workload."""
        if name not in self.names:
            self.names[name] = None
            self.reading.origins[*self.path, "names", name] = node.origin

    def container_path(self, member: Member) -> Path:
        """Give where to keep what a service says."""
        return self.lifecycle.container_path(member)

    def set_field(self, name: str, value: Any, node: Node, member: Member, location: tuple[str, ...]) -> None:
        """Set a field of the workload, unless an earlier member did; then what differs is kept."""
        if name not in self.fields:
            self.fields[name] = value
            self.reading.origins[*self.path, name] = node.origin
        elif self.fields[name] != value:
            self.reading.keep(self.container_path(member), location, node)

    def read_ports(self, node: Node, member: Member) -> None:
        """`ports`: each target is a port that peers reach, and a port of the host."""
        for item in items_of(node):
            if isinstance(item, Mapping):
                self.read_long_port(item, member)
                continue
            text = _without_unset(item)
            try:
                mappings = parse_port(text) if text or type(item) is not Interpolated else []
            except ValueError as error:
                self.reading.fault(str(error), item.origin)
                continue
            for mapping in mappings:
                self.add_port(mapping, item, kind=self.reading.rules.exposures.get("", "host"))

    def read_long_port(self, node: Mapping, member: Member) -> None:
        """A port in the long form."""
        values = {key: _without_unset(value) for key, value in node.items()}
        name = values.get("name") or None
        try:
            target = parse_port_range(values.get("target", ""), values.get("target", ""))[0]
            published = values.get("published", "")
            hosts = parse_port_range(published, published) if published else None
        except ValueError as error:
            self.reading.fault(str(error), node.origin)
            return
        host = hosts[0] if hosts is not None and len(hosts) == 1 and hosts[0] else None
        protocol = values.get("protocol", "").lower() or "tcp"
        exposures = self.reading.rules.exposures
        kind = exposures.get(values.get("mode", ""), "" if exposures else "host")
        if not kind:
            hint = f"write {' or '.join(filter(None, exposures))}"
            self.reading.fault(f"unknown mode {values['mode']!r} of a port", node["mode"].origin, hint)
            return
        self.add_port(PortMapping(target, host, values.get("host_ip") or None, protocol), node, name, kind)
        for key in ("app_protocol", "mode"):
            if key in node and values[key] != "ingress" and not exposures:
                path = (*self.path, "ports", f"{target}/{protocol}")
                self.reading.keep(path, (key,), node[key])

    def add_port(self, mapping: PortMapping, node: Node, name: str | None = None, kind: str = "host") -> None:
        """Add an exposure; one port may have several."""
        key = f"{mapping.target}/{mapping.protocol}"
        known = self.ports.get(key)
        exposures = known.exposures if known is not None else ()
        exposure = Exposure(kind, mapping.published, mapping.address)
        path = (*self.path, "ports", key)
        if exposure not in exposures:
            self.reading.origins[*path, "exposures", str(len(exposures))] = node.origin
            exposures = (*exposures, exposure)
        if known is None:
            self.reading.origins[path] = node.origin
        name = name or (known.name if known is not None else None)
        self.ports[key] = Port(mapping.target, mapping.target, mapping.protocol, name, exposures=exposures)

    def read_expose(self, node: Node, member: Member) -> None:
        """`expose`: ports for peers; docker compose checks them no further."""
        for item in items_of(node):
            text = self.reading.plain(item)
            if text is None:
                continue
            numbers, _, protocol = text.partition("/")
            try:
                targets = parse_port_range(numbers, text)
            except ValueError as error:
                self.reading.fault(str(error), item.origin)
                continue
            for target in targets:
                key = f"{target}/{protocol.lower() or 'tcp'}"
                if key not in self.ports:
                    self.ports[key] = Port(target, target, protocol.lower() or "tcp")
                    self.reading.origins[*self.path, "ports", key] = item.origin

    def read_name(self, node: Node, member: Member) -> None:
        """`hostname` and `container_name`: other names of the workload."""
        self.add_name(to_string(node), node)
        key = "hostname" if member.node.entries.get("hostname") is node else "container_name"
        self.reading.keep(self.container_path(member), (key,), node)

    def read_networks(self, node: Node, member: Member) -> None:
        """`networks`: whom it can reach, and under which aliases it is reached."""
        networks = to_names(node)
        if "network_mode" in member.node and networks.entries:
            self.reading.fault("`network_mode` and `networks` exclude each other", node.origin, "keep one of them")
        defined = self.reading.sections["networks"]
        for name, settings in networks.items():
            if name not in defined and name != "default":
                self.reading.fault(
                    f"network {name} is not defined",
                    networks.keys[name].origin,
                    f"add `{name}:` below the top-level `networks:`",
                )
            self.read_network_settings(name, settings, member)
        names = tuple(networks.entries)
        if names and names != ("default",):
            self.set_field("networks", names, node, member, ("networks",))

    def read_network_settings(self, name: str, settings: Node, member: Member) -> None:
        """The aliases in a network; other settings are kept."""
        if not isinstance(settings, Mapping):
            return
        for key, value in settings.items():
            if key == "aliases":
                for alias in items_of(value):
                    self.add_name(to_string(alias), alias)
            else:
                self.reading.keep(self.container_path(member), ("networks", name, key), value)

    def read_network_mode(self, node: Node, member: Member) -> None:
        """`network_mode`: the host's, none, another service's (which made this group), or what is kept."""
        mode = to_string(node)
        if mode == "host":
            self.add_host_namespace("network", node)
        elif mode == "none":
            self.set_field("networks", (), node, member, ("network_mode",))
        elif not mode.startswith("service:"):
            self.reading.keep(self.container_path(member), ("network_mode",), node)

    def read_namespace(self, node: Node, member: Member) -> None:
        """`pid` and `ipc`: the host's, or what is kept."""
        kind = "pid" if member.node.entries.get("pid") is node else "ipc"
        if to_string(node) == "host":
            self.add_host_namespace(kind, node)
        else:
            home = self.homes.get(to_string(node).removeprefix("service:"))
            said = to_extra(node) if home is None else f"service:{home.key}"
            self.reading.keep_plain(self.container_path(member), (kind,), said, node.origin)

    def read_volumes_from(self, node: Node, member: Member) -> None:
        """`volumes_from`: kept, with the services by their places in the model."""
        sources: list[Any] = []
        for item in items_of(node):
            name, colon, mode = to_string(item).partition(":")
            home = self.homes.get(name)
            sources.append(to_extra(item) if home is None else f"{home.key}{colon}{mode}")
        self.reading.keep_plain(self.container_path(member), ("volumes_from",), sources, node.origin)

    def add_host_namespace(self, kind: str, node: Node) -> None:
        known = self.fields.get("host_namespaces", ())
        if kind not in known:
            self.fields["host_namespaces"] = (*known, kind)
            self.reading.origins[*self.path, "host_namespaces", kind] = node.origin

    def read_deploy(self, node: Node, member: Member) -> None:
        """`deploy`, but for its resources, which are the container's."""
        if not isinstance(node, Mapping):
            return
        for key, value in node.items():
            if key == "replicas":
                self.read_replicas(value, member)
            elif key == "restart_policy":
                self.lifecycle.read_restart_policy(value, member)
            elif key == "placement" and self.reading.rules.deployed:
                self.read_placement(value, member)
            elif key == "mode" and self.reading.rules.deployed:
                self.read_mode(value, member)
            elif key != "resources":
                self.reading.keep(self.container_path(member), ("deploy", key), value)
                if not self.reading.rules.deployed and not key.startswith("x-"):
                    message = f"{member.service}: docker compose ignores `deploy.{key}`, which is for Swarm"
                    self.reading.report("ignored", message, node.keys[key].origin, self.container_path(member))

    def read_mode(self, node: Node, member: Member) -> None:
        """`deploy.mode`: what becomes of a service's instances over time; a job on every node is a job, and kept as such."""
        mode = to_string(node)
        kinds = self.reading.rules.kinds
        kind = kinds.get(mode)
        deploy = member.node["deploy"]
        if mode.startswith("global") and isinstance(deploy, Mapping) and "replicas" in deploy:
            self.reading.fault(
                f"mode {mode} has no replicas: there is one on every node", node.origin, "remove one of them"
            )
        if kind is None:
            self.reading.fault(f"unknown mode {mode!r}", node.origin, f"write one of {', '.join(kinds)}")
        elif self.owns:
            self.fields["kind"] = kind
            self.reading.origins[*self.path, "kind"] = node.origin
            if kind is Kind.JOB and mode != "replicated-job":
                self.reading.keep(self.container_path(member), ("deploy", "mode"), node)
        elif member.role is not Role.INIT or kind is not Kind.JOB:
            self.reading.keep(self.container_path(member), ("deploy", "mode"), node)

    def read_replicas(self, node: Node, member: Member) -> None:
        """`deploy.replicas` or `scale`."""
        replicas = self.reading.amount(node, parse_integer)
        if replicas is None:
            return
        known = self.fields.get("scale")
        if known is not None and known.replicas != replicas and self.owns:
            self.reading.fault("`scale` and `deploy.replicas` differ", node.origin, "keep one of them")
        elif self.owns:
            self.fields["scale"] = Scale(replicas)
            self.reading.origins[*self.path, "scale", "replicas"] = node.origin
        else:
            self.reading.keep(self.container_path(member), ("deploy", "replicas"), node)

    def read_placement(self, node: Node, member: Member) -> None:
        """`deploy.placement`: Swarm's constraints; preferences are kept."""
        if not isinstance(node, Mapping):
            return
        for key, value in node.items():
            if key != "constraints":
                self.reading.keep(self.container_path(member), ("deploy", "placement", key), value)
                continue
            constraints: list[Constraint] = []
            for item in items_of(value):
                constraint = parse_constraint(to_string(item))
                if constraint is None:
                    self.reading.fault(
                        f"{to_string(item)!r} is no placement constraint", item.origin, "write `ATTRIBUTE == VALUE`"
                    )
                else:
                    self.reading.origins[*self.path, "placement", str(len(constraints))] = item.origin
                    constraints.append(constraint)
            self.set_field("placement", tuple(constraints), value, member, ("deploy", "placement", key))

    def read_labels(self, node: Node, member: Member) -> None:
        """`labels`: the owner's are the workload's."""
        if not self.owns:
            self.reading.keep(self.container_path(member), ("labels",), node)
            return
        self.labels = to_pairs(node)

    def settle_labels(self, labels: Mapping) -> None:
        """Tell the labels that say routes, once the ports are known, from the others."""
        routes, said = read_routes(self.reading, labels, self.path, self.ports)
        if routes:
            self.fields["routes"] = routes
        for key, value in labels.entries.items():
            if key in said:
                self.reading.keep((*self.path, "routes"), ("labels", key), value)
        rest = {key: value for key, value in labels.entries.items() if key not in said}
        if rest or not said:
            self.fields["labels"] = self.read_pairs(Mapping(labels.origin, rest, labels.keys), "labels")

    def read_annotations(self, node: Node, member: Member) -> None:
        """`annotations`, without those that only say how a workload was taken apart."""
        own = OWN_ANNOTATIONS if self.owns else OWN_ANNOTATIONS | {SCORE_WORKLOAD}
        pairs = to_pairs(node)
        rest = {key: value for key, value in pairs.items() if key not in own}
        if rest:
            node = Mapping(pairs.origin, rest, pairs.keys)
            if self.owns:
                self.fields["annotations"] = self.read_pairs(node, "annotations")
            else:
                self.reading.keep(self.container_path(member), ("annotations",), node)

    def read_pairs(self, node: Node, field: str) -> dict[str, str]:
        """Give labels or annotations, each with its origin."""
        pairs = to_pairs(node)
        path = (*self.path, field)
        for key, value in pairs.entries.items():
            self.reading.origins[*path, key] = value.origin
        return {key: to_string(value) for key, value in pairs.entries.items()}


def _read_depends_on(reader: WorkloadReader, node: Node, member: Member) -> None:
    reader.lifecycle.read_depends_on(node, member)


def _read_links(reader: WorkloadReader, node: Node, member: Member) -> None:
    reader.lifecycle.read_links(node, member)


def _read_restart(reader: WorkloadReader, node: Node, member: Member) -> None:
    reader.lifecycle.read_restart(node, member)


_FIELDS: dict[str, Any] = {
    "annotations": WorkloadReader.read_annotations,
    "container_name": WorkloadReader.read_name,
    "depends_on": _read_depends_on,
    "deploy": WorkloadReader.read_deploy,
    "expose": WorkloadReader.read_expose,
    "hostname": WorkloadReader.read_name,
    "ipc": WorkloadReader.read_namespace,
    "labels": WorkloadReader.read_labels,
    "links": _read_links,
    "network_mode": WorkloadReader.read_network_mode,
    "networks": WorkloadReader.read_networks,
    "pid": WorkloadReader.read_namespace,
    "ports": WorkloadReader.read_ports,
    "restart": _read_restart,
    "scale": WorkloadReader.read_replicas,
    "volumes_from": WorkloadReader.read_volumes_from,
}


def _without_unset(node: Node) -> str:
    """Give a port's text as docker compose sees it: what is not set is blank."""
    if isinstance(node, Interpolated):
        return "".join(
            part for part in parts_of(node.parts) if not isinstance(part, Placeholder) and isinstance(part, str)
        )
    return to_string(node)


def parse_constraint(text: str) -> Constraint | None:
    """Read a Swarm constraint, `node.labels.zone == east`; None where it is none."""
    for operator, word in (("!=", "!="), ("==", "=")):
        left, found, right = text.partition(operator)
        if found:
            attribute = left.strip()
            name = _ATTRIBUTES.get(attribute) or attribute.removeprefix("node.labels.")
            return Constraint(name, word, (right.strip(),))
    return None
