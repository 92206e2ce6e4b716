"""What templates of a chart see: `.Values`, `.Chart`, `.Release`, `.Capabilities`, `.Files`, `.Subcharts`, `.Template`.

Source: Helm's package engine (`allTemplates`, `newFiles`) and chart/common (`ToRenderValues`, `DefaultCapabilities`).
"""

from typing import Any, ClassVar

from isomorph.model.origin import Origin
from isomorph.platforms.helm.archive import ChartFile
from isomorph.platforms.helm.chart import TEXTS, Chart, text_of
from isomorph.platforms.helm.globbing import Glob
from isomorph.platforms.helm.options import KubeVersion, Options
from isomorph.syntax.gotemplate.data import (
    Items,
    Methods,
    Table,
    mark_lines,
    mark_value,
    to_table,
    to_template_data,
)
from isomorph.syntax.gotemplate.text import Text
from isomorph.syntax.tree import Mapping, Node, Sequence

# What Helm 4.3 knows of by the clients it is built with, in the order in which it has them.
_API_VERSIONS = """
    v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1
    internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2 authentication.k8s.io/v1
    authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1 authorization.k8s.io/v1 authorization.k8s.io/v1beta1
    autoscaling/v1 autoscaling/v2 batch/v1 batch/v1beta1 certificates.k8s.io/v1 certificates.k8s.io/v1beta1
    certificates.k8s.io/v1alpha1 coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1
    discovery.k8s.io/v1 discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1
    flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2
    flowcontrol.apiserver.k8s.io/v1beta3 lifecycle.k8s.io/v1alpha1 networking.k8s.io/v1 networking.k8s.io/v1beta1
    node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1 rbac.authorization.k8s.io/v1
    rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1 resource.k8s.io/v1beta2
    resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha3 scheduling.k8s.io/v1beta1
    scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 storagemigration.k8s.io/v1
    storagemigration.k8s.io/v1beta1 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1
"""
API_VERSIONS = tuple(_API_VERSIONS.split())
_HELM = {"Version": "v4.3", "GitCommit": "", "GitTreeState": "", "GoVersion": "go1.26", "KubeClientVersion": "v1.37"}


class Files(Methods, Table):
    """The files of a chart that are neither templates nor values, as templates get at them."""

    callable_names: ClassVar[frozenset[str]] = frozenset(("Get", "GetBytes", "Glob", "AsConfig", "AsSecrets", "Lines"))

    def __init__(self, files: tuple[ChartFile, ...] = ()) -> None:
        self.by_name = {file.name: file for file in files}
        super().__init__(to_table((name, file.data) for name, file in sorted(self.by_name.items())))

    def Get(self, name: str) -> str:
        """Give a file's text, empty where there is none."""
        file = self.by_name.get(str(name)[:])
        return mark_lines(_decode(file.data), file.file) if file is not None else ""

    def GetBytes(self, name: str) -> bytes:
        """Give a file's content, empty where there is none."""
        file = self.by_name.get(str(name)[:])
        return file.data if file is not None else b""

    def Lines(self, name: str) -> list[Any]:
        """Give a file's lines."""
        file = self.by_name.get(str(name)[:])
        if file is None or not file.data:
            return Items()
        lines = _decode(file.data).removesuffix("\n").split("\n")
        return Items([mark_value(line, (Origin(file.file, number),)) for number, line in enumerate(lines, 1)])

    def Glob(self, pattern: str) -> "Files":
        """Give the files whose paths match; `*` is no slash and `**` is anything."""
        glob = Glob(str(pattern)[:])
        return Files(tuple(file for name, file in self.by_name.items() if glob.matches(name)))

    def AsConfig(self) -> str:
        """Give the files as the entries of a ConfigMap's data, by the last parts of their names."""
        return _print_yaml({name.rpartition("/")[2]: self.Get(name) for name in sorted(self.by_name)})

    def AsSecrets(self) -> str:
        """Give the files as the entries of a Secret's data."""
        from base64 import b64encode

        entries = {}
        for name, file in sorted(self.by_name.items()):
            entries[name.rpartition("/")[2]] = mark_value(b64encode(file.data).decode(), (Origin(file.file),))
        return _print_yaml(entries)


class ApiVersions(Methods, Items):
    """The API versions of the cluster."""

    callable_names: ClassVar[frozenset[str]] = frozenset(("Has",))

    def Has(self, version: str) -> bool:
        """Tell whether the cluster has an API version, or a kind of it, where it was told so."""
        return version in self


class Version(Methods, Text):
    """The version of Kubernetes: a text that has parts."""

    callable_names: ClassVar[frozenset[str]] = frozenset(("Version", "GitVersion", "Major", "Minor", "String"))

    def __new__(cls, version: KubeVersion) -> "Version":
        """Make the text."""
        made = super().__new__(cls, version.plain)
        made.runs = ()
        return made

    def __init__(self, version: KubeVersion) -> None:
        self.Version = self.GitVersion = version.text
        self.String = version.plain
        self.Major = version.major
        self.Minor = version.minor


def to_capabilities(options: Options) -> Table:
    """Give what templates see of the cluster."""
    return to_table(
        {
            "KubeVersion": Version(options.kube_version),
            "APIVersions": ApiVersions([*API_VERSIONS, *options.api_versions]),
            "HelmVersion": to_table(_HELM),
        }
    )


def to_release(options: Options) -> Table:
    """Give what templates see of the release: it is being installed for the first time."""
    return to_table(
        {
            "Name": mark_value(options.release, ()),
            "Namespace": options.release_namespace,
            "IsUpgrade": False,
            "IsInstall": True,
            "Revision": 1,
            "Service": "Helm",
        }
    )


def to_chart(chart: Chart, is_root: bool) -> Table:
    """Give what templates see of `Chart.yaml`; an alias is the chart's name."""
    metadata = chart.metadata
    fields: dict[str, Any] = {}
    for key, name in TEXTS.items():
        node = metadata.get(key)
        fields[name] = mark_value(text_of(node), (node.origin,) if node is not None else ())
    fields["Name"] = mark_value(chart.name, (metadata["name"].origin,))
    if not fields["APIVersion"]:
        fields["APIVersion"] = "v1"
    for key, name in (("sources", "Sources"), ("keywords", "Keywords")):
        fields[name] = _to_list(metadata.get(key))
    fields["Maintainers"] = Items([_to_maintainer(item) for item in _items(metadata.get("maintainers"))])
    annotations = metadata.get("annotations")
    fields["Annotations"] = to_template_data(annotations) if isinstance(annotations, Mapping) else Table()
    fields["Deprecated"] = text_of(metadata.get("deprecated")) == "true"
    fields["Dependencies"] = Items(
        [
            to_table({"Name": each.known_as, "Version": each.version, "Alias": each.alias, "Enabled": True})
            for each in chart.declared
        ]
    )
    fields["IsRoot"] = is_root
    return to_table(fields)


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _to_list(node: Node | None) -> Items:
    return Items([mark_value(text_of(item), (item.origin,)) for item in _items(node)])


def _to_maintainer(node: Node) -> Table:
    said = node if isinstance(node, Mapping) else None
    return to_table(
        {
            name: text_of(said.get(key)) if said else ""
            for key, name in (("name", "Name"), ("email", "Email"), ("url", "URL"))
        }
    )


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _print_yaml(entries: dict[str, Any]) -> str:
    """Print entries as `toYaml` does."""
    from isomorph.syntax.gotemplate.functions.table import make_function

    return str(make_function("toYaml", None)(to_table(entries)))  # type: ignore[arg-type]  # It renders nothing.
