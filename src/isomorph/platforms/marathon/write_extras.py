"""What only Marathon understands, put back where it was; and what only other platforms understand, told."""

from itertools import pairwise
from typing import Any

from isomorph.platforms.dropped import report_dropped
from isomorph.platforms.marathon.reading import PLATFORM
from isomorph.platforms.marathon.writing import Construct, Writing


def write_extras(writing: Writing) -> None:
    """Restore the extras of Marathon that no construct took; report those of other platforms."""
    for path, extras in writing.extras.items():
        target = writing.constructs.get(path)
        for extra in extras:
            if extra.location[:1] == ("dependencies",):
                _put_dependency(target, str(extra.location[1]))
            elif target is None:
                where = ".".join(str(step) for step in extra.location)
                writing.report("lost", f"{where} has no place any more", extra.path)
            else:
                _put(target, extra.location, extra.value)
    writing.diagnostics += report_dropped(writing.definition, frozenset((PLATFORM,)))


def _put_dependency(target: Construct | None, identity: str) -> None:
    if target is not None:
        target.setdefault("dependencies", []).append(identity)


def _put(target: Any, location: tuple[str | int, ...], value: Any) -> None:
    """Put a value at a place; what the writer put there itself stays."""
    for step, after in pairwise(location):
        if isinstance(target, list):
            return
        inner = target.get(str(step))
        if inner is None:
            inner = target[str(step)] = [] if isinstance(after, int) else {}
        target = inner
    last = location[-1]
    if isinstance(target, list):
        if value not in target:
            target.insert(min(int(last), len(target)) if isinstance(last, int) else len(target), value)
        return
    if not isinstance(target, dict):
        return
    present = target.get(str(last))
    if present is None or last in ("type", "protocol"):
        target[str(last)] = value
    elif isinstance(present, dict) and isinstance(value, dict):
        target[str(last)] = {**value, **present}
