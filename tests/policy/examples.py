"""A definition for each platform that keeps every rule of the packs, and for each rule what breaks it there, and where.

An example replaces a text of the good definition by a bad one. `▸` marks the place that the finding points to, in the bad
text or, where that only takes something away, in the good definition (`CONTAINERS`, and others by their text).
"""

from typing import NamedTuple

MARK = "▸"

_COMPOSE = """\
services:
  web:
    image: ghcr.io/acme/web:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    user: "1000"
    read_only: true
    security_opt: ["no-new-privileges:true"]
    expose: ["8080"]
    environment:
      API_TOKEN: ${API_TOKEN}
    volumes:
      - data:/data
    healthcheck:
      test: ["CMD", "/healthy"]
    deploy:
      replicas: 2
      resources:
        limits: {memory: 256M}
        reservations: {cpus: "0.1"}
volumes:
  data: {}
"""

_SWARM = """\
services:
  web:
    image: ghcr.io/acme/web:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    user: "1000"
    read_only: true
    expose: ["8080"]
    networks: [front]
    environment:
      API_TOKEN: ${API_TOKEN}
    volumes:
      - data:/data
    healthcheck:
      test: ["CMD", "/healthy"]
    deploy:
      replicas: 2
      labels:
        traefik.enable: "true"
        traefik.http.routers.web.rule: Host(`shop.example`)
        traefik.http.routers.web.tls: "true"
        traefik.http.services.web.loadbalancer.server.port: "8080"
      resources:
        limits: {memory: 256M}
        reservations: {cpus: "0.1"}
networks:
  front: {}
volumes:
  data: {}
"""

_KUBERNETES = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: false
      containers:
        - name: web
          image: ghcr.io/acme/web:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
          ports: [{containerPort: 8080}]
          env:
            - name: API_TOKEN
              valueFrom: {secretKeyRef: {name: api, key: token}}
          livenessProbe: {httpGet: {path: /healthy, port: 8080}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
          resources:
            requests: {cpu: 100m, memory: 256Mi}
            limits: {memory: 256Mi}
          securityContext:
            runAsUser: 1000
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
          volumeMounts:
            - {name: data, mountPath: /data}
      volumes:
        - name: data
          emptyDir: {}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: ClusterIP
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  tls: [{hosts: [shop.example], secretName: shop}]
  rules:
    - host: shop.example
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: web, port: {number: 80}}}
"""

_NOMAD = """\
job "web" {
  group "web" {
    count = 2

    network {
      port "http" { to = 8080 }
    }

    service {
      name     = "web"
      port     = "http"
      provider = "nomad"
      tags = [
        "traefik.enable=true",
        "traefik.http.routers.web.rule=Host(`shop.example`)",
        "traefik.http.routers.web.tls=true",
      ]

      check {
        type     = "http"
        path     = "/ready"
        interval = "10s"
        timeout  = "2s"
      }

      check {
        type      = "http"
        name      = "alive"
        path      = "/healthy"
        interval  = "10s"
        timeout   = "2s"
        on_update = "ignore"

        check_restart { limit = 3 }
      }
    }

    task "web" {
      driver = "docker"
      user   = "1000"

      config {
        image           = "ghcr.io/acme/web:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        ports           = ["http"]
        readonly_rootfs = true
        security_opt    = ["no-new-privileges"]
      }

      env {
        MODE = "live"
      }

      resources {
        cpu    = 100
        memory = 256
      }
    }
  }
}
"""

_MARATHON = """\
{
  "id": "/web",
  "instances": 2,
  "cpus": 0.1,
  "mem": 256,
  "env": {
    "API_TOKEN": { "secret": "token" }
  },
  "secrets": { "token": { "source": "/web/token" } },
  "networks": [{ "mode": "container/bridge" }],
  "labels": {
    "HAPROXY_GROUP": "external",
    "HAPROXY_0_VHOST": "shop.example",
    "HAPROXY_0_REDIRECT_TO_HTTPS": "true"
  },
  "container": {
    "type": "DOCKER",
    "docker": {
      "image": "ghcr.io/acme/web:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      "privileged": false,
      "parameters": [
        { "key": "user", "value": "1000" },
        { "key": "read-only", "value": "true" },
        { "key": "security-opt", "value": "no-new-privileges" }
      ]
    },
    "volumes": [],
    "portMappings": [{ "containerPort": 8080, "hostPort": 0, "name": "http", "labels": { "VIP_0": "/web:80" } }]
  },
  "healthChecks": [
    { "protocol": "MESOS_HTTP", "path": "/healthy", "portIndex": 0 }
  ],
  "readinessChecks": [
    { "name": "ready", "protocol": "HTTP", "path": "/ready", "portName": "http" }
  ]
}
"""

_TERRAFORM = """\
resource "kubernetes_deployment_v1" "web" {
  metadata { name = "web" }

  spec {
    replicas = 2

    selector { match_labels = { app = "web" } }

    template {
      metadata { labels = { app = "web" } }

      spec {
        host_network = false

        container {
          name  = "web"
          image = "ghcr.io/acme/web:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

          port { container_port = 8080 }

          env {
            name = "API_TOKEN"
            value_from {
              secret_key_ref {
                name = "api"
                key  = "token"
              }
            }
          }

          liveness_probe {
            http_get {
              path = "/healthy"
              port = 8080
            }
          }

          readiness_probe {
            http_get {
              path = "/ready"
              port = 8080
            }
          }

          resources {
            requests = { cpu = "100m", memory = "256Mi" }
            limits   = { memory = "256Mi" }
          }

          security_context {
            run_as_user                = 1000
            run_as_non_root            = true
            read_only_root_filesystem  = true
            allow_privilege_escalation = false
          }

          volume_mount {
            name       = "data"
            mount_path = "/data"
          }
        }

        volume {
          name = "data"
          empty_dir {}
        }
      }
    }
  }
}

resource "kubernetes_service_v1" "web" {
  metadata { name = "web" }

  spec {
    type     = "ClusterIP"
    selector = { app = "web" }

    port {
      port        = 80
      target_port = 8080
    }
  }
}

resource "kubernetes_ingress_v1" "web" {
  metadata { name = "web" }

  spec {
    tls {
      hosts       = ["shop.example"]
      secret_name = "shop"
    }

    rule {
      host = "shop.example"

      http {
        path {
          path      = "/"
          path_type = "Prefix"

          backend {
            service {
              name = "web"
              port { number = 80 }
            }
          }
        }
      }
    }
  }
}
"""

GOOD = {
    "compose": _COMPOSE,
    "swarm": _SWARM,
    "kubernetes": _KUBERNETES,
    "minikube": _KUBERNETES,
    "openshift": _KUBERNETES,
    "helm": _KUBERNETES,
    "nomad": _NOMAD,
    "marathon": _MARATHON,
    "terraform": _TERRAFORM,
}

CONTAINERS = {
    "compose": "web:\n    image",
    "swarm": "web:\n    image",
    "kubernetes": "web\n          image",
    "nomad": 'task "web"',
    "marathon": '{\n    "type": "DOCKER"',
    "terraform": '"web"\n          image',
}
"""Where the good definitions have the container: what is not said there is pointed to so."""

LOCAL = "not on a developer's machine"


class Example(NamedTuple):
    """What of the good definition is replaced by what; `place`: text at which the finding is, where the bad text has no mark."""

    good: str
    bad: str
    place: str = ""


_DIGEST = "ghcr.io/acme/web:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
_TAG = Example(_DIGEST, f"{MARK}ghcr.io/acme/web:latest")
_NO_DIGEST = Example(_DIGEST, f"{MARK}ghcr.io/acme/web:1.4.2")
_REGISTRY = Example(_DIGEST, f"{MARK}registry.example/acme/web:1.4.2")
_QUOTED = {name: Example(f'"{each.good}"', each.bad.replace(MARK, MARK + '"') + '"') for name, each in (
    ("tag", _TAG), ("digest", _NO_DIGEST), ("registry", _REGISTRY)
)}  # fmt: skip


def _everywhere(name: str, plain: Example) -> dict[str, Example]:
    quoted = _QUOTED[name]
    return {
        "compose": plain,
        "swarm": plain,
        "kubernetes": plain,
        "nomad": quoted,
        "marathon": quoted,
        "terraform": quoted,
    }


_SOCKET = "/var/run/docker.sock"
_MARATHON_USER = '{ "key": "user", "value": "1000" },\n'
_CHECK_RESTART = """\

      check {
        type      = "http"
        name      = "alive"
        path      = "/healthy"
        interval  = "10s"
        timeout   = "2s"
        on_update = "ignore"

        check_restart { limit = 3 }
      }
"""
_READY = """\
      check {
        type     = "http"
        path     = "/ready"
        interval = "10s"
        timeout  = "2s"
      }

"""
_HEALTHCHECK = '    healthcheck:\n      test: ["CMD", "/healthy"]\n'
_READINESS_CHECKS = """\
,
  "readinessChecks": [
    { "name": "ready", "protocol": "HTTP", "path": "/ready", "portName": "http" }
  ]"""
_TOKEN = "API_TOKEN: ${API_TOKEN}"
_SECRET = "- name: API_TOKEN\n              valueFrom: {secretKeyRef: {name: api, key: token}}"


def _volume(path: str) -> dict[str, Example]:
    """Give a folder or file of the machine where the good definitions mount a volume."""
    return {
        "compose": Example("- data:/data", f"- {MARK}{path}:/data"),
        "swarm": Example("- data:/data", f"- {MARK}{path}:/data"),
        "kubernetes": Example("emptyDir: {}", f"hostPath: {{path: {MARK}{path}}}"),
        "nomad": Example(
            "security_opt    = [", f'volumes         = [{MARK}"{path}:/data"]\n        security_opt    = ['
        ),
        "terraform": Example("empty_dir {}", f'host_path {{ path = {MARK}"{path}" }}'),
        "marathon": Example(
            '"volumes": []',
            f'"volumes": [{{ "hostPath": {MARK}"{path}", "containerPath": "/data", "mode": "RW" }}]',
        ),
    }


_LIVENESS_BLOCK = """\
          liveness_probe {
            http_get {
              path = "/healthy"
              port = 8080
            }
          }

"""
_READINESS_BLOCK = """\
          readiness_probe {
            http_get {
              path = "/ready"
              port = 8080
            }
          }

"""
_SECRET_BLOCK = """\
            value_from {
              secret_key_ref {
                name = "api"
                key  = "token"
              }
            }
"""
_TLS_BLOCK = """\
    tls {
      hosts       = ["shop.example"]
      secret_name = "shop"
    }

"""
_USER_BLOCK = "            run_as_user                = 1000\n            run_as_non_root            = true\n"


EXAMPLES: dict[str, dict[str, Example | str]] = {
    "pinned-image": {**_everywhere("tag", _TAG)},
    "memory-limit": {
        "compose": Example("        limits: {memory: 256M}\n", ""),
        "swarm": Example("        limits: {memory: 256M}\n", ""),
        "kubernetes": Example("            limits: {memory: 256Mi}\n", ""),
        "nomad": "Nomad holds every task to 300 MiB where nothing is said",
        "marathon": "Marathon holds every app to 128 MiB where nothing is said",
        "terraform": Example('            limits   = { memory = "256Mi" }\n', ""),
    },
    "liveness-probe": {
        "compose": "Compose cannot say it: nothing restarts a container that is unhealthy",
        "swarm": "Swarm replaces a task that is unhealthy by the check that Compose files have for readiness",
        "kubernetes": Example("          livenessProbe: {httpGet: {path: /healthy, port: 8080}}\n", ""),
        "nomad": Example(_CHECK_RESTART, ""),
        "marathon": Example('    { "protocol": "MESOS_HTTP", "path": "/healthy", "portIndex": 0 }\n', ""),
        "terraform": Example(_LIVENESS_BLOCK, ""),
    },
    "readiness-probe": {
        "compose": Example(_HEALTHCHECK, ""),
        "swarm": Example(_HEALTHCHECK, ""),
        "kubernetes": Example("          readinessProbe: {httpGet: {path: /ready, port: 8080}}\n", ""),
        "nomad": Example(_READY, ""),
        "marathon": Example(_READINESS_CHECKS, ""),
        "terraform": Example(_READINESS_BLOCK, ""),
    },
    "no-privileged": {
        "compose": Example('user: "1000"', f"privileged: {MARK}true"),
        "swarm": "Swarm cannot say it: a task is never privileged",
        "kubernetes": Example("allowPrivilegeEscalation: false", f"privileged: {MARK}true"),
        "nomad": Example("readonly_rootfs = true", f"privileged      = {MARK}true"),
        "marathon": Example('"privileged": false', f'"privileged": {MARK}true'),
        "terraform": Example("allow_privilege_escalation = false", f"privileged = {MARK}true"),
    },
    "no-host-namespaces": {
        "compose": Example('expose: ["8080"]', f"network_mode: {MARK}host"),
        "swarm": Example("  front: {}", "  front: {name: host, external: true}", "front]"),
        "kubernetes": Example("hostNetwork: false", f"hostNetwork: {MARK}true"),
        "nomad": Example('ports           = ["http"]', f'pid_mode        = {MARK}"host"'),
        "marathon": Example('"mode": "container/bridge"', '"mode": "host"', '[{ "mode"'),
        "terraform": Example("host_network = false", f"host_network = {MARK}true"),
    },
    "no-host-path": {**_volume("/srv/data"), "compose": LOCAL, "minikube": LOCAL},
    "no-docker-socket": {**_volume(_SOCKET)},
    "no-plain-secret": {
        "compose": Example(_TOKEN, f"API_TOKEN: {MARK}hunter2"),
        "swarm": Example(_TOKEN, f"API_TOKEN: {MARK}hunter2"),
        "kubernetes": Example(_SECRET, f"- name: API_TOKEN\n              value: {MARK}hunter2"),
        "nomad": Example('MODE = "live"', f'API_TOKEN = {MARK}"hunter2"'),
        "marathon": Example('"API_TOKEN": { "secret": "token" }', f'"API_TOKEN": {MARK}"hunter2"'),
        "terraform": Example(_SECRET_BLOCK, f'            value = {MARK}"hunter2"\n'),
    },
    "non-root": {
        "compose": Example('    user: "1000"\n', ""),
        "swarm": Example('user: "1000"', f'user: {MARK}"0"'),
        "kubernetes": Example("            runAsUser: 1000\n            runAsNonRoot: true\n", ""),
        "openshift": "OpenShift runs nothing as root where nothing is said",
        "nomad": Example('      user   = "1000"\n', ""),
        "marathon": Example(_MARATHON_USER, ""),
        "terraform": Example(_USER_BLOCK, ""),
    },
    "no-dangerous-capability": {
        "compose": Example('user: "1000"', f'user: "1000"\n    cap_add: [{MARK}SYS_ADMIN]'),
        "swarm": Example('user: "1000"', f'user: "1000"\n    cap_add: [{MARK}SYS_ADMIN]'),
        "kubernetes": Example("runAsUser: 1000", f"capabilities: {{add: [{MARK}SYS_ADMIN]}}"),
        "nomad": Example("readonly_rootfs = true", f'cap_add         = [{MARK}"sys_admin"]'),
        "marathon": Example(
            _MARATHON_USER, f'{_MARATHON_USER}        {{ "key": "cap-add", "value": {MARK}"SYS_ADMIN" }},\n'
        ),
        "terraform": Example(_USER_BLOCK, f'            capabilities {{ add = [{MARK}"SYS_ADMIN"] }}\n'),
    },
    "tls-on-route": {
        "compose": LOCAL,
        "minikube": LOCAL,
        "swarm": Example('        traefik.http.routers.web.tls: "true"\n', "", "Host("),
        "kubernetes": Example("  tls: [{hosts: [shop.example], secretName: shop}]\n", "", "/\n            pathType"),
        "nomad": Example('        "traefik.http.routers.web.tls=true",\n', "", '"traefik.http.routers.web.rule'),
        "marathon": Example(',\n    "HAPROXY_0_REDIRECT_TO_HTTPS": "true"', "", '"shop.example"'),
        "terraform": Example(_TLS_BLOCK, "", '"/"\n          path_type'),
    },
    "replicas": {
        "compose": Example("replicas: 2", f"replicas: {MARK}1"),
        "swarm": Example("replicas: 2", f"replicas: {MARK}1"),
        "kubernetes": Example("replicas: 2", f"replicas: {MARK}1"),
        "nomad": Example("count = 2", f"count = {MARK}1"),
        "marathon": Example('"instances": 2', f'"instances": {MARK}1'),
        "terraform": Example("replicas = 2", f"replicas = {MARK}1"),
    },
    "pinned-digest": {**_everywhere("digest", _NO_DIGEST)},
    "allowed-registry": {**_everywhere("registry", _REGISTRY)},
    "cpu-request": {
        "compose": Example('        reservations: {cpus: "0.1"}\n', ""),
        "swarm": Example('        reservations: {cpus: "0.1"}\n', ""),
        "kubernetes": Example("cpu: 100m, ", ""),
        "nomad": "Nomad grants every task 100 MHz where nothing is said",
        "marathon": "Marathon grants every app one core where nothing is said",
        "terraform": Example('cpu = "100m", ', ""),
    },
    "read-only-root": {
        "compose": Example("    read_only: true\n", ""),
        "swarm": Example("    read_only: true\n", ""),
        "kubernetes": Example("            readOnlyRootFilesystem: true\n", ""),
        "nomad": Example("        readonly_rootfs = true\n", ""),
        "marathon": Example('        { "key": "read-only", "value": "true" },\n', ""),
        "terraform": Example("            read_only_root_filesystem  = true\n", ""),
    },
    "no-new-privileges": {
        "compose": Example('    security_opt: ["no-new-privileges:true"]\n', ""),
        "swarm": "Swarm cannot say it: `docker stack deploy` ignores `security_opt`",
        "kubernetes": Example("            allowPrivilegeEscalation: false\n", ""),
        "openshift": "OpenShift lets nothing gain privileges where nothing is said",
        "nomad": Example('        security_opt    = ["no-new-privileges"]\n', ""),
        "marathon": Example(
            '"value": "true" },\n        { "key": "security-opt", "value": "no-new-privileges" }', '"value": "true" }'
        ),
        "terraform": Example("            allow_privilege_escalation = false\n", ""),
    },
    "no-node-port": {
        "compose": "a published port is how Compose is reached",
        "swarm": "a published port is how Swarm is reached",
        "kubernetes": Example("type: ClusterIP", f"type: {MARK}NodePort"),
        "nomad": "a published port is how Nomad is reached",
        "marathon": "a published port is how Marathon is reached",
        "terraform": Example('type     = "ClusterIP"', f'type     = {MARK}"NodePort"'),
    },
}
"""By rule and platform, or the platform that it is a kind of; a text says why the rule finds nothing there."""
