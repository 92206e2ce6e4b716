"""A job's groups as workloads: kind, schedule, scale and restart of the whole, and its tasks as containers."""

from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Kind, Restart, Scale, Schedule, Workload
from isomorph.platforms.nomad.draft import Draft, TaskDraft
from isomorph.platforms.nomad.known import GROUP, JOB, PERIODIC
from isomorph.platforms.nomad.placement import read_placement
from isomorph.platforms.nomad.read_network import read_group_network, read_ports
from isomorph.platforms.nomad.read_services import read_names, read_probes
from isomorph.platforms.nomad.read_task import finish_container, read_task
from isomorph.platforms.nomad.reading import (
    Reading,
    amount_at,
    block_of,
    blocks_of,
    boolean_at,
    integer_at,
    items_of,
    mappings_of,
    string_at,
    to_mapping,
    to_plain,
)
from isomorph.platforms.nomad.references import Cluster, Place
from isomorph.platforms.nomad.units import Job, Unit
from isomorph.syntax.hcl.body import Body
from isomorph.syntax.tree import Mapping

_KINDS = {"": Kind.SERVICE, "service": Kind.SERVICE, "batch": Kind.JOB, "system": Kind.DAEMON, "sysbatch": Kind.JOB}
_JOB_READ = frozenset(("group", "task", "namespace", "id", "name", "type", "periodic", "meta", "constraint"))
_GROUP_READ = frozenset(("task", "count", "network", "service", "volume", "constraint", "meta", "scaling"))
_ENDS = (Kind.JOB, Kind.SCHEDULED)
_METRICS = {"avg_cpu": "cpu", "avg_cpu-allocated": "cpu", "avg_memory": "memory", "avg_memory-allocated": "memory"}
"""Queries of the Nomad Autoscaler's own metrics, in percent (…/autoscaling/plugins/apm/nomad)."""


def read_unit(reading: Reading, unit: Unit, cluster: Cluster) -> Workload:
    """Read one workload."""
    draft = Draft(reading, unit, _read_kind(unit))
    reading.origins[unit.path] = unit.group.origin if unit.tasks == unit.group.tasks else unit.main.origin
    tasks: dict[str, TaskDraft] = {}
    for task in unit.tasks:
        if task.name in tasks:
            raise InvalidInput(f"task {task.name} is written twice in one group", task.origin, "name one differently")
        tasks[task.name] = TaskDraft(draft, Place(cluster, unit, task))
        read_task(tasks[task.name])
    offers = cluster.of_unit(unit)
    read_names(draft, offers)
    read_group_network(draft, reading, unit.group)
    read_ports(draft, cluster)
    read_probes(draft, offers, tasks)
    read_placement(draft)
    _read_schedule(draft)
    _read_scale(draft)
    _read_restart(draft)
    _read_meta(draft)
    _keep_rest(draft)
    containers = {name: finish_container(task) for name, task in tasks.items()}
    return Workload(
        unit.key,
        kind=draft.kind,
        containers=containers,
        ports=draft.ports,
        routes=draft.routes,
        names=tuple(draft.names),
        labels=draft.labels,
        host_namespaces=tuple(draft.host_namespaces),
        **draft.fields,
    )


def _read_kind(unit: Unit) -> Kind:
    body = unit.group.job.body
    node = body.attributes.get("type")
    text = string_at(node) if node is not None else ""
    kind = _KINDS.get(text)
    if kind is None:
        assert node is not None
        raise InvalidInput(f"{text!r} is no type of job", node.origin, "there are service, batch, system and sysbatch")
    return Kind.SCHEDULED if kind is Kind.JOB and block_of(body, "periodic") is not None else kind


def _read_schedule(draft: Draft) -> None:
    job = draft.unit.group.job
    reading, path = draft.reading, draft.path
    node = job.body.attributes.get("type")
    if node is not None:
        reading.origins[*path, "kind"] = node.origin
        if string_at(node) == "sysbatch":
            message = f"job {job.name} runs to completion on every node; that it is on every one is not compared"
            reading.say("not-modelled", message, node.origin, path)
            reading.keep(path, ("job", "type"), "sysbatch", node.origin)
    periodic = block_of(job.body, "periodic")
    if periodic is None or draft.kind is not Kind.SCHEDULED:
        return
    reading.origins[*path, "kind"] = periodic.origin
    said = periodic.body.attributes
    crons = [said["cron"]] if "cron" in said else items_of(said.get("crons"))
    if not crons:
        raise InvalidInput("a periodic job needs a cron expression", periodic.origin, 'add `crons = ["0 3 * * *"]`')
    zone = said.get("time_zone")
    draft.fields["schedule"] = Schedule(string_at(crons[0]), string_at(zone) if zone is not None else None)
    reading.origins[*path, "schedule"] = crons[0].origin
    if len(crons) > 1:
        reading.say("not-modelled", f"job {job.name} runs by more than one cron expression", crons[1].origin, path)
        reading.keep(path, ("job", "periodic", "crons"), [string_at(cron) for cron in crons], crons[0].origin)
    reading.keep_rest(periodic.body, PERIODIC, _PERIODIC_READ, path, ("job", "periodic"))


_PERIODIC_READ = frozenset(("cron", "crons", "time_zone", "spec_type"))


def _read_scale(draft: Draft) -> None:
    """`count`, and the bounds of `scaling`; a system job runs one instance a node, whatever it says."""
    group = draft.unit.group
    path = (*draft.path, "scale")
    origins = draft.reading.origins
    scale: dict[str, object] = {}
    count = group.body.attributes.get("count")
    if count is not None and draft.kind is not Kind.DAEMON:
        scale["replicas"] = amount_at(count, "count", 1)
        origins[*path, "replicas"] = count.origin
    scaling = block_of(group.body, "scaling")
    if scaling is not None:
        said = scaling.body.attributes
        enabled = said.get("enabled")
        if enabled is not None and boolean_at(enabled, "enabled") is False:
            draft.reading.keep(draft.path, ("group", "scaling"), to_plain(scaling.body, None), scaling.origin)
        else:
            for field, name in (("minimum", "min"), ("maximum", "max")):
                node = said.get(name)
                if node is not None:
                    scale[field] = integer_at(node, name)
                    origins[*path, field] = node.origin
            scale["targets"] = _read_targets(draft, scaling.body)
    if scale:
        draft.fields["scale"] = Scale(**scale)  # type: ignore[arg-type]


def _read_targets(draft: Draft, body: Body) -> dict[str, int]:
    """Read the checks of a scaling policy that hold a share of CPU or memory; what it says besides is kept."""
    targets: dict[str, int] = {}
    for block in blocks_of(body, "policy"):
        checks = _labelled(to_mapping(block.body), "check")
        for check in checks:
            query = check.get("query")
            metric = _METRICS.get(string_at(query)) if query is not None else None
            for strategy in _labelled(check, "strategy"):
                target = strategy.get("target")
                if metric is not None and target is not None and string_at(target).isdecimal():
                    targets[metric] = int(string_at(target))
                    draft.reading.origins[*draft.path, "scale", "targets", metric] = target.origin
        plain = to_plain(block.body, None)
        if set(plain) - {"check"} or len(targets) != len(checks):
            draft.reading.keep(draft.path, ("group", "scaling", "policy"), plain, block.origin)
    return targets


def _labelled(mapping: Mapping, name: str) -> list[Mapping]:
    """Give the blocks of a type that have a label each."""
    outer = mappings_of(mapping.get(name))
    return [inner for each in outer for label in each for inner in mappings_of(each.get(label))]


def _read_restart(draft: Draft) -> None:
    """Read `restart` and `reschedule`: what follows an exit; how long it takes, and how often, is kept."""
    unit = draft.unit
    restart = block_of(unit.main.body, "restart") or block_of(unit.group.body, "restart")
    reschedule = block_of(unit.group.body, "reschedule") or block_of(unit.group.job.body, "reschedule")
    said = restart or reschedule
    if said is None:
        return
    placing = reschedule.body if reschedule is not None else None
    draft.fields["restart"] = _to_restart(draft.kind, restart.body if restart is not None else None, placing)
    draft.reading.origins[*draft.path, "restart"] = said.origin
    for task in unit.tasks:
        own = block_of(task.body, "restart")
        if own is not None:
            path = draft.container_path(task)
            draft.reading.keep(path, ("restart",), to_plain(own.body, None), own.origin)


def _to_restart(kind: Kind, restart: Body | None, reschedule: Body | None) -> Restart:
    """Give what follows an exit.

    A task is restarted `attempts` times where it is, and then, in mode `fail`, placed again as `reschedule` says: without
    end by default for services, once for batch jobs (structs.DefaultServiceJobReschedulePolicy, …Batch…).
    """
    policy = "on-failure" if kind in _ENDS else "always"
    if restart is None:
        return Restart(policy)
    mode = restart.attributes.get("mode")
    if mode is not None and string_at(mode) == "delay":
        return Restart(policy)
    attempts_node = restart.attributes.get("attempts")
    attempts = integer_at(attempts_node, "attempts") if attempts_node is not None else None
    if _places_again(reschedule, kind) or attempts is None:
        return Restart(policy)
    return Restart("on-failure", attempts) if attempts else Restart("never")


def _places_again(reschedule: Body | None, kind: Kind) -> bool:
    """Tell whether a failed instance is placed again."""
    if kind in (Kind.DAEMON, *_ENDS) and reschedule is None:
        return False
    if reschedule is None:
        return True
    attempts, unlimited = (reschedule.attributes.get(name) for name in ("attempts", "unlimited"))
    if unlimited is not None and boolean_at(unlimited, "unlimited"):
        return True
    return attempts is None or bool(integer_at(attempts, "attempts"))


def _read_meta(draft: Draft) -> None:
    """`meta` of the job and the group are annotations of the workload."""
    annotations: dict[str, str] = {}
    for body in (draft.unit.group.job.body, draft.unit.group.body):
        for block in blocks_of(body, "meta"):
            for name, node in block.body.attributes.items():
                annotations[name] = string_at(node)
                draft.reading.origins[*draft.path, "annotations", name] = node.origin
    if annotations:
        draft.fields["annotations"] = annotations


def _keep_rest(draft: Draft) -> None:
    """Keep what the job and the group say besides."""
    reading, path, group = draft.reading, draft.path, draft.unit.group
    job: Job = group.job
    namespace = job.body.attributes.get("namespace")
    if namespace is not None:
        draft.fields["namespace"] = string_at(namespace)
        reading.origins[*path, "namespace"] = namespace.origin
    name = job.body.attributes.get("name")
    if name is not None and string_at(name) != job.name:
        reading.keep(path, ("job", "name"), string_at(name), name.origin)
    reading.keep_rest(job.body, JOB, _JOB_READ, path, ("job",))
    reading.keep_rest(group.body, GROUP, _GROUP_READ, path, ("group",))
