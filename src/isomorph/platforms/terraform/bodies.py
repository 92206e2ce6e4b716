"""Bodies as trees: arguments by their names, the blocks of a type as a list of mappings."""

from collections.abc import Iterator

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.terraform.folder import Declared
from isomorph.platforms.terraform.module import BlockList
from isomorph.syntax.hcl.body import Body
from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.expressions import Embedded, Expression, Literal, RawBody, Reference, Traverse, Tuple
from isomorph.syntax.hcl.read import evaluate_body
from isomorph.syntax.hcl.values import print_key, print_step
from isomorph.syntax.tree import Mapping, Node, Scalar


def own_part(body: RawBody, names: frozenset[str], blocks: frozenset[str]) -> RawBody:
    """Give a body without what Terraform itself reads in it."""
    attributes = {name: each for name, each in body.attributes.items() if name not in names}
    return RawBody(body.start, attributes, [each for each in body.blocks if each.type not in blocks])


def body_of(raw: RawBody, evaluator: Evaluator, origin: Origin) -> Mapping:
    """Evaluate a body to a mapping, which is where its block is written."""
    return _to_mapping(evaluate_body(raw, evaluator), origin)


def _to_mapping(body: Body, origin: Origin) -> Mapping:
    entries: dict[str, Node] = dict(body.attributes)
    keys = {name: Scalar(place, name, name) for name, place in body.keys.items()}
    for block in body.blocks:
        inner: Mapping = _to_mapping(block.body, block.origin)
        for label in reversed(block.labels):
            inner = Mapping(block.origin, {label: inner}, {label: Scalar(block.origin, label, label)})
        known = entries.get(block.type)
        if isinstance(known, BlockList):
            known.items.append(inner)
        elif known is not None:
            message = f"{block.type} is both an argument and a block here"
            raise InvalidInput(message, block.origin, "keep one of the two")
        else:
            entries[block.type] = BlockList(block.origin, [inner])
            keys[block.type] = Scalar(block.origin, block.type, block.type)
    return Mapping(origin, entries, keys)


def literal_of(declared: Declared, name: str) -> tuple[str, Origin]:
    """Give an argument that Terraform wants written out, and where it is."""
    attribute = declared.attributes.get(name)
    if attribute is None:
        label = " ".join(declared.block.labels)
        raise InvalidInput(f"{declared.block.type} {label} without {name}", declared.origin, f'add `{name} = "…"`')
    value = attribute.value
    place = declared.cursor.origin(value.start)
    if isinstance(value, Embedded):
        place = value.cursor.origin(value.inner.start)
        value = value.inner
    if isinstance(value, Literal) and isinstance(value.value, str):
        return value.value, place
    raise InvalidInput(f"{name} is a text that is written out", place, "write it in quotes, without `${`")


def reference_text(expression: Expression) -> str:
    """Give a reference as an address: `aws.west`, `module.a`."""
    if isinstance(expression, Embedded):
        return reference_text(expression.inner)
    if isinstance(expression, Traverse):
        return reference_text(expression.target)
    if isinstance(expression, Literal):
        return str(expression.value)  # The form of old: provider = "aws.west".
    if not isinstance(expression, Reference):
        return ""
    text = expression.name
    for step in expression.steps:
        key = step.key.value if isinstance(step.key, Literal) else None
        if isinstance(key, str):
            text += print_step(key)
        elif isinstance(key, int):
            text += f"[{print_key(key)}]"
    return text


def depended_on(expression: Expression, cursor: Cursor) -> Iterator[str]:
    """Give the addresses in a `depends_on`."""
    if isinstance(expression, Embedded):
        yield from depended_on(expression.inner, expression.cursor)
    elif isinstance(expression, Tuple):
        for item in expression.items:
            text = reference_text(item)
            if not text:
                raise cursor.refuse("depends_on names resources and modules", item.start, "write TYPE.NAME")
            yield text
    else:
        raise cursor.refuse("depends_on is a list of resources and modules", expression.start, "write [TYPE.NAME]")
