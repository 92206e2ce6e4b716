"""What is generated runs the same: Nomad runs the jobs, and Docker the Compose file, that the same Score files gave.

Both are asked over HTTP what their program was started with. It is told in full, so that nothing that a platform adds or
changes goes unseen; the address of a peer, which is each platform's own to give, is compared by whom it leads to.
"""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isomorph.__main__ import main
from isomorph.model.application import Application, Definition, Secret
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import SecretValue
from isomorph.model.workload import Container, File, Port, Workload
from isomorph.platforms.nomad.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.conformance.conftest import engine
from tests.conformance.test_any_model import MISREAD
from tests.conformance.test_writing import save
from tests.engines.docker import CommandFailed, Docker, why_not
from tests.engines.nomad_agent import NomadNode

pytestmark = pytest.mark.engine

DATA = Path(__file__).resolve().parent / "data" / "greeting"
PORT = 18080  # Of the daemon's own machine, where nothing else is.
TIMEOUT = 60.0

#: Variables that a platform, or the image, sets in every container.
GIVEN = {"HOME", "HOSTNAME", "PATH", "LC_CTYPE"}
#: What the Score file says of modes; what it leaves open is the platform's choice.
MODES = {"/etc/web/greeter.conf": "0640", "/etc/web/bytes": "0400"}


@pytest.fixture(scope="module")
def docker() -> Iterator[Docker]:
    """A Docker daemon with a bridge of its own, where this machine can run one, and with Nomad's and Compose's programs there."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    engine("nomad")
    engine("docker-compose")
    daemon = Docker(bridge=True)
    try:
        daemon.supply({"python:3.11"})
        yield daemon
    finally:
        daemon.stop()


@pytest.fixture(scope="module")
def node(docker: Docker) -> Iterator[NomadNode]:
    """A Nomad that runs jobs by the same daemon."""
    agent = NomadNode(docker, engine("nomad"))
    try:
        yield agent
    finally:
        agent.stop()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two Score files that were generated for both platforms."""
    folder = tmp_path / "greeting"
    shutil.copytree(DATA, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ISOMORPH_KEY_FILE", str(tmp_path / "key"))
    assert main(["init", "--no-sample"]) == 0
    publish = ("--publish", f"127.0.0.1:{PORT}:web:8080")
    assert main(["generate", "web.yaml", "greeter.yaml", "--to", "compose", "-o", "compose.yaml", *publish]) == 0
    assert main(["generate", "web.yaml", "greeter.yaml", "--to", "nomad", "-o", "./"]) == 0
    return folder


def await_service(node: NomadNode, name: str) -> str:
    """Give the address of a service once it is registered."""
    deadline = time.monotonic() + TIMEOUT
    while not (found := node.find(name)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found, f"{name} was not registered"
    return found[0]


def fetch(docker: Docker, url: str) -> str:
    """Ask over HTTP, as soon as somebody answers."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            return docker.fetch(url).decode()
        except CommandFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def ask(docker: Docker, address: str, peer: str) -> dict[str, Any]:
    """Ask a workload what it was started with, the address of its peer replaced by who is there."""
    text = fetch(docker, f"http://{address}/")
    assert peer in text
    told: dict[str, Any] = json.loads(text.replace(peer, "<greeter>"))
    variables = told["variables"]
    told["variables"] = {
        name: value for name, value in variables.items() if name not in GIVEN and not name.startswith("NOMAD_")
    }
    told["modes"] = {path: told["files"][path]["mode"] for path in MODES}
    told["files"] = {path: file["content"] for path, file in told["files"].items()}
    return told


class Composed:
    """The project as docker compose runs it; a failure comes with what its containers said."""

    def __init__(self, docker: Docker, folder: Path) -> None:
        self.docker, self.folder = docker, folder

    def compose(self, *arguments: str) -> str:
        return self.docker.run([str(engine("docker-compose")), "--progress", "quiet", *arguments], self.folder)

    def up(self, *options: str) -> None:
        try:
            self.compose("up", "--detach", "--pull", "never", *options)
        except CommandFailed as failure:
            raise CommandFailed(f"{failure}\n{self.compose('logs', '--no-color', '--tail', '30')}") from None


@pytest.fixture
def composed(docker: Docker, project: Path) -> Iterator[Composed]:
    """The Compose file, begun: it becomes healthy while Nomad starts the same."""
    running = Composed(docker, project)
    try:
        running.up()
        yield running
    finally:
        running.compose("down", "--volumes", "--timeout", "1")


def run_nomad(docker: Docker, node: NomadNode, project: Path) -> dict[str, Any]:
    """Run the jobs, the peer first, ask, and see that nothing was started twice."""
    node.run(project / "greeter.nomad.hcl", wait=False)
    peer = await_service(node, "greeter")
    node.run(project / "web.nomad.hcl")
    told = ask(docker, await_service(node, "web"), peer)
    assert node.restarts() == {"greeter.main": 0, "web.main": 0}
    return told


def test_nomad_runs_what_docker_runs(docker: Docker, composed: Composed, node: NomadNode, project: Path) -> None:
    by_nomad = run_nomad(docker, node, project)
    composed.up("--wait", "--wait-timeout", "60")
    by_compose = ask(docker, f"127.0.0.1:{PORT}", "greeter:8080")
    assert by_nomad == by_compose

    # The answers are no empty ones: this is what the Score files say.
    assert by_nomad["peer"] == "Hello to /greet?who=it's%20me"
    assert by_nomad["words"] == ["${literal}", "%{if}", "a b", 'it\'s "quoted"', "{{ .Braces }}", "$(date)"]
    assert by_nomad["modes"] == MODES
    assert by_nomad["files"]["/app/tell.py"] == (DATA / "tell.py").read_text()
    assert by_nomad["files"]["/etc/web/bytes"] == "\x00\x01\x02\xfe\xff\n\r\n"
    assert by_nomad["files"]["/etc/web/no-end"] == "no line ends here"
    assert by_nomad["files"]["/etc/web/greeter.conf"] == (
        "# Peers, and what templates might take for theirs: {{ range }} %{ for } ${not.a.placeholder} `ticks`\n"
        'greeter = "<greeter>"\n'
        "\n"
        "  indented = 'kept'\n"
    )
    assert by_nomad["variables"] == {
        "PLAIN": "of its own",
        "EMPTY": "",
        "DOLLARS": "$HOME costs $5, ${not.a.placeholder} and $$",
        "BRACES": '{{ env "HOME" }} and %{ if true }',
        "QUOTES": 'it\'s "quoted" \\ and # no comment',
        "LINES": "first\n  second\n",
        "LETTERS": "Grüße, 世界",
        "NAME_OF_ITSELF": "web",
        "GREETER_URL": "http://<greeter>/greet?who=it's%20me",
        "GREETER_AT": "<greeter>",
        "GREETER_SAID": 'at <greeter>, "quoted" and {{ braced }}',
    }


#: What HCL, the client's own variables, templates, the lines of an env file and shells each take for something of theirs.
AWKWARD = [
    *MISREAD, "${", "%{", "a${b", "{", "}", "{{{", "", "%{if true}", "%%{x}", "$${x}", "$$${x}", "${NOMAD_TASK_NAME}",
    "$${NOMAD_TASK_NAME}", "${attr.kernel.name}", "{{", "}}", '{{ env "HOME" }}', "{{/* x */}}", "{{- 1 -}}", "[[ <% ((",
    "EOT", "a\nEOT\nb", "\r\n", "two  spaces", "a=b", "export A=b", "'it''s'", '\\"', "C:\\new", "\u2028", "a\n\n\n",
    "  a\n b\n",
]  # fmt: skip


def awkward() -> Definition:
    """A workload that is told each text as a word, a variable, a file, a secret's variable and a secret's file."""
    numbered = list(enumerate(AWKWARD))
    secret = Secret({f"key-{number}": text for number, text in numbered})
    files = {f"/etc/web/{number}": File(text) for number, text in numbered}
    variables: dict[str, Any] = {f"V{number}": text for number, text in numbered}
    for number, text in numbered:
        variables[f"S{number}"] = (text, SecretValue("kept", f"key-{number}"), text)
        files[f"/etc/web/s{number}"] = File((text, SecretValue("kept", f"key-{number}"), text))
    container = Container(
        image=Image("python", tag="3.11"),
        command=("python3", "/app/tell.py"),
        args=tuple(AWKWARD),
        variables=variables,
        files={"/app/tell.py": File((DATA / "tell.py").read_text()), **files},
    )
    texts = Workload("texts", names=("texts",), containers={"main": container}, ports={"8080/tcp": Port(8080, 8080)})
    return Definition(Application(workloads={"texts": texts}, secrets={"kept": secret}), "model")


def test_every_text_arrives_as_it_was_meant(docker: Docker, node: NomadNode, tmp_path: Path) -> None:
    written = write(normalise(awkward()), WriteOptions(secrets=True))
    job = save(tmp_path, written.files)
    node.nomad("var", "put", f"@{tmp_path / 'texts.nv.hcl'}")
    node.run(tmp_path / job, wait=False)
    told = json.loads(fetch(docker, f"http://{await_service(node, 'texts')}/"))

    numbered = list(enumerate(AWKWARD))
    assert told["words"] == AWKWARD
    variables = told["variables"]
    assert {number: variables[f"V{number}"] for number, _ in numbered} == dict(numbered)
    assert {number: variables[f"S{number}"] for number, _ in numbered} == {
        number: 3 * text for number, text in numbered
    }
    files = {path: file["content"].encode("latin-1").decode() for path, file in told["files"].items()}
    assert {number: files[f"/etc/web/{number}"] for number, _ in numbered} == dict(numbered)
    assert {number: files[f"/etc/web/s{number}"] for number, _ in numbered} == {
        number: 3 * text for number, text in numbered
    }
