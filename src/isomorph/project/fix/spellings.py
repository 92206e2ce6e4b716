"""The ways in which platforms spell what the judge compares in normal form: durations, sizes, cores, words.

No platform is named here: the way in which one value is written at a place is the way to write another there, and what a
platform's reader does not take for the value that was meant is not written.
"""

import re
from collections.abc import Callable, Iterator

Way = Callable[[str], str | None]
"""Spells a value in normal form; None where that way cannot say it."""

_DURATION = re.compile(r"([0-9]+)(ms|s)")
_SIZE = re.compile(r"([0-9]+)([KMGTPE]i)?")
_CORES = re.compile(r"([0-9]+)(m)?")
_UNITS = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_SUFFIXES = (
    *(("", 1), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ki", 1 << 10), ("Ti", 1 << 40)),
    *(("M", 1 << 20), ("G", 1 << 30), ("K", 1 << 10), ("m", 1 << 20), ("g", 1 << 30), ("k", 1 << 10)),
    *(("MB", 1 << 20), ("GB", 1 << 30), ("mb", 1 << 20), ("gb", 1 << 30), ("kb", 1 << 10), ("b", 1)),
    *(("M", 1_000_000), ("G", 1_000_000_000), ("k", 1_000)),
    *(("", 1 << 20), ("", 1 << 30)),
)
"""Suffixes of sizes with what they multiply; a number without one may be of mebibytes."""

_WORDS: dict[str, tuple[tuple[str, dict[str, str]], ...]] = {
    "image.pull-policy": (
        ("", {"always": "Always", "missing": "IfNotPresent", "never": "Never"}),
        ("", {"always": "true", "missing": "false"}),
        ("", {"missing": "if_not_present"}),
    ),
    "lifecycle.restart": (
        ("restartPolicy", {"always": "Always", "on-failure": "OnFailure", "never": "Never"}),
        ("condition", {"always": "any", "on-failure": "on-failure", "never": "none"}),
        ("restart", {"never": "no"}),
    ),
    "volume.access": (
        (
            "",
            {
                "read-write-once": "single-node-writer",
                "read-only-many": "multi-node-reader-only",
                "read-write-many": "multi-node-multi-writer",
            },
        ),
    ),
    "volume.read-only": (("", {"true": "RO", "false": "RW"}),),
    "lifecycle.order": (
        (
            "",
            {
                "started": "service_started",
                "healthy": "service_healthy",
                "complete": "service_completed_successfully",
            },
        ),
    ),
}
"""Words by rule, each with the key behind which it is said so (empty: any)."""


def ways_of(rule: str, subject: str, key: str = "") -> Iterator[Way]:
    """Give the ways of spelling what a rule compares behind a key: the key's own words, the normal form, all others."""
    words = _WORDS.get(rule, ())
    yield from (_word_way(each) for behind, each in words if behind and behind == key)
    if not any(behind == key for behind, _ in words if behind and key != "restart"):
        yield str
    if rule in ("process.stop-grace", "probe.timing"):
        yield from _DURATIONS
    elif rule == "volume.size" or (rule.startswith("compute.") and subject == "memory"):
        yield from (_size_way(suffix, factor) for suffix, factor in _SUFFIXES)
    elif rule.startswith("compute.") and subject == "cpu":
        yield from _CORE_WAYS
    elif rule == "scale.autoscaling":
        yield lambda value: value.removesuffix("%")
    elif rule == "file.mode":
        yield from _MODES
    elif rule == "port.protocol":
        yield str.upper
    elif rule == "volume.access":
        yield lambda value: "".join(word.capitalize() for word in value.split("-"))
    if rule.startswith(("security.", "volume.read-only")):
        yield {"true": "false", "false": "true"}.get
    yield from (each.get for behind, each in words if not behind)


def _word_way(words: dict[str, str]) -> Way:
    """Spell a word without what follows it (a number of attempts), which stands elsewhere."""
    return lambda value: words.get(value.partition(":")[0])


def _milliseconds(value: str) -> int | None:
    found = _DURATION.fullmatch(value)
    return int(found[1]) * (1 if found[2] == "ms" else 1000) if found else None


def _duration_way(unit: int, suffix: str) -> Way:
    def spell(value: str) -> str | None:
        number = _milliseconds(value)
        return None if number is None or number % unit else f"{number // unit}{suffix}"

    return spell


def _nanoseconds(value: str) -> str | None:
    number = _milliseconds(value)
    return None if number is None else str(number * 1_000_000)


def _minutes_and_seconds(value: str) -> str | None:
    number = _milliseconds(value)
    if number is None or number % 1000 or number < 60_000:
        return None
    return f"{number // 60_000}m{number // 1000 % 60}s"


_DURATIONS: tuple[Way, ...] = (
    _duration_way(1000, "s"),
    _duration_way(1000, ""),
    _duration_way(1, "ms"),
    _duration_way(60_000, "m"),
    _minutes_and_seconds,
    _duration_way(1, ""),
    _nanoseconds,
)


def _size_way(suffix: str, factor: int) -> Way:
    def spell(value: str) -> str | None:
        found = _SIZE.fullmatch(value)
        if found is None:
            return None
        number = int(found[1]) << 10 * _UNITS.index(found[2] or "")
        return None if number % factor else f"{number // factor}{suffix}"

    return spell


def _millicores(value: str) -> int | None:
    found = _CORES.fullmatch(value)
    return int(found[1]) * (1 if found[2] else 1000) if found else None


def _cores(value: str) -> str | None:
    number = _millicores(value)
    return None if number is None else f"{number / 1000:.3f}".rstrip("0").rstrip(".")


def _all_millicores(value: str) -> str | None:
    number = _millicores(value)
    return None if number is None else f"{number}m"


def _bare_millicores(value: str) -> str | None:
    number = _millicores(value)
    return None if number is None else str(number)


_CORE_WAYS: tuple[Way, ...] = (_cores, _all_millicores, _bare_millicores)


def _bits(value: str) -> int | None:
    return int(value, 8) if re.fullmatch(r"[0-7]+", value) else None


def _mode_way(form: str) -> Way:
    def spell(value: str) -> str | None:
        bits = _bits(value)
        return None if bits is None else form.format(bits)

    return spell


_MODES: tuple[Way, ...] = (_mode_way("{:o}"), _mode_way("0o{:o}"), _mode_way("0o{:03o}"), _mode_way("{:d}"))
