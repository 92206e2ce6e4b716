"""A state that is not as isomorph wrote it: read as YAML, since people edit, and said where it is wrong."""

import re
from typing import Any, TypeVar

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Mapping, Node, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

Text = TypeVar("Text")
_CONFLICT = re.compile(rb"^(<{7} |>{7} )", re.MULTILINE)
_STEP = re.compile(r"\.([A-Za-z_]+)|\[(\d+)\]")
_HINT = "restore the file as isomorph wrote it"


def parse_slowly(content: bytes, file: str, whole: type[Text], environment: type[Any], resource: type[Any]) -> Text:
    """Read a state as YAML; raises InvalidInput at the position of what is wrong.

    `environment` and `resource` are the parts of `whole`: a fault is looked for in the smallest part that has it.
    """
    conflict = _CONFLICT.search(content)
    if conflict:
        line = content.count(b"\n", 0, conflict.start()) + 1
        raise InvalidInput(
            "two versions of the state are not merged yet", Origin(file, line), "resolve the conflict, then go on"
        )
    root = parse_one(content, file, Dialect.COMPOSE).root
    if not isinstance(root, Mapping):
        raise InvalidInput("this is no state of isomorph", root.origin if root else Origin(file), _HINT)
    schema = to_data(root.get("schema"))
    try:
        if isinstance(schema, str) and schema.startswith("isomorph.state/") and schema != "isomorph.state/v1":
            return whole(schema=schema)  # type: ignore[call-arg] # A schema to come: its reader says so.
        return msgspec.convert(to_data(root), whole)
    except msgspec.ValidationError as error:
        environments = root.get("environments")
        if isinstance(environments, Mapping):
            for node in environments.entries.values():
                resources = node.get("resources") if isinstance(node, Mapping) else None
                if isinstance(resources, Mapping):
                    for part in resources.entries.values():
                        _check(part, resource)
                _check(node, environment)
        raise _to_fault(error, root) from None


def _check(node: Node, kind: type[Any]) -> None:
    try:
        msgspec.convert(to_data(node), kind)
    except msgspec.ValidationError as error:
        raise _to_fault(error, node) from None


def _to_fault(error: msgspec.ValidationError, node: Node) -> InvalidInput:
    """Give a validation fault with its position: as deep as its path names fields."""
    reason, _, path = str(error).partition(" - at `$")
    for field, index in _STEP.findall(path.partition("[...]")[0]):
        if isinstance(node, Mapping) and field in node:
            node = node[field]
        elif isinstance(node, Sequence) and index and int(index) < len(node.items):
            node = node.items[int(index)]
    return InvalidInput(f"no state of isomorph: {reason}", node.origin, _HINT)
