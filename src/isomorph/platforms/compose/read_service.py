"""A service as a container: one reader for each field that is about the container itself."""

from collections.abc import Callable
from typing import Any

from isomorph.model.origin import Path
from isomorph.model.workload import Compute, Container, Role, Security
from isomorph.platforms.compose.read_process import (
    Fields,
    read_build,
    read_capabilities,
    read_command,
    read_entrypoint,
    read_flag,
    read_health_check,
    read_image,
    read_limit,
    read_pull_policy,
    read_resources,
    read_security_options,
    read_stop_grace,
    read_string,
    read_user,
)
from isomorph.platforms.compose.read_sections import read_configs, read_secrets
from isomorph.platforms.compose.read_storage import read_tmpfs, read_volumes
from isomorph.platforms.compose.read_variables import read_variables
from isomorph.platforms.compose.reading import Reading
from isomorph.syntax.tree import Mapping, Node

ReadField = Callable[[Reading, Node, Path, Fields], None]

CONTAINER_FIELDS: dict[str, ReadField] = {
    "image": read_image,
    "build": read_build,
    "pull_policy": read_pull_policy,
    "entrypoint": read_entrypoint,
    "command": read_command,
    "working_dir": read_string("workdir"),
    "stop_signal": read_string("stop_signal"),
    "stop_grace_period": read_stop_grace,
    "user": read_user,
    "privileged": read_flag("privileged"),
    "read_only": read_flag("read_only_root"),
    "cap_add": read_capabilities("capabilities_added"),
    "cap_drop": read_capabilities("capabilities_dropped"),
    "security_opt": read_security_options,
    "healthcheck": read_health_check,
    "cpus": read_limit("limits", "cpu"),
    "mem_limit": read_limit("limits", "memory"),
    "mem_reservation": read_limit("requests", "memory"),
    "pids_limit": read_limit("limits", "pids"),
    "volumes": read_volumes,
    "tmpfs": read_tmpfs,
    "configs": read_configs,
    "secrets": read_secrets,
}

# Read with others, or about the workload: `read_workload` has them.
WORKLOAD_FIELDS = frozenset(
    ("annotations", "container_name", "depends_on", "deploy", "env_file", "environment", "expose", "hostname", "ipc")
    + ("labels", "links", "network_mode", "networks", "pid", "ports", "restart", "scale", "volumes_from")
)


def read_container(reading: Reading, service: Mapping, path: Path, role: Role) -> Container:
    """Read what a service says about its container; fields that the model has no place for are kept."""
    fields: dict[str, Any] = {}
    for key, node in service.entries.items():
        read = CONTAINER_FIELDS.get(key)
        if read is not None:
            read(reading, node, path, fields)
        elif key not in WORKLOAD_FIELDS:
            reading.keep(path, (key,), node, service.keys[key].origin)
    if "environment" in service.entries or "env_file" in service.entries:
        read_variables(reading, service, path, fields)
    deploy = service.entries.get("deploy")
    if isinstance(deploy, Mapping) and "resources" in deploy.entries:
        read_resources(reading, deploy.entries["resources"], path, fields)
    if "security" in fields:
        fields["security"] = Security(**fields["security"])
    if "compute" in fields:
        fields["compute"] = Compute(**fields["compute"])
    if role is not Role.MAIN:
        fields["role"] = role
    if "image" not in fields and "build" not in fields and "provider" not in service.entries:
        reading.fault(
            f"service {path[3] if path[3] == path[1] else path[1] + '/' + path[3]} has neither an image nor a build",
            service.origin,
            "add `image:` or `build:`",
        )
    return Container(**fields)
