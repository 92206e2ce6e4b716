"""The hand-labelled truth on sock-shop, Compose against Kubernetes: every labelled drift is told, and nothing else."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Report
from tests.drift.labelled import SHOWN, Key, Tables, read_tables, report_on, speechless

DISPUTED: set[Key] = {
    # Labelled as the default: a tmpfs that says `rw` says nothing else than silence does, and is counted as equal.
    *(
        (name, "", "volume.read-only", "tmp")
        for name in ("carts", "carts-db", "orders", "orders-db", "shipping", "user-db")
    ),
}


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    return report_on(corpus / "sock-shop", {"compose": "compose/docker-compose.yml", "kubernetes": "kubernetes"})


@pytest.fixture(scope="module")
def tables(report: Report, corpus: Path) -> Tables:
    return read_tables(report, corpus / "sock-shop" / "truth.yaml", ["compose", "kubernetes"])


def test_every_labelled_drift_is_told(tables: Tables) -> None:
    assert sum(bool(verdict & SHOWN) for verdict in tables.labels.values()) > 50
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


def test_the_two_simulators_of_users_are_one_by_their_image(report: Report) -> None:
    aliases = [row.aliases for row in report.workloads]
    assert {"compose": "user-sim", "kubernetes": "load-test"} in aliases


def test_a_sentence_says_what_happens(report: Report) -> None:
    messages = {(each.workload, each.rule, each.subject): each.message for each in report.findings}
    assert messages["front-end", "variable.missing", "SESSION_REDIS"] == (
        "front-end sets SESSION_REDIS=true on kubernetes; on compose the variable is not set, "
        "so the process falls back to its own default or fails."
    )
    assert messages["edge-router", "workload.missing", ""] == (
        "edge-router is on compose only; it does not run on kubernetes, and what it does is not done there."
    )
