"""Placeholders, as the reference implementation understands them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Output, Text, make_text
from isomorph.platforms.score.placeholders import make_resolver, parse_placeholders, print_placeholders, split_reference

METADATA = {"name": "web", "annotations": {"example.com/team": "shop"}, "tiers": [1, 2], "size": 3}
RESOURCES = {"db": "postgres.default#web.db", "a.b": "x.default#web.a.b"}
HERE = Origin("score.yaml", 4, 7)


def parse(text: str) -> Text:
    return parse_placeholders(text, make_resolver(METADATA, RESOURCES, lambda: HERE))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${metadata.name}", "web"),
        ("a ${metadata.name} b", "a web b"),
        (r"${metadata.annotations.example\.com/team}", "shop"),
        ("${metadata.tiers}", "[1,2]"),
        ("${metadata.size}", "3"),
        ("${resources.db.host}", (Output(RESOURCES["db"], "host"),)),
        ("${resources.db.tls.ca}", (Output(RESOURCES["db"], "tls.ca"),)),
        (r"${resources.a\.b.c\.d}", (Output(RESOURCES["a.b"], r"c\.d"),)),
        ("${resources.db}", (Output(RESOURCES["db"]),)),
        ("pg://${resources.db.host}:5", ("pg://", Output(RESOURCES["db"], "host"), ":5")),
        ("$$", "$"),
        ("$${metadata.name}", "${metadata.name}"),
        ("$$${metadata.name}", "$web"),
        ("$$$$", "$$"),
        ("$HOME and $", "$HOME and $"),
        ("${unclosed", "${unclosed"),
        ("$(X)", "$(X)"),
        ("$$_$${fizzbuzz}", "$_${fizzbuzz}"),
    ],
)
def test_what_a_text_means(written: str, meant: Text) -> None:
    assert parse(written) == meant


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("${NAME}", "unknown root 'NAME'", "write $$ for a dollar that is meant"),
        ("${}", "unknown root ''", "$$"),
        ("${metadata}", "a name must follow metadata", "${metadata.NAME}"),
        ("${metadata.nmae}", "there is no key 'nmae'", "there are name, annotations, tiers, size"),
        ("${metadata.name.x}", "metadata.name is a value and has no keys", ""),
        ("${resources.bd.host}", "there is no resource 'bd'", "there are db, a.b"),
    ],
)
def test_a_placeholder_that_names_nothing(written: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(f"x {written}")
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.origin == HERE


def test_a_dot_in_a_key_is_escaped() -> None:
    assert split_reference(r"metadata.annotations.example\.com/team") == ("metadata", "annotations", "example.com/team")


@given(
    st.lists(
        st.one_of(
            st.text("$${}().ab ", max_size=8),
            st.builds(
                Output, st.sampled_from(sorted(RESOURCES.values())), st.sampled_from(["host", "tls.ca", r"a\.b"])
            ),
        )
    )
)
def test_what_is_written_is_read_back(parts: list[str | Output]) -> None:
    text = make_text([*parts])
    names = {uid: name for name, uid in RESOURCES.items()}
    assert parse(print_placeholders(text, names)) == text
