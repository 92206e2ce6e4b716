"""Which findings have one cause: one line makes them, or one change in many places does.

Findings share a cause where a value of theirs is written at one place (an anchor, Nomad's one `memory`), or comes from one
(a chart's value); where they are the same finding between other environments; and where many workloads differ alike (a
registry's name in forty images). So do two that are one thing moved (a volume at another path), and what follows from another:
the time that a probe gives follows from its period and failures.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from msgspec.structs import replace

from isomorph.drift.finding import Finding
from isomorph.model.origin import Origin

MANY = 3
"""Workloads from which the same difference is one cause: two may be chance, and are read faster where they belong."""

_DIGITS = 12
"""Hexadecimal digits of a cause's name."""

Owned = tuple[Origin | None, ...]
"""Where each side's value itself is written, not something around it."""


def name_causes(findings: Sequence[Finding], owners: Sequence[Owned]) -> list[str]:
    """Give every finding the name of its cause, which depends on what differs and not on where it is written."""
    groups = _Groups(len(findings))
    for index, (finding, owned) in enumerate(zip(findings, owners, strict=True)):
        groups.join(index, "same", _identity(finding))
        for side, origin in zip(finding.sides, owned, strict=True):
            if origin is not None:
                groups.join(index, side.environment, origin.file, origin.line, origin.column)
                for source in origin.via:
                    groups.join(index, side.environment, source.file, source.line, source.column)
    for members in (*_find_alike(findings), *_find_moved(findings), *_find_derived(findings)):
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

    The same is repeated where it is the same finding, or is about the same value, at the place where it is written.
    """
    causes: dict[tuple[object, ...], str] = {}
    for other in others:
        for key in (_identity(other), *_places(other)):
            causes.setdefault(key, other.cause)
    shared = []
    for finding in findings:
        known = (causes[key] for key in (_identity(finding), *_places(finding)) if key in causes)
        shared.append(replace(finding, cause=next(known, finding.cause)))
    return shared


def _places(finding: Finding) -> list[tuple[object, ...]]:
    """Give where the values of a finding are written, each with what they are values of."""
    return [
        (finding.workload, finding.subject, side.environment, side.origin.file, side.origin.line, side.origin.column)
        for side in finding.sides
        if side.value is not None and side.origin is not None
    ]


def _identity(finding: Finding) -> tuple[str, ...]:
    return finding.workload, finding.container, finding.rule, finding.subject


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


def _find_moved(findings: Sequence[Finding]) -> list[list[int]]:
    """Give the pairs of findings of which one side has what the other has elsewhere: one missing here, one there."""
    silent: dict[tuple[object, ...], tuple[list[int], list[int]]] = {}
    for index, finding in enumerate(findings):
        values = [side.value for side in finding.sides]
        if values.count(None) != 1 or len(values) != 2:
            continue
        side = values.index(None)
        value = values[1 - side]
        said = "" if value == finding.subject else value
        key = (finding.rule, finding.workload, finding.container, finding.between, finding.verdict, said)
        silent.setdefault(key, ([], []))[side].append(index)
    return [[*here, *there] for here, there in silent.values() if len(here) == len(there) == 1]


def _find_derived(findings: Sequence[Finding]) -> list[list[int]]:
    """Give the findings of one probe, of a pair of environments, of which one is about the time that follows from the rest."""
    probes: dict[tuple[object, ...], list[int]] = {}
    derived: set[tuple[object, ...]] = set()
    for index, finding in enumerate(findings):
        if not finding.rule.startswith("probe."):
            continue
        probe, _, timing = finding.subject.partition(".")
        key = (finding.workload, finding.container, probe, finding.between)
        probes.setdefault(key, []).append(index)
        if timing == "grace":
            derived.add(key)
    return [probes[key] for key in probes if key in derived]


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
