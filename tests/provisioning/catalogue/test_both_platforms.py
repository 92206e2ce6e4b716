"""One Score file on every platform: what the catalogue makes is the same by our own judge, and secrets are in no clear text."""

import subprocess
from itertools import permutations

import pytest
import yaml

from isomorph.drift.compare import compare
from isomorph.drift.finding import Verdict
from isomorph.model.workload import Exec
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.platforms.table import PLATFORMS as ROWS
from isomorph.platforms.table import find_family, load_writer
from isomorph.provisioning.catalogue import CATALOGUE
from tests.drift.judging import tell
from tests.provisioning.catalogue.realising import ORDERS, Drawing, main_file, read_back, run, shop, write

GENERATED = ("compose", "kubernetes", "minikube", "nomad", "marathon", "terraform")
PLATFORMS = tuple(row.name for row in ROWS if row.name in GENERATED)
SHOWN = (Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED)
LINES = {
    "dns": "it: {type: dns}\nway: {type: route, params: {host: '${resources.it.host}', path: /, port: web}}",
    "route": "it: {type: route, params: {host: '${resources.dns.host}', path: /api, port: web}}\ndns: {type: dns}",
    "service": "it: {type: service, params: {workload: orders}}",
    "service-port": "it: {type: service-port, params: {workload: orders, port: api}}",
}
TYPES = [declaration.type for declaration in CATALOGUE]
JOINED = {
    "service-port": "V: 'http://${resources.it.hostname}:${resources.it.port}/x'",
    # Marathon expands nothing: whoever deploys puts a value where a whole variable is left open.
    "environment": "REGION: '${resources.it.REGION}'\nTOKEN: 'x ${resources.it.API_TOKEN}'",
}


def text_of(type_: str) -> str:
    outputs = next(each.outputs for each in CATALOGUE if each.type == type_) or ()
    variables = JOINED.get(type_) or "\n".join(
        f"V{number}: 'x ${{resources.it.{output}}}'" for number, output in enumerate(outputs)
    )
    more = "volumes: {/data: {source: '${resources.it}'}}" if type_ == "volume" else ""
    return shop(LINES.get(type_, f"it: {{type: {type_}}}"), variables, more)


@pytest.mark.parametrize("type_", TYPES)
def test_no_drift(type_: str) -> None:
    texts = text_of(type_), ORDERS
    environments = [read_back(platform, write(platform, *texts)) for platform in PLATFORMS]
    assert all("shop" in environment.definition.application.workloads for environment in environments)
    for pair in permutations(environments, 2):
        findings = compare(list(pair)).findings
        assert [tell(each) for each in findings if each.verdict in SHOWN] == [], [each.name for each in pair]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("type_", TYPES)
def test_secrets_of_two_environments_differ_and_that_is_expected(type_: str, platform: str) -> None:
    texts = text_of(type_), ORDERS
    environments = [read_back(platform, write(platform, *texts, draw=draw)) for draw in (Drawing(), other)]
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


@pytest.mark.parametrize("platform", [each for each in PLATFORMS if find_family(each) != "kubernetes"])
@pytest.mark.parametrize("type_", TYPES)
def test_secrets_are_in_files_of_their_own_that_nobody_else_reads(type_: str, platform: str) -> None:
    drawing = Drawing()
    written = write(platform, text_of(type_), ORDERS, draw=drawing)
    closed = [file for file in written.files if any(value in str(file.content) for value in drawing.drawn)]
    assert [file.path for file in closed if not is_for_secrets(file)] == []
    kept = [value for value in drawing.drawn if any(value in str(file.content) for file in closed)]
    assert kept == drawing.drawn


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("type_", TYPES)
def test_secrets_are_neither_told_nor_written_where_nobody_asked_for_them(type_: str, platform: str) -> None:
    drawing = Drawing()
    definition, provisioned = run(platform, (text_of(type_), ORDERS), drawing)
    without = load_writer(platform)(definition, WriteOptions(name="demo"))
    written = load_writer(platform)(definition, WriteOptions(name="demo", secrets=True))
    told = [str(each) for each in (*without.diagnostics, *written.diagnostics, *provisioned.diagnostics)]
    files = [str(file.content) for file in without.files] if find_family(platform) != "kubernetes" else []
    for text in (*files, *told, *provisioned.messages):
        assert not any(value in text for value in drawing.drawn)


def is_for_secrets(file: OutputFile) -> bool:
    """Tell whether a file is where a platform's secrets belong: files of variables, what Marathon's store holds."""
    return file.mode == 0o600 and file.path.endswith((".env", "marathon-secrets.json", ".nv.hcl", ".auto.tfvars"))


@pytest.mark.parametrize("platform", PLATFORMS)
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
