"""Markdown: one comment that each run writes anew, in which no value is markup."""

import re

from isomorph.report.markdown import LARGEST, MARK, escape, print_markdown
from tests.report.hostile import ALL, hostile_report, policy_finding
from tests.report.reports import ERROR, make_finding, make_report, sample_report


def test_the_first_line_is_the_mark_of_the_comment() -> None:
    for report in (sample_report(), make_report([])):
        assert print_markdown(report).decode().splitlines()[0] == MARK
    assert MARK.startswith("<!--")


def test_a_row_says_what_differs_where_and_how_to_mend_it() -> None:
    finding = make_finding(
        "image.tag", "web", ("1", "2"), severity=ERROR, line=3, hint="write one tag, or say in `expect` why"
    )
    lines = print_markdown(make_report([finding])).decode().splitlines()
    assert lines[1] == "### Drift: 1 error between local and production"
    assert lines[5] == (
        "| error | `image.tag` | web | web differs in image\\.tag\\.<br>Fix: write one tag, or say in `expect` why. "
        "| local: `1` (`docker-compose.yml:3`)<br>production: `2` (`deploy/web.yaml:3`) |"
    )


def test_no_value_is_markup() -> None:
    lines = print_markdown(hostile_report()).decode().splitlines()
    (row,) = [line for line in lines if line.startswith("| error")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    outside = re.sub(r"\\.|(`+)(?!`).*?(?<!`)\1(?!`)", "", row)
    assert not set(outside) & set("*_[]$~`\\")
    assert set(re.findall(r"<[^>]*>", outside)) == {"<br>"}
    assert not re.search(r"@\w|#\d", outside)
    assert "https://" not in outside


def test_every_special_character_is_escaped() -> None:
    assert escape("a_b*c") == "a\\_b\\*c"
    assert escape("<b>") == "&lt;b&gt;"
    assert escape("@team #12") == "@\u200bteam #\u200b12"
    assert escape("&lt; $x$") == "\\&lt; \\$x\\$"
    assert "\n" not in escape(ALL)


def test_it_fits_a_comment_and_says_what_it_leaves_out() -> None:
    findings = [make_finding("image.tag", f"w{number}", ("x" * 70, "y" * 70)) for number in range(400)]
    text = print_markdown(make_report(findings)).decode()
    assert LARGEST * 0.9 < len(text) < LARGEST + 200
    left = re.search(r"(\d+) more are not shown here\.", text)
    assert left is not None
    assert int(left[1]) + text.count("| warning |") == 400


def test_a_policy_and_nothing() -> None:
    assert "| error | `policy.pinned-images` | web |" in print_markdown(make_report([policy_finding()])).decode()
    assert "### No drift between local and production" in print_markdown(make_report([])).decode()
