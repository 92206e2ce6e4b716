"""The definitions of several environments under common names: what is one workload, or container, is called alike in all.

So their Score files can be one: texts name peers, resources and what is waited for in the same words everywhere.
"""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from isomorph.drift.align import Declared, align, align_containers
from isomorph.drift.facts import View
from isomorph.drift.finding import Environment
from isomorph.model.application import Application, Definition
from isomorph.model.normalise import map_workload_texts
from isomorph.model.origin import Origins, Path
from isomorph.model.text import Address, Part, Text, map_parts
from isomorph.model.workload import Container, Workload
from isomorph.platforms.table import load_function

Names = dict[str, str]
"""What something is called in one environment -> in all."""


def to_common(environments: list[Environment], declared: Declared) -> list[Definition]:
    """Give the definition of each environment under the common names, those that a Score file may have.

    Where the first is Score files already, those that they have.
    """
    to_label = load_function("score", "write_workload", "to_label")
    views = [View(index, environment) for index, environment in enumerate(environments)]
    groups = align(views, declared).groups
    names: list[Names] = [{} for _ in views]
    containers: list[dict[str, Names]] = [{} for _ in views]
    taken: set[str] = set()
    if views and views[0].platform == "score":
        taken |= views[0].application.workloads.keys()
    for group in groups:
        known_as = group.keys[0] if views[0].platform == "score" else None
        name = known_as if known_as is not None else _free(to_label(group.name), taken)
        known: dict[str, Container] = {}
        for index, key in enumerate(group.keys):
            if key is not None:
                names[index][key] = name
                own = views[index].application.workloads[key].containers
                containers[index][key] = _name_containers(known, own, to_label)
    return [
        _Renaming(names[index], containers[index]).rename(environment.definition)
        for index, environment in enumerate(environments)
    ]


def _free(name: str, taken: set[str]) -> str:
    """Give a name that is not taken, and take it."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name[:58]}-{number}"
    taken.add(free)
    return free


def _name_containers(known: dict[str, Container], own: dict[str, Container], to_label: Callable[[str], str]) -> Names:
    """Give the common names of a workload's containers; those that are new are added to the known ones."""
    pairs = align_containers(known, own)
    names = {pair.b: pair.a for pair in pairs if pair.a is not None and pair.b is not None}
    for name, container in own.items():
        if name not in names:
            names[name] = _free(to_label(name), set(known))
            known[names[name]] = container
    return names


class _Renaming:
    """One definition, whose workloads and containers are called otherwise."""

    def __init__(self, names: Names, containers: Mapping[str, Names]) -> None:
        self.names = names
        self.containers = containers

    def rename(self, definition: Definition) -> Definition:
        origins = {self._move(path): origin for path, origin in definition.origins.table.items()}
        return replace(
            definition,
            application=self._rename_application(definition.application),
            origins=Origins(origins),
            extras=tuple(replace(extra, path=self._move(extra.path)) for extra in definition.extras),
        )

    def _rename_application(self, application: Application) -> Application:
        workloads = {self.names[key]: self._rename_workload(key, each) for key, each in application.workloads.items()}
        dependencies = {
            uid: replace(each, realisation=self.names.get(each.realisation or "", each.realisation))
            for uid, each in application.dependencies.items()
        }
        return replace(application, workloads=workloads, dependencies=dependencies)

    def _rename_workload(self, key: str, workload: Workload) -> Workload:
        name, containers = self.names[key], self.containers[key]
        renamed = {
            containers[own]: replace(
                each, before={containers.get(other, other): how for other, how in each.before.items()}
            )
            for own, each in workload.containers.items()
        }
        order = {self._rename_waited(waited): how for waited, how in workload.order.items()}
        workload = replace(workload, name=name, containers=renamed, order=order)
        return map_workload_texts(workload, ("workloads", name), lambda text, _: map_parts(text, self._rename_part))

    def _rename_waited(self, waited: str) -> str:
        owner, slash, container = waited.partition("/")
        if waited in self.names or owner not in self.names:
            return self.names.get(waited, waited)
        return self.names[owner] + (f"/{self.containers[owner].get(container, container)}" if slash else "")

    def _rename_part(self, part: Part) -> Text:
        if isinstance(part, Address):
            return (replace(part, workload=self.names.get(part.workload, part.workload)),)
        return part if isinstance(part, str) else (part,)

    def _move(self, path: Path) -> Path:
        if len(path) < 2 or path[0] != "workloads" or path[1] not in self.names:
            return path
        rest = path[2:]
        if len(rest) > 1 and rest[0] == "containers":
            rest = ("containers", self.containers[path[1]].get(rest[1], rest[1]), *rest[2:])
        return ("workloads", self.names[path[1]], *rest)
