"""Helm's functions on durations, which Sprig lacks."""

import math
import re
from typing import Any

from isomorph.syntax.gotemplate.data import Truth
from isomorph.syntax.gotemplate.functions.lifting import Function, lift

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_WHOLE = re.compile(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|[-+]?0")
_GREATEST = 2**63 - 1


def to_nanoseconds(value: Any) -> int:
    """Give a duration: `1h2m`, or seconds as a number or its text; raises ValueError for anything else."""
    if isinstance(value, str):
        return _parse(value)
    if isinstance(value, bool | Truth) or not isinstance(value, int | float):
        raise ValueError(f"unsupported duration {value!r}")
    nanoseconds = int(value * _UNITS["s"]) if not isinstance(value, float) or math.isfinite(value) else _GREATEST + 1
    if abs(nanoseconds) > _GREATEST:
        raise ValueError(f"duration seconds overflow: {value}")
    return nanoseconds


def _parse(text: str) -> int:
    text = text.strip()
    if _WHOLE.fullmatch(text):
        from fractions import Fraction

        total = sum(int(Fraction(number) * _UNITS[unit]) for number, unit in _PART.findall(text))
        return -total if text.startswith("-") else total
    try:
        return to_nanoseconds(float(text))
    except ValueError:
        raise ValueError(f"could not parse duration {text!r}") from None


def print_duration(nanoseconds: int) -> str:
    """Print a duration as Go does: `1h2m3.5s`, `250ms`."""
    if not nanoseconds:
        return "0s"
    sign, left = ("-" if nanoseconds < 0 else ""), abs(nanoseconds)
    if left < _UNITS["s"]:
        unit = next(unit for unit in ("ms", "µs", "ns") if left >= _UNITS[unit])
        return f"{sign}{_print_decimal(left, _UNITS[unit])}{unit}"
    hours, left = divmod(left, _UNITS["h"])
    minutes, left = divmod(left, _UNITS["m"])
    seconds = f"{_print_decimal(left, _UNITS['s'])}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{seconds}"
    return f"{sign}{minutes}m{seconds}" if minutes else f"{sign}{seconds}"


def _print_decimal(number: int, unit: int) -> str:
    whole, rest = divmod(number, unit)
    digits = str(rest).zfill(len(str(unit)) - 1).rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def _whole(unit: int) -> Function:
    def count(value: Any) -> int:
        try:
            nanoseconds = to_nanoseconds(value)
        except ValueError:
            return 0
        return (abs(nanoseconds) // unit) * (-1 if nanoseconds < 0 else 1)

    return lift(count)


def _fraction(unit: int) -> Function:
    def count(value: Any) -> float:
        try:
            return to_nanoseconds(value) / unit
        except ValueError:
            return 0.0

    return lift(count)


def _must_to_duration(value: Any) -> str:
    return print_duration(to_nanoseconds(value))


def _round_to(value: Any, step: Any) -> str:
    """Round to a multiple, halves away from zero; what is no duration is `0s`."""
    try:
        nanoseconds, multiple = to_nanoseconds(value), to_nanoseconds(step)
    except ValueError:
        return "0s"
    if multiple <= 0:
        return print_duration(nanoseconds)
    rounded = (abs(nanoseconds) + multiple // 2 + multiple % 2) // multiple * multiple
    if multiple % 2 and abs(nanoseconds) % multiple == multiple // 2:
        rounded = abs(nanoseconds) // multiple * multiple
    return print_duration(rounded if nanoseconds >= 0 else -rounded)


def _truncate_to(value: Any, step: Any) -> str:
    try:
        nanoseconds, multiple = to_nanoseconds(value), to_nanoseconds(step)
    except ValueError:
        return "0s"
    if multiple <= 0:
        return print_duration(nanoseconds)
    cut = abs(nanoseconds) // multiple * multiple
    return print_duration(cut if nanoseconds >= 0 else -cut)


FUNCTIONS: dict[str, Function] = {
    "mustToDuration": lift(_must_to_duration),
    "durationNanoseconds": _whole(1),
    "durationMicroseconds": _whole(1_000),
    "durationMilliseconds": _whole(1_000_000),
    "durationSeconds": _fraction(_UNITS["s"]),
    "durationMinutes": _fraction(_UNITS["m"]),
    "durationHours": _fraction(_UNITS["h"]),
    "durationDays": _fraction(24 * _UNITS["h"]),
    "durationWeeks": _fraction(7 * 24 * _UNITS["h"]),
    "durationRoundTo": lift(_round_to),
    "durationTruncateTo": lift(_truncate_to),
}
