"""A job in the API's form, `{"Job": {…}}` or the job itself, as the blocks that HCL has for it.

So that one reader reads both. Go's decoder does not mind the case of names, and neither do we.
"""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.nomad.known import JOB, STATUS, TEMPLATE, Nested, Shape
from isomorph.syntax.hcl.body import Block, Body
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

_FILLED_IN: dict[str, object] = {
    "change_mode": "restart",
    "perms": "0644",
    "splay": 5_000_000_000,
    "error_on_missing_key": False,
}


def to_file_body(root: Node) -> Body:
    """Give the body of a file that holds the job as its one block; raises InvalidInput for what is no job."""
    if not isinstance(root, Mapping):
        raise InvalidInput("this is no job: a job in JSON is a mapping", root.origin, "see `nomad job run -output`")
    inner = _find(root, "Job")
    job = inner if isinstance(inner, Mapping) else root
    name = _find(job, "ID") or _find(job, "Name")
    if not isinstance(name, Scalar) or not name.text:
        raise InvalidInput("this job has no ID", job.origin, 'add `"ID": "NAME"`')
    body = _to_body(job, JOB)
    return Body({}, {}, [Block("job", (name.text,), body, job.origin)], root.origin)


def _find(mapping: Mapping, name: str) -> Node | None:
    lowered = name.lower()
    for key, value in mapping.items():
        if key.lower() == lowered:
            return None if _is_null(value) else value
    return None


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _to_body(mapping: Mapping, shape: Shape) -> Body:
    """Give a mapping of the API as a body; what the shape does not have stays an argument of its own name."""
    body = Body({}, {}, [], mapping.origin)
    attributes = {api.lower(): name for name, api in shape.attributes.items()}
    blocks = {nested.api.lower(): name for name, nested in shape.blocks.items()}
    for key, value in mapping.items():
        lowered = key.lower()
        origin = mapping.keys[key].origin
        if _is_null(value):
            continue
        if lowered in attributes:
            name = attributes[lowered]
            silent = _is_empty(value) or (name in shape.unsaid and _is_zero(value))
            if not silent and not (shape is TEMPLATE and _is_filled_in(name, value)):
                body.attributes[name] = value
                body.keys[name] = origin
        elif lowered in blocks:
            name = blocks[lowered]
            body.blocks += _to_blocks(name, shape.blocks[name], value, origin)
        elif lowered == "reservedports":
            body.blocks += _to_blocks("port", shape.blocks["port"], value, origin)
        elif lowered == "identity" and "identity" in shape.blocks:
            body.blocks += _to_blocks("identity", shape.blocks["identity"], value, origin)
        elif not _is_label(lowered, shape) and not (shape is JOB and lowered in STATUS) and not _is_zero(value):
            body.attributes[key] = value
            body.keys[key] = origin
    return body


def _is_label(lowered: str, shape: Shape) -> bool:
    """Tell whether a name of the API is a block's label, which HCL has outside its body."""
    return lowered in ("name", "label", "value") and shape is not JOB


def _to_blocks(name: str, nested: Nested, value: Node, origin: Origin) -> list[Block]:
    if nested.form == "keyed":
        items = value.items() if isinstance(value, Mapping) else ()
        return [Block(name, (key,), _nested_body(item, nested), item.origin) for key, item in items]
    found: list[Block] = []
    for item in value.items if isinstance(value, Sequence) else [value]:
        if _is_null(item) or (isinstance(item, Mapping) and not len(item)):
            continue
        if not isinstance(item, Mapping):
            raise InvalidInput(f"`{nested.api}` holds no mapping here", item.origin, "write a mapping in braces")
        label = _find(item, nested.label) if nested.form == "labelled" else None
        labels = (label.text,) if isinstance(label, Scalar) else ()
        found.append(Block(name, labels, _nested_body(item, nested), item.origin if len(found) else origin))
    return found


def _nested_body(item: Node, nested: Nested) -> Body:
    if not isinstance(item, Mapping):
        raise InvalidInput(f"`{nested.api}` holds no mapping here", item.origin, "write a mapping in braces")
    if nested.shape is not None:
        return _to_body(item, nested.shape)
    said = {key: value for key, value in item.items() if not _is_null(value)}
    return Body(said, {key: item.keys[key].origin for key in said}, [], item.origin)


def _is_empty(node: Node) -> bool:
    """Tell whether a collection holds nothing, which in the API is the same as silence."""
    return isinstance(node, Mapping | Sequence) and not len(node)


def _is_filled_in(name: str, node: Node) -> bool:
    """Tell whether an argument of a template has what the API fills in (jobspec2.normalizeTemplates)."""
    return isinstance(node, Scalar) and name in _FILLED_IN and node.value == _FILLED_IN[name]


def _is_zero(node: Node) -> bool:
    """Tell whether a value is Go's zero value."""
    return _is_empty(node) or (isinstance(node, Scalar) and node.value in ("", 0, False))
