"""Dependencies that nothing in the definition realises, as module blocks with their arguments and outputs.

A dependency that was read from a module goes by that module's name again. Where the module is, nobody said: it is looked for
in `modules/TYPE` of the same folder.
"""

from typing import Any

from isomorph.model.application import Dependency
from isomorph.model.secrecy import is_secret_name
from isomorph.platforms.terraform.write_names import UniqueLabels, to_label
from isomorph.platforms.terraform.write_variables import Variables
from isomorph.syntax.hcl.emit import Block, Expression, is_identifier

MODULES = "./modules"

_OWN = frozenset(("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"))
"""Arguments that a module block has for itself."""
_MODULE = "module."
VERSION = "engine_version"


def name_modules(dependencies: dict[str, Dependency]) -> dict[str, str]:
    """Give the label of each dependency's module block, by its uid."""
    labels = UniqueLabels()
    named: dict[str, str] = {}
    for uid, dependency in dependencies.items():
        own = uid.removeprefix(_MODULE) if uid.startswith(_MODULE) else dependency.id or uid.rpartition("#")[2]
        named[uid] = labels.take("", to_label(own, to_label(dependency.type, "dependency")))
    return named


def source_of(dependency: Dependency) -> str:
    """Give where the module of a dependency is looked for."""
    return f"{MODULES}/{to_label(dependency.type, 'dependency')}"


def write_module(label: str, dependency: Dependency, outputs: list[str], variables: Variables) -> list[Block]:
    """Give a module block, and an output of the root module for each output that is used."""
    arguments: dict[str, Any] = {VERSION: dependency.version} if dependency.version else {}
    for name, value in (dependency.parameters or {}).items():
        if not is_identifier(name) or name in _OWN:
            continue
        secret = is_secret_name(name) and value is not None
        arguments[name] = Expression(variables.add_secret(f"{label}_{name}", value)) if secret else value
    blocks = [Block("module", (label,), [{"source": source_of(dependency)}, arguments])]
    for output in outputs:
        body: dict[str, Any] = {"value": Expression(f"module.{label}.{output}")}
        if is_secret_name(output):
            body["sensitive"] = True
        blocks.append(Block("output", (f"{label}_{output}",), [body]))
    return blocks


def list_unsaid(dependency: Dependency) -> list[str]:
    """Give the parameters that no argument of a module can be called."""
    return [name for name in dependency.parameters or {} if not is_identifier(name) or name in _OWN]
