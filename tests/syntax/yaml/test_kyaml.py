"""Data to KYAML: as `kubectl -o kyaml` prints it (kyaml/README.md), and read back as what it was."""

import json
from math import inf
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.kyaml import emit_kyaml
from isomorph.syntax.yaml.read import parse_one, parse_yaml
from tests.syntax.yaml.test_emit import DATA, TEXTS

ANSWERS = [json.loads(line) for line in Path(__file__).with_name("kyaml.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("answer", ANSWERS, ids=[json.dumps(answer["data"])[:40] for answer in ANSWERS])
def test_data_is_printed_as_kubectl_prints_it(answer: dict[str, Any]) -> None:
    assert emit_kyaml([answer["data"]]) == answer["kyaml"]


def test_documents_and_a_header() -> None:
    documents = [{"kind": "A"}, {"text": "a\n---\nb"}]
    text = emit_kyaml(documents, header="Written by\n\nisomorph")
    assert text == (
        '# Written by\n#\n# isomorph\n---\n{\n  kind: "A",\n}\n'
        '---\n{\n  text: "\\\n     a\\n\\\n     ---\\n\\\n     b\\\n    ",\n}\n'
    )
    assert [to_data(document.root) for document in parse_yaml(text, "f.yaml", Dialect.KUBERNETES)] == documents
    assert emit_kyaml([], header="nothing") == ""


@pytest.mark.parametrize("key", ["1e999", "0xffffffffffffffffffff", "2001-13-41", "naïve"])
def test_keys_that_some_reader_may_misread_are_quoted_though_kubectl_does_not(key: str) -> None:
    assert emit_kyaml([{key: 1}]) == f'---\n{{\n  "{key}": 1,\n}}\n'
    assert yaml.safe_load(emit_kyaml([{key: 1}])) == {key: 1}


@pytest.mark.parametrize("space", ["\r", "\v", "\x85", "\xa0", "\u2028", "\u3000"])
def test_a_line_may_begin_with_a_space_of_any_kind(space: str) -> None:
    data = {"k": f"a\n{space}b"}
    text = emit_kyaml([data])
    assert text.isascii()
    assert "\\\\" not in text  # with two backslashes, as kubectl 1.34 writes it, it is another text
    assert yaml.safe_load(text) == to_data(parse_one(text, "f.yaml", Dialect.KUBERNETES).root) == data


def test_tuples_and_numbers() -> None:
    assert (
        emit_kyaml([{8080: (1, 2.5, inf, -7)}])
        == '---\n{\n  "8080": [\n    1,\n    2.5,\n    .inf,\n    -7,\n  ],\n}\n'
    )


def test_a_key_too_long_for_a_line_is_read_back() -> None:
    data = {"k" * 2000: {"a": "b\nc"}, "é" * 1200: [1]}
    text = emit_kyaml([data])
    assert yaml.safe_load(text) == to_data(parse_one(text, "f.yaml", Dialect.KUBERNETES).root) == data


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"U\+D800, half of a character"):
        emit_kyaml([{"a": "x\ud800"}])


def test_what_is_no_data_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="set"):
        emit_kyaml([{"a": {1}}])


@settings(max_examples=150, deadline=None)
@given(DATA)
def test_every_dialect_reads_what_was_written(data: Any) -> None:
    text = emit_kyaml([data])
    for dialect in (Dialect.KUBERNETES, Dialect.COMPOSE):
        assert to_data(parse_one(text, "f.yaml", dialect).root) == data


PLAIN = st.one_of(TEXTS, st.integers(), st.booleans(), st.none())


@settings(max_examples=150, deadline=None)
@given(st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)))
def test_pyyaml_reads_what_was_written(data: Any) -> None:
    assert yaml.safe_load(emit_kyaml([data])) == data
