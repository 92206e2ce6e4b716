"""A release that stands in a definition of another platform: a chart, and values as trees and as what is set one by one."""

from collections.abc import Callable

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, Handed
from isomorph.platforms.helm.archive import ChartFile
from isomorph.platforms.helm.given_values import GivenValues
from isomorph.platforms.helm.reader import read
from isomorph.platforms.helm.values import EMPTY, copy_tree, merge_maps
from isomorph.syntax.tree import Mapping, Node, to_data


def read_handed(handed: Handed, context: Context) -> Definition:
    """Read a chart with the values of a release; a real helm is given them as one file."""
    from isomorph.model.native import encode_json
    from isomorph.platforms.helm.set_values import set_values, text_value, typed_value

    values = EMPTY
    for tree in handed.trees:
        if isinstance(tree, Mapping):
            values = merge_maps(values, tree)
    merged = copy_tree(values)
    assert isinstance(merged, Mapping)
    for how, text, place in handed.settings:
        try:
            set_values(text, merged, _at(place, text_value if how == "set-string" else typed_value), how)
        except InvalidInput as fault:
            raise InvalidInput(fault.message, fault.origin or place, fault.hint) from None
    file = ChartFile("values.yaml", handed.origin.file, encode_json(to_data(merged)))
    return read(handed.source, context, GivenValues(merged, (file,)))


def _at(place: Origin, make: Callable[[str, Origin], Node]) -> Callable[[str, Origin], Node]:
    return lambda text, _origin: make(text, place)
