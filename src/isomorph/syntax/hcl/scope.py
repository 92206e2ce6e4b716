"""What a text in HCL may ask for: values of variables, the language's roots, files of the project."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Node

ReadFile = Callable[[str, Origin], bytes]
"""Gives the content of a file below the project; raises InvalidInput (or OSError) where it may not or cannot."""


class Given(msgspec.Struct, frozen=True):
    """A value given to a variable from outside.

    `value` is a node of a variable file, or the text of a command line or of the environment, which is an expression
    where the variable's type is no string, number or truth value. A value of the environment may be meant for nobody.
    """

    value: str | Node
    origin: Origin
    from_environment: bool = False


class Scope(msgspec.Struct):
    """Where expressions find their values; remembers which variables have none.

    `unknown` is what a root that nobody declares means: "keep" leaves `${attr.kernel.name}` as text, as Nomad does for
    what its clients know; "placeholder" is an unresolved value, as Terraform's resources are. `roots` has further plain
    values by name (`path`, `each`, `count`). Without `read_file`, what a file says is unresolved.
    """

    given: Mapping[str, Given] = {}
    unknown: Literal["keep", "placeholder"] = "keep"
    roots: Mapping[str, Any] = {}
    read_file: ReadFile | None = None
    unset: dict[str, Origin] = {}


def given_by_environment(environment: Mapping[str, str], prefix: str) -> dict[str, Given]:
    """Give what variables of the shell say about variables of the definition, `NOMAD_VAR_NAME` or `TF_VAR_NAME`."""
    start = len(prefix)
    return {
        name[start:]: Given(value, Origin(f"${name}"), from_environment=True)
        for name, value in environment.items()
        if name.startswith(prefix) and len(name) > start
    }


def given_by_argument(text: str) -> tuple[str, Given]:
    """Give the name and value of `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise InvalidInput(f"{name!r} gives no value to a variable", None, "write NAME=VALUE")
    return name.strip(), Given(value, Origin(f"?var={name.strip()}"))
