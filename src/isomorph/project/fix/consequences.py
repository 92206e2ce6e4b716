"""What an edit brings about beside what it mends: whoever mends one thing must not break another, in any comparison."""

from collections import Counter
from collections.abc import Collection, Iterable

from isomorph.drift.declared import OPEN
from isomorph.drift.finding import Finding, Report, Verdict
from isomorph.project.fix.said import Sides

Key = tuple[str, str, str, str]
"""What a finding is about: workload, container, rule, subject."""


def key_of(finding: Finding) -> Key:
    """Give what a finding is about."""
    return finding.workload, finding.container, finding.rule, finding.subject


def keys_of(findings: Iterable[Finding]) -> set[Key]:
    """Give what findings are about that are open."""
    return {key_of(each) for each in findings if each.verdict in OPEN}


def find_new(before: Collection[Finding], after: Collection[Finding], mended: set[Key]) -> list[Finding]:
    """Give the findings beyond the pair that were not there before.

    What was mended differed between environments before, and may still, from a third one. What a policy finds, or what
    differs from what Score files generate, is new only where nothing was found of it. A container that is the only one is
    called otherwise beside others.
    """
    moved = {(workload, rule, subject) for workload, _, rule, subject in mended}
    fingerprints = {each.fingerprint for each in before if each.verdict in OPEN}
    known = {_about(each) for each in before if each.verdict in OPEN}
    return [
        each
        for each in after
        if each.verdict in OPEN
        and each.fingerprint not in fingerprints
        and (
            (each.workload, each.rule, each.subject) not in moved
            if each.compared_with == "pair"
            else _about(each) not in known
        )
    ]


def _about(finding: Finding) -> tuple[tuple[str, ...], Key]:
    return finding.environments, key_of(finding)


def find_worse(before: Report, after: Report) -> list[Finding]:
    """Give what differs in the pair now and did not before, or did otherwise."""
    known = {each.fingerprint for each in before.findings if each.verdict in OPEN}
    worse = [each for each in after.findings if each.verdict in OPEN and each.fingerprint not in known]
    return sorted(worse, key=key_of)


def explain_worse(finding: Finding) -> str:
    """Say why an edit is no good that makes something else of the pair differ."""
    about = _join(finding.rule, finding.subject)
    return f"mended where it is written, it makes {about} of {finding.workload} differ"


def explain_undone(before: Report, after: Report) -> str:
    """Say why an edit is no good that undoes what a team declared, or for which something is remarked; empty otherwise."""
    kept = {key_of(each) for each in after.findings}
    meant = [key_of(each) for each in before.findings if _is_declared(each) and key_of(each) not in kept]
    if meant:
        workload, _, rule, subject = min(meant)
        return f"mended where it is written, it undoes what is declared of {_join(rule, subject)} of {workload}"
    told = Counter(each.code for each in after.diagnostics)
    told.subtract(each.code for each in before.diagnostics)
    return next((f"the definition would be told as {code}" for code, number in sorted(told.items()) if number > 0), "")


def _is_declared(finding: Finding) -> bool:
    """Tell whether a team declared what differs."""
    from isomorph.drift.baseline import REASON as NOTED
    from isomorph.drift.reasons import DECLARED

    if finding.verdict is Verdict.SUPPRESSED:
        return finding.reason != NOTED
    return finding.verdict is Verdict.EXPECTED and (finding.reason or "").startswith(DECLARED)


def _join(*words: str) -> str:
    return " ".join(filter(None, words))


def explain_new(finding: Finding, sides: Sides, *, by_hand: bool = False) -> str:
    """Say why an edit is no good that brings a finding about. `by_hand`: Score files only describe what it is found in."""
    about = _join(finding.rule, finding.subject)
    if finding.compared_with == "policy":
        return f"with it {finding.workload} breaks {about}"
    if finding.compared_with == "generated":
        target = finding.sides[0].environment
        if by_hand:
            place = f" at {finding.sides[1].origin}" if finding.sides[1].origin is not None else ""
            return f"the Score files say otherwise of {target}: change that too{place}, or in the overrides of {target}"
        return f"Score files generate it otherwise: change those, then isomorph generate --env {target}"
    others = [name for name in finding.between if name != sides.target.name]
    return f"with it {about} of {finding.workload} differs from {' and '.join(others)}"
