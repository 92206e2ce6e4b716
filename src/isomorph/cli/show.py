"""`isomorph show DEFINITION…`."""

import sys

from isomorph.cli.arguments import DEFINITION_HELP, Parser, add_output, make_parser, wants_colour
from isomorph.cli.output import write_result
from isomorph.cli.remarks import print_remarks
from isomorph.project.definitions import parse_definition
from isomorph.project.environments import group_by_name, read_environment, settle_platform
from isomorph.project.root import open_context
from isomorph.report.terminal import Style


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("show", "Show what definitions say, as one application, with the place of every value.")
    parser.add_argument("definition", nargs="+", help=DEFINITION_HELP)
    parser.add_argument("--workload", action="append", default=[], metavar="NAME", help="only this one (may repeat)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the result (default: text)")
    add_output(parser, "the result")
    return parser


def run(argv: list[str]) -> int:
    """Show a definition; secrets are masked."""
    from isomorph.model.native import print_native
    from isomorph.report.masked import mask_definition
    from isomorph.report.model_table import choose_workloads, print_model

    arguments = parser().parse_args(argv)
    named = [parse_definition(text) for text in arguments.definition]
    context = open_context(named)
    members = [settle_platform(each, context) for each in named]
    definition = read_environment(next(iter(group_by_name(members))), members, context).definition
    definition = mask_definition(choose_workloads(definition, arguments.workload))
    print_remarks(definition.diagnostics, arguments)
    if arguments.format == "json":
        write_result(print_native(definition), arguments.output)
        return 0
    to_terminal = arguments.output == "-"
    style = Style(to_terminal and wants_colour(arguments.color, sys.stdout), None if to_terminal else 120)
    write_result(print_model(definition, style).encode("utf-8", "replace"), arguments.output)
    return 0
