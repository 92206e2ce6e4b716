"""What `docker stack deploy` reads and does not heed, and what it refuses.

Source: docker/cli, cli/compose/types/types.go (UnsupportedProperties, DeprecatedProperties, ForbiddenProperties) and
cli/compose/convert; each was tried on an engine. Some it warns of, others it passes over in silence.
"""

_SHARED = "a task shares no namespace with another, nor with its node"

IGNORED: dict[str, str] = {
    "build": "a swarm builds nothing: push the image and name it with `image`",
    "cgroup_parent": "a task's cgroup is the node's affair",
    "cgroupns_mode": "a task's cgroup is the node's affair",
    "container_name": "tasks have names of their own",
    "depends_on": "services start in any order, and again until they succeed",
    "devices": "a task has no devices of its node",
    "domainname": "write the whole name in `hostname`",
    "expose": "peers on a network reach every port",
    "external_links": "join the other's network",
    "ipc": _SHARED,
    "links": "peers reach each other by the names of their services, or by aliases",
    "mac_address": "it is given by the node",
    "network_mode": "join the network `host` as an external one where the node's own is meant",
    "pid": _SHARED,
    "privileged": "a task cannot have all privileges; `cap_add` gives single ones",
    "security_opt": "a task takes the node's",
    "shm_size": "mount a `tmpfs` of that size at /dev/shm",
    "tmpfs": "write it as a volume with `type: tmpfs`",
    "userns_mode": _SHARED,
}
"""Fields of a service that have no effect, and what to do instead."""

FORBIDDEN: dict[str, str] = {
    "extends": "write the service out",
    "volume_driver": "say the driver below the top-level `volumes:`",
    "volumes_from": "name a volume below the top-level `volumes:` and mount it in both",
    "cpu_quota": "write `deploy.resources.limits.cpus`",
    "cpu_shares": "write `deploy.resources.reservations.cpus`",
    "cpuset": "write `deploy.resources.limits.cpus`",
    "mem_limit": "write `deploy.resources.limits.memory`",
    "memswap_limit": "write `deploy.resources.limits.memory`",
}
"""Fields of a service for which the whole file is refused, and what to do instead."""

OF_COMPOSE: dict[str, str] = {
    "name": "the stack is named on the command line: `docker stack deploy -c FILE NAME`",
    "include": "name each file with `-c`",
    "profiles": "keep what is not always deployed in a file of its own",
    "pull_policy": "a tag is resolved to its digest at each deployment",
    "platform": "write `deploy.placement.constraints: [node.platform.arch == x86_64]`",
    "scale": "write `deploy.replicas`",
    "cpus": "write `deploy.resources.limits.cpus`",
    "mem_reservation": "write `deploy.resources.reservations.memory`",
    "pids_limit": "write `deploy.resources.limits.pids`",
    "annotations": "write `labels`",
    "content": "put the text into a file and name it with `file`",
    "environment": "put the value into a file and name it with `file`, or make the secret beforehand",
    "develop": "it is for docker compose alone",
    "group_add": "a task has no further groups",
}
"""Fields of today's Compose that a stack file cannot have, and what to do instead."""
