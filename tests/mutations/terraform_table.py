"""Injected changes and harmless rewrites of a Terraform configuration, as `table.py` and `rewrites.py` have them for others."""

from tests.mutations.rewrites import Rewrite
from tests.mutations.table import Mutation

FILE = "shop.tf"
CLOUDS = "clouds.tf"


def _change(rule: str, subject: str, old: str, new: str, at: str, **more: object) -> Mutation:
    return Mutation(FILE, rule, subject, old, new, at, **more)  # type: ignore[arg-type]


def _provisioned(rule: str, subject: str, old: str, new: str, at: str) -> Mutation:
    return Mutation(FILE, rule, subject, old, new, at, workload="orders", container="")


def _rewrite(name: str, old: str, new: str) -> Rewrite:
    return Rewrite(FILE, name, old, new)


_LEVEL = '          env {\n            name  = "LOG_LEVEL"\n            value = "info"\n          }\n'
_SETTINGS = (
    '          volume_mount {\n            name       = "settings"\n            mount_path = "/etc/web/settings.ini"\n'
    '            sub_path   = "settings.ini"\n          }\n'
)
_TMP = '          volume_mount {\n            name       = "tmp"\n            mount_path = "/tmp"\n          }\n'
_LIVE = (
    '          liveness_probe {\n            http_get {\n              path = "/live"\n              port = "http"\n'
    "            }\n            period_seconds = 15\n          }\n"
)
_INI = "/etc/web/settings.ini"

MUTATIONS: tuple[Mutation, ...] = (
    _change("image.tag", "", '"1.4.2"', '"1.4.3"', '"1.4.3"'),
    _change("image.registry", "", "ghcr.io/shop/web:", "quay.io/shop/web:", "quay.io"),
    _change("image.repository", "", "ghcr.io/shop/web:", "ghcr.io/shop/site:", "shop/site"),
    _change("image.tag", "", "api:2.0", "api:2.1", "api:2.1", workload="api", container="api"),
    _change("image.pull-policy", "", '"Always"', '"IfNotPresent"', "IfNotPresent"),
    _change("process.command", "", '["/bin/web"]', '["/bin/web2"]', "/bin/web2"),
    _change("process.args", "", '"8080"]', '"8081"]', '"8081"'),
    _change("process.workdir", "", '"/srv"', '"/srv2"', "/srv2"),
    _change("process.stop-grace", "", "period_seconds = 20", "period_seconds = 25", "= 25", container=""),
    _change("variable.value", "LOG_LEVEL", '"info"', '"debug"', '"debug"'),
    _change("variable.value", "API_URL", "9000/v1", "9000/v2", "9000/v2"),
    _change("variable.value", "API_TOKEN", "t0ps3cret", "other", "other"),
    _change("variable.missing", "LOG_LEVEL", _LEVEL, "", '"LOG_LEVEL"'),
    _change(
        "variable.missing", "EXTRA", _LEVEL, _LEVEL + _LEVEL.replace("LOG_LEVEL", "EXTRA").replace("info", "x"), '"x"'
    ),
    _change("reference.dangling", "api:9001", "api:9000/v1", "api:9001/v1", "api:9001"),
    _change("file.content", _INI, "theme = dark", "theme = light", "theme = light"),
    _change("file.mode", _INI, '"0440"', '"0444"', '"0444"'),
    _change("file.missing", _INI, _SETTINGS, "", "settings.ini"),
    _change("volume.missing", "/tmp", _TMP, "", '"/tmp"'),
    _change("volume.kind", "/tmp", 'medium = "Memory"', 'medium = ""', "empty_dir"),
    _change("volume.read-only", "/var/lib/web", "read_only  = true", "read_only  = false", "read_only  = false"),
    _change("volume.size", "/var/lib/web", '"1Gi"', '"3Gi"', '"3Gi"'),
    _change("volume.class", "/var/lib/web", '"fast"', '"slow"', '"slow"'),
    _change("volume.access", "/var/lib/web", "ReadWriteOnce", "ReadWriteMany", "ReadWriteMany"),
    _change("port.target", "80/tcp", "http = 8080", "http = 8081", 'target_port = "http"', container=""),
    _change("port.exposure", "8080/tcp", "= 30080", "= 30081", "= 30081", container=""),
    _change("probe.check", "liveness", '"/live"', '"/alive"', '"/alive"'),
    _change("probe.check", "readiness", '"/ready"', '"/steady"', '"/steady"'),
    _change("probe.missing", "liveness", _LIVE, "", '"/live"'),
    _change("probe.timing", "liveness.period", "period_seconds = 15", "period_seconds = 16", "= 16"),
    _change("probe.timing", "readiness.timeout", "timeout_seconds   = 3", "timeout_seconds   = 5", "seconds   = 5"),
    _change("probe.timing", "readiness.failures", "threshold = 4", "threshold = 6", "threshold = 6"),
    _change("compute.requests", "cpu", '"250m"', '"300m"', '"300m"'),
    _change("compute.requests", "memory", '"128Mi"', '"129Mi"', '"129Mi"'),
    _change("compute.limits", "cpu", '"500m"', '"600m"', '"600m"'),
    _change("compute.limits", "memory", '"256Mi"', '"257Mi"', '"257Mi"'),
    _change("scale.replicas", "", "replicas = 2", "replicas = 3", "replicas = 3", container=""),
    _change("security.user", "", "= 1000", "= 1001", "= 1001"),
    _change("security.read-only-root", "", "filesystem = true", "filesystem = false", "filesystem = false"),
    _change("security.capability", "ALL", '              drop = ["ALL"]\n', "", 'drop = ["ALL"]'),
    _change("lifecycle.restart", "", '"Never"', '"OnFailure"', '"OnFailure"', workload="migrate", container=""),
    _change(
        "workload.kind",
        "",
        'resource "kubernetes_deployment_v1" "api"',
        'resource "kubernetes_daemon_set_v1" "api"',
        "daemon_set",
        workload="api",
        container="",
    ),
    _provisioned("dependency.version", "orders", '"15.4"', '"13.7"', '"13.7"'),
    # Whoever speaks another protocol is another dependency.
    _provisioned("dependency.missing", "orders", '= "postgres"\n', '= "mysql"\n', 'resource "aws_db_instance"'),
    _provisioned("dependency.parameter", "orders.storage", '"15.4" }', '"15.4", storage = 40 }', "storage = 40"),
    _provisioned("dependency.parameter", "orders.size", "db.t3.micro", "db.t3.large", "db.t3.large"),
    _provisioned(
        "dependency.parameter", "orders.database", 'db_name              = "orders"', 'db_name = "shop"', '"shop"'
    ),
    _provisioned("dependency.parameter", "orders.max_connections", '"100"', '"200"', '"200"'),
)


def _cloud(workload: str, rule: str, subject: str, old: str, new: str, at: str = "") -> Mutation:
    return Mutation(CLOUDS, rule, subject, old, new, at or new, workload=workload, container=workload)


def _cloud_whole(workload: str, rule: str, subject: str, old: str, new: str, at: str = "") -> Mutation:
    return Mutation(CLOUDS, rule, subject, old, new, at or new, workload=workload, container="")


CLOUD_MUTATIONS: tuple[Mutation, ...] = (
    _cloud("cache", "image.tag", "", '"redis:7.2"', '"redis:7.4"'),
    _cloud("cache", "variable.value", "LEVEL", "LEVEL=notice", "LEVEL=debug"),
    _cloud("cache", "process.args", "", '"6379"]', '"6380"]'),
    _cloud("cache", "process.workdir", "", '"/srv"', '"/srv2"'),
    _cloud("cache", "security.user", "", '"1000"', '"1002"'),
    _cloud("cache", "security.read-only-root", "", "read_only    = true", "read_only    = false"),
    _cloud("cache", "compute.limits", "memory", "memory       = 64", "memory       = 96"),
    _cloud("cache", "compute.limits", "cpu", '"0.5"', '"0.75"'),
    _cloud_whole("cache", "process.stop-grace", "", "stop_timeout = 20", "stop_timeout = 25"),
    _cloud_whole("cache", "lifecycle.restart", "", '"on-failure"', '"no"'),
    _cloud_whole("cache", "port.exposure", "6379/tcp", "16379", "16380", at="ports {\n    internal = 6379"),
    _cloud("cache", "probe.check", "readiness", '"ping"', '"pong"'),
    _cloud("cache", "probe.timing", "readiness.period", '"10s"', '"20s"'),
    _cloud("cache", "probe.timing", "readiness.failures", "retries  = 4", "retries  = 5"),
    _cloud("shop", "image.tag", "", '"1.4.2"', '"1.4.3"'),
    _cloud("shop", "image.registry", "", "ghcr.io/shop/shop", "quay.io/shop/shop"),
    _cloud("shop", "process.args", "", '"8"]', '"9"]'),
    _cloud("shop", "variable.value", "LEVEL", 'value = "info"', 'value = "debug"'),
    _cloud("shop", "security.user", "", '"1001"', '"1003"'),
    _cloud_whole("shop", "process.stop-grace", "", "stopTimeout  = 15", "stopTimeout  = 16"),
    _cloud("shop", "probe.check", "readiness", "--fast", "--slow"),
    _cloud("shop", "compute.limits", "memory", '"512"', '"1024"'),
    _cloud("shop", "compute.limits", "cpu", "= 256", "= 512"),
    _cloud_whole("shop", "scale.replicas", "", "desired_count   = 2", "desired_count   = 3"),
    _cloud("site", "image.tag", "", "site:2.1", "site:2.2"),
    _cloud("site", "process.args", "", '["serve"]', '["serve2"]'),
    _cloud("site", "variable.value", "THEME", '"dark"', '"light"'),
    _cloud("site", "compute.limits", "cpu", 'cpu = "2"', 'cpu = "4"'),
    _cloud("site", "compute.limits", "memory", '"1Gi"', '"2Gi"'),
    _cloud("site", "probe.check", "liveness", '"/health"', '"/healthy"', at="liveness_probe {"),
    _cloud("site", "probe.timing", "liveness.period", "period_seconds = 5", "period_seconds = 6"),
    _cloud_whole("site", "scale.autoscaling", "max", "max_instance_count = 5", "max_instance_count = 6"),
    _cloud("api", "image.tag", "", "api:3.0", "api:3.1"),
    _cloud("api", "process.command", "", '"/api"', '"/api2"'),
    _cloud("api", "variable.value", "LEVEL", '"warning"', '"info2"'),
    _cloud("api", "compute.limits", "cpu", "= 0.25", "= 0.5"),
    _cloud("api", "compute.limits", "memory", '"0.5Gi"', '"1.0Gi"'),
    _cloud("api", "probe.check", "readiness", '"/ready"', '"/steady"', at="readiness_probe {"),
    _cloud("api", "probe.timing", "readiness.period", "interval_seconds = 7", "interval_seconds = 8"),
)
"""Of the docker provider, ECS, Cloud Run and Container Apps: only scalar ones."""

_DYNAMIC = """dynamic "port" {
            for_each = local.ports
            content {
              container_port = port.value
              name           = port.key
            }
          }"""
_BLOCK = """port {
            container_port = 8080
            name           = "http"
          }"""
_CLAIM = "kubernetes_persistent_volume_claim_v1.data.metadata"
_API = 'resource "kubernetes_service_v1" "api" {\n'
_POD_LABELS = "  metadata {\n        labels = local.labels"
_LABELS = '  labels = { app = "web" }\n'
_PORTS = "  ports  = { http = 8080 }\n"

REWRITES: tuple[Rewrite, ...] = (
    _rewrite("a value in the place of a variable", "${var.tag}", "1.4.2"),
    _rewrite("a variable by another expression", "${var.tag}", '${join(".", ["1", "4", "2"])}'),
    _rewrite("a conditional", "replicas = 2", "replicas = var.tag == null ? 1 : 2"),
    _rewrite("a number in quotes", "replicas = 2", 'replicas = "2"'),
    _rewrite("a block in the place of a dynamic one", _DYNAMIC, _BLOCK),
    _rewrite("a heredoc", '"[web]\\ntheme = dark\\n"', "<<-EOT\n      [web]\n      theme = dark\n    EOT"),
    _rewrite("a file's text by a function", '"[web]\\ntheme = dark\\n"', 'format("[%s]\\ntheme = dark\\n", "web")'),
    _rewrite("cpu in cores", '"500m"', '"0.5"'),
    _rewrite("cpu as a number", '"500m"', "0.5"),
    _rewrite("memory in Ki", '"256Mi"', '"262144Ki"'),
    _rewrite("a port by its number", 'target_port = "http"', "target_port = 8080"),
    _rewrite("the default protocol", "node_port   = 30080", 'node_port   = 30080\n      protocol    = "TCP"'),
    _rewrite("the old name of a resource", 'resource "kubernetes_job_v1" "migrate"', 'resource "kubernetes_job" "migrate"'),
    _rewrite("a name in the place of a reference", "kubernetes_config_map_v1.settings.metadata[0].name", '"settings"'),
    _rewrite("a reference by another spelling", "claim_v1.data.metadata[0].name", "claim_v1.data.metadata.0.name"),
    _rewrite("the only one by a function", _CLAIM + "[0].name", f"one({_CLAIM}).name"),
    _rewrite("comments", "  spec {\n    replicas", "  /* two */ # of them\n  // each\n  spec {\n    replicas"),
    _rewrite("labels merged", _POD_LABELS, _POD_LABELS.replace("local.labels", "merge(local.labels, {})")),
    _rewrite("a meta-argument", _API, f"{_API}  depends_on = [kubernetes_deployment_v1.api]\n"),
    _rewrite("a variable that nobody uses", "locals {\n", 'variable "unused" {\n  default = 1\n}\nlocals {\n'),
    _rewrite("a provider", "locals {\n", 'provider "kubernetes" {\n  config_path = "~/.kube/config"\n}\nlocals {\n'),
    _rewrite("another order of values", _LABELS + _PORTS, _PORTS + _LABELS),
    _rewrite("the version as it is", "= var.postgres.version", '= "15.4"'),
)  # fmt: skip
