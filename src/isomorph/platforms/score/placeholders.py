"""Placeholders in Score texts: `${metadata.KEY.SUB}`, `${resources.NAME.OUTPUT}`, `$$` for a dollar, `\\.` for a dot in a key.

What is one follows the reference implementation (score-go, framework/substitution.go): `${…}` up to the first closing
brace; `$$` is a dollar, and so `$${x}` is the literal `${x}`; a dollar before anything else is itself.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Output, Part, Text, make_text, parts_of

Resolve = Callable[[tuple[str, ...], str], Part]
"""Gives the part that a reference's path stands for; the second argument is the reference as written."""


def parse_placeholders(text: str, resolve: Resolve) -> Text:
    """Read a text with placeholders."""
    if "$" not in text:
        return text
    parts: list[Part] = []
    done = 0
    last_end = text.rfind("}")
    while (dollar := text.find("$", done)) >= 0:
        parts.append(text[done:dollar])
        following = text[dollar + 1 : dollar + 2]
        end = text.find("}", dollar + 2) if following == "{" and dollar < last_end else -1
        if following == "$":
            parts.append("$")
            done = dollar + 2
        elif end >= 0:
            reference = text[dollar + 2 : end]
            parts.append(resolve(split_reference(reference), reference))
            done = end + 1
        else:
            parts.append("$")
            done = dollar + 1
    parts.append(text[done:])
    return make_text(parts)


def split_reference(reference: str) -> tuple[str, ...]:
    """Split the path in a placeholder at its dots; `\\.` is a dot of the key."""
    if "\\." not in reference:
        return tuple(reference.split("."))
    return tuple(part.replace("\0", ".") for part in reference.replace("\\.", "\0").split("."))


def make_resolver(
    metadata: dict[str, Any], resources: dict[str, str], find_origin: Callable[[], Origin | None]
) -> Resolve:
    """Give the resolver of one workload: its metadata's values, and outputs of its resources (name -> uid).

    Raises InvalidInput for a root, key or resource that is not there.
    """

    def fail(reference: str, message: str, hint: str) -> InvalidInput:
        return InvalidInput(f"placeholder ${{{reference}}}: {message}", find_origin(), hint)

    def resolve(path: tuple[str, ...], reference: str) -> Part:
        if path[0] == "metadata" and len(path) > 1:
            return _metadata_value(metadata, path, lambda message, hint: fail(reference, message, hint))
        if path[0] == "resources" and len(path) > 1:
            uid = resources.get(path[1])
            if uid is None:
                known = f"there are {', '.join(resources)}" if resources else "this workload has no resources"
                raise fail(reference, f"there is no resource {path[1]!r}", known)
            return Output(uid, ".".join(part.replace(".", "\\.") for part in path[2:]))
        if path[0] in ("metadata", "resources"):
            raise fail(reference, f"a name must follow {path[0]}", f"write ${{{path[0]}.NAME}}")
        raise fail(
            reference, f"unknown root {path[0]!r}", "use metadata or resources, or write $$ for a dollar that is meant"
        )

    return resolve


def _metadata_value(metadata: dict[str, Any], path: tuple[str, ...], fail: Callable[[str, str], InvalidInput]) -> str:
    value: Any = metadata
    for index, key in enumerate(path[1:], 1):
        if not isinstance(value, dict):
            raise fail(f"{'.'.join(path[:index])} is a value and has no keys", "")
        if key not in value:
            raise fail(f"there is no key {key!r}", f"there are {', '.join(value)}" if value else "there are none")
        value = value[key]
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def print_placeholders(text: Text, names: dict[str, str]) -> str:
    """Write a text as Score spells it; `names` gives the workload's own name of a dependency by uid.

    Parts that Score has no word for are the caller's to replace first; what is left of them is written as an expression.
    """
    if isinstance(text, str):
        return text.replace("$", "$$") if "$" in text else text
    written: list[str] = []
    for part in parts_of(text):
        if isinstance(part, str):
            written.append(part.replace("$", "$$"))
        elif isinstance(part, Output):
            name = names.get(part.dependency, part.dependency).replace(".", "\\.")
            written.append(f"${{resources.{name}{'.' + part.output if part.output else ''}}}")
        else:
            raise TypeError(f"Score has no word for {type(part).__name__}")
    return "".join(written)
