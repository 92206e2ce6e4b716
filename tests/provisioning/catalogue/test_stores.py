"""Redis, Elasticsearch and S3."""

from isomorph.model.text import Address, SecretValue
from isomorph.model.workload import Container, Exposure
from tests.provisioning.catalogue.realising import realise


def container_of(type_: str) -> Container:
    return realise(type_).parts.workloads["shop-db"].containers["shop-db"]


def test_redis() -> None:
    result = realise("redis")
    assert result.outputs["username"] == "default"
    container = container_of("redis")
    assert container.command == (
        "sh",
        "-c",
        'exec docker-entrypoint.sh redis-server --requirepass "$REDIS_PASSWORD" --appendonly yes',
    )
    assert container.variables == {"REDIS_PASSWORD": (SecretValue("shop-db", "password"),)}


def test_elasticsearch() -> None:
    result = realise("elasticsearch")
    assert {key: result.outputs[key] for key in ("host", "port", "username")} == {
        "host": "shop-db",
        "port": 9200,
        "username": "elastic",
    }
    assert container_of("elasticsearch").variables["ELASTIC_PASSWORD"] == (SecretValue("shop-db", "password"),)


def test_s3() -> None:
    result = realise("s3")
    assert result.outputs["endpoint"] == "http://shop-db:9000"
    assert result.references["endpoint"] == ("http://", Address("shop-db", "shop-db", 9000))
    assert result.outputs["bucket"] == "shop-db"
    assert result.outputs["access_key_id"] == result.outputs["aws_access_key_id"]
    assert result.outputs["secret_key"] == result.outputs["aws_secret_key"] != result.outputs["access_key_id"]
    assert result.secrets == {"access_key_id", "secret_key", "aws_access_key_id", "aws_secret_key"}
    assert container_of("s3").variables["MINIO_BUCKET"] == "shop-db"


def test_the_name_of_a_bucket_is_not_too_long() -> None:
    bucket = realise("s3", name="shop-" + "x" * 80).outputs["bucket"]
    assert len(bucket) == 63
    assert bucket.startswith("shop-xxx")


def test_what_is_published_of_s3_is_the_console() -> None:
    result = realise("s3", metadata={"annotations": {"compose.score.dev/publish-port": 9999}})
    ports = result.parts.workloads["shop-db"].ports
    assert ports["9001/tcp"].exposures == (Exposure("host", 9999),)
    assert ports["9000/tcp"].exposures == ()
