"""Which services a workload becomes: their names, which one owns the network, and which waits for which."""

from isomorph.model.workload import Role, Workload
from isomorph.platforms.compose.grouping import choose_main
from isomorph.platforms.compose.naming import Names


class Layout:
    """Which services a workload becomes.

    `waits`: for each container those it waits for. A holder is needed only where the main one waits for another, which
    would have to join the network of what is not there yet. `apart`: nothing waits, and no network is joined.
    """

    __slots__ = ("holder", "main", "owner", "services", "waits")

    def __init__(self, workload: Workload, owner: str, names: Names, stem: str = "", apart: bool = False) -> None:
        """Name the services; `stem` is what the others' names begin with, the owner's where nothing else is said."""
        containers = workload.containers
        self.owner = owner
        self.main = choose_main(workload.name, containers)
        self.waits: dict[str, dict[str, str]] = _waits(workload) if len(containers) > 1 and not apart else {}
        self.holder = bool(self.waits.get(self.main))
        self.services: dict[str, str] = {}
        for key in containers:
            name = owner
            if self.holder or key != self.main:
                name = names.give(f"{stem or owner}-{key}")
            self.services[key] = name

    @property
    def waited_for(self) -> str:
        """The service whose health or end is the workload's."""
        return self.services.get(self.main, self.owner)

    def is_told(self, key: str) -> bool:
        """Tell whether a container's name can be read from its service's."""
        name = self.services[key]
        if name == self.owner:
            return key == name
        short = name[len(self.owner) + 1 :]
        return key == (name if short in self.services.values() else short)


def _waits(workload: Workload) -> dict[str, dict[str, str]]:
    """Give for each container those it waits for, and until when.

    What `before` says counts; an init container or sidecar that says nothing comes before all that follow it, as in a pod.
    """
    waits: dict[str, dict[str, str]] = {key: {} for key in workload.containers}
    previous: tuple[str, str] | None = None
    for key, container in workload.containers.items():
        if container.before:
            for later, condition in container.before.items():
                waits[later][key] = condition
        elif container.role is not Role.MAIN:
            if previous is not None:
                waits[key][previous[0]] = previous[1]
            previous = (key, "complete" if container.role is Role.INIT else "started")
    if previous is not None:
        for key, container in workload.containers.items():
            if container.role is Role.MAIN and previous[0] not in waits[key]:
                waits[key][previous[0]] = previous[1]
    return waits
