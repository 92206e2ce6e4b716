"""Definitions of Marathon to the model: applications, pods, and groups of them.

files --documents--> entries by id --read_app, read_pod--> workloads. What a group waits for, all that is in it waits for.
"""

import re

from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.model.normalise import map_workload_texts
from isomorph.model.origin import Origins, Path
from isomorph.model.text import Text, parts_of
from isomorph.model.workload import Order, Workload
from isomorph.platforms.context import Context, Source
from isomorph.platforms.marathon.documents import read_documents
from isomorph.platforms.marathon.ids import L4LB, is_below, is_derived
from isomorph.platforms.marathon.read_app import read_app
from isomorph.platforms.marathon.read_pod import read_pod
from isomorph.platforms.marathon.reading import PLATFORM, Entry, Reading
from isomorph.syntax.tree import Node

_DERIVED = re.compile(r"[a-z0-9.-]+\.marathon\.[a-z0-9.]*[a-z]")


def read(source: Source, context: Context) -> Definition:
    """Read a definition of Marathon; raises InvalidInput with the position of what Marathon would refuse."""
    reading = Reading()
    sources = read_documents(source.path, context, reading)
    read_entries = {
        entry.name: read_pod(reading, entry) if entry.is_pod else read_app(reading, entry)
        for entry in reading.entries.values()
    }
    workloads = _order(reading, read_entries)
    name = reading.root.strip("/").replace("/", "-") or None
    used = _used_names(workloads)
    workloads = {key: _with_used_names(each, used) for key, each in workloads.items()}
    application = Application(name=name, workloads=workloads, volumes=reading.volumes, secrets=reading.secrets)
    return Definition(
        application=application,
        platform=PLATFORM,
        sources=sources,
        origins=Origins(reading.origins),
        extras=tuple(reading.extras),
        diagnostics=tuple(reading.diagnostics),
    )


def _used_names(workloads: dict[str, Workload]) -> frozenset[str]:
    """Find the names below Mesos' own domains that texts use."""
    found: set[str] = set()

    def look(text: Text, _path: Path) -> Text:
        for part in parts_of(text):
            if isinstance(part, str) and "marathon" in part.lower():
                found.update(match.group().lower() for match in _DERIVED.finditer(part.lower()))
        return text

    for key, workload in workloads.items():
        map_workload_texts(workload, ("workloads", key), look)
    return frozenset(found)


def _with_used_names(workload: Workload, used: frozenset[str]) -> Workload:
    """Leave out the names that Mesos gives every application of itself, unless somebody uses them."""
    names = tuple(name for name in workload.names if name in used or name.endswith(L4LB) or not is_derived(name))
    return workload if names == workload.names else replace(workload, names=names)


def _order(reading: Reading, workloads: dict[str, Workload]) -> dict[str, Workload]:
    """Give every workload what it waits for; a group stands for all that is in it."""
    members: dict[str, list[Entry]] = {}
    for entry in reading.entries.values():
        members.setdefault(entry.identity, []).append(entry)
        group = entry.identity
        while group:
            group = group.rpartition("/")[0]
            members.setdefault(group or "/", []).append(entry)
    ordered: dict[str, Workload] = {}
    for entry in reading.entries.values():
        order: dict[str, Order] = {}
        for wanted, node in entry.waits:
            _wait_for(reading, entry, wanted, node, members.get(wanted, []), order, workloads)
        workload = workloads[entry.name]
        ordered[entry.name] = replace(workload, order=order) if order else workload
    return ordered


def _wait_for(
    reading: Reading, entry: Entry, wanted: str, node: Node, found: list[Entry], order: dict[str, Order],
    workloads: dict[str, Workload],
) -> None:  # fmt: skip
    """Add what one dependency stands for."""
    path = ("workloads", entry.name)
    if not found:
        message = f"{entry.identity} waits for {wanted}, which is not defined here"
        reading.say("missing-reference", message, node.origin, path)
        reading.keep(path, ("dependencies", wanted), node)
    for each in found:
        if each is entry or is_below(entry.identity, each.identity) or each.name in order:
            continue
        order[each.name] = Order("healthy" if _is_checked(workloads[each.name]) else "started")
        reading.origins[(*path, "order", each.name)] = node.origin


def _is_checked(workload: Workload) -> bool:
    """Tell whether Marathon waits until an application is healthy: it does where it has a health check."""
    return any(each.liveness or each.readiness for each in workload.containers.values())
