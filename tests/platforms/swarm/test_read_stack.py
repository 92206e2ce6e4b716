"""Stack files to the model: what `docker stack deploy` heeds, ignores and refuses (tests/conformance/test_swarm.py asks it)."""

from typing import Any

import pytest

from isomorph.model.application import Definition, Secret
from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.model.origin import Origin
from isomorph.model.text import InstanceField, Placeholder, SecretValue
from isomorph.model.workload import Constraint, Exposure, File, Kind, Mount, Port, Restart, Scale, Workload
from isomorph.platforms.compose.dotenv import BEGIN, END
from isomorph.platforms.swarm.ignored import FORBIDDEN, IGNORED
from isomorph.platforms.swarm.reader import read
from tests.memory_context import memory_context, source

HEAD = "services:\n  web:\n    image: web\n"


def read_text(text: str, files: dict[str, str] | None = None, **environment: str) -> Definition:
    return read(source("stack.yaml"), memory_context({"stack.yaml": text, **(files or {})}, environment=environment))


def read_web(fields: str, rest: str = "", **environment: str) -> Definition:
    lines = "".join(f"    {line}\n" for line in fields.splitlines())
    return read_text(f"{HEAD}{lines}{rest}", None, **environment)


def web(definition: Definition) -> Workload:
    return definition.application.workloads["web"]


def ignored(definition: Definition) -> list[tuple[str, int]]:
    """Give what was told to have no effect: the words in backquotes or before a semicolon, and the line."""
    told = [each for each in definition.diagnostics if each.code == "ignored"]
    return [
        (each.message.partition("ignores ")[2].partition(";")[0], each.origin.line if each.origin else 0)
        for each in told
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("deploy: {mode: global}", {"kind": Kind.DAEMON}),
        ("deploy: {mode: replicated, replicas: 3}", {"kind": Kind.SERVICE, "scale": Scale(3)}),
        ("deploy: {mode: replicated-job}", {"kind": Kind.JOB}),
        ("deploy: {mode: global-job}", {"kind": Kind.JOB}),
        ("deploy: {placement: {constraints: [node.platform.os == linux, node.labels.zone!=b, node.role==manager]}}", {
            "placement": (Constraint("os", "=", ("linux",)), Constraint("zone", "!=", ("b",)),
                          Constraint("node.role", "=", ("manager",)))}),
        ("deploy: {restart_policy: {condition: none}}", {"restart": Restart("never")}),
        ("deploy: {restart_policy: {condition: on-failure, max_attempts: 2}}", {"restart": Restart("on-failure", 2)}),
        ("deploy: {restart_policy: {delay: 5s}}", {"restart": Restart("always")}),
        ("restart: on-failure:3", {"restart": Restart("on-failure", 3)}),
        ("restart: unless-stopped", {"restart": Restart("always")}),
        ("ports: ['80:8080', {target: 53, published: 53, protocol: udp, mode: host}, '9000']", {"ports": {
            "8080/tcp": Port(8080, 8080, exposures=(Exposure("node", 80),)),
            "53/udp": Port(53, 53, "udp", exposures=(Exposure("host", 53),)),
            "9000/tcp": Port(9000, 9000, exposures=(Exposure("node"),))}}),
        ("hostname: h", {"names": ("web", "h")}),
        ("hostname: 'h-{{.Task.Slot}}'", {"names": ("web",)}),
    ],
)  # fmt: skip
def test_what_a_service_says_of_its_tasks(fields: str, expected: dict[str, Any]) -> None:
    workload = web(read_web(fields))
    assert {name: getattr(workload, name) for name in expected} == expected


def test_a_cpu_reservation_and_generic_resources_are_granted() -> None:
    definition = read_web(
        "deploy:\n  resources:\n    limits: {cpus: '0.5', pids: 9}\n    reservations:\n      cpus: '0.25'\n"
        "      generic_resources: [{discrete_resource_spec: {kind: gpu, value: 2}}]"
    )
    compute = web(definition).containers["web"].compute
    assert (compute.limits, compute.requests) == ({"cpu": 500, "pids": 9}, {"cpu": 250, "gpu": 2})


def test_what_an_update_is_like_is_kept() -> None:
    fields = "deploy:\n  update_config: {order: start-first}\n  endpoint_mode: dnsrr\n  labels: {team: shop}"
    definition = read_web(
        f"{fields}\n  placement: {{preferences: [{{spread: node.labels.zone}}], max_replicas_per_node: 1}}"
    )
    assert {each.location[1:]: each.value for each in definition.extras} == {
        ("update_config",): {"order": "start-first"},
        ("endpoint_mode",): "dnsrr",
        ("labels",): {"team": "shop"},
        ("placement", "preferences"): [{"spread": "node.labels.zone"}],
        ("placement", "max_replicas_per_node"): 1,
    }
    assert not ignored(definition)


@pytest.mark.parametrize("field", IGNORED)
def test_what_is_ignored_is_told_and_not_in_the_model(field: str) -> None:
    lists = {"depends_on", "devices", "expose", "external_links", "links", "security_opt"}
    value = "true" if field == "privileged" else "[a]" if field in lists else "a"
    definition = read_web(f"{field}: {value}")
    assert ignored(definition) == [(f"`{field}`", 4)]
    assert web(definition) == web(read_text(HEAD))
    assert [(each.platform, each.location) for each in definition.extras] == [("swarm", (field,))]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("restart: 'no'", "`restart: no`"),
        ("restart: always\ndeploy: {restart_policy: {condition: none}}", "`restart: always`"),
        ("ports: ['127.0.0.1:80:80']", "the address 127.0.0.1 of a port"),
        ("networks: {default: {ipv4_address: 10.0.0.1}}", "`ipv4_address`"),
        ("labels: {traefik.enable: 'true'}", "the label traefik.enable"),
        ("volumes: [{type: volume, target: /a, volume: {subpath: b}}]", "`subpath` of a volume"),
    ],
)
def test_single_words_that_have_no_effect(fields: str, told: str) -> None:
    assert [what for what, _ in ignored(read_web(fields))] == [told]


def test_a_restart_that_is_ignored_leaves_silence() -> None:
    assert web(read_web("restart: 'no'")).restart is None
    assert web(read_web("restart: always\ndeploy: {restart_policy: {condition: none}}")).restart == Restart("never")


def test_an_address_that_is_ignored_leaves_the_port() -> None:
    ports = web(read_web("ports: ['127.0.0.1:80:8080', '[::1]:81:8081']")).ports
    assert [port.exposures for port in ports.values()] == [(Exposure("node", 80),), (Exposure("node", 81),)]


@pytest.mark.parametrize("field", FORBIDDEN)
def test_what_is_forbidden_is_one_fault_with_what_to_do(field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_web(f"{field}: x")
    fault = caught.value
    assert (fault.origin, fault.hint) == (Origin("stack.yaml", 4, 5), FORBIDDEN[field])
    assert not isinstance(fault, InvalidInputs)


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("name: shop\n" + HEAD, 1, "docker stack deploy -c FILE NAME"),
        ("include: [a.yaml]\n" + HEAD, 1, "name each file with `-c`"),
        (HEAD + "    pull_policy: always\n", 4, "resolved to its digest"),
        (HEAD + "    profiles: [x]\n", 4, "a file of its own"),
        (HEAD + "configs:\n  a:\n    content: x\n", 6, "put the text into a file"),
        (HEAD + "secrets:\n  a:\n    environment: X\n", 6, "make the secret beforehand"),
        (HEAD + "    ports: [{target: 80, published: '80'}]\n", 4, ""),
        (HEAD + "    env_file: [{path: a}]\n", 4, ""),
        (HEAD + "    depends_on: {db: {condition: service_healthy}}\n", 4, ""),
        ('version: "2.4"\n' + HEAD, 1, "remove the line"),
        ('version: "3.14"\n' + HEAD, 1, "remove the line"),
        (HEAD + "    deploy: {mode: sometimes}\n", 4, "replicated, global"),
        (HEAD + "    ports: [{target: 80, mode: shared}]\n", 4, "ingress or host"),
        (HEAD + "    deploy: {mode: global, replicas: 2}\n", 4, "remove one"),
        (HEAD + "    helthcheck: {test: a}\n", 4, "did you mean healthcheck"),
        ("volumes: {}\n", 1, "below `services:`"),
        (HEAD + "    build: .\n    image:\n", 5, "remove the line"),
        (HEAD + "    secrets: [db]\n", 4, "define it"),
        (HEAD + "    deploy: {resources: {reservations: {generic_resources: [{}]}}}\n", 4, "write both"),
    ],
)  # fmt: skip
def test_bad_input_is_one_fault_with_its_place(text: str, line: int, hint: str) -> None:
    text = text.replace("    image: web\n    build: .\n    image:\n", "    build: .\n    image:\n")
    line -= "    build: .\n" in text
    with pytest.raises(InvalidInput) as caught:
        read_text(text)
    assert not isinstance(caught.value, InvalidInputs)
    assert caught.value.origin is not None
    assert (caught.value.origin.file, caught.value.origin.line) == ("stack.yaml", line)
    assert hint in caught.value.hint


def test_versions_of_three_are_read() -> None:
    for version in ("3", "3.0", "3.8", "3.13"):
        assert read_text(f'version: "{version}"\n{HEAD}') == read_text(f"# none\n{HEAD}")


def test_all_faults_are_told_in_the_order_of_the_file() -> None:
    with pytest.raises(InvalidInputs) as caught:
        read_web("mem_limit: 1g\nscale: 3\nports: [{target: 80, name: a}]\nextends: x")
    assert [fault.origin and fault.origin.line for fault in caught.value.faults] == [4, 5, 6, 7]


def test_variables_come_from_the_shell_and_not_from_an_env_file_beside() -> None:
    text = HEAD + "    environment: {A: '${A}', B: '${B}', EMPTY: '', KEPT: ''}\n"
    definition = read_text(text, {".env": "A=file\nB=file\n"}, A="shell", EMPTY="filled")
    variables = web(definition).containers["web"].variables
    assert variables == {"A": "shell", "B": (Placeholder("${B}", "B"),), "EMPTY": "filled", "KEPT": ""}


def test_an_env_file_that_is_named_was_loaded_beforehand() -> None:
    files = {"stack.yaml": HEAD + "    environment: {A: 'x-${A}'}\n", ".env": f"{BEGIN}\nA='s3cret'\n{END}\n"}
    definition = read(source("stack.yaml", env_file=".env"), memory_context(files))
    assert web(definition).containers["web"].variables == {"A": ("x-", SecretValue("A"))}
    assert definition.application.secrets == {"A": Secret({"": "s3cret"}, provisioned=True)}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("$$A $A ${A}", "$A x x"),
        ("${B:-d} ${B-d} ${EMPTY:-d} ${EMPTY-d}", "d d d "),
        ("${B:-${A}}", "${A}"),
        ("${A:?say A} ${A?}", "x x"),
        ("${B-a:-b}", "b"),
    ],
)
def test_references_to_variables_have_an_older_grammar(written: str, text: str) -> None:
    definition = read_web(f"environment: {{V: '{written}'}}", A="x", EMPTY="")
    assert web(definition).containers["web"].variables == {"V": text}


@pytest.mark.parametrize("written", ["$ x", "${A:+b}", "${A", "${1}", "a$", "${B:?say B}", "${EMPTY:?say}"])
def test_what_is_no_reference_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_web(f"environment:\n  V: '{written}'", A="x", EMPTY="")
    assert caught.value.origin == Origin("stack.yaml", 5, 10)


def test_values_of_an_env_file_of_a_service_stand_as_they_are() -> None:
    definition = read_text(HEAD + "    env_file: web.env\n", {"web.env": "A='x' # y\nB=$A ${C}\n"})
    assert web(definition).containers["web"].variables == {"A": "'x' # y", "B": "$A ${C}"}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("{{.Node.Hostname}}", (InstanceField("node"),)),
        ("a-{{ .Task.Name }}-{{.Task.ID}}", ("a-", InstanceField("name"), "-", InstanceField("uid"))),
        ("{{.Task.Slot}}", (Placeholder("{{.Task.Slot}}"),)),
        ('{{"{{"}}x}}', "{{x}}"),
    ],
)
def test_templates_are_what_the_running_task_knows(written: str, text: object) -> None:
    assert web(read_web(f"environment:\n  A: '{written}'")).containers["web"].variables == {"A": text}


def test_configs_and_secrets() -> None:
    text = HEAD + (
        "    configs: [{source: a, target: /etc/a, mode: 0440}]\n    secrets: [db, vault]\n"
        "configs: {a: {file: ./a.ini, name: shop-a-1}}\n"
        "secrets: {db: {file: ./db}, vault: {driver: vault, template_driver: golang}}\n"
    )
    definition = read_text(text, {"a.ini": "[a]\n", "db": "hunter2"})
    assert web(definition).containers["web"].files == {
        "/etc/a": File("[a]\n", mode=0o440),
        "/run/secrets/db": File((SecretValue("db"),)),
        "/run/secrets/vault": File((SecretValue("vault"),)),
    }
    assert definition.application.secrets == {"db": Secret({"": "hunter2"}), "vault": Secret(external=True)}
    found = definition.origins.exact(("workloads", "web", "containers", "web", "files", "/etc/a", "content"))
    assert found == Origin("a.ini").through(Origin("stack.yaml", 6, 21), Origin("stack.yaml", 4, 15))


def test_networks() -> None:
    rest = "networks:\n  front: {driver: overlay, attachable: true}\n  node: {external: true, name: host}\n"
    definition = read_web("networks: [front]", rest)
    assert web(definition).networks == ("front",)
    assert [each.value for each in definition.extras] == [{"attachable": True}]
    joined = web(read_web("networks: [node]", rest))
    assert (joined.networks, joined.host_namespaces) == (None, ("network",))


def test_labels_of_the_service_say_the_routes() -> None:
    rule = "traefik.http.routers.web.rule: Host(`shop.example.com`)"
    port = "traefik.http.services.web.loadbalancer.server.port: '8080'"
    definition = read_web(f"labels: {{team: shop}}\ndeploy:\n  labels:\n    {rule}\n    {port}\n    other: x")
    (route,) = web(definition).routes.values()
    assert (route.host, route.path, route.port) == ("shop.example.com", "/", 8080)
    assert web(definition).labels == {"team": "shop"}
    assert ("compose", ("deploy", "labels"), {"other": "x"}) in [
        (each.platform, each.location, each.value) for each in definition.extras
    ]


def test_services_that_were_one_workload_are_one_again() -> None:
    text = (
        "services:\n  web:\n    image: a\n    labels: {dev.isomorph/workload: web}\n  web-log:\n    image: b\n"
        "    labels: {dev.isomorph/workload: web, dev.isomorph/role: sidecar}\n"
    )
    workload = web(read_text(text))
    assert {name: each.role.value for name, each in workload.containers.items()} == {"web": "main", "log": "sidecar"}
    assert (workload.labels, workload.annotations) == ({}, {})


def test_the_stack_has_the_name_that_it_is_deployed_under() -> None:
    context = memory_context({"stack.yaml": HEAD})
    assert read(source("stack.yaml"), context).application.name is None
    assert read(source("stack.yaml", stack="shop"), context).application.name == "shop"


def test_a_folder_has_the_file_that_people_call_so() -> None:
    files = {"a/docker-stack.yml": HEAD, "a/docker-compose.yml": "services: {}\n", "b/x.yaml": HEAD}
    assert read(source("a"), memory_context(files)).sources == ("a/docker-stack.yml",)
    with pytest.raises(InvalidInput, match=r"no stack file in folder b .*stack\.yaml"):
        read(source("b"), memory_context(files))


def test_several_files_are_merged() -> None:
    context = memory_context({"stack.yaml": HEAD, "more.yaml": "services: {web: {deploy: {replicas: 2}}}\n"})
    definition = read(source("stack.yaml", file="more.yaml"), context)
    assert web(definition).scale == Scale(2)
    assert definition.sources == ("stack.yaml", "more.yaml")


def test_memory_is_a_volume() -> None:
    definition = read_web("volumes: [{type: tmpfs, target: /tmp, tmpfs: {size: 1024}}]")
    assert web(definition).containers["web"].mounts == {"/tmp": Mount("web/tmp")}
    assert definition.application.volumes["web/tmp"].size == 1024
