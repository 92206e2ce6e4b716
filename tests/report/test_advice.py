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
    assert advice == (
        "local differs: set it to 1 at docker-compose.yml:1, as staging and production do;"
        " if 2 is intended, set it on the others"
    )


def test_one_against_others_that_differ_too_is_told_what_most_say() -> None:
    pairs = [tag(("local", name), ("9", value)) for name, value in (("a", "1"), ("b", "1"), ("c", "2"))]
    assert (
        advise(*pairs)
        == "local differs: set it to 1 at docker-compose.yml:1, as a and b do; if 9 is intended, set it on the others"
    )
    assert advise(*pairs[1:]) == "pin the same tag on both", "of two others neither is right"


def test_nobody_is_told_to_take_over_what_is_worse() -> None:
    pairs = [tag(("local", name), ("1.4", "latest")) for name in ("a", "b")]
    assert advise(*pairs) == "pin the same tag on both"


def test_where_no_side_is_in_every_pair_nobody_is_blamed() -> None:
    pairs = [(("a", "b"), ("1", "2")), (("a", "c"), ("1", "3")), (("b", "c"), ("2", "3"))]
    assert advise(*(tag(between, values) for between, values in pairs)) == "pin the same tag on both"


def test_the_fewer_of_two_groups_are_what_differs() -> None:
    pairs = [tag((name, other), ("2", "1")) for name in ("a", "b") for other in ("c", "d", "c (generated)")]
    assert advise(*pairs) == "a and b say 2, c and d say 1: set one of them on all", "two against two: nobody is blamed"
    third = [tag((name, "e"), ("2", "1")) for name in ("a", "b")]
    assert (
        advise(*pairs, *third)
        == "a and b differ: set it to 1 at a.yaml:1 and b.yaml:1, as c, d, e and the Score files do"
    )
    lacks = [
        make_finding("variable.missing", "web", ("x", None), between=(name, other), subject="A", hint="set A")
        for name in ("a", "b")
        for other in ("c", "d")
    ]
    assert advise(*lacks) == (
        "a and b have it, c and d do not: add it at c.yaml:1 and d.yaml:1, or take it out at a.yaml:1 and b.yaml:1"
    )


def test_what_one_alone_has_or_lacks() -> None:
    def variable(rule: str, between: tuple[str, str], values: tuple[str | None, str | None]) -> Finding:
        return make_finding(rule, "web", values, between=between, subject="LEVEL", hint="set LEVEL")

    has = [variable("variable.missing", ("local", name), ("info", None)) for name in ("a", "b")]
    assert advise(*has) == "only local has it: add it on the others, or take it out at docker-compose.yml:1"
    lacks = [variable("variable.missing", ("local", name), (None, "info")) for name in ("a", "b")]
    assert advise(*lacks) == "local lacks it: set it to info at docker-compose.yml:1, as a and b do"
    mixed = (has[0], variable("variable.value", ("local", "b"), ("info", "debug")))
    assert row_of(*mixed).rule == "variable.value", "absent on one and another on the next is one row"
    assert (
        advise(*mixed)
        == "local differs: set it to debug at docker-compose.yml:1, as b does; if info is intended, set it on the others"
    )


def test_secrets_are_not_told_apart() -> None:
    pairs = [tag(("local", name), ("***", "***")) for name in ("a", "b")]
    assert advise(*pairs) == "pin the same tag on both"


def test_against_the_score_files_both_ways_out_are_told() -> None:
    between = ("local", "local (generated)")
    assert advise(tag(between, ("2", "1"))).startswith("if it is meant, write it")
    assert advise(tag(between, ("2", None))).startswith("if it is wanted, write it")
    assert advise(tag(between, (None, "1"))).startswith("if it is not wanted, take it out")


def test_a_build_is_said_in_the_project_file() -> None:
    finding = make_finding("image.build", "web", ("src", None), between=("local", "local (generated)"), hint="say it")
    assert advise(finding).startswith("if it is wanted, write it under `builds` in isomorph.yaml; if not, take it out")


def test_what_is_unresolved_keeps_the_word_on_what_settles_it() -> None:
    finding = make_finding("image.tag", "web", ("${TAG}", "1"), verdict=UNRESOLVED, hint="give TAG, or a default")
    assert advise(finding) == "give TAG, or a default"
