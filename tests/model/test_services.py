"""Images of well-known servers: what each is, and the version that its tag tells."""

import pytest

from isomorph.model.image import parse_image
from isomorph.model.services import PORTS, PROTOCOLS, SERVICES, find_service, find_version, is_same_version
from isomorph.model.text import Placeholder


@pytest.mark.parametrize(
    ("image", "kind", "version"),
    [
        ("postgres:15", "postgres", "15"),
        ("docker.io/library/postgres:15.4-alpine3.19", "postgres", "15.4"),
        ("registry.example.com/mirror/postgres:15.4", "postgres", "15.4"),
        ("bitnami/postgresql:13.7.0-debian-11-r1", "postgres", "13.7.0"),
        ("postgis/postgis:16-3.4", "postgres", "16"),
        ("pgvector/pgvector:0.7.0-pg16", "postgres", "16"),
        ("timescale/timescaledb:2.14.2-pg15", "postgres", "15"),
        ("mysql:8.0.36-debian", "mysql", "8.0.36"),
        ("mariadb:10.11-jammy", "mariadb", "10.11"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "mssql", "2022"),
        ("ghcr.io/documentdb/documentdb/documentdb-local:pg17-0.112.0", "mongodb", None),
        ("redis:7.2.4-alpine", "redis", "7.2.4"),
        ("valkey/valkey:8", "valkey", "8"),
        ("rabbitmq:4.3.2-management-alpine", "amqp", "4.3.2"),
        ("confluentinc/cp-kafka:7.5.0", "kafka", None),
        ("apache/kafka:3.7.0", "kafka", "3.7.0"),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.13.4", "elasticsearch", "8.13.4"),
        ("minio/minio:RELEASE.2024-01-01T00-00-00Z", "s3", None),
        ("postgres:latest", "postgres", None),
        ("postgres:bookworm", "postgres", None),
    ],
)
def test_an_image_is_a_server_of_a_version(image: str, kind: str, version: str | None) -> None:
    parsed = parse_image(image)
    service = find_service(parsed)
    assert service is not None
    assert (service.type, find_version(service, str(parsed.tag))) == (kind, version)


@pytest.mark.parametrize(
    "image",
    ["shop/web:1", "shop/catalogue-db:0.3.0", "kbudde/rabbitmq-exporter:1", "dpage/pgadmin4", "prom/mysqld-exporter"],
)
def test_other_images_are_none(image: str) -> None:
    assert find_service(parse_image(image)) is None


def test_an_image_that_is_left_open_is_none() -> None:
    assert find_service(parse_image((Placeholder("${IMAGE}", "IMAGE"),))) is None
    assert find_service(None) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("15", "15.4", True), ("15.4", "15", True), ("15", "13.7", False), ("1", "10", False), ("8.0", "8.0.36", True)],
)
def test_versions_are_compared_as_far_as_the_less_precise_goes(one: str, other: str, same: bool) -> None:
    assert is_same_version(one, other) is same


def test_no_image_is_in_two_rows_and_every_type_has_its_protocol_and_port() -> None:
    images = [image for service in SERVICES for image in service.images]
    assert len(images) == len(set(images))
    for service in SERVICES:
        assert PROTOCOLS[service.type] == service.speaks
        assert service.speaks in PORTS
