"""What silence means to Swarm: what it means to the engine behind Compose, but for what a manager does of its own accord."""

from isomorph.platforms.compose.defaults import DEFAULTS as COMPOSE_DEFAULTS
from isomorph.platforms.platform import Default

_CREATE = "https://docs.docker.com/reference/cli/docker/service/create"

_OWN: tuple[Default, ...] = (
    # Read back from `docker service inspect`: a condition of any, after five seconds.
    Default("lifecycle.restart", "", "always", f"{_CREATE}/#restart-condition"),
    # A tag is resolved to its digest at each deployment, unless `--resolve-image` says otherwise.
    Default(
        "image.pull-policy", "", "always", "https://docs.docker.com/reference/cli/docker/stack/deploy/#resolve-image"
    ),
    Default("scale.replicas", "", "1", f"{_CREATE}/#replicas"),
)

_KEYS = {(row.rule, row.subject) for row in _OWN}

DEFAULTS: tuple[Default, ...] = (
    *_OWN,
    *(row for row in COMPOSE_DEFAULTS if (row.rule, row.subject) not in _KEYS),
)
