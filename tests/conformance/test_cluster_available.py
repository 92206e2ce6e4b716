"""What is generated for Kubernetes becomes available in a cluster: its controllers, its scheduler and its services find all.

The API server, the controllers and the scheduler are real; that pods run is what kwok says. So this holds what a definition
says of itself: selectors that find their pods, service accounts, volumes that are bound, pods that can be placed, and roll-outs.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isomorph.__main__ import main
from tests.conformance.conftest import engine
from tests.conformance.test_writing import known_parts
from tests.engines.control_plane import ControlPlane, Workers, has_condition, path_of

pytestmark = pytest.mark.engine

DATA = Path(__file__).resolve().parent / "data"
VOLUMES = 4


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A control plane with workers, and volumes for those that claim one."""
    workers = Workers(engine("kube-controller-manager"), engine("kube-scheduler"), engine("kwok"))
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, and the API server needs a key")
    plane = ControlPlane(tmp_path_factory.mktemp("cluster"), engine("etcd"), engine("kube-apiserver"), workers)
    try:
        for number in range(VOLUMES):
            provide_volume(plane, f"volume-{number}")
        yield plane
    finally:
        plane.stop()


def provide_volume(plane: ControlPlane, name: str) -> None:
    """Make a volume of the node, as an administrator would where no storage class makes them."""
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": "100Gi"},
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": f"/volumes/{name}"},
        },
    }
    plane.apply(volume, json.dumps(volume))


def begin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a project in a folder, and be there."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ISOMORPH_KEY_FILE", str(folder.parent / "key"))
    assert main(["init", "--no-sample", "--quiet"]) == 0


def generate(folder: Path, namespace: str, scores: list[Path]) -> str:
    """Give the manifests of Score files, whose resources the catalogue provisions."""
    output = folder / "manifests.yaml"
    paths = [str(path) for path in scores]
    assert main(["generate", *paths, "--to", "kubernetes", "-o", str(output), "-n", namespace, "--quiet"]) == 0
    return output.read_text()


def apply_all(cluster: ControlPlane, manifests: str) -> list[dict[str, Any]]:
    """Apply every document, and give the objects as they are once all is available."""
    applied = []
    for document, text in known_parts(manifests):
        cluster.apply(document, text)
        applied.append(document)
    return [cluster.await_status(path_of(each), READY.get(each["kind"], bool)) for each in applied]


def is_available(deployment: dict[str, Any]) -> bool:
    """Tell whether a Deployment has all its replicas as it says now, and no others."""
    status, wanted = deployment.get("status", {}), deployment["spec"]["replicas"]
    counts = [status.get(count) for count in ("replicas", "updatedReplicas", "availableReplicas")]
    newest = status.get("observedGeneration") == deployment["metadata"]["generation"]
    return newest and counts == [wanted] * 3 and has_condition(deployment, "Available")


def is_complete(stateful: dict[str, Any]) -> bool:
    """Tell whether a StatefulSet has all its replicas as it says now."""
    status, wanted = stateful.get("status", {}), stateful["spec"]["replicas"]
    counts = [status.get(count) for count in ("updatedReplicas", "availableReplicas")]
    return status.get("observedGeneration") == stateful["metadata"]["generation"] and counts == [wanted] * 2


READY = {"Deployment": is_available, "StatefulSet": is_complete}


def backends(cluster: ControlPlane, service: dict[str, Any]) -> dict[str, list[str]]:
    """Give the pods behind each port of a service, by the port's name."""
    metadata = service["metadata"]
    path = f"/apis/discovery.k8s.io/v1/namespaces/{metadata['namespace']}/endpointslices"
    [found] = cluster.await_status(
        f"{path}?labelSelector=kubernetes.io/service-name={metadata['name']}", lambda found: bool(found["items"])
    )["items"]
    pods = [each["targetRef"]["name"] for each in found["endpoints"] if each["conditions"]["ready"]]
    return {port["name"]: pods for port in found["ports"]}


def pods_of(cluster: ControlPlane, namespace: str) -> list[dict[str, Any]]:
    """Give the pods of a namespace that are not about to end."""
    _, found = cluster.request("GET", f"/api/v1/namespaces/{namespace}/pods")
    return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]


def of_kind(kind: str, objects: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give the objects of one kind by their names."""
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}


def test_a_whole_project_becomes_available(
    cluster: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project with a database, a broker and a vault: two programs, and servers that keep something."""
    folder = tmp_path / "shop"
    shutil.copytree(DATA / "shop", folder)
    begin(folder, monkeypatch)
    objects = apply_all(cluster, generate(folder, "shop", [folder / "shop.yaml", folder / "worker.yaml"]))
    assert set(of_kind("Deployment", objects)) == {"shop", "worker", "shop-secrets"}
    assert set(of_kind("StatefulSet", objects)) == {"shop-db", "messages-amqp"}
    for name, service in of_kind("Service", objects).items():
        ports = backends(cluster, service)
        assert len(ports) == len(service["spec"]["ports"])
        assert all(len(pods) == 1 and pods[0].startswith(name) for pods in ports.values()), ports


def test_a_new_image_is_rolled_out_where_it_is_new(
    cluster: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(DATA / "greeting", folder)
    begin(folder, monkeypatch)
    scores = [folder / "web.yaml", folder / "greeter.yaml"]
    before = of_kind("Deployment", apply_all(cluster, generate(folder, "rolled", scores)))
    text = scores[0].read_text()
    assert "image: python:3.11" in text
    scores[0].write_text(text.replace("image: python:3.11", "image: python:3.12"))
    after = of_kind("Deployment", apply_all(cluster, generate(folder, "rolled", scores)))

    generations = {name: each["metadata"]["generation"] for name, each in before.items()}
    assert generations == {"web": 1, "greeter": 1}
    assert {name: each["metadata"]["generation"] for name, each in after.items()} == {"web": 2, "greeter": 1}
    [pod] = [pod for pod in pods_of(cluster, "rolled") if pod["metadata"]["name"].startswith("web-")]
    assert pod["spec"]["containers"][0]["image"] == "python:3.12"


def test_a_corpus_of_workloads_becomes_available(
    corpus: Path, cluster: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "boutique"
    folder.mkdir()
    begin(folder, monkeypatch)
    scores = sorted((corpus / "score-examples" / "samples" / "onlineboutique").rglob("score.yaml"))
    objects = apply_all(cluster, generate(folder, "boutique", scores))
    assert len(of_kind("Deployment", objects)) == len(scores) == 11
    for name, service in of_kind("Service", objects).items():
        assert all(pods and pods[0].startswith(name) for pods in backends(cluster, service).values())


JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: jobs}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: python:3.11}]
"""


def test_a_job_completes(cluster: ControlPlane) -> None:
    [(document, text)] = known_parts(JOB)
    cluster.apply(document, text)
    assert cluster.await_status(path_of(document), lambda found: has_condition(found, "Complete"))


class Helm:
    """The real helm, and a cluster that it installs charts in."""

    def __init__(self, cluster: ControlPlane, home: Path) -> None:
        self.program = str(engine("helm"))
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(home),
            "KUBECONFIG": str(cluster.folder / "kubeconfig"),
        }

    def run(self, *arguments: str) -> str:
        """Run a command of helm in the namespace `charted`, and wait until what it changed is available."""
        command = [self.program, *arguments, "--namespace", "charted", "--wait", "--timeout", "60s"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def test_a_chart_is_installed_and_upgraded(
    cluster: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "greeting"
    shutil.copytree(DATA / "greeting", folder)
    begin(folder, monkeypatch)
    assert main(["generate", "web.yaml", "greeter.yaml", "--to", "helm", "-o", "chart/", "--quiet"]) == 0
    helm = Helm(cluster, tmp_path)
    helm.run("install", "greeting", "chart", "--create-namespace")
    helm.run("upgrade", "greeting", "chart", "--set", "web.image.tag=3.12")
    path = "/apis/apps/v1/namespaces/charted/deployments"
    found = {each["metadata"]["name"]: each for each in cluster.request("GET", path)[1]["items"]}
    assert all(is_available(deployment) for deployment in found.values())
    assert {name: each["metadata"]["generation"] for name, each in found.items()} == {"web": 2, "greeter": 1}
    [pod] = [pod for pod in pods_of(cluster, "charted") if pod["metadata"]["name"].startswith("web-")]
    assert pod["spec"]["containers"][0]["image"] == "python:3.12"

    helm.run("uninstall", "greeting", "--cascade", "foreground")
    assert pods_of(cluster, "charted") == []
