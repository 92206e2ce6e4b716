"""What one writing gathers: the documents, the names that objects get, and what was lost, told once for all places."""

from typing import Any

from isomorph.model.application import Application, Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin, Path
from isomorph.model.workload import Port, Workload
from isomorph.platforms.kubernetes.names import (
    CONTROLLER_LIMIT,
    SERVICE_NAME,
    UniqueNames,
    is_label,
    to_label,
    to_subdomain,
)
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import find_family

PLATFORM = "kubernetes"
NAME_LABEL = "app.kubernetes.io/name"
INSTANCE_LABEL = "app.kubernetes.io/instance"
MANAGED_LABEL = "app.kubernetes.io/managed-by"
NAMES_TOLD = 4
"""How many places a diagnostic names before it only counts."""

Document = dict[str, Any]


class Note:
    """One thing to be told, and all the places that it concerns."""

    __slots__ = ("origin", "path", "places")

    def __init__(self, origin: Origin | None, path: Path) -> None:
        self.origin = origin
        self.path = path
        self.places: list[str] = []


class Peer:
    """How one workload is called in the output.

    `services` maps every bare name under which peers reach it to the Service that answers to it; the first is the main
    one. `used` are those that some text uses. `headless` is the Service that governs a StatefulSet.
    """

    __slots__ = ("controller", "headless", "inferred", "main", "namespace", "services", "used", "workload")

    def __init__(self, workload: Workload, controller: str, namespace: str | None) -> None:
        self.workload = workload
        self.controller = controller
        self.namespace = namespace
        self.services: dict[str, str] = {}
        self.main = ""
        self.headless = ""
        self.used: set[str] = set()
        self.inferred: dict[str, Port] = {}


class Draft:
    """The state of one writing."""

    __slots__ = (
        "_notes",
        "aliases",
        "application",
        "config_maps",
        "files_by_content",
        "http_routes",
        "kept_services",
        "mounting",
        "native",
        "options",
        "origins",
        "peers",
        "platform",
        "secret_volumes",
        "secrets",
        "services",
        "shared",
        "store_users",
        "written",
    )

    def __init__(self, definition: Definition, options: WriteOptions) -> None:
        self.application: Application = definition.application
        self.platform = definition.platform
        self.http_routes: dict[str, str] = {}
        self.kept_services: set[str] = set()
        self.mounting: dict[str, int] = {}
        self.services = UniqueNames()
        self.written: set[tuple[str | None, str]] = set()
        self.shared: dict[tuple[str | None, str], dict[str, str]] = {}
        self.native = find_family(definition.platform) == PLATFORM
        self.origins = definition.origins
        self.options = options
        self._notes: dict[tuple[str, str], Note] = {}
        self.peers: dict[str, Peer] = {}
        self.aliases: dict[str, list[Peer]] = {}
        self.config_maps: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.secret_volumes: dict[str, Document] = {}
        self.files_by_content: dict[Any, list[tuple[str, str]]] = {}
        self.store_users: dict[tuple[str, str], dict[str | None, None]] = {}

    def tell(self, code: str, message: str, path: Path, place: str = "") -> None:
        """Note a loss; the same message from many places becomes one diagnostic that counts them."""
        if code != "refused" and len(path) > 1 and path[1] in self.options.quiet:
            return  # What does not run is told, whoever made it.
        note = self._notes.get((code, message))
        if note is None:
            note = self._notes[code, message] = Note(self.origins.find(path) if path else None, path)
        note.places.append(place or (path[1] if len(path) > 1 else ""))

    def finish(self) -> tuple[Diagnostic, ...]:
        """Give the diagnostics, in the order in which each was first met."""
        found: list[Diagnostic] = []
        for (code, message), note in self._notes.items():
            places = [place for place in dict.fromkeys(note.places) if place]
            text = message
            if places:
                named = ", ".join(places[:NAMES_TOLD])
                more = len(places) - NAMES_TOLD
                text = f"{named}{f' and {more} more' if more > 0 else ''}: {message}"
            found.append(Diagnostic(code, text, note.origin, note.path))
        return tuple(found)

    def namespace_of(self, workload: Workload) -> str | None:
        """Give the namespace that a workload's objects say."""
        return self.options.namespace or workload.namespace or self.application.namespace

    def use_store(self, kind: str, name: str, namespace: str | None) -> str:
        """Record that a workload refers to a configuration or secret; gives the name of its object."""
        self.store_users.setdefault((kind, name), {})[namespace] = None
        names = self.config_maps if kind == "ConfigMap" else self.secrets
        known = names.get(name)
        if known is None:
            known = names[name] = to_subdomain(name.rpartition("/")[2])
        return known


def name_peers(draft: Draft) -> None:
    """Decide what every workload's objects are called, before any text is written that names them."""
    controllers = UniqueNames()
    for key, workload in draft.application.workloads.items():
        namespace = draft.namespace_of(workload)
        called = workload.name.rpartition("/")[2]  # The key of one of several with its name begins with the namespace.
        wanted = (to_subdomain if draft.native else to_label)(called, CONTROLLER_LIMIT)
        name = controllers.take(wanted, workload.name, namespace, CONTROLLER_LIMIT)
        if name != called:
            draft.tell(
                "renamed",
                f"the name {called!r} is no name of an object in Kubernetes; it is {name!r} there",
                ("workloads", key),
            )
        draft.peers[key] = Peer(workload, name, namespace)
    if draft.native:
        _find_shared(draft)
    for key, peer in draft.peers.items():
        _name_services(draft, key, peer)


def _find_shared(draft: Draft) -> None:
    """Find the Services that lead to several workloads (a stable and a canary one), and the labels that these share."""
    owners: dict[tuple[str | None, str], list[Peer]] = {}
    for peer in draft.peers.values():
        for name in peer.workload.names:
            if "." not in name:
                owners.setdefault((peer.namespace, name), []).append(peer)
    for service, peers in owners.items():
        if len(peers) > 1:
            labels = peers[0].workload.labels.items()
            common = dict(labels)
            for peer in peers[1:]:
                common = {name: value for name, value in common.items() if peer.workload.labels.get(name) == value}
            common.pop(NAME_LABEL, None)
            if common:
                draft.shared[service] = common


def _name_services(draft: Draft, key: str, peer: Peer) -> None:
    """Give each bare name of a workload a Service's name; first comes what it asks for, else its own name."""
    workload = peer.workload
    bare = [name for name in workload.names if "." not in name]
    asked = workload.annotations.get(SERVICE_NAME)
    first = asked if asked in bare else next((name for name in bare if name in (peer.controller, workload.name)), None)
    if first is None:
        first = bare[0] if bare else workload.name
    for name in dict.fromkeys((first, *bare)):
        if (peer.namespace, name) in draft.shared or name in draft.kept_services:
            peer.services[name] = name
        else:
            peer.services[name] = draft.services.take(to_label(name), name, peer.namespace)
        if name != first:
            draft.aliases.setdefault(name, []).append(peer)
    peer.main = peer.services[first]
    if first != workload.name and to_label(first) == peer.main and not is_label(first):
        draft.tell("renamed", f"peers reach {first!r} as {peer.main!r} in Kubernetes", ("workloads", key))
    qualified = [name for name in workload.names if "." in name]
    if draft.native:
        pod = f"{workload.name}-0."
        peer.headless = next(
            (name[len(pod) :] for name in qualified if name.startswith(pod) and "." not in name[len(pod) :]), ""
        )
    else:
        for name in qualified:
            draft.aliases.setdefault(name, []).append(peer)
