"""A definition to manifests for Minikube: what Kubernetes' writer writes, in the ways of a cluster of one node.

What is Minikube's own already is written as it was.
"""

from msgspec.structs import replace

from isomorph.model.application import Application, Definition, Volume
from isomorph.model.origin import Path
from isomorph.model.workload import Container, Exposure, Port, Workload
from isomorph.platforms.kubernetes.write_draft import Document, Draft
from isomorph.platforms.kubernetes.write_extras import Constructs
from isomorph.platforms.kubernetes.writer import Habits, emit
from isomorph.platforms.kubernetes.writer import to_documents as to_kubernetes
from isomorph.platforms.minikube.facts import CLOUD_ANNOTATIONS, INGRESS_CLASS, NODE_PORTS, says
from isomorph.platforms.minikube.reader import PLATFORM
from isomorph.platforms.platform import OutputFile, WriteOptions, Written

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

Notes = list[tuple[str, str, Path]]
"""What is told of the changes to a model: codes, messages and paths."""


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
    notes: Notes = []
    application = _to_one_node(definition.application, notes)

    def adapt(draft: Draft, constructs: Constructs) -> list[Document]:
        for code, message, path in notes:
            draft.tell(code, message, path)
        for (key, _kind), documents in constructs.objects.items():
            for document in documents:
                _adapt_object(draft, document, key)
        return []

    return to_kubernetes(replace(definition, application=application), options, Habits(adapt=adapt))


def _to_one_node(application: Application, notes: Notes) -> Application:
    """Give an application as Minikube runs it: its storage class, its node, its node ports, images from the node."""
    return replace(
        application,
        workloads={
            key: _to_workload(workload, ("workloads", key), notes) for key, workload in application.workloads.items()
        },
        volumes={name: _to_volume(volume, name, notes) for name, volume in application.volumes.items()},
    )


def _to_volume(volume: Volume, name: str, notes: Notes) -> Volume:
    if volume.storage_class is None:
        return volume
    notes.append(("lost", says("storage-class"), ("volumes", name)))
    return replace(volume, storage_class=None)


def _to_workload(workload: Workload, path: Path, notes: Notes) -> Workload:
    if workload.placement:
        notes.append(("lost", says("node-labels"), (*path, "placement")))
    if workload.scale.targets or workload.scale.maximum is not None:
        notes.append(("assumed", says("metrics"), (*path, "scale")))
    return replace(
        workload,
        placement=(),
        ports={key: _to_port(port, (*path, "ports", key), notes) for key, port in workload.ports.items()},
        containers={
            name: _to_container(container, (*path, "containers", name), notes)
            for name, container in workload.containers.items()
        },
    )


def _to_port(port: Port, path: Path, notes: Notes) -> Port:
    """Open a port at the node; a number that the node has none of is left to it."""
    closed = [each for each in port.exposures if each.address is not None and each.address.startswith(_LOOPBACK)]
    opened = [each for each in port.exposures if each not in closed]
    if all(exposure.kind == "node" for exposure in opened):
        return port
    notes.append(("approximated", says("node-port"), path))
    numbers = dict.fromkeys(exposure.port if exposure.port in NODE_PORTS else None for exposure in opened)
    said = [number for number in numbers if number is not None]
    return replace(port, exposures=(*closed, *(Exposure("node", number) for number in said or numbers)))


def _to_container(container: Container, path: Path, notes: Notes) -> Container:
    """Take an image that is built here from the node, where it is loaded into."""
    if container.build is None and container.image is not None:
        return container
    notes.append(("assumed", says("loaded-image"), (*path, "image")))
    return container if container.pull_policy is not None else replace(container, pull_policy="missing")


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
