"""Values as text, as Go's `fmt` prints them with `%v` and `%q`."""

import re
from typing import Any

from isomorph.syntax.gotemplate.bounds import limit_characters
from isomorph.syntax.gotemplate.data import Float, Integer, Truth
from isomorph.syntax.gotemplate.text import Text, cut_text, join_texts, mark_text, runs_of, values_of_text, with_runs

_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}
_SAFE = re.compile(r"[ !#-\[\]-~]*")


def print_value(value: object) -> str:
    """Print the value of an action: a Text, so that it can be told from a template's own text."""
    text = print_go(value, nil="<no value>")
    return text if type(text) is Text else mark_text(text, ())


def print_go(value: Any, nil: str = "<nil>") -> str:
    """Print a value as `%v` does; `nil` is what there is for no value."""
    if isinstance(value, str):
        return value
    if value is None:
        return nil
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, Truth | Integer):
        return str(value)
    if isinstance(value, float):
        return mark_text(print_float(value), value.origins) if isinstance(value, Float) else print_float(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        parts = ["map["]
        for index, key in enumerate(sorted(value)):
            parts += [" " if index else "", print_go(key), ":", print_go(value[key])]
        return _bound(join_texts([*parts, "]"]))
    if isinstance(value, list | tuple):
        parts = ["["]
        for index, item in enumerate(value):
            parts += [" " if index else "", print_go(item)]
        return _bound(join_texts([*parts, "]"]))
    return _print_other(value, nil)


def _bound(text: str) -> str:
    """Refuse to go on with a list that contains another twice, and that another twice, and so on."""
    limit_characters(len(text))
    return text


def _print_other(value: object, nil: str) -> str:
    from gotpl.runtime.sync_vm import format_value
    from gotpl.runtime.values import INVALID, UNTYPED_NIL

    if value is UNTYPED_NIL:
        raise ValueError("nil is not a command")
    if value is INVALID:
        return nil
    if hasattr(value, "isoformat") and hasattr(value, "tzname"):
        return print_time(value)
    return format_value(value)


def print_time(time: Any) -> str:
    """Print a time as Go does."""
    fraction = f".{time.microsecond:06d}".rstrip("0") if time.microsecond else ""
    return f"{time.year:04d}-{time:%m-%d %H:%M:%S}{fraction} {time:%z} {time.tzname()}"


def print_float(value: float) -> str:
    """Print a float as strconv does in its shortest form: with an exponent below 1e-4 and from 1e+06 or 21 digits on."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    mantissa, _, exponent = f"{value!r}".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    scale = int(exponent or 0) + len(whole) - 1
    if whole == "0":
        scale = int(exponent or 0) - (len(fraction) - len(fraction.lstrip("0"))) - 1
    if -4 <= scale < 21 and scale < max(6, 0):
        return repr(value).removesuffix(".0") if "e" not in repr(value) else f"{value:.{-scale + len(digits) - 1}f}"
    digits = digits.rstrip("0") or "0"
    point = f".{digits[1:]}" if digits[1:] else ""
    return f"{sign}{digits[0]}{point}e{'-' if scale < 0 else '+'}{abs(scale):02d}"


def quote_go(text: str) -> str:
    """Print a string in double quotes as `%q` does."""
    if _SAFE.fullmatch(text):
        return join_texts(['"', text, '"'])
    parts = ['"']
    start = 0
    if len(runs_of(text)) < 2:
        return mark_text(f'"{"".join(map(_escape_any, text))}"', values_of_text(text))
    for index, character in enumerate(text):
        if _is_escaped(character):
            parts += [cut_text(text, start, index), change_marks(text, index, _escape(character))]
            start = index + 1
    return join_texts([*parts, cut_text(text, start, len(text)), '"'])


def change_marks(text: str, index: int, written: str) -> str:
    """Give what is written for one character of a text, from the same place."""
    character = cut_text(text, index, index + 1)
    if type(character) is Text and character.runs:
        return with_runs(written, ((len(written), character.runs[0][1]),))
    return written


def _is_escaped(character: str) -> bool:
    return character in _ESCAPES or not (character.isprintable() or character == " ")


def _escape_any(character: str) -> str:
    return _escape(character) if _is_escaped(character) else character


def _escape(character: str) -> str:
    short = _ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
