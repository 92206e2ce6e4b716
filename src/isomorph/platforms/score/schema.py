"""The official schema's faults, all at once, each at the position of what is wrong and in words that say what to do.

The schema decides what is right; the words are ours. The older array form of files and volumes is upgraded before, so that
only their map form is checked.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.model.origin import Origin
from isomorph.platforms.score.shape import is_plainly_right
from isomorph.syntax.tree import Mapping, Node, Sequence

_LABEL = "use 2 to 63 of a-z, 0-9 and '-', neither first nor last a '-'"
_ANNOTATION = "use 2 to 63 letters, digits, '-', '_' and '.', after an optional host name and '/'"

# What to do about a text that a pattern refuses, by the key it stands under.
_PATTERN_HINTS = {
    "apiVersion": "this version reads score.dev/v1b1",
    "name": _LABEL,
    "type": "use 2 to 63 letters, digits and '-'",
    "class": "use 2 to 63 letters, digits and '-'",
    "id": "use 2 to 63 of a-z, 0-9 and '-', in parts separated by '.'",
    "cpu": 'write whole or fractional CPUs, or millicores: "2", "0.5", "125m"',
    "memory": 'bytes with or without a unit: "125M", "1.5Gi"',
    "mode": 'write three octal digits after an optional 0: "0644"',
}
_KEY_HINTS = {
    "variables": "a variable's name is not empty and has no '='",
    "annotations": _ANNOTATION,
}
_TYPE_NAMES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}


def check_schema(root: Node, data: Any) -> None:
    """Check one Score file, whose plain data the caller has; raises InvalidInputs with every fault, in order of position."""
    if is_plainly_right(data):
        return
    validator = _validator()
    try:
        if validator.is_valid(data):
            return
        errors = list(validator.iter_errors(data))
    except ValueError as fault:
        raise InvalidInput(f"a value that Score does not know: {fault}", root.origin) from None
    faults: dict[tuple[Origin, str], InvalidInput] = {}
    refused = {tuple(error.instance_path) for error in errors if error.kind.name == "pattern"}
    for error in errors:
        if error.kind.name in ("minLength", "maxLength") and tuple(error.instance_path) in refused:
            continue  # The pattern's fault says the length too.
        for each in _to_faults(error, root):
            faults.setdefault((each.origin or root.origin, each.message), each)
    ordered = [faults[key] for key in sorted(faults, key=lambda key: (key[0].line, key[0].column, key[1]))]
    raise ordered[0] if len(ordered) == 1 else InvalidInputs(ordered)


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    """The official schema, with only the map form of files and volumes."""
    schema: dict[str, Any] = msgspec.json.decode(Path(__file__).with_name("score-v1b1.schema.json").read_bytes())
    properties = schema["$defs"]["container"]["properties"]
    for name, definition in (("files", "containerFile"), ("volumes", "containerVolume")):
        properties[name] = {"type": "object", "additionalProperties": {"$ref": f"#/$defs/{definition}"}}
        schema["$defs"][definition]["properties"].pop("target")
    return schema


@lru_cache(maxsize=1)
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(_schema())


def _to_faults(error: Any, root: Node) -> list[InvalidInput]:
    """Put one of the validator's errors into words."""
    path: list[str | int] = list(error.instance_path)
    node = _find(root, path)
    kind = error.kind.name
    if kind == "additionalProperties":
        known = list(_part_of_schema(error.schema_path[:-1]).get("properties", ()))
        return [_unknown(node, name, known, path) for name in error.kind.unexpected]
    if kind == "propertyNames":
        return [_bad_key(node, error.kind.error.instance, path)]
    if kind == "required":
        where = _name_of(path)
        return [InvalidInput(f"{where} lacks {error.kind.property!r}", node.origin, f"add {error.kind.property}")]
    return [_bad_value(error, kind, node, path)]


def _bad_value(error: Any, kind: str, node: Node, path: list[str | int]) -> InvalidInput:
    where = _name_of(path)
    value = error.instance
    if kind == "type":
        wanted = error.kind.types[0]
        hint = f'write it in quotes: "{_spell(value)}"' if wanted == "string" and isinstance(value, int | float) else ""
        return InvalidInput(f"{where} must be {_TYPE_NAMES[wanted]}, not {_type_of(value)}", node.origin, hint)
    if kind == "enum":
        options = [str(option) for option in error.kind.options]
        hint = _did_you_mean(str(value), options)
        return InvalidInput(f"{where} must be {' or '.join(options)}, not {_spell(value)!r}", node.origin, hint)
    if kind == "pattern":
        hint = _PATTERN_HINTS.get(str(path[-1]) if path else "", "use letters, digits, '-' and '_'")
        return InvalidInput(f"{where}: {_spell(value)!r} is not allowed", node.origin, hint)
    if kind in ("minimum", "maximum"):
        return InvalidInput(f"{where} must be from 1 to 65535, not {value}", node.origin)
    if kind in ("minLength", "minProperties"):
        return InvalidInput(f"{where} must not be empty" if not value else f"{where} is too short", node.origin)
    if kind == "maxLength":
        return InvalidInput(f"{where} is longer than {error.kind.limit} characters", node.origin)
    if kind in ("oneOf", "anyOf"):
        wanted = "httpGet or exec" if kind == "anyOf" else "exactly one of content, binaryContent and source"
        return InvalidInput(f"{where} must have {wanted}", node.origin)
    return InvalidInput(f"{where}: {error.message}", node.origin)


def _unknown(node: Node, name: str, known: list[str], path: list[str | int]) -> InvalidInput:
    key = node.keys.get(name) if isinstance(node, Mapping) else None
    hint = _did_you_mean(name, known) or f"there are {', '.join(sorted(known))}"
    return InvalidInput(f"{_name_of(path)} has no field {name!r}", (key or node).origin, hint)


def _bad_key(node: Node, name: str, path: list[str | int]) -> InvalidInput:
    key = node.keys.get(name) if isinstance(node, Mapping) else None
    hint = _KEY_HINTS.get(str(path[-1]), _LABEL)
    return InvalidInput(f"{_name_of(path)}: the name {name!r} is not allowed", (key or node).origin, hint)


def _did_you_mean(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    by_lower = {each.lower(): each for each in known}
    match = get_close_matches(name.lower(), by_lower, 1, 0.6)
    return f"did you mean {by_lower[match[0]]}?" if match else ""


def _find(root: Node, path: list[str | int]) -> Node:
    """Give the node at a path of the data, or the nearest one around it."""
    node = root
    for step in path:
        inner: Node | None = None
        if isinstance(node, Mapping):
            inner = node.get(str(step))
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            inner = node.items[step]
        if inner is None:
            return node
        node = inner
    return node


def _part_of_schema(path: list[str | int]) -> dict[str, Any]:
    part: Any = _schema()
    for step in path:
        part = part[step]
    return part if isinstance(part, dict) else {}


def _name_of(path: list[str | int]) -> str:
    """Name a place for a person: `containers.web.variables`."""
    return ".".join(str(step) for step in path) or "the Score file"


def _type_of(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "a mapping"


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
