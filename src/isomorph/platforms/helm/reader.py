"""A chart to the model: its values and the given ones, its templates rendered, and what they become read as manifests.

Options of a definition: see `options`; paths in them are relative to the current folder.
"""

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Origins
from isomorph.platforms.context import Context, Source
from isomorph.platforms.helm.chart import Chart, has_schema
from isomorph.platforms.helm.dependencies import in_range, process_dependencies
from isomorph.platforms.helm.engine import Rendering, render
from isomorph.platforms.helm.given_values import GivenValues, read_given
from isomorph.platforms.helm.hooks import Sorted, kind_of, name_of
from isomorph.platforms.helm.loading import load_chart
from isomorph.platforms.helm.made_up import forget_secrets
from isomorph.platforms.helm.options import Options, read_options
from isomorph.platforms.helm.rendering import RenderedDocument
from isomorph.platforms.helm.values import coalesce
from isomorph.platforms.kubernetes.documents import SUFFIXES, add_documents
from isomorph.platforms.kubernetes.reader import read_objects
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.platforms.table import find_family
from isomorph.syntax.tree import Mapping
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import Document, parse_yaml

PLATFORM = "helm"


def read(source: Source, context: Context, given: GivenValues | None = None) -> Definition:
    """Read a chart as `helm install` takes it; raises InvalidInput for what Helm refuses, with its position.

    `given` are values that the source's options do not name.
    """
    reading = Reading()
    chart = load_chart(source.path, context, reading.diagnostics)
    options = read_options(source, chart)
    _check_installable(chart, options)
    if given is None:
        given = read_given(source, context, reading.diagnostics)
    enabled = process_dependencies(chart, given.values, reading.diagnostics)
    values = coalesce(enabled, given.values)
    if has_schema(enabled):
        from isomorph.platforms.helm.value_schema import check_values

        check_values(enabled, values, reading.diagnostics)
    rendering = Rendering(chart, enabled, values, options, given, source)
    objects = Objects()
    documents = Sorted(render(rendering, context, reading), reading)
    namespace = options.namespace
    add_documents(_to_documents(documents.running), objects, reading, namespace, lenient=False)
    _keep_beside(documents.beside, reading, PLATFORM)
    for crds in _list_crds(enabled):
        _keep_beside(crds, reading, find_family(PLATFORM))
    definition = read_objects(objects, reading, _list_sources(chart, source, given), namespace)
    reading.origins.setdefault(("name",), chart.metadata["name"].origin)
    definition = forget_secrets(definition, documents.running)
    return replace(
        definition,
        platform=PLATFORM,
        application=replace(definition.application, name=options.release),
        origins=Origins(reading.origins),
    )


def _check_installable(chart: Chart, options: Options) -> None:
    """Refuse what Helm installs on no cluster, or not on this one."""
    if chart.is_library:
        raise InvalidInput(
            f"{chart.name} is a library chart: it has templates for other charts and runs nothing",
            chart.metadata["type"].origin,
            "name the chart that uses it",
        )
    wanted = chart.text("kubeVersion")
    if wanted and not in_range(options.kube_version.plain, wanted):
        raise InvalidInput(
            f"chart {chart.name} wants Kubernetes {wanted}, and is read for {options.kube_version.text}",
            chart.metadata["kubeVersion"].origin,
            "say for which version with ?kube-version=",
        )


def _to_documents(documents: list[RenderedDocument]) -> list[Document]:
    return [Document(each.root, each.root.origin) for each in documents]


def _list_crds(chart: Chart) -> list[list[RenderedDocument]]:
    """Give the documents of `crds/`, of the charts in this one too: they are installed as they stand."""
    found: list[list[RenderedDocument]] = []
    for file in chart.files:
        if file.name.startswith("crds/") and file.name.lower().endswith(SUFFIXES):
            documents = parse_yaml(file.data, file.file, Dialect.KUBERNETES)
            found.append([RenderedDocument(file.name, each.root) for each in documents if each.root is not None])
    for inner in chart.charts:
        found += _list_crds(inner)
    return found


def _keep_beside(documents: list[RenderedDocument], reading: Reading, platform: str) -> None:
    """Keep objects that are not what runs, for those whose writers write them back: hooks mean something in a chart only."""
    for document in documents:
        root = document.root
        if isinstance(root, Mapping) and kind_of(root):
            reading.keep_document(Object("", "", kind_of(root), name_of(root), None, root), platform)


def _list_sources(chart: Chart, source: Source, given: GivenValues) -> tuple[str, ...]:
    """Give the files that were read."""
    packed = source.path != "-" and chart.place == source.path and source.path.endswith(".tgz")
    own = [Origin(chart.place).file] if packed or source.path == "-" else [file.file for file in chart.raw]
    return tuple(dict.fromkeys((*own, *(file.file for file in given.files), *given.texts)))
