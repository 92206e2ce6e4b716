"""Containers to tasks: what runs, texts that three readers take apart, files, volumes, amounts, checks."""

import json
from typing import Any

import pytest

from isomorph.model.application import Extra, Secret, Volume
from isomorph.model.image import Image, parse_image
from isomorph.model.text import Address, InstanceField, SecretValue, Text
from isomorph.model.workload import (
    Binary,
    Compute,
    Container,
    Exec,
    Exposure,
    File,
    Grpc,
    HostPath,
    Http,
    Mount,
    Port,
    Probe,
    Scale,
    Security,
    Tcp,
)
from isomorph.platforms.platform import WriteOptions
from tests.platforms.nomad.writing import job_of, one, part_of, task_of, told, write_all

IMAGE = Image("app", tag="1")
CONSUL = WriteOptions(discovery="consul")
DB = one("db", image="postgres", of_workload={"ports": {"5432/tcp": Port(5432, 5432, name="db")}})


def config_of(**said: Any) -> str:
    """Give the settings of a container that says something, without its image."""
    more = {key: said.pop(key) for key in ("of_workload", "volumes") if key in said}
    text = part_of(task_of(Container(image=IMAGE, **said), **more), "config {")
    return "\n".join(line.strip() for line in text.splitlines()[1:-1] if "image" not in line)


def template_of(variables: dict[str, Text], *others: Any, **more: Any) -> str:
    """Give the lines of the template that sets variables."""
    text = job_of(one(variables=variables), *others, **more)
    return text.partition("<<EOT\n")[2].partition("EOT\n")[0]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ({"command": ("sh", "-c"), "args": ("a", "b")}, 'entrypoint = ["sh", "-c"]\nargs       = ["a", "b"]'),
        ({"command": ("sh",)}, 'entrypoint = ["sh"]'),
        ({"args": ("serve", "--all")}, 'command = "serve"\nargs    = ["--all"]'),
        ({"args": ("serve",)}, 'command = "serve"'),
        ({"args": ("", "x")}, 'args  = ["", "x"]'),  # Docker's driver takes an empty command for none.
        ({"workdir": "/srv"}, 'work_dir = "/srv"'),
        ({"pull_policy": "always"}, "force_pull = true"),
        ({"security": Security(read_only_root=True)}, "readonly_rootfs = true"),
        ({"security": Security(capabilities_dropped=("ALL",))}, 'cap_drop = ["all"]'),
        ({"security": Security(no_new_privileges=True)}, 'security_opt = ["no-new-privileges"]'),
        ({"compute": Compute(limits={"pids": 50})}, "pids_limit = 50"),
        ({"of_workload": {"host_namespaces": ("network", "pid")}}, 'network_mode = "host"\npid_mode     = "host"'),
    ],
)
def test_settings(said: dict[str, Any], written: str) -> None:
    assert config_of(**said) == written


@pytest.mark.parametrize(
    ("literal", "written"),
    [
        ("echo $HOME $(date) $$", "echo $HOME $(date) $$"),
        # HCL takes one of the dollars away where the job is submitted, and the other where the task starts.
        ("${HOME}", r"\u0024$${HOME}"),
        ("%{x}", r"\u0025%%{x}"),
        ('a"b\\c\n', r"a\"b\\c\n"),
    ],
)
def test_what_settings_say_is_evaluated_twice(literal: str, written: str) -> None:
    assert config_of(args=("x", literal)) == f'command = "x"\nargs    = ["{written}"]'


def test_variables_that_the_job_knows() -> None:
    text = task_of(Container(image=IMAGE, variables={"A": "${b}", "EMPTY": "", "POD": (InstanceField("name"),)}))
    assert part_of(text, "env {") == ('env {\n  A     = "$${b}"\n  EMPTY = ""\n  POD   = "${NOMAD_ALLOC_NAME}"\n}\n')


def test_names_that_no_block_takes_are_a_mapping() -> None:
    text = task_of(Container(image=IMAGE, variables={"spring.profile": "x", "B": "y"}))
    assert '  env = {\n    "spring.profile" = "x"\n    B                = "y"\n  }\n' in text


def test_what_nomad_would_look_up_is_said_by_a_template() -> None:
    """In a variable, `${A}` is replaced where A is known; nothing escapes that, but templates are taken as they are."""
    assert template_of({"A": "1", "B": "x ${A}", "C": "${NOMAD_DC} $\n"}) == ('B="x $${A}"\nC="$${NOMAD_DC} $\\n"\n')


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ((Address("db", "db", 5432),), '{{ range nomadService "db" }}{{ .Address }}:{{ .Port }}{{ end }}'),
        (
            ("postgres://", Address("db", "db"), "/x"),
            'postgres://{{ range nomadService "db" }}{{ .Address }}:{{ .Port }}{{ end }}/x',
        ),
        (
            ("a {{ b }} ", Address("db", "db", 5432)),
            '"a {{ "{{" }} b }} {{ range nomadService "db" }}{{ .Address }}:{{ .Port }}{{ end }}"',
        ),
        ((Address("gone", "gone.example.com", 80),), "gone.example.com:80"),
    ],
)
def test_addresses(text: Text, line: str) -> None:
    assert template_of({"URL": text}, DB) == f"URL={line}\n"


def test_addresses_in_consul() -> None:
    line = template_of({"URL": (Address("db", "db", 5432),)}, DB, options=CONSUL)
    assert line == 'URL={{ range service "db" }}{{ .Address }}:{{ .Port }}{{ end }}\n'


def test_of_several_instances_each_peer_takes_one() -> None:
    many = one("db", image="x", of_workload={"ports": {"80/tcp": Port(80, 80)}, "scale": Scale(3)})
    assert template_of({"URL": (Address("db", "db", 80),)}, many) == (
        'URL={{ range nomadService 1 (env "NOMAD_ALLOC_ID") "db" }}{{ .Address }}:{{ .Port }}{{ end }}\n'
    )


def test_a_port_that_is_said_apart_from_its_host() -> None:
    assert template_of({"DB_HOST": (Address("db", "db"),), "DB_PORT": "5432", "OTHER": "5432"}, DB) == (
        'DB_HOST={{ range nomadService "db" }}{{ .Address }}{{ end }}\n'
        'DB_PORT={{ range nomadService "db" }}{{ .Port }}{{ end }}\n'
    )


def test_a_host_whose_port_peers_know_by_themselves_has_it_on_the_machine() -> None:
    written = write_all(DB, one(variables={"DB_HOST": (Address("db", "db"),)}))
    assert part_of(str(written.files[0].content), 'port "db" {') == 'port "db" {\n  static = 5432\n}\n'
    assert ("assumed", "db: peers know port 5432 by themselves; it is one of the machine, too") in told(written)


def test_a_host_of_several_ports_is_found_by_any_of_its_services() -> None:
    ports = {"5432/tcp": Port(5432, 5432, name="db"), "9187/tcp": Port(9187, 9187, name="metrics")}
    many = one("db", image="x", of_workload={"ports": ports})
    assert template_of({"DB_HOST": (Address("db", "db"),)}, many) == (
        'DB_HOST={{ range nomadService "db" }}{{ .Address }}{{ end }}\n'
    )


def test_an_own_address_is_known_before_the_service_is_registered() -> None:
    broker = one(
        "db",
        variables={"ADVERTISED": ("x://", Address("db", "db", 5432)), "HOST": (Address("db", "db"),)},
        of_workload={"ports": {"5432/tcp": Port(5432, 5432, name="wire-protocol")}},
    )
    assert job_of(broker).partition("<<EOT\n")[2].partition("EOT\n")[0] == (
        'ADVERTISED=x://{{ env "NOMAD_ADDR_wire_protocol" }}\nHOST={{ env "NOMAD_IP_wire_protocol" }}\n'
    )


def test_a_port_that_nothing_declares_is_offered() -> None:
    written = write_all(one("db", image="x"), one(args=("--url", ("http://", Address("db", "db"), "/x"))))
    text = str(written.files[0].content)
    assert part_of(text, 'port "port-80" {') == 'port "port-80" {\n  to = 80\n}\n'
    assert ("assumed", "db: peers use port 80, which nothing declares; it is offered") in told(written)


def test_an_address_in_the_settings_comes_from_a_variable() -> None:
    text = job_of(one(args=("serve", ("--db=", Address("db", "db", 5432)))), DB)
    assert 'args    = ["--db=${DB_5432_ADDRESS}"]\n' in text
    assert '\nDB_5432_ADDRESS={{ range nomadService "db" }}{{ .Address }}:{{ .Port }}{{ end }}\n' in text


SECRET: Text = (SecretValue("db", "password"),)
ITEM = '{{ with nomadVar "nomad/jobs/web" }}{{ .db_password%s }}{{ end }}'


def test_secrets_are_items_of_the_jobs_own_variable() -> None:
    url: Text = ("postgres://me:", *SECRET, "@db/x y")
    written = write_all(one(variables={"PW": SECRET, "URL": url}), secrets={"db": Secret({"password": 'x"y'})})
    text = str(written.files[0].content)
    item = ITEM % " | toJSON"
    assert f'\nPW={item}\nURL="postgres://me:"{item}"@db/x y"\n' in text
    assert 'destination = "secrets/variables.env"' in text
    assert [file.path for file in written.files] == ["web.nomad.hcl"]
    message = "web: db_password of Nomad's variable nomad/jobs/web is to be set before it is run"
    assert told(written) == [("assumed", message)]


def test_secrets_whose_values_are_known_stand_beside_the_job() -> None:
    shared: dict[str, Any] = {"secrets": {"db": Secret({"password": 'x"y'})}, "namespace": "shop"}
    written = write_all(one(variables={"PW": SECRET}), options=WriteOptions(secrets=True), **shared)
    file = written.files[1]
    assert (file.path, file.mode) == ("web.nv.hcl", 0o600)
    assert file.content == ('path      = "nomad/jobs/web"\nnamespace = "shop"\n\nitems {\n  db_password = "x\\"y"\n}\n')
    assert ("assumed", "web: before it is run, `nomad var put @web.nv.hcl` stores its secrets") in told(written)
    assert 'x"y' not in json.dumps(told(written))


def files_of(files: dict[str, File]) -> str:
    return task_of(Container(image=IMAGE, files=files))


def test_a_file_is_a_template_that_is_mounted() -> None:
    text = files_of({"/etc/app/a.ini": File("[a]\nb = ${c}\n", mode=0o640)})
    assert '    volumes = ["local/a.ini:/etc/app/a.ini"]\n' in text
    assert part_of(text, "template {") == (
        'template {\n  destination = "local/a.ini"\n  perms       = "640"\n  change_mode = "restart"\n'
        "  data        = <<EOT\n[a]\nb = $${c}\nEOT\n}\n"
    )


def test_braces_of_a_file_are_not_the_templates() -> None:
    text = files_of({"/a": File("{{ x }} [y]\n")})
    assert '    left_delimiter  = "[["\n    right_delimiter = "]]"\n' in text
    assert "<<EOT\n{{ x }} [y]\nEOT\n" in text


def test_files_of_one_name_do_not_meet() -> None:
    text = files_of({"/a/x": File("1"), "/b/x": File("2")})
    sources = [line.partition('"')[2].partition(":")[0] for line in text.splitlines() if ":/" in line]
    assert len(sources) == len(set(sources))


def test_bytes_are_decoded_where_the_task_runs() -> None:
    text = files_of({"/a": File(Binary(b"\x00\xff"))})
    assert r'data        = "{{ \"AP8=\" | base64Decode }}"' in text


def test_a_secret_file_is_rendered_in_memory() -> None:
    text = files_of({"/run/secrets/db": File(SECRET)})
    assert 'destination = "secrets/db"' in text
    assert json.dumps(ITEM % "") in text


def test_a_file_that_was_not_there_is_told() -> None:
    written = write_all(one(files={"/a": File(HostPath("./a"))}))
    assert told(written) == [("lost", "web: ./a was not there to be read")]


@pytest.mark.parametrize(
    ("volume", "mount", "written"),
    [
        (Volume("persistent"), Mount("v"), ['type   = "volume"', 'source = "volume-v"', 'target = "/d"']),
        (
            Volume("host", host_path="/srv"),
            Mount("v", read_only=True),
            ['type     = "bind"', 'source   = "/srv"', 'target   = "/d"', "readonly = true"],
        ),
        (
            Volume("memory", size=1 << 20),
            Mount("v"),
            ['type   = "tmpfs"', 'target = "/d"', "", "tmpfs_options {", "size = 1048576", "}"],
        ),
    ],
)
def test_volumes(volume: Volume, mount: Mount, written: list[str]) -> None:
    text = part_of(task_of(Container(image=IMAGE, mounts={"/d": mount}), volumes={"v": volume}), "mount {")
    assert [line.strip() for line in text.splitlines()[1:-1]] == written


def test_storage_that_ends_with_the_allocation() -> None:
    assert config_of(mounts={"/d": Mount("v")}, volumes={"v": Volume("ephemeral")}) == 'volumes = ["local/v:/d"]'


@pytest.mark.parametrize(
    ("compute", "written"),
    [
        (Compute({"cpu": 250, "memory": 1 << 28}), ["cpu        = 250", "memory     = 256", "memory_max = -1"]),
        (Compute(limits={"memory": (1 << 28) + 1}), ["memory = 257"]),
        (Compute({"memory": 1 << 28}, {"memory": 1 << 29}), ["memory     = 256", "memory_max = 512"]),
    ],
)
def test_amounts(compute: Compute, written: list[str]) -> None:
    text = part_of(task_of(Container(image=IMAGE, compute=compute)), "resources {")
    assert [line.strip() for line in text.splitlines()[1:-1]] == written


def test_what_silence_means_elsewhere_is_written_out() -> None:
    assert 'kill_timeout = "30s"' in job_of(one(), platform="kubernetes")
    assert 'kill_timeout = "10s"' in job_of(one(), platform="compose")
    assert "kill_timeout" not in job_of(one(), platform="nomad")
    text = job_of(one(stop_grace=90_000, stop_signal="SIGQUIT", security=Security(user="1", group="2")))
    assert '      driver       = "docker"\n      user         = "1:2"\n      kill_signal  = "SIGQUIT"\n' in text
    assert '      kill_timeout = "90s"\n' in text


def checks_of(**said: Any) -> list[str]:
    options = said.pop("options", None)
    workload = one(of_workload={"ports": {"80/tcp": Port(80, 8080, name="http")}}, **said)
    return [line.strip() for line in part_of(job_of(workload, options=options), "check {").splitlines()[2:-1]]


@pytest.mark.parametrize(
    ("probe", "written"),
    [
        (
            Probe(Http(8080, "/x", "HTTPS", headers={"X-A": "b"})),
            [
                *('type            = "http"', 'path            = "/x"', 'protocol        = "https"'),
                *("tls_skip_verify = true", 'interval        = "10s"', 'timeout         = "1s"'),
                *("", "header {", 'X-A = ["b"]', "}"),
            ],
        ),
        (Probe(Tcp(8080), period=60_000), ['type     = "tcp"', 'interval = "1m"', 'timeout  = "1s"']),
        (Probe(Grpc(8080), timeout=500), ['type     = "tcp"', 'interval = "10s"', 'timeout  = "1s"']),
    ],
)
def test_checks(probe: Probe, written: list[str]) -> None:
    assert checks_of(readiness=probe) == written


def test_a_check_that_restarts() -> None:
    assert checks_of(liveness=Probe(Tcp(8080), failures=4, grace=9_000))[-4:] == [
        *("check_restart {", "limit = 4", 'grace = "9s"', "}"),
    ]


def test_checks_of_consul() -> None:
    assert checks_of(readiness=Probe(Exec(("true", "x"))), options=CONSUL) == [
        *('type     = "script"', 'command  = "true"', 'args     = ["x"]', 'task     = "web"'),
        *('interval = "10s"', 'timeout  = "1s"'),
    ]
    assert checks_of(readiness=Probe(Grpc(8080, "s"), failures=3), options=CONSUL) == [
        *('type                     = "grpc"', 'grpc_service             = "s"'),
        *('interval                 = "10s"', 'timeout                  = "1s"', "failures_before_critical = 3"),
    ]


def test_a_check_by_a_command_is_lost_without_consul() -> None:
    written = write_all(one(readiness=Probe(Exec(("true",)))))
    assert told(written) == [
        ("lost", "web: readiness check by a command: only services of Consul have checks by a script")
    ]


def test_a_port_that_only_a_check_needs_is_offered_for_it() -> None:
    text = job_of(one(readiness=Probe(Http(9090, "/x"))))
    assert part_of(text, 'port "port-9090" {') == 'port "port-9090" {\n  to = 9090\n}\n'
    service = part_of(text, "service {")
    assert service.startswith('service {\n  name     = "web"\n  provider = "nomad"\n\n  check {')
    assert 'port     = "port-9090"' in part_of(service, "check {")


def test_ports_of_the_machine() -> None:
    exposures = (Exposure("host", 80), Exposure("host", 81))
    ports = {"8080/tcp": Port(8080, 8080, name="http", exposures=exposures)}
    text = part_of(job_of(one(of_workload={"ports": ports})), "network {")
    assert text == (
        'network {\n  port "http" {\n    static = 80\n    to     = 8080\n  }\n\n'
        '  port "http-81" {\n    static = 81\n    to     = 8080\n  }\n}\n'
    )
    assert config_of(of_workload={"ports": ports}) == 'ports = ["http", "http-81"]'


def test_further_names_are_further_services() -> None:
    names = ("web", "www", "web.shop.svc.cluster.local")
    text = job_of(one(of_workload={"names": names, "ports": {"80/tcp": Port(80, 80, name="http")}}))
    services = [line.strip() for line in text.splitlines() if line.strip().startswith("name ")]
    assert services == ['name     = "web"', 'name     = "www"']


def test_what_only_nomad_says_comes_back() -> None:
    job, task = ("workloads", "web"), ("workloads", "web", "containers", "web")
    extras = (
        Extra("nomad", job, ("job", "datacenters"), ["dc1"]),
        Extra("nomad", job, ("job", "priority"), 70),
        Extra("nomad", job, ("group", "update"), {"max_parallel": 2}),
        Extra("nomad", job, ("group", "network", "dns"), {"servers": ["10.0.0.1"]}),
        Extra("nomad", task, ("config", "logging"), [{"type": "json-file"}]),
        Extra("nomad", task, ("config", "hostname"), "web.local"),
        Extra("nomad", task, ("logs",), {"max_files": 3}),
        Extra("nomad", (*task, "readiness"), ("initial_status",), "passing"),
        Extra("nomad", (*task, "files", "/a"), ("change_mode",), "noop"),
        Extra("nomad", ("workloads", "web", "ports", "80/tcp"), ("host_network",), "public"),
    )
    workload = one(
        readiness=Probe(Tcp(80)),
        files={"/a": File("x\n")},
        of_workload={"ports": {"80/tcp": Port(80, 80, name="http")}},
    )
    written = write_all(workload, platform="nomad", extras=extras)
    text = str(written.files[0].content)
    assert text.startswith('job "web" {\n  datacenters = ["dc1"]\n  priority    = 70\n')
    assert part_of(text, "update {") == "update {\n  max_parallel = 2\n}\n"
    assert part_of(text, "dns {") == 'dns {\n  servers = ["10.0.0.1"]\n}\n'
    assert part_of(text, "logging {") == 'logging {\n  type = "json-file"\n}\n'
    assert 'hostname = "web.local"\n' in text
    assert part_of(text, "logs {") == "logs {\n  max_files = 3\n}\n"
    assert 'initial_status = "passing"\n' in part_of(text, "check {")
    assert 'change_mode = "noop"' in text
    assert 'host_network = "public"\n' in part_of(text, 'port "http" {')
    assert written.diagnostics == ()


def test_what_only_others_say_is_told() -> None:
    extra = Extra("compose", ("workloads", "web"), ("profiles",), ["debug"])
    assert told(write_all(one(), platform="compose", extras=(extra,))) == [
        ("extra-dropped", "profiles of compose is not in the output")
    ]


def test_an_image_that_is_open() -> None:
    assert 'image = "app"' in task_of(Container(image=parse_image("app")))
    written = write_all(one(image="x"), one("y", image="x"))
    assert written.files[1].path == "y.nomad.hcl"
