"""Functions that search with regular expressions. Their first argument is what a search is charged to."""

from typing import Any

from isomorph.syntax.hcl.functions.expressions import Charge, Match, Pattern, expand
from isomorph.syntax.hcl.functions.text import replace_text
from isomorph.syntax.hcl.values import LONGEST_TEXT, HclFault


def _replace_or_regex(charge: Charge, text: str, old: str, new: str) -> str:
    if len(old) > 1 and old[0] == old[-1] == "/":
        return _regex_replace(charge, text, old[1:-1], new)
    return replace_text(text, old, new)


def _regex_replace(charge: Charge, text: str, pattern: str, new: str) -> str:
    pieces, done, length = [], 0, 0
    for match in Pattern(pattern, charge).search_all(text):
        pieces += [text[done : match.start], expand(new, match)]
        length += len(pieces[-1])
        if length > LONGEST_TEXT:
            raise HclFault("the result is longer than any definition needs")
        done = match.end
    return "".join(pieces) + text[done:]


def _found(match: Match) -> Any:
    """Give a match as cty does: the whole, the groups as a list, or the named groups as a map."""
    if match.names:
        return {name: match.group(number) for name, number in match.names.items()}
    return match.groups() or match.group(0)


def _regex(charge: Charge, pattern: str, text: str) -> Any:
    match = Pattern(pattern, charge).search(text)
    if match is None:
        raise HclFault("the pattern does not match", "use can(…), try(…) or regexall(…) where that may be")
    return _found(match)


def _regex_all(charge: Charge, pattern: str, text: str) -> list[Any]:
    return [_found(match) for match in Pattern(pattern, charge).search_all(text)]


FUNCTIONS = {
    "regex": _regex,
    "regex_replace": _regex_replace,
    "regexall": _regex_all,
    "replace_or_regex": _replace_or_regex,
}
