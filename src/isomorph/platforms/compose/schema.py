"""The shape of a Compose file: the specification's own schema, checked on the tree, all faults at once.

Interpreting the schema over positioned nodes gives every fault its line and costs no copy of the tree. Of the schema only
what it uses is understood: types, properties, patterns of names, items, enumerations, and alternatives (`oneOf`), which in
this schema always differ by type, so that one shape can hold them all.
"""

import os.path
import re
from functools import cache
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

MAXIMUM_FAULTS = 50

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_KIND_WORDS = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "null": "nothing", "array": "a list", "object": "a mapping",
}  # fmt: skip


class Shape:
    """What may stand at a place, by kind of node."""

    __slots__ = ("additional", "enum", "items", "kinds", "pattern", "patterns", "properties", "required", "scalars")

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.scalars: set[str] = set()
        self.properties: dict[str, Shape] = {}
        self.patterns: list[tuple[re.Pattern[str], Shape]] = []
        self.additional = True
        self.required: list[str] = []
        self.items: Shape | None = None
        self.enum: list[str] | None = None
        self.pattern: re.Pattern[str] | None = None


class _Compiler:
    """Turns the JSON Schema into shapes; a definition is compiled once and shared."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions
        self.known: dict[str, Shape] = {}

    def compile(self, schema: dict[str, Any]) -> Shape:
        reference = schema.get("$ref")
        if reference is not None:
            name = reference.rpartition("/")[2]
            if name not in self.known:
                shape = self.known[name] = Shape()
                self.fill(shape, self.definitions[name])
            return self.known[name]
        shape = Shape()
        self.fill(shape, schema)
        return shape

    def fill(self, shape: Shape, schema: dict[str, Any]) -> None:
        if "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        for alternative in schema.get("oneOf", ()):
            self.fill(shape, alternative)
        types = schema.get("type", [])
        for kind in [types] if isinstance(types, str) else types:
            shape.kinds.add(kind)
            if kind not in ("object", "array"):
                shape.scalars.add(kind)
        if "number" in shape.scalars:
            shape.scalars.add("integer")
        if "properties" in schema or "patternProperties" in schema:
            shape.additional = schema.get("additionalProperties", True) is not False
        for name, inner in schema.get("properties", {}).items():
            shape.properties[name] = self.compile(inner)
        for pattern, inner in schema.get("patternProperties", {}).items():
            shape.patterns.append((re.compile(pattern), self.compile(inner)))
        shape.required += schema.get("required", ())
        if "items" in schema:
            shape.items = self.compile(schema["items"])
        if "enum" in schema:
            shape.enum = schema["enum"]
        if "pattern" in schema:
            shape.pattern = re.compile(schema["pattern"])


OWN_SCHEMA = os.path.join(os.path.dirname(__file__), "compose-spec.json")


@cache
def _root_shape(path: str = OWN_SCHEMA) -> Shape:
    with open(path, "rb") as file:
        schema = msgspec.json.decode(file.read())
    return _Compiler(schema["definitions"]).compile({key: schema[key] for key in schema if key != "definitions"})


def check_shape(root: Mapping, schema: str = OWN_SCHEMA) -> None:
    """Check a whole Compose file; raises InvalidInputs with every fault in it, or InvalidInput for a single one."""
    shape = _root_shape(schema)
    if _fits(root, shape):
        return
    faults: list[InvalidInput] = []
    _collect(root, shape, "", faults)
    faults.sort(key=lambda fault: (fault.origin.file, fault.origin.line, fault.origin.column) if fault.origin else ())
    if len(faults) == 1:
        raise faults[0]
    raise InvalidInputs(faults)


def drop_unknown(section: str, name: str, entry: Any, schema: str = OWN_SCHEMA) -> tuple[Any, list[str]]:
    """Give an entry of a section, plain data, without fields that the schema does not know, and the paths of those."""
    dropped: list[str] = []
    shape = _find_pattern(name, _root_shape(schema).properties[section])
    return (_keep_known(entry, shape, f"{section}.{name}", dropped) if shape is not None else entry), dropped


def _keep_known(value: Any, shape: Shape, path: str, dropped: list[str]) -> Any:
    if isinstance(value, list) and shape.items is not None:
        items = shape.items
        return [_keep_known(item, items, f"{path}[{index}]", dropped) for index, item in enumerate(value)]
    if not isinstance(value, dict) or "object" not in shape.kinds:
        return value
    kept = {}
    for key, each in value.items():
        inner = shape.properties.get(key) or _find_pattern(key, shape)
        if inner is not None:
            kept[key] = _keep_known(each, inner, f"{path}.{key}", dropped)
        elif shape.additional:
            kept[key] = each
        else:
            dropped.append(f"{path}.{key}")
    return kept


def _fits(node: Node, shape: Shape) -> bool:
    """Tell whether a node has a shape: the fast way, without saying why not."""
    kind = type(node)
    if kind is Scalar:
        scalar: Any = node
        if _TYPES[type(scalar.value)] in shape.scalars:
            return (shape.enum is None and shape.pattern is None) or _scalar_fault(scalar, shape) == ""
        return not shape.kinds
    if kind is Mapping:
        mapping: Any = node
        if "object" not in shape.kinds:
            return not shape.kinds
        properties = shape.properties
        for key, value in mapping.entries.items():
            inner = properties.get(key)
            if inner is None:
                inner = _find_pattern(key, shape)
                if inner is None:
                    if shape.additional:
                        continue
                    return False
            if not _fits(value, inner):
                return False
        return not shape.required or all(name in mapping.entries for name in shape.required)
    if kind is Sequence:
        sequence: Any = node
        if "array" not in shape.kinds:
            return not shape.kinds
        items = shape.items
        return items is None or all(_fits(item, items) for item in sequence.items)
    # What variables made is cast to what is wanted there; the readers of the values say when it cannot be.
    return bool(shape.scalars) or not shape.kinds


def _find_pattern(key: str, shape: Shape) -> Shape | None:
    for pattern, inner in shape.patterns:
        if pattern.search(key):
            return inner
    return None


def _scalar_fault(node: Scalar, shape: Shape) -> str:
    if shape.enum is not None and node.text not in shape.enum:
        from difflib import get_close_matches

        close = get_close_matches(node.text, shape.enum, 1)
        return f"{node.text!r} is none of {', '.join(shape.enum)}" + (f"; did you mean {close[0]}?" if close else "")
    if shape.pattern is not None and isinstance(node.value, str) and not shape.pattern.search(node.text):
        return f"{node.text!r} has not the form {shape.pattern.pattern}"
    return ""


def _collect(node: Node, shape: Shape, path: str, faults: list[InvalidInput]) -> None:
    """Gather every fault of a node: the slow way, taken once something is known to be wrong."""
    if len(faults) >= MAXIMUM_FAULTS or _fits(node, shape):
        return
    if isinstance(node, Mapping) and "object" in shape.kinds:
        for key, value in node.entries.items():
            inner = shape.properties.get(key) or _find_pattern(key, shape)
            if inner is not None:
                _collect(value, inner, f"{path}.{key}" if path else key, faults)
            elif not shape.additional:
                faults.append(_unknown_field(node, key, shape, path))
        missing = [name for name in shape.required if name not in node.entries]
        if missing:
            faults.append(InvalidInput(f"{path} lacks {', '.join(missing)}", node.origin, "add it"))
    elif isinstance(node, Sequence) and "array" in shape.kinds and shape.items is not None:
        for index, item in enumerate(node.items):
            _collect(item, shape.items, f"{path}[{index}]", faults)
    elif isinstance(node, Scalar) and _TYPES[type(node.value)] in shape.scalars:
        faults.append(InvalidInput(f"{path}: {_scalar_fault(node, shape)}", node.origin))
    else:
        wanted = " or ".join(dict.fromkeys(_KIND_WORDS[kind] for kind in sorted(shape.kinds)))
        faults.append(
            InvalidInput(f"{path} must be {wanted}, not {_name(node)}", node.origin, _quote_hint(node, shape))
        )


def _name(node: Node) -> str:
    if isinstance(node, Scalar):
        return _KIND_WORDS[_TYPES[type(node.value)]]
    return "a mapping" if isinstance(node, Mapping) else "a list"


def _quote_hint(node: Node, shape: Shape) -> str:
    if isinstance(node, Scalar) and "string" in shape.scalars and node.value is not None:
        return f'quote it: "{node.text}"'
    if isinstance(node, Scalar) and node.value is None:
        return "remove the line, or give it a value"
    return ""


def _unknown_field(node: Mapping, key: str, shape: Shape, path: str) -> InvalidInput:
    from difflib import get_close_matches

    origin = node.keys[key].origin
    value = node.entries[key]
    where = f" in {path}" if path else ""
    if not path and isinstance(value, Mapping) and ("image" in value or "build" in value):
        return InvalidInput(
            f"{key!r} is a service outside `services:`, as the first version of Compose files had them",
            origin,
            "put all services below `services:`",
        )
    close = get_close_matches(key, shape.properties, 1)
    hint = f"did you mean {close[0]}?" if close else "remove it, or start its name with `x-`"
    return InvalidInput(f"unknown field {key!r}{where}", origin, hint)
