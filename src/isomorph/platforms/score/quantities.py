"""CPU and memory as Score spells them: Kubernetes' quantities, but that `K` is 1000 too (Kubernetes wants `k`)."""

_UNITS = {
    "": 1,
    "k": 1000,
    "K": 1000,
    **{unit: 1000**power for power, unit in enumerate("MGTPE", 2)},
    **{f"{unit}i": 1024**power for power, unit in enumerate("KMGTPE", 1)},
}
_BINARY = tuple((f"{unit}i", 1024**power) for power, unit in reversed(list(enumerate("KMGTPE", 1))))


def parse_cpu(text: str) -> int:
    """Give millicores, rounded up; raises ValueError for what is no CPU quantity."""
    if text.endswith("m"):
        return _scale(text[:-1], 1)
    return _scale(text, 1000)


def parse_memory(text: str) -> int:
    """Give bytes, rounded up; raises ValueError for what is no memory quantity."""
    number = text.rstrip("kKMGTPEi")
    unit = _UNITS.get(text[len(number) :])
    if unit is None:
        raise ValueError(text)
    return _scale(number, unit)


def _scale(number: str, unit: int) -> int:
    """Multiply a decimal number exactly, and round up."""
    whole, _, fraction = number.partition(".")
    if not (whole + fraction).isdecimal():
        raise ValueError(number)
    scale: int = 10 ** len(fraction)
    return -(-int(whole + fraction) * unit // scale)


def print_cpu(millicores: int) -> str:
    """Spell millicores."""
    return str(millicores // 1000) if millicores % 1000 == 0 else f"{millicores}m"


def print_memory(size: int) -> str:
    """Spell bytes in the largest binary unit that is exact."""
    if size:
        for unit, factor in _BINARY:
            if size % factor == 0:
                return f"{size // factor}{unit}"
    return str(size)
