"""What is provisioned, read as dependencies: servers with what is part of them, and what texts take from them."""

import json
from typing import Any

import msgspec
import pytest

from isomorph.model.application import Definition, Dependency
from isomorph.model.text import print_text
from isomorph.platforms.context import Source
from isomorph.platforms.terraform.dependencies.table import RESOURCES
from isomorph.platforms.terraform.dependencies.values import to_truth, to_version
from isomorph.platforms.terraform.reader import read
from tests.memory_context import memory_context


def definition(text: str, files: dict[str, str] | None = None, **options: str) -> Definition:
    given: dict[str, tuple[str, ...]] = {key: (value,) for key, value in options.items()}
    return read(Source("infra", given), memory_context({"infra/main.tf": text, **(files or {})}))


def dependencies(text: str, files: dict[str, str] | None = None, **options: str) -> dict[str, Dependency]:
    return definition(text, files, **options).application.dependencies


def only(text: str, **options: str) -> Dependency:
    (found,) = dependencies(text, None, **options).values()
    return found


def said(dependency: Dependency) -> dict[str, Any]:
    return dependency.parameters or {}


RDS = """
resource "aws_db_parameter_group" "pg" {
  family = "postgres15"
  parameter {
    name  = "max_connections"
    value = 300
  }
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}
resource "aws_db_instance" "orders" {
  identifier           = "orders-prod"
  engine               = "postgres"
  engine_version       = "13.7"
  instance_class       = "db.t3.micro"
  allocated_storage    = 20
  db_name              = "orders"
  username             = "app"
  password             = "hunter2"
  parameter_group_name = aws_db_parameter_group.pg.name
}
"""


def test_a_managed_database() -> None:
    found = only(RDS)
    assert (found.type, found.id, found.version) == ("postgres", "orders-prod", "13.7")
    assert found.realisation == "aws_db_instance.orders"
    assert said(found) == {
        "database": "orders",
        "username": "app",
        "storage": 20 << 30,
        "size": "db.t3.micro",
        "flags": {"max_connections": "300"},
        "tls": True,
    }


def test_every_word_has_its_place() -> None:
    origins = definition(RDS).origins
    uid = "aws_db_instance.orders"
    places = {
        "": ("dependencies", uid),
        "version": ("dependencies", uid, "version"),
        "database": ("dependencies", uid, "parameters", "database"),
        "flag": ("dependencies", uid, "parameters", "flags", "max_connections"),
        "tls": ("dependencies", uid, "parameters", "tls"),
    }
    lines = {name: getattr(origins.exact(path), "line", None) for name, path in places.items()}
    assert lines == {"": 13, "version": 16, "database": 19, "flag": 6, "tls": 10}


def test_databases_users_and_configurations_join_their_server() -> None:
    found = only("""
    resource "azurerm_postgresql_flexible_server" "db" {
      name                = "shop"
      version             = "15"
      administrator_login = "boss"
      storage_mb          = 32768
      sku_name            = "B_Standard_B1ms"
    }
    resource "azurerm_postgresql_flexible_server_database" "each" {
      for_each  = toset(["orders", "users"])
      name      = each.key
      server_id = azurerm_postgresql_flexible_server.db.id
      collation = "en_US.utf8"
      charset   = "UTF8"
    }
    resource "azurerm_postgresql_flexible_server_configuration" "ext" {
      name      = "azure.extensions"
      server_id = azurerm_postgresql_flexible_server.db.id
      value     = "PGCRYPTO,UUID-OSSP"
    }
    resource "azurerm_postgresql_flexible_server_configuration" "tls" {
      name      = "require_secure_transport"
      server_id = azurerm_postgresql_flexible_server.db.id
      value     = "OFF"
    }
    """)
    assert said(found) == {
        "port": 5432,
        "username": "boss",
        "storage": 32 << 30,
        "size": "B_Standard_B1ms",
        "tls": False,
        "databases": ["orders", "users"],
        "collation": "en_US.utf8",
        "charset": "UTF8",
        "extensions": ["pgcrypto", "uuid-ossp"],
    }


def test_parts_find_their_server_by_its_name() -> None:
    found = only("""
    resource "google_sql_database_instance" "main" {
      name             = "shop"
      database_version = "MYSQL_8_0"
      settings {
        tier = "db-n1-standard-1"
        database_flags {
          name  = "max_connections"
          value = "500"
        }
        ip_configuration {
          ssl_mode = "ENCRYPTED_ONLY"
        }
      }
    }
    resource "google_sql_database" "orders" {
      name     = "orders"
      instance = "shop"
    }
    """)
    assert (found.type, found.version) == ("mysql", "8.0")
    assert said(found) == {
        "flags": {"max_connections": "500"},
        "tls": True,
        "size": "db-n1-standard-1",
        "databases": ["orders"],
    }


def test_what_is_in_a_server_that_its_provider_leads_to() -> None:
    found = only(
        RDS
        + """
    provider "postgresql" {
      host = aws_db_instance.orders.address
    }
    resource "postgresql_database" "audit" {
      name = "audit"
    }
    resource "postgresql_extension" "trgm" {
      name     = "pg_trgm"
      database = postgresql_database.audit.name
    }
    """
    )
    assert said(found)["databases"] == ["audit"]
    assert said(found)["extensions"] == ["pg_trgm"]


def test_what_is_in_a_server_that_nobody_here_makes() -> None:
    found = only("""
    provider "rabbitmq" {
      endpoint = "https://mq.example.com"
    }
    resource "rabbitmq_queue" "orders" {
      name = "orders"
      settings {
        durable = true
      }
    }
    """)
    assert (found.type, said(found)["queues"]) == ("amqp", ["orders"])
    assert found.realisation == "provider.rabbitmq"


def test_a_module_of_the_registry() -> None:
    found = only("""
    module "cache" {
      source                     = "terraform-aws-modules/elasticache/aws"
      version                    = "1.2.0"
      replication_group_id       = "shop"
      engine                     = "valkey"
      engine_version             = "7.2"
      node_type                  = "cache.t4g.small"
      transit_encryption_enabled = true
    }
    """)
    assert (found.type, found.id, found.version) == ("valkey", "shop", "7.2")
    assert said(found) == {"tls": True, "size": "cache.t4g.small"}


def test_what_is_not_made_is_not_there() -> None:
    assert dependencies('resource "aws_s3_bucket" "x" {\n  count = 0\n  bucket = "x"\n}\n') == {}


def test_a_version_that_nobody_gives_is_its_expression() -> None:
    text = 'variable "v" {}\nresource "aws_db_instance" "x" {\n  engine = "mysql"\n  engine_version = var.v\n}\n'
    assert only(text).version == "${var.v}"
    assert only(text, var="v=8.0").version == "8.0"


def test_an_output_of_the_root_is_one_of_the_dependency() -> None:
    found = only(RDS + 'output "DB_URL" {\n  value = "postgres://${aws_db_instance.orders.address}/orders"\n}\n')
    assert print_text(found.outputs["DB_URL"]) == "postgres://${aws_db_instance.orders.address}/orders"


def test_what_is_known_after_an_apply() -> None:
    state = msgspec.json.encode(
        {
            "version": 4,
            "serial": 1,
            "resources": [
                {
                    "mode": "managed",
                    "type": "aws_db_instance",
                    "name": "orders",
                    "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                    "instances": [
                        {
                            "attributes": {
                                "engine": "postgres",
                                "engine_version": "13.7",
                                "address": "orders.c1.eu-west-1.rds.amazonaws.com",
                                "port": 5432,
                                "password": "hunter2",
                            },
                            "sensitive_attributes": [[{"type": "get_attr", "value": "password"}]],
                        }
                    ],
                }
            ],
        }
    ).decode()
    (found,) = dependencies(RDS, {"state.json": state}, state="state.json").values()
    assert found.outputs["host"] == "orders.c1.eu-west-1.rds.amazonaws.com"
    assert found.outputs["port"] == "5432"


@pytest.mark.parametrize(
    ("kind", "text", "version"),
    [
        ("postgres", "POSTGRES_15", "15"),
        ("mysql", "MYSQL_8_0_31", "8.0.31"),
        ("redis", "REDIS_7_0", "7.0"),
        ("mysql", "8.0.mysql_aurora.3.04.0", "8.0"),
        ("redis", "6.x", "6"),
        ("opensearch", "OpenSearch_2.11", "2.11"),
        ("mssql", "SQLSERVER_2019_STANDARD", "2019"),
        ("mssql", "15.00.4073.23.v1", "2019"),
        ("postgres", "13.7", "13.7"),
    ],
)
def test_versions_are_those_of_the_server(kind: str, text: str, version: str) -> None:
    assert to_version(kind, text) == version


def test_how_providers_say_that_plain_connections_are_refused() -> None:
    assert [to_truth(word) for word in ("ON", "TLS", "ENCRYPTED_ONLY", "SERVER_AUTHENTICATION", True, 1)] == [True] * 6
    assert [to_truth(word) for word in ("OFF", "PLAINTEXT", "DISABLED", False)] == [False] * 4


@pytest.mark.parametrize(
    "argument",
    ["engine = [1]", "engine = {}", "engine_version = [\"1\"]", "db_name = {}", "allocated_storage = \"many\"", "port = []",
     "identifier = 5", "parameter_group_name = [[]]", "username = null", "engine = 5"],
)  # fmt: skip
def test_arguments_of_another_shape_are_no_fault(argument: str) -> None:
    assert only(f'resource "aws_db_instance" "x" {{\n  {argument}\n}}\n').realisation == "aws_db_instance.x"


ODD: tuple[Any, ...] = (
    None,
    True,
    5,
    1.5,
    "",
    "${x}",
    [],
    [[]],
    {},
    [{}],
    [None],
    {"a": []},
    [{"name": {}, "value": []}],
)


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_attributes_of_any_shape_are_no_fault(value: Any) -> None:
    """A state says anything of any attribute of every kind of the table: it is read, or left out."""
    resources = []
    for entry in RESOURCES:
        names = {path.lstrip("<@").split(".")[0] for path in entry.paths()}
        names |= {path.split(".")[0] for paths in entry.outputs.values() for path in paths.split("|")}
        attributes = dict.fromkeys(sorted(names), value)
        resources += [
            {"mode": "managed", "type": kind, "name": "x", "provider": "p", "instances": [{"attributes": attributes}]}
            for kind in entry.kinds
        ]
    state = json.dumps({"version": 4, "serial": 1, "resources": resources})
    found = read(Source("x.tfstate"), memory_context({"x.tfstate": state})).application.dependencies
    assert {f"{kind}.x" for entry in RESOURCES if not entry.joins for kind in entry.kinds} <= set(found)
    assert all(isinstance(each.type, str) and each.type for each in found.values())
