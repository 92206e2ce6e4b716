"""Constraints as placement (https://mesosphere.github.io/marathon/docs/constraints.html): which nodes, by attribute.

What spreads instances (UNIQUE, GROUP_BY, MAX_PER) is kept beside the model.
"""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.workload import Constraint
from isomorph.platforms.marathon.reading import Reading
from isomorph.platforms.marathon.values import items_at, mappings_at, string_at, strings_at, wrong_type
from isomorph.syntax.tree import Mapping, Sequence

_PLAIN = re.compile(r"[A-Za-z0-9_|./:-]+")
FIELDS = {"@hostname": "hostname", "@zone": "zone", "@region": "region"}
_OPERATORS = ("UNIQUE", "CLUSTER", "GROUP_BY", "LIKE", "UNLIKE", "MAX_PER", "IS")


def read_constraints(reading: Reading, node: Mapping, path: Path) -> tuple[Constraint, ...]:
    """Read an application's constraints: lists of two or three words."""
    found: list[Constraint] = []
    for index, item in enumerate(items_at(node, "constraints")):
        if not isinstance(item, Sequence):
            raise wrong_type(item, f"constraints[{index}]", "a list")
        words = strings_at(Mapping(item.origin, {"constraint": item}, {}), "constraint")
        if len(words) not in (2, 3):
            raise InvalidInput("a constraint has two or three words", item.origin, 'write ["hostname", "UNIQUE"]')
        constraint = to_constraint(words[0], words[1], words[2] if len(words) == 3 else None, item.origin)
        if constraint is None:
            reading.keep(path, ("constraints", index), item)
        else:
            reading.origins[(*path, "placement", str(len(found)))] = item.origin
            found.append(constraint)
    return tuple(found)


def read_pod_constraints(reading: Reading, placement: Mapping, path: Path) -> tuple[Constraint, ...]:
    """Read a pod's constraints: objects."""
    found: list[Constraint] = []
    for index, item in enumerate(mappings_at(placement, "constraints")):
        field, operator = string_at(item, "fieldName") or "", string_at(item, "operator") or ""
        constraint = to_constraint(field, operator, string_at(item, "value"), item.origin)
        if constraint is None:
            reading.keep(path, ("scheduling", "placement", "constraints", index), item)
        else:
            reading.origins[(*path, "placement", str(len(found)))] = item.origin
            found.append(constraint)
    return tuple(found)


def to_constraint(field: str, operator: str, value: str | None, origin: Origin) -> Constraint | None:
    """Give the constraint in the model's words, None for one that the model has no place for."""
    if operator not in _OPERATORS:
        raise InvalidInput(f"{operator} is no operator of a constraint", origin, f"write {', '.join(_OPERATORS)}")
    attribute = FIELDS.get(field, field)
    if value is None or operator in ("UNIQUE", "GROUP_BY", "MAX_PER"):
        return None
    if operator in ("IS", "CLUSTER"):
        return Constraint(attribute, "=", (value,))
    if value == ".*":
        return Constraint(attribute, "exists" if operator == "LIKE" else "absent")
    if not _PLAIN.fullmatch(value):
        return None
    values = tuple(value.split("|"))
    if operator == "LIKE":
        return Constraint(attribute, "=" if len(values) == 1 else "in", values)
    return Constraint(attribute, "!=" if len(values) == 1 else "not-in", values)
