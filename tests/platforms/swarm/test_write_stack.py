"""The model to stack files: one test a construct in which Swarm differs from Compose."""

from typing import Any

import pytest

from isomorph.model.application import Application, Definition, Extra, Secret, Volume
from isomorph.model.image import Build, Image
from isomorph.model.normalise import normalise
from isomorph.model.text import InstanceField, SecretValue
from isomorph.model.workload import (
    Binary,
    Compute,
    Constraint,
    Container,
    Exposure,
    File,
    HostPath,
    Kind,
    Mount,
    Order,
    Port,
    Probe,
    Restart,
    Role,
    Route,
    Scale,
    Security,
    Workload,
)
from isomorph.platforms.compose.reader import read as read_compose
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.swarm.reader import read
from isomorph.platforms.swarm.writer import write
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.memory_context import memory_context, source

APP = Container(image=Image("app"))


def write_all(*workloads: Workload, platform: str = "model", **shared: Any) -> Written:
    application = Application(name="shop", workloads={each.name: each for each in workloads}, **shared)
    return write(Definition(application, platform), WriteOptions())


def data_of(written: Written) -> dict[str, Any]:
    content = written.files[0].content
    assert isinstance(content, str)
    data: dict[str, Any] = to_data(parse_one(content, "stack.yaml", Dialect.COMPOSE).root)
    return data


def service_of(container: Container = APP, platform: str = "model", **more: Any) -> dict[str, Any]:
    service: dict[str, Any] = data_of(
        write_all(Workload("web", containers={"web": container}, **more), platform=platform)
    )["services"]["web"]
    return {key: value for key, value in service.items() if key != "image"}


def told(written: Written) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in written.diagnostics]


def from_compose(text: str, files: dict[str, str] | None = None) -> Written:
    context = memory_context({"compose.yaml": text, **(files or {})})
    return write(normalise(read_compose(source("compose.yaml"), context)), WriteOptions())


@pytest.mark.parametrize(
    ("workload", "written"),
    [
        ({"kind": Kind.DAEMON, "scale": Scale(3)}, {"mode": "global"}),
        ({"kind": Kind.JOB, "scale": Scale(2)}, {"mode": "replicated-job", "replicas": 2}),
        ({"restart": Restart("never")}, {"restart_policy": {"condition": "none"}}),
        ({"restart": Restart("on-failure", 4)}, {"restart_policy": {"condition": "on-failure", "max_attempts": 4}}),
        ({"restart": Restart("unless-stopped")}, {"restart_policy": {"condition": "any"}}),
        ({"placement": (Constraint("os", "=", ("linux",)), Constraint("zone", "not-in", ("a", "b")))}, {
            "placement": {"constraints": [
                "node.platform.os == linux", "node.labels.zone != a", "node.labels.zone != b"]}}),
    ],
)  # fmt: skip
def test_deploy(workload: dict[str, Any], written: dict[str, Any]) -> None:
    assert service_of(**workload) == {"deploy": written}


def test_granted_is_granted() -> None:
    container = Container(image=Image("app"), compute=Compute({"cpu": 250}, {"memory": 1 << 20}))
    resources = {"limits": {"memory": "1048576"}, "reservations": {"cpus": "0.25"}}
    assert service_of(container) == {"deploy": {"resources": resources}}


def test_what_silence_means_elsewhere_is_spelled_out() -> None:
    assert service_of(platform="compose") == {"deploy": {"restart_policy": {"condition": "none"}}}
    assert service_of(platform="kubernetes") == {"stop_grace_period": "30s"}
    assert service_of(platform="swarm") == {}


@pytest.mark.parametrize(
    ("port", "platform", "written"),
    [
        (Port(80, 8080, exposures=(Exposure("node", 80),)), "kubernetes", ["80:8080"]),
        (Port(80, 8080, exposures=(Exposure("host", 80),)), "kubernetes", [
            {"target": 8080, "published": 80, "mode": "host"}]),
        (Port(53, 53, "udp", exposures=(Exposure("host", 53), Exposure("node"))), "nomad", [
            {"target": 53, "published": 53, "protocol": "udp", "mode": "host"}, "53/udp"]),
        (Port(80, 8080, exposures=(Exposure("host", 80),)), "compose", ["80:8080"]),
        (Port(80, 8080), "kubernetes", None),
    ],
)  # fmt: skip
def test_ports(port: Port, platform: str, written: object) -> None:
    assert service_of(platform=platform, ports={f"{port.number}/{port.protocol}": port}).get("ports") == written


def test_a_port_at_one_address_is_told_to_be_open() -> None:
    exposure = Exposure("host", 80, "127.0.0.1")
    written = write_all(Workload("web", containers={"web": APP}, ports={"80/tcp": Port(80, 80, exposures=(exposure,))}))
    assert ("approximated", "web: port 80 at 127.0.0.1 alone: it is open on every node") in told(written)


def test_ports_that_nothing_publishes_are_told_once() -> None:
    ports = {"80/tcp": Port(80, 8080), "90/tcp": Port(90, 90)}
    written = write_all(Workload("web", containers={"web": APP}, ports=ports))
    assert [message for _, message in told(written) if "every port" in message] == [
        "web 80/tcp, web 90/tcp: peers on a network reach every port, and one that is not published is not declared"
    ]


def test_the_network_of_the_node_is_one_that_is_joined() -> None:
    data = data_of(write_all(Workload("web", containers={"web": APP}, host_namespaces=("network",))))
    assert data["services"]["web"]["networks"] == ["host"]
    assert data["networks"] == {"host": {"external": True, "name": "host"}}


def test_networks_are_overlays() -> None:
    data = data_of(write_all(Workload("web", containers={"web": APP}, names=("web", "www"), networks=("back",))))
    assert data["services"]["web"]["networks"] == {"back": {"aliases": ["www"]}}
    assert data["networks"] == {"back": {"driver": "overlay"}}


def test_texts_are_configs_whose_name_tells_their_content() -> None:
    def config(text: str) -> tuple[dict[str, Any], Written]:
        files = {"/etc/a.ini": File(text, mode=0o440)}
        written = write_all(Workload("web", containers={"web": Container(image=Image("app"), files=files)}))
        return data_of(written), written

    data, written = config("a=$b ${c}\n")
    assert data["services"]["web"]["configs"] == [{"source": "web-a.ini", "target": "/etc/a.ini", "mode": 0o440}]
    assert data["configs"] == {"web-a.ini": {"name": "shop-web-a.ini-43aff12e", "file": "./files/configs/web-a.ini"}}
    assert {file.path: file.content for file in written.files[1:]} == {"files/configs/web-a.ini": "a=$b ${c}\n"}
    assert config("other")[0]["configs"]["web-a.ini"]["name"] != "shop-web-a.ini-43aff12e"


def test_bytes_and_files_of_the_project_are_configs() -> None:
    files = {"/a.bin": File(Binary(b"\x00\xff"), mode=0o400), "/b.pem": File(HostPath("./certs/b.pem"))}
    data = data_of(write_all(Workload("web", containers={"web": Container(image=Image("app"), files=files)})))
    assert data["services"]["web"]["configs"] == [
        {"source": "web-a.bin", "target": "/a.bin", "mode": 0o400}, {"source": "web-b.pem", "target": "/b.pem"},
    ]  # fmt: skip
    assert data["configs"]["web-b.pem"] == {"file": "./certs/b.pem"}
    assert data["configs"]["web-a.bin"]["file"] == "./files/web/a.bin"
    assert "volumes" not in data["services"]["web"]


SECRETS = {"db": Secret({"password": "hunter2"})}


def with_secret(**more: Any) -> Workload:
    files = {"/run/secrets/db": File((SecretValue("db", "password"),))}
    return Workload("web", containers={"web": Container(image=Image("app"), files=files, **more)})


def test_secrets_are_files_of_their_own_where_they_are_asked_for() -> None:
    application = Application(name="shop", workloads={"web": with_secret()}, secrets=SECRETS)
    written = write(Definition(application, "model"), WriteOptions(secrets=True))
    assert data_of(written)["secrets"] == {"db-password": {"file": "./files/secrets/db-password"}}
    assert [(file.path, file.content, file.mode) for file in written.files[1:]] == [
        ("files/secrets/db-password", "hunter2", 0o600)
    ]


def test_secrets_are_made_beforehand_else() -> None:
    written = write_all(with_secret())
    assert data_of(written)["secrets"] == {"db-password": {"external": True}}
    message = "secret db-password is to be made with `docker secret create` before the stack is deployed"
    assert told(written) == [("assumed", message)]
    assert len(written.files) == 1


def test_a_secret_in_a_variable_is_in_the_env_file() -> None:
    container = Container(image=Image("app"), variables={"URL": ("pg://u:", SecretValue("db", "password"), "@db")})
    application = Application(
        name="shop", workloads={"web": Workload("web", containers={"web": container})}, secrets=SECRETS
    )
    written = write(Definition(application, "model"), WriteOptions(secrets=True))
    assert data_of(written)["services"]["web"]["environment"] == {"URL": "pg://u:${DB_PASSWORD}@db"}
    (env_file,) = written.files[1:]
    assert (env_file.path, env_file.mode) == (".env", 0o600)
    assert "DB_PASSWORD='hunter2'" in str(env_file.content)


def test_a_text_that_holds_secrets_is_a_secret() -> None:
    files = {"/etc/a.ini": File(("password=", SecretValue("db", "password"), "\n"), mode=0o400)}
    container = Container(image=Image("app"), files=files)
    application = Application(
        name="shop", workloads={"web": Workload("web", containers={"web": container})}, secrets=SECRETS
    )
    known = write(Definition(application, "model"), WriteOptions(secrets=True))
    data = data_of(known)
    assert "configs" not in data
    assert data["services"]["web"]["secrets"] == [{"source": "web-a.ini", "target": "/etc/a.ini", "mode": 0o400}]
    assert [(file.path, file.content, file.mode) for file in known.files[1:]] == [
        ("files/secrets/web-a.ini", "password=hunter2\n", 0o600)
    ]
    unknown = write(Definition(application, "model"), WriteOptions())
    assert data_of(unknown)["secrets"] == {"web-a.ini": {"external": True}}
    assert "hunter2" not in str(unknown)


def test_braces_in_variables_are_no_templates_and_fields_are() -> None:
    variables = {"A": "{{x}}", "N": (InstanceField("node"),), "IP": (InstanceField("ip"),)}
    written = write_all(Workload("web", containers={"web": Container(image=Image("app"), variables=variables)}))  # type: ignore[arg-type]
    environment = data_of(written)["services"]["web"]["environment"]
    assert environment == {"A": '{{"{{"}}x}}', "N": "{{.Node.Hostname}}"}
    assert [(code, message.partition(":")[2][:13]) for code, message in told(written)] == [("lost", " variable IP:")]


def test_containers_of_one_workload_are_services_beside_each_other() -> None:
    containers = {
        "init": Container(role=Role.INIT, image=Image("init")),
        "web": APP,
        "log": Container(image=Image("log")),
    }
    written = write_all(Workload("web", containers=containers, networks=("back",)))
    services = data_of(written)["services"]
    assert set(services) == {"web", "web-init", "web-log"}
    assert services["web-init"]["deploy"] == {"mode": "replicated-job"}
    assert all(service["networks"] == ["back"] for service in services.values())
    assert not any("depends_on" in service or "network_mode" in service for service in services.values())
    read_back = read(source("stack.yaml"), memory_context({"stack.yaml": str(written.files[0].content)}))
    roles = {name: each.role for name, each in read_back.application.workloads["web"].containers.items()}
    assert roles == {"web": Role.MAIN, "init": Role.INIT, "log": Role.MAIN}
    assert [message.partition(":")[0] for code, message in told(written) if code == "approximated"] == [
        "web init", "web log",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("container", "field"),
    [
        (Container(image=Image("app"), build=Build(".")), "build"),
        (Container(image=Image("app"), pull_policy="never"), "pull_policy"),
        (Container(image=Image("app"), security=Security(privileged=True)), "security"),
        (Container(image=Image("app"), security=Security(no_new_privileges=True)), "security"),
        (Container(image=Image("app"), liveness=Probe(period=1000)), "liveness"),
        (Container(image=Image("app"), mounts={"/a": Mount("data", sub_path="b")}), "mounts"),
    ],
)
def test_what_a_task_cannot_have_is_told(container: Container, field: str) -> None:
    written = write_all(Workload("web", containers={"web": container}), volumes={"data": Volume("persistent")})
    assert [(each.code, each.path[4]) for each in written.diagnostics] == [("lost", field)]
    service = data_of(written)["services"]["web"]
    assert set(service) <= {"image", "volumes"}


@pytest.mark.parametrize(
    ("workload", "field"),
    [
        ({"order": {"db": Order()}}, "order"),
        ({"host_namespaces": ("pid",)}, "host_namespaces"),
        ({"placement": (Constraint("disk", "exists"),)}, "placement"),
        ({"scale": Scale(minimum=1, maximum=3)}, "scale"),
    ],
)
def test_what_a_service_cannot_have_is_told(workload: dict[str, Any], field: str) -> None:
    written = write_all(Workload("web", containers={"web": APP}, **workload))
    assert [(each.code, each.path[2]) for each in written.diagnostics] == [("lost", field)]
    assert data_of(written)["services"]["web"] == {"image": "app"}


def test_routes_are_labels_of_the_service() -> None:
    routes = {"shop.example.com/": Route("shop.example.com", "/", 80)}
    data = data_of(write_all(Workload("web", containers={"web": APP}, ports={"80/tcp": Port(80, 80)}, routes=routes)))
    assert data["services"]["web"]["deploy"]["labels"]["traefik.http.routers.web.rule"] == "Host(`shop.example.com`)"
    assert "labels" not in data["services"]["web"]
    router = data["services"]["router"]
    assert "--providers.swarm=true" in router["command"]
    assert router["deploy"]["placement"] == {"constraints": ["node.role == manager"]}
    assert not any("docker" in word for word in router["command"])


def test_memory_is_a_volume() -> None:
    container = Container(image=Image("app"), mounts={"/tmp": Mount("tmp")})
    written = write_all(Workload("web", containers={"web": container}), volumes={"tmp": Volume("memory", size=1024)})
    volumes = data_of(written)["services"]["web"]["volumes"]
    assert volumes == [{"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": 1024}}]


COMPOSE = """\
name: shop
services:
  web:
    image: web
    build: .
    pull_policy: always
    platform: linux/amd64
    depends_on: [db]
    restart: unless-stopped
    tmpfs: ["/run:size=1m,noexec"]
    security_opt: ["no-new-privileges:true"]
    ports: [{target: 80, published: "8080", host_ip: 127.0.0.1, name: http}]
    env_file: [web.env]
    deploy: {placement: {constraints: [node.role == worker]}, update_config: {order: start-first}}
    develop: {watch: []}
  db:
    image: db
    network_mode: none
networks: {default: {driver: bridge}}
"""


def test_what_only_compose_has_is_told_and_left_out() -> None:
    written = from_compose(COMPOSE, {"web.env": "A=1\n"})
    data = data_of(written)
    assert data["services"]["web"] == {
        "image": "web",
        "environment": {"A": "1"},
        "volumes": [{"type": "tmpfs", "target": "/run", "tmpfs": {"size": 1 << 20}}],
        "ports": ["8080:80"],
        "deploy": {
            "placement": {"constraints": ["node.role == worker"]},
            "update_config": {"order": "start-first"},
            "restart_policy": {"condition": "any"},
        },
    }
    assert data["networks"] == {"default": {"driver": "overlay"}}
    assert "name" not in data
    words = "\n".join(message for _, message in told(written))
    for lost in ("waits for db", "pull policy always", "build of the image", "services.web.platform", "noexec", "127.0.0.1",
                 "cannot gain privileges", "services.web.develop", "driver bridge", "no network at all"):  # fmt: skip
        assert lost in words, lost


def test_what_provisioners_say_in_composes_words_is_said_in_swarms() -> None:
    said = {
        "image": "db",
        "mem_limit": "1g",
        "cpus": 0.5,
        "pids_limit": 9,
        "scale": 2,
        "restart": "on-failure:2",
        "ports": [{"target": 80, "published": "8080"}, "127.0.0.1:81:81", "82:82"],
        "depends_on": {"other": {"condition": "service_started"}},
        "annotations": {"a": "b"},
    }
    extra = Extra("compose", (), ("services", "db"), said)
    application = Application(name="shop", workloads={"web": Workload("web", containers={"web": APP})})
    written = write(Definition(application, "score", extras=(extra,)), WriteOptions())
    assert data_of(written)["services"]["db"] == {
        "image": "db",
        "ports": [{"target": 80, "published": 8080}, "81:81", "82:82"],
        "labels": {"a": "b"},
        "deploy": {
            "replicas": 2,
            "resources": {"limits": {"cpus": "0.5", "memory": "1g", "pids": 9}},
            "restart_policy": {"condition": "on-failure", "max_attempts": 2},
        },
    }
    assert [message.partition(":")[0] + message.partition(":")[2][:12] for _, message in told(written)] == [
        "db the address", "db depends_on:",
    ]  # fmt: skip


STACK = """\
services:
  web:
    image: web
    depends_on: [db]
    restart: "no"
    hostname: "{{.Node.Hostname}}"
    labels: {traefik.enable: "true"}
    deploy:
      mode: global-job
      endpoint_mode: dnsrr
  db:
    image: db
    expose: ["5432"]
    secrets: [vault]
    configs: [{source: db-start.sh, target: /start.sh}]
configs:
  db-start.sh: {file: ./start.sh, name: any, template_driver: golang}
secrets:
  vault: {driver: store}
"""


def test_what_swarm_ignores_comes_back_where_it_was() -> None:
    context = memory_context({"stack.yaml": STACK, "start.sh": "{{.Node.Hostname}}"})
    written = write(read(source("stack.yaml"), context), WriteOptions())
    data, before = data_of(written), to_data(parse_one(STACK, "stack.yaml", Dialect.COMPOSE).root)
    assert data["services"]["web"] == before["services"]["web"]
    assert data["services"]["db"]["expose"] == ["5432"]
    assert data["secrets"] == before["secrets"]
    assert data["configs"]["db-start.sh"]["template_driver"] == "golang"
    assert told(written) == []


def test_what_swarm_ignores_is_no_matter_of_another_platform() -> None:
    context = memory_context({"stack.yaml": STACK})
    definition = read(source("stack.yaml"), context)
    assert {each.location[0] for each in definition.extras if each.platform == "swarm"} == {
        "depends_on", "restart", "hostname", "labels", "expose", "driver", "template_driver",
    }  # fmt: skip
    assert Extra("compose", ("workloads", "web", "containers", "web"), ("deploy", "mode"), "global-job") in [
        Extra(each.platform, each.path, each.location, each.value) for each in definition.extras
    ]
