"""What makes a run fail: the least severity, and whether what is unresolved counts. Exit codes and reports agree by it."""

import msgspec

from isomorph.drift.finding import DIFFERS, Finding, Report, Severity, Verdict

_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


class Threshold(msgspec.Struct, frozen=True):
    """`--fail-on` and `--strict`."""

    least: Severity = Severity.WARNING
    strict: bool = False

    def fails(self, finding: Finding) -> bool:
        """Tell whether a finding makes the exit code 1; under `strict` what is unresolved does, however grave."""
        if finding.verdict is Verdict.UNRESOLVED:
            return self.strict
        return finding.verdict in DIFFERS and _ORDER[finding.severity] <= _ORDER[self.least]

    def weigh(self, report: Report) -> Report:
        """Give a report for those who know severities only: what is unresolved, and does not count, is a note there."""
        if self.strict:
            return report
        findings = tuple(
            msgspec.structs.replace(each, severity=Severity.NOTE) if each.verdict is Verdict.UNRESOLVED else each
            for each in report.findings
        )
        return msgspec.structs.replace(report, findings=findings)


DEFAULT = Threshold()
"""What counts where nothing is said."""
