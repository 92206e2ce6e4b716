"""Variables: their defaults, and what is given to them brought to their types.

`validation` blocks are not run: whether a value is a good one is for Terraform to say.
"""

from isomorph.model.errors import InvalidInput
from isomorph.platforms.terraform.folder import Declared
from isomorph.platforms.terraform.names import Known
from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.expressions import Literal
from isomorph.syntax.hcl.nodes import rebuild
from isomorph.syntax.hcl.scope import Given, Use
from isomorph.syntax.hcl.types import ANY, convert
from isomorph.syntax.hcl.values import HclFault
from isomorph.syntax.hcl.variables import Declaration, read_declarations, value_of
from isomorph.syntax.tree import Node


def read_variable(declared: Declared, evaluator: Evaluator, given: Given | None) -> Known | None:
    """Give the value of a root module's variable, None where nobody gives one."""
    found = value_of(_declaration(declared, evaluator), given)
    if found is None:
        return None
    node, value = found
    if value is None and given is not None and not _takes_null(declared):
        return default_of(declared, evaluator)
    return Known(value, node)


def default_of(declared: Declared, evaluator: Evaluator) -> Known | None:
    """Give a variable's default."""
    found = value_of(_declaration(declared, evaluator), None)
    return Known(found[1], found[0]) if found is not None else None


def to_type(known: Known, declared: Declared, evaluator: Evaluator, uses: dict[Node, tuple[Use, ...]]) -> Known | None:
    """Bring an argument to the type of a module's variable; null is the default where the variable takes no null."""
    if known.value is None and not _takes_null(declared):
        return default_of(declared, evaluator)
    declaration = _declaration(declared, evaluator)
    assert known.node is not None
    try:
        value = convert(known.value, declaration.kind or ANY)
    except HclFault as fault:
        message = f"variable {declaration.name} of the module: {fault.message}"
        raise InvalidInput(message, known.node.origin, f"its type is at {declaration.origin}") from None
    return Known(value, rebuild(value, known.node, uses), known.uses)


def _declaration(declared: Declared, evaluator: Evaluator) -> Declaration:
    return next(iter(read_declarations(declared.block, evaluator)))


def _takes_null(declared: Declared) -> bool:
    attribute = declared.attributes.get("nullable")
    return not (attribute is not None and isinstance(attribute.value, Literal) and attribute.value.value is False)
