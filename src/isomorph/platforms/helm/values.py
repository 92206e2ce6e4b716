"""Values of several sources laid over each other, every one with the place where the source that won wrote it.

Source: Helm's package chart/common/util, whose coalescing this is: mappings are merged, all else is replaced, and null takes
a value away. Trees are never changed: what is laid over something gives a new tree.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.helm.chart import Chart
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

EMPTY = Mapping(Origin(""), {}, {})
GLOBAL = "global"


def merge_maps(below: Mapping, above: Mapping) -> Mapping:
    """Lay a file of values over another: null is a value here, that takes one away only when it meets a chart's."""
    entries, keys = dict(below.entries), dict(below.keys)
    for key, node in above.entries.items():
        before = entries.get(key)
        if isinstance(before, Mapping) and isinstance(node, Mapping):
            node = merge_maps(before, node)
        entries[key] = node
        keys[key] = above.keys[key]
    return Mapping(above.origin, entries, keys)


def copy_tree(node: Node) -> Node:
    """Give a tree whose collections are nobody else's."""
    if isinstance(node, Mapping):
        return Mapping(node.origin, {key: copy_tree(value) for key, value in node.entries.items()}, dict(node.keys))
    if isinstance(node, Sequence):
        return Sequence(node.origin, [copy_tree(item) for item in node.items])
    return node


def is_null(node: Node | None) -> bool:
    """Tell whether a node is there and says null."""
    return isinstance(node, Scalar) and node.value is None


def coalesce(chart: Chart, given: Mapping, keep_null: bool = False) -> Mapping:
    """Lay given values over a chart's own, and what they say of its dependencies over theirs.

    `keep_null`: what null takes away is still to be known (Helm's merging, as imported values need it).
    """
    values = _lay_over_chart(chart, given, keep_null)
    entries, keys = dict(values.entries), dict(values.keys)
    for inner in chart.charts:
        said = entries.get(inner.name, EMPTY)
        if not isinstance(said, Mapping):
            raise InvalidInput(
                f"the values of chart {inner.name} are a mapping, and here is something else",
                said.origin,
                f"write what {inner.name} is to be given, or switch it off by its condition",
            )
        said = _with_globals(said, Mapping(values.origin, entries, keys))
        entries[inner.name] = coalesce(inner, said, keep_null)
        keys.setdefault(inner.name, Scalar(inner.origin, inner.name, inner.name))
    return Mapping(values.origin, entries, keys)


def _lay_over_chart(chart: Chart, given: Mapping, keep_null: bool) -> Mapping:
    """Lay given values over what the chart itself says."""
    entries, keys = dict(given.entries), dict(given.keys)
    inner = {one.name for one in chart.charts}
    for key, own in chart.values.entries.items():
        said = entries.get(key)
        if said is None:
            if not keep_null:
                if is_null(own):
                    continue
                own = without_nulls(own)
            entries[key], keys[key] = own, chart.values.keys[key]
        elif is_null(said) and not keep_null:
            del entries[key]
        elif isinstance(said, Mapping) and isinstance(own, Mapping):
            keep = keep_null or key in inner
            cleaned = own if keep else without_nulls(own)
            assert isinstance(cleaned, Mapping)
            entries[key] = lay_over(said, cleaned, keep)
    return Mapping(given.origin if given.entries else chart.values.origin, entries, keys)


def lay_over(above: Mapping, below: Mapping, keep_null: bool = False) -> Mapping:
    """Lay one mapping over another; a null above takes what is below away, or is kept where that is still to be known."""
    entries, keys = dict(above.entries), dict(above.keys)
    for key, node in below.entries.items():
        said = entries.get(key)
        if said is None:
            entries[key], keys[key] = node, below.keys[key]
        elif is_null(said):
            if not keep_null and not is_null(node):
                del entries[key]
        elif isinstance(said, Mapping) and isinstance(node, Mapping):
            entries[key] = lay_over(said, node, keep_null)
    return Mapping(above.origin, entries, keys)


def _with_globals(said: Mapping, around: Mapping) -> Mapping:
    """Give a dependency's values with the globals of the chart around it, which win."""
    above, below = around.get(GLOBAL), said.get(GLOBAL)
    if (above is not None and not isinstance(above, Mapping)) or (below is not None and not isinstance(below, Mapping)):
        return said
    source = above if isinstance(above, Mapping) else EMPTY
    target = below if isinstance(below, Mapping) else EMPTY
    entries, keys = dict(target.entries), dict(target.keys)
    for key, node in source.entries.items():
        own = target.get(key)
        if isinstance(node, Mapping) and isinstance(own, Mapping):
            node = lay_over(node, own, keep_null=True)
        elif own is not None and (isinstance(node, Mapping) or isinstance(own, Mapping)):
            continue
        entries[key], keys[key] = node, source.keys[key]
    merged = Mapping(source.origin if source.entries else target.origin, entries, keys)
    name = around.keys.get(GLOBAL) or said.keys.get(GLOBAL) or Scalar(said.origin, GLOBAL, GLOBAL)
    return Mapping(said.origin, {**said.entries, GLOBAL: merged}, {**said.keys, GLOBAL: name})


def without_nulls(node: Node) -> Node:
    """Give a tree without its nulls, those in lists aside."""
    if not isinstance(node, Mapping):
        return node
    entries = {key: without_nulls(value) for key, value in node.entries.items() if not is_null(value)}
    return Mapping(node.origin, entries, {key: node.keys[key] for key in entries})


def find(values: Mapping, path: str) -> Node | None:
    """Give what is under a path with points."""
    node: Node | None = values
    for name in path.split("."):
        if not isinstance(node, Mapping):
            return None
        node = node.get(name)
    return node
