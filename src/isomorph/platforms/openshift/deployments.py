"""DeploymentConfigs as the Kubernetes reader takes them, and what they say besides; images that ImageStreams supply."""

from msgspec.structs import replace

from isomorph.model.text import Placeholder
from isomorph.model.workload import Scale
from isomorph.platforms.kubernetes.controllers import CONTROLLERS, Pods
from isomorph.platforms.kubernetes.fields import mapping_at, mappings_at
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading, is_empty
from isomorph.platforms.openshift.images import Streams, Supplied, supply_images
from isomorph.platforms.openshift.keeping import keep, keep_value
from isomorph.platforms.openshift.known import DEPLOYMENT_CONFIG
from isomorph.platforms.openshift.templates import Unresolved
from isomorph.platforms.openshift.trees import with_entry, without_entries
from isomorph.syntax.tree import Mapping, Scalar

_OWN = frozenset(("strategy", "test", "triggers"))
"""What a DeploymentConfig's spec has otherwise than a Deployment's."""


class Prepared:
    """What was taken out of workloads before Kubernetes' reader saw them, by object."""

    def __init__(self, objects: Objects, reading: Reading) -> None:
        self.streams = Streams(objects)
        self.specs: dict[int, Mapping] = {}
        self.supplied: dict[int, list[Supplied]] = {}
        for kind in CONTROLLERS:
            for item in objects.of(kind):
                triggers = self._take_own(item, reading) if kind == "DeploymentConfig" else []
                supplied = supply_images(item, triggers, self.streams, reading)
                if supplied:
                    self.supplied[id(item)] = supplied

    def _take_own(self, item: Object, reading: Reading) -> list[Mapping]:
        """Take out what only a DeploymentConfig says; gives its triggers."""
        spec = mapping_at(item.node, "spec")
        if spec is None:
            return []
        reading.check_known(spec, DEPLOYMENT_CONFIG)
        self.specs[id(item)] = spec
        unknown = frozenset(spec.entries.keys() - DEPLOYMENT_CONFIG.known)  # Told just now.
        item.node = with_entry(item.node, "spec", without_entries(spec, _OWN | unknown))
        return mappings_at(spec, "triggers")

    def finish(self, all_pods: list[Pods], unresolved: Unresolved, reading: Reading) -> None:
        """Keep what was taken out at the workloads that were read, and tell which images are not known here."""
        messages: dict[tuple[str, ...], str] = {}
        for pods in all_pods:
            item = pods.object
            if item.kind == "DeploymentConfig":
                keep_value(reading, pods.path, ("kind",), item.kind, item.node.entries["kind"].origin)
                spec = self.specs.get(id(item))
                for key, node in spec.entries.items() if spec is not None else ():
                    if key in _OWN and not (is_empty(node) and key != "triggers"):
                        keep(reading, pods.path, ("spec", key), node)
            for each in self.supplied.get(id(item), ()):
                path = (*pods.path, "containers", each.container)
                if each.own is not None:
                    keep(reading, path, ("image",), each.own)
                if each.image is None:
                    messages[path] = self._tell(each)
            _settle_replicas(pods, unresolved)
        if messages:
            _replace_messages(messages, reading)

    def _tell(self, supplied: Supplied) -> str:
        builder = self.streams.builder(supplied.wanted)
        built = f", which BuildConfig {builder} builds" if builder is not None else ""
        return (
            f"the image of container {supplied.container} comes from the ImageStreamTag {supplied.wanted.tag}{built};"
            " which image that is, only the cluster knows"
        )


def _settle_replicas(pods: Pods, unresolved: Unresolved) -> None:
    """Give a number of instances that depends on an unresolved parameter as a placeholder."""
    spec = mapping_at(pods.object.node, "spec")
    node = spec.entries.get("replicas") if spec is not None else None
    if not isinstance(node, Scalar) or node.value is not None:
        return
    names = unresolved.names_behind(node.origin)
    if names:
        scale = pods.fields.get("scale") or Scale()
        pods.fields["scale"] = replace(scale, replicas=Placeholder(node.text, names[0]))


def _replace_messages(messages: dict[tuple[str, ...], str], reading: Reading) -> None:
    """Tell why a container has no image, in place of only that it has none."""
    for index, diagnostic in enumerate(reading.diagnostics):
        if diagnostic.code == "image-supplied-later" and diagnostic.path in messages:
            reading.diagnostics[index] = replace(diagnostic, message=messages[diagnostic.path])
