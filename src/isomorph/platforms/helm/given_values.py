"""The values that a definition's options give: files, then what is set one by one, in the order of `helm template`.

Source: Helm's package cli/values (`MergeValues`): --values, --set-json, --set, --set-string, --set-file.
"""

import msgspec

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, Source
from isomorph.platforms.helm.archive import ChartFile
from isomorph.platforms.helm.loading import read_values
from isomorph.platforms.helm.values import EMPTY, copy_tree, merge_maps
from isomorph.syntax.encoding import decode
from isomorph.syntax.tree import Mapping, Node, Scalar


class GivenValues(msgspec.Struct, frozen=True):
    """All that was given, as one tree; the files that it came from, and the texts that `--set-file` read, by path."""

    values: Mapping
    files: tuple[ChartFile, ...] = ()
    texts: dict[str, bytes] = {}


def read_given(source: Source, context: Context, remarks: list[Diagnostic] | None = None) -> GivenValues:
    """Read the values that the options of a definition give; raises InvalidInput for what Helm refuses.

    `remarks` takes diagnostics.
    """
    said: list[Diagnostic] = [] if remarks is None else remarks
    options = source.options
    files = tuple(_read_file(path, context) for path in options.get("values", ()))
    values = EMPTY
    for file in files:
        values = merge_maps(values, read_values(file, said))
    texts: dict[str, bytes] = {}
    if not any(key.startswith("set") for key in options):
        return GivenValues(values, files, texts)
    from isomorph.platforms.helm.set_values import set_values, text_value, typed_value

    tree = copy_tree(values)
    assert isinstance(tree, Mapping)
    for text in options.get("set-json", ()):
        tree = _set_json(text, tree)
    for text in options.get("set", ()):
        set_values(text, tree, typed_value, "set")
    for text in options.get("set-string", ()):
        set_values(text, tree, text_value, "set-string")

    def read_text(path: str, origin: Origin) -> Node:
        texts[path] = context.read_input(path, origin, "file")
        content = decode(texts[path], path)
        return Scalar(Origin(path), content, content, plain=False)

    for text in options.get("set-file", ()):
        set_values(text, tree, read_text, "set-file")
    return GivenValues(tree, files, texts)


def _read_file(path: str, context: Context) -> ChartFile:
    if "://" in path:
        raise InvalidInput(
            f"{path} is an address, and nothing is fetched", Origin(path), "fetch the values file, and name the copy"
        )
    shown = "<stdin>" if path == "-" else path
    return ChartFile(path, shown, context.read_input(path, what="values file"))


def _set_json(text: str, values: Mapping) -> Mapping:
    """Set what a `--set-json` says: one object, or names with values in JSON."""
    from isomorph.platforms.helm.set_values import set_json, to_node

    if not text.lstrip().startswith("{"):
        set_json(text, values)
        return values
    import json

    origin = Origin("?set-json")
    try:
        node = to_node(json.loads(text), origin)
    except (ValueError, RecursionError):
        raise InvalidInput("the value of `set-json` is no JSON", origin, 'write {"name": "value"}') from None
    assert isinstance(node, Mapping)
    merged = copy_tree(merge_maps(values, node))
    assert isinstance(merged, Mapping)
    return merged
