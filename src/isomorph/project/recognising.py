"""Which servers that a definition runs are resources, as Score says them: a `postgres:15` that others are told of in variables.

A server becomes a resource only where all that its users must know of one (host, user, password, database) is handed to them
in variables or files, which then name the resource's outputs: the one that is provisioned has another address and another
password. What has files, arguments or users of its own kind stays a workload, and why is told.
"""

import re
from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Dependency
from isomorph.model.normalise import map_workload_texts
from isomorph.model.origin import Path
from isomorph.model.secrecy import find_secret_value
from isomorph.model.services import Service, find_service, find_version
from isomorph.model.text import Address, Part, SecretValue, Text, map_parts, references_in
from isomorph.model.workload import Container, Exec, Exposure, Order, Workload
from isomorph.platforms.table import load_function
from isomorph.project.output_texts import Told, link_hosts, use_outputs
from isomorph.provisioning.catalogue.server import PUBLISH

NEEDED: dict[str, tuple[str, ...]] = {
    "postgres": ("host", "username", "password", "name"),
    "mysql": ("host", "username", "password", "name"),
    "mssql": ("host", "password", "name"),
    "mongodb": ("host", "username", "password"),
    "redis": ("host", "password"),
    "amqp": ("host", "username", "password", "name"),
    "elasticsearch": ("host", "password"),
}
"""What a program must be told of a resource of each type; users and databases of other names are fixed by the type."""

OUTPUTS: dict[str, dict[str, str]] = {
    "mssql": {"host": "server", "name": "database"},
    "amqp": {"name": "vhost"},
    "mongodb": {"name": ""},
    "redis": {"name": ""},
    "elasticsearch": {"name": ""},
}
"""What types call their outputs otherwise; empty where there is none."""

_PARTS = {"s3": "one bucket", "kafka": "one topic"}
"""Servers of which a resource is but a part."""

_KNOWN = frozenset(
    ("PGDATA", "POSTGRES_HOST_AUTH_METHOD", "MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD", "ACCEPT_EULA")
)
"""Variables of servers whose matter a resource settles itself, beside those for its user and database."""

_STAND_INS = {"mariadb": "mysql", "valkey": "redis"}
"""Servers for which one of another name stands in that speaks the same protocol; their versions are not its own."""

_DEFAULTS: dict[str, dict[str, str]] = {
    "postgres": {"username": "postgres"},
    "amqp": {"username": "guest", "password": "guest"},
    "mssql": {"username": "sa"},
    "elasticsearch": {"username": "elastic"},
}
"""How an image is set up that is told nothing."""


class Resource(msgspec.Struct, frozen=True):
    """What a server became: a resource of a type, for its users; `left` is what the server had and a resource has not."""

    type: str
    users: tuple[str, ...]
    left: tuple[str, ...] = ()


class Recognised(msgspec.Struct, frozen=True):
    """The definition with resources in place of servers, and why other servers stay."""

    definition: Definition
    resources: dict[str, Resource] = {}
    stays: dict[str, str] = {}


class Server(msgspec.Struct, frozen=True):
    """A workload that may be a resource of a type: its row, and what those who use it are told of it."""

    key: str
    type: str
    service: Service
    names: tuple[str, ...]
    version: str | None
    told: Told


def recognise(definition: Definition, leave: Collection[str] = ()) -> Recognised:
    """Give a normalised definition with its servers as resources, as far as they can be; but for those to `leave`."""
    resources: dict[str, Resource] = {}
    stays: dict[str, str] = {}
    for key in definition.application.workloads:
        workload = definition.application.workloads[key]
        server = find_server(definition.application, key, workload)
        if server is None or key in leave:
            part = _find_part(workload)
            if part and key not in leave:
                stays[key] = f"a resource is {part} of such a server, and not the server"
            continue
        reason = _reason_to_stay(definition.application, workload)
        changed = None
        if not reason:
            changed, reason = _replace_server(_link(definition.application, workload), server)
        if changed is None:
            stays[key] = reason
            continue
        application, users = changed
        definition = replace(definition, application=application)
        resources[key] = Resource(server.type, tuple(users), _list_left(server, workload))
    return Recognised(definition, resources, stays)


def recognise_alike(
    definitions: dict[str, Definition], leave: Collection[str] = ()
) -> tuple[dict[str, Definition], list[str]]:
    """Give the definitions of environments with those servers as resources that can be in all of them, and what to tell.

    The same workload has one name in all; those to `leave` are workloads, and nothing is told of it.
    """
    found = {name: recognise(each, leave) for name, each in definitions.items()}
    stays: dict[str, dict[str, str]] = {}
    for name, each in found.items():
        for key, reason in each.stays.items():
            stays.setdefault(key, {})[name] = reason
    for key in {key for each in found.values() for key in each.resources} - set(stays):
        others = [name for name, each in found.items() if key in each.definition.application.workloads]
        if others:
            stays[key] = dict.fromkeys(others, "its image there is of no server that is known")
    if any(key in each.resources for each in found.values() for key in stays):
        found = {name: recognise(each, {*stays, *leave}) for name, each in definitions.items()}
    return {name: each.definition for name, each in found.items()}, [
        *_tell_resources(found),
        *_tell_stays(
            {
                key: _say_reason(
                    reasons, [name for name, each in definitions.items() if key in each.application.workloads]
                )
                for key, reasons in stays.items()
            }
        ),
    ]


def _tell_resources(found: dict[str, Recognised]) -> list[str]:
    told: dict[str, list[Resource]] = {}
    for each in found.values():
        for key, resource in each.resources.items():
            told.setdefault(key, []).append(resource)
    lines = []
    for key, resources in told.items():
        users = dict.fromkeys(user for each in resources for user in each.users)
        left = dict.fromkeys(what for each in resources for what in each.left)
        without = f", without {' and '.join(left)}" if left else ""
        lines.append(f"{key} is a resource of type {resources[0].type}, for {', '.join(users)}{without}")
    if lines:
        lines.append("a resource is a new, empty server where it is generated: what is in yours stays there")
    return lines


def _say_reason(reasons: dict[str, str], environments: list[str]) -> str:
    """Say why a server stays; `environments` are those that run it."""
    reason = next(iter(reasons.values()))
    said = [name for name, each in reasons.items() if each == reason]
    return reason + (f" (in {', '.join(said)})" if len(said) < len(environments) else "")


def _tell_stays(reasons: dict[str, str]) -> list[str]:
    """Tell which servers stay workloads, those of one reason together."""
    together: dict[str, list[str]] = {}
    for key, reason in reasons.items():
        together.setdefault(reason, []).append(key)
    return [
        f"{', '.join(keys)} {'stays a workload' if len(keys) == 1 else 'stay workloads'}, not a resource: {reason}"
        for reason, keys in together.items()
    ]


def find_server(application: Application, key: str, workload: Workload) -> Server | None:
    """Give what a workload is as a server that a resource can stand for; None for any other."""
    containers = list(workload.containers.values())
    service = find_service(containers[0].image) if len(containers) == 1 else None
    kind = _STAND_INS.get(service.type, service.type) if service is not None else ""
    if service is None or kind not in NEEDED or containers[0].build is not None:
        return None
    container = containers[0]
    said = dict(_DEFAULTS.get(service.type, {}))
    for word, variables in (
        ("username", service.username),
        ("password", service.password),
        ("name", service.database),
    ):
        value = next((container.variables[each] for each in variables if each in container.variables), None)
        if value is not None and (settled := settle(application, value)):
            said[word] = settled
    if kind == "postgres":
        said.setdefault("name", said["username"])
    tag = container.image.tag if container.image is not None else None
    version = find_version(service, tag) if isinstance(tag, str) and kind == service.type else None
    names = {word: word for word in ("host", "port", "username", "password", "name")}
    names |= OUTPUTS.get(kind, {})
    told = Told(key, service.port, said, names, slash_is_default=kind == "amqp", asks_where=kind == "mongodb")
    return Server(key, kind, service, workload.names or (key,), version, told)


def _find_part(workload: Workload) -> str:
    """Give what of a server a resource is, where it is but a part."""
    (container, *others) = workload.containers.values()
    service = find_service(container.image) if not others else None
    return _PARTS.get(service.type, "") if service is not None else ""


def settle(application: Application, text: Text) -> str:
    """Give a text with the secrets that are known here opened; empty where something of it is not known."""

    def change(part: Part) -> Text:
        if isinstance(part, SecretValue):
            value = find_secret_value(application, part)
            return value if isinstance(value, str) else (part,)
        return part if isinstance(part, str) else (part,)

    settled = map_parts(text, change)
    return settled if isinstance(settled, str) else ""


def _link(application: Application, server: Workload) -> Application:
    """Give the application with the server's name as an address where bare words name it."""
    workloads = {
        key: replace(
            workload,
            containers={
                name: link_hosts(container, server.name, server.names)
                for name, container in workload.containers.items()
            },
        )
        for key, workload in application.workloads.items()
    }
    return replace(application, workloads=workloads)


def _list_left(server: Server, workload: Workload) -> tuple[str, ...]:
    """Give what of a server no resource has: settings of its own, and ports that are open on one address only."""
    (container,) = workload.containers.values()
    service = server.service
    known = {*service.username, *service.password, *service.database, *_KNOWN}
    published = _find_published(server, workload)
    exposures = [exposure for port in workload.ports.values() for exposure in port.exposures]
    ports = [each for each in exposures if (each.port, each.address) != (published, None)]
    return (*(name for name in container.variables if name not in known), *map(_print_exposure, ports))


def _print_exposure(exposure: Exposure) -> str:
    address = f" of {exposure.address}" if exposure.address else ""
    return f"port {exposure.port or 'of any number'}{address}"


def _find_published(server: Server, workload: Workload) -> int | None:
    """Give the port of the machine by which a server is reached, which a resource can have."""
    for port in workload.ports.values():
        for exposure in port.exposures:
            if port.target == server.service.port and exposure.kind == "host" and exposure.address is None:
                return exposure.port
    return None


def _find_size(application: Application, workload: Workload) -> str:
    """Give how much a server's storage holds, where that is said."""
    (container,) = workload.containers.values()
    for mount in container.mounts.values():
        volume = application.volumes.get(mount.volume)
        if volume is not None and isinstance(volume.size, int):
            return str(load_function("score", "quantities", "print_memory")(volume.size))
    return ""


def _reason_to_stay(application: Application, workload: Workload) -> str:
    """Tell what a server has that a resource would not have; empty where it has nothing of its own."""
    container = next(iter(workload.containers.values()))
    if container.files:
        return f"it is set up by files ({next(iter(container.files))}), which a resource does not have"
    volumes = (application.volumes.get(mount.volume) for mount in container.mounts.values())
    if any(volume is not None and volume.kind == "host" for volume in volumes):
        return "it is given folders of the machine, which a resource does not have"
    if container.command or container.args:
        return "it is started with arguments of its own, which a resource does not have"
    if workload.routes:
        return "it is reached from outside by a route"
    return ""


def _replace_server(application: Application, server: Server) -> tuple[tuple[Application, list[str]] | None, str]:
    """Give the application with a resource in the place of a server, and who uses it; else why that cannot be."""
    key = server.key
    users = [name for name, workload in application.workloads.items() if name != key and _names(workload, key)]
    for name, workload in application.workloads.items():
        if name != key and name not in users and any(_owner(each) == key for each in workload.order):
            return None, f"{name} waits for it, but no variable tells {name} where it is"
    if not users:
        return None, "no variable of another workload names it"
    told = next((name for name, each in application.workloads.items() if name != key and _calls(each, server)), None)
    if told is not None:
        return None, f"{told} names it in a command, where Score puts no values in"
    label = _to_label(key)
    shared = len(users) > 1
    workloads: dict[str, Workload] = {}
    dependencies = dict(application.dependencies)
    kind, dependency = server.type, _to_dependency(application, server)
    for name, workload in application.workloads.items():
        if name == key:
            continue
        if name not in users:
            workloads[name] = workload
            continue
        if label in workload.dependencies:
            return None, f"{name} has a resource of that name"
        uid = f"{kind}.default#{label if shared else f'{_to_label(name)}.{label}'}"
        changed, reason = _use(application, workload, server, uid)
        if reason:
            return None, reason
        order: dict[str, Order] = {each: how for each, how in changed.order.items() if _owner(each) != key}
        workloads[name] = replace(changed, order=order, dependencies={**workload.dependencies, label: uid})
        dependencies[uid] = replace(dependency, id=label if shared else None)
    return (replace(application, workloads=workloads, dependencies=dependencies), users), ""


def _to_dependency(application: Application, server: Server) -> Dependency:
    """Give the resource in the place of a server: of its version and size, and published as it is."""
    workload = application.workloads[server.key]
    said = {"version": server.version, "size": _find_size(application, workload)}
    published = _find_published(server, workload)
    return Dependency(
        type=server.type,
        parameters={key: value for key, value in said.items() if value} or None,
        metadata={"annotations": {PUBLISH: str(published)}} if published is not None else {},
    )


def _use(application: Application, workload: Workload, server: Server, uid: str) -> tuple[Workload, str]:
    """Give a user with outputs in its texts, or why they cannot stand there."""
    key = server.key
    containers: dict[str, Container] = {}
    for name, container in workload.containers.items():
        if not _container_names(container, key):
            containers[name] = container
            continue
        plain = {variable: settle(application, text) for variable, text in container.variables.items()}
        changed, used = use_outputs(container, server.told, uid, plain)
        if _container_names(changed, key):
            return workload, f"{workload.name} names it where Score puts no values in: arguments or checks"
        missing = [word for word in NEEDED[server.type] if word not in used]
        if missing:
            called = {**_WORDS, "name": "virtual host"} if server.type == "amqp" else _WORDS
            what = " and ".join(called[word] for word in missing)
            return workload, f"{workload.name} is told no {what} of it, which a resource has of its own"
        containers[name] = changed
    return replace(workload, containers=containers), ""


_WORDS = {"host": "host", "username": "user", "password": "password", "name": "database"}


_NOT_IN_LABEL = re.compile(r"[^a-z0-9-]+")


def _to_label(name: str) -> str:
    """Give a name as Score allows those of resources."""
    return _NOT_IN_LABEL.sub("-", name.lower()).strip("-")


def _calls(workload: Workload, server: Server) -> bool:
    """Tell whether a workload's commands have the server's name as a word: `nc -z db 5432`."""
    words = "|".join(re.escape(name) for name in server.names)
    pattern = re.compile(rf"(?<![\w./-])(?:{words})(?![\w-])")
    for container in workload.containers.values():
        probes = (container.liveness, container.readiness, container.startup)
        checks = [probe.check.command for probe in probes if probe is not None and isinstance(probe.check, Exec)]
        vectors = [container.command or (), container.args or (), *checks]
        if any(isinstance(word, str) and pattern.search(word) for vector in vectors for word in vector):
            return True
    return False


def _owner(ordered: str) -> str:
    """Give the workload of what is waited for: `WORKLOAD` or `WORKLOAD/CONTAINER`."""
    return ordered.partition("/")[0]


def _names(workload: Workload, key: str) -> bool:
    return any(_container_names(container, key) for container in workload.containers.values())


def _container_names(container: Container, key: str) -> bool:
    """Tell whether a container is told of a workload, in whatever text of it."""
    found: list[bool] = []

    def look(text: Text, path: Path) -> Text:
        if any(isinstance(each, Address) and each.workload == key for each in references_in(text)):
            found.append(True)
        return text

    map_workload_texts(Workload("x", containers={"x": container}), ("workloads", "x"), look)
    return bool(found)
