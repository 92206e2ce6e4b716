"""What `isomorph.yaml` may hold: its keys and their types, checked all at once, each fault at its place.

`project-v1.schema.json` says the same as a JSON Schema, for editors; a test holds the two together. What is null is as if
it was not there.
"""

import re
from collections.abc import Callable
from typing import NoReturn

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

SCHEMA_FILE = "project-v1.schema.json"

Check = Callable[[Node, str, list[InvalidInput]], None]
"""Checks a node, called so for a person, and adds the faults it finds."""

_ENVIRONMENT_NAME = re.compile(r"[A-Za-z0-9_.-]+")
PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""Compose's rule for a project's name, the narrowest there is (compose-spec, `name`)."""
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123, as Kubernetes asks of a namespace's name."""


def check_shape(root: Node) -> Mapping:
    """Give the file's mapping; raises InvalidInput or InvalidInputs for what is not as it should be."""
    if not isinstance(root, Mapping):
        raise InvalidInput("isomorph.yaml is a mapping", root.origin, "begin with `environments:` or `workloads:`")
    faults: list[InvalidInput] = []
    _check_fields(root, "isomorph.yaml", PROJECT_KEYS, faults)
    if faults:
        raise_faults(faults)
    return root


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


def _check_fields(node: Mapping, where: str, known: dict[str, Check], faults: list[InvalidInput]) -> None:
    for key, value in node.items():
        check = known.get(key)
        if check is None:
            place = node.keys[key].origin if key in node.keys else value.origin
            faults.append(InvalidInput(f"{where} has no key {key!r}", place, did_you_mean(key, list(known))))
        elif not is_null(value):
            check(value, key if where == "isomorph.yaml" else f"{where}.{key}", faults)


def _type_of(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, int | float) else "nothing" if value is None else "a text"


def _refuse(node: Node, where: str, wanted: str, faults: list[InvalidInput]) -> None:
    number = wanted == "a text" and isinstance(node, Scalar) and isinstance(node.value, int | float)
    listed = wanted == "a list of texts" and isinstance(node, Scalar) and isinstance(node.value, str)
    hint = f'write it in quotes: "{node.text}"' if number and isinstance(node, Scalar) else ""
    hint = "write it as a list: [ … ]" if listed else hint
    faults.append(InvalidInput(f"{where} must be {wanted}, not {_type_of(node)}", node.origin, hint))


def _text(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        _refuse(node, where, "a text", faults)
    elif not node.value:
        faults.append(InvalidInput(f"{where} must not be empty", node.origin))


def _matching(pattern: re.Pattern[str], rule: str) -> Check:
    def check(node: Node, where: str, faults: list[InvalidInput]) -> None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            _refuse(node, where, "a text", faults)
        elif not pattern.fullmatch(node.value):
            faults.append(InvalidInput(f"{where}: {node.value!r} is not allowed", node.origin, rule))

    return check


def _flag(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Scalar) or not isinstance(node.value, bool):
        _refuse(node, where, "true or false", faults)


def _texts(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        _refuse(node, where, "a list of texts", faults)
        return
    for index, item in enumerate(node):
        _text(item, f"{where}[{index}]", faults)


def _definitions(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        _refuse(node, where, "a list of texts", faults)
        return
    for index, item in enumerate(node):
        if not isinstance(item, Mapping):
            _text(item, f"{where}[{index}]", faults)
            continue
        _check_fields(item, f"{where}[{index}]", {"platform": _text, "definition": _text}, faults)
        if is_null(item.get("definition")):
            message = f"{where}[{index}] names no definition"
            faults.append(InvalidInput(message, item.origin, "write {platform: PLATFORM, definition: PATH}"))


def _mapping(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Mapping):
        _refuse(node, where, "a mapping", faults)


def _list(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        _refuse(node, where, "a list", faults)


def _mapping_or_list(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Mapping | Sequence):
        _refuse(node, where, "a mapping or a list", faults)


def _environments(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Mapping):
        _refuse(node, where, "a mapping", faults)
        return
    for name, environment in node.items():
        if not _ENVIRONMENT_NAME.fullmatch(name):
            place = node.keys[name].origin if name in node.keys else environment.origin
            rule = "use letters, digits, '_', '.' and '-'"
            faults.append(InvalidInput(f"{name!r} is no name of an environment", place, rule))
        if isinstance(environment, Mapping):
            _check_fields(environment, f"{where}.{name}", ENVIRONMENT_KEYS, faults)
        elif not is_null(environment):
            _refuse(environment, f"{where}.{name}", "a mapping", faults)


ENVIRONMENT_KEYS: dict[str, Check] = {
    "definitions": _definitions,
    "provisioners": _texts,
    "overrides": _texts,
    "patch-templates": _texts,
    "namespace": _matching(_NAMESPACE, "use up to 63 of a-z, 0-9 and '-', neither first nor last a '-'"),
}

PROJECT_KEYS: dict[str, Check] = {
    "name": _matching(PROJECT_NAME, "use a-z, 0-9, '_' and '-', first a letter or digit"),
    "workloads": _texts,
    "environments": _environments,
    "provisioners": _texts,
    "patch-templates": _texts,
    "default-provisioners": _flag,
    "compare": _mapping_or_list,
    "align": _mapping,
    "expect": _list,
    "suppress": _list,
    "severity": _mapping,
    "policy": _texts,
}
