"""The hand-labelled truth on sock-shop, Compose against Swarm: every labelled drift is told, and nothing else."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Report
from tests.drift.labelled import SHOWN, Tables, read_tables, report_on, speechless


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    places = {"compose": "compose/docker-compose.yml", "swarm": "swarm/docker-compose.yml"}
    return report_on(corpus / "sock-shop", places)


@pytest.fixture(scope="module")
def tables(report: Report, corpus: Path) -> Tables:
    return read_tables(report, corpus / "sock-shop" / "truth.yaml", ["compose", "swarm"])


def test_every_labelled_drift_is_told(tables: Tables) -> None:
    assert sum(bool(verdict & SHOWN) for verdict in tables.labels.values()) > 40
    assert tables.missed() == []


def test_nothing_else_is_told(tables: Tables) -> None:
    assert tables.false_alarms() == []


def test_what_is_expected_and_what_is_default_is_as_labelled(tables: Tables) -> None:
    """No label is disputed."""
    labels, found = tables.quiet(without=set())
    assert found == labels


def test_every_side_that_speaks_has_a_place(report: Report) -> None:
    assert speechless(report) == []


def test_a_variable_that_is_not_set_is_the_same_on_both(report: Report) -> None:
    assert not [each for each in report.findings if each.subject == "MYSQL_ROOT_PASSWORD"]
