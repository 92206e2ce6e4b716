"""Resources that run workloads, to the model."""

from isomorph.model.workload import Workload
from isomorph.platforms.terraform.module import Module, Resource
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.joining import add, join

_IN_CLUSTERS = ("kubernetes_", "kubectl_")


def read_workloads(module: Module, reading: Reading) -> dict[str, Workload]:
    """Give the workloads of a configuration by their names, in the order of their resources."""
    workloads: dict[str, Workload] = {}
    by_type: dict[str, list[Resource]] = {}
    for each in module.resources:
        if each.mode == "managed":
            by_type.setdefault("objects" if each.type.startswith(_IN_CLUSTERS) else each.type, []).append(each)
    if "objects" in by_type:
        _read_objects(by_type["objects"], workloads, reading)
    if "helm_release" in by_type:
        from isomorph.platforms.terraform.workloads.releases import read_release

        for each in by_type["helm_release"]:
            reading.read.add(each.address)
            release = read_release(each, reading)
            if release is not None:
                join(release, workloads, reading)
    if "docker_container" in by_type:
        from isomorph.platforms.terraform.workloads.docker import TYPES, Project

        reading.read.update(each.address for type_ in TYPES for each in by_type.get(type_, ()))
        join(Project(module, reading).read(by_type["docker_container"]), workloads, reading)
    if "nomad_job" in by_type:
        from isomorph.platforms.terraform.workloads.nomad import read_job

        for each in by_type["nomad_job"]:
            reading.read.add(each.address)
            job = read_job(each, reading)
            if job is not None:
                join(job, workloads, reading)
    _read_clouds(module, by_type, workloads, reading)
    return workloads


def _read_clouds(
    module: Module, by_type: dict[str, list[Resource]], workloads: dict[str, Workload], reading: Reading
) -> None:
    """Read the services of the three large clouds that run containers."""
    if "aws_ecs_task_definition" in by_type or "aws_ecs_service" in by_type:
        from isomorph.platforms.terraform.workloads.ecs import Tasks

        Tasks(module, reading).read(workloads)
    if any(type_.startswith(("google_cloud_run_", "azurerm_container_app")) for type_ in by_type):
        from isomorph.platforms.terraform.workloads import cloud_run, container_apps

        for types, read in ((cloud_run.TYPES, cloud_run.read_service), (container_apps.TYPES, container_apps.read_app)):
            for each in (each for type_ in by_type if type_ in types for each in by_type[type_]):
                reading.read.add(each.address)
                add(read(each, reading), each.origin, workloads, reading)


def _read_objects(resources: list[Resource], workloads: dict[str, Workload], reading: Reading) -> None:
    """Read what stands in a cluster all at once, since objects lead to each other."""
    from isomorph.platforms.kubernetes.documents import add_documents
    from isomorph.platforms.kubernetes.reader import read_objects
    from isomorph.platforms.kubernetes.reading import Objects as Found
    from isomorph.platforms.kubernetes.reading import Reading as ObjectReading
    from isomorph.platforms.terraform.workloads.objects import Objects
    from isomorph.platforms.terraform.workloads.open_values import OpenValues
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
