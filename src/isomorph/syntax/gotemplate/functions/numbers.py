"""Functions on numbers; what they make is int64 or float64, as in Go, from all the places of its arguments."""

import functools
import math
import re
from typing import Any

from isomorph.syntax.gotemplate.data import Long, origins_of
from isomorph.syntax.gotemplate.functions.lifting import Function, lift
from isomorph.syntax.gotemplate.printing import print_go

_WHOLE = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[0-9][0-9_]*)")
_LEAST, _GREATEST = -(2**63), 2**63 - 1


def to_int(value: Any) -> int:
    """Give a whole number as spf13/cast does: the fraction is cut off, and what is no number is 0."""
    if isinstance(value, str):
        text = value.partition(".")[0] if re.fullmatch(r"[-+]?[0-9]*\.0*", value) else value
        return _parse_whole(text)
    if isinstance(value, float):
        return _wrap(int(value)) if math.isfinite(value) else _LEAST
    return int(value) if isinstance(value, int) else 0


def _parse_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        return 0
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").replace("_", "")
    bases = {"0x": 16, "0b": 2, "0o": 8}
    stripped = digits.lstrip("0")
    if digits[:2].lower() in bases:
        number = sign * int(digits[2:], bases[digits[:2].lower()])
    elif digits.startswith("0"):
        number = 0 if set(digits) & set("89") else sign * int(digits, 8)
    else:
        number = sign * int(stripped or "0") if len(stripped) < 25 else _GREATEST + 1
    return number if _LEAST <= number <= _GREATEST else 0


def to_float(value: Any) -> float:
    """Give a float; what is no number is 0."""
    if isinstance(value, str):
        try:
            return float(value) if "_" not in value and value == value.strip() else 0.0
        except ValueError:
            return 0.0
    return float(value) if isinstance(value, int | float) else 0.0


def _wrap(number: int) -> int:
    """Keep a number within 64 bits, as Go's arithmetic does."""
    return (number - _LEAST) % 2**64 + _LEAST


def _long(function: Function) -> Function:
    """Make what a function gives an int64 from the places of its arguments."""

    @functools.wraps(function)
    def made(*arguments: Any) -> Long:
        number = Long(_wrap(function(*arguments)))
        number.origins = tuple(dict.fromkeys(origin for argument in arguments for origin in origins_of(argument)))
        return number

    return made


def _int(value: Any) -> int:
    return to_int(value)


def _add(*values: Any) -> int:
    return sum(map(to_int, values))


def _add1(value: Any) -> int:
    return to_int(value) + 1


def _sub(left: Any, right: Any) -> int:
    return to_int(left) - to_int(right)


def _mul(first: Any, *others: Any) -> int:
    return math.prod(map(to_int, (first, *others)))


def _div(left: Any, right: Any) -> int:
    """Divide, cutting the fraction off."""
    divisor = _nonzero(right)
    quotient = abs(to_int(left)) // abs(divisor)
    return quotient if (to_int(left) < 0) == (divisor < 0) else -quotient


def _mod(left: Any, right: Any) -> int:
    divisor = _nonzero(right)
    rest = abs(to_int(left)) % abs(divisor)
    return -rest if to_int(left) < 0 else rest


def _nonzero(value: Any) -> int:
    divisor = to_int(value)
    if not divisor:
        raise ValueError("integer divide by zero")
    return divisor


def _max(first: Any, *others: Any) -> int:
    return max(map(to_int, (first, *others)))


def _min(first: Any, *others: Any) -> int:
    return min(map(to_int, (first, *others)))


def _maxf(first: Any, *others: Any) -> float:
    return max(map(to_float, (first, *others)))


def _minf(first: Any, *others: Any) -> float:
    return min(map(to_float, (first, *others)))


def _floor(value: Any) -> float:
    return float(math.floor(to_float(value)))


def _ceil(value: Any) -> float:
    return float(math.ceil(to_float(value)))


def _round(value: Any, places: int, half: float = 0.5) -> float:
    """Round to decimal places; a fraction from `half` on is rounded up, as Sprig does it."""
    power = 10.0**places
    scaled = power * to_float(value)
    up = math.modf(scaled)[0] >= half
    return float(math.ceil(scaled) if up else math.floor(scaled)) / power


def _float64(value: Any) -> float:
    return to_float(value)


def _atoi(text: str) -> int:
    return int(text) if re.fullmatch(r"[-+]?[0-9]{1,18}", text) else 0


def _to_decimal(value: Any) -> int:
    """Read a number, as it is printed, as an octal one."""
    text = print_go(value)
    return int(text, 8) if re.fullmatch(r"[-+]?[0-7]{1,20}", text) else 0


FUNCTIONS: dict[str, Function] = {
    "int": lift(_int),
    "int64": _long(_int),
    "add": _long(_add),
    "add1": _long(_add1),
    "sub": _long(_sub),
    "mul": _long(_mul),
    "div": _long(_div),
    "mod": _long(_mod),
    "max": _long(_max),
    "biggest": _long(_max),
    "min": _long(_min),
    "maxf": lift(_maxf),
    "minf": lift(_minf),
    "floor": lift(_floor),
    "ceil": lift(_ceil),
    "round": lift(_round),
    "float64": lift(_float64),
    "atoi": lift(_atoi),
    "toDecimal": _long(_to_decimal),
}
