"""Volumes of a Pod: claims, empty directories, memory and folders of the machine, and the mounts of its containers."""

from collections.abc import Container
from typing import Any

from isomorph.model.application import Application, Volume
from isomorph.model.origin import Path
from isomorph.model.text import Placeholder
from isomorph.model.workload import Kind, Mount
from isomorph.platforms.kubernetes.names import UniqueNames, to_label, to_subdomain
from isomorph.platforms.kubernetes.quantities import print_bytes
from isomorph.platforms.kubernetes.write_draft import Document, Draft, Peer
from isomorph.platforms.table import find_family

DEFAULT_SIZE = "1Gi"
_ACCESS = {
    "read-write-once": "ReadWriteOnce",
    "read-only-many": "ReadOnlyMany",
    "read-write-many": "ReadWriteMany",
    "read-write-once-pod": "ReadWriteOncePod",
}


class PodVolumes:
    """The volumes of one Pod, each once, however many containers mount it."""

    __slots__ = ("_by_source", "_names", "claims", "templates", "volumes")

    def __init__(self) -> None:
        self._names = UniqueNames()
        self._by_source: dict[tuple[str, ...], str] = {}
        self.volumes: list[Document] = []
        self.templates: dict[str, Document] = {}
        self.claims: list[str] = []

    def find(self, source: tuple[str, ...]) -> str | None:
        """Give the name of a source's volume, where the Pod has it already."""
        return self._by_source.get(source)

    def by_key(self) -> dict[str, Document]:
        """Give the volumes that are the application's, by their keys there."""
        names = {volume["name"]: volume for volume in self.volumes}
        return {
            source[1]: names[name]
            for source, name in self._by_source.items()
            if source[0] == "volume" and name in names
        }

    def take(self, source: tuple[str, ...], wanted: str) -> str:
        """Give a source's volume a name of its own."""
        name = self._by_source[source] = self._names.take(to_label(wanted), "/".join(source))
        return name

    def add(self, source: tuple[str, ...], wanted: str, body: Document) -> str:
        """Give the name of the volume for a source, adding it where the Pod lacks it."""
        known = self._by_source.get(source)
        if known is None:
            known = self.take(source, wanted)
            self.volumes.append({"name": known, **body})
        return known


def write_mounts(
    draft: Draft, peer: Peer, key: str, mounts: dict[str, Mount], pod: PodVolumes, path: Path
) -> list[Document]:
    """Give the volumeMounts of a container's volumes, adding the volumes to its Pod."""
    written: list[Document] = []
    for target, mount in mounts.items():
        name = _volume_name(draft, peer, key, mount, target, pod, (*path, "mounts", target))
        if name is None:
            continue
        entry: Document = {"name": name, "mountPath": target}
        if mount.sub_path is not None:
            entry["subPath"] = mount.sub_path
        if mount.read_only is not None:
            entry["readOnly"] = mount.read_only
        written.append(entry)
    return written


def _volume_name(
    draft: Draft, peer: Peer, key: str, mount: Mount, target: str, pod: PodVolumes, path: Path
) -> str | None:
    """Give the name of the Pod's volume behind a mount, or None where Kubernetes cannot say it."""
    source = ("volume", mount.volume)
    known = pod.find(source)
    if known is not None:
        return known
    volume = draft.application.volumes.get(mount.volume)
    if volume is None:
        draft.tell("lost", f"the volume {mount.volume} is defined nowhere; an empty one stands for it", path)
        volume = Volume("ephemeral")
    owner, slash, own = mount.volume.partition("/")
    wanted = own.strip("/") if slash and owner in (key, peer.workload.name) else mount.volume
    wanted = wanted or target
    if volume.kind == "persistent":
        if peer.workload.kind is Kind.STATEFUL and not volume.external and _is_own(draft, peer, key, mount.volume):
            name = pod.take(source, _without_owner(wanted, peer.workload.name))
            pod.templates[mount.volume] = _to_claim(draft, name, None, mount.volume, volume)
            return name
        pod.claims.append(mount.volume)
        if find_family(draft.platform) == "compose":
            draft.tell(
                "approximated", "a new claim is empty, where Docker fills a new volume with the image's files", path
            )
        claim: Document = {"claimName": claim_name(draft, mount.volume)}
        return pod.add(source, wanted, {"persistentVolumeClaim": claim})
    if volume.kind == "host":
        return _add_host(draft, volume, source, wanted, pod, path)
    body: Document = {}
    if volume.kind == "memory":
        body["medium"] = "Memory"
    if isinstance(volume.size, int):
        body["sizeLimit"] = print_bytes(volume.size)
    return pod.add(source, wanted, {"emptyDir": body})


def _is_own(draft: Draft, peer: Peer, key: str, volume: str) -> bool:
    """Tell whether a volume is a stateful workload's own, so that each instance has one: nobody else mounts it."""
    owner, slash, _ = volume.partition("/")
    if slash and owner in (key, peer.workload.name):
        return True
    return not draft.native and draft.mounting.get(volume) == 1


def _without_owner(wanted: str, owner: str) -> str:
    """Give the short name of a workload's own volume, whose claims begin with it and end with the workload's name."""
    short = wanted.removeprefix(owner).lstrip("-_.")
    return short if short != wanted and short else wanted


def _add_host(
    draft: Draft, volume: Volume, source: tuple[str, ...], wanted: str, pod: PodVolumes, path: Path
) -> str | None:
    folder = volume.host_path or ""
    if not folder.startswith("/") or ".." in folder.split("/"):
        draft.tell("lost", f"{folder or 'a folder'} of the machine is no absolute path; nothing is mounted", path)
        return None
    if not draft.native:
        draft.tell("approximated", f"{folder} is a folder of whichever node the Pod runs on", path)
    return pod.add(source, wanted, {"hostPath": {"path": folder}})


def count_mounting(application: Application) -> dict[str, int]:
    """Count, for each volume, the workloads that mount it."""
    counts: dict[str, int] = {}
    for workload in application.workloads.values():
        mounted = {mount.volume for container in workload.containers.values() for mount in container.mounts.values()}
        for name in mounted:
            counts[name] = counts.get(name, 0) + 1
    return counts


def write_claims(
    draft: Draft, claimed: dict[str, dict[str | None, None]], templates: Container[str]
) -> list[tuple[str, Document]]:
    """Give the claims: of each volume in every namespace that mounts it, and of those that nobody mounts.

    `templates` are the volumes of which each instance of a workload claims its own.
    """
    documents: list[tuple[str, Document]] = []
    for key, volume in draft.application.volumes.items():
        if volume.kind != "persistent" or volume.external:
            continue
        namespaces = claimed.get(key)
        if namespaces is None:
            owner, slash, _ = key.partition("/")
            if key in templates or (slash and owner in draft.peers):
                continue
            namespaces = {draft.options.namespace or (owner if slash else draft.application.namespace): None}
        for namespace in namespaces:
            claim = _to_claim(
                draft, claim_name(draft, key), namespace, key, volume, shared=draft.mounting.get(key, 0) > 1
            )
            documents.append((key, {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **claim}))
    return documents


def claim_name(draft: Draft, key: str) -> str:
    """Give the name of a volume's claim; a key of a Kubernetes definition may begin with the namespace."""
    return to_subdomain(key.rpartition("/")[2] if draft.native else key)


def _to_claim(
    draft: Draft, name: str, namespace: str | None, key: str, volume: Volume, *, shared: bool = False
) -> Document:
    """Give what a claim and a StatefulSet's template of one have in common."""
    path = ("volumes", key)
    access = [_ACCESS.get(mode, mode) for mode in volume.access or ()]
    if not access:
        access = ["ReadWriteMany" if shared else "ReadWriteOnce"]
    size: Any = volume.size
    if isinstance(size, Placeholder):
        draft.tell("lost", f"the size {size.expression} is not settled; {DEFAULT_SIZE} stands for it", path, key)
    elif size is None:
        draft.tell("assumed", f"a claim needs a size, and none was given: {DEFAULT_SIZE}", path, key)
    spec: Document = {
        "accessModes": access,
        "resources": {"requests": {"storage": print_bytes(size) if isinstance(size, int) else DEFAULT_SIZE}},
    }
    if volume.storage_class is not None:
        spec["storageClassName"] = volume.storage_class
    metadata: Document = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    return {"metadata": metadata, "spec": spec}
