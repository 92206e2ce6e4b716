"""Functions of lists, sets and maps. Maps are walked in the order of their keys, as cty does."""

from itertools import product
from math import prod
from typing import Any

from isomorph.syntax.hcl.values import (
    LARGEST_VALUE,
    HclFault,
    Set,
    arithmetic,
    equal,
    key_of,
    named,
    to_bool,
    to_int,
    to_list,
    to_map,
    to_set,
    to_string,
    unify,
)

_LONGEST_RANGE = 1024
"""As cty has it."""


def _limited(length: int) -> None:
    if length > LARGEST_VALUE:
        raise HclFault("the result is larger than any definition needs")


def _concat(*lists: list[Any]) -> list[Any]:
    if any(isinstance(each, Set) for each in lists):
        raise HclFault("a set has no order in which to append it", "use setunion(…), or tolist(…)")
    _limited(sum(map(len, lists)))
    return [item for each in lists for item in each]


def _of_one_type(*lists: list[Any]) -> list[list[Any]]:
    """Bring the elements of several lists to one type, as those of a set are."""
    items = iter(unify([item for each in lists for item in each]))
    return [[next(items) for _ in each] for each in lists]


def _distinct(values: list[Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for value in unify(values):
        found.setdefault(key_of(value), value)
    return list(found.values())


def _element(values: list[Any], index: int) -> Any:
    if not values:
        raise HclFault("an empty list has no element")
    return values[index % len(values)]


def _flatten(values: list[Any]) -> list[Any]:
    result: list[Any] = []
    open_lists = [iter(values)]
    while open_lists:
        for item in open_lists[-1]:
            if isinstance(item, list):
                open_lists.append(iter(item))
                break
            result.append(item)
            _limited(len(result) + len(open_lists))
        else:
            open_lists.pop()
    return result


def _at(collection: Any, key: Any) -> Any:
    try:
        if isinstance(collection, dict):
            return collection[to_string(key)]
        index = to_int(key)
        values = to_list(collection)
        if 0 <= index < len(values):
            return values[index]
    except KeyError:
        pass
    raise HclFault("there is no such element")


def _position(values: list[Any], wanted: Any) -> int:
    for index, value in enumerate(values):
        if equal(value, wanted):
            return index
    raise HclFault("the list has no such value")


def _length(value: Any) -> int:
    if isinstance(value, str | list | dict):
        return len(value)
    raise HclFault(f"{named(value)} has no length")


def _lookup(values: dict[str, Any], key: str, *default: Any) -> Any:
    if key in values:
        return values[key]
    if default:
        return default[0]
    raise HclFault(f"there is no `{key}` in the map, and no default is given")


def _merge(*maps: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for each in maps:
        if each is not None:
            result.update(to_map(each))
    return result


def _range(*bounds: Any) -> list[Any]:
    start, end, *more = (0, *bounds) if len(bounds) == 1 else bounds
    step = more[0] if more else (1 if start <= end else -1)
    if not step or ((step > 0) != (end > start) and start != end):
        raise HclFault("the step leads away from the end" if step else "the step is zero")
    result: list[Any] = []
    while (start < end) if step > 0 else (start > end):
        result.append(start)
        if len(result) > _LONGEST_RANGE:
            raise HclFault(f"a range has {_LONGEST_RANGE} elements at most")
        start = arithmetic("+", start, step)
    return result


def _reverse(value: Any) -> Any:
    if isinstance(value, str):
        return value[::-1]
    return list(reversed(to_list(value)))


def _intersection(*lists: list[Any]) -> Set:
    if not lists:
        raise HclFault("at least one list is needed")
    first, *others = _of_one_type(*lists)
    keys = [{key_of(value) for value in other} for other in others]
    return to_set([value for value in first if all(key_of(value) in each for each in keys)])


def _subtract(first: list[Any], second: list[Any]) -> Set:
    one, two = _of_one_type(first, second)
    keys = {key_of(value) for value in two}
    return to_set([value for value in one if key_of(value) not in keys])


def _symmetric(*sets: list[Any]) -> Set:
    result: list[Any] = []
    for each in sets:
        result = [*_subtract(result, each), *_subtract(each, result)]
    return to_set(result)


def _product(*lists: list[Any]) -> list[Any]:
    if len(lists) < 2:
        raise HclFault("at least two lists are needed")
    _limited(prod(map(len, lists)) * len(lists))
    result = [list(each) for each in product(*lists)]
    return to_set(result) if all(isinstance(each, Set) for each in lists) else result


def _slice(values: list[Any], start: int, *ends: int) -> list[Any]:
    end = ends[0] if ends else len(values)
    if not 0 <= start <= end <= len(values):
        raise HclFault(f"a list of {len(values)} has no part from {start} to {end}")
    return values[start:end]


def _sort(values: list[Any]) -> list[str]:
    return sorted(to_string(value) for value in values)


def _zip(keys: list[Any], values: list[Any]) -> dict[str, Any]:
    if len(keys) != len(values):
        raise HclFault(f"{len(keys)} keys, but {len(values)} values")
    return {to_string(key): value for key, value in zip(keys, values, strict=True)}


def _chunks(values: list[Any], size: int) -> list[list[Any]]:
    if size < 0:
        raise HclFault("the size of the parts is negative")
    return [values[at : at + size] for at in range(0, len(values), size)] if size else [values]


def _coalesce(*values: Any) -> Any:
    """Give the first value that is not null."""
    for value in unify(list(values)):
        if value is not None:
            return value
    raise HclFault("all values are null")


def _coalesce_not_empty(*values: Any) -> Any:
    """Give the first value that is neither null nor an empty string, as Terraform does."""
    return _coalesce(*(None if value == "" else value for value in values))


def _coalesce_list(*lists: list[Any]) -> list[Any]:
    for each in lists:
        if each:
            return each
    raise HclFault("all lists are empty")


def _all_true(values: list[Any]) -> bool:
    return all(value is not None and to_bool(value) for value in values)


def _any_true(values: list[Any]) -> bool:
    return any(value is not None and to_bool(value) for value in values)


def _contains(values: list[Any], wanted: Any) -> bool:
    return any(equal(value, wanted) for value in values)


def _match_keys(values: list[Any], keys: list[Any], wanted: list[Any]) -> list[Any]:
    if len(values) != len(keys):
        raise HclFault(f"{len(values)} values, but {len(keys)} keys")
    found = {key_of(value) for value in wanted}
    return [value for value, key in zip(values, keys, strict=True) if key_of(key) in found]


def _transpose(values: dict[str, Any]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for key in sorted(values):
        for item in to_list(values[key]):
            result.setdefault(to_string(item), []).append(key)
    return result


def _one(values: list[Any]) -> Any:
    if len(values) > 1:
        raise HclFault(f"a list of {len(values)} where one element or none is needed")
    return values[0] if values else None


def _to_map(*arguments: Any) -> dict[str, Any]:
    if len(arguments) % 2:
        raise HclFault("a key has no value")
    return {to_string(key): value for key, value in zip(arguments[::2], arguments[1::2], strict=True)}


FUNCTIONS = {
    "alltrue": _all_true,
    "anytrue": _any_true,
    "chunklist": _chunks,
    "coalesce": _coalesce,
    "coalesce_not_empty": _coalesce_not_empty,
    "coalescelist": _coalesce_list,
    "compact": lambda values: [value for value in values if value is not None and value != ""],
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "index": _at,
    "keys": sorted,
    "length": _length,
    "list": lambda *values: list(values),
    "lookup": _lookup,
    "map": _to_map,
    "matchkeys": _match_keys,
    "merge": _merge,
    "one": _one,
    "position": _position,
    "range": _range,
    "reverse": _reverse,
    "reverselist": _reverse,
    "sethaselement": _contains,
    "setintersection": _intersection,
    "setproduct": _product,
    "setsubtract": _subtract,
    "setsymmetricdifference": _symmetric,
    "setunion": lambda *lists: to_set([item for each in lists for item in each]),
    "slice": _slice,
    "sort": _sort,
    "transpose": _transpose,
    "values": lambda values: [values[key] for key in sorted(values)],
    "zipmap": _zip,
}
