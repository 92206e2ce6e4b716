"""The normal form in which values are compared and shown: one spelling for each quantity, vector and path."""

from collections.abc import Iterable

import msgspec

_BINARY_UNITS = (("Ei", 1 << 60), ("Pi", 1 << 50), ("Ti", 1 << 40), ("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10))
_ENCODER = msgspec.json.Encoder()


def print_cpu(millicores: int) -> str:
    """Spell millicores: `300m`, and `2` for whole cores."""
    return f"{millicores}m" if millicores % 1000 else str(millicores // 1000)


def print_bytes(number: int) -> str:
    """Spell a number of bytes in the largest binary unit that is exact: `1000Mi`, `1Gi`."""
    for unit, size in _BINARY_UNITS:
        if number >= size and number % size == 0:
            return f"{number // size}{unit}"
    return str(number)


def print_duration(milliseconds: int) -> str:
    """Spell a duration in seconds where that is exact: `10s`, `500ms`."""
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"


def print_mode(mode: int) -> str:
    """Spell permission bits in octal: `0440`."""
    return f"{mode:04o}"


def print_flag(flag: bool) -> str:
    """Spell a boolean."""
    return "true" if flag else "false"


def print_vector(words: Iterable[str]) -> str:
    """Spell an argument vector as JSON, a space after each comma."""
    return "[" + ", ".join(_ENCODER.encode(word).decode() for word in words) + "]"


def normal_path(path: str) -> str:
    """Give a path in a container without a slash at its end and without doubled ones."""
    if "//" in path:
        while "//" in path:
            path = path.replace("//", "/")
    return path.rstrip("/") or "/"
