"""Stacks that a manager runs: a task sees what the model says, and a whole generated project answers over HTTP.

Its programs try each connection once as they start: in a swarm, which starts services in any order, they end and are started
again until what they need is there.
"""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from isomorph.__main__ import main
from isomorph.model.application import Application, Definition, Secret
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import InstanceField, SecretValue
from isomorph.model.workload import Container, File, Workload
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.swarm.writer import write
from tests.conformance.conftest import engine
from tests.conformance.test_swarm import put
from tests.engines.docker import ROOT_IMAGE, CommandFailed, why_not
from tests.engines.swarm import Swarm, client_is_old

pytestmark = pytest.mark.engine

DATA = Path(__file__).resolve().parent / "data" / "shop"
PORT = 18080
PATIENCE = 240.0


@pytest.fixture(scope="module")
def swarm() -> Iterator[Swarm]:
    """A manager of the test's own, with one image of its own."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    swarm = Swarm()
    try:
        if client_is_old(swarm.docker):
            pytest.skip("Docker's client is older than 25, and wants a version in every stack file")
        swarm.docker.supply(set())
        yield swarm
    finally:
        swarm.stop()


@pytest.fixture
def stack(swarm: Swarm) -> Iterator[str]:
    """The name of a stack, which is removed in the end."""
    name = swarm.new_stack()
    yield name
    swarm.remove(name)


def logs_of(swarm: Swarm, service: str, last: str) -> list[str]:
    """Give what the tasks of a service said, once they said a word that is their last."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        lines = swarm.docker.docker("service", "logs", "--raw", service).splitlines()
        if last in lines:
            return lines
        time.sleep(0.5)
    raise AssertionError(f"{service} never said {last}")


def test_a_task_sees_what_the_model_says(swarm: Swarm, stack: str, tmp_path: Path) -> None:
    script = 'echo "$BRACES"; echo "$DOLLARS"; echo "$ME"; stat -c %a /a /b; cat /a /b; echo; echo "done"; sleep 600'
    container = Container(
        image=Image("isomorph-tests/root", tag="1"),
        command=("sh", "-c", script),
        variables={"BRACES": "{{x}} {{.Node.Hostname}}", "DOLLARS": "$HOME ${X} $$", "ME": (InstanceField("name"),)},
        files={"/a": File("$HOME {{y}}\n", mode=0o440), "/b": File((SecretValue("db", "password"),), mode=0o400)},
    )
    application = Application(
        name="shop",
        workloads={"web": Workload("web", containers={"web": container})},
        secrets={"db": Secret({"password": "$hunter2'\"\\"})},
    )
    assert ROOT_IMAGE == "isomorph-tests/root:1"
    written = write(normalise(Definition(application, "model")), WriteOptions(secrets=True))
    swarm.deploy(tmp_path, put(tmp_path, written), stack)
    said = logs_of(swarm, f"{stack}_web", "done")
    name = swarm.docker.docker("stack", "ps", "--no-trunc", "--format", "{{.Name}}.{{.ID}}", stack).strip()
    assert said == [
        "{{x}} {{.Node.Hostname}}", "$HOME ${X} $$", name, "440", "400", "$HOME {{y}}", "$hunter2'\"\\", "done",
    ]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project begun with `isomorph init`, its two Score files beside their programs, generated for a swarm."""
    folder = tmp_path / "shop"
    shutil.copytree(DATA, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ISOMORPH_KEY_FILE", str(tmp_path / "key"))
    assert main(["init", "--no-sample"]) == 0
    to_swarm = ["--to", "swarm", "-o", "stack.yaml", "--publish", f"{PORT}:shop:8080"]
    assert main(["generate", "shop.yaml", "worker.yaml", *to_swarm]) == 0
    return folder


def has_balancer() -> bool:
    """Tell whether this machine's kernel leads an address of a service to its tasks (IPVS)."""
    return Path("/proc/sys/net/ipv4/vs").exists()


def without_balancer(stack: dict[str, Any]) -> dict[str, Any]:
    """Give a stack whose services are reached by the addresses of their tasks, and ports on the node of the task."""
    for service in stack["services"].values():
        service.setdefault("deploy", {})["endpoint_mode"] = "dnsrr"
        pairs = [port.split(":") for port in service.get("ports", ())]
        if pairs:
            service["ports"] = [{"target": int(to), "published": int(at), "mode": "host"} for at, to in pairs]
    return stack


def ask_shop(swarm: Swarm) -> dict[str, Any]:
    """Ask until there is an answer: the first tasks find neither database nor broker."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            answer: dict[str, Any] = json.loads(swarm.docker.fetch(f"http://127.0.0.1:{PORT}/"))
            return answer
        except (CommandFailed, json.JSONDecodeError):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def test_a_generated_project_runs(swarm: Swarm, stack: str, project: Path) -> None:
    engine("vault")
    definition = yaml.safe_load((project / "stack.yaml").read_text())
    swarm.docker.supply({service["image"] for service in definition["services"].values()})
    if not has_balancer():
        (project / "stack.yaml").write_text(yaml.safe_dump(without_balancer(definition)))
    script = f"set -a; . ./.env; exec docker stack deploy --resolve-image never -c stack.yaml {stack}"
    swarm.docker.run(["sh", "-c", script], project)
    said = ask_shop(swarm)
    assert said["kept"][-1] == said["order"]
    assert said["answer"] == f"took {said['order']}"
    assert set(said["secrets"]) == {"payment-key"}
    again = ask_shop(swarm)
    assert again["kept"][-2:] == [said["order"], again["order"]]
    assert again["secrets"] == said["secrets"]
    limits = swarm.services(stack)["shop"]["TaskTemplate"]["Resources"]["Limits"]
    assert limits["MemoryBytes"] == 128 << 20
