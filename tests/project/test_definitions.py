"""How definitions are named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.errors import UsageError
from isomorph.platforms.table import PLATFORMS
from isomorph.project.definitions import (
    NamedDefinition,
    escape,
    parse_definition,
    print_definition,
    unescape,
)

NAMED = [
    ("docker-compose.yml", NamedDefinition("docker-compose.yml")),
    ("-", NamedDefinition("-")),
    ("compose:-", NamedDefinition("-", platform="compose")),
    ("local=compose:a.yml", NamedDefinition("a.yml", "local", "compose")),
    ("local=a.yml", NamedDefinition("a.yml", "local")),
    ("compose:a=b.yml", NamedDefinition("a=b.yml", platform="compose")),
    ("deploy/a=b.yml", NamedDefinition("deploy/a=b.yml")),
    ("a=b=c.yml", NamedDefinition("b=c.yml", "a")),
    ("a b=c.yml", NamedDefinition("a b=c.yml")),
    ("=c.yml", NamedDefinition("=c.yml")),
    ("C:/project/compose.yml", NamedDefinition("C:/project/compose.yml")),
    ("unknown:a.yml", NamedDefinition("unknown:a.yml")),
    ("./compose:a?profile=dev", NamedDefinition("./compose:a?profile=dev")),
    ("compose:./a?profile=dev", NamedDefinition("./a", None, "compose", {"profile": ("dev",)})),
    (
        "compose:docker-compose.yml?profile=dev&env-file=.env&file=override.yml",
        NamedDefinition(
            "docker-compose.yml",
            None,
            "compose",
            {"profile": ("dev",), "env-file": (".env",), "file": ("override.yml",)},
        ),
    ),
    (
        "compose:a?profile=dev&profile=test",
        NamedDefinition("a", None, "compose", {"profile": ("dev", "test")}),
    ),
    ("compose:what?.yml", NamedDefinition("what?.yml", platform="compose")),
    ("compose:a?b?profile=x", NamedDefinition("a?b", None, "compose", {"profile": ("x",)})),
    ("compose:a?profile=x?y", NamedDefinition("a", None, "compose", {"profile": ("x?y",)})),
    ("kubernetes:a?profile=x", NamedDefinition("a?profile=x", platform="kubernetes")),
    ("a%3Fprofile=x", NamedDefinition("a?profile=x")),
    ("compose:100%25.yml?profile=a%26b", NamedDefinition("100%.yml", None, "compose", {"profile": ("a&b",)})),
    ("compose:50%.yml", NamedDefinition("50%.yml", platform="compose")),
    ("compose:a?profile=", NamedDefinition("a", None, "compose", {"profile": ("",)})),
]


@pytest.mark.parametrize(("text", "expected"), NAMED, ids=[text for text, _ in NAMED])
def test_parts(text: str, expected: NamedDefinition) -> None:
    assert parse_definition(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\0b", "null character"),
        ("", "names no file or folder"),
        ("compose:", "names no file or folder"),
        ("local=", "names no file or folder"),
        ("compose:?profile=dev", "names no file or folder"),
        ("compose:a?profile=dev&colour=red", "no option 'colour'; there are file, env-file, profile, project"),
        ("a?profile=dev&colour=red", "no platform's definitions have an option 'colour'"),
        ("compose:a?profile=dev&test", "'test' is no option"),
    ],
)
def test_what_means_nothing_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_definition(text)


texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
options = {
    each.name: st.dictionaries(st.sampled_from(each.options), st.lists(texts, min_size=1, max_size=2).map(tuple))
    if each.options
    else st.just({})
    for each in PLATFORMS
}
paths = texts.filter(bool)
names = st.none() | st.from_regex(r"[A-Za-z0-9_.-]+", fullmatch=True)
definitions = st.sampled_from(PLATFORMS).flatmap(
    lambda row: st.builds(NamedDefinition, paths, names, st.just(row.name), options[row.name])
)


@given(definitions)
@settings(max_examples=100)
def test_what_is_printed_is_read_back(definition: NamedDefinition) -> None:
    assert parse_definition(print_definition(definition)) == definition


@given(st.text())
@settings(max_examples=100)
def test_escapes_are_read_back(text: str) -> None:
    assert unescape(escape(text)) == text
    assert not set("?&") & set(escape(text))


@given(st.text(alphabet="ab=:/?&%.-_compsekubrntf", max_size=30))
@settings(max_examples=100)
def test_any_text_is_a_definition_or_a_usage_error(text: str) -> None:
    try:
        definition = parse_definition(text)
    except UsageError:
        return
    assert definition.path
