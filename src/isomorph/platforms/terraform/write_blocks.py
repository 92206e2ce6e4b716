"""Kubernetes' objects as plain data to the bodies of the provider's resources, by the table of names."""

from collections.abc import Iterator
from typing import Any

from isomorph.platforms.terraform.kubernetes_names import Field, fields_of
from isomorph.platforms.terraform.write_marks import Marks
from isomorph.syntax.hcl.emit import Block, Body, Expression

Document = dict[str, Any]


class NotSayable(Exception):
    """The provider's resource has no argument or block for something; its message says for what."""


def to_body(document: Document, type_: str, marks: Marks) -> Body:
    """Give the body of a resource, its blocks and arguments in the table's order; raises NotSayable."""
    parts: list[dict[str, Any] | Block] = []
    for field, value in _in_order(document, type_, ""):
        if field.form in ("block", "blocks"):
            parts += _to_blocks(field, value, marks)
        else:
            argument = {field.word: _to_argument(field, value, marks)}
            if parts and isinstance(parts[-1], dict):
                parts[-1].update(argument)
            else:
                parts.append(argument)
    return parts


def _in_order(data: Document, type_: str, place: str) -> Iterator[tuple[Field, Any]]:
    """Give the fields that are said, as the table orders them; raises NotSayable for one that it does not have, or lacks."""
    fields = fields_of(type_)
    for name, value in data.items():
        if name not in fields and value is not None:
            raise NotSayable(f"{place}{name}")
    for name, field in fields.items():
        if data.get(name) is not None:
            yield field, data[name]
        elif field.required and field.of.endswith("Metadata"):
            yield field, {}
        elif field.required:
            raise NotSayable(f"no {place}{name}")


def _to_block(word: str, data: Any, type_: str, marks: Marks) -> Block:
    """Give a block, its arguments before its blocks."""
    if not isinstance(data, dict):
        raise NotSayable(word)
    arguments: dict[str, Any] = {}
    blocks: list[Block] = []
    for field, value in _in_order(data, type_, f"{word}."):
        if field.form in ("block", "blocks"):
            blocks += _to_blocks(field, value, marks)
        else:
            arguments[field.word] = _to_argument(field, value, marks)
    return Block(word, (), [arguments, *blocks] if arguments else blocks)


def _to_blocks(field: Field, value: Any, marks: Marks) -> list[Block]:
    if field.form == "block":
        return [_to_block(field.word, value, field.of, marks)]
    if not isinstance(value, list):
        raise NotSayable(field.name)
    return [_to_block(field.word, item, field.of, marks) for item in value]


def _to_argument(field: Field, value: Any, marks: Marks) -> Any:
    """Give the value of an argument; raises NotSayable where it is of another shape than the provider's."""
    if field.form == "map":
        if not isinstance(value, dict):
            raise NotSayable(field.name)
        return {key: _to_text(field, each, marks) for key, each in value.items() if each is not None}
    if field.form == "list":
        if not isinstance(value, list):
            raise NotSayable(field.name)
        return [_to_item(field, each, marks) for each in value]
    if field.form == "mode" and isinstance(value, int):
        return f"{value:04o}"
    if field.form in ("int", "bool") and isinstance(value, int | float):
        return value
    if field.form == "bool":
        raise NotSayable(field.name)
    return _to_text(field, value, marks)


def _to_item(field: Field, value: Any, marks: Marks) -> Any:
    if isinstance(value, str):
        return marks.to_value(value, lines=False)
    if isinstance(value, int | float):
        return value
    raise NotSayable(field.name)


def _to_text(field: Field, value: Any, marks: Marks) -> Any:
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return marks.to_value(value)
    raise NotSayable(field.name)


def to_manifest(value: Any, marks: Marks) -> Any:
    """Give plain data as an expression of `kubernetes_manifest`, in Kubernetes' own names."""
    if isinstance(value, dict):
        return {key: to_manifest(each, marks) for key, each in value.items()}
    if isinstance(value, list):
        return [
            marks.to_value(each, lines=False) if isinstance(each, str) else to_manifest(each, marks) for each in value
        ]
    return marks.to_value(value) if isinstance(value, str) else value
