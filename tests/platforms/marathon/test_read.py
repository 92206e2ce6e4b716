"""Applications, pods and groups of Marathon as they are read."""

import json
from typing import Any

import pytest

from isomorph.model.application import Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.text import Address, SecretValue
from isomorph.model.workload import (
    Compute,
    Constraint,
    Exec,
    Exposure,
    File,
    Http,
    Mount,
    Order,
    Port,
    Probe,
    Route,
    Security,
    Tcp,
)
from isomorph.platforms.context import Source
from isomorph.platforms.marathon.reader import read
from tests.memory_context import memory_context
from tests.platforms.marathon.reading import read_app, read_container, read_data, read_text

BRIDGE = [{"mode": "container/bridge"}]


def mapped(*mappings: dict[str, Any], **docker: Any) -> dict[str, Any]:
    """The container of an application with port mappings, on a bridge."""
    image = {"image": "nginx:1", **docker}
    return {"container": {"type": "DOCKER", "docker": image, "portMappings": list(mappings)}, "networks": BRIDGE}


def options(*pairs: tuple[str, str]) -> dict[str, Any]:
    """The container of an application with options of docker."""
    return {
        "container": {
            "docker": {"image": "nginx:1", "parameters": [{"key": key, "value": value} for key, value in pairs]}
        }
    }


class TestIds:
    def test_an_application_directly_in_the_group_is_named_by_its_part(self) -> None:
        group = {"id": "/shop", "apps": [{"id": "web"}, {"id": "/shop/api"}]}
        assert list(read_data(group).application.workloads) == ["web", "api"]
        assert read_data(group).application.name == "shop"

    def test_deeper_ones_are_named_by_their_ids(self) -> None:
        group = {"id": "/shop", "groups": [{"id": "db", "apps": [{"id": "main"}]}]}
        assert list(read_data(group).application.workloads) == ["/shop/db/main"]

    def test_a_list_of_applications(self) -> None:
        assert list(read_data([{"id": "/a"}, {"id": "b"}, {"id": "/c/d"}]).application.workloads) == ["a", "b", "/c/d"]

    def test_an_answer_of_the_server(self) -> None:
        answer = {"apps": [{"id": "/web", "version": "2020-01-01T00:00:00Z", "tasksRunning": 1}]}
        definition = read_data(answer)
        assert list(definition.application.workloads) == ["web"]
        assert definition.extras == ()

    def test_pods_are_read_from_beside_the_group(self) -> None:
        pod = {"id": "/shop/pod", "containers": [{"name": "a", "resources": {}}]}
        files = {"marathon.json": json.dumps({"id": "/shop", "apps": []}), "pods/pod.json": json.dumps(pod)}
        definition = read(Source("marathon.json"), memory_context(files))
        assert list(definition.application.workloads) == ["pod"]
        assert definition.sources == ("marathon.json", "pods/pod.json")


class TestOrder:
    def test_a_group_waits_for_all_in_another(self) -> None:
        group = {
            "id": "/shop",
            "groups": [
                {"id": "db", "apps": [{"id": "a"}, {"id": "b"}]},
                {"id": "ui", "dependencies": ["../db"], "apps": [{"id": "web", "dependencies": ["../db/a"]}]},
            ],
        }
        order = read_data(group).application.workloads["/shop/ui/web"].order
        assert order == {"/shop/db/a": Order("started"), "/shop/db/b": Order("started")}

    def test_a_health_check_is_waited_for(self) -> None:
        apps = [{"id": "db", "healthChecks": [{"protocol": "TCP"}]}, {"id": "web", "dependencies": ["db"]}]
        assert read_data({"id": "/shop", "apps": apps}).application.workloads["web"].order == {"db": Order("healthy")}

    def test_what_is_not_here_is_told_and_kept(self) -> None:
        definition = read_data({"id": "/web", "dependencies": ["/db"]})
        assert [each.code for each in definition.diagnostics] == ["missing-reference"]
        assert [each.value for each in definition.extras] == ["/db"]


class TestProcess:
    def test_a_shell_runs_cmd(self) -> None:
        assert read_container(cmd="sleep 1; true").command == ("/bin/sh", "-c", "sleep 1; true")

    def test_args_follow_the_entrypoint(self) -> None:
        container = read_container(args=["-v", ""])
        assert (container.command, container.args) == (None, ("-v", ""))

    def test_an_entrypoint_and_its_args_are_the_command(self) -> None:
        container = read_container(**options(("entrypoint", "/app")), args=["-v"])
        assert (container.command, container.args) == (("/app", "-v"), None)

    def test_without_an_image_args_are_the_command(self) -> None:
        assert read_data({"id": "/web", "args": ["a", "b"]}).application.workloads["web"].containers["web"].command == (
            "a",
            "b",
        )

    def test_options_of_docker(self) -> None:
        container = read_container(
            **options(("w", "/srv"), ("--user", "1:2"), ("cap-add", "CAP_SYS_TIME"), ("read-only", "true"),
                      ("security-opt", "no-new-privileges"), ("stop-signal", "SIGINT"), ("env", "A=b=c"))
        )  # fmt: skip
        assert (container.workdir, container.stop_signal, container.variables) == ("/srv", "SIGINT", {"A": "b=c"})
        assert container.security == Security(
            user="1", group="2", capabilities_added=("SYS_TIME",), read_only_root=True, no_new_privileges=True
        )

    def test_an_option_without_a_place_is_kept(self) -> None:
        definition = read_data({"id": "/web", **options(("log-driver", "none"))})
        assert [(each.location, each.value) for each in definition.extras] == [
            (("container", "docker", "parameters", 0), {"key": "log-driver", "value": "none"})
        ]

    def test_one_number_is_request_and_limit(self) -> None:
        compute = read_container(cpus=0.1, mem=64.5, gpus=1, disk=10).compute
        assert compute == Compute(
            {"cpu": 100, "memory": 67_633_152, "nvidia.com/gpu": 1, "ephemeral-storage": 10 << 20},
            {"cpu": 100, "memory": 67_633_152, "nvidia.com/gpu": 1},
        )

    def test_limits_of_their_own(self) -> None:
        limits = {"cpus": "unlimited", "mem": 128}
        compute = read_container(cpus=1, mem=64, resourceLimits=limits).compute
        assert compute == Compute({"cpu": 1000, "memory": 64 << 20}, {"memory": 128 << 20})


class TestVariables:
    def test_a_secret_is_named_by_its_key(self) -> None:
        definition = read_data(
            {
                "id": "/web",
                "env": {"P": {"secret": "db/password"}, "N": 1},
                "secrets": {"db/password": {"source": "elsewhere"}},
            }
        )
        container = definition.application.workloads["web"].containers["web"]
        assert container.variables == {"P": (SecretValue("db", "password"),), "N": "1"}
        assert definition.application.secrets == {"db": Secret({"password": None}, external=True)}
        assert [each.location for each in definition.extras] == [("secrets", "db/password")]

    def test_an_undeclared_secret_is_told(self) -> None:
        definition = read_data({"id": "/web", "env": {"P": {"secret": "x"}}})
        assert [each.code for each in definition.diagnostics] == ["missing-reference"]


class TestNetwork:
    def test_silence_is_the_agents_own(self) -> None:
        assert read_app().host_namespaces == ("network",)

    @pytest.mark.parametrize(("old", "networks", "spaces"), [("BRIDGE", None, ()), ("HOST", None, ("network",))])
    def test_the_form_before_1_5(self, old: str, networks: Any, spaces: tuple[str, ...]) -> None:
        app = read_app(container={"docker": {"image": "a", "network": old}})
        assert (app.networks, app.host_namespaces) == (networks, spaces)

    def test_a_named_network_in_both_forms(self) -> None:
        new = read_app(networks=[{"mode": "container", "name": "dcos"}])
        old = read_app(container={"docker": {"image": "a", "network": "USER"}}, ipAddress={"networkName": "dcos"})
        assert new.networks == old.networks == ("dcos",)

    def test_a_virtual_address_has_a_number_of_its_own(self) -> None:
        mapping = {"containerPort": 8080, "name": "http", "labels": {"VIP_0": "/web:80", "VIP_1": "10.0.0.1:80"}}
        app = read_app(**mapped(mapping))
        assert app.ports == {"80/tcp": Port(80, 8080, name="http")}
        assert app.names == ("web.marathon.l4lb.thisdcos.directory", "10.0.0.1")

    def test_a_fixed_port_of_the_agent_and_both_protocols(self) -> None:
        app = read_app(**mapped({"containerPort": 53, "hostPort": 5353, "protocol": "udp,tcp"}))
        assert set(app.ports) == {"53/udp", "53/tcp"}
        assert [each for port in app.ports.values() for each in port.exposures] == [Exposure("host", 5353)]

    def test_port_definitions(self) -> None:
        app = read_app(portDefinitions=[{"port": 9000, "name": "http"}], requirePorts=True)
        assert app.ports == {"9000/tcp": Port(9000, 9000, name="http", offered=False)}

    def test_hostnames_and_addresses(self) -> None:
        host = options(("hostname", "db.weave.local"))
        apps = [
            {"id": "/db", **host},
            {"id": "/web", "env": {"A": "http://db.weave.local:80/", "B": "db.marathon.mesos:81"}},
        ]
        workloads = read_data(apps).application.workloads
        assert workloads["web"].containers["web"].variables == {
            "A": ("http://", Address("db", "db.weave.local", 80), "/"),
            "B": (Address("db", "db.marathon.mesos", 81),),
        }
        assert workloads["db"].names == ("db.weave.local", "db.marathon.mesos")

    def test_labels_of_the_balancer(self) -> None:
        labels = {"HAPROXY_GROUP": "external", "HAPROXY_0_VHOST": "a.example.com,b.example.com", "HAPROXY_0_PATH": "/x"}
        app = read_app(
            **mapped({"containerPort": 80, "servicePort": 10_000}, {"containerPort": 81, "servicePort": 90}),
            labels=labels,
        )
        assert app.routes == {
            "a.example.com/x": Route("a.example.com", "/x", 80),
            "b.example.com/x": Route("b.example.com", "/x", 80),
        }
        assert app.ports["80/tcp"].exposures == ()
        assert app.ports["81/tcp"].exposures == (Exposure("load-balancer", 90),)
        assert app.labels == {}


class TestProbes:
    def test_a_check_that_kills_is_liveness_and_one_that_does_not_is_readiness(self) -> None:
        app = read_app(
            **mapped({"containerPort": 8080}),
            healthChecks=[
                {"protocol": "MESOS_HTTP", "path": "/live", "intervalSeconds": 5, "gracePeriodSeconds": 7},
                {"protocol": "TCP", "portIndex": 0, "maxConsecutiveFailures": 0},
            ],
        )
        container = app.containers["web"]
        assert container.liveness == Probe(Http(8080, "/live", "HTTP"), period=5000, grace=7000)
        assert container.readiness == Probe(Tcp(8080))

    def test_a_command(self) -> None:
        check = {"protocol": "COMMAND", "command": {"value": "test -f /x"}, "maxConsecutiveFailures": 2}
        assert read_container(healthChecks=[check]).liveness == Probe(Exec(("/bin/sh", "-c", "test -f /x")), failures=2)

    def test_a_readiness_check_has_defaults_of_its_own(self) -> None:
        app = read_app(
            **mapped({"containerPort": 80, "name": "http"}), readinessChecks=[{"portName": "http", "path": "/r"}]
        )
        assert app.containers["web"].readiness == Probe(Http(80, "/r", "HTTP"), period=30_000, timeout=10_000)

    def test_mesos_own_check(self) -> None:
        check = {"exec": {"command": {"argv": ["true"]}}, "delaySeconds": 3}
        assert read_container(check=check).readiness == Probe(Exec(("true",)), initial_delay=3000)


class TestStorage:
    def read(self, *volumes: dict[str, Any]) -> tuple[dict[str, Mount], dict[str, Volume]]:
        application = read_data(
            {"id": "/web", "container": {"docker": {"image": "a"}, "volumes": list(volumes)}}
        ).application
        return application.workloads["web"].containers["web"].mounts, application.volumes

    def test_a_path_of_the_agent(self) -> None:
        mounts, volumes = self.read({"containerPath": "/a", "hostPath": "/srv", "mode": "RO"})
        assert (mounts, volumes) == ({"/a": Mount("web/a", None, True)}, {"web/a": Volume("host", host_path="/srv")})

    def test_a_persistent_volume_under_a_path_of_its_own(self) -> None:
        mounts, volumes = self.read(
            {"containerPath": "data", "persistent": {"size": 10}, "mode": "RW"},
            {"containerPath": "/var/data", "hostPath": "data/inner", "mode": "RW"},
        )
        assert mounts == {"/var/data": Mount("data", "inner")}
        assert volumes == {"data": Volume("persistent", size=10 << 20)}

    def test_a_persistent_volume_in_the_sandbox(self) -> None:
        mounts, _ = self.read({"containerPath": "data", "persistent": {"size": 10}, "mode": "RW"})
        assert mounts == {"/mnt/mesos/sandbox/data": Mount("data")}

    def test_a_folder_of_the_sandbox(self) -> None:
        mounts, volumes = self.read({"containerPath": "/tmp/x", "hostPath": "scratch"})
        assert (mounts, volumes) == ({"/tmp/x": Mount("web/scratch")}, {"web/scratch": Volume("ephemeral")})

    def test_an_external_volume(self) -> None:
        external = {"name": "pg", "size": 5, "provider": "dvdi", "options": {"dvdi/driver": "rexray"}}
        mounts, volumes = self.read({"containerPath": "/data", "external": external, "mode": "RW"})
        assert (mounts, volumes) == ({"/data": Mount("pg")}, {"pg": Volume("persistent", size=5 << 30, external=True)})

    def test_a_file_from_the_secret_store(self) -> None:
        volume = {"containerPath": "/run/key", "secret": "tls/key"}
        container = read_container(container={"type": "MESOS", "docker": {"image": "a"}, "volumes": [volume]})
        assert container.files == {"/run/key": File((SecretValue("tls", "key"),))}

    def test_memory(self) -> None:
        definition = read_data({"id": "/web", **options(("tmpfs", "/tmp:size=64m,ro"))})
        assert definition.application.volumes == {"web/tmp": Volume("memory", size=64 << 20)}


class TestPlacement:
    @pytest.mark.parametrize(
        ("words", "constraint"),
        [
            (["hostname", "CLUSTER", "a.example.com"], Constraint("hostname", "=", ("a.example.com",))),
            (["rack", "LIKE", "a|b"], Constraint("rack", "in", ("a", "b"))),
            (["rack", "UNLIKE", "a"], Constraint("rack", "!=", ("a",))),
            (["@zone", "IS", "eu-1"], Constraint("zone", "=", ("eu-1",))),
            (["gpu", "LIKE", ".*"], Constraint("gpu", "exists")),
        ],
    )
    def test_which_nodes(self, words: list[str], constraint: Constraint) -> None:
        assert read_app(constraints=[words]).placement == (constraint,)

    @pytest.mark.parametrize("words", [["hostname", "UNIQUE"], ["rack", "GROUP_BY", "3"], ["rack", "LIKE", "a[0-9]+"]])
    def test_what_spreads_is_kept(self, words: list[str]) -> None:
        definition = read_data({"id": "/web", "constraints": [words]})
        assert definition.application.workloads["web"].placement == ()
        assert [each.value for each in definition.extras] == [words]


def test_a_pod() -> None:
    pod = {
        "id": "/shop/pod",
        "environment": {"A": "pod", "B": "pod"},
        "containers": [
            {
                "name": "web",
                "image": {"kind": "DOCKER", "id": "nginx:1", "forcePull": True},
                "exec": {"command": {"argv": ["nginx", "-g"]}, "overrideEntrypoint": True},
                "resources": {"cpus": 0.1, "mem": 32},
                "environment": {"A": "own"},
                "endpoints": [
                    {"name": "http", "containerPort": 80, "protocol": ["tcp"], "labels": {"VIP_0": "/pod:8080"}}
                ],
                "healthCheck": {"http": {"endpoint": "http", "path": "/"}, "maxConsecutiveFailures": 3},
                "volumeMounts": [{"name": "scratch", "mountPath": "/tmp/x", "readOnly": True}],
                "lifecycle": {"killGracePeriodSeconds": 2.5},
            },
            {"name": "log", "exec": {"command": {"shell": "tail -f x"}}, "resources": {}},
        ],
        "networks": [{"mode": "container/bridge"}],
        "volumes": [{"name": "scratch"}],
        "scaling": {"kind": "fixed", "instances": 2},
        "scheduling": {"placement": {"constraints": [{"fieldName": "rack", "operator": "IS", "value": "a"}]}},
    }
    definition = read_data(pod)
    (workload,) = definition.application.workloads.values()
    web, log = workload.containers["web"], workload.containers["log"]
    assert (web.command, web.pull_policy, web.stop_grace) == (("nginx", "-g"), "always", 2500)
    assert (web.variables, log.variables) == ({"A": "own", "B": "pod"}, {"A": "pod", "B": "pod"})
    assert log.command == ("/bin/sh", "-c", "tail -f x")
    assert web.liveness == Probe(Http(80, "/"), failures=3)
    assert workload.ports == {"8080/tcp": Port(8080, 80, name="http")}
    assert web.mounts == {"/tmp/x": Mount("/shop/pod/scratch", None, True)}
    assert (workload.scale.replicas, workload.placement) == (2, (Constraint("rack", "=", ("a",)),))
    assert definition.extras == ()


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "place", "message"),
        [
            ('{"id": "/web", "instances": "2"}', "1:29", "must be a number, and it is a string"),
            ('{"id": "/Web"}', "1:8", "is no id"),
            ('{"id": "/a",\n "env": {"X": ["a"]}}', "2:15", "must be a string"),
            ('[{"id": "/a"}, {"id": "a"}]', "1:16", "is defined twice; the first is at marathon.json:1:2"),
            ('{"id": "/g", "groups": [{"apps": []}]}', "1:25", "a group has no `id`"),
            ('{"kind": "Pod"}', "1:1", "neither an application nor a pod nor a group"),
            ('{"id": "/a", "constraints": [["hostname", "NEAR"]]}', "1:30", "NEAR is no operator"),
            ('{"id": "/a", "healthChecks": [{"protocol": "GRPC"}]}', "1:44", "GRPC is no protocol"),
            ('{"id": "/a", "cpus": -1}', "1:22", "out of range"),
            (
                '{"id": "/a", "container": {"portMappings": [{"containerPort": 70000}]}, "networks": [{"mode": "container"}]}',
                "1:63",
                "no port",
            ),
        ],
    )
    def test_one_error_says_where(self, text: str, place: str, message: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            read_text(text)
        assert str(caught.value.origin) == f"marathon.json:{place}"
        assert message in caught.value.message
        assert caught.value.hint or "twice" in message

    def test_an_unknown_field_is_told_with_what_was_meant(self) -> None:
        definition = read_data({"id": "/web", "instnces": 2})
        assert [each.message for each in definition.diagnostics] == [
            "Marathon knows no field `instnces` here; did you mean `instances`?"
        ]
