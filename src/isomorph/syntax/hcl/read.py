"""Text in HCL to what it says: parsed, `dynamic` blocks written out, expressions evaluated.

`variable`, `variables` and `locals` of the top level are what `var.` and `local.` mean, and no blocks of the result.
"""

from collections.abc import Iterable

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.hcl.body import Block, Body
from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.expressions import Literal, RawBlock, RawBody, Reference
from isomorph.syntax.hcl.nodes import to_node
from isomorph.syntax.hcl.parse import parse_hcl
from isomorph.syntax.hcl.scope import Scope
from isomorph.syntax.hcl.surroundings import Declared
from isomorph.syntax.hcl.values import HclFault, Pending, pending, settled, to_string
from isomorph.syntax.tree import Node, Scalar

_DECLARING = frozenset(("variable", "variables", "locals"))


def read_body(content: bytes | str, file: str, scope: Scope) -> Body:
    """Read one text; raises InvalidInput with the position of what is wrong."""
    return read_bodies([(content, file)], scope)[0]


def read_bodies(files: Iterable[tuple[bytes | str, str]], scope: Scope) -> list[Body]:
    """Read texts that share their variables and locals, as the files of a Terraform module do."""
    names: list[str] = []
    try:
        parsed = []
        for content, file in files:
            names.append(file)
            raw, parser = parse_hcl(content, file)
            parsed.append((raw, Evaluator(parser, scope, {})))
        _declare(parsed, scope)
        return [evaluate_body(raw, evaluator, top=True) for raw, evaluator in parsed]
    except RecursionError:
        raise InvalidInput(
            "a value is nested deeper than any definition needs", Origin(names[-1]), "flatten it"
        ) from None


def _declare(parsed: list[tuple[RawBody, Evaluator]], scope: Scope) -> None:
    """Evaluate variables and locals, and make them known to all texts."""
    from isomorph.syntax.hcl.variables import Names, read_locals, read_variables

    blocks = [(block, evaluator) for raw, evaluator in parsed for block in raw.blocks if block.type in _DECLARING]
    variables = read_variables([each for each in blocks if each[0].type != "locals"], scope)
    local = Names("local", scope)
    for _, evaluator in parsed:
        evaluator.names = {"var": variables, "local": local}
    read_locals([each for each in blocks if each[0].type == "locals"], scope, local)


def evaluate_body(raw: RawBody, evaluator: Evaluator, *, top: bool = False) -> Body:
    """Evaluate a body; at the top of a file, what declares names is no part of it."""
    to_origin = evaluator.cursor.origin
    attributes: dict[str, Node] = {}
    keys: dict[str, Origin] = {}
    for name, attribute in raw.attributes.items():
        value = attribute.value
        keys[name] = to_origin(attribute.start)
        if type(value) is Literal and type(value.value) is str:
            attributes[name] = Scalar(to_origin(value.start), value.value, value.value, False)
        else:
            attributes[name] = to_node(evaluator, value)
    blocks: list[Block] = []
    for block in raw.blocks:
        if block.type == "dynamic" and not top:
            blocks += _dynamic(block, evaluator)
        elif not top or block.type not in _DECLARING:
            blocks.append(Block(block.type, block.labels, evaluate_body(block.body, evaluator), to_origin(block.start)))
    return Body(attributes, keys, blocks, to_origin(raw.start))


def _dynamic(block: RawBlock, evaluator: Evaluator) -> Iterable[Block]:
    """Write out a `dynamic` block: its content, once for every element of `for_each`."""
    cursor = evaluator.cursor
    attributes = block.body.attributes
    contents = [each for each in block.body.blocks if each.type == "content"]
    if len(block.labels) != 1 or "for_each" not in attributes or len(contents) != 1:
        raise cursor.refuse(
            "a dynamic block without its type, its for_each or its content",
            block.start,
            'write `dynamic "TYPE" { for_each = …` and in it `content { … }`',
        )
    kind = block.labels[0]
    for_each = attributes["for_each"].value
    collection = settled(evaluator.value(for_each))
    if isinstance(collection, Pending):
        if evaluator.scope.unknown != "keep":
            evaluator.scope.open_blocks[cursor.origin(block.start)] = kind
            yield from _open(block, contents[0], evaluator)
            return
        hint = f"give variable {collection.variable} a value" if collection.variable else "write it out"
        evaluator.fail(f"how many blocks `{kind}` there are depends on what is not known here", for_each, hint)
    origin = cursor.origin(block.start)
    with Declared(evaluator, "", _iterator(block, evaluator) or kind) as loop:
        for key, value in evaluator.entries(collection, for_each):
            loop.declare(None, {"key": key, "value": value})
            labels = _labels(block, evaluator)
            yield Block(kind, labels, evaluate_body(contents[0].body, evaluator), origin)


def _open(block: RawBlock, content: RawBlock, evaluator: Evaluator) -> Iterable[Block]:
    """Write out the content once, for an element that only an apply tells."""
    kind = block.labels[0]
    name = _iterator(block, evaluator) or kind
    with Declared(evaluator, "", name) as loop:
        loop.declare(None, {"key": pending(f"{name}.key"), "value": pending(f"{name}.value")})
        yield Block(kind, (), evaluate_body(content.body, evaluator), evaluator.cursor.origin(block.start))


def _iterator(block: RawBlock, evaluator: Evaluator) -> str:
    attribute = block.body.attributes.get("iterator")
    if attribute is None:
        return ""
    if isinstance(attribute.value, Reference) and not attribute.value.steps:
        return attribute.value.name
    return evaluator.fail("an iterator is a name", attribute.value, "write it without quotes")


def _labels(block: RawBlock, evaluator: Evaluator) -> tuple[str, ...]:
    attribute = block.body.attributes.get("labels")
    if attribute is None:
        return ()
    values = evaluator.value(attribute.value)
    try:
        if isinstance(values, list):
            return tuple(to_string(value) for value in values)
    except HclFault:
        pass
    return evaluator.fail("the labels of a dynamic block are a list of texts that are known", attribute.value)
