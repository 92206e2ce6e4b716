"""How each engine runs one generated project, and where it is asked: Docker, by Compose and as a swarm, and Nomad."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.conformance.conftest import engine
from tests.engines.apart import Apart, CommandFailed
from tests.engines.docker import Docker
from tests.engines.nomad_agent import NomadNode
from tests.engines.swarm import Swarm

PORT = 18080  # Of the daemon's own machine, where nothing else is.
SWARM_PORT = 18081
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
        self.docker, self.folder, self.settings = docker, folder, settings
        self.machine: Apart = docker

    def compose(self, *arguments: str) -> str:
        return self.docker.run([str(engine("docker-compose")), "--progress", "quiet", *arguments], self.folder)

    def up(self, *options: str) -> None:
        try:
            self.compose("up", "--detach", "--pull", "never", *options)
        except CommandFailed as failure:
            raise CommandFailed(f"{failure}\n{self.compose('logs', '--no-color', '--tail', '30')}") from None

    def begin(self) -> None:
        settings = {**self.settings.plain, **self.settings.secret}
        (self.folder / ".env").write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
        self.up()

    def await_both(self) -> Addresses:
        self.up("--wait", "--wait-timeout", "60")
        return Addresses(f"127.0.0.1:{PORT}", "greeter:8080")

    def restarts(self) -> dict[str, int]:
        found = json.loads(self.docker.docker("inspect", *self.compose("ps", "--all", "--quiet").split()))
        return {each["Config"]["Labels"]["com.docker.compose.service"]: each["RestartCount"] for each in found}

    def end(self) -> None:
        self.compose("down", "--volumes", "--timeout", "1")


#: A swarm gives each service one address, which its kernel module ipvs leads to the tasks. Where that is not, as on the
#: machines of many a test, names lead to the tasks themselves, and ports are those of the tasks' machine.
WITHOUT_IPVS = f"""\
services:
  greeter: {{deploy: {{endpoint_mode: dnsrr}}}}
  web:
    deploy: {{endpoint_mode: dnsrr}}
    ports: [{{target: 8080, published: {SWARM_PORT}, mode: host}}]
"""


WANTED = ("--filter", "desired-state=running")


class OnSwarm:
    """The stack as a swarm of one node runs it; settings are the variables of whoever deploys it.

    A swarm takes a variable's value for a template once it is filled in: whoever supplies braces says so.
    """

    def __init__(self, docker: Docker, folder: Path, settings: Settings) -> None:
        self.swarm, self.folder, self.settings = Swarm(docker), folder, settings
        self.docker, self.stack = docker, self.swarm.new_stack()
        self.machine: Apart = docker

    def begin(self) -> None:
        (self.folder / "without-ipvs.yaml").write_text(WITHOUT_IPVS)
        supplied = {**self.settings.plain, **self.settings.secret}
        variables = {name: value.replace("{{", '{{"{{"}}') for name, value in supplied.items()}
        self.swarm.deploy(self.folder, "stack.yaml", self.stack, variables, beside=("without-ipvs.yaml",))

    def await_both(self) -> Addresses:
        deadline = time.monotonic() + TIMEOUT
        # A task that has a health check is said to start until it is healthy.
        while [state.split()[0] for state in self._tasks("{{.CurrentState}}", *WANTED)] != ["Running", "Running"]:
            if time.monotonic() > deadline:
                raise CommandFailed("\n".join(self._tasks("{{.Name}} {{.CurrentState}} {{.Error}}")))
            time.sleep(0.2)
        return Addresses(f"127.0.0.1:{SWARM_PORT}", "greeter:8080")

    def _tasks(self, form: str, *options: str) -> list[str]:
        return self.docker.docker("stack", "ps", "--no-trunc", "--format", form, *options, self.stack).splitlines()

    def restarts(self) -> dict[str, int]:
        services = [task.split(".")[0].removeprefix(f"{self.stack}_") for task in self._tasks("{{.Name}}")]
        return {name: services.count(name) - 1 for name in set(services)}

    def end(self) -> None:
        self.swarm.remove(self.stack)


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


def ask(running: Running) -> dict[str, Any]:
    """Ask the workload what it was started with, the address of its peer replaced by who is there."""
    addresses = running.await_both()
    text = fetch(running.machine, f"http://{addresses.asked}/")
    assert addresses.peer in text
    told: dict[str, Any] = json.loads(text.replace(addresses.peer, "<greeter>"))
    return told
