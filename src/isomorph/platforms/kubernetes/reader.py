"""A Kubernetes definition to the model: manifests in a folder, a file or a stream, or a kustomization."""

from collections.abc import Callable

import msgspec

from isomorph.model.application import Application, Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Origins
from isomorph.model.workload import Workload
from isomorph.platforms.context import Context, Source
from isomorph.platforms.kubernetes.controllers import CONTROLLERS, Pods, read_controllers
from isomorph.platforms.kubernetes.documents import (
    KUSTOMIZATIONS,
    add_documents,
    find_kustomization,
    list_manifests,
    parse_manifest,
)
from isomorph.platforms.kubernetes.external_secrets import GROUPS
from isomorph.platforms.kubernetes.reading import PLATFORM, Objects, Reading
from isomorph.platforms.kubernetes.services import Offered, join_services
from isomorph.platforms.kubernetes.stores import read_stores

READ = frozenset(
    (
        *CONTROLLERS,
        *("ConfigMap", "Secret", "PersistentVolumeClaim", "Service", "HorizontalPodAutoscaler"),
        *("Ingress", "HTTPRoute", "GRPCRoute"),
    )
)
"""Kinds that become part of the model; objects of all others are kept whole."""

SILENT = frozenset(("Namespace", "Gateway", "ServiceAccount"))
"""Kinds that are kept without a word: they hold up what is modelled."""

BOUNDING = frozenset(("NetworkPolicy", "PodDisruptionBudget", "LimitRange", "ResourceQuota"))


def read(source: Source, context: Context) -> Definition:
    """Read manifests as `kubectl apply -f` takes them, or build a kustomization as `kubectl apply -k` does.

    Raises InvalidInput for what the API server could not take either, with its position.
    """
    reading = Reading()
    objects = Objects()
    sources = collect(source, context, objects, reading)
    return read_objects(objects, reading, sources, source.option("namespace"))


def collect(source: Source, context: Context, objects: Objects, reading: Reading) -> tuple[str, ...]:
    """Gather the objects of a definition; gives the files that were read."""
    path = source.path
    namespace = source.option("namespace")
    if path != "-":
        kustomization = None
        if context.files.is_folder(path):
            kustomization = find_kustomization(path, context)
        elif path.rpartition("/")[2] in KUSTOMIZATIONS:
            kustomization = path
        if kustomization is not None:
            from isomorph.platforms.kubernetes.kustomize import build

            return build(kustomization, context, objects, reading, namespace)
        if context.files.is_folder(path):
            files = list_manifests(path, context, reading)
            for file in files:
                add_documents(parse_manifest(file, context.read_input(file)), objects, reading, namespace, lenient=True)
            if not objects.by_name:
                raise InvalidInput(f"no file of {path} holds a Kubernetes object", Origin(path), "check the path")
            return tuple(files)
    documents = parse_manifest(path, context.read_input(path, what="manifest"))
    if not any(document.root is not None for document in documents):
        raise InvalidInput("the manifest is empty", Origin("<stdin>" if path == "-" else path), "check the path")
    add_documents(documents, objects, reading, namespace, lenient=False)
    return ("<stdin>" if path == "-" else path,)


class Member(msgspec.Struct, frozen=True):
    """What a platform of the family reads besides: its name, the kinds that it keeps or reads itself, and how it reads them.

    `kinds` are called as `Objects` calls them; `join` is given the workloads and the Services that lead to them.
    """

    platform: str = PLATFORM
    kinds: frozenset[str] = frozenset()
    join: Callable[[Objects, list[Pods], dict[tuple[str, str], Offered], Reading], None] | None = None


def read_objects(
    objects: Objects,
    reading: Reading,
    sources: tuple[str, ...],
    namespace: str | None,
    member: Member = Member(),  # noqa: B008 (it never changes)
) -> Definition:
    """Read the objects: stores first, for workloads refer to them, and then what joins workloads."""
    stores = read_stores(objects, reading)
    all_pods = read_controllers(objects, stores, reading)
    services = join_services(objects, all_pods, reading)
    _read_joined(objects, all_pods, services, reading)
    if member.join is not None:
        member.join(objects, all_pods, services, reading)
    _keep_others(objects, member.kinds, reading)
    application = Application(
        namespace=namespace or _find_namespace(objects),
        workloads={pods.key: Workload(**pods.fields) for pods in all_pods},
        volumes=stores.volumes,
        secrets=stores.secrets,
        configurations=stores.configurations,
    )
    return Definition(
        application=application,
        platform=member.platform,
        sources=sources,
        origins=Origins(reading.origins),
        extras=tuple(reading.extras),
        diagnostics=reading.finish(),
    )


def _read_joined(
    objects: Objects, all_pods: list[Pods], services: dict[tuple[str, str], Offered], reading: Reading
) -> None:
    """Read what stands beside workloads and is rarely there: autoscalers and routes."""
    if objects.of("HorizontalPodAutoscaler"):
        from isomorph.platforms.kubernetes.scaling import read_autoscalers

        read_autoscalers(objects, all_pods, reading)
    if objects.of("Ingress") or objects.of("HTTPRoute") or objects.of("GRPCRoute"):
        from isomorph.platforms.kubernetes.routes import read_routes

        read_routes(objects, services, reading)


def _keep_others(objects: Objects, known: frozenset[str], reading: Reading) -> None:
    """Keep the objects that say nothing about workloads, and tell their kinds once."""
    for kind, items in objects.others(READ | known):
        for item in items:
            reading.keep_document(item)
        word, _, group = kind.partition(".")
        if word in SILENT or group in GROUPS:
            continue
        if word in BOUNDING:
            message = f"{word} {items[0].name} bounds what workloads may do, and is not compared"
            code = "not-modelled"
        else:
            message, code = f"{word} {items[0].name} is kept, and not compared", "unknown-kind"
        for item in items:
            reading.count(code, message, item.origin)


def _find_namespace(objects: Objects) -> str | None:
    """Give the namespace where all workloads stand in one."""
    said = {item.namespace for kind in CONTROLLERS for item in objects.of(kind)}
    return said.pop() if len(said) == 1 else None
