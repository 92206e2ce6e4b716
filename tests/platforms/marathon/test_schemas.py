"""The published types of Marathon's API hold for all that we write, and for real definitions."""

import json
from pathlib import Path

import pytest

from isomorph.model.application import Definition
from isomorph.model.fields import FIELDS
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.marathon.fields import (
    APP,
    CHECK,
    CONTAINER,
    DOCKER,
    ENDPOINT,
    HEALTH_CHECK,
    POD,
    POD_CONTAINER,
    POD_IMAGE,
    PORT_MAPPING,
    READINESS_CHECK,
    SCHEDULING,
)
from isomorph.platforms.marathon.writer import SECRETS, write
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.table import load_reader
from tests.conformance.marathon_schemas import SCHEMAS, faults, make_schemas, print_schemas
from tests.field_examples import EXAMPLES

REAL = (
    ("compose", "sock-shop/compose/docker-compose.yml"),
    ("compose", "aks-store-demo/compose/docker-compose.yml"),
    ("kubernetes", "sock-shop/kubernetes"),
    ("kubernetes", "aks-store-demo/kubernetes/aks-store-all-in-one.yaml"),
)

#: What Marathon's answers or its older releases have, and the published types of applications do not.
OLDER = {
    "App": {"storeUrls", "tasks", "tasksRunning", "tasksStaged", "tasksHealthy", "tasksUnhealthy", "deployments",
            "lastTaskFailure", "tasksStats", "readinessCheckResults"},
}  # fmt: skip


def check(written: Written) -> list[str]:
    """Give all faults of all files that Marathon is given."""
    return [fault for file in written.files if file.path != SECRETS for fault in faults(file.content)]


def test_the_schemas_are_made_from_the_published_types(corpus: Path) -> None:
    made = print_schemas(make_schemas(corpus / "schemas" / "marathon"))
    assert made == SCHEMAS.read_text(), "run tests/conformance/marathon_schemas.py"


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_written_as_the_types_have_it(field: str) -> None:
    assert check(write(normalise(Definition(EXAMPLES[field].application, "model")), WriteOptions(secrets=True))) == []


@pytest.mark.parametrize(("platform", "place"), REAL)
def test_real_definitions_are_written_as_the_types_have_it(platform: str, place: str, corpus: Path) -> None:
    context = Context(LocalFiles([str(corpus)]), LocalEngines())
    definition = normalise(load_reader(platform)(Source(str(corpus / place)), context))
    assert check(write(definition, WriteOptions(name="shop"))) == []


def test_a_real_group_is_as_the_types_have_it(corpus: Path) -> None:
    assert faults((corpus / "sock-shop/marathon/marathon.json").read_bytes()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "/Shop"},
        {"id": "/web", "instances": "2"},
        {"id": "/web", "memory": 1},
        {"id": "/web", "constraints": [["hostname"]]},
        {"id": "/web", "env": {"A": {"secrets": "x"}}},
        {"id": "/shop", "apps": [], "pods": []},
        {"id": "/pod", "containers": []},
    ],
)
def test_what_the_types_do_not_have_is_found(wrong: object) -> None:
    assert faults(json.dumps(wrong))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("app.App", APP - OLDER["App"]),
        ("appContainer.Container", CONTAINER),
        ("appContainer.DockerContainer", DOCKER),
        ("appContainer.ContainerPortMapping", PORT_MAPPING),
        ("healthCheck.AppHealthCheck", HEALTH_CHECK),
        ("readinessCheck.ReadinessCheck", READINESS_CHECK),
        ("check.AppCheck", CHECK),
        ("pod.Pod", POD),
        ("pod.PodSchedulingPolicy", SCHEDULING),
        ("podContainer.PodContainer", POD_CONTAINER),
        ("podContainer.Image", POD_IMAGE),
        ("network.Endpoint", ENDPOINT),
    ],
)
def test_the_reader_knows_all_fields(name: str, fields: frozenset[str]) -> None:
    known = set(json.loads(SCHEMAS.read_text())["$defs"][name]["properties"])
    assert set(fields) >= known
    assert set(fields) - known <= {"ignoreHttp1xx"}
