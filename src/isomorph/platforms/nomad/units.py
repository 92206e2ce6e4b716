"""Jobs, groups and tasks as they are written, and the workloads that they make: before anything in them is read.

A group whose tasks share a network is one workload, and so is one whose other tasks only serve its main task (lifecycle);
else each task is a workload of its own. Source: https://developer.hashicorp.com/nomad/docs/job-specification/network#mode.
"""

import re
from collections import Counter

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Text
from isomorph.model.workload import Role
from isomorph.platforms.nomad.reading import blocks_of, string_at
from isomorph.syntax.hcl.body import Block, Body

OWN_NETWORK = ("", "host", "none")
"""Modes in which a group's tasks share no network namespace of their own."""

CONTAINER_DRIVERS = ("docker", "podman")

_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_]+)\s*\}")


class Job:
    """A job: its ID and body."""

    __slots__ = ("body", "groups", "name", "origin")

    def __init__(self, block: Block) -> None:
        if len(block.labels) != 1:
            raise InvalidInput("a job has one name", block.origin, 'write job "NAME" {')
        self.name = block.labels[0]
        self.body = block.body
        self.origin = block.origin
        groups = [Group(self, each.labels[0] if each.labels else "", each) for each in blocks_of(block.body, "group")]
        alone = [
            Group(self, each.labels[0], Block("group", each.labels, Body({}, {}, [each], each.origin), each.origin))
            for each in blocks_of(block.body, "task")
            if each.labels
        ]  # A task outside any group is a group of its own.
        self.groups = [*alone, *groups]


class Group:
    """A group of a job."""

    __slots__ = ("body", "job", "mode", "name", "origin", "tasks")

    def __init__(self, job: Job, name: str, block: Block) -> None:
        if not name:
            raise InvalidInput("a group has a name", block.origin, 'write group "NAME" {')
        self.job = job
        self.name = name
        self.body = block.body
        self.origin = block.origin
        self.tasks = [Task(self, each) for each in blocks_of(block.body, "task")]
        self.mode = ""
        for network in blocks_of(block.body, "network"):
            mode = network.body.attributes.get("mode")
            if mode is not None:
                self.mode = string_at(mode)

    @property
    def shares_network(self) -> bool:
        """Tell whether its tasks share a network namespace: one of their own, or the machine's, where all say so."""
        return self.mode not in OWN_NETWORK or (self.mode == "host" and all(map(_is_on_host, self.tasks)))


def _is_on_host(task: "Task") -> bool:
    modes = [config.body.attributes.get("network_mode") for config in blocks_of(task.body, "config")]
    return any(mode is not None and string_at(mode) == "host" for mode in modes)


class Task:
    """A task of a group: its driver, and its part in the life of the group."""

    __slots__ = ("body", "driver", "group", "hook", "name", "origin", "role", "unit", "variables")

    def __init__(self, group: Group, block: Block) -> None:
        if not block.labels:
            raise InvalidInput("a task has a name", block.origin, 'write task "NAME" {')
        self.group = group
        self.name = block.labels[0]
        self.body = block.body
        self.origin = block.origin
        driver = block.body.attributes.get("driver")
        self.driver = "" if driver is None else string_at(driver)
        self.hook = ""
        self.role = Role.MAIN
        self.unit: Unit | None = None
        self.variables: dict[str, Text] = {}
        for lifecycle in blocks_of(block.body, "lifecycle"):
            hook, sidecar = (lifecycle.body.attributes.get(name) for name in ("hook", "sidecar"))
            self.hook = "" if hook is None else string_at(hook)
            stays = sidecar is not None and string_at(sidecar) == "true"
            if self.hook == "prestart":
                self.role = Role.SIDECAR if stays else Role.INIT

    @property
    def is_container(self) -> bool:
        """Tell whether it runs an image, so that its file system is its own."""
        return self.driver in CONTAINER_DRIVERS


class Said:
    """A port as a network block says it: its label, static number and `to`, and for which task (None: for all)."""

    __slots__ = ("body", "label", "origin", "static", "task", "to")

    def __init__(self, block: Block, task: Task | None, static: int | None, to: int | None) -> None:
        self.label = block.labels[0] if block.labels else ""
        self.body = block.body
        self.origin = block.origin
        self.task = task
        self.static = static
        self.to = to


class Unit:
    """A workload to be: some tasks of one group, and the ports that are theirs."""

    __slots__ = ("group", "key", "mapped", "ports", "tasks")

    def __init__(self, group: Group, tasks: list[Task]) -> None:
        self.group = group
        self.tasks = tasks
        self.key = ""
        self.ports: dict[str, Said] = {}
        self.mapped: dict[str, tuple[int, Origin]] = {}  # label -> port of the container, from `port_map`
        for task in tasks:
            task.unit = self

    @property
    def path(self) -> Path:
        """Give its place in the model."""
        return ("workloads", self.key)

    @property
    def main(self) -> Task:
        """Give the task that stands for it."""
        return next((task for task in self.tasks if task.role is Role.MAIN and not task.hook), self.tasks[0])

    def target_of(self, label: str) -> int | None:
        """Give the container's port behind a label, None where the process is told which one to listen on."""
        if label in self.mapped:
            return self.mapped[label][0]
        said = self.ports.get(label)
        if said is None:
            return None
        return said.to if said.to is not None and said.to > 0 else said.static


def make_units(jobs: list[Job]) -> list[Unit]:
    """Give the workloads that jobs make, each under a name of its own."""
    units: list[Unit] = []
    for job in jobs:
        for group in job.groups:
            mains = [task for task in group.tasks if not task.hook]
            if not group.tasks:
                continue
            if group.shares_network or len(mains) < 2:
                units.append(Unit(group, group.tasks))
            else:
                units += [Unit(group, [task]) for task in group.tasks]
    _name_units(units)
    return units


def _name_units(units: list[Unit]) -> None:
    """Name each workload: by its group where that is one workload, by group and task else; by its job, too, where need be."""
    count = Counter(unit.group.job.name for unit in units)
    for unit in units:
        unit.key = _short_name(unit, alone=count[unit.group.job.name] == 1)
    for longer in (_longer_name, _full_name):
        keys = Counter(unit.key for unit in units)
        for unit in units:
            if keys[unit.key] > 1:
                unit.key = longer(unit, alone=count[unit.group.job.name] == 1)


def _short_name(unit: Unit, *, alone: bool) -> str:
    group, task, job = unit.group, unit.main.name, unit.group.job.name
    if alone and task == job:
        return task
    if unit.tasks == group.tasks or task == group.name:
        return group.name
    return f"{group.name}/{task}"


def _longer_name(unit: Unit, *, alone: bool) -> str:
    return unit.group.job.name if alone else _full_name(unit)


def _full_name(unit: Unit, *, alone: bool = False) -> str:
    name = f"{unit.group.job.name}/{unit.group.name}"
    return name if unit.tasks == unit.group.tasks else f"{name}/{unit.main.name}"


def service_name(block: Block, group: Group, task: Task | None) -> str:
    """Give the name under which a service is registered, its short references filled in.

    Source: (*Service).Canonicalize in nomad/structs/services.go and in api/services.go.
    """
    said = block.body.attributes.get("name")
    job = group.job.name
    own = task.name if task is not None else "group"
    if said is None:
        return f"{job}-{group.name}-{own}" if task is not None else f"{job}-{group.name}"
    known = {
        "JOB": job,
        "TASKGROUP": group.name,
        "TASK": own,
        "BASE": f"{job}-{group.name}-{own}",
        "NOMAD_JOB_NAME": job,
        "NOMAD_JOB_ID": job,
        "NOMAD_GROUP_NAME": group.name,
        "NOMAD_TASK_NAME": own,
    }
    return _REFERENCE.sub(lambda found: known.get(found[1], found[0]), string_at(said))


def read_port_maps(unit: Unit) -> None:
    """Note which ports of its containers labels stand for, where the driver's settings say so."""
    for task in unit.tasks:
        for config in blocks_of(task.body, "config"):
            for block in blocks_of(config.body, "port_map"):
                for label, node in block.body.attributes.items():
                    _note(unit, label, string_at(node), node.origin)


def _note(unit: Unit, label: str, text: str, origin: Origin) -> None:
    if text.isdecimal() and 0 < int(text) < 65536:
        unit.mapped[label] = (int(text), origin)
