"""Which objects belong together: each workload's are one section of the values, and stand in files that are named alike."""

from typing import Any

from isomorph.platforms.helm.write_lift import Views, to_camel
from isomorph.platforms.helm.write_values import Path
from isomorph.platforms.kubernetes.names import UniqueNames, to_subdomain
from isomorph.platforms.kubernetes.write_draft import NAME_LABEL, Document

CONTROLLERS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
OWN_KEYS = (
    "global",
    "nameOverride",
    "fullnameOverride",
    "imagePullSecrets",
    "config",
    "secrets",
    "secretBytes",
    "persistence",
    "objects",
)
"""Values that are no workload's."""

_WORDS = {"HorizontalPodAutoscaler": "hpa", "PersistentVolumeClaim": "pvc"}

RELEASE_NAMESPACE = "\0release"
"""What stands, in the documents of a chart, for the namespace that it is installed in."""

Identity = tuple[str, ...]
"""API group, kind, namespace and name."""


class Piece:
    """One object of the chart: what each environment that has it says."""

    __slots__ = ("file", "kind", "name", "namespace", "owner", "root", "views")

    def __init__(self, kind: str, namespace: str, name: str) -> None:
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.views: Views = {}
        self.owner: Piece | None = None
        self.root: Path = ()
        self.file = ""

    @property
    def first(self) -> Document:
        """Give the object as the first environment that has it says it."""
        document: Document = next(iter(self.views.values()))
        return document


def mapping_at(document: Document, *keys: str) -> dict[str, Any]:
    """Give the mapping at a place of an object that nobody has checked; empty where something else is there."""
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def collect(documents: dict[str, list[Document]]) -> list[Piece]:
    """Give the objects of all environments, each once, in the order in which they come."""
    pieces: dict[Identity, Piece] = {}
    for environment, listed in documents.items():
        seen: dict[Identity, int] = {}
        for document in listed:
            metadata = document.get("metadata")
            said = metadata if isinstance(metadata, dict) else {}
            group, slash, _ = str(document.get("apiVersion", "")).rpartition("/")
            kind, namespace, name = (
                str(document.get("kind", "")),
                str(said.get("namespace", "")),
                str(said.get("name", said.get("generateName", ""))),
            )
            where = "" if namespace == RELEASE_NAMESPACE else namespace
            identity: Identity = (group if slash else "", kind, where, name)
            seen[identity] = seen.get(identity, 0) + 1
            key = (*identity, str(seen[identity]))
            piece = pieces.setdefault(key, Piece(kind, where, name))
            piece.views[environment] = document
    return list(pieces.values())


def arrange(pieces: list[Piece]) -> None:
    """Give each object its owner, the path of its values and its file."""
    names, files = UniqueNames(), UniqueNames()
    for key in OWN_KEYS:
        names.take(key, key)
    controllers: dict[tuple[str, str], Piece] = {}
    for piece in pieces:
        if piece.kind in CONTROLLERS:
            piece.root = (_take(names, to_camel(piece.name)),)
            controllers.setdefault((piece.namespace, piece.name), piece)
    taken: set[Path] = set()
    for piece in pieces:
        if not piece.root:
            piece.owner = _find_owner(piece, controllers)
            piece.root = _find_root(piece, taken)
            if piece.owner is None and len(piece.root) == 1:
                piece.root = (_take(names, piece.root[0]),)
        taken.add(piece.root)
        piece.file = _name_file(piece, files)


def _take(names: UniqueNames, wanted: str) -> str:
    number, name = 1, wanted
    while name != names.take(name, name):
        number += 1
        name = f"{wanted}{number}"
    return name


def _find_owner(piece: Piece, controllers: dict[tuple[str, str], Piece]) -> Piece | None:
    """Give the controller that an object belongs to: the one that it selects, scales or leads to, or is named after."""
    if piece.kind == "HorizontalPodAutoscaler":
        target = mapping_at(piece.first, "spec", "scaleTargetRef")
        return controllers.get((piece.namespace, str(target.get("name"))))
    if piece.kind in ("Service", "Ingress", "HTTPRoute"):
        where = ("spec", "selector") if piece.kind == "Service" else ("metadata", "labels")
        name = mapping_at(piece.first, *where).get(NAME_LABEL)
        return controllers.get((piece.namespace, str(name)))
    if piece.kind in ("ConfigMap", "Secret"):
        for suffix in ("-files", "-secret-files"):
            owner = controllers.get((piece.namespace, piece.name.removesuffix(suffix)))
            if owner is not None and piece.name.endswith(suffix):
                return owner
    return None


def _find_root(piece: Piece, taken: set[Path]) -> Path:
    if piece.kind == "PersistentVolumeClaim":
        return ("persistence", to_camel(piece.name))
    if piece.owner is None or piece.kind in ("ConfigMap", "Secret"):
        return (to_camel(f"{piece.name}-{piece.kind}"),)
    word = {"HorizontalPodAutoscaler": "autoscaling"}.get(piece.kind, to_camel(piece.kind))
    root = (*piece.owner.root, word)
    if root in taken or (piece.kind == "Service" and piece.name != piece.owner.name and _has_main(piece)):
        rest = piece.name.removeprefix(f"{piece.owner.name}-")
        root = (*piece.owner.root, to_camel(f"{rest}-{piece.kind}"))
        while root in taken:
            root = (*root[:-1], f"{root[-1]}2")
    return root


def _has_main(piece: Piece) -> bool:
    """Tell whether a Service is one beside its workload's own, by its name."""
    return piece.owner is not None and piece.name.startswith(f"{piece.owner.name}-")


def _name_file(piece: Piece, files: UniqueNames) -> str:
    word = _WORDS.get(piece.kind, to_subdomain(piece.kind))
    name = to_subdomain(f"{piece.namespace}-{piece.name}" if piece.namespace else piece.name, 180)
    return (
        f"templates/{files.take(f'{name}-{word}', '/'.join((piece.namespace, piece.kind, piece.name)), None, 240)}.yaml"
    )
