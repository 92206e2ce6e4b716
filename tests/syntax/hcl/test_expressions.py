"""What expressions are worth, as Terraform says it: tests/conformance asks it for every line of the table."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.hcl.evaluate import Evaluator
from isomorph.syntax.hcl.parse import parse_expression
from isomorph.syntax.hcl.read import read_body
from isomorph.syntax.hcl.scope import Scope
from isomorph.syntax.hcl.values import Pending
from isomorph.syntax.tree import to_data

TABLE = [
    json.loads(line, parse_float=Decimal)
    for line in Path(__file__).with_name("expressions.jsonl").read_text("utf-8").splitlines()
]
VALUES = [row for row in TABLE if "value" in row]
REFUSED = [row["expression"] for row in TABLE if row.get("refused")]

TERRAFORM = Scope(unknown="placeholder")
NOMAD = Scope()


def evaluate(text: str, scope: Scope = TERRAFORM) -> Any:
    expression, parser = parse_expression(text, "f.hcl")
    return Evaluator(parser, scope, {}).value(expression)


def typed(value: Any) -> Any:
    """Give a value such that truth values and numbers do not equal each other."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    return value


@pytest.mark.parametrize("row", VALUES, ids=[row["expression"] for row in VALUES])
def test_expressions_are_worth_what_terraform_says(row: dict[str, Any]) -> None:
    assert typed(evaluate(row["expression"])) == typed(row["value"])


@pytest.mark.parametrize("expression", REFUSED)
def test_what_terraform_refuses_is_refused_at_its_place(expression: str) -> None:
    with pytest.raises(InvalidInput) as error:
        evaluate(expression)
    assert error.value.origin is not None
    assert error.value.origin.file == "f.hcl"


@pytest.mark.parametrize(
    ("expression", "terraform", "nomad"),
    [
        ('index(["a", "b"], "b")', 1, None),
        ('index(["a", "b"], 1)', None, "b"),
        ('replace("a1", "/[0-9]/", "#")', "a#", "a1"),
        ('regex_replace("a1b", "([0-9])", "<$1>")', "a<1>b", "a<1>b"),
        ('coalesce("", "a")', "a", ""),
        ('reverse("abc")', "cba", "cba"),
        ('strlen("abc")', 3, 3),
    ],
)
def test_names_that_mean_different_things_to_nomad(expression: str, terraform: Any, nomad: Any) -> None:
    for scope, expected in ((TERRAFORM, terraform), (NOMAD, nomad)):
        if expected is None:
            with pytest.raises(InvalidInput):
                evaluate(expression, scope)
        else:
            assert evaluate(expression, scope) == expected


#: What Nomad makes of names that only its clients know: tests/conformance asks it for each.
KEPT: dict[str, Any] = {
    "attr.kernel.name": "${attr.kernel.name}",
    '"${attr.kernel.name}"': "${attr.kernel.name}",
    '"${ attr.kernel.name }-x"': "${ attr.kernel.name }-x",
    '"${~ attr.kernel.name ~}"': "${attr.kernel.name}",
    '"${attr.kernel.name /* c */ }"': "${attr.kernel.name}",
    '"${ true ? node.class : meta.b }"': "${node.class}",
    '"a-${env["X"]}-b"': 'a-${env["X"]}-b',
    '"x${ meta.a [0] }"': "x${ meta.a [0] }",
    "meta.a[0].c": "${meta.a[0].c}",
    'upper("${node.class}")': "${NODE.CLASS}",
    "[for x in [1] : node.class]": ["${node.class}"],
    "node.class[*].x": None,
    "[node.class][*]": ["${node.class}"],
    'node.class == "x" ? 1 : 2': 2,
    '"%{ if node.class == "x" }1%{ else }2%{ endif }"': "2",
    'try(node.class, "x")': "${node.class}",
    "strlen(node.class)": 13,
    "node[meta.a]": None,
    "[for x in node.class : x]": None,
    "path.module": "${path.module}",
    "var.nowhere": None,
    "local.nowhere": None,
}


@pytest.mark.parametrize("expression", KEPT)
def test_what_only_nomads_clients_know_stays_as_it_is_written(expression: str) -> None:
    value = KEPT[expression]
    if value is None:
        with pytest.raises(InvalidInput):
            read_body(f"a = {expression}\n", "f.hcl", NOMAD)
    else:
        assert to_data(read_body(f"a = {expression}\n", "f.hcl", NOMAD).attributes["a"]) == value


@pytest.mark.parametrize(
    "expression",
    ["timestamp()", "uuidv4()", 'bcrypt("x")', 'file("x")', 'abspath("x")', "upper(a.b)", "[a.b][*].c", "!a.b"],
)
def test_what_is_not_settled_stays_the_text_of_its_expression(expression: str) -> None:
    value = evaluate(expression)
    found = value[0] if isinstance(value, list) else value
    assert isinstance(found, Pending)
    if not isinstance(value, list):
        assert [getattr(part, "expression", part) for part in found.parts] == [f"${{{expression}}}"]


def test_a_conditional_looks_only_at_what_it_needs() -> None:
    assert evaluate('true ? "a" : upper(1, 2)') == "a"
    assert evaluate("a.b ? 1 : 2").variable == ""
    assert evaluate('length([a.b, "c"])') == 2
    assert evaluate('concat([a.b], ["c"])')[1] == "c"
    assert evaluate('"x${a.b}y"').parts[0] == "x"


@pytest.mark.parametrize("expression", ["1 / 0", "1 % 0"])
def test_there_is_no_infinity(expression: str) -> None:
    with pytest.raises(InvalidInput, match="division by zero"):
        evaluate(expression)


def test_convert_takes_types() -> None:
    assert evaluate('convert(["1", 2], list(number))') == [1, 2]
    assert evaluate('convert({ a = 1, b = 2 }, object({ a = string, c = optional(string, "d") }))') == {
        "a": "1",
        "c": "d",
    }
    assert evaluate('convert(["b", "a", "b"], set(string))') == ["a", "b"]
    with pytest.raises(InvalidInput, match="`c`, which is required"):
        evaluate("convert({ a = 1 }, object({ c = string }))")
    with pytest.raises(InvalidInput, match="is no type"):
        evaluate('convert("a", text)')


def test_a_name_that_is_nearly_a_function_is_told() -> None:
    with pytest.raises(InvalidInput) as error:
        evaluate('[1, uper("a")]')
    assert str(error.value) == "f.hcl:1:5: there is no function uper (did you mean upper?)"
