"""Values as text, as Go's `fmt` prints them with `%v`."""

from typing import Any

from isomorph.syntax.gotemplate.data import Float, Integer, Truth, origins_of
from isomorph.syntax.gotemplate.text import Text, join_texts, mark_text


def print_value(value: object) -> str:
    """Print the value of an action: a Text, so that it can be told from a template's own text."""
    text = print_go(value, nil="<no value>")
    return text if type(text) is Text else mark_text(text, ())


def print_go(value: Any, nil: str = "<nil>") -> str:
    """Print a value as `%v` does; `nil` is what there is for no value."""
    if isinstance(value, str):
        return value
    if value is None:
        return nil
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, Truth | Integer):
        return str(value)
    if isinstance(value, float):
        return mark_text(print_float(value), origins_of(value)) if type(value) is Float else print_float(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        parts = ["map["]
        for index, key in enumerate(sorted(value)):
            parts += [" " if index else "", print_go(key), ":", print_go(value[key])]
        return join_texts([*parts, "]"])
    if isinstance(value, list | tuple):
        parts = ["["]
        for index, item in enumerate(value):
            parts += [" " if index else "", print_go(item)]
        return join_texts([*parts, "]"])
    from gotpl.runtime.sync_vm import format_value

    return nil if repr(value) == "INVALID" else format_value(value)


def print_float(value: float) -> str:
    """Print a float in its shortest form, with an exponent below 1e-4 and from 1e+21, as strconv does for `%v`."""
    from gotpl.runtime.gofmt import sprintf

    return sprintf("%v", value)
