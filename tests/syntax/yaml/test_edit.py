"""Changes of YAML texts: what is added, and that all else stays as it was."""

import pytest

from isomorph.syntax.yaml.edit import CannotEdit, add_entry, add_items, set_value

ITEMS = [
    ("", "l: [x]\n"),
    ("# c\n", "# c\nl: [x]\n"),
    ("a: 1", "a: 1\nl: [x]\n"),
    ("l: []\nb: 1\n", "l: [x]\nb: 1\n"),
    ("l: [a, 'b'] # c\n", "l: [a, 'b', x] # c\n"),
    ("l: [\n  a,\n  b, # c\n]\n", "l: [\n  a,\n  b, x, # c\n]\n"),
    ("l:\n  - a # c\n\n# d\nb: 1\n", "l:\n  - a # c\n  - x\n\n# d\nb: 1\n"),
    ("l:\n- a\nb: 1\n", "l:\n- a\n- x\nb: 1\n"),
    ("l:\n  - a", "l:\n  - a\n  - x\n"),
    ("l:\n  - {a: b}\n  - c: d\n    e: f\n# g\n", "l:\n  - {a: b}\n  - c: d\n    e: f\n  - x\n# g\n"),
    ("l:\n  - |\n    a\n    b\n\nb: 1\n", "l:\n  - |\n    a\n    b\n  - x\n\nb: 1\n"),
    ("l: # c\nb: 1\n", "l: [x] # c\nb: 1\n"),
    ("l: ~\n", "l: [x]\n"),
    ("{a: 1}\n", "{a: 1, l: [x]}\n"),
    ("l: [a]\r\nb: 1\r\n", "l: [a, x]\r\nb: 1\r\n"),
    ("l:\r\n  - a\r\nb: 1\r\n", "l:\r\n  - a\r\n  - x\r\nb: 1\r\n"),
]


@pytest.mark.parametrize(("before", "after"), ITEMS)
def test_an_item_more(before: str, after: str) -> None:
    assert add_items(before, ("l",), ["x"]) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("l: [a]\n", "l: [x, z, a]\n"),
        ("l:\n  # c\n  - a\n", "l:\n  # c\n  - x\n  - z\n  - a\n"),
        ("l: []\n", "l: [x, z]\n"),
    ],
)
def test_items_before_the_first(before: str, after: str) -> None:
    assert add_items(before, ("l",), ["x", "z"], first=True) == after


@pytest.mark.parametrize(
    ("item", "written"),
    [
        ("a/b.yaml", "a/b.yaml"),
        (".score-k8s/x.yaml", ".score-k8s/x.yaml"),
        ("compose:c.yaml?profile=a&b", '"compose:c.yaml?profile=a&b"'),
        ("true", '"true"'),
        ("null", '"null"'),
        ("yes", '"yes"'),
        (".5", '".5"'),
        (".inf", '".inf"'),
        ("1", '"1"'),
        ("a b", '"a b"'),
        ("é", '"é"'),
        ('say "x"\n', '"say \\"x\\"\\n"'),
        ("", '""'),
    ],
)
def test_texts_are_quoted_where_they_would_be_something_else(item: str, written: str) -> None:
    assert add_items("l: []\n", ("l",), [item]) == f"l: [{written}]\n"


ENTRIES = [
    ("", "e:\n  env:\n    d: [x]\n"),
    ("e: {}\n# c\n", "e:\n  env:\n    d: [x]\n# c\n"),
    ("e: {} # c\nf: 1\n", "e: # c\n  env:\n    d: [x]\nf: 1\n"),
    ("e:\nf: 1\n", "e:\n  env:\n    d: [x]\nf: 1\n"),
    ("e:\n    m: {d: [a]} # c\n\nf: 1\n", "e:\n    m: {d: [a]} # c\n    env:\n      d: [x]\n\nf: 1\n"),
    ("e:\n  m:\n    d:\n      - a\n  # c\n", "e:\n  m:\n    d:\n      - a\n  env:\n    d: [x]\n  # c\n"),
    ("e: {m: {d: [a]}}\n", "e: {m: {d: [a]}, env: {d: [x]}}\n"),
    ("e:\n  env:\n", "e:\n  env:\n    d: [x]\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), ENTRIES)
def test_an_entry_more(before: str, after: str) -> None:
    assert add_entry(before, ("e", "env"), {"d": ["x"]}) == after


def test_a_list_within() -> None:
    assert add_items("e:\n  n:\n    d: [a]\n", ("e", "n", "d"), ["x"]) == "e:\n  n:\n    d: [a, x]\n"
    assert add_items("e:\n  n:\n    d: [a]\n", ("e", "n", "p"), ["x"]) == "e:\n  n:\n    d: [a]\n    p: [x]\n"
    assert add_items("e:\n  n: {}\n", ("e", "n", "p"), ["x"]) == "e:\n  n:\n    p: [x]\n"


def test_a_long_list_is_written_an_item_a_line() -> None:
    names = [f"platform/{number}.provisioners.yaml" for number in range(4)]
    lines = "".join(f"  - {name}\n" for name in names)
    assert add_items("a: 1\n", ("l",), names) == f"a: 1\nl:\n{lines}"


def test_a_value_is_set() -> None:
    assert set_value("a: 1\n", ("name",), "shop") == "a: 1\nname: shop\n"
    assert set_value("name: old # c\n", ("name",), "shop") == "name: shop # c\n"
    assert set_value("default: true\n", ("default",), False) == "default: false\n"
    assert set_value("name:\nb: 1\n", ("name",), "shop") == "name: shop\nb: 1\n"


@pytest.mark.parametrize("text", ["- a\n", "l: {a: b}\n", "l: text\n", "l: &a [b]\nm: *a\n", "- - a\n"])
def test_what_cannot_be_changed_is_refused(text: str) -> None:
    with pytest.raises(CannotEdit):
        add_items(text, ("l",), ["x"])


def test_what_is_there_is_not_overwritten() -> None:
    with pytest.raises(CannotEdit, match=r"e\.n is there already"):
        add_entry("e: {n: {}}\n", ("e", "n"), {"d": ["x"]})
