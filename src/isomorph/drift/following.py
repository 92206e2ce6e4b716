"""Which findings follow from another of the same pair of environments: one edit makes them all.

A thing that moved is missing here and there; a probe's grace follows from its period; a reference dangles because what it names
is gone; a check asks a port that is another now.
"""

import re
from collections.abc import Iterable, Sequence

from isomorph.drift.finding import DIFFERS, Finding

OF_ONE_PORT = frozenset(("port.missing", "port.target", "port.protocol"))
_SAYS_TEXTS = frozenset(("variable.value", "process.command", "process.args"))


def find_following(findings: Sequence[Finding]) -> list[list[int]]:
    """Give sets of findings, by their indices, that one edit makes."""
    return [*_find_moved(findings), *_find_derived(findings), *_find_led(findings), *_find_broken(findings)]


def _find_moved(findings: Sequence[Finding]) -> list[list[int]]:
    """Give the pairs of findings of which one side has what the other has elsewhere: one missing here, one there."""
    silent: dict[tuple[object, ...], tuple[list[int], list[int]]] = {}
    for index, finding in enumerate(findings):
        values = [side.value for side in finding.sides]
        if values.count(None) != 1 or len(values) != 2:
            continue
        side = values.index(None)
        value = values[1 - side]
        is_port = finding.rule in ("port.missing", "port.exposure")
        said, rule = ("", "port") if is_port else ("" if value == finding.subject else value, finding.rule)
        verdict = finding.verdict in DIFFERS if is_port else finding.verdict
        key = (rule, finding.workload, finding.container, finding.between, verdict, said)
        silent.setdefault(key, ([], []))[side].append(index)
    return [[*here, *there] for here, there in silent.values() if len(here) == len(there) == 1]


def _find_derived(findings: Sequence[Finding]) -> list[list[int]]:
    """Give what follows from another difference of one workload, of one pair of environments.

    A probe's grace is the time that its period and failures give; a volume of another kind has another size; another kind of
    workload is scaled otherwise; TLS goes with the host of its route; checks and routes lead to a port that moved.
    """
    members: dict[tuple[object, ...], list[int]] = {}
    leading: dict[tuple[object, ...], int] = {}
    for index, finding in enumerate(findings):
        thing, leads = _part_of(finding)
        if not thing:
            continue
        key = (finding.between, finding.workload, *thing)
        members.setdefault(key, []).append(index)
        if leads:
            leading[key] = index
    return [[leading[key], *each] for key, each in members.items() if key in leading]


def _part_of(finding: Finding) -> tuple[tuple[str, ...], bool]:
    """Give the thing whose parts differ together, and whether this finding is the one that makes them."""
    kind, _, what = finding.rule.partition(".")
    if kind == "probe":
        return (kind, finding.container, probe_of(finding)), finding.subject.endswith(".grace")
    if kind == "volume":
        return (kind, finding.container, finding.subject), what == "kind"
    if kind == "route":
        return (kind,) if what in ("tls", "host", "path") else (), what in ("host", "path")
    if finding.rule in _OF_KINDS:
        return ("kind",), finding.rule == "workload.kind"
    return (), False


def probe_of(finding: Finding) -> str:
    """Give the probe that a finding is about; a startup probe is what a readiness probe's grace is made of."""
    probe = finding.subject.partition(".")[0]
    return "readiness" if probe == "startup" else probe


_OF_KINDS = frozenset(
    ("workload.kind", "workload.schedule", "scale.replicas", "scale.autoscaling", "lifecycle.restart")
)


def _find_led(findings: Sequence[Finding]) -> list[list[int]]:
    """Give the checks and routes that lead to a port which differs."""
    ports: dict[tuple[object, ...], int] = {}
    for index, finding in enumerate(findings):
        if finding.rule in OF_ONE_PORT:
            said = (finding.subject.partition("/")[0], *(side.value for side in finding.sides))
            for number in filter(None, said):
                ports.setdefault((finding.between, finding.workload, number), index)
    found = []
    for index, finding in enumerate(findings if ports else ()):
        if not finding.rule.startswith(("route.", "probe.check")):
            continue
        numbers = [number for side in finding.sides for number in _NUMBER.findall(side.value or "")]
        keys = [(finding.between, finding.workload, number) for number in numbers]
        if finding.rule == "probe.check" and not _differ_in_number(finding):
            continue
        led = next((ports[key] for key in keys if key in ports), None)
        if led is not None:
            found.append([led, index])
    return found


_NUMBER = re.compile(r":([0-9]+)")
"""The port in what a check or a route says."""


def _differ_in_number(finding: Finding) -> bool:
    """Tell whether the sides of a finding are the same but for the port in them."""
    return len({_NUMBER.sub(":", side.value or "") for side in finding.sides}) == 1


def _find_broken(findings: Sequence[Finding]) -> list[list[int]]:
    """Give what follows from a workload or port that an environment lacks or has elsewhere: references, texts that name it.

    What a Service brings goes with it: its name, its ports, and what leads to them from outside.
    """
    missing: dict[tuple[str, str], int] = {}  # workloads that are missing, and ports, also by their workload alone
    services: dict[tuple[object, ...], int] = {}
    gone: set[int] = set()
    found: list[list[int]] = []
    for index, finding in enumerate(findings):
        names: tuple[str, ...] = ()
        if finding.rule in ("port.missing", "port.target"):
            names = (f"{finding.workload}:{finding.subject.partition('/')[0]}", finding.workload)
        elif finding.rule == "workload.missing":
            names = (finding.workload,)
            gone.add(index)
        for environment in finding.between:
            for name in names:
                missing.setdefault((environment, name), index)
        if finding.rule == "dns.record":
            services[_silence(finding)] = index
    if not missing and not services:
        return found
    for index, finding in enumerate(findings):
        cause = services.get(_silence(finding)) if finding.rule in _OF_SERVICES else None
        if cause is None:
            keys = [key for key in _named(finding) if key in missing]
            alike = finding.rule not in _SAYS_TEXTS or len({side.value for side in finding.sides}) == 1
            cause = next((missing[key] for key in keys if alike or missing[key] in gone), None)
        if cause is not None and cause != index:
            found.append([cause, index])
    return found


_OF_SERVICES = frozenset(("port.missing", "port.exposure", "route.missing"))


def _silence(finding: Finding) -> tuple[object, ...]:
    """Give what identifies the side that says nothing."""
    return finding.between, finding.workload, tuple(side.value is None for side in finding.sides)


def _named(finding: Finding) -> Iterable[tuple[str, str]]:
    """Give the workloads and ports, by environment, that a finding names without being about them."""
    names: list[str] = []
    if finding.rule == "reference.dangling":
        names = [finding.subject]
    elif finding.rule in _SAYS_TEXTS:
        names = [name for side in finding.sides for name in _WORD.findall(side.value or "")]
    for name in names:
        for each in (name, name.partition(":")[0]):
            yield from ((environment, each) for environment in finding.between)


_WORD = re.compile(r"[\w-]+(?::[0-9]+)?")
"""What may name a workload in a text, with a port or without."""
