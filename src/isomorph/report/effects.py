"""What a row says besides its values: what happens because of the difference; and the words in which values are counted."""

from collections.abc import Collection, Iterable, Mapping

from isomorph.drift.finding import Verdict
from isomorph.drift.rules import RULES
from isomorph.model.secrecy import MASK
from isomorph.report.causes import join_names
from isomorph.report.fold import Entry
from isomorph.report.terminal import clean

_HIDDEN = {
    "expected": "expected (normal between these platforms, or declared in isomorph.yaml)",
    "suppressed": "in the baseline or suppressed",
}
_AGREE = {
    "equal": "equal",
    "default": "equal by a platform's default",
    "unsaid": "left to the platform by the Score files",
}


def say_effect(entry: Entry, environments: Iterable[str]) -> str:
    """Say what happens because of a difference; the rest of the finding's sentence is what the row's values say."""
    if entry.reason is not None:
        return clean(entry.reason)
    told = " is on " in entry.message and " only" in entry.message
    if told and len(entry.sides) > 2 and len({side.said for side in entry.sides}) == 2:
        has, lacks = (
            join_names(side.environment for side in entry.sides if side.said is said) for said in (True, False)
        )
        return clean(f"It is on {has}, and not on {lacks}.")
    first = entry.sides[:2]
    if len(first) == 2 and not _needs_words(entry) and (rule := RULES.get(entry.rule)) is not None:
        here, there = first if first[0].said else (first[1], first[0])
        effect = rule.differs if here.said and there.said else rule.silent
        effect = effect.replace("{here}", here.environment).replace("{there}", there.environment)
        effect = effect.replace("{subject}", entry.subjects[0])
        if entry.message.endswith(f"; {effect}."):
            named = any(effect.startswith(name) for name in environments)
            return clean((effect if named else effect[:1].upper() + effect[1:]) + "." + _say_words(entry))
    about = f"{entry.workloads[0]}: "
    example = f"In {about}" if len(entry.workloads) > 1 else ""
    rest = entry.message.removeprefix(about)
    rest = rest[:1].upper() + rest[1:] if rest.startswith(("whether ", "the ")) else rest
    return clean(example + rest)


_LONG = 60
"""Characters from which a value may not fit its row."""


def _say_words(entry: Entry) -> str:
    """Give the words that only one of two long values has, which a row may cut before they can be seen."""
    if len(entry.sides) != 2 or any(len(side.values) != 1 for side in entry.sides):
        return ""
    values = [next(iter(side.values)) or "" for side in entry.sides]
    if min(map(len, values)) < _LONG or MASK in "".join(values):
        return ""
    words = [value.split(" ") for value in values]
    told = []
    for index, side in enumerate(entry.sides):
        others = set(words[1 - index])
        only = " ".join(word for word in words[index] if word not in others)
        if 0 < len(only) <= 2 * _LONG:
            told.append(f"only {side.environment} has {only}")
    text = "; ".join(told)
    return f" {text[:1].upper()}{text[1:]}." if text else ""


def _needs_words(entry: Entry) -> bool:
    """Tell whether the values alone do not show what differs: both are masked, or are contents of files."""
    return entry.rule == "file.content" or all(MASK in side.values for side in entry.sides)


def count_agreeing(totals: Mapping[str, int]) -> str:
    """Count the values that were compared and agree: pairs of them, of which a row may show many."""
    agree = [f"{totals[name]} {words}" for name, words in _AGREE.items() if totals.get(name)]
    return f"compared values: {', '.join(agree) or '0 equal'}"


def count_hidden(totals: Mapping[str, int], further: Collection[Verdict] = ()) -> str:
    """Count what a report leaves out; nothing where it leaves out nothing."""
    hidden = [
        f"{totals[name]} {words}"
        for name, words in _HIDDEN.items()
        if totals.get(name) and Verdict(name) not in further
    ]
    return ", ".join(hidden)
