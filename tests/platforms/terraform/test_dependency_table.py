"""The table of dependencies, held against the schemas of the providers: no path leads nowhere."""

import re
from pathlib import Path

import pytest

from isomorph.model.services import PROTOCOLS
from isomorph.platforms.terraform.dependencies.entry import Entry
from isomorph.platforms.terraform.dependencies.modules import MODULES
from isomorph.platforms.terraform.dependencies.table import RESOURCES, find_module, find_resource

SCHEMAS = Path(__file__).parent / "data" / "provider_attributes.txt"
WITHOUT_SCHEMA = ("mysql_", "rabbitmq_", "cloudflare_record")
"""Providers that no package index has, and a type of an earlier major version."""
AROUND = {"dns", "load-balancer", "certificate", "secret-store", "oracle", "db2"}
WORD = re.compile(r"[^\s()]+|[()]")


def parse(line: str) -> set[str]:
    """Give the paths of a line of the schemas: `a(b c) d` is a, a.b, a.c and d."""
    found: set[str] = set()
    below: list[str] = []
    last = ""
    for word in WORD.findall(line):
        if word == "(":
            below.append(last)
        elif word == ")":
            below.pop()
        else:
            last = word
            found.add(".".join((*below, word)))
    return found


def load_schemas() -> dict[str, set[str]]:
    lines = [line for line in SCHEMAS.read_text().splitlines() if not line.startswith("#")]
    return {kind: parse(rest) for kind, _, rest in (line.partition(": ") for line in lines)}


KNOWN = load_schemas()
KINDS = [(kind, entry) for entry in RESOURCES for kind in entry.kinds if not kind.startswith(WITHOUT_SCHEMA)]


@pytest.mark.parametrize(("kind", "entry"), KINDS, ids=[kind for kind, _entry in KINDS])
def test_every_path_is_an_attribute_of_the_provider(kind: str, entry: Entry) -> None:
    outputs = [path for paths in entry.outputs.values() for path in paths.split("|")]
    ours = [] if entry.joins.startswith(("<", "@")) else [entry.joins]
    arguments = [path for path in entry.paths() if path not in entry.joins]
    paths = {path.replace(".*", "") for path in (*arguments, *ours, *outputs) for path in path.split("|") if path}
    assert paths - KNOWN[kind] == set()


def test_the_schemas_are_of_what_the_table_has() -> None:
    assert set(KNOWN) == {kind for kind, _entry in KINDS}


@pytest.mark.parametrize("entry", [*RESOURCES, *MODULES], ids=lambda entry: entry.kinds[0])
def test_every_type_is_known_to_the_judge(entry: Entry) -> None:
    types = {entry.type, *entry.engines.values()} - {""}
    assert types <= {*PROTOCOLS, *AROUND}
    assert types or entry.joins


def test_no_kind_is_there_twice() -> None:
    kinds = [kind for entry in (*RESOURCES, *MODULES) for kind in entry.kinds]
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize(
    "source",
    [
        "terraform-aws-modules/rds/aws",
        "registry.terraform.io/terraform-aws-modules/rds/aws",
        "git::https://github.com/terraform-aws-modules/terraform-aws-rds.git?ref=v6.10.0",
        "github.com/terraform-aws-modules/terraform-aws-rds",
    ],
)
def test_a_module_is_found_however_its_source_is_written(source: str) -> None:
    found = find_module(source)
    assert found is not None
    assert found.kinds == ("terraform-aws-modules/rds/aws",)


def test_a_module_inside_another_is_another() -> None:
    assert find_module("terraform-aws-modules/rds/aws//modules/db_subnet_group") is None
    assert find_module("./modules/rds") is None
    assert find_resource("aws_instance") is None
    found = find_module("terraform-google-modules/sql-db/google//modules/mysql")
    assert found is not None
    assert found.type == "mysql"
