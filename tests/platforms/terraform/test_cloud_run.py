"""Cloud Run: services of both versions, and jobs."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Output, Placeholder, SecretValue
from isomorph.model.workload import Exposure, File, Http, Kind, Mount, Port, Probe, Restart, Role, Scale, Tcp
from tests.platforms.terraform.judging import container_of, define, judge, only, place, told, twin

WEB = """\
resource "google_cloud_run_v2_service" "web" {
  name     = "web"
  location = "europe-west1"
  template {
    service_account = "a@example.com"
    scaling {
      min_instance_count = 1
      max_instance_count = 5
    }
    containers {
      image = "shop/web:1.2"
      args  = ["serve"]
      env {
        name  = "LEVEL"
        value = "info"
      }
      ports {
        container_port = 9000
      }
      resources {
        limits = { cpu = "2", memory = "1Gi" }
      }
      liveness_probe {
        period_seconds = 5
        http_get {
          path = "/health"
        }
      }
      startup_probe {
        failure_threshold = 5
        tcp_socket {}
      }
    }
  }
}
"""
MANIFESTS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 10
      containers:
        - name: web
          image: shop/web:1.2
          args: [serve]
          env: [{name: LEVEL, value: info}]
          ports: [{containerPort: 9000}]
          resources: {limits: {cpu: 2, memory: 1Gi}}
          livenessProbe: {periodSeconds: 5, httpGet: {path: /health, port: 9000}}
          startupProbe: {failureThreshold: 5, tcpSocket: {port: 9000}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  allocateLoadBalancerNodePorts: false
  selector: {app: web}
  ports: [{port: 443, targetPort: 9000}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {minReplicas: 1, maxReplicas: 5, scaleTargetRef: {kind: Deployment, name: web}}
"""


def service(inside: str, template: str = "") -> str:
    return (
        'resource "google_cloud_run_v2_service" "a" {\n  name = "a"\n  template {\n'
        f'{template}    containers {{\n      image = "shop/a:1"\n{inside}    }}\n  }}\n}}\n'
    )


def test_the_judge_finds_no_more_than_that_peers_do_not_reach_a_service_by_its_name() -> None:
    definition = define(WEB)
    assert judge(definition, twin("kubernetes", MANIFESTS)) == ["drift web dns.record web: None | web"]
    assert told(definition) == []


def test_values_are_where_they_are_written() -> None:
    definition = define(WEB)
    web = ("workloads", "web", "containers", "web")
    assert place(definition, *web, "image") == "infra/main.tf:11:15"
    assert place(definition, *web, "variables", "LEVEL") == "infra/main.tf:15:17"
    assert place(definition, *web, "compute", "limits", "memory") == "infra/main.tf:21:40"
    assert place(definition, *web, "liveness", "period") == "infra/main.tf:24:26"
    assert place(definition, "workloads", "web", "scale", "minimum") == "infra/main.tf:7:28"
    assert [(each.location, each.value) for each in definition.extras] == [
        (("google_cloud_run_v2_service", "template", "service_account"), "a@example.com")
    ]


def test_what_cloud_run_does_of_itself_is_said_for_silence_is_kubernetes() -> None:
    workload = only(define(service("")))
    container = workload.containers["a"]
    assert container.compute.limits == {"cpu": 1000, "memory": 512 << 20}
    assert container.stop_grace == 10_000
    assert workload.ports == {"443/tcp": Port(443, 8080, exposures=(Exposure("load-balancer", 443),))}
    assert workload.scale == Scale(minimum=0)


def test_a_service_for_the_inside_is_not_reached_from_outside() -> None:
    text = service("").replace('name = "a"\n', 'name = "a"\n  ingress = "INGRESS_TRAFFIC_INTERNAL_ONLY"\n', 1)
    assert only(define(text)).ports["443/tcp"].exposures == ()


@pytest.mark.parametrize(
    "secret",
    ["google_secret_manager_secret.db.secret_id", "google_secret_manager_secret.db.id", '"projects/p/secrets/db"'],
)
def test_secrets_are_those_of_secret_manager(secret: str) -> None:
    definition = define(
        'resource "google_secret_manager_secret" "db" {\n  secret_id = "db"\n}\n'
        + service(
            '      env {\n        name = "P"\n        value_source {\n          secret_key_ref {\n'
            f'            secret  = {secret}\n            version = "latest"\n          }}\n        }}\n      }}\n'
            '      volume_mounts {\n        name       = "s"\n        mount_path = "/etc/db"\n      }\n',
            '    volumes {\n      name = "s"\n      secret {\n'
            f'        secret = {secret}\n        items {{\n          path    = "pw"\n          version = "1"\n'
            "        }\n      }\n    }\n",
        )
    )
    container = container_of(definition)
    assert container.variables == {"P": (SecretValue("db"),)}
    assert container.files == {"/etc/db/pw": File((SecretValue("db"),))}
    assert definition.application.secrets["db"].external


def test_volumes_in_memory_and_outside() -> None:
    mounts = "".join(
        f'      volume_mounts {{\n        name       = "{name}"\n        mount_path = "/{name}"\n      }}\n'
        for name in "mb"
    )
    definition = define(
        service(
            mounts,
            '    volumes {\n      name = "m"\n      empty_dir {\n        medium     = "MEMORY"\n        size_limit = "64Mi"\n'
            '      }\n    }\n    volumes {\n      name = "b"\n      gcs {\n        bucket = "x"\n      }\n    }\n',
        )
    )
    assert container_of(definition).mounts == {"/m": Mount("a/m"), "/b": Mount("a/b")}
    volumes = definition.application.volumes
    assert (volumes["a/m"].kind, volumes["a/m"].size) == ("memory", 64 << 20)
    assert (volumes["a/b"].kind, volumes["a/b"].external) == ("persistent", True)


def test_a_container_beside_starts_before_the_one_that_depends_on_it() -> None:
    text = service(
        '      name       = "a"\n      depends_on = ["p"]\n      ports {\n        container_port = 80\n      }\n'
        '    }\n    containers {\n      name  = "p"\n      image = "proxy"\n'
        "      startup_probe {\n        tcp_socket {\n          port = 5432\n        }\n      }\n"
    )
    found = only(define(text)).containers
    assert (found["p"].role, found["p"].before) == (Role.SIDECAR, {"a": "healthy"})
    assert found["p"].startup == Probe(Tcp(5432))
    assert only(define(text)).ports["443/tcp"].target == 80


def test_the_first_version_is_a_template_of_knative() -> None:
    workload = only(
        define(
            """\
resource "google_cloud_run_service" "a" {
  name = "a"
  template {
    metadata {
      annotations = {
        "autoscaling.knative.dev/minScale" = "2"
        "autoscaling.knative.dev/maxScale" = 4
      }
    }
    spec {
      containers {
        image = "shop/a:1"
        ports {
          container_port = 81
        }
        env {
          name = "P"
          value_from {
            secret_key_ref {
              name = "db"
              key  = "latest"
            }
          }
        }
        liveness_probe {
          http_get {
            path = "/"
            port = 82
          }
        }
      }
    }
  }
}
"""
        )
    )
    container = workload.containers["a"]
    assert container.variables == {"P": (SecretValue("db"),)}
    assert container.liveness == Probe(Http(82, "/"))
    assert (workload.scale.minimum, workload.scale.maximum) == (2, 4)
    assert workload.ports["443/tcp"].target == 81


def test_a_job_is_tried_again() -> None:
    text = (
        'resource "google_cloud_run_v2_job" "a" {\n  name = "a"\n  template {\n    template {\n%s'
        '      containers {\n        image = "shop/a:1"\n      }\n    }\n  }\n}\n'
    )
    workload = only(define(text % ""))
    assert (workload.kind, workload.restart, workload.ports) == (Kind.JOB, Restart("on-failure", 3), {})
    assert only(define(text % "      max_retries = 0\n")).restart == Restart("on-failure", 0)


def test_what_is_not_settled_stays_open() -> None:
    definition = define(
        'variable "m" {}\nresource "google_sql_database_instance" "d" {\n  database_version = "POSTGRES_15"\n}\n'
        + service(
            '      env {\n        name  = "DB"\n        value = google_sql_database_instance.d.private_ip_address\n      }\n'
            "      resources {\n        limits = { memory = var.m }\n      }\n"
        )
    )
    container = container_of(definition)
    assert isinstance(container.variables["DB"], tuple)
    assert isinstance(container.variables["DB"][0], Output)
    assert container.compute.limits == {"cpu": 1000, "memory": Placeholder("${var.m}", "m")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'resource "google_cloud_run_v2_service" "a" {\n  name = "a"\n}\n',
            "infra/main.tf:1:1: google_cloud_run_v2_service.a has no template",
        ),
        (
            service("      ports {\n        container_port = 0\n      }\n"),
            "infra/main.tf:7:26: container_port is 0, which is no port",
        ),
        (
            service('      resources {\n        limits = { memory = "much" }\n      }\n'),
            "infra/main.tf:7:29: 'much' is no quantity",
        ),
        (
            service('      volume_mounts {\n        name       = "v"\n        mount_path = "/v"\n      }\n'),
            "infra/main.tf:7:22: there is no volume 'v'",
        ),
    ],
)
def test_what_cloud_run_refuses_is_refused_where_it_is_written(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        define(text)
    assert message in str(caught.value)
