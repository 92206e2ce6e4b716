"""What one environment says about one workload, as single facts in normal form, and where each was written."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from isomorph.drift.finding import Environment
from isomorph.drift.reasons import OPEN_NETWORK, find_entry
from isomorph.model.application import Definition
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Address
from isomorph.model.workload import Container, Kind, Port, Workload
from isomorph.platforms.jobs import find_jobs
from isomorph.platforms.platform import Default, Nature, Support
from isomorph.platforms.table import find_family, find_platform, load_defaults, load_facts, load_support

if TYPE_CHECKING:
    from isomorph.drift.image_config import ImageConfig
    from isomorph.drift.outside import Outside


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One thing that a side says.

    `value` is its normal form, as it is shown; `key` is what is compared where that is not the value; `path` is where in
    the model it stands; `field` the row of `isomorph.model.fields` by which support tables speak of it. `secret`: it is
    compared and never shown. `unresolved`: the given input does not settle it, and this is what would. `from_image`: it is
    not said here but comes from the image, whose configuration stands there.
    """

    value: str
    path: Path
    field: str = ""
    key: Any = None
    secret: bool = False
    unresolved: str = ""
    from_image: Origin | None = None

    @property
    def compared(self) -> Any:
        """Give what stands for this fact in a comparison."""
        return self.value if self.key is None else self.key


Facts = dict[tuple[str, str], Fact]
"""Facts of one workload or container by (rule, subject)."""


_NAMING = frozenset(("Service", "Endpoints", "hostAliases", "extra_hosts", "external_links", "links"))
"""Where definitions name hosts that are not their workloads."""


def _names_in(value: Any) -> Iterator[str]:
    """Give every word of some plain data that could be a host's name."""
    if isinstance(value, str):
        yield value
        yield from value.replace("=", ":").split(":")
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield str(key)
            yield from _names_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _names_in(each)


class View:
    """One environment as the judge sees it: its definition, what its platform can say and means by silence.

    `called` gives every workload the name that is common to all environments; `containers` does so for containers.
    """

    __slots__ = (
        "_domains",
        "_jobs",
        "_joined",
        "_outside",
        "_references",
        "application",
        "bare_names",
        "called",
        "containers",
        "defaults",
        "definition",
        "environment",
        "family",
        "holders",
        "index",
        "is_local",
        "keys",
        "name",
        "natures",
        "outside",
        "platform",
        "said_by",
        "support",
        "used",
        "used_ports",
        "uses",
        "words",
    )

    def __init__(self, index: int, environment: Environment) -> None:
        self.index = index
        self.environment = environment
        self.name = environment.name
        self.definition: Definition = environment.definition
        self.platform = self.definition.platform
        self.family = find_family(self.platform)
        self.is_local = find_platform(self.platform).is_local
        self.application = self.definition.application
        self.natures: dict[str, list[Nature]] = {}
        for nature in load_facts(self.platform):
            self.natures.setdefault(nature.rule, []).append(nature)
        self.support: dict[str, Support] = load_support(self.platform)
        self.said_by = environment.said_by
        self.words: dict[str, Support] = load_support(self.said_by) if self.said_by else {}
        self.defaults: dict[tuple[str, str], list[Default]] = {}
        for default in load_defaults(self.platform):
            self.defaults.setdefault((default.rule, default.subject), []).append(default)
        self.called: dict[str, str] = {}
        self.containers: dict[tuple[str, str], str] = {}
        self.holders: dict[str, str] = {}  # every name that peers may use, in lower case -> workload
        for key, workload in self.application.workloads.items():
            for name in workload.names:
                self.holders.setdefault(name.lower(), key)
        self._outside: frozenset[str] | None = None
        self._domains: frozenset[str] | None = None
        self._jobs: set[str] | None = None
        self.used_ports: frozenset[tuple[str, int]] | None = None
        self.bare_names: frozenset[str] | None = None
        self._references: dict[str, set[object]] | None = None
        self._joined: dict[str, frozenset[str]] | None = None
        self.keys: dict[str, str] = {}
        self.uses: dict[str, list[tuple[str, str]]] | None = None  # who uses what, under which variable
        self.used: dict[str, set[str]] | None = None
        self.outside: Outside | None = None  # made by the first text that asks for it

    def call(self, key: str, common: str) -> None:
        """Give a workload the name that is common to all environments."""
        self.called[key] = common
        self.keys[common] = key

    def key_of(self, common: str) -> str | None:
        """Give this environment's key of the workload of a common name, if it has that."""
        return self.keys.get(common)

    def cannot_say(self, field: str) -> Support | None:
        """Give the declaration that this platform has no way to say a field, if it made one."""
        row = self.support.get(field)
        return row if row is not None and row.level == "never" else None

    def leaves_open(self, rule: str, field: str) -> bool:
        """Tell whether its silence leaves something to the other side: it was generated from what has no word for it.

        What the source could have said, and something else has besides (a variable, an argument), it does not leave open.
        """
        row = self.words.get(field)
        if not self.said_by or field in self.environment.said_besides:
            return False
        return row is not None and row.level == "never"

    @property
    def is_open(self) -> bool:
        """Tell whether peers reach every port of a container, declared or not, under the container's own number."""
        return find_entry("port.missing", self.platform, OPEN_NETWORK) is not None

    @property
    def numbers_ports(self) -> bool:
        """Tell whether a port may have another number for peers than the container's."""
        return "port.target" not in self.support or self.support["port.target"].level != "never"

    def ends(self, key: str) -> bool:
        """Tell whether a workload runs to completion: it says so, or is a service that is a job where services are all."""
        kind = self.application.workloads[key].kind
        if kind is not Kind.SERVICE or self.cannot_say("kind.job") is None:
            return kind in (Kind.JOB, Kind.SCHEDULED)
        if self._jobs is None:
            self._jobs = find_jobs(self.application.workloads)
        return key in self._jobs

    def domains(self) -> frozenset[str]:
        """Give the domains below which only this definition offers names: its namespaces, and its own name."""
        if self._domains is None:
            application = self.application
            names = {workload.namespace for workload in application.workloads.values()}
            names |= {application.namespace, application.name}
            self._domains = frozenset(name.lower() for name in names if name)
        return self._domains

    def outside_names(self) -> frozenset[str]:
        """Give the names that this definition offers for what is not a workload of it: kept beside the model as extras."""
        if self._outside is None:
            names: set[str] = set()
            for extra in self.definition.extras:
                for key in extra.location:
                    if key in _NAMING:
                        names |= {name.lower() for name in _names_in(extra.value)}
            self._outside = frozenset(names)
        return self._outside

    def find_default(self, rule: str, subject: str, conditions: frozenset[str]) -> str | None:
        """Give what silence means; of several, the one whose condition holds goes before one without a condition."""
        found: str | None = None
        rows = self.defaults.get((rule, subject)) or self.defaults.get((rule, "")) or ()
        for default in rows:
            if default.when:
                if default.when in conditions:
                    return default.value
            elif found is None:
                found = default.value
        return found

    def origin(self, path: Path) -> Origin | None:
        """Give where a value, or the nearest thing around it, was written."""
        return self.definition.origins.find(path)

    def reached(self, key: str) -> frozenset[str]:
        """Give the common names of the workloads that share a network with one, itself included.

        A workload that names no network is on the default one.
        """
        if self._joined is None:
            members: dict[str, set[str]] = {}
            for each, workload in self.application.workloads.items():
                for network in _networks(workload):
                    members.setdefault(network, set()).add(self.called.get(each, each))
            self._joined = {network: frozenset(names) for network, names in members.items()}
        networks = _networks(self.application.workloads[key])
        if not networks:
            return frozenset((self.called.get(key, key),))
        joined = "\0".join(sorted(networks))
        found = self._joined.get(joined)
        if found is None:
            found = self._joined[joined] = frozenset().union(*(self._joined[network] for network in networks))
        return found

    def references(self) -> dict[str, set[object]]:
        """Give who refers to each workload: the referring workload's common or own name, and its variable's."""
        if self._references is None:
            found: dict[str, set[object]] = {}
            for key, workload in self.application.workloads.items():
                for container in workload.containers.values():
                    for name, text in container.variables.items():
                        if not isinstance(text, str):
                            for part in text:
                                if isinstance(part, Address):
                                    found.setdefault(part.workload, set()).add((key, name))
            self._references = found
        return self._references

    def landing(self, workload: str, number: int, protocol: str = "tcp") -> Port | None:
        """Give the port of a workload that peers reach under a number, None where nothing is offered there."""
        return self.application.workloads[workload].ports.get(f"{number}/{protocol}")


def _networks(workload: Workload) -> tuple[str, ...]:
    return ("default",) if workload.networks is None else workload.networks


class Place:
    """One side of a comparison: a workload, perhaps one container of it, in its environment."""

    __slots__ = ("base", "conditions", "container", "facts", "image", "key", "view", "workload")

    def __init__(self, view: View, workload: Workload, key: str, container: Container | None, base: Path) -> None:
        self.view = view
        self.workload = workload
        self.key = key
        self.container = container
        self.base = base
        self.facts: Facts = {}
        self.image: ImageConfig | None = None
        self.conditions: frozenset[str] = frozenset()


class Scope:
    """What is compared: the workload's common name, the container's as it is shown, and both sides.

    `known_as` is the container in a finding's fingerprint: the workload's first main one has no name there, so that another
    beside it leaves what is known of it as it is.
    """

    __slots__ = ("a", "b", "container", "known_as", "workload")

    def __init__(self, workload: str, container: str, a: Place, b: Place) -> None:
        self.workload = workload
        self.container = container
        self.known_as = container
        self.a = a
        self.b = b

    @property
    def sides(self) -> tuple[Place, Place]:
        """Give both sides."""
        return self.a, self.b
