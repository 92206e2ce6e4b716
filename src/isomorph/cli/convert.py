"""`isomorph convert DEFINITION… --to PLATFORM`."""

import re
from argparse import Namespace

from isomorph.cli.arguments import DEFINITION_HELP, Parser, add_discovery, add_output, make_parser
from isomorph.cli.output import write_files
from isomorph.cli.progress import progress
from isomorph.cli.remarks import print_remarks
from isomorph.model.errors import UsageError
from isomorph.platforms.platform import WriteOptions
from isomorph.project.conversion import convert, writable_platforms
from isomorph.project.definitions import parse_definition
from isomorph.project.environments import read_definitions, settle_platform
from isomorph.project.root import open_context

_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123, as Kubernetes asks of a namespace's name."""


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("convert", "Write any platform's definitions as any other's; what is lost is told.")
    parser.add_argument("definition", nargs="+", help=DEFINITION_HELP + "; several are one application")
    add_writing(parser)
    return parser


def add_writing(parser: Parser) -> None:
    """Add the options of verbs that write definitions."""
    parser.add_argument("--to", required=True, choices=writable_platforms(), metavar="PLATFORM", help="what to write")
    add_output(parser, "the definition")
    parser.add_argument("--name", help="the application's (Compose: project's) name")
    parser.add_argument("-n", "--namespace", help="the namespace to write")
    add_discovery(parser)
    parser.add_argument("--fail-on-loss", action="store_true", help="exit 1 where the output says less than the input")


def run(argv: list[str]) -> int:
    """Convert; 1 where something is lost and that was to fail."""
    arguments = parser().parse_args(argv)
    named = [parse_definition(text) for text in arguments.definition]
    context = open_context(named)
    with progress(len(named) + 1, quiet=arguments.quiet) as step:
        definitions = read_definitions((settle_platform(each, context) for each in named), context, step)
        step("writing")
        conversion = convert(definitions, arguments.to, write_options(arguments))
    write_files(conversion.files, arguments.output)
    print_remarks(conversion.diagnostics, arguments)
    return 1 if arguments.fail_on_loss and conversion.is_lossy else 0


def write_options(arguments: Namespace) -> WriteOptions:
    """Give the writer's options that the command line names."""
    namespace = arguments.namespace
    if namespace is not None and not _NAMESPACE.fullmatch(namespace):
        raise UsageError(f"{namespace!r} is no namespace: it takes up to 63 of a-z, 0-9 and -")
    return WriteOptions(name=arguments.name, namespace=arguments.namespace, discovery=arguments.discovery)
