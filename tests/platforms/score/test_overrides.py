"""What is laid over a Score file before it is read."""

import pytest

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.context import Context, Source
from isomorph.platforms.score.overrides import apply_overrides, merge, split_path
from isomorph.platforms.score.reader import read
from isomorph.syntax.tree import Node, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_yaml
from tests.memory_context import memory_context

BASE = "a: {b: 1, c.d: [x, y]}\ne: text\n"


def parse(text: str) -> Node:
    root = parse_yaml(text, "score.yaml", Dialect.COMPOSE)[0].root
    assert root is not None
    return root


def override(*properties: str, file: str = "") -> object:
    files = {"over.yaml": file}
    options = {"override-property": properties, **({"overrides-file": ("over.yaml",)} if file else {})}
    return to_data(apply_overrides(parse(BASE), Source("score.yaml", options), memory_context(files)))


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (("a.b=2",), {"a": {"b": 2, "c.d": ["x", "y"]}, "e": "text"}),
        (("a.b='2'",), {"a": {"b": "2", "c.d": ["x", "y"]}, "e": "text"}),
        (("a.b=",), {"a": {"c.d": ["x", "y"]}, "e": "text"}),
        (("e=a=b",), {"a": {"b": 1, "c.d": ["x", "y"]}, "e": "a=b"}),
        ((r"a.c\.d.0=z",), {"a": {"b": 1, "c.d": ["z", "y"]}, "e": "text"}),
        ((r"a.c\.d.0=",), {"a": {"b": 1, "c.d": ["y"]}, "e": "text"}),
        ((r"a.c\.d.-1=z",), {"a": {"b": 1, "c.d": ["x", "y", "z"]}, "e": "text"}),
        (("new.below=[1]",), {"a": {"b": 1, "c.d": ["x", "y"]}, "e": "text", "new": {"below": [1]}}),
        (("new.below=",), {"a": {"b": 1, "c.d": ["x", "y"]}, "e": "text"}),
        (("a=", "e="), {}),
    ],
)
def test_properties(properties: tuple[str, ...], expected: object) -> None:
    assert override(*properties) == expected


def test_a_file_merges_and_null_removes() -> None:
    assert override(file="a: {b: null, n: 1}\ne: {f: g}\n") == {"a": {"c.d": ["x", "y"], "n": 1}, "e": {"f": "g"}}


def test_properties_come_after_the_file() -> None:
    assert override("a=1", file="a: 2\n") == {"a": 1, "e": "text"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.b", "not PATH=VALUE"),
        ("=1", "not PATH=VALUE"),
        ("a..b=1", "not PATH=VALUE"),
        (r"a.c\.d.5=z", "no item '5'"),
        (r"a.c\.d.x=z", "no item 'x'"),
        ("e.below=1", "nothing below score.yaml:2:4"),
    ],
)
def test_what_means_nothing_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        override(text)


def test_a_list_is_no_overrides_file() -> None:
    with pytest.raises(InvalidInput, match="overrides are a mapping"):
        override(file="- a\n")


def test_the_given_tree_stays_as_it_is() -> None:
    root = parse(BASE)
    merge(root, parse("a: {b: 5}"))
    apply_overrides(root, Source("score.yaml", {"override-property": ("a.b=2", "e=")}), memory_context({}))
    assert to_data(root) == to_data(parse(BASE))


def test_paths_split_at_dots_that_are_not_escaped() -> None:
    assert split_path(r"a.b\.c.d\e") == ["a", "b.c", r"d\e"]


def test_the_reader_lays_them_over_and_knows_where_they_stand() -> None:
    score = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers: {web: {image: nginx, variables: {A: x, B: y}}}\n"
    context: Context = memory_context({"score.yaml": score})
    options: dict[str, tuple[str, ...]] = {"override-property": ("containers.web.variables.A=z",)}
    definition = read(Source("score.yaml", options), context)
    assert definition.application.workloads["web"].containers["web"].variables == {"A": "z", "B": "y"}
    origin = definition.origins.find(("workloads", "web", "containers", "web", "variables", "A"))
    assert origin is not None
    assert origin.file == "--override-property containers.web.variables.A"


def score(name: str) -> str:
    return f"apiVersion: score.dev/v1b1\nmetadata: {{name: {name}}}\ncontainers: {{main: {{image: 'nginx:1'}}}}\n"


def images(overrides: str, *names: str, key: str = "overrides-file") -> dict[str, str]:
    """Give the tags of the images of workloads over which a file is laid, each in a file of one folder."""
    files = {f"s/{name}/score.yaml": score(name) for name in names}
    source = Source("s", {key: ("over.yaml",)})
    definition = read(source, memory_context({**files, "over.yaml": overrides}))
    found = {key: each.containers["main"].image for key, each in definition.application.workloads.items()}
    return {key: str(image.tag) for key, image in found.items() if image is not None}


def to(tag: str, name: str = "") -> str:
    return (f"metadata: {{name: {name}}}\n" if name else "") + f"containers: {{main: {{image: 'nginx:{tag}'}}}}\n"


def test_documents_are_laid_over_the_workloads_that_they_name_in_the_order_of_the_file() -> None:
    text = "---\n".join([to("2", "web"), to("3"), to("4", "api")])
    for key in ("overrides-file", "environment-overrides"):
        assert images(text, "web", "api", "db", key=key) == {"web": "3", "api": "4", "db": "3"}


def test_a_name_of_no_workload_is_a_new_name_for_the_only_one() -> None:
    assert images(to("2", "shop"), "web") == {"shop": "2"}


def test_other_workloads_documents_are_passed_over_where_its_own_is_there() -> None:
    assert images("---\n".join([to("2", "api"), to("3", "web"), to("4", "db")]), "web") == {"web": "3"}


def test_a_workloads_place_is_where_it_was_written_first() -> None:
    context = memory_context({"score.yaml": score("web"), "over.yaml": to("2", "web")})
    definition = read(Source("score.yaml", {"overrides-file": ("over.yaml",)}), context)
    assert str(definition.origins.find(("workloads", "web"))).startswith("score.yaml:")
    assert str(definition.origins.find(("workloads", "web", "containers", "main", "image"))).startswith("over.yaml:2:")


@pytest.mark.parametrize(
    ("text", "names"),
    [(to("2", "shop"), ("web", "api")), ("---\n".join([to("2", "a"), to("3", "b")]), ("web",))],
)
def test_a_name_that_may_be_of_several_is_refused(text: str, names: tuple[str, ...]) -> None:
    with pytest.raises(
        InvalidInput, match=r"over\.yaml:1:18: the overrides are for a workload '(shop|a)', which is none"
    ):
        images(text, *names)
