"""What is wrong with a template, in words; Go's types are named as Helm's users know them."""

import re

from gotpl.errors import TemplateError, TemplateExecutionError, TemplateSyntaxError

from isomorph.model.errors import InvalidInput
from isomorph.syntax.gotemplate.functions.choices import Required

_TYPES = {
    "str": "string",
    "Text": "string",
    "Float": "float64",
    "float": "float64",
    "Integer": "int",
    "Long": "int64",
    "Truth": "bool",
    "dict": "map",
    "Table": "map",
    "list": "list",
    "Items": "list",
    "NoneType": "nil",
}
_PLACE = re.compile(r"^template:\d+:\d+: ")
_FAILED = re.compile(r"^function '(?P<name>[^']*)' failed: ")
_ARGUMENT = re.compile(r"argument (?P<number>\d+) to (?P<name>\w+): expected (?P<wanted>\w+), got (?P<got>\w+)")
_ATTRIBUTE = re.compile(r"^(?:attribute|method|property) '(?P<name>[^']*)' is not allowed$")


def describe(error: TemplateError) -> str:
    """Give what is wrong without the place."""
    chart = find_chart_words(error)
    if chart is not None:
        return f"the chart refuses: {chart}"
    message = error.message if isinstance(error, TemplateExecutionError) else _PLACE.sub("", str(error))
    failed = _FAILED.match(message)
    if failed:
        message = message[failed.end() :]
        argument = _ARGUMENT.search(message)
        if argument:
            wanted, got = (_TYPES.get(argument[key], argument[key]) for key in ("wanted", "got"))
            return f"`{argument['name']}` takes {_name(wanted)} as argument {argument['number']}, and it is given {_name(got)}"
        return message if failed["name"].endswith(" ") else f"`{failed['name']}` failed: {message}"
    attribute = _ATTRIBUTE.match(message)
    if attribute:
        return f"there is no field `{attribute['name']}` in a value that is no mapping, or in nothing (nil)"
    return message


def _name(kind: str) -> str:
    return "nothing (nil)" if kind == "nil" else f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def find_fault(error: BaseException | None) -> InvalidInput | None:
    """Give the error of a text that a function was to read as a template, which has a place of its own."""
    while error is not None:
        if isinstance(error, InvalidInput):
            return error
        error = error.__cause__
    return None


def hint_for(error: TemplateError) -> str:
    """Give what to do about it."""
    if find_chart_words(error) is not None:
        return "give the value that it asks for, by a values file or --set"
    if isinstance(error, TemplateSyntaxError):
        return "correct the template"
    attribute = _ATTRIBUTE.match(getattr(error, "message", ""))
    return "give the mapping that the template expects in the values" if attribute else ""


def find_chart_words(error: BaseException | None) -> str | None:
    """Give what a chart said by `fail` or `required`; None where it is not that."""
    while error is not None:
        if isinstance(error, Required):
            return str(error)
        error = error.__cause__
    return None
