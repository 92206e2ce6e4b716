"""Configurations in memory, read; values as plain data, what is not settled in the form it is printed in."""

from typing import Any

from isomorph.model.text import print_text
from isomorph.platforms.terraform.module import CalledModule, Module, Resource
from isomorph.platforms.terraform.root import read_module
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence
from tests.memory_context import memory_context, source


def read(
    files: dict[str, str] | str, *, path: str = "infra", shell: dict[str, str] | None = None, **options: Any
) -> Module:
    """Read a configuration: its main.tf, or the files of its folder (those with a `/` are elsewhere)."""
    files = {"main.tf": files} if isinstance(files, str) else files
    placed = {name if name.startswith("/") else f"infra/{name}": content for name, content in files.items()}
    return read_module(source(path, **options), memory_context(placed, environment=shell))


def plain(node: Node | None) -> Any:
    """Give a tree as plain data."""
    if isinstance(node, Interpolated):
        return print_text(node.parts)
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node]
    return node.value if isinstance(node, Scalar) else None


def body(module: Module, address: str) -> Any:
    """Give the arguments of a resource or of a called module."""
    found = module.find(address)
    if isinstance(found, CalledModule):
        return plain(found.arguments)
    assert isinstance(found, Resource), address
    return plain(found.body)


def output(module: Module, name: str = "x") -> Any:
    return plain(module.outputs[name].value)


def told(module: Module) -> list[str]:
    """Give the diagnostics, each with its code and place."""
    return [f"{each.origin}: {each.code}: {each.message}" for each in module.diagnostics]
