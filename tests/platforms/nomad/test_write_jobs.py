"""Workloads to jobs: files, kinds, scale and placement, what follows an exit, labels."""

import pytest

from isomorph.model.application import Application, Definition
from isomorph.model.errors import UsageError
from isomorph.model.image import parse_image
from isomorph.model.text import Address, Placeholder
from isomorph.model.workload import (
    Constraint,
    Container,
    Http,
    Kind,
    Port,
    Probe,
    Restart,
    Role,
    Route,
    Scale,
    Schedule,
    Workload,
)
from isomorph.platforms.nomad.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.platforms.nomad.writing import job_of, one, part_of, told, write_all

CARTS = one("carts", image="carts:2", of_workload={"ports": {"80/tcp": Port(80, 8080, name="http")}})


def test_two_workloads_are_two_jobs_that_find_each_other() -> None:
    web = one(
        variables={"COLOUR": "blue", "CARTS_URL": ("http://", Address("carts", "carts"), "/carts")},
        readiness=Probe(Http(8080, "/ready"), period=5_000, timeout=1_000),
        of_workload={"ports": {"8080/tcp": Port(8080, 8080, name="http")}, "scale": Scale(2)},
    )
    written = write_all(web, CARTS, options=WriteOptions(header="Written by a machine."))
    assert [file.path for file in written.files] == ["web.nomad.hcl", "carts.nomad.hcl"]
    assert (
        written.files[0].content
        == """\
# Written by a machine.

job "web" {
  group "web" {
    count = 2

    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name     = "web"
      port     = "http"
      provider = "nomad"

      check {
        name     = "readiness"
        type     = "http"
        path     = "/ready"
        interval = "5s"
        timeout  = "1s"
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "nginx:1"
        ports = ["http"]
      }

      env {
        COLOUR = "blue"
      }

      template {
        destination = "local/variables.env"
        env         = true
        change_mode = "restart"
        data        = <<EOT
CARTS_URL=http://{{ range nomadService "carts" }}{{ .Address }}:{{ .Port }}{{ end }}/carts
EOT
      }
    }
  }
}
"""
    )


def test_containers_beside_each_other_share_a_network() -> None:
    containers = {
        "setup": Container(role=Role.INIT, image=parse_image("setup")),
        "proxy": Container(role=Role.SIDECAR, image=parse_image("proxy")),
        "web": Container(image=parse_image("web")),
    }
    written = write_all(Workload("web", containers=containers))
    text = str(written.files[0].content)
    assert part_of(text, "network {") == 'network {\n  mode = "bridge"\n}\n'
    assert part_of(part_of(text, 'task "setup" {'), "lifecycle {") == (
        'lifecycle {\n  hook    = "prestart"\n  sidecar = false\n}\n'
    )
    assert part_of(part_of(text, 'task "proxy" {'), "lifecycle {") == (
        'lifecycle {\n  hook    = "prestart"\n  sidecar = true\n}\n'
    )
    assert "lifecycle" not in part_of(text, 'task "web" {')
    assert told(written) == [
        ("assumed", "web: its containers share a network of their own; nodes need the CNI plugins for that")
    ]


def test_a_container_that_only_prepares_needs_no_shared_network() -> None:
    containers = {
        "setup": Container(role=Role.INIT, image=parse_image("setup")),
        "web": Container(image=parse_image("web")),
    }
    assert "network" not in job_of(Workload("web", containers=containers))


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (Kind.SERVICE, ""),
        (Kind.DAEMON, '  type = "system"\n\n'),
        (Kind.JOB, '  type = "batch"\n\n'),
    ],
)
def test_kinds(kind: Kind, written: str) -> None:
    assert job_of(one(of_workload={"kind": kind})).startswith(f'job "web" {{\n{written}  group "web" {{\n')


def test_a_schedule() -> None:
    said = {"kind": Kind.SCHEDULED, "schedule": Schedule("0 3 * * *", "Europe/Zurich")}
    assert part_of(job_of(one(of_workload=said)), "periodic {") == (
        'periodic {\n  crons     = ["0 3 * * *"]\n  time_zone = "Europe/Zurich"\n}\n'
    )


def test_what_never_runs_again_is_neither_restarted_nor_placed_anew() -> None:
    text = job_of(one(of_workload={"restart": Restart("never")}))
    assert part_of(text, "restart {") == 'restart {\n  attempts = 0\n  mode     = "fail"\n}\n'
    assert part_of(text, "reschedule {") == "reschedule {\n  attempts  = 0\n  unlimited = false\n}\n"


@pytest.mark.parametrize("kind", [Kind.SERVICE, Kind.JOB])
def test_a_number_of_attempts(kind: Kind) -> None:
    text = job_of(one(of_workload={"restart": Restart("on-failure", 4), "kind": kind}))
    assert part_of(text, "restart {") == (
        'restart {\n  attempts = 4\n  interval = "24h"\n  delay    = "15s"\n  mode     = "fail"\n}\n'
    )
    assert part_of(text, "reschedule {") == "reschedule {\n  attempts  = 0\n  unlimited = false\n}\n"


@pytest.mark.parametrize(
    ("constraint", "written"),
    [
        (Constraint("os", "=", ("linux",)), '  attribute = "${attr.kernel.name}"\n  value     = "linux"\n'),
        (
            Constraint("disk", "in", ("ssd", "nvme")),
            '  attribute = "${meta.disk}"\n  operator  = "set_contains_any"\n  value     = "ssd,nvme"\n',
        ),
        (Constraint("gpu", "exists"), '  attribute = "${meta.gpu}"\n  operator  = "is_set"\n'),
        # A name that HCL would take for a division stays the text that it is.
        (
            Constraint("example.com/pool", "!=", ("x",)),
            '  attribute = "$${meta.example.com/pool}"\n  operator  = "!="\n  value     = "x"\n',
        ),
    ],
)
def test_constraints(constraint: Constraint, written: str) -> None:
    text = job_of(one(of_workload={"placement": (constraint,)}))
    assert part_of(text, "constraint {") == f"constraint {{\n{written}}}\n"


def test_several_values_that_are_excluded_are_a_constraint_each() -> None:
    text = job_of(one(of_workload={"placement": (Constraint("zone", "not-in", ("a", "b")),)}))
    assert text.count('attribute = "${node.datacenter}"') == 2
    assert text.count('operator  = "!="') == 2


def test_autoscaling() -> None:
    text = job_of(one(of_workload={"scale": Scale(minimum=2, maximum=5, targets={"cpu": 70})}))
    assert part_of(text, "scaling {") == (
        "scaling {\n  enabled = true\n  min     = 2\n  max     = 5\n\n  policy {\n"
        '    check "cpu" {\n      source = "nomad-apm"\n      query  = "avg_cpu"\n\n'
        '      strategy "target-value" {\n        target = 70\n      }\n    }\n  }\n}\n'
    )


def test_a_value_that_is_open_is_a_variable_of_the_job() -> None:
    replicas = Scale(Placeholder("${REPLICAS}", "REPLICAS"))
    workload = one(
        image="nginx", variables={"TAG": ("v", Placeholder("${TAG}", "TAG"))}, of_workload={"scale": replicas}
    )
    written = write_all(workload)
    text = str(written.files[0].content)
    assert text.startswith('variable "REPLICAS" {\n  type = string\n}\n\nvariable "TAG" {\n  type = string\n}\n\njob')
    assert "count = var.REPLICAS\n" in text
    assert 'TAG = "v${var.TAG}"\n' in text
    assert written.variables == ("REPLICAS", "TAG")


def test_names_that_nomad_does_not_take() -> None:
    written = write_all(one("my shop/web_1", of_workload={"ports": {"80/tcp": Port(80, 80)}}))
    assert written.files[0].path == "my-shop-web_1.nomad.hcl"
    text = str(written.files[0].content)
    assert 'job "my-shop-web_1" {' in text
    assert 'name     = "my-shop-web-1"' in text
    assert ("renamed", "workload my shop/web_1 is job my-shop-web_1") in told(written)


def test_labels_are_the_containers_and_annotations_the_groups() -> None:
    text = job_of(one(of_workload={"labels": {"team": "shop"}, "annotations": {"note": "x", "a.b/c": "${y}"}}))
    assert '        labels = {\n          team = "shop"\n        }\n' in text
    assert 'meta = {\n      note    = "x"\n      "a.b/c" = "$${y}"\n    }\n' in text


def test_a_namespace() -> None:
    said = Definition(Application(namespace="shop", workloads={"web": one()}), "model")
    assert 'job "web" {\n  namespace = "shop"\n' in str(write(said, WriteOptions()).files[0].content)
    assert 'job "web" {\n  namespace = "given"\n' in job_of(one(), options=WriteOptions(namespace="given"))


def test_routes_are_tags_for_traefik() -> None:
    ports = {"80/tcp": Port(80, 8080, name="http"), "81/tcp": Port(81, 8081, name="admin")}
    routes = {
        "a.example.com/": Route("a.example.com", "/", 80),
        "a.example.com/admin": Route("a.example.com", "/admin", 81, "exact", tls=True),
    }
    text = job_of(one(of_workload={"ports": ports, "routes": routes}))
    assert (
        """\
      tags = [
        "traefik.enable=true",
        "traefik.http.routers.web.rule=Host(`a.example.com`)",
        "traefik.http.routers.web.entrypoints=web",
      ]
"""
        in text
    )
    assert "traefik.http.routers.web-admin.rule=Host(`a.example.com`) && Path(`/admin`)" in text
    assert "traefik.http.routers.web-admin.tls=true" in text


def test_patch_templates_are_refused() -> None:
    with pytest.raises(UsageError, match="patch templates"):
        write_all(one(), options=WriteOptions(finish=lambda data: data))
