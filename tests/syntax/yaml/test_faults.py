"""Input that cannot be read: one message, at the right place, that says what to do; never anything else."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml import read
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.fallback import PythonParser
from isomorph.syntax.yaml.read import Limits, parse_one, parse_yaml


def refuse(text: str | bytes, dialect: Dialect = Dialect.COMPOSE, limits: Limits = read.DEFAULT) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse_yaml(text, "f.yaml", dialect, limits=limits)
    assert caught.value.hint
    return str(caught.value)


FAULTS = [
    ("a: 1\n\tb: 2\n", "f.yaml:2:1: a tab where YAML wants spaces (indent with spaces)"),
    ("a:\n\t- b\n", "f.yaml:2:1: a tab where YAML wants spaces (indent with spaces)"),
    ("a:\n  b: 1\n c: 2\n", "f.yaml:3:2: the indentation does not fit (align the line with its neighbours)"),
    ("a: b: c\n", "f.yaml:1:5: a `:` that starts a value where none can stand"),
    ("a:\n  - b\n  c\n", "f.yaml:3:3: a line that is neither `key: value` nor a list item (add `:` after the key)"),
    ("a:\n  - b\n  c: 1\n", "f.yaml:3:3: a list item that does not start with `- `"),
    ("a: 1\nb\nc: 2\n", "f.yaml:2:1: a line that is neither `key: value` nor a list item"),
    ('a: 1\nb: "x\nc: 2\n', "f.yaml:2:4: a quoted text is not closed (add the closing quote)"),
    ("a: 'x\n", "f.yaml:1:4: a quoted text is not closed (add the closing quote)"),
    ("a: [1, 2\nb: 3\n", "f.yaml:1:4: a list in brackets is not closed or lacks a comma (add `]` or `,`)"),
    ("a:\n  b: {c: 1\n", "f.yaml:2:6: a mapping in braces is not closed or lacks a comma (add `}` or `,`)"),
    ("a: @b\n", "f.yaml:1:4: a value cannot start with '@' (put the value in quotes)"),
    ("a: `b`\n", "f.yaml:1:4: a value cannot start with '`' (put the value in quotes)"),
    ("a: %b\n", "f.yaml:1:4: a value cannot start with '%' (put the value in quotes)"),
    ('a: "\\d"\n', "f.yaml:1:5: an escape that YAML does not know"),
    ('a: "\\ud800"\n', "f.yaml:1:7: an escape that is no character"),
    ("a: *b\n", "f.yaml:1:4: alias *b has no anchor &b before it (no anchor is defined above it)"),
    ("c: &c 1\na: *b\n", "f.yaml:2:4: alias *b has no anchor &b before it (anchors above: &c)"),
    (
        "a: &a\n  b: *a\n",
        "f.yaml:2:6: alias *a stands inside its own anchor, which would never end (&a begins at line 1)",
    ),
    ("&a [*a]", "f.yaml:1:5: alias *a stands inside its own anchor"),
    (
        "a: 1\nb:\n  a: 1\n  c: 2\n  a: 3\n",
        "f.yaml:5:3: key 'a' is written twice in one mapping, first at line 3, column 3",
    ),
    ("{a: 1, 'a': 2}", "f.yaml:1:8: key 'a' is written twice in one mapping, first at line 1, column 2"),
    ("[a]: 1\n", "f.yaml:1:1: a list or mapping cannot be a key"),
    ("? {a: 1}\n: 1\n", "f.yaml:1:3: a list or mapping cannot be a key"),
    ("~: 1\n", "f.yaml:1:1: a key is missing or null"),
    ("? \n: 1\n", "f.yaml:1:2: a key is missing or null"),
    ("a: !x!y 1\n", "f.yaml:1:4: a tag with an unknown prefix"),
    ("a: !!int x\n", "f.yaml:1:4: 'x' is not what its tag !!int says"),
    ('a: 1\n"b" c\n', "f.yaml:2:1: a line that is neither `key: value` nor a list item"),
    ("'a' b\n", "f.yaml:1:5: text after the end of the document"),
    ("a: 1\nb: \x07\n", "f.yaml:2:4: character U+0007 is not allowed in YAML"),
    ("a: \x00\n", "f.yaml:1:4: character U+0000 is not allowed in YAML"),
    ("a: 漢\ufffe\n", "f.yaml:1:5: character U+FFFE is not allowed in YAML"),
    ("%YAML 3.0\n---\na: 1\n", "f.yaml:1:1: this version of YAML is unknown (remove the %YAML line)"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS, ids=[repr(text) for text, _ in FAULTS])
def test_faults(text: str, message: str) -> None:
    assert refuse(text).startswith(message)


def test_keys_that_kubernetes_takes_for_one() -> None:
    assert refuse("on: 1\nyes: 2\n", Dialect.KUBERNETES).startswith(
        "f.yaml:2:1: key 'true' is written twice in one mapping, first at line 1, column 1"
    )
    assert to_data(parse_one("on: 1\nyes: 2\n", "f.yaml", Dialect.COMPOSE).root) == {"on": 1, "yes": 2}


def alias_bomb(levels: int) -> str:
    """Give nine aliases in each of nine levels: a file of 400 bytes that says 9^9 values."""
    lines = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *lines])


def test_aliases_that_explode_are_refused_at_once() -> None:
    assert "aliases repeat more than a definition can need" in refuse(alias_bomb(9))
    assert len(parse_yaml(alias_bomb(4), "f.yaml", Dialect.COMPOSE)) == 1


def test_merge_keys_that_explode_are_refused() -> None:
    keys = ", ".join(f"k{number}: 1" for number in range(2000))
    text = f"a: &a {{{keys}}}\n" + "\n".join(f"b{number}: {{<<: *a}}" for number in range(30_000))
    assert "aliases repeat more" in refuse(text)


def test_aliases_may_repeat_what_a_large_definition_repeats() -> None:
    defaults = "x: &x {a: 1, b: {c: 2}, d: [3]}\n"
    services = "\n".join(f"s{number}:\n  <<: *x\n  n: {number}" for number in range(2000))
    data = to_data(parse_one(defaults + services, "f.yaml", Dialect.COMPOSE).root)
    assert data["s1999"] == {"a": 1, "b": {"c": 2}, "d": [3], "n": 1999}


def test_depth_is_limited() -> None:
    assert to_data(parse_one("[" * 100 + "]" * 100, "f.yaml", Dialect.COMPOSE).root)
    assert refuse("[" * 101 + "]" * 101).startswith("f.yaml:1:101: nested more than 100 deep")
    assert "nested more than 100 deep" in refuse("{a: " * 100_000)
    assert "nested more than 100 deep" in refuse("- " * 200 + "a")
    assert "nested more than 3 deep" in refuse("a: {b: {c: {d: 1}}}", limits=Limits(depth=3))


def test_depth_is_limited_through_aliases() -> None:
    nest = "[" * 60 + "{}" + "]" * 60
    text = f"a: &a {nest}\nb: " + nest.format("*a") + "\n"
    assert refuse(text).startswith("f.yaml:2:64: nested more than 100 deep")
    inner = f"a: &a [{'[' * 60}{']' * 60}, &i [x]]\nb: {'[' * 60}*a{']' * 60}\n"
    assert refuse(inner).startswith("f.yaml:2:64: nested more than 100 deep")
    chain = "a0: &a0 [x]\n" + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))
    assert "nested more than 100 deep" in refuse(chain)


def test_size_is_limited() -> None:
    assert "larger than 10 bytes" in refuse("a: 12345678", limits=Limits(size=10))


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str) -> None:
    document = parse_one("a: ü漢😀\n".encode(encoding), "f.yaml", Dialect.COMPOSE)
    assert to_data(document.root) == {"a": "ü漢😀"}
    assert str(document.origin) == "f.yaml:1:1"


@pytest.mark.parametrize("text", ["\ufeff[a: 1]", '\ufeff[{"a": 1}]', "\ufeff- a: 1"])
@pytest.mark.parametrize("encode", [True, False])
def test_a_byte_order_mark_takes_no_column(text: str, encode: bool) -> None:
    root = parse_one(text.encode() if encode else text, "f.yaml", Dialect.COMPOSE).root
    assert to_data(root) == [{"a": 1}]
    assert str(root.origin if root else None) == "f.yaml:1:1"


BROKEN = [
    (b"a: 1\nb: ok \xff\n", "f.yaml:2:7: byte 0xff is not valid UTF-8 (save the file as UTF-8)"),
    ("a: ü".encode() + b"\xc3", "f.yaml:1:5: byte 0xc3 is not valid UTF-8"),
    (b"a: caf\xe9\n", "f.yaml:1:7: byte 0xe9 is not valid UTF-8"),
    (b"a: \xed\xa0\x80", "f.yaml:1:4: byte 0xed is not valid UTF-8"),
    (b"\xff\xfea\x00:\x00\x00\xd8", "f.yaml:1:3: byte 0x00 is not valid UTF-16-LE"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_bytes_that_are_no_text(text: bytes, message: str) -> None:
    assert refuse(text).startswith(message)


def test_text_with_half_a_character() -> None:
    assert refuse("a: b\ud800\n").startswith("f.yaml:1:5: character U+D800 is not allowed in YAML")


def read_or_refuse(content: str | bytes, dialect: Dialect) -> InvalidInput | None:
    """Read a text to the last node; gives the fault where it is refused, and lets anything else through."""
    try:
        for document in parse_yaml(content, "f.yaml", dialect):
            to_data(document.root)
    except InvalidInput as error:
        return error
    return None


def assert_has_a_place(error: InvalidInput | None) -> None:
    assert error is None or str(error).startswith("f.yaml:")


@pytest.mark.parametrize("dialect", list(Dialect))
@settings(max_examples=100, deadline=None)
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_nothing_else_is_raised(dialect: Dialect, content: str | bytes) -> None:
    assert_has_a_place(read_or_refuse(content, dialect))


PIECES = [
    "a",
    "b",
    ": ",
    "- ",
    "? ",
    "\n",
    "\n  ",
    "\n    ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'x'",
    '"y"',
    '"',
    "'",
    ">\n  ",
    "|\n  ",
    "-",
    ":",
    "#",
    "~",
    "12",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "! ",
    "!reset ",
    "--- ",
    "\n---\n",
    "...",
    "\t",
    " ",
    "%",
    "@",
    "=",
    "0x1f",
    "\r\n",
    "\u2028",
    "é",
    "a: &a {b: 1}\n",
    "b: *a\n",
    "<<: *a\n",
    ".inf",
    "!!int ",
    "!!float ",
]


@pytest.mark.parametrize("dialect", [Dialect.KUBERNETES, Dialect.COMPOSE])
@settings(max_examples=100, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=15))
def test_nothing_else_is_raised_for_what_looks_like_yaml(dialect: Dialect, pieces: list[str]) -> None:
    assert_has_a_place(read_or_refuse("".join(pieces), dialect))


def test_real_files_cut_off_anywhere(corpus: Path) -> None:
    chosen = random.Random(7)
    files = sorted((corpus / "sock-shop").rglob("*.yml")) + sorted((corpus / "sock-shop").rglob("*.yaml"))
    for file in chosen.sample(files, 20):
        content = file.read_bytes()
        for _ in range(10):
            assert_has_a_place(read_or_refuse(content[: chosen.randrange(len(content) + 1)], Dialect.KUBERNETES))


@pytest.fixture
def without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "Parser", PythonParser)


@pytest.mark.usefixtures("without_libyaml")
def test_the_parser_in_python_reads_the_same() -> None:
    text = "a: &a {b: 1}\nc:\n  - *a\n  - 'x'\n  - |\n    y\n  - no\n"
    root = parse_one(text, "f.yaml", Dialect.KUBERNETES).root
    assert to_data(root) == {"a": {"b": 1}, "c": [{"b": 1}, "x", "y\n", False]}


@pytest.mark.usefixtures("without_libyaml")
@pytest.mark.parametrize("text", [text for text, _ in FAULTS])
def test_the_parser_in_python_refuses_the_same(text: str) -> None:
    assert refuse(text).startswith("f.yaml:")
