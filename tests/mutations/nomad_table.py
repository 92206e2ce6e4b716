"""Injected changes and harmless rewrites of a job of Nomad, as `table.py` and `rewrites.py` have them for others."""

from pathlib import Path

from tests.mutations.rewrites import Rewrite
from tests.mutations.table import Mutation

FILE = "shop.nomad.hcl"


def _change(rule: str, subject: str, old: str, new: str, at: str, **more: object) -> Mutation:
    return Mutation(FILE, rule, subject, old, new, at, **more)  # type: ignore[arg-type]


_TEXT = (Path(__file__).parent / "data" / FILE).read_text()
_API = _TEXT[_TEXT.index('  group "api"') : _TEXT.rindex("}\n")]
"""All of the group `api`."""
_WARM = _TEXT[_TEXT.index('    task "warm"') : _TEXT.index('    task "web"')]
_READY = _TEXT[_TEXT.index("      check {\n") : _TEXT.index("      check {\n        type      =")]
_RESCHEDULE = "    reschedule {\n      attempts  = 0\n      unlimited = false\n    }\n\n"

MUTATIONS: tuple[Mutation, ...] = (
    _change("image.registry", "", "ghcr.io/shop/web:", "quay.io/shop/web:", "quay.io"),
    _change("image.repository", "", "ghcr.io/shop/web:", "ghcr.io/shop/site:", "shop/site"),
    _change("image.tag", "", "web:1.4.2", "web:1.4.3", "web:1.4.3"),
    _change("image.digest", "", "4f53cda18c2b", "4f53cda18c2c", "sha256:4f53cda18c2c"),
    _change("image.pull-policy", "", "        force_pull      = true\n", "", "force_pull"),
    _change("process.command", "", '["/bin/web"]', '["/bin/web2"]', "/bin/web2"),
    _change("process.args", "", '"8080"]', '"8081"]', '"8081"'),
    _change("process.workdir", "", '"/srv"', '"/srv2"', "/srv2"),
    _change("process.stop-signal", "", "SIGQUIT", "SIGINT", "SIGINT"),
    _change("process.stop-grace", "", 'kill_timeout = "20s"', 'kill_timeout = "25s"', '"25s"'),
    _change("variable.value", "LOG_LEVEL", '"info"', '"debug"', '"debug"'),
    _change("variable.missing", "LOG_LEVEL", '        LOG_LEVEL = "info"\n', "", "LOG_LEVEL"),
    _change(
        "variable.missing",
        "EXTRA",
        '        LOG_LEVEL = "info"\n',
        '        LOG_LEVEL = "info"\nEXTRA = "x"\n',
        "EXTRA",
    ),
    _change("variable.value", "API_URL", "}}/v1{{", "}}/v2{{", "API_URL"),
    _change("variable.value", "API_TOKEN", "t0ps3cret", "other", "API_TOKEN"),
    _change("variable.value", "CACHE_SIZE", "CACHE_SIZE=64", "CACHE_SIZE=65", "CACHE_SIZE"),
    _change("variable.missing", "CACHE_SIZE", "CACHE_SIZE=64\n", "", "CACHE_SIZE"),
    _change(
        "secret.exposed",
        "DB_PASSWORD",
        '{{ with nomadVar "nomad/jobs/shop" }}{{ .db_password }}{{ end }}',
        "hunter2",
        "DB_PASSWORD",
    ),
    _change("file.content", "/etc/web/web.conf", "color = blue", "color = red", "color = red"),
    _change("file.mode", "/etc/web/web.conf", '"0640"', '"0600"', '"0600"'),
    _change("file.missing", "/etc/web/web.conf", ":/etc/web/web.conf", ":/etc/web/other.conf", "local/web.conf:/etc"),
    _change("volume.missing", "/tmp", 'target = "/tmp"', 'target = "/var/tmp"', "mount {\n          type"),
    _change("volume.kind", "/tmp", '"tmpfs"\n', '"volume"\n', "mount {\n          type"),
    _change("volume.size", "/tmp", "1048576", "2097152", "mount {\n          type"),
    _change("volume.read-only", "/var/log", ":/var/log:ro", ":/var/log", "/var/log/web"),
    _change("volume.kind", "/var/log", "/var/log/web:", "../alloc/log:", "../alloc/log"),
    _change("volume.access", "/var/lib/web", "single-node-writer", "multi-node-multi-writer", "multi-node-multi"),
    _change("port.missing", "8080/tcp", "to = 8080", "to = 8081", "to = 8081"),
    _change("port.exposure", "9090/tcp", "static = 8000", "static = 8001", "8001"),
    _change("route.host", "shop.example.com/store", "shop.example.com", "www.example.com", "www.example.com"),
    _change("route.path", "shop.example.com/shop", "`/store`", "`/shop`", "`/shop`"),
    _change("route.tls", "shop.example.com/store", ', "traefik.http.routers.web.tls=true"', "", "tls=true"),
    _change("variable.value", "API_URL", 'name     = "api"', 'name     = "app"', "API_URL"),  # Nobody answers any more.
    _change("probe.check", "liveness", '"/live"', '"/alive"', '"/alive"'),
    _change("probe.check", "readiness", '"/ready"', '"/steady"', '"/steady"'),
    _change("probe.missing", "readiness", _READY, "", '"/ready"'),
    _change("probe.timing", "liveness.period", '"10s"', '"9s"', '"9s"'),
    _change("probe.timing", "liveness.timeout", '"3s"', '"5s"', 'timeout   = "5s"'),
    _change("probe.timing", "liveness.grace", '"30s"', '"31s"', '"31s"'),
    _change("probe.timing", "liveness.failures", "limit = 4", "limit = 6", "limit = 6"),
    _change("probe.timing", "readiness.period", 'interval = "5s"', 'interval = "6s"', 'interval = "6s"'),
    _change("compute.requests", "cpu", "cpu        = 250", "cpu        = 300", "cpu        = 300"),
    _change("compute.requests", "memory", "memory     = 128", "memory     = 192", "= 192"),
    _change("compute.limits", "memory", "memory_max = 384", "memory_max = 512", "= 512"),
    _change("compute.limits", "pids", "pids_limit      = 100", "pids_limit      = 200", "= 200"),
    _change("scale.replicas", "", "count = 2", "count = 3", "count = 3"),
    _change("lifecycle.restart", "", "attempts = 3", "attempts = 5", "restart {\n      attempts"),
    _change("lifecycle.restart", "", _RESCHEDULE, "", "restart {\n      attempts"),
    _change("security.user", "", '"1000:2000"', '"1001:2000"', "1001"),
    _change("security.group", "", '"1000:2000"', '"1000:2001"', "2001"),
    _change("security.capability", "ALL", '        cap_drop        = ["ALL"]\n', "", "cap_drop"),
    _change("security.read-only-root", "", "readonly_rootfs = true", "readonly_rootfs = false", "readonly_rootfs"),
    _change("security.privileged", "", "privileged      = false", "privileged      = true", "privileged      = true"),
    _change(
        "security.no-new-privileges", "", '        security_opt    = ["no-new-privileges"]\n', "", "no-new-privileges"
    ),
    _change("security.host-namespace", "pid", '"/srv"\n', '"/srv"\n        pid_mode = "host"\n', "pid_mode"),
    _change("placement.constraint", "", '"ssd"', '"hdd"', "constraint {"),
    _change("container.missing", "", _WARM, "", 'task "warm"', container="warm"),
    _change("workload.kind", "", '  datacenters = ["dc1"]\n', '  type = "system"\n', '"system"'),
    _change("workload.missing", "", _API, "", 'group "api"', workload="api", container=""),
)


def _same(name: str, old: str, new: str) -> Rewrite:
    return Rewrite(FILE, name, old, new)


_ENV = """      env {
        LOG_LEVEL = "info"
        API_TOKEN = "t0ps3cret"
        API_HOST  = "api"
      }
"""
_ENV_MAP = """      env = { API_HOST = "api", "API_TOKEN" : "t0ps3cret", LOG_LEVEL = lower("INFO") }
"""
_PORT = 'port "api" {\n        to = 9000\n      }'
_DYNAMIC_PORT = """dynamic "port" {
        for_each = ["api"]
        labels   = [port.value]
        content {
          to = 9000
        }
      }"""
_MOUNT = _TEXT[_TEXT.index("mount {\n") : _TEXT.index("      }\n\n      env {")].rstrip()
_API_URL = '{{ range nomadService "api" }}http://{{ .Address }}:{{ .Port }}/v1{{ end }}'

REWRITES: tuple[Rewrite, ...] = (
    _same("variables as a map, reordered, one of them calculated", _ENV, _ENV_MAP),
    _same("one instance of several is any", _API_URL, _API_URL.replace('"api"', '1 (env "NOMAD_ALLOC_ID") "api"')),
    _same(
        "the service is asked for another way",
        _API_URL,
        '{{ with nomadService "api" }}{{ with index . 0 }}http://{{ .Address }}:{{ .Port }}/v1{{ end }}{{ end }}',
    ),
    _same("an upstream of the mesh is the same peer", _API_URL, "http://{{ env `NOMAD_UPSTREAM_ADDR_api` }}/v1"),
    _same("a value in quotes", "CACHE_SIZE=64", "export CACHE_SIZE = '64' # MB"),
    _same("a variable of the job", "count = 2", "count = var.count"),
    _same("a duration in other units", '"20s"', '"20000ms"'),
    _same("a capability with its prefix", '["NET_BIND_SERVICE"]', '["cap_net_bind_service"]'),
    _same("bits without the leading zero", '"0640"', '"640"'),
    _same("a heredoc instead of a string", '"color = blue\\n"', "<<-EOF\n          color = blue\n        EOF"),
    _same("command and args", 'args            = ["--port", "8080"]', 'command = "--port"\nargs = [8080]'),
    _same("the port as the task is told it", '"8080"]', '"${NOMAD_PORT_http}"]'),
    _same("a constraint by another word", '= "ssd"', '= "ssd"\n    operator = "=="'),
    _same("not privileged is the usual", "        privileged      = false\n", ""),
    _same("roots of the file system in the task's words", '"local/web.conf"', '"${NOMAD_TASK_DIR}/web.conf"'),
    _same("a port by dynamic blocks", _PORT, _DYNAMIC_PORT),
    _same(
        "mounts as a list",
        _MOUNT,
        'mounts = [{ type = "tmpfs", target = "/tmp", tmpfs_options = [{ size = 1048576 }] }]',
    ),
)
