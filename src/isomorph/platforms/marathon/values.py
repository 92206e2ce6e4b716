"""The values of fields, checked for the type that Marathon's API gives them; `null` is the same as absent."""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

MEBIBYTE = 1 << 20
_LARGEST = 1 << 62


def describe(node: Node) -> str:
    """Name what a node is, for a message; never its value, which may be a secret."""
    if isinstance(node, Mapping):
        return "an object"
    if isinstance(node, Sequence):
        return "a list"
    value = node.value if isinstance(node, Scalar) else None
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a number" if isinstance(value, int | float) else "a string"


def wrong_type(node: Node, key: str, wanted: str) -> InvalidInput:
    """Make the error for a field of the wrong type."""
    value = node.value if isinstance(node, Scalar) else None
    hint = f"write {wanted}"
    if wanted == "a string" and isinstance(value, int | float):
        hint = "put it in quotes"
    elif isinstance(value, str) and wanted in ("a number", "a whole number", "true or false"):
        hint = "write it without quotes"
    return InvalidInput(f"`{key}` must be {wanted}, and it is {describe(node)}", node.origin, hint)


def is_null(node: Node | None) -> bool:
    """Tell whether nothing is said."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def string_of(node: Node, key: str) -> str:
    """Give a string that must be one."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value
    raise wrong_type(node, key, "a string")


def string_at(mapping: Mapping, key: str) -> str | None:
    """Give the string of a field."""
    node = mapping.get(key)
    return None if node is None or is_null(node) else string_of(node, key)


def number_at(mapping: Mapping, key: str) -> int | float | None:
    """Give the number of a field, which may be a fraction but not negative."""
    node = mapping.get(key)
    if node is None or is_null(node):
        return None
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(node, key, "a number")
    if not 0 <= value < _LARGEST:  # Not a number, too, is not in there.
        raise InvalidInput(f"`{key}` is out of range", node.origin, "write a number from 0 up")
    return value


def whole_at(mapping: Mapping, key: str) -> int | None:
    """Give the whole number of a field; Marathon takes 2.0 for 2."""
    value = number_at(mapping, key)
    if value is None:
        return None
    if value != int(value):
        raise wrong_type(mapping[key], key, "a whole number")
    return int(value)


def port_at(mapping: Mapping, key: str) -> int | None:
    """Give the port of a field; 0 leaves it to Marathon."""
    value = whole_at(mapping, key)
    if value is not None and value > 65535:
        raise InvalidInput(f"`{key}` is {value}, which is no port", mapping[key].origin, "write 0 to 65535")
    return value


def flag_at(mapping: Mapping, key: str) -> bool | None:
    """Give the truth value of a field."""
    node = mapping.get(key)
    if node is None or is_null(node):
        return None
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    raise wrong_type(node, key, "true or false")


def mapping_of(node: Node, key: str) -> Mapping:
    """Give an object that must be one."""
    if isinstance(node, Mapping):
        return node
    raise wrong_type(node, key, "an object")


def mapping_at(mapping: Mapping, key: str) -> Mapping:
    """Give the object of a field, empty where it is absent."""
    node = mapping.get(key)
    return Mapping(mapping.origin, {}, {}) if node is None or is_null(node) else mapping_of(node, key)


def items_at(mapping: Mapping, key: str) -> list[Node]:
    """Give the items of a list, none where it is absent."""
    node = mapping.get(key)
    if node is None or is_null(node):
        return []
    if isinstance(node, Sequence):
        return node.items
    raise wrong_type(node, key, "a list")


def mappings_at(mapping: Mapping, key: str) -> list[Mapping]:
    """Give the objects of a list."""
    return [mapping_of(item, f"{key}[{index}]") for index, item in enumerate(items_at(mapping, key))]


def strings_at(mapping: Mapping, key: str) -> list[str]:
    """Give the strings of a list."""
    return [string_of(item, f"{key}[{index}]") for index, item in enumerate(items_at(mapping, key))]


def string_map_at(mapping: Mapping, key: str) -> dict[str, str]:
    """Give an object of strings (labels)."""
    found = mapping_at(mapping, key)
    return {name: string_of(node, f"{key}.{name}") for name, node in found.items() if not is_null(node)}


def origin_at(mapping: Mapping, key: str) -> Origin:
    """Give where the value of a field is written, else where the object is."""
    node = mapping.get(key)
    return mapping.origin if node is None else node.origin
