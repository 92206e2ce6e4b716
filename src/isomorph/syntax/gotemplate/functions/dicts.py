"""Functions on mappings, which pass values on as they are."""

from typing import Any

from isomorph.syntax.gotemplate.bounds import LONGEST_LIST, limit
from isomorph.syntax.gotemplate.data import Items, Methods, Table, Values, to_key
from isomorph.syntax.gotemplate.functions.choices import is_empty
from isomorph.syntax.gotemplate.functions.lifting import Function
from isomorph.syntax.gotemplate.printing import print_go

Dict = dict[str, Any]


def _dict(*values: Any) -> Table:
    table = Table()
    for index in range(0, len(values), 2):
        table[to_key(print_go(values[index]))] = values[index + 1] if index + 1 < len(values) else ""
    return table


def _get(table: dict, key: str) -> Any:  # type: ignore[type-arg]  # gotpl looks at plain classes only.
    return table.get(key, "")


def _set(table: dict, key: str, value: Any) -> Dict:  # type: ignore[type-arg]
    table[key if key in table else to_key(key)] = value
    limit(len(table), LONGEST_LIST, "entries")
    return table


def _unset(table: dict, key: str) -> Dict:  # type: ignore[type-arg]
    table.pop(key, None)
    return table


def _has_key(table: dict, key: str) -> bool:  # type: ignore[type-arg]
    return key in table


def _pluck(key: str, *tables: dict) -> Items:  # type: ignore[type-arg]
    return Items([table[key] for table in tables if key in table])


def _keys(*tables: dict) -> Items:  # type: ignore[type-arg]
    """Give all keys, in order, where Go's order is a matter of chance."""
    return Items([key for table in tables for key in sorted(table)])


def _values(table: dict) -> Items:  # type: ignore[type-arg]
    return Items([table[key] for key in sorted(table)])


def _pick(table: dict, *keys: str) -> Table:  # type: ignore[type-arg]
    wanted = set(keys)
    return Table({key: value for key, value in table.items() if key in wanted})


def _omit(table: dict, *keys: str) -> Table:  # type: ignore[type-arg]
    unwanted = set(keys)
    return Table({key: value for key, value in table.items() if key not in unwanted})


def _merge(table: dict, *sources: dict) -> Dict:  # type: ignore[type-arg]
    for source in sources:
        merge_into(table, source, overwrite=False)
    return table


def _merge_overwrite(table: dict, *sources: dict) -> Dict:  # type: ignore[type-arg]
    for source in sources:
        merge_into(table, source, overwrite=True)
    return table


def merge_into(table: Dict, source: Dict, *, overwrite: bool) -> None:
    """Merge a mapping into another as mergo does: without `overwrite`, what is there stays unless it is empty.

    A mapping of the source that the table lacks is shared with it afterwards, as in Go.
    """
    for key, value in list(source.items()):
        there = table.get(key)
        if value is None:
            if overwrite:
                _put(table, key, None)
        elif isinstance(value, dict) and isinstance(there, dict):
            merge_into(there, value, overwrite=overwrite)
        elif overwrite or is_empty(there):
            _put(table, key, value)
    limit(len(table), LONGEST_LIST, "entries")


def _put(table: Dict, key: str, value: Any) -> None:
    """Put an entry, whose key is to tell where the value was written."""
    table.pop(key, None)
    table[to_key(key)] = value


def copy_deeply(value: Any) -> Any:
    """Copy mappings and lists with what is in them."""
    if isinstance(value, Methods) and not isinstance(value, Values):
        return value
    if isinstance(value, dict):
        table = (Values if isinstance(value, Values) else Table)(
            {to_key(key): copy_deeply(item) for key, item in value.items()}
        )
        table.origins = getattr(value, "origins", ())
        return table
    if isinstance(value, list):
        items = Items([copy_deeply(item) for item in value])
        items.origins = getattr(value, "origins", ())
        return items
    return value


def _deep_copy(value: Any) -> Any:
    return copy_deeply(value)


def _dig(*values: Any) -> Any:
    if len(values) < 3:
        raise ValueError("dig needs at least three arguments")
    table: Any = values[-1]
    for key in values[:-2]:
        if not isinstance(table, dict) or isinstance(table, Values) or not isinstance(key, str):
            raise ValueError(
                "dig takes keys, a default and a mapping, and finds mappings on its way (`.Values` as `.Values.AsMap`)"
            )
        if key not in table:
            return values[-2]
        table = table[key]
    return table


FUNCTIONS: dict[str, Function] = {
    "dict": _dict,
    "get": _get,
    "set": _set,
    "unset": _unset,
    "hasKey": _has_key,
    "pluck": _pluck,
    "keys": _keys,
    "values": _values,
    "pick": _pick,
    "omit": _omit,
    "merge": _merge,
    "mustMerge": _merge,
    "mergeOverwrite": _merge_overwrite,
    "mustMergeOverwrite": _merge_overwrite,
    "deepCopy": _deep_copy,
    "mustDeepCopy": _deep_copy,
    "dig": _dig,
}
