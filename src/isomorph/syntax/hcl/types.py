"""Types as `variable` blocks and `convert` write them, and values brought to them.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints, which Nomad shares.
"""

from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.expressions import Call, Embedded, Expression, Literal, Object, Reference, Tuple, Unary
from isomorph.syntax.hcl.values import (
    HclFault,
    Partial,
    Pending,
    Set,
    named,
    to_bool,
    to_number,
    to_set,
    to_string,
    unify,
)

_PRIMITIVE = ("any", "string", "number", "bool", "dynamic")
_COLLECTIONS = ("list", "set", "map")


class Type(msgspec.Struct, frozen=True):
    """A type: `name` is its keyword; `element` is what a collection holds; `parts` are of an object or a tuple."""

    name: str
    element: "Type | None" = None
    parts: "dict[str, Type] | None" = None
    optional: bool = False
    default: Expression | None = None


ANY = Type("any")


def parse_type(expression: Expression, cursor: Cursor) -> Type:
    """Read a type; raises InvalidInput at what is none."""
    if isinstance(expression, Embedded):
        return parse_type(expression.inner, expression.cursor)
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        name = expression.value  # The form of old: type = "string".
    elif isinstance(expression, Reference) and not expression.steps:
        name = expression.name
    elif isinstance(expression, Call):
        return _constructed(expression, cursor)
    else:
        raise _no_type(expression, cursor)
    if name in _PRIMITIVE:
        return Type(name)
    if name in _COLLECTIONS:
        return Type(name, ANY)
    raise _no_type(expression, cursor)


def _constructed(call: Call, cursor: Cursor) -> Type:
    arguments = call.arguments
    if call.name in _COLLECTIONS and len(arguments) == 1:
        return Type(call.name, parse_type(arguments[0], cursor))
    if call.name == "object" and len(arguments) == 1 and isinstance(arguments[0], Object):
        parts = {}
        for key, value in arguments[0].entries:
            if not isinstance(key, Literal):
                raise _no_type(key, cursor)
            parts[str(key.value)] = parse_type(value, cursor)
        return Type("object", parts=parts)
    if call.name == "tuple" and len(arguments) == 1 and isinstance(arguments[0], Tuple):
        parts = {str(index): parse_type(item, cursor) for index, item in enumerate(arguments[0].items)}
        return Type("tuple", parts=parts)
    if call.name == "optional" and 1 <= len(arguments) <= 2:
        inner = parse_type(arguments[0], cursor)
        default = arguments[1] if len(arguments) == 2 else None
        return msgspec.structs.replace(inner, optional=True, default=default)
    raise _no_type(call, cursor)


def _no_type(expression: Expression, cursor: Cursor) -> InvalidInput:
    return cursor.refuse(
        f"`{cursor.text[expression.start : expression.end][:40]}` is no type",
        expression.start,
        "types are any, string, number, bool, list(…), set(…), map(…), object({…}) and tuple([…])",
    )


def convert(value: Any, kind: Type) -> Any:
    """Bring a value to a type; raises HclFault where that cannot be."""
    name = kind.name
    if value is None or isinstance(value, Pending) or type(value) is Partial or name in ("any", "dynamic"):
        return value
    if name == "string":
        return to_string(value)
    if name == "number":
        return to_number(value)
    if name == "bool":
        return to_bool(value)
    if name in ("list", "set"):
        if not isinstance(value, list):
            raise HclFault(f"{named(value)} where a {name} is needed")
        items = unify([convert(item, kind.element or ANY) for item in value])
        return to_set(items) if name == "set" else list(items)
    if name == "tuple":
        return _to_tuple(value, kind)
    if not isinstance(value, dict):
        raise HclFault(f"{named(value)} where a map is needed")
    if name == "map":
        values = unify([convert(each, kind.element or ANY) for each in value.values()])
        return dict(zip(value, values, strict=True))
    return _to_object(value, kind)


def _to_tuple(value: Any, kind: Type) -> list[Any]:
    parts = list((kind.parts or {}).values())
    if not isinstance(value, list) or isinstance(value, Set) or len(value) != len(parts):
        raise HclFault(f"{named(value)} where a list of exactly {len(parts)} values is needed")
    return [convert(each, part) for each, part in zip(value, parts, strict=True)]


def _to_object(value: dict[str, Any], kind: Type) -> dict[str, Any]:
    """Bring a map to an object: attributes that it does not have are dropped, optional ones added."""
    result = {}
    for key, part in (kind.parts or {}).items():
        if key in value and not (value[key] is None and part.default is not None):
            result[key] = convert(value[key], part)
        elif part.optional:
            result[key] = convert(_constant(part.default), part) if part.default is not None else None
        else:
            raise HclFault(f"a map without `{key}`, which is required")
    return result


def _constant(expression: Expression) -> Any:
    """Give the value of a default that is written out."""
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Unary) and expression.operator == "-":
        return -to_number(_constant(expression.operand))
    if isinstance(expression, Tuple):
        return [_constant(item) for item in expression.items]
    if isinstance(expression, Object):
        return {_constant(key): _constant(value) for key, value in expression.entries}
    raise HclFault("the default of an optional attribute is no constant")
