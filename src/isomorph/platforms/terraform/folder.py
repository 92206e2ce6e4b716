"""One folder of Terraform files to its blocks, not evaluated: what is declared, and that nothing is declared twice.

Source: https://developer.hashicorp.com/terraform/language/files and …/files/override.
"""

from collections.abc import Iterator

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context
from isomorph.platforms.terraform.json_syntax import parse_json_file
from isomorph.platforms.terraform.overriding import override
from isomorph.syntax.hcl.cursor import Cursor
from isomorph.syntax.hcl.expressions import RawAttribute, RawBlock, RawBody
from isomorph.syntax.hcl.parse import parse_hcl

ENDINGS = (".tf", ".tf.json")
MODES = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}

_LABELS = {
    "terraform": (),
    "locals": (),
    "moved": (),
    "import": (),
    "removed": (),
    "provider": ("NAME",),
    "variable": ("NAME",),
    "output": ("NAME",),
    "module": ("NAME",),
    "check": ("NAME",),
    "resource": ("TYPE", "NAME"),
    "data": ("TYPE", "NAME"),
    "ephemeral": ("TYPE", "NAME"),
}
"""The blocks that stand at the top of a file, and what their labels are."""


class Declared(msgspec.Struct, eq=False):
    """A block, and the text that it is in."""

    block: RawBlock
    cursor: Cursor

    @property
    def origin(self) -> Origin:
        return self.cursor.origin(self.block.start)

    @property
    def attributes(self) -> dict[str, RawAttribute]:
        return self.block.body.attributes


class Local(msgspec.Struct, eq=False):
    """A local value, and the text that it is in."""

    attribute: RawAttribute
    cursor: Cursor


class Folder(msgspec.Struct, eq=False):
    """What the files of a folder declare; resources by mode, type and name."""

    path: str
    sources: list[str] = []
    variables: dict[str, Declared] = {}
    locals: dict[str, Local] = {}
    resources: dict[tuple[str, str, str], Declared] = {}
    modules: dict[str, Declared] = {}
    outputs: dict[str, Declared] = {}
    providers: list[Declared] = []


def read_folder(path: str, context: Context, old_commas: list[Origin]) -> Folder:
    """Read the files of a folder; raises InvalidInput for what Terraform would not take.

    `old_commas` hears of commas after arguments, which Terraform took before 0.12.
    """
    first, later = _find_files(path, context)
    folder = Folder(path, [*first, *later])
    blocks: list[Declared] = []
    for name in first:
        blocks += _read_file(name, context, old_commas)
    for name in later:
        for each in _read_file(name, context, old_commas):
            override(blocks, each)
    for each in blocks:
        _declare(folder, each)
    return folder


def _find_files(path: str, context: Context) -> tuple[list[str], list[str]]:
    """Give the files of a module in their order, and after them those that override."""
    names = [name for name in context.files.list_folder(path or ".") if is_terraform_file(name)]
    paths = [f"{path}/{name}" if path else name for name in names]
    paths = [each for each in paths if context.files.is_file(each)]
    if not paths:
        hint = "check the path: files of Terraform end in .tf or .tf.json"
        raise InvalidInput("the folder holds no configuration of Terraform", Origin(path or "."), hint)
    later = [each for each in paths if _overrides(each)]
    return [each for each in paths if each not in later], later


def is_terraform_file(name: str) -> bool:
    """Tell whether Terraform reads a file of a folder; it passes over hidden files and those that editors leave."""
    return name.endswith(ENDINGS) and not name.startswith((".", "#"))


def _overrides(path: str) -> bool:
    stem = path.rpartition("/")[2].removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def _read_file(path: str, context: Context, old_commas: list[Origin]) -> Iterator[Declared]:
    content = context.read_input(path, what="file")
    body: RawBody
    cursor: Cursor
    if path.endswith(".json"):
        body, cursor = parse_json_file(content, path)
    else:
        body, cursor = parse_hcl(content, path, old_commas)
    for attribute in body.attributes.values():
        hint = "values are declared in `locals { … }`, and given to variables in a .tfvars file"
        raise cursor.refuse(f"argument {attribute.name} stands outside of a block", attribute.start, hint)
    for block in body.blocks:
        _check_block(block, cursor)
        yield Declared(block, cursor)


def _check_block(block: RawBlock, cursor: Cursor) -> None:
    labels = _LABELS.get(block.type)
    if labels is None:
        from difflib import get_close_matches

        close = get_close_matches(block.type, _LABELS, 1)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(_LABELS))}"
        raise cursor.refuse(f"Terraform knows no block {block.type}", block.start, hint)
    if len(block.labels) != len(labels):
        wanted = "".join(f' "{label}"' for label in labels)
        found = f"{len(block.labels)} label{'' if len(block.labels) == 1 else 's'}"
        raise cursor.refuse(
            f"block {block.type} with {found}, where {len(labels) or 'none'} belongs",
            block.start,
            f"write `{block.type}{wanted} {{ … }}`",
        )


def _declare(folder: Folder, each: Declared) -> None:
    block = each.block
    if block.type == "locals":
        for name, attribute in block.body.attributes.items():
            before = folder.locals.setdefault(name, Local(attribute, each.cursor))
            if before.attribute is not attribute:
                place = before.cursor.origin(before.attribute.start)
                message = f"local {name} is declared twice, first at {place}"
                raise each.cursor.refuse(message, attribute.start, "remove one of the two")
        return
    if block.type in MODES:
        kind, name = block.labels
        known = folder.resources.setdefault((MODES[block.type], kind, name), each)
    elif block.type == "provider":
        folder.providers.append(each)
        return
    else:
        table = {"variable": folder.variables, "module": folder.modules, "output": folder.outputs}.get(block.type)
        if table is None:
            return
        known = table.setdefault(block.labels[0], each)
    if known is not each:
        message = f"{block.type} {'.'.join(block.labels)} is declared twice, first at {known.origin}"
        raise InvalidInput(message, each.origin, "remove one of the two, or rename it")
