"""A real manager is asked: it takes every stack that we write, and has of each service what the model says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from isomorph.model.application import Application, Definition, Secret, Volume
from isomorph.model.fields import FIELDS
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import SecretValue
from isomorph.model.workload import (
    Compute,
    Constraint,
    Container,
    Exec,
    Exposure,
    File,
    Kind,
    Mount,
    Port,
    Probe,
    Restart,
    Scale,
    Security,
    Workload,
)
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.swarm.ignored import FORBIDDEN, IGNORED, OF_COMPOSE
from isomorph.platforms.swarm.reader import read
from isomorph.platforms.swarm.writer import write
from tests.conformance.swarm_projection import of_engine, of_model
from tests.engines.docker import CommandFailed, why_not
from tests.engines.swarm import Swarm, client_is_old
from tests.field_examples import EXAMPLES
from tests.properties.test_comparison import applications

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def swarm() -> Iterator[Swarm]:
    """A manager of the test's own, where this machine can run one."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    swarm = Swarm()
    try:
        if client_is_old(swarm.docker):
            pytest.skip("Docker's client is older than 25, and wants a version in every stack file")
        yield swarm
    finally:
        swarm.stop()


@pytest.fixture
def stack(swarm: Swarm) -> Iterator[str]:
    """The name of a stack, which is removed in the end."""
    name = swarm.new_stack()
    yield name
    swarm.remove(name)


def put(folder: Path, written: Written) -> str:
    """Put files where a stack is deployed from; gives the main one's name."""
    for file in written.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content.encode() if isinstance(file.content, str) else file.content)
    return written.files[0].path


def write_model(application: Application) -> Written:
    return write(normalise(Definition(application, "model")), WriteOptions(secrets=True))


def read_stack(folder: Path, file: str) -> Application:
    context = Context(files=LocalFiles([str(folder)]), engines=LocalEngines())
    return read(Source(str(folder / file)), context).application


SECRETS = {"db": Secret({"password": "hunter2"})}
VOLUMES = {
    "data": Volume("persistent"),
    "web/scratch": Volume("ephemeral"),
    "web/cache": Volume("memory", size=1 << 20),
    "web/srv": Volume("host", host_path="/srv/data"),
}
WEB = Container(
    image=Image("shop/web", registry="ghcr.io", tag="1.4"),
    command=("/bin/web", "$HOME", "{{x}}"),
    args=("--port", "8080"),
    workdir="/srv",
    variables={"PLAIN": "x$X ${Y} $$", "EMPTY": "", "SWITCH": "on", "LINES": "a\nb"},
    files={
        "/etc/web/a.ini": File("[a]\nb = $c ${d}\n", mode=0o440),
        "/run/secrets/db": File((SecretValue("db", "password"),), mode=0o400),
    },
    mounts={
        "/data": Mount("data", read_only=True),
        "/scratch": Mount("web/scratch"),
        "/cache": Mount("web/cache"),
        "/host": Mount("web/srv"),
    },
    readiness=Probe(Exec(("/bin/sh", "-c", "test -f /ok")), 7_000, 4_000, grace=30_000, failures=5),
    compute=Compute({"cpu": 250, "memory": 1 << 27}, {"cpu": 500, "memory": 1 << 28}),
    security=Security(
        "1000", "2000", capabilities_added=("NET_ADMIN",), capabilities_dropped=("ALL",), read_only_root=True
    ),
    stop_signal="SIGQUIT",
    stop_grace=25_000,
)
SHOP = Application(
    name="shop",
    workloads={
        "web": Workload(
            "web",
            containers={"web": WEB},
            ports={
                "8080/tcp": Port(8080, 8080, exposures=(Exposure("node", 80),)),
                "5353/udp": Port(5353, 5353, "udp", exposures=(Exposure("host", 53),)),
            },
            names=("web", "www"),
            scale=Scale(3),
            restart=Restart("on-failure", 4),
            placement=(Constraint("os", "=", ("linux",)), Constraint("zone", "!=", ("b",))),
            networks=("front", "back"),
            labels={"team": "shop"},
        ),
        "agent": Workload(
            "agent",
            kind=Kind.DAEMON,
            containers={"agent": Container(image=Image("agent", tag="1"))},
            names=("agent",),
            host_namespaces=("network",),
        ),
        "load": Workload(
            "load",
            kind=Kind.JOB,
            containers={"load": Container(image=Image("load", tag="1"), readiness=Probe(disabled=True))},
            names=("load",),
            restart=Restart("never"),
        ),
    },
    volumes=VOLUMES,
    secrets=SECRETS,
)


def test_a_manager_has_what_the_model_says(swarm: Swarm, stack: str, tmp_path: Path) -> None:
    swarm.deploy(tmp_path, put(tmp_path, write_model(SHOP)), stack)
    services = swarm.services(stack)
    assert set(services) == set(SHOP.workloads)
    for name, workload in SHOP.workloads.items():
        assert of_engine(swarm, services[name], stack) == of_model(SHOP, workload)


def test_what_is_read_of_a_stack_is_what_a_manager_has(swarm: Swarm, stack: str, tmp_path: Path) -> None:
    file = put(tmp_path, write_model(SHOP))
    read_back = read_stack(tmp_path, file)
    swarm.deploy(tmp_path, file, stack)
    services = swarm.services(stack)
    for name, workload in read_back.workloads.items():
        assert of_model(read_back, workload) == of_engine(swarm, services[name], stack)


def test_sock_shop_is_read_as_a_manager_has_it(swarm: Swarm, stack: str, corpus: Path) -> None:
    folder = corpus / "sock-shop" / "swarm"
    context = Context(LocalFiles([str(folder)]), LocalEngines(), {"MYSQL_ROOT_PASSWORD": "secret"})
    application = read(Source(str(folder / "docker-compose.yml")), context).application
    swarm.deploy(folder, "docker-compose.yml", stack, {"MYSQL_ROOT_PASSWORD": "secret"})
    services = swarm.services(stack)
    assert set(services) == set(application.workloads)
    for name, workload in application.workloads.items():
        assert of_engine(swarm, services[name], stack) == of_model(application, workload)


@pytest.mark.parametrize("field", FIELDS)
def test_every_stack_that_is_written_is_taken(field: str, swarm: Swarm, stack: str, tmp_path: Path) -> None:
    written = write_model(EXAMPLES[field].application)
    for file in written.files[1:]:
        assert file.path != ".env" or field == "variable.secret"
    text = written.files[0].content
    assert isinstance(text, str)
    external = "external: true" in text and "name: host" not in text
    if external:  # What is to be made beforehand.
        pytest.skip("it names what somebody made in the swarm beforehand")
    swarm.deploy(tmp_path, put(tmp_path, written), stack, dict.fromkeys(written.variables, "x"))


@given(application=applications)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_is_taken(application: Application, swarm: Swarm, tmp_path: Path) -> None:
    written = write_model(application)
    text = str(written.files[0].content)
    if "external: true" in text.replace("external: true\n    name: host", ""):
        return  # What somebody made in the swarm beforehand.
    name = swarm.new_stack()
    try:
        swarm.deploy(tmp_path, put(tmp_path, written), name, dict.fromkeys(written.variables, "x"))
    finally:
        swarm.remove(name)


def _stack_with(field: str) -> str:
    """Write a stack whose service says one field in some valid way."""
    values = {
        "build": ".", "group_add": "['5']", "depends_on": "[db]", "devices": "['/dev/null:/dev/x']", "expose": "['80']",
        "external_links": "[x]", "links": "[db]", "privileged": "true", "security_opt": "['no-new-privileges:true']",
        "shm_size": "1m", "tmpfs": "/run", "extends": "{service: db}", "volumes_from": "[db]", "cpu_quota": "5",
        "cpu_shares": "5", "scale": "2", "cpus": "1", "pids_limit": "9", "annotations": "{a: b}", "develop": "{}",
        "network_mode": "host", "profiles": "[x]",
    }  # fmt: skip
    said = values.get(field, "x")
    return f"services:\n  web:\n    image: web\n    {field}: {said}\n  db:\n    image: db\n"


@pytest.mark.parametrize("field", IGNORED)
def test_what_is_said_to_be_ignored_changes_nothing(field: str, swarm: Swarm, stack: str, tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text("services:\n  web:\n    image: web\n  db:\n    image: db\n")
    (tmp_path / "stack.yaml").write_text(_stack_with(field))
    swarm.deploy(tmp_path, "bare.yaml", stack)
    before = swarm.services(stack)
    swarm.deploy(tmp_path, "stack.yaml", stack)
    assert swarm.services(stack) == before


@pytest.mark.parametrize("field", [*FORBIDDEN, *(key for key in OF_COMPOSE if key not in ("content", "environment"))])
def test_what_is_said_to_be_refused_is_refused(field: str, swarm: Swarm, tmp_path: Path) -> None:
    top = field in ("name", "include")
    text = f"{field}: x\nservices: {{web: {{image: web}}}}\n" if top else _stack_with(field)
    (tmp_path / "stack.yaml").write_text(text)
    with pytest.raises(CommandFailed, match=r"not allowed|forbidden|unsupported options"):
        swarm.deploy(tmp_path, "stack.yaml", "refused")
