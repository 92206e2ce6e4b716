"""Injected changes and harmless rewrites of a group of Marathon, as `table.py` and `rewrites.py` have them for others."""

from pathlib import Path

from tests.mutations.rewrites import Rewrite
from tests.mutations.table import Mutation

FILE = "marathon.json"


def _change(rule: str, subject: str, old: str, new: str, at: str, **more: object) -> Mutation:
    return Mutation(FILE, rule, subject, old, new, at, **more)  # type: ignore[arg-type]


_TEXT = (Path(__file__).parent / "data" / FILE).read_text()
_API = _TEXT[_TEXT.index('    {\n      "id": "/shop/api"') : _TEXT.index('    {\n      "id": "/shop/web"')]
"""All of the application `api`."""

MUTATIONS: tuple[Mutation, ...] = (
    _change("image.registry", "", "ghcr.io/shop/web:", "quay.io/shop/web:", "quay.io"),
    _change("image.repository", "", "ghcr.io/shop/web:", "ghcr.io/shop/site:", "shop/site"),
    _change("image.tag", "", "web:1.4.2", "web:1.4.3", "web:1.4.3"),
    _change("image.digest", "", "4f53cda18c2b", "4f53cda18c2c", "sha256:4f53cda18c2c"),
    _change("image.pull-policy", "", '"forcePullImage": true', '"forcePullImage": false', "forcePullImage"),
    _change("process.command", "", '"value": "/bin/web"', '"value": "/bin/web2"', "/bin/web2"),
    _change("process.command", "", '"8080"', '"8081"', '"8081"'),
    _change("process.workdir", "", '"value": "/srv"', '"value": "/srv2"', "/srv2"),
    _change("process.stop-signal", "", "SIGQUIT", "SIGINT", "SIGINT"),
    _change("process.stop-grace", "", 'GracePeriodSeconds": 20', 'GracePeriodSeconds": 25', 'GracePeriodSeconds": 25'),
    _change("variable.value", "LOG_LEVEL", '"LOG_LEVEL": "info"', '"LOG_LEVEL": "debug"', "LOG_LEVEL"),
    _change("variable.missing", "LOG_LEVEL", ',\n        "LOG_LEVEL": "info"', "", "LOG_LEVEL"),
    _change("variable.missing", "EXTRA", '"LOG_LEVEL": "info"', '"EXTRA": "x",\n        "LOG_LEVEL": "info"', "EXTRA"),
    _change("variable.value", "API_URL", ":9000/v1", ":9000/v2", "API_URL"),
    _change("variable.value", "API_TOKEN", "t0ps3cret", "other", "API_TOKEN"),
    _change(
        "reference.dangling", "api.marathon.l4lb.thisdcos.directory:9001", "directory:9000", "directory:9001", "API_URL"
    ),
    _change(
        "secret.exposed", "DB_PASSWORD", '{\n          "secret": "db/password"\n        }', '"hunter2"', "DB_PASSWORD"
    ),
    _change("volume.missing", "/tmp", ',\n            {"key": "tmpfs", "value": "/tmp"}', "", '"tmpfs"'),
    _change("volume.kind", "/var/lib/web", '"hostPath": "data"', '"hostPath": "/srv/data"', "/srv/data"),
    _change(
        "volume.missing", "/var/other", '"containerPath": "/var/log"', '"containerPath": "/var/other"', "/var/other"
    ),
    _change("volume.read-only", "/var/log", '"mode": "RO"', '"mode": "RW"', '"mode": "RO"'),
    _change("volume.size", "/var/lib/web", '"size": 1024', '"size": 2048', '"size": 2048'),
    _change("volume.class", "/var/lib/web", '"fast"', '"slow"', '"slow"'),
    _change("port.target", "80/tcp", '"containerPort": 8080', '"containerPort": 8081', "8081"),
    _change("port.exposure", "8080/tcp", '"hostPort": 8000', '"hostPort": 8001', "8001"),
    _change("port.protocol", "80", '"protocol": "tcp"', '"protocol": "udp"', '"udp"'),
    _change("route.host", "shop.example.com/store", "shop.example.com", "www.example.com", "www.example.com"),
    _change("route.path", "shop.example.com/shop", '"/store"', '"/shop"', "HAPROXY_0_PATH"),
    _change("probe.check", "liveness", '"/live"', '"/alive"', '"/alive"'),
    _change("probe.check", "readiness", '"/ready"', '"/steady"', '"/steady"'),
    _change("probe.timing", "liveness.period", '"intervalSeconds": 10', '"intervalSeconds": 9', '"intervalSeconds": 9'),
    _change("probe.timing", "liveness.timeout", '"timeoutSeconds": 3', '"timeoutSeconds": 5', '"timeoutSeconds": 5'),
    _change("probe.timing", "liveness.grace", 'PeriodSeconds": 30', 'PeriodSeconds": 31', ": 31"),
    _change("probe.timing", "liveness.initial-delay", '"delaySeconds": 2', '"delaySeconds": 5', '"delaySeconds": 5'),
    _change("probe.timing", "liveness.failures", 'Failures": 4', 'Failures": 6', 'Failures": 6'),
    _change("compute.requests", "cpu", '"cpus": 0.25', '"cpus": 0.3', '"cpus": 0.3'),
    _change("compute.requests", "memory", '"mem": 128', '"mem": 192', '"mem": 192'),
    _change("compute.limits", "cpu", '"cpus": 0.75', '"cpus": 0.8', '"cpus": 0.8'),
    _change("compute.limits", "memory", '"mem": 384', '"mem": 512', '"mem": 512'),
    _change("scale.replicas", "", '"instances": 2', '"instances": 3', '"instances": 3'),
    _change("lifecycle.order", "api", ',\n      "dependencies": [\n        "/shop/api"\n      ]', "", '"/shop/api"\n'),
    _change("security.user", "", '"1000:2000"', '"1001:2000"', "1001"),
    _change("security.group", "", '"1000:2000"', '"1000:2001"', "2001"),
    _change("security.capability", "ALL", '            {"key": "cap-drop", "value": "ALL"},\n', "", "cap-drop"),
    _change(
        "security.read-only-root",
        "",
        '"key": "read-only", "value": "true"',
        '"key": "read-only", "value": "false"',
        "read-only",
    ),
    _change("security.privileged", "", '"privileged": false', '"privileged": true', 'privileged": true'),
    _change(
        "security.no-new-privileges",
        "",
        ',\n            {"key": "security-opt", "value": "no-new-privileges"}',
        "",
        "no-new",
    ),
    _change("placement.constraint", "", '"ssd"', '"hdd"', '"hdd"'),
    _change("workload.missing", "", _API, "", '"/shop/api",', workload="api", container=""),
)

_ENV = """        "API_TOKEN": "t0ps3cret",
        "API_URL": "http://api.marathon.l4lb.thisdcos.directory:9000/v1",
"""
_ENV_TURNED = """        "API_URL": "http://api.marathon.l4lb.thisdcos.directory:9000/v1",
        "API_TOKEN": "t0ps3cret",
"""


def _same(name: str, old: str, new: str) -> Rewrite:
    return Rewrite(FILE, name, old, new)


REWRITES: tuple[Rewrite, ...] = (
    _same("variables in another order", _ENV, _ENV_TURNED),
    _same("an id seen from its group", '"id": "/shop/web"', '"id": "web"'),
    _same("a dependency seen from its group", '        "/shop/api"\n', '        "api"\n'),
    _same(
        "the type of the container is the usual one",
        '"type": "DOCKER",\n        "docker": {\n          "image": "ghcr.io/shop/web',
        '"docker": {\n          "image": "ghcr.io/shop/web',
    ),
    _same("memory as a fraction", '"mem": 128', '"mem": 128.0'),
    _same("one instance is the usual number", '      "instances": 1,\n', ""),
    _same("a capability with its prefix", '"NET_BIND_SERVICE"', '"CAP_NET_BIND_SERVICE"'),
    _same("the short name of an option", '"key": "workdir"', '"key": "w"'),
    _same("an option with its dashes", '"key": "user"', '"key": "--user"'),
    _same("a virtual address without its slash", '"/web:80"', '"web:80"'),
    _same("TCP is the usual protocol", '            "protocol": "tcp",\n', ""),
    _same(
        "a volume is written to unless said",
        '            "hostPath": "data",\n            "mode": "RW"',
        '            "hostPath": "data"',
    ),
    _same(
        "the number of the port that is asked",
        '"path": "/live",\n          "portIndex": 0',
        '"path": "/live",\n          "port": 8080',
    ),
    _same("the first port is the usual one", '"path": "/ready",\n          "portIndex": 0,', '"path": "/ready",'),
)
