"""Images that come from an ImageStream: what a trigger, or a name that is looked up there, puts in a container.

Which image that is, the cluster knows; here only a tag that names an image outside says it. Source:
https://docs.openshift.com/container-platform/latest/openshift_images/triggering-updates-on-imagestream-changes.html and
https://docs.openshift.com/container-platform/latest/openshift_images/using-imagestreams-with-kube-resources.html.
"""

import re
from typing import Any

from isomorph.model.origin import Origin
from isomorph.platforms.kubernetes.fields import boolean_at, mapping_at, mappings_at, strings_at, text_at
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.platforms.openshift.known import IMAGE_CHANGE, TRIGGER
from isomorph.platforms.openshift.trees import change_at, change_items, with_entry, without_entries
from isomorph.syntax.tree import Mapping, Node, Scalar

TRIGGERS = "image.openshift.io/triggers"
RESOLVE = "alpha.image.policy.openshift.io/resolve-names"

_FIELD = re.compile(r"""(?:.*\.)?(containers|initContainers)\[(?:(\d+)|\?\(@\.name==["']([^"']+)["']\))\]\.image""")
_POD_PLACES: dict[str, tuple[str, ...]] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_DEEPEST = 20


class Wanted:
    """The tag from which a container's image comes, and where that is said."""

    __slots__ = ("namespace", "origin", "tag")

    def __init__(self, tag: str, namespace: str, origin: Origin) -> None:
        self.tag = tag
        self.namespace = namespace
        self.origin = origin


class Supplied:
    """A container whose image comes from a tag: what its own text says instead, and the image where it is known here."""

    __slots__ = ("container", "image", "own", "wanted")

    def __init__(self, container: str, wanted: Wanted, own: Node | None, image: Scalar | None) -> None:
        self.container = container
        self.wanted = wanted
        self.own = own
        self.image = image


class Streams:
    """The ImageStreams of a definition, and the BuildConfigs that fill them."""

    def __init__(self, objects: Objects) -> None:
        self.by_name = {(item.place, item.name): item for item in objects.of("ImageStream")}
        self.builds: dict[tuple[str, str], str] = {}
        for items in objects.by_kind.values():
            for item in items if items[0].kind == "BuildConfig" else ():
                spec = mapping_at(item.node, "spec")
                output = mapping_at(spec, "output") if spec is not None else None
                to = mapping_at(output, "to") if output is not None else None
                if to is not None and text_at(to, "kind") == "ImageStreamTag":
                    place = text_at(to, "namespace") or item.place
                    self.builds[place, _full(text_at(to, "name") or "")] = item.name

    def find(self, wanted: Wanted, depth: int = 0) -> tuple[str, tuple[Origin, ...]] | None:
        """Give the image outside that a tag stands for, and where that is said; None where only the cluster knows."""
        stream, _, tag = _full(wanted.tag).partition(":")
        item = self.by_name.get((wanted.namespace, stream))
        spec = mapping_at(item.node, "spec") if item is not None else None
        if spec is None or depth > _DEEPEST:
            return None
        for node in mappings_at(spec, "tags"):
            source = mapping_at(node, "from")
            if text_at(node, "name") != tag or source is None:
                continue
            name = text_at(source, "name") or ""
            origin = source.entries["name"].origin if "name" in source.entries else source.origin
            kind = text_at(source, "kind")
            if kind == "DockerImage" and name:
                return name, (origin, wanted.origin)
            if kind == "ImageStreamTag":
                other = name if ":" in name else f"{stream}:{name}"
                found = self.find(Wanted(other, text_at(source, "namespace") or wanted.namespace, origin), depth + 1)
                return None if found is None else (found[0], (*found[1], wanted.origin))
            return None
        repository = text_at(spec, "dockerImageRepository")
        if repository:
            return f"{repository}:{tag}", (spec.entries["dockerImageRepository"].origin, wanted.origin)
        return None

    def looks_up(self, namespace: str, stream: str) -> bool:
        """Tell whether Pods may name a stream's tags as if they were images."""
        item = self.by_name.get((namespace, stream))
        spec = mapping_at(item.node, "spec") if item is not None else None
        policy = mapping_at(spec, "lookupPolicy") if spec is not None else None
        return policy is not None and boolean_at(policy, "local") is True

    def builder(self, wanted: Wanted) -> str | None:
        """Give the BuildConfig that fills a tag."""
        return self.builds.get((wanted.namespace, _full(wanted.tag)))


def _full(tag: str) -> str:
    return tag if ":" in tag else f"{tag}:latest"


def supply_images(item: Object, triggers: list[Mapping], streams: Streams, reading: Reading) -> list[Supplied]:
    """Put the images that come from ImageStreams into a workload's containers; gives those containers."""
    by_name: dict[str, Wanted] = {}
    by_index: dict[tuple[str, int], Wanted] = {}
    for trigger in triggers:
        _read_trigger(trigger, item, by_name, reading)
    annotations = _annotations(item)
    if annotations is not None and TRIGGERS in annotations.entries:
        _read_annotation(annotations.entries[TRIGGERS], item, by_name, by_index, reading)
    resolves = annotations is not None and text_at(annotations, RESOLVE) == "*"
    if not by_name and not by_index and not streams.by_name:
        return []
    supplied: list[Supplied] = []

    def change_list(field: str, node: Node) -> Node:
        return change_items(node, lambda index, container: change_container(field, index, container))

    def change_container(field: str, index: int, container: Mapping) -> Mapping:
        name = text_at(container, "name") or ""
        wanted = by_name.get(name) or by_index.get((field, index))
        if wanted is None:
            wanted = _looked_up(container, item, streams, resolves)
        return container if wanted is None else _supply(container, name, wanted, streams, supplied)

    place = _POD_PLACES.get(item.kind, ("spec", "template", "spec"))
    for field in ("initContainers", "containers"):
        item.node = change_at(item.node, (*place, field), lambda node, field=field: change_list(field, node))  # type: ignore[misc]
    return supplied


def _annotations(item: Object) -> Mapping | None:
    metadata = mapping_at(item.node, "metadata")
    return mapping_at(metadata, "annotations") if metadata is not None else None


def _read_trigger(trigger: Mapping, item: Object, found: dict[str, Wanted], reading: Reading) -> None:
    """Read one trigger of a DeploymentConfig."""
    reading.check_known(trigger, TRIGGER)
    parameters = mapping_at(trigger, "imageChangeParams")
    if text_at(trigger, "type") != "ImageChange" or parameters is None:
        return
    reading.check_known(parameters, IMAGE_CHANGE)
    source = mapping_at(parameters, "from")
    name = text_at(source, "name") if source is not None else None
    if source is None or not name or (text_at(source, "kind") or "ImageStreamTag") != "ImageStreamTag":
        reading.say("ignored", "this trigger names no ImageStreamTag, and changes no image", parameters.origin)
        return
    wanted = Wanted(name, text_at(source, "namespace") or item.place, source.entries["name"].origin)
    for container in strings_at(parameters, "containerNames") or ():
        found.setdefault(container, wanted)


def _read_annotation(
    node: Node,
    item: Object,
    by_name: dict[str, Wanted],
    by_index: dict[tuple[str, int], Wanted],
    reading: Reading,
) -> None:
    """Read the triggers that an annotation says in JSON; OpenShift passes over what it cannot read."""
    import json

    try:
        said: Any = json.loads(node.text if isinstance(node, Scalar) else "")
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, list):
        reading.say("ignored", f"the annotation {TRIGGERS} is no list in JSON, and changes no image", node.origin)
        return
    for each in said:
        source = each.get("from") if isinstance(each, dict) else None
        field = _FIELD.fullmatch(str(each.get("fieldPath"))) if isinstance(each, dict) else None
        name = source.get("name") if isinstance(source, dict) else None
        if field is None or not isinstance(source, dict) or not isinstance(name, str) or not name:
            reading.say("ignored", "a trigger of this annotation names no image of a container here", node.origin)
            continue
        if each.get("paused") in (True, "true"):
            continue
        namespace = source.get("namespace")
        wanted = Wanted(name, namespace if isinstance(namespace, str) and namespace else item.place, node.origin)
        if field[2] is not None:
            by_index.setdefault((field[1], int(field[2])), wanted)
        else:
            by_name.setdefault(field[3], wanted)


def _looked_up(container: Mapping, item: Object, streams: Streams, resolves: bool) -> Wanted | None:
    """Give the tag that an image's name means, where it is looked up among the ImageStreams of this definition."""
    image = container.entries.get("image")
    text = image.value if isinstance(image, Scalar) else None
    if image is None or not isinstance(text, str) or "/" in text or "@" in text:
        return None
    stream = text.partition(":")[0]
    if (item.place, stream) not in streams.by_name or not (resolves or streams.looks_up(item.place, stream)):
        return None
    return Wanted(text, item.place, image.origin)


def _supply(container: Mapping, name: str, wanted: Wanted, streams: Streams, supplied: list[Supplied]) -> Mapping:
    own = container.entries.get("image")
    found = streams.find(wanted)
    if found is None:
        supplied.append(Supplied(name, wanted, own, None))
        return without_entries(container, frozenset(("image",)))
    image, (first, *others) = found
    place = first.through(*others)
    node = Scalar(place, image, image, False)
    supplied.append(Supplied(name, wanted, own, node))
    return with_entry(container, "image", node)
