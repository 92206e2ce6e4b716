"""`isomorph check`: the gate for everything that `isomorph.yaml` names."""

from isomorph.cli.arguments import Parser, add_output, make_parser
from isomorph.cli.progress import progress
from isomorph.cli.remarks import print_remarks
from isomorph.cli.reporting import add_reporting, add_threshold, exit_code, write_reports
from isomorph.drift.finding import Severity
from isomorph.drift.image_config import load_image_configs
from isomorph.project.gate import Gate, run_gate
from isomorph.project.opening import open_project


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
    from datetime import date

    arguments = parser().parse_args(argv)
    project, context = open_project(arguments.image_config)
    gate = Gate(
        project=project,
        today=date.today().isoformat(),
        image_configs=load_image_configs(arguments.image_config, context),
        with_baseline=not arguments.no_baseline,
    )
    with progress(len(project.environments) + 1, quiet=arguments.quiet) as step:
        report = run_gate(gate, context, step)
    print_remarks(report.diagnostics, arguments)
    write_reports(report, arguments, silent=True)
    return exit_code(report, Severity(arguments.fail_on), arguments.strict)
