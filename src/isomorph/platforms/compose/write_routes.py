"""Routes as labels of Traefik on the services they lead to, and one service that runs it for the whole project.

Source: https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/.
"""

import re
from collections.abc import Iterable
from typing import Any

from isomorph.model.origin import Path
from isomorph.model.text import print_text
from isomorph.model.workload import Route, Workload
from isomorph.platforms.compose.grouping import ROLE, ROUTER
from isomorph.platforms.compose.naming import Names
from isomorph.platforms.compose.scalars import parse_port
from isomorph.platforms.compose.write_fragments import ROUTES
from isomorph.platforms.compose.writing import Writing
from isomorph.platforms.traefik_rules import write_rule

ROUTER_IMAGE = "traefik:v3.6.25"
"""From 3.6.1 on it speaks to Docker 29, which refuses the versions of its API that earlier ones ask for."""

_SOCKET = "/var/run/docker.sock"
_NOT_IN_NAME = re.compile(r"[^a-z0-9-]+")


def write_routes(writing: Writing) -> None:
    """Write the routes of all workloads, but for those whose own labels come back as they were."""
    names = Names()
    routed: list[Workload] = []
    has_tls = False
    for key, workload in writing.application.workloads.items():
        if not workload.routes or ("workloads", key, "routes") in writing.extras:
            continue
        if workload.networks is not None and not workload.networks:
            for route in workload.routes:
                path = ("workloads", key, "routes", route)
                writing.report("lost", f"{key}: the route {route}, for the workload is in no network", path)
            continue
        service = writing.texts.service_names[key]
        labels = writing.services[service].setdefault("labels", {})
        labels.update(_to_labels(writing, key, workload, _NOT_IN_NAME.sub("-", service.lower()), names))
        has_tls = has_tls or any(route.tls for route in workload.routes.values())
        routed.append(workload)
    if routed and not any(extra.path == ROUTES for extra in writing.fragments["services"].values()):
        name = writing.names_of_services.give("router")
        writing.services[name] = _to_router(writing, routed, has_tls)


def _to_labels(writing: Writing, key: str, workload: Workload, wish: str, names: Names) -> dict[str, str]:
    """Give the labels of one service: a router for each route, and a target for each port."""
    labels = {"traefik.enable": "true"}
    targets: dict[int | None, str] = {}
    for way, route in workload.routes.items():
        path: Path = ("workloads", key, "routes", way)
        router = names.give(wish)
        target = _find_target(workload, route)
        known = target in targets
        service = targets.setdefault(target, router)
        labels[f"traefik.http.routers.{router}.rule"] = writing.texts.print(write_rule(route))
        labels[f"traefik.http.routers.{router}.entrypoints"] = "websecure" if route.tls else "web"
        if route.tls:
            labels[f"traefik.http.routers.{router}.tls"] = "true"
            writing.lose("route.tls", path, f"TLS of the route {way}", "approximated")
        if target is None:
            shown = f"{print_text(route.host)}{route.path}"
            writing.report("assumed", f"{key}: the route {shown} leads to the port that the image exposes", path)
            continue
        labels[f"traefik.http.routers.{router}.service"] = service
        if not known:
            labels[f"traefik.http.services.{service}.loadbalancer.server.port"] = str(target)
    return labels


def _find_target(workload: Workload, route: Route) -> int | None:
    """Give the container's port behind a route; one that says none leads to the first that is offered."""
    if route.port is not None:
        port = workload.ports.get(f"{route.port}/tcp")
        return port.target if port is not None else route.port
    return next((port.target for port in workload.ports.values() if port.offered and port.protocol == "tcp"), None)


def _to_router(writing: Writing, routed: list[Workload], has_tls: bool) -> dict[str, Any]:
    """Give the service that runs Traefik: in all networks that it leads to, on ports of the machine that are free."""
    taken = _published_ports(writing)
    ports = [f"{_free_port(8080, taken)}:80"]
    command = [
        "--providers.docker=true",
        "--providers.docker.exposedbydefault=false",
        "--entrypoints.web.address=:80",
    ]
    if has_tls:
        ports.append(f"{_free_port(8443, taken)}:443")
        command.append("--entrypoints.websecure.address=:443")
    router: dict[str, Any] = {
        "image": ROUTER_IMAGE,
        "command": command,
        "volumes": [f"{_SOCKET}:{_SOCKET}:ro"],
        "ports": ports,
    }
    networks = dict.fromkeys(network for workload in routed for network in workload.networks or ("default",))
    if list(networks) != ["default"]:
        router["networks"] = list(networks)
    router["restart"] = "unless-stopped"
    router["labels"] = {ROLE: ROUTER}
    return router


def _published_ports(writing: Writing) -> set[int]:
    """Give the ports of the machine that services publish, those of fragments among them."""
    services = [*writing.services.values(), *(extra.value for extra in writing.fragments["services"].values())]
    found: set[int] = set()
    for service in services:
        entries = service.get("ports") if isinstance(service, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            found.update(_host_ports(entry))
    return found


def _host_ports(entry: Any) -> Iterable[int]:
    text = str(entry)
    if isinstance(entry, dict):
        text = f"{entry.get('published', '')}:{entry.get('target', '')}"
    try:
        return [mapping.published for mapping in parse_port(text) if mapping.published is not None]
    except ValueError:  # A variable, or what docker compose will refuse.
        return []


def _free_port(wish: int, taken: set[int]) -> int:
    port = wish
    while port in taken:
        port += 1
    taken.add(port)
    return port
