"""The files of a folder: which are read, in JSON as well, and what override files do."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.platforms.terraform.module import Resource
from isomorph.syntax.tree import Mapping
from tests.platforms.terraform.reading import body, output, read, told


def test_all_files_of_the_folder_are_one_module() -> None:
    module = read(
        {
            "a.tf": 'locals {\n  a = local.b\n}\noutput "x" {\n  value = local.a\n}\n',
            "b.tf.json": '{"locals": {"b": "${local.c}!"}}',
            "c.tf": 'locals {\n  c = "c"\n}\n',
            ".hidden.tf": "this is not read",
            "#emacs.tf": "nor this",
            "backup.tf~": "nor this",
            "deeper/d.tf": "nor this",
        }
    )
    assert output(module) == "c!"
    assert module.sources == ("infra/a.tf", "infra/b.tf.json", "infra/c.tf")


def test_json_says_the_same() -> None:
    module = read(
        {
            "main.tf.json": """\
{
  "//": "a comment",
  "variable": {"zones": {"type": "list(string)", "default": ["a", "b"]}},
  "resource": {
    "vm": {
      "a": {
        "count": "${length(var.zones)}",
        "depends_on": ["vm.b", "module.m"],
        "provider": "aws.west",
        "name": "vm-${count.index}",
        "plain": ["a", 1, 2.5, true, null],
        "nested": {"key-${count.index}": "${var.zones}"},
        "lifecycle": {"prevent_destroy": true},
        "dynamic": {"disk": {"for_each": "${var.zones}", "content": {"name": "${disk.value}"}}}
      },
      "b": [{"name": "%{ if true }yes%{ endif }"}]
    }
  },
  "module": {"m": {"source": "a/b/c", "version": "1.0.0", "size": 3}},
  "provider": {"aws": [{"region": "eu"}, {"alias": "west", "region": "us"}]},
  "output": {"x": {"value": "${vm.b.name}"}}
}
"""
        }
    )
    assert body(module, "vm.a[1]") == {
        "name": "vm-1",
        "plain": ["a", 1, 2.5, True, None],
        "nested": {"key-1": ["a", "b"]},
        "disk": [{"name": "a"}, {"name": "b"}],
    }
    resource = module.find("vm.a[1]")
    assert isinstance(resource, Resource)
    assert resource.origin == Origin("infra/main.tf.json", 6, 7)
    assert resource.body["name"].origin == Origin("infra/main.tf.json", 10, 17)
    assert resource.provider == "aws.west"
    assert [link.address for link in resource.links] == ["vm.b", "module.m"]
    assert output(module) == "yes"
    assert body(module, "module.m") == {"size": 3}
    assert [(each.name, each.alias) for each in module.providers] == [("aws", ""), ("aws", "west")]


def test_a_fault_in_a_string_of_json_is_where_the_string_is() -> None:
    for text in ('"${nothing.here}"', '"${1 +}"'):
        with pytest.raises(InvalidInput) as error:
            read({"main.tf.json": f'{{"output":\n {{"x": {{"value": {text}}}}}}}'})
        assert str(error.value.origin) == "infra/main.tf.json:2:18"


def test_override_files_replace_arguments_and_blocks() -> None:
    module = read(
        {
            "main.tf": """\
locals {
  a = 1
  b = 2
}
variable "v" {
  default = "base"
}
resource "vm" "a" {
  name = "base"
  kept = local.a
  disk {
    name = "one"
  }
  disk {
    name = "two"
  }
  net {
    name = "n"
  }
}
output "x" {
  value = [var.v, local.a, local.b]
}
""",
            "a_override.tf": """\
resource "vm" "a" {
  count = 2
  name  = "over-${count.index}-${local.b}"
  disk {
    name = "three"
  }
}
locals {
  b = 3
}
variable "v" {
  default = "over"
}
""",
            "override.tf.json": '{"resource": {"vm": {"a": {"late": "${local.b}"}}}}',
        }
    )
    assert body(module, "vm.a[1]") == {
        "name": "over-1-3",
        "kept": 1,
        "late": 3,
        "net": [{"name": "n"}],
        "disk": [{"name": "three"}],
    }
    assert output(module) == ["over", 1, 3]
    resource = module.find("vm.a[1]")
    assert isinstance(resource, Resource)
    assert resource.body["name"].origin == Origin("infra/a_override.tf", 3, 11, (Origin("infra/a_override.tf", 9, 7),))
    assert resource.body["kept"].origin.line == 10


@pytest.mark.parametrize(
    ("files", "message", "place"),
    [
        ({"a_override.tf": 'resource "vm" "b" {}\n'}, "resource vm.b overrides nothing", "infra/a_override.tf:1:1"),
        ({"a_override.tf": "locals {\n  z = 1\n}\n"}, "local z overrides nothing", "infra/a_override.tf:2:3"),
        (
            {"b.tf": 'resource "vm" "a" {}\n'},
            "resource vm.a is declared twice, first at infra/a.tf:1:1",
            "infra/b.tf:1:1",
        ),
        ({"b.tf": "locals {\n  l = 1\n}\n"}, "local l is declared twice, first at infra/a.tf:3:3", "infra/b.tf:2:3"),
        ({"b.tf": "x = 1\n"}, "argument x stands outside of a block", "infra/b.tf:1:1"),
        ({"b.tf": "resorce {}\n"}, "Terraform knows no block resorce", "infra/b.tf:1:1"),
        ({"b.tf": 'resource "vm" {}\n'}, "block resource with 1 label, where 2 belongs", "infra/b.tf:1:1"),
        ({"b.tf": 'locals "x" {}\n'}, "block locals with 1 label, where none belongs", "infra/b.tf:1:1"),
        ({"b.tf": "locals {\n"}, "is not closed", "infra/b.tf:1:1"),
        ({"b.tf.json": "[1]"}, "a single value where a block belongs", "infra/b.tf.json:1:2"),
        ({"b.tf.json": "{"}, "is not closed", "infra/b.tf.json:1:1"),
        ({"b.tf": "?"}, "where the name of an argument or a block is expected", "infra/b.tf:1:1"),
    ],
)
def test_files_that_terraform_refuses(files: dict[str, str], message: str, place: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read({"a.tf": 'resource "vm" "a" {}\nlocals {\n  l = 1\n}\n', **files})
    assert message in error.value.message
    assert str(error.value.origin) == place


def test_what_a_file_says_stands_in_the_lines_of_that_file() -> None:
    module = read(
        {
            "main.tf": """\
resource "kubernetes_manifest" "a" {
  for_each = fileset(path.module, "k8s/*.yaml")
  manifest = yamldecode(file("${path.module}/${each.value}"))
}
resource "vm" "b" {
  said = jsondecode(file("b.json")).list[1]
  size = yamldecode(file("k8s/a.yaml")).spec.replicas
}
""",
            "k8s/a.yaml": "kind: Deployment\nspec: &s\n  replicas: 0x2\n  on: yes\nmore:\n  <<: *s\n",
            "b.json": '{"list": [1, 2.5]}',
        }
    )
    address = 'kubernetes_manifest.a["k8s/a.yaml"]'
    spec = {"replicas": 2, "true": True}
    assert body(module, address) == {"manifest": {"kind": "Deployment", "spec": spec, "more": spec}}
    assert body(module, "vm.b") == {"said": 2.5, "size": 2}
    found = module.find(address)
    assert isinstance(found, Resource)
    manifest = found.body["manifest"]
    assert isinstance(manifest, Mapping)
    assert manifest["spec"].origin == Origin("infra/k8s/a.yaml", 2, 7).through(Origin("infra/main.tf", 3, 14))
    with pytest.raises(InvalidInput) as error:
        read({"main.tf": 'locals {\n  a = yamldecode(file("a.yaml"))\n}\n', "a.yaml": "a: 1\na: 2\n"})
    assert str(error.value.origin) == "infra/a.yaml:2:1"


def test_a_folder_without_a_configuration_is_refused() -> None:
    with pytest.raises(InvalidInput, match="holds no configuration of Terraform"):
        read({"README.md": "x"})
    with pytest.raises(InvalidInput, match="one file of a configuration") as error:
        read("locals {}\n", path="infra/main.tf")
    assert error.value.hint == "name its folder: terraform:infra"
    with pytest.raises(InvalidInput, match="does not exist"):
        read("locals {}\n", path="nowhere")


def test_blocks_that_say_nothing_about_resources_are_quiet() -> None:
    module = read("""\
terraform {
  backend "s3" {
    bucket = "b"
  }
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
moved {
  from = vm.a
  to   = vm.b
}
import {
  to = vm.b
  id = "x"
}
removed {
  from = vm.c
}
check "health" {
  data "http" "site" {
    url = "https://example.com"
  }
}
""")
    assert module.resources == ()
    assert told(module) == []


def test_commas_of_the_language_of_old_are_told() -> None:
    module = read('resource "vm" "a" {\n  name = "x",\n  size = 1\n}\n')
    assert body(module, "vm.a") == {"name": "x", "size": 1}
    assert told(module) == [
        "infra/main.tf:2:13: deprecated: a comma after an argument, which Terraform takes no more (1 times)"
    ]
