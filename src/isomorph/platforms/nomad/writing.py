"""What is known while jobs are written: the definition, what each workload is called and offers, and what was lost."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from isomorph.model.application import Definition, Extra
from isomorph.model.errors import Diagnostic
from isomorph.model.fields import FIELDS
from isomorph.model.origin import Path
from isomorph.model.workload import Workload
from isomorph.platforms.nomad.support import REASONS
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.silence import find_silence
from isomorph.platforms.table import find_family
from isomorph.syntax.hcl.emit import Block

_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_NOT_IN_VOLUME = re.compile(r"[^A-Za-z0-9_.-]+")
_NOT_IN_SERVICE = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST_SERVICE = 63
_VARIABLE_PATH = re.compile(r"[A-Za-z0-9_~/-]{1,128}")
_ITEM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Construct = list[dict[str, Any] | Block]
"""The body of a block while it is written: arguments in groups, and blocks."""


def safe_name(text: str) -> str:
    """Make a text a name for jobs, groups and tasks: it is part of a variable's path and of folders' names."""
    name = _NOT_IN_NAME.sub("-", text).strip("-_") or "unnamed"
    return name if name != "alloc" else "alloc-task"


def _to_docker_name(text: str) -> str:
    name = _NOT_IN_VOLUME.sub("-", text).lstrip("_.-")
    return name if len(name) > 1 else f"volume-{name}".rstrip("-")


def service_name(text: str) -> str:
    """Make a text the name of a service, a DNS label."""
    return _NOT_IN_SERVICE.sub("-", text)[:_LONGEST_SERVICE].strip("-") or "unnamed"


class Names:
    """Names that are each given once, by what they were given for."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def give(self, wish: str, joint: str = "-") -> str:
        """Give a name that nobody has yet."""
        name, number = wish, 2
        while name in self.taken:
            name = f"{wish}{joint}{number}"
            number += 1
        self.taken.add(name)
        return name


class Offer(msgspec.Struct):
    """A port of a workload on Nomad: its label, and the service under whose name peers find it.

    `statics` are numbers of the machine that lead to it, by their labels; `implied`: nothing declares it, peers use it.
    """

    number: int
    target: int
    label: str
    protocol: str = "tcp"
    service: str = ""
    key: str = ""
    statics: dict[str, int] = {}
    more: tuple[str, ...] = ()  # further labels whose numbers Nomad picks
    implied: bool = False


def spoken_label(offer: Offer) -> str:
    """Give the label by which a job names a port: the port's own, or the one of its number of the machine."""
    label = offer.label
    return label if not offer.statics or label in offer.statics or label in offer.more else next(iter(offer.statics))


class Peer(msgspec.Struct):
    """A workload as a job: its name, which the group has too, and what it offers."""

    key: str
    workload: Workload
    name: str
    service: str
    bridge: bool
    offers: list[Offer] = []
    services: list[tuple[str, str]] = []  # names with the labels of the ports that they lead to

    def offer(self, offer: Offer, service: str) -> Offer:
        """Offer one more port, under a service's name."""
        self.offers.append(offer)
        if service:
            offer.service = service
            self.services.append((service, offer.label))
        return offer

    def find_offer(self, number: int | None) -> Offer | None:
        """Find the port that peers know by a number; without one, any that has a service: they ask for the address alone."""
        if number is None:
            return next((offer for offer in self.offers if offer.service), self.offers[0] if self.offers else None)
        return next((offer for offer in self.offers if offer.number == number and offer.protocol == "tcp"), None)


def _finds_by_consul(definition: Definition) -> bool:
    """Tell whether a job of Nomad registers its services with Consul, as it does where it says nothing."""
    providers = [
        extra.value
        for extra in definition.extras
        if extra.platform == "nomad" and extra.location[:1] == ("service",) and extra.location[2:] == ("provider",)
    ]
    return definition.platform == "nomad" and "nomad" not in providers


class Writing:
    """The jobs of one definition while they are written."""

    def __init__(self, definition: Definition, options: WriteOptions) -> None:
        self.definition = definition
        self.application = definition.application
        self.options = options
        self.from_nomad = definition.platform == "nomad"
        self.is_open = find_family(definition.platform) == "compose"  # peers reach every port there, declared or not
        self.consul = options.discovery == "consul" or _finds_by_consul(definition)
        self.diagnostics: list[Diagnostic] = []
        self.peers: dict[str, Peer] = {}
        self.job: Peer | None = None  # whose job is being written
        self.silence = find_silence(definition.platform, "nomad")
        self.variables: dict[str, dict[str, None]] = {}  # of jobs, left to whoever runs them, by workload
        self.items: dict[str, dict[str, tuple[str, str]]] = {}  # secret and key by the items of a job's Nomad variable
        self.port_variables: dict[tuple[str, str], dict[str, tuple[str, int]]] = {}  # by workload and container
        self.constructs: dict[Path, Construct] = {}
        self.requested: set[str] = set()  # volumes that groups ask for by blocks of their own
        self.docker_volumes: dict[str, str] = {}  # the name that Docker takes, by the volume's own
        self.extras: dict[Path, list[Extra]] = {}
        for extra in definition.extras:
            if extra.platform == "nomad":
                self.extras.setdefault(extra.path, []).append(extra)
        # Secrets that a job of Nomad takes from Vault, by their places in the model.
        self.vaults = {
            path for path in self.extras if path[:1] == ("secrets",) and self.extra(path, "store") == "vault"
        }

    def extra(self, path: Path, *location: str | int) -> Any:
        """Take the value that Nomad itself said at a place; None where it said nothing."""
        extras = self.extras.get(path, [])
        for extra in extras:
            if extra.location == location:
                extras.remove(extra)
                return extra.value
        return None

    def docker_volume(self, name: str) -> str:
        """Give the name of one of Docker's volumes, which takes letters, digits, `_`, `.` and `-`; two stay two."""
        known = self.docker_volumes.get(name)
        if known is not None:
            return known
        wanted = given = name if self.from_nomad else _to_docker_name(name)
        taken, number = set(self.docker_volumes.values()), 1
        while given in taken:
            number += 1
            given = f"{wanted}-{number}"
        self.docker_volumes[name] = given
        return given

    def report(self, code: str, message: str, path: Path) -> None:
        """Add a diagnostic about a place in the model, unless nothing is to be told of what is there."""
        if self.options.quiet and len(path) > 1 and path[1] in self.options.quiet:
            return
        self.diagnostics.append(Diagnostic(code, message, self.definition.origins.find(path), path))

    def report_once(self, code: str, message: str, path: Path) -> None:
        """Add a diagnostic that others about the same workload would only repeat."""
        if not any(each.message == message for each in self.diagnostics):
            self.report(code, message, path)

    def lose(self, field: str, path: Path, what: str = "", code: str = "lost") -> None:
        """Report that a field of the model is not, or only approximately, in the output, with the support table's reason."""
        inner = path[2] == "containers" and path[3] != path[1] if len(path) > 3 else False
        where = f"{path[1]} {path[3]}" if inner else path[1]
        message = f"{where}: {what or FIELDS[field].meaning}"
        reason = REASONS[field]
        self.report(code, f"{message}: {reason}" if reason else message, path)

    def use_variable(self, wish: str) -> str:
        """Note that the job which is being written takes a value from whoever runs it; gives the variable's name."""
        name = _NOT_IN_NAME.sub("_", wish).strip("-_") or "value"
        name = name if not name[0].isdigit() else f"_{name}"
        assert self.job is not None
        self.variables.setdefault(self.job.key, {})[name] = None
        return name

    def find_item(self, secret: str, key: str) -> tuple[str, str]:
        """Give the path of the Nomad variable and the item of it that hold a secret's value.

        A task may read the variable of its own job, so that it holds everything, unless a job of Nomad says another path.
        """
        assert self.job is not None
        own = self.from_nomad or secret.startswith("nomad/jobs")
        if own and _VARIABLE_PATH.fullmatch(secret) and _ITEM.fullmatch(key):
            return secret, key
        return f"nomad/jobs/{self.job.name}", self._use_item(secret, key)

    def _use_item(self, secret: str, key: str) -> str:
        assert self.job is not None
        items = self.items.setdefault(self.job.key, {})
        for item, source in items.items():
            if source == (secret, key):
                return item
        wish = re.sub(r"[^A-Za-z0-9]+", "_", f"{secret}_{key}" if key and key != secret else secret).strip("_")
        names = Names()
        names.taken.update(items)
        item = names.give(wish if wish and not wish[0].isdigit() else f"_{wish}", "_")
        items[item] = (secret, key)
        return item


def body_of(written: Block) -> Construct:
    """Give the body of a block that `block` made, to add to it."""
    assert isinstance(written.body, list)
    return written.body


def arguments(body: Construct) -> dict[str, Any]:
    """Give the first group of arguments of a body, which is made where there is none."""
    if not body or isinstance(body[0], Block):
        body.insert(0, {})
    first = body[0]
    assert isinstance(first, dict)
    return first


def block(kind: str, *labels: str, body: Construct | None = None, **said: Any) -> Block:
    """Make a block; arguments that are None are left out."""
    given = {name: value for name, value in said.items() if value is not None}
    parts: Construct = [given] if given else []
    return Block(kind, labels, [*parts, *(body or [])])


def with_entries(kind: str, entries: Mapping[str, Any], *labels: str) -> Block:
    """Make a block whose arguments have any names."""
    return Block(kind, labels, [dict(entries)])
