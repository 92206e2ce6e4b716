"""`isomorph check-version CONSTRAINT`: for pipelines that need a certain version, as the reference tools have it."""

import re

from isomorph import __version__
from isomorph.cli.arguments import Parser, make_parser
from isomorph.cli.remarks import print_message
from isomorph.model.errors import UsageError

_CONSTRAINT = re.compile(r"\s*(?P<operator>>=|<=|==|!=|[=<>~^])?\s*v?(?P<version>\d+(?:\.\d+){0,2})\s*")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")

Version = tuple[int, ...]


def parser() -> Parser:
    """Make the verb's parser."""
    parser = make_parser(
        "check-version",
        "Check that this isomorph is of a version that a project needs.",
        "constraints: 1.2 and =1.2 (any 1.2.x), =1.2.3, >=1.2, >1.2 (1.3 or later), <2, <=1.2, ~1.2 (1.2.x), ^1.2 (1.2 up\n"
        "to 2); several, separated by commas or spaces, must all hold\n"
        "exit codes: 0 it is, 1 it is not, 2 the constraint means nothing",
    )
    parser.add_argument("constraint", nargs="+", help="such as '>=0.1.0', in quotes")
    return parser


def run(argv: list[str]) -> int:
    """Check; 1 where the version is another."""
    arguments = parser().parse_args(argv)
    text = " ".join(arguments.constraint)
    if satisfies(__version__, text):
        return 0
    print_message(f"isomorph: this is version {__version__}, which is not {text}")
    return 1


def satisfies(version: str, text: str) -> bool:
    """Tell whether a version satisfies all constraints of a text; raises UsageError for one that means nothing."""
    here = _parse(version)
    parts = re.sub(r"([<>=!~^])\s+", r"\1", text).replace(",", " ").split()
    if not parts:
        raise UsageError("there is no constraint, such as '>=0.1.0'")
    held = True
    for part in parts:
        found = _CONSTRAINT.fullmatch(part)
        if found is None:
            raise UsageError(f"{part!r} is no constraint on a version; one is written like '>=0.1.0'")
        held &= _holds(here, found["operator"] or "=", _parse(found["version"]))
    return held


def _parse(text: str) -> Version:
    """Give a version's numbers; what follows them (`rc1`, `.dev0`) does not count."""
    found = _NUMBERS.match(text)
    return tuple(map(int, found.group().split("."))) if found else ()


def _holds(version: Version, operator: str, wanted: Version) -> bool:
    """Compare as far as the constraint says: `=1.2` holds for 1.2.3, and `>1.2` does not."""
    here = version[: len(wanted)]
    if operator in ("=", "=="):
        return here == wanted
    if operator == "!=":
        return here != wanted
    if operator == ">":
        return here > wanted
    if operator == ">=":
        return here >= wanted
    if operator == "<":
        return here < wanted
    if operator == "<=":
        return here <= wanted
    if operator == "~":
        return here >= wanted and version[:2][: len(wanted)] == wanted[:2]
    # The first number that is not 0 is the one that breaks what was (semver.org, 4 and 8).
    fixed = next((index for index, number in enumerate(wanted) if number), len(wanted) - 1) + 1
    return here >= wanted and version[:fixed] == wanted[:fixed]
