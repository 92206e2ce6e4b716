"""Networks and ports: port mappings with virtual addresses, service ports that no other application has, and routes."""

import re
from typing import Any

from msgspec.structs import replace

from isomorph.model.origin import Path
from isomorph.model.text import Text
from isomorph.model.workload import Http, Port, Probe, Route, Tcp, Workload
from isomorph.platforms.marathon.ids import to_part
from isomorph.platforms.marathon.read_routes import GROUP
from isomorph.platforms.marathon.write_text import print_text
from isomorph.platforms.marathon.writing import FIRST_SERVICE_PORT, Construct, Writing

_PORT_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_LOOPBACK = ("127.", "::1", "localhost")


class Ports:
    """The port mappings of one workload as they are written, and the ports of the model behind each."""

    def __init__(self) -> None:
        self.written: list[Construct] = []
        self.behind: list[dict[str, Port]] = []  # by key, for each mapping

    def index_of(self, target: int | str) -> int | None:
        """Give the index of the mapping that leads to a container's port, by number or name."""
        for index, ports in enumerate(self.behind):
            if any(target in (port.target, port.name) and port.protocol == "tcp" for port in ports.values()):
                return index
        match = re.fullmatch(r"PORT([0-9]{1,3})", str(target))
        return int(match[1]) if match else None


def network_mode(workload: Workload) -> str:
    """Give the mode of a workload's network."""
    if "network" in workload.host_namespaces:
        return "host"
    return "container" if named_networks(workload) else "container/bridge"


def named_networks(workload: Workload) -> tuple[str, ...]:
    """Give the networks that a workload joins; `default` is Docker's own."""
    return tuple(name for name in workload.networks or () if name != "default")


def write_networks(writing: Writing, workload: Workload, key: str, most: int) -> list[Construct]:
    """Write the networks: the agent's own, named ones, or a bridge. Of named ones, an application takes one."""
    mode = network_mode(workload)
    if mode != "container":
        return [{"mode": mode}]
    names = named_networks(workload)
    if len(names) > most:
        writing.lose("network.reach", ("workloads", key, "networks"), f"networks {', '.join(names[most:])}")
    return [{"mode": "container", "name": name} for name in names[:most]]


def ports_of(writing: Writing, key: str, workload: Workload) -> dict[str, Port]:
    """Give a workload's ports, with those that texts of others or its own checks use and nothing declares."""
    ports = {**workload.ports, **writing.implied.get(key, {})}
    targets = {port.target for port in ports.values()}
    for container in workload.containers.values():
        for probe in (container.readiness, container.liveness):
            number = _asked(probe)
            if number is not None and number not in targets:
                targets.add(number)
                ports.setdefault(f"{number}/tcp", Port(number, number, offered=False))
    return ports


def _asked(probe: Probe | None) -> int | None:
    check = probe.check if probe is not None else None
    return check.port if isinstance(check, Http | Tcp) and isinstance(check.port, int) else None


def assign_service_ports(writing: Writing) -> None:
    """Give every port of an application a service port that no other has: as it was said, else the next from 10000."""
    taken: set[int] = set()
    wanted: list[tuple[str, str]] = []
    for key, workload in sorted(writing.workloads.items(), key=lambda item: writing.ids[item[0]]):
        for name, port in ports_of(writing, key, workload).items():
            said = writing.take_extra(("workloads", key, "ports", name), "servicePort")
            balanced = next((each.port for each in port.exposures if each.kind == "load-balancer" and each.port), None)
            number = port.target if network_mode(workload) == "host" else balanced or said
            if isinstance(number, int) and number not in taken:
                taken.add(number)
                writing.service_ports[key, name] = number
                continue
            if writing.own and number is None:
                continue  # Left to Marathon.
            if balanced:
                message = f"{key}: another application has the service port {number}; it gets one of its own"
                writing.report("approximated", message, ("workloads", key, "ports", name))
            wanted.append((key, name))
    number = FIRST_SERVICE_PORT
    for each in wanted:
        while number in taken:
            number += 1
        taken.add(number)
        writing.service_ports[each] = number


def write_ports(writing: Writing, key: str, workload: Workload) -> Ports:
    """Write an application's port mappings (on the agent's own network its port definitions)."""
    ports, host = Ports(), network_mode(workload) == "host"
    names: set[str] = set()
    for group in _together(ports_of(writing, key, workload)):
        name, port = next(iter(group.items()))
        path = ("workloads", key, "ports", name)
        written: Construct = {"port" if host else "containerPort": port.target}
        outside = _host_port(writing, port, path, host)
        if not host and (outside is not None or network_mode(workload) == "container/bridge"):
            written["hostPort"] = outside or 0
        if not host and (key, name) in writing.service_ports:
            written["servicePort"] = writing.service_ports[key, name]
        protocols = [each.protocol for each in group.values()]
        written["protocol"] = "udp,tcp" if len(protocols) == 2 else protocols[0]
        if port.name is not None and _PORT_NAME.fullmatch(port.name) and port.name not in names:
            names.add(port.name)
            written["name"] = port.name
        if labels := vip_labels(writing, key, port):
            written["labels"] = labels
        ports.written.append(written)
        ports.behind.append(group)
        writing.constructs[path] = written
    return ports


def _together(ports: dict[str, Port]) -> list[dict[str, Port]]:
    """Put what is one port for TCP and UDP together."""
    groups: dict[Port, dict[str, Port]] = {}
    for name, port in ports.items():
        if port.protocol not in ("tcp", "udp"):
            continue
        groups.setdefault(replace(port, protocol="tcp", exposures=()), {})[name] = port
    return list(groups.values())


def vip_labels(writing: Writing, key: str, port: Port) -> dict[str, str]:
    """Write the virtual addresses of a port that peers reach."""
    names = writing.vips[key] if port.offered else ()
    return {f"VIP_{index}": f"/{name}:{port.number}" for index, name in enumerate(names)}


def _host_port(writing: Writing, port: Port, path: Path, host: bool) -> int | None:
    """Give the port of the agent; the other ways to be reached from outside are told."""
    found: int | None = None
    for exposure in port.exposures:
        if exposure.kind == "load-balancer":
            continue
        if exposure.address is not None and exposure.address.startswith(_LOOPBACK):
            writing.report(
                "lost", f"{path[1]}: port {port.target} is open on the machine only, which is no place here", path
            )
        elif exposure.port is None:
            writing.report("approximated", f"{path[1]}: Mesos picks a port of the agent for {port.target}", path)
        elif found is None:
            found = exposure.port
            if exposure.kind == "node":
                writing.lose("port.exposure.node", path, f"port {exposure.port} of every node", "approximated")
            if host and found != port.target:
                writing.report("approximated", f"{path[1]}: on the agent's network, {port.target} is the port", path)
        elif exposure.port != found:
            writing.report("lost", f"{path[1]}: a second port {exposure.port} of the agent", path)
    if port.protocol == "sctp":
        writing.report("lost", f"{path[1]}: Marathon knows TCP and UDP, not SCTP ({port.number})", path)
    return found


def write_routes(writing: Writing, key: str, workload: Workload, ports: Ports, labels: Construct) -> None:
    """Write the labels by which marathon-lb leads requests, and opens service ports."""
    by_index: dict[int, list[tuple[str, Route]]] = {}
    for name, route in workload.routes.items():
        index = _route_index(ports, route)
        if index is None:
            message = f"{key}: route {name} leads to no port of the workload"
            writing.report("lost", message, ("workloads", key, "routes", name))
        else:
            by_index.setdefault(index, []).append((name, route))
    for index, routes in sorted(by_index.items()):
        first = True
        for group in _by_path(writing, key, routes):
            at = index if first else _copy_mapping(writing, key, workload, ports, index)
            first = False
            _write_route(writing, key, group, at, labels)
    _write_balanced(writing, key, ports, set(by_index), labels)


def _route_index(ports: Ports, route: Route) -> int | None:
    if route.port is None:
        return 0 if ports.written else None
    for index, group in enumerate(ports.behind):
        if any(port.number == route.port for port in group.values()):
            return index
    return None


def _by_path(writing: Writing, key: str, routes: list[tuple[str, Route]]) -> list[list[Route]]:
    """Group routes that one set of labels says: those of one path; tells what is only nearly said."""
    groups: dict[tuple[str, bool, bool], list[Route]] = {}
    for name, route in routes:
        path = ("workloads", key, "routes", name)
        if route.match != "prefix":
            writing.lose("route.path", path, f"{name} matches by {route.match}", "approximated")
        if route.tls_secret:
            writing.lose("route.tls", path, f"the certificate in {route.tls_secret}", "approximated")
        if route.host == "" and route.path == "/":
            writing.lose("route.host", path, f"{name} leads every host and path")
            continue
        groups.setdefault((route.path, bool(route.tls), route.host == ""), []).append(route)
    return list(groups.values())


def _copy_mapping(writing: Writing, key: str, workload: Workload, ports: Ports, index: int) -> int:
    """Repeat a port mapping, for marathon-lb leads by one path for each."""
    if network_mode(workload) == "host":
        return index
    taken = set(writing.service_ports.values())
    number = next(each for each in range(FIRST_SERVICE_PORT, 65536) if each not in taken)
    copy: dict[str, Any] = {
        name: value for name, value in ports.written[index].items() if name not in ("name", "labels")
    }
    copy.update({"hostPort": 0} if "hostPort" in copy else {}, servicePort=number)
    writing.service_ports[key, f"copy {len(ports.written)}"] = number
    ports.written.append(copy)
    ports.behind.append({})
    return len(ports.written) - 1


def _write_route(writing: Writing, key: str, routes: list[Route], index: int, labels: Construct) -> None:
    labels.setdefault(GROUP, "external")
    hosts = [_host(writing, key, route.host) for route in routes if route.host != ""]
    prefix = f"HAPROXY_{index}"
    if hosts:
        labels[f"{prefix}_VHOST"] = ",".join(hosts)
    if routes[0].path not in ("", "/"):
        labels[f"{prefix}_PATH"] = routes[0].path
    if routes[0].tls:
        labels[f"{prefix}_REDIRECT_TO_HTTPS"] = "true"


def _host(writing: Writing, key: str, host: Text) -> str:
    return print_text(writing, host, ("workloads", key, "routes"))


def _write_balanced(writing: Writing, key: str, ports: Ports, routed: set[int], labels: Construct) -> None:
    """Open the service ports of what a load balancer serves; those that it does not serve are closed."""
    open_ports: list[int] = []
    for index, group in enumerate(ports.behind):
        for name, port in group.items():
            if any(each.kind == "load-balancer" for each in port.exposures):
                _check_balanced(writing, key, name, port, index in routed)
                open_ports.append(index)
    if writing.own or (not open_ports and GROUP not in labels):
        return  # Marathon's own definitions say it themselves.
    labels.setdefault(GROUP, "external")
    for index, group in enumerate(ports.behind):
        if group and index not in open_ports and index not in routed:
            labels[f"HAPROXY_{index}_ENABLED"] = "false"


def _check_balanced(writing: Writing, key: str, name: str, port: Port, routed: bool) -> None:
    path = ("workloads", key, "ports", name)
    number = writing.service_ports.get((key, name))
    if routed:
        message = f"{key}: the balancer's port {number} is served beside the routes, and is not told from them"
        writing.report("approximated", message, path)
    elif all(each.port != number for each in port.exposures if each.kind == "load-balancer"):
        writing.report("approximated", f"{key}: the balancer opens port {number}", path)


def write_endpoints(writing: Writing, key: str, workload: Workload) -> list[Construct]:
    """Write the endpoints of a pod, whose ports have names."""
    written: list[Construct] = []
    names: set[str] = set()
    for group in _together(ports_of(writing, key, workload)):
        name, port = next(iter(group.items()))
        path = ("workloads", key, "ports", name)
        wish = to_part(port.name or f"port-{port.target}").replace(".", "-")[:60]
        own = wish if wish not in names else f"{wish}-{len(names)}"
        names.add(own)
        host = network_mode(workload) == "host"
        outside = _host_port(writing, port, path, host)
        endpoint: Construct = {"name": own}
        if host:
            endpoint["hostPort"] = port.target
        else:
            endpoint["containerPort"] = port.target
            if outside is not None or network_mode(workload) == "container/bridge":
                endpoint["hostPort"] = outside or 0
        endpoint["protocol"] = [each.protocol for each in group.values()]
        if labels := vip_labels(writing, key, port):
            endpoint["labels"] = labels
        written.append(endpoint)
        writing.constructs[path] = endpoint
        for exposure in port.exposures:
            if exposure.kind == "load-balancer":
                writing.report(
                    "lost", f"{key}: pods have no service ports, which a balancer opens ({port.number})", path
                )
    return written
