"""The engines themselves: they accept what is right and refuse what is wrong, so that their silence means something."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.conftest import ComposeConfig, ComposeRefused, Kubeconform
from tests.conformance.nomad_engine import Nomad, NomadRefused
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


JOB = """\
job "web" {
  group "web" {
    network {
      port "http" {
        to = 8080
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.27"
        ports = ["http"]
      }
    }
  }
}
"""


def test_nomad_accepts_a_job(nomad: Nomad) -> None:
    assert nomad.check(JOB) == []


def test_nomad_fills_in_defaults_where_asked(nomad: Nomad) -> None:
    [group] = nomad.parse(JOB)["TaskGroups"]
    assert (group["Count"], group["Tasks"][0]["KillTimeout"]) == (1, 5_000_000_000)
    [group] = nomad.parse(JOB, canonicalize=False)["TaskGroups"]
    assert (group["Count"], group["Tasks"][0]["KillTimeout"]) == (None, None)


def test_nomad_gives_a_job_as_it_is_registered(nomad: Nomad) -> None:
    [group] = nomad.canonical(nomad.parse(JOB, canonicalize=False))["TaskGroups"]
    assert group["Tasks"][0]["Resources"]["MemoryMB"] == 300


def test_nomad_reads_variables(nomad: Nomad) -> None:
    text = 'variable "tag" {}\n' + JOB.replace("nginx:1.27", "nginx:${var.tag}")
    job = nomad.parse(text, variables='tag = "1.28"')
    assert job["TaskGroups"][0]["Tasks"][0]["Config"]["image"] == "nginx:1.28"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to = 8080", "too = 8080", "too"),
        ('driver = "docker"', 'driver = "docker', "string"),
        ("to = 8080", "to = 80808", "80808"),
        ('driver = "docker"', 'driver = "docker"\n\n      kill_timeout = "-1s"', "KillTimeout"),
        ("image = ", "image  = ", "nomad fmt"),
    ],
    ids=["argument", "syntax", "port", "time", "form"],
)
def test_nomad_refuses_what_is_wrong(nomad: Nomad, old: str, new: str, said: str) -> None:
    assert any(said in complaint for complaint in nomad.check(JOB.replace(old, new)))


def test_nomad_plans_in_namespaces_made_on_demand(nomad: Nomad) -> None:
    assert nomad.check(JOB.replace('job "web" {', 'job "web" {\n  namespace = "made-on-demand"\n')) == []


def test_nomad_says_where_a_text_is_wrong(nomad: Nomad) -> None:
    with pytest.raises(NomadRefused, match=r"input\.hcl:5,"):
        nomad.parse(JOB.replace("to = 8080", "too = 8080"))
