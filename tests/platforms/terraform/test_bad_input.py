"""Configurations that Terraform refuses: one error, where it is, and what to do."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.platforms.terraform.root import read_module
from tests.memory_context import memory_context, source
from tests.platforms.terraform.reading import read
from tests.properties.test_bad_input import BAD

WRONG: list[tuple[str, str, str]] = [
    ("locals {\n  a = local.b\n  b = local.a\n}\n", "values wait for each other: local.b -> local.a -> local.b", "3:3"),
    ("locals {\n  a = local.a\n}\n", "values wait for each other: local.a -> local.a", "2:3"),
    (
        'resource "vm" "a" {\n  x = vm.b.id\n}\nresource "vm" "b" {\n  x = vm.a.id\n}\n',
        "values wait for each other: vm.b -> vm.a -> vm.b",
        "4:1",
    ),
    ("locals {\n  a = local.b\n}\n", "local b is not declared", "2:7"),
    ("locals {\n  a = var.b\n}\n", "variable b is not declared", "2:7"),
    ("locals {\n  a = module.b.c\n}\n", "module b is not declared", "2:7"),
    ("locals {\n  a = data.b.c.d\n}\n", "data.b.c is not declared", "2:7"),
    ("locals {\n  a = vm.c.d\n}\n", "`vm.c.d` is not declared", "2:7"),
    ('resource "vm" "a" {}\nlocals {\n  a = vm.c.d\n}\n', "vm.c is not declared", "3:7"),
    ("locals {\n  a = each.key\n}\n", "`each.key` where it means nothing", "2:7"),
    ('resource "vm" "a" {\n  x = count.index\n}\n', "`count.index` where it means nothing", "2:7"),
    ('resource "vm" "a" {\n  count = 1\n  for_each = {}\n}\n', "a block with both count and for_each", "3:3"),
    ('resource "vm" "a" {\n  count = "x"\n}\n', "count: a string that is no number", "2:11"),
    ('resource "vm" "a" {\n  count = 1.5\n}\n', "count: 1.5 where a whole number is needed", "2:11"),
    ('resource "vm" "a" {\n  for_each = ["a"]\n}\n', "for_each is neither a map nor a set", "2:14"),
    ('resource "vm" "a" {\n  for_each = "a"\n}\n', "for_each is neither a map nor a set", "2:14"),
    ('resource "vm" "a" {\n  for_each = toset([1])\n}\n', "something other than texts", "2:14"),
    ('resource "vm" "a" {\n  x = 1\n  x {}\n}\n', "x is both an argument and a block here", "3:3"),
    ('resource "vm" "a" {\n  count = 2\n}\nlocals {\n  a = vm.a[2].id\n}\n', "a list of 2 has no element 2", "5:11"),
    (
        'resource "vm" "a" {\n  for_each = { a = 1 }\n}\nlocals {\n  a = vm.a["b"].id\n}\n',
        "there is no `b` here",
        "5:11",
    ),
    ('output "x" {}\n', "output x without a value", "1:1"),
    ("locals {\n  a = nofunction(1)\n}\n", "there is no function nofunction", "2:7"),
    ("locals {\n  a = templatefile(1)\n}\n", "templatefile takes 2 arguments", "2:7"),
    ('locals {\n  a = file("../../x")\n}\n', "outside the project and is not read", "2:7"),
    ('locals {\n  a = fileset("../../..", "*")\n}\n', "outside the project and is not read", "2:7"),
    ('variable "a" {\n  type = text\n}\n', "`text` is no type", "2:10"),
    ('variable "a" {\n  type = number\n  default = "x"\n}\n', "variable a: a string that is no number", "3:13"),
    (
        'variable "a" {\n  default = local.x\n}\nlocals {\n  x = [1]\n}\n',
        "`local.x` where no references may be",
        "2:13",
    ),
    ('resource "vm" "a" {\n  dynamic "x" {}\n}\n', "a dynamic block without its type", "2:3"),
    ('module "a" {\n  source = "./m"\n  version = 1\n}\n', "there is no folder infra/m", "2:12"),
]


@pytest.mark.parametrize(("text", "message", "place"), WRONG, ids=[message[:40] for _, message, _ in WRONG])
def test_what_is_wrong_is_told_with_its_place(text: str, message: str, place: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read(text)
    assert message in error.value.message
    assert str(error.value.origin) == f"infra/main.tf:{place}"


def test_a_fault_in_a_template_is_where_it_is_in_the_template() -> None:
    with pytest.raises(InvalidInput, match=r"`b` is not declared") as error:
        read({"main.tf": 'locals {\n  a = templatefile("t.txt", { a = 1 })\n}\n', "t.txt": "one\n${b}"})
    assert str(error.value.origin) == "infra/t.txt:2:3"
    with pytest.raises(InvalidInput, match="templatefile in a template"):
        read({"main.tf": 'locals {\n  a = templatefile("t.txt", {})\n}\n', "t.txt": '${templatefile("t.txt", {})}'})


@pytest.mark.parametrize("name", [name for name in BAD if name not in ("empty", "only a comment")])
@pytest.mark.parametrize("file", ["main.tf", "main.tf.json", "terraform.tfvars", "modules/db/main.tf"])
def test_a_file_that_is_no_configuration_is_named_with_the_place(file: str, name: str) -> None:
    call = b'module "db" {\n  source = "./modules/db"\n}\n'
    files = {"infra/a.tf": b"locals {}\n" if file.startswith("main") else call, "infra/modules/db/a.tf": b""}
    with pytest.raises(InvalidInput) as error:
        read_module(source("infra"), memory_context({**files, f"infra/{file}": BAD[name]}))
    assert error.value.origin is not None
    assert error.value.origin.file == f"infra/{file}"
    assert error.value.hint
