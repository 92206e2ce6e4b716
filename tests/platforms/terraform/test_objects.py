"""Workloads of the Kubernetes provider: the same as the manifests that say so, and every value where it is written."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Output, Placeholder, SecretValue
from isomorph.model.workload import Kind, Restart
from tests.platforms.terraform.judging import container_of, define, judge, only, place, told, twin

WEB = """\
variable "tag" {
  default = "1.2"
}
resource "kubernetes_namespace" "shop" {
  metadata {
    name = "shop"
  }
}
resource "kubernetes_config_map_v1" "web" {
  metadata {
    name      = "web"
    namespace = kubernetes_namespace.shop.metadata[0].name
  }
  data = {
    "app.conf" = "listen 80;"
    LEVEL      = 3
  }
}
resource "kubernetes_secret" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  data = {
    password = "hunter2"
  }
}
resource "kubernetes_deployment" "web" {
  wait_for_rollout = false
  metadata {
    name      = "web"
    namespace = kubernetes_namespace.shop.metadata.0.name
  }
  spec {
    replicas = "2"
    selector {
      match_labels = { app = "web" }
    }
    template {
      metadata {
        labels = { app = "web" }
      }
      spec {
        termination_grace_period_seconds = 20
        node_selector                    = { "kubernetes.io/os" = "linux" }
        init_container {
          name    = "wait"
          image   = "busybox:1"
          command = ["sh", "-c", "sleep 1"]
        }
        container {
          name  = "web"
          image = "shop/web:${var.tag}"
          args  = ["--port", 80]
          env {
            name  = "PORT"
            value = 80
          }
          env {
            name  = "EMPTY"
            value = ""
          }
          env {
            name = "PASSWORD"
            value_from {
              secret_key_ref {
                name = kubernetes_secret.web.metadata[0].name
                key  = "password"
              }
            }
          }
          env {
            name = "POD"
            value_from {
              field_ref {
                field_path = "metadata.name"
              }
            }
          }
          port {
            name           = "http"
            container_port = 8080
          }
          resources {
            limits = {
              cpu    = "500m"
              memory = "64Mi"
            }
            requests = { cpu = "0.25" }
          }
          readiness_probe {
            period_seconds = 5
            http_get {
              path = "/health"
              port = "8080"
              http_header {
                name  = "X"
                value = "z"
              }
            }
          }
          security_context {
            run_as_user                = "1000"
            read_only_root_filesystem  = true
            allow_privilege_escalation = false
            capabilities {
              drop = ["ALL"]
            }
          }
          volume_mount {
            name       = "conf"
            mount_path = "/etc/app"
            read_only  = true
          }
          volume_mount {
            name       = "data"
            mount_path = "/data"
          }
          volume_mount {
            name       = "all"
            mount_path = "/all"
          }
        }
        volume {
          name = "conf"
          config_map {
            name         = "web"
            default_mode = "0440"
            items {
              key  = "app.conf"
              path = "app.conf"
            }
          }
        }
        volume {
          name = "data"
          empty_dir {
            medium     = "Memory"
            size_limit = "1Gi"
          }
        }
        volume {
          name = "all"
          projected {
            sources {
              secret {
                name = "web"
                items {
                  key  = "password"
                  path = "password"
                }
              }
              config_map {
                name = "web"
                items {
                  key  = "LEVEL"
                  path = "level"
                }
              }
            }
          }
        }
      }
    }
  }
}
resource "kubernetes_service" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  spec {
    type     = "NodePort"
    selector = kubernetes_deployment.web.spec[0].template[0].metadata[0].labels
    port {
      port        = 80
      target_port = "http"
      node_port   = 30001
    }
  }
}
resource "kubernetes_ingress_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  spec {
    rule {
      host = "shop.example.com"
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = "web"
              port {
                number = 80
              }
            }
          }
        }
      }
    }
    tls {
      hosts       = ["shop.example.com"]
      secret_name = "cert"
    }
  }
}
resource "kubernetes_horizontal_pod_autoscaler_v2" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }
  spec {
    min_replicas = 2
    max_replicas = 5
    scale_target_ref {
      kind = "Deployment"
      name = "web"
    }
    metric {
      type = "Resource"
      resource {
        name = "cpu"
        target {
          type                = "Utilization"
          average_utilization = 80
        }
      }
    }
  }
}
resource "kubernetes_stateful_set_v1" "db" {
  metadata {
    name      = "db"
    namespace = "shop"
  }
  spec {
    service_name = "db"
    selector {
      match_labels = { app = "db" }
    }
    template {
      metadata {
        labels = { app = "db" }
      }
      spec {
        container {
          name  = "db"
          image = "postgres:15"
          volume_mount {
            name       = "data"
            mount_path = "/var/lib/postgresql/data"
          }
        }
      }
    }
    volume_claim_template {
      metadata {
        name = "data"
      }
      spec {
        access_modes = ["ReadWriteOnce"]
        resources {
          requests = { storage = "1Gi" }
        }
      }
    }
  }
}
resource "kubernetes_cron_job_v1" "tidy" {
  metadata {
    name      = "tidy"
    namespace = "shop"
  }
  spec {
    schedule = "0 1 * * *"
    timezone = "Etc/UTC"
    job_template {
      metadata {}
      spec {
        template {
          metadata {}
          spec {
            container {
              name  = "tidy"
              image = "shop/tidy:1"
            }
          }
        }
      }
    }
  }
}
"""

MANIFESTS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data: {app.conf: "listen 80;", LEVEL: "3"}
---
apiVersion: v1
kind: Secret
metadata: {name: web, namespace: shop}
data: {password: aHVudGVyMg==}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 20
      nodeSelector: {kubernetes.io/os: linux}
      initContainers:
        - {name: wait, image: "busybox:1", command: [sh, -c, sleep 1]}
      containers:
        - name: web
          image: shop/web:1.2
          args: [--port, "80"]
          env:
            - {name: PORT, value: "80"}
            - {name: EMPTY, value: ""}
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: web, key: password}}}
            - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
          ports: [{name: http, containerPort: 8080}]
          resources:
            limits: {cpu: 500m, memory: 64Mi}
            requests: {cpu: 250m}
          readinessProbe:
            periodSeconds: 5
            httpGet: {path: /health, port: 8080, httpHeaders: [{name: X, value: z}]}
          securityContext:
            runAsUser: 1000
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: conf, mountPath: /etc/app, readOnly: true}
            - {name: data, mountPath: /data}
            - {name: all, mountPath: /all}
      volumes:
        - name: conf
          configMap: {name: web, defaultMode: 0440, items: [{key: app.conf, path: app.conf}]}
        - {name: data, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
        - name: all
          projected:
            sources:
              - secret: {name: web, items: [{key: password, path: password}]}
              - configMap: {name: web, items: [{key: LEVEL, path: level}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, targetPort: http, nodePort: 30001}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
  tls: [{hosts: [shop.example.com], secretName: cert}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  minReplicas: 2
  maxReplicas: 5
  scaleTargetRef: {kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
        - name: db
          image: postgres:15
          volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy, namespace: shop}
spec:
  schedule: "0 1 * * *"
  timeZone: Etc/UTC
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: tidy, image: "shop/tidy:1"}]
"""

POD = """\
resource "kubernetes_pod" "a" {
  metadata {
    name = "a"
  }
  spec {
    container {
      name  = "a"
      image = "shop/a:1"
      %s
    }
  }
}
"""


def test_resources_say_what_their_manifests_say() -> None:
    ours, theirs = define(WEB).application, twin("kubernetes", MANIFESTS).application
    assert ours.workloads == theirs.workloads
    assert ours.volumes == theirs.volumes
    assert ours.secrets == theirs.secrets
    assert ours.configurations == theirs.configurations
    assert ours.namespace == "shop"


def test_the_judge_finds_nothing_between_resources_and_their_manifests() -> None:
    definition = define(WEB)
    assert judge(definition, twin("kubernetes", MANIFESTS)) == []
    assert told(definition) == []


def test_what_differs_is_found_where_it_is_written() -> None:
    changed = define(WEB.replace("period_seconds = 5\n", "period_seconds = 7\n").replace('= "1.2"', '= "1.3"'))
    assert judge(changed, twin("kubernetes", MANIFESTS)) == [
        "drift web image.tag : 1.3 | 1.2",
        "drift web probe.timing readiness.period: 7s | 5s",
    ]


def where(text: str, after: str) -> str:
    """Give the place in the text behind what stands before it there."""
    before = text[: text.index(after) + len(after)]
    return f"infra/main.tf:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_values_are_where_they_are_written() -> None:
    definition = define(WEB)
    web = ("workloads", "web", "containers", "web")
    image = definition.origins.find((*web, "image"))
    assert str(image) == where(WEB, '"web"\n          image = ')
    assert image is not None
    assert [str(each) for each in image.via] == ["infra/main.tf:2:13"]
    assert place(definition, *web, "variables", "PORT") == where(WEB, '"PORT"\n            value = ')
    assert place(definition, *web, "compute", "limits", "memory") == where(WEB, "memory = ")
    assert place(definition, "workloads", "web", "scale", "replicas") == where(WEB, "    replicas = ")


def test_what_only_an_apply_or_a_variable_tells_stays_open() -> None:
    definition = define(
        """\
variable "memory" {}
variable "tag" {}
variable "replicas" {}
variable "port" {}
resource "aws_db_instance" "main" {
  engine = "postgres"
}
resource "kubernetes_deployment" "web" {
  metadata {
    name = "web"
  }
  spec {
    replicas = var.replicas
    template {
      metadata {
        labels = { app = "web" }
      }
      spec {
        container {
          name  = "web"
          image = "shop/web:${var.tag}"
          env {
            name  = "DB"
            value = "postgres://${aws_db_instance.main.address}/shop"
          }
          port {
            container_port = var.port
          }
          resources {
            limits = { memory = var.memory, cpu = var.memory }
          }
        }
      }
    }
  }
}
"""
    )
    container = container_of(definition)
    memory = Placeholder("${var.memory}", "memory")
    assert container.image is not None
    assert container.image.tag == (Placeholder("${var.tag}", "tag"),)
    assert container.variables["DB"] == ("postgres://", Output("aws_db_instance.main", "host"), "/shop")
    assert container.compute.limits == {"memory": memory, "cpu": memory}
    assert only(definition).scale.replicas == Placeholder("${var.replicas}", "replicas")
    assert only(definition).ports == {}
    assert only(definition).dependencies == {"aws_db_instance.main": "aws_db_instance.main"}
    assert (
        "infra/main.tf:27:30: unset-variable: container_port is ${var.port}, which nothing here settles; it is left out"
        in told(definition)
    )


def test_sensitive_values_are_secrets_and_a_secret_holds_them() -> None:
    text = (
        'variable "password" {\n  sensitive = true\n  default = "hunter2"\n}\n'
        'resource "kubernetes_secret" "a" {\n  metadata {\n    name = "a"\n  }\n  data = { p = var.password }\n}\n'
        + POD
        % 'env {\n        name  = "P"\n        value = "x${var.password}"\n      }'
    )
    definition = define(text)
    assert container_of(definition).variables["P"] == ("x", SecretValue("var.password", ""))
    assert definition.application.secrets["a"].values == {"p": "hunter2"}
    assert definition.application.secrets["var.password"].values == {"": "hunter2"}


def test_instances_are_workloads_of_their_own() -> None:
    pods = POD.replace('"a" {', '"a" {\n  for_each = toset(["x", "y"])').replace('name = "a"', "name = each.key") % ""
    assert list(define(pods).application.workloads) == ["x", "y"]


def test_a_job_whose_restarts_nobody_says_is_never_restarted() -> None:
    job = define(
        POD.replace("kubernetes_pod", "kubernetes_job_v1")
        .replace("  spec {\n", "  spec {\n    template {\n      metadata {}\n      spec {\n", 1)
        .replace("\n  }\n}\n", "\n      }\n    }\n  }\n}\n")
        % ""
    )
    assert only(job).kind is Kind.JOB
    assert only(job).restart == Restart("never")


@pytest.mark.parametrize("form", ["kubernetes_manifest", "kubectl_manifest"])
def test_manifests_in_resources_are_read_as_they_are(form: str) -> None:
    resource = {
        "kubernetes_manifest": """\
resource "kubernetes_manifest" "a" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "a" }
    spec = {
      containers = [{
        name = "a"
        image = "shop/a:${var.tag}"
        env = [{ name = "DB", value = aws_db_instance.main.address }]
      }]
    }
  }
}
""",
        "kubectl_manifest": """\
resource "kubectl_manifest" "a" {
  yaml_body = <<-YAML
    apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec:
      containers:
        - name: a
          image: shop/a:${var.tag}
          env: [{name: DB, value: "${aws_db_instance.main.address}"}]
  YAML
}
""",
    }[form]
    start = 'variable "tag" {}\nresource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n'
    container = container_of(define(start + resource))
    assert container.image is not None
    assert container.image.tag == (Placeholder("${var.tag}", "tag"),)
    assert container.variables == {"DB": (Output("aws_db_instance.main", "host"),)}


def test_a_secret_in_a_manifest_may_hold_what_only_an_apply_tells() -> None:
    definition = define(
        'resource "random_password" "p" {}\nresource "kubernetes_manifest" "s" {\n  manifest = {\n    apiVersion = "v1"\n'
        '    kind = "Secret"\n    metadata = { name = "s" }\n'
        '    data = { a = base64encode(random_password.p.length), b = "YQ==" }\n  }\n}\n'
    )
    assert definition.application.secrets["s"].values == {
        "a": (Placeholder("${base64encode(random_password.p.length)}"),),
        "b": "a",
    }


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ('image_pull_policy = "Sometimes"', "infra/main.tf:9:27: 'Sometimes' is no pull policy"),
        ("port {\n        container_port = 0\n      }", "infra/main.tf:10:26: `containerPort` is 0, which is no port"),
        ('port {\n        container_port = "x"\n      }', "infra/main.tf:10:26: `containerPort` must be a number"),
        ('resources {\n        limits = { memory = "much" }\n      }', "infra/main.tf:10:29: 'much' is no quantity"),
        ('volume_mount {\n        name = "v"\n        mount_path = "/v"\n      }', "the pod has no volume v"),
    ],
)
def test_what_the_api_would_refuse_is_refused_where_it_is_written(inside: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        define(POD % inside)
    assert message in str(caught.value)


def test_two_resources_of_one_object_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"Pod a is defined twice; the first is at infra/main.tf:1:1"):
        define(POD % "" + (POD % "").replace('"a" {', '"b" {', 1))
