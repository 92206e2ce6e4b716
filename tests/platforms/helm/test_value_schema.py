"""values.schema.json: faults where the values are written, in words that repeat no value."""

import json
from typing import Any

import pytest

from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.model.origin import Origin
from tests.platforms.helm.charts import VALUES, chart, codes, container_of, read_chart

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["replicas"],
    "properties": {
        "replicas": {"type": "integer", "minimum": 1, "maximum": 9},
        "password": {"type": "string", "minLength": 8, "pattern": "^[a-z]+$"},
        "image": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "repository": {"type": "string"},
                "tag": {"type": "string"},
                "pullPolicy": {"enum": ["Always", "Never"]},
            },
        },
        "ports": {"type": "array", "items": {"type": "integer"}},
    },
}


def with_schema(schema: object = SCHEMA, values: str = VALUES) -> dict[str, str | bytes]:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return {**chart(values=values), "shop/values.schema.json": text}


def test_values_that_fit() -> None:
    assert container_of(read_chart(with_schema())).image is not None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("replicas: many\n", "prod.yaml:1:11: replicas must be a whole number, not a string"),
        ("replicas: 0\n", "prod.yaml:1:11: replicas must be at least 1"),
        ("image:\n  taag: x\n", "prod.yaml:2:3: image may not have `taag`"),
        ("image: {pullPolicy: Sometimes}\n", "prod.yaml:1:21: image.pullPolicy must be one of Always, Never"),
        ("ports: [80, http]\n", "prod.yaml:1:13: ports[1] must be a whole number, not a string"),
        (
            "password: abc\n",
            "prod.yaml:1:11: password is shorter than 8 characters",
        ),
        ("password: HUNTER22\n", "prod.yaml:1:11: password must match the pattern ^[a-z]+$"),
        ("replicas: null\n", "prod.yaml:1:1: the values lack `replicas`"),
    ],
)
def test_a_fault_is_where_the_value_that_won_is_written(given: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_chart({**with_schema(), "prod.yaml": given}, values="prod.yaml")
    assert str(caught.value).startswith(message)
    assert "HUNTER22" not in str(caught.value)


def test_a_value_of_the_command_line() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_chart(with_schema(), set="replicas=many")
    assert caught.value.origin == Origin("?set=replicas")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidInputs) as caught:
        read_chart(with_schema(values="replicas: 99\nimage: 3\n"))
    assert [str(fault.origin) for fault in caught.value.faults] == ["shop/values.yaml:1:11", "shop/values.yaml:2:8"]


def test_the_schema_of_a_chart_in_the_chart() -> None:
    files = with_schema({}, VALUES + "sub:\n  port: high\n")
    files["shop/charts/sub/Chart.yaml"] = "apiVersion: v2\nname: sub\nversion: 1.0.0\n"
    files["shop/charts/sub/values.schema.json"] = '{"properties": {"port": {"type": "integer"}}}'
    with pytest.raises(InvalidInput) as caught:
        read_chart(files)
    assert str(caught.value).startswith("shop/values.yaml:6:9: port must be a whole number, not a string")


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ('{"type": "object",}', "shop/values.schema.json:1:19"),
        ('{"type": "thing"}', "shop/values.schema.json:1:1: this is no JSON Schema"),
        ('{"$ref": "#/nowhere"}', "shop/values.schema.json:1:1: this is no JSON Schema"),
        ("\u00ff", "shop/values.schema.json:1:1"),
    ],
)
def test_a_schema_that_is_none(schema: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_chart(with_schema(schema))
    assert str(caught.value).startswith(message)


def test_an_address_in_a_schema_is_not_fetched() -> None:
    definition = read_chart(with_schema({"properties": {"image": {"$ref": "https://schemas.example/image.json"}}}))
    assert codes(definition) == ["missing-file"]
    assert definition.diagnostics[0].message == (
        "the schema refers to https://schemas.example/image.json, which is not fetched; what it says there was not checked"
    )
