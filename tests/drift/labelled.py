"""Reports against hand-written labels: what was labelled and what was told, by what a finding is about.

Labels name a workload as any platform does, and a container where it matters; keys bring both to one name.
"""

from pathlib import Path
from typing import Any, NamedTuple

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

Key = tuple[str, str, str, str]
"""A workload, a container, a rule and its subject."""

Verdicts = dict[Key, set[str]]


class Tables(NamedTuple):
    """The verdicts that were labelled, and those that were told."""

    labels: Verdicts
    found: Verdicts

    def missed(self) -> list[Key]:
        """Give what was labelled as shown and not told so; where the label says unresolved, that is telling it, too."""
        return [
            key
            for key, verdict in self.labels.items()
            if verdict & SHOWN and not self.found.get(key, set()) & (SHOWN if "unresolved" in verdict else FIRM)
        ]

    def false_alarms(self) -> list[Key]:
        """Give what was told and not labelled as shown."""
        return [
            key for key, verdict in self.found.items() if verdict & SHOWN and not self.labels.get(key, set()) & SHOWN
        ]

    def quiet(self, without: set[Key]) -> tuple[Verdicts, Verdicts]:
        """Give both sides' verdicts that are not shown, but for some keys."""
        labels, found = (
            {key: verdict for key, verdict in table.items() if not verdict & SHOWN and key not in without}
            for table in self
        )
        return labels, found


def report_on(folder: Path, places: dict[str, str]) -> Report:
    """Compare the definitions below a folder, by platform."""
    context = Context(files=LocalFiles([str(folder)]), engines=LocalEngines())
    environments = []
    for platform, place in places.items():
        path = str(folder / place)
        definition = load_reader(platform)(Source(path), context)
        environments.append(Environment(platform, normalise(definition), ((platform, path),)))
    return compare(environments)


def read_tables(report: Report, truth_file: Path, sides: list[str]) -> Tables:
    """Give the labels of a pair of platforms, and what was told of it."""
    pairs = yaml.safe_load(truth_file.read_text())["pairs"]
    truth = next(pair for pair in pairs if pair["sides"] == sides)
    align = {
        plain(each): plain(name) for name, names in truth["align"].items() for each in (name, *filter(None, names))
    }
    rows = truth["findings"]
    known = {
        (align.get(plain(row["workload"]), plain(row["workload"])), plain(row["container"]))
        for row in rows
        if row.get("container")
    }

    def key_of(workload: str, container: str, rule: str, subject: str) -> Key:
        name = align.get(plain(workload), plain(workload))
        inside = plain(container) if (name, plain(container)) in known else ""
        return name, inside, rule, "" if rule.startswith(WITHOUT_SUBJECT) else plain(subject)

    return Tables(
        _gather((key_of(*_places_of(row)), row["verdict"]) for row in rows),
        _gather(
            (key_of(each.workload, each.container, each.rule, each.subject), each.verdict.value)
            for each in report.findings
        ),
    )


def speechless(report: Report) -> list[Any]:
    """Give the findings with a side that says something and has no place."""
    return [
        finding
        for finding in report.findings
        for side in finding.sides
        if side.value is not None and not (side.origin is not None and side.origin.line > 0)
    ]


def plain(value: str | None) -> str:
    """Spell a name as keys do."""
    return (value or "").strip().strip("/").lower()


def _places_of(row: dict[str, Any]) -> tuple[str, str, str, str]:
    return row["workload"], row.get("container", ""), row["rule"], str(row.get("subject", ""))


def _gather(rows: Any) -> Verdicts:
    table: Verdicts = {}
    for key, verdict in rows:
        table.setdefault(key, set()).add(verdict)
    return table
