"""What a container is granted and held to, how many instances run, and what follows an exit."""

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.reasons import CANNOT_SAY, NO_EXACT_CONVERSION, PLATFORM_DEFAULT, find_entry
from isomorph.drift.spelling import print_bytes, print_cpu
from isomorph.drift.verdicts import DEFAULT, EXPECTED, Pair
from isomorph.model.text import Placeholder
from isomorph.model.workload import Kind

_FILLS_REQUESTS = frozenset(("kubernetes",))
"""Platforms that take a limit as the request where none is said (kubernetes.io, *Pod defaults*, read back from an API server)."""
_ONE_NUMBER = frozenset(("marathon", "nomad"))
"""Platforms on which what is granted and what it is held to is one number, unless more is said: a limit alone is not sayable."""
_LEAST_MEMORY = {"nomad": 10 << 20}
"""Bytes of memory that a platform grants at least, whoever asks for less (Nomad: MinResources in nomad/structs/structs.go)."""
_RESTARTS_ALWAYS = frozenset(("marathon",))
"""Platforms that start again whatever ended, by their nature and without a word in the definition."""
_OWN_FIELDS = frozenset(("cpu", "memory"))
_COUNTED = (Kind.SERVICE, Kind.STATEFUL)
"""Kinds that run a number of instances; a daemon runs as many as there are nodes, a job has its own counts."""


Amounts = dict[str, int | Placeholder]


def weigh_compute(pair: Pair, scope: Scope) -> None:
    """Judge the compute of both sides; where a platform fills a request from the limit, silence means the limit."""
    a, b = scope.a.container, scope.b.container
    assert a is not None
    assert b is not None
    if a.compute == b.compute and pair.same_platform:
        pair.equal += len(a.compute.requests or ()) + len(a.compute.limits or ())
        return
    for kind in ("requests", "limits"):
        mine, yours = _said(scope.a, kind), _said(scope.b, kind)
        for subject in dict.fromkeys((*mine, *yours)):
            ours, theirs = mine.get(subject), yours.get(subject)
            if subject == "cpu" and _weigh_measured(pair, scope, kind, ours, theirs):
                continue
            if subject == "memory" and _weigh_least(pair, scope, kind, ours, theirs):
                continue
            if ours == theirs:
                pair.equal += 1
                continue
            _weigh_amount(
                pair,
                scope,
                kind,
                subject,
                None if ours is None else _amount_fact(scope.a, kind, subject, ours),
                None if theirs is None else _amount_fact(scope.b, kind, subject, theirs),
            )
    _weigh_filled(pair, scope)


def _weigh_measured(
    pair: Pair, scope: Scope, kind: str, ours: int | Placeholder | None, theirs: int | Placeholder | None
) -> bool:
    """Judge CPU where one platform counts it in a unit of its own; False where both count alike, or one side only speaks.

    Nomad grants its default to whoever says nothing, so that silence is an amount there, too.
    """
    rule = f"compute.{kind}"
    own = [find_entry(rule, place.view.family, NO_EXACT_CONVERSION) is not None for place in scope.sides]
    if own[0] == own[1] or isinstance(ours, Placeholder) or isinstance(theirs, Placeholder):
        return False
    index = own.index(True)
    counted = (ours, theirs)[index]
    default = scope.sides[index].view.find_default(rule, "cpu", scope.sides[index].conditions)
    is_default = counted is None or print_cpu(counted) == default
    if (ours is None or theirs is None) and not (is_default and default is not None):
        return False
    facts = [
        None if amount is None else _amount_fact(place, kind, "cpu", amount)
        for place, amount in zip(scope.sides, (ours, theirs), strict=True)
    ]
    detail = f"{default}, which is granted to whoever says nothing" if is_default else "it is counted in MHz"
    pair.tell(scope, rule, "cpu", facts[0], facts[1], EXPECTED, f"{NO_EXACT_CONVERSION}: {detail}")
    return True


def _weigh_least(
    pair: Pair, scope: Scope, kind: str, ours: int | Placeholder | None, theirs: int | Placeholder | None
) -> bool:
    """Judge memory where one side says the least that its platform grants and the other says less; else False."""
    least = [_LEAST_MEMORY.get(place.view.family) for place in scope.sides]
    for limit, own, other in ((least[0], ours, theirs), (least[1], theirs, ours)):
        if limit is not None and own == limit and isinstance(other, int) and other < limit:
            facts = [_amount_fact(place, kind, "memory", _said(place, kind)["memory"]) for place in scope.sides]
            reason = f"{CANNOT_SAY}: {print_bytes(limit)} is the least that is granted"
            pair.tell(scope, f"compute.{kind}", "memory", facts[0], facts[1], EXPECTED, reason)
            return True
    return False


def _said(place: Place, kind: str) -> Amounts:
    container = place.container
    assert container is not None
    amounts: Amounts | None = getattr(container.compute, kind)
    return amounts or {}


def _amounts(place: Place, kind: str) -> dict[str, Fact]:
    return {name: _amount_fact(place, kind, name, amount) for name, amount in _said(place, kind).items()}


def _amount_fact(place: Place, kind: str, name: str, amount: int | Placeholder) -> Fact:
    path = (*place.base, "compute", kind, name)
    field = f"compute.{kind}.{name if name in _OWN_FIELDS else 'other'}"
    if isinstance(amount, Placeholder):
        settles = f"a value for {amount.variable or amount.expression}"
        return Fact(amount.expression, path, field, amount, False, settles)
    if name == "cpu":
        return Fact(print_cpu(amount), path, field)
    is_bytes = name == "memory" or name.startswith(("hugepages-", "ephemeral-storage"))
    return Fact(print_bytes(amount) if is_bytes else str(amount), path, field)


def _weigh_amount(pair: Pair, scope: Scope, kind: str, subject: str, ours: Fact | None, theirs: Fact | None) -> None:
    rule = f"compute.{kind}"
    if kind == "requests" and (ours is None) != (theirs is None):
        silent, said = (scope.a, theirs) if ours is None else (scope.b, ours)
        filled = _filled(silent, subject)
        if filled is not None and said is not None and filled.compared == said.compared:
            pair.tell(scope, rule, subject, ours, theirs, DEFAULT)
            return
        if filled is not None:
            ours, theirs = ours or filled, theirs or filled
        elif said is not None and _is_one_number(scope, silent, subject, said):
            pair.tell(scope, rule, subject, ours, theirs, DEFAULT)
            return
    pair.weigh(scope, rule, subject, ours, theirs)


def _other(scope: Scope, place: Place) -> Place:
    return scope.b if place is scope.a else scope.a


def _is_one_number(scope: Scope, silent: Place, subject: str, said: Fact) -> bool:
    """Tell whether a request is only the number of a limit that both sides say, on a platform that has one for both."""
    place = _other(scope, silent)
    if place.view.family not in _ONE_NUMBER or silent.view.family in _ONE_NUMBER:
        return False
    limits = [_amounts(each, "limits").get(subject) for each in (place, silent)]
    return all(limit is not None and limit.compared == said.compared for limit in limits)


def _filled(place: Place, subject: str) -> Fact | None:
    """Give the request that the platform fills in from the limit."""
    if place.view.family not in _FILLS_REQUESTS:
        return None
    return _amounts(place, "limits").get(subject)


def _weigh_filled(pair: Pair, scope: Scope) -> None:
    """Judge requests that neither side says and one platform fills in."""
    if (scope.a.view.family in _FILLS_REQUESTS) == (scope.b.view.family in _FILLS_REQUESTS):
        return
    place = scope.a if scope.a.view.family in _FILLS_REQUESTS else scope.b
    said = {*_said(scope.a, "requests"), *_said(scope.b, "requests")}
    for subject, limit in _said(place, "limits").items():
        if subject not in said:
            shown = _amount_fact(place, "limits", subject, limit).value
            reason = f"{PLATFORM_DEFAULT}: {place.view.name} requests what the limit says, {shown}"
            pair.tell(scope, "compute.requests", subject, None, None, EXPECTED, reason)


def weigh_scale(pair: Pair, scope: Scope) -> None:
    """Judge the number of instances, which an autoscaler owns where there is one, and the autoscaler's bounds."""
    scales = [place.workload.scale for place in scope.sides]
    scaled = [scale.minimum is not None or scale.maximum is not None or bool(scale.targets) for scale in scales]
    bounds = [_bounds(place) for place in scope.sides]
    for subject in dict.fromkeys((*bounds[0], *bounds[1])):
        pair.weigh(scope, "scale.autoscaling", subject, bounds[0].get(subject), bounds[1].get(subject))
    if any(scaled) or any(place.workload.kind not in _COUNTED for place in scope.sides):
        return
    facts = [_replicas(place) for place in scope.sides]
    if facts[0] is None and facts[1] is None:
        pair.weigh_silence(scope, "scale.replicas", "")
    else:
        pair.weigh(scope, "scale.replicas", "", *facts)


def _bounds(place: Place) -> dict[str, Fact]:
    scale = place.workload.scale
    base = (*place.base, "scale")
    found: dict[str, Fact] = {}
    if scale.minimum is not None:
        found["min"] = Fact(str(scale.minimum), (*base, "minimum"), "scale.autoscaling")
    if scale.maximum is not None:
        found["max"] = Fact(str(scale.maximum), (*base, "maximum"), "scale.autoscaling")
    for name, percent in scale.targets.items():
        found[name] = Fact(f"{percent}%", (*base, "targets", name), "scale.autoscaling")
    return found


def _replicas(place: Place) -> Fact | None:
    replicas = place.workload.scale.replicas
    path = (*place.base, "scale", "replicas")
    if replicas is None:
        return None
    if isinstance(replicas, Placeholder):
        settles = f"a value for {replicas.variable or replicas.expression}"
        return Fact(replicas.expression, path, "scale.replicas", replicas, False, settles)
    return Fact(str(replicas), path, "scale.replicas")


def weigh_kind(pair: Pair, scope: Scope) -> None:
    """Judge what happens to the instances over time, and when a scheduled job runs."""
    facts = [
        Fact(place.workload.kind.value, (*place.base, "kind"), f"kind.{place.workload.kind.value}")
        for place in scope.sides
    ]
    pair.weigh(scope, "workload.kind", "", facts[0], facts[1])
    schedules = [place.workload.schedule for place in scope.sides]
    if schedules[0] is None and schedules[1] is None:
        return
    said = [
        None
        if schedule is None
        else Fact(
            f"{schedule.cron} {schedule.time_zone}" if schedule.time_zone else schedule.cron,
            (*place.base, "schedule"),
            "schedule",
            (" ".join(schedule.cron.split()), schedule.time_zone),
        )
        for place, schedule in zip(scope.sides, schedules, strict=True)
    ]
    both = said[0] is not None and said[1] is not None
    unsayable = not pair.same_platform and (pair.a.cannot_say("schedule") or pair.b.cannot_say("schedule"))
    if both or unsayable:
        pair.weigh(scope, "workload.schedule", "", said[0], said[1])
    # Else the kinds differ, which says it all.


def weigh_restart(pair: Pair, scope: Scope) -> None:
    """Judge what follows an exit; `unless-stopped` is `always` where a platform has no such thing."""
    facts = [_restart(place, pair.same_platform) for place in scope.sides]
    if facts[0] is None and facts[1] is None:
        pair.weigh_silence(scope, "lifecycle.restart", "")
        return
    for side, (place, fact) in enumerate(zip(scope.sides, facts, strict=True)):
        other = scope.sides[1 - side]
        row = place.view.cannot_say("kind.job") if fact is None else None
        if row is not None and place.view.family in _RESTARTS_ALWAYS and other.view.ends(other.key):
            pair.tell(scope, "lifecycle.restart", "", facts[0], facts[1], EXPECTED, f"{CANNOT_SAY}: {row.reason}")
            return
    pair.weigh(scope, "lifecycle.restart", "", *facts)


def _restart(place: Place, same_platform: bool) -> Fact | None:
    restart = None if place.view.family in _RESTARTS_ALWAYS else place.workload.restart
    if restart is None:
        return None
    policy = "always" if restart.policy == "unless-stopped" and not same_platform else restart.policy
    value = f"{policy}:{restart.attempts}" if restart.attempts is not None else policy
    return Fact(value, (*place.base, "restart"), "lifecycle.restart")
