"""The hand-labelled truth on sock-shop: every labelled drift is told, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Report
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_reader

FIRM = {"drift", "missing"}
SHOWN = FIRM | {"unresolved"}
WITHOUT_SUBJECT = ("image.", "workload.", "process.", "container.", "placement.", "network.")
QUIET_RULES = {"volume.read-only"}
"""A tmpfs that says `rw` says nothing else than silence does: counted as equal here, labelled as the default."""

Key = tuple[str, str, str, str]


def key_of(workload: str, container: str, rule: str, subject: str, align: dict[str, str], known: set[Any]) -> Key:
    name = align.get(plain(workload), plain(workload))
    inside = plain(container) if (name, plain(container)) in known else ""
    return name, inside, rule, "" if rule.startswith(WITHOUT_SUBJECT) else plain(subject)


def plain(value: str | None) -> str:
    return (value or "").strip().strip("/").lower()


def verdicts(rows: list[tuple[Key, str]]) -> dict[Key, set[str]]:
    table: dict[Key, set[str]] = {}
    for key, verdict in rows:
        table.setdefault(key, set()).add(verdict)
    return table


@pytest.fixture(scope="module")
def report(corpus: Path) -> Report:
    context = Context(files=LocalFiles([str(corpus)]), engines=LocalEngines())
    sides = (("compose", "compose/docker-compose.yml"), ("kubernetes", "kubernetes"))
    environments = []
    for platform, place in sides:
        path = str(corpus / "sock-shop" / place)
        definition = load_reader(platform)(Source(path), context)
        environments.append(Environment(platform, normalise(definition), ((platform, path),)))
    return compare(environments)


@pytest.fixture(scope="module")
def tables(report: Report, corpus: Path) -> tuple[dict[Key, set[str]], dict[Key, set[str]]]:
    """The labels and what was told, by key."""
    pairs = yaml.safe_load((corpus / "sock-shop" / "truth.yaml").read_text())["pairs"]
    truth = next(pair for pair in pairs if pair["sides"] == ["compose", "kubernetes"])
    align = {
        plain(each): plain(name) for name, names in truth["align"].items() for each in [name, *filter(None, names)]
    }
    labelled = truth["findings"]
    known = {
        (align.get(plain(row["workload"]), plain(row["workload"])), plain(row["container"]))
        for row in labelled
        if row.get("container")
    }
    labels = verdicts(
        [
            (
                key_of(
                    row["workload"], row.get("container", ""), row["rule"], str(row.get("subject", "")), align, known
                ),
                row["verdict"],
            )
            for row in labelled
        ]
    )
    found = verdicts(
        [
            (key_of(each.workload, each.container, each.rule, each.subject, align, known), each.verdict.value)
            for each in report.findings
        ]
    )
    return labels, found


def test_every_labelled_drift_is_told(tables: tuple[dict[Key, set[str]], dict[Key, set[str]]]) -> None:
    labels, found = tables
    wanted = {key: verdict for key, verdict in labels.items() if verdict & SHOWN}
    assert len(wanted) > 50
    missed = [
        key
        for key, verdict in wanted.items()
        if not (found.get(key, set()) & (SHOWN if "unresolved" in verdict else FIRM))
    ]
    assert missed == []


def test_nothing_else_is_told(tables: tuple[dict[Key, set[str]], dict[Key, set[str]]]) -> None:
    labels, found = tables
    false = [key for key, verdict in found.items() if verdict & SHOWN and not labels.get(key, set()) & SHOWN]
    assert false == []


def test_what_is_expected_and_what_is_default_is_as_labelled(
    tables: tuple[dict[Key, set[str]], dict[Key, set[str]]],
) -> None:
    labels, found = tables
    assert {key: verdict for key, verdict in found.items() if not verdict & SHOWN} == {
        key: verdict for key, verdict in labels.items() if not verdict & SHOWN and key[2] not in QUIET_RULES
    }


def test_every_side_that_speaks_has_a_place(report: Report) -> None:
    for finding in report.findings:
        for side in finding.sides:
            assert side.value is None or (side.origin is not None and side.origin.line > 0), finding


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
        "edge-router is on compose only; nothing of it runs on kubernetes, and what it does is not done there."
    )
