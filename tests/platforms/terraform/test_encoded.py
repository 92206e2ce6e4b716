"""Texts in JSON and YAML to what they say, with what is not settled in its place."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.terraform.encoded import decode_argument
from isomorph.platforms.terraform.module import Link, Module, Resource
from isomorph.syntax.hcl.body import Encoded
from isomorph.syntax.tree import Mapping, Node, Sequence
from tests.platforms.terraform.reading import plain, read


def argument(module: Module, name: str = "said", address: str = "task.a") -> Node:
    found = module.find(address)
    assert isinstance(found, Resource)
    return found.body[name]


def said(expression: str, **files: str) -> Node:
    texts = {f"{name}.txt": content for name, content in files.items()}
    text = f'resource "db" "main" {{\n  name = "n"\n}}\nvariable "port" {{}}\nresource "task" "a" {{\n  said = {expression}\n}}\n'
    return argument(read({"main.tf": text, **texts}))


def test_what_is_encoded_is_known_with_the_places_of_its_parts() -> None:
    module = read("""\
resource "db" "main" {}
locals {
  containers = jsonencode([{
    name = "web"
    environment = [
      { name = "HOST", value = db.main.host },
      { name = "PORT", value = 80 },
    ]
  }])
}
resource "task" "a" {
  said  = local.containers
  plain = jsonencode({ b = 1 })
  again = true ? local.containers : ""
}
""")
    value = [
        {"name": "web", "environment": [{"name": "HOST", "value": "${db.main.host}"}, {"name": "PORT", "value": 80}]}
    ]
    for name in ("said", "again"):
        node = argument(module, name)
        assert isinstance(node, Encoded)
        tree = decode_argument(node, "json")
        assert plain(tree) == value
    assert isinstance(tree, Sequence)
    web = tree[0]
    assert isinstance(web, Mapping)
    assert Origin("infra/main.tf", 4, 12) in web["name"].origin.via
    known = argument(module, "plain")
    assert plain(known) == '{"b":1}'
    assert plain(decode_argument(known, "json")) == {"b": 1}
    found = module.find("task.a")
    assert isinstance(found, Resource)
    assert Link(("said", 0, "environment", 0, "value"), "db.main", ("host",)) in found.links


@pytest.mark.parametrize(
    ("expression", "language", "value"),
    [
        ('"{\\"a\\": [1, null]}"', "json", {"a": [1, None]}),
        ('"{\\"a\\": \\"x-${db.main.host}-y\\"}"', "json", {"a": "x-${db.main.host}-y"}),
        ('"{\\"a\\": ${var.port}, \\"b\\": true}"', "json", {"a": "${var.port}", "b": True}),
        ('"{\\"${db.main.host}\\": 1}"', "json", {"${db.main.host}": 1}),
        (
            '"a: http://${db.main.host}/x\\nb: ${var.port}\\n"',
            "yaml",
            {"a": "http://${db.main.host}/x", "b": "${var.port}"},
        ),
        ('"a: \\"${db.main.host}\\"\\nb: yes\\n"', "yaml", {"a": "${db.main.host}", "b": True}),
        ("yamlencode({ a = [db.main.name, 1] })", "yaml", {"a": ["n", 1]}),
        ('templatefile("t.txt", { host = db.main.host })', "yaml", {"a": "h=${db.main.host}", "b": 2}),
        ("db.main.text", "json", None),
        ("null", "yaml", None),
        ('{ a = "already" }', "yaml", {"a": "already"}),
    ],
)
def test_texts_are_decoded_around_what_is_not_settled(expression: str, language: str, value: object) -> None:
    tree = decode_argument(said(expression, t="a: h=${host}\nb: 2\n"), language)
    assert (None if tree is None else plain(tree)) == value


def test_a_text_that_is_none_is_refused_where_it_is_written() -> None:
    with pytest.raises(InvalidInput, match="not JSON: line 1 of it") as error:
        decode_argument(said('"{\\"a\\": }"'), "json")
    assert str(error.value.origin) == "infra/main.tf:6:10"
