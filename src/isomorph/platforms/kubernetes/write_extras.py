"""What a Kubernetes definition said and the model does not hold, put back where it stood; what others said, told as dropped.

The places of extras are listed in the docstring of the package.
"""

from itertools import pairwise
from typing import Any

from isomorph.model.application import Extra
from isomorph.model.origin import Path
from isomorph.platforms.dropped import is_of_routes
from isomorph.platforms.kubernetes.write_draft import MANAGED_LABEL, PLATFORM, Document, Draft
from isomorph.platforms.table import BY_NAME

Location = tuple[str | int, ...]

_OBJECTS = ("Service", "HorizontalPodAutoscaler", "Ingress", "HTTPRoute")
_PROBES = {"liveness": "livenessProbe", "readiness": "readinessProbe", "startup": "startupProbe"}
_NAMED_BY = ("name", "mountPath", "containerPort", "key")
_FIRST = ("Namespace", "CustomResourceDefinition", "StorageClass", "PersistentVolume", "ServiceAccount")
_CLUSTER = frozenset((
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterExternalSecret", "ClusterIssuer",
    "ClusterRole", "ClusterRoleBinding", "ClusterSecretStore", "CustomResourceDefinition", "DeviceClass", "FlowSchema",
    "GatewayClass", "IngressClass",
    "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node",
    "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "Project", "ProjectRequest", "RuntimeClass",
    "SecurityContextConstraints", "StorageClass",
    "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
    "VolumeAttachment", "VolumeAttributesClass",
))  # fmt: skip
"""Kinds whose objects are in no namespace."""
_ONLY_OURS = "checksum/config"


class Constructs:
    """The documents that were written, by the model path whose extras belong into them."""

    __slots__ = ("by_path", "containers", "objects", "pod_volumes")

    def __init__(self) -> None:
        self.by_path: dict[Path, list[Document]] = {}
        self.containers: dict[tuple[str, str], Document] = {}
        self.objects: dict[tuple[str, str], list[Document]] = {}
        self.pod_volumes: dict[str, Document] = {}


def restore(draft: Draft, extras: tuple[Extra, ...], constructs: Constructs) -> tuple[list[Document], list[Document]]:
    """Put extras back; gives the whole documents that go first and those that go last."""
    first: list[Document] = []
    last: list[Document] = []
    dropped: dict[tuple[str, str], list[Extra]] = {}
    for extra in extras:
        if extra.platform != PLATFORM:
            if extra.platform not in draft.options.restores and not is_of_routes(extra):
                dropped.setdefault((extra.platform, _pattern(extra)), []).append(extra)
        elif not extra.path:
            if isinstance(extra.value, dict):
                document = in_namespace(draft, extra.value, given=not extra.location)
                (first if not extra.location or document.get("kind") in _FIRST else last).append(document)
        elif not _restore_one(extra, constructs):
            draft.tell(
                "lost",
                f"{'.'.join(str(key) for key in extra.location)} has no place in what was written",
                extra.path,
            )
    for (platform, pattern), same in dropped.items():
        for extra in same:
            if pattern in _OWN_RESTART and _has_company(draft, extra.path):
                draft.tell(
                    "lost",
                    f"{extra.path[3]}: its own restart policy, {_spell(extra.value)}: a Pod has one for all its containers",
                    extra.path,
                )
                continue
            draft.tell("extra-dropped", f"`{pattern}` is {_title(platform)}'s own and is not in the output", extra.path)
    return first, last


def find_http_routes(extras: tuple[Extra, ...]) -> dict[str, str]:
    """Give the name of the HTTPRoute of each workload that had one, and no Ingress."""
    found: dict[str, str] = {}
    mixed: set[str] = set()
    for extra in extras:
        if extra.platform == PLATFORM and len(extra.path) == 2 and extra.location:
            if extra.location[0] == "HTTPRoute":
                found.setdefault(extra.path[1], str(extra.location[1]))
            elif extra.location[0] == "Ingress":
                mixed.add(extra.path[1])
    return {key: name for key, name in found.items() if key not in mixed}


def find_kept_services(extras: tuple[Extra, ...]) -> set[str]:
    """Give the names of the Services that are kept whole: those that are another name of something."""
    return {
        str(extra.value.get("metadata", {}).get("name"))
        for extra in extras
        if extra.platform == PLATFORM and extra.location == ("Service",) and isinstance(extra.value, dict)
    }


SECRET_VOLUME = ("csi",)
"""Where the volume is kept by which a Pod mounts what a store outside holds, below the secret that stands for it."""


def find_secret_volumes(extras: tuple[Extra, ...]) -> dict[str, Document]:
    """Give the source of the volume of each secret that is mounted from a store outside."""
    return {
        extra.path[1]: extra.value
        for extra in extras
        if extra.platform == PLATFORM and extra.path[:1] == ("secrets",) and extra.location == SECRET_VOLUME
    }


_OWN_RESTART = frozenset(("restart", "deploy.restart_policy"))
"""Where a container of Compose says a restart policy that is not its workload's."""


def _has_company(draft: Draft, path: Path) -> bool:
    """Tell whether a path is that of a container beside others."""
    workload = draft.application.workloads.get(path[1]) if len(path) > 3 and path[2] == "containers" else None
    return workload is not None and len(workload.containers) > 1


def _spell(policy: object) -> str:
    return str(policy.get("condition", "any")) if isinstance(policy, dict) else str(policy)


def _title(platform: str) -> str:
    """Spell a platform's name, with the capitals that its title has."""
    row = BY_NAME.get(platform)
    return row.title if row is not None and row.title.lower() == platform else platform.title()


def _pattern(extra: Extra) -> str:
    """Name the kind of place an extra stood at, the same for all workloads."""
    keys = [str(key) for key in extra.location if not isinstance(key, int)]
    if keys[:1] == ["depends_on"]:
        return "depends_on"  # What follows is the name of a service.
    return ".".join(keys[:2]) if keys else (extra.path[0] if extra.path else "document")


def in_namespace(draft: Draft, document: Document, *, given: bool) -> Document:
    """Move a document along, where another namespace was asked for; one that was given for this output, whatever it says."""
    wanted = draft.options.namespace
    metadata = document.get("metadata")
    if wanted is None or not isinstance(metadata, dict):
        return document
    if "namespace" not in metadata and (not given or document.get("kind") in _CLUSTER):
        return document
    return {**document, "metadata": {**metadata, "namespace": wanted}}


def join_documents(draft: Draft, given: list[Document], written: list[Document]) -> list[Document]:
    """Put the documents that were given as they are before those that were written for workloads, each object once.

    Of two that are one object the later counts, as the reference tool has it; a workload's own goes before what was given.
    """
    if not given:
        return written
    own = {_identity(document) for document in written}
    kept: dict[object, Document] = {}
    for document in given:
        identity = _identity(document)
        if identity in own:
            kind, name = document.get("kind"), identity[-1]
            draft.tell("lost", f"the {kind} {name} of a provisioner is not written: a workload's has the same name", ())
        else:
            kept.pop(identity, None)
            kept[identity] = document
    return [*kept.values(), *written]


def _identity(document: Document) -> tuple[str, ...]:
    """Give what tells an object from others: API group, kind, namespace, name."""
    metadata = document.get("metadata")
    said = metadata if isinstance(metadata, dict) else {}
    group, slash, _ = str(document.get("apiVersion", "")).partition("/")
    return (
        group if slash else "",
        str(document.get("kind", "")),
        str(said.get("namespace", "")),
        str(said.get("name", "")),
    )


def to_namespace(draft: Draft, documents: list[Document]) -> list[Document]:
    """Give the Namespace that was asked for, where one was chosen and none of the documents is it."""
    name = draft.options.namespace or draft.application.namespace
    if not draft.options.generate_namespace or not name:
        return []
    document: Document = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    if any(_identity(each) == _identity(document) for each in documents):
        return []
    if not draft.native:
        document["metadata"]["labels"] = {MANAGED_LABEL: "isomorph"}
    return [document]


def _restore_one(extra: Extra, constructs: Constructs) -> bool:
    path, location, value = extra.path, extra.location, extra.value
    sort = path[0]
    if sort == "secrets" and location == SECRET_VOLUME:
        return True  # Written with the Pods that mount it.
    if sort == "workloads" and len(path) >= 4 and path[2] == "containers":
        container = constructs.containers.get((path[1], path[3]))
        if container is None:
            return False
        if len(path) >= 5 and path[4] in _PROBES:
            probe = container.get(_PROBES[path[4]])
            return probe is not None and put(probe, location, value)
        return put(container, location, value)
    if sort == "workloads" and location and location[0] in _OBJECTS and len(location) > 1:
        found = _find_object(constructs, path[1], str(location[0]), str(location[1]))
        if found is not None and location[2:4] == ("spec", "rules") and len(found["spec"]["rules"]) > 1:
            return False  # Which rule it was is not known any more.
        return found is not None and put(found, location[2:], value)
    if sort == "volumes" and len(path) > 1 and path[1] in constructs.pod_volumes:
        return _restore_volume(constructs.pod_volumes[path[1]], location, value)
    targets = constructs.by_path.get(path[:2])
    if not targets:
        return False
    done = [put(target, location, value) for target in targets]
    return all(done)


def _find_object(constructs: Constructs, workload: str, kind: str, name: str) -> Document | None:
    """Find an object of a workload; the one autoscaler or Ingress that it has takes its old name again."""
    same = constructs.objects.get((workload, kind), [])
    for document in same:
        if document["metadata"]["name"] == name:
            return document
    if len(same) == 1 and kind != "Service":
        same[0]["metadata"]["name"] = name
        return same[0]
    return None


def _restore_volume(volume: Document, location: Location, value: Any) -> bool:
    """Put back what a Pod's volume said: its whole source, or a field of it."""
    if location == ("source",):
        if not isinstance(value, dict):
            return False
        for kind in [kind for kind in volume if kind != "name"]:
            del volume[kind]
        volume.update({kind: body for kind, body in value.items() if kind != "name"})
        return True
    body = next((body for kind, body in volume.items() if kind != "name"), None)
    return isinstance(body, dict) and put(body, location, value)


def put(target: Any, location: Location, value: Any) -> bool:
    """Set a value at a place, making what is missing on the way; tells whether there was such a place.

    An item of a list is found by its position, or by what names it. What the writer said itself stays.
    """
    if not location:
        return False
    if location[-1] == _ONLY_OURS and _holds(target, location):
        return True
    for key, following in pairwise(location):
        target = _step(target, key, following)
        if target is None:
            return False
    last = location[-1]
    if isinstance(target, list):
        return _put_item(target, last, value)
    if not isinstance(target, dict):
        return False
    target[str(last)] = _merge(target.get(str(last)), value)
    return True


def _holds(target: Any, location: Location) -> bool:
    for key in location:
        if not isinstance(target, dict) or key not in target:
            return False
        target = target[key]
    return True


def _step(target: Any, key: str | int, following: str | int) -> Any:
    """Go one key down; a list is made where a position follows, a mapping elsewhere."""
    if isinstance(target, list):
        return _find_item(target, key)
    if not isinstance(target, dict):
        return None
    inner = target.get(str(key))
    if inner is None:
        inner = target[str(key)] = [] if isinstance(following, int) or key in ("volumes",) else {}
    return inner


def _find_item(items: list[Any], key: str | int) -> Any:
    if isinstance(key, int):
        return items[key] if key < len(items) else None
    number, slash, protocol = key.partition("/")
    for item in items:
        if isinstance(item, dict) and any(str(item.get(field)) == key for field in _NAMED_BY if field in item):
            return item
        if slash and isinstance(item, dict) and str(item.get("port")) == number:
            spelled = str(item.get("protocol", "TCP"))
            if spelled.lower() == protocol.lower():
                return item
        if isinstance(item, dict) and len(item) <= 3:
            for body in item.values():
                if isinstance(body, dict) and body.get("name") == key:
                    return item
    return None


def _put_item(items: list[Any], key: str | int, value: Any) -> bool:
    if isinstance(key, str):
        found = _find_item(items, key)
        if found is None:
            items.append(value)
            return True
        merged = _merge(found, value)
        items[items.index(found)] = merged
        return True
    items.insert(min(key, len(items)), value)
    return True


def _merge(old: Any, new: Any) -> Any:
    """Join what the writer said with what is put back."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merge(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *(item for item in new if item not in old)]
    return new
