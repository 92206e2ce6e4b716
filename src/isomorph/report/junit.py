"""The report as JUnit's XML: a suite for each pair of environments, a case for each workload, a failure a finding.

Source: the schema that CI systems agree on, https://github.com/jenkinsci/xunit-plugin (junit-10.xsd).
"""

from xml.sax.saxutils import escape, quoteattr

from isomorph.drift.finding import Finding, Report, Side, Verdict
from isomorph.drift.threshold import DEFAULT, Threshold
from isomorph.report.causes import find_place
from isomorph.report.json_report import PlaceFile, file_placer
from isomorph.report.terminal import clean, say_nothing

_TOLD = (Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED, Verdict.SUPPRESSED)
"""What is a case of its own: a failure where it makes the run fail, else skipped."""


def print_junit(report: Report, root: str | None = None, threshold: Threshold = DEFAULT) -> bytes:
    """Write a report as JUnit XML: what makes the run fail is a failure, and only that.

    What is suppressed, not known or below the threshold is a skipped case; a workload without any of it passed.
    """
    place = file_placer(root)
    suites = [_suite(name, members, report, place, threshold) for name, members in _group(report).items()]
    failed = sum(map(threshold.fails, report.findings))
    head = f'<testsuites name="isomorph" failures="{failed}" errors="0">'
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>", "")).encode()


def _group(report: Report) -> dict[str, list[Finding]]:
    """Give the findings by what was compared; without any, all environments are one suite that passed."""
    groups: dict[str, list[Finding]] = {}
    for finding in report.findings:
        groups.setdefault(_name(finding), []).append(finding)
    if not groups:
        groups[" and ".join(each.name for each in report.environments)] = []
    return groups


def _name(finding: Finding) -> str:
    if finding.compared_with == "policy":
        return f"policy on {finding.environments[0]}"
    return " and ".join(finding.environments)


def _suite(name: str, findings: list[Finding], report: Report, place: PlaceFile, threshold: Threshold) -> str:
    failures = [each for each in findings if threshold.fails(each)]
    skipped = [each for each in findings if each.verdict in _TOLD and not threshold.fails(each)]
    concerned = {finding.workload for finding in (*failures, *skipped)}
    compared = {environment for finding in findings for environment in finding.environments}
    compared &= {environment.name for environment in report.environments}
    cases = [
        f"    <testcase classname={_attribute(name)} name={_attribute(workload.name)}/>"
        for workload in report.workloads
        if workload.name not in concerned and compared.issubset(workload.aliases)
    ]
    cases += [_failure(name, each, place) for each in failures]
    cases += [_skip(name, each) for each in skipped]
    numbers = f'tests="{len(cases)}" failures="{len(failures)}" errors="0" skipped="{len(skipped)}"'
    return "\n".join((f"  <testsuite name={_attribute(name)} {numbers}>", *cases, "  </testsuite>"))


def _case(suite: str, finding: Finding) -> str:
    where = f"{finding.workload}/{finding.container}" if finding.container else finding.workload
    what = f"{where}: {finding.rule} {finding.subject}".rstrip()
    return f"<testcase classname={_attribute(suite)} name={_attribute(what)}>"


def _failure(suite: str, finding: Finding, place: PlaceFile) -> str:
    origin = find_place(finding)
    lines = [finding.message, *(_side(each, finding.rule) for each in finding.sides)]
    lines += [f"at {place(origin.file)}:{origin.line}:{origin.column}"] if origin is not None else []
    lines += [f"to mend it: {finding.hint}"] if finding.hint else []
    text = escape("\n".join(map(clean, lines)))
    message, kind = _attribute(finding.message), _attribute(finding.severity.value)
    return (
        f"    {_case(suite, finding)}\n      <failure message={message} type={kind}>{text}</failure>\n    </testcase>"
    )


def _side(side: Side, rule: str) -> str:
    return f"{side.environment}: {say_nothing(rule) if side.value is None else side.value}"


def _skip(suite: str, finding: Finding) -> str:
    if finding.verdict is Verdict.SUPPRESSED:
        reason = finding.reason or finding.verdict.value
    else:
        unknown = finding.verdict is Verdict.UNRESOLVED
        reason = f"{'not known' if unknown else finding.severity.value}: {finding.message}"
    return f"    {_case(suite, finding)}\n      <skipped message={_attribute(reason)}/>\n    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(clean(text))
