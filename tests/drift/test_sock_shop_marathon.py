"""The hand-labelled truth on sock-shop, Kubernetes against Marathon: every label is told with its verdict, and nothing else."""

from pathlib import Path

import pytest
import yaml

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Report
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_reader
from tests.drift.test_sock_shop import FIRM, SHOWN, Key, key_of, plain, verdicts

DISPUTED: set[Key] = {
    # Labelled expected, by service discovery: no text on Marathon uses a name of user-db, and a name in use on one side
    # only is the variable that uses it (user's mongo), which is told.
    ("user-db", "", "dns.record", "user-db"),
}
Tables = tuple[dict[Key, set[str]], dict[Key, set[str]]]


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    context = Context(files=LocalFiles([str(corpus)]), engines=LocalEngines())
    environments = []
    for platform, place in (("kubernetes", "kubernetes"), ("marathon", "marathon/marathon.json")):
        definition = load_reader(platform)(Source(str(corpus / "sock-shop" / place)), context)
        environments.append(Environment(platform, normalise(definition)))
    return compare(environments)


@pytest.fixture(scope="module")
def tables(report: Report, corpus: Path) -> Tables:
    pairs = yaml.safe_load((corpus / "sock-shop" / "truth.yaml").read_text())["pairs"]
    truth = next(pair for pair in pairs if pair["sides"] == ["kubernetes", "marathon"])
    align = {
        plain(each): plain(name) for name, names in truth["align"].items() for each in (name, *filter(None, names))
    }
    rows = truth["findings"]
    known = {(align[plain(row["workload"])], plain(row["container"])) for row in rows if row.get("container")}
    labels = [
        (
            key_of(row["workload"], row.get("container", ""), row["rule"], str(row.get("subject", "")), align, known),
            row["verdict"],
        )
        for row in rows
    ]
    found = [
        (key_of(each.workload, each.container, each.rule, each.subject, align, known), each.verdict.value)
        for each in report.findings
    ]
    return verdicts(labels), verdicts(found)


def test_every_labelled_drift_is_told(tables: Tables) -> None:
    labels, found = tables
    wanted = {key for key, verdict in labels.items() if verdict & SHOWN}
    assert len(wanted) > 100
    assert [key for key in wanted if not found.get(key, set()) & FIRM] == []


def test_nothing_else_is_told(tables: Tables) -> None:
    labels, found = tables
    assert [key for key, verdict in found.items() if verdict & SHOWN and not labels.get(key, set()) & SHOWN] == []


def test_what_is_expected_and_what_is_default_is_as_labelled(tables: Tables) -> None:
    labels, found = tables
    quiet = {key: verdict for key, verdict in labels.items() if not verdict & SHOWN and key not in DISPUTED}
    assert {key: verdict for key, verdict in found.items() if not verdict & SHOWN} == quiet


def test_workloads_are_aligned_by_the_last_part_of_their_ids(report: Report) -> None:
    aliases = [row.aliases for row in report.workloads]
    assert {"kubernetes": "front-end", "marathon": "/weave-demo/ui/front-end"} in aliases
    assert {"marathon": "/weave-demo/external/edge-router"} in aliases


def test_every_side_that_speaks_has_a_place(report: Report) -> None:
    for finding in report.findings:
        for side in finding.sides:
            assert side.value is None or (side.origin is not None and side.origin.line > 0), finding
