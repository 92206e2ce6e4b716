"""The model to Compose files: one test a construct or fact of the platform."""

from typing import Any

import pytest

from isomorph.model.application import Application, Configuration, Definition, Extra, Secret, Volume
from isomorph.model.image import Build, Image, parse_image
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Output,
    Placeholder,
    SecretValue,
    Text,
    make_text,
)
from isomorph.model.workload import (
    Binary,
    Compute,
    Constraint,
    Container,
    Exec,
    Exposure,
    File,
    Grpc,
    HostPath,
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
    Security,
    Tcp,
    Workload,
)
from isomorph.platforms.compose.writer import write
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one

APP = Image("app")


def write_all(*workloads: Workload, platform: str = "model", extras: tuple[Extra, ...] = (), **shared: Any) -> Written:
    application = Application(workloads={each.name: each for each in workloads}, **shared)
    return write(Definition(application, platform, extras=extras), WriteOptions())


def text_of(written: Written) -> str:
    content = written.files[0].content
    assert isinstance(content, str)
    return content


def data_of(written: Written) -> dict[str, Any]:
    data = to_data(parse_one(text_of(written), "compose.yaml", Dialect.COMPOSE).root)
    assert isinstance(data, dict)
    return data


def told(written: Written) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in written.diagnostics]


def service_of(container: Container, platform: str = "model", **more: Any) -> dict[str, Any]:
    """Write a workload `web` of one container; give its service without what every service has."""
    shared = {key: more.pop(key) for key in ("volumes", "secrets") if key in more}
    workload = Workload("web", names=("web",), containers={"web": container}, **more)
    service: dict[str, Any] = data_of(write_all(workload, platform=platform, **shared))["services"]["web"]
    service.pop("image", None)
    return service


def test_a_whole_file() -> None:
    web = Workload(
        "web",
        names=("web",),
        containers={
            "web": Container(
                image=parse_image("ghcr.io/org/web:1"),
                args=("--verbose",),
                variables={"DB": ("pg://", Address("db", "db", 5432), "/x"), "MODE": "no"},
                readiness=Probe(Exec(("true",)), period=5000, failures=2),
                compute=Compute({"memory": 1 << 26}, {"cpu": 500}),
            )
        },
        ports={"80/tcp": Port(80, 8080, exposures=(Exposure("host", 80),))},
        restart=Restart("unless-stopped"),
        order={"db": Order("healthy")},
    )
    db = Workload("db", names=("db",), containers={"db": Container(image=Image("postgres", tag="15"))})
    assert (
        text_of(write_all(web, db, name="Shop!", platform="compose"))
        == """\
name: shop
services:
  web:
    image: ghcr.io/org/web:1
    command:
      - --verbose
    environment:
      DB: pg://db:5432/x
      MODE: "no"
    ports:
      - "80:8080"
    depends_on:
      db:
        condition: service_healthy
    healthcheck:
      test:
        - CMD
        - "true"
      interval: 5s
      retries: 2
    deploy:
      resources:
        limits:
          cpus: "0.5"
        reservations:
          memory: "67108864"
    restart: unless-stopped
  db:
    image: postgres:15
"""
    )


# Process (facts 1-4) ----------------------------------------------------------------------------------------------------


def test_command_is_entrypoint_and_args_are_command() -> None:
    assert service_of(Container(image=APP, command=("/bin/sh", "-c"), args=("a", "b"))) == {
        "entrypoint": ["/bin/sh", "-c"],
        "command": ["a", "b"],
    }


def test_an_empty_entrypoint_clears_that_of_the_image_and_an_empty_command_does_nothing() -> None:
    assert service_of(Container(image=APP, command=(), args=())) == {"entrypoint": []}
    assert service_of(Container(image=APP)) == {}


def test_every_dollar_is_doubled() -> None:
    container = Container(
        image=Image("app", tag="a$b"),
        command=("x$X", " $X"),
        args=("$$", "${Y}", "$(Z)"),
        workdir="/$w",
        variables={"A$B": "$1"},
        files={"/f$": File("$x")},
        readiness=Probe(Exec(("/bin/sh", "-c", "echo $HOME"))),
        mounts={"/m$": Mount("v")},
    )
    workload = Workload(
        "web", containers={"web": container}, labels={"l$": "$"}, annotations={"a$": "$"}, ports={"1/tcp": Port(1, 1)}
    )
    root = data_of(write_all(workload, volumes={"v": Volume("host", host_path="/$h")}))
    assert root["services"]["web"] == {
        "image": "app:a$$b",
        "entrypoint": ["x$$X", " $$X"],
        "command": ["$$$$", "$${Y}", "$$(Z)"],
        "working_dir": "/$$w",
        "environment": {"A$B": "$$1"},  # Keys are not interpolated.
        "configs": [{"source": "web-f", "target": "/f$$"}],
        "volumes": ["/$$h:/m$$"],
        "expose": ["1"],
        "healthcheck": {
            "test": ["CMD-SHELL", "echo $$HOME"],
            "interval": "10s",
            "timeout": "1s",
            "retries": 3,
        },
        "labels": {"l$": "$$"},
        "annotations": {"a$": "$$"},
    }
    assert root["configs"] == {"web-f": {"content": "$$x"}}


def test_references() -> None:
    container = Container(
        image=Image("app", tag=(Placeholder("${TAG:-1}", "TAG"),)),
        variables={
            "SECRET": ("x-", SecretValue("db-credentials", "password")),
            "OUTPUT": (Output("postgres.default#web.db", "host"),),
            "POD": (InstanceField("name"),),
            "UNSET": (Placeholder("${UNSET}", "UNSET"), "$"),
        },
    )
    written = write_all(Workload("web", containers={"web": container}))
    service = data_of(written)["services"]["web"]
    assert service["image"] == "app:${TAG:-1}"
    assert service["environment"] == {
        "SECRET": "x-${DB_CREDENTIALS_PASSWORD}",
        "OUTPUT": "${WEB_DB_HOST}",
        "UNSET": "${UNSET}$$",
    }
    assert [(each.code, each.path[-1]) for each in written.diagnostics] == [
        ("lost", "POD"),
        ("approximated", "web"),
        ("approximated", "web"),
    ]


def test_two_references_of_one_name_stay_two() -> None:
    variables: dict[str, Text] = {"A": (SecretValue("a-b", "c"),), "B": (SecretValue("a", "b-c"),)}
    service = service_of(Container(image=APP, variables=variables))
    assert service["environment"] == {"A": "${A_B_C}", "B": "${A_B_C_2}"}


# Image ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "written"),
    [
        (Build("./app"), "./app"),
        (Build(None), "."),
        (
            Build("./app", "Dockerfile.dev", "test", {"A": "$1", "B": None}),
            {"context": "./app", "dockerfile": "Dockerfile.dev", "args": {"A": "$$1", "B": None}, "target": "test"},
        ),
    ],
)
def test_build(build: Build, written: object) -> None:
    assert service_of(Container(build=build)) == {"build": written}


def test_an_image_that_nobody_gave() -> None:
    written = write_all(Workload("Web", containers={"Web": Container()}))
    assert data_of(written)["services"]["Web"] == {"image": "web"}
    assert told(written) == [("assumed", "Web: no image was given; web was written")]


# Compute (facts 14, 15, 17) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("millicores", "cpus"), [(500, "0.5"), (1000, "1"), (25, "0.025"), (1250, "1.25"), (10_000, "10"), (0, "0")]
)
def test_cpus(millicores: int, cpus: str) -> None:
    service = service_of(Container(image=APP, compute=Compute(None, {"cpu": millicores})))
    assert service == {"deploy": {"resources": {"limits": {"cpus": cpus}}}}


def test_memory_is_in_plain_bytes_and_other_resources_are_told() -> None:
    compute = Compute(requests={"memory": 1000, "gpu": 1}, limits={"memory": Placeholder("${MEM}", "MEM"), "pids": 5})
    written = write_all(Workload("web", containers={"web": Container(image=APP, compute=compute)}))
    assert data_of(written)["services"]["web"]["deploy"] == {
        "resources": {"limits": {"memory": "${MEM}", "pids": 5}, "reservations": {"memory": "1000"}}
    }
    assert [(each.code, each.path[-2:]) for each in written.diagnostics] == [("lost", ("requests", "gpu"))]


# Health (facts 3, 19, 20, 21, 26) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "test"),
    [
        (Exec(("/bin/sh", "-c", "a && b")), ["CMD-SHELL", "a && b"]),
        (Exec(("a", "b")), ["CMD", "a", "b"]),
        (Http(80, "/x"), ["CMD", "wget", "-q", "-O", "/dev/null", "http://localhost:80/x"]),
        (Http(80), ["CMD", "wget", "-q", "-O", "/dev/null", "http://localhost:80/"]),
        (
            Http(443, "x?$a", "https", "other"),
            ["CMD", "wget", "-q", "--no-check-certificate", "-O", "/dev/null", "https://other:443/x?$$a"],
        ),
        (
            Http(80, "/", headers={"A": "b c"}),
            ["CMD", "curl", "-f", "-s", "-S", "-o", "/dev/null", "-H", "A: b c", "http://localhost:80/"],
        ),
        (Tcp(5432), ["CMD", "nc", "-z", "localhost", "5432"]),
        (Grpc(9000), ["CMD", "grpc_health_probe", "-addr=localhost:9000"]),
        (Grpc(9000, "x"), ["CMD", "grpc_health_probe", "-addr=localhost:9000", "-service=x"]),
    ],
)
def test_checks(check: Exec | Http | Tcp | Grpc, test: list[str]) -> None:
    written = write_all(Workload("web", containers={"web": Container(image=APP, readiness=Probe(check))}))
    assert data_of(written)["services"]["web"]["healthcheck"]["test"] == test
    assert [each.code for each in written.diagnostics] == ([] if isinstance(check, Exec) else ["approximated"])


def test_timing() -> None:
    probe = Probe(Exec(("a",)), period=90_000, timeout=1500, failures=4, grace=20_000)
    assert service_of(Container(image=APP, readiness=probe))["healthcheck"] == {
        "test": ["CMD", "a"],
        "interval": "90s",
        "timeout": "1500ms",
        "retries": 4,
        "start_period": "20s",
    }


def test_silence_about_timing_stays_silence_where_it_means_the_same() -> None:
    probe = Probe(Exec(("a",)))
    assert service_of(Container(image=APP, readiness=probe), "compose")["healthcheck"] == {"test": ["CMD", "a"]}
    assert service_of(Container(image=APP, readiness=probe), "kubernetes")["healthcheck"] == {
        "test": ["CMD", "a"],
        "interval": "10s",
        "timeout": "1s",
        "retries": 3,
    }


def test_a_health_check_that_is_off() -> None:
    assert service_of(Container(image=APP, readiness=Probe(disabled=True))) == {"healthcheck": {"disable": True}}


def test_a_startup_probe_of_the_same_check_is_the_start_period() -> None:
    check = Exec(("a",))
    container = Container(image=APP, readiness=Probe(check, period=5000), startup=Probe(check, failures=30))
    # 30 failures every 10 s, less the 3 every 5 s that Docker grants afterwards.
    assert service_of(container)["healthcheck"]["start_period"] == "285s"
    container = Container(image=APP, readiness=Probe(check), startup=Probe(check, failures=3))
    assert "start_period" not in service_of(container)["healthcheck"]


@pytest.mark.parametrize(
    ("container", "field"),
    [
        (Container(image=APP, liveness=Probe(Exec(("a",)))), "liveness"),
        (Container(image=APP, startup=Probe(Exec(("a",)))), "startup"),
        (Container(image=APP, readiness=Probe(Exec(("a",))), startup=Probe(Exec(("b",)))), "startup"),
        (Container(image=APP, readiness=Probe(Exec(("a",)), successes=2)), "successes"),
        (Container(image=APP, readiness=Probe(Exec(("a",)), initial_delay=5)), "initial_delay"),
        (Container(image=APP, readiness=Probe(Http("web"))), "check"),
    ],
)
def test_what_a_health_check_cannot_say_is_told(container: Container, field: str) -> None:
    written = write_all(Workload("web", containers={"web": container}))
    assert [(each.code, each.path[-1]) for each in written.diagnostics] == [("lost", field)]


# Life cycle (facts 22, 23, 25) ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("restart", "written"),
    [
        (Restart("never"), "no"),
        (Restart("always"), "always"),
        (Restart("unless-stopped"), "unless-stopped"),
        (Restart("on-failure"), "on-failure"),
        (Restart("on-failure", 3), "on-failure:3"),
    ],
)
def test_restart(restart: Restart, written: str) -> None:
    assert service_of(Container(image=APP), restart=restart) == {"restart": written}


def test_what_silence_means_on_kubernetes_is_spelled_out() -> None:
    assert service_of(Container(image=APP), "kubernetes") == {"restart": "always", "stop_grace_period": "30s"}
    assert service_of(Container(image=APP), "kubernetes", kind=Kind.JOB) == {"stop_grace_period": "30s"}
    assert service_of(Container(image=APP), "score") == {}


def test_what_silence_means_on_nomad_and_marathon_is_spelled_out() -> None:
    check = Container(image=APP, readiness=Probe(Tcp(80)))
    assert service_of(check, "nomad") == {
        "healthcheck": {
            "test": ["CMD", "nc", "-z", "localhost", "80"],
            "interval": "10s",
            "timeout": "1s",
            "retries": 1,
        },
        "restart": "always",
        "stop_grace_period": "5s",
    }
    assert service_of(check, "marathon") == {
        "healthcheck": {
            "test": ["CMD", "nc", "-z", "localhost", "80"],
            "interval": "60s",
            "timeout": "20s",
            "retries": 3,
        },
        "restart": "always",
        "stop_grace_period": "3s",
    }


def test_order() -> None:
    web = Workload(
        "web",
        containers={"web": Container(image=APP)},
        order={"a": Order("started", required=False), "b": Order("complete"), "c": Order("healthy")},
    )
    others = [Workload(name, containers={name: Container(image=APP)}) for name in "abc"]
    assert data_of(write_all(web, *others))["services"]["web"]["depends_on"] == {
        "a": {"condition": "service_started", "required": False},
        "b": {"condition": "service_completed_successfully"},
        "c": {"condition": "service_healthy"},
    }
    web = Workload("web", containers={"web": Container(image=APP)}, order={"a": Order(), "b": Order()})
    assert data_of(write_all(web, *others))["services"]["web"]["depends_on"] == ["a", "b"]


def test_containers_of_one_workload_share_its_network() -> None:
    containers = {"proxy": Container(image=Image("envoy")), "web": Container(image=APP)}
    workload = Workload("web", containers=containers, ports={"80/tcp": Port(80, 80)}, restart=Restart("always"))
    assert data_of(write_all(workload))["services"] == {
        "web-proxy": {"image": "envoy", "network_mode": "service:web", "restart": "always"},
        "web": {"image": "app", "expose": ["80"], "restart": "always"},
    }


def test_the_name_of_a_container_is_kept_where_the_service_does_not_tell() -> None:
    containers = {"main": Container(image=APP), "proxy": Container(image=Image("envoy"))}
    services = data_of(write_all(Workload("web", containers=containers)))["services"]
    assert services == {
        "web": {"image": "app", "annotations": {"dev.isomorph/container": "main"}},
        "web-proxy": {"image": "envoy", "network_mode": "service:web"},
    }


def test_containers_that_wait_for_each_other_join_a_holder() -> None:
    containers = {
        "migrate": Container(role=Role.INIT, image=APP, before={"main": "complete"}),
        "proxy": Container(role=Role.SIDECAR, image=APP, before={"main": "healthy"}, readiness=Probe(Exec(("a",)))),
        "main": Container(image=APP, readiness=Probe(Exec(("b",)))),
    }
    web = Workload(
        "web",
        names=("web", "www"),
        containers=containers,
        ports={"80/tcp": Port(80, 80, exposures=(Exposure("host", 8080),))},
        restart=Restart("always"),
        order={"db": Order()},
    )
    db = Workload("db", containers={"db": Container(image=APP)}, order={"web": Order("healthy")})
    services = data_of(write_all(web, db, platform="compose"))["services"]
    assert services["web"] == {
        "image": "registry.k8s.io/pause:3.10",
        "ports": ["8080:80"],
        "networks": {"default": {"aliases": ["www"]}},
        "depends_on": ["db"],
        "restart": "always",
        "annotations": {"dev.isomorph/role": "holder"},
    }
    assert services["web-migrate"] == {
        "image": "app",
        "network_mode": "service:web",
        "annotations": {"dev.isomorph/role": "init"},
    }
    assert services["web-proxy"]["annotations"] == {"dev.isomorph/role": "sidecar"}
    assert services["web-main"]["depends_on"] == {
        "web-migrate": {"condition": "service_completed_successfully"},
        "web-proxy": {"condition": "service_healthy"},
    }
    # What waits for the workload waits for the container that is it, not for the one that sleeps.
    assert services["db"]["depends_on"] == {"web-main": {"condition": "service_healthy"}}


def test_helpers_of_a_pod_start_one_after_the_other() -> None:
    containers = {
        "one": Container(role=Role.INIT, image=APP),
        "two": Container(role=Role.SIDECAR, image=APP),
        "main": Container(image=APP),
    }
    services = data_of(write_all(Workload("web", containers=containers)))["services"]
    assert "depends_on" not in services["web-one"]
    assert services["web-two"]["depends_on"] == {"web-one": {"condition": "service_completed_successfully"}}
    assert services["web-main"]["depends_on"] == ["web-two"]


# Network and names (facts 27-31) ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("port", "written"),
    [
        (Port(80, 80), {"expose": ["80"]}),
        (Port(53, 53, "udp"), {"expose": ["53/udp"]}),
        (Port(80, 80, offered=False), {}),
        (Port(80, 80, offered=False, exposures=(Exposure("host", 80),)), {"ports": ["80:80"]}),
        (Port(80, 8080, exposures=(Exposure("host", 80),)), {"ports": ["80:8080"]}),
        (Port(80, 80, exposures=(Exposure("host"),)), {"ports": ["80"]}),
        (Port(80, 80, exposures=(Exposure("host", 1, "127.0.0.1"),)), {"ports": ["127.0.0.1:1:80"]}),
        (Port(80, 80, exposures=(Exposure("host", 1, "::1"),)), {"ports": ["[::1]:1:80"]}),
        (Port(80, 80, exposures=(Exposure("host", None, "127.0.0.1"),)), {"ports": ["127.0.0.1::80"]}),
        (Port(53, 53, "udp", exposures=(Exposure("host", 53),)), {"ports": ["53:53/udp"]}),
        (
            Port(80, 80, exposures=(Exposure("load-balancer", 80), Exposure("node", 30080))),
            {"ports": ["80:80", "30080:80"]},
        ),
    ],
)
def test_ports(port: Port, written: dict[str, Any]) -> None:
    assert service_of(Container(image=APP), ports={"a": port}) == written


def test_peers_reach_the_port_that_the_container_listens_on() -> None:
    url = ("http://", Address("email", "email.shop.svc.cluster.local", 5000), "/x")
    web = Workload("web", containers={"web": Container(image=APP, variables={"URL": url, "HOST": url[1:2]})})
    email = Workload(
        "email",
        names=("email", "email.shop", "email.shop.svc.cluster.local"),
        containers={"email": Container(image=APP)},
        ports={"5000/tcp": Port(5000, 8080)},
    )
    written = write_all(web, email)
    services = data_of(written)["services"]
    assert services["web"]["environment"] == {"URL": "http://email:8080/x", "HOST": "email:8080"}
    assert services["email"] == {"image": "app", "expose": ["8080"]}  # Its longer names are not needed any more.
    assert [each.code for each in written.diagnostics] == ["approximated"]
    assert "peers reach port 8080 instead of 5000" in written.diagnostics[0].message


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("http://", "/x", "http://web:8080/x"),
        ("https://", "", "https://web:8443"),
        ("ftp://", "", "ftp://web"),
        ("http://", ":${PORT}/x", "http://web:$${PORT}/x"),  # It names one that is not known here.
        ("", "", "web"),
    ],
)
def test_a_url_without_a_port_means_that_of_its_scheme(before: str, after: str, written: str) -> None:
    ports = {"80/tcp": Port(80, 8080), "443/tcp": Port(443, 8443)}
    text = make_text([before, Address("web", "web.shop.svc"), after])
    user = Workload("user", containers={"user": Container(image=APP, args=(text,))})
    web = Workload("web", names=("web",), containers={"web": Container(image=APP)}, ports=ports)
    assert data_of(write_all(user, web))["services"]["user"]["command"] == [written]


def test_further_names_are_aliases_and_may_be_used() -> None:
    web = Workload("web", containers={"web": Container(image=APP, args=((Address("db", "postgres"),),))})
    db = Workload("db", names=("db", "postgres"), containers={"db": Container(image=APP)}, networks=("back", "front"))
    root = data_of(write_all(web, db))
    assert root["services"]["web"]["command"] == ["postgres"]
    assert root["services"]["db"]["networks"] == {"back": {"aliases": ["postgres"]}, "front": {"aliases": ["postgres"]}}
    assert root["networks"] == {"back": {}, "front": {}}


def test_networks() -> None:
    assert service_of(Container(image=APP), networks=("back",)) == {"networks": ["back"]}
    assert service_of(Container(image=APP), networks=()) == {"network_mode": "none"}
    assert service_of(Container(image=APP), host_namespaces=("network", "pid", "ipc")) == {
        "network_mode": "host",
        "pid": "host",
        "ipc": "host",
    }


def test_a_name_that_compose_does_not_allow() -> None:
    written = write_all(Workload("shop/web", names=("web",), containers={"web": Container(image=APP)}))
    assert data_of(written)["services"] == {
        "shop-web": {
            "image": "app",
            "networks": {"default": {"aliases": ["web"]}},
            "annotations": {"dev.isomorph/workload": "shop/web", "dev.isomorph/container": "web"},
        }
    }
    assert told(written) == [("renamed", "workload shop/web is service shop-web")]


# Files and volumes (facts 13, 18, 32, 34, 35) ---------------------------------------------------------------------------


def test_text_files_are_configs_with_an_unquoted_octal_mode() -> None:
    files = {"/etc/a.conf": File("a\n", mode=0o440), "/b/a.conf": File("b")}
    written = write_all(Workload("web", containers={"web": Container(image=APP, files=files)}))
    assert "mode: 0440\n" in text_of(written)
    root = data_of(written)
    first, second = root["services"]["web"]["configs"]
    assert first == {"source": "web-a.conf", "target": "/etc/a.conf", "mode": 0o440}
    assert second["target"] == "/b/a.conf"
    assert root["configs"] == {"web-a.conf": {"content": "a\n"}, second["source"]: {"content": "b"}}


def test_binary_files_stand_beside() -> None:
    files = {"/etc/a.bin": File(Binary(b"\xff"), mode=0o600, read_only=True), "/x": File(HostPath("./x"))}
    written = write_all(Workload("web", containers={"web": Container(image=APP, files=files)}))
    assert data_of(written)["services"]["web"]["volumes"] == ["./files/web/etc-a.bin:/etc/a.bin:ro", "./x:/x"]
    assert [(file.path, file.content, file.mode) for file in written.files[1:]] == [
        ("files/web/etc-a.bin", b"\xff", 0o600)
    ]


def test_secret_files_come_from_the_shell_and_are_never_written() -> None:
    files = {"/run/secrets/db": File((SecretValue("db", "password"),)), "/x": File((SecretValue("db", "password"),))}
    workload = Workload("web", containers={"web": Container(image=APP, files=files)})
    written = write_all(workload, secrets={"db": Secret({"password": "hunter2"})})
    root = data_of(written)
    assert root["services"]["web"]["secrets"] == [
        {"source": "db-password", "target": "/run/secrets/db"},
        {"source": "db-password", "target": "/x"},
    ]
    assert root["secrets"] == {"db-password": {"environment": "DB_PASSWORD"}}
    assert "hunter2" not in repr(written)
    assert [each.code for each in written.diagnostics] == ["assumed"]


def test_a_folder_whose_files_are_not_known_is_told() -> None:
    files = {
        "/etc/conf": File((ConfigurationValue("settings"),), folder=True),
        "/x": File(HostPath("./x"), folder=True),
    }
    written = write_all(Workload("web", containers={"web": Container(image=APP, files=files)}))
    assert data_of(written)["services"]["web"] == {"image": "app", "volumes": ["./x:/x"]}
    assert [(each.code, each.path[-1]) for each in written.diagnostics] == [("lost", "/etc/conf")]


def test_a_configuration_that_is_not_defined_here_comes_from_the_shell() -> None:
    files = {"/etc/a": File((ConfigurationValue("settings", "a"),))}
    workload = Workload("web", containers={"web": Container(image=APP, files=files)})
    written = write_all(workload)
    assert data_of(written)["configs"] == {"settings-a": {"environment": "SETTINGS_A"}}
    assert [each.code for each in written.diagnostics] == ["assumed"]


def test_a_configuration_that_exists_already_stays_so() -> None:
    files = {"/etc/a": File((ConfigurationValue("settings"),))}
    workload = Workload("web", containers={"web": Container(image=APP, files=files)})
    written = write_all(workload, platform="compose", configurations={"settings": Configuration(external=True)})
    assert data_of(written)["configs"] == {"settings": {"external": True}}
    assert written.diagnostics == ()


@pytest.mark.parametrize(
    ("volume", "mount", "written"),
    [
        (Volume("persistent"), Mount("v"), {"volumes": ["v:/d"]}),
        (Volume("persistent"), Mount("v", read_only=True), {"volumes": ["v:/d:ro"]}),
        (
            Volume("persistent"),
            Mount("v", sub_path="in"),
            {"volumes": [{"type": "volume", "source": "v", "target": "/d", "volume": {"subpath": "in"}}]},
        ),
        (Volume("ephemeral"), Mount("v"), {"volumes": ["/d"]}),
        (Volume("memory"), Mount("v"), {"tmpfs": ["/d"]}),
        (Volume("memory", size=1 << 20), Mount("v"), {"tmpfs": ["/d:size=1048576"]}),
        (Volume("memory", size=5), Mount("v", read_only=True), {"tmpfs": ["/d:ro,size=5"]}),
        (Volume("host", host_path="/srv"), Mount("v", sub_path="in"), {"volumes": ["/srv/in:/d"]}),
        (Volume("host", host_path="/srv"), Mount("v", read_only=True), {"volumes": ["/srv:/d:ro"]}),
        (
            Volume("host", host_path="/a:b"),
            Mount("v"),
            {"volumes": [{"type": "bind", "source": "/a:b", "target": "/d"}]},
        ),
    ],
)
def test_volumes(volume: Volume, mount: Mount, written: dict[str, Any]) -> None:
    assert service_of(Container(image=APP, mounts={"/d": mount}), volumes={"v": volume}) == written


def test_volumes_that_are_there_already() -> None:
    workload = Workload("web", containers={"web": Container(image=APP, mounts={"/d": Mount("v")})})
    assert data_of(write_all(workload, volumes={"v": Volume("persistent", external=True)}))["volumes"] == {
        "v": {"external": True}
    }


def test_what_containers_share_has_a_name_and_says_that_it_ends_with_them() -> None:
    container = Container(image=APP, mounts={"/d": Mount("web/a"), "/m": Mount("web/m")})
    volumes = {"web/a": Volume("ephemeral"), "web/m": Volume("memory", size=9)}
    written = write_all(Workload("web", containers={"web": container, "more": container}), volumes=volumes)
    root = data_of(written)
    assert root["services"]["web"]["volumes"] == root["services"]["web-more"]["volumes"] == ["web-a:/d", "web-m:/m"]
    assert root["volumes"] == {
        "web-a": {"labels": {"dev.isomorph/kind": "ephemeral"}},
        "web-m": {
            "driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": "size=9"},
            "labels": {"dev.isomorph/kind": "memory"},
        },
    }


# Security ---------------------------------------------------------------------------------------------------------------


def test_security() -> None:
    security = Security(
        user="1000",
        group="2000",
        capabilities_added=("NET_ADMIN",),
        capabilities_dropped=("ALL",),
        read_only_root=True,
        privileged=False,
        no_new_privileges=True,
    )
    assert service_of(Container(image=APP, security=security)) == {
        "user": "1000:2000",
        "privileged": False,
        "read_only": True,
        "cap_add": ["NET_ADMIN"],
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }


# What Compose cannot say ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code", "path"),
    [
        ({"kind": Kind.STATEFUL}, "approximated", ("kind",)),
        ({"routes": {"h/": Route("h", "/")}}, "assumed", ("routes", "h/")),
        ({"routes": {"h/": Route("h", "/", 80, tls=True)}}, "approximated", ("routes", "h/")),
        ({"routes": {"h/": Route("h", "/", 80)}, "networks": ()}, "lost", ("routes", "h/")),
        ({"scale": Scale(minimum=1, maximum=3)}, "lost", ("scale",)),
        ({"placement": (Constraint("os", "=", ("linux",)),)}, "lost", ("placement",)),
        ({"order": {"nobody": Order()}}, "lost", ("order", "nobody")),
        ({"dependencies": {"db": "x"}}, "lost", ("dependencies", "db")),
    ],
)
def test_what_compose_cannot_say_is_told(said: dict[str, Any], code: str, path: tuple[str, ...]) -> None:
    written = write_all(Workload("web", containers={"web": Container(image=APP)}, **said))
    assert [(each.code, each.path) for each in written.diagnostics] == [(code, ("workloads", "web", *path))]


def test_what_volumes_cannot_say_is_told_once() -> None:
    volume = Volume("persistent", size=1, storage_class="fast", access=("read-write-many",))
    assert [each.code for each in write_all(volumes={"v": volume}).diagnostics] == ["lost"] * 3


# Extras -----------------------------------------------------------------------------------------------------------------


def test_extras_of_compose_come_back_where_they_were() -> None:
    web = Workload(
        "web",
        containers={"web": Container(image=APP, build=Build("./app"), compute=Compute(None, {"cpu": 1000}))},
        order={"db": Order()},
        networks=("back",),
    )
    db = Workload("db", containers={"db": Container(image=APP)})
    path = ("workloads", "web")
    inner = (*path, "containers", "web")
    extras = (
        Extra("compose", (), ("x-common",), {"a": 1}),
        Extra("compose", inner, ("logging",), {"driver": "json-file"}),
        Extra("compose", inner, ("build", "cache_from"), ["x"]),
        Extra("compose", path, ("depends_on", "db", "restart"), True),
        Extra("compose", path, ("networks", "back", "ipv4_address"), "10.0.0.2"),
        Extra("compose", inner, ("deploy", "resources", "reservations", "devices"), [{"count": 1}]),
        Extra("compose", ("volumes", "data"), ("driver",), "nfs"),
        Extra("kubernetes", path, ("spec", "strategy"), {}),
        Extra("kubernetes", ("workloads", "db"), ("spec", "strategy"), {}),
    )
    written = write_all(web, db, extras=extras, platform="compose", volumes={"data": Volume("persistent")})
    root = data_of(written)
    assert root["x-common"] == {"a": 1}
    assert root["volumes"] == {"data": {"driver": "nfs"}}
    assert root["services"]["web"] == {
        "image": "app",
        "build": {"context": "./app", "cache_from": ["x"]},
        "logging": {"driver": "json-file"},
        "depends_on": {"db": {"condition": "service_started", "restart": True}},
        "networks": {"back": {"ipv4_address": "10.0.0.2"}},
        "deploy": {"resources": {"limits": {"cpus": "1"}, "reservations": {"devices": [{"count": 1}]}}},
    }
    assert told(written) == [("extra-dropped", "spec.strategy of kubernetes (2 times) is not in the output")]


def test_an_unused_configuration_is_no_part_of_the_file() -> None:
    assert "configs" not in data_of(write_all(configurations={"c": Configuration({"a": "b"})}))
