"""What a scalar is to each family of tools, against what their own libraries said (typing/README.md)."""

import json
from math import inf, isinf, isnan, nan
from pathlib import Path
from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.tree import Mapping, Scalar
from isomorph.syntax.yaml.dialects import Dialect, print_value
from isomorph.syntax.yaml.read import parse_one

ANSWERS = [json.loads(line) for line in Path(__file__).with_name("typing.jsonl").read_text("utf-8").splitlines()]


def read_answer(answer: list[str]) -> Any:
    """Give the Python value that an answer of the Go program names."""
    kind, text = answer[0], answer[-1]
    match kind:
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "float":
            return {"+Inf": inf, "-Inf": -inf, "NaN": nan}.get(text) or float(text)
    return text


def parse(text: str, dialect: Dialect) -> Scalar:
    root = parse_one(text, "f.yaml", dialect).root
    return root if isinstance(root, Scalar) else Scalar(parse_one(text, "f.yaml", dialect).origin, None, "")


@pytest.mark.parametrize("dialect", [Dialect.KUBERNETES, Dialect.COMPOSE])
@pytest.mark.parametrize("answer", ANSWERS, ids=[repr(answer["text"]) for answer in ANSWERS])
def test_scalars_are_typed_as_the_tools_type_them(answer: dict[str, Any], dialect: Dialect) -> None:
    text, expected = answer["text"], answer[dialect.value]
    if expected == ["error"]:
        with pytest.raises(InvalidInput):
            parse(text, dialect)
        return
    value = parse(text, dialect).value
    if expected == ["time"]:  # Compose types dates, and then refuses them wherever a string is wanted: kept as written.
        assert value == text.removeprefix("!!timestamp ")
        return
    wanted = read_answer(expected)
    assert type(value) is type(wanted)
    assert value == wanted or (isnan(wanted) and isnan(value))  # type: ignore[arg-type]


def test_the_text_is_kept_as_written() -> None:
    assert parse("0x1F", Dialect.KUBERNETES).text == "0x1F"
    assert parse("1.50", Dialect.COMPOSE).text == "1.50"
    assert parse('"a\\tb"', Dialect.COMPOSE).text == "a\tb"


def test_only_bare_scalars_are_plain() -> None:
    assert parse("1", Dialect.COMPOSE).plain
    for text in ('"1"', "'1'", "|\n  1", ">\n  1", "!!str 1"):
        assert not parse(text, Dialect.COMPOSE).plain, text


# Kubernetes: docker compose refuses keys that are not strings, other readers of go-yaml v3 take them as written.
KEYS = [
    ("8080", "8080", "8080"),
    ("0x10", "16", "0x10"),
    ("on", "true", "on"),
    ("n", "false", "n"),
    ("1.50", "1.50", "1.50"),
    ("'on'", "on", "on"),
    ("!!str 0x10", "0x10", "0x10"),
    ("a b", "a b", "a b"),
]


@pytest.mark.parametrize(("text", "kubernetes", "compose"), KEYS)
def test_keys_that_are_no_strings(text: str, kubernetes: str, compose: str) -> None:
    for dialect, expected in ((Dialect.KUBERNETES, kubernetes), (Dialect.COMPOSE, compose)):
        root = parse_one(f"{text}: 1", "f.yaml", dialect).root
        assert isinstance(root, Mapping)
        assert list(root) == list(root.keys) == [expected]


@pytest.mark.parametrize("text", [".inf", "-.inf", ".nan", "!!float .inf"])
def test_kubernetes_has_no_infinity_as_json_has_none(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^f\.yaml:1:4: Kubernetes has no number"):
        parse_one(f"a: {text}", "f.yaml", Dialect.KUBERNETES)
    value = parse(text, Dialect.COMPOSE).value
    assert isinstance(value, float)
    assert isinf(value) or isnan(value)


# What docker compose 2.40 printed for these as environment values.
PRINTED = [
    ("1e3", "1000"),
    ("0o14", "12"),
    ("yes", "yes"),
    ("1_000", "1000"),
    ("1.50", "1.5"),
    (".5", "0.5"),
    ("True", "true"),
    ("0x1F", "31"),
    ("99999999999999999999", "1e+20"),
    ("-0.0", "-0"),
    (".inf", "+Inf"),
    ("12345678.5", "1.23456785e+07"),
    ("0.00001", "1e-05"),
    ("999999.0", "999999"),
    ("1000000.0", "1e+06"),
    ("~", ""),
]


@pytest.mark.parametrize(("text", "printed"), PRINTED)
def test_values_are_printed_as_docker_compose_prints_them(text: str, printed: str) -> None:
    assert print_value(parse(text, Dialect.COMPOSE).value) == printed
