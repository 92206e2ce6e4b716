"""A real API server takes what we write, strictly: every real definition converted, and models made to be awkward."""

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from isomorph.model.application import Application, Configuration, Definition, Extra, Secret, Volume
from isomorph.model.image import Build, Image
from isomorph.model.normalise import normalise
from isomorph.model.text import Address, ConfigurationValue, InstanceField, Placeholder, SecretValue
from isomorph.model.workload import (
    Binary,
    Compute,
    Constraint,
    Container,
    Exec,
    Exposure,
    File,
    Grpc,
    Http,
    Kind,
    Mount,
    Order,
    Port,
    Probe,
    Restart,
    Role,
    Route,
    Scale,
    Schedule,
    Security,
    Tcp,
    Workload,
)
from isomorph.platforms.context import Context, Source
from isomorph.platforms.kubernetes.writer import to_documents
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import load_reader
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml
from tests.engines.control_plane import ControlPlane
from tests.provisioned import shop

pytestmark = pytest.mark.engine

WEB = Container(image=Image("nginx", tag="1"))

REAL = (
    *(
        ("score", f"score-examples/specification/{name}/score.yaml")
        for name in ("annotations", "command", "files", "limits-and-requests", "probes", "service", "variables")
    ),
    ("compose", "sock-shop/compose/docker-compose.yml"),
    ("compose", "aks-store-demo/compose/docker-compose.yml"),
    ("compose", "aks-store-demo/compose/docker-compose-quickstart.yml"),
    ("kubernetes", "sock-shop/kubernetes"),
    ("kubernetes", "aks-store-demo/kubernetes/aks-store-all-in-one.yaml"),
    ("kubernetes", "aks-store-demo/kubernetes/aks-store-quickstart.yaml"),
    ("kubernetes", "aks-store-demo/kustomize/base"),
)


def complaints(server: ControlPlane, definition: Definition, options: WriteOptions | None = None) -> list[str]:
    """Dry-run every document that is written for a definition; gives what the API server says against them."""
    documents, _ = to_documents(normalise(definition, resolve_configurations=False), options or WriteOptions())
    assert documents
    answers = [server.dry_run(document, emit_yaml(document, dialect=Dialect.KUBERNETES)) for document in documents]
    return [answer for answer in answers if answer]


@pytest.mark.parametrize(("platform", "path"), REAL)
@pytest.mark.parametrize("namespace", [None, "elsewhere"])
def test_real_definitions(
    corpus: Path, api_server: ControlPlane, platform: str, path: str, namespace: str | None
) -> None:
    if "kustomize" in path and shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    context = Context(LocalFiles([str(corpus)]), LocalEngines())
    definition = load_reader(platform)(Source(str(corpus / path)), context)
    assert complaints(api_server, definition, WriteOptions(namespace=namespace)) == []


def one(**more: object) -> Definition:
    """A definition of one workload, and what it shares."""
    shared = {key: more.pop(key) for key in ("volumes", "secrets", "configurations") if key in more}
    said = {"name": "web", "names": ("web",), "containers": {"web": WEB}, **more}
    return Definition(Application(name="shop", workloads={"web": Workload(**said)}, **shared), "compose")  # type: ignore[arg-type]


LONG = "a-very-long-name-that-somebody-thought-was-a-good-idea-" * 3

AWKWARD = {
    "names": Definition(
        Application(
            name="My Shop! (prod)",
            workloads={
                name: Workload(
                    name,
                    names=(name, f"{name}.local"),
                    containers={name: WEB},
                    ports={"80/tcp": Port(80, 80)},
                    kind=kind,
                )
                for name, kind in (
                    ("my_app", Kind.SERVICE),
                    ("my-app", Kind.SERVICE),
                    ("My.App", Kind.SERVICE),
                    ("3proxy", Kind.STATEFUL),
                    ("___", Kind.DAEMON),
                    (LONG, Kind.SERVICE),
                    (LONG + "x", Kind.STATEFUL),
                )
            },
        ),
        "compose",
    ),
    "a long name of a scheduled job": one(name=LONG, kind=Kind.SCHEDULED, schedule=Schedule("0 3 * * *", "Etc/UTC")),
    "ports": one(
        ports={
            "53/tcp": Port(53, 5353, name="DNS_over_tcp_long_name", exposures=(Exposure("host", 53),)),
            "53/udp": Port(53, 5353, "udp", name="dns", exposures=(Exposure("host", 53),)),
            "80/tcp": Port(
                80, 8080, name="dns", exposures=(Exposure("host", 8080), Exposure("host", 8081, "127.0.0.1"))
            ),
            "81/tcp": Port(81, 8080, exposures=(Exposure("host", None),)),
            "9/sctp": Port(9, 9, "sctp"),
            "99/tcp": Port(99, 99, offered=False),
        }
    ),
    "a stateful workload with ports outside": one(
        kind=Kind.STATEFUL,
        ports={"80/tcp": Port(80, 8080, exposures=(Exposure("host", 80),))},
        volumes={"web/data": Volume("persistent", size=1 << 30, access=("read-write-once",))},
        containers={"web": Container(image=Image("nginx"), mounts={"/data": Mount("web/data")})},
    ),
    "a node port and a load balancer": one(
        ports={
            "80/tcp": Port(80, 80, exposures=(Exposure("load-balancer", 80), Exposure("node", 30080))),
            "81/tcp": Port(81, 81, exposures=(Exposure("node", 30081),)),
        }
    ),
    "variables": one(
        containers={
            "web": Container(
                image=Image("nginx"),
                command=("sh", "-c", ("echo ", SecretValue("db", "pass"), " $(date) $$")),
                args=("$", ("$", ConfigurationValue("set", "level"))),
                variables={
                    "URL": ("amqp://u:", SecretValue("db", "pass"), "@", Address("web", "web", 5672), "/"),
                    "PASS": (SecretValue("db", "pass"),),
                    "LEVEL": (ConfigurationValue("set", "level", optional=True),),
                    "POD": (InstanceField("name"),),
                    "LABEL": (InstanceField("label:app.kubernetes.io/name"),),
                    "CPU": (InstanceField("limit:cpu", divisor="1m"),),
                    "with.dots-and": "x",
                    "1st (odd)": "y",
                    "UNSET": (Placeholder("${UNSET}", "UNSET"),),
                    "EMPTY": "",
                },
                variables_from=(SecretValue("more", optional=True), ConfigurationValue("set")),
            )
        },
        secrets={"db": Secret({"pass": "hunter2", "bin": Binary(b"\xff"), "none": None})},
        configurations={"set": Configuration({"level": "debug", "raw": Binary(b"\0\xff")})},
    ),
    "files": one(
        containers={
            "web": Container(
                image=Image("nginx"),
                files={
                    "/etc/a/conf": File("a", mode=0o600),
                    "/etc/b/conf": File("b", mode=0o640),
                    "/etc/c/conf": File(Binary(b"\0"), mode=0o644),
                    "/run/secrets/db": File((SecretValue("db_password"),), mode=0o400),
                    "/run/secrets/again": File((SecretValue("db_password"),), mode=0o440),
                    "/etc/whole": File((ConfigurationValue("outside", optional=True),), folder=True, mode=0o444),
                    "/etc/pod": File((InstanceField("label:app"),)),
                    "/weird name!": File("x"),
                    "/.hidden": File("y", read_only=True),
                },
            )
        },
        secrets={"db_password": Secret({"db_password": "x"})},
    ),
    "volumes": one(
        containers={
            "web": Container(
                image=Image("nginx"),
                mounts={
                    "/data": Mount("My_Data", sub_path="x", read_only=True),
                    "/tmp": Mount("web//tmp"),
                    "/mem": Mount("web//mem", read_only=False),
                    "/var/run/docker.sock": Mount("web//var/run/docker.sock"),
                    "/home": Mount("web//home"),
                    "/undefined": Mount("undefined"),
                },
            )
        },
        volumes={
            "My_Data": Volume("persistent"),
            "web//tmp": Volume("ephemeral"),
            "web//mem": Volume("memory", size=64 << 20),
            "web//var/run/docker.sock": Volume("host", host_path="/var/run/docker.sock"),
            "web//home": Volume("host", host_path="../home"),
            "nobody": Volume("persistent", size=5 << 30, storage_class="fast", access=("read-write-many",)),
        },
    ),
    "probes": one(
        ports={"80/tcp": Port(80, 8080)},
        containers={
            "web": Container(
                image=Image("nginx"),
                liveness=Probe(Http(8080, "/", "http", None, {"X": "y"}), period=500, successes=3),
                readiness=Probe(Exec(("true",)), period=2_500, timeout=1, grace=30_000, failures=3, successes=2),
            ),
            "grpc": Container(image=Image("g"), startup=Probe(Grpc(9000, "s"), initial_delay=0)),
            "tcp": Container(image=Image("t"), readiness=Probe(Tcp(5432)), liveness=Probe(disabled=True)),
        },
    ),
    "life cycle": one(
        restart=Restart("unless-stopped"),
        scale=Scale(replicas=2, minimum=1, targets={"cpu": 70, "memory": 80}),
        order={"other": Order("healthy")},
        containers={
            "web": Container(image=Image("nginx"), stop_grace=1_500, stop_signal="SIGQUIT", pull_policy="missing"),
            "init": Container(
                role=Role.INIT, image=Image("busybox"), before={"web": "complete"}, readiness=Probe(Tcp(1))
            ),
            "side": Container(
                role=Role.SIDECAR, image=Image("proxy"), before={"init": "healthy"}, readiness=Probe(Tcp(2))
            ),
        },
    ),
    "a job that retries": one(restart=Restart("on-failure", 4)),
    "a job without an end": one(restart=Restart("on-failure"), kind=Kind.JOB),
    "a job that said always": one(restart=Restart("always"), kind=Kind.JOB, scale=Scale(replicas=3)),
    "compute": one(
        containers={
            "web": Container(
                image=Image("nginx"),
                compute=Compute(
                    requests={"cpu": 1500, "memory": 1 << 31, "ephemeral-storage": 12345},
                    limits={"cpu": 1000, "memory": 1 << 30, "nvidia.com/gpu": 1},
                ),
            )
        }
    ),
    "security": one(
        host_namespaces=("network", "pid", "ipc"),
        containers={
            "web": Container(
                build=Build(context="./App"),
                security=Security("1000", "2000", True, ("NET_ADMIN",), ("ALL",), True, True, True),
            ),
            "named": Container(security=Security(user="nginx", no_new_privileges=False)),
        },
        ports={"80/tcp": Port(80, 80)},
    ),
    "placement": one(
        placement=(
            Constraint("os", "=", ("linux",)),
            Constraint("os", "in", ("linux", "windows")),
            Constraint("node.role", "=", ("manager",)),
            Constraint("disk", "exists"),
            Constraint("gen", ">", ("3",)),
        )
    ),
    "routes": one(
        ports={"80/tcp": Port(80, 8080)},
        routes={
            "shop.example.com/": Route("shop.example.com", "/", 80, tls=True, tls_secret="shop_tls"),
            "shop.example.com/x": Route("shop.example.com", "/x", None, "exact"),
            "/re": Route("", "/re.*", 80, "regex"),
            "/undeclared": Route("", "/undeclared", 9999, tls=True),
        },
    ),
    "labels": one(
        labels={"team": "shop", "app.kubernetes.io/name": "other", "free": "some free text!", "bad key!": "x", "": "y"},
        annotations={"note": "any text\nat all", "bad key!": "x"},
    ),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_models(api_server: ControlPlane, name: str) -> None:
    assert complaints(api_server, AWKWARD[name]) == []


@pytest.mark.parametrize("size", [1 << 30, None])
def test_what_was_provisioned(api_server: ControlPlane, size: int | None) -> None:
    options = WriteOptions(namespace="elsewhere", generate_namespace=True)
    fragment = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "given"}, "data": {"a": "b"}}
    definition = replace(shop(2, size=size), extras=(Extra("kubernetes", (), (), fragment),))
    assert complaints(api_server, definition, options) == []
    assert complaints(api_server, definition) == []


def test_a_stateful_workload_with_a_mapped_port(api_server: ControlPlane) -> None:
    assert complaints(api_server, one(kind=Kind.STATEFUL, ports={"80/tcp": Port(80, 8080)})) == []
