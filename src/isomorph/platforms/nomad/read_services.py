"""Services: names under which peers find a workload, and the checks that are its health.

A check is readiness, since it takes an instance out of service; one that restarts the task (`check_restart`) is liveness,
and readiness, too, where no other check is; with `on_update = "ignore"`, or called "liveness", it is liveness alone.
Sources: https://developer.hashicorp.com/nomad/docs/job-specification/check, …/check_restart.
"""

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.workload import Check, Exec, Grpc, Http, Probe, Role, Tcp
from isomorph.platforms.nomad.draft import Draft, TaskDraft
from isomorph.platforms.nomad.known import CHECK, SERVICE
from isomorph.platforms.nomad.read_routes import read_tags
from isomorph.platforms.nomad.reading import block_of, blocks_of, duration_at, integer_at, items_of, string_at, to_plain
from isomorph.platforms.nomad.references import Offer
from isomorph.platforms.nomad.units import Task, Unit
from isomorph.syntax.hcl.body import Block
from isomorph.syntax.tree import Node, to_data

_SERVICE_READ = frozenset(("name", "port", "check", "check_restart", "task", "address_mode", "tags"))
_CHECK_READ = frozenset(
    (
        *("type", "command", "args", "path", "protocol", "port", "interval", "timeout", "header", "check_restart"),
        *("success_before_passing", "failures_before_critical", "task", "grpc_service", "address_mode", "name"),
    )
)


class Checked(msgspec.Struct):
    """A check of a service: the task that it is about, its probe, whether it restarts and whether it does only that."""

    offer: Offer
    block: Block
    task: Task
    probe: Probe
    restart: Block | None
    only_restarts: bool


def read_names(draft: Draft, offers: list[Offer]) -> None:
    """Read the names of a workload's services, and keep what else they say."""
    for index, offer in enumerate(offers):
        node = offer.block.body.attributes.get("name")
        origin = node.origin if node is not None else offer.block.origin
        draft.add_name(offer.name, origin)
        if offer.provider == "consul":
            draft.add_name(f"{offer.name}.service.consul", origin)
            if block_of(offer.block.body, "connect") is not None:
                draft.add_name(f"{offer.name}.virtual.consul", origin)
        _keep_service(draft, offer, index, several=len(offers) > 1 or len(draft.unit.ports) > 1)


def _keep_service(draft: Draft, offer: Offer, index: int, *, several: bool) -> None:
    body = offer.block.body
    location = ("service", index)
    if several and offer.label:
        draft.reading.keep(draft.path, (*location, "port"), offer.label, body.attributes["port"].origin)
    mode = body.attributes.get("address_mode")
    if mode is not None and string_at(mode) != "auto":
        draft.reading.keep(draft.path, (*location, "address_mode"), string_at(mode), mode.origin)
    read_tags(draft, offer, index)
    draft.reading.keep_rest(body, SERVICE, _SERVICE_READ, draft.path, location)
    connect = block_of(body, "connect")
    if connect is not None:
        message = f"service {offer.name} is in Consul's mesh, whose proxies and intentions are not compared"
        draft.reading.say("not-modelled", message, connect.origin, draft.path)


def read_probes(draft: Draft, offers: list[Offer], tasks: dict[str, TaskDraft]) -> None:
    """Read the checks of a workload's services into the probes of its containers."""
    checks = [_read_check(draft, offer, block) for offer in offers for block in blocks_of(offer.block.body, "check")]
    for task in draft.unit.tasks:
        own = [check for check in checks if check.task is task]
        if own:
            _set_probes(tasks[task.name], own)


def _set_probes(draft: TaskDraft, checks: list[Checked]) -> None:
    plain = next((check for check in checks if check.restart is None), None)
    restarting = next((check for check in checks if check.restart is not None), None)
    ready = plain or (restarting if restarting is not None and not restarting.only_restarts else None)
    for name, check in (("readiness", ready), ("liveness", restarting)):
        if check is not None:
            _set_probe(draft, name, check)
    for check in checks:
        if check is not ready and check is not restarting:
            message = f"task {draft.task.name} has more than one check of a kind; this one is not compared"
            draft.reading.say("not-modelled", message, check.block.origin, draft.path)
            index = draft.place.cluster.of_unit(draft.draft.unit).index(check.offer)
            kept = [to_plain(check.block.body, CHECK)]
            draft.reading.keep(draft.draft.path, ("service", index, "check"), kept, check.block.origin)


def _set_probe(draft: TaskDraft, name: str, check: Checked) -> None:
    """Set one probe; how often it may fail is said by `check_restart` for liveness, by the check itself for readiness."""
    path = (*draft.path, name)
    body = check.block.body
    probe = check.probe
    origins = draft.reading.origins
    origins[path] = check.block.origin
    origins[*path, "check"] = _check_place(check.block)
    for field, key in (("port", "port"), ("path", "path"), ("headers", "header"), ("scheme", "protocol")):
        node = body.attributes.get(key)
        if node is not None:
            origins[*path, "check", field] = node.origin
    said = [("period", "interval"), ("timeout", "timeout")]
    if name == "readiness":
        said += [("failures", "failures_before_critical"), ("successes", "success_before_passing")]
    else:
        timing = _restart_timing(check, path, draft)
        probe = msgspec.structs.replace(
            probe, failures=timing.get("failures"), successes=None, grace=timing.get("grace")
        )
    for field, key in said:
        node = body.attributes.get(key)
        if node is not None:
            origins[*path, field] = node.origin
    draft.fields[name] = probe
    read = _CHECK_READ | ({"on_update"} if check.only_restarts else set())
    method = body.attributes.get("method")
    if method is not None and string_at(method).upper() == "GET":
        read |= {"method"}
    draft.reading.keep_rest(body, CHECK, read, path, ())


def _restart_timing(check: Checked, path: Path, draft: TaskDraft) -> dict[str, int | None]:
    """Read `check_restart`: failures until the restart, and the time in which they do not count."""
    assert check.restart is not None
    found: dict[str, int | None] = {}
    for field, key in (("failures", "limit"), ("grace", "grace")):
        node = check.restart.body.attributes.get(key)
        if node is not None:
            found[field] = duration_at(node, key) if key == "grace" else integer_at(node, key)
            draft.reading.origins[*path, field] = node.origin
    ignored = check.restart.body.attributes.get("ignore_warnings")
    if ignored is not None and string_at(ignored) == "true":
        draft.reading.keep(path, ("check_restart", "ignore_warnings"), to_data(ignored), ignored.origin)
    return found


def _check_place(block: Block) -> Origin:
    for key in ("path", "command", "port", "type"):
        node = block.body.attributes.get(key)
        if node is not None:
            return node.origin
    return block.origin


def _read_check(draft: Draft, offer: Offer, block: Block) -> Checked:
    said = block.body.attributes
    task = _task_of(draft.unit, offer, said.get("task"))
    restart = block_of(block.body, "check_restart") or block_of(offer.block.body, "check_restart")
    if restart is not None:
        limit = restart.body.attributes.get("limit")
        if limit is None or not integer_at(limit, "limit"):
            restart = None
    interval, timeout = said.get("interval"), said.get("timeout")
    critical, passing = said.get("failures_before_critical"), said.get("success_before_passing")
    updates = said.get("on_update")
    name = said.get("name")
    only = (updates is not None and string_at(updates) == "ignore") or (
        name is not None and string_at(name) == "liveness"
    )
    probe = Probe(
        _read_asked(draft, offer, block),
        period=duration_at(interval, "interval") if interval is not None else None,
        timeout=duration_at(timeout, "timeout") if timeout is not None else None,
        failures=(integer_at(critical, "failures_before_critical") or None) if critical is not None else None,
        successes=(integer_at(passing, "success_before_passing") or None) if passing is not None else None,
    )
    return Checked(offer, block, task, probe, restart, only and restart is not None)


def _task_of(unit: Unit, offer: Offer, node: Node | None) -> Task:
    """Give the task that a check is about: the one it names, its service's, else the one whose port it is."""
    if node is not None:
        for task in unit.tasks:
            if task.name == string_at(node):
                return task
    if offer.task is not None:
        return offer.task
    mains = [task for task in unit.tasks if task.role is Role.MAIN and not task.hook]
    for task in mains:
        for config in blocks_of(task.body, "config"):
            if offer.label and offer.label in [
                string_at(item) for item in items_of(config.body.attributes.get("ports"))
            ]:
                return task
    return mains[0] if mains else unit.main


def _read_asked(draft: Draft, offer: Offer, block: Block) -> Check | None:
    """Read what a check asks."""
    said = block.body.attributes
    kind = string_at(said["type"]) if "type" in said else ""
    if kind == "script":
        command = said.get("command")
        if command is None:
            raise InvalidInput("a check by a script needs a command", block.origin, "add `command`")
        return Exec((string_at(command), *(string_at(item) for item in items_of(said.get("args")))))
    if kind not in ("http", "tcp", "grpc"):
        place = said["type"].origin if "type" in said else block.origin
        raise InvalidInput(f"{kind!r} is no type of check", place, "there are http, tcp, grpc and script")
    port = _port_of(draft, offer, said.get("port"), block)
    if kind == "tcp":
        return Tcp(port)
    if kind == "grpc":
        service = said.get("grpc_service")
        if isinstance(port, str):
            draft.reading.say(
                "missing-reference", f"the port {port} of this check has no number", block.origin, draft.path
            )
            return None
        return Grpc(port, string_at(service) if service is not None else None)
    path, scheme = said.get("path"), said.get("protocol")
    return Http(
        port,
        string_at(path) if path is not None else None,
        string_at(scheme).upper() if scheme is not None else None,
        None,
        _read_headers(block),
    )


def _read_headers(block: Block) -> dict[str, str]:
    headers: dict[str, str] = {}
    for header in blocks_of(block.body, "header"):
        for name, node in header.body.attributes.items():
            headers[name] = ", ".join(string_at(item) for item in items_of(node))
    return headers


def _port_of(draft: Draft, offer: Offer, node: Node | None, block: Block) -> int | str:
    """Give the number of a check's port; a label whose number nobody knows stays a label."""
    label = string_at(node) if node is not None else offer.label
    if label.isdecimal():
        return int(label)
    target = draft.unit.target_of(label)
    if target is not None:
        return target
    if label not in draft.unit.ports:
        place = node.origin if node is not None else block.origin
        message = f"no network of this group has a port {label}" if label else "this check has no port"
        draft.reading.say("missing-reference", message, place, draft.path)
    return label
