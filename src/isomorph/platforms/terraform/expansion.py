"""`count` and `for_each`: how many instances a block has, and what `count.index` and `each` are in each.

Where only an apply tells, there is one instance, whose key nobody knows. Source:
https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
"""

from collections.abc import Callable
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.platforms.terraform.folder import Declared
from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.expressions import Expression
from isomorph.syntax.hcl.values import HclFault, Pending, Set, find_pending, pending, print_key, settled, to_int

Tell = Callable[[Expression, Pending], None]
"""Hears that the number of instances is not known, and why."""
MOST_INSTANCES = 2_000
"""Instances of one block."""

NONE, COUNT, EACH, OPEN = "none", "count", "each", "open"


class Instance(msgspec.Struct, frozen=True):
    """One instance: its key (None where it has none, or where nobody knows it) and the names that mean something in it."""

    key: str | int | None
    names: dict[str, Any]
    suffix: str = ""


class Expansion(msgspec.Struct, frozen=True):
    """The instances of a block. `kind`: NONE, COUNT, EACH, or OPEN where only an apply tells."""

    kind: str
    instances: tuple[Instance, ...]


def expand(declared: Declared, evaluator: Evaluator, keys: list[str | int], tell: Tell) -> Expansion:
    """Give the instances of a block; `keys` are those that a state has, `tell` hears of a number that nobody knows."""
    count, for_each = declared.attributes.get("count"), declared.attributes.get("for_each")
    if count is not None and for_each is not None:
        message = "a block with both count and for_each"
        raise InvalidInput(message, declared.cursor.origin(for_each.start), "remove one of the two")
    if count is not None:
        number = settled(evaluator.value(count.value))
        if isinstance(number, Pending):
            return _open(number, count.value, keys, tell, COUNT)
        return Expansion(COUNT, tuple(_counted(at) for at in range(_to_count(number, evaluator, count.value))))
    if for_each is not None:
        values = settled(evaluator.value(for_each.value))
        cause = values if isinstance(values, Pending) else find_pending(values) if isinstance(values, list) else None
        if cause is not None:
            return _open(cause, for_each.value, keys, tell, EACH)
        return Expansion(EACH, tuple(_each(key, value) for key, value in _entries(values, evaluator, for_each.value)))
    return Expansion(NONE, (Instance(None, {}),))


def _counted(index: int) -> Instance:
    return Instance(index, {"count": {"index": index}}, f"[{index}]")


def _each(key: str, value: Any) -> Instance:
    return Instance(key, {"each": {"key": key, "value": value}}, f"[{print_key(key)}]")


def _open(cause: Pending, expression: Expression, keys: list[str | int], tell: Tell, kind: str) -> Expansion:
    """Give the instances that a state knows, or one that stands for all."""
    if keys:
        found = [_counted(key) if isinstance(key, int) else _each(key, pending("each.value")) for key in keys]
        return Expansion(COUNT if isinstance(keys[0], int) else EACH, tuple(found))
    tell(expression, cause)
    if kind == COUNT:
        names: dict[str, Any] = {"count": {"index": pending("count.index")}}
    else:
        names = {"each": {"key": pending("each.key"), "value": pending("each.value")}}
    return Expansion(OPEN, (Instance(None, names, "[?]"),))


def _to_count(value: Any, evaluator: Evaluator, expression: Expression) -> int:
    try:
        number = to_int(value)
    except HclFault as fault:
        raise evaluator.refuse(HclFault(f"count: {fault.message}", "give a whole number"), expression) from None
    if number < 0:
        evaluator.fail(f"count is {number}", expression, "give 0 or more")
    _check_size(number, evaluator, expression)
    return number


def _check_size(number: int, evaluator: Evaluator, expression: Expression) -> None:
    if number > MOST_INSTANCES:
        evaluator.fail(f"{number} instances, more than {MOST_INSTANCES}", expression, "make fewer")


def _entries(values: Any, evaluator: Evaluator, expression: Expression) -> list[tuple[str, Any]]:
    """Give keys and values, in the order of the keys; a list is one only where its type is a provider's."""
    if isinstance(values, dict):
        entries = sorted(values.items())
    elif isinstance(values, list) and (isinstance(values, Set) or evaluator.uses):
        if not all(isinstance(value, str) for value in values):
            evaluator.fail(
                "for_each with a set of something other than texts", expression, "give a set of texts, or a map"
            )
        entries = sorted((value, value) for value in dict.fromkeys(values))
    else:
        hint = "write toset(…) around a list" if isinstance(values, list) else "give a map or a set of texts"
        evaluator.fail("for_each is neither a map nor a set", expression, hint)
    _check_size(len(entries), evaluator, expression)
    return entries
