"""Ports as peers reach them and as containers listen, what is open outside, and the names peers use."""

import msgspec

from isomorph.drift.facts import Fact, Place, Scope, View
from isomorph.drift.finding import Verdict
from isomorph.drift.reasons import CANNOT_SAY, INFORMATION, OPEN_NETWORK, SERVICE_DISCOVERY
from isomorph.drift.texts import scheme_port
from isomorph.drift.verdicts import DRIFT, EXPECTED, MISSING, Pair
from isomorph.model.text import Address, Text
from isomorph.model.workload import Exec, Port, Route, Workload

_LOOPBACK = ("127.", "::1", "localhost")

_LEADS_TO_DECLARED = frozenset(("nomad",))
"""Platforms of an open network whose services still lead to declared ports only: what one definition declares, another of
the same platform must (developer.hashicorp.com/nomad/docs/job-specification/service#port)."""

_NUMBERS_BY_MACHINE = frozenset(("nomad",))
"""Platforms on which peers who know a port by its number, and ask for no other, reach it at that number of the machine."""

Landing = tuple[int, str]
"""Where a port lands: the container's number and the protocol."""


class Offer(msgspec.Struct, frozen=True, gc=False):
    """A port of one side with its key in the model."""

    key: str
    port: Port

    @property
    def landing(self) -> Landing:
        """Give where it lands."""
        return self.port.target, self.port.protocol


def weigh_ports(pair: Pair, scope: Scope) -> None:
    """Judge the ports of both sides, and what is open outside."""
    ours, theirs = scope.a.workload.ports, scope.b.workload.ports
    if not ours and not theirs:
        return
    hidden = _weigh_offers(pair, scope, ours, theirs)
    _weigh_exposures(pair, scope, ours, theirs, hidden)


def _weigh_offers(pair: Pair, scope: Scope, ours: dict[str, Port], theirs: dict[str, Port]) -> set[Landing]:
    """Match the ports of both sides; gives the landings whose exposure a missing port hides."""
    mine = {key: Offer(key, port) for key, port in ours.items() if port.offered}
    yours = {key: Offer(key, port) for key, port in theirs.items() if port.offered}
    for key in [key for key, offer in mine.items() if key in yours and offer.landing == yours[key].landing]:
        pair.equal += 1
        del mine[key], yours[key]
    hidden: set[Landing] = set()
    if pair.a.numbers_ports and pair.b.numbers_ports:
        _match_numbers(pair, scope, mine, yours)
        _match_landings(pair, scope, mine, yours, hidden)
    else:
        _match_landings(pair, scope, mine, yours, hidden)
        _match_numbers(pair, scope, mine, yours)
    for side, left in ((0, mine), (1, yours)):
        for offer in left.values():
            _weigh_alone(pair, scope, offer, side, hidden)
    _weigh_information(pair, scope, ours, theirs)
    return hidden


def _match_landings(
    pair: Pair, scope: Scope, mine: dict[str, Offer], yours: dict[str, Offer], hidden: set[Landing]
) -> None:
    """Match ports that land on one container port: another number for peers is expected, unless somebody uses the old one."""
    lands = {offer.landing: offer for offer in yours.values()}
    all_lands = [{port.target for port in place.workload.ports.values() if port.offered} for place in scope.sides]
    for key, offer in list(mine.items()):
        other = lands.get(offer.landing)
        if other is not None:
            del mine[key]
            yours.pop(other.key, None)
            _weigh_numbers(pair, scope, offer, other)
    for side, left in ((0, mine), (1, yours)):  # One more number for a landing that the other side has too.
        for key, offer in list(left.items()):
            if offer.port.target in all_lands[1 - side]:
                del left[key]
                _tell_port(pair, scope, "port.missing", offer, side, EXPECTED, SERVICE_DISCOVERY)


def _weigh_numbers(pair: Pair, scope: Scope, mine: Offer, yours: Offer) -> None:
    """Judge two numbers under which peers reach one container port."""
    if mine.port.number == yours.port.number:
        pair.equal += 1
        return
    lost = False
    for side, offer in ((0, mine), (1, yours)):
        other = scope.sides[1 - side]
        old = offer.port.number
        if not other.view.is_open and _is_used(other.view, other.key, old):
            pair.records.add((scope.workload, str(old)))
            _tell_port(pair, scope, "port.missing", offer, side, MISSING, None)
            lost = True
    if lost:
        return
    if pair.same_family and not (pair.a.is_open or pair.b.is_open):
        # Two definitions of one kind, and no text uses either number: images know it by heart, as they know names.
        for side, offer in ((0, mine), (1, yours)):
            _tell_port(pair, scope, "port.missing", offer, side, MISSING, None)
        return
    facts = [_port_fact(place, offer) for place, offer in zip(scope.sides, (mine, yours), strict=True)]
    # The number of the side that has numbers for peers of its own; of two such, the same one whichever side is first.
    offers = ((pair.a, mine), (pair.b, yours))
    subject = min(offer.key for view, offer in offers if not view.is_open or (pair.a.is_open and pair.b.is_open))
    detail = (
        f"{SERVICE_DISCOVERY}: peers use {mine.port.number} on {pair.a.name} and {yours.port.number} on {pair.b.name}"
    )
    pair.tell(scope, "port.missing", subject, facts[0], facts[1], EXPECTED, detail)


def _match_numbers(pair: Pair, scope: Scope, mine: dict[str, Offer], yours: dict[str, Offer]) -> None:
    """Match ports of one number: they land elsewhere, or speak another protocol."""
    for key, offer in list(mine.items()):
        other = yours.get(key)
        if other is not None:
            del mine[key], yours[key]
            facts = [
                Fact(str(each.port.target), (*place.base, "ports", each.key, "target"), "port.target")
                for place, each in zip(scope.sides, (offer, other), strict=True)
            ]
            if pair.weigh(scope, "port.target", key, facts[0], facts[1]) is DRIFT:
                pair.records.add((scope.workload, str(offer.port.number)))
    by_number = {offer.port.number: offer for offer in yours.values()}
    for key, offer in list(mine.items()):
        other = by_number.get(offer.port.number)
        if other is not None and other.key in yours:
            del mine[key], yours[other.key]
            facts = [
                Fact(each.port.protocol, (*place.base, "ports", each.key, "protocol"), "port")
                for place, each in zip(scope.sides, (offer, other), strict=True)
            ]
            pair.weigh(scope, "port.protocol", str(offer.port.number), facts[0], facts[1])


def _weigh_alone(pair: Pair, scope: Scope, offer: Offer, side: int, hidden: set[Landing]) -> None:
    """Judge a port that only one side offers."""
    silent = scope.sides[1 - side]
    if silent.view.is_open and not (pair.same_platform and silent.view.family in _LEADS_TO_DECLARED):
        _tell_port(pair, scope, "port.missing", offer, side, EXPECTED, OPEN_NETWORK)
        return
    ours, theirs = _sided(_port_fact(scope.sides[side], offer), side)
    verdict = pair.weigh(scope, "port.missing", offer.key, ours, theirs)
    if verdict is MISSING:
        hidden.add(offer.landing)
        pair.records.add((scope.workload, str(offer.port.number)))


def _weigh_information(pair: Pair, scope: Scope, ours: dict[str, Port], theirs: dict[str, Port]) -> None:
    """Judge container ports that nothing offers: they are noted for people only."""
    known = [{(port.target, port.protocol) for port in ports.values()} for ports in (ours, theirs)]
    for side, ports in ((0, ours), (1, theirs)):
        for key, port in ports.items():
            if not port.offered and (port.target, port.protocol) not in known[1 - side]:
                reason = OPEN_NETWORK if scope.sides[1 - side].view.is_open else INFORMATION
                _tell_port(pair, scope, "port.missing", Offer(key, port), side, EXPECTED, reason)


def _port_fact(place: Place, offer: Offer) -> Fact:
    return Fact(str(offer.port.target), (*place.base, "ports", offer.key), "port")


def _sided(fact: Fact, side: int) -> tuple[Fact | None, Fact | None]:
    return (fact, None) if side == 0 else (None, fact)


def _tell_port(
    pair: Pair, scope: Scope, rule: str, offer: Offer, side: int, verdict: Verdict, reason: str | None
) -> None:
    ours, theirs = _sided(_port_fact(scope.sides[side], offer), side)
    pair.tell(scope, rule, offer.key, ours, theirs, verdict, reason)


def _is_used(view: View, workload: str, number: int) -> bool:
    """Tell whether a text of some workload refers to a port of a workload by its number."""
    if view.used_ports is None:
        view.used_ports = find_used_ports(view)
    return (workload, number) in view.used_ports


def find_used_ports(view: View) -> frozenset[tuple[str, int]]:
    """Find the (workload, number) that texts of a definition refer to."""
    found: set[tuple[str, int]] = set()
    for workload in view.application.workloads.values():
        for text in texts_of(workload):
            before = ""
            for part in text:
                if isinstance(part, Address):
                    number = part.port or scheme_port(before)
                    if number is not None:
                        found.add((part.workload, number))
                before = part if isinstance(part, str) else ""
    return frozenset(found)


def texts_of(workload: Workload) -> list[tuple[object, ...]]:
    """Give the texts of a workload that hold references."""
    found: list[Text] = []
    for container in workload.containers.values():
        found += container.variables.values()
        found += container.command or ()
        found += container.args or ()
        for file in container.files.values():
            if isinstance(file.content, tuple):
                found.append(file.content)
        for probe in (container.liveness, container.readiness, container.startup):
            if probe is not None and isinstance(probe.check, Exec):
                found += probe.check.command
    return [text for text in found if not isinstance(text, str)]


def _weigh_exposures(
    pair: Pair, scope: Scope, ours: dict[str, Port], theirs: dict[str, Port], hidden: set[Landing]
) -> None:
    """Judge what is open outside, by the container's port."""
    mine, yours = _outside(scope.a, ours), _outside(scope.b, theirs)
    for landing in {**mine, **yours}:
        if landing in hidden:
            continue
        facts, subject = (mine.get(landing), yours.get(landing)), f"{landing[0]}/{landing[1]}"
        if not pair.same_platform and _is_for_peers(scope, landing, facts):
            pair.tell(scope, "port.exposure", subject, *facts, EXPECTED, SERVICE_DISCOVERY)
        else:
            pair.weigh(scope, "port.exposure", subject, *facts)


def _is_for_peers(scope: Scope, landing: Landing, facts: tuple[Fact | None, Fact | None]) -> bool:
    """Tell whether a number of the machine is what peers know a port by, whose texts name its workload without a port."""
    for side, (place, fact) in enumerate(zip(scope.sides, facts, strict=True)):
        other = scope.sides[1 - side]
        if fact is None or facts[1 - side] is not None or place.view.family not in _NUMBERS_BY_MACHINE:
            continue
        # Where peers know no other number than the container's, any other may be the one that they know here.
        ports = [port for each in scope.sides for port in each.workload.ports.values() if port.target == landing[0]]
        known = {str(number) for port in ports for number in (port.number, port.target)}
        return (not other.view.numbers_ports or fact.key <= known) and _is_named_bare(place.view, place.key)
    return False


def _is_named_bare(view: View, key: str) -> bool:
    if view.bare_names is None:
        view.bare_names = find_bare_names(view)
    return key in view.bare_names


def find_bare_names(view: View) -> frozenset[str]:
    """Find the workloads whose address stands in a text of another one with no port after it."""
    found: set[str] = set()
    for name, workload in view.application.workloads.items():
        for text in texts_of(workload):
            before = ""
            for part in text:
                if (
                    isinstance(part, Address)
                    and part.workload != name
                    and part.port is None
                    and not scheme_port(before)
                ):
                    found.add(part.workload)
                before = part if isinstance(part, str) else ""
    return frozenset(found)


def _outside(place: Place, ports: dict[str, Port]) -> dict[Landing, Fact]:
    """Give the set of ports outside that lead to each container port."""
    found: dict[Landing, Fact] = {}
    numbers: dict[Landing, list[str]] = {}
    for key, port in ports.items():
        for index, exposure in enumerate(port.exposures):
            if exposure.address is not None and exposure.address.startswith(_LOOPBACK):
                continue
            landing = (port.target, port.protocol)
            said = numbers.setdefault(landing, [])
            number = "*" if exposure.port is None else str(exposure.port)
            if number not in said:
                said.append(number)
            if landing not in found:
                path = (*place.base, "ports", key, "exposures", str(index))
                found[landing] = Fact("", path, f"port.exposure.{exposure.kind}")
    return {
        landing: Fact(",".join(numbers[landing]), fact.path, fact.field, frozenset(numbers[landing]))
        for landing, fact in found.items()
    }


def weigh_routes(pair: Pair, scope: Scope) -> None:
    """Judge the routes of both sides: one that moved to another host or path, those on one side only, and their TLS."""
    mine, yours = dict(scope.a.workload.routes), dict(scope.b.workload.routes)
    if not mine and not yours:
        return
    for key in [key for key in mine if key in yours]:
        rule = "route.missing" if mine[key].match == yours[key].match else "route.path"
        _weigh_route(pair, scope, rule, key, (key, key))
        del mine[key], yours[key]
    for rule, same in (("route.path", "host"), ("route.host", "path")):
        for left, right in _moved(mine, yours, same):
            # The same subject whichever side is first.
            _weigh_route(pair, scope, rule, min(left, right), (left, right))
            del mine[left], yours[right]
    for side, routes in ((0, mine), (1, yours)):
        for key in routes:
            ours, theirs = _sided(_route_fact(scope.sides[side], key), side)
            reason = None if pair.same_platform else _without_router(scope.sides[1 - side].view)
            if reason is not None:
                pair.tell(scope, "route.missing", key, ours, theirs, EXPECTED, reason)
            else:
                pair.weigh(scope, "route.missing", key, ours, theirs)


def _without_router(view: View) -> str | None:
    """Say why a definition leads nothing by host and path: its platform takes a router for that, and it runs none."""
    row = view.support.get("route.host")
    if row is None or row.level != "lossy":
        return None
    if any(extra.path == ("routes",) for extra in view.definition.extras):
        return None
    if any(workload.routes for workload in view.application.workloads.values()):
        return None
    return f"{CANNOT_SAY}: {row.reason}"


def _moved(mine: dict[str, Route], yours: dict[str, Route], same: str) -> list[tuple[str, str]]:
    """Match routes that are alone on their side in having a host (or path): one that moved, not two that are missing."""
    found: dict[object, tuple[list[str], list[str]]] = {}
    for side, routes in ((0, mine), (1, yours)):
        for key, route in routes.items():
            found.setdefault(getattr(route, same), ([], []))[side].append(key)
    return [(left[0], right[0]) for left, right in found.values() if len(left) == 1 and len(right) == 1]


def _weigh_route(pair: Pair, scope: Scope, rule: str, subject: str, keys: tuple[str, str]) -> None:
    """Judge one route of both sides: host, path and how it matches, where it leads, and its TLS."""
    facts = [_route_fact(place, key) for place, key in zip(scope.sides, keys, strict=True)]
    if keys[0] != keys[1]:
        part = (rule.removeprefix("route."),)
        facts = [
            msgspec.structs.replace(fact, value=f"{key} to {fact.value}", key=(key, fact.key), path=fact.path + part)
            for fact, key in zip(facts, keys, strict=True)
        ]
    pair.weigh(scope, rule, subject, facts[0], facts[1])
    flags = [
        Fact("true", (*place.base, "routes", key, "tls"), "route.tls") if place.workload.routes[key].tls else None
        for place, key in zip(scope.sides, keys, strict=True)
    ]
    if flags[0] is not None or flags[1] is not None:
        pair.weigh(scope, "route.tls", subject, flags[0], flags[1])


def _route_fact(place: Place, key: str) -> Fact:
    route = place.workload.routes[key]
    name = place.view.called.get(place.key, place.key)
    value = f"{name}:{route.port}" if route.port is not None else name
    if route.match != "prefix":
        value = f"{value} ({route.match} path)"
    port = place.view.landing(place.key, route.port) if route.port is not None else _only_port(place)
    landing = (port.target if port is not None else route.port, route.match)
    return Fact(value, (*place.base, "routes", key), "route.path", landing)


def _only_port(place: Place) -> Port | None:
    """Give the port that a route without one leads to, where there is no choice."""
    ports = [port for port in place.workload.ports.values() if port.offered]
    return ports[0] if len(ports) == 1 else None


def weigh_names(pair: Pair, scope: Scope) -> None:
    """Judge the short names of a workload where a platform gives them by objects of their own; else only names in use count.

    On an open network (Compose) every service has its name of its own accord, whether anybody means it or not; only the name
    that its Score file gives it is meant.
    """
    if not pair.same_family:
        return
    mine, yours = ({name.lower(): name for name in place.workload.names if "." not in name} for place in scope.sides)
    if scope.a.view.is_open:
        own = [
            place.key for place in scope.sides if place.view.environment.said_besides and place.view.family == "compose"
        ]
        meant = {name.lower(): name for name in own}
    else:
        meant = {**mine, **yours}
    for low, name in meant.items():
        if (low in mine) != (low in yours):
            pair.lost_names.setdefault((scope.workload, low), name)


def tell_lost_names(pair: Pair, scopes: dict[str, Scope]) -> None:
    """Tell the names of workloads that only one side resolves."""
    for (workload, low), name in pair.lost_names.items():
        scope = scopes.get(workload)
        if scope is None:
            continue
        facts = [_name_fact(place, low) for place in scope.sides]
        if (facts[0] is None) != (facts[1] is None):
            pair.tell(scope, "dns.record", name, facts[0], facts[1], DRIFT)


def _name_fact(place: Place, low: str) -> Fact | None:
    for name in place.workload.names:
        if name.lower() == low:
            return Fact(name, (*place.base, "names", name), "dns.record")
    return None
