"""Images of well-known databases, brokers, caches and stores: one row an image family, what it is and how it is set up.

The judge sees by it that an image here and a managed resource there are one dependency; adoption sees what could be a
resource. `type` is a type of Score's resources where there is one; what speaks one protocol may stand in for each other.
"""

import re

import msgspec

from isomorph.model.image import Image, complete_image


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A family of images of one server.

    `images` are repositories without registry, `*/NAME` those of that name anywhere but in another family's row; `speaks`
    is the protocol that clients use. `versions` finds the server's version in a tag, as its first group, empty where tags
    do not tell it. `database`, `username` and `password` are the variables by which the image is set up, the first that is
    set. `defaults` is what the image does with no word said. `extensions` come with the image. `on_use`: databases, queues
    and the like come to be when they are first used, so that silence about them says
    nothing. `tls`: it takes no plain connections of its own accord.
    """

    type: str
    speaks: str
    port: int
    images: tuple[str, ...]
    versions: str = r"v?([0-9]+(?:\.[0-9]+){0,3})(?![0-9.])"
    database: tuple[str, ...] = ()
    username: tuple[str, ...] = ()
    password: tuple[str, ...] = ()
    defaults: dict[str, str] = {}
    extensions: tuple[str, ...] = ()
    on_use: bool = True
    tls: bool = False
    source: str


_HUB = "https://hub.docker.com/_"
_POSTGRES_DATABASE = ("POSTGRES_DB", "POSTGRESQL_DATABASE")
_POSTGRES_USER = ("POSTGRES_USER", "POSTGRESQL_USERNAME", "POSTGRESQL_USER")
_POSTGRES_PASSWORD = ("POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD")
_POSTGRES_DEFAULTS = {"charset": "utf8", "collation": "en_us.utf8"}


def _postgres(*images: str, versions: str = "", extensions: tuple[str, ...] = (), source: str) -> Service:
    """Give a row of an image that is PostgreSQL with something added."""
    row = Service(
        type="postgres",
        speaks="postgres",
        port=5432,
        images=images,
        database=_POSTGRES_DATABASE,
        username=_POSTGRES_USER,
        password=_POSTGRES_PASSWORD,
        defaults=_POSTGRES_DEFAULTS,
        extensions=extensions,
        on_use=False,
        source=source,
    )
    return msgspec.structs.replace(row, versions=versions) if versions else row


SERVICES: tuple[Service, ...] = (
    _postgres("library/postgres", "bitnami/postgresql", "*/postgres", "*/postgresql", source=f"{_HUB}/postgres"),
    _postgres(
        "postgis/postgis",
        extensions=("postgis",),
        source="https://hub.docker.com/r/postgis/postgis",
    ),
    _postgres(
        "pgvector/pgvector",
        versions=r"(?:[0-9.]+-)?pg([0-9]+)",
        extensions=("vector",),
        source="https://hub.docker.com/r/pgvector/pgvector",
    ),
    _postgres(
        "timescale/timescaledb",
        "timescale/timescaledb-ha",
        versions=r"(?:.*-)?pg([0-9]+(?:\.[0-9]+)?)",
        extensions=("timescaledb",),
        source="https://hub.docker.com/r/timescale/timescaledb",
    ),
    Service(
        type="mysql",
        speaks="mysql",
        port=3306,
        images=("library/mysql", "bitnami/mysql", "mysql/mysql-server", "*/mysql", "percona/percona-server"),
        database=("MYSQL_DATABASE",),
        username=("MYSQL_USER",),
        password=("MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD"),
        on_use=False,
        source=f"{_HUB}/mysql",
    ),
    Service(
        type="mariadb",
        speaks="mysql",
        port=3306,
        images=("library/mariadb", "bitnami/mariadb", "*/mariadb"),
        database=("MARIADB_DATABASE", "MYSQL_DATABASE"),
        username=("MARIADB_USER", "MYSQL_USER"),
        password=("MARIADB_PASSWORD", "MYSQL_PASSWORD", "MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"),
        on_use=False,
        source=f"{_HUB}/mariadb",
    ),
    Service(
        type="mssql",
        speaks="mssql",
        port=1433,
        images=("mssql/server", "azure-sql-edge"),
        versions=r"([0-9]{4})(?=-|$)",
        password=("MSSQL_SA_PASSWORD", "SA_PASSWORD"),
        source="https://learn.microsoft.com/sql/linux/sql-server-linux-configure-environment-variables",
    ),
    Service(
        type="mongodb",
        speaks="mongodb",
        port=27017,
        images=("library/mongo", "bitnami/mongodb", "mongodb/mongodb-community-server", "*/mongo", "*/mongodb"),
        database=("MONGO_INITDB_DATABASE", "MONGODB_DATABASE"),
        username=("MONGO_INITDB_ROOT_USERNAME", "MONGODB_USERNAME"),
        password=("MONGO_INITDB_ROOT_PASSWORD", "MONGODB_PASSWORD", "MONGODB_ROOT_PASSWORD"),
        source=f"{_HUB}/mongo",
    ),
    Service(
        type="mongodb",
        speaks="mongodb",
        port=10260,
        images=("documentdb/documentdb/documentdb-local",),
        versions="",
        tls=True,
        source="https://github.com/documentdb/documentdb",
    ),
    Service(
        type="mongodb",
        speaks="mongodb",
        port=27017,
        images=("ferretdb/ferretdb",),
        versions="",
        source="https://docs.ferretdb.io/installation/ferretdb/docker/",
    ),
    Service(
        type="redis",
        speaks="redis",
        port=6379,
        images=("library/redis", "redis/redis-stack", "redis/redis-stack-server", "bitnami/redis", "*/redis"),
        password=("REDIS_PASSWORD",),
        source=f"{_HUB}/redis",
    ),
    Service(
        type="valkey",
        speaks="redis",
        port=6379,
        images=("valkey/valkey", "bitnami/valkey", "*/valkey"),
        password=("VALKEY_PASSWORD",),
        source="https://hub.docker.com/r/valkey/valkey",
    ),
    Service(
        type="memcached",
        speaks="memcached",
        port=11211,
        images=("library/memcached", "bitnami/memcached", "*/memcached"),
        source=f"{_HUB}/memcached",
    ),
    Service(
        type="amqp",
        speaks="amqp",
        port=5672,
        images=("library/rabbitmq", "bitnami/rabbitmq", "*/rabbitmq"),
        username=("RABBITMQ_DEFAULT_USER", "RABBITMQ_USERNAME"),
        password=("RABBITMQ_DEFAULT_PASS", "RABBITMQ_PASSWORD"),
        source=f"{_HUB}/rabbitmq",
    ),
    Service(
        type="activemq",
        speaks="amqp",
        port=61616,
        images=("apache/activemq-classic", "apache/activemq-artemis", "*/activemq", "*/activemq-artemis"),
        username=("ACTIVEMQ_CONNECTION_USER", "ARTEMIS_USER"),
        password=("ACTIVEMQ_CONNECTION_PASSWORD", "ARTEMIS_PASSWORD"),
        source="https://hub.docker.com/r/apache/activemq-classic",
    ),
    Service(
        type="kafka",
        speaks="kafka",
        port=9092,
        images=("apache/kafka", "apache/kafka-native", "bitnami/kafka", "*/kafka"),
        source="https://hub.docker.com/r/apache/kafka",
    ),
    Service(
        type="kafka",
        speaks="kafka",
        port=9092,
        images=("confluentinc/cp-kafka", "redpandadata/redpanda", "vectorized/redpanda"),
        versions="",  # Of Confluent Platform and of Redpanda, which is not Kafka's.
        source="https://hub.docker.com/r/confluentinc/cp-kafka",
    ),
    Service(
        type="elasticsearch",
        speaks="elasticsearch",
        port=9200,
        images=("library/elasticsearch", "elasticsearch/elasticsearch", "bitnami/elasticsearch", "*/elasticsearch"),
        password=("ELASTIC_PASSWORD",),
        source=f"{_HUB}/elasticsearch",
    ),
    Service(
        type="opensearch",
        speaks="elasticsearch",
        port=9200,
        images=("opensearchproject/opensearch", "*/opensearch"),
        password=("OPENSEARCH_INITIAL_ADMIN_PASSWORD",),
        source="https://hub.docker.com/r/opensearchproject/opensearch",
    ),
    Service(
        type="s3",
        speaks="s3",
        port=9000,
        images=("minio/minio", "bitnami/minio", "*/minio"),
        versions="",
        username=("MINIO_ROOT_USER", "MINIO_ACCESS_KEY"),
        password=("MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY"),
        source="https://hub.docker.com/r/minio/minio",
    ),
    Service(
        type="azure-storage",
        speaks="azure-storage",
        port=10000,
        images=("azure-storage/azurite",),
        versions="",
        source="https://learn.microsoft.com/azure/storage/common/storage-use-azurite",
    ),
    Service(
        type="gcs",
        speaks="gcs",
        port=4443,
        images=("fsouza/fake-gcs-server",),
        versions="",
        source="https://hub.docker.com/r/fsouza/fake-gcs-server",
    ),
    Service(
        type="vault",
        speaks="vault",
        port=8200,
        images=("library/vault", "hashicorp/vault", "openbao/openbao"),
        source="https://hub.docker.com/r/hashicorp/vault",
    ),
    Service(
        type="nats",
        speaks="nats",
        port=4222,
        images=("library/nats",),
        source=f"{_HUB}/nats",
    ),
    Service(
        type="cassandra",
        speaks="cassandra",
        port=9042,
        images=("library/cassandra", "bitnami/cassandra"),
        source=f"{_HUB}/cassandra",
    ),
)

PROTOCOLS: dict[str, str] = {
    **{service.type: service.speaks for service in SERVICES},
    "postgres-instance": "postgres",
    "mysql-instance": "mysql",
    "cosmosdb": "mongodb",
    "documentdb": "mongodb",
    "kafka-topic": "kafka",
    "servicebus": "amqp",
    "eventhubs": "kafka",
    "sqs": "sqs",
    "sns": "sns",
    "pubsub": "pubsub",
    "dynamodb": "dynamodb",
}
"""What serves workloads, by type, and the protocol or purpose by which another type can stand in for it."""

PORTS: dict[str, int] = {
    **{service.speaks: service.port for service in reversed(SERVICES)},
    "mongodb": 27017,
    "amqp": 5672,
    "kafka": 9092,
}
"""The port on which a protocol is spoken where nobody says another."""

_EXACT = {image: service for service in SERVICES for image in service.images if not image.startswith("*/")}
_ANYWHERE = {image[2:]: service for service in SERVICES for image in service.images if image.startswith("*/")}


def find_service(image: Image | None) -> Service | None:
    """Give the family that an image belongs to; None for any other, and where the repository is left open."""
    if image is None:
        return None
    repository = complete_image(image).repository
    if not isinstance(repository, str):
        return None
    return _EXACT.get(repository) or _ANYWHERE.get(repository.rpartition("/")[2])


def find_version(service: Service, tag: str) -> str | None:
    """Give the version of the server that a tag tells: `15.4-alpine` is 15.4; None where it tells none (`latest`)."""
    found = re.match(service.versions, tag) if service.versions else None
    return found[1] if found is not None else None


def is_same_version(one: str, other: str) -> bool:
    """Tell whether two versions are the same as far as the less precise one goes: 15 is 15.4, and 1.0 is not 10."""
    mine, yours = one.split("."), other.split(".")
    return all(a == b for a, b in zip(mine, yours, strict=False))
