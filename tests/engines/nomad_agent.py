"""A real Nomad on loopback: a server that parses, checks and plans jobs; and an agent beside a Docker daemon that runs them.

Neither asks anything outside: no cloud's metadata, no check for updates, no Consul. They end with the test run.
"""

import http.client
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.engines.control_plane import end_with_parent, free_ports
from tests.engines.docker import CommandFailed, Docker

TIMEOUT = 60.0

#: What both say. Memory above the request (`memory_max`) is ignored with a warning unless the scheduler is told to heed it.
#: Where nothing runs, nothing is scheduled either: a job that is gone again before its turn comes ends the server.
SHARED = """\
bind_addr            = "127.0.0.1"
data_dir             = "{folder}/data"
disable_update_check = true
log_level            = "WARN"

ports {{
  http = {http}
  rpc  = {rpc}
  serf = {serf}
}}

advertise {{
  http = "127.0.0.1"
  rpc  = "127.0.0.1"
  serf = "127.0.0.1"
}}

consul {{
  address          = "127.0.0.1:{nothing}"
  auto_advertise   = false
  server_auto_join = false
  client_auto_join = false
}}

server {{
  enabled          = true
  bootstrap_expect = 1
  raft_multiplier  = 1

  default_scheduler_config {{
    memory_oversubscription_enabled = true
    pause_eval_broker               = {pause}
  }}
}}
"""

#: A job with a `vault` block is refused by a server that knows no Vault; it is asked for nothing before such a job runs.
WITH_VAULT = """
vault {{
  enabled = true
  address = "http://127.0.0.1:{nothing}"

  default_identity {{
    aud = ["vault.io"]
    ttl = "1h"
  }}
}}
"""

#: Services get the address of Docker's bridge: what their peers' containers reach, as they would a node's.
WITH_DOCKER = """
client {{
  enabled           = true
  network_interface = "docker0"
  cgroup_parent     = "{cgroup}"

  options = {{
    "driver.allowlist"     = "docker"
    "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean,consul,vault,bridge,cni"
  }}
}}

plugin "docker" {{
  config {{
    endpoint = "unix://{socket}"

    gc {{
      image = false
    }}
  }}
}}
"""


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(folder)}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class NomadServer:
    """A server without a node, in a folder: it needs no root, and nothing that it is asked runs."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder, self.program = folder, program
        self.connection: http.client.HTTPConnection | None = None
        self.port, rpc, serf, nothing = free_ports(4)
        text = (SHARED + WITH_VAULT).format(
            folder=folder, http=self.port, rpc=rpc, serf=serf, nothing=nothing, pause="true"
        )
        (folder / "agent.hcl").write_text(text)
        command = [str(program), "agent", "-config", str(folder / "agent.hcl")]
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=_environment(folder),
                preexec_fn=end_with_parent,
            )
        try:
            self._await_leader()
        except BaseException:
            self.stop()
            raise

    def _await_leader(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                status, leader = self.request("GET", "/v1/status/leader")
                if status == 200 and leader:
                    return
            except (OSError, http.client.HTTPException):
                pass  # It does not listen yet.
            time.sleep(0.05)
        raise RuntimeError("Nomad did not start:\n" + (self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """End the server and wait for it."""
        if self.connection is not None:
            self.connection.close()
        _end(self.process)

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send one request over the kept connection; give the status and the JSON (or text) of the answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body))
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text.decode(errors="replace")


class NomadNode:
    """An agent that runs jobs by a test's own Docker daemon, in the namespaces of that daemon.

    Its containers, mounts and network are the daemon's, and gone with it; the machine's loopback is not the daemon's, so it
    is spoken with by its own command, or asked by `Docker.fetch`.
    """

    def __init__(self, docker: Docker, program: Path) -> None:
        self.docker, self.program = docker, program
        # A short path again: Nomad keeps sockets below it.
        self.folder = Path(tempfile.mkdtemp(prefix="n", dir=docker.folder))
        self.port, rpc, serf, nothing = free_ports(4)
        self.address = f"http://127.0.0.1:{self.port}"
        self.cgroup = f"{docker.cgroup}-nomad"
        places = {"folder": self.folder, "socket": docker.socket, "cgroup": self.cgroup}
        ports = {"http": self.port, "rpc": rpc, "serf": serf, "nothing": nothing}
        (self.folder / "agent.hcl").write_text((SHARED + WITH_DOCKER).format(pause="false", **places, **ports))
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*docker.inside(), str(program), "agent", "-dev", "-config", str(self.folder / "agent.hcl")],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=_environment(self.folder),
            )
        try:
            self._await_node()
        except BaseException:
            self.stop()
            raise

    def _await_node(self) -> None:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                nodes = self.ask("/v1/nodes")
                if any(each["Status"] == "ready" and each["Drivers"]["docker"]["Healthy"] for each in nodes):
                    return
            except (CommandFailed, KeyError):
                pass  # It does not listen yet, or does not know yet what it has.
            time.sleep(0.2)
        raise RuntimeError("Nomad found no Docker:\n" + (self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        """End the agent and wait for it; what it started goes on until the daemon ends."""
        # What was started is `nsenter`; the agent is its child.
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for child in children.read_text().split() if children.exists() else []:
            os.kill(int(child), signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            _end(self.process)
        for folder in sorted(Path("/sys/fs/cgroup").glob(f"**/{self.cgroup}/**/"), reverse=True):
            folder.rmdir()

    def ask(self, path: str) -> Any:
        """Give the JSON that the API answers to a GET."""
        return json.loads(self.docker.fetch(self.address + path))

    def nomad(self, *arguments: str) -> str:
        """Run Nomad's command against this agent; gives its output, raises CommandFailed with what it said."""
        environment = {**_environment(self.folder), "NOMAD_ADDR": self.address}
        done = subprocess.run(
            [*self.docker.inside(), str(self.program), *arguments],
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=180,
        )
        if done.returncode != 0:
            raise CommandFailed(f"nomad {' '.join(arguments)}: {done.stdout[-4000:]}{done.stderr[-2000:]}")
        return done.stdout

    def run(self, job: Path, wait: bool = True, variables: dict[str, str] | None = None) -> None:
        """Run a job and wait until its deployment is healthy; a failure comes with what its tasks did."""
        options = [] if wait else ["-detach"]
        options += [f"-var={name}={value}" for name, value in (variables or {}).items()]
        try:
            self.nomad("job", "run", *options, str(job))
        except CommandFailed as failure:
            raise CommandFailed("\n".join([str(failure), *self.events()])) from None

    def await_deployment(self, job: str) -> None:
        """Wait until the deployment of a job that runs is healthy; a failure comes with what its tasks did."""
        deadline = time.monotonic() + TIMEOUT
        while (status := (self.ask(f"/v1/job/{job}/deployment") or {}).get("Status")) != "successful":
            if status not in (None, "pending", "running", "initializing") or time.monotonic() > deadline:
                raise CommandFailed("\n".join([f"the deployment of {job} is {status}", *self.events()]))
            time.sleep(0.2)

    def events(self) -> list[str]:
        """Give what became of each task, one thing a line."""
        found = []
        for allocation in self.ask("/v1/allocations?task_states=true"):
            for task, state in (allocation["TaskStates"] or {}).items():
                found += [f"{task}: {event['DisplayMessage']}" for event in state["Events"]]
        return found

    def find(self, service: str) -> list[str]:
        """Give the addresses, with their ports, that a service is registered with."""
        return [f"{each['Address']}:{each['Port']}" for each in self.ask(f"/v1/service/{service}")]

    def restarts(self) -> dict[str, int]:
        """Give how often each task was started again, by its group and name; an allocation that was replaced is one, too."""
        counted: dict[str, int] = {}
        for allocation in self.ask("/v1/allocations?task_states=true"):
            for task, state in (allocation["TaskStates"] or {}).items():
                name = f"{allocation['TaskGroup']}.{task}"
                counted[name] = counted.get(name, -1) + 1 + state["Restarts"]
        return counted
