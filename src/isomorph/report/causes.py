"""Findings by their cause: what a code host, a test report and a pull request show as one thing."""

from collections.abc import Iterable

import msgspec

from isomorph.drift.finding import Finding, Report, Severity, Verdict
from isomorph.model.origin import Origin
from isomorph.report.fold import ALWAYS_SHOWN
from isomorph.report.places import find_source, is_file

_SEVERITY = {severity: rank for rank, severity in enumerate(Severity)}
_VERDICT = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Cause(msgspec.Struct, frozen=True):
    """The findings of one cause, the gravest first; it stands for all of them."""

    findings: tuple[Finding, ...]

    @property
    def head(self) -> Finding:
        """The finding that stands for the others."""
        return self.findings[0]

    @property
    def workloads(self) -> tuple[str, ...]:
        """The workloads that are concerned."""
        return tuple(dict.fromkeys(finding.workload for finding in self.findings))

    @property
    def message(self) -> str:
        """The sentence of the gravest finding, and what else there is."""
        more = len(self.findings) - 1
        if not more:
            return self.head.message
        others = [name for name in self.workloads if name != self.head.workload]
        where = f", in {join_names(others)} too" if others else ""
        return f"{self.head.message} ({more} more finding{'s' if more > 1 else ''} of the same cause{where})"


def gather(report: Report) -> list[Cause]:
    """Give the causes of what is always shown (drift, missing, unresolved), the gravest first."""
    causes: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.verdict in ALWAYS_SHOWN:
            causes.setdefault(finding.cause, []).append(finding)
    gathered = [Cause(tuple(sorted(members, key=_order))) for members in causes.values()]
    return sorted(gathered, key=lambda cause: _order(cause.head))


def _order(finding: Finding) -> tuple[object, ...]:
    identity = (finding.workload, finding.container, finding.rule, finding.subject)
    return _SEVERITY[finding.severity], _VERDICT[finding.verdict], *identity, finding.environments


def find_place(finding: Finding) -> Origin | None:
    """Give the one place that stands for a finding: where the last side that says something says it, as a person mends it.

    The last side is the one that the others are measured against least: in `[reference, other]` it is the other. A value
    that came from somewhere (a chart's value) is mended there.
    """
    for said in (True, False):
        for side in reversed(finding.sides):
            if (side.value is not None) == said and side.origin is not None and is_file(side.origin):
                return find_source(side.origin)
    return None


def find_file(finding: Finding, report: Report) -> Origin:
    """Give the place of a finding for those who demand one: without one of its own, where its workload is written.

    That is a file in any case: what an environment is made of may be a folder, or a chart with options.
    """
    found = find_place(finding)
    if found is not None:
        return found
    about = [each for each in reversed(report.environments) if each.name in finding.environments]
    names = next((each.aliases for each in report.workloads if each.name == finding.workload), {})
    for environment in about:
        origin = environment.definition.origins.find(("workloads", names.get(environment.name, finding.workload)))
        if origin is not None and is_file(origin):
            return find_source(origin)
    for environment in about or report.environments:
        for origin in environment.definition.origins.table.values():
            if is_file(origin):
                return Origin(origin.file)
    return Origin("isomorph.yaml")


def join_names(names: Iterable[str], most: int = 4) -> str:
    """Write names as a person would, and only count what is beyond the first few."""
    known = list(names)
    shown = known[:most]
    if len(known) > most:
        return f"{', '.join(shown)} and {len(known) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
