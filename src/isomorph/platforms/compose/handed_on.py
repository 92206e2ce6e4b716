"""A project that a reader of another platform made of its own words, as one tree; nothing in it is interpolated."""

from isomorph.model.application import Definition
from isomorph.platforms.compose.environment import Environment
from isomorph.platforms.compose.interpolation import Interpolated
from isomorph.platforms.compose.loading import Loader
from isomorph.platforms.compose.reader import read_project
from isomorph.platforms.compose.reading import Reading
from isomorph.platforms.compose.schema import check_shape
from isomorph.platforms.context import Context, Handed
from isomorph.syntax.hcl.body import Interpolated as Open
from isomorph.syntax.tree import Mapping, Node, Sequence


def read_handed(handed: Handed, context: Context) -> Definition:
    """Read a project; paths in it are seen from the source's folder."""
    root = _with_parts(handed.trees[0])
    assert isinstance(root, Mapping)
    check_shape(root)
    return read_project(Reading(context, root, handed.source.path, Environment({})), Loader(context), None)


def _with_parts(node: Node) -> Node:
    """Give a tree in which what is not settled is what Compose's variables without values are."""
    if isinstance(node, Mapping):
        return Mapping(node.origin, {key: _with_parts(each) for key, each in node.items()}, node.keys)
    if isinstance(node, Sequence):
        return Sequence(node.origin, [_with_parts(item) for item in node])
    if isinstance(node, Open):
        return Interpolated(node.origin, node.text, node.text, False, parts=node.parts)
    return node
