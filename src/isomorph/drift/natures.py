"""What differs, or only seems the same, by the nature of one side's platform: the facts of its table that apply.

Such a fact either makes a difference an expected one, with an entry of `reasons`, or explains it.
"""

from isomorph.drift.facts import Fact, Place, Scope
from isomorph.model.errors import Diagnostic
from isomorph.platforms.platform import Nature


def find_nature(
    scope: Scope, rule: str, facts: tuple[Fact | None, Fact | None], *, alike: bool = False
) -> tuple[Nature, int] | None:
    """Give the first fact that applies to what both sides say under a rule, and the side whose platform's it is.

    `alike`: of those about what both sides say in the same way.
    """
    for side, place in enumerate(scope.sides):
        own, other = facts[side], facts[1 - side]
        for nature in place.view.natures.get(rule, ()):
            if nature.alike is alike and _applies(nature, place, own, other):
                return nature, side
    return None


def _applies(nature: Nature, place: Place, own: Fact | None, other: Fact | None) -> bool:
    if not _says(nature.here, own) or not _says(nature.there, other):
        return False
    if nature.same_name and (own is None or other is None or _last(own.value) != _last(other.value)):
        return False
    if nature.when:
        rule, _, value = nature.when.partition("=")
        besides = place.facts.get((rule, ""))
        return besides is not None and besides.value == value
    return True


def _says(wanted: str, fact: Fact | None) -> bool:
    options = wanted.split("|")
    if fact is None:
        return "" in options
    return "*" in options or fact.value in options or fact.field.rpartition(".")[2] in options


def _last(value: str) -> str:
    return value.rpartition("/")[2]


def tell_alike(nature: Nature, scope: Scope, side: int, facts: tuple[Fact | None, Fact | None]) -> Diagnostic:
    """Tell what both sides say and only one of them means, at the other side's place."""
    other, fact = scope.sides[1 - side], facts[1 - side]
    path = fact.path if fact is not None else other.base
    message = f"{scope.workload}: {nature.says}"
    return Diagnostic("assumed", message, other.view.origin(path), path)
