"""A swarm of one node for a test: a Docker daemon of the test's own, made a manager. Nothing is pulled, and no task runs."""

import base64
import json
from pathlib import Path
from typing import Any

from tests.engines.docker import Docker

Facts = dict[str, Any]

OLDEST = 25
"""The major version from which on Docker's client takes a stack file without a version for the newest."""


def client_is_old(docker: Docker) -> bool:
    """Tell whether Docker's client is too old for stack files without a version."""
    major = docker.docker("version", "--format", "{{.Client.Version}}").split(".")[0]
    return int(major) < OLDEST


class Swarm:
    """A manager, and what it makes of stacks."""

    def __init__(self, docker: Docker | None = None) -> None:
        """Make a daemon a manager: one of its own, or one that is there already."""
        self.stacks = 0
        self.docker = docker or Docker(bridge=True)
        try:
            self.docker.docker("swarm", "init", "--advertise-addr", "127.0.0.1")
        except BaseException:
            self.docker.stop()
            raise

    def deploy(
        self, folder: Path, file: str, stack: str, variables: dict[str, str] | None = None, beside: tuple[str, ...] = ()
    ) -> str:
        """Deploy a stack as it is in a folder, files `beside` laid over it; gives what was said.

        Raises CommandFailed where it is refused.
        """
        files = [option for each in (file, *beside) for option in ("-c", each)]
        command = ["env", *(f"{name}={value}" for name, value in (variables or {}).items())]
        command += ["docker", "stack", "deploy", "--detach=true", "--resolve-image", "never", *files, stack]
        return self.docker.run(["sh", "-c", 'exec "$@" 2>&1', "sh", *command], folder)

    def new_stack(self) -> str:
        """Give a name that no stack has had: a network takes its time to be gone."""
        self.stacks += 1
        return f"stack{self.stacks}"

    def remove(self, stack: str) -> None:
        """Remove the services of a stack, and so the ports that they publish; the rest ends with the daemon."""
        found = self.docker.docker("stack", "services", "--format", "{{.ID}}", stack).split()
        if found:
            self.docker.docker("service", "rm", *found)

    def services(self, stack: str) -> dict[str, Facts]:
        """Give the specification of each service of a stack, by its name in the stack file."""
        found = self.docker.docker("stack", "services", "--format", "{{.ID}}", stack).split()
        specs = [each["Spec"] for each in json.loads(self.docker.docker("service", "inspect", *found))]
        return {spec["Name"].removeprefix(f"{stack}_"): spec for spec in specs}

    def networks(self) -> dict[str, str]:
        """Give the names of all networks by their identities."""
        lines = self.docker.docker("network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}").splitlines()
        return dict(line.split(" ", 1) for line in lines)

    def config(self, name: str) -> str:
        """Give the text of a config."""
        (found,) = json.loads(self.docker.docker("config", "inspect", name))
        return base64.b64decode(found["Spec"]["Data"]).decode()

    def stop(self) -> None:
        """End the daemon and all of the swarm."""
        self.docker.stop()
