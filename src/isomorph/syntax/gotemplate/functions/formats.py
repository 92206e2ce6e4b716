"""Data to YAML, JSON and TOML and back; what is read from a text keeps the places behind it."""

from collections.abc import Callable
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.syntax.gotemplate.bounds import limit_characters
from isomorph.syntax.gotemplate.data import Items, Origins, Table, mark_value, to_key, to_plain
from isomorph.syntax.gotemplate.functions.lifting import Function, mark_all
from isomorph.syntax.gotemplate.jsontext import print_json
from isomorph.syntax.gotemplate.reading import find_values
from isomorph.syntax.gotemplate.text import values_of_text
from isomorph.syntax.gotemplate.yamltext import print_yaml
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from isomorph.syntax.yaml.dialects import Dialect

_GO_KINDS = {str: "string", bool: "bool", int: "number", float: "number"}


def _printing(write: Callable[[Any], str], *, must: bool) -> Function:
    """Give a function that prints data, or nothing where it cannot and need not."""

    def printed(value: Any) -> str:
        try:
            text = write(value)
        except (ValueError, TypeError, RecursionError):
            if must:
                raise
            return ""
        limit_characters(len(text))
        return text

    return printed


def _print_pretty_yaml(value: Any) -> str:
    return print_yaml(value, pretty=True)


def _print_pretty_json(value: Any) -> str:
    return print_json(value, pretty=True)


def _print_raw_json(value: Any) -> str:
    return print_json(value, html=False)


def _parse(text: str, dialect: Dialect) -> tuple[Node | None, Callable[[Node], Origins]]:
    from isomorph.syntax.yaml.read import Limits, parse_yaml

    documents = parse_yaml(text[:], "", dialect, limits=Limits(size=20_000_000, repeated=100_000))
    return (documents[0].root if documents else None), find_values(text)


def to_data(node: Node | None, places: Callable[[Node], Origins]) -> Any:
    """Give what was parsed from a text as data, numbers as float64."""
    if isinstance(node, Scalar):
        return mark_value(float(node.value) if type(node.value) is int else node.value, places(node))
    if isinstance(node, Mapping):
        table = Table()
        for key, value in node.entries.items():
            name = node.keys.get(key)
            table[mark_value(key, places(name)) if name is not None else to_key(key)] = to_data(value, places)
        table.origins = places(node)
        return table
    if isinstance(node, Sequence):
        items = Items([to_data(item, places) for item in node.items])
        items.origins = places(node)
        return items
    return None


def _read(text: str, dialect: Dialect, kind: type[Table] | type[Items]) -> Any:
    """Read a mapping or a list; raises ValueError with what is wrong."""
    if dialect is Dialect.JSON and not text.strip():
        raise ValueError("unexpected end of JSON input")
    try:
        node, places = _parse(text, dialect)
    except InvalidInput as error:
        if dialect is Dialect.JSON:
            raise ValueError(_find_json_fault(text)) from None
        raise ValueError(f"error converting YAML to JSON: yaml: {error.message}") from None
    value = to_data(node, places)
    if value is None:
        return kind()
    if isinstance(value, kind):
        return value
    plain = to_plain(value)
    found = "array" if isinstance(plain, list) else "object" if isinstance(plain, dict) else _GO_KINDS[type(plain)]
    wanted = "map[string]interface {}" if kind is Table else "[]interface {}"
    lead = "" if dialect is Dialect.JSON else "error unmarshaling JSON: while decoding JSON: "
    raise ValueError(f"{lead}json: cannot unmarshal {found} into Go value of type {wanted}")


def _find_json_fault(text: str) -> str:
    import json

    try:
        json.loads(text[:])
    except json.JSONDecodeError as error:
        if error.pos < len(text.rstrip()):
            return f"invalid character {text[error.pos]!r} looking for beginning of value"
    return "unexpected end of JSON input"


def _reading(dialect: Dialect, kind: type[Table] | type[Items]) -> Function:
    """Give a function that reads a mapping or a list; what is wrong with it is in the result, as Helm has it."""

    def read(text: str) -> Any:
        try:
            return _read(text, dialect, kind)
        except ValueError as error:
            return Table({to_key("Error"): str(error)}) if kind is Table else Items([str(error)])

    return read


def _must_from_json(text: str) -> Any:
    try:
        node, places = _parse(text, Dialect.JSON)
    except InvalidInput as error:
        raise ValueError(error.message) from None
    return to_data(node, places)


def _from_toml(text: str) -> Any:
    import tomllib

    try:
        return mark_all(tomllib.loads(text[:]), values_of_text(text))
    except tomllib.TOMLDecodeError as error:
        return Table({to_key("Error"): f"toml: {error}"})


def _to_toml(value: Any) -> str:
    try:
        return _must_to_toml(value)
    except ValueError as error:
        return str(error)


def _must_to_toml(value: Any) -> str:
    from isomorph.syntax.gotemplate.tomltext import print_toml

    return print_toml(value)


FUNCTIONS: dict[str, Function] = {
    "toYaml": _printing(print_yaml, must=False),
    "mustToYaml": _printing(print_yaml, must=True),
    "toYamlPretty": _printing(_print_pretty_yaml, must=False),
    "toJson": _printing(print_json, must=False),
    "mustToJson": _printing(print_json, must=True),
    "toPrettyJson": _printing(_print_pretty_json, must=False),
    "mustToPrettyJson": _printing(_print_pretty_json, must=True),
    "toRawJson": _printing(_print_raw_json, must=False),
    "mustToRawJson": _printing(_print_raw_json, must=True),
    "fromYaml": _reading(Dialect.KUBERNETES, Table),
    "fromYamlArray": _reading(Dialect.KUBERNETES, Items),
    "fromJson": _reading(Dialect.JSON, Table),
    "fromJsonArray": _reading(Dialect.JSON, Items),
    "mustFromJson": _must_from_json,
    "toToml": _to_toml,
    "mustToToml": _must_to_toml,
    "fromToml": _from_toml,
}
