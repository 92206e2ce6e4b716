"""Labels of marathon-lb: what leads to an application from outside (https://github.com/mesosphere/marathon-lb/blob/master/Longhelp.md).

`HAPROXY_GROUP` names the balancers that serve an application; `HAPROXY_0_VHOST` and `HAPROXY_0_PATH` lead HTTP requests to its
first port, and without them the port's `servicePort` is open on the balancer.
"""

import re

from msgspec.structs import replace

from isomorph.model.origin import Path
from isomorph.model.workload import Exposure, Port, Route
from isomorph.platforms.marathon.read_ports import Listening, Networking
from isomorph.platforms.marathon.reading import Reading
from isomorph.platforms.marathon.values import mapping_at, string_map_at
from isomorph.syntax.tree import Mapping

GROUP = "HAPROXY_GROUP"
_LABEL = re.compile(r"HAPROXY_([0-9]+)_(VHOST|PATH|REDIRECT_TO_HTTPS|ENABLED)")


def read_labels(reading: Reading, node: Mapping, path: Path) -> dict[str, str]:
    """Read an application's labels, each with its place, but for those that lead requests."""
    labels = mapping_at(node, "labels")
    found: dict[str, str] = {}
    for name, value in string_map_at(node, "labels").items():
        if name == GROUP or _LABEL.fullmatch(name):
            continue
        found[name] = value
        reading.origins[(*path, "labels", name)] = labels[name].origin
    return found


def read_routes(reading: Reading, node: Mapping, networking: Networking, path: Path) -> dict[str, Route]:
    """Read the routes, and open the service ports that a balancer serves plainly."""
    labels = string_map_at(node, "labels")
    group = labels.get(GROUP)
    written = mapping_at(node, "labels")
    if group is not None:
        reading.keep((*path, "routes"), ("labels", GROUP), written[GROUP])
    by_index: dict[int, dict[str, str]] = {}
    for name, value in labels.items():
        match = _LABEL.fullmatch(name)
        if match is not None and len(match[1]) < 4:
            by_index.setdefault(int(match[1]), {})[match[2]] = value
    routes: dict[str, Route] = {}
    for index, said in by_index.items():
        if "ENABLED" in said:
            name = f"HAPROXY_{index}_ENABLED"
            reading.keep((*path, "routes"), ("labels", name), written[name])
        if index >= len(networking.listening) or not networking.listening[index].keys:
            for word in sorted(set(said) - {"ENABLED"}):
                name = f"HAPROXY_{index}_{word}"
                reading.keep(path, ("labels", name), written[name])
            continue
        _read_indexed(reading, written, index, said, networking, routes, path)
    if group is not None:
        _open_service_ports(reading, networking, by_index, path)
    return routes


def _read_indexed(
    reading: Reading, written: Mapping, index: int, said: dict[str, str], networking: Networking,
    routes: dict[str, Route], path: Path,
) -> None:  # fmt: skip
    if "VHOST" not in said and "PATH" not in said:
        return
    listening = networking.listening[index]
    number = networking.ports[listening.keys[0]].number
    tls = said.get("REDIRECT_TO_HTTPS", "").lower() == "true" or None
    for host in said.get("VHOST", "").split(","):
        for part in said.get("PATH", "/").split():
            route = Route(host.strip(), part, number, "prefix", tls)
            key = f"{route.host}{part}"
            routes[key] = route
            word = "VHOST" if "VHOST" in said else "PATH"
            place = (*path, "routes", key)
            reading.origins[place] = written[f"HAPROXY_{index}_{word}"].origin
            if "PATH" in said:
                reading.origins[(*place, "path")] = written[f"HAPROXY_{index}_PATH"].origin
            if tls:
                reading.origins[(*place, "tls")] = written[f"HAPROXY_{index}_REDIRECT_TO_HTTPS"].origin


def _open_service_ports(
    reading: Reading, networking: Networking, by_index: dict[int, dict[str, str]], path: Path
) -> None:
    """Add the balancer's port to every port that it serves by its number."""
    for index, listening in enumerate(networking.listening):
        said = by_index.get(index, {})
        if not listening.keys or listening.service_port is None or said.get("ENABLED", "").lower() == "false":
            continue
        if "VHOST" in said or "PATH" in said:
            continue
        key = listening.keys[0]
        port = networking.ports[key]
        networking.ports[key] = _exposed(port, listening)
        place = (*path, "ports", key)
        origin = reading.origins[place]
        reading.origins[(*place, "exposures", str(len(port.exposures)))] = origin
        extras = [each for each in reading.extras if each.path == place and each.location == ("servicePort",)]
        for extra in extras:  # It is the exposure now.
            reading.extras.remove(extra)


def _exposed(port: Port, listening: Listening) -> Port:
    return replace(port, exposures=(*port.exposures, Exposure("load-balancer", listening.service_port)))
