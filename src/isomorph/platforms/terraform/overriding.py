"""Override files: what they say takes the place of what the block of the same name says.

Arguments are replaced one by one; of nested blocks, all of a type by those of the override. Source:
https://developer.hashicorp.com/terraform/language/files/override
"""

from typing import TYPE_CHECKING

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.expressions import Embedded, RawAttribute, RawBlock, RawBody

if TYPE_CHECKING:
    from isomorph.platforms.terraform.folder import Declared

_MERGED_INSIDE = ("lifecycle",)
_WITHOUT_BASE = ("terraform", "locals", "moved", "import", "removed", "check", "provider")


def override(blocks: "list[Declared]", later: "Declared") -> None:
    """Put a block of an override file in place of what it overrides."""
    block = later.block
    if block.type == "locals":
        _override_locals(blocks, later)
        return
    alias = _alias(block)
    for each in blocks:
        if each.block.type == block.type and each.block.labels == block.labels and _alias(each.block) == alias:
            _merge(each.block, each.cursor, block, later.cursor)
            return
    if block.type not in _WITHOUT_BASE:
        message = (
            f"{block.type} {'.'.join(block.labels)} overrides nothing: no file without `override` in its name has it"
        )
        raise InvalidInput(message, later.origin, "declare it there, or rename this file")
    blocks.append(later)


def _alias(block: RawBlock) -> object:
    """Tell configurations of one provider apart."""
    attribute = block.body.attributes.get("alias") if block.type == "provider" else None
    return getattr(attribute.value, "value", "") if attribute else ""


def _override_locals(blocks: "list[Declared]", later: "Declared") -> None:
    for name, attribute in later.block.body.attributes.items():
        for each in blocks:
            if each.block.type == "locals" and name in each.attributes:
                each.attributes[name] = _embed(attribute, later.cursor, each.attributes[name].start)
                break
        else:
            raise later.cursor.refuse(
                f"local {name} overrides nothing",
                attribute.start,
                "declare it in a file without `override` in its name",
            )


def _merge(block: RawBlock, cursor: Cursor, later: RawBlock, other: Cursor) -> None:
    body = block.body
    for name, attribute in later.body.attributes.items():
        start = body.attributes[name].start if name in body.attributes else block.start
        body.attributes[name] = _embed(attribute, other, start)
        if name in ("count", "for_each"):
            body.attributes.pop("for_each" if name == "count" else "count", None)
    replaced = {each.type for each in later.body.blocks if each.type not in _MERGED_INSIDE}
    replaced |= {each.labels[0] for each in later.body.blocks if each.type == "dynamic" and each.labels}
    kept = [
        each
        for each in body.blocks
        if each.type not in replaced and not (each.type == "dynamic" and each.labels and each.labels[0] in replaced)
    ]
    body.blocks[:] = kept
    for each in later.body.blocks:
        inside = next((one for one in kept if one.type == each.type), None) if each.type in _MERGED_INSIDE else None
        if inside is not None:
            _merge(inside, cursor, each, other)
        else:
            body.blocks.append(_embed_block(each, other, block.start))


def _embed(attribute: RawAttribute, cursor: Cursor, start: int) -> RawAttribute:
    value = attribute.value
    return RawAttribute(attribute.name, start, Embedded(value.start, value.end, value, cursor))


def _embed_block(block: RawBlock, cursor: Cursor, start: int) -> RawBlock:
    """Copy a block into another text, where its arguments keep the places of their own."""
    attributes = {name: _embed(each, cursor, start) for name, each in block.body.attributes.items()}
    inner = [_embed_block(each, cursor, start) for each in block.body.blocks]
    return RawBlock(block.type, block.labels, start, RawBody(start, attributes, inner))
