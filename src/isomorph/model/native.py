"""The model's own JSON form, `isomorph.model/v1`: whole definitions, origins included, written and read back unchanged."""

from typing import Any

import msgspec

from isomorph.model.application import Application, Definition, Extra
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin, Origins, Path

SCHEMA = "isomorph.model/v1"


class PlacedOrigin(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row of the origins: a model path and where its value is written."""

    path: Path
    file: str
    line: int = 1
    column: int = 1
    via: tuple[Origin, ...] = ()


class NativeForm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The JSON document."""

    schema: str
    platform: str
    sources: tuple[str, ...] = ()
    application: Application
    origins: tuple[PlacedOrigin, ...] = ()
    extras: tuple[Extra, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def to_native(definition: Definition) -> NativeForm:
    """Put a definition into the shape of its JSON form."""
    rows = tuple(
        PlacedOrigin(path, origin.file, origin.line, origin.column, origin.via)
        for path, origin in sorted(definition.origins.table.items())
    )
    return NativeForm(
        schema=SCHEMA,
        platform=definition.platform,
        sources=definition.sources,
        application=definition.application,
        origins=rows,
        extras=definition.extras,
        diagnostics=definition.diagnostics,
    )


def print_native(definition: Definition) -> bytes:
    """Write a definition as JSON. Nothing is masked: this is for machines that own the definition; `show` masks first."""
    return encode_json(to_native(definition))


def encode_json(value: Any) -> bytes:
    """Write structs and plain data as JSON, indented; halves of characters, which names of files may hold, as `?`."""
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    except UnicodeEncodeError:
        import json

        text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
        return text.encode("utf-8", "replace") + b"\n"


def parse_native(data: bytes, file: str = "-") -> Definition:
    """Read a definition from its JSON form; raises InvalidInput for another schema or shape."""
    try:
        form: Any = msgspec.json.decode(data, type=NativeForm)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise InvalidInput(f"not a model in JSON: {error}", Origin(file), f"expected {SCHEMA}") from None
    if form.schema != SCHEMA:
        raise InvalidInput(f"unknown schema {form.schema}", Origin(file), f"this version reads {SCHEMA}")
    table = {row.path: Origin(row.file, row.line, row.column, row.via) for row in form.origins}
    return Definition(
        application=form.application,
        platform=form.platform,
        sources=form.sources,
        origins=Origins(table),
        extras=form.extras,
        diagnostics=form.diagnostics,
    )
