"""What is said on standard error besides the result."""

import sys
from argparse import Namespace
from collections.abc import Iterable

from isomorph.cli.arguments import wants_colour
from isomorph.model.errors import Diagnostic
from isomorph.report.diagnostics_text import print_diagnostics
from isomorph.report.terminal import Style, clean


def print_remarks(diagnostics: Iterable[Diagnostic], arguments: Namespace) -> None:
    """Print diagnostics on standard error, unless `--quiet`."""
    if arguments.quiet:
        return
    style = Style(wants_colour(arguments.color, sys.stderr))
    sys.stdout.flush()
    sys.stderr.write(print_diagnostics(diagnostics, style, verbose=arguments.verbose))


def print_message(message: str) -> None:
    """Print a message on standard error; its lines may quote input that holds escape sequences."""
    print("\n".join(map(clean, message.split("\n"))), file=sys.stderr, flush=True)
