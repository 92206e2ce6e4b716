"""What only OpenShift understands, kept beside the model for its own writer."""

from typing import Any

from isomorph.model.application import Extra
from isomorph.model.origin import Origin, Path
from isomorph.platforms.kubernetes.fields import mapping_at, string_map_at
from isomorph.platforms.kubernetes.known import SERVER_ANNOTATIONS, SERVER_SET, Construct
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading, is_empty
from isomorph.platforms.openshift.known import DOMAIN, OLD_KINDS
from isomorph.syntax.tree import Mapping, Node, to_data

PLATFORM = "openshift"

_SILENT = frozenset(("ImageStream", "ImageStreamTag", "Project", "ProjectRequest", "Route"))
"""Kinds that are kept without a word: they hold up what is modelled, or were spoken of already."""

_SERVER_SET = frozenset(("openshift.io/host.generated", "openshift.io/image.dockerRepositoryCheck"))


def keep(reading: Reading, path: Path, location: tuple[str | int, ...], node: Node) -> None:
    """Keep what a node says."""
    reading.extras.append(Extra(PLATFORM, path, location, to_data(node), node.origin))


def keep_value(reading: Reading, path: Path, location: tuple[str | int, ...], value: Any, origin: Origin) -> None:
    """Keep a value that no single node says."""
    reading.extras.append(Extra(PLATFORM, path, location, value, origin))


def keep_rest(
    reading: Reading, mapping: Mapping, construct: Construct, path: Path, location: tuple[str | int, ...]
) -> None:
    """Keep the fields that the model does not hold; a field that the API does not know is told."""
    for key, node in mapping.entries.items():
        if key in construct.modelled:
            continue
        if key not in construct.known:
            reading.tell_unknown(mapping, construct, key, path)
        elif not is_empty(node):
            keep(reading, path, (*location, key), node)


def keep_metadata(reading: Reading, item: Object, path: Path, shared: dict[str, dict[str, str]]) -> None:
    """Keep the labels and annotations of an object at its workload, but for those that it shares with that."""
    metadata = mapping_at(item.node, "metadata")
    if metadata is None:
        return
    for key in ("labels", "annotations"):
        for name, value in string_map_at(metadata, key).items():
            if name in SERVER_ANNOTATIONS or name in _SERVER_SET or shared.get(key, {}).get(name) == value:
                continue
            node = metadata.entries[key]
            assert isinstance(node, Mapping)
            keep(reading, path, (item.kind, item.name, "metadata", key, name), node.entries[name])


def keep_document(reading: Reading, item: Object) -> None:
    """Keep a whole object, as it would be given again."""
    data = to_data(item.node)
    data.pop("status", None)
    metadata = data.get("metadata")
    if isinstance(metadata, dict):
        data["metadata"] = {key: value for key, value in metadata.items() if key not in SERVER_SET}
    if not item.group:
        data["apiVersion"] = f"{_group_of(item.kind)}/v1"
    reading.extras.append(Extra(PLATFORM, (), (item.kind,), data, item.origin))


def find_own(objects: Objects) -> frozenset[str]:
    """Give the kinds of a definition that only OpenShift has, as the objects call them."""
    return frozenset(kind for kind, items in objects.by_kind.items() if is_own(items[0]))


def is_own(item: Object) -> bool:
    """Tell whether an object is one of OpenShift's."""
    if item.group:
        return item.group == DOMAIN or item.group.endswith(f".{DOMAIN}")
    return item.kind in OLD_KINDS or item.kind in _GROUPS


_GROUPS = {
    "BuildConfig": "build",
    "Build": "build",
    "DeploymentConfig": "apps",
    "Group": "user",
    "Identity": "user",
    "ImageStream": "image",
    "ImageStreamTag": "image",
    "OAuthClient": "oauth",
    "Project": "project",
    "ProjectRequest": "project",
    "Route": "route",
    "SecurityContextConstraints": "security",
    "Template": "template",
    "User": "user",
}


def _group_of(kind: str) -> str:
    return f"{_GROUPS[kind]}.{DOMAIN}"


def keep_others(objects: Objects, reading: Reading) -> None:
    """Keep OpenShift's objects that say nothing about workloads, and tell their kinds once."""
    for items in objects.by_kind.values():
        first = items[0]
        if not is_own(first) or first.kind in ("DeploymentConfig", "Route", "Template"):
            continue
        for item in items:
            keep_document(reading, item)
        if first.kind in _SILENT:
            continue
        code, message = "unknown-kind", f"{first.kind} {first.name} is kept, and not compared"
        if first.kind == "BuildConfig":
            code, message = "not-modelled", f"BuildConfig {first.name} builds an image; it is kept, and not compared"
        elif first.kind == "SecurityContextConstraints":
            code = "not-modelled"
            message = f"{first.kind} {first.name} says what Pods may do; it is kept, and not compared"
        for item in items:
            reading.count(code, message, item.origin)
