"""A project in Compose's form, as plain data, put into the words of a stack file; what has none is left out and told."""

from typing import Any

from isomorph.model.origin import Path
from isomorph.model.workload import Exposure, Port, Workload
from isomorph.platforms.compose.grouping import ROLE, ROUTER
from isomorph.platforms.compose.read_routes import PREFIX
from isomorph.platforms.compose.scalars import parse_port, parse_size
from isomorph.platforms.compose.schema import drop_unknown
from isomorph.platforms.compose.writing import Writing
from isomorph.platforms.swarm.ignored import FORBIDDEN, IGNORED
from isomorph.platforms.swarm.loading import SCHEMA
from isomorph.platforms.swarm.support import REASONS
from isomorph.platforms.table import find_family

Service = dict[str, Any]

_CONDITIONS = {"no": "none", "always": "any", "unless-stopped": "any"}
_LIMITS = {
    "cpus": ("limits", "cpus"),
    "mem_limit": ("limits", "memory"),
    "mem_reservation": ("reservations", "memory"),
    "pids_limit": ("limits", "pids"),
}
_SECTIONS = ("services", "networks", "volumes", "configs", "secrets")
_HOST = "host"
_OF_TRAEFIK = {"--providers.docker=true": "--providers.swarm=true", "--providers.docker": "--providers.swarm"}
_EXPOSED = "--providers.docker.exposedbydefault"


class StackForm:
    """Changes one project in place. `modes` are the modes of workloads whose services are no plain ones."""

    def __init__(self, writing: Writing, root: dict[str, Any], modes: dict[str, str]) -> None:
        self.writing = writing
        self.root = root
        self.modes = modes
        self.paths: dict[str, Path] = {}  # where what a service says is in the model
        self.joins_host = False
        self.of_one_machine = find_family(writing.definition.platform) in ("compose", "score")

    def change(self) -> None:
        """Put all sections into a stack file's words."""
        writing, services = self.writing, self.root["services"]
        for (key, container), name in writing.container_services.items():
            self.paths[name] = ("workloads", key, "containers", container)
        for key, workload in writing.application.workloads.items():
            name = writing.texts.service_names[key]
            self.paths[name] = ("workloads", key)
            self._write_ports(workload, services[name])
            if key in self.modes:
                self._set_mode(services[name], self.modes[key])
        for name, service in services.items():
            if isinstance(service, dict):
                self._change_service(name, service)
        self._change_networks()
        for key in [key for key in self.root if key not in _SECTIONS and not key.startswith("x-")]:
            self._tell(f"the top-level `{key}`", "a stack file has none")
            del self.root[key]

    def drop_unknown(self) -> None:
        """Leave out what `docker stack deploy` would refuse, whoever put it there."""
        for section in _SECTIONS:
            entries = self.root.get(section, {})
            for name, entry in entries.items():
                entries[name], dropped = drop_unknown(section, name, entry, SCHEMA)
                for path in dropped:
                    self._tell(path, "a stack file has none", self.paths.get(name, ()))

    def _tell(self, what: str, why: str, path: Path = ()) -> None:
        self.writing.report("lost", f"{what}: {why}", path)

    def _set_mode(self, service: Service, mode: str) -> None:
        deploy = service.setdefault("deploy", {})
        deploy.setdefault("mode", mode)
        if deploy["mode"].startswith("global"):
            deploy.pop("replicas", None)

    def _change_service(self, name: str, service: Service) -> None:
        path = self.paths.get(name, ())
        self._change_notes(service)
        _change_limits(service)
        self._change_restart(service)
        self._change_network_mode(name, service, path)
        self._change_memory(name, service, path)
        self._change_volumes(name, service, path)
        if isinstance(ports := service.get("ports"), list):
            service["ports"] = [self._change_port(name, port, path) for port in ports]
        if isinstance(files := service.get("env_file"), list):
            service["env_file"] = [each.get("path") if isinstance(each, dict) else each for each in files]
        for key in [key for key in service if key in IGNORED or key in FORBIDDEN]:
            if key not in ("expose", "depends_on") or not path:
                self._tell(f"{name}: {key}", IGNORED.get(key) or FORBIDDEN[key], path)
            del service[key]
        deploy = service.pop("deploy", None)
        if deploy:
            service["deploy"] = deploy

    def _change_notes(self, service: Service) -> None:
        """Write annotations as labels, and the labels of Traefik as those of the service, where it looks for them."""
        labels = service.pop("labels", None) or {}
        if isinstance(labels, list):
            labels = dict(str(each).partition("=")[::2] for each in labels)
        routes = {key: value for key, value in labels.items() if key.lower().startswith(PREFIX)}
        own = {key: value for key, value in labels.items() if key not in routes}
        own.update(service.pop("annotations", None) or {})
        deploy = service.setdefault("deploy", {})
        if own:
            service["labels"] = own
        if routes:
            deploy["labels"] = {**(deploy.get("labels") or {}), **routes}
        if own.get(ROLE) == "init":
            self._set_mode(service, "replicated-job")
        if own.get(ROLE) == ROUTER:
            _lead_swarm(service)

    def _change_restart(self, service: Service) -> None:
        """Write `restart` as a policy of `deploy`, unless one is there."""
        restart = service.pop("restart", None)
        deploy = service.setdefault("deploy", {})
        if restart is None or "restart_policy" in deploy:
            return
        policy, _, attempts = str(restart).partition(":")
        written: dict[str, Any] = {"condition": _CONDITIONS.get(policy, policy)}
        if attempts.isdecimal():
            written["max_attempts"] = int(attempts)
        deploy["restart_policy"] = written

    def _change_network_mode(self, name: str, service: Service, path: Path) -> None:
        mode = service.pop("network_mode", None)
        if mode == _HOST:
            service["networks"] = [_HOST]
            self.joins_host = True
        elif mode is not None:
            why = REASONS["container.sidecar"] if str(mode).startswith("service:") else IGNORED["network_mode"]
            self._tell(f"{name}: network_mode: {mode}", why, path)

    def _change_memory(self, name: str, service: Service, path: Path) -> None:
        """Write `tmpfs` as volumes, which Swarm heeds."""
        folders = service.pop("tmpfs", None) or []
        for folder in [folders] if isinstance(folders, str) else folders:
            target, _, options = str(folder).partition(":")
            volume: dict[str, Any] = {"type": "tmpfs", "target": target}
            others = []
            for option in options.split(",") if options else ():
                if option == "ro":
                    volume["read_only"] = True
                elif option.startswith("size=") and (size := _to_bytes(option[5:])) is not None:
                    volume["tmpfs"] = {"size": size}
                elif option != "rw":
                    others.append(option)
            if others:
                self._tell(f"{name}: {', '.join(others)} of {target}", "a tmpfs of Swarm has a size alone", path)
            service.setdefault("volumes", []).append(volume)

    def _change_volumes(self, name: str, service: Service, path: Path) -> None:
        for volume in service.get("volumes") or ():
            if not isinstance(volume, dict):
                continue
            memory, options = volume.get("tmpfs"), volume.get("volume")
            if isinstance(memory, dict) and isinstance(memory.get("size"), str):
                size = _to_bytes(memory.pop("size"))
                volume["tmpfs"] = {**memory, **({} if size is None else {"size": size})}
            if isinstance(options, dict) and options.pop("subpath", None) is not None:
                self._tell(f"{name}: subpath of {volume.get('target')}", "all of the volume is mounted", path)
                if not options:
                    del volume["volume"]

    def _write_ports(self, workload: Workload, service: Service) -> None:
        """Write the published ports by how they are reached; only for them is something to be said."""
        service.pop("expose", None)
        service.pop("ports", None)
        ports: list[Any] = []
        for key, port in workload.ports.items():
            place = ("workloads", workload.name, "ports", key)
            for exposure in port.exposures:
                if exposure.address is not None:
                    what = f"{workload.name}: port {exposure.port or key} at {exposure.address} alone"
                    self.writing.report("approximated", f"{what}: it is open on every node", place)
                written = self._to_port(port, exposure)
                if written not in ports:
                    ports.append(written)
        if ports:
            service["ports"] = ports

    def _to_port(self, port: Port, exposure: Exposure) -> str | dict[str, Any]:
        """Publish on every node, but for what only the node of the task had; one machine's port is that of every node."""
        if exposure.kind == "host" and not self.of_one_machine:
            written: dict[str, Any] = {"target": port.target}
            if exposure.port is not None:
                written["published"] = exposure.port
            if port.protocol != "tcp":
                written["protocol"] = port.protocol
            return {**written, "mode": "host"}
        suffix = "" if port.protocol == "tcp" else f"/{port.protocol}"
        return f"{port.target}{suffix}" if exposure.port is None else f"{exposure.port}:{port.target}{suffix}"

    def _change_port(self, name: str, port: Any, path: Path) -> Any:
        """Write a published port as a number, without an address; the ports of a model are so already."""
        if isinstance(port, dict):
            changed = {key: port[key] for key in ("target", "published", "protocol", "mode") if key in port}
            if isinstance(published := changed.get("published"), str) and published.isdecimal():
                changed["published"] = int(published)
            if "host_ip" in port:
                self._tell(f"{name}: the address {port['host_ip']} of a port", "it is open on every node", path)
            return changed
        text = str(port)
        try:
            mappings = parse_port(text)
        except ValueError:
            return text
        if not any(mapping.address for mapping in mappings):
            return text
        self._tell(f"{name}: the address of the port {text}", "it is open on every node", path)
        return ":".join(text.rsplit(":", 2)[1:])

    def _change_networks(self) -> None:
        """Make every network an overlay, for no other reaches from node to node."""
        networks: dict[str, Any] = self.root.get("networks", {})
        for name, network in networks.items():
            definition = dict(network) if isinstance(network, dict) else {}
            if "external" not in definition:
                if definition.get("driver") == "bridge":
                    self._tell(f"network {name}: driver bridge", "it ends at its node; an overlay was written")
                    del definition["driver"]
                definition = {"driver": "overlay", **definition}
            networks[name] = definition
        if self.joins_host:
            networks[_HOST] = {"external": True, "name": _HOST}
            self.root["networks"] = networks


def _change_limits(service: Service) -> None:
    """Write limits in the short forms that today's Compose has, too, below `deploy`; a model's are there already."""
    for key, (group, name) in _LIMITS.items():
        value = service.pop(key, None)
        if value is not None:
            resources = service["deploy"].setdefault("resources", {})
            resources.setdefault(group, {}).setdefault(name, value if name == "pids" else str(value))
    replicas = service.pop("scale", None)
    if replicas is not None:
        service["deploy"].setdefault("replicas", replicas)


def _lead_swarm(service: Service) -> None:
    """Have Traefik ask the manager that it runs on for services."""
    command = [
        _OF_TRAEFIK.get(word, word.replace(_EXPOSED, "--providers.swarm.exposedbydefault"))
        for word in service.get("command") or ()
    ]
    service["command"] = command
    placement = service["deploy"].setdefault("placement", {})
    placement.setdefault("constraints", ["node.role == manager"])


def _to_bytes(text: str) -> int | None:
    """Give a size as a number; None for one that hangs on a variable, or on the machine's memory."""
    try:
        return parse_size(text)
    except ValueError:
        return None
