"""Functions that know nothing of places, made to keep them: what they give came from all that they were given."""

import functools
from collections.abc import Callable
from typing import Any

from isomorph.syntax.gotemplate.data import Items, Origins, Table, mark_value, origins_of, to_key, to_plain

Function = Callable[..., Any]


def lift(function: Function, *, plainly: bool = True) -> Function:
    """Give a function that calls another, with plain values, and marks its result with the places of all arguments."""

    @functools.wraps(function)  # gotpl looks at the signature for the arguments' number and types.
    def lifted(*arguments: object) -> object:
        origins = tuple(dict.fromkeys(origin for argument in arguments for origin in origins_of(argument)))
        plain = [to_plain(argument) for argument in arguments] if plainly else arguments
        return mark_all(function(*plain), origins)

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
