"""JUnit's XML: parsed strictly, and as the schema that CI systems agree on wants it."""

from xml.etree import ElementTree

from isomorph.drift.finding import Report
from isomorph.report.junit import print_junit
from tests.report.hostile import hostile_report, policy_finding
from tests.report.reports import DRIFT, EXPECTED, UNRESOLVED, make_finding, make_report, sample_report

#: What junit-10.xsd allows in each element: attributes, and children.
ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "errors", "disabled"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "id"}, {"testcase", "properties"}),
    "testcase": ({"name", "classname", "time", "file", "line"}, {"skipped", "failure", "error"}),
    "failure": ({"message", "type"}, set()),
    "skipped": ({"message", "type"}, set()),
}


def parse(report: Report) -> ElementTree.Element:
    """Parse a report, and hold every element against what is allowed and every count against what is there."""
    root = ElementTree.fromstring(print_junit(report))
    for element in root.iter():
        attributes, children = ALLOWED[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
        assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    return root


def test_a_finding_is_a_failure_with_both_sides_and_the_place() -> None:
    root = parse(sample_report())
    case = next(each for each in root.iter("testcase") if each.attrib["name"] == "carts: image.tag")
    failure = case.find("failure")
    assert failure is not None
    assert failure.attrib == {"message": "The environments run different releases of carts.", "type": "error"}
    assert (failure.text or "").splitlines() == [
        "The environments run different releases of carts.",
        "local: 0.4.8",
        "production: 0.4.7",
        "at deploy/carts.yaml:12:9",
        "to mend it: Write the same tag on both sides, or a digest.",
    ]


def test_what_is_not_known_is_skipped_and_says_so() -> None:
    root = parse(make_report([make_finding("image.tag", "web", ("${TAG}", "1"), verdict=UNRESOLVED)]))
    assert [each.attrib["message"] for each in root.iter("skipped")] == ["not known: web differs in image.tag."]
    assert root.attrib["failures"] == "0"


def test_a_workload_without_drift_is_a_case_that_passed() -> None:
    findings = [
        make_finding("image.tag", "web", ("1", "2"), verdict=DRIFT),
        make_finding("image.tag", "db", ("1", "2"), verdict=EXPECTED, reason="declared"),
    ]
    root = parse(make_report(findings))
    assert [each.attrib["name"] for each in root.iter("testcase") if not list(each)] == ["db"]


def test_without_findings_there_is_a_suite_that_passed() -> None:
    root = parse(make_report([]))
    assert [each.attrib["name"] for each in root] == ["local and production"]


def test_containers_of_one_workload_are_told_apart() -> None:
    findings = [make_finding("image.tag", "web", ("1", "2"), container=each) for each in ("app", "proxy")]
    names = [each.attrib["name"] for each in parse(make_report(findings)).iter("testcase")]
    assert names == ["web/app: image.tag", "web/proxy: image.tag"]


def test_characters_that_xml_cannot_hold_are_shown_as_marks() -> None:
    root = parse(hostile_report())
    message = next(root.iter("failure")).attrib["message"]
    assert "<img src=x onerror=alert(1)>" in message
    assert "���" in message
    assert "::error file=x" in message


def test_a_policy_is_a_suite_of_its_own() -> None:
    root = parse(make_report([policy_finding(), make_finding("image.tag", "web", ("1", "2"))]))
    assert [each.attrib["name"] for each in root] == ["policy on local", "local and production"]
