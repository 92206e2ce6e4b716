"""How the shape of `isomorph.yaml` is checked: one check a kind of value, each fault with its place and what to do."""

import re
from collections.abc import Callable
from typing import NoReturn

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

Check = Callable[[Node, str, list[InvalidInput]], None]
"""Checks a node, called so for a person, and adds the faults it finds."""


def raise_faults(faults: list[InvalidInput]) -> NoReturn:
    """Raise one fault, or several in the order of their places."""

    def place(fault: InvalidInput) -> tuple[int, int]:
        return (fault.origin.line, fault.origin.column) if fault.origin else (0, 0)

    raise faults[0] if len(faults) == 1 else InvalidInputs(sorted(faults, key=place))


def is_null(node: Node | None) -> bool:
    """Tell whether a node is not there, or as if it was not."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def did_you_mean(name: str, known: "tuple[str, ...] | list[str]") -> str:
    """Give a hint for a name that is not known: the nearest that is, else all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), known, 1, 0.6)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"


def check_fields(node: Mapping, where: str, known: dict[str, Check], faults: list[InvalidInput]) -> None:
    """Check the keys of a mapping and what stands under them; null is as if it was not there."""
    for key, value in node.items():
        check = known.get(key)
        if check is None:
            place = node.keys[key].origin if key in node.keys else value.origin
            faults.append(InvalidInput(f"{where} has no key {key!r}", place, did_you_mean(key, list(known))))
        elif not is_null(value):
            check(value, key if where == "isomorph.yaml" else f"{where}.{key}", faults)


def type_of(node: Node) -> str:
    """Say of what type a node is."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, int | float) else "nothing" if value is None else "a text"


def refuse(node: Node, where: str, wanted: str, faults: list[InvalidInput]) -> None:
    """Add the fault of a node that is of another type than is wanted."""
    number = wanted == "a text" and isinstance(node, Scalar) and isinstance(node.value, int | float)
    listed = wanted == "a list of texts" and isinstance(node, Scalar) and isinstance(node.value, str)
    hint = f'write it in quotes: "{node.text}"' if number and isinstance(node, Scalar) else ""
    hint = "write it as a list: [ … ]" if listed else hint
    faults.append(InvalidInput(f"{where} must be {wanted}, not {type_of(node)}", node.origin, hint))


def check_text(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """A text that is not empty."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        refuse(node, where, "a text", faults)
    elif not node.value:
        faults.append(InvalidInput(f"{where} must not be empty", node.origin))


def check_matching(pattern: re.Pattern[str], rule: str) -> Check:
    """A text of a form, which `rule` says."""

    def check(node: Node, where: str, faults: list[InvalidInput]) -> None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            refuse(node, where, "a text", faults)
        elif not pattern.fullmatch(node.value):
            faults.append(InvalidInput(f"{where}: {node.value!r} is not allowed", node.origin, rule))

    return check


def check_flag(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """True or false."""
    if not isinstance(node, Scalar) or not isinstance(node.value, bool):
        refuse(node, where, "true or false", faults)


def check_texts(node: Node, where: str, faults: list[InvalidInput]) -> None:
    """A list of texts."""
    if not isinstance(node, Sequence):
        refuse(node, where, "a list of texts", faults)
        return
    for index, item in enumerate(node):
        check_text(item, f"{where}[{index}]", faults)
