"""What tests of written charts share: a chart rendered, and objects without what every chart adds to them."""

from collections.abc import Iterable, Mapping
from typing import Any

from isomorph.model.application import Definition
from isomorph.platforms.context import Source
from isomorph.platforms.helm.chart import Chart
from isomorph.platforms.helm.given_values import read_given
from isomorph.platforms.helm.loading import load_chart
from isomorph.platforms.helm.options import read_options
from isomorph.platforms.helm.rendering import render_chart
from isomorph.platforms.helm.value_schema import check_values
from isomorph.platforms.helm.values import coalesce
from isomorph.platforms.helm.writer import write_chart
from isomorph.platforms.kubernetes.writer import to_documents
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.syntax.tree import to_data
from tests.memory_context import memory_context

Document = dict[str, Any]

RELEASE = "any-name"
SECRET = WriteOptions(name="shop", secrets=True)

_ADDED = {
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name",
    "app.kubernetes.io/version",
    "helm.sh/chart",
}
_SCALED = ("Deployment", "StatefulSet")


def write(definitions: Mapping[str, Definition], options: WriteOptions = SECRET) -> dict[str, OutputFile]:
    """Write one chart for several environments; gives its files by path."""
    return {file.path: file for file in write_chart(definitions, options).files}


def values_of(files: Iterable[str], environment: str) -> tuple[str, ...]:
    """Give the values files that make a chart one environment's, secrets included."""
    wanted = (f"values-{environment}.yaml", f"secrets/values-{environment}.yaml")
    return tuple(path for path in wanted if path in files)


def render(files: Mapping[str, OutputFile], values: tuple[str, ...] = (), namespace: str = "default") -> list[Document]:
    """Render a chart by our own engine, hooks left out; values are checked against the schema as Helm does."""
    context = memory_context({f"shop/{path}": file.content for path, file in files.items()})
    options = {
        "values": tuple(f"shop/{path}" for path in values),
        "release": (RELEASE,),
        "namespace": (namespace,),
    }
    source = Source("shop", options)
    chart: Chart = load_chart("shop", context)
    laid = coalesce(chart, read_given(source, context).values)
    check_values(chart, laid, [])
    found = [to_data(each.root) for each in render_chart(chart, laid, read_options(source, chart))]
    found += [to_data(node) for node in _custom_kinds(files)]
    return [each for each in found if not is_hook(each)]


def _custom_kinds(files: Mapping[str, OutputFile]) -> list[Any]:
    """Give the definitions of kinds, which stand in a folder of their own and are no templates."""
    from isomorph.syntax.yaml.dialects import Dialect
    from isomorph.syntax.yaml.read import parse_one

    return [
        parse_one(str(file.content).encode(), path, Dialect.KUBERNETES).root
        for path, file in files.items()
        if path.startswith("crds/")
    ]


def is_hook(document: Document) -> bool:
    """Tell whether an object is no part of a release but runs at some moment of it."""
    return "helm.sh/hook" in (document["metadata"].get("annotations") or {})


def meant(definition: Definition, options: WriteOptions = SECRET) -> list[Document]:
    """Give the objects that a definition is in plain Kubernetes."""
    return to_documents(definition, options)[0]


def plain(documents: list[Document], namespace: str = "default") -> list[Document]:
    """Give objects without what a chart adds to them or says besides, in a fixed order."""
    scaled = {
        (each["spec"]["scaleTargetRef"]["kind"], each["spec"]["scaleTargetRef"]["name"])
        for each in documents
        if each["kind"] == "HorizontalPodAutoscaler"
    }
    found = [_plain(_copy(each), scaled, namespace) for each in documents]
    return sorted(
        found, key=lambda each: (each["kind"], str(each["metadata"].get("namespace")), each["metadata"]["name"])
    )


def _copy(value: Any) -> Any:
    """Give plain data without what says nothing."""
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items() if inner is not None}
    return [_copy(inner) for inner in value] if isinstance(value, list | tuple) else value


def _plain(document: Document, scaled: set[tuple[str, str]], namespace: str) -> Document:
    kind, metadata = document["kind"], document["metadata"]
    _strip(metadata)
    if metadata.get("namespace") == namespace:
        del metadata["namespace"]
    spec = document.get("spec") or {}
    if kind in _SCALED:
        spec.setdefault("replicas", 1)
        if (kind, metadata["name"]) in scaled:
            del spec["replicas"]
    if kind == "Service" and spec.get("clusterIP") != "None":
        spec.setdefault("type", "ClusterIP")
    job = spec.get("jobTemplate", {}).get("spec", spec)
    template = job.get("template")
    if isinstance(template, dict):
        _strip(template.setdefault("metadata", {}))
        for each in (*template["spec"].get("initContainers", ()), *template["spec"]["containers"]):
            _sort_variables(each)
    return document


def _strip(metadata: Document) -> None:
    """Take away the labels and annotations that are a chart's own."""
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    metadata["labels"] = {key: value for key, value in labels.items() if key not in _ADDED}
    own = ("checksum/config", "helm.sh/resource-policy")
    metadata["annotations"] = {key: value for key, value in annotations.items() if key not in own}


def _sort_variables(container: Document) -> None:
    """Sort variables, each of which must come after those that it names; and leave out what is empty."""
    names = [each["name"] for each in container.get("env", ())]
    for number, each in enumerate(container.get("env", ())):
        for later in names[number + 1 :]:
            assert f"$({later})" not in each.get("value", "").replace("$$", ""), f"{each['name']} needs {later}"
    container["env"] = sorted(container.get("env", ()), key=lambda each: str(each["name"]))
    for field in ("env", "resources"):
        if not container.get(field):
            container.pop(field, None)
