"""`values.schema.json`: each fault of the values at the place where the value that won is written.

A schema that refers to an address is not fetched: what it would say there is taken to allow everything, which is told.
No message repeats a value, for it may be a secret.
"""

from typing import Any

import msgspec

from isomorph.model.errors import Diagnostic, InvalidInput, InvalidInputs
from isomorph.model.origin import Origin
from isomorph.platforms.helm.archive import ChartFile
from isomorph.platforms.helm.chart import Chart
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data

_WORDS = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}
_MOST_OPTIONS = 12


def check_values(chart: Chart, values: Mapping, diagnostics: list[Diagnostic]) -> None:
    """Check the values of a chart, and of those in it; raises InvalidInputs with all faults, in the order of their places."""
    faults: dict[tuple[Origin, str], InvalidInput] = {}
    _check_chart(chart, values, faults, diagnostics)
    if not faults:
        return
    ordered = [faults[key] for key in sorted(faults, key=lambda key: (key[0].file, key[0].line, key[0].column, key[1]))]
    raise ordered[0] if len(ordered) == 1 else InvalidInputs(ordered)


def _check_chart(
    chart: Chart, values: Mapping, faults: dict[tuple[Origin, str], InvalidInput], diagnostics: list[Diagnostic]
) -> None:
    if chart.schema is not None:
        for fault in _find_faults(chart, chart.schema, values, diagnostics):
            faults.setdefault((fault.origin or Origin(chart.place), fault.message), fault)
    for inner in chart.charts:
        said = values.get(inner.name)
        if isinstance(said, Mapping):
            _check_chart(inner, said, faults, diagnostics)


def _find_faults(chart: Chart, schema: ChartFile, values: Mapping, diagnostics: list[Diagnostic]) -> list[InvalidInput]:
    validator = _make_validator(schema, diagnostics)
    data = to_data(values)
    try:
        if validator.is_valid(data):
            return []
        errors = list(validator.iter_errors(data))
    except ValueError as error:
        raise InvalidInput(f"the schema cannot be applied: {error}", Origin(schema.file), "correct it") from None
    origin = values.origin if values.origin.file else chart.origin
    return [_to_fault(error, values, origin) for error in errors]


def _make_validator(schema: ChartFile, diagnostics: list[Diagnostic]) -> Any:
    import jsonschema_rs

    from isomorph.syntax.jsontext import parse_json

    try:
        content = msgspec.json.decode(schema.data)
    except (msgspec.DecodeError, RecursionError):
        parse_json(schema.data.decode("utf-8-sig", "replace"), schema.file)  # Raises with the place of what is wrong.
        raise InvalidInput("the schema is no JSON", Origin(schema.file), "correct it") from None
    refused: list[str] = []

    def retrieve(address: str) -> bool:
        refused.append(address)
        return True

    try:
        validator = jsonschema_rs.validator_for(content, retriever=retrieve, mask="***")
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        message = str(error).partition("\n")[0]
        raise InvalidInput(f"this is no JSON Schema: {message}", Origin(schema.file), "correct the schema") from None
    for address in dict.fromkeys(refused):
        message = f"the schema refers to {address}, which is not fetched; what it says there was not checked"
        diagnostics.append(Diagnostic("missing-file", message, Origin(schema.file)))
    return validator


def _to_fault(error: Any, values: Mapping, top: Origin) -> InvalidInput:
    """Put one fault into words, at the value that it is about, or the nearest thing around it that was written."""
    path: list[str | int] = list(error.instance_path)
    kind = error.kind.name
    origin = _find_origin(values, path, top)
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".") or "the values"
    if kind == "additionalProperties":
        unknown = list(error.kind.unexpected)
        where = _find_origin(values, [*path, unknown[0]], top, of_key=True) if unknown else origin
        words = ", ".join(f"`{word}`" for word in unknown)
        return InvalidInput(f"{name} may not have {words}", where, "see values.schema.json, or correct the name")
    if kind == "required":
        verb = "lacks" if path else "lack"
        return InvalidInput(f"{name} {verb} `{error.kind.property}`", origin, f"set {error.kind.property}")
    return InvalidInput(f"{name} {_say(error, kind)}", origin, "the chart's values.schema.json asks for it")


def _say(error: Any, kind: str) -> str:
    """Say what a value must be."""
    if kind == "type":
        return f"must be {' or '.join(_WORDS.get(word, word) for word in error.kind.types)}, not {_type_of(error.instance)}"
    if kind == "enum":
        options = [str(option) for option in error.kind.options]
        more = f" or one of {len(options) - _MOST_OPTIONS} others" if len(options) > _MOST_OPTIONS else ""
        return f"must be one of {', '.join(options[:_MOST_OPTIONS])}{more}"
    if kind == "pattern":
        return f"must match the pattern {error.kind.pattern}"
    limits = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "exclusiveMaximum": "less than",
    }
    if kind in limits:
        return f"must be {limits[kind]} {error.kind.limit}"
    message = str(error.message).partition("\n")[0]
    if message.startswith("*** "):
        return message.removeprefix("*** ").replace("***", "it")
    return f"does not fit the chart's schema: {message.replace('***', 'it')}"


def _type_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "a mapping"


def _find_origin(values: Mapping, path: list[str | int], top: Origin, of_key: bool = False) -> Origin:
    node: Node = values
    origin = top
    for number, step in enumerate(path, 1):
        below: Node | None = None
        if isinstance(node, Mapping) and isinstance(step, str):
            below = node.get(step)
            if of_key and number == len(path) and step in node.keys:
                return node.keys[step].origin
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            below = node.items[step]
        if below is None:
            return origin
        node = below
        origin = node.origin if node.origin.file else origin
        if isinstance(node, Scalar):
            break
    return origin
