"""Real projects across the gap: what a person would defend is told, and nothing of their databases else."""

from pathlib import Path

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Report
from isomorph.model.application import Definition
from isomorph.model.combine import combine
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_reader
from isomorph.platforms.terraform.reader import read as read_terraform
from tests.drift.judging import shown

AZURE = {
    "useRabbitMQ": "false",
    "useDocumentDB": "false",
    "orderService.queueHost": "sb-shop.servicebus.windows.net",
    "makelineService.orderDBUri": "mongodb://db-shop.mongo.cosmos.azure.com:10255/?tls=true",
}
"""What the chart is told where Terraform has made its database and its broker."""


def definition(corpus: Path, platform: str, path: str, **options: list[str]) -> Definition:
    reader = read_terraform if platform == "terraform" else load_reader(platform)
    context = Context(files=LocalFiles([str(corpus)]), engines=LocalEngines())
    given = {key.replace("_", "-"): tuple(values) for key, values in options.items()}
    return normalise(reader(Source(str(corpus / path), given), context))


def aks(corpus: Path, *switches: str, **values: str) -> Report:
    project = "aks-store-demo"
    laptop = definition(corpus, "compose", f"{project}/compose/docker-compose.yml")
    chart = definition(corpus, "helm", f"{project}/helm", set=[f"{key}={value}" for key, value in values.items()])
    infra = definition(
        corpus, "terraform", f"{project}/terraform", var=["location=westeurope", "environment=shop", *switches]
    )
    return compare([Environment("laptop", laptop), Environment("production", combine([chart, infra]))])


def of_dependencies(report: Report) -> list[str]:
    return [*shown(report, "dependency"), *shown(report, "workload.missing: documentdb")]


def missing(report: Report) -> set[str]:
    return {each.workload for each in report.findings if each.rule == "workload.missing"}


def test_what_runs_in_a_container_here_and_is_provisioned_there_is_one(corpus: Path) -> None:
    switches = ("deploy_azure_cosmosdb=true", "deploy_azure_servicebus=true", "cosmosdb_account_kind=MongoDB")
    report = aks(corpus, *switches, **AZURE)
    assert of_dependencies(report) == [
        "drift dependency.parameter documentdb.port: 10260 | 10255",
        "drift dependency.type rabbitmq: amqp | servicebus",
    ]
    assert missing(report) == {"ai-service"}
    uri = next(each for each in report.findings if each.subject == "ORDER_DB_URI")
    assert uri.verdict.value == "expected"
    assert "documentdb on laptop and db-shop.mongo.cosmos.azure.com on production" in (uri.reason or "")


def test_another_interface_of_the_database_is_another_type(corpus: Path) -> None:
    report = aks(corpus, "deploy_azure_cosmosdb=true", "deploy_azure_servicebus=true", **AZURE)
    assert of_dependencies(report) == [
        "drift dependency.type documentdb: mongodb | cosmosdb",
        "drift dependency.type rabbitmq: amqp | servicebus",
    ]


def test_what_the_switches_leave_out_is_missing(corpus: Path) -> None:
    report = aks(corpus, **AZURE)
    assert of_dependencies(report) == []
    assert missing(report) == {"ai-service", "documentdb", "rabbitmq"}


def test_what_is_provisioned_beside_a_container_that_stays_is_told(corpus: Path) -> None:
    report = aks(corpus, "deploy_azure_cosmosdb=true", "cosmosdb_account_kind=MongoDB")
    assert of_dependencies(report) == ["missing dependency.missing db: - | mongodb"]


@pytest.mark.parametrize(
    ("platform", "path", "values", "dangling"),
    [
        ("kubernetes", "kubernetes", [], ["drift reference.dangling 30002: - | 30002"]),
        ("helm", "helm", [], ["drift reference.dangling 30002: - | 30002"]),
        ("helm", "helm", ["zipkin.enabled=true"], []),
    ],
)
def test_a_load_balancer_leads_to_node_ports(
    corpus: Path, platform: str, path: str, values: list[str], dangling: list[str]
) -> None:
    options = {"set": values} if values else {}
    workloads = definition(corpus, platform, f"sock-shop/{path}", **options)
    infra = definition(corpus, "terraform", "sock-shop/terraform")
    report = compare([Environment("staging", workloads), Environment("production", combine([workloads, infra]))])
    assert shown(report) == dangling
