"""What a text in HCL may ask for: values of variables, the language's roots, files of the project."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Node

ReadFile = Callable[[str, Origin], bytes]
"""Gives the content of a file below the project; raises InvalidInput (or OSError) where it may not or cannot."""


ListFolder = Callable[[str, Origin], list[str] | None]
"""Gives the names in a folder below the project, None where there is no folder; raises InvalidInput where it may not."""
Use = tuple[str, tuple[str | int, ...]]
"""The address of something that a value comes from, and which attribute of it (none: the whole)."""


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
    what its clients know; "placeholder" is an unresolved value, as Terraform's resources are; "refuse" is an error. `roots`
    has further plain values by name (`path`, `each`, `count`). Without `read_file`, what a file says is unresolved;
    `open_blocks` remembers dynamic blocks of which nobody knows how many there are, `missing` files that are not there,
    `uses` what the values of nodes come from.
    """

    given: Mapping[str, Given] = {}
    unknown: Literal["keep", "placeholder", "refuse"] = "keep"
    roots: Mapping[str, Any] = {}
    read_file: ReadFile | None = None
    list_folder: ListFolder | None = None
    unset: dict[str, Origin] = {}
    open_blocks: dict[Origin, str] = {}
    missing: dict[str, Origin] | None = None
    folder: str = ""
    in_template: bool = False
    uses: dict[Node, tuple[Use, ...]] = {}


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
