"""Values as trees that know where they were written.

What is written out, a map in a list, say, keeps the place of each of its parts, also where it comes through a variable, a
`merge` or a conditional; what is calculated stands where its expression stands. `via` has the places of the variables.
"""

from decimal import Decimal
from posixpath import normpath
from typing import Any

from isomorph.model.origin import Origin
from isomorph.model.text import Part, Placeholder
from isomorph.syntax.hcl.body import Encoded, FileText, Interpolated, text_of
from isomorph.syntax.hcl.evaluate import LONGEST_CHAIN, Evaluator
from isomorph.syntax.hcl.expressions import (
    Call,
    Conditional,
    Embedded,
    Expression,
    Literal,
    Object,
    Reference,
    Template,
    Traverse,
    Tuple,
)
from isomorph.syntax.hcl.scope import Use
from isomorph.syntax.hcl.surroundings import Lookup
from isomorph.syntax.hcl.values import Pending, print_number, settled, to_string
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence


def to_node(evaluator: Evaluator, expression: Expression) -> Node:
    """Evaluate an expression to a tree; raises InvalidInput where it has no value."""
    if type(expression) is Literal:
        return _scalar(expression.value, evaluator.cursor.origin(expression.start))
    kept = _BY_KIND.get(type(expression))
    node: Node | None = kept(evaluator, expression) if kept is not None else None
    return node if node is not None else _to_leaf(evaluator, expression)


def _to_leaf(evaluator: Evaluator, expression: Expression) -> Node:
    """Evaluate an expression to a tree all of which stands where the expression stands."""
    outer, evaluator.via = evaluator.via, {}
    around, evaluator.uses = evaluator.uses, {}
    value = settled(evaluator.value(expression))
    origin = evaluator.cursor.origin(expression.start)
    if evaluator.via:
        origin = Origin(origin.file, origin.line, origin.column, tuple(evaluator.via))
    node = to_tree(evaluator, value, origin, expression)
    if evaluator.uses:
        evaluator.scope.uses[node] = tuple(evaluator.uses)
        around.update(evaluator.uses)
    evaluator.via, evaluator.uses = outer, around
    return node


def to_tree(evaluator: Evaluator, value: Any, origin: Origin, expression: Expression) -> Node:
    """Give a value as a tree, all of it at one place."""
    value = settled(value)
    if isinstance(value, list):
        evaluator.spend(expression, len(value))
        return Sequence(origin, [to_tree(evaluator, item, origin, expression) for item in value])
    if isinstance(value, dict):
        evaluator.spend(expression, len(value))
        return Mapping(
            origin,
            {key: to_tree(evaluator, item, origin, expression) for key, item in value.items()},
            {key: Scalar(origin, key, key) for key in value},
        )
    return _scalar(value, origin)


def _scalar(value: Any, origin: Origin) -> Scalar:
    kind = type(value)
    if kind is str:
        return Scalar(origin, value, value, False)
    if kind is Decimal:
        return Scalar(origin, float(value), print_number(value))
    if isinstance(value, Pending):
        text = "".join(map(_spell, value.parts))
        return Interpolated(origin, text, text, False, parts=value.parts)
    return Scalar(origin, value, "null" if value is None else to_string(value))


def _spell(part: Part) -> str:
    return part if isinstance(part, str) else part.expression if isinstance(part, Placeholder) else ""


def _tuple(evaluator: Evaluator, expression: Tuple) -> Node:
    origin = evaluator.cursor.origin(expression.start)
    return Sequence(origin, [to_node(evaluator, item) for item in expression.items])


def _object(evaluator: Evaluator, expression: Object) -> Node | None:
    entries: dict[str, Node] = {}
    keys: dict[str, Scalar] = {}
    for key, value in expression.entries:
        name = key.value if type(key) is Literal else evaluator.value(key)
        if isinstance(name, Pending):
            return None
        text = name if type(name) is str else evaluator.key_text(name, key)
        keys[text] = Scalar(evaluator.cursor.origin(key.start), text, text)
        entries[text] = to_node(evaluator, value)
    return Mapping(evaluator.cursor.origin(expression.start), entries, keys)


def _parenthesis(evaluator: Evaluator, expression: Traverse) -> Node | None:
    return None if expression.steps else to_node(evaluator, expression.target)


def _template(evaluator: Evaluator, expression: Template) -> Node | None:
    """Give what one interpolation alone gives; a single value stands where the string begins."""
    if not expression.alone:
        return None
    node = to_node(evaluator, expression.parts[0])
    if isinstance(node, Scalar) and not isinstance(node, Encoded):
        origin = evaluator.cursor.origin(expression.start)
        node.origin = Origin(origin.file, origin.line, origin.column, node.origin.via)
    return node


def _reference(evaluator: Evaluator, expression: Reference) -> Node | None:
    """Give what a variable or a local holds, told from here; None where that is not a collection."""
    root = evaluator.names.get(expression.name)
    if (
        evaluator.constant
        or not isinstance(root, Lookup)
        or not expression.steps
        or type(expression.steps[0].key) is not Literal
    ):
        return None
    node = root.find_node(expression.steps[0].key.value, evaluator, expression)
    for step in expression.steps[1:]:
        key = step.key.value if type(step.key) is Literal else None
        if isinstance(node, Mapping):
            node = node.get(str(key))
        elif isinstance(node, Sequence) and isinstance(key, int) and 0 <= key < len(node):
            node = node[key]
        else:
            return None
    if node is None or (isinstance(node, Scalar) and not isinstance(node, Encoded)):
        return None
    return _retell(evaluator, node, evaluator.cursor.origin(expression.start), expression)


def _retell(evaluator: Evaluator, node: Node, place: Origin, expression: Expression) -> Node:
    """Copy a tree as it is told from a place; where its parts are written is behind it."""
    copy = _copy(evaluator, node, place, expression)
    used = evaluator.scope.uses.get(node)
    if used:
        evaluator.scope.uses[copy] = used
    return copy


def _copy(evaluator: Evaluator, node: Node, place: Origin, expression: Expression) -> Node:
    origin = _behind(place, node.origin)
    if isinstance(node, Sequence):
        evaluator.spend(expression, len(node))
        return Sequence(origin, [_retell(evaluator, item, place, expression) for item in node])
    if isinstance(node, Mapping):
        evaluator.spend(expression, len(node))
        entries = {key: _retell(evaluator, value, place, expression) for key, value in node.items()}
        keys = {key: Scalar(_behind(place, each.origin), key, key) for key, each in node.keys.items()}
        return Mapping(origin, entries, keys)
    assert isinstance(node, Scalar)
    if isinstance(node, Encoded):
        tree = _retell(evaluator, node.tree, place, expression)
        return Encoded(origin, node.value, node.text, node.plain, parts=node.parts, tree=tree)
    if isinstance(node, Interpolated):
        return Interpolated(origin, node.value, node.text, node.plain, parts=node.parts)
    return Scalar(origin, node.value, node.text, node.plain)


def _behind(place: Origin, written: Origin) -> Origin:
    via = (Origin(written.file, written.line, written.column), *written.via[: LONGEST_CHAIN - 1])
    return Origin(place.file, place.line, place.column, via)


def _conditional(evaluator: Evaluator, expression: Conditional) -> Node | None:
    """Give the chosen side, where that is a collection; of scalars, the type of both sides counts."""
    if not any(type(side) in (Tuple, Object, Reference, Call) for side in (expression.yes, expression.no)):
        return None
    condition = evaluator.value(expression.condition)
    if isinstance(condition, Pending):
        return None
    chosen = expression.yes if evaluator.truth(condition, expression.condition) else expression.no
    node = to_node(evaluator, chosen)
    return None if isinstance(node, Scalar) and not isinstance(node, Encoded) else node


def _call(evaluator: Evaluator, expression: Call) -> Node | None:
    """Put maps or lists together with all their places; what a file says stands where it says it."""
    if expression.name in ("yamldecode", "jsondecode"):
        return _decoded_file(evaluator, expression)
    if expression.name in ("yamlencode", "jsonencode"):
        return _encoded(evaluator, expression)
    if expression.name in ("file", "templatefile"):
        return _file_text(evaluator, expression)
    if expression.name not in ("merge", "concat") or expression.spread:
        return None
    kinds = Mapping if expression.name == "merge" else Sequence
    nodes = [to_node(evaluator, argument) for argument in expression.arguments]
    if not nodes or not all(isinstance(node, kinds) for node in nodes):
        return None
    origin = evaluator.cursor.origin(expression.start)
    evaluator.spend(expression, sum(len(node) for node in nodes if isinstance(node, Mapping | Sequence)))
    if kinds is Sequence:
        return Sequence(origin, [item for node in nodes if isinstance(node, Sequence) for item in node])
    merged = Mapping(origin, {}, {})
    for node in nodes:
        if isinstance(node, Mapping):
            merged.entries.update(node.entries)
            merged.keys.update(node.keys)
    return merged


def _encoded(evaluator: Evaluator, expression: Call) -> Node | None:
    """Give a text and the tree that it says; what is not settled in a part leaves the others known."""
    if evaluator.scope.unknown == "keep" or len(expression.arguments) != 1 or expression.spread:
        return None
    tree = to_node(evaluator, expression.arguments[0])
    leaf = _to_leaf(evaluator, expression)
    assert isinstance(leaf, Scalar)
    node = Encoded(leaf.origin, leaf.value, leaf.text, leaf.plain, parts=text_of(leaf), tree=tree)
    if leaf in evaluator.scope.uses:
        evaluator.scope.uses[node] = evaluator.scope.uses[leaf]
    return node


def _file_text(evaluator: Evaluator, expression: Call) -> Node | None:
    """Give the text of a file, and which file that is; None where it is not settled."""
    if evaluator.scope.unknown == "keep" or not expression.arguments or expression.spread:
        return None
    leaf = _to_leaf(evaluator, expression)
    path = evaluator.value(expression.arguments[0])
    if not isinstance(path, str) or isinstance(leaf, Interpolated) or not isinstance(leaf, Scalar):
        return leaf
    name = normpath(f"{evaluator.scope.folder}{path}")
    node = FileText(leaf.origin, leaf.value, leaf.text, leaf.plain, file=name)
    if leaf in evaluator.scope.uses:
        evaluator.scope.uses[node] = evaluator.scope.uses[leaf]
    return node


def _decoded_file(evaluator: Evaluator, expression: Call) -> Node | None:
    """Give what `yamldecode(file(PATH))` says, in the lines of that file; None where it is anything else."""
    from isomorph.syntax.hcl.functions import read_named
    from isomorph.syntax.hcl.functions.encoding import parse_decoded

    read = evaluator.scope.read_file
    inner = expression.arguments[0] if len(expression.arguments) == 1 else None
    if read is None or not isinstance(inner, Call) or inner.name != "file" or len(inner.arguments) != 1 or inner.spread:
        return None
    path = evaluator.value(inner.arguments[0])
    if not isinstance(path, str):
        return None
    place = evaluator.cursor.origin(expression.start)
    content = read_named(evaluator, inner, path, lambda: read(path, place))
    if content is None:
        return None
    name = normpath(f"{evaluator.scope.folder}{path}")
    return _tell(evaluator, parse_decoded(expression.name, content, name), place, expression)


def _tell(evaluator: Evaluator, node: Node, place: Origin, expression: Expression) -> Node:
    """Copy a tree of another language: values as HCL has them, the place of the call behind each."""
    from isomorph.syntax.hcl.functions.encoding import from_node

    origin = node.origin.through(place)
    evaluator.spend(expression)
    if isinstance(node, Mapping):
        entries = {key: _tell(evaluator, value, place, expression) for key, value in node.items()}
        keys = {key: Scalar(node.keys[key].origin if key in node.keys else origin, key, key) for key in entries}
        return Mapping(origin, entries, keys)
    if isinstance(node, Sequence):
        return Sequence(origin, [_tell(evaluator, item, place, expression) for item in node])
    return _scalar(from_node(node), origin)


def _embedded(evaluator: Evaluator, expression: Embedded) -> Node:
    with evaluator.inside(expression):
        return to_node(evaluator, expression.inner)


_BY_KIND: dict[type[Expression], Any] = {
    Embedded: _embedded,
    Tuple: _tuple,
    Object: _object,
    Traverse: _parenthesis,
    Template: _template,
    Reference: _reference,
    Conditional: _conditional,
    Call: _call,
}


def to_value(node: Node) -> Any:
    """Give the value that a tree holds."""
    if isinstance(node, Mapping):
        return {key: to_value(value) for key, value in node.items()}
    if isinstance(node, Sequence):
        return [to_value(item) for item in node]
    if isinstance(node, Interpolated) and not isinstance(node.parts, str):
        return Pending(node.parts)
    assert isinstance(node, Scalar)
    if isinstance(node.value, float):
        return Decimal(node.text)
    return node.value


def rebuild(value: Any, like: Node, uses: dict[Node, tuple[Use, ...]] | None = None) -> Node:
    """Give a tree of a value that was made of a tree, by a conversion: parts that are still there keep their places.

    What `uses` tells of the old tree it tells of the new one afterwards.
    """
    node = _rebuild(value, like, uses)
    if uses and like in uses:
        uses[node] = uses[like]
    return node


def _rebuild(value: Any, like: Node, uses: dict[Node, tuple[Use, ...]] | None) -> Node:
    value = settled(value)
    if isinstance(value, dict):
        entries = like.entries if isinstance(like, Mapping) else {}
        keys = like.keys if isinstance(like, Mapping) else {}
        return Mapping(
            like.origin,
            {key: rebuild(each, entries.get(key, like), uses) for key, each in value.items()},
            {key: keys.get(key) or Scalar(like.origin, key, key) for key in value},
        )
    if isinstance(value, list):
        items = like.items if isinstance(like, Sequence) and len(like.items) == len(value) else [like] * len(value)
        return Sequence(like.origin, [rebuild(each, item, uses) for each, item in zip(value, items, strict=True)])
    return _scalar(value, like.origin)
