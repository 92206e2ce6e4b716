"""Labels of Traefik on a service: the hosts and paths by which its workload is reached.

Source: https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/.
"""

from collections.abc import Mapping as ABCMapping

from msgspec.structs import replace

from isomorph.model.origin import Path
from isomorph.model.text import print_text
from isomorph.model.workload import Port, Route
from isomorph.platforms.compose.interpolation import spell
from isomorph.platforms.compose.reading import Reading, to_string, to_text
from isomorph.platforms.traefik_rules import read_rule
from isomorph.syntax.tree import Mapping, Node

PREFIX = "traefik."
_ENABLE = "traefik.enable"
_ROUTERS, _SERVICES, _PORT = "traefik.http.routers.", "traefik.http.services.", "loadbalancer.server.port"

Labels = dict[str, tuple[str, Node]]
"""Labels by their lower-case names, as Traefik looks them up: as written, and their values."""


def read_routes(
    reading: Reading, node: Mapping, path: Path, ports: ABCMapping[str, Port]
) -> tuple[dict[str, Route], frozenset[str]]:
    """Give the routes that labels say, and the labels that say nothing else."""
    labels: Labels = {key.lower(): (key, value) for key, value in node.entries.items() if key[:8].lower() == PREFIX}
    enabled = labels.get(_ENABLE)
    if enabled is not None and to_string(enabled[1]).lower() in ("false", "0", "f"):
        return {}, frozenset()
    routes: dict[str, Route] = {}
    said: set[str] = set()
    routers: dict[str, dict[str, Node]] = {}
    targets: dict[str, Node] = {}
    for key, (_, value) in labels.items():
        if key.startswith(_ROUTERS):
            router, _, option = key[len(_ROUTERS) :].partition(".")
            routers.setdefault(router, {})[option] = value
        elif key.startswith(_SERVICES) and key.endswith(f".{_PORT}"):
            targets[key[len(_SERVICES) : -len(_PORT) - 1]] = value
    for router, options in routers.items():
        service = _find_service(options, targets)
        if "rule" not in options or service is None:
            continue
        port = _find_port(reading, targets.get(service), ports)
        if _add_routes(reading, options, port, path, routes):
            said.update(f"{_ROUTERS}{router}.{option}" for option in ("rule", "service", "entrypoints", "tls"))
            said.update((_ENABLE, f"{_SERVICES}{service}.{_PORT}"))
    return routes, frozenset(labels[key][0] for key in said if key in labels)


def _find_service(options: dict[str, Node], targets: dict[str, Node]) -> str | None:
    """Give the name of Traefik's service behind a router; None where it is not this container."""
    named = options.get("service")
    if named is None:
        return next(iter(targets)) if len(targets) == 1 else ""
    name, _, provider = to_string(named).lower().partition("@")
    return name if provider in ("", "docker") else None


def _find_port(reading: Reading, said: Node | None, ports: ABCMapping[str, Port]) -> int | None:
    """Give the port that Traefik leads to: the one that is said, else the lowest that is known."""
    if said is not None:
        text = reading.plain(said)
        return int(text) if text is not None and text.isdecimal() and len(text) < 6 else None
    return min((port.target for port in ports.values() if port.protocol == "tcp"), default=None)


def _add_routes(
    reading: Reading, options: dict[str, Node], port: int | None, path: Path, routes: dict[str, Route]
) -> bool:
    """Add what a router leads; a rule that asks for more than hosts and paths stays with the labels."""
    rule = options["rule"]
    try:
        ways = read_rule(to_text(rule))
    except ValueError as error:
        reading.report("not-modelled", f"a rule of Traefik is kept as a label only: {error}", rule.origin, path)
        return False
    tls = _find_tls(options)
    for host, said_path, match in ways:
        key = f"{print_text(host)}{said_path}"
        place = (*path, "routes", key)
        known = routes.get(key)
        if known is not None:
            _join_known(reading, key, known, Route(host, said_path, port, match), rule, place)
            if tls is not None and not known.tls:  # One router for each way in, HTTP and HTTPS.
                routes[key] = replace(known, tls=True)
                reading.origins[*place, "tls"] = tls.origin
            continue
        routes[key] = Route(host, said_path, port, match, None if tls is None else True)
        reading.origins[place] = rule.origin
        if tls is not None:
            reading.origins[*place, "tls"] = tls.origin
    return True


def _join_known(reading: Reading, key: str, known: Route, other: Route, rule: Node, place: Path) -> None:
    if known.port != other.port or known.match != other.match:
        message = f"two routers of Traefik lead {key}; the first counts"
        reading.report("ambiguous", message, rule.origin, place)


def _find_tls(options: dict[str, Node]) -> Node | None:
    """Give the label that ends TLS at a router: its own, or any that says how."""
    for option, value in options.items():
        if (option == "tls" and spell(to_text(value)).lower() in ("true", "1", "t")) or option.startswith("tls."):
            return value
    return None
