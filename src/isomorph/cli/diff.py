"""`isomorph diff A B [C…]`."""

from isomorph.cli.arguments import DEFINITION_HELP, Parser, add_output, make_parser
from isomorph.cli.progress import progress
from isomorph.cli.remarks import print_remarks
from isomorph.cli.reporting import add_reporting, add_threshold, exit_code, write_reports
from isomorph.drift.compare import compare
from isomorph.drift.finding import Severity
from isomorph.drift.image_config import load_image_configs
from isomorph.model.errors import UsageError
from isomorph.project.definitions import parse_definition
from isomorph.project.environments import read_environments
from isomorph.project.root import open_context


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "diff",
        "Tell the drift between definitions, each an environment; definitions of one NAME form one.",
        "exit codes: 0 no drift at or above --fail-on, 1 drift, 2 usage or input that cannot be read",
    )
    parser.add_argument("definition", nargs="+", help=DEFINITION_HELP)
    add_threshold(parser)
    add_reporting(parser)
    add_output(parser, "the report")
    return parser


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
    write_reports(report, arguments)
    return exit_code(report, Severity(arguments.fail_on), arguments.strict)
