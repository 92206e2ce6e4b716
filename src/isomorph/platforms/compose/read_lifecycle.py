"""What the services of a workload say about their start and end: what each waits for, and what follows its exit."""

from typing import Any

import msgspec

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Path
from isomorph.model.workload import Container, Order, Restart, Role
from isomorph.platforms.compose.grouping import Group, Home, Member
from isomorph.platforms.compose.merging import to_names
from isomorph.platforms.compose.reading import Reading, items_of, to_string
from isomorph.syntax.tree import Mapping, Node

CONDITIONS = {
    "service_started": "started",
    "service_healthy": "healthy",
    "service_completed_successfully": "complete",
}
_SPELLED = {condition: word for word, condition in CONDITIONS.items()}
_RESTARTS = {"no": "never", "none": "never", "any": "always", "always": "always", "unless-stopped": "unless-stopped"}


class _Said(msgspec.Struct):
    """A restart policy as one service says it."""

    restart: Restart
    node: Node
    location: tuple[str, ...]
    origin_node: Node


class Lifecycle:
    """Reads start and end of one group of services.

    The workload's restart policy is that of its main service, and the order is the workload's; where another service of
    the group says something else, that is kept with it.
    """

    def __init__(self, reading: Reading, group: Group, homes: dict[str, Home]) -> None:
        self.reading = reading
        self.group = group
        self.homes = homes
        self.path: Path = ("workloads", group.name)
        self.order: dict[str, Order] = {}
        self.restart: Restart | None = None
        self._before: dict[str, dict[str, str]] = {}
        self._waits: dict[str, dict[str, tuple[Member, Order, Node]]] = {}  # what is waited for -> service -> how
        self._restarts: dict[str, _Said] = {}
        self._unclear: set[str] = set()

    def read_depends_on(self, node: Node, member: Member) -> None:
        """`depends_on`: the order of workloads, or of containers inside one."""
        dependencies = to_names(node)
        for name, settings in dependencies.items():
            condition, required = "started", True
            said = None
            if isinstance(settings, Mapping):
                said = settings.get("condition")
                condition = CONDITIONS.get(to_string(said), "started") if said is not None else "started"
                flag = settings.get("required")
                required = flag is None or self.reading.boolean(flag) is not False
                self._keep_settings(name, settings, member, required)
            self._wait_for(name, Order(condition, required), dependencies.keys[name], member, said)

    def _keep_settings(self, name: str, settings: Mapping, member: Member, required: bool) -> None:
        """Keep that a service restarts with one it depends on, and inside a workload that it starts without it, too."""
        home = self.homes.get(name)
        inside = home is not None and home.workload == self.group.name
        kept = ["restart"] if "restart" in settings else []
        if inside and not required:
            kept.append("required")
        for key in kept:
            if home is None or (inside and not (home.container and member.container)):
                message = f"{member.service} depends on {name}, which is no container here: `{key}` is not carried"
                self.reading.report("not-modelled", message, settings[key].origin, self.container_path(member))
            else:
                self.reading.keep(self.container_path(member), ("depends_on", home.key, key), settings[key])

    def read_links(self, node: Node, member: Member) -> None:
        """`links`: `SERVICE[:ALIAS]` is started first; the alias is one more name of it."""
        for item in items_of(node):
            self._wait_for(to_string(item).partition(":")[0], Order(), item, member)

    def _wait_for(self, name: str, order: Order, node: Node, member: Member, said: Node | None = None) -> None:
        """Note that a service waits for another."""
        home = self.homes.get(name)
        if home is None and name in self.reading.routers:
            value = {"condition": _SPELLED[order.condition]}
            self.reading.keep_plain(self.container_path(member), ("depends_on", name), value, node.origin)
            return
        if home is None:
            self.reading.check_dependency(member.service, name, order.required, node.origin)
            return
        if home.workload != self.group.name:
            _set_stronger(self._waits.setdefault(home.key, {}), member, order, said or node)
        elif home.container and member.container:
            self._before.setdefault(home.container, {})[member.container] = order.condition
            path = (*self.path, "containers", home.container, "before", member.container)
            self.reading.origins[path] = node.origin

    def read_restart(self, node: Node, member: Member) -> None:
        """`restart`: `no`, `always`, `unless-stopped`, `on-failure[:ATTEMPTS]`."""
        text = to_string(node)
        policy, _, attempts = text.partition(":")
        if policy == "on-failure":
            restart = Restart("on-failure", int(attempts) if attempts.isdigit() and len(attempts) < 10 else None)
        elif text in _RESTARTS:
            restart = Restart(_RESTARTS[text])
        elif text and "$" not in text:
            hint = "write one of no, always, unless-stopped, on-failure or on-failure:ATTEMPTS"
            raise InvalidInput(f"{text!r} is no restart policy", node.origin, hint)
        else:
            self.reading.keep(self.container_path(member), ("restart",), node)
            self._unclear.add(member.service)
            return
        deploy = member.node.get("deploy")
        if isinstance(deploy, Mapping) and "restart_policy" in deploy:  # That of deploy wins, and is written there.
            self.reading.keep(self.container_path(member), ("restart",), node)
            condition = (
                deploy["restart_policy"].get("condition") if isinstance(deploy["restart_policy"], Mapping) else None
            )
            if condition is not None:
                self.reading.keep(self.container_path(member), _POLICY_CONDITION, condition)
            else:
                self.reading.keep_plain(self.container_path(member), _POLICY_CONDITION, "any", node.origin)
            return
        self._restarts[member.service] = _Said(restart, node, ("restart",), node)

    def read_restart_policy(self, node: Node, member: Member) -> None:
        """`deploy.restart_policy`, which wins over `restart`."""
        if not isinstance(node, Mapping):
            return
        condition = node.get("condition")
        policy = _RESTARTS.get(to_string(condition), "on-failure") if condition is not None else "always"
        attempts: int | None = None
        path = self.container_path(member)
        for key, value in node.items():
            if key == "max_attempts" and policy != "never":
                attempts = self.reading.integer(value)
            elif key != "condition":
                self.reading.keep(path, ("deploy", "restart_policy", key), value)
                if key in ("delay", "window") and not self.reading.rules.deployed:
                    message = (
                        f"{member.service}: docker compose ignores `{key}` of a restart policy, which is for Swarm"
                    )
                    self.reading.report("ignored", message, node.keys[key].origin, path)
        if policy == "always" and attempts is not None:
            attempts = None
            self.reading.keep(path, ("deploy", "restart_policy", "max_attempts"), node["max_attempts"])
        where = condition if condition is not None else node
        self._restarts[member.service] = _Said(Restart(policy, attempts), node, ("deploy", "restart_policy"), where)

    def container_path(self, member: Member) -> Path:
        """Give where to keep what a service says: its container, or the workload where it only holds the network."""
        return (*self.path, "containers", member.container) if member.container else self.path

    def settle(self, containers: dict[str, Any]) -> None:
        """Settle what holds for the workload once all services are read, and keep what differs."""
        if self._restarts:
            self._settle_restart()
        if self._waits:
            self._settle_order()
        if self._before:
            self._add_before(containers)

    def _settle_restart(self) -> None:
        group, main = self.group, self.group.main
        own = self._restarts.get(main.service)
        if own is None and (main.role is Role.INIT or not main.container) and main.service not in self._unclear:
            own = self._restarts.get(group.owner)  # What starts once says nothing of the rest.
        if own is not None:
            self.restart = own.restart
            self.reading.origins[*self.path, "restart"] = own.origin_node.origin
        for member in group.members:
            if member is main:
                continue
            said = self._restarts.get(member.service)
            if said is not None:
                self._keep_restart(member, said)
            elif self.restart is not None and member.container and member.role is not Role.INIT:
                self._keep_silence(member, self.restart)

    def _keep_restart(self, member: Member, said: _Said) -> None:
        """Keep a policy that differs from the workload's, where that of an init container is silence."""
        usual = None if member.role is Role.INIT else self.restart
        if said.restart == (usual or Restart("never")):
            return
        if member.container:
            self.reading.keep(self.container_path(member), said.location, said.node)
        elif said.restart != self.restart:
            message = f"the restart policy of {member.service}, which only holds the network, is not carried"
            self.reading.report("not-modelled", message, said.node.origin, self.path)

    def _keep_silence(self, member: Member, restart: Restart) -> None:
        """Keep that a service which says nothing does not restart, though the workload does."""
        if restart.policy != "never" and member.service not in self._unclear:
            origin = self.reading.sections["services"].keys[member.service].origin
            self.reading.keep_plain(self.container_path(member), ("restart",), "no", origin)

    def _settle_order(self) -> None:
        """The workload waits for what any of its services waits for; who else than the one that stands for it, is kept."""
        spokesman = next((member for member in self.group.members if not member.container), self.group.main)
        for key, waits in self._waits.items():
            member, order, node = max(waits.values(), key=lambda wait: wait[1].condition != "started")
            self.order[key] = order
            self.reading.origins[*self.path, "order", key] = node.origin
            if list(waits) == [spokesman.service]:
                continue
            for member, order, node in waits.values():
                settings: dict[str, Any] = {"condition": _SPELLED[order.condition]}
                if not order.required:
                    settings["required"] = False
                self.reading.keep_plain(self.container_path(member), ("depends_on", key), settings, node.origin)

    def _add_before(self, containers: dict[str, Container]) -> None:
        """Note on each container which others wait for it, unless its role says just that."""
        from msgspec.structs import replace

        for name, waiting in self._before.items():
            container = containers.get(name)
            if container is None:
                continue
            condition = {Role.INIT: "complete", Role.SIDECAR: "started"}.get(container.role)
            if any(each != condition for each in waiting.values()):
                containers[name] = replace(container, before=waiting)


_POLICY_CONDITION = ("deploy", "restart_policy", "condition")


def _set_stronger(waits: dict[str, tuple[Member, Order, Node]], member: Member, order: Order, node: Node) -> None:
    """Note that a service waits; of two words about it, the one that asks for more than a start counts."""
    known = waits.get(member.service)
    if known is None or known[1].condition == "started":
        waits[member.service] = (member, order, node)
