"""Functions that choose among values, which they give as they are: defaults, conditions, comparison, kinds."""

from typing import Any

from isomorph.syntax.gotemplate.data import Integer, Long, NoItems, Truth, Values, origins_of, to_plain
from isomorph.syntax.gotemplate.functions.lifting import Function, lift


def is_empty(value: Any) -> bool:
    """Tell whether Sprig takes a value for empty."""
    if value is None:
        return True
    if isinstance(value, str | list | tuple | dict | bytes):
        return len(value) == 0
    if isinstance(value, int | float):
        return value == 0
    return repr(value) in ("INVALID", "UNTYPED_NIL")


def _default(fallback: Any, *given: Any) -> Any:
    return fallback if not given or is_empty(given[0]) else given[0]


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if not is_empty(value)), None)


def _ternary(one: Any, other: Any, condition: Any) -> Any:
    if not isinstance(condition, bool | Truth):
        raise ValueError(f"wrong type for value; expected bool; got {type_of(condition)}")
    return one if condition else other


def _empty(value: Any) -> bool:
    return is_empty(value)


def _all(*values: Any) -> bool:
    return not any(is_empty(value) for value in values)


def _any(*values: Any) -> bool:
    return any(not is_empty(value) for value in values)


class Required(Exception):
    """What `required` and `fail` say, in the words of the chart."""


def _required(message: str, value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value):
        raise Required(message)
    return value


def _fail(message: str) -> str:
    raise Required(message)


def _lookup(version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
    return {}


def _get_host_by_name(name: str) -> str:
    return ""


def deep_equal(left: Any, right: Any) -> bool:
    """Tell whether two values are of one type and equal, as reflect.DeepEqual does."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(deep_equal(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(deep_equal, left, right))
    return type_of(left) == type_of(right) and bool(left == right)


def _deep_equal(left: Any, right: Any) -> bool:
    return deep_equal(left, right)


def kind_of(value: Any) -> str:
    """Give the kind of a value as Go's reflection names it."""
    if isinstance(value, bool | Truth):
        return "bool"
    if isinstance(value, Long):
        return "int64"
    for kind, name in ((int, "int"), (float, "float64"), (str, "string"), (dict, "map"), (list, "slice")):
        if isinstance(value, kind):
            return name
    from gotpl.funcs.sprig._values import go_kind_of

    return go_kind_of(value)


def type_of(value: Any) -> str:
    """Give the type of a value as Go's `%T` prints it."""
    kind = kind_of(value)
    if value is None:
        return "<nil>"
    if isinstance(value, Values):
        return "common.Values"
    if kind in ("map", "slice"):
        return "map[string]interface {}" if kind == "map" else "[]interface {}"
    if kind in ("bool", "int64", "int", "float64", "string"):
        return kind
    from gotpl.runtime.gofmt import sprintf

    return sprintf("%T", to_plain(value))


def _kind_is(name: str, value: Any) -> bool:
    return name == kind_of(value)


def _type_is(name: str, value: Any) -> bool:
    return name == type_of(value)


def _type_is_like(name: str, value: Any) -> bool:
    return type_of(value) in (name, f"*{name}")


def _not(value: Any) -> bool:
    return value is None or (isinstance(value, int | float | str | list | dict | bytes) and not value)


def _compared_kind(value: Any) -> str:
    kind = kind_of(value)
    return {"int64": "int", "map": "other", "slice": "other"}.get(kind, kind)


def _is_equal(left: Any, right: Any) -> bool:
    """Compare as Go's `eq`: nothing (nil) equals nothing only, other kinds must be the same."""
    if left is None or right is None:
        return left is right or (isinstance(left, NoItems) or isinstance(right, NoItems))
    kind = _compared_kind(left)
    if kind != _compared_kind(right):
        raise ValueError("incompatible types for comparison")
    if kind == "other":
        raise ValueError("non-comparable type")
    return bool(left == right)


def _eq(first: Any, second: Any, *others: Any) -> bool:
    return _is_equal(first, second) or any(_is_equal(first, other) for other in others)


def _ne(first: Any, second: Any) -> bool:
    return not _is_equal(first, second)


def _is_less(left: Any, right: Any) -> bool:
    kind = _compared_kind(left)
    if kind != _compared_kind(right):
        raise ValueError("incompatible types for comparison")
    if kind not in ("int", "float64", "string"):
        raise ValueError("invalid type for comparison")
    return bool(left < right)


def _lt(left: Any, right: Any) -> bool:
    return _is_less(left, right)


def _le(left: Any, right: Any) -> bool:
    return _is_less(left, right) or _is_equal(left, right)


def _gt(left: Any, right: Any) -> bool:
    return not _le(left, right)


def _ge(left: Any, right: Any) -> bool:
    return not _is_less(left, right)


def _len(value: Any) -> Any:
    if isinstance(value, str):
        length = len(value.encode())
    elif isinstance(value, list | tuple | dict | bytes):
        length = len(value)
    else:
        raise ValueError(f"len of type {type_of(value)}")
    counted = Integer(length)
    counted.origins = origins_of(value)
    return counted


def _index(value: Any, *indexes: Any) -> Any:
    for index in indexes:
        if isinstance(value, dict):
            if not isinstance(index, str):
                raise ValueError(f"value has type {type_of(index)}; should be string")
            value = value.get(index)
        elif isinstance(value, list | tuple | str | bytes):
            if not isinstance(index, int) or isinstance(index, bool | Truth):
                raise ValueError(f"cannot index slice/array with type {type_of(index)}")
            sequence = value.encode() if isinstance(value, str) else value
            if not 0 <= index < len(sequence):
                raise ValueError(f"index out of range: {index}")
            value = sequence[index]
        elif value is None:
            raise ValueError("index of nil pointer")
        else:
            raise ValueError(f"can't index item of type {type_of(value)}")
    return value


FUNCTIONS: dict[str, Function] = {
    "default": _default,
    "coalesce": _coalesce,
    "ternary": _ternary,
    "empty": _empty,
    "all": _all,
    "any": _any,
    "required": _required,
    "fail": _fail,
    "lookup": _lookup,
    "getHostByName": _get_host_by_name,
    "deepEqual": _deep_equal,
    "kindOf": lift(kind_of, plainly=False),
    "kindIs": _kind_is,
    "typeOf": lift(type_of, plainly=False),
    "typeIs": _type_is,
    "typeIsLike": _type_is_like,
    "not": lift(_not),
    "eq": _eq,
    "ne": _ne,
    "lt": _lt,
    "le": _le,
    "gt": _gt,
    "ge": _ge,
    "len": _len,
    "index": _index,
}
