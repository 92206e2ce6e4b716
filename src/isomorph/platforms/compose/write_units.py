"""Durations, CPU and memory as Compose reads them."""

from isomorph.model.text import Placeholder


def print_duration(milliseconds: int) -> str:
    """Spell a duration: whole seconds, else milliseconds."""
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def print_cpus(millicores: int | Placeholder) -> str:
    """Spell a number of CPUs as the decimal that Compose wants."""
    if isinstance(millicores, Placeholder):
        return millicores.expression
    whole, rest = divmod(millicores, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def print_bytes(size: int | Placeholder) -> str:
    """Spell a size in plain bytes: Compose takes `M` and `MB` for powers of 1024 and refuses `Mi`."""
    return size.expression if isinstance(size, Placeholder) else str(size)
