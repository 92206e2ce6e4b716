"""Texts that take values from secret stores, compared by those values where both are known, and by the text around them.

A value that is not known here may be anything. One that was made up for its environment may differ, and that is expected.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from isomorph.drift.facts import Fact, Scope, View
from isomorph.drift.finding import Verdict
from isomorph.drift.reasons import PROVISIONED
from isomorph.drift.texts import SECRET, text_key
from isomorph.drift.verdicts import DRIFT, EQUAL, EXPECTED, Pair
from isomorph.model.normalise import link_text
from isomorph.model.secrecy import MASK, find_secret_value
from isomorph.model.text import Part, SecretValue, Text, make_text, parts_of
from isomorph.model.workload import Binary


def secrets_in(text: Text) -> list[SecretValue]:
    """Give the references of a text to secret stores, in order."""
    return [] if isinstance(text, str) else [part for part in text if isinstance(part, SecretValue)]


def compare_secrets(a: View, text: Text, b: View, other: Text) -> Verdict | None:
    """Judge two texts that both hold secrets: equal, expected or drift of their values; None where other text differs.

    A text may be kept whole in a store on one side, and on the other be put together from what several stores hold.
    """
    mine, yours = secrets_in(text), secrets_in(other)
    if text_key(a, text) == text_key(b, other):
        return compare_values(a, mine, b, yours)
    ours, theirs = _known(a, text, opened=False), _known(b, other, opened=False)
    is_whole = len(parts_of(text)) == 1 or len(parts_of(other)) == 1
    if not is_whole and len(mine) == len(yours):
        return EQUAL if len(ours) == len(theirs) == 1 and ours == theirs else None
    if _may_be_same(ours, theirs):
        return EQUAL
    if is_made_up(a, mine) or is_made_up(b, yours):
        ours, theirs = _known(a, text, opened=True), _known(b, other, opened=True)
        if _may_be_same(ours, theirs):
            return EXPECTED
    return None


def compare_values(a: View, ours: Sequence[SecretValue], b: View, theirs: Sequence[SecretValue]) -> Verdict:
    """Judge the values behind references, pair by pair; what is not known on both sides counts as equal."""
    verdict = EQUAL
    if len(ours) != len(theirs):
        return verdict
    for mine, yours in zip(ours, theirs, strict=True):
        if _is_same_value(a, mine, b, yours):
            continue
        if not is_made_up(a, (mine,)) and not is_made_up(b, (yours,)):
            return DRIFT
        verdict = EXPECTED
    return verdict


def tell_values(
    pair: Pair,
    scope: Scope,
    rule: str,
    subject: str,
    facts: tuple[Fact, Fact],
    secrets: tuple[Sequence[SecretValue], Sequence[SecretValue]],
) -> None:
    """Judge two facts that are the same but for the values behind their secrets; values that differ are not shown."""
    verdict = compare_values(pair.a, secrets[0], pair.b, secrets[1])
    if verdict is EQUAL:
        pair.weigh(scope, rule, subject, *facts)
        return
    a, b = (replace(fact, value=MASK, secret=True) for fact in facts)
    pair.tell(scope, rule, subject, a, b, verdict, PROVISIONED if verdict is EXPECTED else None)


def _is_same_value(a: View, mine: SecretValue, b: View, yours: SecretValue) -> bool:
    one, other = _known_value(a, mine), _known_value(b, yours)
    if one is None or other is None or one == other:
        return True
    if isinstance(one, Binary) or isinstance(other, Binary):
        return False
    return text_key(a, link_text(one, a.holders)) == text_key(b, link_text(other, b.holders))


def _known_value(view: View, part: SecretValue) -> str | Binary | None:
    """Give the value behind a reference where the definition settles it."""
    value = find_secret_value(view.application, part)
    return None if isinstance(value, tuple) else value


def is_made_up(view: View, references: Iterable[SecretValue]) -> bool:
    """Tell whether any of these values was made up for its environment."""
    secrets = view.application.secrets
    return any(each.name in secrets and secrets[each.name].provisioned for each in references)


def _known(view: View, text: Text, *, opened: bool) -> list[str]:
    """Give a text in normal form as far as its secrets are known, in pieces between those that are not.

    `opened`: none is taken as known, but for one that is the whole text.
    """
    parts: list[Part] = []
    whole = len(parts_of(text)) == 1
    for part in parts_of(text):
        value = _known_value(view, part) if isinstance(part, SecretValue) else None
        parts.append(value if isinstance(value, str) and (whole or not opened) else part)
    key = text_key(view, link_text(make_text(parts), view.holders))
    return key.replace("\r\n", "\n").split(SECRET)


def _may_be_same(ours: list[str], theirs: list[str]) -> bool:
    """Tell whether two texts, given in pieces between which anything may stand, can be the same."""
    if len(ours) > 1 and len(theirs) > 1:
        first, last = (ours[0], theirs[0]), (ours[-1], theirs[-1])
        return (first[0].startswith(first[1]) or first[1].startswith(first[0])) and (
            last[0].endswith(last[1]) or last[1].endswith(last[0])
        )
    pattern, whole = (ours, theirs[0]) if len(theirs) == 1 else (theirs, ours[0])
    return _matches(pattern, whole)


def _matches(pattern: list[str], whole: str) -> bool:
    """Tell whether a text is made of some pieces in their order, and anything between them."""
    if len(pattern) == 1:
        return whole == pattern[0]
    first, *between, last = pattern
    end = len(whole) - len(last)
    place = len(first)
    if end < place or not whole.startswith(first) or not whole.endswith(last):
        return False
    for piece in between:  # The leftmost place of each leaves the most room for those behind it.
        found = whole.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True
