"""A container's variables, pair by pair: what is set, where it comes from, and what its references lead to."""

from functools import lru_cache

from msgspec.structs import replace

from isomorph.drift.facts import Fact, Place, Scope, View
from isomorph.drift.outside import compare_outside
from isomorph.drift.reached import weigh_way
from isomorph.drift.reasons import CANNOT_SAY, PROVISIONED, SERVICE_DISCOVERY
from isomorph.drift.secret_values import compare_secrets, compare_values, secrets_in
from isomorph.drift.texts import (
    Dangling,
    find_dangling,
    is_same_but_for,
    is_same_with_bare_names,
    same_but_for_hosts,
    show_text,
    text_key,
    what_settles,
)
from isomorph.drift.verdicts import DRIFT, EXPECTED, MISSING, UNRESOLVED, Pair, Told
from isomorph.model.secrecy import MASK
from isomorph.model.secrecy import is_secret_name as _is_secret_name
from isomorph.model.text import Address, ConfigurationValue, InstanceField, Placeholder, SecretValue, Text, parts_of

is_secret_name = lru_cache(maxsize=4096)(_is_secret_name)
"""The same few names stand in thousands of containers."""


def weigh_variables(pair: Pair, scope: Scope) -> None:
    """Judge the variables of both sides."""
    a, b = scope.a.container, scope.b.container
    assert a is not None
    assert b is not None
    ours, theirs = a.variables, b.variables
    if not ours and not theirs and not a.variables_from and not b.variables_from:
        return
    before = len(pair.told)
    for name, text in ours.items():
        other = theirs.get(name)
        if other is None:
            _weigh_one(pair, scope, name, variable_fact(scope.a, name, text), None)
        elif text == other and isinstance(text, str):
            pair.equal += 1
        else:
            _weigh_both(pair, scope, name, text, other)
    for name, text in theirs.items():
        if name not in ours:
            _weigh_one(pair, scope, name, None, variable_fact(scope.b, name, text))
    if a.variables_from or b.variables_from:
        _weigh_stores(pair, scope)
    if len(pair.told) - before > 1:
        _note_renamed(pair, before)


def _note_renamed(pair: Pair, before: int) -> None:
    """Note where a variable of each side, and no other, holds a value that the other side has under another name."""
    by_value: dict[str, tuple[list[Told], list[Told]]] = {}
    for told in pair.told[before:]:
        fact = told.a or told.b
        if told.rule == "variable.missing" and fact is not None and len(str(fact.key or "")) >= _TELLING:
            by_value.setdefault(str(fact.key), ([], []))[told.a is None].append(told)
    for ours, theirs in by_value.values():
        if len(ours) == len(theirs) == 1:
            for told, other, view in ((ours[0], theirs[0], pair.b), (theirs[0], ours[0], pair.a)):
                told.detail = (
                    f"On {view.name}, {other.subject} has the same value: "
                    "perhaps it is the same setting under another name"
                )


_TELLING = 6
"""Characters that a value needs so that the same one elsewhere is no chance."""


def variable_fact(place: Place, name: str, text: Text) -> Fact:
    """Give a variable's value as a fact: a secret by where it comes from or by what it is called is never shown."""
    return text_fact(place.view, (*place.base, "variables", name), name, text)


def text_fact(view: View, path: tuple[str, ...], name: str, text: Text) -> Fact:
    """Give a named text as a fact."""
    if isinstance(text, str):
        if is_secret_name(name) and text:
            return Fact(MASK, path, "variable.literal", text, True)
        return Fact(show_text(text), path, "variable.literal", text)
    secret = holds_secret(text) or (is_secret_name(name) and any(isinstance(part, str) and part for part in text))
    field = _field_of(text)
    return Fact(MASK if secret else show_text(text), path, field, text_key(view, text), secret, what_settles(text))


def _field_of(text: Text) -> str:
    for part in text:
        if isinstance(part, SecretValue):
            return "variable.secret"
        if isinstance(part, ConfigurationValue):
            return "variable.configuration"
        if isinstance(part, InstanceField):
            return "variable.field"
    return "variable.literal"


def holds_secret(text: Text) -> bool:
    """Tell whether a text takes something from a secret store."""
    return not isinstance(text, str) and any(isinstance(part, SecretValue) for part in text)


def _weigh_one(pair: Pair, scope: Scope, name: str, a: Fact | None, b: Fact | None) -> None:
    """Judge a variable that one side has: it is missing, unless a store that is not given may hold it."""
    said = a or b
    assert said is not None
    rule = "secret.missing" if said.field == "variable.secret" else "variable.missing"
    silent = scope.b if b is None else scope.a
    assert silent.container is not None
    stores = silent.container.variables_from
    if stores:
        names = ", ".join(store.name for store in stores)
        detail = f"it may come from {names}, which the definition does not contain"
        pair.tell(scope, rule, name, a, b, UNRESOLVED, detail=detail)
    elif rule == "secret.missing":
        pair.tell(scope, rule, name, a, b, MISSING)
    else:
        pair.weigh(scope, rule, name, a, b)


def _weigh_both(pair: Pair, scope: Scope, name: str, text: Text, other: Text) -> None:
    if _is_plainly_same(pair, text, other):
        pair.equal += 1
        return
    a, b = variable_fact(scope.a, name, text), variable_fact(scope.b, name, other)
    if (pair.realised or pair.provisioned) and weigh_way(pair, scope, name, (text, other), (a, b)):
        return
    from_store = holds_secret(text), holds_secret(other)
    if any(from_store):
        weigh_secret(pair, scope, name, (text, other), (a, b), "variable.value")
        return
    if a.compared == b.compared:
        if a.unresolved and what_settles(text) != what_settles(other):
            pair.tell(scope, "variable.value", name, a, b, UNRESOLVED)
        else:
            pair.equal += 1
        return
    weigh_texts(pair, scope, "variable.value", name, (text, other), (a, b))


def _is_plainly_same(pair: Pair, text: Text, other: Text) -> bool:
    """Tell whether two texts of nothing but literals and addresses mean the same."""
    for each in (text, other):
        if not isinstance(each, str) and not all(isinstance(part, str | Address) for part in each):
            return False
    return text_key(pair.a, text) == text_key(pair.b, other)


def weigh_secret(
    pair: Pair, scope: Scope, subject: str, texts: tuple[Text, Text], facts: tuple[Fact, Fact], rule: str
) -> None:
    """Judge a value that at least one side takes from a secret store."""
    a, b = facts
    from_store = holds_secret(texts[0]), holds_secret(texts[1])
    if all(from_store):
        verdict = compare_secrets(pair.a, texts[0], pair.b, texts[1])
        if verdict is None:  # Both say that there is a secret, so that it is the other text that differs.
            field = "variable.literal" if rule == "variable.value" else rule
            weigh_texts(pair, scope, rule, subject, texts, (replace(a, field=field), replace(b, field=field)))
        else:
            pair.tell(scope, rule, subject, a, b, verdict, PROVISIONED if verdict is EXPECTED else None)
        return
    plain = texts[1] if from_store[0] else texts[0]
    view = pair.b if from_store[0] else pair.a
    hidden = tuple(Fact(MASK, fact.path, fact.field, fact.key, True, fact.unresolved) for fact in facts)
    row = None if pair.same_platform else view.cannot_say("variable.secret")
    if _is_left_open(plain) and row is not None:
        pair.tell(scope, "secret.exposed", subject, hidden[0], hidden[1], EXPECTED, f"{CANNOT_SAY}: {row.reason}")
    elif what_settles(plain):
        pair.tell(scope, "secret.exposed", subject, hidden[0], hidden[1], UNRESOLVED)
    else:
        pair.tell(scope, "secret.exposed", subject, hidden[0], hidden[1], DRIFT)


def _is_left_open(text: Text) -> bool:
    """Tell whether a text is left to a variable of the shell, so that it exposes nothing."""
    return not isinstance(text, str) and any(isinstance(part, Placeholder) for part in text)


def weigh_texts(
    pair: Pair, scope: Scope, rule: str, subject: str, texts: tuple[Text, Text], facts: tuple[Fact, Fact]
) -> None:
    """Judge two texts that differ as they are spelled: by the references in them first."""
    a, b = facts
    if is_same_with_bare_names(pair.a, texts[0], pair.b, texts[1]):
        pair.equal += 1
        return
    if _names_told(pair, texts):
        pair.equal += 1
        return
    if _weigh_outside(pair, scope, rule, subject, texts, facts):
        return
    dangling = _dangling(pair, texts)
    if all(dangling) and _peers(pair.a, texts[0]) == _peers(pair.b, texts[1]):
        pair.equal += 1  # Nobody offers it on either side, whatever each calls the peer.
        return
    both = {each.subject for each in dangling[0]} & {each.subject for each in dangling[1]}
    if both and is_same_but_for(both, pair.a, texts[0], pair.b, texts[1]):
        pair.equal += 1
        return
    told = False
    for side in (0, 1):
        others = {each.subject for each in dangling[1 - side]}
        for each in dangling[side]:
            if each.subject not in others:
                told = _tell_dangling(pair, scope, side, each, facts) or told
    if told and same_but_for_hosts(*texts):
        return
    if isinstance(texts[0], str) and isinstance(texts[1], str):
        pair.weigh(scope, rule, subject, a, b)
    elif a.unresolved or b.unresolved:
        pair.tell(scope, rule, subject, a, b, UNRESOLVED)
    else:
        pair.weigh(scope, rule, subject, a, b)


def _names_told(pair: Pair, texts: tuple[Text, Text]) -> bool:
    """Tell whether two texts name the same peers alike, one of them by a port that is told already to differ or be missing."""
    ours = _peers(pair.a, texts[0])
    return ours == _peers(pair.b, texts[1]) and any(
        isinstance(each, tuple) and (each[0], str(each[1])) in pair.records for each in ours
    )


def _peers(view: View, text: Text) -> list[object]:
    """Give a text with its peers by their common names, and the ports as they are written."""
    return [
        (view.called.get(part.workload, part.workload), part.port) if isinstance(part, Address) else part
        for part in parts_of(text)
    ]


def _weigh_outside(
    pair: Pair, scope: Scope, rule: str, subject: str, texts: tuple[Text, Text], facts: tuple[Fact, Fact]
) -> bool:
    """Judge two texts that differ only in what is outside of both definitions; False where they differ in more."""
    detail = compare_outside(pair.a, pair.b, ((facts[0].compared, facts[1].compared),))
    if detail is None:
        return False
    if compare_values(pair.a, secrets_in(texts[0]), pair.b, secrets_in(texts[1])) is DRIFT:
        return False
    if detail:
        pair.tell(scope, rule, subject, *facts, EXPECTED, f"{SERVICE_DISCOVERY}: {detail}")
    else:
        pair.equal += 1
    return True


def _dangling(pair: Pair, texts: tuple[Text, Text]) -> tuple[list[Dangling], list[Dangling]]:
    """Find what each side's text refers to and its definition does not offer."""
    a, b = pair.a, pair.b

    def targets(view: View, other: View, workload: str) -> set[int]:
        common = view.called.get(workload, workload)
        known = {port.target for port in view.application.workloads[workload].ports.values()}
        counterpart = other.key_of(common)
        if counterpart is not None:
            known |= {port.target for port in other.application.workloads[counterpart].ports.values()}
        return known

    return (
        find_dangling(a, texts[0], texts[1], lambda workload: targets(a, b, workload)),
        find_dangling(b, texts[1], texts[0], lambda workload: targets(b, a, workload)),
    )


def _tell_dangling(pair: Pair, scope: Scope, side: int, dangling: Dangling, facts: tuple[Fact, Fact]) -> bool:
    """Tell a dangling reference, or the record that is gone where the other side's workload still has it."""
    view, other = (pair.a, pair.b) if side == 0 else (pair.b, pair.a)
    if dangling.port is None:
        holder = other.holders.get(dangling.name.lower())
        common = other.called.get(holder) if holder is not None else None
        if common is not None and view.key_of(common) is not None:
            pair.lost_names.setdefault((common, dangling.name.lower()), dangling.name)
            return True
    elif dangling.workload is not None:
        common = view.called.get(dangling.workload, dangling.workload)
        if (common, str(dangling.port)) in pair.records:
            return True
    fact = facts[side]
    said = Fact(dangling.subject, fact.path, "")
    ours, theirs = (said, None) if side == 0 else (None, said)
    pair.tell(scope, "reference.dangling", dangling.subject, ours, theirs, DRIFT, detail=fact.path[-1])
    return True


def _weigh_stores(pair: Pair, scope: Scope) -> None:
    """Judge whole stores that a side takes variables from and does not contain."""
    a, b = scope.a.container, scope.b.container
    assert a is not None
    assert b is not None
    if bool(a.variables_from) != bool(b.variables_from):
        silent, said = (b, a) if a.variables_from else (a, b)
        if any(name not in said.variables for name in silent.variables):
            return  # What the other side sets by itself is what the store is for: told variable by variable.
    ours = {_store_subject(store): index for index, store in enumerate(a.variables_from)}
    theirs = {_store_subject(store): index for index, store in enumerate(b.variables_from)}
    for subject in {**ours, **theirs}:
        facts = [
            Fact(subject, (*place.base, "variables_from", str(stores[subject])), "variable.secret")
            if subject in stores
            else None
            for place, stores in ((scope.a, ours), (scope.b, theirs))
        ]
        if all(facts):
            pair.equal += 1
        else:
            pair.tell(scope, "variable.missing", subject, facts[0], facts[1], MISSING)


def _store_subject(store: SecretValue | ConfigurationValue) -> str:
    return f"{store.name}/*"
