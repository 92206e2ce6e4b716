"""A stack's tree in Compose's own form: what Swarm says in other words is moved, what has no effect is left out and told."""

from collections.abc import Callable
from typing import Any

from isomorph.model.application import Extra
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin, Path
from isomorph.platforms.compose.grouping import OWN_ANNOTATIONS
from isomorph.platforms.compose.merging import to_names, to_pairs
from isomorph.platforms.compose.read_routes import PREFIX
from isomorph.platforms.compose.reading import items_of, to_extra, to_string
from isomorph.platforms.swarm import PLATFORM
from isomorph.platforms.swarm.ignored import IGNORED
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

OF_THE_NODE = ("host", "none")
"""Networks that every node has: to join one of them is Compose's `network_mode`."""


class Preparation:
    """A stack's tree while it is prepared; what is told and kept on the way."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.extras: list[Extra] = []
        self.node_networks: dict[str, str] = {}  # what services call a network of the node -> that network
        self.templates: dict[str, Node] = {}  # configs that are templates -> in which language

    def prepare(self, root: Mapping) -> Mapping:
        """Give the tree that Compose's reader is to read."""
        entries = dict(root.entries)
        if isinstance(networks := root.get("networks"), Mapping):
            entries["networks"] = self._prepare_networks(networks)
        if isinstance(node := root.get("secrets"), Mapping):
            entries["secrets"] = self._prepare_drivers(node)
        if isinstance(node := root.get("configs"), Mapping):
            entries["configs"] = self._prepare_configs(node)
        if isinstance(services := root.get("services"), Mapping):
            prepared = {
                name: self._prepare_service(name, service) if isinstance(service, Mapping) else service
                for name, service in services.items()
            }
            entries["services"] = Mapping(services.origin, prepared, services.keys, services.tag)
        return Mapping(root.origin, entries, root.keys, root.tag)

    def ignore(self, service: str, what: str, why: str, origin: Origin) -> None:
        """Tell that a setting has no effect."""
        message = f"{service}: `docker stack deploy` ignores {what}; {why}"
        self.diagnostics.append(Diagnostic("ignored", message, origin, ("workloads", service)))

    def keep(self, path: Path, location: tuple[str, ...], value: Any, origin: Origin) -> None:
        """Keep what has no effect, so that it comes back where it was."""
        self.extras.append(Extra(PLATFORM, path, location, value, origin))

    def _prepare_networks(self, networks: Mapping) -> Mapping:
        """Take out the networks of the node, and that a network is an overlay, which it is anyway."""
        entries: dict[str, Node] = {}
        for name, node in networks.items():
            real = _external_name(name, node)
            if real in OF_THE_NODE:
                self.node_networks[name] = real
            elif isinstance(node, Mapping) and "driver" in node and to_string(node["driver"]) == "overlay":
                entries[name] = _without(node, "driver")
            else:
                entries[name] = node
        return Mapping(networks.origin, entries, networks.keys, networks.tag)

    def _prepare_configs(self, node: Mapping) -> Mapping:
        """Take out what a config is called in the swarm: its text is what counts, and the services' files have it."""
        entries = dict(node.entries)
        for name, definition in node.items():
            if not isinstance(definition, Mapping) or "external" in definition:
                continue
            if "template_driver" in definition:
                self.templates[name] = definition["template_driver"]
            entries[name] = _without(definition, "name", "labels", "template_driver")
        return Mapping(node.origin, entries, node.keys, node.tag)

    def _prepare_drivers(self, node: Mapping) -> Mapping:
        """Take a secret that a driver gives for one from elsewhere."""
        entries = dict(node.entries)
        for name, definition in node.items():
            if not isinstance(definition, Mapping) or "driver" not in definition:
                continue
            for key in ("driver", "driver_opts"):
                if key in definition:
                    value = definition[key]
                    self.keep(("secrets", name), (key,), to_extra(value), value.origin)
            rest = _without(definition, "driver", "driver_opts")
            entries[name] = _with(rest, "external", Scalar(definition.origin, True, "true"))
        return Mapping(node.origin, entries, node.keys, node.tag)

    def _prepare_service(self, name: str, service: Mapping) -> Mapping:
        for key, prepare in _FIELDS.items():
            if key in service:
                service = prepare(self, name, service)
        for key in [key for key in service if key in IGNORED]:
            origin = service.keys[key].origin
            self.ignore(name, f"`{key}`", IGNORED[key], origin)
            self.keep(("workloads", name), (key,), to_extra(service[key]), origin)
            service = _without(service, key)
        return self._join_node(service)

    def _join_node(self, service: Mapping) -> Mapping:
        """Say `network_mode` for a service that joins a network of its node."""
        node = service.get("networks")
        if node is None or not self.node_networks:
            return service
        networks = to_names(node)
        joined = next((name for name in networks if name in self.node_networks), None)
        if joined is None:
            return service
        mode = self.node_networks[joined]
        origin = networks.keys[joined].origin
        return _with(_without(service, "networks"), "network_mode", Scalar(origin, mode, mode))

    def prepare_restart(self, name: str, service: Mapping) -> Mapping:
        """`restart`: it counts where `deploy.restart_policy` is not said, but for `no`, which is taken for silence."""
        node = service["restart"]
        deploy = service.get("deploy")
        policy = to_string(node)
        if isinstance(deploy, Mapping) and "restart_policy" in deploy:
            why = "`deploy.restart_policy` counts"
        elif policy in ("no", ""):
            why = "a task that ends is started again unless `deploy.restart_policy.condition` is none"
        elif policy == "unless-stopped":
            return _with(service, "restart", Scalar(node.origin, "always", "always"))
        else:
            return service
        self.ignore(name, f"`restart: {policy}`", why, node.origin)
        self.keep(("workloads", name), ("restart",), to_extra(node), node.origin)
        return _without(service, "restart")

    def prepare_hostname(self, name: str, service: Mapping) -> Mapping:
        """`hostname`: a template of it is no name that peers could use."""
        node = service["hostname"]
        if "{{" not in to_string(node):
            return service
        self.keep(("workloads", name), ("hostname",), to_extra(node), node.origin)
        return _without(service, "hostname")

    def prepare_labels(self, name: str, service: Mapping) -> Mapping:
        """`labels`, which are the containers': our own notes are annotations, and Traefik's are not looked at."""
        pairs = to_pairs(service["labels"])
        notes = {key: value for key, value in pairs.items() if key in OWN_ANNOTATIONS}
        for key, value in pairs.items():
            if key.lower().startswith(PREFIX):
                why = "Traefik looks at the labels of services, `deploy.labels`"
                self.ignore(name, f"the label {key}", why, pairs.keys[key].origin)
                self.keep(("workloads", name), ("labels", key), to_extra(value), value.origin)
        rest = {key: value for key, value in pairs.items() if key not in notes and not key.lower().startswith(PREFIX)}
        if len(rest) == len(pairs):
            return service
        if notes:
            service = _with(service, "annotations", Mapping(pairs.origin, notes, pairs.keys))
        if rest:
            return _with(service, "labels", Mapping(pairs.origin, rest, pairs.keys))
        return _without(service, "labels")

    def prepare_deploy(self, name: str, service: Mapping) -> Mapping:
        """`deploy.labels` of Traefik, which say the routes, stand where Compose has them."""
        deploy = service["deploy"]
        labels = to_pairs(deploy["labels"]) if isinstance(deploy, Mapping) and "labels" in deploy else None
        if labels is None or not isinstance(deploy, Mapping):
            return service
        routes = {key: value for key, value in labels.items() if key.lower().startswith(PREFIX)}
        if not routes:
            return service
        rest = {key: value for key, value in labels.items() if key not in routes}
        left = (
            _with(deploy, "labels", Mapping(labels.origin, rest, labels.keys)) if rest else _without(deploy, "labels")
        )
        own = to_pairs(service["labels"]) if "labels" in service else Mapping(labels.origin, {}, {})
        joined = Mapping(labels.origin, {**own.entries, **routes}, {**own.keys, **labels.keys})
        return _with(_with(service, "deploy", left), "labels", joined)

    def prepare_ports(self, name: str, service: Mapping) -> Mapping:
        """`ports`: an address of a node is passed over, and the port is open on all of them."""
        node = service["ports"]
        items = [self._prepare_port(name, item) for item in items_of(node)]
        return _with(service, "ports", Sequence(node.origin, items))

    def _prepare_port(self, name: str, item: Node) -> Node:
        text = to_string(item) if isinstance(item, Scalar) else ""
        address, _, rest = text.rpartition(":")[0].rpartition(":")
        if not address or "$" in text:
            return item
        self.ignore(name, f"the address {address} of a port", "it is open on every node", item.origin)
        plain = f"{rest}:{text.rpartition(':')[2]}" if rest else text.rpartition(":")[2]
        return Scalar(item.origin, plain, plain)

    def prepare_configs(self, name: str, service: Mapping) -> Mapping:
        """`configs`: that one is a template is kept with the file, for its text is not what the container sees."""
        for item in items_of(service["configs"]):
            source = item.get("source") if isinstance(item, Mapping) else item
            template = self.templates.get(to_string(source)) if source is not None else None
            if template is None or source is None:
                continue
            said = item.get("target") if isinstance(item, Mapping) else None
            target = to_string(said if said is not None else source)
            path = ("workloads", name, "containers", name, "files", "/" + target.lstrip("/"))
            self.keep(path, ("template_driver",), to_extra(template), template.origin)
        return service

    def prepare_volumes(self, name: str, service: Mapping) -> Mapping:
        """`volumes`: a folder inside a volume is passed over, and all of it is mounted."""
        node = service["volumes"]
        items = [self._prepare_volume(name, item) for item in items_of(node)]
        return _with(service, "volumes", Sequence(node.origin, items))

    def _prepare_volume(self, name: str, item: Node) -> Node:
        options = item.get("volume") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(options, Mapping) or "subpath" not in options:
            return item
        self.ignore(name, "`subpath` of a volume", "all of the volume is mounted", options.keys["subpath"].origin)
        return _with(item, "volume", _without(options, "subpath"))

    def prepare_joined(self, name: str, service: Mapping) -> Mapping:
        """`networks`: an address of one's own is passed over."""
        node = service["networks"]
        if not isinstance(node, Mapping):
            return service
        entries = dict(node.entries)
        for network, settings in node.items():
            if isinstance(settings, Mapping):
                for key in [key for key in ("ipv4_address", "ipv6_address") if key in settings]:
                    self.ignore(name, f"`{key}`", "a task's address is chosen for it", settings.keys[key].origin)
                    settings = _without(settings, key)
                entries[network] = settings
        return _with(service, "networks", Mapping(node.origin, entries, node.keys, node.tag))


_FIELDS: dict[str, Callable[[Preparation, str, Mapping], Mapping]] = {
    "restart": Preparation.prepare_restart,
    "hostname": Preparation.prepare_hostname,
    "labels": Preparation.prepare_labels,
    "deploy": Preparation.prepare_deploy,
    "ports": Preparation.prepare_ports,
    "configs": Preparation.prepare_configs,
    "volumes": Preparation.prepare_volumes,
    "networks": Preparation.prepare_joined,
}
"""In this order: labels of the containers are told from those of the service before these take their place."""


def _external_name(name: str, node: Node) -> str:
    """Give the real name of a network that exists already; empty for others."""
    external = node.get("external") if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or external is None:
        return ""
    if isinstance(external, Mapping):
        return to_string(external["name"]) if "name" in external else name
    if not isinstance(external, Scalar) or external.value is not True:
        return ""
    return to_string(node["name"]) if "name" in node else name


def _without(node: Mapping, *keys: str) -> Mapping:
    return Mapping(node.origin, {key: value for key, value in node.items() if key not in keys}, node.keys, node.tag)


def _with(node: Mapping, key: str, value: Node) -> Mapping:
    keys = node.keys if key in node.keys else {**node.keys, key: Scalar(value.origin, key, key)}
    return Mapping(node.origin, {**node.entries, key: value}, keys, node.tag)
