"""Regular expressions find what Python's engine finds, in those that mean the same to it and to RE2."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.syntax.hcl.functions.expressions import Pattern, expand
from isomorph.syntax.hcl.values import HclFault


def free(_: int) -> None:
    """Let a search try as much as it likes."""


ATOMS = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", "\\d", "\\w", "\\b", "^", "$", "\\n", "(?i:A)", "(?s:.)", "(?m:^b)", "\\s"]
)
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{1,2}?"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    consuming = st.sampled_from(["a", "b", ".", "[ab]", "\\w"])
    group = st.tuples(st.sampled_from(["(", "(?:", "(?P<n>"]), consuming, inner).map(
        lambda parts: f"{parts[0]}{parts[1]}{parts[2]})"
    )
    repeated = st.tuples(st.one_of(group, consuming), REPEATS).map("".join)
    return st.one_of(
        st.lists(repeated, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
    )


PATTERNS = st.recursive(ATOMS, grown, max_leaves=5)


@given(PATTERNS, st.text("abAB1 \n", max_size=8))
def test_the_same_is_found_as_by_python(pattern: str, text: str) -> None:
    # RE2's `$` is the very end of the text, which Python calls \Z; a name is given to one group only.
    if pattern.count("?P<n>") > 1:
        return
    expected = re.compile(pattern.replace("$", "\\Z"), re.ASCII).search(text)
    found = Pattern(pattern, free).search(text)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert (found.start, found.end) == expected.span()
        assert found.names == dict(expected.re.groupindex)


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        ("(a|ab)(c|bcd)(d*)", "abcd", ["a", "bcd", ""]),
        ("(a+?)(a*)", "aaa", ["a", "aa"]),
        ("(?:(x)|y)+", "xy", ["x"]),
        ("([[:alpha:]]+)[[:space:]]+([[:digit:]_]+)", "ab  1_2", ["ab", "1_2"]),
        ("(?<year>\\d+)\\z", "x 2024", ["2024"]),
        ("(?i)(ÀB)", "xàb", ["àb"]),
        ("(\\x{e9}|\\x41)", "é", ["é"]),
        ("([^\\D1])", "12", ["2"]),
        ("([[a]+)", "x[a", ["[a"]),
        ("(.)$", "a\n", None),
    ],
)
def test_groups(pattern: str, text: str, groups: list[str] | None) -> None:
    match = Pattern(pattern, free).search(text)
    assert (match.groups() if match else None) == groups


@pytest.mark.parametrize(
    "pattern", ["(a)\\1", "(?=a)", "(?<=a)b", "(?>a)", "\\Qa\\E", "\\pL", "a{1001}", "(", "a**", "[[:no:]]", "(?P=n)"]
)
def test_what_re2_or_we_do_not_have_is_refused(pattern: str) -> None:
    with pytest.raises(HclFault):
        Pattern(pattern, free)


def test_replacements() -> None:
    match = Pattern("(?P<first>a)(b)?", free).search("ac")
    assert match is not None
    assert expand("<$1|${first}|$2|$9|$$|$first>", match) == "<a|a|||$|a>"
    assert [each.group(0) for each in Pattern("a*", free).search_all("baac")] == ["", "aa", ""]
