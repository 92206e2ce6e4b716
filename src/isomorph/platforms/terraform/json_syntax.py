"""Terraform's JSON (`*.tf.json`) to the same syntax as its own language has: objects to blocks, strings to templates.

Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from collections.abc import Iterator

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.encoding import decode
from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.expressions import (
    Embedded,
    Expression,
    Literal,
    Object,
    RawAttribute,
    RawBlock,
    RawBody,
    Tuple,
)
from isomorph.syntax.hcl.nodes import to_value
from isomorph.syntax.hcl.parse import parse_expression, parse_template
from isomorph.syntax.jsontext import parse_json
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "provider": 1, "variable": 1, "output": 1, "module": 1, "check": 1}
_INNER = frozenset(("lifecycle", "provisioner", "connection", "validation", "precondition", "postcondition", "dynamic"))
"""What is a block in a block, whatever the provider."""
_REFERENCES = frozenset(("depends_on", "provider", "providers", "type", "ignore_changes", "replace_triggered_by"))
"""Arguments whose strings are names or types, not texts."""


class _Place(Cursor):
    """The text of one string of a JSON file; all of it is where the string is."""

    def __init__(self, text: str, origin: Origin) -> None:
        super().__init__(text, origin.file)
        self.place = origin

    def origin(self, at: int) -> Origin:
        return self.place


def parse_json_file(content: bytes, file: str) -> tuple[RawBody, Cursor]:
    """Read a file; raises InvalidInput for what is no JSON, or no configuration in it."""
    text = decode(content, file)
    cursor = Cursor(text, file)
    roots = parse_json(text, file)
    if len(roots) != 1 or isinstance(roots[0], Scalar):
        raise InvalidInput("a file of Terraform in JSON is one object", Origin(file), "write { … }")
    converter = _Converter(cursor)
    root = RawBody(0, {}, [])
    for mapping in converter.objects(roots[0]):
        for kind, node in mapping.items():
            if kind != "//":
                root.blocks += converter.blocks(kind, (), mapping.keys[kind], node, _LABELS.get(kind, 0))
    return root, cursor


class _Converter:
    """Gives the syntax for the nodes of one file."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor

    def start(self, node: Node) -> int:
        """Give the offset at which a node is written."""
        return self.cursor.starts[node.origin.line - 1] + node.origin.column - 1

    def objects(self, node: Node) -> Iterator[Mapping]:
        """Give the objects in a node: itself, or those of a list."""
        if isinstance(node, Mapping):
            yield node
        elif isinstance(node, Sequence):
            for item in node:
                yield from self.objects(item)
        elif not isinstance(node, Scalar) or node.value is not None:
            raise InvalidInput("a single value where a block belongs", node.origin, "write an object, { … }")

    def blocks(self, kind: str, labels: tuple[str, ...], key: Scalar, node: Node, wanted: int) -> Iterator[RawBlock]:
        """Give the blocks of a type, whose labels are keys of objects in each other."""
        for mapping in self.objects(node):
            if len(labels) < wanted:
                for label, inner in mapping.items():
                    if label != "//":
                        yield from self.blocks(kind, (*labels, label), mapping.keys[label], inner, wanted)
            else:
                yield RawBlock(kind, labels, self.start(key), self.body(mapping, kind))

    def body(self, mapping: Mapping, kind: str) -> RawBody:
        body = RawBody(self.start(mapping), {}, [])
        for name, node in mapping.items():
            key = mapping.keys[name]
            if name == "//":
                continue
            if name in _INNER and kind != "locals":
                wanted = 1 if name in ("provisioner", "dynamic") else 0
                body.blocks += self.blocks(name, (), key, node, wanted)
            elif kind == "dynamic" and name == "content":
                body.blocks += self.blocks(name, (), key, node, 0)
            else:
                value = self.name(node) if name in _REFERENCES and kind != "locals" else self.expression(node)
                if kind == "dynamic" and name == "iterator":
                    value = self.name(node)
                body.attributes[name] = RawAttribute(name, self.start(key), value)
        return body

    def expression(self, node: Node) -> Expression:
        """Give what a value means where it may hold templates."""
        start = self.start(node)
        if isinstance(node, Sequence):
            return Tuple(start, start + 1, [self.expression(item) for item in node])
        if isinstance(node, Mapping):
            entries = [(self.expression(node.keys[key]), self.expression(value)) for key, value in node.items()]
            return Object(start, start + 1, entries)
        assert isinstance(node, Scalar)
        if isinstance(node.value, str) and ("${" in node.value or "%{" in node.value):
            return self.embed(node, template=True)
        return Literal(start, start + 1, to_value(node))

    def name(self, node: Node) -> Expression:
        """Give what a value means whose strings are expressions: `"aws_instance.web"`, `"list(string)"`."""
        start = self.start(node)
        if isinstance(node, Sequence):
            return Tuple(start, start + 1, [self.name(item) for item in node])
        if isinstance(node, Mapping):
            entries = [(Literal(self.start(node.keys[key]), start, key), self.name(each)) for key, each in node.items()]
            return Object(start, start + 1, list(entries))
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self.embed(node, template="${" in node.value)
        return self.expression(node)

    def embed(self, node: Scalar, *, template: bool) -> Expression:
        start = self.start(node)
        try:
            inner, parser = (parse_template if template else parse_expression)(node.text, self.cursor.file)
        except InvalidInput as error:
            raise InvalidInput(error.message, node.origin, error.hint) from None
        return Embedded(start, start + 1, inner, _Place(parser.text, node.origin))
