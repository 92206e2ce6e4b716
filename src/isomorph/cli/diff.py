"""`isomorph diff A B [C…]`."""

import sys
from argparse import ArgumentTypeError, Namespace

from isomorph.cli.arguments import DEFINITION_HELP, Parser, add_output, make_parser, wants_colour
from isomorph.cli.output import write_result
from isomorph.cli.progress import progress
from isomorph.cli.remarks import print_remarks
from isomorph.drift.compare import compare
from isomorph.drift.finding import Report, Severity, Verdict
from isomorph.drift.image_config import load_image_configs
from isomorph.model.errors import UsageError
from isomorph.project.definitions import parse_definition
from isomorph.project.environments import read_environments
from isomorph.project.root import find_root, open_context
from isomorph.report.terminal import Style

FORMATS = ("text", "json")
_ON_REQUEST = (Verdict.EXPECTED, Verdict.DEFAULT, Verdict.SUPPRESSED)


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "diff",
        "Tell the drift between definitions, each an environment; definitions of one NAME form one.",
        "exit codes: 0 no drift at or above --fail-on, 1 drift, 2 usage or input that cannot be read",
    )
    parser.add_argument("definition", nargs="+", help=DEFINITION_HELP)
    parser.add_argument("--image-config", action="append", default=[], metavar="FILE", help=_IMAGE_CONFIG_HELP)
    parser.add_argument("--fail-on", choices=[each.value for each in Severity], default="warning", help=_FAIL_ON_HELP)
    parser.add_argument("--strict", action="store_true", help="exit 1 for what is unresolved, too")
    parser.add_argument("--verdict", action="append", default=[], choices=[each.value for each in _ON_REQUEST])
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the result (default: text)")
    parser.add_argument("--report", action="append", default=[], type=parse_report, metavar="FORMAT=FILE")
    add_output(parser, "the report")
    return parser


_IMAGE_CONFIG_HELP = "the engine's `inspect` JSON of images, which settles what only the image knows (may repeat)"
_FAIL_ON_HELP = "the least severity that makes the exit code 1 (default: warning)"


def parse_report(text: str) -> tuple[str, str]:
    """Read `FORMAT=FILE`."""
    form, equals, file = text.partition("=")
    if form not in FORMATS or not equals or not file:
        raise ArgumentTypeError(f"{text!r} is not FORMAT=FILE with a format of {', '.join(FORMATS)}")
    return form, file


def run(argv: list[str]) -> int:
    """Compare; 1 where drift is at or above the threshold."""
    arguments = parser().parse_args(argv)
    named = [parse_definition(text) for text in arguments.definition]
    context = open_context(named, arguments.image_config)
    with progress(len(named) + 1, quiet=arguments.quiet) as step:
        environments = read_environments(named, context, step)
        if len(environments) < 2:
            raise UsageError("a comparison needs two environments; give the second definition another name (NAME=…)")
        step("comparing")
        report = compare(environments, image_configs=load_image_configs(arguments.image_config, context))
    print_remarks(report.diagnostics, arguments)
    write_result(_print(report, arguments.format, arguments.output, arguments), arguments.output)
    for form, file in arguments.report:
        write_result(_print(report, form, file, arguments), file)
    return exit_code(report, Severity(arguments.fail_on), arguments.strict)


def exit_code(report: Report, threshold: Severity, strict: bool) -> int:
    """Give 1 where there is drift at or above a severity, or (strict) something unresolved."""
    order = list(Severity)
    failing = order[: order.index(threshold) + 1]
    for finding in report.findings:
        if finding.verdict in (Verdict.DRIFT, Verdict.MISSING) and finding.severity in failing:
            return 1
        if strict and finding.verdict is Verdict.UNRESOLVED:
            return 1
    return 0


def _print(report: Report, form: str, output: str, arguments: Namespace) -> bytes:
    if form == "json":
        from isomorph.report.json_report import print_json

        return print_json(report, find_root("."))
    from isomorph.report.text_report import print_report

    to_terminal = output == "-"
    style = Style(to_terminal and wants_colour(arguments.color, sys.stdout), None if to_terminal else 120)
    further = _ON_REQUEST[:1] + _ON_REQUEST[2:] if arguments.verbose else [Verdict(each) for each in arguments.verdict]
    encoding = (sys.stdout.encoding or "utf-8") if to_terminal else "utf-8"
    return print_report(report, style, further, verbose=arguments.verbose).encode(encoding, "replace")
