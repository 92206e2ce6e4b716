"""Functions of points in time as RFC 3339 writes them (https://developer.hashicorp.com/terraform/language/functions/formatdate)."""

import re
from typing import TYPE_CHECKING

from isomorph.syntax.hcl.values import HclFault

if TYPE_CHECKING:
    from datetime import datetime

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|z|[-+]\d\d:\d\d)", re.ASCII)
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_TOKEN = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def _parse(text: str) -> "datetime":
    from datetime import datetime

    match = _STAMP.fullmatch(text)
    try:
        if match:
            return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[4].upper().replace('Z', '+00:00')}")
    except ValueError:
        pass
    raise HclFault("the text is no point in time", "write it as 2006-01-02T15:04:05Z")


def _print(moment: "datetime") -> str:
    text = moment.isoformat(timespec="seconds")
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def _format_date(pattern: str, stamp: str) -> str:
    moment = _parse(stamp)
    pieces = []
    for match in _TOKEN.finditer(pattern):
        if match[1] is not None:
            pieces.append(match[1].replace("''", "'"))
        elif match[2]:
            pieces.append(_field(match[0], moment))
        elif match[0] == "'":
            raise HclFault("a quote in the pattern is not closed")
        else:
            pieces.append(match[0])
    return "".join(pieces)


def _field(token: str, moment: "datetime") -> str:
    offset = moment.strftime("%z")
    hour = (moment.hour + 11) % 12 + 1
    zone = "Z" if offset == "+0000" else ""
    fields = {
        "YYYY": f"{moment.year:04}", "YY": f"{moment.year % 100:02}",
        "MMMM": _MONTHS[moment.month - 1], "MMM": _MONTHS[moment.month - 1][:3],
        "MM": f"{moment.month:02}", "M": str(moment.month),
        "DD": f"{moment.day:02}", "D": str(moment.day),
        "EEEE": _DAYS[moment.weekday()], "EEE": _DAYS[moment.weekday()][:3],
        "hh": f"{moment.hour:02}", "h": str(moment.hour), "HH": f"{hour:02}", "H": str(hour),
        "AA": "PM" if moment.hour >= 12 else "AM", "aa": "pm" if moment.hour >= 12 else "am",
        "mm": f"{moment.minute:02}", "m": str(moment.minute), "ss": f"{moment.second:02}", "s": str(moment.second),
        "ZZZZZ": f"{offset[:3]}:{offset[3:]}", "ZZZZ": offset,
        "ZZZ": "UTC" if zone else offset, "Z": zone or f"{offset[:3]}:{offset[3:]}",
    }  # fmt: skip
    if token not in fields:
        raise HclFault(f"there is no field `{token}` of a date", "other letters stand in single quotes")
    return fields[token]


def _add(stamp: str, duration: str) -> str:
    from datetime import timedelta

    moment = _parse(stamp)
    sign, text = (-1, duration[1:]) if duration[:1] == "-" else (1, duration.removeprefix("+"))
    parts = _DURATION.findall(text)
    if (not parts and text != "0") or "".join(number + unit for number, unit in parts) != (text if text != "0" else ""):
        raise HclFault("the text is no duration", "write it as 1h30m")
    try:
        return _print(moment + sign * timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts)))
    except OverflowError:
        raise HclFault("the result is no year that can be written") from None


def _compare(first: str, second: str) -> int:
    one, two = _parse(first), _parse(second)
    return (one > two) - (one < two)


FUNCTIONS = {"formatdate": _format_date, "timeadd": _add, "timecmp": _compare}
