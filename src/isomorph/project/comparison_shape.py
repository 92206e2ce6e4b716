"""What the sections of `isomorph.yaml` about comparing may hold: their keys and their types, each fault at its place."""

import re

from isomorph.model.errors import InvalidInput
from isomorph.project.shape_checks import (
    Check,
    check_fields,
    check_text,
    is_null,
    refuse,
)
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

SEVERITIES = ("error", "warning", "note")

_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def check_compare(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """`{reference: ENVIRONMENT}`, or a list of pairs."""
    if isinstance(node, Mapping):
        check_fields(node, where, {"reference": check_text}, faults)
        return
    if not isinstance(node, Sequence):
        refuse(node, where, "a mapping or a list", faults)
        return
    for index, pair in enumerate(node):
        _check_pair(pair, f"{where}[{index}]", faults)


def _check_pair(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        refuse(node, where, "a list of texts", faults)
    elif len(node) != 2:
        faults.append(InvalidInput(f"{where} must name two environments", node.origin, "write [ONE, OTHER]"))
    else:
        for index, item in enumerate(node):
            check_text(item, f"{where}[{index}]", faults)


def check_align(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """Common name to environment to what the workload or container is called there."""
    if not isinstance(node, Mapping):
        refuse(node, where, "a mapping", faults)
        return
    for name, names in node.items():
        if not isinstance(names, Mapping):
            refuse(names, f"{where}.{name}", "a mapping", faults)
            continue
        for environment, called in names.items():
            check_text(called, f"{where}.{name}.{environment}", faults)


def _check_date(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Scalar) or _DATE.fullmatch(node.text) is None:
        faults.append(InvalidInput(f"{where} must be a date", node.origin, "write YYYY-MM-DD"))


SELECTION_KEYS: dict[str, Check] = {
    "rule": check_text,
    "workload": check_text,
    "container": check_text,
    "subject": check_text,
    "between": _check_pair,
    "reason": check_text,
}
"""Which findings are meant, and why."""

SUPPRESSION_KEYS: dict[str, Check] = {**SELECTION_KEYS, "until": _check_date}


def check_expect(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """A list of differences that are meant."""
    _check_selections(node, where, SELECTION_KEYS, faults)


def check_suppress(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """A list of differences that are not told, perhaps until a day."""
    _check_selections(node, where, SUPPRESSION_KEYS, faults)


def _check_selections(node: Node, where: str, keys: dict[str, Check], faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        refuse(node, where, "a list", faults)
        return
    for index, item in enumerate(node):
        name = f"{where}[{index}]"
        if not isinstance(item, Mapping):
            refuse(item, name, "a mapping", faults)
            continue
        check_fields(item, name, keys, faults)
        if is_null(item.get("reason")):
            faults.append(
                InvalidInput(f"{name} gives no reason", item.origin, "say why: whoever reads it next will ask")
            )
        if all(is_null(item.get(key)) for key in ("rule", "workload", "container", "subject")):
            hint = "name a rule, a workload, a container or a subject"
            faults.append(InvalidInput(f"{name} does not say which differences it means", item.origin, hint))


def check_severity(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """Rule or pattern of rules to severity."""
    if not isinstance(node, Mapping):
        refuse(node, where, "a mapping", faults)
        return
    for rule, value in node.items():
        if not isinstance(value, Scalar) or value.value not in SEVERITIES:
            faults.append(InvalidInput(f"{where}.{rule} is no severity", value.origin, f"use {', '.join(SEVERITIES)}"))
