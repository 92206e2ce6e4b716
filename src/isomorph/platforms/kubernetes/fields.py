"""The values of fields, checked for the type that the API gives them.

`null` is the same as absent, as the API server reads it. What has another type is refused with its position: the API server
would refuse it too.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_NO_ITEMS: list[Node] = []


def describe(node: Node) -> str:
    """Name what a node is, for a message."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    value = node.value if isinstance(node, Scalar) else None
    if value is None:
        return "empty"
    if isinstance(value, bool):
        word = "true" if value else "false"
        said = node.text if isinstance(node, Scalar) else word
        return f"the boolean {word}" + (f", as Kubernetes reads {said}" if said.lower() != word else "")
    if isinstance(value, int | float):
        return "a number"  # Without the number: it may be a secret.
    return "a string"


def wrong_type(node: Node, key: str, wanted: str) -> InvalidInput:
    """Make the error for a field of the wrong type."""
    hint = ""
    if wanted == "a string" and isinstance(node, Scalar):
        hint = "put it in quotes"
    elif isinstance(node, Scalar) and isinstance(node.value, str) and wanted in ("a number", "a boolean"):
        hint = "write it without quotes"
    return InvalidInput(f"`{key}` must be {wanted}, and it is {describe(node)}", node.origin, hint)


def text_of(node: Node | None, key: str) -> str | None:
    """Give a string."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        value = node.value
        if type(value) is str:
            return value
        if value is None:
            return None
    raise wrong_type(node, key, "a string")


def text_at(mapping: Mapping, key: str) -> str | None:
    """Give the string of a field."""
    node = mapping.entries.get(key)
    return None if node is None else text_of(node, key)


def required_text(mapping: Mapping, key: str, construct: str) -> str:
    """Give the string of a field that must be there and not be empty."""
    text = text_at(mapping, key)
    if not text:
        raise InvalidInput(f"{construct} has no `{key}`", mapping.origin, f"add `{key}`")
    return text


def integer_at(mapping: Mapping, key: str) -> int | None:
    """Give the integer of a field."""
    node = mapping.entries.get(key)
    if node is None:
        return None
    if isinstance(node, Scalar):
        value = node.value
        if type(value) is int:
            return value
        if value is None:
            return None
    raise wrong_type(node, key, "a number")


def boolean_at(mapping: Mapping, key: str) -> bool | None:
    """Give the boolean of a field."""
    node = mapping.entries.get(key)
    if node is None:
        return None
    if isinstance(node, Scalar):
        value = node.value
        if type(value) is bool:
            return value
        if value is None:
            return None
    raise wrong_type(node, key, "a boolean")


def port_of(node: Node | None, key: str) -> int | str | None:
    """Give a port: its number, or its name."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        value = node.value
        if type(value) is int:
            return check_port(value, key, node.origin)
        if type(value) is str and value:
            if value.isdecimal():
                raise InvalidInput(
                    f"`{key}` is the string {value!r}, which is taken for a port's name",
                    node.origin,
                    "write the number without quotes",
                )
            return value
        if value is None:
            return None
    raise wrong_type(node, key, "a port's number or name")


def port_at(mapping: Mapping, key: str) -> int | None:
    """Give the port number of a field."""
    number = integer_at(mapping, key)
    return None if number is None else check_port(number, key, mapping.entries[key].origin)


def check_port(number: int, key: str, origin: Origin) -> int:
    """Refuse a number that is no port."""
    if not 0 < number < 65536:
        raise InvalidInput(f"`{key}` is {number}, which is no port", origin, "write a number from 1 to 65535")
    return number


def quantity_of(node: Node, key: str) -> str | None:
    """Give the text of a quantity, which may be written as a string or a number."""
    if isinstance(node, Scalar):
        value = node.value
        if value is None:
            return None
        if type(value) is str:
            return value
        if type(value) is int or type(value) is float:
            return repr(value)
    raise wrong_type(node, key, "a quantity")


def mapping_of(node: Node | None, key: str) -> Mapping | None:
    """Give a mapping."""
    if node is None or type(node) is Mapping:
        return node
    if isinstance(node, Scalar) and node.value is None:
        return None
    raise wrong_type(node, key, "a mapping")


def mapping_at(mapping: Mapping, key: str) -> Mapping | None:
    """Give the mapping of a field."""
    node = mapping.entries.get(key)
    return None if node is None else mapping_of(node, key)


def sequence_at(mapping: Mapping, key: str) -> Sequence | None:
    """Give the list of a field."""
    node = mapping.entries.get(key)
    if node is None or type(node) is Sequence:
        return node
    if isinstance(node, Scalar) and node.value is None:
        return None
    raise wrong_type(node, key, "a list")


def items_at(mapping: Mapping, key: str) -> list[Node]:
    """Give the items of a list, none where the field is absent."""
    node = mapping.entries.get(key)
    if node is None:
        return _NO_ITEMS
    if type(node) is Sequence:
        return node.items
    if isinstance(node, Scalar) and node.value is None:
        return _NO_ITEMS
    raise wrong_type(node, key, "a list")


def mappings_at(mapping: Mapping, key: str) -> list[Mapping]:
    """Give the items of a list of mappings, none where the field is absent."""
    found: list[Mapping] = []
    for item in items_at(mapping, key):
        if type(item) is not Mapping:
            raise wrong_type(item, key, "a list of mappings")
        found.append(item)
    return found


def strings_at(mapping: Mapping, key: str) -> tuple[str, ...] | None:
    """Give the items of a list of strings."""
    sequence = sequence_at(mapping, key)
    if sequence is None:
        return None
    found: list[str] = []
    for item in sequence.items:
        value = item.value if isinstance(item, Scalar) else None
        if type(value) is not str:
            raise wrong_type(item, f"{key}[{len(found)}]", "a string")
        found.append(value)
    return tuple(found)


def string_map_at(mapping: Mapping, key: str) -> dict[str, str]:
    """Give a mapping of strings to strings (labels, annotations), empty where the field is absent."""
    found = mapping_at(mapping, key)
    if found is None:
        return {}
    result: dict[str, str] = {}
    for name, node in found.entries.items():
        value = node.value if isinstance(node, Scalar) else node
        if type(value) is str:
            result[name] = value
        elif value is None:
            result[name] = ""
        else:
            raise wrong_type(node, f"{key}.{name}", "a string")
    return result
