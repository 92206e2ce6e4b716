"""How each family of tools types a plain scalar.

Settled by asking the libraries themselves (tests/syntax/yaml/typing.jsonl holds their answers): kubectl, Helm and the
Kubernetes API read YAML as sigs.k8s.io/yaml does, which types like go-yaml v2 and then goes through JSON; Compose and
Score read it with go-yaml v3. They differ less than their reputation: the boolean words of YAML 1.1 are booleans only
to Kubernetes, and a number without a fraction (`5.0`, `1e3`) is an integer only to Kubernetes, because JSON says so.
Neither knows numbers of base 60; dates are strings to the one and are kept as strings here for the other.
"""

import re
from enum import Enum
from math import inf, isfinite, nan

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin

Value = str | int | float | bool | None


class Dialect(Enum):
    """Whose reading of a text counts."""

    KUBERNETES = "kubernetes"
    COMPOSE = "compose"
    JSON = "json"


_NULLS = dict.fromkeys(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OLD_BOOLEANS = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_FLOAT_WORDS = {
    **dict.fromkeys((".nan", ".NaN", ".NAN"), nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
}

# Words that are not the string they look like, for scalars that do not start like a number.
WORDS: dict[Dialect, dict[str, Value]] = {
    Dialect.KUBERNETES: {**_NULLS, **_BOOLEANS, **_OLD_BOOLEANS},
    Dialect.COMPOSE: {**_NULLS, **_BOOLEANS},
    Dialect.JSON: {**_NULLS, **_BOOLEANS},
}

# Every first character of a scalar that can be a number; only such scalars are matched against _NUMBER.
NUMBER_STARTS = frozenset("+-.0123456789")

# Without its underscores; the groups name what to make of it. Both libraries accept a sign after `0b`, v3 after `0o`.
_NUMBER = re.compile(
    r"(?P<decimal>[-+]?(?:0|[1-9][0-9]*))"
    r"|(?P<octal>[-+]?0[oO]?[0-7]+)"
    r"|(?P<hexadecimal>[-+]?0[xX][0-9a-fA-F]+)"
    r"|(?P<binary>[-+]?0[bB][01]+|0b[-+][01]+)"
    r"|(?P<signed>0o[-+][0-7]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
# A number that starts with a point keeps its underscores, and they must stand between digits.
_POINT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_FLOAT = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?")

_LEAST, _GREATEST = -(2**63), 2**64 - 1
# From here on Go writes a float as a JSON number with an exponent, which no integer field accepts.
_JSON_EXPONENT = 1e21
# int() refuses longer decimals, and none of them fits 64 bits.
_LONG = 100


def resolve(text: str, dialect: Dialect, origin: Origin) -> Value:
    """Give the value of a plain scalar as the dialect types it; `origin` is for the error."""
    if text[:1] in NUMBER_STARTS:
        return resolve_number(text, dialect, origin)
    return WORDS[dialect].get(text, text)


def resolve_number(text: str, dialect: Dialect, origin: Origin) -> Value:
    """Give the value of a plain scalar that starts like a number; the text itself where it is none.

    Raises InvalidInput for infinity and not-a-number in a Kubernetes definition, as kubectl does: JSON has neither.
    """
    if text[0] == ".":
        if _POINT.fullmatch(text):
            return _to_float(text, text, dialect)
        return _to_float_word(text, dialect, origin)
    plain = text.replace("_", "") if "_" in text else text
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return _to_float_word(text, dialect, origin)
    form = match.lastgroup
    if form == "float":
        return _to_float(plain, text, dialect)
    if form == "signed" and dialect is Dialect.KUBERNETES:
        return text
    if form == "decimal":
        value = int(plain) if len(plain) < _LONG else inf
    else:
        value = _to_integer(plain, form)
    if _LEAST <= value <= _GREATEST:
        return value
    return _to_float(plain, text, dialect) if _FLOAT.fullmatch(plain) else text


def _to_float_word(text: str, dialect: Dialect, origin: Origin) -> Value:
    value = _FLOAT_WORDS.get(text)
    if value is None:
        return text
    if dialect is Dialect.KUBERNETES:
        raise InvalidInput(f"Kubernetes has no number {text}", origin, "write a number, or quote the text")
    return value


def _to_integer(plain: str, form: str | None) -> int:
    if form == "octal":
        return int(plain.replace("o", "").replace("O", ""), 8)
    if form == "hexadecimal":
        return int(plain, 16)
    if form == "signed":
        return int(plain[2:], 8)
    return int(plain[2:], 2) if plain[2:3] in ("-", "+") else int(plain, 2)


def _to_float(number: str, text: str, dialect: Dialect) -> Value:
    """Give the nearest float, or the text where it is out of range: go-yaml then falls back to the string."""
    value = float(number)
    if not isfinite(value):
        return text
    if dialect is Dialect.KUBERNETES and value.is_integer() and abs(value) < _JSON_EXPONENT:
        if abs(value) < 2**53:
            return int(value)
        from decimal import Decimal

        return int(Decimal(repr(value)))  # JSON has the shortest digits that mean the float, filled up with zeros.
    return value


def to_key(value: Value, text: str, dialect: Dialect) -> str:
    """Give the name under which an entry is found whose key was written without quotes and is no string.

    Kubernetes tools write such a key as JSON does after typing it (`on:` is the key "true", `0x10:` is "16"); for the
    others the key is what was written.
    """
    if dialect is not Dialect.KUBERNETES:
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return text


def print_value(value: Value) -> str:
    """Give a typed scalar as docker compose writes it where a string is wanted (an environment value, a label).

    That is Go's fmt.Sprint: `1.50` becomes "1.5", `1e3` "1000", 12345678.5 "1.23456785e+07"; null becomes "".
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _print_float(value)
    return str(value)


def _print_float(value: float) -> str:
    """Give a float as Go's %v does: its shortest digits, with an exponent below 1e-4 and from 1e6 on."""
    if not isfinite(value):
        return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
    from decimal import Decimal  # 4 ms, and rarely needed.

    # Python's shortest digits are the same; only where the exponent starts, and ".0", differ.
    decimal = Decimal(repr(value)).normalize()
    sign, digits, _ = decimal.as_tuple()
    exponent = decimal.adjusted()
    written = "".join(map(str, digits))
    if value == 0 or -4 <= exponent < 6:
        return format(decimal, "f")
    fraction = f".{written[1:]}" if len(written) > 1 else ""
    return f"{'-' * sign}{written[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
