"""SARIF against the official schema, and against what a code host demands of it."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from isomorph.drift.finding import Report
from isomorph.drift.rules import RULES
from isomorph.model.origin import Origin
from isomorph.report.sarif import FINGERPRINT, LOCATIONS, RESULTS, print_sarif
from tests.report.hostile import hostile_report, policy_finding
from tests.report.reports import EXPECTED, make_finding, make_report, sample_report

SCHEMA = Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))


def run_of(report: Report) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(print_sarif(report))["runs"][0]
    return run


@pytest.mark.parametrize(
    "report", [sample_report(), hostile_report(), make_report([]), make_report([policy_finding()])]
)
def test_it_is_what_the_schema_says(schema: Any, report: Report) -> None:
    assert [error.message for error in schema.iter_errors(json.loads(print_sarif(report)))] == []


def test_the_schema_notices(schema: Any) -> None:
    data = json.loads(print_sarif(sample_report()))
    data["runs"][0]["results"][0]["level"] = "fatal"
    assert not schema.is_valid(data)


@pytest.mark.parametrize("report", [sample_report(), make_report([policy_finding()])])
def test_every_rule_is_declared_with_the_texts_that_a_code_host_demands(report: Report) -> None:
    run = run_of(report)
    rules = run["tool"]["driver"]["rules"]
    assert {each["id"] for each in rules} >= set(RULES)
    for rule in rules:
        for text in ("shortDescription", "fullDescription", "help"):
            assert 0 < len(rule[text]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_result_is_a_cause_at_the_place_where_it_is_mended_and_links_both_sides() -> None:
    results = run_of(sample_report())["results"]
    port = next(each for each in results if each["ruleId"] == "port.target")
    assert [each["ruleId"] for each in results].count("probe.check") == 0
    assert port["message"]["text"] == (
        "orders differs in port.target. (1 more finding of the same cause) See [local](1) and [production](2)."
    )
    assert port["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "deploy/orders.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 31, "startColumn": 9},
    }
    assert [(each["id"], each["message"]["text"]) for each in port["relatedLocations"]] == [
        (1, "local: port.target 80/tcp: 8080"),
        (2, "production: port.target 80/tcp: 80"),
    ]


def test_the_fingerprint_stands_under_its_own_key_only() -> None:
    report = sample_report()
    known = {each.fingerprint for each in report.findings}
    for result in run_of(report)["results"]:
        assert list(result["partialFingerprints"]) == [FINGERPRINT]
        assert result["partialFingerprints"][FINGERPRINT] in known


def test_what_is_expected_is_no_result() -> None:
    assert run_of(make_report([make_finding("image.tag", "web", ("1", "2"), verdict=EXPECTED)]))["results"] == []


def test_a_value_that_came_from_elsewhere_is_mended_there() -> None:
    finding = make_finding("image.tag", "web", ("1", "2"))
    origin = Origin("chart/templates/web.yaml", 31, 9, (Origin("chart/values.yaml", 8, 8),))
    side = msgspec.structs.replace(finding.sides[1], origin=origin)
    finding = msgspec.structs.replace(finding, sides=(finding.sides[0], side))
    (result,) = run_of(make_report([finding]))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "chart/values.yaml"
    files = [each["physicalLocation"]["artifactLocation"]["uri"] for each in result["relatedLocations"]]
    assert files == ["docker-compose.yml", "chart/templates/web.yaml", "chart/values.yaml"]


def test_values_are_no_links_and_files_are_addresses() -> None:
    (result,) = run_of(hostile_report())["results"]
    assert "](" not in result["message"]["text"].rpartition(" See ")[0]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not set(uri) & set(' <>"`|{}[]')


def test_a_file_outside_of_the_project_has_a_whole_address() -> None:
    finding = make_finding("image.tag", "web", ("1", "2"))
    sides = tuple(msgspec.structs.replace(side, origin=Origin("/elsewhere/a b.yml", 2, 1)) for side in finding.sides)
    (result,) = run_of(make_report([msgspec.structs.replace(finding, sides=sides)]))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/a%20b.yml"}


def test_it_stays_within_the_limits_of_code_hosts(schema: Any) -> None:
    many = [make_finding("image.tag", f"w{number}", ("1", "2")) for number in range(RESULTS + 3)]
    one = [
        make_finding("image.tag", f"a{number}", ("1", "2"), cause="x", line=number + 1) for number in range(LOCATIONS)
    ]
    run = run_of(make_report(one + many))
    assert len(run["results"]) == RESULTS
    assert run["properties"] == {"resultsLeftOut": 4}
    cause = next(each for each in run["results"] if each["properties"]["cause"] == "x")
    assert len(cause["relatedLocations"]) == LOCATIONS
