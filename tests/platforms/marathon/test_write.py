"""Definitions as they are written for Marathon, and what is told about what they lose."""

import json
from typing import Any

import pytest

from isomorph.model.application import Application, Definition, Secret, Volume
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import SecretValue
from isomorph.model.workload import (
    Compute,
    Container,
    Exec,
    Exposure,
    Http,
    Kind,
    Mount,
    Order,
    Port,
    Probe,
    Role,
    Route,
    Workload,
)
from isomorph.platforms.marathon.writer import SECRETS
from isomorph.platforms.platform import Written
from tests.conformance.marathon_schemas import faults
from tests.platforms.marathon.reading import read_back, read_data, root_of, write_again

NGINX = Image("nginx", tag="1")
PORTS = {"80/tcp": Port(80, 8080, name="http")}


def workload(name: str, container: Container | None = None, **said: Any) -> Workload:
    """A workload of one container."""
    return Workload(name, names=(name,), **{"containers": {name: container or Container(image=NGINX)}, **said})


def write(
    *workloads: Workload, options: dict[str, Any] | None = None, platform: str = "model", **shared: Any
) -> Written:
    """Write an application; what is written is as the published types have it."""
    application = Application(name="shop", workloads={each.name: each for each in workloads}, **shared)
    written = write_again(normalise(Definition(application, platform)), **(options or {}))
    assert [fault for file in written.files if file.path != SECRETS for fault in faults(file.content)] == []
    return written


def app_of(written: Written, name: str = "web") -> Any:
    """Give one application of the group."""
    return next(app for app in root_of(written)["apps"] if app["id"] == f"/shop/{name}")


def codes(written: Written) -> list[str]:
    """Give the codes of what was told, but for what is assumed of CPU and memory."""
    return [each.code for each in written.diagnostics if each.path[-1:] != ("compute",)]


def test_an_application_as_someone_would_write_it() -> None:
    probe = Probe(Http(8080, "/health"), period=5_000, timeout=2_000, failures=4)
    container = Container(
        image=NGINX,
        args=("-v",),
        variables={"B": "2", "A": "1"},
        liveness=probe,
        compute=Compute({"cpu": 250, "memory": 64 << 20}, {"cpu": 250, "memory": 64 << 20}),
    )
    written = write(workload("web", container, ports=PORTS))
    assert root_of(written) == {
        "id": "/shop",
        "apps": [
            {
                "id": "/shop/web",
                "args": ["-v"],
                "cpus": 0.25,
                "mem": 64,
                "container": {
                    "type": "DOCKER",
                    "docker": {"image": "nginx:1"},
                    "portMappings": [
                        {
                            "containerPort": 8080,
                            "hostPort": 0,
                            "servicePort": 10000,
                            "protocol": "tcp",
                            "name": "http",
                            "labels": {"VIP_0": "/web:80"},
                        }
                    ],
                },
                "networks": [{"mode": "container/bridge"}],
                "env": {"A": "1", "B": "2"},
                "healthChecks": [
                    {
                        "protocol": "MESOS_HTTP",
                        "path": "/health",
                        "portIndex": 0,
                        "gracePeriodSeconds": 0,
                        "intervalSeconds": 5,
                        "timeoutSeconds": 2,
                        "delaySeconds": 0,
                        "maxConsecutiveFailures": 4,
                    }
                ],
            }
        ],
    }
    assert codes(written) == []


class TestAddresses:
    def test_a_peer_is_its_virtual_address(self) -> None:
        web = workload("web", Container(image=NGINX, variables={"URL": "http://db:80/x", "HOST": "db:80"}))
        written = write(web, workload("db", ports=PORTS))
        assert app_of(written)["env"] == {
            "HOST": "db.marathon.l4lb.thisdcos.directory:80",
            "URL": "http://db.marathon.l4lb.thisdcos.directory:80/x",
        }

    def test_a_port_that_only_a_text_names_is_mapped(self) -> None:
        web = workload("web", Container(image=NGINX, variables={"DB": "db:5432"}))
        mappings = app_of(write(web, workload("db")), "db")["container"]["portMappings"]
        assert [(each["containerPort"], each["labels"]) for each in mappings] == [(5432, {"VIP_0": "/db:5432"})]

    def test_service_ports_are_unique_and_in_the_order_of_ids(self) -> None:
        balanced = {"80/tcp": Port(80, 80, exposures=(Exposure("load-balancer", 10_000),))}
        written = write(workload("c", ports=PORTS), workload("a", ports=PORTS), workload("b", ports=balanced))
        found = {app["id"]: app["container"]["portMappings"][0]["servicePort"] for app in root_of(written)["apps"]}
        assert found == {"/shop/a": 10_001, "/shop/b": 10_000, "/shop/c": 10_002}

    def test_a_taken_port_of_the_balancer_is_told(self) -> None:
        balanced = {"80/tcp": Port(80, 80, exposures=(Exposure("load-balancer", 80),))}
        written = write(workload("a", ports=balanced), workload("b", ports=balanced))
        assert "approximated" in codes(written)

    def test_both_protocols_are_one_mapping(self) -> None:
        ports = {"53/tcp": Port(53, 53), "53/udp": Port(53, 53, protocol="udp")}
        (mapping,) = app_of(write(workload("web", ports=ports)))["container"]["portMappings"]
        assert mapping["protocol"] == "udp,tcp"

    def test_routes_are_labels(self) -> None:
        routes = {
            "a.example.com/": Route("a.example.com", "/", 80),
            "b.example.com/": Route("b.example.com", "/", 80),
            "a.example.com/api": Route("a.example.com", "/api", 80, tls=True),
        }
        written = write(workload("web", ports=PORTS, routes=routes))
        app = app_of(written)
        assert app["labels"] == {
            "HAPROXY_GROUP": "external",
            "HAPROXY_0_VHOST": "a.example.com,b.example.com",
            "HAPROXY_1_VHOST": "a.example.com",
            "HAPROXY_1_PATH": "/api",
            "HAPROXY_1_REDIRECT_TO_HTTPS": "true",
        }
        assert len(app["container"]["portMappings"]) == 2
        assert set(read_back(written).application.workloads["web"].routes) == set(routes)


class TestSecrets:
    def secret_variable(self, *text: Any) -> Workload:
        return workload("web", Container(image=NGINX, variables={"DB_URL": tuple(text)}))

    def test_a_variable_refers_to_a_declared_secret(self) -> None:
        app = app_of(write(self.secret_variable(SecretValue("db", "password"))))
        assert app["env"] == {"DB_URL": {"secret": "db/password"}}
        assert app["secrets"] == {"db/password": {"source": "shop/db-password"}}

    def test_a_text_with_a_secret_is_one_secret(self) -> None:
        text = ("postgres://app:", SecretValue("db", "password"), "@db:5432")
        secrets = {"db": Secret({"password": "hunter2"}, provisioned=True)}
        written = write(
            self.secret_variable(*text), workload("db", ports=PORTS), secrets=secrets, options={"secrets": True}
        )
        assert app_of(written)["env"] == {"DB_URL": {"secret": "web/DB_URL"}}
        kept = next(file for file in written.files if file.path == SECRETS)
        assert kept.mode == 0o600
        assert json.loads(kept.content) == {
            "shop/web-DB_URL": "postgres://app:hunter2@db.marathon.l4lb.thisdcos.directory:5432"
        }
        assert all("hunter2" not in each.message for each in written.diagnostics)

    def test_values_are_written_only_where_that_is_wanted(self) -> None:
        secrets = {"db": Secret({"password": "hunter2"}, provisioned=True)}
        written = write(self.secret_variable(SecretValue("db", "password")), secrets=secrets)
        assert [file.path for file in written.files] == ["marathon.json"]
        told = "shop/db-password: what is secret there is to be put into the store before the group"
        assert told in [each.message for each in written.diagnostics]

    def test_an_argument_takes_no_secret(self) -> None:
        written = write(workload("web", Container(image=NGINX, args=("-p", (SecretValue("db", "password"),)))))
        assert codes(written) == ["lost"]


class TestProbes:
    def checks(self, container: Container) -> tuple[Any, Written]:
        written = write(workload("web", container))
        return app_of(written), written

    def test_readiness_kills_nothing(self) -> None:
        app, _ = self.checks(Container(image=NGINX, readiness=Probe(Http(80, "/ready"))))
        (check,) = app["healthChecks"]
        assert (check["protocol"], check["maxConsecutiveFailures"]) == ("HTTP", 0)

    def test_a_readiness_command_is_only_reported(self) -> None:
        app, written = self.checks(Container(image=NGINX, readiness=Probe(Exec(("true",)))))
        assert "healthChecks" not in app
        assert app["check"]["exec"] == {"command": {"argv": ["true"]}}
        assert codes(written) == ["approximated"]

    def test_a_liveness_command_is_a_shells(self) -> None:
        app, written = self.checks(Container(image=NGINX, liveness=Probe(Exec(("test", "-f", "/a b")))))
        assert app["healthChecks"][0]["command"] == {"value": "test -f '/a b'"}
        assert codes(written) == ["approximated"]

    def test_a_startup_probe_is_the_grace_of_its_check(self) -> None:
        check = Http(80, "/")
        app, _ = self.checks(
            Container(
                image=NGINX,
                liveness=Probe(check, period=10_000, failures=3),
                startup=Probe(check, period=10_000, failures=30),
            )
        )
        assert app["healthChecks"][0]["gracePeriodSeconds"] == 270

    @pytest.mark.parametrize(("platform", "period"), [("kubernetes", 10), ("compose", 30), ("score", 10)])
    def test_silence_is_spelled_out_as_the_source_means_it(self, platform: str, period: int) -> None:
        web = workload("web", Container(image=NGINX, liveness=Probe(Http(80, "/"))))
        assert app_of(write(web, platform=platform))["healthChecks"][0]["intervalSeconds"] == period


class TestStorage:
    def test_a_volume_of_its_own_under_a_path_of_the_container(self) -> None:
        web = workload("web", Container(image=NGINX, mounts={"/data": Mount("data", "sub", True)}))
        written = write(web, volumes={"data": Volume("persistent", size=(5 << 20) + 1)})
        assert app_of(written)["container"]["volumes"] == [
            {"containerPath": "data", "persistent": {"size": 6}, "mode": "RW"},
            {"containerPath": "/data", "hostPath": "data/sub", "mode": "RO"},
        ]
        assert codes(written) == ["approximated"]

    def test_a_shared_volume_is_told(self) -> None:
        mounting = Container(image=NGINX, mounts={"/data": Mount("data")})
        written = write(
            workload("a", mounting), workload("b", mounting), volumes={"data": Volume("persistent", size=1 << 20)}
        )
        assert codes(written) == ["approximated"]

    def test_a_folder_of_the_project_is_lost(self) -> None:
        web = workload("web", Container(image=NGINX, mounts={"/data": Mount("web/data")}))
        written = write(web, volumes={"web/data": Volume("host", host_path="./data")})
        assert codes(written) == ["lost"]
        assert "volumes" not in app_of(written)["container"]


class TestKinds:
    @pytest.mark.parametrize("kind", [Kind.JOB, Kind.SCHEDULED])
    def test_what_ends_is_not_started_again_and_again(self, kind: Kind) -> None:
        written = write(workload("web"), workload("migrate", kind=kind))
        assert [app["id"] for app in root_of(written)["apps"]] == ["/shop/web"]
        assert codes(written) == ["lost"]

    def test_several_containers_are_a_pod_of_their_own_file(self) -> None:
        containers = {
            "init": Container(role=Role.INIT, image=NGINX),
            "web": Container(image=NGINX, workdir="/srv"),
            "log": Container(image=NGINX),
        }
        written = write(workload("web", containers=containers, ports=PORTS), workload("api"))
        assert [file.path for file in written.files] == ["marathon.json", "pods/web.json"]
        pod = json.loads(written.files[1].content)
        assert [each["name"] for each in pod["containers"]] == ["web", "log"]
        assert codes(written) == ["lost", "lost"]
        assert set(read_back(written).application.workloads) == {"web", "api"}

    def test_one_container_beside_an_init_container_is_an_application(self) -> None:
        containers = {"init": Container(role=Role.INIT, image=NGINX), "web": Container(image=NGINX)}
        assert codes(write(workload("web", containers=containers))) == ["lost"]

    @pytest.mark.parametrize(
        ("condition", "told"), [("started", []), ("healthy", ["approximated"]), ("complete", ["lost"])]
    )
    def test_order(self, condition: str, told: list[str]) -> None:
        written = write(workload("web", order={"db": Order(condition)}), workload("db"))
        assert codes(written) == told


MARATHON: dict[str, Any] = {
    "id": "/shop",
    "dependencies": ["/infra"],
    "groups": [
        {
            "id": "/shop/ui",
            "enforceRole": True,
            "apps": [
                {
                    "id": "/shop/ui/web",
                    "cmd": "PORT=1 ; run",
                    "instances": 2,
                    "cpus": 0.5,
                    "mem": 64.5,
                    "acceptedResourceRoles": ["slave_public"],
                    "backoffSeconds": 5,
                    "constraints": [["hostname", "UNIQUE"], ["rack", "LIKE", "a|b"]],
                    "container": {
                        "type": "DOCKER",
                        "docker": {
                            "image": "nginx:1",
                            "parameters": [
                                {"key": "hostname", "value": "web.local"},
                                {"key": "log-driver", "value": "none"},
                            ],
                        },
                        "volumes": [
                            {"containerPath": "/pg", "mode": "RW",
                             "external": {"name": "pg", "provider": "dvdi", "options": {"a": "b"}}},
                        ],
                        "portMappings": [
                            {"containerPort": 0, "hostPort": 0, "name": "picked"},
                            {"containerPort": 80, "hostPort": 0, "servicePort": 10101, "name": "http",
                             "labels": {"VIP_0": "/edge:8080", "team": "x"}},
                        ],
                    },
                    "networks": [{"mode": "container/bridge"}],
                    "env": {"P": {"secret": "p"}},
                    "secrets": {"p": {"source": "/elsewhere/p"}},
                    "labels": {"a": "b", "HAPROXY_GROUP": "internal", "HAPROXY_1_VHOST": "a.example.com"},
                    "healthChecks": [{"protocol": "HTTP", "portIndex": 1, "path": "/", "ignoreHttp1xx": True}],
                    "readinessChecks": [
                        {"name": "ready", "portName": "http", "path": "/r", "httpStatusCodesForReady": [200]},
                    ],
                    "fetch": [{"uri": "https://example.com/a.tgz", "extract": True}],
                    "upgradeStrategy": {"minimumHealthCapacity": 1, "maximumOverCapacity": 0.5},
                    "unreachableStrategy": "disabled",
                    "taskKillGracePeriodSeconds": 7,
                }
            ],
        }
    ],
}  # fmt: skip


def test_a_definition_of_marathon_comes_back() -> None:
    definition = read_data(MARATHON)
    written = write_again(definition)
    assert [each.code for each in written.diagnostics] == []
    again = read_back(written)
    assert again.application == definition.application
    assert sorted(map(str, ((each.path, each.location, each.value) for each in again.extras))) == sorted(
        map(str, ((each.path, each.location, each.value) for each in definition.extras))
    )
    assert write_again(again).files == written.files
    assert faults(written.files[0].content) == []
    app = root_of(written)["groups"][0]["apps"][0]
    source = MARATHON["groups"][0]["apps"][0]
    assert {key for key in source if app.get(key) != source[key]} <= {"container", "healthChecks", "readinessChecks"}
