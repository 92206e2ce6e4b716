"""What a row says to do: the side that stands alone is named, and nobody is told to spread what was written wrongly."""

from isomorph.drift.finding import Finding
from isomorph.report.advice import write_advice
from isomorph.report.fold import Entry, fold
from tests.report.reports import UNRESOLVED, make_finding


def advise(*findings: Finding) -> str:
    """Give the advice of the only row that findings make."""
    return write_advice(row_of(*findings))


def row_of(*findings: Finding) -> Entry:
    """Give the only row that findings make."""
    (section,) = fold(findings)
    (entry,) = section.entries
    return entry


def tag(between: tuple[str, str], values: tuple[str | None, str | None]) -> Finding:
    """Give a finding about the tag of web's image."""
    return make_finding("image.tag", "web", values, between=between, hint="pin the same tag on both")


def test_of_two_sides_nobody_knows_which_is_right() -> None:
    assert advise(tag(("local", "production"), ("1", "2"))) == "pin the same tag on both"


def test_one_against_all_others_is_named_with_its_place() -> None:
    advice = advise(tag(("local", "staging"), ("2", "1")), tag(("local", "production"), ("2", "1")))
    assert advice == "local differs from all others: say 1, as the others do, at docker-compose.yml:1"


def test_one_against_others_that_differ_too_is_told_what_most_say() -> None:
    pairs = [tag(("local", name), ("9", value)) for name, value in (("a", "1"), ("b", "1"), ("c", "2"))]
    assert "say 1, as most do" in advise(*pairs)
    assert advise(*pairs[1:]) == "pin the same tag on both", "of two others neither is right"


def test_where_no_side_is_in_every_pair_nobody_is_blamed() -> None:
    pairs = [(("a", "b"), ("1", "2")), (("a", "c"), ("1", "3")), (("b", "c"), ("2", "3"))]
    assert advise(*(tag(between, values) for between, values in pairs)) == "pin the same tag on both"


def test_what_one_alone_has_or_lacks() -> None:
    def variable(rule: str, between: tuple[str, str], values: tuple[str | None, str | None]) -> Finding:
        return make_finding(rule, "web", values, between=between, subject="LEVEL", hint="set LEVEL")

    has = [variable("variable.missing", ("local", name), ("info", None)) for name in ("a", "b")]
    assert advise(*has) == "only local has it: take it out at docker-compose.yml:1, or add it on the others"
    lacks = [variable("variable.missing", ("local", name), (None, "info")) for name in ("a", "b")]
    assert advise(*lacks) == "only local lacks it: add it at docker-compose.yml:1"
    mixed = (has[0], variable("variable.value", ("local", "b"), ("info", "debug")))
    assert row_of(*mixed).rule == "variable.value", "absent on one and another on the next is one row"
    assert "say debug, as those do that have it" in advise(*mixed)


def test_secrets_are_not_told_apart() -> None:
    pairs = [tag(("local", name), ("***", "***")) for name in ("a", "b")]
    assert advise(*pairs) == "pin the same tag on both"


def test_against_the_score_files_both_ways_out_are_told() -> None:
    between = ("local", "local (generated)")
    assert advise(tag(between, ("2", "1"))).startswith("if it is meant, say it")
    assert advise(tag(between, ("2", None))).startswith("if it is wanted, say it")
    assert advise(tag(between, (None, "1"))).startswith("if it is not wanted, take it out")


def test_what_is_unresolved_keeps_the_word_on_what_settles_it() -> None:
    finding = make_finding("image.tag", "web", ("${TAG}", "1"), verdict=UNRESOLVED, hint="give TAG, or a default")
    assert advise(finding) == "give TAG, or a default"
