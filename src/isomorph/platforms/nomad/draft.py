"""A workload while it is read: what its tasks say about all of it."""

from typing import Any

from isomorph.model.application import Volume
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Text
from isomorph.model.workload import Container, Kind, Port, Route
from isomorph.platforms.nomad.reading import Reading, string_at, text_at
from isomorph.platforms.nomad.references import Place, resolve
from isomorph.platforms.nomad.units import Task, Unit
from isomorph.syntax.tree import Node

Fields = dict[str, Any]
"""The fields of a container while it is read."""


class Draft:
    """One workload while it is read."""

    __slots__ = (
        "containers",
        "fields",
        "host_namespaces",
        "kind",
        "labels",
        "names",
        "ports",
        "reading",
        "routes",
        "unit",
    )

    def __init__(self, reading: Reading, unit: Unit, kind: Kind) -> None:
        self.reading = reading
        self.unit = unit
        self.kind = kind
        self.containers: dict[str, Container] = {}
        self.names: dict[str, None] = {}
        self.ports: dict[str, Port] = {}
        self.routes: dict[str, Route] = {}
        self.labels: dict[str, str] = {}
        self.host_namespaces: list[str] = []
        self.fields: dict[str, Any] = {}

    @property
    def path(self) -> Path:
        """Give its place in the model."""
        return self.unit.path

    def container_path(self, task: Task) -> Path:
        """Give the place of a task's container."""
        return (*self.unit.path, "containers", task.name)

    def add_name(self, name: str, origin: Origin) -> None:
        """Add a name under which peers reach the workload."""
        if name and name not in self.names:
            self.names[name] = None
            self.reading.origins[*self.path, "names", name] = origin

    def add_volume(self, name: str, volume: Volume, origin: Origin) -> str:
        """Add a volume, unless one of that name is there already; gives its name."""
        if name not in self.reading.volumes:
            self.reading.volumes[name] = volume
            self.reading.origins["volumes", name] = origin
        return name

    def share_host(self, namespace: str, origin: Origin) -> None:
        """Note that the workload shares a namespace with its host."""
        if namespace not in self.host_namespaces:
            self.host_namespaces.append(namespace)
            self.reading.origins[*self.path, "host_namespaces", namespace] = origin

    def join_network(self, name: str, origin: Origin) -> None:
        """Note a named network that the workload's containers join."""
        known: tuple[str, ...] = self.fields.get("networks", ())
        if name not in known:
            self.fields["networks"] = (*known, name)
            self.reading.origins.setdefault((*self.path, "networks"), origin)


class TaskDraft:
    """One task while it is read into a container of a workload."""

    __slots__ = ("draft", "fields", "path", "place", "reading", "task")

    def __init__(self, draft: Draft, place: Place) -> None:
        self.draft = draft
        self.reading = draft.reading
        self.place = place
        self.task = place.task
        self.path = draft.container_path(place.task)
        self.fields: Fields = {}

    def text(self, node: Node) -> Text:
        """Give a text, its references to the running cluster resolved."""
        return resolve(text_at(node), self.place)

    def setting(self, node: Node) -> Text:
        """Give a text of the driver's settings."""
        return resolve(text_at(node), self.place, in_config=True)

    def string(self, node: Node) -> str:
        """Give a text as a string; what is not settled stands in it as it was written."""
        text = self.setting(node)
        return text if isinstance(text, str) else string_at(node)

    def set(self, field: str, value: Any, origin: Origin) -> None:
        """Set a field of the container, at its place."""
        self.fields[field] = value
        self.reading.origins[*self.path, field] = origin

    def set_inner(self, group: str, field: str, value: Any, origin: Origin) -> None:
        """Set a field of a part of the container: its security, an amount of its compute."""
        self.fields.setdefault(group, {})[field] = value
        self.reading.origins[*self.path, group, field] = origin

    def set_amount(self, kind: str, name: str, amount: Any, origin: Origin) -> None:
        """Set what the container is granted or held to."""
        if amount is None:
            return
        self.fields.setdefault("compute", {}).setdefault(kind, {})[name] = amount
        self.reading.origins[*self.path, "compute", kind, name] = origin
