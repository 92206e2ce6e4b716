"""What a chart is: what `Chart.yaml` says of it, its templates, other files and values, and the charts that it depends on.

Source: helm.sh/docs/topics/charts; what Helm refuses of a `Chart.yaml` is refused here, with its place.
"""

import re

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.helm.archive import ChartFile
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, Value

FILE = "Chart.yaml"
REQUIREMENTS = "requirements.yaml"
_ALIAS = re.compile(r"[a-zA-Z0-9_-]+")
_VERSION = re.compile(r"v?\d{1,18}(?:\.\d{1,18}){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)

# The fields of `Chart.yaml` under the names by which templates know them.
TEXTS = {
    "name": "Name",
    "home": "Home",
    "version": "Version",
    "description": "Description",
    "icon": "Icon",
    "apiVersion": "APIVersion",
    "condition": "Condition",
    "tags": "Tags",
    "appVersion": "AppVersion",
    "kubeVersion": "KubeVersion",
    "type": "Type",
}


class Dependency(msgspec.Struct, frozen=True):
    """A chart that another declares: what switches it on, and which of its values the other takes (child and parent paths).

    `origin` is where it is declared, `optional` whether something may switch it off.
    """

    name: str
    origin: Origin
    version: str = ""
    alias: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()

    @property
    def known_as(self) -> str:
        """Its name among the values of the chart that declares it."""
        return self.alias or self.name


class Chart(msgspec.Struct, frozen=True):
    """A chart with all that is in it; `place` is its folder or packed file as it is shown.

    `name` is what the chart that depends on it calls it. `raw` are all files, as Helm itself wants them.
    """

    name: str
    place: str
    metadata: Mapping
    values: Mapping
    templates: tuple[ChartFile, ...] = ()
    files: tuple[ChartFile, ...] = ()
    schema: ChartFile | None = None
    declared: tuple[Dependency, ...] = ()
    charts: "tuple[Chart, ...]" = ()
    raw: tuple[ChartFile, ...] = ()

    @property
    def origin(self) -> Origin:
        """Where the chart says what it is."""
        return self.metadata.origin

    @property
    def is_library(self) -> bool:
        """Whether it has only templates for others."""
        return self.text("type") == "library"

    def text(self, key: str) -> str:
        """Give a field of `Chart.yaml` as Helm reads it: a number is the text that it prints as."""
        return text_of(self.metadata.get(key))


def has_schema(chart: Chart) -> bool:
    """Tell whether the values of a chart, or of one in it, are to be checked."""
    return chart.schema is not None or any(has_schema(inner) for inner in chart.charts)


def text_of(node: Node | None) -> str:
    """Give what a string of Go takes from a scalar."""
    if not isinstance(node, Scalar) or node.value is None:
        return ""
    value: Value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        value
        if isinstance(value, str)
        else f"{value:.17g}"
        if isinstance(value, float) and "e" in repr(value)
        else str(value)
    )


def check_metadata(root: Node | None, file: str) -> Mapping:
    """Give what a `Chart.yaml` says; raises InvalidInput for what Helm refuses."""
    if not isinstance(root, Mapping):
        origin = root.origin if root is not None else Origin(file)
        raise InvalidInput(
            "a Chart.yaml says what the chart is, in a mapping", origin, "add apiVersion, name and version"
        )
    for key in ("name", "version"):
        if not text_of(root.get(key)):
            origin = root[key].origin if key in root else root.origin
            raise InvalidInput(f"this chart has no `{key}`", origin, f"add `{key}`")
    name, version = text_of(root["name"]), text_of(root["version"])
    if name in (".", "..") or "/" in name:
        raise InvalidInput(f"{name!r} is no name of a chart", root["name"].origin, "write a name without a slash")
    if not _VERSION.fullmatch(version):
        raise InvalidInput(
            f"{version!r} is no version of a chart", root["version"].origin, "write a semantic version, such as 1.0.0"
        )
    if text_of(root.get("type")) not in ("", "application", "library"):
        raise InvalidInput("a chart is an application or a library", root["type"].origin, "write `type: application`")
    return root


def read_dependencies(root: Mapping, what: str = FILE) -> tuple[Dependency, ...]:
    """Read the charts that a `Chart.yaml` or a `requirements.yaml` declares."""
    node = root.get("dependencies")
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return ()
    if not isinstance(node, Sequence):
        raise InvalidInput(f"`dependencies` of {what} is a list", node.origin, "write one item a chart")
    found: dict[str, Dependency] = {}
    for item in node.items:
        if not isinstance(item, Mapping) or not text_of(item.get("name")):
            raise InvalidInput("this dependency has no `name`", item.origin, "add the name of the chart")
        dependency = _read_dependency(item)
        if dependency.known_as in found:
            raise InvalidInput(
                f"two dependencies are called {dependency.known_as}", item.origin, "give one of them an `alias`"
            )
        found[dependency.known_as] = dependency
    return tuple(found.values())


def _read_dependency(item: Mapping) -> Dependency:
    alias = text_of(item.get("alias"))
    if alias and not _ALIAS.fullmatch(alias):
        raise InvalidInput(
            f"{alias!r} is no alias of a chart", item["alias"].origin, "write letters, digits, dashes and underscores"
        )
    imports: list[tuple[str, str]] = []
    listed = item.get("import-values")
    for entry in listed.items if isinstance(listed, Sequence) else []:
        if isinstance(entry, Mapping):
            imports.append((text_of(entry.get("child")), text_of(entry.get("parent"))))
        elif text_of(entry):
            imports.append((f"exports.{text_of(entry)}", "."))
    tags = item.get("tags")
    return Dependency(
        name=text_of(item["name"]),
        origin=item["name"].origin,
        version=text_of(item.get("version")),
        alias=alias,
        condition=text_of(item.get("condition")),
        tags=tuple(text_of(tag) for tag in tags.items) if isinstance(tags, Sequence) else (),
        imports=tuple(imports),
    )
