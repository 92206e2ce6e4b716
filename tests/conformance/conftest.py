"""Real engines as fixtures. A test whose engine is not built is skipped, never passed."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.nomad_engine import Nomad
from tests.engines.apart import CGROUPS
from tests.engines.build import find_engine
from tests.engines.control_plane import ControlPlane
from tests.engines.manifest_schemas import write_schemas
from tests.engines.node import KubernetesNode, why_not
from tests.engines.nomad_agent import NomadServer

HERE = Path(__file__).resolve().parent

#: Kinds that no API server knows by itself: plural -> group.
CUSTOM = {
    "gatewayclasses": "gateway.networking.k8s.io",
    "gateways": "gateway.networking.k8s.io",
    "httproutes": "gateway.networking.k8s.io",
    "routes": "route.openshift.io",
}


def engine(name: str) -> Path:
    """Give a built engine, or skip the test."""
    path = find_engine(name)
    if path is None:
        pytest.skip(f"{name} is not built: make engines")
    return path


class ComposeRefused(Exception):
    """docker compose does not accept the files; its message says why."""


ComposeConfig = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def compose_config() -> ComposeConfig:
    """Give a function that has docker compose read files: `compose_config(folder, *files, profiles=(), environment={})`."""
    program = engine("docker-compose")

    def run(
        folder: Path, *files: str, profiles: tuple[str, ...] = (), environment: dict[str, str] | None = None
    ) -> dict[str, Any]:
        command = [str(program)]
        for file in files:
            command += ["-f", file]
        for profile in profiles:
            command += ["--profile", profile]
        command += ["config", "--format", "json", "--no-normalize=false"]
        variables = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **(environment or {})}
        done = subprocess.run(
            command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode != 0:
            raise ComposeRefused(done.stderr.strip())
        parsed: dict[str, Any] = json.loads(done.stdout)
        return parsed

    return run


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """A real API server that knows Gateway API's and OpenShift's routes, for the whole run."""
    etcd, server = engine("etcd"), engine("kube-apiserver")
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, and the API server needs a key")
    plane = ControlPlane(tmp_path_factory.mktemp("control-plane"), etcd, server)
    try:
        for name, group in CUSTOM.items():
            plane.install((HERE.parent / "engines" / "crds" / f"{name}.crd.yaml").read_bytes(), f"{name}.{group}")
        yield plane
    finally:
        plane.stop()


@pytest.fixture(scope="session")
def nomad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nomad]:
    """A real Nomad that reads, checks and plans jobs, for the whole run."""
    server = NomadServer(tmp_path_factory.mktemp("nomad"), engine("nomad"))
    try:
        yield Nomad(server)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def kubernetes_node() -> Iterator[KubernetesNode]:
    """A real Kubernetes of one node that runs what it is given, from images of Python, for the whole run."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    node = KubernetesNode({"python:3.11"})
    try:
        yield node
    finally:
        node.stop()
    left = [str(path) for path in (node.folder, *CGROUPS.glob(f"**/{node.cgroup}")) if path.exists()]
    assert left == []


Kubeconform = Callable[[str], list[str]]


@pytest.fixture(scope="session")
def kubeconform(api_server: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Kubeconform:
    """Give a function that has kubeconform check a text of manifests strictly; it gives the complaints."""
    program = engine("kubeconform")
    folder = tmp_path_factory.mktemp("schemas")
    location = write_schemas(api_server.published_schemas(set(CUSTOM.values())), folder)

    def run(text: str) -> list[str]:
        command = [str(program), "-strict", "-output", "json", "-schema-location", location, "-"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
        if done.stderr:
            return [done.stderr.strip()]
        return [f"{each['kind']} {each['name']}: {each['msg']}" for each in json.loads(done.stdout)["resources"]]

    return run
