"""The functions of expressions that Nomad and Terraform share, and how they are called.

Sources: https://developer.hashicorp.com/nomad/docs/job-specification/hcl2/functions and, for those that Nomad does not have,
https://developer.hashicorp.com/terraform/language/functions. `table.py` lists them all.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.expressions import Call, Expression
from isomorph.syntax.hcl.functions.table import TABLE, TERRAFORM, UNSETTLED, Row
from isomorph.syntax.hcl.values import (
    HclFault,
    Pending,
    find_pending,
    measure,
    normal_number,
    pending,
    settled,
    to_bool,
    to_int,
    to_list,
    to_map,
    to_number,
    to_string,
)

if TYPE_CHECKING:
    from isomorph.syntax.hcl.evaluate import Evaluator

T = TypeVar("T")

_CONVERSIONS = {"s": to_string, "n": to_number, "i": to_int, "b": to_bool, "l": to_list, "m": to_map}


def call_function(evaluator: "Evaluator", call: Call) -> Any:
    """Give what a function gives; raises InvalidInput for a function that is not known and for wrong arguments."""
    name = call.name.removeprefix("core::")
    terraform = evaluator.scope.unknown != "keep"
    special = _SPECIAL.get(name) or (_OF_TERRAFORM.get(name) if terraform else None)
    if special is not None:
        return special(evaluator, call)
    if name in UNSETTLED or (terraform and name.startswith("provider::")):
        return pending(evaluator.source(call))
    row = TERRAFORM.get(name) if terraform else None
    row = row or TABLE.get(name)
    if row is None:
        raise _unknown(evaluator, call)
    arguments = [settled(evaluator.value(argument)) for argument in call.arguments]
    if call.spread:
        last = arguments.pop()
        if isinstance(last, Pending):
            return evaluator.unsettled(call, last)
        arguments.extend(to_list(last))
    for argument in arguments:
        if row.shallow:
            cause = argument if isinstance(argument, Pending) else None
        else:
            cause, size = measure(argument)
            evaluator.spend(call, size >> 3)
        if cause is not None:
            return evaluator.unsettled(call, cause)
    converted = _convert(evaluator, call, row, arguments)
    try:
        if row.module == "files":
            return _call_files(evaluator, call, row, converted)
        if row.module == "patterns":
            converted.insert(0, lambda tried: evaluator.spend(call, tried >> 3))
        result = row.load()(*converted)
    except HclFault as fault:
        raise evaluator.refuse(HclFault(f"{name}: {fault.message}", fault.hint), call) from None
    except RecursionError:
        raise evaluator.refuse(HclFault(f"{name}: a value is nested too deep", "flatten it"), call) from None
    evaluator.spend(call, len(result) >> 3 if isinstance(result, list | dict | str) else 0)
    return normal_number(result) if row.module == "numbers" and not isinstance(result, bool) else result


def _convert(evaluator: "Evaluator", call: Call, row: Row, arguments: list[Any]) -> list[Any]:
    """Bring arguments to what the function takes."""
    least, kinds, rest = row.shape()
    if len(arguments) < least or (len(arguments) > len(kinds) and not rest):
        wanted = str(least) if least == len(kinds) and not rest else f"at least {least}"
        if least < len(kinds):
            wanted = f"{least} to {len(kinds)}"
        raise evaluator.refuse(
            HclFault(f"{call.name} takes {wanted} arguments, {len(arguments)} are given", "see the function's page"),
            call,
        )
    result = []
    for index, argument in enumerate(arguments):
        kind = kinds[index] if index < len(kinds) else rest
        place = call.arguments[min(index, len(call.arguments) - 1)]
        try:
            if argument is None and kind != "a":
                raise HclFault("null where a value is needed")
            result.append(_CONVERSIONS[kind](argument) if kind in _CONVERSIONS else argument)
        except HclFault as fault:
            raise evaluator.refuse(HclFault(f"{call.name}: {fault.message}", fault.hint), place) from None
    return result


def _call_files(evaluator: "Evaluator", call: Call, row: Row, arguments: list[Any]) -> Any:
    """Read a file through the scope; without files, what they say is not settled."""
    scope = evaluator.scope
    origin = evaluator.cursor.origin(call.start)
    if row.name == "fileset":
        names = scope.list_folder
        if names is None:
            return pending(evaluator.source(call))
        return row.load()(lambda path: names(path, origin), *arguments)
    read = scope.read_file
    if read is None:
        return pending(evaluator.source(call))
    if row.name == "fileexists":
        if scope.missing is not None and arguments[0].startswith(("/", "~")):
            return pending(evaluator.source(call))
        return row.load()(lambda path: read(path, origin), *arguments)
    found = read_named(evaluator, call, arguments[0], lambda: row.load()(lambda path: read(path, origin), *arguments))
    return pending(evaluator.source(call)) if found is None else found


def read_named(evaluator: "Evaluator", call: Call, path: str, read: Callable[[], T]) -> T | None:
    """Read a file; where it is not there, None if the scope remembers such files, and nobody tries whether it is."""
    scope = evaluator.scope
    origin = evaluator.cursor.origin(call.start)
    try:
        return read()
    except FileNotFoundError:
        if scope.missing is not None and not evaluator.trying:
            scope.missing.setdefault(path, origin)
            return None
        message = f"{call.name}: file {path} does not exist"
    except OSError as error:
        message = f"{call.name}: the file cannot be read: {error.strerror}"
    raise InvalidInput(message, origin, "check the path")


def _fill_template(evaluator: "Evaluator", call: Call) -> Any:
    from isomorph.syntax.hcl.functions.templates import fill_file, fill_string

    if evaluator.scope.in_template:
        evaluator.fail(f"{call.name} in a template", call, "fill it outside, and give it to the template")
    try:
        return (fill_file if call.name.endswith("file") else fill_string)(evaluator, call)
    except HclFault as fault:
        raise evaluator.refuse(HclFault(f"{call.name}: {fault.message}", fault.hint), call) from None


def _to_sensitive(evaluator: "Evaluator", call: Call) -> Any:
    """Keep a value that is to be shown nowhere: neither it nor the text of its expression is told."""
    value = evaluator.value(_only(evaluator, call, 1)[0])
    return value if value is None or find_pending(value) is not None else pending("sensitive(…)")


def _unknown(evaluator: "Evaluator", call: Call) -> InvalidInput:
    from difflib import get_close_matches

    close = get_close_matches(call.name, [*TABLE, *UNSETTLED, *_SPECIAL], 1)
    hint = (
        f"did you mean {close[0]}?" if close else "see the list of functions in the documentation of Nomad or Terraform"
    )
    return InvalidInput(f"there is no function {call.name}", evaluator.cursor.origin(call.start), hint)


def _try(evaluator: "Evaluator", call: Call) -> Any:
    for argument in call.arguments:
        evaluator.trying += 1
        try:
            return evaluator.value(argument)
        except InvalidInput as error:
            fault = error
        finally:
            evaluator.trying -= 1
    if not call.arguments:
        evaluator.fail("try takes at least 1 argument", call)
    raise fault


def _can(evaluator: "Evaluator", call: Call) -> Any:
    argument = _only(evaluator, call, 1)[0]
    evaluator.trying += 1
    try:
        value = evaluator.value(argument)
    except InvalidInput:
        return False
    finally:
        evaluator.trying -= 1
    return evaluator.unsettled(call, value) if isinstance(value, Pending) else True


def _to_type(evaluator: "Evaluator", call: Call) -> Any:
    from isomorph.syntax.hcl.types import convert, parse_type

    value, kind = _only(evaluator, call, 2)
    result = evaluator.value(value)
    if (cause := find_pending(result)) is not None:
        return evaluator.unsettled(call, cause)
    return convert(result, parse_type(kind, evaluator.cursor))


def _only(evaluator: "Evaluator", call: Call, number: int) -> list[Expression]:
    if len(call.arguments) != number or call.spread:
        evaluator.fail(f"{call.name} takes {number} arguments, {len(call.arguments)} are given", call)
    return call.arguments


def _to_plain(evaluator: "Evaluator", call: Call) -> Any:
    """Give what is sensitive as it is: what stands for it may be shown, and it may not."""
    return evaluator.value(_only(evaluator, call, 1)[0])


_SPECIAL = {"try": _try, "can": _can, "convert": _to_type}
_OF_TERRAFORM = {
    "templatefile": _fill_template,
    "templatestring": _fill_template,
    "sensitive": _to_sensitive,
    "nonsensitive": _to_plain,
}
