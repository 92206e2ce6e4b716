"""The catalogue: one row a type of resource."""

from isomorph.provisioning.catalogue.brokers import AMQP, KAFKA_TOPIC
from isomorph.provisioning.catalogue.databases import MONGODB, MSSQL, MYSQL, POSTGRES, POSTGRES_INSTANCE
from isomorph.provisioning.catalogue.declaration import Declaration, Draw, draw_password
from isomorph.provisioning.catalogue.network import DNS, ROUTE, SERVICE, SERVICE_PORT
from isomorph.provisioning.catalogue.stores import ELASTICSEARCH, REDIS, S3
from isomorph.provisioning.catalogue.surroundings import ENVIRONMENT, VOLUME
from isomorph.provisioning.catalogue.vault import VAULT
from isomorph.provisioning.contract import Provisioner

CATALOGUE: tuple[Declaration, ...] = (
    POSTGRES.declare(),
    POSTGRES_INSTANCE.declare(),
    MYSQL.declare(),
    MONGODB.declare(),
    REDIS.declare(),
    AMQP.declare(),
    KAFKA_TOPIC,
    S3.declare(),
    ELASTICSEARCH.declare(),
    MSSQL.declare(),
    VOLUME,
    DNS,
    ROUTE,
    SERVICE,
    SERVICE_PORT,
    ENVIRONMENT,
    VAULT,
)


def load_catalogue(platform: str, draw: Draw = draw_password) -> tuple[Provisioner, ...]:
    """Give a provisioner for every type on a platform; `draw` makes up secrets."""
    return tuple(declaration.for_platform(platform, draw) for declaration in CATALOGUE)
