"""`isomorph version`. It imports nothing of ours: it is the start-up that is measured."""

import sys

from isomorph import __version__


def run(argv: list[str]) -> int:
    """Print the version."""
    rest = iter(argv)
    for argument in rest:
        if argument in ("-h", "--help"):
            print("usage: isomorph version\n\nPrint the version.")
            return 0
        if argument == "--color":
            next(rest, None)
        elif argument not in ("-q", "--quiet", "-v", "--verbose") and not argument.startswith("--color="):
            print(f"isomorph: unrecognized arguments: {argument!r} (isomorph version --help)", file=sys.stderr)
            return 2
    print(f"isomorph {__version__}")
    return 0
