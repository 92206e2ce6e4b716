"""The mesh and what else only Nomad knows: peers by upstream, the rest kept where it was said."""

from pathlib import Path

import pytest

from isomorph.model.application import Definition
from isomorph.model.text import Address, SecretValue
from isomorph.model.workload import Grpc, Probe
from tests.platforms.nomad.jobs import codes, extras, read_text


@pytest.fixture(scope="module")
def mesh() -> Definition:
    return read_text((Path(__file__).parent / "data" / "mesh.nomad.hcl").read_text())


def test_an_upstream_is_a_peer(mesh: Definition) -> None:
    dashboard = mesh.application.workloads["dashboard"].containers["dashboard"]
    assert dashboard.variables == {"COUNTING_SERVICE_URL": ("http://", Address("api", "count-api", 9001))}


def test_a_secret_block_is_a_reference(mesh: Definition) -> None:
    api = mesh.application.workloads["api"].containers["api"]
    assert api.variables == {"PASSWORD": (SecretValue("nomad/jobs/mesh", "password"),)}


def test_the_checks_port_may_be_a_number(mesh: Definition) -> None:
    api = mesh.application.workloads["api"]
    assert api.containers["api"].readiness == Probe(Grpc(9001, "health"), period=10_000, timeout=2_000)
    assert list(api.ports) == ["9001/tcp"]


def test_what_is_not_compared_is_told(mesh: Definition) -> None:
    assert codes(mesh) == ["not-modelled"] * 3


@pytest.mark.parametrize(
    "location",
    [
        ("job", "spread"),
        ("job", "migrate"),
        ("job", "vault"),
        ("job", "ui"),
        ("group", "consul"),
        ("group", "ephemeral_disk"),
        ("group", "disconnect"),
        ("group", "network", "dns"),
        ("service", 0, "connect"),
        ("containers", "api", "secret"),
        ("containers", "api", "identity"),
        ("containers", "api", "action"),
        ("containers", "api", "logs"),
        ("containers", "api", "resources", "device"),
        ("containers", "api", "config", "ulimit"),
        ("containers", "notify", "lifecycle"),
    ],
    ids=lambda location: ".".join(map(str, location)),
)
def test_it_is_kept_where_it_was_said(mesh: Definition, location: tuple[object, ...]) -> None:
    assert extras(mesh)["workloads", "api", *location]
    assert all(extra.origin is not None and extra.origin.line > 1 for extra in mesh.extras)
