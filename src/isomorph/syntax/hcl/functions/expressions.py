"""Regular expressions of Go (RE2) with Python's engine, which must not be led to search for hours.

RE2 takes linear time; Python's engine does not. A repetition in a repetition can take exponential time and is refused;
n repetitions in a row take the text's length to the power of n, which is bounded beforehand.
Syntax: https://github.com/google/re2/wiki/Syntax.
"""

import re
from collections.abc import Iterator
from typing import Any

from isomorph.syntax.hcl.values import HclFault

_MOST_WORK = 50_000_000
_LONGEST_PATTERN = 1_000
_LONGEST_TEXT = 100_000
_MOST_MATCHES = 10_000

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_TRANSLATED = re.compile(
    r"\[:(\^?)(\w+):\]|(\\\\|\\[zQECpP]|\\x\{([0-9a-fA-F]{1,6})\}|\\.)|(\(\?[imsU]*U|\(\?<?[=!]|\(\?[>(])", re.DOTALL
)
_REFERENCE = re.compile(r"\$(?:(\$)|([0-9A-Za-z_]+)|\{([0-9A-Za-z_]+)\})")


def compile_pattern(pattern: str, text: str) -> re.Pattern[str]:
    """Give a pattern that can be searched for in a text without taking long; raises HclFault for what is none."""
    if len(pattern) > _LONGEST_PATTERN or len(text) > _LONGEST_TEXT:
        raise HclFault("the pattern or the text to be searched is longer than any definition needs")
    translated = _TRANSLATED.sub(_translate, pattern)
    try:
        from re import _parser  # type: ignore[attr-defined]

        parsed = _parser.parse(translated, re.ASCII)
        compiled = re.compile(translated, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        raise HclFault("the pattern is no regular expression", "see the syntax of RE2") from None
    if max(len(text), 1) ** (1 + _repetitions(parsed, False)) > _MOST_WORK:
        raise HclFault("the search could take too long", "use fewer repetitions (`*`, `+`)")
    return compiled


def search_all(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Give the matches one after the other; as in Go, none that is empty right after another."""
    end, count = -1, 0
    for match in pattern.finditer(text):
        if match.end() == match.start() == end:
            continue
        end = match.end()
        count += 1
        if count > _MOST_MATCHES:
            raise HclFault("the pattern matches more often than any definition needs")
        yield match


def expand(template: str, match: re.Match[str]) -> str:
    """Fill `$1`, `${1}` and `${name}` of a replacement; what is no group is empty."""

    def fill(found: re.Match[str]) -> str:
        dollar, bare, braced = found.groups()
        if dollar:
            return "$"
        name = bare or braced
        try:
            return match[int(name) if name.isdecimal() else name] or ""
        except IndexError:
            return ""

    return _REFERENCE.sub(fill, template)


def _translate(found: re.Match[str]) -> str:
    negated, name, escape, code, refused = found.groups()
    if name:
        if name not in _CLASSES:
            raise HclFault(f"the pattern names the class `{name}`, which is none")
        if negated:
            raise HclFault("a negated class in the pattern is not supported", "write `[^…]`")
        return _CLASSES[name]
    if refused or escape in ("\\Q", "\\E", "\\C", "\\p", "\\P"):
        raise HclFault(f"`{refused or escape}` in a pattern is not supported")
    if code:
        value = int(code, 16)
        return re.escape(chr(value)) if value < 0x110000 else escape
    if escape == "\\z":
        return "\\Z"
    if escape[1:].isdigit():
        raise HclFault("RE2 has no references back to groups")
    return escape


def _repetitions(parsed: Any, inside: bool) -> int:
    """Count the repetitions that follow each other; raises HclFault for one in another."""
    count = 0
    for operator, argument in parsed:
        name = str(operator)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = argument
            many = most > 20 or (inside and most != least)
            if many and inside:
                raise HclFault(
                    "the search could take too long", "write the pattern without a repetition in a repetition"
                )
            count += many + _repetitions(inner, inside or most > 1)
        elif name == "SUBPATTERN":
            count += _repetitions(argument[-1], inside)
        elif name == "BRANCH":
            count += max(_repetitions(branch, inside) for branch in argument[1])
        elif name in ("ASSERT", "ASSERT_NOT", "GROUPREF", "GROUPREF_EXISTS", "ATOMIC_GROUP"):
            raise HclFault("the pattern uses what RE2 does not have")
    return count
