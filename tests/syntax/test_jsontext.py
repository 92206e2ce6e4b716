"""JSON with positions."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.syntax.jsontext import parse_json
from isomorph.syntax.tree import Mapping, Scalar, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one, parse_yaml

SAMPLES = [
    '{"a": [1, -2.5e3, true, false, null, "x"], "b": {}, "c": []}',
    '\t{\n\t"a":\t1,\r\n"b"\n:2}',
    '["\\ud83d\\ude00 \\u00fc \\/ \\b\\f\\n\\r\\t \\" \\\\"]',
    '{"' + "k" * 3000 + '": 1}',
    '["\u2028 \x7f 漢"]',
    "[[[[]]], {}]",
    "12",
]


@pytest.mark.parametrize("text", SAMPLES)
def test_samples(text: str) -> None:
    for dialect in Dialect:
        assert to_data(parse_one(text, "f.json", dialect).root) == json.loads(text)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('ab"\\é\n'), inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=100, deadline=None)
@given(data=JSON, indent=st.sampled_from([None, 1, "\t"]), escaped=st.booleans())
def test_what_python_writes_is_read_back(data: Any, indent: int | str | None, escaped: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=escaped)
    assert to_data(parse_json(text, "f.json")[0]) == data
    assert to_data(parse_one(f"[{text}]", "f.json", Dialect.COMPOSE).root) == [data]


def test_several_values_follow_each_other() -> None:
    assert [to_data(document.root) for document in parse_yaml('{"a": 1}\n{"b": 2} []', "f.json", Dialect.JSON)] == [
        {"a": 1},
        {"b": 2},
        [],
    ]
    assert parse_yaml(" \n", "f.json", Dialect.JSON) == []


def test_a_byte_order_mark_is_passed_over() -> None:
    for text in ("\ufeff[1]", "\ufeff[1]".encode()):
        assert [to_data(document.root) for document in parse_yaml(text, "f.json", Dialect.JSON)] == [[1]]


def test_positions() -> None:
    root = parse_json('{\n\t"a": [1,\n  "x"],\n "漢": {"c": null}}', "f.json")[0]
    assert isinstance(root, Mapping)
    places = {
        "a": str(root["a"].origin),
        "a's key": str(root.keys["a"].origin),
        "a[1]": str(root["a"].items[1].origin),  # type: ignore[attr-defined]
        "c": str(root["漢"]["c"].origin),  # type: ignore[index]
    }
    assert places == {"a": "f.json:2:7", "a's key": "f.json:2:2", "a[1]": "f.json:3:3", "c": "f.json:4:13"}


def test_strings_are_not_plain_and_numbers_are_typed_by_the_dialect() -> None:
    for dialect, kind in ((Dialect.KUBERNETES, int), (Dialect.COMPOSE, float), (Dialect.JSON, float)):
        root = parse_json('[5.0, "5"]', "f.json", dialect)[0]
        assert isinstance(root, Sequence)
        assert [(type(item.value), item.plain) for item in root if isinstance(item, Scalar)] == [
            (kind, True),
            (str, False),
        ]


FAULTS = [
    ("{", "f.json:1:1: the mapping that begins here is not closed"),
    ('{"a": [1', "f.json:1:7: the list that begins here is not closed"),
    ("[1,]", "f.json:1:4: not JSON: ']' where a value is expected"),
    ('{"a" 1}', "f.json:1:6: not JSON: '1' where `:` is expected"),
    ('{"a": 1,}', "f.json:1:9: not JSON: '}' where a key in double quotes is expected"),
    ("{a: 1}", "f.json:1:2: not JSON: 'a' where a key in double quotes or `}` is expected"),
    ("[1 2]", "f.json:1:4: not JSON: '2' where `,` or the end of the list or mapping is expected"),
    ("[01]", "f.json:1:2: not JSON: '0' where a value or `]` is expected"),
    ("[1}", "f.json:1:3: not JSON: '}'"),
    ("]", "f.json:1:1: not JSON: ']' where a value is expected"),
    (":", "f.json:1:1: not JSON: ':'"),
    ("[+1]", "f.json:1:2: not JSON"),
    ("[NaN]", "f.json:1:2: not JSON"),
    ("[truey]", "f.json:1:2: not JSON"),
    ('["a\nb"]', "f.json:1:2: a string is not closed or holds a control character"),
    ('["a', "f.json:1:2: a string is not closed or holds a control character"),
    ('["\\x"]', "f.json:1:3: a string holds '\\\\x', which is no escape of JSON"),
    ('["\\ud800"]', "f.json:1:3: a string holds"),
    ('["\\ude00\\ud83d"]', "f.json:1:3: a string holds"),
    ('{"a": 1,\n "a": 2}', "f.json:2:2: key 'a' is written twice in one mapping, first at line 1, column 2"),
    ("[" * 101, "f.json:1:101: nested more than 100 deep"),
    ("// c\n1", "f.json:1:1: not JSON: '/'"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_faults(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_yaml(text, "f.json", Dialect.JSON)
    assert str(caught.value).startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["{a: 1}", "[a, b]", "{'a': 1,}", "[1] # c", '{"a": 1}\n---\n{"b": 2}'])
def test_what_begins_like_json_may_still_be_yaml(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_yaml(text, "f.yaml", Dialect.JSON)
    assert parse_yaml(text, "f.yaml", Dialect.COMPOSE)


def test_deep_nesting_is_refused_without_recursion() -> None:
    for text in ('{"a":' * 50_000, "[" * 50_000, '{"a":' * 50_000 + "1" + "}" * 50_000):
        for dialect in Dialect:
            with pytest.raises(InvalidInput, match="nested more than 100 deep"):
                parse_yaml(text, "f.json", dialect)


def test_real_schemas(corpus: Path) -> None:
    files = sorted((corpus / "schemas").rglob("*.json"))
    assert files
    for file in files:
        text = file.read_text("utf-8")
        assert to_data(parse_one(text, str(file), Dialect.JSON).root) == json.loads(text)
