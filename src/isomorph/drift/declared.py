"""What a team declared of the drift it has: differences that are meant, and those that are not told for now.

Both change a finding's verdict and keep the finding: on request it is told with the reason that the team gave. What is
declared and fits nothing is told, for it may hide something tomorrow; what has expired counts no more, which is told too.
"""

from collections import Counter

import msgspec
from msgspec.structs import replace

from isomorph.drift.finding import Finding, Report, Severity, Verdict
from isomorph.drift.reasons import DECLARED
from isomorph.drift.selection import Selection, fits
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin

OPEN = frozenset((Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED))
"""Verdicts that a team may declare away: those that are always shown."""


class Expectation(msgspec.Struct, frozen=True):
    """A difference that is meant (`expect`): which, and why."""

    selection: Selection
    reason: str
    origin: Origin


class Suppression(msgspec.Struct, frozen=True):
    """A difference that is not told for now (`suppress`): which, why, and the last day on which that holds (YYYY-MM-DD)."""

    selection: Selection
    reason: str
    origin: Origin
    until: str = ""


class Weight(msgspec.Struct, frozen=True):
    """A severity that a team gave to the rules that fit a pattern."""

    rule: str
    severity: Severity


class Declared(msgspec.Struct, frozen=True):
    """All that a team declared of its drift. `weights` are in the order in which they were written."""

    expectations: tuple[Expectation, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    weights: tuple[Weight, ...] = ()


def apply_declared(report: Report, declared: Declared, today: str) -> Report:
    """Give the report with the team's severities and verdicts. `today` is a date, YYYY-MM-DD."""
    expired = [each for each in declared.suppressions if each.until and each.until < today]
    valid = [each for each in declared.suppressions if each not in expired]
    used: set[Origin] = set()
    findings = tuple(
        _declare(_weigh(finding, declared.weights), declared.expectations, valid, used) for finding in report.findings
    )
    told = [*map(_tell_expired, expired)]
    told += [_tell_unused("expectation", each.origin) for each in declared.expectations if each.origin not in used]
    told += [_tell_unused("suppression", each.origin) for each in valid if each.origin not in used]
    return replace(
        report,
        findings=findings,
        diagnostics=(*report.diagnostics, *told),
        summary=recount(report, findings),
    )


def recount(report: Report, findings: tuple[Finding, ...]) -> dict[str, int]:
    """Give the summary of a report whose findings have other verdicts now; what is only counted stays as it was."""
    before = Counter(finding.verdict for finding in report.findings)
    after = Counter(finding.verdict for finding in findings)
    return {verdict.value: report.summary[verdict.value] - before[verdict] + after[verdict] for verdict in Verdict}


def _weigh(finding: Finding, weights: tuple[Weight, ...]) -> Finding:
    """Give a finding the severity of the last pattern that fits its rule, the rule itself before any pattern."""
    fitting = [weight for weight in weights if fits(weight.rule, finding.rule)]
    if not fitting:
        return finding
    own = [weight for weight in fitting if weight.rule == finding.rule]
    return replace(finding, severity=(own or fitting)[-1].severity)


def _declare(
    finding: Finding, expectations: tuple[Expectation, ...], suppressions: list[Suppression], used: set[Origin]
) -> Finding:
    if finding.verdict not in OPEN:
        return finding
    for expectation in expectations:
        if expectation.selection.matches(finding):
            used.add(expectation.origin)
            return replace(finding, verdict=Verdict.EXPECTED, reason=f"{DECLARED}: {expectation.reason}")
    for suppression in suppressions:
        if suppression.selection.matches(finding):
            used.add(suppression.origin)
            until = f" (until {suppression.until})" if suppression.until else ""
            return replace(finding, verdict=Verdict.SUPPRESSED, reason=f"{suppression.reason}{until}")
    return finding


def _tell_expired(suppression: Suppression) -> Diagnostic:
    message = f"this suppression ended on {suppression.until}, and what it hid is told again: {suppression.reason}"
    return Diagnostic("suppression-expired", message, suppression.origin)


def _tell_unused(word: str, origin: Origin) -> Diagnostic:
    return Diagnostic("declaration-unused", f"this {word} fits no finding any more; remove it", origin)
