"""What is known while one definition is written: ids, names, ports of services, secrets to be put, and what was lost."""

from typing import Any

from isomorph.model.application import Application, Definition, Extra
from isomorph.model.errors import Diagnostic
from isomorph.model.fields import FIELDS
from isomorph.model.origin import Path
from isomorph.model.text import Address, Placeholder, parts_of
from isomorph.model.workload import Exec, Kind, Port, Workload
from isomorph.platforms.marathon.ids import L4LB, is_below, is_derived, last_part, to_id, to_part
from isomorph.platforms.marathon.reading import PLATFORM
from isomorph.platforms.marathon.support import REASONS
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import find_family

FIRST_SERVICE_PORT = 10_000
"""Where Marathon's own range of service ports begins (`--local_port_min`)."""

Construct = dict[str, Any]


class Timing:
    """What silence means for a health check on the platform that was read, in milliseconds; None: silence stays silence."""

    def __init__(self, period: int, timeout: int, failures: int) -> None:
        self.period = period
        self.timeout = timeout
        self.failures = failures


_TIMINGS = {"compose": Timing(30_000, 30_000, 3)}
_USUAL = Timing(10_000, 1_000, 3)
"""As Kubernetes means silence, whose probes the model's are."""
_OPEN = frozenset(("compose", "nomad"))
"""Platforms on which peers reach every port of a container, declared or not."""
_STOP_GRACES = {"compose": 10_000, "kubernetes": 30_000}


class Writing:
    """One definition while it is written."""

    def __init__(self, definition: Definition, options: WriteOptions) -> None:
        self.definition = definition
        self.application: Application = definition.application
        self.options = options
        self.own = definition.platform == PLATFORM
        family = find_family(definition.platform)
        self.timing = None if self.own else _TIMINGS.get(family, _USUAL)
        self.stop_grace = _STOP_GRACES.get(family)
        self.diagnostics: list[Diagnostic] = []
        self.extras: dict[Path, list[Extra]] = {}
        for extra in definition.extras:
            if extra.platform == PLATFORM:
                self.extras.setdefault(extra.path, []).append(extra)
        self.constructs: dict[Path, Construct] = {}
        self.values: dict[str, str | None] = {}  # by source: what is to be put into the secret store
        self.variables: dict[str, None] = {}  # what whoever deploys is to put into the text
        self.unlimited: list[str] = []  # workloads whose CPU or memory nobody says
        self.workloads = {key: each for key, each in self.application.workloads.items() if self._runs(key, each)}
        self.root = self._find_root()
        self.ids = self._give_ids()
        self.vips = self._give_vips()
        self.implied = {} if self.own else _find_implied(self.application, family in _OPEN)
        self.service_ports: dict[tuple[str, str], int] = {}

    def _runs(self, key: str, workload: Workload) -> bool:
        if workload.kind in (Kind.JOB, Kind.SCHEDULED):
            self.lose(f"kind.{workload.kind.value}", ("workloads", key, "kind"))
            if workload.schedule is not None:
                self.lose("schedule", ("workloads", key, "schedule"))
            return False
        return True

    def _find_root(self) -> str:
        """Give the id of the group that holds everything: the application's name, unless an id is outside of that."""
        name = self.options.name or self.application.name
        root = f"/{to_part(name)}" if name else "/"
        full = [key for key in self.application.workloads if key.startswith("/")]
        return root if all(is_below(key, root) for key in full) else "/"

    def _give_ids(self) -> dict[str, str]:
        ids: dict[str, str] = {}
        taken: set[str] = set()
        for key in self.application.workloads:
            wish = identity = to_id(key, self.root)
            number = 2
            while identity in taken:
                identity = f"{wish}-{number}"
                number += 1
            taken.add(identity)
            ids[key] = identity
            expected = key if key.startswith("/") else f"{'' if self.root == '/' else self.root}/{key}"
            if identity != expected:
                self.report("renamed", f"workload {key} is the application {identity}", ("workloads", key))
        return ids

    def _give_vips(self) -> dict[str, tuple[str, ...]]:
        """Name the virtual addresses of every workload, its own first; a name that is taken is spelled with its groups."""
        given: dict[str, tuple[str, ...]] = {}
        taken: set[str] = set()
        for key, workload in self.workloads.items():
            kept = [name.removesuffix(f".{L4LB}") for name in workload.names if name.endswith(f".{L4LB}")]
            own = kept if self.own else [last_part(self.ids[key])]
            others = [] if self.own else [name for name in workload.names if "." not in name and name != key]
            names: list[str] = []
            for index, wish in enumerate([*own, *map(to_part, others)]):
                if wish in taken and index == 0 and not self.own:
                    wish = self.ids[key].strip("/").replace("/", "-")
                if wish not in taken:
                    taken.add(wish)
                    names.append(wish)
                    if index >= len(own):
                        self.lose("dns.record", ("workloads", key, "names"), f"{wish}.{L4LB}", "approximated")
            given[key] = tuple(names)
        return given

    def other_names(self, workload: Workload) -> list[str]:
        """Give the names that are said by options of docker: those that no part of Marathon gives."""
        return [name for name in workload.names if not is_derived(name)] if self.own else []

    def take_extra(self, path: Path, *location: str) -> Any:
        """Take out the extra at one place; None where there is none."""
        for extra in self.extras.get(path, ()):
            if extra.location == location:
                self.extras[path].remove(extra)
                return extra.value
        return None

    def report(self, code: str, message: str, path: Path) -> None:
        """Add a diagnostic about a place in the model, unless nothing is to be told of what is there."""
        if self.options.quiet and len(path) > 1 and path[1] in self.options.quiet:
            return
        self.diagnostics.append(Diagnostic(code, message, self.definition.origins.find(path), path))

    def lose(self, field: str, path: Path, what: str = "", code: str = "lost") -> None:
        """Report that a field is not, or only approximately, in the output, with the support table's reason."""
        inner = len(path) > 3 and path[2] == "containers" and path[3] != path[1]
        where = f"{path[1]} {path[3]}" if inner else path[1]
        reason = REASONS[field]
        message = f"{where}: {what or FIELDS[field].meaning}"
        self.report(code, f"{message}: {reason}" if reason else message, path)

    def number(self, amount: int | Placeholder | None, field: str, path: Path, what: str) -> int | None:
        """Give a number; one that nothing settles yet is lost."""
        if isinstance(amount, Placeholder):
            self.report("lost", f"{path[1]}: {what} is {amount.expression}, and JSON takes a number", path)
            return None
        return amount


def _find_implied(application: Application, is_open: bool) -> dict[str, dict[str, Port]]:
    """Find the ports by which texts reach workloads that do not declare them: they need a virtual address, too.

    `is_open`: on the platform that was read, peers reach every port; else one beside those that are declared is a mistake.
    """
    found: dict[str, dict[str, Port]] = {}
    for workload in application.workloads.values():
        for text in _texts(workload):
            before = ""
            for part in parts_of(text):
                if isinstance(part, Address) and part.workload in application.workloads:
                    ports = application.workloads[part.workload].ports.values()
                    number = part.port or _scheme_port(before)
                    if ports and not (is_open and part.port):
                        number = None
                    if number and all(port.number != number for port in ports):
                        found.setdefault(part.workload, {})[f"{number}/tcp"] = Port(number, number)
                before = part if isinstance(part, str) else ""
    return found


def _scheme_port(before: str) -> int | None:
    return 80 if before.endswith("http://") else 443 if before.endswith("https://") else None


def _texts(workload: Workload) -> list[Any]:
    found: list[Any] = []
    for container in workload.containers.values():
        found += [*container.variables.values(), *(container.command or ()), *(container.args or ())]
        for probe in (container.liveness, container.readiness):
            if probe is not None and isinstance(probe.check, Exec):
                found += probe.check.command
    return found
