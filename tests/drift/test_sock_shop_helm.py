"""The hand-labelled truth on sock-shop, Kubernetes against its chart: every labelled drift is told, and nothing else."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Report
from tests.drift.labelled import SHOWN, Tables, read_tables, report_on, speechless


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    return report_on(corpus / "sock-shop", {"kubernetes": "kubernetes", "helm": "helm"})


@pytest.fixture(scope="module")
def tables(report: Report, corpus: Path) -> Tables:
    return read_tables(report, corpus / "sock-shop" / "truth.yaml", ["kubernetes", "helm"])


def test_every_labelled_drift_is_told(tables: Tables) -> None:
    assert sum(bool(verdict & SHOWN) for verdict in tables.labels.values()) == 40
    assert tables.missed() == []


def test_nothing_else_is_told(tables: Tables) -> None:
    assert tables.false_alarms() == []


def test_what_is_expected_and_what_is_default_is_as_labelled(tables: Tables) -> None:
    labels, found = tables.quiet(without=set())
    assert found == labels


def test_every_side_that_speaks_has_a_place_in_a_template(report: Report) -> None:
    assert speechless(report) == []
    sides = [side for each in report.findings for side in each.sides if side.environment == "helm" and side.value]
    assert all(side.origin is not None and "/helm/templates/" in side.origin.file for side in sides)


def test_the_chart_that_is_not_there_is_told_once(report: Report) -> None:
    said = [each.message for each in report.diagnostics if each.code == "missing-reference"]
    assert len(said) == 1
    assert said[0].startswith("chart nginx-ingress 0.4.2 is not in ")
