"""Numbers as Nomad spells them: durations with a unit, memory in MiB, CPU in MHz."""

from isomorph.platforms.nomad.defaults import MHZ_PER_CORE

MEBIBYTE = 1 << 20
LEAST_MEMORY = 10
"""MiB that Nomad grants at least (MinResources in nomad/structs/structs.go)."""


def print_duration(milliseconds: int) -> str:
    """Spell a duration in the largest unit that divides it; hours are spelled in minutes."""
    for size, unit in ((60_000, "m"), (1_000, "s")):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms" if milliseconds else "0s"


def to_mebibytes(size: int) -> int:
    """Give bytes in MiB, rounded up: less would stop what needs them (fact 15)."""
    return max(-(-size // MEBIBYTE), LEAST_MEMORY)


def to_mhz(millicores: int) -> int:
    """Give millicores in MHz, at least the one that Nomad wants."""
    return max(-(-millicores * MHZ_PER_CORE // 1000), 1)
