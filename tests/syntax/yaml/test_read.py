"""Structure: documents, anchors, merge keys, tags, block and flow styles; and where each value was written."""

from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one, parse_yaml

BOTH = [Dialect.KUBERNETES, Dialect.COMPOSE]


def data_of(text: str, dialect: Dialect = Dialect.COMPOSE) -> Any:
    return to_data(parse_one(text, "f.yaml", dialect).root)


def mapping_of(text: str, dialect: Dialect = Dialect.COMPOSE) -> Mapping:
    root = parse_one(text, "f.yaml", dialect).root
    assert isinstance(root, Mapping)
    return root


def find(node: Node | None, *path: str | int) -> Node:
    """Give the node under keys and indexes."""
    for step in path:
        node = node[step] if isinstance(node, Sequence | Mapping) else None  # type: ignore[index]
    assert node is not None
    return node


# Chapter 2 of the YAML 1.2 specification, as far as plain data goes.
SAMPLES: list[tuple[str, Any]] = [
    ("- Mark McGwire\n- Sammy Sosa\n", ["Mark McGwire", "Sammy Sosa"]),
    ("hr:  65    # Home runs\navg: 0.278 # Batting average\n", {"hr": 65, "avg": 0.278}),
    (
        "american:\n- Red Sox\n- Tigers\nnational:\n  - Mets\n",
        {"american": ["Red Sox", "Tigers"], "national": ["Mets"]},
    ),
    ("-\n  name: Mark\n  hr: 65\n-\n  name: Sammy\n", [{"name": "Mark", "hr": 65}, {"name": "Sammy"}]),
    ("- [name, hr]\n- [Mark, 65]\n", [["name", "hr"], ["Mark", 65]]),
    ("Mark: {hr: 65, avg: 0.278}\n", {"Mark": {"hr": 65, "avg": 0.278}}),
    ("- item: Hoop\n  quantity: 1\n- item: Ball\n", [{"item": "Hoop", "quantity": 1}, {"item": "Ball"}]),
    ("--- |\n  \\//||\\/||\n  // ||  ||__\n", "\\//||\\/||\n// ||  ||__\n"),
    ("--- >\n  Mark was\n  folded.\n\n  Twice.\n", "Mark was folded.\nTwice.\n"),
    ("a: |-\n  x\n\n  y\nb: |+\n  z\n\nc: |2\n   w\n", {"a": "x\n\ny", "b": "z\n\n", "c": " w\n"}),
    (
        'unicode: "Sosa did fine.\\u263A"\ncontrol: "\\b1998\\t"\n',
        {"unicode": "Sosa did fine.☺", "control": "\b1998\t"},
    ),
    ("single: '\"Howdy!\" he''s'\n", {"single": '"Howdy!" he\'s'}),
    ("plain:\n  This unquoted scalar\n  spans lines.\n", {"plain": "This unquoted scalar spans lines."}),
    ("? a\n: 1\n? b\n", {"a": 1, "b": None}),
    ("a: \nb: ~\nc: ''\n", {"a": None, "b": None, "c": ""}),
    ('{"a":1,"b":[true,null]}', {"a": 1, "b": [True, None]}),
    ("a: http://x:80/y#z # c\n", {"a": "http://x:80/y#z"}),
    ("[]", []),
    ("{}", {}),
    ("a:\r\n  b: 1\r\n  c: |\r\n    x\r\n    y\r\n", {"a": {"b": 1, "c": "x\ny\n"}}),
    ("%YAML 1.2\n---\na: 1\n", {"a": 1}),
]


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize(("text", "expected"), SAMPLES)
def test_samples(text: str, expected: Any, dialect: Dialect) -> None:
    assert data_of(text, dialect) == expected


def test_documents_and_their_origins() -> None:
    documents = parse_yaml("# c\na: 1\n---\nb: 2\n---\n# empty\n---\n- c\n...\n", "f.yaml", Dialect.KUBERNETES)
    assert [to_data(document.root) for document in documents] == [{"a": 1}, {"b": 2}, None, ["c"]]
    assert [document.root is None for document in documents] == [False, False, True, False]
    assert [document.origin.line for document in documents] == [2, 3, 5, 7]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "\ufeff"])
def test_a_text_without_documents(text: str) -> None:
    assert parse_yaml(text, "f.yaml", Dialect.COMPOSE) == []
    assert parse_one(text, "f.yaml", Dialect.COMPOSE).root is None


def test_an_empty_document_differs_from_an_empty_string() -> None:
    assert parse_one("---\n", "f.yaml", Dialect.COMPOSE).root is None
    assert parse_one("''", "f.yaml", Dialect.COMPOSE).root is not None


def test_one_document_means_one() -> None:
    with pytest.raises(InvalidInput, match=r"^f\.yaml:2:1: a second document"):
        parse_one("a: 1\n---\nb: 1\n", "f.yaml", Dialect.COMPOSE)


# Line and column, from 1, of the value under a path.
PLACES: list[tuple[str, tuple[str | int, ...], tuple[int, int]]] = [
    ("a: 1\nb:\n  c: x\n", ("b", "c"), (3, 6)),
    ("a: 1\nb:\n  c: x\n", ("b",), (3, 3)),
    ("- a\n-   b\n", (1,), (2, 5)),
    ("- a: 1\n  b: 2\n", (0,), (1, 3)),
    ("- a: 1\n  b: 2\n", (0, "b"), (2, 6)),
    ("a: {b: [1,  2]}", ("a", "b", 1), (1, 13)),
    ("a: {b: [1,  2]}", ("a", "b"), (1, 8)),
    ("a:\n  - |\n    x\n    y\n  - >-\n    z\n", ("a", 0), (2, 5)),
    ("a:\n  - |\n    x\n    y\n  - >-\n    z\n", ("a", 1), (5, 5)),
    ('漢字: "x"\n', ("漢字",), (1, 5)),
    ("{😀: a, ü: b}", ("ü",), (1, 11)),
    ("a:\tx\n", ("a",), (1, 4)),
    ("[\ta,\n\tb]", (1,), (2, 2)),
    ("a:\r\n  b:\r\n    - c\r\n", ("a", "b", 0), (3, 7)),
    ("\ufeffa: b\n", ("a",), (1, 4)),
    ("a:\nb: 1\n", ("a",), (1, 3)),
    ("a: &x b\nc: *x\n", ("c",), (1, 4)),
    ("a: &x\n  b: 1\n", ("a",), (1, 4)),
    ("a: !!str  b\n", ("a",), (1, 4)),
    ("a: >\n  x\n\nb: 'y\n  z'\nc: 1\n", ("c",), (6, 4)),
    ("x: &x\n  k: v\ny: *x\n", ("y", "k"), (2, 6)),
    ("x: &x {k: v}\ny:\n  <<: *x\n  l: w\n", ("y", "k"), (1, 11)),
    ("x: &x {k: v}\ny:\n  <<: *x\n  l: w\n", ("y", "l"), (4, 6)),
]


@pytest.mark.parametrize(("text", "path", "place"), PLACES)
def test_values_know_where_they_were_written(text: str, path: tuple[str | int, ...], place: tuple[int, int]) -> None:
    origin = find(parse_one(text.encode(), "f.yaml", Dialect.COMPOSE).root, *path).origin
    assert (origin.file, origin.line, origin.column) == ("f.yaml", *place)


def test_keys_know_where_they_were_written() -> None:
    root = mapping_of("a: 1\n'b c':\n  - 漢: {d: 1}\n")
    assert [(key, node.origin.line, node.origin.column) for key, node in root.keys.items()] == [
        ("a", 1, 1),
        ("b c", 2, 1),
    ]
    inner = find(root, "b c", 0, "漢")
    assert isinstance(inner, Mapping)
    assert str(inner.keys["d"].origin) == "f.yaml:3:9"


def test_keys_brought_by_a_merge_are_where_the_anchor_has_them() -> None:
    root = find(mapping_of("x: &x {k: v}\ny:\n  <<: *x\n"), "y")
    assert isinstance(root, Mapping)
    assert list(root.keys) == ["<<", "k"]
    assert str(root.keys["k"].origin) == "f.yaml:1:8"


def test_an_alias_is_the_anchor_itself() -> None:
    root = mapping_of("a: &a [1]\nb: *a\nc: &c text\nd: *c\n")
    assert root["a"] is root["b"]
    assert root["c"] is root["d"]


def test_an_anchor_may_be_defined_again() -> None:
    assert data_of("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_anchors_end_with_their_document() -> None:
    with pytest.raises(InvalidInput, match=r"^f\.yaml:3:1: alias \*a has no anchor"):
        parse_yaml("&a 1\n---\n*a\n", "f.yaml", Dialect.COMPOSE)


_MERGED = {"a": 1, "b": 2}
# As sigs.k8s.io/yaml and go-yaml v3 merge.
MERGES: list[tuple[str, Any, Any]] = [
    ("<<: {a: 1}\na: 2\n", {"a": 2}, {"a": 2}),
    ("a: 1\n<<: {a: 3, b: 2}\n", {"a": 3, "b": 2}, {"a": 1, "b": 2}),
    ("<<: [{a: 1}, {a: 2, b: 1}]\n", {"a": 1, "b": 1}, {"a": 1, "b": 1}),
    ("a: 0\n<<: [{a: 1}, {a: 2, b: 1}]\nb: 7\n", {"a": 1, "b": 7}, {"a": 0, "b": 7}),
    ('"<<": {a: 1}\n', {"<<": {"a": 1}}, {"<<": {"a": 1}}),
    ("!!merge <<: {a: 1}\n", {"a": 1}, {"a": 1}),
    ("!!str <<: {a: 1}\n", {"<<": {"a": 1}}, {"<<": {"a": 1}}),
    ("<<: []\nb: 1\n", {"b": 1}, {"b": 1}),
    ("a: <<\n", {"a": "<<"}, {"a": "<<"}),
    ("x: &x {<<: {a: 1}, b: 2}\nz: {<<: *x}\n", {"x": _MERGED, "z": _MERGED}, {"x": _MERGED, "z": _MERGED}),
    ("<<: {a: 1}\n<<: {b: 2}\n", {"a": 1, "b": 2}, None),
    ("<<: 1\n", None, None),
    ("<<: [1]\n", None, None),
    ("<<: ~\n", None, None),
]


@pytest.mark.parametrize(("text", "kubernetes", "compose"), MERGES)
def test_merge_keys(text: str, kubernetes: Any, compose: Any) -> None:
    for dialect, expected in ((Dialect.KUBERNETES, kubernetes), (Dialect.COMPOSE, compose)):
        if expected is None:
            with pytest.raises(InvalidInput):
                data_of(text, dialect)
        else:
            assert data_of(text, dialect) == expected


def test_a_key_is_still_a_duplicate_after_a_merge() -> None:
    with pytest.raises(InvalidInput, match=r"^f\.yaml:3:1: key 'a' is written twice in one mapping, first at line 2"):
        data_of("<<: {a: 1}\na: 2\na: 3\n")


def test_compose_keeps_its_own_tags() -> None:
    root = mapping_of("a: !reset []\nb: !override {c: 1}\nd: !reset null\ne: !override [x]\nf: 1\n")
    assert {key: node.tag for key, node in root.items()} == {
        "a": "!reset",
        "b": "!override",
        "d": "!reset",
        "e": "!override",
        "f": None,
    }
    assert to_data(root) == {"a": [], "b": {"c": 1}, "d": None, "e": ["x"], "f": 1}


UNKNOWN_TAGS = ["!foo", "!!python/object:os.system", "!!set", "!!omap", "!<tag:example.com,2000:x>", "!Ref"]


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("tag", UNKNOWN_TAGS)
@pytest.mark.parametrize("value", ["x", "[x]", "{x: 1}"])
def test_unknown_tags_are_refused(tag: str, value: str, dialect: Dialect) -> None:
    with pytest.raises(InvalidInput, match=r"^f\.yaml:1:4: unknown tag "):
        data_of(f"a: {tag} {value}\n", dialect)


@pytest.mark.parametrize("tag", ["!reset", "!override"])
def test_composes_tags_are_unknown_to_kubernetes(tag: str) -> None:
    with pytest.raises(InvalidInput, match="unknown tag " + tag):
        data_of(f"a: {tag} []\n", Dialect.KUBERNETES)


def test_standard_tags_of_collections() -> None:
    assert data_of("a: !!seq [1]\nb: !!map {c: 1}\nd: ! [2]\n") == {"a": [1], "b": {"c": 1}, "d": [2]}
    for text in ("!!seq {a: 1}", "!!map [1]", "!!str [1]"):
        with pytest.raises(InvalidInput, match="is not what its tag"):
            data_of(text)


def test_binary_is_text_or_refused() -> None:
    assert data_of("!!binary |\n  aGVs\n  bG8=\n") == "hello"
    with pytest.raises(InvalidInput, match="not text"):
        data_of("!!binary /w==")


def test_scalars_say_what_they_are() -> None:
    root = mapping_of("a: 1\n")
    assert repr(root["a"]) == "Scalar(1 at f.yaml:1:4)"
    assert isinstance(root["a"], Scalar)
    assert "a" in root
    assert len(root) == 1
    assert root.get("b") is None
