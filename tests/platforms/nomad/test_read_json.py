"""Jobs in the API's JSON: read as HCL is, whatever the case of their keys."""

import json
from typing import Any

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Compute, Exposure, Port
from isomorph.platforms.nomad.reader import read
from tests.memory_context import memory_context, source
from tests.platforms.nomad.jobs import container_of, only

JOB: dict[str, Any] = {
    "ID": "web",
    "Type": "service",
    "Status": "running",
    "Version": 3,
    "TaskGroups": [
        {
            "Name": "web",
            "Count": 2,
            "Networks": [
                {
                    "Mode": "bridge",
                    "DynamicPorts": [{"Label": "http", "Value": 0, "To": 8080, "HostNetwork": "default"}],
                    "ReservedPorts": [{"Label": "admin", "Value": 9000, "To": 9090}],
                }
            ],
            "Tasks": [
                {
                    "Name": "app",
                    "Driver": "docker",
                    "User": "",
                    "KillTimeout": 7_000_000_000,
                    "Config": {"image": "web:1", "labels": [{"a": "b"}]},
                    "Env": {"A": "1"},
                    "Resources": {"CPU": 200, "MemoryMB": 64, "DiskMB": 0},
                    "Templates": [
                        {"EmbeddedTmpl": "x", "DestPath": "local/x", "ChangeMode": "restart", "Perms": "0644"}
                    ],
                }
            ],
        }
    ],
}


def read_json(data: object) -> Definition:
    return read(source("a.json"), memory_context({"a.json": json.dumps(data, indent=1)}))


@pytest.mark.parametrize("data", [JOB, {"Job": JOB}, {"job": {key.lower(): value for key, value in JOB.items()}}])
def test_a_job(data: object) -> None:
    definition = read_json(data)
    workload, container = only(definition), container_of(definition)
    assert workload.scale.replicas == 2
    assert workload.ports == {
        "8080/tcp": Port(8080, 8080, name="http", offered=False),
        "9090/tcp": Port(9090, 9090, name="admin", exposures=(Exposure("host", 9000),)),
    }
    assert container.variables == {"A": "1"}
    assert container.stop_grace == 7_000
    assert container.compute == Compute({"cpu": 200, "memory": 64 << 20}, {"memory": 64 << 20})
    assert container.files["/local/x"].content == "x"
    assert container.security.user is None
    assert workload.labels == {"a": "b"}
    assert definition.diagnostics == ()


def test_values_have_their_places() -> None:
    definition = read_json(JOB)
    origin = definition.origins.exact(("workloads", "web", "scale", "replicas"))
    assert origin is not None
    assert json.dumps(JOB, indent=1).splitlines()[origin.line - 1].strip() == '"Count": 2,'


def test_an_unknown_key_is_told() -> None:
    definition = read_json({**JOB, "Colour": "red"})
    assert [each.code for each in definition.diagnostics] == ["unknown-field"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"TaskGroups": []}, "no ID"),
        ({"ID": "a", "TaskGroups": ["x"]}, "holds no mapping"),
        ({"ID": "a"}, "has no group"),
    ],
)
def test_what_is_no_job(data: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_json({"Job": data})
