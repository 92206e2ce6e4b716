"""The JSON report against the schema that ships with it."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from isomorph.drift.finding import Verdict
from isomorph.model.origin import Origin
from isomorph.report.json_report import SCHEMA_FILE, file_placer, print_json
from tests.report.reports import make_finding, make_report, sample_report


@pytest.fixture(scope="module")
def schema() -> Any:
    with open(SCHEMA_FILE, encoding="utf-8") as file:
        return jsonschema_rs.validator_for(json.load(file))


def test_it_is_what_the_schema_says(schema: Any) -> None:
    data = json.loads(print_json(sample_report()))
    assert [error.message for error in schema.iter_errors(data)] == []


def test_the_schema_notices(schema: Any) -> None:
    def broken(change: Any) -> bool:
        data = json.loads(print_json(sample_report()))
        change(data)
        return not schema.is_valid(data)

    assert broken(lambda data: data.pop("tool"))
    assert broken(lambda data: data.update(schema="isomorph.drift/v2"))
    assert broken(lambda data: data["summary"].pop("unsaid"))
    assert broken(lambda data: data["findings"][0].update(verdict="equal"))
    assert broken(lambda data: data["findings"][0].update(extra=1))
    assert broken(lambda data: data["findings"][0]["sides"].pop())
    assert broken(lambda data: data["findings"][0]["sides"][0]["origin"].update(line=0))
    assert broken(lambda data: next(f for f in data["findings"] if f["verdict"] == "expected").update(reason=None))


def test_all_of_a_finding_is_there() -> None:
    data = json.loads(print_json(sample_report()))
    finding = next(each for each in data["findings"] if each["rule"] == "image.tag")
    assert finding == {
        "fingerprint": finding["fingerprint"],
        "cause": "image.tagcarts",
        "rule": "image.tag",
        "verdict": "drift",
        "severity": "error",
        "compared_with": "pair",
        "workload": "carts",
        "container": "",
        "subject": "",
        "between": ["local", "production"],
        "sides": [
            {
                "environment": "local",
                "value": "0.4.8",
                "origin": {"file": "docker-compose.yml", "line": 12, "column": 3},
            },
            {
                "environment": "production",
                "value": "0.4.7",
                "origin": {"file": "deploy/carts.yaml", "line": 12, "column": 9},
            },
        ],
        "message": "The environments run different releases of carts.",
        "reason": None,
        "hint": "Write the same tag on both sides, or a digest.",
    }
    assert list(data["summary"]) == [verdict.value for verdict in Verdict]
    assert data["environments"][0] == {
        "name": "local",
        "definitions": [{"platform": "compose", "source": "docker-compose.yml"}],
    }


def test_files_are_relative_to_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deploy").mkdir()
    monkeypatch.chdir(tmp_path / "deploy")
    place = file_placer(str(tmp_path))
    assert place("carts.yaml") == "deploy/carts.yaml"
    assert place("../compose.yml") == "compose.yml"
    assert place(str(tmp_path / "x.yml")) == "x.yml"
    assert place("-") == "-"
    assert place(f"{os.sep}elsewhere{os.sep}x.yml") == "/elsewhere/x.yml"
    assert place("compose.yml?profile=dev") == "deploy/compose.yml?profile=dev"


def test_the_chain_behind_a_value_is_kept(schema: Any) -> None:
    import msgspec

    report = make_report([make_finding("image.tag", "web", ("1", "2"))])
    finding = report.findings[0]
    origin = Origin("chart/templates/web.yaml", 31, 9, (Origin("chart/values.yaml", 8, 8),))
    side = msgspec.structs.replace(finding.sides[1], origin=origin)
    report = msgspec.structs.replace(
        report, findings=(msgspec.structs.replace(finding, sides=(finding.sides[0], side)),)
    )
    data = json.loads(print_json(report))
    assert schema.is_valid(data)
    assert data["findings"][0]["sides"][1]["origin"]["via"] == [{"file": "chart/values.yaml", "line": 8, "column": 8}]
