"""A definition and what was made of its resources, as one: what is written then needs nothing more.

Outputs stand in place of the references to them. What realises a resource in the model's words joins the application; what
its provisioner said in the platform's own words goes beside it, where the platform's writer puts it back as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Application, Configuration, Definition, Extra, Secret, Volume
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.workload import Order, Route, Workload
from isomorph.platforms.table import find_family, load_support
from isomorph.provisioning.contract import Fragments, Realised
from isomorph.provisioning.engine import merge_fragments
from isomorph.provisioning.resolving import resolve_definition

GATE = "wait-for-resources"
"""The service that ends once all that provisioner files brought to a Compose project is there, as the reference tool calls it."""
GATE_IMAGE = "alpine"

_INIT_LABEL = "dev.score.compose.labels.is-init-container"
"""How the reference tools' provisioner files mark a service that ends by itself."""


def assemble(definition: Definition, realised: Mapping[str, Realised], platform: str) -> Definition:
    """Give a definition without dependencies: all its resources are in it, or beside it.

    Raises InvalidInput where a reference names an output that is not there, and where two things take one name.
    """
    resolved = resolve_definition(definition, realised)
    declared = [realised[uid] for uid in definition.application.dependencies if uid in realised]
    application = _join_parts(resolved, declared)
    application, told = _settle_host_ports(application, declared)
    application = _add_routes(application, resolved, declared)
    _place_volumes(resolved, declared)
    waits = _can_wait(platform)
    if waits:
        application = _add_waits(application, resolved, realised)
    fragments = merge_fragments(realised.values())
    extras = _to_extras(application, fragments, realised, find_family(platform), waits=waits)
    workloads = {
        key: replace(workload, dependencies={}) if workload.dependencies else workload
        for key, workload in application.workloads.items()
    }
    return replace(
        resolved,
        application=replace(application, workloads=workloads, dependencies={}),
        extras=(*resolved.extras, *extras),
        diagnostics=(*resolved.diagnostics, *told),
    )


def list_realising(realised: Iterable[Realised]) -> frozenset[str]:
    """Give the names of the workloads, volumes and secrets that realise resources."""
    return frozenset(
        name
        for one in realised
        for names in (one.result.parts.workloads, one.result.parts.volumes, one.result.parts.secrets)
        for name in names
    )


def _can_wait(platform: str) -> bool:
    support = load_support(platform).get("lifecycle.order")
    return support is not None and support.level != "never"


def _join_parts(definition: Definition, realised: Iterable[Realised]) -> Application:
    """Give the application with the parts of all resources; parts that several resources share are equal."""
    application = definition.application
    workloads: dict[str, Workload] = dict(application.workloads)
    volumes: dict[str, Volume] = dict(application.volumes)
    secrets: dict[str, Secret] = dict(application.secrets)
    configurations: dict[str, Configuration] = dict(application.configurations)
    joined: dict[str, str] = {}
    for one in realised:
        parts = one.result.parts
        for name, workload in parts.workloads.items():
            if name in application.workloads:
                raise InvalidInput(
                    f"resource {one.resource.uid} is realised by a workload {name}, and there is one of that name",
                    one.resource.origin,
                    "give the workload, or the resource, another name",
                )
            known = workloads.get(name)
            if known is not None and known != workload:
                raise InvalidInput(
                    f"resources {joined[name]} and {one.resource.uid} are both realised by a workload {name}",
                    one.resource.origin,
                    "give one of them another id",
                )
            workloads[name] = workload
            joined[name] = one.resource.uid
        volumes.update(parts.volumes)
        for name, secret in parts.secrets.items():
            before = secrets.get(name)
            secrets[name] = replace(secret, values={**before.values, **secret.values}) if before else secret
        configurations.update(parts.configurations)
    return replace(application, workloads=workloads, volumes=volumes, secrets=secrets, configurations=configurations)


def _settle_host_ports(
    application: Application, realised: Iterable[Realised]
) -> tuple[Application, tuple[Diagnostic, ...]]:
    """Let each port of the machine that realisations ask for lead to the first of them, for it can lead to one only."""
    taken: dict[tuple[int | None, str], str] = {}
    workloads = dict(application.workloads)
    told: list[Diagnostic] = []
    for one in realised:
        for name in one.result.parts.workloads:
            ports = dict(workloads[name].ports)
            for key, port in ports.items():
                kept = []
                for exposure in port.exposures:
                    is_fixed = exposure.kind == "host" and exposure.port is not None
                    holder = taken.setdefault((exposure.port, port.protocol), name) if is_fixed else name
                    if holder == name:
                        kept.append(exposure)
                    else:
                        message = f"port {exposure.port} of the machine leads to {holder}, and so not to {name}"
                        told.append(Diagnostic("lost", message, one.resource.origin, ("workloads", name, "ports", key)))
                ports[key] = replace(port, exposures=tuple(kept))
            if ports != workloads[name].ports:
                workloads[name] = replace(workloads[name], ports=ports)
    return (replace(application, workloads=workloads), tuple(told)) if told else (application, ())


def _add_routes(application: Application, definition: Definition, realised: Iterable[Realised]) -> Application:
    """Give workloads the routes that resources are, each with the place of its resource."""
    routes: dict[str, dict[str, Route]] = {}
    for one in realised:
        for key, added in one.result.parts.routes.items():
            routes.setdefault(key, {}).update(added)
            if one.resource.origin is not None:
                for route in added:
                    definition.origins[("workloads", key, "routes", route)] = one.resource.origin
    if not routes:
        return application
    workloads = dict(application.workloads)
    for key, added in routes.items():
        workload = workloads[key]
        workloads[key] = replace(workload, routes={**workload.routes, **added})
    return replace(application, workloads=workloads)


def _place_volumes(definition: Definition, realised: Iterable[Realised]) -> None:
    """Give what is known of volumes the place of the resource whose params say it."""
    for one in realised:
        if one.resource.origin is not None:
            for name in one.result.parts.volumes:
                for path in (("volumes", name), *(("volumes", name, field) for field in Volume.__struct_fields__)):
                    definition.origins[path] = one.resource.origin


def _add_waits(application: Application, definition: Definition, realised: Mapping[str, Realised]) -> Application:
    """Let every workload wait for what realises its resources, or for what these stand for, each with its place."""
    exact = definition.origins.exact
    workloads = dict(application.workloads)
    for key, workload in application.workloads.items():
        waits = {
            name: Order(condition)
            for uid in workload.dependencies.values()
            if uid in realised
            for name, condition in realised[uid].result.parts.waits.items()
            if name != key and name not in workload.order
        }
        if waits:
            workloads[key] = replace(workload, order={**workload.order, **waits})
        for name, uid in workload.dependencies.items():
            origin = exact(("workloads", key, "dependencies", name))
            if uid in realised and origin is not None:
                for waited in realised[uid].result.parts.waits:
                    definition.origins["workloads", key, "order", waited] = origin
    _check_circles(workloads, realised)
    return replace(application, workloads=workloads)


def _check_circles(workloads: Mapping[str, Workload], realised: Mapping[str, Realised]) -> None:
    """Raise InvalidInput where workloads wait for each other in a circle, at a resource that lets one of them wait."""
    waits = [
        (key, waited, realised[uid].resource.origin)
        for key, workload in workloads.items()
        for uid in workload.dependencies.values()
        if uid in realised
        for waited in realised[uid].result.parts.waits
        if waited not in realised[uid].result.parts.workloads
    ]
    circle = _find_circle({key: tuple(each.order) for key, each in workloads.items()}) if waits else []
    if circle:
        steps = set(zip(circle, [*circle[1:], circle[0]], strict=True))
        origin = next((origin for key, waited, origin in waits if (key, waited) in steps), None)
        raise InvalidInput(
            f"workloads wait for each other in a circle: {' -> '.join([*circle, circle[0]])}",
            origin,
            "let one of them wait for none",
        )


def _find_circle(waits: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Give workloads of which each waits for the next and the last for the first, if there are such."""
    left = {key: [each for each in waited if each in waits] for key, waited in waits.items()}
    while True:
        free = {key for key, waited in left.items() if not waited}
        if not free:
            break
        left = {key: [each for each in waited if each not in free] for key, waited in left.items() if key not in free}
    trail: list[str] = []
    here = min(left, default=None)
    while here is not None and here not in trail:
        trail.append(here)
        here = min(left[here])
    return trail[trail.index(here) :] if here is not None else []


def _to_extras(
    application: Application, fragments: Fragments, realised: Mapping[str, Realised], platform: str, *, waits: bool
) -> list[Extra]:
    if platform == "kubernetes":
        return [Extra("kubernetes", (), (), manifest) for manifest in fragments.manifests]
    extras = [
        Extra(platform, (), (section, name), value)
        for section in ("services", "networks", "volumes", "models")
        for name, value in getattr(fragments, section).items()
    ]
    if fragments.models:
        extras += _bind_models(application, realised, platform)
    if fragments.services and waits:
        if GATE not in fragments.services:
            extras.append(Extra(platform, (), ("services", GATE), _to_gate(fragments.services)))
        wait = {"condition": "service_completed_successfully"}
        extras += [
            Extra(platform, ("workloads", key), ("depends_on", GATE), dict(wait)) for key in application.workloads
        ]
    return extras


def _bind_models(application: Application, realised: Mapping[str, Realised], platform: str) -> list[Extra]:
    """Let the containers of every workload name the models that are its resources: Compose runs no others."""
    return [
        Extra(platform, ("workloads", key, "containers", container), ("models", name), {})
        for key, workload in application.workloads.items()
        for uid in workload.dependencies.values()
        if uid in realised
        for name in realised[uid].result.fragments.models
        for container in workload.containers
    ]


def _to_gate(services: Mapping[str, Any]) -> dict[str, Any]:
    """Give the service that waits until the others have ended, are healthy, or run, whichever each can tell."""
    return {
        "image": GATE_IMAGE,
        "command": ["echo"],
        "depends_on": {name: {"condition": _condition_of(services[name])} for name in sorted(services)},
    }


def _condition_of(service: Mapping[str, Any]) -> str:
    labels = service.get("labels")
    if isinstance(labels, Mapping) and str(labels.get(_INIT_LABEL)).lower() == "true":
        return "service_completed_successfully"
    check = service.get("healthcheck")
    if isinstance(check, Mapping) and check and not check.get("disable"):
        return "service_healthy"
    return "service_started"
