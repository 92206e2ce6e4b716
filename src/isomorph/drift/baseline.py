"""The baseline: the drift that a project had when it was adopted. What stands in it is suppressed, all else is new.

An entry names a finding by its fingerprint, and says besides what a reader wants to know of it. Each is one line, in an
order that depends on nothing but the findings, so that a change of the baseline reads as what changed.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from isomorph.drift.declared import OPEN, recount
from isomorph.drift.finding import Finding, Report, Verdict
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Mapping, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import print_quoted, print_text
from isomorph.syntax.yaml.read import parse_one

REASON = "in the baseline"

_HEAD = """\
# The drift that was there when `isomorph baseline write` was run last: `isomorph check` does not fail because of it.
# A finding a line. Of two branches' lines git keeps both (see .gitattributes); a line too many is told, and harmless.
"""


class Baseline(msgspec.Struct, frozen=True):
    """Fingerprints with what stands beside them, and the file they were read from."""

    entries: dict[str, Origin]
    file: str


def print_baseline(findings: Iterable[Finding]) -> str:
    """Write the findings that are open as a baseline."""
    lines = {_print_entry(each): each for each in findings if each.verdict in OPEN}
    ordered = sorted(lines, key=lambda line: (_sort_key(lines[line]), line))
    return _HEAD + ("".join(f"{line}\n" for line in ordered) if ordered else "[]\n")


def _sort_key(finding: Finding) -> tuple[str, ...]:
    return (finding.workload, finding.rule, finding.container, finding.subject, *finding.environments)


def _print_entry(finding: Finding) -> str:
    said = {
        "fingerprint": finding.fingerprint,
        "workload": finding.workload,
        "rule": finding.rule,
        "container": finding.container,
        "subject": finding.subject,
    }
    fields = [f"{key}: {_print_value(value)}" for key, value in said.items() if value]
    fields.append(f"between: [{', '.join(map(_print_value, finding.environments))}]")
    return f"- {{{', '.join(fields)}}}"


def _print_value(text: str) -> str:
    """Write a text as a part of a line of YAML: in quotes where it would be taken for something else there."""
    plain = print_text(text, None) == text and not any(character in text for character in "[]{},:#&*!|>'%@`\"")
    return text if plain else print_quoted(text)


def parse_baseline(content: bytes, file: str) -> Baseline:
    """Read a baseline; raises InvalidInput with the place of what is none."""
    root = parse_one(content, file, Dialect.COMPOSE).root
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return Baseline({}, file)
    if not isinstance(root, Sequence):
        raise InvalidInput("a baseline is a list of findings", root.origin, "write it with `isomorph baseline write`")
    entries: dict[str, Origin] = {}
    for item in root.items:
        name = item.get("fingerprint") if isinstance(item, Mapping) else None
        if not isinstance(name, Scalar) or not isinstance(name.value, str):
            hint = "write the baseline anew with `isomorph baseline write`"
            raise InvalidInput("this entry of the baseline has no fingerprint", item.origin, hint)
        entries.setdefault(name.value, item.origin)
    return Baseline(entries, file)


def is_measured(report: Report) -> bool:
    """Tell whether a baseline holds something of a report, so that what is left of it is new."""
    return any(finding.reason == REASON for finding in report.findings)


def apply_baseline(report: Report, baseline: Baseline) -> Report:
    """Give the report with the findings of the baseline suppressed; entries that nothing fits any more are told once."""
    met: set[str] = set()
    findings: list[Finding] = []
    for finding in report.findings:
        if finding.verdict in OPEN and finding.fingerprint in baseline.entries:
            met.add(finding.fingerprint)
            finding = replace(finding, verdict=Verdict.SUPPRESSED, reason=REASON)
        findings.append(finding)
    gone = [origin for name, origin in baseline.entries.items() if name not in met]
    told: list[Diagnostic] = []
    if gone:
        what = "one entry" if len(gone) == 1 else f"{len(gone)} entries"
        message = f"{what} of the baseline fit{'s' if len(gone) == 1 else ''} nothing any more (settled, or another value now)"
        if any(finding.verdict in OPEN for finding in findings):
            message += (
                ", which does no harm: first settle what is new, which `isomorph baseline write` would accept, too"
            )
        else:
            message += ", which does no harm: `isomorph baseline write` leaves them out"
        told.append(Diagnostic("baseline-outdated", message, gone[0]))
    return replace(
        report,
        findings=tuple(findings),
        diagnostics=(*report.diagnostics, *told),
        summary=recount(report, tuple(findings)),
    )
