"""What to do about a row of a report, and where: which side stands alone, and what the others say.

A rule's own hint speaks of both sides alike. Where several environments agree and one does not, the one is named, so that
nobody spreads what was written wrongly; where an environment differs from what its Score files generate, both ways out are.
"""

from isomorph.drift.rules import RULES
from isomorph.model.secrecy import MASK
from isomorph.report.fold import Entry, EntrySide
from isomorph.report.places import find_source, is_file

GENERATED = " (generated)"
"""How the name of what an environment's Score files generate ends."""

_LONGEST = 40
"""Characters of a value that advice repeats."""


def write_advice(entry: Entry) -> str:
    """Give what to do about an entry, beginning in lower case and without a full stop; nothing where nobody knows."""
    if entry.is_unresolved or not entry.hint:
        return entry.hint
    own = [side for side in entry.sides if not _is_generated(side)]
    if len(own) == 1 and len(entry.sides) == 2:
        return _settle_with_score(entry, own[0])
    odd = find_odd(entry)
    return (odd is not None and _settle_alone(entry, odd)) or entry.hint


def find_odd(entry: Entry) -> EntrySide | None:
    """Give the side that differs from all others, of three or more: it is in every pair between which something was found.

    What an environment's Score files generate is one of the others, and never the odd one.
    """
    if len(entry.sides) < 3:
        return None
    shared = set.intersection(*map(set, entry.pairs)) if entry.pairs else set()
    return next((side for side in entry.sides if {side.environment} == shared and not _is_generated(side)), None)


def _is_generated(side: EntrySide) -> bool:
    return side.environment.endswith(GENERATED)


def _settle_alone(entry: Entry, odd: EntrySide) -> str:
    """Say what the others say, or most of them; nothing where they have nothing in common, or it is secret."""
    values = [value for side in entry.sides if side is not odd for value in side.values]
    said = [value for value in values if value is not None]
    name, at = odd.environment, _at(_place(odd))
    if not odd.said:
        return f"only {name} lacks it: {_add(entry)} it{at}"
    if not said:
        return f"only {name} has it: take it out{at}, or {_add(entry)} it on the others"
    value = max(said, key=said.count)
    if MASK in (value, *odd.values) or said.count(value) * 2 <= len(said):
        return ""
    who = (
        "the others do"
        if len(set(values)) == 1
        else "most do"
        if said.count(value) < len(said)
        else "those do that have it"
    )
    says = f"say {value}, as {who}," if value and len(value) <= _LONGEST else f"say it as {who}"
    return f"{name} differs from all others: {says}{at}"


def _settle_with_score(entry: Entry, own: EntrySide) -> str:
    score = next(side for side in entry.sides if side is not own)
    here, there = _at(_place(own)), _at(_place(score), " in ")
    if entry.rule in _WITHOUT_SCORE:
        return entry.hint
    if not own.said:
        return f"if it is not wanted, take it out{there}; if it is, put it back{here}"
    if not score.said:
        return f"if it is wanted, say it{there}; if not, take it out{here}"
    return f"if it is meant, say it{there}; if not, put it back{here}"


_WITHOUT_SCORE = frozenset(("secret.exposed",))
"""Rules whose findings no Score file settles."""


def _add(entry: Entry) -> str:
    rule = RULES.get(entry.rule)
    return "add" if rule is None or entry.rule.endswith(".missing") else "set"


def _place(side: EntrySide) -> str:
    """Give the one place of a side where it is mended, with its line."""
    sources = {find_source(origin) for origin in side.origins}
    source = next(iter(sources)) if len(sources) == 1 else None
    return "" if source is None or not is_file(source) else f"{source.file}:{source.line}"


def _at(place: str, word: str = " at ") -> str:
    return f"{word}{place}" if place else ""
