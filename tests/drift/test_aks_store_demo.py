"""aks-store-demo as its authors keep it, manifests and chart: they differ little, and each finding is one of the files."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Report
from tests.drift.judging import SHOWN
from tests.drift.labelled import report_on, speechless

# What a person finds who reads both: the chart's own values, written out as the manifests have them.
DEFENSIBLE = {
    # `requests` of 100 an hour in the manifests; `ordersPerHour: 20` and `10` in values.yaml.
    ("virtual-customer", "variable.value", "ORDERS_PER_HOUR"),
    ("virtual-worker", "variable.value", "ORDERS_PER_HOUR"),
    # The chart keeps the database's user and password in a Secret, the manifests in plain text.
    ("makeline-service", "secret.exposed", "ORDER_DB_USERNAME"),
    ("makeline-service", "secret.exposed", "ORDER_DB_PASSWORD"),
    # Only the chart's ConfigMap has it, empty.
    ("makeline-service", "variable.missing", "ORDER_DB_LIST_CONNECTION_STRING_URL"),
    # 100m and 256Mi in the manifests, 75m and 128Mi in the chart.
    ("order-service", "compute.limits", "cpu"),
    ("order-service", "compute.limits", "memory"),
}


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    places = {"kubernetes": "kubernetes/aks-store-all-in-one.yaml", "helm": "helm"}
    return report_on(corpus / "aks-store-demo", places)


def test_each_finding_is_a_difference_of_the_files(report: Report) -> None:
    assert {(each.workload, each.rule, each.subject) for each in report.findings if each.verdict in SHOWN} == DEFENSIBLE
    assert speechless(report) == []


def test_a_value_of_the_chart_is_told_with_the_line_of_the_values_file(report: Report) -> None:
    (finding,) = [each for each in report.findings if each.workload == "virtual-customer" and each.verdict in SHOWN]
    origin = next(side.origin for side in finding.sides if side.environment == "helm")
    assert origin is not None
    assert origin.file.endswith("/helm/templates/virtual-customer.yaml")
    (values,) = origin.via
    text = Path(values.file).read_text().splitlines()[values.line - 1]
    assert text.strip().startswith("ordersPerHour: 20")
