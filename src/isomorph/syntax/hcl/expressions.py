"""The syntax of expressions, as the parser leaves it: each knows the offsets between which it is written.

Their meaning is that of HCL's specification (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md).
"""

from typing import Any

import msgspec

from isomorph.syntax.hcl.cursor import Cursor


class Expression(msgspec.Struct, eq=False, gc=False):
    """Something that has a value, written from `start` to before `end`."""

    start: int
    end: int


class Literal(Expression, eq=False, gc=False):
    """A number, a truth value, null, or a string without references."""

    value: Any


class Template(Expression, eq=False, gc=False):
    """A string with parts that are evaluated; one interpolation `alone` gives its value as it is."""

    parts: list[Expression]
    alone: bool = False


class TemplateIf(Expression, eq=False, gc=False):
    """`%{ if CONDITION }…%{ else }…%{ endif }`."""

    condition: Expression
    yes: Template
    no: Template


class TemplateFor(Expression, eq=False, gc=False):
    """`%{ for KEY, VALUE in COLLECTION }…%{ endfor }`."""

    key: str
    value: str
    collection: Expression
    body: Template


class Step(Expression, eq=False, gc=False):
    """One step into a value: `.name`, `.0`, `["name"]`, `[expression]`."""

    key: Expression


class Reference(Expression, eq=False, gc=False):
    """A root's name and steps that are written out: `var.image`, `env["HOME"]`.

    `around` is the whole interpolation where there is nothing else in it but blanks, `${ attr.arch }`.
    """

    name: str
    steps: list[Step]
    around: str = ""


class Traverse(Expression, eq=False, gc=False):
    """Steps into the value of another expression."""

    target: Expression
    steps: list[Step]


class Splat(Expression, eq=False, gc=False):
    """`target[*]` or `target.*`: the steps after it are made into every element."""

    target: Expression
    each: Expression


class Element(Expression, eq=False, gc=False):
    """The element that a splat is at."""


class Tuple(Expression, eq=False, gc=False):
    """`[a, b]`."""

    items: list[Expression]


class Object(Expression, eq=False, gc=False):
    """`{ a = 1, (b) : 2 }`."""

    entries: list[tuple[Expression, Expression]]


class Call(Expression, eq=False, gc=False):
    """`name(a, b…)`; `spread` says that the last argument is a list of arguments."""

    name: str
    arguments: list[Expression]
    spread: bool


class For(Expression, eq=False, gc=False):
    """`[for k, v in c : v if x]`, and where there is a `result_key`, `{for k, v in c : k => v...}`."""

    key: str
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouped: bool


class Unary(Expression, eq=False, gc=False):
    """`-a` or `!a`."""

    operator: str
    operand: Expression


class Binary(Expression, eq=False, gc=False):
    """`a + b` and its like."""

    operator: str
    left: Expression
    right: Expression


class Conditional(Expression, eq=False, gc=False):
    """`a ? b : c`."""

    condition: Expression
    yes: Expression
    no: Expression


class Embedded(Expression, eq=False, gc=False):
    """An expression of another text, by whose lines it is placed: a string of JSON, an argument of an override file."""

    inner: Expression
    cursor: Cursor


class RawAttribute(msgspec.Struct, eq=False, gc=False):
    """`name = expression`, not evaluated yet."""

    name: str
    start: int
    value: Expression


class RawBody(msgspec.Struct, eq=False, gc=False):
    """A body whose expressions are not evaluated yet."""

    start: int
    attributes: dict[str, RawAttribute]
    blocks: "list[RawBlock]"


class RawBlock(msgspec.Struct, eq=False, gc=False):
    """A block whose expressions are not evaluated yet."""

    type: str
    labels: tuple[str, ...]
    start: int
    body: RawBody
