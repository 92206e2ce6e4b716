"""A definition as Marathon takes it: one group with its applications, and beside it a file for every pod."""

from typing import Any

from isomorph.model.application import Definition
from isomorph.model.native import encode_json
from isomorph.model.workload import Role, Workload
from isomorph.platforms.marathon.documents import PODS
from isomorph.platforms.marathon.write_app import APP_ORDER, write_app
from isomorph.platforms.marathon.write_extras import write_extras
from isomorph.platforms.marathon.write_pod import POD_ORDER, write_pod
from isomorph.platforms.marathon.write_ports import assign_service_ports
from isomorph.platforms.marathon.write_storage import report_shared
from isomorph.platforms.marathon.writing import Construct, Writing
from isomorph.platforms.platform import OutputFile, WriteOptions, Written

FILE = "marathon.json"
SECRETS = "marathon-secrets.json"
"""What is to be put into the secret store: values by their places there."""


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write a definition as `marathon.json`; pods, which no group holds, are files in the folder `pods`."""
    writing = Writing(definition, options)
    assign_service_ports(writing)
    members: dict[str, tuple[Construct, bool]] = {}
    for key, workload in writing.workloads.items():
        is_pod = _is_pod(writing, key, workload)
        member = write_pod(writing, key, workload) if is_pod else _write_app(writing, key, workload)
        members[writing.ids[key]] = (member, is_pod)
    _write_order(writing, members)
    report_shared(writing)
    root = _build_groups(writing, members)
    write_extras(writing)
    root = _in_order(root)
    if options.finish is not None:
        root = options.finish(root)
    _report_unlimited(writing)
    pods = root.pop(PODS, [])
    files = [OutputFile(FILE, encode_json(root).decode())]
    files += [OutputFile(f"{PODS}/{_file_name(pod, writing.root)}.json", encode_json(pod).decode()) for pod in pods]
    files += _write_secrets(writing)
    return Written(tuple(files), tuple(writing.diagnostics), tuple(writing.variables))


def _is_pod(writing: Writing, key: str, workload: Workload) -> bool:
    """Tell whether a workload is a pod: several containers, or one that was read from a pod."""
    running = [each for each in workload.containers.values() if each.role is not Role.INIT]
    return len(running) > 1


def _write_app(writing: Writing, key: str, workload: Workload) -> Construct:
    for name, container in workload.containers.items():
        if container.role is Role.INIT:
            path = ("workloads", key, "containers", name)
            writing.lose("container.init", path, f"init container {name}")
    name, container = next(
        (item for item in workload.containers.items() if item[1].role is not Role.INIT),
        next(iter(workload.containers.items())),
    )
    return write_app(writing, key, workload, container, name)


def _write_order(writing: Writing, members: dict[str, tuple[Construct, bool]]) -> None:
    """Write what applications wait for; a health check makes Marathon wait for health."""
    for key, workload in writing.workloads.items():
        member, is_pod = members[writing.ids[key]]
        if is_pod:
            continue
        waits: list[str] = []
        for other, order in workload.order.items():
            path = ("workloads", key, "order", other)
            name = other if other in writing.workloads else other.rpartition("/")[0]
            if name not in writing.workloads or order.condition == "complete":
                writing.report("lost", f"{key}: waits for {other}, which does not run here", path)
                continue
            if writing.ids[name] not in waits:
                waits.append(writing.ids[name])
            awaited = writing.workloads[name].containers.values()
            checked = any(each.liveness or each.readiness for each in awaited)
            if checked != (order.condition == "healthy"):
                how = "is healthy" if checked else "has started, for it has no health check"
                writing.report("approximated", f"{key}: waits until {other} {how}", path)
        if waits:
            member["dependencies"] = waits


def _build_groups(writing: Writing, members: dict[str, tuple[Construct, bool]]) -> Construct:
    """Put applications into their groups, and those into theirs."""
    root: Construct = {"id": writing.root}
    groups: dict[str, Construct] = {writing.root: root}
    for identity, (member, is_pod) in sorted(members.items()):
        if is_pod:
            root.setdefault(PODS, []).append(member)
        else:
            _group(groups, identity.rpartition("/")[0] or "/", root).setdefault("apps", []).append(member)
    root.setdefault("apps", [])
    for identity, group in groups.items():
        writing.constructs["groups", identity] = group
    return root


def _group(groups: dict[str, Construct], identity: str, root: Construct) -> Construct:
    found = groups.get(identity)
    if found is None:
        parent = _group(groups, identity.rpartition("/")[0] or "/", root) if identity != "/" else root
        found = groups[identity] = {"id": identity}
        parent.setdefault("groups", []).append(found)
    return found


def _in_order(group: Construct) -> Construct:
    """Give a group with its keys in the order in which people write them, and without what says nothing."""
    ordered: Construct = {"id": group["id"]}
    ordered.update({key: value for key, value in group.items() if key not in ("apps", "groups", PODS)})
    ordered["apps"] = [_member(app, APP_ORDER) for app in group.get("apps", ())]
    if group.get("groups"):
        ordered["groups"] = [_in_order(inner) for inner in group["groups"]]
        if not ordered["apps"]:
            del ordered["apps"]
    if group.get(PODS):
        ordered[PODS] = [_member(pod, POD_ORDER) for pod in group[PODS]]
    return ordered


def _member(member: Construct, order: tuple[str, ...]) -> Construct:
    keys = [key for key in order if key in member] + [key for key in member if key not in order]
    said: dict[str, Any] = {key: member[key] for key in keys if _says(key, member[key])}
    for key in ("env", "secrets"):
        if key in said:
            said[key] = dict(sorted(said[key].items()))
    return said


def _says(key: str, value: Any) -> bool:
    return key == "portDefinitions" or (value is not None and value != {} and value != [])


def _file_name(pod: Construct, root: str) -> str:
    identity = str(pod["id"])
    inner = identity.removeprefix(f"{root}/") if root != "/" else identity
    return inner.strip("/").replace("/", "-")


def _report_unlimited(writing: Writing) -> None:
    if writing.unlimited:
        names = ", ".join(writing.unlimited)
        message = f"{names}: CPU or memory is not said; Marathon grants one CPU and 128 MiB, and holds it to them"
        writing.report("assumed", message, ("workloads", writing.unlimited[0], "compute"))


def _write_secrets(writing: Writing) -> list[OutputFile]:
    """Write the values that are known into a file of their own, where that is wanted; tell all that is to be put."""
    known = {source: value for source, value in sorted(writing.values.items()) if value is not None}
    unknown = [source for source in sorted(writing.values) if source not in known or not writing.options.secrets]
    if unknown and not writing.own:
        message = f"{', '.join(unknown)}: what is secret there is to be put into the store before the group"
        writing.report("assumed", message, ())
    if not writing.options.secrets or not known:
        return []
    message = f"{', '.join(known)}: put each into the secret store before the group; the values are in {SECRETS}"
    writing.report("assumed", message, ())
    return [OutputFile(SECRETS, encode_json(known).decode(), 0o600)]
