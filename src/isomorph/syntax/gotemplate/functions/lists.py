"""Functions on lists, which pass values on as they are."""

from typing import Any

from isomorph.syntax.gotemplate.bounds import LONGEST_LIST, limit
from isomorph.syntax.gotemplate.data import Items, NoItems
from isomorph.syntax.gotemplate.functions.choices import deep_equal, is_empty, kind_of
from isomorph.syntax.gotemplate.functions.lifting import Function
from isomorph.syntax.gotemplate.functions.texts import to_texts


def _items_of(value: Any, doing: str) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    if value is None:
        raise ValueError(f"cannot {doing} nothing (nil)")
    raise ValueError(f"Cannot {doing} on type {kind_of(value)}")


def _made(items: list[Any]) -> Items:
    limit(len(items), LONGEST_LIST, "items")
    return Items(items)


def _list(*values: Any) -> Items:
    return _made(list(values))


def _append(values: Any, value: Any) -> Items:
    return _made([*_items_of(values, "push"), value])


def _prepend(values: Any, value: Any) -> Items:
    return _made([value, *_items_of(values, "prepend")])


def _concat(*lists: Any) -> Items:
    return _made([value for values in lists for value in _items_of(values, "concat")]) or NoItems()


def _first(values: Any) -> Any:
    return next(iter(_items_of(values, "find first")), None)


def _last(values: Any) -> Any:
    return next(reversed(_items_of(values, "find last")), None)


def _rest(values: Any) -> Items:
    items = _items_of(values, "find rest")
    return Items(items[1:]) if items else NoItems()


def _initial(values: Any) -> Items:
    items = _items_of(values, "find initial")
    return Items(items[:-1]) if items else NoItems()


def _reverse(values: Any) -> Items:
    return Items(reversed(_items_of(values, "find reverse")))


def _compact(values: Any) -> Items:
    return Items([value for value in _items_of(values, "compact") if not is_empty(value)])


def _uniq(values: Any) -> Items:
    found = Items()
    for value in _items_of(values, "find uniq"):
        if not _is_among(value, found):
            found.append(value)
    return found


def _without(values: Any, *unwanted: Any) -> Items:
    return Items([value for value in _items_of(values, "find without") if not _is_among(value, unwanted)])


def _has(value: Any, values: Any) -> bool:
    return values is not None and _is_among(value, _items_of(values, "find has"))


def _is_among(value: Any, values: Any) -> bool:
    return any(deep_equal(value, other) for other in values)


def _slice(values: Any, *bounds: Any) -> Any:
    """Give a part of a list; of a text too, which Go's own `slice` would."""
    items = _items_of(values, "slice")
    if not items:
        return NoItems()
    numbers = [int(bound) for bound in bounds[:2]]
    start = numbers[0] if numbers else 0
    end = numbers[1] if len(numbers) > 1 else len(items)
    if not 0 <= start <= end <= len(items):
        raise ValueError("slice bounds out of range")
    return Items(items[start:end])


def _chunk(size: int, values: Any) -> Items:
    if size <= 0:
        raise ValueError("a chunk has one item at least")
    items = _items_of(values, "chunk")
    return Items([Items(items[start : start + size]) for start in range(0, len(items), size)])


def _sort_alpha(values: Any) -> Items:
    return Items(sorted(to_texts(values)))


def _until(count: int) -> Items:
    return _until_step(0, count, -1 if count < 0 else 1)


def _until_step(start: int, stop: int, step: int) -> Items:
    if (stop < start and step >= 0) or (stop >= start and step <= 0):
        return Items()
    numbers = range(start, stop, step)
    limit(len(numbers), LONGEST_LIST, "items")
    return Items(numbers)


FUNCTIONS: dict[str, Function] = {
    "list": _list,
    "tuple": _list,
    "append": _append,
    "push": _append,
    "mustAppend": _append,
    "mustPush": _append,
    "prepend": _prepend,
    "mustPrepend": _prepend,
    "concat": _concat,
    "first": _first,
    "mustFirst": _first,
    "last": _last,
    "mustLast": _last,
    "rest": _rest,
    "mustRest": _rest,
    "initial": _initial,
    "mustInitial": _initial,
    "reverse": _reverse,
    "mustReverse": _reverse,
    "compact": _compact,
    "mustCompact": _compact,
    "uniq": _uniq,
    "mustUniq": _uniq,
    "without": _without,
    "mustWithout": _without,
    "has": _has,
    "mustHas": _has,
    "slice": _slice,
    "mustSlice": _slice,
    "chunk": _chunk,
    "mustChunk": _chunk,
    "sortAlpha": _sort_alpha,
    "until": _until,
    "untilStep": _until_step,
}
