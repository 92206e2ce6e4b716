"""Dependencies that nothing in the definition realises, as module blocks with their arguments and outputs.

What provides them, nobody said. So each type has a module in `modules/TYPE` that provides nothing: what workloads use is given
to it by variables of the root module, and handed on. A module that creates the thing takes its place under the same names:
by its source, or by an entry `terraform://MODULE` in a provisioner file.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from isomorph.model.application import Dependency
from isomorph.model.secrecy import is_secret_name
from isomorph.platforms.terraform.handing_on import VERSION
from isomorph.platforms.terraform.write_names import UniqueLabels, to_label
from isomorph.platforms.terraform.write_variables import Variables
from isomorph.syntax.hcl.emit import Block, Expression, emit_hcl, is_identifier

MODULES = "modules"
MODULE_FILE = "main.tf"
_TYPE = re.compile(r"[a-z0-9][a-z0-9_-]*")

_OWN = frozenset(("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"))
"""Arguments that a module block has for itself; Terraform lets no variable have these names."""
_MODULE = "module."


class Call(msgspec.Struct, frozen=True):
    """A module block: its label, the dependency, and the outputs that workloads use."""

    label: str
    dependency: Dependency
    outputs: tuple[str, ...]

    def arguments(self) -> dict[str, Any]:
        """Give what the dependency says of itself, as far as an argument can be called so."""
        said: dict[str, Any] = {VERSION: self.dependency.version} if self.dependency.version else {}
        given = self.dependency.parameters or {}
        return {**said, **{name: value for name, value in given.items() if name not in self.unsaid()}}

    def unsaid(self) -> list[str]:
        """Give the parameters that no argument of a module can be called."""
        return [name for name in self.dependency.parameters or {} if not is_identifier(name) or name in _OWN]

    @property
    def folder(self) -> str:
        kind = self.dependency.type
        return f"{MODULES}/{kind if _TYPE.fullmatch(kind) else to_label(kind, 'dependency')}"


def name_modules(dependencies: dict[str, Dependency]) -> dict[str, str]:
    """Give the label of each dependency's module block, by its uid; one that was read from a module keeps its own."""
    labels = UniqueLabels()
    named: dict[str, str] = {}
    for uid, dependency in dependencies.items():
        own = uid.removeprefix(_MODULE) if uid.startswith(_MODULE) else dependency.id or uid.rpartition("#")[2]
        named[uid] = labels.take("", to_label(own, to_label(dependency.type, "dependency")))
    return named


def write_call(call: Call, variables: Variables) -> list[Block]:
    """Give a module block, and an output of the root module for each output that is used."""
    label = call.label
    arguments: dict[str, Any] = {}
    for name, value in call.arguments().items():
        secret = is_secret_name(name) and value is not None
        arguments[name] = Expression(variables.add_secret(f"{label}_{name}", value)) if secret else value
    for name in call.outputs:
        if name not in arguments:
            secret = is_secret_name(name)
            add = variables.add_secret if secret else variables.add
            arguments[name] = Expression(add(f"{label}_{name}", None))
    blocks = [Block("module", (label,), [{"source": f"./{call.folder}"}, arguments])]
    return [*blocks, *(_to_output(f"{label}_{name}", f"module.{label}.{name}", name) for name in call.outputs)]


def write_modules(calls: Iterable[Call]) -> dict[str, str]:
    """Give the texts of the modules that are called, by their paths."""
    folders: dict[str, list[Call]] = {}
    for call in calls:
        folders.setdefault(call.folder, []).append(call)
    return {f"{folder}/{MODULE_FILE}": _write_module(each) for folder, each in folders.items()}


def _write_module(calls: list[Call]) -> str:
    outputs = sorted({name for call in calls for name in call.outputs})
    names = sorted({*outputs, *(name for call in calls for name in call.arguments())})
    body = [_to_variable(name) for name in names]
    return emit_hcl([*body, *(_to_output(name, f"var.{name}", name) for name in outputs)])


def _to_variable(name: str) -> Block:
    return Block("variable", (name,), [{"default": None, **({"sensitive": True} if is_secret_name(name) else {})}])


def _to_output(name: str, expression: str, said: str) -> Block:
    return Block(
        "output",
        (name,),
        [{"value": Expression(expression), **({"sensitive": True} if is_secret_name(said) else {})}],
    )
