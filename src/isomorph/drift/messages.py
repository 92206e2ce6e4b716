"""The sentence of a finding: who says what, and what happens because of it; and how to mend it."""

from isomorph.drift.finding import DIFFERS, Side, Verdict
from isomorph.drift.natures import find_nature
from isomorph.drift.reasons import REASONS
from isomorph.drift.rules import Rule
from isomorph.drift.verdicts import Told
from isomorph.model.secrecy import MASK

_LONGEST = 60
"""Characters of a value that a sentence quotes."""


def write_message(told: Told, rule: Rule, container: str, sides: tuple[Side, Side]) -> str:
    """Write a finding's sentence."""
    who = told.scope.workload
    if container and container != who:
        who = f"{who} (container {container})"
    noun = rule.noun.replace("{subject}", told.subject).replace("{detail}", told.detail)
    if told.verdict is Verdict.UNRESOLVED:
        return _write_unresolved(told, who, noun, sides)
    a, b = sides
    if a.value is None and b.value is None:
        return f"{who}: neither says {noun}, and the defaults differ ({_detail(told.reason)})."
    if told.rule == "reference.dangling":
        return _write_dangling(told, rule, who, sides)
    return _write_sides(told, rule, who, noun, sides) + _explain(told)


def _explain(told: Told) -> str:
    """Give the fact of a side's platform that explains a difference, as a sentence of its own."""
    a, b = told.scope.sides
    if told.verdict not in DIFFERS or a.view.platform == b.view.platform:
        return ""
    found = find_nature(told.scope, told.rule, (told.a, told.b))
    return "" if found is None else f" {found[0].says[:1].upper()}{found[0].says[1:]}."


def _write_sides(told: Told, rule: Rule, who: str, noun: str, sides: tuple[Side, Side]) -> str:
    a, b = sides
    if a.value is not None and b.value is not None:
        return _write_both(told, rule, who, noun, sides)
    return _write_one(told, rule, who, noun, sides)


def _write_both(told: Told, rule: Rule, who: str, noun: str, sides: tuple[Side, Side]) -> str:
    a, b = sides
    flags = _print_flag(told, a.value), _print_flag(told, b.value)
    if flags[0] and flags[1]:
        text = f"{who} {flags[0]} on {a.environment} and {flags[1]} on {b.environment}"
    elif told.rule == "secret.exposed":
        plain = b if told.a is not None and told.a.field.endswith(".secret") else a
        kept = a if plain is b else b
        text = f"{who}: {noun} comes from a secret store on {kept.environment}, and not on {plain.environment}"
    elif a.value == b.value == MASK:
        text = f"{who}: {noun} differs between {a.environment} and {b.environment} (values are secret)"
    elif told.detail and told.rule == "file.content":
        text = f"{who}: {noun} differs between {a.environment} and {b.environment}: {told.detail}"
    elif told.rule == "container.missing":
        text = f"{who}: {a.value} on {a.environment} is {b.value} on {b.environment}"
    else:
        text = f"{who}: {noun} is {_quote(a.value)} on {a.environment} and {_quote(b.value)} on {b.environment}"
    return f"{text}{_ending(told, rule.differs, a, b)}"


def _write_one(told: Told, rule: Rule, who: str, noun: str, sides: tuple[Side, Side]) -> str:
    here, there = sides if sides[0].value is not None else (sides[1], sides[0])
    flag = _print_flag(told, here.value)
    if flag is not None:
        text = f"{who} {flag} on {here.environment}"
    elif told.rule == "workload.missing":
        text = f"{here.value} is on {here.environment} only"
    elif told.rule.endswith(".missing") and told.rule not in ("variable.missing", "probe.missing"):
        text = f"{who}: {noun} is on {here.environment} only"
    elif told.rule == "variable.missing":
        text = f"{who} sets {noun}={_quote(here.value)} on {here.environment}"
    elif told.rule == "security.capability":
        text = f"{who} {here.value}s {noun} on {here.environment} only"
    elif told.rule == "dns.record":
        text = f"{who}: {noun} resolves on {here.environment} only"
    else:
        text = f"{who}: {noun} is {_quote(here.value)} on {here.environment}"
    return f"{text}{_ending(told, _effect_of_silence(told, rule, here), here, there)}"


_FLAGS = {
    "security.non-root": ("refuses to run as root", "may run as root"),
    "security.read-only-root": ("has a read-only root file system", "has a writable root file system"),
    "security.privileged": ("is privileged", "is not privileged"),
    "security.no-new-privileges": ("is kept from new privileges", "may gain new privileges"),
    "security.host-namespace": ("shares the machine's {subject} namespace", "has a {subject} namespace of its own"),
    "volume.read-only": ("mounts {subject} read-only", "mounts {subject} for writing"),
    "route.tls": ("ends TLS on the route {subject}", "has no TLS on the route {subject}"),
}
"""What it means that a flag is set, and that it is not."""


def _print_flag(told: Told, value: str | None) -> str | None:
    words = _FLAGS.get(told.rule)
    if words is None or value not in ("true", "false"):
        return None
    return words[value == "false"].replace("{subject}", told.subject)


_NOT_THERE = {
    ("volume.missing", "host"): "on {there} it does not see {subject} of the machine",
    ("volume.missing", "memory"): "on {there} what is written there goes to disk, or cannot be written",
    ("security.capability", "drop"): "on {there} the process keeps what the runtime grants",
    ("security.capability", "add"): "on {there} what needs it is refused",
}
"""What happens where one side says nothing, for values that call for words of their own."""


def _effect_of_silence(told: Told, rule: Rule, here: Side) -> str:
    """Give what happens where one side says nothing; the default of that side is named where it has one."""
    own = _NOT_THERE.get((told.rule, here.value or ""))
    if own is not None:
        return own
    if told.rule == "variable.missing" and told.detail:
        return f"{rule.silent}. {told.detail}"
    if "default" not in rule.silent:
        return rule.silent
    silent = told.scope.b if told.b is None else told.scope.a
    default = silent.view.find_default(told.rule, told.subject, silent.conditions)
    return rule.silent if default is None else f"{rule.silent}, {default}"


def _write_dangling(told: Told, rule: Rule, who: str, sides: tuple[Side, Side]) -> str:
    here = sides[0] if sides[0].value is not None else sides[1]
    return f"{who}: {told.detail} refers to {told.subject}, which nobody offers on {here.environment}: the connection fails."


def _ending(told: Told, effect: str, here: Side, there: Side) -> str:
    """End a sentence: with the reason where it is expected, with the default where it is that, else with what happens."""
    if told.verdict is Verdict.EXPECTED:
        word, _colon, detail = (told.reason or "").partition(": ")
        silent = f"; {there.environment} does not say it" if there.value is None else ""
        return f"{silent}. Expected, {word}: {detail or REASONS.get(word, '')}".rstrip(".") + "."
    if told.verdict is Verdict.DEFAULT:
        return f"; {there.environment} does not say it and means the same."
    effect = effect.replace("{here}", here.environment).replace("{there}", there.environment)
    effect = effect.replace("{subject}", told.subject)
    return f"; {effect}."


def _write_unresolved(told: Told, who: str, noun: str, sides: tuple[Side, Side]) -> str:
    """Say what would settle what cannot be known."""
    open_sides = [
        (side, fact.unresolved)
        for side, fact in zip(sides, (told.a, told.b), strict=True)
        if fact is not None and fact.unresolved
    ]
    if told.detail and not open_sides:
        return f"{who}: whether {noun} differs is not known; {told.detail}."
    settles = " and ".join(f"{what} on {side.environment}" for side, what in open_sides) or "what both sides leave open"
    return f"{who}: whether {noun} differs is not known; {settles} would settle it."


def _detail(reason: str | None) -> str:
    return (reason or "").partition(": ")[2]


def _quote(value: str | None) -> str:
    text = (value or "").replace("\n", "\\n")
    if not text:
        return "empty"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def write_hint(told: Told, rule: Rule, sides: tuple[Side, Side]) -> str:
    """Write how to mend a finding; nothing for what is expected or the default."""
    if told.verdict in (Verdict.EXPECTED, Verdict.DEFAULT):
        return ""
    here, there = sides if sides[0].value is not None else (sides[1], sides[0])
    if told.verdict is Verdict.UNRESOLVED:
        fact = told.a if told.a is not None and told.a.unresolved else told.b
        return f"give {fact.unresolved}, or a default" if fact is not None and fact.unresolved else ""
    if told.rule == "variable.missing" and told.detail:
        return "see which name the process reads, and use that one on both"
    hint = rule.hint.replace("{here}", here.environment).replace("{there}", there.environment)
    return hint.replace("{subject}", told.subject)
