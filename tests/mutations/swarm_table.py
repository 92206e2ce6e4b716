"""Injected changes and harmless rewrites of a stack of Swarm, as `table.py` and `rewrites.py` have them for others."""

from tests.mutations.rewrites import Rewrite
from tests.mutations.table import Mutation

FILE = "stack.yaml"
SETTINGS = {"settings.ini": "[shop]\ntheme = dark\n"}


def _change(rule: str, subject: str, old: str, new: str, at: str, **more: object) -> Mutation:
    return Mutation(FILE, rule, subject, old, new, at, **more)  # type: ignore[arg-type]


def _same(name: str, old: str, new: str) -> Rewrite:
    return Rewrite(FILE, name, old, new)


_AGENT = "  agent:\n    image: ghcr.io/shop/agent:1.0\n    deploy:\n      mode: global\n"
_HEALTH = "http://localhost:8080/ready"

MUTATIONS: tuple[Mutation, ...] = (
    _change("image.registry", "", "ghcr.io/shop/web:", "quay.io/shop/web:", "quay.io"),
    _change("image.repository", "", "ghcr.io/shop/web:", "ghcr.io/shop/site:", "shop/site"),
    _change("image.tag", "", "web:1.4.2", "web:1.4.3", "web:1.4.3"),
    _change("image.digest", "", "4f53cda18c2b", "4f53cda18c2c", "sha256:4f53cda18c2c"),
    _change("process.command", "", '"/bin/web"', '"/bin/web2"', "/bin/web2"),
    _change("process.args", "", '"8080"]', '"8081"]', "8081"),
    _change("process.workdir", "", "working_dir: /srv", "working_dir: /srv2", "/srv2"),
    _change("process.stop-signal", "", "SIGQUIT", "SIGINT", "SIGINT"),
    _change("process.stop-grace", "", "stop_grace_period: 20s", "stop_grace_period: 25s", "25s"),
    _change("variable.value", "LOG_LEVEL", "LOG_LEVEL: info", "LOG_LEVEL: debug", "LOG_LEVEL"),
    _change("variable.missing", "LOG_LEVEL", "      LOG_LEVEL: info\n", "", "LOG_LEVEL"),
    _change("variable.value", "API_URL", "http://api:9000/v1", "http://api:9000/v2", "API_URL"),
    _change("variable.value", "API_TOKEN", "t0ps3cret", "other", "API_TOKEN"),
    _change("variable.value", "NODE", ".Node.Hostname", ".Task.Name", "NODE"),
    _change("file.mode", "/etc/web/settings.ini", "mode: 0440", "mode: 0444", "mode: 0444"),
    _change("file.missing", "/etc/web/other.ini", "/etc/web/settings.ini", "/etc/web/other.ini", "source: settings"),
    _change("secret.missing", "/run/secrets/other", "/run/secrets/db", "/run/secrets/other", "source: db-password"),
    _change("volume.missing", "/var/other", "data:/var/lib/web", "data:/var/other", "/var/other"),
    _change("volume.kind", "/var/lib/web", "- data:/var", "- /srv/data:/var", "/srv/data"),
    _change("volume.size", "/tmp", "size: 1048576", "size: 2097152", "size: 2097152"),
    _change("volume.read-only", "/var/log/web", "/var/log/web:ro", "/var/log/web", "/var/log/web"),
    _change("port.exposure", "8080/tcp", '"80:8080"', '"81:8080"', "81:8080", container=""),
    _change("port.exposure", "9090/tcp", "published: 9091", "published: 9092", "target: 9090", container=""),
    _change("route.host", "shop.example.com/store", "`shop.example", "`www.example", "www.example", container=""),
    _change("route.path", "shop.example.com/shop", "`/store`", "`/shop`", "`/shop`", container=""),
    _change("probe.check", "readiness", _HEALTH, "http://localhost:8080/steady", "steady"),
    _change("probe.timing", "readiness.period", "interval: 10s", "interval: 9s", "interval: 9s"),
    _change("probe.timing", "readiness.timeout", "timeout: 3s", "timeout: 5s", "timeout: 5s"),
    _change("probe.timing", "readiness.failures", "retries: 4", "retries: 6", "retries: 6"),
    _change("probe.timing", "readiness.grace", "start_period: 30s", "start_period: 31s", "31s"),
    _change("compute.requests", "cpu", 'cpus: "0.25"', 'cpus: "0.3"', "0.3"),
    _change("compute.requests", "memory", "memory: 128M", "memory: 129M", "129M"),
    _change("compute.limits", "cpu", 'cpus: "0.5"', 'cpus: "0.6"', "0.6"),
    _change("compute.limits", "memory", "memory: 256M", "memory: 512M", "512M"),
    _change("scale.replicas", "", "replicas: 3", "replicas: 4", "replicas: 4", container=""),
    _change("lifecycle.restart", "", "condition: on-failure", "condition: any", "condition: any", container=""),
    _change("lifecycle.restart", "", "max_attempts: 5", "max_attempts: 6", "condition", container=""),
    _change("placement.constraint", "", "disk == ssd", "disk == hdd", "hdd", container=""),
    _change("network.reach", "", "      back:\n", "", "      front:", container=""),
    _change("workload.kind", "", "mode: global", "mode: replicated", "global", workload="agent", container=""),
    _change("security.user", "", '"1000:2000"', '"1001:2000"', "1001"),
    _change("security.group", "", '"1000:2000"', '"1000:2001"', "2001"),
    _change("security.capability", "NET_ADMIN", "[NET_BIND_SERVICE]", "[NET_BIND_SERVICE, NET_ADMIN]", "cap_add"),
    _change("security.read-only-root", "", "    read_only: true\n", "", "read_only: true"),
    _change("workload.missing", "", _AGENT, "", "shop/agent", workload="agent", container=""),
)

REWRITES: tuple[Rewrite, ...] = (
    _same("a version", "services:\n", 'version: "3.8"\nservices:\n'),
    _same("restart beside the policy of deploy", "    stop_signal", "    restart: always\n    stop_signal"),
    _same("what has no effect", "    stop_signal", "    depends_on: [api]\n    expose: ['7']\n    stop_signal"),
    _same("the mode that is usual", "      replicas: 3\n", "      replicas: 3\n      mode: replicated\n"),
    _same("a port in the long form", '      - "80:8080"\n', "      - target: 8080\n        published: 80\n"),
    _same("a port with its mode", '      - "80:8080"\n', "      - {target: 8080, published: 80, mode: ingress}\n"),
    _same("an address of a port", '"80:8080"', '"0.0.0.0:80:8080"'),
    _same("that a network is an overlay", "  front:\n  back:\nvolumes", "  front:\n    driver: overlay\n  back:\nvolumes"),
    _same("what rolls an update out", "      replicas: 3\n", "      replicas: 3\n      update_config: {order: start-first}\n"),
    _same("a name in the swarm", "    file: ./settings.ini\n", "    file: ./settings.ini\n    name: settings-2\n"),
    _same("memory in bytes", "memory: 256M", 'memory: "268435456"'),
    _same("a constraint without blanks", "node.labels.disk == ssd", "node.labels.disk==ssd"),
    _same("a template with blanks", "{{.Node.Hostname}}", "{{ .Node.Hostname }}"),
    _same("an extension", "services:\n", "x-note: anything\nservices:\n"),
)  # fmt: skip
