"""`isomorph check`: the gate for everything that `isomorph.yaml` names."""

from isomorph.cli.arguments import Parser, add_output, make_parser
from isomorph.cli.gating import judge_project
from isomorph.cli.reporting import add_reporting, add_threshold, exit_code, write_reports
from isomorph.drift.finding import Severity


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "check",
        "Compare everything that isomorph.yaml names: environments with each other and with what their Score files generate.",
        "exit codes: 0 nothing new at or above --fail-on, 1 findings, 2 usage or input that cannot be read",
    )
    add_threshold(parser)
    parser.add_argument("--ci", action="store_true", help="write nothing but the reports that are named")
    parser.add_argument("--no-baseline", action="store_true", help="tell what stands in the baseline, too")
    add_reporting(parser)
    add_output(parser, "the report")
    return parser


def run(argv: list[str]) -> int:
    """Check; 1 where something is at or above the threshold."""
    arguments = parser().parse_args(argv)
    _, report = judge_project(arguments, with_baseline=not arguments.no_baseline)
    write_reports(report, arguments, gate=True)
    return exit_code(report, Severity(arguments.fail_on), arguments.strict)
