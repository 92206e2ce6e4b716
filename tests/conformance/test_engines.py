"""The engines themselves: they accept what is right and refuse what is wrong, so that their silence means something."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.conftest import ComposeConfig, ComposeRefused, Kubeconform
from tests.engines.control_plane import ControlPlane

pytestmark = pytest.mark.engine

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
"""


def apply(server: ControlPlane, text: str) -> str | None:
    document: dict[str, Any] = yaml.safe_load(text)
    return server.dry_run(document, text)


def test_the_api_server_accepts_a_deployment(api_server: ControlPlane) -> None:
    assert apply(api_server, DEPLOYMENT) is None


def test_the_api_server_refuses_an_unknown_field(api_server: ControlPlane) -> None:
    complaint = apply(api_server, DEPLOYMENT.replace("image: nginx", "image: nginx, imag: x"))
    assert complaint is not None
    assert "imag" in complaint


def test_the_api_server_refuses_a_duplicate_key(api_server: ControlPlane) -> None:
    assert apply(api_server, DEPLOYMENT + "kind: Deployment\n") is not None


def test_compose_reads_a_file(tmp_path: Path, compose_config: ComposeConfig) -> None:
    (tmp_path / "compose.yaml").write_text("name: x\nservices: {web: {image: nginx}}\n")
    assert compose_config(tmp_path, "compose.yaml")["services"]["web"]["image"] == "nginx"


def test_compose_refuses_an_unknown_field(tmp_path: Path, compose_config: ComposeConfig) -> None:
    (tmp_path / "compose.yaml").write_text("name: x\nservices: {web: {imag: nginx}}\n")
    with pytest.raises(ComposeRefused, match="imag"):
        compose_config(tmp_path, "compose.yaml")


ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: made-on-demand}
spec: {rules: [{backendRefs: [{name: web, port: 80}]}]}
"""

OPENSHIFT_ROUTE = """\
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: web}
spec: {to: {kind: Service, name: web}}
"""


@pytest.mark.parametrize("document", [ROUTE, OPENSHIFT_ROUTE])
def test_the_api_server_knows_routes(api_server: ControlPlane, document: str) -> None:
    assert apply(api_server, document) is None
    assert apply(api_server, document.replace("spec: {", "spec: {nonsense: 1, ")) is not None


def test_a_dry_run_keeps_nothing(api_server: ControlPlane) -> None:
    assert apply(api_server, DEPLOYMENT) is None
    assert api_server.request("GET", "/apis/apps/v1/namespaces/default/deployments/web")[0] == 404


def test_kubeconform_accepts_what_is_right(kubeconform: Kubeconform) -> None:
    assert kubeconform("---\n".join([DEPLOYMENT, ROUTE, OPENSHIFT_ROUTE])) == []


@pytest.mark.parametrize(
    "wrong",
    [
        DEPLOYMENT.replace("image: nginx", "image: nginx, imag: x"),
        DEPLOYMENT.replace("image: nginx", "image: 1"),
        ROUTE.replace("port: 80", "port: none"),
        "apiVersion: v1\nkind: Nonsense\nmetadata: {name: x}\n",
    ],
)
def test_kubeconform_refuses_what_is_wrong(kubeconform: Kubeconform, wrong: str) -> None:
    assert len(kubeconform(wrong)) == 1
