"""Kustomizations: what is built, and where each value was really written."""

from pathlib import Path
from shutil import which

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.origin import Origin
from isomorph.platforms.context import Context, EngineResult, Source
from isomorph.platforms.kubernetes.kustomize import place_files
from isomorph.platforms.kubernetes.reader import read
from isomorph.platforms.local import LocalEngines, LocalFiles
from tests.memory_context import MemoryEngines, memory_context, source
from tests.platforms.kubernetes.reading import codes

needs_kubectl = pytest.mark.skipif(which("kubectl") is None, reason="kubectl is not installed")

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: ghcr.io/shop/web:1
          envFrom: [{configMapRef: {name: conf}}]
          env:
            - {name: KEPT, value: "1"}
            - {name: PATCHED, value: "2"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""
BASE = """\
resources: [web.yaml]
labels:
  - pairs: {team: shop}
"""
OVERLAY = """\
resources: [../../base]
namespace: prod
namePrefix: p-
images:
  - name: ghcr.io/shop/web
    newTag: "2"
replicas:
  - name: web
    count: 4
configMapGenerator:
  - name: conf
    literals: [LITERAL=1]
    envs: [a.env]
    files: [file.txt]
patches:
  - path: patch.yaml
  - target: {kind: Service}
    patch: |-
      - op: add
        path: /spec/ports/-
        value: {port: 81, name: more}
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          env:
            - {name: PATCHED, value: "3"}
          resources: {limits: {cpu: 1}}
"""
FILES = {
    "base/kustomization.yaml": BASE,
    "base/web.yaml": WEB,
    "overlays/prod/kustomization.yaml": OVERLAY,
    "overlays/prod/patch.yaml": PATCH,
    "overlays/prod/a.env": "# comment\nFROM_ENV=2\n",
    "overlays/prod/file.txt": "hello\n",
}


def build(path: str, files: dict[str, str]) -> Definition:
    """Build with the real kubectl, on files in memory."""
    return read(source(path), memory_context(files, engines=LocalEngines()))


@pytest.fixture(scope="module")
def production() -> Definition:
    if which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    return build("overlays/prod", FILES)


def find_origin(definition: Definition, *path: str) -> tuple[str, int]:
    origin = definition.origins.find(("workloads", "p-web", *path))
    assert origin is not None
    return origin.file, origin.line


def test_what_is_built(production: Definition) -> None:
    workload = normalise(production).application.workloads["p-web"]
    container = workload.containers["web"]
    assert production.diagnostics == ()
    assert workload.namespace == "prod"
    assert workload.scale.replicas == 4
    assert container.image == Image(repository="shop/web", registry="ghcr.io", tag="2")
    assert container.variables == {
        "LITERAL": "1",
        "FROM_ENV": "2",
        "file.txt": "hello\n",
        "KEPT": "1",
        "PATCHED": "3",
    }
    assert not [extra for extra in production.extras if "config.kubernetes.io/origin" in str(extra)]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("kind",), ("base/web.yaml", 2)),
        (("namespace",), ("overlays/prod/kustomization.yaml", 2)),
        (("containers", "web", "variables", "KEPT"), ("base/web.yaml", 18)),
        (("containers", "web", "variables", "PATCHED"), ("overlays/prod/patch.yaml", 10)),
        (("containers", "web", "compute", "limits", "cpu"), ("overlays/prod/patch.yaml", 11)),
        (("containers", "web", "variables", "LITERAL"), ("overlays/prod/kustomization.yaml", 12)),
        (("containers", "web", "variables", "FROM_ENV"), ("overlays/prod/a.env", 2)),
        (("containers", "web", "variables", "file.txt"), ("overlays/prod/file.txt", 1)),
        (("containers", "web", "image"), ("overlays/prod/kustomization.yaml", 6)),
        (("scale", "replicas"), ("overlays/prod/kustomization.yaml", 9)),
        (("names", "p-web"), ("overlays/prod/kustomization.yaml", 3)),
        (("ports", "80/tcp"), ("base/web.yaml", 26)),
        (("ports", "81/tcp"), ("overlays/prod/kustomization.yaml", 21)),
    ],
)
def test_each_value_is_traced_to_where_it_was_written(
    production: Definition, path: tuple[str, ...], place: tuple[str, int]
) -> None:
    assert find_origin(production, *path) == place


def test_a_transformed_value_names_what_it_was_made_from(production: Definition) -> None:
    origin = production.origins.table["workloads", "p-web", "containers", "web", "image"]
    assert origin == Origin("overlays/prod/kustomization.yaml", 6, 13).through(Origin("base/web.yaml", 15, 18))


def test_the_files_it_is_made_of(production: Definition) -> None:
    assert sorted(production.sources) == sorted(FILES)


SECOND = {
    "base/web.yaml": WEB,
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "part/kustomization.yaml": """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: any}
      spec:
        template:
          spec:
            terminationGracePeriodSeconds: 9
""",
    "prod/kustomization.yaml": """\
resources: [../base, more.yaml]
components: [../part]
nameSuffix: -x
images:
  - name: ghcr.io/shop/web
    newName: quay.io/shop/site
secretGenerator:
  - name: keys
    literals:
      - P=pw
patchesJson6902:
  - target: {group: apps, version: v1, kind: Deployment, name: web}
    path: operations.yaml
replacements:
  - source: {kind: Service, name: web, fieldPath: metadata.name}
    targets:
      - select: {kind: Deployment, name: web}
        fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=KEPT].value"]
""",
    "prod/operations.yaml": """\
- op: replace
  path: /spec/replicas
  value: 7
- op: add
  path: /spec/template/spec/containers/0/env/-
  value:
    name: ADDED
    value: new
- op: replace
  path: /spec/template/spec/containers/0/env/1/value
  value: replaced
""",
    "prod/more.yaml": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n"
    "  metadata: {name: conf}\n  data:\n    K: v\n",
}


@pytest.fixture(scope="module")
def second() -> Definition:
    if which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    return build("prod", SECOND)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("workloads", "web-x"), ("prod/kustomization.yaml", 3)),
        (("workloads", "web-x", "scale", "replicas"), ("prod/operations.yaml", 3)),
        (("workloads", "web-x", "containers", "web", "variables", "KEPT"), ("prod/kustomization.yaml", 14)),
        (("workloads", "web-x", "containers", "web", "variables", "PATCHED"), ("prod/operations.yaml", 11)),
        (("workloads", "web-x", "containers", "web", "variables", "ADDED"), ("prod/operations.yaml", 8)),
        (("workloads", "web-x", "containers", "web", "variables", "K"), ("prod/more.yaml", 8)),
        (("workloads", "web-x", "containers", "web", "image"), ("prod/kustomization.yaml", 6)),
        (("workloads", "web-x", "containers", "web", "stop_grace"), ("part/kustomization.yaml", 12)),
    ],
)
def test_values_of_operations_components_and_replacements(
    second: Definition, path: tuple[str, ...], place: tuple[str, int]
) -> None:
    origin = second.origins.table[path]
    assert (origin.file, origin.line) == place


def test_generated_secrets(second: Definition) -> None:
    (name,) = second.application.secrets
    origin = second.origins.table["secrets", name, "values", "P"]
    assert name.startswith("keys-x-")
    assert second.application.secrets[name].values == {"P": "pw"}
    assert (origin.file, origin.line) == ("prod/kustomization.yaml", 10)


@needs_kubectl
def test_the_kustomization_itself_may_be_named() -> None:
    assert list(build("base/kustomization.yaml", FILES).application.workloads) == ["web"]


@needs_kubectl
@pytest.mark.parametrize(
    "text", ["{resources: [web.yaml]}\n", "resources: [web.yaml]\nbuildMetadata: [managedByLabel]\n"]
)
def test_origins_are_asked_for_whatever_the_kustomization_looks_like(text: str) -> None:
    definition = build("base", {"base/kustomization.yaml": text, "base/web.yaml": WEB})
    assert definition.origins.table["workloads", "web"].file == "base/web.yaml"


@needs_kubectl
def test_what_kubectl_refuses_is_one_diagnostic() -> None:
    definition = build("overlays/prod", {name: text for name, text in FILES.items() if name != "overlays/prod/a.env"})
    assert codes(definition) == ["engine-failed"]
    assert "a.env" in definition.diagnostics[0].message
    assert definition.application.workloads == {}


def test_without_kubectl_one_diagnostic_says_so() -> None:
    definition = read(source("base"), memory_context(FILES))
    assert codes(definition) == ["engine-missing"]
    assert definition.application.workloads == {}


def refuse(args: list[str], files: object) -> EngineResult:
    raise AssertionError("kubectl must not run")


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("https://example.com/base.yaml", "engine-failed"),
        ("github.com/shop/base?ref=v1", "engine-failed"),
        ("git@example.com:shop/base.git", "engine-failed"),
        ("ssh://git@example.com/shop", "engine-failed"),
        ("missing.yaml", "missing-file"),
        ("example.com/shop/base", "missing-file"),
    ],
)
def test_resources_are_not_fetched(resource: str, code: str) -> None:
    files = {"base/kustomization.yaml": f"resources:\n  - {resource}\n"}
    definition = read(source("base"), memory_context(files, engines=MemoryEngines({"kubectl": refuse})))
    assert codes(definition) == [code]
    assert definition.diagnostics[0].origin == Origin("base/kustomization.yaml", 2, 5)


@pytest.mark.parametrize(
    "text",
    [
        "configMapGenerator:\n  - {name: c, files: ['https://example.com/x']}\n",
        "configMapGenerator:\n  - {name: c, files: ['key=https://example.com/x?a=b']}\n",
        "secretGenerator:\n  - {name: c, envs: ['https://example.com/x']}\n",
        "patches:\n  - path: https://example.com/x\n",
        "patchesStrategicMerge:\n  - https://example.com/x\n",
        "openapi: {path: 'https://example.com/x'}\n",
        "generators:\n  - |-\n    apiVersion: builtin\n    kind: ConfigMapGenerator\n    files: ['https://example.com/x']\n",
        "transformers: [plugin.yaml]\n",
    ],
)
def test_nothing_else_is_fetched(text: str) -> None:
    files = {"base/kustomization.yaml": text, "base/plugin.yaml": "url: https://example.com/x\n"}
    definition = read(source("base"), memory_context(files, engines=MemoryEngines({"kubectl": refuse})))
    assert codes(definition) == ["engine-failed"]
    assert "nothing is fetched" in definition.diagnostics[0].message


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a/kustomization.yaml": "resources: [../b]", "b/kustomization.yaml": "resources: [../a]"}, "leads back"),
        ({"a/kustomization.yaml": "resources: [../../x]"}, "outside the project"),
        ({"a/kustomization.yaml": "resources: [sub]", "a/sub/x.yaml": ""}, "has no kustomization"),
        ({"a/kustomization.yaml": "- x"}, "is a mapping"),
        ({"a/kustomization.yaml": "resources: ["}, "a value is missing"),
    ],
)
def test_bad_kustomizations(files: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        read(source("a"), memory_context(files, engines=MemoryEngines({"kubectl": refuse})))
    assert caught.value.origin is not None
    assert caught.value.origin.file.endswith("kustomization.yaml")


def test_files_keep_their_places_to_each_other() -> None:
    assert place_files(dict.fromkeys(["a/k.yaml", "b/x.yaml"], b"")) == {"a/k.yaml": "a/k.yaml", "b/x.yaml": "b/x.yaml"}
    assert place_files(dict.fromkeys(["k.yaml", "../b/x.yaml"], b"")) == {
        "k.yaml": "above-0/k.yaml",
        "../b/x.yaml": "b/x.yaml",
    }


@needs_kubectl
@pytest.mark.parametrize(
    ("folder", "workloads"),
    [
        ("base", 9),
        ("overlays/dev", 9),
        ("overlays/kaito", 10),
        ("overlays/azd/store-front", 1),
        ("overlays/azd/order-service", 0),
    ],
)
def test_the_kustomizations_of_aks_store_demo(corpus: Path, folder: str, workloads: int) -> None:
    root = corpus / "aks-store-demo" / "kustomize"
    definition = read(Source(str(root / folder)), Context(LocalFiles([str(root)]), LocalEngines()))
    assert len(definition.application.workloads) == workloads
    refused = [code for code in codes(definition) if code.startswith("engine")]
    assert refused == ([] if workloads else ["engine-failed"])
    base = {origin.file for origin in definition.origins.table.values()}
    assert all(file.startswith(str(root)) for file in base)
