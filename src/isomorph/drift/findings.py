"""From verdicts to findings: both sides with their origins, a sentence, a fingerprint, and what shares one cause."""

from collections.abc import Iterable
from hashlib import sha256

from msgspec.structs import replace

from isomorph.drift.causes import Owned, name_causes
from isomorph.drift.facts import Fact, Place
from isomorph.drift.finding import Finding, Side
from isomorph.drift.messages import write_hint, write_message
from isomorph.drift.rules import RULES
from isomorph.drift.severities import weigh_rule
from isomorph.drift.verdicts import Pair, Told
from isomorph.model.origin import Origin
from isomorph.model.secrecy import MASK, mask_text

_ORDER = {rule: index for index, rule in enumerate(RULES)}
_OF_WORKLOADS = ("workload.", "port.", "route.", "dns.", "scale.", "lifecycle.", "placement.", "network.")
_CONTAINERLESS = frozenset(rule for rule in RULES if rule.startswith(_OF_WORKLOADS)) | {"security.host-namespace"}
_DIGITS = 20
"""Hexadecimal digits of a fingerprint."""


def make_findings(pairs: Iterable[Pair]) -> list[Finding]:
    """Give the findings of all pairs, of each by workload, then in the order of the rules."""
    findings: list[Finding] = []
    owners: list[Owned] = []
    for pair in pairs:
        for told in sorted(pair.told, key=_sort_key):
            sides = _sides(told, owners)
            findings.append(_make_finding(pair, told, sides))
    causes = name_causes(findings, owners)
    return [replace(finding, cause=cause) for finding, cause in zip(findings, causes, strict=True)]


def _sort_key(told: Told) -> tuple[str, int, str, str]:
    return told.scope.workload, _ORDER[told.rule], told.scope.container, told.subject


def _make_finding(pair: Pair, told: Told, sides: tuple[Side, Side]) -> Finding:
    rule = RULES[told.rule]
    container = "" if told.rule in _CONTAINERLESS else told.scope.container
    local, said = (pair.a.is_local, pair.b.is_local), (sides[0].value is not None, sides[1].value is not None)
    return Finding(
        fingerprint=_fingerprint(told, told.scope.known_as if container else "", sides),
        cause="",
        rule=told.rule,
        verdict=told.verdict,
        severity=weigh_rule(told.rule, local, said),
        workload=told.scope.workload,
        container=container,
        subject=told.subject,
        between=(pair.a.name, pair.b.name),
        sides=sides,
        message=write_message(told, rule, container, sides),
        reason=told.reason,
        hint=write_hint(told, rule, sides),
    )


def _sides(told: Told, owners: list[Owned]) -> tuple[Side, Side]:
    """Give both sides; adds where each value, and nothing around it, was written."""
    a, b = told.scope.sides
    own = (_own_origin(a, told.a), _own_origin(b, told.b))
    around = (_also_at(told.rule, a, told.a), _also_at(told.rule, b, told.b))
    owners.append(tuple(tuple(each for each in both if each is not None) for both in zip(own, around, strict=True)))
    return _side(a, told.a, own[0], b, told.b), _side(b, told.b, own[1], a, told.a)


def _also_at(rule: str, place: Place, fact: Fact | None) -> Origin | None:
    """Give a further place that may make a finding: the port that is open outside, the store that variables come from, a
    vector whose one word differs.

    The number of the port may be what differs; a store that is not there takes all its variables along.
    """
    origins = place.view.definition.origins
    if rule.startswith("port.") and fact is not None and "ports" in fact.path:
        return origins.exact(fact.path[: fact.path.index("ports") + 2])
    if rule in ("process.command", "process.args") and fact is not None:
        vectors = [index for index, step in enumerate(fact.path) if step in ("command", "args")]
        return origins.exact(fact.path[: vectors[-1] + 1]) if vectors else None
    container = place.container
    if rule in ("variable.missing", "secret.missing") and fact is None and container and container.variables_from:
        return origins.find((*place.base, "variables_from", "0"))
    return None


def _own_origin(place: Place, fact: Fact | None) -> Origin | None:
    """Give where just this value was written, not something around it."""
    if fact is None or fact.from_image is not None:
        return None
    return place.view.definition.origins.exact(fact.path)


def _side(place: Place, fact: Fact | None, own: Origin | None, other_place: Place, other: Fact | None) -> Side:
    """Give one side; where it says nothing, its origin is the nearest thing around the place where it could."""
    if fact is not None:
        origin = own or fact.from_image or place.view.origin(fact.path)
        return Side(place.view.name, MASK if fact.secret else mask_text(fact.value), origin)
    if not place.base:
        return Side(place.view.name)
    path = place.base
    if other is not None and other.path[: len(other_place.base)] == other_place.base:
        path = path + other.path[len(other_place.base) :]
    return Side(place.view.name, None, place.view.origin(path))


def _fingerprint(told: Told, container: str, sides: tuple[Side, Side]) -> str:
    """Give a name for a finding that moved lines and renamed files leave as it is; secrets enter as `secret`."""
    said = []
    for side, fact in zip(sides, (told.a, told.b), strict=True):
        value = "\x00" if side.value is None else "secret" if fact is not None and fact.secret else side.value
        said.append(f"{side.environment}\x02{value}")
    text = "\x01".join((told.scope.workload, container, told.rule, told.subject, *sorted(said)))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
