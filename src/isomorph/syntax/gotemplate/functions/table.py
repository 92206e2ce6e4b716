"""The functions of Helm's templates by name, each made when a template mentions it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from isomorph.syntax.gotemplate.functions.lifting import lift

if TYPE_CHECKING:
    from isomorph.syntax.gotemplate.render import Renderer

Function = Callable[..., object]


def _load() -> dict[str, Function]:
    from gotpl.funcs.helm.functions import function_map
    from gotpl.runtime.sync_vm import _builtin_functions

    def nothing(*arguments: object) -> object:
        return {}

    functions: dict[str, Function] = dict(_builtin_functions("go"))
    functions.update(function_map(include=nothing, tpl=nothing, required=nothing, fail=nothing))
    return functions


_ALL = _load()
NAMES = frozenset(_ALL) | {"and", "or"}


def make_function(name: str, renderer: "Renderer") -> Function:
    """Give a function for the templates of a renderer."""
    if name == "include":
        return renderer.include
    if name == "tpl":
        return renderer.render_text
    return lift(_ALL[name])
