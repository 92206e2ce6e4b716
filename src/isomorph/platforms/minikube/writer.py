"""A definition to manifests for Minikube: what Kubernetes' writer writes, in the ways of a cluster of one node.

What is Minikube's own already is written as it was.
"""

from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Volume
from isomorph.model.image import parse_image, print_image
from isomorph.model.origin import Path
from isomorph.model.workload import Container, Exposure, Port, Workload
from isomorph.platforms.kubernetes.names import to_key
from isomorph.platforms.kubernetes.write_draft import Document, Draft
from isomorph.platforms.kubernetes.write_extras import Constructs
from isomorph.platforms.kubernetes.writer import Habits, emit
from isomorph.platforms.kubernetes.writer import to_documents as to_kubernetes
from isomorph.platforms.minikube.facts import CLOUD_ANNOTATIONS, INGRESS_CLASS, NODE_PORTS, STORAGE_CLASS, says
from isomorph.platforms.minikube.reader import PLATFORM
from isomorph.platforms.platform import OutputFile, WriteOptions, Written
from isomorph.platforms.table import find_family

FILE = "manifests.yaml"
_OF_BALANCERS = (
    "allocateLoadBalancerNodePorts",
    "healthCheckNodePort",
    "loadBalancerClass",
    "loadBalancerIP",
    "loadBalancerSourceRanges",
)
"""Fields of a Service that only one of type LoadBalancer may have."""
_LOOPBACK = ("127.", "::1")


def write(definition: Definition, options: WriteOptions) -> Written:
    """Write manifests; what Minikube cannot say, or runs only with help, is told in the diagnostics."""
    documents, draft = to_documents(definition, options)
    if options.finish is not None:
        documents = options.finish(documents)
    return Written((OutputFile(FILE, emit(documents, options)),), draft.finish())


def to_documents(definition: Definition, options: WriteOptions) -> tuple[list[Document], Draft]:
    """Give the documents as plain data, in the order in which they can be applied."""
    if definition.platform == PLATFORM:
        return to_kubernetes(definition, options)
    node = _OneNode(definition, options)
    application = node.change(definition.application)

    def adapt(draft: Draft, constructs: Constructs) -> list[Document]:
        for code, message, path, place in node.notes:
            draft.tell(code, message, path, place)
        for (key, _kind), documents in constructs.objects.items():
            for document in documents:
                _adapt_object(draft, document, key)
        return []

    return to_kubernetes(replace(definition, application=application), options, Habits(adapt=adapt))


class _OneNode:
    """Makes of an application what Minikube runs: its storage class, its node, its node ports, images from its node.

    `notes` has what is told of each change: code, message, path and the place's name.
    """

    def __init__(self, definition: Definition, options: WriteOptions) -> None:
        self.native = find_family(definition.platform) == "kubernetes"
        self.project = options.name or definition.application.name
        self.notes: list[tuple[str, str, Path, str]] = []

    def change(self, application: Application) -> Application:
        """Give the application as it runs there."""
        workloads = application.workloads.items()
        return replace(
            application,
            workloads={key: self._change_workload(workload, ("workloads", key)) for key, workload in workloads},
            volumes={name: self._change_volume(volume, name) for name, volume in application.volumes.items()},
        )

    def _tell(self, code: str, fact: str, path: Path, place: str = "") -> None:
        self.notes.append((code, says(fact), path, place))

    def _change_volume(self, volume: Volume, name: str) -> Volume:
        if volume.storage_class in (None, STORAGE_CLASS):
            return volume
        self._tell("lost", "storage-class", ("volumes", name), f"{name} ({volume.storage_class})")
        return replace(volume, storage_class=None)

    def _change_workload(self, workload: Workload, path: Path) -> Workload:
        if workload.placement:
            self._tell("lost", "node-labels", (*path, "placement"))
        if workload.scale.targets or workload.scale.maximum is not None:
            self._tell("assumed", "metrics", (*path, "scale"))
        return replace(
            workload,
            placement=(),
            ports={key: self._change_port(port, (*path, "ports", key)) for key, port in workload.ports.items()},
            containers={
                name: self._change_container(container, (*path, "containers", name))
                for name, container in workload.containers.items()
            },
        )

    def _change_port(self, port: Port, path: Path) -> Port:
        """Open a port at the node; a number that the node has none of is left to it. A Pod may have one of its machine."""
        stays = [each for each in port.exposures if self._stays(each)]
        opened = [each for each in port.exposures if each not in stays]
        if not opened:
            return port
        self._tell("approximated", "node-port", path)
        numbers = dict.fromkeys(exposure.port if exposure.port in NODE_PORTS else None for exposure in opened)
        nodes = [each for each in stays if each.kind == "node"]
        said = [Exposure("node", number) for number in numbers if number is not None]
        return replace(port, exposures=(*stays, *(said or ([] if nodes else [Exposure("node")]))))

    def _stays(self, exposure: Exposure) -> bool:
        if exposure.kind == "host":
            return self.native or (exposure.address is not None and exposure.address.startswith(_LOOPBACK))
        return exposure.kind == "node"

    def _change_container(self, container: Container, path: Path) -> Container:
        """Take an image that is built here from the node, where it is loaded into."""
        if container.build is None and container.image is not None:
            return container
        image = container.image
        if container.build is not None and image is None:
            made = to_key(f"{self.project}-{path[1]}" if self.project else path[1]).lower()
            image = parse_image(made)
        place = f"{path[1]} ({print_image(image)})" if image is not None else ""
        self._tell("assumed", "loaded-image", (*path, "image"), place)
        return replace(container, build=None, image=image, pull_policy=container.pull_policy or "missing")


def _adapt_object(draft: Draft, document: Document, key: str) -> None:
    """Put Minikube's own in place of what a cloud's controllers would read."""
    kind = document["kind"]
    path = ("workloads", key)
    spec = document["spec"]
    annotations = document["metadata"].get("annotations", {})
    for name in [name for name in annotations if name.startswith(CLOUD_ANNOTATIONS)]:
        del annotations[name]
        draft.tell("extra-dropped", f"`{name}`: {says('no-cloud')}", path)
    if not annotations:
        document["metadata"].pop("annotations", None)
    if kind == "Service" and spec.get("type") != "LoadBalancer":
        for field in _OF_BALANCERS:
            if spec.pop(field, None) is not None:
                draft.tell("extra-dropped", f"`{field}`: {says('no-cloud')}", path)
    elif kind == "Ingress":
        before = spec.get("ingressClassName")
        if before not in (None, INGRESS_CLASS):
            draft.tell("renamed", f"the Ingress class {before} is {INGRESS_CLASS}, the addon's", path)
        document["spec"] = {
            "ingressClassName": INGRESS_CLASS,
            **{field: value for field, value in spec.items() if field != "ingressClassName"},
        }
        draft.tell("assumed", says("ingress-addon"), path)
    elif kind in ("HTTPRoute", "GRPCRoute"):
        draft.tell("assumed", says("gateway"), path)
