"""Which findings have one cause: one line makes them, or one change in many places does.

Findings share a cause where a value of theirs is written at one place (an anchor, Nomad's one `memory`), or comes from one
(a chart's value); where they are the same finding between other environments; and where many workloads differ alike (a
registry's name in forty images), what is said of one probe or one port under several rules, and what follows from another.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from msgspec.structs import replace

from isomorph.drift.finding import Finding
from isomorph.drift.following import OF_ONE_PORT, find_following, probe_of
from isomorph.model.origin import Origin

MANY = 3
"""Workloads from which the same difference is one cause: two may be chance, and are read faster where they belong."""

_DIGITS = 12
"""Hexadecimal digits of a cause's name."""

Owned = tuple[tuple[Origin, ...], ...]
"""Where each side's value itself is written, not something around it; one may stand in two places: a port, and what opens it."""

_OF_ONE_PROBE = frozenset(("probe.missing", "probe.check"))
_OF_ONE_HELPER = frozenset(("container.missing", "process.command", "process.args"))
_MAY_BE_SECRET = frozenset(("secret.missing", "file.missing", "variable.missing"))


def name_causes(findings: Sequence[Finding], owners: Sequence[Owned]) -> list[str]:
    """Give every finding the name of its cause, which depends on what differs and not on where it is written."""
    groups = _Groups(len(findings))
    for index, (finding, owned) in enumerate(zip(findings, owners, strict=True)):
        groups.join(index, "same", _identity(finding))
        about = _about(finding)
        if about is not None:
            groups.join(index, "about", *about)
        for side, origins in zip(finding.sides, owned, strict=True):
            for origin in origins:
                for place in (origin, *origin.via):
                    groups.join(index, side.environment, place.file, place.line, place.column)
    for members in (*_find_alike(findings), *find_following(findings)):
        for index in members:
            groups.unite(index, members[0])
    names: dict[int, tuple[str, ...]] = {}
    for index, finding in enumerate(findings):
        root = groups.root(index)
        identity = _identity(finding)
        names[root] = min(names.get(root, identity), identity)
    digests = {root: _digest(identity) for root, identity in names.items()}
    return [digests[groups.root(index)] for index in range(len(findings))]


def share_causes(findings: Iterable[Finding], others: Iterable[Finding]) -> list[Finding]:
    """Give findings of another comparison with the causes of those that they repeat: one edit is one row.

    The same is repeated where it is the same finding, or is about the same value, at the place where it is written; what
    has one cause goes with it.
    """
    causes: dict[tuple[object, ...], str] = {}
    for other in others:
        for key in _marks(other):
            causes.setdefault(key, other.cause)
    findings = list(findings)
    shared: dict[str, str] = {}
    for finding in findings:
        known = next((causes[key] for key in _marks(finding) if key in causes), None)
        if known is not None:
            shared.setdefault(finding.cause, known)
    return [replace(finding, cause=shared.get(finding.cause, finding.cause)) for finding in findings]


def _marks(finding: Finding) -> list[tuple[object, ...]]:
    """Give what two findings share of which one repeats the other.

    A value that a store should give is missing as the variable or file that it is for, or as the secret; a port is known by
    the number that peers see or by the container's.
    """
    marks: list[tuple[object, ...]] = [_identity(finding), *_places(finding)]
    if finding.rule.startswith("port."):
        marks += _port_numbers(finding)
    if finding.rule in ("dns.record", "reference.dangling"):
        marks += [("name", environment, finding.subject) for environment in finding.between]
    if finding.rule in _MAY_BE_SECRET:
        marks.append(("missing", finding.workload, finding.subject))
    return marks


def _port_numbers(finding: Finding) -> list[tuple[object, ...]]:
    """Give the numbers of ports that the sides of a finding say: those that peers or users see, and the container's."""
    subject = finding.subject.partition("/")[0]
    numbers: list[tuple[object, ...]] = []
    for side in finding.sides:
        said = side.value.split(",") if side.value is not None else []
        outer, inner = (said, [subject]) if finding.rule == "port.exposure" else ([subject], said)
        if said:
            numbers += [("number", finding.workload, side.environment, each) for each in outer]
            numbers += [("landing", finding.workload, side.environment, each) for each in inner]
    return numbers


def _places(finding: Finding) -> list[tuple[object, ...]]:
    """Give where the values of a finding are written, each with what they are values of."""
    return [
        (finding.workload, finding.subject, side.environment, side.origin.file, side.origin.line, side.origin.column)
        for side in finding.sides
        if side.value is not None and side.origin is not None
    ]


def _identity(finding: Finding) -> tuple[str, ...]:
    return finding.workload, finding.container, finding.rule, finding.subject


def _about(finding: Finding) -> tuple[str, ...] | None:
    """Give the probe, the port or the helper's process that a finding is about.

    A helper that runs something else is no longer what waits.
    """
    if finding.rule in _OF_ONE_PROBE:
        return finding.workload, finding.container, probe_of(finding)
    if finding.rule in OF_ONE_PORT:
        return finding.workload, finding.subject.partition("/")[0]
    if finding.rule in _OF_ONE_HELPER and finding.container not in ("", finding.workload):
        return finding.workload, finding.container, ""
    return None


def _digest(identity: Iterable[str]) -> str:
    return sha256("\x01".join(identity).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _find_alike(findings: Sequence[Finding]) -> list[list[int]]:
    """Give the findings that tell the same of many workloads; where a side is silent, whatever the other says."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for index, finding in enumerate(findings):
        said = [side.value is not None for side in finding.sides]
        values = tuple((side.environment, side.value if all(said) else side.value is None) for side in finding.sides)
        key = (finding.rule, finding.subject, finding.verdict, finding.severity, values)
        alike.setdefault(key, []).append(index)
    return [members for members in alike.values() if len({findings[index].workload for index in members}) >= MANY]


class _Groups:
    """Sets of findings that are joined by what they share."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))
        self._first: dict[tuple[object, ...], int] = {}

    def root(self, index: int) -> int:
        """Give the finding that stands for a set."""
        parents = self._parents
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    def unite(self, one: int, other: int) -> None:
        """Make one set of two."""
        self._parents[self.root(one)] = self.root(other)

    def join(self, index: int, *shared: object) -> None:
        """Add a finding to the set of those that share something."""
        other = self._first.setdefault(shared, index)
        if other != index:
            self.unite(index, other)
