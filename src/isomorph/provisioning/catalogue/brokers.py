"""Messages: RabbitMQ, and topics on a Kafka broker that all topics of an application share."""

import re
from typing import Any

from isomorph.model.application import Volume
from isomorph.model.image import parse_image
from isomorph.model.text import Address, Text
from isomorph.model.workload import Container, Exec, Kind, Mount, Order, Port, Probe, Restart, Security, Workload
from isomorph.provisioning.catalogue.declaration import Declaration, Draw, count_param, param_error, text_param
from isomorph.provisioning.catalogue.server import GIBIBYTE, MEBIBYTE, Server, grant, shell
from isomorph.provisioning.contract import Parts, Request, Result

AMQP = Server(
    type="amqp",
    description="A RabbitMQ server with one virtual host and its user.",
    image="rabbitmq",
    version="4.1.4-management-alpine",
    suffix="-management-alpine",
    ports={"amqp": 5672, "management": 15672},
    publishes={"compose.score.dev/publish-management-port": "management"},
    data="/var/lib/rabbitmq",
    variables={
        "RABBITMQ_DEFAULT_USER": "{username}",
        "RABBITMQ_DEFAULT_PASS": "{password}",
        "RABBITMQ_DEFAULT_VHOST": "{database}",
        # Its storage is under the node's name, which else is the container's own, another after every replacement.
        "RABBITMQ_NODENAME": "rabbit@localhost",
    },
    check="rabbitmq-diagnostics -q check_port_listener 5672",
    grace=90_000,
    outputs={
        "host": "{host}",
        "port": 5672,
        "vhost": "{database}",
        "username": "{username}",
        "password": "{password}",
    },
)

KAFKA_IMAGE = "apache/kafka:4.1.0"
KAFKA_SHARED = "isomorph-kafka"
"""What the shared state calls the broker."""

_PORT, _CONTROLLER_PORT, _LOCAL_PORT = 9092, 9093, 9094
_DATA = "/var/lib/kafka/data"
_TOPICS = "/opt/kafka/bin/kafka-topics.sh"
_TOPIC_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")
_DURATION = re.compile(r"([0-9]{1,15})(ms|s|m|h|d|)")
_UNITS = {"": 1, "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PARTITIONS = 3

# A topic that is there stays as it is; the broker may take its time to answer after it is started. Marathon, which starts
# again whatever ends, tells its tasks that they are.
_CREATE = f"""set -- --create --if-not-exists --topic "$TOPIC" --partitions "$PARTITIONS" --replication-factor 1
if [ -n "$RETENTION" ]; then set -- "$@" --config "retention.ms=$RETENTION"; fi
tries=30
until {_TOPICS} --bootstrap-server "$BROKER" "$@"; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then exit 1; fi
  sleep 2
done
while [ -n "$MARATHON_APP_ID" ]; do sleep 3600; done
"""


def _realise_topic(request: Request, draw: Draw, kind: Kind = Kind.JOB) -> Result:
    name, broker = request.name, _find_broker(request)
    topic = text_param(request, "name") or _keep_topic(request)
    if not _TOPIC_NAME.fullmatch(topic) or topic in (".", ".."):
        hint = "a topic has up to 249 letters, digits, dots, dashes and underscores"
        raise param_error(request, "name", f"is {topic!r}, which is no name of a topic", hint)
    partitions = count_param(request, "partitions", _PARTITIONS)
    variables: dict[str, Text] = {
        "BROKER": (Address(broker, broker, _PORT),),
        "TOPIC": topic,
        "PARTITIONS": str(partitions),
        "RETENTION": _find_retention(request),
    }
    container = Container(
        image=parse_image(KAFKA_IMAGE), command=shell(_CREATE), variables=variables, compute=grant(512 * MEBIBYTE)
    )
    maker = Workload(
        name,
        kind=kind,
        containers={name: container},
        restart=Restart("on-failure" if kind is Kind.JOB else "always"),
        order={broker: Order("healthy")},
    )
    return Result(
        outputs={"host": broker, "port": _PORT, "name": topic, "num_partitions": partitions},
        references={"host": (Address(broker, broker),)},
        state={"name": name, "topic": topic},
        shared={KAFKA_SHARED: {"name": broker}},
        parts=Parts(
            workloads={broker: _to_broker(broker), name: maker},
            volumes={f"{broker}/data": Volume("persistent", size=GIBIBYTE)},
            waits={broker: "healthy", name: "complete" if kind is Kind.JOB else "started"},
        ),
    )


def _realise_topic_that_stays(request: Request, draw: Draw) -> Result:
    return _realise_topic(request, draw, Kind.SERVICE)


def _keep_topic(request: Request) -> str:
    known = request.state.get("topic")
    return known if isinstance(known, str) and known else request.name


def _find_broker(request: Request) -> str:
    """Give the name of the application's broker: the one it has, else one that no workload has."""
    shared: Any = request.shared.get(KAFKA_SHARED)
    known = shared.get("name") if isinstance(shared, dict) else None
    if isinstance(known, str) and known:
        return known
    name, number = "kafka", 1
    while name in request.services or name == request.name:
        number += 1
        name = f"kafka-{number}"
    return name


def _find_retention(request: Request) -> str:
    """Give how long messages stay, in milliseconds, from `7d`, `12h`, `90m`, `30s` or a number of milliseconds."""
    value = text_param(request, "retention")
    if not value:
        return ""
    match = _DURATION.fullmatch(value)
    if match is None:
        raise param_error(request, "retention", f"is {value!r}, which is no duration", "write 7d, 12h, 30m or 45s")
    return str(int(match[1]) * _UNITS[match[2]])


def _to_broker(name: str) -> Workload:
    """Give the broker, which is its own controller.

    It asks itself by a listener of its own: the name under which peers reach it may lead to it only once it is ready.
    """
    variables: dict[str, Text] = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{_PORT},LOCAL://localhost:{_LOCAL_PORT},"
        f"CONTROLLER://localhost:{_CONTROLLER_PORT}",
        "KAFKA_ADVERTISED_LISTENERS": (
            "PLAINTEXT://",
            Address(name, name, _PORT),
            f",LOCAL://localhost:{_LOCAL_PORT}",
        ),
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,LOCAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "LOCAL",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": f"1@localhost:{_CONTROLLER_PORT}",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_LOG_DIRS": f"{_DATA}/log",
    }
    check = Exec(shell(f"{_TOPICS} --bootstrap-server localhost:{_LOCAL_PORT} --list >/dev/null"))
    container = Container(
        image=parse_image(KAFKA_IMAGE),
        variables=variables,
        mounts={_DATA: Mount(f"{name}/data")},
        readiness=Probe(check, period=10_000, timeout=10_000, failures=6, grace=60_000),
        compute=grant(2 * GIBIBYTE),  # A heap of one, and the check's own.
        # The image's own user cannot write to a new volume that is root's, as on Kubernetes.
        security=Security(user="0"),
    )
    return Workload(
        name,
        kind=Kind.STATEFUL,
        containers={name: container},
        ports={f"{_PORT}/tcp": Port(_PORT, _PORT)},
        names=(name,),
        restart=Restart("always"),
    )


KAFKA_TOPIC = Declaration(
    type="kafka-topic",
    description="A topic on the Kafka broker of the application.",
    params=("name", "partitions", "retention"),
    outputs=("host", "port", "name", "num_partitions"),
    realise=_realise_topic,
    own={"marathon": _realise_topic_that_stays},
)
