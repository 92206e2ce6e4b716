"""`isomorph explain RULE | CODE`."""

import sys

from isomorph.cli.arguments import Parser, make_parser, print_result, wants_colour
from isomorph.report.explanation import explain, list_names
from isomorph.report.terminal import Style


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("explain", "Tell what a rule, a diagnostic or a reason means, why it matters, how to mend it.")
    parser.add_argument("name", nargs="*", help="such as image.tag, unset-variable or 'open network'; none: list them")
    return parser


def run(argv: list[str]) -> int:
    """Explain, or list what there is to explain."""
    arguments = parser().parse_args(argv)
    style = Style(wants_colour(arguments.color, sys.stdout))
    if not arguments.name:
        print_result(list_names(style))
        return 0
    print_result("\n".join(_explain(name, style) for name in arguments.name))
    return 0


def _explain(name: str, style: Style) -> str:
    """Explain a name; rules of policies are those of the project, and of the packs."""
    if name.startswith("policy."):
        from isomorph.cli.policy import explain_policy

        return explain_policy(name, style)
    return explain(name, style)
