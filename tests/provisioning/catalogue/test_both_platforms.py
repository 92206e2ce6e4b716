"""One Score file on two platforms: what the catalogue makes is the same by our own judge, and secrets are in no clear text."""

import subprocess

import pytest
import yaml

from isomorph.drift.compare import compare
from isomorph.drift.finding import Verdict
from isomorph.model.workload import Exec
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_writer
from isomorph.provisioning.catalogue import CATALOGUE
from tests.drift.judging import tell
from tests.provisioning.catalogue.realising import ORDERS, Drawing, main_file, read_back, run, shop, write

SHOWN = (Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED)
LINES = {
    "dns": "it: {type: dns}\nway: {type: route, params: {host: '${resources.it.host}', path: /, port: web}}",
    "route": "it: {type: route, params: {host: '${resources.dns.host}', path: /api, port: web}}\ndns: {type: dns}",
    "service": "it: {type: service, params: {workload: orders}}",
    "service-port": "it: {type: service-port, params: {workload: orders, port: api}}",
}
TYPES = [declaration.type for declaration in CATALOGUE]
JOINED = {"service-port": "V: 'http://${resources.it.hostname}:${resources.it.port}/x'"}
ASKED = {"environment": ("REGION", "LOG_LEVEL", "API_TOKEN")}
"""What is asked of a type that has whatever is asked of it."""


def text_of(type_: str) -> str:
    outputs = next(each.outputs for each in CATALOGUE if each.type == type_) or ASKED.get(type_, ())
    variables = JOINED.get(type_) or "\n".join(
        f"V{number}: 'x ${{resources.it.{output}}}'" for number, output in enumerate(outputs)
    )
    more = "volumes: {/data: {source: '${resources.it}'}}" if type_ == "volume" else ""
    return shop(LINES.get(type_, f"it: {{type: {type_}}}"), variables, more)


@pytest.mark.parametrize("type_", TYPES)
def test_no_drift(type_: str) -> None:
    texts = text_of(type_), ORDERS
    environments = [read_back(platform, write(platform, *texts)) for platform in ("compose", "kubernetes")]
    assert all("shop" in environment.definition.application.workloads for environment in environments)
    assert [tell(each) for each in compare(environments).findings if each.verdict in SHOWN] == []


@pytest.mark.parametrize("type_", TYPES)
def test_secrets_of_two_environments_differ_and_that_is_expected(type_: str) -> None:
    texts = text_of(type_), ORDERS
    environments = [read_back("kubernetes", write("kubernetes", *texts, draw=draw)) for draw in (Drawing(), other)]
    assert [tell(each) for each in compare(environments).findings if each.verdict in SHOWN] == []


def other(length: int) -> str:
    """Draw what the other environment does not have."""
    return "Another9".ljust(length, "y")


@pytest.mark.parametrize("type_", TYPES)
def test_secrets_are_in_kubernetes_secrets_only(type_: str) -> None:
    drawing = Drawing()
    documents = list(yaml.safe_load_all(main_file(write("kubernetes", text_of(type_), ORDERS, draw=drawing))))
    secrets = [str(each) for each in documents if each["kind"] == "Secret"]
    others = [str(each) for each in documents if each["kind"] != "Secret"]
    for value in drawing.drawn:
        assert any(value in text for text in secrets)
        assert not any(value in text for text in others)


@pytest.mark.parametrize("type_", TYPES)
def test_secrets_are_in_no_compose_file(type_: str) -> None:
    drawing = Drawing()
    written = write("compose", text_of(type_), ORDERS, draw=drawing)
    assert not any(value in main_file(written) for value in drawing.drawn)
    definition, provisioned = run("compose", (text_of(type_), ORDERS), drawing)
    without = load_writer("compose")(definition, WriteOptions(name="demo"))
    told = [str(each) for each in (*without.diagnostics, *written.diagnostics, *provisioned.diagnostics)]
    for text in (*(str(file.content) for file in without.files), *told, *provisioned.messages):
        assert not any(value in text for value in drawing.drawn)


@pytest.mark.parametrize("platform", ["compose", "kubernetes"])
@pytest.mark.parametrize("type_", TYPES)
def test_the_same_bytes_again(type_: str, platform: str) -> None:
    assert write(platform, text_of(type_), ORDERS) == write(platform, text_of(type_), ORDERS)


@pytest.mark.parametrize("type_", TYPES)
def test_every_script_is_one_that_a_shell_can_read(type_: str) -> None:
    definition, _ = run("kubernetes", (text_of(type_), ORDERS))
    scripts = []
    for workload in definition.application.workloads.values():
        for container in workload.containers.values():
            check = container.readiness.check if container.readiness else None
            vectors = (container.command or (), check.command if isinstance(check, Exec) else ())
            scripts += [str(vector[2]) for vector in vectors if vector[:2] == ("sh", "-c")]
    for script in scripts:
        checked = subprocess.run(["sh", "-n", "-c", script], capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_whoever_uses_a_resource_waits_for_it_on_compose() -> None:
    project = yaml.safe_load(main_file(write("compose", text_of("postgres"))))
    assert project["services"]["shop"]["depends_on"] == {"shop-it": {"condition": "service_healthy"}}
    assert project["services"]["shop-it"]["healthcheck"]["start_period"] == "60s"


def test_two_resources_of_a_type_are_two_servers() -> None:
    definition, _ = run("compose", (shop("cache: {type: redis}\nqueue: {type: redis}\nboth: {type: redis, id: all}"),))
    assert sorted(definition.application.workloads) == ["all-redis", "shop", "shop-cache", "shop-queue"]
