"""`format`: the verbs of cty's function, which are close to Go's (https://developer.hashicorp.com/terraform/language/functions/format)."""

import re
from decimal import Decimal
from typing import Any

from isomorph.syntax.hcl.functions.encoding import encode_json
from isomorph.syntax.hcl.values import LONGEST_TEXT, HclFault, Pending, print_number, to_bool, to_number, to_string

_VERB = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>[0-9]+)?(?:\.(?P<precision>[0-9]*))?(?:\[(?P<index>[0-9]+)\])?(?P<verb>.)",
    re.DOTALL,
)
_WIDEST = 1_000


def format_text(pattern: str, *arguments: Any) -> str:
    """Fill the verbs of a text with arguments; raises HclFault for verbs that there are not."""
    used = 0
    pieces: list[str] = []
    length = done = 0
    for match in _VERB.finditer(pattern):
        pieces.append(pattern[done : match.start()])
        done = match.end()
        if match["verb"] == "%":
            pieces.append("%")
            continue
        at = int(match["index"][:4]) - 1 if match["index"] else used
        used = at + 1
        if not 0 <= at < len(arguments):
            raise HclFault(f"the text has a verb {match[0]!r}, but no argument for it")
        pieces.append(_print(match, arguments[at]))
        length += len(pieces[-1])
        if length > LONGEST_TEXT:
            raise HclFault("the result is longer than any definition needs")
    if "%" in pattern[done:]:
        raise HclFault("the text ends within a verb", "write `%%` for a percent sign")
    if used < len(arguments) and "[" not in pattern:
        raise HclFault(f"{len(arguments)} arguments, but verbs for {used}")
    return "".join(pieces) + pattern[done:]


def _print(match: re.Match[str], value: Any) -> str:
    verb, flags = match["verb"], match["flags"]
    width = int(match["width"] or 0)
    precision = int(match["precision"] or 0) if match["precision"] is not None else None
    if width > _WIDEST or (precision or 0) > _WIDEST:
        raise HclFault(f"a width of more than {_WIDEST} characters")
    if isinstance(value, Pending):
        raise HclFault("an argument is not settled")
    if value is None and verb != "v":
        raise HclFault("null where a value is needed")
    if verb == "v":
        text = _default(value, flags)
    elif verb in "sq":
        text = to_string(value)
        text = text[:precision] if precision is not None else text
        text = encode_json(text, escape_html=False) if verb == "q" else text
    elif verb == "t":
        text = "true" if to_bool(value) else "false"
    elif verb in "bdoxXeEfgG":
        text = _number(verb, to_number(value), precision, flags)
    else:
        raise HclFault(f"there is no verb {match[0]!r}", "known are %v %s %q %d %f %e %g %x %o %b %t and %%")
    return _pad(text, flags, width, verb)


def _default(value: Any, flags: str) -> str:
    if isinstance(value, str):
        return encode_json(value, escape_html=False) if "#" in flags else value
    if value is None or isinstance(value, list | dict | bool):
        return encode_json(value)
    return _number("g", to_number(value), None, flags)


def _number(verb: str, value: int | Decimal, precision: int | None, flags: str) -> str:
    if verb in "bdoxX":
        text = format(int(value), verb)
    elif verb == "f":
        text = format(Decimal(value), f".{6 if precision is None else precision}f")
    elif verb in "eE":
        text = format(float(value), f".{6 if precision is None else precision}{verb}")
    else:
        text = _shortest(value, precision)
        text = text.upper() if verb == "G" else text
    if value >= 0 and ("+" in flags or " " in flags):
        text = ("+" if "+" in flags else " ") + text
    return text


def _shortest(value: int | Decimal, precision: int | None) -> str:
    """Write a number as Go's %g does: with an exponent below 1e-4 and from a million on."""
    number = Decimal(value)
    if precision is not None:
        return format(float(value), f".{precision or 1}g")
    if number and not -5 < number.adjusted() < 6:
        mantissa = print_number(number.scaleb(-number.adjusted()))
        return f"{mantissa}e{number.adjusted():+03d}"
    return print_number(value)


def _pad(text: str, flags: str, width: int, verb: str) -> str:
    if len(text) >= width:
        return text
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and verb not in "sqv":
        sign = text[:1] if text[:1] in "+-" else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)
