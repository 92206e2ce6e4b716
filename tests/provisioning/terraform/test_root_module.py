"""The root module is as `terraform fmt` leaves it, and says nothing secret."""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.provisioning.contract import Fragments, Module, Realised, Resource, Result
from isomorph.provisioning.terraform.root_module import (
    collect_modules,
    list_secret_values,
    to_source,
    write_root_module,
)

MODULES = {
    "orders_db": Module(
        source="./modules/postgres",
        arguments={"name": "${var.x}", "admin_password": "s3cret", "tags": {"team": "shop"}},
        outputs=("address", "master_password"),
        sensitive=frozenset({"master_password"}),
        secret_arguments=frozenset({"admin_password"}),
    ),
    "cache": Module(source="a/b/c", version="~> 1.2"),
    "later": Module(source="a/b/c", version="1", waiting=True, arguments={"secret": "x"}),
}


def test_blocks_of_modules_their_outputs_and_secret_arguments(tmp_path: Path) -> None:
    assert (
        write_root_module(MODULES, str(tmp_path), str(tmp_path / "out" / "terraform"))
        == """\
# Written by isomorph generate, anew each time: what is changed here is lost. Providers and a backend belong in files
# beside this one.

module "cache" {
  source  = "a/b/c"
  version = "~> 1.2"
}

variable "orders_db__admin_password" {
  sensitive = true
}

module "orders_db" {
  source = "../../modules/postgres"

  name           = "$${var.x}"
  admin_password = var.orders_db__admin_password
  tags = {
    team = "shop"
  }
}

output "orders_db__address" {
  value = module.orders_db.address
}

output "orders_db__master_password" {
  value     = module.orders_db.master_password
  sensitive = true
}
"""
    )
    assert list_secret_values(MODULES) == {"orders_db__admin_password": "s3cret"}


def test_sources_are_said_from_the_folder_of_the_root_module_with_links_followed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "modules" / "a").mkdir(parents=True)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (project / "out").symlink_to(tmp_path / "deep" / "er")
    assert to_source("./modules/a", str(project), str(project)) == "./modules/a"
    assert to_source("./modules/a/", str(project), str(project / "dist")) == "../modules/a"
    assert to_source("./modules/a", str(project), str(project / "out")) == "../../project/modules/a"
    assert to_source(".", str(project), str(project)) == "."
    assert to_source("a/b/c", str(project), str(project / "dist")) == "a/b/c"


def realised(uid: str, block: str) -> Realised:
    resource = Resource(uid=uid, type="t", id=uid, workload="w")
    result = Result(fragments=Fragments(modules={block: Module(source="./a")}))
    return Realised(resource=resource, guid="g", provisioner="terraform://./a", result=result)


def test_two_resources_are_never_one_module() -> None:
    assert list(collect_modules([realised("t.x#a", "a"), realised("t.x#b", "b")])) == ["a", "b"]
    with pytest.raises(InvalidInput, match=r"t\.x#b and another are both the module block a"):
        collect_modules([realised("t.x#a", "a"), realised("t.x#b", "a")])
