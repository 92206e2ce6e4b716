"""Levels, rules and places that are the same to every code host: what does not fail the run is no error there."""

import json
from collections.abc import Callable

import msgspec
import pytest

from isomorph.drift.finding import Finding, Report, Severity, TeamRule
from isomorph.drift.threshold import Threshold
from isomorph.model.origin import Origin
from isomorph.report.causes import find_file
from isomorph.report.github import print_annotations
from isomorph.report.gitlab import print_code_quality
from isomorph.report.html.page import print_html
from isomorph.report.junit import print_junit
from isomorph.report.markdown import print_markdown
from isomorph.report.sarif import print_sarif
from tests.report.reports import ERROR, NOTE, UNRESOLVED, WARNING, make_finding, make_report

STRICT = Threshold(strict=True)


def unknown() -> Report:
    return make_report([make_finding("image.tag", "web", ("${TAG}", "2"), severity=ERROR, verdict=UNRESOLVED)])


def sarif_level(threshold: Threshold) -> str:
    level: str = json.loads(print_sarif(unknown(), None, threshold))["runs"][0]["results"][0]["level"]
    return level


def github_level(threshold: Threshold) -> str:
    return print_annotations(unknown(), None, threshold).decode().partition(" ")[0]


def gitlab_level(threshold: Threshold) -> str:
    level: str = json.loads(print_code_quality(unknown(), None, threshold))[0]["severity"]
    return level


def junit_level(threshold: Threshold) -> str:
    return "failure" if b"<failure" in print_junit(unknown(), None, threshold) else "skipped"


def markdown_level(threshold: Threshold) -> str:
    return print_markdown(unknown(), None, threshold).decode().splitlines()[1].partition(" between")[0]


@pytest.mark.parametrize(
    ("level", "usual", "strict"),
    [
        (sarif_level, "note", "error"),
        (github_level, "::notice", "::error"),
        (gitlab_level, "info", "major"),
        (junit_level, "skipped", "failure"),
        (markdown_level, "### Drift: 1 note", "### Drift: 1 error"),
    ],
)
def test_what_is_not_known_is_a_note_unless_it_counts(
    level: Callable[[Threshold], str], usual: str, strict: str
) -> None:
    assert (level(Threshold()), level(STRICT)) == (usual, strict)


def test_a_known_finding_stands_for_a_cause_before_one_that_is_not_known() -> None:
    findings = [
        make_finding("image.tag", "a", ("${TAG}", "2"), severity=ERROR, verdict=UNRESOLVED, cause="one"),
        make_finding("image.tag", "b", ("1", "2"), severity=WARNING, cause="one"),
    ]
    (result,) = json.loads(print_sarif(make_report(findings)))["runs"][0]["results"]
    assert (result["level"], result["message"]["text"][:2]) == ("warning", "b ")


@pytest.mark.parametrize(("least", "failed"), [(ERROR, 1), (WARNING, 2), (NOTE, 3)])
def test_a_test_fails_where_the_run_does(least: Severity, failed: int) -> None:
    findings = [make_finding("image.tag", each.value, ("1", "2"), severity=each) for each in (ERROR, WARNING, NOTE)]
    written = print_junit(make_report(findings), None, Threshold(least)).decode()
    assert (written.count("<failure"), written.count("<skipped")) == (failed, 3 - failed)
    if least is WARNING:
        assert '<skipped message="note: note differs in image.tag."/>' in written


TEAM = TeamRule(
    name="policy.small-enough",
    description="a container takes no more memory than a node has",
    severity=ERROR,
    mend="lower the limit",
    reference="https://example.org/memory",
)


def declared(rule: TeamRule) -> dict[str, object]:
    report = msgspec.structs.replace(make_report([]), team_rules=(rule,))
    rules = json.loads(print_sarif(report))["runs"][0]["tool"]["driver"]["rules"]
    found: dict[str, object] = next(each for each in rules if each["id"] == rule.name)
    return found


def test_a_rule_of_a_team_is_declared_although_nothing_breaks_it() -> None:
    assert declared(TEAM) == {
        "id": "policy.small-enough",
        "shortDescription": {"text": "A container takes no more memory than a node has"},
        "fullDescription": {
            "text": "A rule of the project's policy: a container takes no more memory than a node has."
        },
        "help": {"text": "To mend it: lower the limit."},
        "helpUri": "https://example.org/memory",
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["policy"]},
    }


@pytest.mark.parametrize("reference", ["javascript:alert(1)", "the wiki", "https://a.example/ <b>", ""])
def test_a_reference_that_is_no_address_is_no_link(reference: str) -> None:
    rule = msgspec.structs.replace(TEAM, reference=reference)
    assert "helpUri" not in declared(rule)
    finding = msgspec.structs.replace(make_finding("image.tag", "web", ("1", "2")), rule=rule.name)
    page = print_html(msgspec.structs.replace(make_report([finding]), team_rules=(rule,))).decode()
    assert "A container takes no more memory than a node has" in page
    assert "Reference for policy.small-enough" not in page


def without_places() -> Finding:
    """Give a finding that no line says: a workload that one side lacks, and the other has from nowhere."""
    finding = make_finding("workload.missing", "web", (None, "present"))
    sides = tuple(msgspec.structs.replace(side, origin=None) for side in finding.sides)
    return msgspec.structs.replace(finding, sides=sides)


def chart(origins: dict[tuple[str, ...], Origin]) -> Report:
    report = make_report([without_places()])
    here, there = report.environments
    there = msgspec.structs.replace(there, parts=(("helm", "chart?values=values.yaml"),))
    there.definition.origins.table.update(origins)
    return msgspec.structs.replace(report, environments=(here, there))


@pytest.mark.parametrize(
    ("origins", "file", "line"),
    [
        ({("workloads", "web"): Origin("chart/templates/web.yaml", 4, 3)}, "chart/templates/web.yaml", 4),
        ({("workloads", "db", "image"): Origin("chart/templates/db.yaml", 9, 3)}, "chart/templates/db.yaml", 1),
        ({}, "isomorph.yaml", 1),
    ],
)
def test_what_has_no_place_is_shown_in_a_file(origins: dict[tuple[str, ...], Origin], file: str, line: int) -> None:
    report = chart(origins)
    found = find_file(report.findings[0], report)
    assert (found.file, found.line) == (file, line)
    (issue,) = json.loads(print_code_quality(report))
    assert issue["location"] == {"path": file, "lines": {"begin": line}}
    (result,) = json.loads(print_sarif(report))["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert (physical["artifactLocation"]["uri"], physical["region"]["startLine"]) == (file, line)
