"""Where a value stands, as reports show it: a person mends it where it comes from, by way of where it is used."""

import posixpath
import re

from isomorph.model.origin import Origin
from isomorph.report.terminal import clean

_ADDRESS = re.compile(r"https?://[!#-;=?-Z_a-z~]+")


def find_source(origin: Origin) -> Origin:
    """Give where a value is mended: the line of a values, variables or `.env` file that it came from, else its own."""
    return next((each for each in origin.via if is_file(each) and not each.refers), origin)


def is_file(origin: Origin) -> bool:
    """Tell whether an origin is in a file: standard input, options and variables of the shell are not."""
    return bool(origin.file) and not origin.file.startswith(("-", "<", "?", "$"))


def web_address(text: str) -> str:
    """Give a text that is an address of the web, which may be a link; nothing for any other."""
    return text if _ADDRESS.fullmatch(text) else ""


def print_place(origin: Origin, base: str | None = None, *, behind: bool = True) -> str:
    """Write where a value is mended, below `base` without it, and where it is used: `values.yaml:8:8 (templates/web.yaml:31)`.

    `behind` as False leaves the latter out.
    """
    source = find_source(origin)
    place = _below(str(source), base)
    if source is origin or not behind:
        return place
    folder = posixpath.dirname(source.file)
    return f"{place} ({_below(origin.file, f'{folder}/' if folder else None)}:{origin.line})"


def _below(text: str, base: str | None) -> str:
    return clean(text).removeprefix(base or "")
