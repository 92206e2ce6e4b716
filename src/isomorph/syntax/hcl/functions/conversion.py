"""Functions that change the type of a value."""

from typing import Any

from isomorph.syntax.hcl.types import ANY, Type, convert
from isomorph.syntax.hcl.values import HclFault, named, to_set, type_name, unify


def _to_list(value: Any) -> Any:
    if isinstance(value, list) or value is None:
        return None if value is None else list(unify(value))
    raise HclFault(f"{named(value)} where a list is needed")


def _to_set(value: Any) -> Any:
    if isinstance(value, list) or value is None:
        return None if value is None else to_set(value)
    raise HclFault(f"{named(value)} where a list is needed")


FUNCTIONS = {
    "tobool": lambda value: convert(value, Type("bool")),
    "tolist": _to_list,
    "tomap": lambda value: convert(value, Type("map", ANY)),
    "tonumber": lambda value: convert(value, Type("number")),
    "toset": _to_set,
    "tostring": lambda value: convert(value, Type("string")),
    "type": type_name,
}
