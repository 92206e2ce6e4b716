"""A definition as a Compose file: what someone who knows Compose well would write by hand."""

import re
from collections import Counter
from typing import Any

from isomorph.model.application import Definition
from isomorph.model.text import SecretValue
from isomorph.model.workload import Binary, Workload
from isomorph.platforms.compose.env_file import find_open_variables, print_env_file
from isomorph.platforms.compose.layout import Layout
from isomorph.platforms.compose.write_extras import write_extras
from isomorph.platforms.compose.write_fragments import add_fragments, check_service_names
from isomorph.platforms.compose.write_network import other_names
from isomorph.platforms.compose.write_routes import write_routes
from isomorph.platforms.compose.write_storage import define_secret, define_volume, safe_name
from isomorph.platforms.compose.write_text import is_variable
from isomorph.platforms.compose.write_workload import write_workload
from isomorph.platforms.compose.writing import Writing
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml

FILE = "compose.yaml"

_ORDER = (
    "image",
    "build",
    "pull_policy",
    "platform",
    "entrypoint",
    "command",
    "working_dir",
    "user",
    "privileged",
    "read_only",
    "cap_add",
    "cap_drop",
    "security_opt",
    "environment",
    "env_file",
    "configs",
    "secrets",
    "volumes",
    "tmpfs",
    "expose",
    "ports",
    "networks",
    "network_mode",
    "depends_on",
    "healthcheck",
    "deploy",
    "restart",
    "stop_signal",
    "stop_grace_period",
)
"""The keys of a service in the order in which people write them; others follow."""

_SECTIONS = ("name", "services", "networks", "volumes", "configs", "secrets", "models")
"""The keys of a Compose file in the order in which people write them."""

_NOT_IN_PROJECT = re.compile(r"[^a-z0-9_-]+")


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a definition as `compose.yaml`, with files beside it for what no Compose file can hold."""
    writing = Writing(definition, options)
    return finish(writing, write_project(writing), FILE)


def write_project(writing: Writing) -> dict[str, Any]:
    """Write all of a definition in the family's form, as plain data."""
    _name_services(writing)
    volumes = writing.application.volumes
    writing.defined_volumes = _find_shared(writing.application.workloads)
    if writing.from_compose:  # What has no slash in its name was defined at the top level.
        writing.defined_volumes |= {name for name in volumes if "/" not in name}
    for key, workload in writing.application.workloads.items():
        write_workload(writing, workload, writing.layouts[key], writing.aliases[key])
    write_routes(writing)
    _define_rest(writing)
    _report_volumes(writing)
    root = _assemble(writing)
    write_extras(writing, root)
    root["services"] = {name: _in_order(service) for name, service in writing.services.items()}
    add_fragments(writing, root)
    return {**{key: root[key] for key in _SECTIONS if key in root}, **root}


def finish(writing: Writing, root: dict[str, Any], path: str) -> Written:
    """Give the files of a project: the main one, those beside it, and the values of secrets where they are asked for."""
    options = writing.options
    if options.finish is not None:
        root = options.finish(root)
    files = [OutputFile(path, emit_yaml(root, dialect=Dialect.COMPOSE, header=options.header))]
    files += writing.beside.values()
    settled = writing.texts.settled
    if settled:
        files.append(OutputFile(options.env_file, print_env_file(settled), 0o600))
    return Written(tuple(files), tuple(writing.diagnostics), find_open_variables(root, settled))


def _name_services(writing: Writing) -> None:
    """Name the services of every workload before any text is written, since texts name their peers."""
    given = writing.names_of_services
    names: dict[str, str] = {}
    for key in writing.application.workloads:
        known = writing.options.known_as.get(key)
        name = given.give(safe_name(known or key))
        if name != (known or key):
            writing.report("renamed", f"workload {key} is service {name}", ("workloads", key))
        names[key] = name
    check_service_names(writing, names)
    given.taken.update(writing.fragments["services"])
    for key, workload in writing.application.workloads.items():
        name = names[key]
        stem = key if key in writing.options.known_as else ""
        layout = Layout(workload, name, given, stem, writing.target.apart)
        aliases = other_names(writing, workload, name)
        writing.layouts[key] = layout
        writing.aliases[key] = aliases
        writing.waited_for[key] = layout.waited_for
        writing.texts.service_names[key] = name
        writing.texts.reachable[key] = frozenset(aliases)


def _find_shared(workloads: dict[str, Workload]) -> frozenset[str]:
    """Find the volumes that more than one container mounts: those need a name."""
    mounted: Counter[str] = Counter()
    for workload in workloads.values():
        if len(workload.containers) > 1:
            for container in workload.containers.values():
                mounted.update({mount.volume for mount in container.mounts.values()})
    return frozenset(name for name, count in mounted.items() if count > 1)


def _define_rest(writing: Writing) -> None:
    """Define what no service uses, or only names."""
    application = writing.application
    for name, volume in application.volumes.items():
        if name not in writing.volume_names and (volume.kind == "persistent" or name in writing.defined_volumes):
            define_volume(writing, name, volume)
    if writing.from_compose:
        for name, secret in application.secrets.items():
            if not is_variable(name, secret):
                define_secret(writing, SecretValue(name))
        for name, configuration in application.configurations.items():
            for value in configuration.values.values():
                if value is not None and not isinstance(value, Binary) and name not in writing.configs:
                    writing.configs[name] = {"content": writing.texts.print(value)}
                    writing.config_texts[name] = value
            if configuration.external:
                writing.configs.setdefault(name, {"external": True})
    for workload in writing.application.workloads.values():
        for network in workload.networks or ():
            if network != "default":
                writing.networks.setdefault(network, {})


def _report_volumes(writing: Writing) -> None:
    for name, volume in writing.application.volumes.items():
        path = ("volumes", name)
        if volume.size is not None and volume.kind != "memory":
            writing.lose("volume.size", path, "size of the volume")
        if volume.storage_class is not None:
            writing.lose("volume.class", path, "storage class of the volume")
        if volume.access:
            writing.lose("volume.access", path, "access to the volume")


def _in_order(service: dict[str, Any]) -> dict[str, Any]:
    ordered = {key: service[key] for key in _ORDER if key in service}
    ordered.update(service)
    return ordered


def _assemble(writing: Writing) -> dict[str, Any]:
    root: dict[str, Any] = {}
    name = writing.options.name or writing.application.name
    if name:
        root["name"] = _NOT_IN_PROJECT.sub("-", name.lower()).strip("-_") or "project"
    root["services"] = writing.services
    sections = {
        "networks": writing.networks,
        "volumes": writing.volumes,
        "configs": writing.configs,
        "secrets": writing.secrets,
    }
    root.update({key: definitions for key, definitions in sections.items() if definitions})
    return root
