"""Azure Container Apps: apps and jobs."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Placeholder, SecretValue
from isomorph.model.workload import Exposure, Http, Kind, Mount, Port, Probe, Restart, Role, Scale, Schedule
from tests.platforms.terraform.judging import container_of, define, judge, only, place, told, twin

API = """\
variable "password" {
  sensitive = true
  default   = "hunter2"
}
resource "azurerm_container_app" "api" {
  name                = "api"
  resource_group_name = "shop"
  revision_mode       = "Single"
  secret {
    name  = "pw"
    value = var.password
  }
  registry {
    server = "example.azurecr.io"
  }
  ingress {
    external_enabled = true
    target_port      = 3000
    traffic_weight {
      percentage = 100
    }
  }
  template {
    min_replicas                     = 2
    max_replicas                     = 2
    termination_grace_period_seconds = 20
    container {
      name    = "api"
      image   = "shop/api:1"
      command = ["/api"]
      cpu     = 0.25
      memory  = "0.5Gi"
      env {
        name  = "LEVEL"
        value = "info"
      }
      env {
        name        = "PW"
        secret_name = "pw"
      }
      readiness_probe {
        transport               = "HTTP"
        port                    = 3000
        path                    = "/ready"
        interval_seconds        = 5
        success_count_threshold = 1
      }
    }
  }
}
"""
MANIFESTS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      terminationGracePeriodSeconds: 20
      containers:
        - name: api
          image: shop/api:1
          command: [/api]
          env:
            - {name: LEVEL, value: info}
            - {name: PW, valueFrom: {secretKeyRef: {name: api, key: pw}}}
          ports: [{containerPort: 3000}]
          resources: {limits: {cpu: 250m, memory: 512Mi}, requests: {cpu: 250m, memory: 512Mi}}
          readinessProbe: {periodSeconds: 5, httpGet: {path: /ready, port: 3000}}
---
apiVersion: v1
kind: Secret
metadata: {name: api}
stringData: {pw: hunter2}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80, targetPort: 3000}]}
"""


def app(inside: str = "", template: str = "", container: str = "") -> str:
    return (
        f'resource "azurerm_container_app" "a" {{\n  name = "a"\n{inside}  template {{\n{template}    container {{\n'
        f'      name   = "a"\n      image  = "shop/a:1"\n      cpu    = 0.5\n      memory = "1Gi"\n{container}    }}\n  }}\n}}\n'
    )


def test_the_judge_finds_nothing_between_an_app_and_its_manifests() -> None:
    definition = define(API.replace("external_enabled = true", "external_enabled = false"))
    assert judge(definition, twin("kubernetes", MANIFESTS)) == []
    assert told(definition) == []


def test_values_are_where_they_are_written() -> None:
    definition = define(API)
    api = ("workloads", "api", "containers", "api")
    assert place(definition, *api, "image") == "infra/main.tf:29:17"
    assert place(definition, *api, "variables", "PW") == "infra/main.tf:39:23"
    assert place(definition, *api, "compute", "limits", "memory") == "infra/main.tf:32:17"
    assert place(definition, *api, "readiness", "period") == "infra/main.tf:45:35"
    assert place(definition, "workloads", "api", "ports", "80/tcp") == "infra/main.tf:18:24"


def test_a_secret_of_an_app_holds_its_value() -> None:
    definition = define(API)
    assert container_of(definition).variables["PW"] == (SecretValue("api", "pw"),)
    assert definition.application.secrets["api"].values == {"pw": "hunter2"}
    vault = app('  secret {\n    name                = "k"\n    key_vault_secret_id = "https://v/secrets/k"\n  }\n')
    assert define(vault).application.secrets["a"].values == {"k": None}


def test_an_ingress_leads_to_a_port_from_inside_or_outside() -> None:
    assert only(define(API)).ports == {"80/tcp": Port(80, 3000, exposures=(Exposure("load-balancer", 443),))}
    tcp = app('  ingress {\n    target_port  = 5432\n    exposed_port = 15432\n    transport    = "tcp"\n  }\n')
    assert only(define(tcp)).ports == {"15432/tcp": Port(15432, 5432)}
    assert only(define(tcp)).names == ("a",)
    assert only(define(app())).ports == {}


def test_a_custom_domain_is_a_way_in() -> None:
    text = app('  ingress {\n    target_port = 80\n    custom_domain {\n      name = "shop.example.com"\n    }\n  }\n')
    (route,) = only(define(text)).routes.values()
    assert (route.host, route.path, route.tls) == ("shop.example.com", "/", True)


def test_what_container_apps_do_of_themselves_is_said_for_silence_is_kubernetes() -> None:
    probes = "".join(
        f'      {name}_probe {{\n        transport = "HTTPS"\n        port      = 80\n      }}\n'
        for name in ("liveness", "readiness", "startup")
    )
    workload = only(define(app(container=probes)))
    container = workload.containers["a"]
    check = Http(80, "/", "HTTPS")
    assert container.liveness == Probe(check, initial_delay=1000)
    assert container.readiness == Probe(check, successes=3)
    assert container.startup == Probe(check)
    assert workload.scale == Scale(minimum=0, maximum=10)


def test_volumes_and_containers_that_run_first() -> None:
    definition = define(
        app(
            template='    volume {\n      name         = "d"\n      storage_type = "AzureFile"\n      storage_name = "files"\n'
            '    }\n    volume {\n      name = "t"\n    }\n    init_container {\n      name  = "init"\n      image = "shop/i:1"\n'
            "    }\n",
            container='      volume_mounts {\n        name = "d"\n        path = "/d"\n      }\n',
        )
    )
    containers = only(definition).containers
    assert containers["init"].role is Role.INIT
    assert containers["a"].mounts == {"/d": Mount("a/d")}
    kinds = {key: each.kind for key, each in definition.application.volumes.items()}
    assert kinds == {"a/d": "persistent", "a/t": "ephemeral"}


def test_a_job_runs_once_or_at_its_times() -> None:
    job = app("  replica_retry_limit = 2\n").replace("azurerm_container_app", "azurerm_container_app_job")
    workload = only(define(job))
    assert (workload.kind, workload.restart, workload.names) == (Kind.JOB, Restart("on-failure", 2), ())
    cron = job.replace(
        "limit = 2\n", 'limit = 0\n  schedule_trigger_config {\n    cron_expression = "0 1 * * *"\n  }\n'
    )
    workload = only(define(cron))
    assert (workload.kind, workload.schedule) == (Kind.SCHEDULED, Schedule("0 1 * * *", "Etc/UTC"))
    assert workload.restart == Restart("never")


def test_what_is_not_settled_stays_open() -> None:
    text = 'variable "x" {}\n' + app(container="").replace('"1Gi"', "var.x").replace("shop/a:1", "shop/a:${var.x}")
    container = container_of(define(text))
    assert container.image is not None
    assert container.image.tag == (Placeholder("${var.x}", "x"),)
    assert container.compute.limits == {"cpu": 500, "memory": Placeholder("${var.x}", "x")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'resource "azurerm_container_app" "a" {\n  name = "a"\n}\n',
            "infra/main.tf:1:1: azurerm_container_app.a has no template",
        ),
        (
            app("  ingress {\n    target_port = 99999\n  }\n"),
            "infra/main.tf:4:19: target_port is 99999, which is no port",
        ),
        (app(template="    min_replicas = -1\n"), "infra/main.tf:4:20: min_replicas is out of all bounds"),
        (
            app(container='      volume_mounts {\n        name = "v"\n        path = "/v"\n      }\n'),
            "infra/main.tf:10:16: there is no volume 'v'",
        ),
        (app() + app(), "azurerm_container_app.a is declared twice"),
        (app() + app().replace('"a" {', '"b" {', 1), "infra/main.tf:12:1: workload a is defined twice"),
    ],
)
def test_what_azure_refuses_is_refused_where_it_is_written(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        define(text)
    assert message in str(caught.value)
