"""Charts in tests, and the shortest way from them to the model."""

import io
import tarfile
from collections.abc import Mapping

from isomorph.model.application import Definition
from isomorph.model.origin import Origin
from isomorph.model.workload import Container, Workload
from isomorph.platforms.helm.reader import read
from tests.memory_context import memory_context, source

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: 2.1.0\n"

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
"""
VALUES = """\
replicas: 1
image:
  repository: shop/web
  tag: "1"
"""


def chart(
    templates: Mapping[str, str] | str = DEPLOYMENT, values: str = VALUES, metadata: str = CHART, folder: str = "shop"
) -> dict[str, str | bytes]:
    """Give the files of a chart in a folder; a text is the one template `web.yaml`."""
    named = {"web.yaml": templates} if isinstance(templates, str) else templates
    return {
        f"{folder}/Chart.yaml": metadata,
        f"{folder}/values.yaml": values,
        **{f"{folder}/templates/{name}": text for name, text in named.items()},
    }


def read_chart(
    files: Mapping[str, str | bytes] | None = None, path: str = "shop", **options: str | tuple[str, ...]
) -> Definition:
    """Read a chart from files in memory, without a helm."""
    return read(source(path, **options), memory_context(chart() if files is None else files))


def config(values: str) -> str:
    """Give a template of a ConfigMap `out` whose `data` is one text."""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: out\ndata:\n  text: {values}\n"


def pack(files: Mapping[str, str | bytes], *, links: Mapping[str, str] | None = None) -> bytes:
    """Pack files, by their paths in the archive, as `helm package` does."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type = tarfile.SYMTYPE
            member.linkname = target
            archive.addfile(member)
    return out.getvalue()


def only(definition: Definition) -> Workload:
    """Give the one workload of a definition."""
    (workload,) = definition.application.workloads.values()
    return workload


def container_of(definition: Definition) -> Container:
    """Give the one container of the one workload."""
    (container,) = only(definition).containers.values()
    return container


def text_of(definition: Definition, name: str = "out", key: str = "text") -> object:
    """Give a text of a configuration."""
    return definition.application.configurations[name].values[key]


def codes(definition: Definition) -> list[str]:
    """Give the codes of the diagnostics, but for the one that says who rendered the chart."""
    return [each.code for each in definition.diagnostics if each.code != "rendered"]


def origin_of(definition: Definition, *path: str) -> Origin:
    """Give where a value of the model was written."""
    found = definition.origins.find(path)
    assert found is not None
    return found
