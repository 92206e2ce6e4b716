"""What is generated runs the same: on Docker by Compose, on Nomad, and on a Kubernetes node, from the same Score files.

So it does on their relatives: as a swarm, out of a chart that helm installs, and as OpenShift admits pods. Each is asked over
HTTP what its program was started with, and what it is held to. It is told in full, so that nothing that a platform adds or
changes goes unseen; the address of a peer, which is each platform's own to give, is compared by whom it leads to.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from isomorph.__main__ import main
from isomorph.model.application import Application, Definition, Secret
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import SecretValue
from isomorph.model.workload import Container, File, Port, Workload
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import BY_NAME, load_writer
from tests.conformance.conftest import engine
from tests.conformance.running import (
    PORT,
    Composed,
    OnNomad,
    OnSwarm,
    Running,
    Settings,
    ask,
    await_service,
    fetch,
)
from tests.conformance.running_kubernetes import OnHelm, OnKubernetes, OnOpenShift
from tests.conformance.test_any_model import MISREAD
from tests.conformance.test_writing import save
from tests.engines.docker import Docker, why_not
from tests.engines.node import KubernetesNode
from tests.engines.nomad_agent import NomadNode
from tests.engines.swarm import client_is_old

pytestmark = pytest.mark.engine

DATA = Path(__file__).resolve().parent / "data" / "greeting"

SETTINGS = Settings(
    plain={"LANGUAGE": 'plain & "quoted" #1'}, secret={"API_TOKEN": 'p$a${s}s "word" \\ # {{ braced }} %{ if } $(date)'}
)
#: The platforms that run on a Kubernetes node, each in a namespace of its name.
ON_NODE = {"kubernetes": OnKubernetes, "minikube": OnKubernetes, "helm": OnHelm, "openshift": OnOpenShift}
#: Nomad's comes last: it waits for the peer before it goes on.
RUN = [name for name in ("compose", "swarm", *ON_NODE, "nomad") if name in BY_NAME]
OPTIONS = {
    "compose": ("--publish", f"127.0.0.1:{PORT}:web:8080"),
    **{name: ("--namespace", name) for name in ON_NODE if name != "helm"},
}
#: Variables that a platform, or the image, sets in every container.
GIVEN = {"HOME", "HOSTNAME", "PATH", "LC_CTYPE"}
GIVEN_BY = ("NOMAD_", "KUBERNETES_")
#: What the Score file says of modes; what it leaves open is the platform's choice.
MODES = {"/etc/web/greeter.conf": "0640", "/etc/web/bytes": "0400", "/etc/web/token": "0400"}


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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project of two Score files, begun; the tests are in its folder."""
    folder = tmp_path_factory.mktemp("project") / "greeting"
    shutil.copytree(DATA, folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("ISOMORPH_KEY_FILE", str(folder.parent / "key"))
        assert main(["init", "--no-sample"]) == 0
        yield folder


def begin(name: str, project: Path, request: pytest.FixtureRequest) -> Running:
    """Generate the project for a platform and start it there, unless that cannot be here: the test is skipped then."""
    running: Running
    if name in ON_NODE:
        running = ON_NODE[name](request.getfixturevalue("kubernetes_node"), project / name, SETTINGS, name)
    elif name == "nomad":
        running = OnNomad(request.getfixturevalue("node"), project / name, SETTINGS)
    else:
        docker = request.getfixturevalue("docker")
        if name == "swarm" and client_is_old(docker):
            pytest.skip("Docker's client is older than 25, and wants a version in every stack file")
        running = (Composed if name == "compose" else OnSwarm)(docker, project / name, SETTINGS)
    options = OPTIONS.get(name, ())
    assert main(["generate", "web.yaml", "greeter.yaml", "--to", name, "-o", f"{name}/", *options]) == 0
    running.begin()
    return running


@pytest.fixture(scope="module")
def engines(project: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, Running | BaseException]]:
    """The project, begun on each engine so that all start it at the same time; or why it is not."""
    begun: dict[str, Running | BaseException] = {}
    for name in RUN:
        try:
            begun[name] = begin(name, project, request)
        except (Exception, pytest.skip.Exception) as why:
            begun[name] = why
    yield begun
    for running in begun.values():
        if not isinstance(running, BaseException):
            running.end()


Told = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def told(engines: dict[str, Running | BaseException]) -> Told:
    """Give a function that asks the project on an engine, once; it fails, or skips, as the beginning there did."""
    answers: dict[str, dict[str, Any]] = {}

    def ask_once(name: str) -> dict[str, Any]:
        running = engines[name]
        if isinstance(running, BaseException):
            raise running
        if name not in answers:
            answers[name] = without_given(ask(running))
            assert running.restarts() == {"greeter": 0, "web": 0}
        return answers[name]

    return ask_once


def without_given(told: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nobody asked for: the platform's variables, and modes that the Score file leaves open."""
    variables = {
        variable: value
        for variable, value in told["variables"].items()
        if variable not in GIVEN and not variable.startswith(GIVEN_BY)
    }
    modes = {path: told["files"][path]["mode"] for path in MODES}
    files = {path: file["content"] for path, file in told["files"].items()}
    return {**told, "variables": variables, "modes": modes, "files": files}


TOKEN = SETTINGS.secret["API_TOKEN"]
MEANT = {
    "peer": "Hello to /greet?who=it's%20me",
    "probed": True,
    "words": ["${literal}", "%{if}", "a b", 'it\'s "quoted"', "{{ .Braces }}", "$(date)"],
    "modes": MODES,
    "limits": {"memory": 128 << 20, "cpu": 0.25},
    "files": {
        "/app/tell.py": (DATA / "tell.py").read_text(),
        "/etc/web/bytes": "\x00\x01\x02\xfe\xff\n\r\n",
        "/etc/web/no-end": "no line ends here",
        "/etc/web/token": TOKEN,
        "/etc/web/greeter.conf": (
            "# Peers, and what templates might take for theirs: {{ range }} %{ for } ${not.a.placeholder} `ticks`\n"
            'greeter = "<greeter>"\n'
            "\n"
            "  indented = 'kept'\n"
        ),
    },
    "variables": {
        "PLAIN": "of its own",
        "EMPTY": "",
        "DOLLARS": "$HOME costs $5, ${not.a.placeholder} and $$",
        "BRACES": '{{ env "HOME" }} and %{ if true }',
        "QUOTES": 'it\'s "quoted" \\ and # no comment',
        "LINES": "first\n  second\n",
        "LETTERS": "Grüße, 世界",
        "NAME_OF_ITSELF": "web",
        "LANGUAGE": SETTINGS.plain["LANGUAGE"],
        "API_TOKEN": TOKEN,
        "AUTHORIZATION": f"Bearer {TOKEN} {{{{ braced }}}}",
        "GREETER_URL": "http://<greeter>/greet?who=it's%20me",
        "GREETER_AT": "<greeter>",
        "GREETER_SAID": 'at <greeter>, "quoted" and {{ braced }}',
    },
}


def as_nomad_holds(told: dict[str, Any]) -> dict[str, Any]:
    """Take the part of a CPU out of an answer, having seen that there is one: Nomad counts in MHz."""
    limits = told["limits"]
    assert 0 < limits["cpu"] < 1
    return {**told, "limits": {**limits, "cpu": 0.25}}


def as_a_swarm_holds(told: dict[str, Any]) -> dict[str, Any]:
    """Take the file with a setting out of an answer, having seen that it is as it was: nothing fills in a config."""
    files = told["files"]
    assert files["/etc/web/token"] == "${API_TOKEN}"
    return {**told, "files": {**files, "/etc/web/token": TOKEN}}


def as_openshift_holds(told: dict[str, Any]) -> dict[str, Any]:
    """Take modes out of an answer, having seen that the pod's group may read: its user owns nothing, any number that it is."""
    assert told["modes"] == {"/etc/web/greeter.conf": "0640", "/etc/web/bytes": "0440", "/etc/web/token": "0440"}
    return {**told, "modes": MODES}


#: What a platform does in its own way, whatever is written for it.
DIFFERS = {"nomad": as_nomad_holds, "swarm": as_a_swarm_holds, "openshift": as_openshift_holds}


@pytest.mark.parametrize("name", RUN)
def test_an_engine_runs_what_score_says(name: str, told: Told) -> None:
    answer = told(name)
    assert DIFFERS.get(name, dict)(answer) == MEANT


def test_three_engines_give_the_same_answers(told: Told) -> None:
    assert told("kubernetes") == told("compose") == as_nomad_holds(told("nomad"))


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


def tell_by_nomad(node: NomadNode, folder: Path) -> str:
    written = load_writer("nomad")(normalise(awkward()), WriteOptions(secrets=True))
    job = save(folder, written.files)
    node.nomad("var", "put", f"@{folder / 'texts.nv.hcl'}")
    node.run(folder / job, wait=False)
    return fetch(node.docker, f"http://{await_service(node, 'texts')}/")


def tell_by_kubernetes(node: KubernetesNode, folder: Path) -> str:
    options = WriteOptions(secrets=True, namespace="texts", generate_namespace=True)
    manifests = folder / save(folder, load_writer("kubernetes")(normalise(awkward()), options).files)
    node.kubectl("apply", "--server-side", "-f", str(manifests))
    node.await_deployment("texts", "texts")
    return fetch(node, f"http://{node.address_of('texts', 'texts')}/")


@pytest.mark.parametrize(("fixture", "tell"), [("node", tell_by_nomad), ("kubernetes_node", tell_by_kubernetes)])
def test_every_text_arrives_as_it_was_meant(
    fixture: str, tell: Callable[[Any, Path], str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    told = json.loads(tell(request.getfixturevalue(fixture), tmp_path))

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
