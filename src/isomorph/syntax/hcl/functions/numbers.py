"""Functions of numbers. `pow` and `log` calculate in doubles, as cty does."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from isomorph.syntax.hcl.values import PRECISION, HclFault, arithmetic

Number = int | Decimal
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _ceil(value: Number) -> Number:
    return value if isinstance(value, int) else int(value.to_integral_value(ROUND_CEILING))


def _floor(value: Number) -> Number:
    return value if isinstance(value, int) else int(value.to_integral_value(ROUND_FLOOR))


def _from_double(value: float) -> Decimal:
    if not math.isfinite(value):
        raise HclFault("the result is no finite number")
    return PRECISION.create_decimal(Decimal(value))


def _power(value: Number, exponent: Number) -> Number:
    try:
        return _from_double(math.pow(float(value), float(exponent)))
    except (OverflowError, ValueError):
        raise HclFault("the result is no finite number") from None


def _logarithm(value: Number, root: Number) -> Number:
    try:
        return _from_double(math.log(float(value)) / math.log(float(root)))
    except (OverflowError, ValueError, ZeroDivisionError):
        raise HclFault("the logarithm of these numbers does not exist") from None


def _parse_integer(text: str, root: int) -> int:
    if not 2 <= root <= 62:
        raise HclFault(f"there is no base {root}", "a base is 2 to 62")
    sign = text[:1] in ("-", "+")
    digits = text[sign:] if root > 36 else text[sign:].lower()
    if not digits or len(digits) > 400:
        raise HclFault("the text is no whole number")
    result = 0
    for digit in digits:
        value = _DIGITS.find(digit)
        if not 0 <= value < root:
            raise HclFault(f"the text is no whole number in base {root}")
        result = result * root + value
    return -result if text[0] == "-" else result


def _sum(values: list[Any]) -> Number:
    if not values:
        raise HclFault("an empty list has no sum")
    total: Number = 0
    for value in values:
        total = arithmetic("+", total, value)
    return total


def _extreme(choose: Any) -> Any:
    def find(*values: Number) -> Number:
        if not values:
            raise HclFault("at least one number is needed")
        found: Number = choose(values)
        return found

    return find


FUNCTIONS = {
    "abs": abs,
    "ceil": _ceil,
    "floor": _floor,
    "max": _extreme(max),
    "min": _extreme(min),
    "pow": _power,
    "log": _logarithm,
    "parseint": _parse_integer,
    "signum": lambda value: (value > 0) - (value < 0),
    "sum": _sum,
}
