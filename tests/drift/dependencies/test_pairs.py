"""A labelled set: a dependency as an image against its counterpart in Terraform. All that is labelled is told, and no more."""

from typing import NamedTuple

import pytest
from msgspec.structs import replace

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from tests.drift.dependencies.gap import judge, laptop, production, provisioned
from tests.drift.judging import environment, pod, shown


class Labelled(NamedTuple):
    """A pair and all that is to be told of it."""

    laptop: Environment
    production: Environment
    told: tuple[str, ...] = ()


RDS_HOST = "orders.c1a2b3.eu-west-1.rds.amazonaws.com"


def postgres(tag: str = "15", database: str = "orders", more: str = "", name: str = "db") -> str:
    return (
        f"  {name}:\n    image: postgres:{tag}\n    environment:\n"
        f"      POSTGRES_DB: {database}\n      POSTGRES_USER: app\n      POSTGRES_PASSWORD: hunter2\n{more}"
    )


def rds(
    version: str = '"15.4"', database: str = '"orders"', more: str = "", name: str = "orders", engine: str = "postgres"
) -> str:
    return (
        f'resource "aws_db_instance" "{name}" {{\n  identifier = "{name}"\n  engine = "{engine}"\n'
        f'  engine_version = {version}\n  instance_class = "db.t3.micro"\n  allocated_storage = 20\n'
        f'  db_name = {database}\n  username = "app"\n  password = "hunter3"\n{more}}}\n'
    )


def url(host: str, rest: str = "5432/orders", scheme: str = "postgres") -> str:
    return f"{scheme}://app@{host}:{rest}"


SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  web:
    image: shop/web:1
    variables: {DB_URL: "postgres://app@${resources.db.host}:${resources.db.port}/orders"}
resources:
  db: {type: postgres, params: {version: "15"}}
"""

CLUSTER_DB = """\
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: orders-db}
spec:
  serviceName: orders-db
  selector: {matchLabels: {app: orders-db}}
  template:
    metadata: {labels: {app: orders-db}}
    spec:
      containers:
        - name: postgres
          image: postgres:15
          env:
            - {name: POSTGRES_DB, value: orders}
            - {name: POSTGRES_USER, valueFrom: {secretKeyRef: {name: db, key: user}}}
---
apiVersion: v1
kind: Service
metadata: {name: orders-db}
spec:
  selector: {app: orders-db}
  ports: [{port: 5432}]
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {user: app}
"""


def staging(**variables: str) -> Environment:
    """Write a database as a workload of Kubernetes, with a user from a Secret."""
    said = "".join(f"  - {{name: {name}, value: '{value}'}}\n" for name, value in variables.items())
    return environment("staging", "kubernetes", pod(f"env:\n{said}", more=CLUSTER_DB))


def renamed(name: str, one: Environment) -> Environment:
    return Environment(name, one.definition)


PAIRS: dict[str, Labelled] = {
    "a database in the cluster, of the same version": Labelled(
        staging(DB_URL=url("orders-db")), production(rds(), DB_URL=url(RDS_HOST))
    ),
    "a database in the cluster, of another version": Labelled(
        staging(DB_URL=url("orders-db.default.svc.cluster.local")),
        production(rds('"16.1"'), DB_URL=url(RDS_HOST)),
        ("drift dependency.version orders-db: 15 | 16.1",),
    ),
    "a resource of Score against an image": Labelled(
        environment("score", "score", SCORE), laptop(postgres(), DB_URL=url("db"))
    ),
    "a resource of Score against Terraform": Labelled(
        environment("score", "score", SCORE),
        production(rds('"13.7"'), DB_URL=url(RDS_HOST)),
        ("drift dependency.version db: 15 | 13.7",),
    ),
    "Terraform on both sides": Labelled(
        renamed("staging", production(rds(), DB_URL=url(RDS_HOST))),
        production(rds(more="  port = 5433\n").replace("= 20", "= 100"), DB_URL=url(RDS_HOST, "5433/orders")),
        (
            "drift dependency.parameter orders.port: 5432 | 5433",
            "drift dependency.parameter orders.storage: 20Gi | 100Gi",
            f"drift variable.value DB_URL: {url(RDS_HOST)} | {url(RDS_HOST, '5433/orders')}",
        ),
    ),
    "a DNS record in one of two that Terraform provisions": Labelled(
        renamed("staging", production(rds(), DB_URL=url(RDS_HOST))),
        production(
            rds() + 'resource "aws_route53_record" "shop" {\n  zone_id = "Z"\n  name = "shop.example.com"\n'
            '  type = "A"\n  records = ["192.0.2.1"]\n}\n',
            DB_URL=url(RDS_HOST),
        ),
        ("missing dependency.missing shop.example.com: - | dns",),
    ),
    "what only surrounds workloads is no dependency of a laptop's": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(
            rds() + 'resource "aws_route53_record" "shop" {\n  zone_id = "Z"\n  name = "shop.example.com"\n'
            '  type = "A"\n  records = ["192.0.2.1"]\n}\n'
            'resource "aws_acm_certificate" "shop" {\n  domain_name = "shop.example.com"\n}\n',
            DB_URL=url(RDS_HOST),
        ),
    ),
    "the same version": Labelled(laptop(postgres(), DB_URL=url("db")), production(rds(), DB_URL=url(RDS_HOST))),
    "another version": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds('"13.7"'), DB_URL=url(RDS_HOST)),
        ("drift dependency.version db: 15 | 13.7",),
    ),
    "another minor version": Labelled(
        laptop(postgres("15.2-alpine"), DB_URL=url("db")),
        production(rds(), DB_URL=url(RDS_HOST)),
        ("drift dependency.version db: 15.2 | 15.4",),
    ),
    "no version said": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds("null"), DB_URL=url(RDS_HOST)),
        ("drift dependency.version db: 15 | -",),
    ),
    "an image without a version": Labelled(
        laptop(postgres("latest"), DB_URL=url("db")),
        production(rds(), DB_URL=url(RDS_HOST)),
        ("drift dependency.version db: latest | 15.4",),
    ),
    "a version that nobody gives": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production('variable "pg" {}\n' + rds("var.pg"), DB_URL=url(RDS_HOST)),
        ("unresolved dependency.version db: 15 | ${var.pg}",),
    ),
    "a version that is given": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production('variable "pg" {}\n' + rds("var.pg"), settings={"pg": "15.4"}, DB_URL=url(RDS_HOST)),
    ),
    "count = 0": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds(more="  count = 0\n")),
        ("missing workload.missing: db | -", "missing variable.missing DB_URL: postgres://app@db:5432/orders | -"),
    ),
    "missing on the laptop": Labelled(
        laptop(""),
        production(rds()),
        ("missing dependency.missing orders: - | postgres",),
    ),
    "renamed": Labelled(
        laptop(postgres(name="shop-store"), DB_URL=url("shop-store")),
        production(rds(name="main").replace('"main"\n', '"prod-7"\n'), DB_URL=url(RDS_HOST)),
    ),
    "another port": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds(more="  port = 5433\n"), DB_URL=url(RDS_HOST, "5433/orders")),
        ("drift dependency.parameter db.port: 5432 | 5433",),
    ),
    "another port in the URL alone": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds(), DB_URL=url(RDS_HOST, "5433/orders")),
        (f"drift variable.value DB_URL: {url('db')} | {url(RDS_HOST, '5433/orders')}",),
    ),
    "another port in variables of their own": Labelled(
        laptop(postgres(), DB_HOST="db", DB_PORT="5432"),
        production(rds(more="  port = 5433\n"), DB_HOST=RDS_HOST, DB_PORT="5433"),
        ("drift dependency.parameter db.port: 5432 | 5433",),
    ),
    "another name of the database": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds(database='"shop"'), DB_URL=url(RDS_HOST, "5432/shop")),
        ("drift dependency.parameter db.database: orders | shop",),
    ),
    "another name of the database in the URL alone": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds(), DB_URL=url(RDS_HOST, "5432/shop")),
        (f"drift variable.value DB_URL: {url('db')} | {url(RDS_HOST, '5432/shop')}",),
    ),
    "nobody makes the database": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds(database="null"), DB_URL=url(RDS_HOST)),
        ("drift dependency.parameter db.database: orders | -",),
    ),
    "a database of the postgresql provider": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(
            rds(database="null") + 'provider "postgresql" {\n  host = aws_db_instance.orders.address\n}\n'
            'resource "postgresql_database" "orders" {\n  name = "orders"\n}\n',
            DB_URL=url(RDS_HOST),
        ),
    ),
    "another user": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(rds().replace('"app"', '"admin"'), DB_URL=url(RDS_HOST).replace("app", "admin")),
        ("drift dependency.parameter db.username: app | admin",),
    ),
    "a user that an apply makes up": Labelled(
        laptop(postgres(), DB_HOST="db"),
        production(
            'resource "random_string" "user" {\n  length = 8\n}\n'
            + rds().replace('"app"', "random_string.user.result"),
            DB_HOST=RDS_HOST,
        ),
    ),
    "TLS on one side": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(
            'resource "aws_db_parameter_group" "tls" {\n  family = "postgres15"\n  parameter {\n'
            '    name = "rds.force_ssl"\n    value = "1"\n  }\n}\n'
            + rds(more="  parameter_group_name = aws_db_parameter_group.tls.name\n"),
            DB_URL=url(RDS_HOST) + "?sslmode=require",
        ),
        ("drift dependency.parameter db.tls: - | true",),
    ),
    "a flag on one side": Labelled(
        laptop(postgres(more="    command: [postgres, -c, max_connections=200]\n"), DB_URL=url("db")),
        production(rds(), DB_URL=url(RDS_HOST)),
        ("drift dependency.parameter db.max_connections: 200 | -",),
    ),
    "another value of a flag": Labelled(
        laptop(postgres(more="    command: [postgres, -c, max_connections=200]\n"), DB_URL=url("db")),
        production(
            'resource "azurerm_postgresql_flexible_server" "db" {\n  name = "orders"\n  version = "15"\n'
            '  administrator_login = "app"\n}\n'
            'resource "azurerm_postgresql_flexible_server_database" "orders" {\n  name = "orders"\n'
            '  server_id = azurerm_postgresql_flexible_server.db.id\n  charset = "UTF8"\n  collation = "en_US.utf8"\n}\n'
            'resource "azurerm_postgresql_flexible_server_configuration" "c" {\n  name = "max_connections"\n'
            "  server_id = azurerm_postgresql_flexible_server.db.id\n  value = 300\n}\n",
            DB_URL=url("orders.postgres.database.azure.com") + "?sslmode=require",
        ),
        (
            "drift dependency.parameter db.max_connections: 200 | 300",
            "drift dependency.parameter db.tls: - | true",
        ),
    ),
    "an extension more": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(
            rds() + 'resource "postgresql_extension" "e" {\n  name = "pg_trgm"\n}\n',
            DB_URL=url(RDS_HOST),
        ),
        ("drift dependency.parameter db.extensions: - | pg_trgm",),
    ),
    "another collation": Labelled(
        laptop(postgres(), DB_HOST="db"),
        production(
            'resource "google_sql_database_instance" "main" {\n  name = "orders"\n  database_version = "POSTGRES_15"\n'
            '  settings {\n    tier = "db-f1-micro"\n  }\n}\n'
            'resource "google_sql_database" "orders" {\n  name = "orders"\n'
            '  instance = google_sql_database_instance.main.name\n  charset = "UTF8"\n  collation = "C"\n}\n'
            'resource "google_sql_user" "app" {\n  name = "app"\n'
            "  instance = google_sql_database_instance.main.name\n}\n",
            DB_HOST="orders.db.shop.example.com",
        ),
        ("drift dependency.parameter db.collation: - | C",),
    ),
    "two databases, each with its own": Labelled(
        laptop(
            postgres(name="orders-db") + postgres("14", "users", name="users-db"),
            ORDERS=url("orders-db"),
            USERS=url("users-db", "5432/users"),
        ),
        production(
            rds() + rds('"13.7"', '"users"', name="users"),
            ORDERS=url(RDS_HOST),
            USERS=url(RDS_HOST.replace("orders", "users"), "5432/users"),
        ),
        ("drift dependency.version users-db: 14 | 13.7",),
    ),
    "two databases told apart by what is in them": Labelled(
        laptop(
            postgres(name="one") + postgres("14", "users", name="two"),
            ORDERS=url("one"),
            USERS=url("two", "5432/users"),
        ),
        production(
            rds(name="alpha") + rds('"13.7"', '"users"', name="beta"),
            ORDERS=url(RDS_HOST),
            USERS=url(RDS_HOST.replace("orders", "users"), "5432/users"),
        ),
        ("drift dependency.version two: 14 | 13.7",),
    ),
    "MySQL here and MariaDB there": Labelled(
        laptop("  db:\n    image: mysql:8.0\n    environment: {MYSQL_DATABASE: orders}\n", DB_HOST="db"),
        production(rds('"10.11"', engine="mariadb"), DB_HOST=RDS_HOST),
        ("drift dependency.type db: mysql | mariadb",),
    ),
    "MySQL on Aurora": Labelled(
        laptop(
            "  db:\n    image: mysql:8.0\n    environment: {MYSQL_DATABASE: orders, MYSQL_USER: app}\n", DB_HOST="db"
        ),
        production(
            'resource "aws_rds_cluster" "orders" {\n  engine = "aurora-mysql"\n  engine_version = "8.0.mysql_aurora.3.04.0"\n'
            '  database_name = "orders"\n  master_username = "app"\n}\n',
            DB_HOST="orders.cluster-c1.eu-west-1.rds.amazonaws.com",
        ),
    ),
    "Redis of another version": Labelled(
        laptop("  cache:\n    image: redis:7.2-alpine\n", REDIS_URL="redis://cache:6379/0"),
        production(
            'resource "aws_elasticache_replication_group" "cache" {\n  replication_group_id = "shop"\n  engine = "redis"\n'
            '  engine_version = "6.2"\n  node_type = "cache.t3.micro"\n}\n',
            REDIS_URL="redis://shop.abc.cache.amazonaws.com:6379/0",
        ),
        ("drift dependency.version cache: 7.2 | 6.2",),
    ),
    "Redis with TLS": Labelled(
        laptop("  cache:\n    image: redis:7.1\n", REDIS_URL="redis://cache:6379/0"),
        production(
            'resource "aws_elasticache_replication_group" "cache" {\n  replication_group_id = "shop"\n'
            '  engine_version = "7.1"\n  transit_encryption_enabled = true\n}\n',
            REDIS_URL="rediss://shop.abc.cache.amazonaws.com:6379/0",
        ),
        ("drift dependency.parameter cache.tls: - | true",),
    ),
    "RabbitMQ": Labelled(
        laptop("  mq:\n    image: rabbitmq:3.13-management\n", AMQP_URL="amqp://mq:5672/"),
        production(
            'resource "aws_mq_broker" "orders" {\n  broker_name = "orders"\n  engine_type = "RabbitMQ"\n'
            '  engine_version = "3.13"\n  host_instance_type = "mq.t3.micro"\n  user {\n    username = "app"\n'
            '    password = "x"\n  }\n}\n',
            AMQP_URL="amqps://b-1.mq.eu-west-1.amazonaws.com:5671/",
        ),
        (
            "drift dependency.parameter mq.port: 5672 | 5671",
            "drift dependency.parameter mq.tls: - | true",
        ),
    ),
    "MinIO and a bucket": Labelled(
        laptop("  files:\n    image: minio/minio:RELEASE.2024-01-01\n", BUCKET="invoices", S3="http://files:9000"),
        production(
            'resource "aws_s3_bucket" "invoices" {\n  bucket = "invoices"\n}\n',
            BUCKET="invoices",
            S3="https://s3.eu-west-1.amazonaws.com",
        ),
    ),
    "flags that a managed server decides itself": Labelled(
        laptop(
            "  cache:\n    image: redis:7.1\n    command: redis-server --appendonly yes --save 60 1 --loglevel warning\n"
            "  files:\n    image: minio/minio\n    command: server /data --console-address :9001\n",
            REDIS_URL="redis://cache:6379/0",
        ),
        production(
            'resource "aws_elasticache_replication_group" "cache" {\n  replication_group_id = "shop"\n'
            '  engine_version = "7.1"\n}\nresource "aws_s3_bucket" "files" {\n  bucket = "files"\n}\n',
            REDIS_URL="redis://shop.abc.cache.amazonaws.com:6379/0",
        ),
    ),
    "Redis here and Valkey there": Labelled(
        laptop("  cache:\n    image: redis:7.2\n", REDIS_URL="redis://cache:6379/0"),
        production(
            'resource "aws_elasticache_replication_group" "cache" {\n  replication_group_id = "shop"\n'
            '  engine = "valkey"\n  engine_version = "8.0"\n}\n',
            REDIS_URL="redis://shop.abc.cache.amazonaws.com:6379/0",
        ),
        ("drift dependency.type cache: redis | valkey",),
    ),
    "Kafka": Labelled(
        laptop("  kafka:\n    image: apache/kafka:3.7.0\n", BROKERS="kafka:9092"),
        production(
            'resource "aws_msk_cluster" "events" {\n  cluster_name = "events"\n  kafka_version = "3.6.0"\n'
            '  encryption_info {\n    encryption_in_transit {\n      client_broker = "PLAINTEXT"\n    }\n  }\n}\n',
            BROKERS="b-1.events.kafka.eu-west-1.amazonaws.com:9092",
        ),
        ("drift dependency.version kafka: 3.7.0 | 3.6.0",),
    ),
    "a module of the registry": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(
            'module "db" {\n  source = "terraform-aws-modules/rds/aws"\n  version = "6.10.0"\n  identifier = "orders"\n'
            '  engine = "postgres"\n  engine_version = "13.7"\n  db_name = "orders"\n  username = "app"\n}\n',
            DB_URL=url(RDS_HOST),
        ),
        ("drift dependency.version db: 15 | 13.7",),
    ),
    "what Terraform gives, by the name of its output": Labelled(
        laptop(postgres(), DB_URL=url("db")),
        production(
            rds('"14.9"')
            + 'output "orders_url" {\n  value = "postgres://app@${aws_db_instance.orders.address}:5432/orders"\n}\n',
        ),
        (
            "drift dependency.version db: 15 | 14.9",
            "missing variable.missing DB_URL: postgres://app@db:5432/orders | -",
        ),
    ),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_all_that_is_labelled_is_told_and_nothing_else(pair: Labelled) -> None:
    assert sorted(shown(judge(pair.laptop, pair.production))) == sorted(pair.told)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_the_order_of_environments_means_nothing(pair: Labelled) -> None:
    def turn(line: str) -> str:
        head, _, values = line.partition(": ")
        a, _, b = values.partition(" | ")
        return f"{head}: {b} | {a}"

    told = sorted(shown(judge(pair.production, pair.laptop)))
    assert told == sorted(turn(line) for line in pair.told)


KUBERNETES_PROVIDER = """
resource "kubernetes_deployment" "web" {
  metadata {
    name = "web"
  }
  spec {
    selector {
      match_labels = { app = "web" }
    }
    template {
      metadata {
        labels = { app = "web" }
      }
      spec {
        container {
          name  = "web"
          image = "shop/web:1"
          env {
            name  = "DB_URL"
            value = "postgres://app@${aws_db_instance.orders.endpoint}/DATABASE"
          }
          env {
            name  = "DB_HOST"
            value = aws_db_instance.orders.address
          }
          env {
            name  = "DB_PORT"
            value = aws_db_instance.orders.port
          }
        }
      }
    }
  }
}
"""


def by_terraform_alone(database: str) -> Environment:
    """Write workloads of the Kubernetes provider, whose texts take what the same module provisions."""
    definition = provisioned(rds('"13.7"') + KUBERNETES_PROVIDER.replace("DATABASE", database))
    return Environment("production", replace(normalise(definition), platform="kubernetes"))


def test_what_terraform_only_knows_after_an_apply_is_expected_of_a_host() -> None:
    here = laptop(postgres(), DB_URL=url("db"), DB_HOST="db", DB_PORT="5432")
    report = judge(here, by_terraform_alone("orders"))
    assert shown(report) == ["drift dependency.version db: 15 | 13.7"]
    expected = {each.subject: (each.reason or "").partition(":")[0] for each in report.findings if each.subject}
    assert expected == {
        "db": "",
        "DB_URL": "service discovery",
        "DB_HOST": "service discovery",
        "DB_PORT": "provisioned",
    }


def test_what_stands_beside_the_host_is_still_compared() -> None:
    report = judge(laptop(postgres(), DB_URL=url("db"), DB_HOST="db", DB_PORT="5432"), by_terraform_alone("shop"))
    assert [each.rule for each in report.findings if each.verdict.value == "drift"] == [
        "dependency.version",
        "variable.value",
    ]


def test_a_host_that_a_state_knows_is_the_dependency() -> None:
    definition = provisioned(rds(), state={"address": RDS_HOST, "engine": "postgres", "engine_version": "15.4"})
    (dependency,) = definition.application.dependencies.values()
    assert dependency.outputs["host"] == RDS_HOST


def test_names_that_the_team_declares_settle_what_cannot_be_told() -> None:
    here = laptop(
        postgres(name="one", database="x") + postgres("14", name="two", database="x"), A=url("one"), B=url("two")
    )
    there = production(rds(name="alpha", database='"x"') + rds('"14.2"', name="beta", database='"x"'))
    told = judge(here, there)
    assert [each.code for each in told.diagnostics] == ["ambiguous-alignment"]
    assert {each.workload for each in told.findings if each.rule == "dependency.missing"} == {"alpha", "beta"}
    names = {"one": {"laptop": "one", "production": "alpha"}, "two": {"laptop": "two", "production": "beta"}}
    report = compare([here, there], align=names)
    assert report.diagnostics == ()
    assert shown(report, "dependency") == []


def test_a_finding_has_both_places() -> None:
    report = judge(laptop(postgres(), DB_URL=url("db")), production(rds('"13.7"'), DB_URL=url(RDS_HOST)))
    (version,) = [each for each in report.findings if each.rule == "dependency.version"]
    assert [str(side.origin) for side in version.sides] == ["laptop.yaml:7:12", "infra/main.tf:4:20"]
    assert version.message.startswith("db: the version of the dependency db is 15 on laptop and 13.7 on production")
