"""RabbitMQ, and Kafka topics on one broker."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Address, SecretValue, Text
from isomorph.model.workload import Container, Exposure, Kind, Order
from isomorph.provisioning.contract import WorkloadService
from tests.provisioning.catalogue.realising import ORDERS, SERVICES, realise, run, shop


def test_amqp() -> None:
    result = realise("amqp")
    assert {key: result.outputs[key] for key in ("host", "port", "vhost", "username")} == {
        "host": "shop-db",
        "port": 5672,
        "vhost": "shop_db",
        "username": "shop_db",
    }
    variables = result.parts.workloads["shop-db"].containers["shop-db"].variables
    assert variables["RABBITMQ_DEFAULT_VHOST"] == "shop_db"
    assert variables["RABBITMQ_DEFAULT_PASS"] == (SecretValue("shop-db", "password"),)


def test_the_management_of_rabbitmq_is_published_by_itself() -> None:
    annotations = {"compose.score.dev/publish-management-port": 15000}
    ports = realise("amqp", metadata={"annotations": annotations}).parts.workloads["shop-db"].ports
    assert ports["15672/tcp"].exposures == (Exposure("host", 15000),)
    assert ports["5672/tcp"].exposures == ()


def job_of(**changes: object) -> Container:
    return realise("kafka-topic", **changes).parts.workloads["shop-db"].containers["shop-db"]  # type: ignore[arg-type]


def test_a_topic_is_made_by_a_job_once_the_broker_is_healthy() -> None:
    result = realise("kafka-topic")
    assert result.outputs == {"host": "kafka", "port": 9092, "name": "shop-db", "num_partitions": 3}
    assert result.references == {"host": (Address("kafka", "kafka"),)}
    job = result.parts.workloads["shop-db"]
    assert job.kind is Kind.JOB
    assert job.order == {"kafka": Order("healthy")}
    assert result.parts.waits == {"kafka": "healthy", "shop-db": "complete"}


def test_what_a_topic_is_made_with() -> None:
    expected: dict[str, Text] = {
        "BROKER": (Address("kafka", "kafka", 9092),),
        "TOPIC": "orders.placed",
        "PARTITIONS": "12",
        "RETENTION": "604800000",
    }
    assert job_of(params={"name": "orders.placed", "partitions": 12, "retention": "7d"}).variables == expected


@pytest.mark.parametrize(("said", "milliseconds"), [("90m", "5400000"), ("5s", "5000"), (250, "250"), ("1ms", "1")])
def test_durations(said: object, milliseconds: str) -> None:
    assert job_of(params={"retention": said}).variables["RETENTION"] == milliseconds


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"partitions": 0}, "param partitions is '0'"),
        ({"partitions": "many"}, "param partitions is 'many'"),
        ({"retention": "a week"}, "param retention is 'a week', which is no duration"),
        ({"name": "a/b"}, "param name is 'a/b', which is no name of a topic"),
        ({"name": ".."}, "param name is '..', which is no name of a topic"),
    ],
)
def test_params_that_mean_nothing(params: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        realise("kafka-topic", params=params)
    assert said in str(error.value)


def test_the_broker_is_known_by_the_name_that_peers_use() -> None:
    broker = realise("kafka-topic").parts.workloads["kafka"].containers["kafka"]
    assert broker.variables["KAFKA_ADVERTISED_LISTENERS"] == (
        "PLAINTEXT://",
        Address("kafka", "kafka", 9092),
        ",LOCAL://localhost:9094",
    )


def test_the_broker_gets_a_name_that_is_free_and_keeps_it() -> None:
    services = {**SERVICES, "kafka": WorkloadService("kafka"), "kafka-2": WorkloadService("kafka-2")}
    result = realise("kafka-topic", services=services)
    assert result.outputs["host"] == "kafka-3"
    assert realise("kafka-topic", shared=result.shared).outputs["host"] == "kafka-3"


def test_all_topics_share_one_broker() -> None:
    orders = ORDERS + "resources:\n  events: {type: kafka-topic, params: {partitions: 1}}\n"
    definition, _ = run("compose", (shop("events: {type: kafka-topic}"), orders))
    workloads = definition.application.workloads
    assert sorted(workloads) == ["kafka", "orders", "orders-events", "shop", "shop-events"]
    assert workloads["orders"].order == {"kafka": Order("healthy"), "orders-events": Order("complete")}
