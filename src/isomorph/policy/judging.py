"""Policies asked of an environment: a finding for each subject that breaks a rule, at the value that breaks it.

A rule is silent where the platform cannot say what it asks for (the support tables say so): a Compose file has no liveness
probe to add. What nothing settles, and what a rule has no answer for, is unresolved.
"""

import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec

from isomorph.drift.causes import name_causes
from isomorph.drift.finding import Environment, Finding, Side, Verdict
from isomorph.drift.spelling import print_bytes, print_cpu, print_flag, print_vector
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.secrecy import MASK, is_secret_name, mask_text
from isomorph.platforms.table import BY_NAME, load_support
from isomorph.policy.expressions import Compiler, Expression, Scene, Unanswered
from isomorph.policy.rule import Rule
from isomorph.policy.view import Seen, Viewer
from isomorph.policy.words import find_field, roots_of

_DIGITS = 20
"""Hexadecimal digits of a fingerprint, as of the judge's own."""

_UNSETTLED = "what it looks at is not settled by the definition"

WORD_IN_MESSAGE = re.compile(r"\{([a-z_]+(?:\.[A-Za-z_][A-Za-z0-9_-]*)*)\}")


class Policy(msgspec.Struct, frozen=True):
    """A rule whose expressions are compiled."""

    rule: Rule
    require: Expression
    when: Expression | None = None


def compile_rule(rule: Rule, compiler: Compiler) -> Policy:
    """Compile a rule; raises InvalidInput at the first fault of its expressions."""
    roots, parameters = roots_of(rule.subject), frozenset(rule.parameters)
    when = compiler.compile(rule.when, roots, parameters) if rule.when is not None else None
    return Policy(rule, compiler.compile(rule.require, roots, parameters), when)


def run_policies(policies: Sequence[Policy], environment: Environment, compiler: Compiler) -> list[Finding]:
    """Give what policies find in an environment, by rule as they are given, then by workload."""
    rules = [each for each in policies if _may_hold(each.rule, environment)]
    by_subject: dict[str, list[Policy]] = {}
    for each in rules:
        by_subject.setdefault(each.rule.subject, []).append(each)
    found: dict[str, list[tuple[Finding, Origin | None]]] = {each.rule.id: [] for each in rules}
    asked: dict[tuple[str, ...], list[Policy]] = {}
    for subject, seen in Viewer(environment).walk(by_subject):
        key = (subject, seen.platform, seen.subject if subject == "probe" else "")
        if key not in asked:
            asked[key] = [each for each in by_subject[subject] if _applies(each.rule, seen)]
        if not asked[key]:
            continue
        scene = Scene(compiler, seen.view)
        for each in asked[key]:
            told = _judge(each, seen, scene, environment)
            if told is not None:
                found[each.rule.id].append(told)
    return [finding for members in found.values() for finding in _name_causes(members)]


def _may_hold(rule: Rule, environment: Environment) -> bool:
    platforms = {platform for platform, _ in environment.parts} or {environment.definition.platform}
    return any(rule.holds_in(environment.name, platform) for platform in platforms)


def _name_causes(members: list[tuple[Finding, Origin | None]]) -> list[Finding]:
    """Give the findings of one rule with their causes: those of another rule are mended in another way."""
    findings = [finding for finding, _ in members]
    causes = name_causes(findings, [((origin,) if origin is not None else (),) for _, origin in members])
    return [msgspec.structs.replace(each, cause=cause) for each, cause in zip(findings, causes, strict=True)]


def _judge(policy: Policy, seen: Seen, scene: Scene, environment: Environment) -> tuple[Finding, Origin | None] | None:
    """Ask one rule of one subject; gives a finding, and where the value itself is written, where it is broken."""
    rule = policy.rule
    if rule.parameters:
        scene = Scene(scene.compiler, {**seen.view, "parameters": rule.parameters})
    try:
        if policy.when is not None and _is_unsettled(policy.when, seen):
            return _tell(rule, seen, environment, _UNSETTLED)
        if policy.when is not None and not scene.ask(policy.when):
            return None
        if _is_unsettled(policy.require, seen):
            return _tell(rule, seen, environment, _UNSETTLED)
        if scene.ask(policy.require):
            return None
    except Unanswered as reason:
        return _tell(rule, seen, environment, str(reason))
    return _tell(rule, _keep_offenders(policy, seen, scene.compiler), environment, "")


def _keep_offenders(policy: Policy, seen: Seen, compiler: Compiler) -> Seen:
    """Give a subject with a list that the finding points to reduced to the elements that break the rule alone."""
    rule = policy.rule
    elements = _look_up(seen.view, (rule.subject, *rule.at))
    if not isinstance(elements, list) or not elements:
        return seen
    found = [index for index, each in enumerate(elements) if _breaks(policy, seen, [each], compiler)]
    found = found or list(range(len(elements)))
    path = seen.find_path(rule.at)
    view = _with_value(seen.view, (rule.subject, *rule.at), [elements[index] for index in found])
    first = found[0]
    return msgspec.structs.replace(seen, view=view, elements=((*path, str(elements[first])), (*path, str(first))))


def _breaks(policy: Policy, seen: Seen, elements: list[Any], compiler: Compiler) -> bool:
    view = _with_value(seen.view, (policy.rule.subject, *policy.rule.at), elements)
    try:
        return not Scene(compiler, {**view, "parameters": policy.rule.parameters}).ask(policy.require)
    except Unanswered:
        return False


def _look_up(view: Any, chain: tuple[str, ...]) -> Any:
    for name in chain:
        view = view.get(name) if isinstance(view, dict) else None
    return view


def _with_value(view: dict[str, Any], chain: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Give a view with another value at a chain of words."""
    first, *rest = chain
    return {**view, first: _with_value(view[first], tuple(rest), value) if rest else value}


def _applies(rule: Rule, seen: Seen) -> bool:
    """Tell whether a rule holds there, and the platform can say what a finding of it would point to."""
    if not rule.holds_in(seen.environment, seen.platform):
        return False
    at = rule.at
    if rule.subject == "probe":
        at = (seen.subject, *at)
    field = find_field("container" if rule.subject == "probe" else rule.subject, at)
    return not field or field not in _unsayable(seen.platform)


@cache
def _unsayable(platform: str) -> frozenset[str]:
    if platform not in BY_NAME:
        return frozenset()
    return frozenset(field for field, row in load_support(platform).items() if row.level == "never")


def _is_unsettled(expression: Expression, seen: Seen) -> bool:
    """Tell whether an expression looks at a value that nothing settles."""
    if not seen.unsettled:
        return False
    used = expression.used
    if any(chain[: len(each)] == each for chain in used.chains for each in seen.unsettled):
        return True
    return any(chain in seen.unsettled and _look_up(seen.view, chain) is None for chain in used.asked_for)


def _tell(rule: Rule, seen: Seen, environment: Environment, unanswered: str) -> tuple[Finding, Origin | None]:
    path = seen.find_path(rule.at)
    origins = environment.definition.origins
    value, secret = _value_at(rule, seen)
    own = None if value is None else _own_origin(seen, path, origins)
    origin = own or origins.find(path) or origins.find(("workloads", seen.workload))
    message = _write_message(rule, seen)
    if unanswered:
        message = f"{_name(seen)}: whether {rule.name} holds is unresolved: {unanswered}."
    side = Side(environment.name, value, origin)
    finding = Finding(
        fingerprint=_fingerprint(rule, seen, side, secret),
        cause="",
        rule=rule.id,
        verdict=Verdict.UNRESOLVED if unanswered else Verdict.DRIFT,
        severity=rule.local_severity if seen.view["environment"]["local"] else rule.severity,
        compared_with="policy",
        workload=seen.workload,
        container=_container_of(seen),
        subject=seen.subject,
        sides=(side,),
        message=message,
        hint="" if unanswered else rule.mend,
    )
    return finding, own


def _own_origin(seen: Seen, path: Path, origins: Origins) -> Origin | None:
    """Give where a value is written, or the text that it is a part of, and nothing that is around it."""
    around = len(seen.path) if path[: len(seen.path)] == seen.path and len(path) > len(seen.path) else len(path) - 1
    parts = [path[:length] for length in range(len(path), around, -1)]
    return next((found for each in (*seen.elements, *parts) if (found := origins.exact(each)) is not None), None)


def _container_of(seen: Seen) -> str:
    """Give the container, empty where the workload has one, as the judge's own findings have it."""
    alone = len(seen.view["workload"]["containers"]) == 1
    return "" if alone else seen.container


def _fingerprint(rule: Rule, seen: Seen, side: Side, secret: bool) -> str:
    """Give a name for a finding that moved lines and renamed files leave as it is; secrets enter as `secret`."""
    value = "\x00" if side.value is None else "secret" if secret else side.value
    parts = ("policy", seen.workload, _container_of(seen), rule.id, seen.subject, f"{side.environment}\x02{value}")
    return sha256("\x01".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _value_at(rule: Rule, seen: Seen) -> tuple[str | None, bool]:
    """Give the value that a finding points to, as it may be shown, and whether it is secret."""
    at = rule.at
    if rule.subject == "variable" and at in ((), ("value",)):
        variable = seen.view["variable"]
        hidden = bool(variable["value"]) and is_secret_name(variable["name"])
        return (MASK, True) if hidden else (mask_text(variable["value"]), False)
    value = _look_up(seen.view, (rule.subject, *at))
    if isinstance(value, dict) and "text" in value:  # An image is its reference.
        return mask_text(value["text"]), False
    if isinstance(value, dict):
        return None, False
    text = spell(value, at)
    if text is not None and "variables" in at and is_secret_name(at[-1]):
        return MASK, True
    return (None if text is None else mask_text(text)), False


def spell(value: Any, at: tuple[str, ...]) -> str | None:
    """Spell a value of a view in the judge's normal form; None for what is not said."""
    if value is None or (isinstance(value, list) and not value):
        return None
    if isinstance(value, bool):
        return print_flag(value)
    if isinstance(value, int):
        if at[-2:-1] in (("limits",), ("requests",)):
            return print_cpu(value) if at[-1] == "cpu" else print_bytes(value) if at[-1] == "memory" else str(value)
        return str(value)
    if isinstance(value, list):
        return print_vector(
            [":".join(map(str, each.values())) if isinstance(each, dict) else str(each) for each in value]
        )
    return str(value)


def _name(seen: Seen) -> str:
    """Say which subject a message is about, as the judge's messages begin."""
    container = _container_of(seen)
    return f"{seen.workload} (container {container})" if container and container != seen.workload else seen.workload


def _write_message(rule: Rule, seen: Seen) -> str:
    text = rule.message or f"{rule.description.rstrip('.')}{' (' + seen.subject + ')' if seen.subject else ''}"
    filled = WORD_IN_MESSAGE.sub(lambda found: _fill(found[1], rule, seen), text)
    ending = "" if filled.endswith((".", "!", "?")) else "."
    return f"{_name(seen)}: {filled}{ending}"


def _fill(chain: str, rule: Rule, seen: Seen) -> str:
    """Give what stands for a word of a message; secrets are masked, what is not said is `nothing`."""
    names = tuple(chain.split("."))
    if names[0] == "parameters":
        value = rule.parameters.get(names[-1])
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    value = _look_up(seen.view, names)
    secret = names == ("variable", "value") and seen.view["variable"]["sensitive"]
    secret = secret or (len(names) > 2 and "variables" in names and is_secret_name(names[-1]))
    text = spell(value, names)
    if isinstance(value, dict):
        text = value.get("text") or value.get("name")
    return "nothing" if text is None else MASK if secret else mask_text(text)
