"""A definition as it may be shown: secrets masked in its model and its extras."""

from typing import Any

import msgspec
from msgspec.structs import replace

from isomorph.drift.facts_process import mask_vector
from isomorph.model.application import Application, Definition
from isomorph.model.image import Image
from isomorph.model.secrecy import MASK, is_secret_name, mask_application, mask_passwords, mask_text
from isomorph.model.text import Reference, Text, parts_of, print_text
from isomorph.model.workload import Binary, Container, Exec, File

_WHOLE = (Reference, Image, Binary)
"""Constructs that hold no text that could be a secret."""


def mask_definition(definition: Definition) -> Definition:
    """Mask what is secret by where it comes from, by what it is called, or by its form (a password in a URL)."""
    masked: Application = _mask(mask_application(definition.application), "")
    extras = tuple(replace(extra, value=mask_data(extra.value, _last(extra.location))) for extra in definition.extras)
    return replace(definition, application=masked, extras=extras)


def _last(location: tuple[str | int, ...]) -> str:
    """Give the name that a value stands under; an item of a list stands under the list's."""
    return next((key for key in reversed(location) if isinstance(key, str)), "")


def mask_data(value: Any, name: str = "") -> Any:
    """Mask plain data: what stands under a secret name, and what is secret by its form."""
    if isinstance(value, dict | list | str):
        return _mask(value, name)
    return MASK if value is not None and not isinstance(value, bool) and is_secret_name(name) else value


def _mask(value: Any, name: str) -> Any:
    """Mask a part of the model that stands under a key; the names of its own fields say nothing of secrets."""
    if isinstance(value, str):
        return MASK if value and is_secret_name(name) else mask_text(value)
    if isinstance(value, dict):
        return {key: mask_data(item, key) if _is_data(item) else _mask(item, key) for key, item in value.items()}
    if isinstance(value, list):
        if not is_secret_name(name) and all(isinstance(item, str) for item in value):
            return mask_vector(value)
        return [mask_data(item, name) for item in value]
    if isinstance(value, tuple):
        parts = mask_passwords(value) if any(isinstance(part, Reference) for part in value) else value
        return tuple(_mask(part, name) for part in parts_of(parts))
    if isinstance(value, Exec):
        return Exec(_vector(value.command))
    if isinstance(value, msgspec.Struct) and not isinstance(value, _WHOLE):
        return _struct(value, name.rpartition("/")[2])
    return value


def _is_data(value: Any) -> bool:
    return isinstance(value, int | float)


def _struct(value: msgspec.Struct, name: str) -> Any:
    """Mask the fields of a construct; a file's content stands under the file's name."""
    changes: dict[str, Any] = {}
    for field in value.__struct_fields__:
        item = getattr(value, field)
        if item is None or isinstance(item, int | float):
            continue
        if isinstance(value, Container) and field in ("command", "args"):
            masked = _vector(item)
        else:
            masked = _mask(item, name if isinstance(value, File) and field == "content" else "")
        if masked != item:
            changes[field] = masked
    return replace(value, **changes) if changes else value


def _vector(vector: tuple[Text, ...]) -> tuple[Text, ...]:
    """Mask `--password=x` and `--password x`; an argument that is not masked keeps its references."""
    words = [print_text(text) for text in vector]
    masked = mask_vector(words)
    return tuple(text if word == hidden else hidden for text, word, hidden in zip(vector, words, masked, strict=True))
