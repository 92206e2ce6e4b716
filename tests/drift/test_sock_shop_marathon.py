"""The hand-labelled truth on sock-shop, Kubernetes against Marathon: every labelled drift is told, and nothing else."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Report
from tests.drift.labelled import SHOWN, Key, Tables, read_tables, report_on, speechless

DISPUTED: set[Key] = {
    # Labelled expected, by service discovery: no text on Marathon uses a name of user-db, and a name in use on one side
    # only is the variable that uses it (user's mongo), which is told.
    ("user-db", "", "dns.record", "user-db"),
}


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    return report_on(corpus / "sock-shop", {"kubernetes": "kubernetes", "marathon": "marathon/marathon.json"})


@pytest.fixture(scope="module")
def tables(report: Report, corpus: Path) -> Tables:
    return read_tables(report, corpus / "sock-shop" / "truth.yaml", ["kubernetes", "marathon"])


def test_every_labelled_drift_is_told(tables: Tables) -> None:
    assert sum(bool(verdict & SHOWN) for verdict in tables.labels.values()) > 100
    assert tables.missed() == []


def test_nothing_else_is_told(tables: Tables) -> None:
    assert tables.false_alarms() == []


def test_what_is_expected_and_what_is_default_is_as_labelled(tables: Tables) -> None:
    labels, found = tables.quiet(without=DISPUTED)
    assert found == labels


def test_every_side_that_speaks_has_a_place(report: Report) -> None:
    assert speechless(report) == []


def test_every_dispute_is_one(tables: Tables) -> None:
    """A label that says what is told after all is no dispute."""
    assert [key for key in DISPUTED if tables.labels.get(key) == tables.found.get(key)] == []


def test_workloads_are_aligned_by_the_last_part_of_their_ids(report: Report) -> None:
    aliases = [row.aliases for row in report.workloads]
    assert {"kubernetes": "front-end", "marathon": "/weave-demo/ui/front-end"} in aliases
    assert {"marathon": "/weave-demo/external/edge-router"} in aliases
