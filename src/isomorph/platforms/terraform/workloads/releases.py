"""helm_release: a chart on disk is read with the values of the release; one of a repository is told.

Source: docs/resources/release.md of hashicorp/helm: `values` are laid over each other, then come `set`, `set_list` and
`set_sensitive`, whose names and values have the grammar of `--set`.
"""

from posixpath import isabs, join, normpath
from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Origins
from isomorph.platforms.context import Context, Handed, Source
from isomorph.platforms.terraform.encoded import decode_argument
from isomorph.platforms.terraform.module import Resource, blocks_of
from isomorph.platforms.terraform.reading import Reading, text_at
from isomorph.platforms.terraform.workloads.open_values import OpenValues, plain
from isomorph.syntax.hcl.body import Interpolated
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

TYPE = "helm_release"


def read_release(resource: Resource, reading: Reading) -> Definition | None:
    """Read a release; None where its chart is not at hand, which is told."""
    body = resource.body
    chart = _find_chart(body, reading)
    open_values = OpenValues()
    if chart is None:
        _tell_missing(resource, reading)
        return None
    options: dict[str, tuple[str, ...]] = {"release": (_text(body, "name") or resource.name,)}
    namespace = _text(body, "namespace")
    if namespace:
        options["namespace"] = (namespace,)
    if blocks_of(body, "postrender"):
        message = f"{resource.address} is changed after it is rendered, by a command that is not run"
        reading.say("not-modelled", message, body["postrender"].origin)
    handed = Handed(
        Source(chart, options),
        resource.origin,
        trees=tuple(_trees(body, open_values, reading)),
        settings=tuple(_settings(body, open_values)),
    )
    try:
        definition = reading.context.read("helm", handed)
    except InvalidInput as fault:
        if not open_values.is_used:
            raise
        message = f"{resource.address} was not read, since some of its values are not settled: {fault.message}"
        reading.say("known-after-apply", open_values.spell(message), fault.origin)
        return None
    return _without_name(open_values.settle(definition))


def _find_chart(body: Mapping, reading: Reading) -> str | None:
    """Give the path of a chart on disk; paths are seen from the root module."""
    name, repository = _text(body, "chart"), _text(body, "repository")
    if not name or "://" in name or "${" in name:
        return None
    if repository:
        if "://" in repository or "${" in repository:
            return None
        name = join(repository, name)
    path = name if isabs(name) else normpath(join(reading.folder or ".", name))
    return path if _is_there(path, reading.context) else None


def _is_there(path: str, context: Context) -> bool:
    try:
        return context.files.is_folder(path) or (path.endswith(".tgz") and context.files.is_file(path))
    except InvalidInput:
        return False  # outside of what may be read


def _tell_missing(resource: Resource, reading: Reading) -> None:
    body = resource.body
    chart, repository, version = (_text(body, name) for name in ("chart", "repository", "version"))
    where = f" of {repository}" if repository else ""
    which = f" {version}" if version else ""
    node = body.get("chart")
    reading.say(
        "missing-reference",
        f"chart {chart or '?'}{which}{where} is not on disk, so what {resource.address} runs is not known;"
        " `helm pull --untar` it, and give its path",
        node.origin if node is not None else resource.origin,
    )
    kept: dict[str, Any] = {}
    for name, node in body.items():
        if name in ("name", "namespace", "chart", "repository", "version", "values"):
            kept[name] = plain(node)
        elif name in ("set", "set_list"):
            kept[name] = [plain(each) for each in blocks_of(body, name)]
    reading.keep((), (TYPE, resource.address), kept, resource.origin)


def _trees(body: Mapping, open_values: OpenValues, reading: Reading) -> list[Node]:
    values = body.get("values")
    found: list[Node] = []
    for node in values if isinstance(values, Sequence) else ():
        tree = decode_argument(node, "yaml")
        if isinstance(tree, Mapping):
            marked = open_values.mark_all(tree)
            found.append(marked)
        elif tree is None or isinstance(tree, Interpolated):
            reading.say("known-after-apply", "these values are not settled; they were not read", node.origin)
        elif not (isinstance(tree, Scalar) and tree.value is None):
            raise InvalidInput("values are a mapping of names to values", node.origin, "write name: value")
    return found


def _settings(body: Mapping, open_values: OpenValues) -> list[tuple[str, str, Origin]]:
    found: list[tuple[str, str, Origin]] = []
    for kind in ("set", "set_list", "set_sensitive"):
        for block in blocks_of(body, kind):
            name, value = _text(block, "name"), block.get("value")
            if not name or value is None:
                continue
            how = "set-string" if _text(block, "type") == "string" else "set"
            if isinstance(value, Sequence):
                items = [open_values.text_of(item) for item in value if isinstance(item, Scalar)]
                found.append((how, f"{name}={{{','.join(items)}}}", value.origin))
            elif isinstance(value, Scalar):
                found.append((how, f"{name}={open_values.text_of(value)}", value.origin))
    return found


def _without_name(definition: Definition) -> Definition:
    """Give a release as a part of something larger, which is not called like it."""
    table = {path: origin for path, origin in definition.origins.table.items() if path != ("name",)}
    told = tuple(each for each in definition.diagnostics if each.code != "rendered")
    return replace(
        definition,
        application=replace(definition.application, name=None),
        origins=Origins(table),
        diagnostics=told,
    )


def _text(body: Mapping, name: str) -> str:
    from isomorph.model.text import print_text

    text = text_at(body.get(name))
    return "" if text is None else print_text(text)
