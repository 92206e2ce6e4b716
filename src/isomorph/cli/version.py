"""`isomorph version`. It imports nothing: it is the start-up that is measured."""

from isomorph import __version__


def run(argv: list[str]) -> int:
    """Print the version."""
    if argv and argv[0] in ("-h", "--help"):
        print("usage: isomorph version\n\nPrint the version.")
        return 0
    print(f"isomorph {__version__}")
    return 0
