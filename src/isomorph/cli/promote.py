"""`isomorph promote FROM TO`: the images and settings of one environment for another."""

from isomorph.cli.arguments import Parser, make_parser
from isomorph.cli.mending import add_mending, run_mending
from isomorph.project.fix.promoting import is_taken


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "promote",
        "Give an environment of isomorph.yaml the images and settings of another: images, commands and arguments,\n"
        "variables, files. Replicas, compute, probes, ports, routes and storage stay its own, as do secrets and addresses.",
        "exit codes: 0 nothing of that at or above --fail-on differs any more, 1 something does, 2 usage or bad input",
    )
    parser.add_argument("source", metavar="FROM", help="the environment that images and settings are taken from")
    parser.add_argument("target", metavar="TO", help="the environment that is edited")
    add_mending(parser)
    return parser


def run(argv: list[str]) -> int:
    """Promote; 1 where something is left."""
    arguments = parser().parse_args(argv)
    return run_mending(arguments, arguments.source, arguments.target, is_taken)
