"""What the verbs' command lines have in common."""

import argparse
import os
import sys
from typing import Any, TextIO

DEFINITION_HELP = "a definition: [NAME=][PLATFORM:]PATH[?key=value&…]; PATH is a file, a folder or -"


class Parser(argparse.ArgumentParser):
    """A verb's parser; usage errors are one message on standard error and exit code 2."""

    def error(self, message: str) -> Any:
        """Print the message and where to read on, and leave."""
        self.exit(2, f"isomorph: {message} ({self.prog} --help)\n")


def make_parser(verb: str, description: str, epilog: str = "") -> Parser:
    """Make a verb's parser with the options of all verbs."""
    parser = Parser(
        prog=f"isomorph {verb}",
        description=description,
        epilog=epilog,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_global(parser)
    return parser


def add_global(parser: argparse.ArgumentParser, *, inner: bool = False) -> None:
    """Add the options of all verbs; `inner`: to the parser of a part of a verb, whose own parser has their defaults."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if inner else value

    every = parser.add_argument_group("options of all verbs")
    every.add_argument(
        "-q", "--quiet", action="store_true", default=default(False), help="print results and errors only"
    )
    every.add_argument(
        "-v", "--verbose", action="store_true", default=default(False), help="print all that there is to say"
    )
    every.add_argument(
        "--color", choices=("auto", "always", "never"), default=default("auto"), help="colours (default: auto)"
    )


def add_discovery(parser: argparse._ActionsContainer) -> None:
    """Add the choice of where Nomad's services find each other."""
    parser.add_argument(
        "--discovery",
        choices=("nomad", "consul"),
        default="nomad",
        help="Nomad: where services are registered and found (default: nomad)",
    )


def add_output(parser: argparse.ArgumentParser, what: str) -> None:
    """Add `-o`."""
    parser.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="PATH",
        help=f"where {what} goes: - (default), a file, or a folder with /",
    )


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Tell whether to colour what goes to a stream: as chosen, else where it is a terminal and NO_COLOR is not set."""
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def print_result(text: str) -> None:
    """Print a text result on standard output, whatever its encoding can say."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode(encoding, "replace"))
