"""Changes to a Score file: told against the file itself, and against what was generated from it before the change."""

from tests.mutations.table import Mutation


def _score(rule: str, subject: str, old: str, new: str, at: str, *others: str, container: str = "main") -> Mutation:
    return Mutation("score.yaml", rule, subject, old, new, at, "web", container, others=others)


BOTH = ("compose", "kubernetes")

SCORE: tuple[Mutation, ...] = (
    _score("image.registry", "", "ghcr.io/shop/web:", "quay.io/shop/web:", "quay.io", *BOTH),
    _score("image.repository", "", "ghcr.io/shop/web:", "ghcr.io/shop/site:", "shop/site", *BOTH),
    _score("image.tag", "", "web:1.4.2", "web:1.4.3", "web:1.4.3", *BOTH),
    _score("image.digest", "", "4f53cda18c2b", "4f53cda18c2c", "4f53cda18c2c", *BOTH),
    _score("process.command", "", "/bin/web", "/bin/web2", "/bin/web2", *BOTH),
    _score("process.args", "", '"8080"', '"8081"', '"8081"', *BOTH),
    _score("variable.value", "LOG_LEVEL", "LOG_LEVEL: info", "LOG_LEVEL: debug", "LOG_LEVEL", *BOTH),
    _score("variable.value", "API_TOKEN", "API_TOKEN: t0ps3cret", "API_TOKEN: other", "API_TOKEN", *BOTH),
    _score("variable.missing", "LOG_LEVEL", "      LOG_LEVEL: info\n", "", "LOG_LEVEL", *BOTH),
    _score(
        "variable.missing", "MORE", "      LOG_LEVEL: info\n", "      LOG_LEVEL: info\n      MORE: x\n", "MORE", *BOTH
    ),
    _score("file.content", "/etc/web/settings.ini", "theme = dark", "theme = light", "content: |", *BOTH),
    _score("file.mode", "/etc/web/settings.ini", 'mode: "0440"', 'mode: "0444"', "0444", *BOTH),
    _score(
        "file.missing",
        "/etc/web/other.ini",
        "/etc/web/settings.ini:",
        "/etc/web/other.ini:",
        "/etc/web/other.ini",
        *BOTH,
    ),
    _score("probe.check", "readiness", "path: /ready", "path: /health", "path: /health", *BOTH),
    _score(
        "probe.missing",
        "readiness",
        "    readinessProbe:\n      httpGet:\n        path: /ready\n        port: 8080\n",
        "",
        "path: /ready",
        *BOTH,
    ),
    # Compose cannot say liveness.
    _score("probe.check", "liveness", "path: /alive", "path: /health", "path: /health", "kubernetes"),
    _score("compute.requests", "cpu", "cpu: 250m", "cpu: 260m", "260m", *BOTH),
    _score("compute.requests", "memory", "memory: 128Mi", "memory: 129Mi", "129Mi", *BOTH),
    _score("compute.limits", "cpu", "cpu: 500m", "cpu: 510m", "510m", *BOTH),
    _score("compute.limits", "memory", "memory: 256Mi", "memory: 257Mi", "257Mi", *BOTH),
    _score(
        "container.missing",
        "",
        "  exporter:\n    image: prom/exporter:0.9\n",
        "",
        "exporter:",
        *BOTH,
        container="exporter",
    ),
    # Compose's network is open: peers reach every port, whatever is declared.
    _score("port.target", "80/tcp", "targetPort: 8080", "targetPort: 8081", "targetPort: 8081", "kubernetes"),
    _score(
        "port.protocol",
        "80",
        "targetPort: 8080",
        "targetPort: 8080\n      protocol: UDP",
        "protocol: UDP",
        "kubernetes",
    ),
    # Nothing provisions resources yet, so a dependency is told against the Score file itself.
    _score(
        "dependency.missing",
        "db",
        "service:\n",
        "resources:\n  db:\n    type: postgres\nservice:\n",
        "db:",
        container="",
    ),
)
