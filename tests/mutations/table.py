"""One injected change at a time: what is changed, and the one finding it must lead to.

`old` stands once in the file and becomes `new`. `at` is a piece of the line at which the finding must point: in the
mutated text, or in the original where the change removed something. `across` also asks for the finding against the other
platform's unchanged definition; where it is False, a comment says what excuses that.
"""

from typing import NamedTuple


class Mutation(NamedTuple):
    """A change to one definition and the finding that tells it."""

    file: str
    rule: str
    subject: str
    old: str
    new: str
    at: str
    workload: str = "web"
    container: str = "web"
    across: bool = True
    others: tuple[str, ...] = ()  # platforms whose generated definitions must tell it too

    @property
    def name(self) -> str:
        """A short name for the test's id."""
        return f"{self.file.removesuffix('.yaml')}-{self.rule}-{self.subject or 'x'}".replace("/", "_")


def _compose(rule: str, subject: str, old: str, new: str, at: str, **more: object) -> Mutation:
    return Mutation("compose.yaml", rule, subject, old, new, at, **more)  # type: ignore[arg-type]


def _kubernetes(rule: str, subject: str, old: str, new: str, at: str, **more: object) -> Mutation:
    return Mutation("kubernetes.yaml", rule, subject, old, new, at, **more)  # type: ignore[arg-type]


def _alone(
    rule: str, subject: str, old: str, new: str, at: str, workload: str = "front", container: str = ""
) -> Mutation:
    return Mutation("kubernetes-more.yaml", rule, subject, old, new, at, workload, container, across=False)


COMPOSE: tuple[Mutation, ...] = (
    _compose("image.registry", "", "ghcr.io/shop/web:", "quay.io/shop/web:", "quay.io"),
    _compose("image.repository", "", "ghcr.io/shop/web:", "ghcr.io/shop/site:", "shop/site"),
    _compose("image.tag", "", "web:1.4.2", "web:1.4.3", "web:1.4.3"),
    _compose("image.digest", "", "4f53cda18c2b", "4f53cda18c2c", "sha256:4f53cda18c2c"),
    _compose("image.pull-policy", "", "pull_policy: always", "pull_policy: never", "pull_policy: never"),
    _compose("process.command", "", 'entrypoint: ["/bin/web"]', 'entrypoint: ["/bin/web2"]', "/bin/web2"),
    _compose("process.workdir", "", "working_dir: /srv", "working_dir: /srv2", "/srv2"),
    _compose(
        "process.stop-grace",
        "",
        "    stop_grace_period: 20s\n    restart: always",
        "    stop_grace_period: 25s\n    restart: always",
        "25s",
    ),
    _compose("variable.value", "LOG_LEVEL", "LOG_LEVEL: info", "LOG_LEVEL: debug", "LOG_LEVEL"),
    _compose("variable.missing", "LOG_LEVEL", "      LOG_LEVEL: info\n", "", "LOG_LEVEL"),
    _compose("variable.missing", "EXTRA", "LOG_LEVEL: info\n", "LOG_LEVEL: info\n      EXTRA: x\n", "EXTRA: x"),
    _compose("variable.value", "API_URL", "http://api:9000/v1", "http://api:9000/v2", "API_URL"),
    _compose("variable.value", "API_TOKEN", "API_TOKEN: t0ps3cret", "API_TOKEN: other", "API_TOKEN"),
    _compose(
        "variable.value", "TARGET", "localhost:8080/metrics", "localhost:8080/stats", "TARGET", container="exporter"
    ),
    _compose("reference.dangling", "api2", "http://api:9000/v1", "http://api2.shop:9000/v1", "API_URL", across=False),
    _compose("file.content", "/etc/web/settings.ini", "theme = dark", "theme = light", "content: |"),
    _compose("file.mode", "/etc/web/settings.ini", "mode: 0440", "mode: 0444", "mode: 0444"),
    _compose(
        "file.missing",
        "/etc/web/settings.ini",
        "      - source: settings\n        target: /etc/web/settings.ini\n        mode: 0440\n",
        "      []\n",
        "source: settings",
    ),
    _compose("volume.missing", "/tmp", "    tmpfs:\n      - /tmp\n", "", "- /tmp"),
    _compose("volume.missing", "/var/lib/web", "- data:/var/lib/web\n", "- data:/var/lib/other\n", "/var/lib/other"),
    _compose("volume.kind", "/var/lib/web", "- data:/var/lib/web", "- /srv/data:/var/lib/web", "/srv/data"),
    _compose("volume.read-only", "/var/lib/web", "- data:/var/lib/web", "- data:/var/lib/web:ro", ":ro"),
    _compose(
        "volume.read-only",
        "/var/reports",
        "        read_only: true\n    tmpfs",
        "        read_only: false\n    tmpfs",
        "read_only: false",
    ),
    _compose("port.exposure", "8080/tcp", '"80:8080"', '"81:8080"', "81:8080"),
    _compose(
        "probe.missing",
        "readiness",
        (
            '    healthcheck:\n      test: ["CMD", "wget", "-q", "--spider", "http://localhost:8080/ready"]\n'
            "      interval: 10s\n      timeout: 3s\n      retries: 4\n      start_period: 30s\n"
        ),
        "",
        "test:",
    ),
    _compose("probe.check", "readiness", "8080/ready", "8080/health", "8080/health"),
    _compose("probe.timing", "readiness.period", "interval: 10s", "interval: 11s", "interval: 11s", across=False),
    _compose("probe.timing", "readiness.timeout", "timeout: 3s", "timeout: 4s", "timeout: 4s"),
    _compose("probe.timing", "readiness.failures", "retries: 4", "retries: 5", "retries: 5", across=False),
    _compose("probe.timing", "readiness.grace", "start_period: 30s", "start_period: 60s", "start_period: 60s"),
    _compose("compute.requests", "cpu", 'cpus: "0.25"', 'cpus: "0.3"', '"0.3"'),
    _compose("compute.requests", "memory", "memory: 128M", "memory: 129M", "129M"),
    _compose("compute.limits", "cpu", 'cpus: "0.5"', 'cpus: "0.6"', '"0.6"'),
    _compose("compute.limits", "memory", "memory: 256M", "memory: 257M", "257M"),
    _compose("scale.replicas", "", "replicas: 2", "replicas: 3", "replicas: 3"),
    _compose("security.user", "", 'user: "1000:2000"', 'user: "1001:2000"', "1001:2000"),
    _compose("security.group", "", 'user: "1000:2000"', 'user: "1000:2001"', "1000:2001"),
    _compose("security.capability", "ALL", "    cap_drop: [ALL]\n", "", "cap_drop: [ALL]"),
    _compose("security.capability", "SYS_TIME", "[NET_BIND_SERVICE]", "[NET_BIND_SERVICE, SYS_TIME]", "SYS_TIME"),
    _compose(
        "security.read-only-root",
        "",
        "    read_only: true\n    security_opt",
        "    read_only: false\n    security_opt",
        "read_only: false",
    ),
    _compose(
        "security.privileged",
        "",
        "    working_dir: /srv\n",
        "    working_dir: /srv\n    privileged: true\n",
        "privileged",
    ),
    _compose(
        "security.no-new-privileges", "", '    security_opt: ["no-new-privileges:true"]\n', "", "no-new-privileges"
    ),
    _compose(
        "security.host-namespace",
        "pid",
        "    working_dir: /srv\n",
        "    working_dir: /srv\n    pid: host\n",
        "pid: host",
    ),
    _compose(
        "lifecycle.restart",
        "",
        "    stop_grace_period: 20s\n    restart: always\n",
        "    stop_grace_period: 20s\n    restart: on-failure\n",
        "restart: on-failure",
    ),
    _compose(
        "container.missing",
        "",
        "    network_mode: service:web\n",
        "    network_mode: none\n",
        "web-exporter:",
        container="exporter",
        across=False,
    ),
    _compose(
        "workload.missing",
        "",
        "configs:\n  settings:",
        "  extra:\n    image: x\nconfigs:\n  settings:",
        "extra:",
        workload="extra",
    ),
    _compose(
        "image.tag", "", "ghcr.io/shop/api:2.0", "ghcr.io/shop/api:2.1", "api:2.1", workload="api", container="api"
    ),
    _compose(
        "process.args",
        "",
        "    image: prom/exporter:0.9\n",
        '    image: prom/exporter:0.9\n    command: ["--all"]\n',
        '["--all"]',
        container="exporter",
    ),
    # An image that is built here and pulled there is expected (built locally).
    _compose(
        "image.build",
        "",
        "build: ./exporter\n",
        "build: ./other\n",
        "build: ./other",
        container="exporter",
        across=False,
    ),
    # What Kubernetes cannot say, or says only for the whole cluster, is told against the same platform.
    _compose(
        "process.stop-signal",
        "",
        "    working_dir: /srv\n",
        "    working_dir: /srv\n    stop_signal: SIGINT\n",
        "SIGINT",
        across=False,
    ),
    _compose(
        "lifecycle.order",
        "api",
        "condition: service_started",
        "condition: service_healthy",
        "service_healthy",
        across=False,
    ),
    _compose(
        "network.reach",
        "",
        "    working_dir: /srv\n",
        "    working_dir: /srv\n    networks: [back]\n",
        "networks: [back]",
        across=False,
    ),
    _compose(
        "dns.record",
        "shop-api",
        "    hostname: shop-api\n",
        "",
        "hostname: shop-api",
        workload="api",
        across=False,
    ),
)

KUBERNETES: tuple[Mutation, ...] = (
    _kubernetes(
        "process.args",
        "",
        "          image: prom/exporter:0.9\n",
        '          image: prom/exporter:0.9\n          args: ["--all"]\n',
        '["--all"]',
        container="exporter",
    ),
    _kubernetes("image.tag", "", "web:1.4.2", "web:1.4.3", "web:1.4.3"),
    _kubernetes("image.registry", "", "ghcr.io/shop/web:", "quay.io/shop/web:", "quay.io"),
    _kubernetes("image.repository", "", "ghcr.io/shop/web:", "ghcr.io/shop/site:", "shop/site"),
    _kubernetes("image.digest", "", "4f53cda18c2b", "4f53cda18c2c", "sha256:4f53cda18c2c"),
    _kubernetes("image.pull-policy", "", "imagePullPolicy: Always", "imagePullPolicy: Never", "imagePullPolicy: Never"),
    _kubernetes("process.command", "", 'command: ["/bin/web"]', 'command: ["/bin/web2"]', "/bin/web2"),
    _kubernetes("process.args", "", 'args: ["--port", "8080"]', 'args: ["--port", "8081"]', '"8081"'),
    _kubernetes("process.workdir", "", "workingDir: /srv", "workingDir: /srv2", "/srv2"),
    _kubernetes(
        "process.stop-grace",
        "",
        "terminationGracePeriodSeconds: 20",
        "terminationGracePeriodSeconds: 25",
        "Seconds: 25",
    ),
    _kubernetes("variable.value", "LOG_LEVEL", "value: info", "value: debug", "value: debug"),
    _kubernetes(
        "variable.missing", "LOG_LEVEL", "            - name: LOG_LEVEL\n              value: info\n", "", "value: info"
    ),
    _kubernetes("variable.value", "API_URL", "http://api:9000/v1", "http://api:9000/v2", "api:9000/v2"),
    _kubernetes("variable.value", "API_TOKEN", "value: t0ps3cret", "value: other", "value: other"),
    _kubernetes(
        "variable.value", "TARGET", "localhost:8080/metrics", "localhost:8080/stats", "8080/stats", container="exporter"
    ),
    _kubernetes(
        "secret.exposed",
        "API_TOKEN",
        "              value: t0ps3cret\n",
        "              valueFrom: {secretKeyRef: {name: web, key: token}}\n",
        "secretKeyRef",
    ),
    _kubernetes("reference.dangling", "api:9001", "http://api:9000/v1", "http://api:9001/v1", "api:9001"),
    _kubernetes("file.content", "/etc/web/settings.ini", "theme = dark", "theme = light", "settings.ini: |"),
    _kubernetes("file.mode", "/etc/web/settings.ini", "defaultMode: 0440", "defaultMode: 0444", "0444"),
    _kubernetes(
        "file.missing",
        "/etc/web/settings.ini",
        "            - name: settings\n              mountPath: /etc/web/settings.ini\n              subPath: settings.ini\n",
        "",
        "mountPath: /etc/web/settings.ini",
    ),
    _kubernetes(
        "volume.missing", "/tmp", "            - name: tmp\n              mountPath: /tmp\n", "", "mountPath: /tmp"
    ),
    _kubernetes(
        "volume.kind",
        "/tmp",
        "          emptyDir:\n            medium: Memory\n",
        "          emptyDir: {}\n",
        "emptyDir: {}",
    ),
    _kubernetes("volume.read-only", "/var/reports", "readOnly: true", "readOnly: false", "readOnly: false"),
    _kubernetes("volume.size", "/var/lib/web", "storage: 1Gi", "storage: 3Gi", "storage: 3Gi", across=False),
    _kubernetes(
        "volume.class", "/var/lib/web", "storageClassName: fast", "storageClassName: slow", "slow", across=False
    ),
    _kubernetes(
        "volume.access", "/var/reports", "[ReadWriteMany]", "[ReadWriteOncePod]", "ReadWriteOncePod", across=False
    ),
    _kubernetes(
        "port.exposure",
        "8080/tcp",
        "  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false\n",
        "",
        "type: LoadBalancer",
    ),
    _kubernetes("port.target", "80/tcp", "targetPort: 8080", "targetPort: 8081", "targetPort: 8081", across=False),
    _kubernetes(
        "port.protocol",
        "80",
        "targetPort: 8080",
        "targetPort: 8080\n      protocol: UDP",
        "protocol: UDP",
        across=False,
    ),
    _kubernetes(
        "port.missing",
        "9000/tcp",
        "    - port: 9000",
        "    - port: 9001\n      targetPort: 9000",
        "port: 9000",
        workload="api",
        across=False,
    ),
    _kubernetes(
        "probe.check",
        "readiness",
        "          readinessProbe:\n            httpGet:\n              path: /ready\n",
        "          readinessProbe:\n            httpGet:\n              path: /health\n",
        "path: /health",
    ),
    _kubernetes(
        "probe.timing",
        "readiness.period",
        "            periodSeconds: 10\n            timeoutSeconds: 3\n            failureThreshold: 4\n",
        "            periodSeconds: 12\n            timeoutSeconds: 3\n            failureThreshold: 4\n",
        "periodSeconds: 12",
        across=False,
    ),
    _kubernetes(
        "probe.timing",
        "readiness.failures",
        "failureThreshold: 4",
        "failureThreshold: 5",
        "failureThreshold: 5",
        across=False,
    ),
    _kubernetes(
        "probe.timing", "readiness.grace", "failureThreshold: 7", "failureThreshold: 17", "failureThreshold: 17"
    ),
    _kubernetes("compute.requests", "cpu", "cpu: 250m", "cpu: 260m", "260m"),
    _kubernetes("compute.requests", "memory", "memory: 128Mi", "memory: 129Mi", "129Mi"),
    _kubernetes("compute.limits", "cpu", "cpu: 500m", "cpu: 510m", "510m"),
    _kubernetes("compute.limits", "memory", "memory: 256Mi", "memory: 257Mi", "257Mi"),
    _kubernetes("compute.limits", "memory", "              memory: 256Mi\n", "", "memory: 256Mi"),
    _kubernetes("scale.replicas", "", "replicas: 2", "replicas: 3", "replicas: 3"),
    _kubernetes("security.user", "", "runAsUser: 1000", "runAsUser: 1001", "1001"),
    _kubernetes("security.group", "", "runAsGroup: 2000", "runAsGroup: 2001", "2001"),
    _kubernetes("security.capability", "ALL", "              drop: [ALL]\n", "", "drop: [ALL]"),
    _kubernetes("security.capability", "SYS_TIME", "[NET_BIND_SERVICE]", "[NET_BIND_SERVICE, SYS_TIME]", "SYS_TIME"),
    _kubernetes(
        "security.read-only-root",
        "",
        "readOnlyRootFilesystem: true",
        "readOnlyRootFilesystem: false",
        "Filesystem: false",
    ),
    _kubernetes(
        "security.privileged",
        "",
        "            runAsUser: 1000\n",
        "            runAsUser: 1000\n            privileged: true\n",
        "privileged",
    ),
    _kubernetes(
        "security.no-new-privileges",
        "",
        "            allowPrivilegeEscalation: false\n",
        "",
        "allowPrivilegeEscalation",
    ),
    _kubernetes(
        "security.host-namespace",
        "pid",
        "      terminationGracePeriodSeconds: 20",
        "      hostPID: true\n      terminationGracePeriodSeconds: 20",
        "hostPID",
    ),
    _kubernetes(
        "container.missing",
        "",
        "        - name: exporter\n          image: prom/exporter:0.9\n          env:\n"
        "            - name: TARGET\n              value: http://localhost:8080/metrics\n",
        "",
        "name: exporter",
        container="exporter",
    ),
    _kubernetes(
        "workload.missing",
        "",
        "kind: PersistentVolumeClaim\nmetadata:\n  name: reports\n",
        "kind: PersistentVolumeClaim\nmetadata:\n  name: reports\nspec:\n  accessModes: [ReadWriteMany]\n  resources:\n"
        "    requests:\n      storage: 2Gi\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: extra\nspec:\n"
        "  containers:\n    - {name: x, image: x}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: more\n",
        "name: extra",
        workload="extra",
    ),
    _kubernetes(
        "workload.kind",
        "",
        "kind: Deployment\nmetadata:\n  name: api",
        "kind: DaemonSet\nmetadata:\n  name: api",
        "kind: DaemonSet",
        workload="api",
        across=False,
    ),
    _kubernetes(
        "dns.record",
        "api",
        "kind: Service\nmetadata:\n  name: api",
        "kind: Service\nmetadata:\n  name: api-v2",
        "name: api-v2",
        workload="api",
        across=False,
    ),
    _kubernetes(
        "secret.missing",
        "/run/secrets/api-key",
        "            - name: key\n              mountPath: /run/secrets/api-key\n              subPath: api-key\n",
        "            - name: key\n              mountPath: /run/other/api-key\n              subPath: api-key\n",
        "mountPath: /run/other/api-key",
        workload="api",
        container="api",
    ),
)

KUBERNETES_ALONE: tuple[Mutation, ...] = (
    _alone("placement.constraint", "", "kubernetes.io/arch: amd64", "kubernetes.io/arch: arm64", "arm64"),
    _alone("security.non-root", "", "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot: false"),
    _alone("security.host-namespace", "pid", "hostPID: false", "hostPID: true", "hostPID: true"),
    _alone("probe.check", "liveness", "              port: 8000\n", "              port: 8001\n", "port: 8001"),
    _alone("probe.timing", "liveness.initial-delay", "initialDelaySeconds: 5", "initialDelaySeconds: 6", "Seconds: 6"),
    _alone("probe.missing", "liveness", "          livenessProbe:\n            tcpSocket:\n              port: 8000\n            initialDelaySeconds: 5\n", "", "tcpSocket:"),
    _alone("variable.value", "POD", "fieldPath: metadata.name", "fieldPath: metadata.uid", "fieldPath: metadata.uid"),
    _alone("port.exposure", "8000/tcp", "nodePort: 30080", "nodePort: 30081", "30081"),
    _alone("route.path", "shop.example.com/", "          - path: /\n", "          - path: /shop\n", "path: /shop"),
    _alone("route.path", "shop.example.com/", "pathType: Prefix", "pathType: Exact", "path: /"),
    _alone("route.host", "shop.example.com/", "    - host: shop.example.com\n", "    - host: store.example.com\n", "host: store.example.com"),
    _alone("route.missing", "other.example.com/", "  rules:\n", "  rules:\n    - host: other.example.com\n      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 8000}}}}]}\n", "name: front, port: {number: 8000}"),
    _alone("route.tls", "shop.example.com/", "  tls:\n    - hosts: [shop.example.com]\n      secretName: shop-tls\n", "", "hosts: [shop"),
    _alone("scale.autoscaling", "min", "minReplicas: 2", "minReplicas: 3", "minReplicas: 3"),
    _alone("scale.autoscaling", "max", "maxReplicas: 6", "maxReplicas: 7", "maxReplicas: 7"),
    _alone("scale.autoscaling", "cpu", "averageUtilization: 70", "averageUtilization: 75", "averageUtilization: 75"),
    _alone("workload.schedule", "", '"0 3 * * *"', '"0 4 * * *"', "0 4", workload="report"),
    _alone("lifecycle.restart", "", "restartPolicy: OnFailure", "restartPolicy: Never", "restartPolicy: OnFailure", workload="report"),
    _alone("container.missing", "", "        - name: prepare\n          image: ghcr.io/shop/prepare:1.0\n", "", "name: prepare", workload="migrate", container="prepare"),
    _alone("lifecycle.order", "front", '        - name: wait\n          image: busybox:1.36\n          command: ["sh", "-c", "until nc -z front 8000; do sleep 1; done"]\n',
           "", "until nc", workload="migrate"),
    _alone("secret.exposed", "PASSWORD", "              valueFrom:\n                secretKeyRef:\n                  name: front\n                  key: password\n",
           "              value: plain\n", "value: plain"),
    _alone("workload.kind", "", "kind: Deployment\nmetadata:\n  name: front", "kind: StatefulSet\nmetadata:\n  name: front", "kind: StatefulSet"),
)  # fmt: skip

MUTATIONS = COMPOSE + KUBERNETES + KUBERNETES_ALONE
