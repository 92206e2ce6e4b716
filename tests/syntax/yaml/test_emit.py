"""Data to text: what is quoted, what becomes a block, and that every dialect reads back what was meant."""

from enum import StrEnum
from math import inf, isnan, nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml import emit
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import Octal, emit_documents, emit_yaml
from isomorph.syntax.yaml.read import parse_one, parse_yaml

BOTH = [Dialect.KUBERNETES, Dialect.COMPOSE]


def write(data: Any, dialect: Dialect = Dialect.COMPOSE) -> str:
    return emit_yaml(data, dialect=dialect)


def read_back(text: str, dialect: Dialect) -> Any:
    return to_data(parse_one(text, "f.yaml", dialect).root)


PLAIN = [
    "a",
    "A1",
    "nginx",
    "nginx:1.25",
    "weaveworksdemos/carts:0.4.8",
    "/var/lib/x",
    "./data",
    "../x.env",
    "--port=80",
    "-c",
    "10m",
    "512Mi",
    "1Gi",
    "5s",
    "0.5m",
    "a.b.c/d_e",
    "KEY=value",
    "http://carts:80/x?y=1&z=2",
    "a@b.c",
    "$HOME",
    "$$HOME",
    "sha256:0a1b",
    "yesterday",
    "nothing",
    "Nope",
    "onward",
    "a:b:c",
    "user:pass@host:80",
    "x-y",
    "grüße",
    "漢字",
    "CMD-SHELL",
    "rw,noexec",
]
PLAIN += [
    "two words",
    'sh -c "echo hi"',
    "it's",
    "a  b",
    "x, y",
    "a & b | c > d",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_no_reader_misreads_stays_plain(text: str) -> None:
    assert write({"k": text}) == f"k: {text}\n"


QUOTED = [
    "y",
    "Y",
    "yes",
    "Yes",
    "YES",
    "n",
    "N",
    "no",
    "No",
    "NO",
    "on",
    "On",
    "ON",
    "off",
    "OFF",
    "true",
    "True",
    "TRUE",
    "false",
    "FALSE",
    "null",
    "Null",
    "NULL",
    "~",
    "0",
    "1",
    "-1",
    "+1",
    "014",
    "0o14",
    "0b11",
    "0x1F",
    "1_000",
    "1e3",
    "1.5",
    ".5",
    "5.",
    ".inf",
    "-.inf",
    ".nan",
    "1:30",
    "190:20:30",
    "8080:80",
    "12e03",
    "685_230.15",
    "1,000",
    "2001-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "2001-01-01T00:00:00Z",
    "=",
    "<<",
    "-",
    "--",
    "---",
    "...",
    "?",
    ":",
    "#",
    "@",
    "`",
    "%",
    "&",
    "*",
    "!",
    "|",
    ">",
    "'",
    ",",
    "[",
    "]",
    "{",
    "}",
    "*.log",
    "&a",
    "!x",
    "%x",
    "@x",
    "`x`",
    "'x'",
    '"x"',
    "[x]",
    "{x}",
    "?x",
    "-1x",
    "-_2",
    "-.x",
    "a:",
    "a#",
    "${X}",
    "a[0]",
]
QUOTED += [
    "",
    " ",
    " a",
    "a ",
    "a: b",
    "a #b",
    "a :",
    "- a",
    "? a",
    "2001-12-14 21:59:43",
    "\u00a0",
    "\ufeffa",
    "a\u2028b",
    "a\u200bb",
]


@pytest.mark.parametrize("text", QUOTED)
def test_what_some_reader_misreads_is_quoted(text: str) -> None:
    written = write({"k": text})
    assert written.startswith('k: "')
    assert written.endswith('"\n')
    for dialect in Dialect:
        assert read_back(written, dialect if dialect is not Dialect.JSON else Dialect.COMPOSE) == {"k": text}


ESCAPES = [
    ('a"b\\c: ', r'"a\"b\\c: "'),
    ("\t", r'"\t"'),
    ("a\rb", r'"a\rb"'),
    ("\x00\x07\x1b\x1f\x7f\x85", r'"\0\a\e\x1F\x7F\x85"'),
    ("\u2028\ufeff\ufffe\ue000", r'"\u2028\uFEFF\uFFFE\uE000"'),
    ("\U000e0001", r'"\U000E0001"'),
    ("\n", r'"\n"'),
    ("a\r\nb\n", r'"a\r\nb\n"'),
    ("😀 ü: ", '"😀 ü: "'),
]


@pytest.mark.parametrize(("text", "written"), ESCAPES)
def test_escapes(text: str, written: str) -> None:
    assert write({"k": text}) == f"k: {written}\n"


BLOCKS = [
    ("a\nb\n", "|\n  a\n  b\n"),
    ("a\nb", "|-\n  a\n  b\n"),
    ("a\nb\n\n", "|+\n  a\n  b\n\n"),
    ("a\n\n\n  b\n", "|\n  a\n\n\n    b\n"),
    (" a\nb\n", "|2\n   a\n  b\n"),
    ("\na\n", "|2\n\n  a\n"),
    ("\ta\n", "|2\n  \ta\n"),
    ("a \n#b\n---\n", "|\n  a \n  #b\n  ---\n"),
    ("a\n  \nb", "|-\n  a\n    \n  b\n"),
    ("key: [x\n", "|\n  key: [x\n"),
]


@pytest.mark.parametrize(("text", "written"), BLOCKS)
def test_lines_become_a_literal_block(text: str, written: str) -> None:
    assert write({"k": text}) == f"k: {written}"
    assert write({"a": [{"k": text}]}) == "a:\n  - k: " + "\n".join(
        line if not number or not line else f"    {line}" for number, line in enumerate(written.split("\n"))
    )
    for data in ({"k": text}, {"a": [text, {"k": text, "l": 1}], "z": text}, [[text], [[text, text]]]):
        for dialect in BOTH:
            assert read_back(write(data), dialect) == data


def test_structure() -> None:
    data = {
        "services": {"a": {"image": "x", "ports": [80, {"target": 1, "mode": "host"}], "none": None}},
        "empty": {"list": [], "mapping": {}, "text": ""},
        "lists": [[1, [2, 3]], [], {}, [{"a": [4]}]],
        "flags": [True, False, None],
        "numbers": [0, -1, 1.5, 1e16, 1e-7, 5.0, -0.0],
        8080: "a key that is a number",
        "8080": "a key that is text",
        True: "a key that is true",
    }
    assert write(data) == (
        "services:\n  a:\n    image: x\n    ports:\n      - 80\n      - target: 1\n        mode: host\n    none: null\n"
        'empty:\n  list: []\n  mapping: {}\n  text: ""\n'
        "lists:\n  - - 1\n    - - 2\n      - 3\n  - []\n  - {}\n  - - a:\n        - 4\n"
        "flags:\n  - true\n  - false\n  - null\n"
        "numbers:\n  - 0\n  - -1\n  - 1.5\n  - 1e+16\n  - 1e-07\n  - 5.0\n  - -0.0\n"
        '8080: a key that is a number\n"8080": a key that is text\ntrue: a key that is true\n'
    )


ROOTS: list[tuple[Any, str]] = [
    (None, "null\n"),
    ({}, "{}\n"),
    ([], "[]\n"),
    ("a", "a\n"),
    ("a\nb\n", '"a\\nb\\n"\n'),
    (1, "1\n"),
]


@pytest.mark.parametrize(("data", "text"), ROOTS)
def test_roots(data: Any, text: str) -> None:
    assert write(data) == text
    assert read_back(text, Dialect.COMPOSE) == data


def test_tuples_and_kinds_of_text() -> None:
    class Colour(StrEnum):
        RED = "no"

    assert write({Colour.RED: (Colour.RED, ("x",))}) == '"no":\n  - "no"\n  - - x\n'


def test_floats_without_a_number() -> None:
    text = write([inf, -inf, nan])
    assert text == "- .inf\n- -.inf\n- .nan\n"
    back = read_back(text, Dialect.COMPOSE)
    assert back[:2] == [inf, -inf]
    assert isnan(back[2])


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=100, deadline=None)
def test_floats_mean_the_same_to_both(value: float) -> None:
    for dialect in BOTH:
        assert float(read_back(write(value), dialect)) == value


def test_file_modes() -> None:
    data = {"mode": Octal(0o440)}
    assert write(data, Dialect.COMPOSE) == "mode: 0440\n"
    assert write(data, Dialect.KUBERNETES) == "mode: 288\n"
    for dialect in BOTH:
        assert (
            read_back(write(data, dialect), Dialect.COMPOSE)
            == read_back(write(data, dialect), Dialect.KUBERNETES)
            == {"mode": 288}
        )
    assert read_back(write([Octal(0), Octal(-8)]), Dialect.COMPOSE) == [0, -8]


def test_keys_too_long_for_a_line() -> None:
    data = {"k" * 2000: 1, "l" * 1001: {"a": [1]}, "m\n" * 800: ["x"], "n": {"é" * 1500: "y\nz\n"}}
    text = write(data)
    assert text.startswith("? kkk")
    for dialect in BOTH:
        assert read_back(text, dialect) == data


def test_a_header_becomes_comments() -> None:
    assert (
        emit_yaml({"a": 1}, dialect=Dialect.COMPOSE, header="Written by\n\nisomorph")
        == "# Written by\n#\n# isomorph\na: 1\n"
    )


def test_documents() -> None:
    documents = [{"a": "x\n\n"}, [1], "text", None, {}]
    text = emit_documents(documents, Dialect.KUBERNETES, header="h")
    assert text == "# h\na: |+\n  x\n\n---\n- 1\n---\ntext\n---\nnull\n---\n{}\n"
    assert [to_data(document.root) for document in parse_yaml(text, "f.yaml", Dialect.KUBERNETES)] == documents
    assert emit_documents([], Dialect.KUBERNETES) == ""


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"U\+D800, half of a character"):
        write({"a": "x\ud800"})


def test_what_is_no_data_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="set"):
        write({"a": {1}})


def test_what_was_written_before_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit, "_memo", {})
    data = {"a\nb": "a\nb", "no": "no", "x": ["a\nb", "a\nb"]}
    first = write(data)
    assert write(data) == first
    assert first == '"a\\nb": |-\n  a\n  b\n"no": "no"\nx:\n  - |-\n    a\n    b\n  - |-\n    a\n    b\n'


def test_what_is_remembered_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit, "_memo", {})
    monkeypatch.setattr(emit, "_REMEMBERED", 10)
    assert read_back(write([f"a{number}" for number in range(100)]), Dialect.COMPOSE)[99] == "a99"
    assert len(emit._memo) <= 10


CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from(" \t\n\n:#-?,[]{}&*!|>'\"%@`~=<.0123456789_exobyn\r\x85\u2028\ufeff\xa0"),
)
TEXTS = st.one_of(
    st.text(CHARACTERS, max_size=20),
    st.text("0123456789_.:eExXob+-tTzZ ", max_size=10),
    st.lists(st.text(" \tab#-:", max_size=4), min_size=2, max_size=5).map("\n".join),
    st.sampled_from([*QUOTED, *PLAIN]),
)
SCALARS = st.one_of(
    TEXTS,
    st.integers(-(2**63), 2**64 - 1),
    st.floats(-(2**53), 2**53),
    st.booleans(),
    st.none(),
)
DATA = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)


@settings(max_examples=100, deadline=None)
@given(DATA)
def test_every_dialect_reads_what_any_wrote(data: Any) -> None:
    for writer in BOTH:
        text = write(data, writer)
        for reader in BOTH:
            assert read_back(text, reader) == data
    assert write(read_back(text, Dialect.COMPOSE)) == text


def test_real_definitions_survive(corpus: Path) -> None:
    files = [*(corpus / "sock-shop").rglob("*.yml"), *(corpus / "score-examples").rglob("score*.yaml")]
    assert len(files) > 20
    for file in files:
        for dialect in BOTH:
            documents = [to_data(document.root) for document in parse_yaml(file.read_bytes(), str(file), dialect)]
            text = emit_documents(documents, dialect)
            assert [to_data(document.root) for document in parse_yaml(text, "f.yaml", dialect)] == documents
            assert emit_documents(documents, dialect) == text
