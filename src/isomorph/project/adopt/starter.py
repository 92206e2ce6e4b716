"""What a new project starts from: a Score file and an isomorph.yaml whose comments tell what can be said."""

SCORE = """\
# A workload, free of any platform. The specification: https://docs.score.dev
apiVersion: score.dev/v1b1

metadata:
  name: hello

containers:
  web:
    image: nginx:1.29-alpine
    variables:
      GREETING: Hello
    # command and args replace the image's entrypoint and arguments.
    # files, volumes: what the container sees, by path.
    resources:
      requests: {cpu: 100m, memory: 64Mi}
      limits: {memory: 128Mi}
    livenessProbe:
      httpGet: {path: /, port: 80}
    readinessProbe:
      httpGet: {path: /, port: 80}

service:
  ports:
    http:
      port: 8080
      targetPort: 80
"""

_HEAD = """\
# What this project consists of. Its folder is the project's root: definitions may read the files below it.

"""
_BODY = """\
# The Score files of its workloads: paths, and patterns with * and **.
workloads: []

# The environments: the definitions that form each one, written as on the command line,
# [PLATFORM:]PATH[?key=value&...]; paths are relative to this file.
environments: {}
#  local:
#    definitions: ["compose:compose.yaml"]
#  production:
#    definitions: ["kubernetes:deploy/"]
#    provisioners: [platform/production.provisioners.yaml]

# Where databases, brokers and other resources come from, before the catalogue (isomorph provisioners list).
# provisioners: [platform/]

# Differences that are meant: a rule (isomorph explain lists them), between which environments, and why.
# expect:
#   - {rule: scale.replicas, between: [local, "*"], reason: one replica on a laptop}

# Differences that have to wait: the same, and the last day on which they are not told.
# suppress:
#   - {rule: image.tag, workload: "legacy-*", reason: frozen until the rewrite, until: 2027-01-31}
"""


def project_text(name: str) -> str:
    """Give the text of a new project file, with the project's name where it has one."""
    return f"{_HEAD}name: {name}\n\n{_BODY}" if name else _HEAD + _BODY
