"""Every application of the corpus is adopted as it is: check is silent from then on, and tells each new change as one cause."""

import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from msgspec.structs import replace

from isomorph.drift.baseline import apply_baseline, parse_baseline
from isomorph.drift.declared import apply_declared
from isomorph.model.errors import InvalidInput
from isomorph.project.gate import (
    BASELINE_FILE,
    compare_environments,
    compare_generated,
    open_comparison,
    read_all,
    read_one,
)
from isomorph.project.opening import open_project
from isomorph.project.preview import GeneratedFiles, preview
from tests.cli.commands import Run, runner
from tests.corpus.reading import has_kubectl
from tests.corpus.scalars import sample_scalars

OPEN = ("drift", "missing", "unresolved")


class Change(NamedTuple):
    """A change of one line of a file; `old` stands once in it. `rule` and `workload` are of the finding that tells it."""

    file: str
    old: str
    new: str
    rule: str
    workload: str


class Application(NamedTuple):
    """An application of the corpus: environment -> definition as the command line names it, and changes to try."""

    folder: str
    definitions: dict[str, str]
    changes: tuple[Change, ...]


SOCK_SHOP = Application(
    "sock-shop",
    {
        "compose": "compose:compose/docker-compose.yml",
        "swarm": "swarm:swarm/docker-compose.yml",
        "kubernetes": "kubernetes:kubernetes",
        "helm": "helm:helm",
        "nomad": "nomad:nomad",
        "marathon": "marathon:marathon",
    },
    (
        Change("compose/docker-compose.yml", "payment:0.4.3", "payment:0.4.4", "image.tag", "payment"),
        Change("compose/docker-compose.yml", "MONGO_HOST=user-db", "MONGO_HOST=orders-db", "variable.value", "user"),
        Change("compose/docker-compose.yml", "'8080:8080'", "'8080:8081'", "port.exposure", "edge-router"),
        Change(
            "swarm/docker-compose.yml",
            "MYSQL_DATABASE=socksdb",
            "MYSQL_DATABASE=socks",
            "variable.value",
            "catalogue-db",
        ),
        Change("swarm/docker-compose.yml", "front-end:0.3.12", "front-end:0.3.13", "image.tag", "front-end"),
        Change("kubernetes/catalogue-dep.yaml", "catalogue:0.3.5", "catalogue:0.3.6", "image.tag", "catalogue"),
        Change("kubernetes/catalogue-dep.yaml", "-port=80", "-port=81", "process.args", "catalogue"),
        Change("helm/templates/user-dep.yaml", "user:0.4.4", "user:0.4.5", "image.tag", "user"),
        Change(
            "nomad/weavedemo.nomad",
            'MYSQL_DATABASE = "socksdb"',
            'MYSQL_DATABASE = "socks"',
            "variable.value",
            "catalogue-db",
        ),
        Change("marathon/marathon.json", "catalogue:latest", "catalogue:0.3.6", "image.tag", "catalogue"),
    ),
)
AKS_STORE = Application(
    "aks-store-demo",
    {
        "compose": "compose:compose/docker-compose.yml",
        "kubernetes": "kubernetes:kubernetes/aks-store-all-in-one.yaml",
        "kustomize": "kubernetes:kustomize/overlays/dev",
        "helm": "helm:helm",
    },
    (
        Change("compose/docker-compose.yml", "rabbitmq:4.3.2-m", "rabbitmq:4.3.1-m", "image.tag", "rabbitmq"),
        Change("compose/docker-compose.yml", "- 3000:3000", "- 3000:3005", "port.missing", "order-service"),
        Change(
            "kubernetes/aks-store-all-in-one.yaml", "store-front:2.2.0", "store-front:2.2.1", "image.tag", "store-front"
        ),
        Change(
            "kubernetes/aks-store-all-in-one.yaml",
            'value: "orderdb"',
            'value: "other"',
            "variable.value",
            "makeline-service",
        ),
        Change(
            "kustomize/base/order-service.yaml",
            "order-service:2.2.0",
            "order-service:2.3.0",
            "image.tag",
            "order-service",
        ),
        Change("helm/values.yaml", 'orderDBName: "orderdb"', 'orderDBName: "db"', "variable.value", "makeline-service"),
    ),
)
APPLICATIONS = (SOCK_SHOP, AKS_STORE)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line."""
    return runner(capsys)


@pytest.fixture
def adopted(
    request: pytest.FixtureRequest, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> Application:
    """An application in a folder of its own, adopted from all its definitions, and its drift noted as known."""
    application: Application = request.param
    if "kustomize" in application.definitions and not has_kubectl():
        pytest.skip("no kubectl builds kustomizations here")
    folder = tmp_path / application.folder
    shutil.copytree(corpus / application.folder, folder)
    monkeypatch.chdir(folder)
    sources = [f"--from={name}={definition}" for name, definition in application.definitions.items()]
    code, _, error = run("init", *sources)
    assert code == 0, error
    for file in Path("score").rglob("*.yaml"):
        for line in file.read_text().splitlines():
            name, _, value = line.strip().partition(": ")
            assert not name.endswith("PASSWORD") or value.startswith(('"${resources.', '"true"', '""', "null")), (
                f"{file}: {line}"
            )
    assert "isomorph baseline write" in error, "what remains different is told, with what to do"
    assert run("baseline", "write", "-q")[0] == 0
    return application


adopting = pytest.mark.parametrize(
    "adopted", APPLICATIONS, ids=[application.folder for application in APPLICATIONS], indirect=True
)


def new_causes(run: Run) -> list[list[dict[str, Any]]]:
    """Give what `check` tells, by cause."""
    code, out, error = run("check", "--fail-on", "note", "--format", "json", "--ci")
    assert code in (0, 1), error
    causes: dict[str, list[dict[str, Any]]] = {}
    for finding in json.loads(out)["findings"] if out else ():
        if finding["verdict"] in OPEN:
            causes.setdefault(finding["cause"], []).append(finding)
    assert code == bool(causes)
    return list(causes.values())


@adopting
def test_an_adopted_application_is_healthy(adopted: Application, run: Run) -> None:
    project = yaml.safe_load(Path("isomorph.yaml").read_text())
    assert {name: each["definitions"] for name, each in project["environments"].items()} == {
        name: [definition] for name, definition in adopted.definitions.items()
    }
    for options in ([], ["--fail-on", "note", "--ci"]):
        code, out, _ = run("check", *options)
        assert (code, out) == (0, ""), "what was there is no news"


@adopting
def test_each_change_is_one_new_cause(adopted: Application, run: Run) -> None:
    wrong = []
    for change in adopted.changes:
        file = Path(change.file)
        original = file.read_text()
        assert original.count(change.old) == 1, f"{change.old} must stand once in {change.file}"
        file.write_text(original.replace(change.old, change.new))
        causes = new_causes(run)
        told = sorted({(found["rule"], found["workload"]) for cause in causes for found in cause})
        if len(causes) != 1 or (change.rule, change.workload) not in told:
            wrong.append((change.new, len(causes), told))
        file.write_text(original)
    assert wrong == []
    assert new_causes(run) == [], "and with everything as it was, nothing is told"


UNSAYABLE = {
    ("nomad", "fluentd", "workload.kind"): "Score has no word for what runs on every node",
    ("nomad", "netman", "workload.kind"): "Score has no word for what runs on every node",
}
"""What differs between what is there and what its Score files generate, and why."""


@adopting
def test_what_the_score_files_generate_is_what_is_there(adopted: Application, run: Run) -> None:
    Path(".isomorph/baseline.yaml").unlink()
    found = [each for cause in new_causes(run) for each in cause if each["compared_with"] == "generated"]
    told = {(each["between"][0], each["workload"], each["rule"]) for each in found}
    assert told == {each for each in UNSAYABLE if each[0] in adopted.definitions}
    assert run("generate", "--all-envs", "-o", "generated", "-q")[0] == 0
    assert sorted(path.name for path in Path("generated").iterdir()) == sorted(adopted.definitions)


SAMPLE = 45

EXCUSED = re.compile(
    r"/(names|labels)/|^workloads/([^/]|//)+$|/containers/[^/]+$|/namespace$|^name$"  # Names by which nothing is known.
    r"|/networks$|/networks/"  # Score knows no networks, and no other environment has these.
)
"""Values that may change without drift between environments, or from what their Score files say."""


@adopting
def test_a_value_that_changes_is_one_new_cause(adopted: Application) -> None:
    """Any value of the corpus' files, changed, is told once or not at all; and nearly all that mean something are told."""
    project, context = open_project()
    comparison, _ = open_comparison(project, context)
    before = read_all(project, context)
    generated = {each.name: preview(project, project.environment_of(each.name), context) for each in before}
    baseline = parse_baseline(Path(BASELINE_FILE).read_bytes(), BASELINE_FILE)
    told: dict[bool, list[str]] = {True: [], False: []}
    several = []
    for scalar in sample_scalars(before, SAMPLE):
        changed = replace(context, files=GeneratedFiles(context.files, {scalar.place.file: scalar.text.encode()}))
        try:
            after = [
                read_one(project.environment_of(each.name), changed) if each.name == scalar.environment else each
                for each in before
            ]
        except InvalidInput:  # It is no longer valid, which fails the gate too.
            continue
        report = compare_environments(after, comparison)
        for environment in after:
            known = generated[environment.name]
            report = report if known is None else compare_generated(report, environment, known)
        report = apply_baseline(apply_declared(report, comparison.declared, "2026-01-01"), baseline)
        causes = {finding.cause for finding in report.findings if finding.verdict.value in OPEN}
        if len(causes) > 1:
            several.append(f"{scalar.place} {scalar.path}")
        elif not EXCUSED.search(scalar.path):
            told[bool(causes)].append(f"{scalar.place} {scalar.path}")
    assert len(several) <= 0.05 * SAMPLE, several
    assert len(told[False]) <= 0.1 * len(told[True]), told[False]
