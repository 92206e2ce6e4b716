"""Health checks: what each asks, and when. A startup probe of the same check is the grace period of the readiness probe."""

from msgspec.structs import replace

from isomorph.drift.checks import Asked, ask
from isomorph.drift.facts import Fact, Place, Scope
from isomorph.drift.reasons import NO_EXACT_CONVERSION
from isomorph.drift.secret_values import tell_values
from isomorph.drift.spelling import print_duration
from isomorph.drift.verdicts import DRIFT, EXPECTED, UNRESOLVED, Pair
from isomorph.model.origin import Path
from isomorph.model.workload import Exec, Probe

_RUNS_IMAGE_CHECKS = frozenset(("compose",))
"""Platforms on which a HEALTHCHECK of the image counts."""

_COUNTS_NO_FAILURES = frozenset((("marathon", "readiness"),))
"""Probes whose failures are not counted: one is enough."""

_ONLY_CONSUL_COUNTS = {("nomad", "readiness"): ("failures", "successes", "grace")}
"""Timings that checks of a platform's own services do not have.

Consul's count failures and successes, but not of commands, and have no grace.
"""

_CONSUL = ".service.consul"
"""How names end that Consul gives."""

_WITHOUT = {
    "failures": "the first failure counts",
    "successes": "the first success counts",
    "grace": "every failure counts from the start",
}
"""What a timing that is not counted means."""

_SENDS_NO_HEADERS = frozenset(("marathon",))
"""Platforms whose HTTP checks send no headers."""

NAMES = ("liveness", "readiness", "startup")
_DURATIONS = (("period", "period"), ("timeout", "timeout"), ("initial-delay", "initial_delay"), ("grace", "grace"))
_NUMBERS = ("failures", "successes")
_TIMINGS = ("period", "timeout", "failures", "successes", "initial-delay", "grace")


class Probed:
    """One side's probe: its check in normal form, its timing as facts, and how exact its grace period is."""

    __slots__ = ("asked", "base", "check", "disabled", "kind", "slack", "timing")

    def __init__(self, place: Place, name: str, probe: Probe) -> None:
        self.base: Path = (*place.base, name)
        self.disabled = probe.disabled
        self.kind = f"probe.{type(probe.check).__name__.lower()}"  # exec, http, tcp, grpc: how it asks
        self.asked: Asked | None = ask(place.view, place.key, probe.check) if probe.check is not None else None
        shown = "off" if probe.disabled else self.asked.shown if self.asked else "unknown"
        key = None if self.asked is None or probe.disabled else self.asked.key
        settles = self.asked.settles if self.asked is not None else ""
        self.check = Fact(shown, (*self.base, "check"), f"probe.{name}", key, False, settles)
        self.timing: dict[str, Fact] = {}
        self.slack = 0
        for subject, attribute in _DURATIONS:
            value: int | None = getattr(probe, attribute)
            if value is not None:
                self.add(subject, print_duration(value), value)
        for attribute in _NUMBERS:
            number: int | None = getattr(probe, attribute)
            if number is not None:
                self.add(attribute, str(number), number)

    def add(self, subject: str, shown: str, value: int, base: Path | None = None) -> None:
        """Add one fact on timing."""
        attribute = subject.replace("-", "_")
        self.timing[subject] = Fact(shown, base or (*self.base, attribute), f"probe.{subject}", value)

    def number(self, place: Place, name: str, subject: str) -> int:
        """Give a number or duration as it holds: as said, else as the platform means it, else nothing."""
        fact = self.timing.get(subject)
        if fact is not None:
            return int(fact.key)
        default = place.view.find_default("probe.timing", f"{name}.{subject}", place.conditions)
        return parse_amount(default) if default else 0


def parse_amount(text: str) -> int:
    """Read a duration or number in normal form: milliseconds for durations."""
    if text.endswith("ms"):
        return int(text[:-2])
    return int(text[:-1]) * 1000 if text.endswith("s") else int(text)


def read_probes(place: Place) -> dict[str, Probed]:
    """Give a container's probes, a startup probe of the readiness probe's check folded into its grace period."""
    container = place.container
    assert container is not None
    probes: dict[str, Probed] = {}
    for name in NAMES:
        probe: Probe | None = getattr(container, name)
        if probe is None and name == "readiness":
            probe = _image_probe(place)
        if probe is not None and (probe.check is not None or probe.disabled):
            probes[name] = Probed(place, name, probe)
    readiness, startup = probes.get("readiness"), probes.get("startup")
    if readiness is not None and startup is not None and _same_check(readiness, startup):
        _fold(place, readiness, probes.pop("startup"))
    return probes


def _image_probe(place: Place) -> Probe | None:
    """Give the health check that the image brings, where the platform runs it (Docker does, Kubernetes never)."""
    if place.image is None or place.view.family not in _RUNS_IMAGE_CHECKS:
        return None
    probe = place.image.healthcheck
    return None if probe is None or probe.disabled else probe


def _same_check(one: Probed, other: Probed) -> bool:
    return one.asked is not None and other.asked is not None and one.asked.key == other.asked.key


def _grant_liveness(place: Place, probes: dict[str, Probed], others: dict[str, Probed]) -> None:
    """Give the liveness probe the grace that a startup probe of its check grants, where the other side says one."""
    liveness, other = probes.get("liveness"), others.get("liveness")
    container = place.container
    if liveness is None or other is None or container is None or container.startup is None:
        return
    startup = Probed(place, "startup", container.startup)
    if "grace" in other.timing and "grace" not in liveness.timing and _same_check(liveness, startup):
        _fold(place, liveness, startup, "liveness")


def _fold(place: Place, readiness: Probed, startup: Probed, name: str = "readiness") -> None:
    """Give the grace period that a startup probe grants.

    Its failures last until start period and retries are over, for Docker still grants the retries after the start period:
    failureThreshold = ceil((grace + retries × interval) / period). Seconds that the rounding added are slack.
    """
    period = startup.number(place, "startup", "period")
    budget = startup.number(place, "startup", "failures") * period
    budget += startup.number(place, "startup", "initial-delay")
    after = readiness.number(place, name, "failures") * readiness.number(place, name, "period")
    grace = max(0, budget - after)
    readiness.slack = period
    base = (*startup.base, "failures") if "failures" in startup.timing else startup.base
    readiness.add("grace", print_duration(grace), grace, base)


def weigh_probes(pair: Pair, scope: Scope) -> None:
    """Judge the probes of both sides."""
    a, b = scope.a.container, scope.b.container
    assert a is not None
    assert b is not None
    if not (a.readiness or b.readiness or a.liveness or b.liveness or a.startup or b.startup) and not (
        scope.a.image or scope.b.image
    ):
        return
    ours, theirs = read_probes(scope.a), read_probes(scope.b)
    _grant_liveness(scope.a, ours, theirs)
    _grant_liveness(scope.b, theirs, ours)
    for name in NAMES:
        mine, yours = ours.get(name), theirs.get(name)
        if mine is not None and yours is not None:
            _weigh_both(pair, scope, name, mine, yours)
        elif mine is not None or yours is not None:
            _weigh_one(pair, scope, name, mine, yours)


def _weigh_one(pair: Pair, scope: Scope, name: str, mine: Probed | None, yours: Probed | None) -> None:
    said = mine or yours
    assert said is not None
    silent = scope.b if mine is not None else scope.a
    field = said.kind if silent.view.cannot_say(said.kind) is not None else said.check.field
    ours = replace(mine.check, path=mine.base, field=field) if mine is not None else None
    theirs = replace(yours.check, path=yours.base, field=field) if yours is not None else None
    if not said.disabled:
        pair.weigh(scope, "probe.missing", name, ours, theirs)
    elif pair.same_platform:
        pair.tell(scope, "probe.check", name, ours, theirs, DRIFT)
    else:  # Off, and not there, are the same where an image's own check does not count.
        pair.equal += 1


def _weigh_both(pair: Pair, scope: Scope, name: str, mine: Probed, yours: Probed) -> None:
    if mine.disabled != yours.disabled:
        pair.tell(scope, "probe.missing", name, mine.check, yours.check, DRIFT)
        return
    if mine.check.unresolved != yours.check.unresolved:
        pair.tell(scope, "probe.check", name, mine.check, yours.check, UNRESOLVED)
    elif mine.asked is not None and yours.asked is not None and mine.check.key == yours.check.key:
        secrets = mine.asked.secrets, yours.asked.secrets
        tell_values(pair, scope, "probe.check", name, (mine.check, yours.check), secrets)
    elif not pair.same_platform and _differ_in_headers(scope, mine, yours):
        reason = f"{NO_EXACT_CONVERSION}: the check cannot send headers there"
        pair.tell(scope, "probe.check", name, mine.check, yours.check, EXPECTED, reason)
    else:
        pair.weigh(scope, "probe.check", name, mine.check, yours.check)
    for timing in _TIMINGS:
        subject = f"{name}.{timing}"
        ours, theirs = mine.timing.get(timing), yours.timing.get(timing)
        if ours is None and theirs is None:
            pair.weigh_silence(scope, "probe.timing", subject)
        elif (uncounted := _find_uncounted(pair, scope, name, timing, (ours, theirs))) is not None:
            pair.tell(scope, "probe.timing", subject, ours, theirs, EXPECTED, f"{NO_EXACT_CONVERSION}: {uncounted}")
        elif timing == "grace" and ours is not None and theirs is not None and _same_grace(ours, theirs, mine, yours):
            pair.equal += 1
        else:
            pair.weigh(scope, "probe.timing", subject, ours, theirs)


def _find_uncounted(
    pair: Pair, scope: Scope, name: str, timing: str, facts: tuple[Fact | None, Fact | None]
) -> str | None:
    """Say what holds where a side has no such timing: failures not counted, the grace of a command that is only reported."""
    for index, (place, fact) in enumerate(zip(scope.sides, facts, strict=True)):
        key = (place.view.family, name)
        probe: Probe | None = getattr(place.container, name)
        is_command = probe is not None and isinstance(probe.check, Exec)
        if key in _COUNTS_NO_FAILURES:
            if timing == "failures":
                return f"on {place.view.name} {_WITHOUT[timing]}"
            if timing == "grace" and is_command and fact is None:
                return f"on {place.view.name} a command has no time in which it may fail"
            return None
        said = facts[1 - index]
        if fact is None and said is not None and not pair.same_platform and timing in _ONLY_CONSUL_COUNTS.get(key, ()):
            by_consul = any(each.endswith(_CONSUL) for each in place.workload.names)
            counted = by_consul and timing != "grace" and not is_command
            default = place.view.find_default("probe.timing", f"{name}.{timing}", place.conditions)
            if not counted and default != said.value:
                return f"on {place.view.name} {_WITHOUT[timing]}"
    return None


def _differ_in_headers(scope: Scope, mine: Probed, yours: Probed) -> bool:
    """Tell whether two checks are the same but for headers, where one side's platform sends none."""
    keys = [probed.asked.key if probed.asked is not None else () for probed in (mine, yours)]
    if any(key[:1] != ("http",) for key in keys) or keys[0][:-1] != keys[1][:-1]:
        return False
    return any(
        not key[-1] and place.view.family in _SENDS_NO_HEADERS for place, key in zip(scope.sides, keys, strict=True)
    )


def _same_grace(ours: Fact, theirs: Fact, mine: Probed, yours: Probed) -> bool:
    """Tell whether two grace periods are the same but for the rounding up to whole periods of a startup probe."""
    difference = int(ours.key) - int(theirs.key)
    if difference >= 0:
        return difference < max(1, mine.slack)
    return -difference < max(1, yours.slack)
