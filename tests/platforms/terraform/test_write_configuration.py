"""What is written for Terraform, word by word."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Dependency, Extra, Secret, Volume
from isomorph.model.image import Image
from isomorph.model.text import Address, Output, Placeholder, SecretValue
from isomorph.model.workload import Binary, Container, File, Kind, Mount, Port, Workload
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.platforms.terraform.write_names import UniqueLabels, to_label
from isomorph.platforms.terraform.writer import write
from isomorph.syntax.hcl.parse import parse_hcl
from tests.platforms.terraform.writing import OPTIONS, define, files_of, of_container, read_back, text_of

IMAGE = Image("shop/web", tag="1")


def lines_with(text: str, *words: str) -> list[str]:
    """Give the lines that hold one of some words, without what stands before them."""
    return [line.strip() for line in text.splitlines() if any(word in line for word in words)]


def with_database(parameters: dict[str, object] | None = None, **outputs: str) -> Application:
    """Give a workload that reaches a database which nothing here provides."""
    uid = "postgres.default#web.orders-db"
    container = Container(image=IMAGE, variables={name: (Output(uid, output),) for name, output in outputs.items()})
    return Application(
        name="shop",
        workloads={
            "web": Workload("web", names=("web",), containers={"web": container}, dependencies={"orders-db": uid})
        },
        dependencies={uid: Dependency("postgres", version="15", parameters=parameters)},
    )


def test_a_workload() -> None:
    application = of_container(image=IMAGE, args=("a b", "${x}", "100%{y}"), variables={"A": "1", "B": "$x"})
    text = text_of(application, options=WriteOptions())
    assert text[text.index('resource "kubernetes_deployment_v1"') :] == (
        'resource "kubernetes_deployment_v1" "web" {\n'
        "  metadata {\n"
        '    name = "web"\n'
        "    labels = {\n"
        '      "app.kubernetes.io/name"       = "web"\n'
        '      "app.kubernetes.io/managed-by" = "isomorph"\n'
        '      "app.kubernetes.io/part-of"    = "shop"\n'
        "    }\n"
        "  }\n"
        "\n"
        "  spec {\n"
        "    selector {\n"
        "      match_labels = {\n"
        '        "app.kubernetes.io/name" = "web"\n'
        "      }\n"
        "    }\n"
        "\n"
        "    template {\n"
        "      metadata {\n"
        "        labels = {\n"
        '          "app.kubernetes.io/name"       = "web"\n'
        '          "app.kubernetes.io/managed-by" = "isomorph"\n'
        '          "app.kubernetes.io/part-of"    = "shop"\n'
        "        }\n"
        "      }\n"
        "\n"
        "      spec {\n"
        "        enable_service_links             = false\n"
        "        termination_grace_period_seconds = 10\n"
        "\n"
        "        container {\n"
        '          name  = "web"\n'
        '          image = "shop/web:1"\n'
        '          args  = ["a b", "$${x}", "100%%{y}"]\n'
        "\n"
        "          env {\n"
        '            name  = "A"\n'
        '            value = "1"\n'
        "          }\n"
        "\n"
        "          env {\n"
        '            name  = "B"\n'
        '            value = "$x"\n'
        "          }\n"
        "        }\n"
        "      }\n"
        "    }\n"
        "  }\n"
        "}"
    )


def test_a_value_of_a_secret_is_in_no_configuration() -> None:
    application = of_container(
        image=IMAGE,
        variables={"PASSWORD": (SecretValue("db", "password"),)},
        files={"/etc/app/url": File(("postgres://u:", SecretValue("db", "password"), "@db\n"))},
    )
    secret = Secret({"password": "hunter2", "key": Binary(b"\xff\x00"), "later": None})
    application = Application(name="shop", workloads=application.workloads, secrets={"db": secret})
    written = write(define(application), OPTIONS)
    main, secrets, ignored = written.files
    assert "hunter2" not in str(main.content)
    assert lines_with(str(main.content), "var.") == [
        "password = var.db_password",
        "later    = var.db_later",
        "key = var.db_key",
        "postgres://u:${var.db_password}@db",
    ]
    assert (secrets.path, secrets.mode) == ("secrets.auto.tfvars", 0o600)
    assert secrets.content == 'db_password = "hunter2"\ndb_key      = "/wA="\n'
    assert (ignored.path, str(ignored.content).splitlines()[1:]) == (".gitignore", ["secrets.auto.tfvars"])
    without = write(define(application), WriteOptions(name="shop"))
    assert [file.path for file in without.files] == ["main.tf"]
    assert without.files[0] == main
    assert [each.message for each in without.diagnostics if "TF_VAR" in each.message] == [
        "what applies this sets its variables, as TF_VAR_NAME or in a .tfvars file: db_password, db_later, db_key"
    ]


def test_an_address_in_a_secret_is_spelled_as_in_the_cluster() -> None:
    web = Workload("web", names=("web",), containers={"web": Container(image=IMAGE, variables={
        "URL": (SecretValue("url"),),
    })})  # fmt: skip
    db = Workload(
        "My_DB", names=("My_DB",), ports={"5432/tcp": Port(5432, 5432)}, containers={"db": Container(image=IMAGE)}
    )
    secrets = {"url": Secret({"": ("postgres://u:pw@", Address("My_DB", "My_DB", 5432), "/x")})}
    definition = define(Application(name="shop", workloads={"web": web, "My_DB": db}, secrets=secrets))
    assert files_of(write(definition, OPTIONS))["secrets.auto.tfvars"] == 'url = "postgres://u:pw@my-db:5432/x"\n'


def with_volume(kind: Kind) -> list[str]:
    """Write a workload with a volume and a file; gives the references, and what the provider is told not to wait for."""
    container = Container(image=IMAGE, mounts={"/data": Mount("data")}, files={"/a": File("text")})
    web = Workload("web", names=("web",), kind=kind, ports={"80/tcp": Port(80, 80)}, containers={"web": container})
    volumes = {"data": Volume("persistent", access=("read-write-many",))}
    application = Application(name="shop", namespace="shop", workloads={"web": web}, volumes=volumes)
    text = text_of(application, options=WriteOptions(name="shop", generate_namespace=True))
    return list(dict.fromkeys(lines_with(text, "[0].name", "wait_")))


def test_resources_refer_to_each_other() -> None:
    namespace = "namespace = kubernetes_namespace_v1.shop.metadata[0].name"
    files = "name = kubernetes_config_map_v1.web_files.metadata[0].name"
    claim = "claim_name = kubernetes_persistent_volume_claim_v1.data.metadata[0].name"
    service = "service_name = kubernetes_service_v1.web.metadata[0].name"
    assert with_volume(Kind.SERVICE) == [namespace, "wait_until_bound = false", files, claim]
    assert with_volume(Kind.STATEFUL) == [namespace, service, files]
    assert with_volume(Kind.JOB)[-1] == "wait_for_completion = false"


def test_a_dependency_is_a_module() -> None:
    application = with_database(
        {"database": "orders", "password": "hunter2", "not ours": 1}, HOST="host", PW="password"
    )
    files = files_of(write(define(application, "score"), OPTIONS))
    main = files["main.tf"]
    module = main[main.index('module "web_orders_db"') : main.index('resource "')]
    assert module == (
        'module "web_orders_db" {\n'
        '  source = "./modules/postgres"\n'
        "\n"
        '  engine_version = "15"\n'
        '  database       = "orders"\n'
        "  password       = var.web_orders_db_password\n"
        "  host           = var.web_orders_db_host\n"
        "}\n\n"
        'output "web_orders_db_host" {\n'
        "  value = module.web_orders_db.host\n"
        "}\n\n"
        'output "web_orders_db_password" {\n'
        "  value     = module.web_orders_db.password\n"
        "  sensitive = true\n"
        "}\n\n"
    )
    workload = main[main.index('resource "') :]
    assert lines_with(workload, "module.", "secret_v1") == [
        'resource "kubernetes_secret_v1" "web_orders_db" {',
        "password = module.web_orders_db.password",
        "value = module.web_orders_db.host",
        "name = kubernetes_secret_v1.web_orders_db.metadata[0].name",
    ]
    assert "hunter2" not in main
    assert files["secrets.auto.tfvars"] == 'web_orders_db_password = "hunter2"\n'
    assert files["modules/postgres/main.tf"].startswith('variable "database" {\n  default = null\n}\n')


def test_a_dependency_that_was_written_is_read_as_one() -> None:
    application = with_database({"database": "orders", "password": "hunter2"}, HOST="host", PW="password")
    first = write(define(application, "score"), OPTIONS)
    back = read_back(first.files).application
    (dependency,) = back.dependencies.values()
    assert (dependency.type, dependency.version) == ("postgres", "15")
    assert dependency.parameters == {"database": "orders"}, "a password is no parameter that is shown"
    assert sorted(dependency.outputs) == ["host", "password", "web_orders_db_host", "web_orders_db_password"]
    assert back.workloads["web"].containers["web"].variables["HOST"] == (Output("module.web_orders_db", "host"),)
    assert "hunter2" not in repr(back.dependencies)


HANDS_ON = 'variable "host" {\n  default = null\n}\noutput "host" {\n  value = var.host\n}\n'


@pytest.mark.parametrize(
    ("folder", "module", "kinds"),
    [
        ("modules/postgres", HANDS_ON, ["postgres"]),
        ("modules/kafka-topic", HANDS_ON, ["kafka-topic"]),
        ("parts/postgres", HANDS_ON, []),
        ("modules/postgres", HANDS_ON.replace("null", '"db"'), []),
        ("modules/postgres", HANDS_ON.replace("= var.host", '= "${var.host}.example.com"'), []),
        ("modules/postgres", HANDS_ON + 'resource "random_id" "x" {}\n', []),
    ],
)
def test_only_what_creates_nothing_and_changes_nothing_hands_on(folder: str, module: str, kinds: list[str]) -> None:
    main = f'module "db" {{\n  source = "./{folder}"\n  host   = "db.example.com"\n}}\n'
    files = (OutputFile("main.tf", main), OutputFile(f"{folder}/main.tf", module))
    assert [each.type for each in read_back(files).application.dependencies.values()] == kinds


def test_what_is_not_settled_is_a_variable() -> None:
    text = text_of(of_container(image=IMAGE, variables={"A": ("x-", Placeholder("${TAG}", "TAG"))}))
    assert text.startswith('variable "TAG" {\n  type = string\n}\n')
    assert 'value = "x-${var.TAG}"' in text


def test_what_the_provider_cannot_say_is_a_manifest() -> None:
    web = Workload("web", names=("web",), containers={"web": Container(image=IMAGE)})
    extras = (
        Extra("kubernetes", ("workloads", "web", "containers", "web"), ("resizePolicy",), [{"resourceName": "cpu"}]),
        Extra("kubernetes", (), ("x",), {"apiVersion": "a.b/v1", "kind": "C", "metadata": {"name": "web"}}),
    )
    definition = Definition(Application(workloads={"web": web}), "kubernetes", extras=extras)
    text = files_of(write(definition, OPTIONS))["main.tf"]
    assert lines_with(text, 'resource "', "resizePolicy", "apiVersion") == [
        'resource "kubernetes_service_v1" "web" {',
        'resource "kubernetes_manifest" "web" {',
        'apiVersion = "apps/v1"',
        "resizePolicy = [",
        'resource "kubernetes_manifest" "web_c" {',
        'apiVersion = "a.b/v1"',
    ]


def test_what_was_said_to_the_provider_stays() -> None:
    web = Workload("web", names=("web",), containers={"web": Container(image=IMAGE)})
    address = "kubernetes_deployment_v1.web"
    extras = (
        Extra("terraform", (), ("resources", address, "wait_for_rollout"), False),
        Extra("terraform", (), ("resources", "aws_vpc.main"), "aws_vpc"),
    )
    written = write(Definition(Application(workloads={"web": web}), "terraform", extras=extras), OPTIONS)
    assert "\n  wait_for_rollout = false\n}\n" in str(written.files[0].content)
    assert [each.message for each in written.diagnostics if each.code == "extra-dropped"] == [
        "aws_vpc.main: what is no workload of Kubernetes is not in the output"
    ]


JUNK: tuple[Any, ...] = (None, "", 0, 1.5, True, [], {}, [None], [1], ["x"], {"a": None}, {"a": {"b": []}}, [[]], [{}])


def variants(value: Any) -> Iterator[Any]:
    """Give copies of plain data in which one thing is something else."""
    yield from JUNK
    if isinstance(value, dict):
        yield {**value, "no such field": 1}
        for key, each in value.items():
            yield from ({**value, key: other} for other in variants(each))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from ([*value[:number], other, *value[number + 1 :]] for other in variants(each))


SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "s"},
    "stringData": {"a": "x"},
    "data": {"b": "eA=="},
}
CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "c", "namespace": "n", "labels": {"a": "b"}},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
SCALER = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "h"},
    "spec": {
        "scaleTargetRef": {"kind": "Deployment", "name": "web"},
        "maxReplicas": 3,
        "metrics": [{"type": "Resource"}],
    },
}


@pytest.mark.parametrize("document", [SECRET, CLAIM, SCALER], ids=lambda document: str(document["kind"]))
def test_objects_of_any_shape_are_written(document: dict[str, Any]) -> None:
    given = [each for each in variants(document) if isinstance(each, dict)]
    definition = Definition(
        Application(), "kubernetes", extras=tuple(Extra("kubernetes", (), ("x",), each) for each in given)
    )
    text = files_of(write(definition, replace(OPTIONS, finish=lambda _: given)))["main.tf"]
    labels = lines_with(text, 'resource "')
    assert len(labels) == len(set(labels)) == len(given)
    assert len(parse_hcl(text.encode(), "main.tf")[0].blocks) >= len(given)


def test_labels_are_unique_and_what_hcl_takes() -> None:
    labels = UniqueLabels()
    assert [to_label(name, "x") for name in ("a-b", "a.b", "9x", "", "-", "${x}", "ä\nb")] == [
        *("a_b", "a_b", "_9x", "x", "x", "x", "b"),
    ]
    assert [labels.take("s", "a", "n_a") for _ in range(4)] == ["a", "n_a", "n_a_2", "n_a_3"]
    assert labels.take("other", "a") == "a"
