"""ECS: services and tasks, their containers, and what leads to them."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Output, Placeholder, SecretValue
from isomorph.model.workload import Exposure, Kind, Mount, Restart, Role, Route, Scale, Schedule
from tests.platforms.terraform.judging import container_of, define, judge, only, place, told, twin

WEB = """\
variable "tag" {
  default = "1.2"
}
resource "aws_lb_target_group" "web" {
  port = 8080
}
resource "aws_lb_listener" "web" {
  port = 443
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = "0.5 GB"
  volume {
    name = "data"
    efs_volume_configuration {
      file_system_id = "fs-1"
    }
  }
  container_definitions = jsonencode([{
    name             = "web"
    image            = "shop/web:${var.tag}"
    command          = ["serve", "--port", "8080"]
    environment      = [{ name = "LEVEL", value = "info" }]
    portMappings     = [{ containerPort = 8080, hostPort = 8080, name = "http" }]
    healthCheck      = { command = ["CMD-SHELL", "curl -f localhost:8080"], interval = 10 }
    mountPoints      = [{ sourceVolume = "data", containerPath = "/data" }]
    logConfiguration = { logDriver = "awslogs" }
    user             = "1000"
    stopTimeout      = 10
    linuxParameters  = { capabilities = { drop = ["ALL"] } }
  }])
}
resource "aws_ecs_service" "web" {
  name            = "web"
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 2
  launch_type     = "FARGATE"
  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "web"
    container_port   = 8080
  }
  service_connect_configuration {
    enabled = true
    service {
      port_name = "http"
      client_alias {
        port     = 8080
        dns_name = "web"
      }
    }
  }
}
"""
COMPOSE = """\
services:
  web:
    image: shop/web:1.2
    command: [serve, --port, "8080"]
    restart: always
    environment: {LEVEL: info}
    ports: ["443:8080"]
    user: "1000"
    cap_drop: [ALL]
    stop_grace_period: 10s
    healthcheck: {test: "curl -f localhost:8080", interval: 10s, timeout: 5s}
    volumes: ["data:/data"]
    deploy: {replicas: 2, resources: {limits: {cpus: "0.25", memory: 512m}}}
volumes: {data: {}}
"""


def task(containers: str, inside: str = "", after: str = "") -> str:
    return (
        f'resource "aws_ecs_task_definition" "a" {{\n  family = "a"\n{inside}'
        f"  container_definitions = {containers}\n}}\n{after}"
    )


def service(inside: str = "") -> str:
    return (
        'resource "aws_ecs_service" "a" {\n  name            = "a"\n  task_definition = aws_ecs_task_definition.a.arn\n'
        f"{inside}}}\n"
    )


def test_the_judge_finds_nothing_between_a_service_and_its_project() -> None:
    definition = define(WEB)
    assert judge(definition, twin("compose", COMPOSE)) == []
    assert told(definition) == []


def test_what_differs_is_found() -> None:
    changed = WEB.replace("cpu                      = 256", "cpu = 512").replace('= "1.2"', '= "1.3"')
    found = judge(define(changed.replace("interval = 10", "interval = 20")), twin("compose", COMPOSE))
    assert [line.split(":")[0] for line in found] == [
        "drift web image.tag ",
        "drift web probe.timing readiness.period",
        "drift web compute.limits cpu",
    ]


def test_values_are_where_they_are_written() -> None:
    definition = define(WEB)
    web = ("workloads", "web", "containers", "web")
    assert place(definition, *web, "image") == "infra/main.tf:28:24"
    assert place(definition, *web, "variables", "LEVEL") == "infra/main.tf:30:51"
    assert place(definition, *web, "compute", "limits", "cpu") == "infra/main.tf:18:30"
    assert place(definition, "workloads", "web", "scale", "replicas") == "infra/main.tf:43:21"


def test_containers_in_a_file_have_the_lines_of_the_file() -> None:
    file = '[\n  {"name": "a",\n   "image": "shop/a:1"}\n]\n'
    definition = define({"main.tf": task('file("a.json")', after=service("  desired_count = 1\n")), "a.json": file})
    assert place(definition, "workloads", "a", "containers", "a", "image") == "infra/a.json:3:13"


def test_what_the_model_has_no_place_for_is_kept_beside_it() -> None:
    kept = {each.location: each.value for each in define(WEB).extras if each.path}
    assert kept == {
        ("container_definitions", "logConfiguration"): {"logDriver": "awslogs"},
        ("efs_volume_configuration", "file_system_id"): "fs-1",
        ("aws_ecs_task_definition", "requires_compatibilities"): ["FARGATE"],
        ("aws_ecs_service", "launch_type"): "FARGATE",
    }


@pytest.mark.parametrize(
    ("source", "secret"),
    [
        ("aws_secretsmanager_secret.db.arn", SecretValue("shop/db")),
        ('"${aws_secretsmanager_secret.db.arn}:password::"', SecretValue("shop/db", "password")),
        ("aws_ssm_parameter.db.arn", SecretValue("/shop/db")),
        ('"arn:aws:secretsmanager:eu-west-1:1:secret:shop/db-AbCdEf:password::"', SecretValue("shop/db", "password")),
        ('"arn:aws:secretsmanager:eu-west-1:1:secret:shop/db-AbCdEf"', SecretValue("shop/db")),
        ('"arn:aws:ssm:eu-west-1:1:parameter/shop/db"', SecretValue("shop/db")),
        ('"shop-db"', SecretValue("shop-db")),
        ("var.arn", Placeholder("${var.arn}")),
    ],
)
def test_secrets_are_those_of_a_store_of_the_cloud(source: str, secret: SecretValue | Placeholder) -> None:
    definition = define(
        'variable "arn" {}\nresource "aws_secretsmanager_secret" "db" {\n  name = "shop/db"\n}\n'
        'resource "aws_ssm_parameter" "db" {\n  name = "/shop/db"\n  type = "SecureString"\n}\n'
        + task(f'jsonencode([{{ name = "a", image = "a", secrets = [{{ name = "P", valueFrom = {source} }}] }}])')
    )
    assert container_of(definition).variables == {"P": (secret,)}
    if isinstance(secret, SecretValue):
        assert definition.application.secrets[secret.name].external
        assert definition.application.secrets[secret.name].values == {secret.key: None}


def test_what_is_not_settled_stays_open() -> None:
    definition = define(
        'variable "n" {}\nvariable "port" {}\nresource "aws_db_instance" "d" {\n  engine = "postgres"\n}\n'
        + task(
            'jsonencode([{ name = "a", image = "shop/a:${var.n}", memory = var.n, portMappings = [{ containerPort = var.port }],'
            ' environment = [{ name = "DB", value = aws_db_instance.d.address }] }])',
            after=service("  desired_count = var.n\n"),
        )
    )
    open_ = Placeholder("${var.n}", "n")
    container = container_of(definition)
    assert container.image is not None
    assert container.image.tag == (open_,)
    assert container.compute.limits == {"memory": open_}
    assert container.variables == {"DB": (Output("aws_db_instance.d", "host"),)}
    assert only(definition).scale.replicas == open_
    assert only(definition).ports == {}
    assert any("containerPort is ${var.port}, which nothing here settles" in line for line in told(definition))


def test_a_task_without_an_address_of_its_own_is_reached_at_its_machine() -> None:
    ports = 'portMappings = [{ containerPort = 80, hostPort = 8080 }, { containerPort = 81, protocol = "udp" }]'
    workload = only(define(task(f'jsonencode([{{ name = "a", image = "a", {ports} }}])', after=service())))
    assert workload.ports["80/tcp"].exposures == (Exposure("host", 8080),)
    assert workload.ports["81/udp"].exposures == (Exposure("host"),)
    host = only(
        define(task(f'jsonencode([{{ name = "a", image = "a", {ports} }}])', '  network_mode = "host"\n', service()))
    )
    assert host.host_namespaces == ("network",)
    assert host.ports["80/tcp"].exposures == ()


def test_containers_wait_for_each_other() -> None:
    containers = (
        'jsonencode([{ name = "a", image = "a", dependsOn = [{ containerName = "m", condition = "SUCCESS" },'
        ' { containerName = "p", condition = "HEALTHY" }] }, { name = "p", image = "p" }, { name = "m", image = "m" }])'
    )
    found = only(define(task(containers, after=service()))).containers
    assert {name: (each.role, each.before) for name, each in found.items()} == {
        "p": (Role.SIDECAR, {"a": "healthy"}),
        "m": (Role.INIT, {"a": "complete"}),
        "a": (Role.MAIN, {}),
    }


def test_volumes_are_of_the_machine_of_the_task_or_shared() -> None:
    volumes = (
        '  volume {\n    name      = "h"\n    host_path = "/srv"\n  }\n  volume {\n    name = "t"\n  }\n'
        '  volume {\n    name = "s"\n    docker_volume_configuration {\n      scope = "shared"\n    }\n  }\n'
    )
    mounts = ", ".join(f'{{ sourceVolume = "{name}", containerPath = "/{name}" }}' for name in "hts")
    definition = define(task(f'jsonencode([{{ name = "a", image = "a", mountPoints = [{mounts}] }}])', volumes))
    assert container_of(definition).mounts == {f"/{name}": Mount(f"a/{name}") for name in "hts"}
    kinds = {key: (each.kind, each.host_path) for key, each in definition.application.volumes.items()}
    assert kinds == {"a/h": ("host", "/srv"), "a/t": ("ephemeral", None), "a/s": ("persistent", None)}


def test_a_service_is_scaled_by_count_by_bounds_or_by_nodes() -> None:
    one = task('jsonencode([{ name = "a", image = "a" }])', after=service())
    assert only(define(one)).scale == Scale(0)
    assert only(define(one.replace("arn\n}", 'arn\n  scheduling_strategy = "DAEMON"\n}'))).kind is Kind.DAEMON
    scaled = one.replace("arn\n}", "arn\n  desired_count = 2\n}") + (
        'resource "aws_appautoscaling_target" "a" {\n  min_capacity = 2\n  max_capacity = 6\n'
        '  resource_id  = "service/main/${aws_ecs_service.a.id}"\n}\n'
        'resource "aws_appautoscaling_policy" "a" {\n  resource_id = aws_appautoscaling_target.a.resource_id\n'
        "  target_tracking_scaling_policy_configuration {\n    target_value = 70\n"
        '    predefined_metric_specification {\n      predefined_metric_type = "ECSServiceAverageCPUUtilization"\n'
        "    }\n  }\n}\n"
    )
    assert only(define(scaled)).scale == Scale(2, 2, 6, {"cpu": 70})


def test_a_task_that_no_service_runs_is_a_job_of_its_rule() -> None:
    one = task('jsonencode([{ name = "a", image = "a" }])')
    workload = only(define(one))
    assert (workload.kind, workload.restart) == (Kind.JOB, Restart("never"))
    rule = (
        'resource "aws_cloudwatch_event_rule" "a" {\n  schedule_expression = "cron(0 1 * * ? *)"\n}\n'
        'resource "aws_cloudwatch_event_target" "a" {\n  rule = aws_cloudwatch_event_rule.a.name\n'
        "  ecs_target {\n    task_definition_arn = aws_ecs_task_definition.a.arn\n  }\n}\n"
    )
    workload = only(define(one + rule))
    assert (workload.kind, workload.schedule) == (Kind.SCHEDULED, Schedule("0 1 * * *", "Etc/UTC"))


def test_service_discovery_names_a_service() -> None:
    discovery = (
        'resource "aws_service_discovery_private_dns_namespace" "n" {\n  name = "shop.local"\n}\n'
        'resource "aws_service_discovery_service" "s" {\n  name = "web"\n  dns_config {\n'
        "    namespace_id = aws_service_discovery_private_dns_namespace.n.id\n  }\n}\n"
    )
    registries = "  service_registries {\n    registry_arn = aws_service_discovery_service.s.arn\n  }\n"
    assert only(
        define(task('jsonencode([{ name = "a", image = "a" }])', after=service(registries)) + discovery)
    ).names == ("web.shop.local",)


def test_two_services_may_run_one_task() -> None:
    text = task('jsonencode([{ name = "a", image = "a" }])', after=service() + service().replace('"a"', '"b"'))
    assert list(define(text).application.workloads) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (task('"[{"'), "infra/main.tf:3:27: not JSON"),
        (task("jsonencode([1])"), "infra/main.tf:3:39: a container definition is a mapping"),
        (task("jsonencode([{ image = 1 }])"), "infra/main.tf:3:39: this container has no name"),
        (task('jsonencode([{ name = "a" }, { name = "a" }])'), "infra/main.tf:3:55: two containers are named a"),
        (task('jsonencode([{ name = "a", memory = "much" }])'), "infra/main.tf:3:62: memory is no number"),
        (task('jsonencode([{ name = "a", memory = 1e40 }])'), "memory is out of all bounds"),
        (
            task('jsonencode([{ name = "a", portMappings = [{ containerPort = 0 }] }])'),
            "containerPort is 0, which is no port",
        ),
        (
            task('jsonencode([{ name = "a", mountPoints = [{ sourceVolume = "v", containerPath = "/" }] }])'),
            "no volume 'v'",
        ),
        (task('jsonencode([{ name = "a", dependsOn = [{ containerName = "b" }] }])'), "depends on container 'b'"),
        (task('jsonencode([{ name = "a", privileged = "maybe" }])'), "privileged is neither true nor false"),
    ],
)
def test_what_ecs_refuses_is_refused_where_it_is_written(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        define(text)
    assert message in str(caught.value)


def test_containers_that_only_an_apply_tells_are_told() -> None:
    definition = define(task("aws_thing.a.json") + 'resource "aws_thing" "a" {}\n')
    assert definition.application.workloads == {}
    assert told(definition) == [
        "infra/main.tf:3:27: known-after-apply: the containers of aws_ecs_task_definition.a are not settled; it was not read"
    ]


def test_a_task_that_is_elsewhere_is_told() -> None:
    definition = define('resource "aws_ecs_service" "a" {\n  name = "a"\n  task_definition = "web:3"\n}\n')
    assert told(definition) == [
        "infra/main.tf:3:21: missing-reference: the task definition of aws_ecs_service.a is not in this configuration"
    ]


def test_rules_of_a_listener_are_ways_in() -> None:
    rule = (
        'resource "aws_lb_listener_rule" "api" {\n  listener_arn = aws_lb_listener.web.arn\n  action {\n'
        '    type             = "forward"\n    target_group_arn = aws_lb_target_group.web.arn\n  }\n  condition {\n'
        '    host_header {\n      values = ["shop.example.com"]\n    }\n  }\n  condition {\n'
        '    path_pattern {\n      values = ["/api/*", "/health", "/*/x"]\n    }\n  }\n}\n'
    )
    definition = define(WEB.replace("  port = 443\n", '  port     = 443\n  protocol = "HTTPS"\n') + rule)
    assert only(definition).routes == {
        "shop.example.com/api": Route("shop.example.com", "/api", 8080, tls=True),
        "shop.example.com/health": Route("shop.example.com", "/health", 8080, "exact", tls=True),
    }
    assert only(definition).ports["8080/tcp"].exposures == (Exposure("load-balancer", 443),)
    assert told(definition) == [
        "infra/main.tf:62:1: not-modelled: aws_lb_listener_rule.api leads by a pattern that is no beginning of paths"
    ]
