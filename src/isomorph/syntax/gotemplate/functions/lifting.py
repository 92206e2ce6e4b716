"""Functions that know nothing of places, made to keep them: what they give came from all that they were given."""

from collections.abc import Callable
from typing import Any

from isomorph.syntax.gotemplate.data import Items, Origins, Table, mark_value, origins_of, to_key, to_plain

Function = Callable[..., Any]


def lift(function: Function) -> Function:
    """Give a function that calls another with plain values and marks its result with the places of all arguments."""

    def lifted(*arguments: object) -> object:
        origins = tuple(dict.fromkeys(origin for argument in arguments for origin in origins_of(argument)))
        return mark_all(function(*[to_plain(argument) for argument in arguments]), origins)

    return lifted


def mark_all(value: Any, origins: Origins) -> Any:
    """Mark a value and what is in it."""
    if isinstance(value, dict):
        table = Table({to_key(key): mark_all(item, origins) for key, item in value.items()})
        table.origins = origins
        return table
    if isinstance(value, list | tuple):
        items = Items([mark_all(item, origins) for item in value])
        items.origins = origins
        return items
    return mark_value(value, origins)
