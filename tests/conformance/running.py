"""How each engine runs one generated project, and where it is asked: Docker by Compose, Nomad, and a Kubernetes node."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.conformance.conftest import engine
from tests.engines.apart import Apart, CommandFailed
from tests.engines.docker import Docker
from tests.engines.node import KubernetesNode
from tests.engines.nomad_agent import NomadNode

PORT = 18080  # Of the daemon's own machine, where nothing else is.
NAMESPACE = "greeting"
TIMEOUT = 60.0


class Settings(NamedTuple):
    """What whoever runs the project supplies: plain settings, and secret ones."""

    plain: dict[str, str]
    secret: dict[str, str]


class Addresses(NamedTuple):
    """Where the asked workload is, and where that finds its peer."""

    asked: str
    peer: str


class Running(Protocol):
    """A project of the workloads `web` and `greeter` on one engine."""

    machine: Apart

    def begin(self) -> None:
        """Start it, and do not wait."""

    def await_both(self) -> Addresses:
        """Wait until both are as healthy as the engine can tell; a failure comes with what they said."""

    def restarts(self) -> dict[str, int]:
        """Give how often each container was started again."""

    def end(self) -> None:
        """Remove it."""


def fetch(machine: Apart, url: str) -> str:
    """Ask over HTTP, as soon as somebody answers."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            return machine.fetch(url).decode()
        except CommandFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def await_service(node: NomadNode, name: str) -> str:
    """Give the address of a service once Nomad has registered it."""
    deadline = time.monotonic() + TIMEOUT
    while not (found := node.find(name)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found, f"{name} was not registered"
    return found[0]


class Composed:
    """The Compose file as docker compose runs it; settings are in the env file beside it."""

    def __init__(self, docker: Docker, folder: Path, settings: Settings) -> None:
        self.docker, self.folder = docker, folder
        self.machine: Apart = docker
        lines = [f"{name}='{value}'\n" for name, value in {**settings.plain, **settings.secret}.items()]
        (folder / ".env").write_text("".join(lines))

    def compose(self, *arguments: str) -> str:
        return self.docker.run([str(engine("docker-compose")), "--progress", "quiet", *arguments], self.folder)

    def up(self, *options: str) -> None:
        try:
            self.compose("up", "--detach", "--pull", "never", *options)
        except CommandFailed as failure:
            raise CommandFailed(f"{failure}\n{self.compose('logs', '--no-color', '--tail', '30')}") from None

    def begin(self) -> None:
        self.up()

    def await_both(self) -> Addresses:
        self.up("--wait", "--wait-timeout", "60")
        return Addresses(f"127.0.0.1:{PORT}", "greeter:8080")

    def restarts(self) -> dict[str, int]:
        found = json.loads(self.docker.docker("inspect", *self.compose("ps", "--all", "--quiet").split()))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each["RestartCount"] for each in found}

    def end(self) -> None:
        self.compose("down", "--volumes", "--timeout", "1")


class OnNomad:
    """The jobs as Nomad runs them; plain settings are variables of the job, secret ones in Nomad's own store."""

    def __init__(self, node: NomadNode, folder: Path, settings: Settings) -> None:
        self.node, self.folder, self.settings = node, folder, settings
        self.machine: Apart = node.docker

    def begin(self) -> None:
        """Start the peer, and the other once that is found: started sooner, it would be told so later, by a restart."""
        secrets = [f"environment_{name}={value}" for name, value in self.settings.secret.items()]
        self.node.nomad("var", "put", "nomad/jobs/web", *secrets)
        self.node.run(self.folder / "greeter.nomad.hcl", wait=False)
        await_service(self.node, "greeter")
        self.node.run(self.folder / "web.nomad.hcl", wait=False, variables=self.settings.plain)

    def await_both(self) -> Addresses:
        for name in ("greeter", "web"):
            self.node.await_deployment(name)
        return Addresses(await_service(self.node, "web"), await_service(self.node, "greeter"))

    def restarts(self) -> dict[str, int]:
        return {name.removesuffix(".main"): count for name, count in self.node.restarts().items()}

    def end(self) -> None:
        for job in ("web", "greeter"):
            self.node.nomad("job", "stop", "-purge", "-detach", job)


class OnKubernetes:
    """The manifests as a node runs them; settings are in the ConfigMap and in the Secret that the manifests name."""

    def __init__(self, node: KubernetesNode, folder: Path, settings: Settings) -> None:
        self.node, self.folder, self.settings = node, folder, settings
        self.machine: Apart = node

    def begin(self) -> None:
        self.node.kubectl("create", "namespace", NAMESPACE)
        for kind, values in (("configmap", self.settings.plain), ("secret generic", self.settings.secret)):
            literals = [f"--from-literal={name}={value}" for name, value in values.items()]
            self.node.kubectl("create", *kind.split(), "environment", f"--namespace={NAMESPACE}", *literals)
        self.node.kubectl("apply", "--server-side", "-f", str(self.folder / "manifests.yaml"))

    def await_both(self) -> Addresses:
        for name in ("greeter", "web"):
            self.node.await_deployment(NAMESPACE, name)
        return Addresses(self.node.address_of(NAMESPACE, "web"), "greeter:8090")

    def restarts(self) -> dict[str, int]:
        return self.node.restarts(NAMESPACE)

    def end(self) -> None:
        self.node.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def ask(running: Running) -> dict[str, Any]:
    """Ask the workload what it was started with, the address of its peer replaced by who is there."""
    addresses = running.await_both()
    text = fetch(running.machine, f"http://{addresses.asked}/")
    assert addresses.peer in text
    told: dict[str, Any] = json.loads(text.replace(addresses.peer, "<greeter>"))
    return told
