"""What holds for every type of the catalogue."""

import pytest

from isomorph.model.workload import Exec, Kind
from isomorph.provisioning.catalogue import CATALOGUE, load_catalogue
from isomorph.provisioning.catalogue.declaration import draw_password
from tests.provisioning.catalogue.realising import Drawing, realise

PARAMS = {
    "route": {"host": "shop.example.com", "port": "web"},
    "service": {"workload": "orders"},
    "service-port": {"workload": "orders", "port": "api"},
}
TYPES = [declaration.type for declaration in CATALOGUE]
SERVERS = ["postgres", "postgres-instance", "mysql", "mongodb", "redis", "amqp", "s3", "elasticsearch", "mssql"]
PLATFORMS = ["compose", "kubernetes", "nomad"]


def test_types() -> None:
    assert sorted(TYPES) == sorted(
        [*SERVERS, "kafka-topic", "volume", "dns", "route", "service", "service-port", "environment", "vault"]
    )


def test_a_platform_that_needs_nothing_of_its_own_gets_all_types() -> None:
    provisioners = load_catalogue("nomad")
    assert [each.type for each in provisioners] == TYPES
    assert {each.uri for each in provisioners} == {f"isomorph://{type_}" for type_ in TYPES}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("type_", TYPES)
def test_the_outputs_that_are_promised(type_: str, platform: str) -> None:
    promised = next(each for each in load_catalogue(platform) if each.type == type_).expected_outputs
    result = realise(type_, platform, params=PARAMS.get(type_, {}))
    assert set(promised or ()) <= result.outputs.keys()
    assert result.references.keys() <= result.outputs.keys()
    assert result.secrets <= result.references.keys()


@pytest.mark.parametrize("type_", TYPES)
def test_a_second_run_makes_the_same(type_: str) -> None:
    params = PARAMS.get(type_, {})
    first = realise(type_, params=params)
    again = Drawing()
    assert realise(type_, draw=again, params=params, state=first.state, shared=first.shared) == first
    assert again.drawn == []


@pytest.mark.parametrize("type_", [*SERVERS, "vault"])
def test_a_server_of_its_own(type_: str) -> None:
    drawing = Drawing()
    result = realise(type_, draw=drawing)
    workload = result.parts.workloads["shop-db"]
    container = workload.containers["shop-db"]
    assert result.state["name"] == "shop-db"
    assert result.parts.waits == {"shop-db": "healthy"}
    assert container.image is not None
    assert isinstance(container.image.tag, str)
    assert any(character.isdigit() for character in container.image.tag)
    assert container.readiness is not None
    assert isinstance(container.readiness.check, Exec)
    assert all(port.number == port.target for port in workload.ports.values())
    secret = result.parts.secrets["shop-db"]
    assert secret.provisioned
    assert drawing.drawn
    said = [text for text in (*container.variables.values(), *(container.command or ())) if isinstance(text, str)]
    assert not any(value in text for value in drawing.drawn for text in said)


@pytest.mark.parametrize("type_", SERVERS)
def test_storage(type_: str) -> None:
    parts = realise(type_, params={"size": "5Gi"}).parts
    workload = parts.workloads["shop-db"]
    assert workload.kind is Kind.STATEFUL
    assert [mount.volume for mount in workload.containers["shop-db"].mounts.values()] == ["shop-db/data"]
    volume = parts.volumes["shop-db/data"]
    assert (volume.kind, volume.size, volume.external) == ("persistent", 5 << 30, False)


@pytest.mark.parametrize("type_", SERVERS)
def test_the_port_that_is_published_on_the_machine(type_: str) -> None:
    metadata = {"annotations": {"compose.score.dev/publish-port": "15000"}}
    for platform, expected in (("compose", [15000]), ("kubernetes", [])):
        workload = realise(type_, platform, metadata=metadata).parts.workloads["shop-db"]
        ports = [exposure.port for port in workload.ports.values() for exposure in port.exposures]
        assert ports == expected


def test_a_made_up_password() -> None:
    drawn = [draw_password(32) for _ in range(50)]
    assert len(set(drawn)) == 50
    for password in drawn:
        assert len(password) == 32
        assert password.isalnum()
        assert password.isascii()
        assert any(map(str.islower, password))
        assert any(map(str.isupper, password))
        assert any(map(str.isdigit, password))
