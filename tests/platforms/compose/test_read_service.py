"""What a service says, in the model: values, what stays unresolved, where each was written, and what is kept."""

from typing import Any

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.model.image import Build, Image
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder
from isomorph.model.workload import (
    Compute,
    Container,
    Exec,
    Exposure,
    Order,
    Port,
    Probe,
    Restart,
    Scale,
    Security,
    Workload,
)
from isomorph.platforms.compose.reader import read
from tests.memory_context import memory_context, source

CONTAINER = ("workloads", "web", "containers", "web")


def read_text(text: str, files: dict[str, str | bytes] | None = None, **environment: str) -> Definition:
    return read(
        source("compose.yaml"), memory_context({"compose.yaml": text, **(files or {})}, environment=environment)
    )


def read_web(fields: str, **environment: str) -> Definition:
    lines = "".join(f"    {line}\n" for line in fields.splitlines())
    image = "" if "image:" in fields else "    image: web\n"
    return read_text(f"services:\n  web:\n{lines}{image}", None, **environment)


def web(definition: Definition) -> Workload:
    return definition.application.workloads["web"]


def container(definition: Definition) -> Container:
    return web(definition).containers["web"]


TAG = Placeholder("${TAG}", "TAG")


def test_a_variable_that_is_not_set_is_a_placeholder_and_said_once() -> None:
    definition = read_web(
        "image: shop/web:${TAG}\nenvironment: {A: 'v${TAG}-$OTHER', B: '${TAG}'}\ncommand: run $TAG x"
    )
    read_container = container(definition)
    assert read_container.image == Image("shop/web", tag=(TAG,))
    assert read_container.variables == {
        "A": ("v", TAG, "-", Placeholder("$OTHER", "OTHER")),
        "B": (TAG,),
    }
    assert read_container.args == ("run", (Placeholder("$TAG", "TAG"),), "x")
    unset = [each for each in definition.diagnostics if each.code == "unset-variable"]
    assert [(each.message.split()[1], each.origin and each.origin.line) for each in unset] == [("TAG", 3), ("OTHER", 4)]


def test_numbers_that_are_not_settled_stay_placeholders_or_are_left_out() -> None:
    definition = read_web(
        'deploy: {replicas: "${N}", resources: {limits: {memory: "${MEMORY}", cpus: "${CPU}"}}}\n'
        'ports: ["${PORT}:80", "${P}"]\nstop_grace_period: ${GRACE}\n'
    )
    assert web(definition).scale == Scale(Placeholder("${N}", "N"))
    assert container(definition).compute == Compute(
        limits={"memory": Placeholder("${MEMORY}", "MEMORY"), "cpu": Placeholder("${CPU}", "CPU")}
    )
    assert web(definition).ports == {"80/tcp": Port(80, 80, exposures=(Exposure("host"),))}
    assert container(definition).stop_grace is None


def test_values_name_the_place_of_their_scalar_and_the_line_of_env_that_they_came_from() -> None:
    definition = read_text(
        "services:\n  web:\n    image: web:${TAG}\n    environment:\n      A: 'x'\n      B: $TAG\n",
        {".env": "# c\nTAG=7\n"},
    )
    origins = definition.origins
    assert container(definition).image == Image("web", tag="7")
    assert origins.exact((*CONTAINER, "image")) == Origin("compose.yaml", 3, 12, (Origin(".env", 2, 5),))
    assert origins.exact((*CONTAINER, "variables", "A")) == Origin("compose.yaml", 5, 10)
    assert origins.exact(CONTAINER) == Origin("compose.yaml", 2, 3)


def test_the_shell_wins_over_env_and_needs_no_origin() -> None:
    definition = read_text("services: {web: {image: 'web:$TAG'}}", {".env": "TAG=7\n"}, TAG="8")
    assert container(definition).image == Image("web", tag="8")
    assert definition.origins.exact((*CONTAINER, "image")) == Origin("compose.yaml", 1, 25)


def test_variables_without_a_value_come_from_the_environment() -> None:
    definition = read_web("environment: [A, B]", A="from the shell")
    assert container(definition).variables == {"A": "from the shell", "B": (Placeholder("${B}", "B"),)}
    assert [each.code for each in definition.diagnostics] == ["unset-variable"]


def test_variables_of_env_files_name_their_line_and_the_entry_that_brought_them() -> None:
    definition = read_text(
        "services:\n  web:\n    image: web\n    env_file: [one.env]\n    environment: {B: own}\n",
        {"one.env": "A=1\nB=2\nC=$NEVER\n"},
    )
    assert container(definition).variables == {"A": "1", "B": "own", "C": (Placeholder("$NEVER", "NEVER"),)}
    entry = Origin("compose.yaml", 4, 16)
    assert definition.origins.exact((*CONTAINER, "variables", "A")) == Origin("one.env", 1, 3).through(entry)
    assert definition.origins.exact((*CONTAINER, "variables", "B")) == Origin("compose.yaml", 5, 22)
    assert [(each.code, each.origin) for each in definition.diagnostics] == [
        ("unset-variable", Origin("one.env", 3, 3))
    ]


def test_an_env_file_that_is_not_there_is_told_and_the_rest_is_read() -> None:
    definition = read_web("env_file: [none.env, {path: optional.env, required: false}]\nenvironment: {A: '1'}")
    assert container(definition).variables == {"A": "1"}
    assert [each.code for each in definition.diagnostics] == ["missing-file"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("pull_policy: if_not_present", {"pull_policy": "missing"}),
        ("stop_signal: SIGQUIT\nworking_dir: /srv", {"stop_signal": "SIGQUIT", "workdir": "/srv"}),
        ("entrypoint: []\ncommand: []", {"command": ()}),
        ('build: {context: ., dockerfile: D, target: t, args: [A=1, B]}', {
            "build": Build(".", "D", "t", {"A": "1", "B": None})}),
        ('user: "1000"', {"security": Security(user="1000")}),
        ('user: "1000:2000"\nprivileged: true\nread_only: false', {
            "security": Security("1000", "2000", privileged=True, read_only_root=False)}),
        ("cap_add: [cap_chown, CHOWN]\ncap_drop: [all]", {
            "security": Security(capabilities_added=("CHOWN",), capabilities_dropped=("ALL",))}),
        ("security_opt: [no-new-privileges]", {"security": Security(no_new_privileges=True)}),
        ("security_opt: ['no-new-privileges:false']", {"security": Security(no_new_privileges=False)}),
        ("security_opt: [no-new-privileges=true]", {"security": Security(no_new_privileges=True)}),
        ("healthcheck: {test: 'a | b', start_period: 5s}", {
            "readiness": Probe(Exec(("/bin/sh", "-c", "a | b")), grace=5000)}),
        ("healthcheck: {disable: true, interval: 5s}", {"readiness": Probe(disabled=True)}),
        ("mem_reservation: 1m\npids_limit: 5", {
            "compute": Compute(requests={"memory": 1048576}, limits={"pids": 5})}),
    ],
)  # fmt: skip
def test_fields_of_the_container(fields: str, expected: dict[str, Any]) -> None:
    read_container = container(read_web(f"{fields}\nimage: web"))
    assert {name: getattr(read_container, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("restart: 'no'", {"restart": Restart("never")}),
        ("restart: no", {"restart": Restart("never")}),
        ("restart: on-failure:3", {"restart": Restart("on-failure", 3)}),
        ("restart: always\ndeploy: {restart_policy: {condition: on-failure, max_attempts: 2}}", {
            "restart": Restart("on-failure", 2)}),
        ("deploy: {restart_policy: {condition: none}}", {"restart": Restart("never")}),
        ("deploy: {replicas: 3}", {"scale": Scale(3)}),
        ("scale: 2", {"scale": Scale(2)}),
        ("network_mode: host\npid: host\nipc: host", {"host_namespaces": ("network", "pid", "ipc")}),
        ("network_mode: none", {"networks": ()}),
        ("hostname: h\ncontainer_name: cc", {"names": ("web", "h", "cc")}),
        ("labels: [a=b, c]\nannotations: {d: 1}", {"labels": {"a": "b", "c": ""}, "annotations": {"d": "1"}}),
        ("expose: ['80', 90-91/udp]", {"ports": {
            "80/tcp": Port(80, 80), "90/udp": Port(90, 90, "udp"), "91/udp": Port(91, 91, "udp")}}),
        ("ports: ['80', '80:80', '127.0.0.1:81:80']\nexpose: [80]", {"ports": {"80/tcp": Port(80, 80, exposures=(
            Exposure("host"), Exposure("host", 80), Exposure("host", 81, "127.0.0.1")))}}),
        ("ports: [{target: 80, name: http, published: '8080'}]", {"ports": {
            "80/tcp": Port(80, 80, name="http", exposures=(Exposure("host", 8080),))}}),
    ],
)  # fmt: skip
def test_fields_of_the_workload(fields: str, expected: dict[str, Any]) -> None:
    workload = web(read_web(fields))
    assert {name: getattr(workload, name) for name in expected} == expected


def test_every_value_has_its_own_place() -> None:
    definition = read_web(
        "image: web\nhealthcheck:\n  test: [CMD, a]\n  interval: 5s\ndeploy:\n  resources:\n    limits:\n      memory: 1g\n"
        "cap_add:\n  - CHOWN\nports:\n  - 80\n  - 8080:80\nrestart: always\ncommand: [a,\n  b]\n"
    )
    lines = {
        "/".join(path[2:]): origin.line
        for path, origin in definition.origins.table.items()
        if path[:2] == CONTAINER[:2]
    }
    expected = {
        "containers/web/readiness/check": 5,
        "containers/web/readiness/period": 6,
        "containers/web/compute/limits/memory": 10,
        "containers/web/security/capabilities_added/CHOWN": 12,
        "ports/80/tcp": 14,
        "ports/80/tcp/exposures/0": 14,
        "ports/80/tcp/exposures/1": 15,
        "restart": 16,
        "containers/web/args": 17,
        "containers/web/args/1": 18,
    }
    assert {name: lines.get(name) for name in expected} == expected


def test_what_the_model_does_not_say_is_kept_in_composes_own_spelling() -> None:
    definition = read_text(
        "x-top: {a: 1}\nservices:\n  web:\n    image: web\n    logging: {driver: none, options: {tag: '$$x ${UNSET}'}}\n"
        "    sysctls: {a.b: 1}\n    healthcheck: {test: a, start_interval: 1s}\n    tmpfs: ['/t:noexec,size=1m']\n"
        "    deploy: {update_config: {order: start-first}}\nnetworks: {default: {driver: overlay}}\n"
        "volumes: {v: {driver: nfs, name: real}}\n"
    )
    kept = {(each.path[:1] + each.path[2:], each.location): each.value for each in definition.extras}
    assert kept == {
        ((), ("x-top",)): {"a": 1},
        (("workloads", "containers", "web"), ("logging",)): {"driver": "none", "options": {"tag": "$$x ${UNSET}"}},
        (("workloads", "containers", "web"), ("sysctls",)): {"a.b": 1},
        (("workloads", "containers", "web"), ("healthcheck", "start_interval")): "1s",
        (("workloads", "containers", "web", "mounts", "/t"), ("options",)): "noexec",
        (("workloads", "containers", "web"), ("deploy", "update_config")): {"order": "start-first"},
        ((), ("networks", "default")): {"driver": "overlay"},
        (("volumes",), ("driver",)): "nfs",
        (("volumes",), ("name",)): "real",
    }
    assert all(each.origin is not None and each.platform == "compose" for each in definition.extras)


@pytest.mark.parametrize("key", ["mode: global", "placement: {constraints: [node.role == manager]}", "labels: [a=b]"])
def test_what_of_deploy_is_for_swarm_alone_is_kept_and_told(key: str) -> None:
    definition = read_web("deploy:\n  " + key)
    name = key.partition(":")[0]
    told = [(each.code, each.origin and each.origin.line) for each in definition.diagnostics if name in each.message]
    assert told == [("ignored", 4)]
    assert [each.location for each in definition.extras] == [("deploy", name)]
    assert web(definition) == web(read_web("image: web"))


def test_order_and_links() -> None:
    definition = read_text(
        "services:\n  web: {image: w, depends_on: {db: {condition: service_healthy}}, links: ['cache:store', db]}\n"
        "  db: {image: d}\n  cache: {image: c}\n"
    )
    assert web(definition).order == {"db": Order("healthy"), "cache": Order()}
    assert definition.application.workloads["cache"].names == ("cache", "store")


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(InvalidInputs) as caught:
        read_web("mem_limit: 1Mi\nports: [x, y]\nstop_grace_period: '5'\nvolumes: ['data:/d']\nimage: web")
    places = [(fault.origin.line, fault.origin.column) for fault in caught.value.faults if fault.origin]
    assert places == [(3, 16), (4, 13), (4, 16), (5, 24), (6, 15)]


def test_unknown_fields_are_told_with_the_nearest_name() -> None:
    with pytest.raises(InvalidInput, match="did you mean healthcheck") as caught:
        read_web("health_check: {test: a}")
    assert caught.value.origin == Origin("compose.yaml", 3, 5)


def test_a_private_character_beside_a_variable_is_refused_not_mistaken() -> None:
    assert container(read_web("command: a \ue000 b")).args == ("a", "\ue000", "b")
    with pytest.raises(InvalidInput, match="U\\+E000"):
        read_web("command: a \ue000 $X")
