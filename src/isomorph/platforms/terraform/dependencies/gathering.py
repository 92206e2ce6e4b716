"""Servers and what is part of them (databases, users, configurations), put together as the model's dependencies."""

from typing import Any

import msgspec

from isomorph.model.application import Dependency
from isomorph.model.origin import Origin
from isomorph.model.secrecy import is_secret_name
from isomorph.model.text import Text, print_text
from isomorph.platforms.terraform.dependencies.entry import Entry
from isomorph.platforms.terraform.dependencies.table import find_module, find_resource
from isomorph.platforms.terraform.dependencies.values import (
    find_node,
    find_nodes,
    find_pairs,
    holds_secret,
    is_open,
    plain,
    to_truth,
    to_version,
)
from isomorph.platforms.terraform.handing_on import entry_of
from isomorph.platforms.terraform.module import CalledModule, Link, Module, Provider, Resource
from isomorph.platforms.terraform.reading import Reading, text_at
from isomorph.syntax.tree import Mapping, Node, Scalar

_TOLD_APART = {
    "rds.force_ssl": "tls",
    "require_secure_transport": "tls",
    "require_ssl": "tls",
    "azure.extensions": "extensions",
    "character_set_server": "charset",
    "collation_server": "collation",
}
"""Flags of managed servers that are parameters of the model by themselves."""

_LISTS = ("databases", "users", "extensions", "queues", "topics", "buckets", "collections", "vhosts", "exchanges")
"""Parameters of which there may be several: lists."""
_MORE_LISTS = ("secrets", "mounts", "subscriptions", "ports", "targets", "names", "values")


_LONGEST_NUMBER = 15
"""Digits of a number that means a size."""


class Found(msgspec.Struct, eq=False):
    """A resource or a called module that the table has a row for."""

    thing: Resource | CalledModule
    entry: Entry
    body: Mapping

    @property
    def address(self) -> str:
        return self.thing.address

    @property
    def links(self) -> tuple[Link, ...]:
        return self.thing.links


class Server(msgspec.Struct, eq=False):
    """A dependency while it is put together; what its words stand for, `outputs`, is by (address, attribute)."""

    uid: str
    kind: str
    origin: Origin
    id: str | None = None
    version: str | None = None
    metadata: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    outputs: dict[str, Text] = {}
    realisation: str = ""


class Gathering:
    """The servers of a configuration by their addresses; `roots` leads from the address of a part to its server's."""

    def __init__(self, module: Module, reading: Reading) -> None:
        self.module = module
        self.reading = reading
        self.servers: dict[str, Server] = {}
        self.roots: dict[str, str] = {}
        self.words: dict[tuple[str, str], str] = {}
        self.found = {each.address: each for each in self._find()}

    def _find(self) -> list[Found]:
        found: list[Found] = []
        for resource in self.module.resources:
            entry = find_resource(resource.type) if resource.mode in ("managed", "data") else None
            if entry is not None and not (resource.mode == "data" and entry.joins):
                found.append(Found(resource, entry, resource.body))
        for called in self.module.modules:
            entry = None if called.is_read else entry_of(called) or find_module(called.source)
            if entry is not None:
                found.append(Found(called, entry, called.arguments))
        return found

    def gather(self) -> dict[str, Server]:
        """Give the servers with all that is part of them."""
        for each in self.found.values():
            if not each.entry.joins:
                self._add(each, self._start(each))
        for each in self.found.values():
            if each.entry.joins:
                server = self._root(each, frozenset())
                if server is not None:
                    self.roots[each.address] = server.uid
                    self._add(each, server)
        return self.servers

    def _start(self, found: Found) -> Server:
        """Begin the server of a resource."""
        entry, body = found.entry, found.body
        server = Server(found.address, _find_type(entry, body), found.thing.origin, realisation=found.address)
        server.parameters = dict(entry.fixed)
        if server.kind in entry.ports:
            server.parameters["port"] = entry.ports[server.kind]
        if not entry.version:
            server.metadata["version"] = "chosen by the provider"
        name = find_node(body, entry.name)
        server.id = str(plain(name)) if isinstance(name, Scalar) else None
        if server.id is not None and is_open(server.id):
            server.id = None
        version = find_node(body, entry.version)
        if isinstance(version, Scalar):
            server.version = to_version(server.kind, str(plain(version)))
            self._record(server, ("version",), version.origin)
        self.servers[server.uid] = server
        self._record(server, (), found.thing.origin)
        return server

    def _add(self, found: Found, server: Server) -> None:
        """Add what a resource says to its server."""
        self.reading.read.add(found.address)
        entry, body = found.entry, found.body
        for word, paths in entry.parameters.items():
            if "=" in paths:
                for name, node in self._pairs(body, paths).items():
                    self._set_flag(server, word, name, node)
            else:
                nodes = find_nodes(body, paths)
                if nodes:
                    self._set(server, word, nodes)
        storage = find_node(body, entry.storage)
        if storage is not None and "storage" not in server.parameters:
            said = plain(storage)
            size = int(str(said)) if str(said).isdecimal() and len(str(said)) <= _LONGEST_NUMBER else None
            server.parameters["storage"] = said if size is None else size * entry.unit
            self._record(server, ("parameters", "storage"), storage.origin)
        size_node = find_node(body, entry.size)
        if size_node is not None and "size" not in server.parameters:
            server.parameters["size"] = plain(size_node)
            self._record(server, ("parameters", "size"), size_node.origin)
        for word, value in entry.unsaid.items():
            server.parameters.setdefault(word, value)
        self._add_outputs(found, server)

    def _pairs(self, body: Mapping, paths: str) -> dict[str, Node]:
        return find_pairs(body, paths)

    def _add_outputs(self, found: Found, server: Server) -> None:
        for word, paths in found.entry.outputs.items():
            for path in paths.split("|"):
                self.words[found.address, path] = word
            node = find_node(found.body, paths)
            text = text_at(node)
            if text is None or _is_kept_secret(word, text):
                text = self._pending(found, paths.split("|")[0])
            server.outputs.setdefault(word, text)
            if node is not None:
                self._record(server, ("outputs", word), node.origin)

    def _pending(self, found: Found, path: str) -> Text:
        from isomorph.syntax.hcl.values import attribute_of

        return attribute_of(found.address, tuple(path.split("."))).parts

    def _set(self, server: Server, word: str, nodes: list[Node]) -> None:
        """Say a parameter; of what there may be several, one more."""
        values = [plain(node) for node in nodes]
        path = ("parameters", word)
        if word in _LISTS or word in _MORE_LISTS:
            flat = [item for each in values for item in (each if isinstance(each, list) else [each])]
            known = server.parameters.setdefault(word, [])
            known += [item for item in flat if item not in known]
            self._record(server, path, nodes[0].origin)
            return
        value = to_truth(values[0]) if word == "tls" else values[0]
        if word in ("charset", "collation") and word in server.parameters:
            return  # Of several databases the first speaks.
        server.parameters[word] = value
        self._record(server, path, nodes[0].origin)

    def _set_flag(self, server: Server, word: str, name: str, node: Node) -> None:
        value = plain(node)
        apart = _TOLD_APART.get(name) if word == "flags" else None
        if apart == "extensions":
            names = [each.strip().lower() for each in str(value).split(",") if each.strip()]
            known = server.parameters.setdefault("extensions", [])
            known += [each for each in names if each not in known]
        elif apart is not None:
            server.parameters[apart] = to_truth(value) if apart == "tls" else value
        else:
            server.parameters.setdefault(word, {})[name] = value if isinstance(value, str) else print_value(value)
            self._record(server, ("parameters", word, name), node.origin)
            return
        self._record(server, ("parameters", apart), node.origin)

    def _root(self, found: Found, seen: frozenset[str]) -> Server | None:
        """Give the server that a resource is part of."""
        joins, address = found.entry.joins, found.address
        if address in seen:
            return None
        seen = seen | {address}
        if joins.startswith("@"):
            return self._root_by_provider(found, joins[1:])
        if joins.startswith("<"):
            owners = [
                each for each in self.found.values() if any(_is_at(link, joins[1:], address) for link in each.links)
            ]
        else:
            owners = [
                owner
                for link in found.links
                if _has_path(link, joins) and (owner := self._owner(link.address)) is not None
            ]
        for owner in owners:
            if owner.address in self.servers:
                return self.servers[owner.address]
            server = self._root(owner, seen) if owner.entry.joins else None
            if server is not None:
                return server
        return self._root_by_name(found)

    def _owner(self, address: str) -> Found | None:
        thing = self.module.find(address)
        return self.found.get(thing.address if thing is not None else address)

    def _root_by_name(self, found: Found) -> Server | None:
        """Give the server of the same provider whose name an argument says."""
        if found.entry.joins.startswith("<"):
            return None
        name = find_node(found.body, found.entry.joins)
        provider = _provider_of(found)
        said = plain(name) if isinstance(name, Scalar) else None
        same = [
            server
            for address, server in self.servers.items()
            if server.id == said and said is not None and _provider_of(self.found[address]) == provider
        ]
        return same[0] if len(same) == 1 else None

    def _root_by_provider(self, found: Found, argument: str) -> Server | None:
        """Give the server that a provider's configuration leads to, the only one of its type, or one that nobody here makes."""
        provider = self._provider(found)
        for link in provider.links if provider is not None else ():
            owner = self._owner(link.address) if _has_path(link, argument) else None
            if owner is not None and owner.address in self.servers:
                return self.servers[owner.address]
        kind = found.entry.type
        same = [
            server for uid, server in self.servers.items() if server.kind == kind and not uid.startswith("provider.")
        ]
        if len(same) == 1:
            return same[0]
        uid = f"provider.{_provider_of(found)}" + (
            f".{provider.alias}" if provider is not None and provider.alias else ""
        )
        if uid not in self.servers:
            origin = provider.origin if provider is not None else found.thing.origin
            self.servers[uid] = Server(uid, kind, origin, realisation=uid, metadata={"version": "chosen elsewhere"})
            self._record(self.servers[uid], (), origin)
            if provider is not None:
                self._take_provider(self.servers[uid], provider)
        return self.servers[uid]

    def _take_provider(self, server: Server, provider: Provider) -> None:
        for word in ("host", "port", "username"):
            node = find_node(provider.body, word)
            text = text_at(node)
            if node is None or text is None:
                continue
            if word == "host":
                server.outputs["host"] = text
            elif word == "port":
                server.parameters["port"] = plain(node)
                self._record(server, ("parameters", word), node.origin)

    def _provider(self, found: Found) -> Provider | None:
        thing = found.thing
        name = thing.provider if isinstance(thing, Resource) and not thing.from_state else ""
        name, _, alias = (name or _provider_of(found)).partition(".")
        return next((each for each in self.module.providers if (each.name, each.alias) == (name, alias)), None)

    def _record(self, server: Server, path: tuple[str, ...], origin: Origin) -> None:
        self.reading.origins.setdefault(("dependencies", server.uid, *path), origin)


def to_dependency(server: Server) -> Dependency:
    """Give a server as the model has it."""
    return Dependency(
        type=server.kind,
        id=server.id,
        version=server.version,
        metadata=server.metadata,
        parameters=server.parameters or None,
        outputs=server.outputs,
        realisation=server.realisation,
    )


def print_value(value: Any) -> str:
    """Spell a flag's value as Terraform converts it to text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_kept_secret(word: str, text: Text) -> bool:
    """Tell whether an output is one whose value the model leaves where it is, though a definition says it in plain."""
    return (is_secret_name(word) or word == "value") and not holds_secret(text)


def _find_type(entry: Entry, body: Mapping) -> str:
    node = find_node(body, entry.engine)
    if isinstance(node, Scalar):
        said = print_text(text_at(node) or "")
        if "*" in entry.engines:
            return entry.engines["*"]
        for start, kind in entry.engines.items():
            if start and said.startswith(start):
                return kind
        if not is_open(said) and not entry.type:
            return said
    elif node is not None and "*" in entry.engines:
        return entry.engines["*"]
    return entry.type or "database"


def _provider_of(found: Found) -> str:
    thing = found.thing
    return thing.type.partition("_")[0] if isinstance(thing, Resource) else thing.source


def _has_path(link: Link, paths: str) -> bool:
    steps = [step for step in link.path if not isinstance(step, int)]
    return any(steps[: len(each)] == each for path in paths.split("|") for each in (path.split("."),))


def _is_at(link: Link, paths: str, address: str) -> bool:
    return link.address == address and _has_path(link, paths)
