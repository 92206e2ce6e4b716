"""Explicit tags: the standard ones are honoured, Compose's own two are kept for its reader, all others are refused."""

import re
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Scalar
from isomorph.syntax.yaml.dialects import Dialect, Value, resolve

_STANDARD = "tag:yaml.org,2002:"
_SCALARS = {"str", "int", "float", "bool", "null", "binary", "timestamp", "merge"}
# https://docs.docker.com/reference/compose-file/merge/: what a later file does to the value of an earlier one.
_COMPOSE = frozenset(("!reset", "!override"))
# https://yaml.org/type/timestamp.html, as far as go-yaml reads it.
_TIMESTAMP = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d*)?(?:Z|[-+]\d{1,2}:\d{2})?)?", re.ASCII
)


def resolve_tagged(event: Any, dialect: Dialect, origin: Origin) -> Scalar:
    """Give the node of a scalar that may have a tag; raises InvalidInput where tag and text do not agree."""
    tag, text, plain = event.tag, event.value, not event.style
    if tag is None:
        return Scalar(origin, resolve(text, dialect, origin) if plain else text, text, plain)
    if tag in _COMPOSE and dialect is Dialect.COMPOSE:
        return Scalar(origin, resolve(text, dialect, origin) if plain else text, text, plain, tag)
    if tag == "!":  # go-yaml v2 takes it for a string, v3 passes over it.
        value = resolve(text, dialect, origin) if plain and dialect is Dialect.COMPOSE else text
        return Scalar(origin, value, text, plain and value is not text)
    name = tag.removeprefix(_STANDARD)
    if name == tag or name not in _SCALARS:
        raise _refuse(tag, dialect, origin)
    if name in ("str", "binary"):
        return Scalar(origin, text if name == "str" else _decode_binary(text, origin), text, False)
    return Scalar(origin, _convert(name, text, dialect, origin), text, plain or name != "merge")


def _convert(name: str, text: str, dialect: Dialect, origin: Origin) -> Value:
    """Give what the text is as the type that its tag names."""
    # A Kubernetes float without a fraction becomes an integer on its way through JSON, after its tag was checked.
    value = resolve(text, Dialect.COMPOSE if name == "int" else dialect, origin)
    match name:
        case "int" if isinstance(value, int) and not isinstance(value, bool):
            return value
        case "float" if isinstance(value, int | float) and not isinstance(value, bool):
            return value if dialect is Dialect.KUBERNETES else float(value)
        case "bool" if isinstance(value, bool):
            return value
        case "null" if value is None:
            return None
        case "timestamp" if _TIMESTAMP.fullmatch(text):
            return text
        case "merge" if text == "<<":
            return text
    raise InvalidInput(
        f"{text[:40]!r} is not what its tag !!{name} says", origin, "correct the value or remove the tag"
    )


def _decode_binary(text: str, origin: Origin) -> str:
    from base64 import b64decode

    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(
            "a !!binary value that is not text cannot be carried", origin, "use a field for binary data, as binaryData"
        ) from None
    except ValueError:
        raise InvalidInput("a !!binary value is not valid base64", origin, "encode it again") from None


def read_collection_tag(event: Any, dialect: Dialect, origin: Origin) -> str | None:
    """Give the tag of a list or mapping where the dialect keeps it; raises InvalidInput where it does not fit."""
    tag = event.tag
    if tag in _COMPOSE and dialect is Dialect.COMPOSE:
        return str(tag)
    is_mapping = type(event).__name__ == "MappingStartEvent"
    if tag == "!" or tag == _STANDARD + ("map" if is_mapping else "seq"):
        return None
    name = tag.removeprefix(_STANDARD)
    if name != tag and name in _SCALARS | {"map", "seq"}:
        found = "mapping" if is_mapping else "list"
        raise InvalidInput(f"a {found} is not what its tag !!{name} says", origin, "remove the tag")
    raise _refuse(tag, dialect, origin)


def _refuse(tag: str, dialect: Dialect, origin: Origin) -> InvalidInput:
    short = "!!" + tag.removeprefix(_STANDARD) if tag.startswith(_STANDARD) else tag
    kept = " and !reset, !override" if dialect is Dialect.COMPOSE else ""
    return InvalidInput(
        f"unknown tag {short[:80]}", origin, f"remove it; only the tags of plain data{kept} are understood"
    )
