"""What a policy file may hold: a list of rules, each checked key by key, each fault at its place with the nearest valid name.

`policy-v1.schema.json` says the same as a JSON Schema, for editors; a test holds the two together.
"""

import re
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from isomorph.drift.finding import Severity
from isomorph.drift.selection import fits
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.table import BY_NAME
from isomorph.policy.judging import WORD_IN_MESSAGE
from isomorph.policy.rule import Asked, Rule
from isomorph.policy.words import SUBJECTS, TYPES, is_scalar, roots_of
from isomorph.project.comparison_shape import SEVERITIES
from isomorph.project.shape_checks import (
    Check,
    check_fields,
    check_matching,
    check_text,
    check_texts,
    did_you_mean,
    is_null,
    refuse,
)
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_RULES = 500
PACK = "isomorph:"
"""What names of rules and packs begin with that come with isomorph."""


def _check_severity(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if isinstance(node, Mapping):
        check_fields(node, where, {"local": _check_severity_word, "elsewhere": _check_severity_word}, faults)
        return
    _check_severity_word(node, where, faults)


def _check_severity_word(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Scalar) or node.value not in SEVERITIES:
        faults.append(InvalidInput(f"{where} is no severity", node.origin, f"use {', '.join(SEVERITIES)}"))


def _check_subject(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Scalar) or node.value not in SUBJECTS:
        name = node.text if isinstance(node, Scalar) else ""
        fault = f"{where}: a rule is about one thing of the model"
        faults.append(InvalidInput(fault, node.origin, did_you_mean(name, list(SUBJECTS))))


def _check_environments(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if isinstance(node, Mapping):
        check_fields(node, where, {"names": check_texts, "platforms": _check_platforms}, faults)
    else:
        check_texts(node, where, faults)


def _check_platforms(node: Node, where: str, faults: list[InvalidInput]) -> None:
    check_texts(node, where, faults)
    for item in node if isinstance(node, Sequence) else ():
        if isinstance(item, Scalar) and not any(fits(item.text, name) for name in BY_NAME):
            hint = did_you_mean(item.text, list(BY_NAME))
            faults.append(InvalidInput(f"there is no platform {item.text!r}", item.origin, hint))


def _check_parameters(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Mapping):
        refuse(node, where, "a mapping", faults)
        return
    for name, value in node.items():
        items = list(value) if isinstance(value, Sequence) else [value]
        if not all(isinstance(item, Scalar) and isinstance(item.value, str | int | bool) for item in items):
            hint = "give a text, a whole number, true, false, or a list of them"
            faults.append(InvalidInput(f"{where}.{name} is no parameter", value.origin, hint))


CHANGEABLE: dict[str, Check] = {
    "severity": _check_severity,
    "environments": _check_environments,
    "parameters": _check_parameters,
}
"""What a team may say otherwise of a rule that it uses."""

RULE_KEYS: dict[str, Check] = {
    "name": check_matching(NAME, "use a-z, 0-9 and '-', such as pinned-image"),
    "description": check_text,
    "for": _check_subject,
    "when": check_text,
    "require": check_text,
    "at": check_text,
    "message": check_text,
    "mend": check_text,
    "reference": check_text,
    **CHANGEABLE,
}
USE_KEYS: dict[str, Check] = {"use": check_text, **CHANGEABLE}
NEEDED = ("name", "description", "for", "require")


def read_rules(root: Node, lines: list[str], pack: dict[str, Rule], faults: list[InvalidInput]) -> list[Rule]:
    """Read the rules of a file; `lines` are its text, `pack` the rules that `use` may name."""
    if not isinstance(root, Sequence):
        faults.append(InvalidInput("a policy is a list of rules", root.origin, "begin with `- name: …`"))
        return []
    if len(root) > MOST_RULES:
        faults.append(InvalidInput(f"a file has at most {MOST_RULES} rules", root.origin, "make two files of it"))
        return []
    rules = []
    for index, item in enumerate(root):
        rule = _read_entry(item, f"[{index}]", lines, pack, faults)
        if rule is not None:
            rules.append(rule)
    return rules


def _read_entry(
    item: Node, where: str, lines: list[str], pack: dict[str, Rule], faults: list[InvalidInput]
) -> Rule | None:
    if not isinstance(item, Mapping):
        refuse(item, where, "a mapping", faults)
        return None
    before = len(faults)
    use = item.get("use")
    if not is_null(use):
        check_fields(item, where, USE_KEYS, faults)
        return _read_use(item, pack, faults) if len(faults) == before else None
    check_fields(item, where, RULE_KEYS, faults)
    lacking = [key for key in NEEDED if is_null(item.get(key))]
    if lacking and len(faults) == before:
        faults.append(InvalidInput(f"this rule has no {lacking[0]}", item.origin, f"a rule needs {', '.join(NEEDED)}"))
    return _read_rule(item, lines, faults) if len(faults) == before else None


def _read_use(item: Mapping, pack: dict[str, Rule], faults: list[InvalidInput]) -> Rule | None:
    node = item["use"]
    name = _text(item, "use").removeprefix(PACK)
    rule = pack.get(name)
    if rule is None:
        hint = did_you_mean(name, list(pack))
        faults.append(InvalidInput(f"isomorph has no rule {name!r}", node.origin, hint))
        return None
    given = item.get("parameters")
    if isinstance(given, Mapping):
        _check_given(given, rule, faults)
    return _change(replace(rule, origin=item.origin), item)


def _check_given(given: Mapping, rule: Rule, faults: list[InvalidInput]) -> None:
    """Check that a rule has the parameters that it is given, and that each is of the sort that it counts with."""
    for key, node in given.items():
        if key not in rule.parameters:
            hint = did_you_mean(key, list(rule.parameters))
            faults.append(InvalidInput(f"{rule.name} has no parameter {key!r}", given.keys[key].origin, hint))
            continue
        wanted, there = _sort_of(rule.parameters[key]), _sort_of(to_data(node))
        if there not in (wanted, "an empty list" if wanted.startswith("a list") else wanted):
            fault = f"{rule.name}: parameter {key} must be {wanted}, not {there}"
            hint = "write it as a list: [ … ]" if wanted.endswith(there.removeprefix("a ") + "s") else ""
            faults.append(InvalidInput(fault, node.origin, hint))


_SORTS: tuple[tuple[type, str], ...] = ((bool, "true or false"), (int, "a whole number"), (str, "a text"))
_SEVERAL = {"true or false": "flags", "a whole number": "whole numbers", "a text": "texts"}


def _sort_of(value: object) -> str:
    """Say what sort of parameter a value is."""
    if not isinstance(value, list):
        return next((name for kind, name in _SORTS if isinstance(value, kind)), "nothing")
    sorts = {_sort_of(item) for item in value}
    if len(sorts) > 1:
        return "a list of several sorts"
    return f"a list of {_SEVERAL.get(sorts.pop(), 'nothing')}" if sorts else "an empty list"


def _change(rule: Rule, item: Mapping) -> Rule:
    """Give a rule with what an entry says otherwise."""
    severity = item.get("severity")
    if isinstance(severity, Mapping):
        elsewhere = Severity(_text(severity, "elsewhere") or rule.severity.value)
        local = Severity(_text(severity, "local") or elsewhere.value)
        rule = replace(rule, severity=elsewhere, local_severity=local)
    elif not is_null(severity):
        word = Severity(_text(item, "severity"))
        rule = replace(rule, severity=word, local_severity=word)
    if not is_null(item.get("environments")):
        names, platforms = _read_environments(item.get("environments"))
        rule = replace(rule, environments=names, platforms=platforms)
    if not is_null(item.get("parameters")):
        rule = replace(rule, parameters={**rule.parameters, **to_data(item.get("parameters"))})
    return rule


def _read_environments(node: Node | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(node, Mapping):
        names, platforms = to_data(node.get("names")), to_data(node.get("platforms"))
        return tuple(names or ()), tuple(platforms or ())
    return tuple(to_data(node) or ()), ()


def _read_rule(item: Mapping, lines: list[str], faults: list[InvalidInput]) -> Rule | None:
    require = _read_asked(item.get("require"), lines)
    assert require is not None
    rule = Rule(
        name=_text(item, "name"),
        description=_text(item, "description"),
        subject=_text(item, "for"),
        origin=item.origin,
        when=_read_asked(item.get("when"), lines),
        require=require,
        at=tuple(filter(None, _text(item, "at").split("."))),
        message=_text(item, "message"),
        mend=_text(item, "mend"),
        reference=_text(item, "reference"),
    )
    rule = _change(rule, item)
    before = len(faults)
    _check_place(rule, item, faults)
    _check_message(rule, item, faults)
    return rule if len(faults) == before else None


def _check_place(rule: Rule, item: Mapping, faults: list[InvalidInput]) -> None:
    node = item.get("at")
    if node is not None and rule.at:
        _check_chain((rule.subject, *rule.at), {rule.subject: rule.subject}, node.origin, faults)


def _check_message(rule: Rule, item: Mapping, faults: list[InvalidInput]) -> None:
    node = item.get("message")
    for found in WORD_IN_MESSAGE.finditer(rule.message):
        chain = tuple(found[1].split("."))
        if chain[0] != "parameters" and node is not None:
            _check_chain(chain, roots_of(rule.subject), node.origin, faults)
        elif node is not None and chain[-1] not in rule.parameters:
            hint = did_you_mean(chain[-1], list(rule.parameters))
            faults.append(InvalidInput(f"this rule has no parameter {chain[-1]!r}", node.origin, hint))


def _check_chain(chain: tuple[str, ...], roots: dict[str, str], origin: Origin, faults: list[InvalidInput]) -> None:
    """Check that words lead to something, as the words of expressions are checked."""
    kind = roots.get(chain[0], "")
    if not kind:
        faults.append(InvalidInput(f"this rule knows no {chain[0]!r}", origin, did_you_mean(chain[0], list(roots))))
        return
    for owner, name in pairwise(chain):
        if kind.startswith("map:"):
            kind = kind.removeprefix("map:")
            continue
        known = {} if is_scalar(kind) else TYPES.get(kind, {})
        if name not in known:
            hint = did_you_mean(name, list(known)) if known else f"end at {owner}"
            faults.append(InvalidInput(f"{owner} has no word {name!r}", origin, hint))
            return
        kind = known[name].type


def _read_asked(node: Node | None, lines: list[str]) -> Asked | None:
    """Read an expression, and find where its characters stand in the file."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None
    origin, text = node.origin, node.value
    line = lines[origin.line - 1] if 0 < origin.line <= len(lines) else ""
    mark = line[origin.column - 1 : origin.column]
    if mark in ("|", ">") and not node.plain:
        below = lines[origin.line] if origin.line < len(lines) else ""
        column = len(below) - len(below.lstrip()) + 1
        start = Origin(origin.file, origin.line + 1, column)
        return Asked(text.rstrip(), start, column if mark == "|" else 0)
    quoted = mark in ("'", '"') and not node.plain
    return Asked(text, Origin(origin.file, origin.line, origin.column + 1) if quoted else origin)


def _text(node: Mapping, key: str) -> str:
    value: Any = node.get(key)
    return value.text if isinstance(value, Scalar) and value.value is not None else ""
