"""A definition without what Swarm cannot say; every loss is told, with the reason of the support table."""

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.fields import FIELDS
from isomorph.model.origin import Path
from isomorph.model.workload import Constraint, Container, Kind, Mount, Role, Scale, Security, Workload
from isomorph.platforms.swarm.support import REASONS
from isomorph.platforms.swarm.templates import write_literals

_NAMES_TOLD = 3
_MODES = {Kind.DAEMON: "global", Kind.JOB: "replicated-job", Kind.SCHEDULED: "replicated-job"}


class Reduction:
    """A definition while it is reduced. `modes` are the modes of services by workload, where they are not the usual one."""

    def __init__(self, definition: Definition, quiet: frozenset[str]) -> None:
        self.definition = definition
        self.quiet = quiet
        self.diagnostics: list[Diagnostic] = []
        self.modes: dict[str, str] = {}
        self._silent: list[Path] = []  # ports that are not declared, for nothing publishes them

    def reduce(self) -> Definition:
        """Give the definition that is to be written."""
        application = self.definition.application
        workloads = {key: self._reduce_workload(key, workload) for key, workload in application.workloads.items()}
        self._tell_ports()
        return replace(self.definition, application=replace(application, workloads=workloads))

    def lose(self, field: str, path: Path, what: str = "", code: str = "lost") -> None:
        """Tell that a field is not, or only nearly, in the output."""
        if path[1] in self.quiet:
            return
        inner = len(path) > 3 and path[2] == "containers" and path[3] != path[1]
        where = f"{path[1]} {path[3]}" if inner else path[1]
        message = f"{where}: {what or FIELDS[field].meaning}: {REASONS[field]}"
        self.diagnostics.append(Diagnostic(code, message, self.definition.origins.find(path), path))

    def _reduce_workload(self, key: str, workload: Workload) -> Workload:
        path: Path = ("workloads", key)
        containers = {
            name: self._reduce_container(container, (*path, "containers", name))
            for name, container in workload.containers.items()
        }
        self._tell_apart(workload, path)
        for waited in workload.order:
            self.lose("lifecycle.order", (*path, "order", waited), f"waits for {waited}")
        shared = tuple(each for each in workload.host_namespaces if each == "network")
        for each in workload.host_namespaces:
            if each not in shared:
                self.lose("security.host-namespace", (*path, "host_namespaces", each), f"the node's {each} namespace")
        networks = workload.networks
        if networks == ():
            message = f"{key}: no network at all: a task is in the stack's own network at least"
            self.diagnostics.append(Diagnostic("lost", message, self.definition.origins.find(path), path))
            networks = None
        self._note_ports(workload, path)
        reduced = self._reduce_kind(key, workload, path)
        return replace(
            reduced,
            containers=containers,
            order={},
            host_namespaces=shared,
            networks=networks,
            placement=self._reduce_placement(workload, path),
        )

    def _reduce_kind(self, key: str, workload: Workload, path: Path) -> Workload:
        """Take the kinds that are modes of a service out, so that they are written as such."""
        mode = _MODES.get(workload.kind)
        if mode is None:
            return workload
        self.modes[key] = mode
        schedule, scale = workload.schedule, workload.scale
        if workload.kind is Kind.SCHEDULED:
            self.lose("kind.scheduled", (*path, "kind"), "written as a job that runs once", "approximated")
            if schedule is not None:
                self.lose("schedule", (*path, "schedule"), f"schedule {schedule.cron}")
        elif workload.kind is Kind.DAEMON and scale.replicas is not None:
            scale = Scale(None, scale.minimum, scale.maximum, scale.targets)
        return replace(workload, kind=Kind.SERVICE, schedule=None, scale=scale)

    def _tell_apart(self, workload: Workload, path: Path) -> None:
        """Tell of the containers that share a network elsewhere and are services of their own here."""
        mains = [name for name, container in workload.containers.items() if container.role is Role.MAIN]
        for name, container in workload.containers.items():
            place = (*path, "containers", name)
            if container.role is not Role.MAIN:
                self.lose(f"container.{container.role.value}", place, "a container beside", "approximated")
            elif len(mains) > 1 and name != mains[0]:
                self.lose("container.main", place, "a second container", "approximated")

    def _note_ports(self, workload: Workload, path: Path) -> None:
        if path[1] not in self.quiet and "network" not in workload.host_namespaces:
            offered = [key for key, port in workload.ports.items() if port.offered and not port.exposures]
            self._silent += [(*path, "ports", key) for key in offered]

    def _tell_ports(self) -> None:
        """Tell once of all ports that are not declared."""
        if not self._silent:
            return
        named = ", ".join(f"{path[1]} {path[3]}" for path in self._silent[:_NAMES_TOLD])
        more = len(self._silent) - _NAMES_TOLD
        message = f"{named}{f' and {more} more' if more > 0 else ''}: {REASONS['port']}"
        first = self._silent[0]
        self.diagnostics.append(Diagnostic("approximated", message, self.definition.origins.find(first), first))

    def _reduce_placement(self, workload: Workload, path: Path) -> tuple[Constraint, ...]:
        """Give the constraints that Swarm can say: one value that is or is not."""
        said: list[Constraint] = []
        for index, constraint in enumerate(workload.placement):
            values = constraint.values
            if constraint.operator in ("=", "in") and len(values) == 1:
                said.append(Constraint(constraint.attribute, "=", values))
            elif constraint.operator in ("!=", "not-in") and values:
                said += [Constraint(constraint.attribute, "!=", (value,)) for value in values]
            else:
                what = f"{constraint.attribute} {constraint.operator} {', '.join(values)}".strip()
                self.lose("placement.constraint", (*path, "placement", str(index)), what)
        return tuple(said)

    def _reduce_container(self, container: Container, path: Path) -> Container:
        if container.build is not None:
            self.lose("image.build", (*path, "build"), "build of the image")
        if container.pull_policy is not None:
            self.lose("image.pull-policy", (*path, "pull_policy"), f"pull policy {container.pull_policy}")
        mounts: dict[str, Mount] = {}
        for target, mount in container.mounts.items():
            if mount.sub_path is not None:
                self.lose("volume.sub-path", (*path, "mounts", target), f"folder {mount.sub_path} at {target}")
            mounts[target] = Mount(mount.volume, None, mount.read_only)
        return replace(
            container,
            build=None,
            pull_policy=None,
            variables={name: write_literals(text) for name, text in container.variables.items()},
            mounts=mounts,
            security=self._reduce_security(container.security, path),
            before={},
        )

    def _reduce_security(self, security: Security, path: Path) -> Security:
        if security.privileged:
            self.lose("security.privileged", (*path, "security", "privileged"))
        if security.no_new_privileges:
            self.lose("security.no-new-privileges", (*path, "security", "no_new_privileges"))
        if security.privileged is None and security.no_new_privileges is None:
            return security
        return replace(security, privileged=None, no_new_privileges=None)
