"""A whole project out of Score files: Docker runs it with its database, broker and vault; the API server accepts it.

Its programs know nothing but what the definition tells them. They try each connection once as they start, so that an order
of starting that is not kept is seen.
"""

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from isomorph.__main__ import main
from isomorph.provisioning.state import known_secrets
from isomorph.provisioning.state_file import read_state
from tests.conformance.conftest import Kubeconform, engine
from tests.conformance.test_writing import complaints
from tests.engines.control_plane import ControlPlane
from tests.engines.docker import CommandFailed, Docker, why_not

pytestmark = pytest.mark.engine

DATA = Path(__file__).resolve().parent / "data" / "shop"
PORT = 18080  # Of the daemon's own machine, where nothing else is.
TO_COMPOSE = ("--to", "compose", "-o", "compose.yaml", "--publish", f"127.0.0.1:{PORT}:shop:8080")
TO_KUBERNETES = ("--to", "kubernetes", "-o", "manifests.yaml", "-n", "shop", "--generate-namespace")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project begun with `isomorph init`, its two Score files beside their programs."""
    folder = tmp_path / "shop"
    shutil.copytree(DATA, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ISOMORPH_KEY_FILE", str(tmp_path / "key"))
    assert main(["init", "--no-sample"]) == 0
    return folder


def generate(*options: str) -> None:
    assert main(["generate", "shop.yaml", "worker.yaml", *options]) == 0


def secrets_of(project: Path) -> set[str]:
    """Give every secret that was made up for the project, as the state has it."""
    state = read_state(str(project), {"ISOMORPH_KEY_FILE": str(project.parent / "key")})
    return {secret for environment in state.environments.values() for secret in known_secrets(environment)}


@pytest.fixture(scope="module")
def docker() -> Iterator[Docker]:
    """A Docker daemon of the test's own, where this machine can run one."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    engine("vault")
    daemon = Docker()
    try:
        yield daemon
    finally:
        daemon.stop()


class Running:
    """The project as docker compose runs it."""

    def __init__(self, docker: Docker, folder: Path) -> None:
        self.docker, self.folder = docker, folder
        self.program = str(engine("docker-compose"))

    def compose(self, *arguments: str) -> str:
        return self.docker.run([self.program, *arguments], self.folder)

    def start(self, *options: str) -> None:
        """Start all and wait until all is healthy; a failure comes with what the containers said."""
        try:
            self.compose("up", "--detach", "--wait", "--wait-timeout", "240", "--pull", "never", *options)
        except CommandFailed as failure:
            raise CommandFailed(f"{failure}\n{self.compose('logs', '--no-color', '--tail', '30')}") from None

    def inspect(self) -> dict[str, dict[str, Any]]:
        """Give what Docker knows of each container, by the name of its service."""
        found = json.loads(self.docker.docker("inspect", *self.compose("ps", "--all", "--quiet").split()))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each for each in found}

    def ask_shop(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.docker.fetch(f"http://127.0.0.1:{PORT}/"))
        return answer

    def read_vault(self) -> dict[str, str]:
        """Ask Vault itself, in its container, for what it keeps for the shop."""
        read = "vault kv get -format=json -mount=secret shop"
        found: dict[str, str] = json.loads(self.compose("exec", "-T", "shop-secrets", "sh", "-c", read))["data"]["data"]
        return found


@pytest.fixture
def running(docker: Docker, project: Path) -> Iterator[Running]:
    """The generated project, started; removed with all it kept at the end."""
    generate(*TO_COMPOSE)
    services = yaml.safe_load((project / "compose.yaml").read_text())["services"]
    docker.supply({service["image"] for service in services.values()})
    running = Running(docker, project)
    try:
        running.start()
        yield running
    finally:
        running.compose("down", "--volumes", "--timeout", "5")


def test_the_project_runs(running: Running) -> None:
    said = running.ask_shop()
    assert said["kept"] == [said["order"]]
    assert said["answer"] == f"took {said['order']}"
    assert said["secrets"] == running.read_vault()
    assert set(said["secrets"]) == {"payment-key"}
    assert set(said["secrets"].values()) <= secrets_of(running.folder)

    containers = running.inspect()
    assert set(containers) == {"shop", "worker", "shop-db", "messages-amqp", "shop-secrets"}
    assert {name: each["RestartCount"] for name, each in containers.items()} == dict.fromkeys(containers, 0)
    assert containers["shop"]["HostConfig"]["Memory"] == 128 << 20

    # Generated again and replaced, all of it is what it was: its passwords, and what the database keeps.
    generate(*TO_COMPOSE)
    running.start("--force-recreate", "--timeout", "5")
    again = running.ask_shop()
    assert again["kept"] == [said["order"], again["order"]]
    assert again["secrets"] == said["secrets"]


def test_the_api_server_accepts_the_project(project: Path, api_server: ControlPlane) -> None:
    generate(*TO_KUBERNETES)
    manifests = (project / "manifests.yaml").read_text()
    kinds = {document["kind"] for document in yaml.safe_load_all(manifests)}
    assert kinds >= {"Namespace", "Deployment", "StatefulSet", "Service", "ConfigMap", "Secret"}
    assert complaints(api_server, manifests) == []


def test_kubeconform_accepts_the_project(project: Path, kubeconform: Kubeconform) -> None:
    generate(*TO_KUBERNETES)
    assert kubeconform((project / "manifests.yaml").read_text()) == []


def test_secrets_are_where_secrets_belong(project: Path) -> None:
    generate(*TO_COMPOSE)
    generate(*TO_KUBERNETES)
    secrets = secrets_of(project)
    # A password each for the database, the broker and the vault, and what the vault keeps; for either platform its own.
    assert len(secrets) == 8
    env_file = project / ".env"
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert sum(secret in env_file.read_text() for secret in secrets) == 4

    documents = list(yaml.safe_load_all((project / "manifests.yaml").read_text()))
    kept = json.dumps([each for each in documents if each["kind"] == "Secret"])
    assert sum(secret in kept for secret in secrets) == 4

    texts = {str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert {"compose.yaml", ".env", "manifests.yaml", ".isomorph/state.yaml"} <= set(texts)
    del texts[".env"]
    texts["manifests.yaml"] = json.dumps([each for each in documents if each["kind"] != "Secret"]).encode()
    found = {name: [secret for secret in secrets if secret.encode() in text] for name, text in texts.items()}
    assert {name: leaked for name, leaked in found.items() if leaked} == {}
