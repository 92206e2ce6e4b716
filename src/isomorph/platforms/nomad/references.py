"""What only the running cluster knows, `${NOMAD_ADDR_db}` and its like, as addresses, fields of the instance, and values.

Sources: https://developer.hashicorp.com/nomad/docs/reference/runtime-environment-settings, …/runtime-variable-interpolation,
client/taskenv/env.go of github.com/hashicorp/nomad.
"""

import re
from collections.abc import Iterator

from isomorph.model.text import Address, InstanceField, Part, Placeholder, SecretValue, Text, make_text, map_parts
from isomorph.platforms.nomad.reading import block_of, blocks_of, items_of, string_at
from isomorph.platforms.nomad.units import Task, Unit, service_name
from isomorph.syntax.hcl.body import Block

REFERENCE = re.compile(r"\$\{\s*(?P<name>[^{}$\s][^{}$]*?)\s*\}")
_IN_CONFIG = re.compile(rf"(?P<escaped>\${{2,}}\{{|%{{2,}}\{{)|{REFERENCE.pattern}")
_KNOWN_TO_CLIENT = (
    "NOMAD_",
    "VAULT_",
    "CONSUL_",
    "attr.",
    "node.",
    "meta.",
    "unique.",
    "device.",
    "secret.",
    "env[",
    "env.",
)
_ENVIRONMENT = re.compile(r"""env\[\s*["']([^"']+)["']\s*\]""")
_NOT_CLEAN = re.compile(r"[^A-Za-z0-9_.]")
_MIB = "1Mi"

_FIELDS: dict[str, InstanceField] = {
    "NOMAD_ALLOC_ID": InstanceField("uid"),
    "NOMAD_ALLOC_NAME": InstanceField("name"),
    "NOMAD_NAMESPACE": InstanceField("namespace"),
    "NOMAD_MEMORY_LIMIT": InstanceField("limit:memory", divisor=_MIB),
    "attr.unique.hostname": InstanceField("node"),
    "node.unique.name": InstanceField("node"),
    "attr.unique.network.ip-address": InstanceField("host-ip"),
}
FOLDERS = {"NOMAD_TASK_DIR": "/local", "NOMAD_SECRETS_DIR": "/secrets", "NOMAD_ALLOC_DIR": "/alloc"}
"""Where a container sees the folders of its task."""


class Offer:
    """A service that the definition registers: its name, the workload and task behind it, and the port as it is said."""

    __slots__ = ("block", "label", "name", "provider", "task", "unit")

    def __init__(self, block: Block, name: str, unit: Unit, task: Task | None) -> None:
        self.block = block
        self.name = name
        self.unit = unit
        self.task = task
        port = block.body.attributes.get("port")
        self.label = "" if port is None else string_at(port)
        provider = block.body.attributes.get("provider")
        self.provider = "consul" if provider is None else string_at(provider)

    @property
    def workload(self) -> str:
        """Give the key of the workload behind it."""
        return self.unit.key

    @property
    def target(self) -> int | None:
        """Give the container's port behind it; a number stands for itself."""
        if self.label.isdecimal():
            return int(self.label)
        return self.unit.target_of(self.label)


class Cluster:
    """All workloads of a definition, and the services by which they find each other."""

    __slots__ = ("_of_units", "_siblings", "by_clean_name", "by_name", "domains")

    def __init__(self, units: list[Unit]) -> None:
        self.domains: set[str] = set()  # domains that containers search, without the last dot
        self.by_name: dict[str, Offer] = {}
        self.by_clean_name: dict[str, Offer] = {}
        self._of_units: dict[str, list[Offer]] = {}
        self._siblings: dict[int, list[Unit]] = {}
        for unit in units:
            self._siblings.setdefault(id(unit.group), []).append(unit)
            offers = self._of_units[unit.key] = list(_offers_of(unit))
            for offer in offers:
                self.by_name.setdefault(offer.name.lower(), offer)
                self.by_clean_name.setdefault(clean(offer.name), offer)

    def find(self, name: str) -> Offer | None:
        """Give the service behind a name as a query has it: `[TAG.]NAME[@DC][~NEAR][|FILTER]`."""
        plain = re.split(r"[@~|]", name, maxsplit=1)[0].lower()
        return self.by_name.get(plain) or self.by_name.get(plain.partition(".")[2])

    def of_unit(self, unit: Unit) -> list[Offer]:
        """Give the services of a workload."""
        return self._of_units[unit.key]

    def siblings(self, unit: Unit) -> list[Unit]:
        """Give the workloads of a workload's group, itself first."""
        return [unit, *(each for each in self._siblings[id(unit.group)] if each is not unit)]


def _offers_of(unit: Unit) -> Iterator[Offer]:
    """Give the services of a workload: those of its tasks, and those of its group that are for its ports."""
    for task in unit.tasks:
        for block in blocks_of(task.body, "service"):
            yield Offer(block, service_name(block, unit.group, task), unit, task)
    for block in blocks_of(unit.group.body, "service"):
        owner, behind = _find_owner(block, unit)
        if owner:
            yield Offer(block, service_name(block, unit.group, None), unit, behind)


def _find_owner(block: Block, unit: Unit) -> tuple[bool, Task | None]:
    """Tell whether a service of the group is a workload's, and which task is said to be behind it."""
    said = block.body.attributes.get("task")
    if said is not None:
        task = next((each for each in unit.tasks if each.name == string_at(said)), None)
        return task is not None, task
    if unit.tasks == unit.group.tasks:
        return True, None
    port = block.body.attributes.get("port")
    label = "" if port is None else string_at(port)
    return label in unit.ports or label in unit.mapped, None


class Place:
    """Where a text stands: its task in its workload, among all others."""

    __slots__ = ("cluster", "task", "unit")

    def __init__(self, cluster: Cluster, unit: Unit, task: Task) -> None:
        self.cluster = cluster
        self.unit = unit
        self.task = task

    def find_variable(self, name: str) -> Text | None:
        """Give what a variable of the task's environment stands for."""
        return find_reference(name, self)

    def find_service(self, name: str) -> Offer | None:
        """Give the service that a template asks for."""
        return self.cluster.find(name)


def resolve(text: Text, place: Place, *, in_config: bool = False) -> Text:
    """Replace the references of a text to what the running cluster knows.

    `in_config`: it stands in a driver's settings, which are HCL once more where they are used, so that `$${` is `${` there.
    A name that no client knows stays as it is (helper/args.ReplaceEnv).
    """
    if isinstance(text, str) and "{" not in text:
        return text
    return map_parts(text, lambda part: _resolve_literal(part, place, in_config) if isinstance(part, str) else (part,))


def _resolve_literal(text: str, place: Place, in_config: bool) -> Text:
    parts: list[Part] = []
    done = 0
    for match in (_IN_CONFIG if in_config else REFERENCE).finditer(text):
        parts.append(text[done : match.start()])
        done = match.end()
        if in_config and match["escaped"]:
            parts.append(match["escaped"][1:])
            continue
        found = find_reference(match["name"], place)
        if found is None:
            known = match["name"].startswith(_KNOWN_TO_CLIENT)
            parts.append(Placeholder(match.group()) if known else match.group())
        else:
            parts.extend((found,) if isinstance(found, str) else found)
    parts.append(text[done:])
    return make_text(parts)


def find_reference(name: str, place: Place) -> Text | None:
    """Give what stands behind a reference, None where only the cluster could tell."""
    environment = _ENVIRONMENT.fullmatch(name)
    if environment is not None:
        name = environment[1]
    group, task = place.unit.group, place.task
    known = {
        "NOMAD_TASK_NAME": task.name,
        "NOMAD_GROUP_NAME": group.name,
        "NOMAD_JOB_NAME": group.job.name,
        "NOMAD_JOB_ID": group.job.name,
        "TASK": task.name,
        "TASKGROUP": group.name,
        "JOB": group.job.name,
    }
    if name in known:
        return known[name]
    if name in _FIELDS:
        return (_FIELDS[name],)
    if name in FOLDERS:
        return FOLDERS[name] if task.driver != "raw_exec" else None
    if name.startswith("secret."):
        return _find_secret(name, place)
    if name.startswith(("NOMAD_META_", "meta.")):
        return _find_meta(name, place)
    if name.startswith("NOMAD_"):
        return _find_network(name.removeprefix("NOMAD_"), place)
    return task.variables.get(name)


def _find_secret(name: str, place: Place) -> Text | None:
    """Give the key of a `secret` block: `${secret.NAME.KEY}`."""
    _, block_name, key = (name.split(".", 2) + ["", ""])[:3]
    for body in (place.task.body, place.unit.group.body, place.unit.group.job.body):
        for block in blocks_of(body, "secret"):
            path = block.body.attributes.get("path")
            if block.labels == (block_name,) and path is not None and key:
                return (SecretValue(string_at(path), key),)
    return None


def _find_meta(name: str, place: Place) -> Text | None:
    """Give a value of `meta`: the task's, else its group's, else its job's; in capitals, too."""
    key = name.removeprefix("NOMAD_META_").removeprefix("meta.")
    for body in (place.task.body, place.unit.group.body, place.unit.group.job.body):
        for block in blocks_of(body, "meta"):
            for said, node in block.body.attributes.items():
                if key in (said, clean(said), clean(said).upper()):
                    return string_at(node)
    return None


def clean(name: str) -> str:
    """Give a name as it stands in a variable of the environment (helper.CleanEnvVar)."""
    return _NOT_CLEAN.sub("_", name)


def _find_network(name: str, place: Place) -> Text | None:
    """Give an address, or a part of one, of an own port, a sibling's port or an upstream: `ADDR_http`, `PORT_db_main`."""
    upstream = name.startswith("UPSTREAM_")
    name = name.removeprefix("UPSTREAM_").removeprefix("HOST_").removeprefix("ALLOC_")
    kind, _, label = name.partition("_")
    if kind not in ("ADDR", "IP", "PORT") or not label:
        return None
    if upstream:
        offer = place.cluster.by_clean_name.get(clean(label))
        unit, port = (None, None) if offer is None else (offer.unit, offer.target)
    else:
        offer = None
        unit, port = _find_port(label, place)
    if unit is None or (port is None and kind != "IP"):
        return None
    if kind == "PORT":
        return str(port)
    called = unit.key.rpartition("/")[2] if offer is None else offer.name
    return (Address(unit.key, called, port if kind == "ADDR" else None),)


def _find_port(label: str, place: Place) -> tuple[Unit | None, int | None]:
    """Give the workload and port behind a label: the own workload's, a sibling's, or that of `TASK_LABEL`."""
    for unit in place.cluster.siblings(place.unit):
        for each in (*unit.ports, *unit.mapped):
            names = [clean(each), *(f"{clean(task.name)}_{clean(each)}" for task in unit.tasks)]
            if label in names or clean(label) in names:
                return unit, unit.target_of(each)
    return None, None


def search_domains(units: list[Unit]) -> set[str]:
    """Give the domains that containers search for short names, without the last dot."""
    found: set[str] = set()
    for unit in units:
        for task in unit.tasks:
            config = block_of(task.body, "config")
            node = config.body.attributes.get("dns_search_domains") if config is not None else None
            found |= {string_at(item).strip(".").lower() for item in items_of(node)}
            if task.driver == "raw_exec" and config is not None:
                words = [string_at(item) for item in items_of(config.body.attributes.get("args"))]
                for index, word in enumerate(words[:-1]):
                    if word == "--dns-search":
                        found.add(words[index + 1].strip(".").lower())
    return found
