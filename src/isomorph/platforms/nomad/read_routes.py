"""Tags of Traefik on a service: the hosts and paths by which its workload is reached.

Source: https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/nomad/; the same for Consul's catalogue.
"""

from msgspec.structs import replace

from isomorph.model.origin import Origin
from isomorph.model.text import print_text
from isomorph.model.workload import Route
from isomorph.platforms.nomad.draft import Draft
from isomorph.platforms.nomad.reading import items_of, string_at
from isomorph.platforms.nomad.references import Offer
from isomorph.platforms.traefik_rules import read_rule

_ENABLE = "traefik.enable"
_ROUTERS, _SERVICES, _PORT = "traefik.http.routers.", "traefik.http.services.", "loadbalancer.server.port"
_PLAIN = ("rule", "entrypoints", "tls")
"""What a router says that follows from a route: it is written anew."""

Said = dict[str, tuple[str, Origin]]
"""Tags by their names, as Traefik looks them up: their values and places."""


def read_tags(draft: Draft, offer: Offer, index: int) -> None:
    """Read the routes that a service's tags say, and keep tags that say anything else."""
    node = offer.block.body.attributes.get("tags")
    if node is None:
        return
    tags = [string_at(item) for item in items_of(node)]
    said: Said = {}
    for item in items_of(node):
        name, equals, value = string_at(item).partition("=")
        if equals and name.lower().startswith("traefik."):
            said[name.lower()] = (value, item.origin)
    routers = _read_routers(said)
    is_off = said.get(_ENABLE, ("true", None))[0].lower() in ("false", "0", "f")
    read = [] if is_off else [name for name, options in routers.items() if _add_routes(draft, offer, options, said)]
    if not read:
        draft.reading.keep(draft.path, ("service", index, "tags"), tags, node.origin)
        return
    plain = {_ENABLE, *(f"{_ROUTERS}{router}.{option}" for router in read for option in _PLAIN)}
    if len(said) < len(tags) or not plain.issuperset(said):
        draft.reading.keep((*draft.path, "routes"), ("service", index, "tags"), tags, node.origin)


def _read_routers(said: Said) -> dict[str, Said]:
    routers: dict[str, Said] = {}
    for name, value in said.items():
        if name.startswith(_ROUTERS):
            router, _, option = name[len(_ROUTERS) :].partition(".")
            routers.setdefault(router, {})[option] = value
    return routers


def _add_routes(draft: Draft, offer: Offer, options: Said, said: Said) -> bool:
    """Add what a router leads; a rule that asks for more than hosts and paths stays with the tags."""
    if "rule" not in options:
        return False
    rule, origin = options["rule"]
    try:
        ways = read_rule(rule)
    except ValueError as error:
        draft.reading.say("not-modelled", f"a rule of Traefik is kept as a tag only: {error}", origin, draft.path)
        return False
    port = _find_port(offer, said)
    tls = next((each[1] for option, each in options.items() if option == "tls" or option.startswith("tls.")), None)
    if options.get("tls", ("true", origin))[0].lower() in ("false", "0", "f"):
        tls = None
    for host, path, match in ways:
        key = f"{print_text(host)}{path}"
        place = (*draft.path, "routes", key)
        if key not in draft.routes:
            draft.routes[key] = Route(host, path, port, match)
            draft.reading.origins[place] = origin
        if tls is not None:  # One router for each way in, HTTP and HTTPS.
            draft.routes[key] = replace(draft.routes[key], tls=True)
            draft.reading.origins[*place, "tls"] = tls
    return True


def _find_port(offer: Offer, said: Said) -> int | None:
    """Give the port that Traefik leads to: the service's own, unless a tag says another."""
    for name, (value, _) in said.items():
        if name.startswith(_SERVICES) and name.endswith(f".{_PORT}") and value.isdecimal() and len(value) < 6:
            return int(value)
    return offer.target
