"""What Swarm can say of the model, and why not: as Compose, but for what the table here says."""

from isomorph.platforms.compose.support import SUPPORT as COMPOSE_SUPPORT
from isomorph.platforms.platform import Level, Support

_DEPLOY = "https://github.com/compose-spec/compose-spec/blob/main/deploy.md"
_STACK = "https://docs.docker.com/reference/cli/docker/stack/deploy/"
_CREATE = "https://docs.docker.com/reference/cli/docker/service/create/"
_IGNORED = "https://github.com/docker/cli/blob/master/cli/compose/types/types.go"
_CONVERT = "https://github.com/docker/cli/blob/master/cli/compose/convert/service.go"
_JOBS = f"{_CREATE}#running-as-a-job"
_TASKS = "https://docs.docker.com/engine/swarm/how-swarm-mode-works/services/#tasks-and-scheduling"
_HEALTH = "https://docs.docker.com/reference/dockerfile/#healthcheck"
_TRAEFIK = "https://doc.traefik.io/traefik/reference/install-configuration/providers/swarm/"

_APART = "each task has a network of its own: it is a service beside, reached by its name and not at localhost"

_ROWS: tuple[tuple[str, Level, str, str], ...] = (
    ("kind.stateful", "never", "Swarm gives instances neither stable names nor storage of their own", _TASKS),
    ("kind.daemon", "full", "", ""),
    ("kind.job", "full", "", ""),
    ("kind.scheduled", "never", "Swarm starts nothing at set times", _JOBS),
    ("schedule", "never", "Swarm starts nothing at set times", _JOBS),
    ("container.main", "lossy", _APART, _TASKS),
    ("container.init", "lossy", "it is a job beside, and nothing waits for its end", _JOBS),
    ("container.sidecar", "lossy", _APART, _TASKS),
    (
        "image.pull-policy",
        "never",
        "a tag is resolved to its digest at each deployment",
        f"{_STACK}#resolve-image",
    ),
    ("image.build", "never", "a swarm builds nothing: build the image, push it and name it", _IGNORED),
    (
        "variable.secret",
        "never",
        "Swarm takes no variable from a secret; it is left to a variable of the shell",
        "https://docs.docker.com/engine/swarm/secrets/",
    ),
    (
        "variable.configuration",
        "lossy",
        "Swarm takes no variable from a config; known values are written out",
        "https://docs.docker.com/engine/swarm/configs/",
    ),
    (
        "variable.field",
        "lossy",
        "a template knows the node, and the task's name and identity, and nothing more",
        f"{_CREATE}#create-services-using-templates",
    ),
    (
        "volume.sub-path",
        "never",
        "`docker stack deploy` passes `subpath` over, and all of the volume is mounted",
        _CONVERT,
    ),
    (
        "port",
        "lossy",
        "peers on a network reach every port, and one that is not published is not declared",
        _IGNORED,
    ),
    ("port.exposure.node", "full", "", ""),
    (
        "port.exposure.load-balancer",
        "lossy",
        "a port is published on every node; a balancer before them is not Swarm's",
        "https://docs.docker.com/engine/swarm/ingress/",
    ),
    (
        "route.host",
        "lossy",
        "Swarm itself leads no requests by host and path; labels say it to Traefik, where a stack runs that",
        _TRAEFIK,
    ),
    (
        "probe.liveness",
        "never",
        "Swarm has one health check, which is readiness; the task that fails it is replaced",
        _HEALTH,
    ),
    ("compute.requests.cpu", "full", "", ""),
    (
        "compute.requests.other",
        "lossy",
        "a node would have to be told that it has any: `node-generic-resources`",
        f"{_CREATE}#generic-resources",
    ),
    ("compute.limits.other", "never", "Swarm limits CPU, memory and processes only", _DEPLOY),
    ("scale.autoscaling", "never", "Swarm runs a fixed number of tasks", _DEPLOY),
    ("lifecycle.order", "never", "services start in any order, and again until they succeed", _CONVERT),
    ("security.non-root", "never", "Docker does not refuse to run as root", _CREATE),
    ("security.privileged", "never", "a task cannot have all privileges; `cap_add` gives single ones", _IGNORED),
    ("security.no-new-privileges", "never", "`docker stack deploy` ignores `security_opt`", _IGNORED),
    (
        "security.host-namespace",
        "lossy",
        "a task may join its node's network, and none of its other namespaces",
        _IGNORED,
    ),
    (
        "placement.constraint",
        "lossy",
        "a constraint says that something is, or is not, one value",
        f"{_CREATE}#constraint",
    ),
)

_OWN = {row[0]: Support(*row) for row in _ROWS}

SUPPORT: tuple[Support, ...] = tuple(_OWN.get(row.field, row) for row in COMPOSE_SUPPORT)

REASONS: dict[str, str] = {row.field: row.reason for row in SUPPORT}
