"""Which of Minikube's facts concern a definition: what runs there only with help, or stays pending, each told once."""

from collections.abc import Callable, Iterator

from isomorph.model.application import Definition
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Path
from isomorph.model.workload import Kind, Workload
from isomorph.platforms.minikube.facts import CLOUD_ANNOTATIONS, CPUS, STORAGE_CLASS, says

_NAMED = 4
"""Places that a diagnostic names before it only counts."""
_OF_SYSTEM = frozenset(("os", "arch", "hostname", "kubernetes.io/os", "kubernetes.io/arch", "kubernetes.io/hostname"))
"""What every node says of itself."""

Places = Iterator[tuple[str, Path]]


def check(definition: Definition) -> Iterator[Diagnostic]:
    """Give what is to be done on Minikube for a definition to run, and what of it cannot."""
    for code, fact, find in CHECKS:
        places = list(find(definition))
        if not places:
            continue
        names = list(dict.fromkeys(name for name, _ in places))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        path = places[0][1]
        message = f"{', '.join(names[:_NAMED])}{more}: {says(fact)}"
        yield Diagnostic(code, message, definition.origins.find(path), path)


def _with_load_balancer(definition: Definition) -> Places:
    for key, workload in definition.application.workloads.items():
        for name, port in workload.ports.items():
            for index, exposure in enumerate(port.exposures):
                if exposure.kind == "load-balancer":
                    yield key, ("workloads", key, "ports", name, "exposures", str(index))


def _with_class(definition: Definition) -> Places:
    """Give the volumes of a storage class that neither Minikube nor the definition has."""
    own = {
        str(extra.value.get("metadata", {}).get("name"))
        for extra in definition.extras
        if extra.location == ("StorageClass",) and isinstance(extra.value, dict)
    }
    for name, volume in definition.application.volumes.items():
        if volume.storage_class and volume.storage_class != STORAGE_CLASS and volume.storage_class not in own:
            yield f"{name} ({volume.storage_class})", ("volumes", name, "storage_class")


def _with_folder(definition: Definition) -> Places:
    for name, volume in definition.application.volumes.items():
        if volume.kind == "host":
            yield f"{name} ({volume.host_path})", ("volumes", name, "host_path")


def _with_routes(definition: Definition) -> Places:
    kept = _gateway_routes(definition)
    for key, workload in definition.application.workloads.items():
        if workload.routes and key not in kept:
            yield key, ("workloads", key, "routes", next(iter(workload.routes)))


def _with_gateway(definition: Definition) -> Places:
    for key in sorted(_gateway_routes(definition)):
        yield key, ("workloads", key, "routes", next(iter(definition.application.workloads[key].routes), ""))


def _gateway_routes(definition: Definition) -> set[str]:
    return {
        extra.path[1]
        for extra in definition.extras
        if len(extra.path) > 1 and extra.location[:1] in (("HTTPRoute",), ("GRPCRoute",))
    }


def _with_autoscaler(definition: Definition) -> Places:
    for key, workload in definition.application.workloads.items():
        if workload.scale.targets or workload.scale.maximum is not None:
            yield key, ("workloads", key, "scale", "maximum")


def _with_constraints(definition: Definition) -> Places:
    for key, workload in definition.application.workloads.items():
        for index, constraint in enumerate(workload.placement):
            if constraint.attribute not in _OF_SYSTEM and constraint.operator in ("=", "in", "exists", ">", "<"):
                yield f"{key} ({constraint.attribute})", ("workloads", key, "placement", str(index))


def _never_pulled(definition: Definition) -> Places:
    for key, workload in definition.application.workloads.items():
        for name, container in workload.containers.items():
            if container.pull_policy == "never":
                yield key, ("workloads", key, "containers", name, "pull_policy")


def _kept_apart(definition: Definition) -> Places:
    """Give the workloads of several instances whose Pods must each have a node of their own."""
    workloads = definition.application.workloads
    for extra in definition.extras:
        key = extra.path[1] if len(extra.path) == 2 and extra.path[0] == "workloads" else None
        if key in workloads and "affinity" in extra.location and _instances(workloads[key]) > 1:
            said = extra.value if extra.location[-1] == "podAntiAffinity" else {}
            if extra.location[-1] == "affinity" and isinstance(extra.value, dict):
                said = extra.value.get("podAntiAffinity")
            if isinstance(said, dict) and said.get("requiredDuringSchedulingIgnoredDuringExecution"):
                yield str(key), ("workloads", str(key), "scale", "replicas")


def _instances(workload: Workload) -> int:
    replicas = workload.scale.replicas
    return max(workload.scale.minimum or 0, replicas if isinstance(replicas, int) else 1)


def _beyond_cpus(definition: Definition) -> Places:
    """Give the workloads that together ask for more CPUs than the node has, those that ask for most first."""
    asked: dict[str, int] = {}
    for key, workload in definition.application.workloads.items():
        if workload.kind in (Kind.JOB, Kind.SCHEDULED):
            continue
        for container in workload.containers.values():
            amount = (container.compute.requests or {}).get("cpu")
            if isinstance(amount, int):
                asked[key] = asked.get(key, 0) + amount * _instances(workload)
    if sum(asked.values()) > CPUS:
        for key in sorted(asked, key=lambda each: (-asked[each], each)):
            yield f"{key} ({asked[key]}m)", ("workloads", key)


def _of_clouds(definition: Definition) -> Places:
    for extra in definition.extras:
        name = next((str(each) for each in extra.location if str(each).startswith(CLOUD_ANNOTATIONS)), None)
        if name is not None:
            yield name, extra.path
        elif extra.location[-1:] == ("annotations",) and isinstance(extra.value, dict):
            for each in extra.value:
                if str(each).startswith(CLOUD_ANNOTATIONS):
                    yield str(each), extra.path


CHECKS: tuple[tuple[str, str, Callable[[Definition], Places]], ...] = (
    ("assumed", "tunnel", _with_load_balancer),
    ("assumed", "ingress-addon", _with_routes),
    ("missing-reference", "gateway", _with_gateway),
    ("assumed", "metrics", _with_autoscaler),
    ("missing-reference", "storage-class", _with_class),
    ("missing-reference", "node-labels", _with_constraints),
    ("missing-reference", "apart", _kept_apart),
    ("missing-reference", "cpus", _beyond_cpus),
    ("image-supplied-later", "loaded-image", _never_pulled),
    ("assumed", "mounted-folder", _with_folder),
    ("ignored", "no-cloud", _of_clouds),
)
"""What is told, by its code, its fact, and how it is found."""
