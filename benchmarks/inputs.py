"""Inputs of any size: a Compose file of N services, and the 2N Kubernetes documents that say the same.

The services are alike in shape and differ in values, as generated platforms are: variables that name peers, a health
check, limits, an order of starting, a volume for every fourth. Nothing is random: the same N gives the same bytes.
"""

from pathlib import Path


def write_compose(path: Path, count: int) -> None:
    """Write a Compose file of `count` services."""
    lines = ["name: bench", "services:"]
    for index in range(count):
        lines += _compose_service(index, count)
    lines.append("volumes:")
    lines += [f"  data-{index}: {{}}" for index in range(0, count, 4)]
    path.write_text("\n".join(lines) + "\n")


def _compose_service(index: int, count: int) -> list[str]:
    peer = (index + 1) % count
    lines = [
        f"  service-{index}:",
        f"    image: registry.example.com/team-{index % 40}/service-{index}:1.{index % 10}.{index % 7}",
        f'    command: ["--port", "8080", "--name", "service-{index}"]',
        "    environment:",
        f"      SERVICE_NAME: service-{index}",
        f"      PEER_URL: http://service-{peer}:8080/api/v1",
        '      LOG_LEVEL: "info"',
        f'      WORKERS: "{index % 8 + 1}"',
        '      FEATURE_FLAG: "true"',
        "      JAVA_OPTS: -Xms64m -Xmx128m -XX:+UseG1GC",
        "    expose:" if index else "    ports:",
        '      - "8080"' if index else '      - "8080:8080"',
        "    healthcheck:",
        '      test: ["CMD", "curl", "-f", "http://localhost:8080/health"]',
        "      interval: 10s",
        "      timeout: 2s",
        "      retries: 3",
        "    restart: always",
        '    user: "1000"',
        "    read_only: true",
        "    cap_drop: [ALL]",
        "    deploy:",
        "      replicas: 2",
        "      resources:",
        '        limits: {cpus: "0.5", memory: 256M}',
        '        reservations: {cpus: "0.25", memory: 128M}',
        "    labels:",
        f"      team: team-{index % 40}",
    ]
    if index % 4 == 0:
        lines += ["    volumes:", f"      - data-{index}:/var/lib/data"]
    else:
        lines += ["    depends_on:", f"      service-{index - 1}:", "        condition: service_healthy"]
    return lines


def write_kubernetes(path: Path, count: int, changed_tag: int | None = None) -> None:
    """Write the same services as a Deployment and a Service each; `changed_tag` gives one of them another image tag."""
    documents = [
        document
        for index in range(count)
        for document in (_deployment(index, count, changed=index == changed_tag), _service(index))
    ]
    path.write_text("---\n".join(documents))


def _deployment(index: int, count: int, *, changed: bool) -> str:
    peer = (index + 1) % count
    name = f"service-{index}"
    tag = "2.0.0" if changed else f"1.{index % 10}.{index % 7}"
    mount = "\n          volumeMounts:\n            - {name: data, mountPath: /var/lib/data}" if index % 4 == 0 else ""
    volume = (
        f"\n      volumes:\n        - name: data\n          persistentVolumeClaim: {{claimName: data-{index}}}"
        if index % 4 == 0
        else ""
    )
    return f"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    app.kubernetes.io/name: {name}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
        team: team-{index % 40}
    spec:
      containers:
        - name: {name}
          image: registry.example.com/team-{index % 40}/{name}:{tag}
          args: ["--port", "8080", "--name", "{name}"]
          env:
            - name: SERVICE_NAME
              value: {name}
            - name: PEER_URL
              value: http://service-{peer}:8080/api/v1
            - name: LOG_LEVEL
              value: info
            - name: WORKERS
              value: "{index % 8 + 1}"
            - name: FEATURE_FLAG
              value: "true"
            - name: JAVA_OPTS
              value: -Xms64m -Xmx128m -XX:+UseG1GC
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet:
              path: /health
              port: 8080
            periodSeconds: 10
            timeoutSeconds: 2
            failureThreshold: 3
          resources:
            requests:
              cpu: 250m
              memory: 128Mi
            limits:
              cpu: 500m
              memory: 256Mi
          securityContext:
            runAsUser: 1000
            readOnlyRootFilesystem: true
            capabilities:
              drop:
                - ALL{mount}{volume}
"""


def _service(index: int) -> str:
    kind = "\n  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false" if index == 0 else ""
    return f"""apiVersion: v1
kind: Service
metadata:
  name: service-{index}
spec:{kind}
  selector:
    app.kubernetes.io/name: service-{index}
  ports:
    - port: 8080
      targetPort: 8080
"""


def write_scores(folder: Path, count: int) -> None:
    """Write `count` Score files, each with a database, a DNS name and a route."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        (folder / f"service-{index}.score.yaml").write_text(score_of(index))


def score_of(index: int, tag: str = "1.0") -> str:
    """Give the Score file of one service; another tag of its image is how it changes."""
    return f"""apiVersion: score.dev/v1b1
metadata:
  name: service-{index}
  annotations:
    team: team-{index % 40}
containers:
  main:
    image: registry.example.com/team-{index % 40}/service-{index}:{tag}.{index % 7}
    args: ["--port", "8080", "--name", "service-{index}"]
    variables:
      DATABASE_URL: postgres://${{resources.db.username}}:${{resources.db.password}}@${{resources.db.host}}:${{resources.db.port}}/${{resources.db.name}}
      PUBLIC_URL: http://${{resources.dns.host}}/
      LOG_LEVEL: "info"
      WORKERS: "{index % 8 + 1}"
    readinessProbe:
      httpGet: {{path: /health, port: 8080}}
    resources:
      requests: {{cpu: 250m, memory: 128Mi}}
      limits: {{cpu: 500m, memory: 256Mi}}
service:
  ports:
    http: {{port: 80, targetPort: 8080}}
resources:
  db: {{type: postgres}}
  dns: {{type: dns}}
  route:
    type: route
    params: {{host: "${{resources.dns.host}}", path: /, port: 80}}
"""


def write_nomad(folder: Path, count: int) -> None:
    """Write the services as `count` Nomad jobs, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        (folder / f"service-{index}.nomad.hcl").write_text(_job(index, count))


def _job(index: int, count: int) -> str:
    peer = (index + 1) % count
    return f"""variable "workers" {{
  type    = number
  default = {index % 8 + 1}
}}

job "service-{index}" {{
  datacenters = ["dc1"]

  group "service-{index}" {{
    count = 2

    network {{
      port "http" {{
        to = 8080
      }}
    }}

    service {{
      name     = "service-{index}"
      port     = "http"
      provider = "nomad"

      check {{
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }}
    }}

    task "service-{index}" {{
      driver = "docker"
      user   = "1000"

      config {{
        image           = "registry.example.com/team-{index % 40}/service-{index}:1.{index % 10}.{index % 7}"
        args            = ["--port", "8080", "--name", "service-{index}"]
        ports           = ["http"]
        readonly_rootfs = true
        cap_drop        = ["all"]
      }}

      env {{
        SERVICE_NAME = "service-{index}"
        LOG_LEVEL    = "info"
        WORKERS      = "${{var.workers}}"
        FEATURE_FLAG = "true"
        JAVA_OPTS    = "-Xms64m -Xmx128m -XX:+UseG1GC"
      }}

      template {{
        data        = <<-EOT
          PEER_URL=http://{{{{ range nomadService "service-{peer}" }}}}{{{{ .Address }}}}:{{{{ .Port }}}}{{{{ end }}}}/api/v1
        EOT
        destination = "local/peers.env"
        env         = true
      }}

      resources {{
        cpu        = 500
        memory     = 128
        memory_max = 256
      }}
    }}
  }}
}}
"""
