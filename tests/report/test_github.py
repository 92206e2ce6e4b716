"""Annotations: a line a cause, whatever the input holds."""

import re

from isomorph.report.github import print_annotations
from tests.report.hostile import COMMAND, hostile_report, policy_finding
from tests.report.reports import NOTE, make_finding, make_report, sample_report

COMMANDS = re.compile(r"::(error|warning|notice) (file=[^,:\n]*,line=\d+,col=\d+,title=[^,:\n]*)::([^\n\r]*)")


def lines(text: bytes) -> list[str]:
    return text.decode().splitlines()


def test_each_cause_is_a_command_at_its_place_the_gravest_first() -> None:
    written = lines(print_annotations(sample_report()))
    assert written[2] == (
        "::error file=deploy/orders.yaml,line=1,col=9,title=variable.missing SESSION_REDIS::"
        "orders differs in variable.missing."
    )
    kinds = [line[2:].partition(" ")[0] for line in written]
    assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)


def test_a_value_cannot_become_a_command_a_property_or_a_line() -> None:
    (line,) = lines(print_annotations(hostile_report()))
    found = COMMANDS.fullmatch(line)
    assert found is not None
    properties = dict(each.split("=", 1) for each in found[2].split(","))
    assert properties["file"].startswith("a%2Cb%3A%3Ac%25")
    assert "%25" in properties["title"]
    assert not re.search(r"%(?!25|0A|0D|3A|2C)", line)


def test_line_ends_of_a_message_are_kept_as_data() -> None:
    (line,) = lines(print_annotations(make_report([make_finding("image.tag", "web", ("1", "2"), message=COMMAND)])))
    assert line.startswith("::warning ")
    assert "a%0A::error file=x,line=1::owned" in line
    assert "%250A" in line


def test_a_policy_and_a_note() -> None:
    report = make_report([policy_finding(), make_finding("image.tag", "web", ("1", "2"), severity=NOTE)])
    first, second = lines(print_annotations(report))
    assert first == (
        "::error file=docker-compose.yml,line=7,col=3,title=policy.pinned-images::web: the image has no version."
        "%0ATo mend it: write a version."
    )
    assert second.startswith("::notice ")


def test_nothing_is_written_without_drift() -> None:
    assert print_annotations(make_report([])) == b""
