"""Modules that create nothing: they hand what they are given on, until one that creates the thing takes their place.

The writer writes one for each dependency that nobody provides (write_modules.py), in `modules/TYPE`. Read again, what it
stands for is a dependency still, and not the variables that are handed through it.
"""

from isomorph.platforms.terraform.bodies import reference_text
from isomorph.platforms.terraform.dependencies.entry import Entry
from isomorph.platforms.terraform.dependencies.values import find_node, is_open, plain
from isomorph.platforms.terraform.folder import Declared, Folder
from isomorph.platforms.terraform.module import CalledModule
from isomorph.syntax.hcl.expressions import Literal

VERSION = "engine_version"
"""The argument that says a dependency's version."""
_FOLDER = "./modules"
_OF_VARIABLES = frozenset(("default", "sensitive"))
_OF_OUTPUTS = frozenset(("value", "sensitive"))


def hands_on(source: str, folder: Folder) -> bool:
    """Tell whether a called module is one of `modules/TYPE` that has variables, the same names as outputs, and no more."""
    if source.rpartition("/")[0] != _FOLDER or folder.resources or folder.modules or folder.locals or folder.providers:
        return False
    return all(_may_be_left_out(each) for each in folder.variables.values()) and all(
        _is_variable(name, each) for name, each in folder.outputs.items()
    )


def _may_be_left_out(variable: Declared) -> bool:
    default = variable.attributes.get("default")
    return (
        default is not None
        and isinstance(default.value, Literal)
        and default.value.value is None
        and _OF_VARIABLES.issuperset(variable.attributes)
        and not variable.block.body.blocks
    )


def _is_variable(name: str, output: Declared) -> bool:
    value = output.attributes.get("value")
    return (
        value is not None and reference_text(value.value) == f"var.{name}" and _OF_OUTPUTS.issuperset(output.attributes)
    )


def entry_of(called: CalledModule) -> Entry | None:
    """Give the row of the dependency that a module which hands on stands for, as the table has them for others."""
    if called.handed is None:
        return None
    said = {name: node for name in called.arguments if (node := find_node(called.arguments, name)) is not None}
    return Entry(
        kinds=(called.source,),
        type=called.source.rpartition("/")[2],
        name="",
        version=VERSION,
        parameters={name: name for name, node in said.items() if name != VERSION and not is_open(plain(node))},
        outputs={name: name for name in called.handed},
    )
