"""The hand-labelled truth on sock-shop, Kubernetes against Nomad: every labelled drift is told, and nothing else."""

from pathlib import Path

import pytest

from isomorph.drift.finding import Report
from tests.drift.labelled import SHOWN, Key, Tables, read_tables, report_on, speechless

DISPUTED: set[Key] = {
    # Labelled expected, by service discovery: nobody's text uses these names, and the tasks have them as host names.
    *((name, "", "dns.record", name) for name in ("carts-db", "catalogue-db", "orders-db")),
    # Labelled expected for all: Nomad's data centres, which no other platform can say, are no constraint in the model but
    # kept beside it, so that both sides' constraints are equal.
    *(
        (name, "", "placement.constraint", "")
        for name in (
            *("front-end", "catalogue", "catalogue-db", "carts", "carts-db", "orders", "orders-db", "shipping"),
            *("queue-master", "rabbitmq", "payment", "user", "user-db"),
        )
    ),
    # The container of a `docker run` under raw_exec has Docker's defaults and raw_exec's signal. Silence has one meaning for
    # all tasks of a platform here, that of its docker driver; none of it is shown.
    ("queue-master", "", "process.stop-signal", ""),
    ("queue-master", "", "image.pull-policy", ""),
    ("queue-master", "", "security.capability", "net_raw"),
}


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    return report_on(corpus / "sock-shop", {"kubernetes": "kubernetes", "nomad": "nomad"})


@pytest.fixture(scope="module")
def tables(report: Report, corpus: Path) -> Tables:
    return read_tables(report, corpus / "sock-shop" / "truth.yaml", ["kubernetes", "nomad"])


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


def test_tasks_are_aligned_by_their_names_and_host_names(report: Report) -> None:
    aliases = [row.aliases for row in report.workloads]
    assert {"kubernetes": "front-end", "nomad": "frontend/front-end"} in aliases
    assert {"kubernetes": "carts-db", "nomad": "carts/cartdb"} in aliases
    assert {"nomad": "netman"} in aliases
