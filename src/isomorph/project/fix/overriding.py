"""The edits that say in an environment's overrides what its Score file says for all of them."""

from collections.abc import Iterator
from typing import Any

from isomorph.drift.finding import Finding
from isomorph.model.origin import Origin
from isomorph.project.fix.transplanting import Way, add_on_way, chain_to, compose_text, end_of


def propose_override(
    finding: Finding, origin: Origin | None, base: str, edited: str, text: str
) -> Iterator[tuple[int, str]]:
    """Give the places and lines that add to overrides what an edit makes of a Score file.

    `base` and `edited` are the Score file without and with it, `text` the overrides.
    """
    path = _find_variable(finding.subject, base, edited) if finding.rule == "variable.missing" else None
    if path is None:
        path = chain_to(edited, origin) if origin is not None else []
    keys = path[1::2]
    name = _name_of(next(iter(compose_text(base)), None))
    if not path or not name or not all(isinstance(key, str) for key in keys):
        return
    node = path[-1]
    value = edited[node.start_mark.index : end_of(node, edited)]
    way = Way(1, tuple(keys), False, ((),) * len(keys), value, node.start_mark.column)
    for document in compose_text(text):
        if _name_of(document) == name:
            start = document.value[0][0].start_mark
            added = add_on_way(text, Origin("", start.line + 1, start.column + 1), way)
            if added is not None:
                yield added[0], added[2]
            return
    lines = "".join(f"\n{'  ' * depth}{key}:" for depth, key in enumerate(keys))
    yield len(text.rstrip()), f"\n---\nmetadata:\n  name: {name}{lines} {value}"


def _name_of(document: Any) -> str:
    """Give the name of the workload that a document is for."""
    metadata = _value(document, "metadata")
    name = _value(metadata, "name")
    return str(name.value) if name is not None and name.id == "scalar" else ""


def _value(node: Any, key: str) -> Any:
    if node is None or node.id != "mapping":
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _find_variable(name: str, base: str, edited: str) -> list[Any] | None:
    """Give the way to a variable that an edit adds."""
    old, new = (next(iter(compose_text(text)), None) for text in (base, edited))
    containers = _value(new, "containers")
    for key, container in containers.value if containers is not None else ():
        variables = _value(container, "variables")
        value = _value(variables, name)
        before = _value(_value(_value(_value(old, "containers"), key.value), "variables"), name)
        if value is not None and before is None:
            return [new, "containers", containers, key.value, container, "variables", variables, name, value]
    return None
