"""Charts before the real helm: the same documents in the same order, and the same definition with both."""

import subprocess
from pathlib import Path

import pytest

from isomorph.platforms.context import Context, EngineResult, Engines, Source
from isomorph.platforms.helm.dependencies import process_dependencies
from isomorph.platforms.helm.engine import Rendering, read_output, run_helm
from isomorph.platforms.helm.given_values import read_given
from isomorph.platforms.helm.hooks import sort_documents
from isomorph.platforms.helm.loading import load_chart
from isomorph.platforms.helm.options import read_options
from isomorph.platforms.helm.reader import read
from isomorph.platforms.helm.rendering import RenderedDocument, render_chart
from isomorph.platforms.helm.values import coalesce
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.syntax.tree import to_data
from tests.conformance.conftest import engine
from tests.memory_context import MemoryEngines

CORPUS: tuple[tuple[str, dict[str, tuple[str, ...]]], ...] = (
    ("sock-shop/helm", {}),
    ("sock-shop/helm", {"set": ("zipkin.enabled=true,loadtest.enabled=true",)}),
    ("sock-shop/helm", {"set": ("frontend.replicas=1000000",), "release": ("shop",), "namespace": ("socks",)}),
    ("aks-store-demo/helm", {}),
    ("aks-store-demo/helm", {"set": ("useAzureAd=true,aiService.create=true",)}),
    ("aks-store-demo/helm", {"set": ("useRabbitMQ=false,useDocumentDB=false,orderService.image.tag=9",)}),
)

CREATED: tuple[dict[str, tuple[str, ...]], ...] = (
    {},
    {"set": ("ingress.enabled=true,autoscaling.enabled=true,httpRoute.enabled=true",)},
    {"set": ("ingress.enabled=true,ingress.className=nginx,ingress.tls[0].secretName=tls,ingress.tls[0].hosts={a.b}",)},
    {"set": ("replicaCount=3,image.tag=latest,service.type=NodePort,nameOverride=other",), "release": ("blue",)},
    {
        "set": ("resources.limits.cpu=100m,resources.limits.memory=1e3,tolerations[0].key=a",),
        "set-string": ("podLabels.a=1",),
    },
    {
        "set-json": (
            'volumes=[{"name":"a","emptyDir":{}}]',
            'volumeMounts=[{"name":"a","mountPath":"/a","readOnly":true}]',
        )
    },
    {"set": ("serviceAccount.create=false,livenessProbe=null,readinessProbe=null",), "namespace": ("prod",)},
    {"set": (r"podAnnotations.a\.b/c=x: y # z,fullnameOverride=web",), "kube-version": ("1.20.0",)},
)
"""What is given to the chart that `helm create` writes, as most charts began."""

RICH = {
    "Chart.yaml": "apiVersion: v2\nname: rich\nversion: 1.0.0\nappVersion: 1.10\nkeywords: [a]\ndependencies:\n"
    "  - {name: lib, version: 1.x.x}\n  - {name: part, version: ~1.0, alias: first, condition: first.on}\n"
    "  - {name: part, version: ~1.0, alias: second, condition: second.on}\n",
    "values.yaml": "n: 1000000\nf: 1.5\nlist: [a, 2, true, null]\nmap: {b: 1, a: {c: ''}}\ntext: |\n  one\n  two\n"
    "tpl: 'from {{ .Values.f }}'\nsecond: {on: false}\nfirst: {port: 1}\n",
    ".helmignore": "*.bak\nold/\n",
    "old/a.txt": "ignored",
    "conf/a.ini": "a=1\n",
    "conf/deep/b.ini": "b: '2'\n\n",
    "crds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\n",
    "templates/NOTES.txt": "{{ .Release.Name }}",
    "templates/x.yaml.bak": "{{ fail `ignored` }}",
    "templates/_names.tpl": '{{- define "rich.labels" -}}\napp: {{ .name }}\nchart: {{ .top.Chart.Name | quote }}\n{{- end -}}',
    "templates/z-values.yaml": '{{- $_ := set .Values "changed" "yes" -}}',
    "templates/a.yaml": "# Only a comment\n---\n---apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-a\n"
    '  labels: {{- include "rich.labels" (dict "name" "x" "top" $) | nindent 4 }}\ndata:\n'
    "  values: {{ .Values | toJson | quote }}\n  yaml: |\n    {{- toYaml .Values.map | nindent 4 }}\n"
    '  tpl: {{ tpl .Values.tpl . | quote }}\n  n: "{{ .Values.n }} {{ int .Values.n }} {{ .Values.f }}"\n'
    '  lookup: "{{ lookup "v1" "Secret" "a" "b" }}"\n  version: {{ .Chart.AppVersion | quote }}\n'
    '{{ (.Files.Glob "conf/**").AsConfig | indent 2 }}\n'
    '  lines: {{ .Files.Lines "conf/deep/b.ini" | toJson | quote }}\n'
    '  caps: "{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.KubeVersion.Minor }}"\n'
    '--- \napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n{{ (.Files.Glob "conf/*").AsSecrets | indent 2 }}\n',
    "templates/b.yaml": "{{- range $i, $v := .Values.list }}\n---\napiVersion: v1\nkind: Service\n"
    "metadata: {name: {{ printf `svc-%d` $i }}, annotations: {v: {{ $v | toString | quote }}}}\n"
    "spec: {ports: [{port: {{ add 80 $i }}}]}\n{{- end }}\n",
    "templates/hook.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations:\n"
    "    helm.sh/hook: pre-install, post-upgrade\nspec: {template: {spec: {restartPolicy: Never,"
    " containers: [{name: m, image: a:1}]}}}\n",
    "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.2.3\ntype: library\n",
    "charts/lib/templates/_lib.tpl": '{{ define "lib.port" }}{{ .Values.port | default 80 }}{{ end }}',
    "charts/part/Chart.yaml": "apiVersion: v2\nname: part\nversion: 1.0.7\n",
    "charts/part/values.yaml": "port: 8080\nglobal: {shared: 1}\n",
    "charts/part/templates/web.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Chart.Name }}}\n"
    'spec: {ports: [{port: {{ include "lib.port" . }}}]}\n',
}
"""A chart of everything that loading and rendering have rules for."""


class Helm(LocalEngines):
    """The helm that was built, wherever the search path leads."""

    def find(self, name: str) -> str | None:
        """Give its path."""
        return str(engine(name)) if name == "helm" else None


def context_of(folder: Path, engines: Engines | None = None) -> Context:
    return Context(files=LocalFiles([str(folder)]), engines=engines or MemoryEngines())


def render_by_both(source: Source, folder: Path) -> tuple[list[RenderedDocument], EngineResult]:
    """Render a chart by our engine, and by helm on a copy."""
    context = context_of(folder, Helm())
    chart = load_chart(source.path, context)
    given = read_given(source, context)
    enabled = process_dependencies(chart, given.values, [])
    values = coalesce(enabled, given.values)
    options = read_options(source, chart)
    result = run_helm(Rendering(chart, enabled, values, options, given, source), context)
    return sort_documents(render_chart(enabled, values, options)), result


def plain(documents: list[RenderedDocument]) -> list[tuple[str, object]]:
    return [(document.template, to_data(document.root)) for document in documents]


@pytest.mark.parametrize(("place", "options"), CORPUS, ids=str)
def test_charts_of_the_corpus_become_the_same_documents(
    place: str, options: dict[str, tuple[str, ...]], corpus: Path
) -> None:
    own, result = render_by_both(Source(str(corpus / place), options), corpus)
    assert result.code == 0, result.stderr
    assert plain(own) == plain(read_output(result.stdout))


@pytest.mark.parametrize(("place", "options"), CORPUS, ids=str)
def test_a_definition_is_the_same_by_both(place: str, options: dict[str, tuple[str, ...]], corpus: Path) -> None:
    source = Source(str(corpus / place), options)
    own = read(source, context_of(corpus))
    by_helm = read(source, context_of(corpus, Helm()))
    assert by_helm.application == own.application
    assert by_helm.origins == own.origins
    assert [each.message for each in by_helm.diagnostics if each.code == "rendered"] == [
        "the chart was rendered by helm"
    ]


@pytest.fixture(scope="module")
def created(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chart that `helm create` writes."""
    folder = tmp_path_factory.mktemp("created")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    subprocess.run([str(engine("helm")), "create", "web"], cwd=folder, env=environment, capture_output=True, check=True)
    return folder / "web"


@pytest.mark.parametrize("options", CREATED, ids=str)
def test_the_chart_that_helm_begins_with_becomes_the_same_documents(
    options: dict[str, tuple[str, ...]], created: Path
) -> None:
    own, result = render_by_both(Source(str(created), options), created)
    assert result.code == 0, result.stderr
    assert plain(own) == plain(read_output(result.stdout))


@pytest.mark.parametrize("options", [{}, {"set": ("second.on=true,second.port=null,n=7",)}], ids=str)
def test_a_chart_of_everything_becomes_the_same_documents(options: dict[str, tuple[str, ...]], tmp_path: Path) -> None:
    for name, text in RICH.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    own, result = render_by_both(Source(str(tmp_path), options), tmp_path)
    assert result.code == 0, result.stderr
    assert len(own) > 6
    assert plain(own) == plain(read_output(result.stdout))
