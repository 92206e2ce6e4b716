"""Resource quantities: `300m`, `1.5Gi`, `1e3`, read exactly and printed in their canonical form.

Source of the grammar and of rounding: k8s.io/apimachinery/pkg/api/resource. A quantity is a decimal number with a binary
suffix (Ki … Ei), a decimal suffix (n u m, none, k M G T P E) or a decimal exponent. What is finer than the unit asked for is
rounded up, away from zero, as the API does.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin

_BINARY = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50, "Ei": 1 << 60}
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DIGITS = frozenset("0123456789")
_LONGEST = 64
"""Characters of the longest quantity that is read; the API's own numbers end long before."""
_GREATEST_EXPONENT = 30

_seen: dict[tuple[str, int], int] = {}
"""Quantities repeat: a definition of a thousand workloads has a handful of them."""


def parse_quantity(text: str, scale: int = 0, origin: Origin | None = None) -> int:
    """Give a quantity in units of 10**-scale, rounded up; raises InvalidInput for what is none."""
    known = _seen.get((text, scale))
    if known is not None:
        return known
    value = _parse(text.strip(), scale)
    if value is None:
        raise InvalidInput(
            f"{text[:_LONGEST]!r} is no quantity", origin, "write a number and a suffix: 500m, 2, 64Mi, 1.5G"
        )
    if len(_seen) < 4096:
        _seen[text, scale] = value
    return value


def parse_cpu(text: str, origin: Origin | None = None) -> int:
    """Give a CPU quantity in millicores."""
    return parse_quantity(text, 3, origin)


def parse_bytes(text: str, origin: Origin | None = None) -> int:
    """Give a memory or storage quantity in bytes."""
    return parse_quantity(text, 0, origin)


def _parse(text: str, scale: int) -> int | None:
    if not text or len(text) > _LONGEST:
        return None
    sign = -1 if text[0] == "-" else 1
    start = 1 if text[0] in "+-" else 0
    end = start
    while end < len(text) and (text[end] in _DIGITS or text[end] == "."):
        end += 1
    whole, _, fraction = text[start:end].partition(".")
    if "." in fraction or not (whole or fraction):
        return None
    suffix = text[end:]
    digits = int(whole + fraction or "0")
    exponent = -len(fraction)
    multiple = _BINARY.get(suffix, 1)
    if multiple == 1:
        power = _power(suffix)
        if power is None:
            return None
        exponent += power
    return sign * _scaled(digits * multiple, exponent + scale)


def _power(suffix: str) -> int | None:
    """Give the power of ten that a decimal suffix or exponent stands for."""
    power = _DECIMAL.get(suffix)
    if power is not None:
        return power
    if suffix[0] not in "eE":
        return None
    digits = suffix[1:]
    bare = digits[1:] if digits[:1] in ("+", "-") else digits
    if not bare or len(bare) > 3 or not _DIGITS.issuperset(bare):
        return None
    value = int(digits)
    return value if abs(value) <= _GREATEST_EXPONENT else None


def _scaled(digits: int, exponent: int) -> int:
    """Multiply by a power of ten, rounding up."""
    if exponent >= 0:
        return digits * int(10**exponent)
    return -(-digits // int(10**-exponent))


def print_cpu(millicores: int) -> str:
    """Spell millicores canonically: 1000 is `1`, 500 is `500m`."""
    return f"{millicores}m" if millicores % 1000 else str(millicores // 1000)


def print_bytes(size: int) -> str:
    """Spell bytes in the largest binary unit that is exact: 1073741824 is `1Gi`, 1000 is `1000`."""
    if size:
        for suffix, multiple in reversed(_BINARY.items()):
            if size % multiple == 0:
                return f"{size // multiple}{suffix}"
    return str(size)
