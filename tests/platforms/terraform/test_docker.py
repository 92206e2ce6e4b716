"""docker_container: the same as the Compose project that says so."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Output, Placeholder
from isomorph.model.workload import Exposure, Mount, Restart
from tests.platforms.terraform.judging import container_of, define, judge, only, place, told, twin

CACHE = """\
resource "docker_image" "redis" {
  name = "redis:7"
}
resource "docker_network" "back" {
  name = "back"
}
resource "docker_volume" "data" {}
resource "docker_container" "cache" {
  name        = "cache"
  image       = docker_image.redis.image_id
  restart     = "on-failure"
  env         = ["A=1", "B=x=y", "C=${docker_volume.data.name}"]
  entrypoint  = ["/entry.sh"]
  command     = ["redis-server", "--port", "6379"]
  working_dir = "/srv"
  user        = "1000:1000"
  read_only   = true
  memory      = 64
  cpus        = "0.5"
  max_retry_count = 3
  stop_timeout    = 20
  tmpfs = {
    "/run" = "size=16m"
  }
  capabilities {
    drop = ["ALL"]
  }
  labels {
    label = "team"
    value = "a"
  }
  host {
    host = "db"
    ip   = "10.0.0.1"
  }
  ports {
    internal = 6379
    external = 16379
  }
  ports {
    internal = 9000
    protocol = "udp"
  }
  volumes {
    container_path = "/data"
    volume_name    = docker_volume.data.name
  }
  mounts {
    type      = "volume"
    target    = "/more"
    source    = "more"
    read_only = true
  }
  networks_advanced {
    name    = docker_network.back.name
    aliases = ["redis"]
  }
  healthcheck {
    test     = ["CMD", "redis-cli", "ping"]
    interval = "5s"
    timeout  = "0s"
    retries  = 0
  }
  upload {
    file    = "/etc/redis.conf"
    content = "save 60"
  }
}
"""
COMPOSE = """\
services:
  cache:
    image: redis:7
    restart: on-failure:3
    entrypoint: [/entry.sh]
    command: [redis-server, --port, "6379"]
    working_dir: /srv
    user: "1000:1000"
    read_only: true
    mem_limit: 64m
    cpus: "0.5"
    stop_grace_period: 20s
    tmpfs: ["/run:size=16m"]
    cap_drop: [ALL]
    labels: {team: a}
    extra_hosts: ["db:10.0.0.1"]
    environment: [A=1, "B=x=y", C=data]
    ports: ["16379:6379", "9000/udp"]
    volumes: ["data:/data", "more:/more:ro"]
    networks: {back: {aliases: [redis]}}
    healthcheck: {test: [CMD, redis-cli, ping], interval: 5s}
    configs: [{source: c, target: /etc/redis.conf}]
configs: {c: {content: save 60}}
volumes: {data: {}, more: {}}
networks: {back: {}}
"""


def container(inside: str) -> str:
    return f'resource "docker_container" "a" {{\n  name  = "a"\n  image = "shop/a:1"\n{inside}}}\n'


def test_the_judge_finds_nothing_between_containers_and_their_project() -> None:
    definition = define(CACHE.replace("${docker_volume.data.name}", "data"))
    assert judge(definition, twin("compose", COMPOSE)) == []
    assert told(definition) == []


def test_what_differs_is_found() -> None:
    changed = define(CACHE.replace('"redis:7"', '"redis:8"').replace("external = 16379", "external = 26379"))
    found = judge(changed, twin("compose", COMPOSE.replace(", C=data", "")))
    assert [line.split(":")[0] for line in found] == [
        "drift cache image.tag ",
        "missing cache variable.missing C",
        "drift cache port.exposure 6379/tcp",
    ]


def test_values_are_where_they_are_written() -> None:
    definition = define(CACHE)
    cache = ("workloads", "cache", "containers", "cache")
    assert place(definition, *cache, "image") == "infra/main.tf:10:17"
    image = definition.origins.find((*cache, "image"))
    assert image is not None
    assert [str(each) for each in image.via] == ["infra/main.tf:2:10"]
    assert place(definition, *cache, "variables", "A") == "infra/main.tf:12:18"
    assert container_of(definition).variables["C"] == (Placeholder("${docker_volume.data.name}"),)
    assert container_of(definition).mounts["/data"] == Mount("data")


def test_what_docker_does_of_itself_is_said_for_silence_is_kubernetes() -> None:
    definition = define(container(""))
    assert only(definition).restart == Restart("never")
    assert container_of(definition).stop_grace == 10_000
    assert judge(definition, twin("compose", "services: {a: {image: 'shop/a:1'}}")) == []


def test_containers_that_share_a_network_are_one_workload() -> None:
    text = container("") + container('  network_mode = "container:${docker_container.a.id}"\n').replace('"a"', '"b"')
    assert list(only(define(text)).containers) == ["a", "b"]


def test_what_a_container_waits_for_is_told() -> None:
    text = container("") + container("  depends_on = [docker_container.a]\n").replace('"a"', '"b"')
    assert list(define(text).application.workloads["b"].order) == ["a"]


def test_what_is_not_settled_stays_open() -> None:
    text = 'variable "p" {}\nvariable "m" {}\nresource "aws_db_instance" "d" {\n  engine = "postgres"\n}\n' + container(
        '  env    = ["DB=pg://${aws_db_instance.d.address}", "P=${var.p}"]\n  memory = var.m\n'
    )
    found = container_of(define(text))
    assert found.variables == {
        "DB": ("pg://", Output("aws_db_instance.d", "host")),
        "P": (Placeholder("${var.p}", "p"),),
    }
    assert found.compute.limits == {"memory": Placeholder("${var.m}", "m")}


def test_a_port_that_only_docker_picks_is_open() -> None:
    (port,) = only(define(container("  ports {\n    internal = 80\n  }\n"))).ports.values()
    assert port.exposures == (Exposure("host"),)


def test_instances_whose_names_only_an_apply_tells_are_called_like_their_block() -> None:
    text = (
        'resource "random_pet" "p" {}\nresource "docker_volume" "v" {\n  name = random_pet.p.id\n}\n'
        'resource "docker_container" "web" {\n  count = 2\n  name  = "web-${random_pet.p.id}-${count.index}"\n'
        '  image = "shop/web:1"\n  volumes {\n    container_path = "/d"\n    volume_name    = docker_volume.v.name\n  }\n'
        "  ports {\n    internal = 80\n    external = 8000 + count.index\n  }\n}\n"
    )
    workloads = define(text).application.workloads
    assert list(workloads) == ["web-0", "web-1"]
    assert [each.ports["80/tcp"].exposures[0].port for each in workloads.values()] == [8000, 8001]
    assert workloads["web-0"].containers["web-0"].mounts["/d"].volume == "v"


def test_what_nobody_reads_is_kept() -> None:
    definition = define(container("  must_run = false\n"))
    assert [(each.platform, each.location, each.value) for each in definition.extras] == [
        ("terraform", ("resources", "docker_container.a", "must_run"), False)
    ]


@pytest.mark.parametrize(
    "inside",
    [
        '  ports {\n    internal = "http"\n  }\n',
        "  ports {\n    internal = 99999\n  }\n",
        '  cpus = "many"\n',
        '  restart = "sometimes"\n',
        '  healthcheck {\n    test     = ["CMD", "x"]\n    interval = "soon"\n  }\n',
    ],
)
def test_what_docker_refuses_is_refused_where_it_is_written(inside: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        define(container(inside))
    assert caught.value.origin is not None
    assert caught.value.origin.file == "infra/main.tf"
    assert caught.value.origin.line >= 4
