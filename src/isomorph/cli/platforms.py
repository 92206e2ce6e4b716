"""`isomorph platforms [NAME]`."""

import sys

from isomorph.cli.arguments import Parser, make_parser, print_result, wants_colour
from isomorph.platforms.table import find_platform
from isomorph.report.support_matrix import print_platform, print_platforms
from isomorph.report.terminal import Style


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser("platforms", "List the platforms, and how well each says what.")
    parser.add_argument("name", nargs="?", help="one platform: what it cannot say, and why")
    return parser


def run(argv: list[str]) -> int:
    """Print the platforms, or one."""
    arguments = parser().parse_args(argv)
    style = Style(wants_colour(arguments.color, sys.stdout))
    named = arguments.name
    print_result(print_platforms(style) if named is None else print_platform(find_platform(named), style))
    return 0
