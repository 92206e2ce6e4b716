"""What only one platform understands, told when another one's definition is written."""

from isomorph.model.application import Definition, Extra
from isomorph.model.errors import Diagnostic


def report_dropped(definition: Definition, restored: frozenset[str]) -> list[Diagnostic]:
    """Report the extras that are not restored, by their platforms: one diagnostic a kind of place, with how often it occurs."""
    found: dict[tuple[str, str], list[Extra]] = {}
    for extra in definition.extras:
        if extra.platform not in restored and not is_of_routes(extra):
            found.setdefault((extra.platform, _pattern(extra, definition)), []).append(extra)
    diagnostics: list[Diagnostic] = []
    for (source, where), extras in found.items():
        first = extras[0]
        times = f" ({len(extras)} times)" if len(extras) > 1 else ""
        origin = first.origin or definition.origins.find(first.path)
        diagnostics.append(
            Diagnostic("extra-dropped", f"{where} of {source}{times} is not in the output", origin, first.path)
        )
    return diagnostics


def is_of_routes(extra: Extra) -> bool:
    """Tell whether an extra is only how its platform says the routes that the model has: no loss on any other."""
    return extra.path[:1] == ("routes",) or extra.path[2:3] == ("routes",)


def _pattern(extra: Extra, definition: Definition) -> str:
    """Spell a place without the names and numbers that tell it from others of its kind."""
    own = set(extra.path[1::2])
    workloads = definition.application.workloads
    location = extra.location
    if len(location) > 1 and str(location[0])[:1].isupper():  # An object: its kind, then its name.
        location = (location[0], 0, *location[2:])
    steps = [
        "*" if isinstance(step, int) or step.isdigit() or step in own or step in workloads else step
        for step in location
    ]
    return ".".join(steps) or "a whole object"
