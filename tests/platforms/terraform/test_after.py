"""Plans and states: alone, and beside the configuration whose values they know."""

import json
from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder
from isomorph.platforms.terraform.module import Link, Resource
from tests.platforms.terraform.reading import body, output, plain, read, told

CONFIGURATION = """\
variable "size" {}
resource "db" "main" {
  engine = "postgres"
  size   = var.size
  net {
    name = "n"
  }
}
resource "app" "web" {
  count = length(db.main.zones)
  url   = "pg://${db.main.host}:${db.main.port}"
  key   = db.main.password
}
module "bus" {
  source  = "a/bus/aws"
  version = "1.0.0"
}
output "x" {
  value = [db.main.host, db.main.net[0].id]
}
"""
DATABASE = {
    "engine": "postgres",
    "size": "big",
    "host": "db.example",
    "port": 5432,
    "zones": ["a", "b"],
    "password": "hunter2",
    "net": [{"name": "n", "id": "net-1"}],
    "empty": [],
    "none": None,
}


def resource(kind: str, name: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    address = f"{kind}.{name}" + (f"[{more['index']}]" if "index" in more else "")
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values, **more}


STATE = {
    "format_version": "1.0",
    "values": {
        "outputs": {"x": {"value": ["db.example", "net-1"], "sensitive": False}},
        "root_module": {
            "resources": [
                resource("db", "main", DATABASE, sensitive_values={"password": True, "net": [{}]}),
                resource("app", "web", {"url": "pg://db.example:5432"}, index=0),
                resource("app", "web", {"url": "pg://db.example:5432"}, index=1),
            ],
            "child_modules": [
                {
                    "address": "module.bus",
                    "resources": [{**resource("bus", "this", {"name": "b"}), "address": "module.bus.bus.this"}],
                }
            ],
        },
    },
}
STATE_FILE = {
    "version": 4,
    "terraform_version": "1.11.4",
    "serial": 1,
    "outputs": {"x": {"value": ["db.example", "net-1"], "type": "x"}},
    "resources": [
        {
            "mode": "managed",
            "type": "db",
            "name": "main",
            "provider": 'provider["registry.terraform.io/a/db"]',
            "instances": [
                {
                    "attributes": DATABASE,
                    "sensitive_attributes": [[{"type": "get_attr", "value": "password"}]],
                },
                {"deposed": "abc", "attributes": {"engine": "old"}},
            ],
        },
        {
            "mode": "managed",
            "type": "app",
            "name": "web",
            "instances": [{"index_key": each, "attributes": {"url": "pg://db.example:5432"}} for each in (0, 1)],
        },
        {
            "module": "module.bus",
            "mode": "managed",
            "type": "bus",
            "name": "this",
            "instances": [{"attributes": {"name": "b"}}],
        },
    ],
}
ADDRESSES = {"db.main", "app.web[0]", "app.web[1]", "module.bus.bus.this"}


@pytest.mark.parametrize("state", [STATE, STATE_FILE], ids=["shown", "file"])
def test_a_state_alone_has_its_resources_where_its_file_says_them(state: dict[str, Any]) -> None:
    text = json.dumps(state, indent=1)
    module = read({"a.json": text}, path="infra/a.json")
    assert {each.address for each in module.resources} == ADDRESSES
    assert body(module, "db.main")["host"] == "db.example"
    assert body(module, "db.main")["password"] == "${secret db.main/password}"
    assert module.secrets == {"db.main": {"password": "hunter2"}}
    found = module.find("db.main")
    assert isinstance(found, Resource)
    line = text[: text.index('"host"')].count("\n") + 1
    assert (found.body["host"].origin.file, found.body["host"].origin.line) == ("infra/a.json", line)
    assert found.from_state
    assert output(module) == ["db.example", "net-1"]
    web = module.find("app.web[1]")
    assert isinstance(web, Resource)
    assert (web.key, web.name) == (1, "web")
    inner = module.find("module.bus.bus.this")
    assert isinstance(inner, Resource)
    assert inner.module == "module.bus"


@pytest.mark.parametrize("state", [STATE, STATE_FILE], ids=["shown", "file"])
def test_a_state_fills_what_the_configuration_leaves_open(state: dict[str, Any]) -> None:
    module = read({"main.tf": CONFIGURATION, "a.json": json.dumps(state)}, state="infra/a.json")
    assert {each.address for each in module.resources} == ADDRESSES
    database = body(module, "db.main")
    assert database == {
        "engine": "postgres",
        "size": "big",
        "net": [{"name": "n", "id": "net-1"}],
        "host": "db.example",
        "port": 5432,
        "zones": ["a", "b"],
        "password": "${secret db.main/password}",
    }
    web = module.find("app.web[1]")
    assert isinstance(web, Resource)
    assert plain(web.body) == {"url": "pg://db.example:5432", "key": "${secret db.main/password}"}
    assert web.body["url"].origin.file == "infra/main.tf"
    assert Link(("url",), "db.main", ("host",)) in web.links
    found = module.find("db.main")
    assert isinstance(found, Resource)
    assert found.body["engine"].origin == Origin("infra/main.tf", 3, 12)
    assert (found.body["size"].origin.file, found.body["size"].origin.line) == ("infra/main.tf", 4)
    assert found.body["size"].origin.via[0].file == "infra/a.json"
    assert found.body["host"].origin.file == "infra/a.json"
    assert not found.from_state
    only = module.find("module.bus.bus.this")
    assert isinstance(only, Resource)
    assert only.from_state
    assert output(module) == ["db.example", "net-1"]
    assert "hunter2" not in repr((module.resources, module.outputs, module.diagnostics))


def test_a_plan_says_what_is_known_and_marks_what_is_not() -> None:
    plan = {
        "format_version": "1.2",
        "variables": {"size": {"value": "big"}},
        "planned_values": {
            "outputs": {"x": {"sensitive": False}},
            "root_module": {
                "resources": [
                    resource(
                        "db",
                        "main",
                        {"engine": "postgres", "size": "big", "tls": True, "net": [{"name": "n"}], "word": "hunter2"},
                        sensitive_values={"word": True},
                    )
                ]
            },
        },
        "resource_changes": [
            {"address": "db.main", "change": {"after_unknown": {"host": True, "net": [{"id": True}], "tags": {}}}}
        ],
        "prior_state": {
            "values": {
                "root_module": {
                    "resources": [
                        {**resource("net", "main", {"id": "n-1"}), "address": "data.net.main", "mode": "data"}
                    ]
                }
            }
        },
    }
    alone = read({"plan.json": json.dumps(plan)}, path="infra/plan.json")
    known = {
        "engine": "postgres",
        "size": "big",
        "tls": True,
        "net": [{"name": "n", "id": "${db.main.net[0].id}"}],
        "word": "${secret db.main/word}",
        "host": "${db.main.host}",
    }
    assert body(alone, "db.main") == known
    assert body(alone, "data.net.main") == {"id": "n-1"}
    assert alone.attribute_of(Placeholder("${db.main.host}")) == Link((), "db.main", ("host",))
    module = read({"main.tf": CONFIGURATION, "plan.json": json.dumps(plan)}, plan="infra/plan.json")
    assert body(module, "db.main") == known
    assert output(module) == ["${db.main.host}", "${db.main.net[0].id}"]
    assert not [line for line in told(module) if "variable size" in line]
    assert output(
        read({"main.tf": CONFIGURATION, "plan.json": json.dumps(plan)}, plan="infra/plan.json", var="size=small")
    )


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("{}", {}, "neither a plan nor a state"),
        ("[1]", {}, "neither a plan nor a state"),
        ("text", {}, "not JSON"),
        ('{"version": 3, "serial": 1, "resources": []}', {}, "a state file of version 3"),
        ("PK\x03\x04rest", {}, "a plan as Terraform keeps it for itself"),
        (json.dumps(STATE), {"var": "a=b"}, "the option var belongs to a folder"),
    ],
)
def test_files_that_are_neither_are_refused(content: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read({"a.json": content}, path="infra/a.json", **options)
    assert message in error.value.message
    assert error.value.origin is not None
    assert error.value.origin.file == "infra/a.json"


def test_a_plan_and_a_state_together_are_refused() -> None:
    with pytest.raises(InvalidInput, match="both a plan and a state"):
        read("locals {}\n", plan="a", state="b")
    with pytest.raises(InvalidInput, match="plan or state none does not exist"):
        read("locals {}\n", plan="none")


@pytest.mark.parametrize(
    "state",
    [
        {"format_version": "1.0"},
        {"format_version": "1.0", "values": {"root_module": {"resources": [1, {"address": 2, "values": 3}]}}},
        {"version": 4, "serial": 1, "resources": [{"instances": [{"attributes": [], "index_key": {}}]}], "outputs": []},
        {"planned_values": None, "resource_changes": [{"change": 1}], "prior_state": [], "variables": 3},
    ],
)
def test_states_that_say_little_are_read(state: dict[str, Any]) -> None:
    assert len(read({"a.json": json.dumps(state)}, path="infra/a.json").resources) <= 1
