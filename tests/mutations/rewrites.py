"""Changes of spelling that change nothing: each pair of spellings that a comparison must not tell apart."""

from typing import NamedTuple


class Rewrite(NamedTuple):
    """A change of spelling in one file; `old` stands once in it."""

    file: str
    name: str
    old: str
    new: str


def _compose(name: str, old: str, new: str) -> Rewrite:
    return Rewrite("compose.yaml", name, old, new)


def _kubernetes(name: str, old: str, new: str) -> Rewrite:
    return Rewrite("kubernetes.yaml", name, old, new)


_LIST_ENVIRONMENT = """    environment:
      - API_TOKEN=t0ps3cret
      - LOG_LEVEL=info
      - API_URL=http://api:9000/v1
      - HEALTH_URL=http://shop-api:9000/health
"""
_MAP_ENVIRONMENT = """    environment:
      LOG_LEVEL: info
      API_URL: http://api:9000/v1
      API_TOKEN: t0ps3cret
      HEALTH_URL: http://shop-api:9000/health
"""

COMPOSE: tuple[Rewrite, ...] = (
    _compose("environment as a list, reordered", _MAP_ENVIRONMENT, _LIST_ENVIRONMENT),
    _compose("command as a string", 'command: ["--port", "8080"]', "command: --port 8080"),
    _compose("entrypoint as a string", 'entrypoint: ["/bin/web"]', "entrypoint: /bin/web"),
    _compose("memory in MiB", "memory: 256M", "memory: 256mb"),
    _compose("memory in bytes", "memory: 256M", 'memory: "268435456"'),
    _compose("memory in KiB", "memory: 128M", "memory: 131072k"),
    _compose("cpus as a number", 'cpus: "0.25"', "cpus: 0.250"),
    _compose("capability with its prefix", "[NET_BIND_SERVICE]", "[CAP_NET_BIND_SERVICE]"),
    _compose("capability in lower case", "cap_drop: [ALL]", "cap_drop: [all]"),
    _compose("a capability that is granted anyway", "cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]", "cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE, NET_BIND_SERVICE]"),
    _compose("port in long form", '      - "80:8080"\n', "      - target: 8080\n        published: 80\n        protocol: tcp\n"),
    _compose("port with its protocol", '"80:8080"', '"80:8080/tcp"'),
    _compose("port on every address", '"80:8080"', '"0.0.0.0:80:8080"'),
    _compose("volume in long form", "      - data:/var/lib/web\n", "      - type: volume\n        source: data\n        target: /var/lib/web\n"),
    _compose("volume read-write said", "data:/var/lib/web\n", "data:/var/lib/web:rw\n"),
    _compose("tmpfs as a string", "    tmpfs:\n      - /tmp\n", "    tmpfs: /tmp\n"),
    _compose("depends_on with all said", "condition: service_started", "condition: service_started\n        required: true"),
    _compose("depends_on as a list", "    depends_on:\n      api:\n        condition: service_started\n", "    depends_on: [api]\n"),
    _compose("duration in other units", "interval: 10s", "interval: 10000ms"),
    _compose("duration of minutes", "start_period: 30s", "start_period: 0m30s"),
    _compose("health check through a shell", '["CMD", "wget", "-q", "--spider", "http://localhost:8080/ready"]', '["CMD-SHELL", "wget -q --spider http://localhost:8080/ready || exit 1"]'),
    _compose("health check as a string", '["CMD", "wget", "-q", "--spider", "http://localhost:8080/ready"]', "wget -q --spider http://localhost:8080/ready"),
    _compose("health check by curl", '["CMD", "wget", "-q", "--spider", "http://localhost:8080/ready"]', '["CMD", "curl", "-f", "http://127.0.0.1:8080/ready"]'),
    _compose("quoted scalar", "LOG_LEVEL: info", 'LOG_LEVEL: "info"'),
    _compose("flow style", "      LOG_LEVEL: info\n      API_URL: http://api:9000/v1\n      API_TOKEN: t0ps3cret\n      HEALTH_URL: http://shop-api:9000/health\n", '      {LOG_LEVEL: info, API_TOKEN: t0ps3cret, HEALTH_URL: "http://shop-api:9000/health", API_URL: "http://api:9000/v1"}\n'),
    _compose("a comment and a blank line", "  api:\n    image", "\n  # the api\n  api:\n    image"),
    _compose("an interpolated default", "LOG_LEVEL: info", "LOG_LEVEL: ${UNSET_LOG_LEVEL:-info}"),
    _compose("mode with another octal prefix", "mode: 0440", "mode: 0o440"),
    _compose("expose as a number", 'expose: ["9000"]', "expose: [9000]"),
    _compose("grace in milliseconds", "    stop_grace_period: 20s\n    restart: always", "    stop_grace_period: 20000ms\n    restart: always"),
    _compose("an extension field", "name: shop\n", "name: shop\nx-note: anything\n"),
    _compose("an obsolete version", "name: shop\n", 'name: shop\nversion: "3.8"\n'),
    _compose("explicit registry of the hub", "prom/exporter:0.9", "docker.io/prom/exporter:0.9"),
    _compose("limits in the old form", '      resources:\n        reservations:\n          cpus: "0.25"\n          memory: 128M\n        limits:\n          cpus: "0.5"\n          memory: 256M\n', '      resources:\n        reservations:\n          cpus: "0.25"\n    cpus: 0.5\n    mem_limit: 256m\n    mem_reservation: 128m\n'),
)  # fmt: skip

KUBERNETES: tuple[Rewrite, ...] = (
    _kubernetes("cpu in cores", "cpu: 500m", "cpu: 0.5"),
    _kubernetes("cpu as a string", "cpu: 250m", 'cpu: "0.250"'),
    _kubernetes("memory in Ki", "memory: 256Mi", "memory: 262144Ki"),
    _kubernetes("memory in bytes", "memory: 128Mi", "memory: 134217728"),
    _kubernetes("capability with its prefix", "[NET_BIND_SERVICE]", "[CAP_NET_BIND_SERVICE]"),
    _kubernetes("capability in lower case", "drop: [ALL]", "drop: [all]"),
    _kubernetes("mode in decimal", "defaultMode: 0440", "defaultMode: 288"),
    _kubernetes("variables reordered", "            - name: LOG_LEVEL\n              value: info\n            - name: API_URL\n              value: http://api:9000/v1\n", "            - name: API_URL\n              value: http://api:9000/v1\n            - name: LOG_LEVEL\n              value: info\n"),
    _kubernetes("the peer's qualified name", "http://api:9000/v1", "http://api.default.svc.cluster.local:9000/v1"),
    _kubernetes("the peer's name with its namespace", "http://api:9000/v1", "http://api.default:9000/v1"),
    _kubernetes("a named port", "            - containerPort: 8080\n          readinessProbe:\n            httpGet:\n              path: /ready\n              port: 8080\n", "            - containerPort: 8080\n              name: http\n          readinessProbe:\n            httpGet:\n              path: /ready\n              port: http\n"),
    _kubernetes("the target port said", "    - port: 9000", "    - port: 9000\n      targetPort: 9000\n      protocol: TCP"),
    _kubernetes("the default replicas", "spec:\n  selector:\n    matchLabels: {app: api}", "spec:\n  replicas: 1\n  selector:\n    matchLabels: {app: api}"),
    _kubernetes("the default restart policy", "      terminationGracePeriodSeconds: 20", "      restartPolicy: Always\n      terminationGracePeriodSeconds: 20"),
    _kubernetes("the default pull policy", "image: prom/exporter:0.9", "image: prom/exporter:0.9\n          imagePullPolicy: IfNotPresent"),
    _kubernetes("empty resources", "image: prom/exporter:0.9", "image: prom/exporter:0.9\n          resources: {}"),
    _kubernetes("the default scheme", "              path: /ready\n              port: 8080\n            periodSeconds: 10\n            timeoutSeconds: 3\n            failureThreshold: 4", "              path: /ready\n              scheme: HTTP\n              port: 8080\n            periodSeconds: 10\n            timeoutSeconds: 3\n            failureThreshold: 4"),
    _kubernetes("the default success threshold", "            failureThreshold: 4", "            failureThreshold: 4\n            successThreshold: 1"),
    _kubernetes("explicit registry of the hub", "prom/exporter:0.9", "docker.io/prom/exporter:0.9"),
    _kubernetes("read-only said false", "              mountPath: /var/lib/web\n", "              mountPath: /var/lib/web\n              readOnly: false\n"),
    _kubernetes("labels more", "metadata:\n  name: settings", "metadata:\n  name: settings\n  labels: {team: shop}"),
    _kubernetes("storage in other units", "storage: 1Gi", "storage: 1024Mi"),
    _kubernetes("user of the pod", "            runAsUser: 1000\n            runAsGroup: 2000\n", "            runAsGroup: 2000\n            runAsUser: 1000\n"),
    _kubernetes("not privileged said", "            runAsUser: 1000\n", "            runAsUser: 1000\n            privileged: false\n"),
    _kubernetes("host namespaces said false", "      terminationGracePeriodSeconds: 20", "      hostNetwork: false\n      terminationGracePeriodSeconds: 20"),
    _kubernetes("the type of a Service said", "  selector: {app: api}\n  ports:", "  type: ClusterIP\n  selector: {app: api}\n  ports:"),
    _kubernetes("the file's text folded otherwise", "  settings.ini: |\n    [web]\n    theme = dark\n", '  settings.ini: "[web]\\ntheme = dark\\n"\n'),
    _kubernetes("windows line ends in a file", "  settings.ini: |\n    [web]\n    theme = dark\n", '  settings.ini: "[web]\\r\\ntheme = dark\\r\\n"\n'),
)  # fmt: skip

REWRITES = COMPOSE + KUBERNETES
