"""A real API server that knows Routes takes what is written for OpenShift, strictly: real definitions, and awkward models."""

from pathlib import Path
from typing import Any

import pytest

from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.model.workload import Port, Route
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.openshift.known import DEPLOYMENT_CONFIG, TRIGGER
from isomorph.platforms.openshift.writer import to_documents
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_reader
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml
from tests.conformance.test_kubernetes_writing import AWKWARD, REAL, one
from tests.engines.control_plane import ControlPlane
from tests.provisioned import shop

pytestmark = pytest.mark.engine

#: Kinds whose definition OpenShift's own API server has built in.
UNKNOWN = {"BuildConfig", "ImageStream", "SecurityContextConstraints"}
PORTS = {"80/tcp": Port(80, 8080)}


def complaints(server: ControlPlane, definition: Definition, options: WriteOptions | None = None) -> list[str]:
    """Dry-run every document that is written for a definition; gives what the API server says against them."""
    documents, _ = to_documents(normalise(definition, resolve_configurations=False), options or WriteOptions())
    known = [as_known(document) for document in documents if document["kind"] not in UNKNOWN]
    assert known
    answers = [server.dry_run(document, emit_yaml(document, dialect=Dialect.KUBERNETES)) for document in known]
    return [answer for answer in answers if answer]


def as_known(document: dict[str, Any]) -> dict[str, Any]:
    """Give a DeploymentConfig as the Deployment that it is but for its roll-outs, all else as it is."""
    if document["kind"] != "DeploymentConfig":
        return document
    spec = document["spec"]
    assert spec.keys() <= DEPLOYMENT_CONFIG.known
    assert all(trigger.keys() <= TRIGGER.known for trigger in spec.get("triggers", []))
    for container in spec["template"]["spec"]["containers"]:
        container["image"] = container["image"].strip() or "put-in-by-a-trigger"
    selector = {"matchLabels": spec["selector"]}
    rest = {key: value for key, value in spec.items() if key not in ("selector", "strategy", "test", "triggers")}
    return {**document, "apiVersion": "apps/v1", "kind": "Deployment", "spec": {**rest, "selector": selector}}


@pytest.mark.parametrize(("platform", "path"), [each for each in REAL if "kustomize" not in each[1]])
@pytest.mark.parametrize("namespace", [None, "elsewhere"])
def test_real_definitions(
    corpus: Path, api_server: ControlPlane, platform: str, path: str, namespace: str | None
) -> None:
    context = Context(LocalFiles([str(corpus)]), LocalEngines())
    definition = load_reader(platform)(Source(str(corpus / path)), context)
    assert complaints(api_server, definition, WriteOptions(namespace=namespace)) == []


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_models(api_server: ControlPlane, name: str) -> None:
    assert complaints(api_server, AWKWARD[name]) == []


ROUTES = {
    "tls": Route("a.b", "/", 80, tls=True, tls_secret="My_Cert"),
    "a wildcard": Route("*.example.com", "/x", 80),
    "a host that is none": Route("a b_c", "/", 80),
    "a host that is too long": Route(".".join(["x" * 60] * 5), "/", 80),
    "a label that is too long": Route("x" * 64 + ".com", "/", 80),
    "any host": Route("", "/x y", 80),
    "a pattern": Route("a.b", "/x/(a|b)+$", 80, "regex"),
    "no path": Route("a.b", "", 80),
    "a port that nobody offers": Route("a.b", "/", 9999),
}


@pytest.mark.parametrize("name", ROUTES)
def test_awkward_routes(api_server: ControlPlane, name: str) -> None:
    assert complaints(api_server, one(ports=PORTS, routes={name: ROUTES[name]})) == []


def test_what_was_provisioned(api_server: ControlPlane) -> None:
    options = WriteOptions(namespace="elsewhere", generate_namespace=True)
    assert complaints(api_server, shop(2, size=1 << 30), options) == []


OPENSHIFT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'web:1', ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
"""
SPECS = [
    "{host: a.b, to: {kind: Service, name: web}}",
    "{to: {kind: Service, name: web}, port: {targetPort: 8080}}",
    "{host: w.a.b, wildcardPolicy: Subdomain, to: {kind: Service, name: web}}",
    "{host: a.b, to: {kind: Service, name: web}, tls: {termination: passthrough, insecureEdgeTerminationPolicy: Redirect}}",
    "{host: a.b, path: /x, to: {kind: Service, name: web}, tls: {termination: reencrypt, destinationCACertificate: x}}",
    "{host: a.b, to: {kind: Service, name: web, weight: 1},"
    " alternateBackends: [{kind: Service, name: other, weight: 2}]}",
    "{host: a.b, to: {kind: Service, name: web}, httpHeaders: {actions: {response: ["
    "{name: X-Frame-Options, action: {type: Set, set: {value: DENY}}}]}}}",
]


@pytest.mark.parametrize("spec", SPECS)
def test_routes_that_were_read_are_written_as_the_server_takes_them(
    api_server: ControlPlane, tmp_path: Path, spec: str
) -> None:
    route = f"---\napiVersion: route.openshift.io/v1\nkind: Route\nmetadata: {{name: web}}\nspec: {spec}\n"
    path = tmp_path / "a.yaml"
    path.write_text(OPENSHIFT + route)
    context = Context(LocalFiles([str(tmp_path)]), LocalEngines())
    definition = load_reader("openshift")(Source(str(path)), context)
    assert complaints(api_server, definition) == []


def test_the_example_is_written_as_the_server_takes_it(api_server: ControlPlane) -> None:
    root = Path(__file__).resolve().parents[2]
    context = Context(LocalFiles([str(root / "examples")]), LocalEngines())
    given: dict[str, tuple[str, ...]] = {"param": ("HOST=shop.example.com", "SESSION_KEY=x")}
    definition = load_reader("openshift")(Source(str(root / "examples/openshift/shop.yaml"), given), context)
    documents, _ = to_documents(definition, WriteOptions())
    assert [each["kind"] for each in documents].count("DeploymentConfig") == 1
    assert complaints(api_server, definition) == []
