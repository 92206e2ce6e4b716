"""How a value is written at a place, in each syntax and style, and how another is written there."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from isomorph.syntax.written import Style, Syntax, find_written, offset_of, syntax_of, write_value

CASES = [
    (Syntax.YAML, "image: ^nginx:1.29  # pinned\n", Style.PLAIN, "nginx:1.29"),
    (Syntax.YAML, 'user: ^"1000:2000"\n', Style.DOUBLE, "1000:2000"),
    (Syntax.YAML, "a: ^'it''s'\n", Style.SINGLE, "it's"),
    (Syntax.YAML, "limits: {memory: ^128M, cpus: 1}\n", Style.PLAIN, "128M"),
    (Syntax.YAML, "args: ^[--port, 8080]\n", Style.AREA, "[--port, 8080]"),
    (Syntax.YAML, "a:\n  ^emptyDir:\n    medium: Memory\n\n  b: 1\nc: 2\n", Style.AREA, None),
    (Syntax.YAML, "a: ^|\n  one\n   two\nb: 1\n", Style.BLOCK, "one\n two\n"),
    (Syntax.YAML, "a: ^&x one\n", Style.PLAIN, "one"),
    (Syntax.YAML, "image: {{ .Values.a }}:^{{ .Values.b }}\n", Style.AREA, "{{ .Values.b }}"),
    (Syntax.JSON, '{"mem": ^128, "b": 1}', Style.PLAIN, "128"),
    (Syntax.JSON, '{"a": ^"x\\ty"}', Style.DOUBLE, "x\ty"),
    (Syntax.HCL, "count = ^3 # three\n", Style.PLAIN, "3"),
    (Syntax.HCL, 'restart^ {\n  mode = "a}"\n}\n', Style.AREA, '{\n  mode = "a}"\n}'),
    (Syntax.HCL, "data = ^<<EOF\na=1\nEOF\n", Style.HEREDOC, "a=1\n"),
    (Syntax.HCL, "data = <<EOF\n^A=1\nEOF\n", Style.PLAIN, "1"),
    (Syntax.LINES, "TAG=^1.2 # x\n", Style.PLAIN, "1.2"),
    (Syntax.LINES, "^export TAG='1 2'\n", Style.SINGLE, "1 2"),
]


@pytest.mark.parametrize(("syntax", "marked", "style", "says"), CASES)
def test_what_is_written_at_a_place(syntax: Syntax, marked: str, style: Style, says: str | None) -> None:
    offset, text = marked.index("^"), marked.replace("^", "")
    written = find_written(text, offset, syntax)
    assert written is not None
    assert written.style is style
    if says is not None:
        assert written.text == says


def test_an_alias_is_written_elsewhere() -> None:
    assert find_written("a: *x\n", 3, Syntax.YAML) is None


def test_a_mapping_ends_where_its_entries_do() -> None:
    text = "a:\n  one: 1\n  two:\n    - x\n\n# comment\nb: 2\n"
    written = find_written(text, 5, Syntax.YAML)
    assert written is not None
    assert text[written.start : written.end] == "one: 1\n  two:\n    - x\n"


@pytest.mark.parametrize(
    ("path", "text", "syntax"),
    [
        ("job.nomad.hcl", "job {", Syntax.HCL),
        ("main.tf", "", Syntax.HCL),
        ("main.tf.json", "{}", Syntax.JSON),
        ("deploy/.env.prod", "A=1", Syntax.LINES),
        ("prod.params", "A=1", Syntax.LINES),
        ("app.json", '{"id": 1}', Syntax.JSON),
        ("templates/web.yaml", "{{ if .x }}", Syntax.YAML),
    ],
)
def test_the_syntax_of_a_file(path: str, text: str, syntax: Syntax) -> None:
    assert syntax_of(path, text) is syntax


def test_a_place_is_a_line_and_a_column() -> None:
    assert offset_of("ab\ncd\n", 2, 2) == 4
    assert offset_of("ab\n", 3, 1) is None


def replaced(text: str, offset: int, syntax: Syntax, value: str, *, is_text: bool = True) -> str:
    written = find_written(text, offset, syntax)
    assert written is not None
    way = write_value(text, written, syntax, value, is_text=is_text)[0]
    return text[: written.start] + way + text[written.end :]


def test_a_value_is_written_in_the_style_of_the_old_one() -> None:
    assert replaced("a: 'x'  # c\n", 3, Syntax.YAML, "it's") == "a: 'it''s'  # c\n"
    assert replaced("a: x\n", 3, Syntax.YAML, "true") == 'a: "true"\n'
    assert replaced("a: 1\n", 3, Syntax.YAML, "2", is_text=False) == "a: 2\n"
    assert replaced("a: |\n    x\n    y\nb: 1\n", 3, Syntax.YAML, "z\n\n  w\n") == "a: |\n    z\n\n      w\nb: 1\n"
    assert replaced('a = "x"\n', 4, Syntax.HCL, "${y}") == 'a = "$${y}"\n'
    assert replaced("A=1\n", 2, Syntax.LINES, "x y") == 'A="x y"\n'


TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n\t"), max_size=20)


@given(TEXTS, st.sampled_from(["plain", '"double"', "'single'"]))
def test_yaml_reads_what_was_written(value: str, old: str) -> None:
    assert yaml.safe_load(replaced(f"a: {old}\nb: 1\n", 3, Syntax.YAML, value)) == {"a": value, "b": 1}


@given(TEXTS)
def test_json_reads_what_was_written(value: str) -> None:
    assert json.loads(replaced('{"a": "x", "b": 1}', 6, Syntax.JSON, value)) == {"a": value, "b": 1}
