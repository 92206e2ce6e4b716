"""What verbs share that end in a report: its formats, where each goes, and the exit code."""

import sys
from argparse import ArgumentTypeError, Namespace

from isomorph.cli.arguments import Parser, wants_colour
from isomorph.cli.output import write_result
from isomorph.drift.finding import Finding, Report, Severity, Verdict
from isomorph.drift.threshold import Threshold
from isomorph.project.root import find_repository, find_root
from isomorph.report.fold import ALWAYS_SHOWN
from isomorph.report.formats import BY_NAME, load_format
from isomorph.report.terminal import Style

NAMES = ("text", *BY_NAME)
ON_REQUEST = (Verdict.EXPECTED, Verdict.DEFAULT, Verdict.SUPPRESSED)

_IMAGE_CONFIG_HELP = "the engine's `inspect` JSON of images, which settles what only the image knows (may repeat)"
_FAIL_ON_HELP = "the least severity that makes the exit code 1 (default: warning)"


def add_threshold(parser: Parser) -> None:
    """Add what decides the exit code."""
    parser.add_argument("--image-config", action="append", default=[], metavar="FILE", help=_IMAGE_CONFIG_HELP)
    parser.add_argument("--fail-on", choices=[each.value for each in Severity], default="warning", help=_FAIL_ON_HELP)
    parser.add_argument("--strict", action="store_true", help="exit 1 for what is unresolved, too")


def add_reporting(parser: Parser) -> None:
    """Add what decides which report is written where."""
    parser.add_argument("--verdict", action="append", default=[], choices=[each.value for each in ON_REQUEST])
    parser.add_argument("--format", choices=NAMES, default="text", help="of the result (default: text)")
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        type=parse_report,
        metavar="FORMAT=FILE",
        help=f"a further report, of format {', '.join(NAMES)} (may repeat)",
    )


def parse_report(text: str) -> tuple[str, str]:
    """Read `FORMAT=FILE`."""
    form, equals, file = text.partition("=")
    if form not in NAMES or not equals or not file:
        raise ArgumentTypeError(f"{text!r} is not FORMAT=FILE with a format of {', '.join(NAMES)}")
    return form, file


def write_reports(report: Report, arguments: Namespace, *, gate: bool = False) -> None:
    """Write the result, and every further report that was asked for.

    Of a gate, text says in the end whether it failed, and without a finding is not printed.
    """
    healthy = not any(finding.verdict in ALWAYS_SHOWN for finding in report.findings)
    asked = arguments.verbose or arguments.verdict or arguments.format != "text" or arguments.output != "-"
    outcome = _say_outcome(report, Severity(arguments.fail_on), arguments.strict) if gate and not healthy else ""
    if not (gate and healthy) or asked:
        write_result(print_as(report, arguments.format, arguments.output, arguments, outcome), arguments.output)
    for form, file in arguments.report:
        write_result(print_as(report, form, file, arguments, outcome), file)


def _say_outcome(report: Report, least: Severity, strict: bool) -> str:
    """Say whether the gate failed, and by which measure."""
    measure = f"--fail-on {least.value}{' --strict' if strict else ''}"
    failing = list(filter(Threshold(least, strict).fails, report.findings))
    if not failing:
        return f"passed ({measure}): what is told above does not count"
    return (
        f"FAILED ({measure}): mend what is told above{_name_fix(failing)}. What is intended goes under `expect` in isomorph.yaml,"
        " what has to wait under `suppress`, or all of it into the baseline (`isomorph baseline write`)."
    )


def _name_fix(failing: list[Finding]) -> str:
    """Give the command that mends the environment which is in most of what fails; nothing where no two are compared."""
    pairs = [finding.between for finding in failing if finding.compared_with == "pair"]
    if not pairs:
        return ""
    names = [name for pair in pairs for name in pair]
    wrong = max(dict.fromkeys(names), key=names.count)
    right = next(name for pair in pairs if wrong in pair for name in pair if name != wrong)
    return f"; `isomorph fix --from {right} --to {wrong}` shows what of it can be mended in {wrong} as {right} has it"


def exit_code(report: Report, threshold: Severity, strict: bool) -> int:
    """Give 1 where there is drift at or above a severity, or (strict) something unresolved."""
    return int(any(map(Threshold(threshold, strict).fails, report.findings)))


def print_as(report: Report, form: str, output: str, arguments: Namespace, outcome: str = "") -> bytes:
    """Write a report in one of the formats; text fits the terminal that it goes to, and ends with the outcome of the run."""
    if form != "text":
        threshold = Threshold(Severity(arguments.fail_on), arguments.strict)
        root = find_repository(".") if BY_NAME[form].of_repository else find_root(".")
        return load_format(form)(report, root, threshold)
    from isomorph.report.text_report import print_report

    to_terminal = output == "-"
    style = Style(to_terminal and wants_colour(arguments.color, sys.stdout), None if to_terminal else 120)
    further = ON_REQUEST[:1] + ON_REQUEST[2:] if arguments.verbose else [Verdict(each) for each in arguments.verdict]
    encoding = (sys.stdout.encoding or "utf-8") if to_terminal else "utf-8"
    text = print_report(report, style, further, verbose=arguments.verbose, outcome=outcome)
    return text.encode(encoding, "replace")
