"""Where each field of the model is written in a stack file: as in a Compose file, but for what `docker stack deploy` reads
elsewhere."""

from isomorph.platforms.compose.places import PLACES as COMPOSE
from isomorph.platforms.swarm.support import SUPPORT

FILES = "the Compose file"

_SERVICE = "services.NAME"
_DEPLOY = f"{_SERVICE}.deploy"
_TRAEFIK = f"{_DEPLOY}.labels, `traefik.http.routers"

_OWN: dict[str, str] = {
    "kind.daemon": f"{_DEPLOY}.mode = global",
    "kind.job": f"{_DEPLOY}.mode = replicated-job",
    "container.init": f"{_DEPLOY}.mode = replicated-job",
    "container.sidecar": _SERVICE,
    "variable.field": f"{_SERVICE}.environment.VARIABLE, `{{{{.Node.Hostname}}}}`",
    "file.binary": f"{_SERVICE}.configs",
    "file.content": f"{_SERVICE}.configs",
    "port": f"{_SERVICE}.ports[].target",
    "port.exposure.host": f"{_SERVICE}.ports[].mode = host",
    "port.exposure.node": f"{_SERVICE}.ports[].mode = ingress",
    "port.exposure.load-balancer": f"{_SERVICE}.ports[].mode = ingress",
    "route.host": f"{_TRAEFIK}.NAME.rule: Host(…)`",
    "route.path": f"{_TRAEFIK}.NAME.rule: PathPrefix(…)`",
    "route.tls": f"{_TRAEFIK}.NAME.tls`",
    "dns.record": f"{_SERVICE}.networks.NETWORK.aliases",
    "compute.requests.memory": f"{_DEPLOY}.resources.reservations.memory",
    "compute.requests.other": f"{_DEPLOY}.resources.reservations.generic_resources",
    "compute.limits.cpu": f"{_DEPLOY}.resources.limits.cpus",
    "compute.limits.memory": f"{_DEPLOY}.resources.limits.memory",
    "scale.replicas": f"{_DEPLOY}.replicas",
    "lifecycle.restart": f"{_DEPLOY}.restart_policy.condition",
    "security.host-namespace": f"{_SERVICE}.networks, the outside network `host`",
    "placement.constraint": f"{_DEPLOY}.placement.constraints",
}

PLACES: dict[str, str] = {
    row.field: _OWN.get(row.field) or COMPOSE[row.field] for row in SUPPORT if row.level != "never"
}
