"""What HCL text says once its expressions are evaluated: arguments and blocks, as trees that know where they were written."""

import msgspec

from isomorph.model.origin import Origin
from isomorph.model.text import Text
from isomorph.syntax.tree import Node, Scalar


class Interpolated(Scalar, eq=False, gc=False, kw_only=True):
    """A scalar that depends on what the given input does not settle; `parts` is what it says, placeholders among it."""

    parts: Text


class Encoded(Interpolated, eq=False, gc=False, kw_only=True):
    """A text that `jsonencode` or `yamlencode` makes; `tree` is what it says, where its parts are written and settled."""

    tree: Node


class FileText(Scalar, eq=False, gc=False, kw_only=True):
    """The text of a file, as `file` and `templatefile` give it; `file` is its path."""

    file: str


class Body(msgspec.Struct):
    """A file or what stands between the braces of a block: its arguments and its blocks, both in order.

    `keys` has where the name of each argument is written, `blocks` has what `dynamic` blocks became.
    """

    attributes: dict[str, Node]
    keys: dict[str, Origin]
    blocks: "list[Block]"
    origin: Origin


class Block(msgspec.Struct):
    """A block, `TYPE "LABEL"… { BODY }`; its origin is where its type is written."""

    type: str
    labels: tuple[str, ...]
    body: Body
    origin: Origin


def text_of(node: Scalar) -> Text:
    """Give what a scalar says as text, its placeholders kept."""
    return node.parts if isinstance(node, Interpolated) else node.text
