"""What the judge returns: findings with both sides and their origins, and the report that holds them.

The JSON form of `Report` is `isomorph.drift/v1`; field names are its keys.
"""

from enum import Enum

import msgspec

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin

SCHEMA = "isomorph.drift/v1"

GENERATED = " (generated)"
"""How the name of what an environment's Score files generate ends."""


class Verdict(Enum):
    """The judge's word on one attribute and pair of environments; `equal` and `unsaid` are only counted."""

    EQUAL = "equal"
    DEFAULT = "default"
    EXPECTED = "expected"
    DRIFT = "drift"
    MISSING = "missing"
    UNRESOLVED = "unresolved"
    SUPPRESSED = "suppressed"
    UNSAID = "unsaid"


DIFFERS = frozenset((Verdict.DRIFT, Verdict.MISSING))
"""The verdicts by which two sides are known to differ in what nobody has excused."""


class Severity(Enum):
    """How much a finding matters where nobody said otherwise."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Environment(msgspec.Struct, frozen=True):
    """A named side of a comparison: the definitions that form it, combined into one and normalised.

    `said_by` is the platform whose words it was generated from: what that does not say is left to whoever wrote the other side.
    `said_besides` are fields for which that has no word and which something else says that it is generated from.
    """

    name: str
    definition: Definition
    parts: tuple[tuple[str, str], ...] = ()  # (platform, source as it was named) of each definition
    said_by: str = ""
    said_besides: frozenset[str] = frozenset()


class Side(msgspec.Struct, frozen=True):
    """What one environment says: value in normal form (None: not said, "***": a secret) and where."""

    environment: str
    value: str | None = None
    origin: Origin | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between one pair of environments, or what a policy finds in one.

    `compared_with`: pair; generated (the second side is what the environment's Score files generate); policy (one side, and
    nothing that it is between).
    """

    fingerprint: str
    cause: str
    rule: str
    verdict: Verdict
    severity: Severity
    compared_with: str = "pair"
    workload: str
    container: str = ""
    subject: str = ""
    between: tuple[str, ...] = ()
    sides: tuple[Side, ...]
    message: str
    reason: str | None = None  # of the closed set, where the verdict is expected; may be followed by `: detail`
    hint: str = ""

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that it is about, in the order of its sides."""
        return tuple(side.environment for side in self.sides)


class AlignedWorkload(msgspec.Struct, frozen=True):
    """One workload and what it is called in each environment."""

    name: str
    aliases: dict[str, str] = {}


class TeamRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of a project's policies, as reports tell it: what holds where it is kept, and what to do where it is not."""

    name: str
    description: str
    severity: Severity
    mend: str = ""
    reference: str = ""


class Report(msgspec.Struct, frozen=True):
    """The drift between two or more environments. `summary` counts verdicts by their names.

    `team_rules` are the rules of policies that were asked, whether they found anything or not.
    """

    environments: tuple[Environment, ...]
    workloads: tuple[AlignedWorkload, ...]
    findings: tuple[Finding, ...]
    diagnostics: tuple[Diagnostic, ...]
    summary: dict[str, int]
    team_rules: tuple[TeamRule, ...] = ()
