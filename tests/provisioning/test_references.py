"""Placeholders in params."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.score.placeholders import parse_placeholders
from isomorph.provisioning.references import (
    Reference,
    find_metadata,
    find_uids,
    join_path,
    parse_references,
    print_value,
    split_path,
    substitute,
    suggest,
)
from isomorph.provisioning.uids import Declared, list_resources
from tests.provisioning.provisioners import web


def reference(written: str) -> Reference:
    return Reference(split_path(written), written)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("plain", ["plain"]),
        ("${resources.db.host}", [reference("resources.db.host")]),
        ("a${metadata.name}b", ["a", reference("metadata.name"), "b"]),
        ("$$", ["$"]),
        ("$${x}", ["$", "{x}"]),
        ("$$${x.y}", ["$", reference("x.y")]),
        ("${a} ${b", [reference("a"), " ", "$", "{b"]),
        ("${b $$ ${c", ["$", "{b $ ${c"]),
        ("$HOME", ["$", "HOME"]),
        ("end$", ["end", "$"]),
    ],
)
def test_a_text_in_parts(text: str, parts: list[str | Reference]) -> None:
    assert parse_references(text) == parts


@given(st.text(alphabet="$${}.a\\b ", max_size=40))
def test_params_and_texts_have_one_grammar(text: str) -> None:
    """The reader of Score files expands the texts of containers: the same characters must mean the same in params."""
    meant = parse_placeholders(text, lambda path, written: f"<{path}{written}>")
    ours = "".join(part if isinstance(part, str) else f"<{part.path}{part.written}>" for part in parse_references(text))
    assert ours == meant


@given(st.lists(st.text(alphabet="ab.", min_size=1), min_size=1))
def test_paths_are_spelled_so_that_they_split_again(path: list[str]) -> None:
    assert split_path(join_path(path)) == tuple(path)


def declared(params: str, others: str = "dns: {type: dns}\nmy-db: {type: postgres}") -> Declared:
    return list_resources(web(f"it:\n  type: route\n  params: {params}\n{others}"))["route.default#web.it"]


@pytest.mark.parametrize(
    ("params", "uids"),
    [
        ("{}", ()),
        ("{a: 1, b: [x, null]}", ()),
        ("{a: '${metadata.name}'}", ()),
        ("{a: '$${resources.dns.host}'}", ()),
        ("{a: '${resources.dns.host}'}", ("dns.default#web.dns",)),
        ("{a: [{b: '${resources.dns.host}/${resources.dns.port}'}]}", ("dns.default#web.dns",)),
        (
            r"{b: '${resources.my-db.a\.b}', a: '${resources.dns.host}'}",
            ("postgres.default#web.my-db", "dns.default#web.dns"),
        ),
        ("{a: '${resources.it.x}'}", ("route.default#web.it",)),
    ],
)
def test_what_params_refer_to(params: str, uids: tuple[str, ...]) -> None:
    assert find_uids(declared(params)) == uids


def broken(text: str) -> Declared:
    """A resource whose params were checked by no reader."""
    right = declared("{a: {b: [x]}}")
    from msgspec.structs import replace

    return replace(right, resource=replace(right.resource, parameters={"a": {"b": ["x", text]}}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${resources.dsn.host}", "there is no resource 'dsn' (did you mean dns? workload web has it, dns, my-db)"),
        ("${resource.dns.host}", "unknown root 'resource' (use metadata or resources, or write $$"),
        ("${NAME}", "unknown root 'NAME'"),
        ("${resources}", "a name must follow resources (write ${resources.NAME})"),
    ],
)
def test_a_placeholder_that_names_nothing(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        find_uids(broken(text))
    assert error.value.origin == Origin("a.score.yaml", 7, 3)
    assert f"resource route.default#web.it: params.a.b.1: {text}: {said}" in str(error.value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("metadata.name", "web"),
        (r"metadata.annotations.example\.com/team", "shop"),
        ("metadata.tier", 2),
        ("metadata.annotations", {"example.com/team": "shop"}),
    ],
)
def test_metadata(written: str, value: Any) -> None:
    assert find_metadata(reference(written), declared("{}").scope) == value


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("metadata.nmae", ("there is no key 'nmae'", "did you mean name? there are name, annotations, tier")),
        ("metadata.name.x", ("metadata.name is a value and has no keys", "")),
    ],
)
def test_metadata_that_is_not_there(written: str, said: tuple[str, str]) -> None:
    with pytest.raises(LookupError) as error:
        find_metadata(reference(written), declared("{}").scope)
    assert error.value.args == said


def test_substitution_goes_into_values_and_not_into_keys() -> None:
    data = {"$a": ["$b", {"c": "$d"}, 1, None, "e"], "f": "g"}
    places: list[tuple[str, ...]] = []

    def change(text: str, place: tuple[str, ...]) -> str:
        places.append(place)
        return text.upper()

    assert substitute(data, change) == {"$a": ["$B", {"c": "$D"}, 1, None, "e"], "f": "g"}
    assert places == [("params", "$a", "0"), ("params", "$a", "1", "c")]
    assert data == {"$a": ["$b", {"c": "$d"}, 1, None, "e"], "f": "g"}


def test_data_without_placeholders_is_not_copied() -> None:
    data = {"a": [1, {"b": "c"}]}
    assert substitute(data, lambda text, place: text) is data


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (5432, "5432"), (1.5, "1.5"), (True, "true"), (None, "null"), ({"b": 1, "a": [2]}, '{"a":[2],"b":1}')],
)
def test_values_in_texts(value: Any, text: str) -> None:
    assert print_value(value) == text


def test_what_is_near_and_what_there_is() -> None:
    assert suggest("hots", ["port", "host"]) == "did you mean host? there are port, host"
    assert suggest("zzz", ["port", "host"]) == "there are port, host"
    assert suggest("x", [], "it has") == "it has none"
    many = suggest("n", [f"name{index}" for index in range(20)])
    assert many.endswith("name11 and 8 more")
