"""The definition that a configuration becomes."""

from isomorph.model.application import Extra
from isomorph.model.origin import Origin
from isomorph.platforms.terraform.reader import read
from tests.memory_context import memory_context, source

FILES = {
    "infra/main.tf": """\
resource "vm" "a" {
  count    = 2
  password = "hunter2"
}
module "bus" {
  source  = "a/bus/aws"
  version = "1.0.0"
}
module "own" {
  source = "./own"
}
""",
    "infra/own/main.tf": 'resource "disk" "b" {}\n',
}


def test_what_nobody_reads_is_kept_by_its_address_without_its_arguments() -> None:
    definition = read(source("infra"), memory_context(FILES))
    assert definition.platform == "terraform"
    assert definition.sources == ("infra/main.tf", "infra/own/main.tf")
    assert definition.application.workloads == {}
    assert definition.extras == (
        Extra("terraform", (), ("resources", "vm.a[0]"), "vm", Origin("infra/main.tf", 1, 1)),
        Extra("terraform", (), ("resources", "vm.a[1]"), "vm", Origin("infra/main.tf", 1, 1)),
        Extra("terraform", (), ("resources", "module.own.disk.b"), "disk", Origin("infra/own/main.tf", 1, 1)),
        Extra("terraform", (), ("resources", "module.bus"), "a/bus/aws", Origin("infra/main.tf", 5, 1)),
    )
    assert "hunter2" not in repr(definition)


def test_secrets_that_nothing_refers_to_are_not_in_the_model() -> None:
    text = 'variable "p" {\n  sensitive = true\n  default = "hunter2"\n}\nresource "vm" "a" {\n  p = var.p\n}\n'
    definition = read(source("infra"), memory_context({"infra/main.tf": text}))
    assert definition.application.secrets == {}
    assert "hunter2" not in repr(definition)


def test_the_same_input_gives_the_same_definition() -> None:
    context = memory_context(FILES)
    assert read(source("infra"), context) == read(source("infra"), context)
