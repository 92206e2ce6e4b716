"""What to do about a row of a report, and where: which side stands alone, and what the others say.

A rule's own hint speaks of both sides alike. Where several environments agree and one does not, the one is named, so that
nobody spreads what was written wrongly; where an environment differs from what its Score files generate, both ways out are.
"""

from isomorph.drift.finding import GENERATED
from isomorph.drift.rules import RULES
from isomorph.model.secrecy import MASK
from isomorph.report.causes import join_names
from isomorph.report.fold import Entry, EntrySide
from isomorph.report.places import find_source, is_file

_LONGEST, _NAMED = 40, 3
"""Characters of a value that advice repeats, and environments that it names as the right ones."""


def write_advice(entry: Entry) -> str:
    """Give what to do about an entry, beginning in lower case and without a full stop; nothing where nobody knows."""
    if entry.is_unresolved or not entry.hint:
        return entry.hint
    own = [side for side in entry.sides if not _is_generated(side)]
    if len(own) == 1 and len(entry.sides) == 2:
        return _settle_with_score(entry, own[0])
    return _settle_odd(entry) or entry.hint


def _settle_odd(entry: Entry) -> str:
    """Name who differs from the others, and what those say; nothing where neither can be told, or it is secret."""
    values = [_value_of(side) for side in entry.sides]
    if len(values) < 3 or MASK in values:
        return ""
    odd, others = _part(entry, values)
    said = [side for side in others if side.said]
    if not odd:
        return _settle_groups(entry)
    names, at = join_names(side.environment for side in odd), _at(odd)
    if not said:
        has = "has" if len(odd) == 1 else "have"
        return f"only {names} {has} it: {_add(entry)} it on the others, or take it out{at}"
    first = [_value_of(side) for side in said]
    value = max(first, key=first.count)
    if first.count(value) * 2 <= len(first) or (entry.rule, value) in _WORSE:
        return ""
    like = [side for side, each in zip(said, first, strict=True) if each == value]
    lacks = not any(side.said for side in odd)
    if value == _VARIOUS and not lacks:
        return ""
    what = f"set it to {value}" if value and value != _VARIOUS and len(value) <= _LONGEST else f"{_add(entry)} it"
    does = f"{'lack' if lacks else 'differ'}{'s' if len(odd) == 1 else ''}{' it' if lacks else ''}"
    other = _value_of(odd[0]) if len(odd) == 1 and not lacks else None
    intended = f"; if {other} is intended, set it on the others" if other and len(other) <= _LONGEST else ""
    return f"{names} {does}: {what}{at}, as {_name(like)}{intended}"


_VARIOUS = "\0"
"""Stands for what a side says that says different values in several workloads."""

_WORSE = frozenset((("image.tag", "latest"), ("image.pull-policy", "never"), ("security.privileged", "true")))
"""What nobody is told to take over, however many say it."""


def _value_of(side: EntrySide) -> str | None:
    return next(iter(side.values)) if len(side.values) == 1 else _VARIOUS


def _settle_groups(entry: Entry) -> str:
    """Name two groups of environments of which neither can be told to be right; nothing where there are more groups."""
    groups: dict[str | None, list[EntrySide]] = {}
    for side in entry.sides:
        if not _is_generated(side):
            groups.setdefault(_value_of(side), []).append(side)
    if len(groups) != 2 or max(map(len, groups.values())) == 1:
        return ""
    (value, these), (other, those) = sorted(groups.items(), key=lambda item: item[0] is None)
    names, others = (join_names(side.environment for side in group) for group in (these, those))
    says = "s" if len(these) == 1 else ""
    if other is None:
        has, do = "has" if says else "have", "does" if len(those) == 1 else "do"
        return f"{names} {has} it, {others} {do} not: {_add(entry)} it{_at(those)}, or take it out{_at(these)}"
    if max(len(value or ""), len(other)) > _LONGEST or _VARIOUS in (value, other):
        return ""
    return f"{names} say{says} {value}, {others} say{'s' if len(those) == 1 else ''} {other}: set one of them on all"


def _part(entry: Entry, values: list[str | None]) -> tuple[list[EntrySide], list[EntrySide]]:
    """Part the sides into those that differ and the others: the fewer of two groups, or the one that is in every pair.

    What an environment's Score files generate is never what differs.
    """
    groups: dict[str | None, list[EntrySide]] = {}
    for side, value in zip(entry.sides, values, strict=True):
        groups.setdefault(value, []).append(side)
    numbers = sorted(
        (sum(not _is_generated(side) for side in group), index) for index, group in enumerate(groups.values())
    )
    odd: list[EntrySide] = []
    if len(groups) == 2 and numbers[0][0] < numbers[1][0]:
        odd = [side for side in list(groups.values())[numbers[0][1]] if not _is_generated(side)]
    if not odd:
        shared = set.intersection(*map(set, entry.pairs)) if entry.pairs else set()
        odd = [side for side in entry.sides if {side.environment} == shared and not _is_generated(side)]
    return odd, [side for side in entry.sides if side not in odd]


def _is_generated(side: EntrySide) -> bool:
    return side.environment.endswith(GENERATED)


def _name(sides: list[EntrySide]) -> str:
    """Say who says something, with the verb: `helm does`, `the Score files say`."""
    own = [side.environment for side in sides if not _is_generated(side)]
    if len(own) > _NAMED:
        return "the others do"
    score = [] if len(own) == len(sides) else ["the Score files"]
    return f"{join_names([*own, *score])} {'does' if len(own) == 1 and not score else 'do'}"


def _settle_with_score(entry: Entry, own: EntrySide) -> str:
    score = next(side for side in entry.sides if side is not own)
    here, there = _at([own]), _at([score], " in ")
    if entry.rule in _WITHOUT_SCORE:
        return entry.hint
    if not own.said:
        return f"if it is not wanted, take it out{there}; if it is, put it back{here}"
    if not score.said:
        there = _IN_PROJECT.get(entry.rule, there)
        return f"if it is wanted, write it{there}; if not, take it out{here}"
    return f"if it is meant, write it{there}; if not, put it back{here}"


_IN_PROJECT = {"image.build": " under `builds` in isomorph.yaml"}
"""Rules of what no Score file says, and where the project file does."""

_WITHOUT_SCORE = frozenset(("secret.exposed",))
"""Rules whose findings no Score file settles."""


def _add(entry: Entry) -> str:
    rule = RULES.get(entry.rule)
    return "add" if rule is None or entry.rule.endswith(".missing") else "set"


def _at(sides: list[EntrySide], word: str = " at ") -> str:
    """Give the one place of each side where it is mended, with its line."""
    places = []
    for side in sides:
        sources = {find_source(origin) for origin in side.origins}
        source = next(iter(sources)) if len(sources) == 1 else None
        if source is not None and is_file(source):
            places.append(f"{source.file}:{source.line}")
    return f"{word}{join_names(places)}" if places else ""
