"""The fields that Marathon's API knows, from its published RAML types.

Source: github.com/mesosphere/marathon, docs/docs/rest-api/public/api/v2/types.

`*_MODELLED` are those that the model holds; the others are kept beside it.
"""

APP = frozenset((
    "id", "acceptedResourceRoles", "args", "backoffFactor", "backoffSeconds", "cmd", "constraints", "container", "cpus",
    "dependencies", "disk", "env", "executor", "executorResources", "fetch", "healthChecks", "check", "instances",
    "labels", "maxLaunchDelaySeconds", "mem", "gpus", "ipAddress", "networks", "ports", "portDefinitions",
    "readinessChecks", "residency", "resourceLimits", "requirePorts", "secrets", "taskKillGracePeriodSeconds",
    "upgradeStrategy", "uris", "user", "version", "versionInfo", "killSelection", "unreachableStrategy", "tty", "role",
    "storeUrls", "tasks", "tasksRunning", "tasksStaged", "tasksHealthy", "tasksUnhealthy", "deployments",
    "lastTaskFailure", "tasksStats", "readinessCheckResults",
))  # fmt: skip

APP_MODELLED = frozenset((
    "id", "args", "cmd", "constraints", "container", "cpus", "dependencies", "disk", "env", "healthChecks", "check",
    "instances", "labels", "mem", "gpus", "ipAddress", "networks", "ports", "portDefinitions", "readinessChecks",
    "resourceLimits", "requirePorts", "secrets", "taskKillGracePeriodSeconds", "user",
))  # fmt: skip

OF_THE_SERVER = frozenset((
    "version", "versionInfo", "tasks", "tasksRunning", "tasksStaged", "tasksHealthy", "tasksUnhealthy", "deployments",
    "lastTaskFailure", "tasksStats", "readinessCheckResults",
))  # fmt: skip
"""What Marathon adds when it is asked for a definition; it says nothing about how the workload is to run."""

CONTAINER = frozenset(("type", "docker", "linuxInfo", "volumes", "portMappings"))
CONTAINER_MODELLED = frozenset(("type", "docker", "volumes", "portMappings"))

DOCKER = frozenset((
    "credential", "pullConfig", "forcePullImage", "image", "network", "parameters", "portMappings", "privileged",
))  # fmt: skip
DOCKER_MODELLED = frozenset(("forcePullImage", "image", "network", "parameters", "portMappings", "privileged"))

PORT_MAPPING = frozenset((
    "containerPort", "hostPort", "labels", "name", "protocol", "servicePort", "networkNames",
))  # fmt: skip
PORT_MAPPING_MODELLED = frozenset(("containerPort", "hostPort", "labels", "name", "protocol", "servicePort"))

HEALTH_CHECK = frozenset((
    "command", "gracePeriodSeconds", "ignoreHttp1xx", "intervalSeconds", "maxConsecutiveFailures", "path", "port",
    "portIndex", "protocol", "ipProtocol", "timeoutSeconds", "delaySeconds",
))  # fmt: skip
HEALTH_CHECK_MODELLED = HEALTH_CHECK - {"ignoreHttp1xx", "ipProtocol"}

READINESS_CHECK = frozenset((
    "name", "protocol", "path", "portName", "intervalSeconds", "timeoutSeconds", "httpStatusCodesForReady",
    "preserveLastResponse",
))  # fmt: skip
READINESS_CHECK_MODELLED = frozenset(("protocol", "path", "portName", "intervalSeconds", "timeoutSeconds"))

CHECK = frozenset(("http", "tcp", "exec", "intervalSeconds", "timeoutSeconds", "delaySeconds"))
POD_HEALTH_CHECK = CHECK | {"gracePeriodSeconds", "maxConsecutiveFailures"}

POD = frozenset((
    "id", "labels", "version", "user", "environment", "containers", "secrets", "volumes", "networks", "scaling",
    "scheduling", "executorResources", "role", "linuxInfo", "legacySharedCgroups",
))  # fmt: skip
POD_MODELLED = frozenset((
    "id", "labels", "user", "environment", "containers", "secrets", "volumes", "networks", "scaling", "scheduling",
))  # fmt: skip

POD_CONTAINER = frozenset((
    "name", "exec", "resources", "resourceLimits", "endpoints", "linuxInfo", "image", "environment", "user",
    "healthCheck", "check", "volumeMounts", "artifacts", "labels", "lifecycle", "tty",
))  # fmt: skip
POD_CONTAINER_MODELLED = POD_CONTAINER - {"linuxInfo", "artifacts", "labels", "tty"}

POD_IMAGE = frozenset(("kind", "id", "pullConfig", "forcePull", "labels"))
POD_IMAGE_MODELLED = frozenset(("kind", "id", "forcePull"))

ENDPOINT = frozenset(("name", "containerPort", "hostPort", "protocol", "labels", "networkNames"))
ENDPOINT_MODELLED = ENDPOINT - {"networkNames"}

SCHEDULING = frozenset(("backoff", "upgrade", "placement", "killSelection", "unreachableStrategy"))
SCHEDULING_MODELLED = frozenset(("placement",))
