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

PROJECT = """\
# What this project consists of. Its folder is the project's root: definitions may read the files below it.

# The Score files of its workloads.
workloads: [{score}]

# The environments: the definitions that form each one, written as on the command line,
# [PLATFORM:]PATH[?key=value&...]; paths are relative to this file.
environments: {{}}
#  local:
#    definitions: ["compose:compose.yaml"]
#  production:
#    definitions: ["kubernetes:deploy/"]

# Differences that are meant: a rule (isomorph explain lists them), between which environments, and why.
# expect:
#   - {{rule: scale.replicas, between: [local, "*"], reason: one replica on a laptop}}
"""
