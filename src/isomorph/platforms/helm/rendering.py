"""A chart's templates to documents, by our own engine: what they gave, with the places of templates and values behind it.

Source: Helm's package engine, and release/v1/util (`SplitManifests`, `SortManifests`): documents are parted by lines that
start with `---`, empty ones vanish, and each of the others is one object.
"""

import re

import msgspec

from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.helm.chart import Chart
from isomorph.platforms.helm.options import Options
from isomorph.platforms.helm.template_data import Files, to_capabilities, to_chart, to_release
from isomorph.syntax.gotemplate.bounds import TookTooLong, limit_time
from isomorph.syntax.gotemplate.data import Table, Values, to_table, to_template_data
from isomorph.syntax.gotemplate.render import Rendered, Renderer, TemplateFile
from isomorph.syntax.gotemplate.trace import trace
from isomorph.syntax.tree import Mapping, Node
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml

NOTES = "NOTES.txt"
TIME_LIMIT = 30.0
"""Seconds of the processor that all templates of a chart may take, with reading what they give."""
_SEPARATOR = re.compile(r"^---[ \t]*", re.MULTILINE)
# A separator that something other than a comment follows on its line: Helm takes that for the next document's text.
_GLUED = re.compile(r"^---[ \t]*[^ \t\r\n#]", re.MULTILINE)


class RenderedDocument(msgspec.Struct, frozen=True):
    """One document: the name of its template, as Helm names it, and what it says, traced."""

    template: str
    root: Node


class _Scope(msgspec.Struct, frozen=True):
    """A template with the data of its chart."""

    file: TemplateFile
    data: Table
    folder: str


def render_chart(
    chart: Chart, values: Mapping, options: Options, remarks: list[Diagnostic] | None = None
) -> list[RenderedDocument]:
    """Render all templates of a chart and of the charts in it; raises InvalidInput with the template's place.

    `remarks` takes diagnostics.
    """
    try:
        with limit_time(TIME_LIMIT):
            return _render(chart, values, options, [] if remarks is None else remarks)
    except TookTooLong as late:
        message = f"the templates of chart {chart.name} took longer than {late.seconds:g} seconds"
        raise InvalidInput(message, chart.origin, "look for templates that grow with what they make") from None


def _render(chart: Chart, values: Mapping, options: Options, said: list[Diagnostic]) -> list[RenderedDocument]:
    shared = {"Release": to_release(options), "Capabilities": to_capabilities(options)}
    scopes: dict[str, _Scope] = {}
    _add_scopes(chart, to_template_data(values), shared, "", scopes)
    renderer = Renderer([scope.file for scope in scopes.values()])
    rendered: dict[str, Rendered] = {}
    # In Helm's order, for templates can change the values that others see.
    for name in sorted(scopes, key=lambda name: (name.count("/"), name), reverse=True):
        if name.rpartition("/")[2].startswith("_"):
            continue
        scope = scopes[name]
        data = to_table(scope.data)
        data.update(to_table({"Template": to_table({"Name": name, "BasePath": scope.folder})}))
        rendered[name] = renderer.render(name, data)
    found: list[RenderedDocument] = []
    for name in sorted(rendered):
        if not name.endswith(NOTES):
            found += read_documents(name, scopes[name].file.file, rendered[name], said)
    return found


def _add_scopes(
    chart: Chart, values: object, shared: dict[str, Table], parent: str, scopes: dict[str, _Scope]
) -> Table:
    """Add the templates of a chart and of those in it, each with what it sees; gives what the chart's own see."""
    path = f"{parent}/charts/{chart.name}" if parent else chart.name
    own = Values(values if isinstance(values, Table) else {})
    inner = Table()
    data = to_table(
        {
            "Chart": to_chart(chart, is_root=not parent),
            "Files": Files(chart.files),
            **shared,
            "Values": own,
            "Subcharts": inner,
        }
    )
    for each in chart.charts:
        inner.update(to_table({each.name: _add_scopes(each, own.get(each.name), shared, path, scopes)}))
    for file in chart.templates:
        if chart.is_library and not file.name.rpartition("/")[2].startswith("_"):
            continue
        name = f"{path}/{file.name}"
        text = file.data.decode("utf-8", "replace")
        scopes[name] = _Scope(TemplateFile(name, text, file.file), data, f"{path}/templates")
    return data


def read_documents(name: str, file: str, rendered: Rendered, remarks: list[Diagnostic]) -> list[RenderedDocument]:
    """Read the documents of one rendered template; raises InvalidInput at the template's line where they are no YAML."""
    text = rendered.text
    if not text or text.isspace():
        return []
    parts = [text]
    if _GLUED.search(text):
        parts = _split(text)
    found: list[RenderedDocument] = []
    doubled: list[InvalidInput] = []
    for part in parts:
        try:
            documents = parse_yaml(part, file, Dialect.KUBERNETES, doubled=doubled)
        except InvalidInput as fault:
            raise _place(fault, rendered) from None
        found += [
            RenderedDocument(name, trace(document.root, rendered))
            for document in documents
            if document.root is not None
        ]
    for twice in doubled:
        message = twice.message.partition(", first")[0]
        remarks.append(Diagnostic("ignored", f"{message}; the last counts", _place(twice, rendered).origin))
    return found


def _split(text: str) -> list[str]:
    """Split at separators as Helm does; what is before a part is kept as empty lines, for its positions."""
    parts: list[str] = []
    start = 0
    for match in [*_SEPARATOR.finditer(text), None]:
        end = match.start() if match is not None else len(text)
        if text[start:end].strip():
            parts.append("\n" * text.count("\n", 0, start) + text[start:end])
        start = match.end() if match is not None else end
    return parts


def _place(fault: InvalidInput, rendered: Rendered) -> InvalidInput:
    """Give a fault of rendered text at the place in the template that wrote it."""
    said = fault.origin
    origin = rendered.origin_at(said.line, said.column) if said is not None else None
    if origin is None or not origin.file:
        origin = Origin(said.file) if said is not None else None
    return InvalidInput(f"what this template gives is no YAML: {fault.message}", origin, fault.hint)
