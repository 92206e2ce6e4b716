"""Routes as tags of the service that they lead to, for a Traefik that reads Nomad's or Consul's catalogue.

Source: https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/nomad/. The port is the service's.
"""

import re

from isomorph.model.origin import Path
from isomorph.model.text import Text, parts_of
from isomorph.model.workload import Route
from isomorph.platforms.nomad.writing import Names, Offer, Peer, Writing
from isomorph.platforms.traefik_rules import write_rule

_NOT_IN_NAME = re.compile(r"[^a-z0-9-]+")


def write_tags(writing: Writing, peer: Peer) -> dict[str, list[str]]:
    """Give the tags of a workload's services, by the label of the port that each leads to."""
    tags: dict[str, list[str]] = {}
    if ("workloads", peer.key, "routes") in writing.extras:
        return tags  # They come back as they were.
    names = Names()
    for key, route in peer.workload.routes.items():
        path: Path = ("workloads", peer.key, "routes", key)
        offer = _find_offer(peer, route)
        if offer is None:
            writing.report("lost", f"{peer.key}: the route {key}, for no port is offered", path)
            continue
        own = tags.setdefault(offer.label, ["traefik.enable=true"])
        router = names.give(_NOT_IN_NAME.sub("-", offer.service.lower()))
        own.append(f"traefik.http.routers.{router}.rule={_spell(writing, write_rule(route), path)}")
        own.append(f"traefik.http.routers.{router}.entrypoints={'websecure' if route.tls else 'web'}")
        if route.tls:
            own.append(f"traefik.http.routers.{router}.tls=true")
            writing.lose("route.tls", path, f"TLS of the route {key}", "approximated")
        field = "route.host" if route.host else "route.path"
        writing.report_once(
            "assumed",
            f"{peer.key}: its routes are tags for Traefik, which is to run in the cluster",
            (*path[:3], field),
        )
    return tags


def _find_offer(peer: Peer, route: Route) -> Offer | None:
    if route.port is not None:
        return peer.find_offer(route.port)
    return next((offer for offer in peer.offers if offer.service and offer.protocol == "tcp"), None)


def _spell(writing: Writing, text: Text, path: Path) -> str:
    if isinstance(text, str):
        return text
    spelled: list[str] = []
    for part in parts_of(text):
        if isinstance(part, str):
            spelled.append(part)
        else:
            spelled.append(getattr(part, "expression", ""))
            writing.report("lost", f"{path[1]}: a route whose host is not known here", path)
    return "".join(spelled)
