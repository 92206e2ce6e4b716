"""Where each field of the model is written in an application of Marathon, as paths of its JSON.

Docker's own options stand in `container.docker.parameters`, a list of `key` and `value`. A pod has the same below
`containers[]`. Source: https://mesosphere.github.io/marathon/api-console/index.html.
"""

FILES = "the application's JSON"

_DOCKER = "container.docker"
_OPTION = f"{_DOCKER}.parameters[].key ="
_CHECK = "healthChecks[]"
_MAPPING = "container.portMappings[]"

PLACES: dict[str, str] = {
    "kind.service": "id",
    "container.main": "container or containers[]",
    "container.sidecar": "containers[]",
    "image": f"{_DOCKER}.image",
    "image.pull-policy": f"{_DOCKER}.forcePullImage",
    "process.command": f"{_OPTION} entrypoint",
    "process.args": "args or cmd",
    "process.workdir": f"{_OPTION} workdir",
    "process.stop-signal": f"{_OPTION} stop-signal",
    "process.stop-grace": "taskKillGracePeriodSeconds",
    "variable.literal": "env.VARIABLE",
    "variable.secret": "env.VARIABLE.secret and secrets.NAME.source",
    "variable.configuration": "env.VARIABLE",
    "file.secret": "container.volumes[].secret",
    "volume.persistent": "container.volumes[].persistent or container.volumes[].external",
    "volume.ephemeral": "container.volumes[].hostPath, relative to the sandbox",
    "volume.memory": f"{_OPTION} tmpfs",
    "volume.host": "container.volumes[].hostPath",
    "volume.size": "container.volumes[].persistent.size",
    "volume.class": "container.volumes[].persistent.profileName",
    "volume.read-only": "container.volumes[].mode = RO",
    "volume.sub-path": "container.volumes[].hostPath, which goes on with it",
    "port": f"{_MAPPING}.containerPort",
    "port.target": f"{_MAPPING}.labels, `VIP_0`",
    "port.exposure.host": f"{_MAPPING}.hostPort",
    "port.exposure.node": f"{_MAPPING}.hostPort",
    "port.exposure.load-balancer": f"{_MAPPING}.servicePort",
    "route.host": "labels, `HAPROXY_0_VHOST`",
    "route.path": "labels, `HAPROXY_0_PATH`",
    "route.tls": "labels, `HAPROXY_0_REDIRECT_TO_HTTPS`",
    "dns.record": f"{_MAPPING}.labels, `VIP_0`",
    "probe.liveness": f"{_CHECK}.protocol = MESOS_HTTP or {_CHECK}.protocol = MESOS_TCP",
    "probe.readiness": f"{_CHECK}.protocol = HTTP or readinessChecks[] or check",
    "probe.exec": f"{_CHECK}.command.value",
    "probe.http": f"{_CHECK}.path",
    "probe.tcp": f"{_CHECK}.port or {_CHECK}.portIndex",
    "probe.period": f"{_CHECK}.intervalSeconds",
    "probe.timeout": f"{_CHECK}.timeoutSeconds",
    "probe.failures": f"{_CHECK}.maxConsecutiveFailures",
    "probe.initial-delay": f"{_CHECK}.delaySeconds",
    "probe.grace": f"{_CHECK}.gracePeriodSeconds",
    "compute.requests.cpu": "cpus",
    "compute.requests.memory": "mem",
    "compute.requests.other": "gpus or disk",
    "compute.limits.cpu": "resourceLimits.cpus",
    "compute.limits.memory": "resourceLimits.mem, else mem",
    "compute.limits.other": "gpus",
    "scale.replicas": "instances",
    "lifecycle.restart": "backoffSeconds",
    "lifecycle.order": "dependencies",
    "security.user": f"user or {_OPTION} user",
    "security.group": f"{_OPTION} user",
    "security.capability": f"{_OPTION} cap-add and {_OPTION} cap-drop",
    "security.read-only-root": f"{_OPTION} read-only",
    "security.privileged": f"{_DOCKER}.privileged",
    "security.no-new-privileges": f"{_OPTION} security-opt",
    "security.host-namespace": f"networks[].mode = host or {_OPTION} pid or {_OPTION} ipc",
    "network.reach": "networks[].name",
    "labels": "labels",
}
