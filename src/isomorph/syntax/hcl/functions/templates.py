"""`templatefile` and `templatestring`: texts that are templates, in which only the given values are known.

Sources: https://developer.hashicorp.com/terraform/language/functions/templatefile and …/templatestring.
"""

from posixpath import normpath
from typing import TYPE_CHECKING, Any

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.expressions import Call
from isomorph.syntax.hcl.parse import parse_template
from isomorph.syntax.hcl.scope import Scope
from isomorph.syntax.hcl.values import Pending, pending, settled, to_map, to_string

if TYPE_CHECKING:
    from isomorph.syntax.hcl.evaluate import Evaluator


def fill_file(evaluator: "Evaluator", call: Call) -> Any:
    """Read a file and fill it."""
    from isomorph.syntax.hcl.functions import read_named

    path, values = _arguments(evaluator, call)
    read = evaluator.scope.read_file
    if isinstance(path, Pending) or isinstance(values, Pending) or read is None:
        return pending(evaluator.source(call))
    content = read_named(evaluator, call, to_string(path), lambda: read(to_string(path), _place(evaluator, call)))
    if content is None:
        return pending(evaluator.source(call))
    return _fill(evaluator, content, normpath(f"{evaluator.scope.folder}{to_string(path)}"), to_map(values))


def fill_string(evaluator: "Evaluator", call: Call) -> Any:
    """Fill a text."""
    text, values = _arguments(evaluator, call)
    if isinstance(text, Pending) or isinstance(values, Pending):
        return pending(evaluator.source(call))
    try:
        return _fill(evaluator, to_string(text), "templatestring", to_map(values))
    except InvalidInput as error:
        message = f"templatestring: {error.message}"
        raise InvalidInput(message, _place(evaluator, call), error.hint) from None


def _arguments(evaluator: "Evaluator", call: Call) -> tuple[Any, Any]:
    if len(call.arguments) != 2 or call.spread:
        evaluator.fail(f"{call.name} takes 2 arguments, {len(call.arguments)} are given", call)
    first, second = call.arguments
    return settled(evaluator.value(first)), settled(evaluator.value(second))


def _place(evaluator: "Evaluator", call: Call) -> Any:
    return evaluator.cursor.origin(call.start)


def _fill(evaluator: "Evaluator", content: bytes | str, name: str, values: dict[str, Any]) -> Any:
    """Evaluate a template; what it names and nobody gave is an error, and so is a template in it."""
    from isomorph.syntax.hcl.evaluate import Evaluator

    template, parser = parse_template(content, name)
    outer = evaluator.scope
    scope = Scope(
        unknown="refuse",
        read_file=outer.read_file,
        list_folder=outer.list_folder,
        missing=outer.missing,
        folder=outer.folder,
        in_template=True,
    )
    inner = Evaluator(parser, scope, dict(values), evaluator.account)
    inner.trying = evaluator.trying
    value = inner.value(template)
    evaluator.uses.update(inner.uses)
    return value
