"""The grammar of `--set`: what it sets, in which types, and what it refuses (the real helm's words: tests/conformance)."""

from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.helm.set_values import rename_files, set_json, set_values, text_value, typed_value
from isomorph.syntax.tree import Mapping, Scalar, to_data


def parse(text: str) -> Any:
    values = Mapping(Origin("values.yaml"), {}, {})
    set_values(text, values, typed_value, "set")
    return to_data(values)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a=1,b=x", {"a": 1, "b": "x"}),
        ("a=true,b=FALSE,c=null,d=", {"a": True, "b": False, "c": None, "d": ""}),
        ("a=0,b=007,c=-3,d=1.5,e=0x1", {"a": 0, "b": "007", "c": -3, "d": "1.5", "e": "0x1"}),
        ("a=9223372036854775807,b=9223372036854775808", {"a": 2**63 - 1, "b": "9223372036854775808"}),
        ("a=١", {"a": "١"}),
        ("a.b.c=1,a.b.d=2", {"a": {"b": {"c": 1, "d": 2}}}),
        ("a={x,2,true}", {"a": ["x", 2, True]}),
        ("a={x},b=1", {"a": ["x"], "b": 1}),
        ("a[1]=x", {"a": [None, "x"]}),
        ("a[0].b=1,a[0].c=2,a[1].b=3", {"a": [{"b": 1, "c": 2}, {"b": 3}]}),
        ("a[1][0]=x", {"a": [None, ["x"]]}),
        (r"a=x\,y\\,b\.c=1", {"a": "x,y\\", "b.c": 1}),
        ("a=b=c", {"a": "b=c"}),
        ("", {}),
    ],
)
def test_what_is_set(text: str, values: dict[str, Any]) -> None:
    assert parse(text) == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "'a' has no value"),
        ("a,b=1", "'a' has no value, and a comma follows it"),
        ("a[x]=1", "'x' is no index of a list"),
        ("a[-1]=1", "an index is a number from 0 to 65536"),
        ("a[65537]=1", "an index is a number from 0 to 65536"),
        ("a[0]b=1", "'b' follows an index"),
        ("a[0]", "an index has no value"),
        ("a={x,y", "a list in braces has no end"),
        ("a=1,a.b=2", "'a' is no mapping, and something inside of it is set"),
        ("a=1,a[0]=2", "'a' is no list, and is set by an index"),
        (".".join("a" * 32) + "=1", "the name has more than 30 parts"),
        ("a" + "[0]" * 40 + "=1", "the name has more than 30 parts"),
    ],
)
def test_what_means_nothing_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert caught.value.message.endswith(message)


@pytest.mark.parametrize("text", ["password={hunter2", "password=hunter2,b", "password=hunter2,a[0]b=hunter2"])
def test_no_message_repeats_a_value(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert "hunter2" not in str(caught.value)


def test_a_value_knows_the_option_and_name_that_set_it() -> None:
    values = Mapping(Origin("values.yaml"), {}, {})
    set_values("image.tag=2,list={a}", values, text_value, "set-string")
    image, listed = values["image"], values["list"]
    assert isinstance(image, Mapping)
    tag = image["tag"]
    assert isinstance(tag, Scalar)
    assert (tag.value, tag.origin) == ("2", Origin("?set-string=image.tag"))
    assert listed.origin == Origin("?set-string=list")


def test_values_in_json() -> None:
    values = Mapping(Origin("values.yaml"), {}, {})
    set_json('a={"b": [1, null]} ,c="x,y",d=,e=2.5', values)
    assert to_data(values) == {"a": {"b": [1, None]}, "c": "x,y", "d": None, "e": 2.5}
    for text in ("a={x", "a=" + "[" * 100_000):
        with pytest.raises(InvalidInput, match="the value is no JSON"):
            set_json(text, values)


def test_the_files_of_set_file_get_other_names() -> None:
    text = r"a=x/one.txt,b.c={two.txt,three\,3.txt}"
    assert rename_files(text, lambda path: f"<{path}>") == "a=<x/one.txt>,b.c={<two.txt>,<three,3.txt>}"
