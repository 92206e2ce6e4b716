"""The text of templates and values: what stands as it is stays so through the engine, and lists are laid over each other."""

from typing import Any

import pytest

from isomorph.platforms.helm.write_lift import all_same, merge_names, to_camel
from isomorph.platforms.helm.write_nodes import Block, Guarded, Inline, Splice, guard, print_template
from isomorph.platforms.helm.write_pod import split_image
from isomorph.platforms.helm.write_surroundings import print_chart
from isomorph.platforms.helm.write_values import ABSENT, Values
from isomorph.platforms.platform import OutputFile
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.platforms.helm.rendered import render

MISREAD = [
    *("{{", "{{{", "{{{{", "}}", "{{ fail `x` }}", "{{- x -}}", "{{/*", '{{ "{{" }}', "{", "a{{b}}c\n{{d\n"),
    *("no", "1e3", "0x1f", "~", "", " ", "\n", "a\n", "a\n\n", "a\n \n", "\n a", "a \n", "\t", "- a", "a: b", "#", "é😀\u2028"),
]  # fmt: skip


def through_helm(node: dict[str, Any], values: str = "{}\n") -> Any:
    """Give what the engine makes of a template of one object."""
    text = print_template({"kind": "Thing", "metadata": {"name": "thing"}, **node})
    files = {
        "Chart.yaml": print_chart("shop", "1", "a chart", ""),
        "values.yaml": values,
        "templates/thing.yaml": text,
    }
    (found,) = render({path: OutputFile(path, content) for path, content in files.items()})
    return {key: value for key, value in found.items() if key not in ("kind", "metadata")}


@pytest.mark.parametrize("text", MISREAD)
def test_texts_stay_as_they_are(text: str) -> None:
    data = {"value": text, "list": [text, {"key": text}], f"key {text}": 1}
    assert through_helm({"data": data}) == {"data": data}


@pytest.mark.parametrize("text", MISREAD)
def test_what_follows_takes_nothing_away(text: str) -> None:
    data = {"first": text, "gone": Guarded("if false", 1), "items": [text, Guarded("if false", 1)], "last": Inline("1")}
    assert through_helm({"data": data}) == {"data": {"first": text, "items": [text], "last": 1}}


def test_pieces_stand_where_they_are_put() -> None:
    node = {
        "spread": {"\0more": Splice("toYaml .Values.map"), "own": 1},
        "items": [{"\0more": Splice("toYaml .Values.map")}, Splice("toYaml .Values.list"), Inline(".Values.one")],
        "block": Block("toYaml .Values.list"),
        "empty": Block("toYaml .Values.nothing"),
        "loop": [Guarded("range $key, $value := .Values.map", {"name": Inline("$key"), "value": Inline("$value")})],
    }
    values = "map: {a: 1, b: 2}\nlist: [p, q]\none: 1\nnothing: {}\n"
    assert through_helm(node, values) == {
        "spread": {"a": 1, "b": 2, "own": 1},
        "items": [{"a": 1, "b": 2}, "p", "q", 1],
        "block": ["p", "q"],
        "empty": {},
        "loop": [{"name": "a", "value": 1}, {"name": "b", "value": 2}],
    }


def test_a_whole_template_may_be_switched_off() -> None:
    assert guard("a: 1\n", ".Values.on") == "{{- if .Values.on }}\na: 1\n{{- end }}\n"


@pytest.mark.parametrize("text", MISREAD)
def test_values_are_read_as_they_were(text: str) -> None:
    values = Values(("one", "other"))
    given = {"text": text, "list": [text], "deep": {"list": [{"key": text}]}}
    values.put(("section", "given"), {"one": given, "other": {"text": text + "x"}})
    values.put(("after",), {"one": 1, "other": 1})
    printed = parse_one(values.print("a header").encode(), "values.yaml", Dialect.KUBERNETES).root
    assert to_data(printed) == {"section": {"given": given}, "after": 1}
    differing = {"section": {"given": {"text": text + "x", "list": None, "deep": None}}}
    assert values.differences("other") == differing


def test_what_an_environment_lacks_altogether_is_as_elsewhere() -> None:
    values = Values(("one", "two", "three"))
    values.put(("a", "b"), {"two": 2, "three": ABSENT})
    assert values.trees == {"one": {"a": {"b": 2}}, "two": {"a": {"b": 2}}, "three": {"a": {}}}


def test_two_values_of_one_name_stay_apart() -> None:
    values = Values(("one",))
    assert values.put(("a", "b"), {"one": 1}) == ("a", "b")
    assert values.put(("a", "b"), {"one": 2}) == ("a", "b2")
    assert values.put(("a",), {"one": 3}) == ("a2",)
    assert values.trees["one"] == {"a": {"b": 1, "b2": 2}, "a2": 3}


@pytest.mark.parametrize(
    ("lists", "merged"),
    [
        (["ab", "ab"], "ab"),
        (["ac", "abc"], "abc"),
        (["", "ab"], "ab"),
        (["ab", "ba"], None),
        (["aa"], None),
    ],
)
def test_lists_are_laid_over_each_other_in_an_order_that_is_each_ones(lists: list[str], merged: str | None) -> None:
    views = {str(number): [{"name": letter} for letter in each] for number, each in enumerate(lists)}
    found = merge_names(views)
    assert found == (None if merged is None else list(merged))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("nginx", {"repository": "nginx"}),
        ("nginx:1", {"repository": "nginx", "tag": "1"}),
        ("host:5000/nginx", {"repository": "host:5000/nginx"}),
        ("host:5000/nginx:1@sha256:ab", {"repository": "host:5000/nginx", "tag": "1", "digest": "sha256:ab"}),
        ("nginx:", {"repository": "nginx:"}),
        ("nginx@", {"repository": "nginx@"}),
        (":1", {"repository": ":1"}),
    ],
)
def test_an_images_name_is_taken_apart_without_loss(text: str, parts: dict[str, str]) -> None:
    assert split_image(text) == parts


@pytest.mark.parametrize(
    ("text", "name"),
    [("carts-db", "cartsDb"), ("front_end", "frontEnd"), ("9lives", "x9lives"), ("URL", "url"), ("é", "x"), ("", "x")],
)
def test_values_have_names_that_templates_can_refer_to(text: str, name: str) -> None:
    assert to_camel(text) == name


def test_true_is_not_one() -> None:
    assert not all_same([1, True])
    assert not all_same([{"a": [0]}, {"a": [False]}])
    assert all_same([{"a": 1, "b": 2}, {"b": 2, "a": 1}])
