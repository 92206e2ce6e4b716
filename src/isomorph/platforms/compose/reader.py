"""Compose files to the model, as docker compose v2 understands them.

files --loading--> one tree --schema--> checked --grouping--> workloads --read_*--> model. Options of a definition: `file`
(more files that are merged), `env-file` (instead of `.env`), `profile` (active profiles, `*` for all), `project` (its name).
"""

from isomorph.model.application import Application, Definition
from isomorph.model.errors import InvalidInput, InvalidInputs
from isomorph.model.origin import Origin, Origins
from isomorph.model.workload import Workload
from isomorph.platforms.compose.environment import read_environment
from isomorph.platforms.compose.grouping import Home, group_services, is_router
from isomorph.platforms.compose.loading import Loader, find_files, report_unset
from isomorph.platforms.compose.merging import to_names
from isomorph.platforms.compose.ordering import check_circles
from isomorph.platforms.compose.paths import folder_of
from isomorph.platforms.compose.read_sections import (
    read_networks,
    read_secret_definitions,
    read_unused_configs,
    read_volume_definitions,
)
from isomorph.platforms.compose.read_workload import WorkloadReader
from isomorph.platforms.compose.reading import Reading, items_of, to_extra, to_string
from isomorph.platforms.compose.schema import check_shape
from isomorph.platforms.compose.write_fragments import ROUTES
from isomorph.platforms.context import Context, Source
from isomorph.syntax.tree import Mapping

_SECTIONS = frozenset(("services", "volumes", "networks", "configs", "secrets", "name", "version"))


def read(source: Source, context: Context) -> Definition:
    """Read a Compose project; raises InvalidInput with the position of what docker compose would refuse."""
    paths = find_files(source, context)
    folder = "." if paths[0] == "-" else folder_of(paths[0])
    environment = read_environment(context, folder, tuple(source.options.get("env-file", ())))
    loader = Loader(context)
    root = loader.load(paths, environment, folder)
    check_shape(root)
    reading = Reading(context, root, folder, environment)
    profiles = source.options.get("profile", ()) or tuple((environment.text("COMPOSE_PROFILES") or "").split(","))
    name = source.option("project") or environment.text("COMPOSE_PROJECT_NAME")
    if name is None and "name" in root:
        name = to_string(root["name"])
        reading.origins["name",] = root["name"].origin
    return read_project(reading, loader, name, frozenset(profiles))


def read_project(
    reading: Reading, loader: Loader, name: str | None, profiles: frozenset[str] = frozenset()
) -> Definition:
    """Read a tree of the family's form that was loaded and checked; raises InvalidInput for what it means wrongly."""
    reading.note_secrets(reading.environment.entries)
    workloads = _read_services(reading, profiles)
    read_networks(reading)
    _keep_rest(reading)
    _raise_faults(reading)
    application = Application(
        name=name,
        workloads=workloads,
        volumes=reading.volumes,
        secrets=reading.secrets,
        configurations=reading.configurations,
    )
    return Definition(
        application=application,
        platform=reading.rules.platform,
        sources=tuple(loader.sources),
        origins=Origins(reading.origins),
        extras=tuple(reading.extras),
        diagnostics=(*report_unset({**reading.unset, **loader.unset}), *reading.diagnostics),
    )


def _read_services(reading: Reading, profiles: frozenset[str]) -> dict[str, Workload]:
    """Read the active services, grouped into workloads."""
    active = _active_services(reading, profiles)
    for name in [name for name, service in active.items() if is_router(service)]:
        _keep_router(reading, name, active.pop(name))
    read_volume_definitions(reading)
    read_secret_definitions(reading)
    groups = group_services(reading, active)
    homes = {member.service: group.home(member) for group in groups for member in group.members}
    check_circles(reading, active)
    workloads = {group.name: WorkloadReader(reading, group, homes).read() for group in groups}
    read_unused_configs(reading)
    return _add_link_names(reading, active, homes, workloads)


def _active_services(reading: Reading, profiles: frozenset[str]) -> dict[str, Mapping]:
    """Give the services without a profile or with one that is enabled; the others' names stay known as inactive."""
    active: dict[str, Mapping] = {}
    everything = "*" in profiles
    for name, service in reading.sections["services"].items():
        if not isinstance(service, Mapping):
            continue
        wanted = service.entries.get("profiles")
        if wanted is None or everything:
            active[name] = service
            continue
        own = [to_string(item) for item in items_of(wanted)]
        if not own or not profiles.isdisjoint(own):
            active[name] = service
    return active


def _keep_router(reading: Reading, name: str, service: Mapping) -> None:
    """Keep the service that runs the routes, and the networks that it joins, for the routes are the workloads' own."""
    reading.routers.add(name)
    reading.keep_own(ROUTES, ("services", name), to_extra(service), reading.sections["services"].keys[name].origin)
    networks = service.entries.get("networks")
    for network in to_names(networks).entries if networks is not None else ():
        if network != "default":
            reading.keep_own(ROUTES, ("networks", network), {}, service.origin)


def _add_link_names(
    reading: Reading, active: dict[str, Mapping], homes: dict[str, Home], workloads: dict[str, Workload]
) -> dict[str, Workload]:
    """Add the aliases of `links` to the names of the workloads that they point to."""
    from msgspec.structs import replace

    for service in active.values():
        for item in items_of(service.entries.get("links")):
            name, _, alias = to_string(item).partition(":")
            home = homes.get(name)
            if alias and home is not None and alias not in workloads[home.workload].names:
                workload = workloads[home.workload]
                workloads[home.workload] = replace(workload, names=(*workload.names, alias))
    return workloads


def _keep_rest(reading: Reading) -> None:
    """Keep top-level fields that the model has no place for: `x-` fields, models."""
    for key, node in reading.root.items():
        if key not in _SECTIONS:
            reading.keep((), (key,), node, reading.root.keys[key].origin)


def _raise_faults(reading: Reading) -> None:
    if not reading.faults:
        return
    if len(reading.faults) == 1:
        raise reading.faults[0]
    raise InvalidInputs(sorted(reading.faults, key=_position))


def _position(fault: InvalidInput) -> tuple[str, int, int]:
    origin = fault.origin or Origin("")
    return origin.file, origin.line, origin.column
