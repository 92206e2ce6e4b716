"""Whom a container runs as and what it may do, on which nodes it runs, and whom it may reach."""

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.reasons import PLATFORM_DEFAULT
from isomorph.drift.spelling import print_flag
from isomorph.drift.verdicts import DEFAULT, DRIFT, EXPECTED, Pair
from isomorph.model.workload import Constraint

GRANTED = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
"""What Docker and containerd grant a container that asks for nothing.

Sources: github.com/moby/moby, oci/caps/defaults.go; github.com/containerd/containerd, pkg/oci/spec.go.
"""

_WITHHELD: dict[str, frozenset[str]] = {"nomad": frozenset(("NET_RAW",))}
"""What platforms do not grant of that: the default `allow_caps` of Nomad's docker driver (drivers/shared/capabilities)."""

_FLAGS = (
    ("security.non-root", "non_root"),
    ("security.read-only-root", "read_only_root"),
    ("security.privileged", "privileged"),
    ("security.no-new-privileges", "no_new_privileges"),
)
_ROOT = {"root": "0"}


def read_security(place: Place) -> None:
    """Add the facts on a container's security, but for its capabilities, which are judged together."""
    container = place.container
    assert container is not None
    security = container.security
    base = (*place.base, "security")
    for rule, attribute in (("security.user", "user"), ("security.group", "group")):
        name: str | None = getattr(security, attribute)
        if name:
            place.facts[rule, ""] = Fact(name, (*base, attribute), rule, _ROOT.get(name, name))
    for rule, attribute in _FLAGS:
        flag: bool | None = getattr(security, attribute)
        if flag is not None:
            place.facts[rule, ""] = Fact(print_flag(flag), (*base, attribute), rule)


def weigh_capabilities(pair: Pair, scope: Scope) -> None:
    """Judge capabilities: what both add or drop alike, and what a side says that the other has, or lacks, anyway."""
    ours, theirs = _said(scope.a), _said(scope.b)
    if not pair.same_platform:
        _weigh_withheld(pair, scope, ours, theirs)
        _weigh_imposed(pair, scope, ours, theirs)
    if not ours and not theirs:
        return
    for name in sorted({**ours, **theirs}):
        mine, yours = ours.get(name), theirs.get(name)
        if mine is not None and yours is not None:
            pair.weigh(scope, "security.capability", name, mine, yours)
            continue
        said, silent, place = (mine, theirs, scope.b) if mine is not None else (yours, ours, scope.a)
        assert said is not None
        if name == "ALL" and not pair.same_platform and any(_drops_all(each) for each in scope.sides):
            continue
        if name == "ALL":
            same = said.value == "drop" and _drops_all(place)
        else:
            same = _has(silent, name, place) == (said.value == "add")
        pair.tell(scope, "security.capability", name, mine, yours, DEFAULT if same else DRIFT)


def _weigh_withheld(pair: Pair, scope: Scope, ours: dict[str, Fact], theirs: dict[str, Fact]) -> None:
    """Judge capabilities that neither side mentions and only one platform grants."""
    for name in sorted({name for place in scope.sides for name in _WITHHELD.get(place.view.family, ())}):
        if (
            name in ours
            or name in theirs
            or not all(place.container and place.container.image for place in scope.sides)
        ):
            continue
        granted = [_has(said, name, place) for said, place in zip((ours, theirs), scope.sides, strict=True)]
        if granted[0] != granted[1]:
            names = [place.view.name for place in scope.sides]
            detail = f"{names[granted.index(True)]} grants it, {names[granted.index(False)]} does not"
            pair.tell(scope, "security.capability", name, None, None, EXPECTED, f"{PLATFORM_DEFAULT}: {detail}")


def _weigh_imposed(pair: Pair, scope: Scope, ours: dict[str, Fact], theirs: dict[str, Fact]) -> None:
    """Judge that a platform drops all capabilities, whether or not it is said there."""
    imposed = [_drops_all(place) for place in scope.sides]
    if imposed[0] == imposed[1]:
        return
    other, said = (scope.b, theirs.get("ALL")) if imposed[0] else (scope.a, ours.get("ALL"))
    mine, yours = ours.get("ALL"), theirs.get("ALL")
    if said is None and other.container is not None and other.container.image is not None:
        name = scope.sides[imposed.index(True)].view.name
        detail = f"{name} drops all"
        pair.tell(scope, "security.capability", "ALL", mine, yours, EXPECTED, f"{PLATFORM_DEFAULT}: {detail}")
    elif said is not None and (mine is None or yours is None):
        pair.tell(scope, "security.capability", "ALL", mine, yours, DEFAULT if said.value == "drop" else DRIFT)


def _drops_all(place: Place) -> bool:
    """Tell whether a platform drops all capabilities of its own accord."""
    return place.view.find_default("security.capability", "ALL", place.conditions) == "drop"


def _said(place: Place) -> dict[str, Fact]:
    container = place.container
    assert container is not None
    security = container.security
    base = (*place.base, "security")
    found: dict[str, Fact] = {}
    for word, attribute in (("drop", "capabilities_dropped"), ("add", "capabilities_added")):
        names: tuple[str, ...] | None = getattr(security, attribute)
        for name in names or ():
            plain = name.upper().removeprefix("CAP_")
            found[plain] = Fact(word, (*base, attribute, name), "security.capability")
    return found


def _has(said: dict[str, Fact], name: str, place: Place) -> bool:
    """Tell whether a container has a capability that it does not mention."""
    everything = said.get("ALL")
    if everything is not None:
        return everything.value == "add"
    if _drops_all(place):
        return False
    return name in GRANTED and name not in _WITHHELD.get(place.view.family, ())


def weigh_host_namespaces(pair: Pair, scope: Scope) -> None:
    """Judge the namespaces that a workload shares with its host."""
    spaces = [place.workload.host_namespaces for place in scope.sides]
    for name in dict.fromkeys((*spaces[0], *spaces[1])):
        facts = [
            Fact("true", (*place.base, "host_namespaces", name), "security.host-namespace") if name in shared else None
            for place, shared in zip(scope.sides, spaces, strict=True)
        ]
        pair.weigh(scope, "security.host-namespace", name, facts[0], facts[1])


def weigh_placement(pair: Pair, scope: Scope) -> None:
    """Judge on which nodes instances may run."""
    a, b = (_constraints(place) for place in scope.sides)
    if a or b:
        pair.weigh(scope, "placement.constraint", "", _placement(scope.a, a, b), _placement(scope.b, b, a))


def _constraints(place: Place) -> dict[str, int]:
    """Give a workload's constraints as they are printed, and where in its list each stands."""
    return {_print_constraint(each): index for index, each in enumerate(place.workload.placement)}


def _placement(place: Place, mine: dict[str, int], yours: dict[str, int]) -> Fact | None:
    """Give a side's constraints as one fact that points at the first that the other side has not."""
    if not mine:
        return None
    index = next((index for words, index in mine.items() if words not in yours), 0)
    return Fact(", ".join(sorted(mine)), (*place.base, "placement", str(index)), "placement.constraint")


def _print_constraint(constraint: Constraint) -> str:
    values = "|".join(sorted(constraint.values))
    operator = constraint.operator
    if operator in ("exists", "absent"):
        return f"{constraint.attribute} {operator}"
    if operator == "in":
        operator = "="
    elif operator == "not-in":
        operator = "!="
    return f"{constraint.attribute}{operator}{values}"


def weigh_reach(pair: Pair, scope: Scope) -> None:
    """Judge whom a workload may reach: bounded by named networks, or everyone."""
    said = [place.workload.networks for place in scope.sides]
    if said[0] is None and said[1] is None:
        return
    reached = [place.view.reached(place.key) for place in scope.sides]
    bounded = [len(names) < len(place.view.called) for place, names in zip(scope.sides, reached, strict=True)]
    if not any(bounded) or not any(
        name in pair.a.keys and name in pair.b.keys for name in reached[0] ^ reached[1]
    ):  # Whom only one side has at all, nobody reaches there.
        pair.equal += 1
        return
    facts = [_reach(place) if bound else None for place, bound in zip(scope.sides, bounded, strict=True)]
    pair.weigh(scope, "network.reach", "", facts[0], facts[1])


def _reach(place: Place) -> Fact:
    """Give the networks of a workload that bound it: some other workload shares none of them."""
    networks = place.workload.networks
    if networks is None:
        return Fact("default", place.base, "network.reach", place.view.reached(place.key))
    path = (*place.base, "networks")
    return Fact(",".join(sorted(networks)) or "none", path, "network.reach", place.view.reached(place.key))
