"""Resources that run workloads, to the model."""

from isomorph.model.workload import Workload
from isomorph.platforms.terraform.module import Module, Resource
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.joining import join
from isomorph.platforms.terraform.workloads.open_values import OpenValues

_DEPLOYED = ("kubernetes_", "kubectl_")


def read_workloads(module: Module, reading: Reading) -> dict[str, Workload]:
    """Give the workloads of a configuration by their names, in the order of their resources."""
    workloads: dict[str, Workload] = {}
    managed = [each for each in module.resources if each.mode == "managed"]
    objects = [each for each in managed if each.type.startswith(_DEPLOYED)]
    if objects:
        _read_objects(objects, workloads, reading)
    return workloads


def _read_objects(resources: list[Resource], workloads: dict[str, Workload], reading: Reading) -> None:
    """Read what stands in a cluster all at once, since objects lead to each other."""
    from isomorph.platforms.kubernetes.documents import add_documents
    from isomorph.platforms.kubernetes.reader import read_objects
    from isomorph.platforms.kubernetes.reading import Objects as Found
    from isomorph.platforms.kubernetes.reading import Reading as ObjectReading
    from isomorph.platforms.terraform.workloads.objects import Objects
    from isomorph.syntax.yaml.read import Document

    open_values = OpenValues()
    objects = Objects(reading, open_values)
    found, inner = Found(), ObjectReading()
    for resource in resources:
        node = objects.of(resource)
        if node is not None:
            reading.read.add(resource.address)
            add_documents([Document(node, node.origin)], found, inner, None, lenient=False)
    if found.by_name:
        definition = read_objects(found, inner, (), None)
        reading.namespace = reading.namespace or definition.application.namespace
        join(open_values.settle(definition), workloads, reading)
