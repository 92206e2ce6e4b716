"""The root module of a run: a block for each module, an output for each of theirs.

It says neither providers nor a backend: those belong in files beside it, which nobody but their author writes.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.platforms.module_sources import is_local
from isomorph.provisioning.contract import Module, Realised
from isomorph.syntax.hcl.emit import Block, Expression, emit_hcl

FILE = "main.tf"

_BETWEEN = "__"  # No block's name holds it, so that names of different blocks never meet.
_HEADER = """\
Written by isomorph generate, anew each time: what is changed here is lost. Providers and a backend belong in files
beside this one."""


def collect_modules(realised: Iterable[Realised]) -> dict[str, Module]:
    """Give the module blocks of all resources; raises InvalidInput where two resources would be one block."""
    modules: dict[str, Module] = {}
    for one in realised:
        for block, module in one.result.fragments.modules.items():
            if block in modules:
                uid, origin = one.resource.uid, one.resource.origin
                message = f"resource {uid} and another are both the module block {block}"
                raise InvalidInput(message, origin, "give one of them another id")
            modules[block] = module
    return modules


def write_root_module(modules: Mapping[str, Module], project: str, folder: str) -> str:
    """Give the text of main.tf in `folder`, for modules whose paths are relative to `project`.

    What waits for another module is left out; secret arguments are variables, whose values are in no file.
    """
    body: list[Block] = []
    for name in sorted(modules):
        module = modules[name]
        if module.waiting:
            continue
        body += [
            Block("variable", (variable_name(name, argument),), [{"sensitive": True}])
            for argument in sorted(module.secret_arguments)
        ]
        body.append(_to_block(name, module, project, folder))
        body += [_to_output(name, output, module) for output in module.outputs]
    return emit_hcl(body, header=_HEADER)


def _to_block(name: str, module: Module, project: str, folder: str) -> Block:
    source = {"source": to_source(module.source, project, folder)}
    if module.version:
        source["version"] = module.version
    arguments = {
        argument: Expression(f"var.{variable_name(name, argument)}") if argument in module.secret_arguments else value
        for argument, value in module.arguments.items()
    }
    return Block("module", (name,), [source, arguments])


def _to_output(name: str, output: str, module: Module) -> Block:
    body: dict[str, Any] = {"value": Expression(f"module.{name}.{output}")}
    if output in module.sensitive:
        body["sensitive"] = True
    return Block("output", (output_name(name, output),), [body])


def to_source(source: str, project: str, folder: str) -> str:
    """Give a module's source as the root module says it: paths start from its own folder, links followed."""
    if not is_local(source):
        return source
    path = os.path.relpath(os.path.realpath(os.path.join(project, source)), os.path.realpath(folder))
    path = path.replace(os.sep, "/")
    return path if is_local(path) else f"./{path}"


def output_name(block: str, output: str) -> str:
    """Name the root module's output that gives one of a module."""
    return f"{block}{_BETWEEN}{output}"


def variable_name(block: str, argument: str) -> str:
    """Name the root module's variable that gives a secret argument of a module."""
    return f"{block}{_BETWEEN}{argument}"


def list_secret_values(modules: Mapping[str, Module]) -> dict[str, Any]:
    """Give the values of the root module's variables."""
    return {
        variable_name(name, argument): module.arguments[argument]
        for name, module in sorted(modules.items())
        if not module.waiting
        for argument in sorted(module.secret_arguments)
    }
