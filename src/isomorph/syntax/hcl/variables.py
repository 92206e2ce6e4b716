"""`variable`, `variables` and `locals`: what `var.NAME` and `local.NAME` stand for.

Sources: https://developer.hashicorp.com/nomad/docs/job-specification/hcl2/variables and …/hcl2/locals; Terraform's are alike.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder
from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.expressions import Expression, Literal, RawAttribute, RawBlock, Reference
from isomorph.syntax.hcl.nodes import rebuild, to_node, to_value
from isomorph.syntax.hcl.parse import parse_expression, parse_hcl
from isomorph.syntax.hcl.scope import Given, Scope, Use
from isomorph.syntax.hcl.surroundings import Lookup
from isomorph.syntax.hcl.types import ANY, Type, convert, parse_type
from isomorph.syntax.hcl.values import HclFault, Pending, key_of, to_string, type_name
from isomorph.syntax.tree import Mapping, Node


class Names(Lookup):
    """The variables or the locals of a definition: their values, and the trees in which those are written."""

    def __init__(self, kind: str, scope: Scope) -> None:
        self.kind = kind
        self.scope = scope
        self.values: dict[str, Any] = {}
        self.nodes: dict[str, Node] = {}
        self.unset: set[str] = set()

    def find(self, key: Any, evaluator: Evaluator, expression: Expression) -> Any:
        if key not in self.values:
            self.refuse(key, evaluator, expression)
        node = self.nodes.get(key)
        if node is not None:
            evaluator.use(Origin(node.origin.file, node.origin.line, node.origin.column), *node.origin.via)
        if key in self.unset:
            self.scope.unset.setdefault(key, evaluator.cursor.origin(expression.start))
        return self.values[key]

    def find_node(self, key: Any, evaluator: Evaluator, expression: Expression) -> Node | None:
        return self.nodes.get(key)

    def whole(self) -> Any:
        return dict(self.values)

    def refuse(self, key: Any, evaluator: Evaluator, expression: Expression) -> None:
        if self.kind == "variable":
            evaluator.fail(
                f"variable {key} is not declared", expression, f'add `variable "{key}" {{ … }}`, or correct the name'
            )
        evaluator.fail(f"local {key} is not declared", expression, "add it to `locals { … }`, or correct the name")


class Declaration(msgspec.Struct):
    """A variable: where it is declared, and with what."""

    name: str
    block: RawBlock | None
    origin: Origin
    evaluator: Evaluator
    default: RawAttribute | None
    kind: Type | None


def read_variables(blocks: Iterable[tuple[RawBlock, Evaluator]], scope: Scope) -> Names:
    """Give the variables that blocks declare, with the values given to them; raises InvalidInput for wrong ones."""
    names = Names("variable", scope)
    declared: dict[str, Declaration] = {}
    for block, evaluator in blocks:
        for declaration in read_declarations(block, evaluator):
            first = declared.setdefault(declaration.name, declaration)
            if first is not declaration:
                raise InvalidInput(
                    f"variable {declaration.name} is declared twice, first at {first.origin}",
                    declaration.origin,
                    "remove one",
                )
    for name, given in scope.given.items():
        if name not in declared and not given.from_environment:
            raise InvalidInput(
                f"a value is given to variable {name}, which is not declared",
                given.origin,
                f'add `variable "{name}" {{ … }}`, or correct the name',
            )
    for name, declaration in declared.items():
        node = value_of(declaration, scope.given.get(name))
        if node is None:
            names.unset.add(name)
            names.values[name] = Pending((Placeholder(f"${{var.{name}}}", name),))
        else:
            names.nodes[name], names.values[name] = node
    for declaration in declared.values():
        _validate(declaration, names)
    return names


def read_declarations(block: RawBlock, evaluator: Evaluator) -> Iterable[Declaration]:
    """Give the variables that a block declares."""
    cursor = evaluator.cursor
    if block.type == "variables":
        for name, attribute in block.body.attributes.items():
            yield Declaration(name, None, cursor.origin(attribute.start), evaluator, attribute, None)
        return
    if len(block.labels) != 1:
        raise cursor.refuse("a variable has one name", block.start, 'write `variable "NAME" { … }`')
    attributes = block.body.attributes
    written = attributes.get("type")
    kind = parse_type(written.value, cursor) if written else None
    yield Declaration(block.labels[0], block, cursor.origin(block.start), evaluator, attributes.get("default"), kind)


def value_of(
    declaration: Declaration, given: Given | None, uses: dict[Node, tuple[Use, ...]] | None = None
) -> tuple[Node, Any] | None:
    """Give a variable's value as a tree and as it is, or None where nobody gives it one."""
    default: Any = None
    node: Node | None = None
    if declaration.default is not None:
        node = _constant(declaration.evaluator, declaration.default.value)
        default = to_value(node)
    kind = declaration.kind or ANY
    if given is not None:
        if declaration.kind is None and default is not None and type_name(default) in ("string", "number", "bool"):
            kind = Type(type_name(default))
        node = _read_given(declaration, given, kind, default)
    if node is None:
        return None
    try:
        value = to_value(node)
        converted = convert(value, kind)
    except HclFault as fault:
        hint = "give it a value of its type" if given is not None else "correct the default or the type"
        raise InvalidInput(f"variable {declaration.name}: {fault.message}", node.origin, hint) from None
    return (node, converted) if key_of(converted) == key_of(value) else (rebuild(converted, node, uses), converted)


def _constant(evaluator: Evaluator, expression: Expression) -> Node:
    evaluator.constant = True
    try:
        return to_node(evaluator, expression)
    finally:
        evaluator.constant = False


def _read_given(declaration: Declaration, given: Given, kind: Type, default: Any) -> Node:
    """Read a value from outside; a text is an expression where the type is a collection."""
    if isinstance(given.value, Node):
        return given.value
    plain = kind.name in ("string", "number", "bool") or (
        kind.name in ("any", "dynamic") and not isinstance(default, list | dict)
    )
    if plain:
        return rebuild(given.value, _at(given.origin))
    try:
        expression, parser = parse_expression(given.value, given.origin.file)
        node = _constant(Evaluator(parser, Scope(), {}), expression)
    except InvalidInput as error:
        raise InvalidInput(
            f"the value given to variable {declaration.name} cannot be read: {error.message}", given.origin, error.hint
        ) from None
    return rebuild(to_value(node), _at(given.origin))


def _at(origin: Origin) -> Node:
    return Mapping(origin, {}, {})


def _validate(declaration: Declaration, names: Names) -> None:
    """Hold a variable's value against its `validation` blocks."""
    if declaration.block is None or declaration.name in names.unset:
        return
    evaluator = declaration.evaluator
    for block in declaration.block.body.blocks:
        condition = block.body.attributes.get("condition") if block.type == "validation" else None
        if condition is None:
            continue
        outer, evaluator.names = evaluator.names, {**evaluator.names, "var": names}
        try:
            value = evaluator.value(condition.value)
            message = block.body.attributes.get("error_message")
            reason = evaluator.value(message.value) if message is not None else None
        finally:
            evaluator.names = outer
        if not isinstance(value, Pending) and not evaluator.truth(value, condition.value):
            raise InvalidInput(
                f"variable {declaration.name} has a value that is not valid: {reason or 'its condition is false'}",
                names.nodes[declaration.name].origin,
                f"the condition is at {evaluator.cursor.origin(condition.start)}",
            )


def read_locals(blocks: Iterable[tuple[RawBlock, Evaluator]], scope: Scope, into: Names) -> None:
    """Evaluate the locals that blocks declare, each after those it uses; raises InvalidInput where they go in a circle."""
    declared: dict[str, tuple[RawAttribute, Evaluator]] = {}
    for block, evaluator in blocks:
        for name, attribute in block.body.attributes.items():
            if name in declared:
                first, where = declared[name]
                place = where.cursor.origin(first.start)
                evaluator.fail(
                    f"local {name} is declared twice, first at {place}", attribute.value, "remove one of the two"
                )
            declared[name] = attribute, evaluator
    for name in _in_order(declared):
        attribute, evaluator = declared[name]
        into.nodes[name] = to_node(evaluator, attribute.value)
        into.values[name] = evaluator.value(attribute.value)


def _in_order(declared: dict[str, tuple[RawAttribute, Evaluator]]) -> list[str]:
    """Give the names of locals, each after those that it uses."""
    done: dict[str, None] = {}
    for start in declared:
        path: dict[str, list[str]] = {}
        open_names = [start]
        while open_names:
            name = open_names[-1]
            if name in done:
                open_names.pop()
                continue
            if name not in path:
                attribute, _ = declared[name]
                path[name] = [each for each in _used(attribute.value, declared) if each not in done]
            waiting = path[name]
            while waiting and waiting[-1] in done:
                waiting.pop()
            if not waiting:
                done[name] = None
                del path[name]
                open_names.pop()
            elif waiting[-1] in path:
                circle = [*list(path)[list(path).index(waiting[-1]) :], waiting[-1]]
                attribute, evaluator = declared[name]
                evaluator.fail(
                    f"locals use each other in a circle: {' -> '.join(circle[:10])}", attribute.value, "cut the circle"
                )
            else:
                open_names.append(waiting[-1])
    return list(done)


def _used(expression: Expression, declared: Iterable[str]) -> list[str]:
    """Give the locals that an expression names; all of them where it asks for `local` as a whole."""
    found: dict[str, None] = {}
    open_values: list[Any] = [expression]
    while open_values:
        each = open_values.pop()
        if isinstance(each, Reference) and each.name == "local":
            key = each.steps[0].key.value if each.steps and isinstance(each.steps[0].key, Literal) else None
            found.update(dict.fromkeys(declared if key is None else [to_string(key)]))
        if isinstance(each, Expression):
            open_values.extend(getattr(each, field) for field in each.__struct_fields__)
        elif isinstance(each, list | tuple):
            open_values.extend(each)
    known = set(declared)
    return [name for name in found if name in known]


def read_variable_file(content: bytes | str, file: str) -> dict[str, Given]:
    """Give what a file of values says, in HCL or in JSON; raises InvalidInput for what is neither."""
    if file.endswith(".json"):
        return _read_json(content, file)
    raw, parser = parse_hcl(content, file)
    if raw.blocks:
        raise parser.refuse("a block in a file of values", raw.blocks[0].start, "write `NAME = VALUE`")
    evaluator = Evaluator(parser, Scope(), {})
    nodes = {name: _constant(evaluator, attribute.value) for name, attribute in raw.attributes.items()}
    return {name: Given(node, node.origin) for name, node in nodes.items()}


def _read_json(content: bytes | str, file: str) -> dict[str, Given]:
    from isomorph.syntax.encoding import decode
    from isomorph.syntax.jsontext import parse_json

    roots = parse_json(decode(content, file), file)
    if len(roots) != 1 or not isinstance(roots[0], Mapping):
        raise InvalidInput("a file of values is one map of names to values", Origin(file), 'write { "NAME": VALUE }')
    return {name: Given(node, node.origin) for name, node in roots[0].items()}
