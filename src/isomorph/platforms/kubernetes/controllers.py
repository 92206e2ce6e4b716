"""Controllers and bare pods to workloads: kind, scale, life cycle, placement; their containers by `containers`."""

from typing import Any

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Path
from isomorph.model.workload import Container, Kind, Restart, Role, Scale, Schedule
from isomorph.platforms.kubernetes.containers import (
    ContainerPort,
    PodSettings,
    container_name,
    read_container,
    read_pod_settings,
)
from isomorph.platforms.kubernetes.fields import (
    boolean_at,
    integer_at,
    mapping_at,
    mappings_at,
    required_text,
    string_map_at,
    text_at,
)
from isomorph.platforms.kubernetes.known import (
    CONTROLLER,
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    JOB,
    METADATA,
    POD,
    REPLICA_SET,
    SERVER_ANNOTATIONS,
    STATEFUL_SET,
    TEMPLATE,
    VAULT_AGENT,
    Construct,
)
from isomorph.platforms.kubernetes.placement import read_placement
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.platforms.kubernetes.service_links import ServiceLinks
from isomorph.platforms.kubernetes.stores import Stores, unique_keys
from isomorph.platforms.kubernetes.volumes import Volumes
from isomorph.syntax.tree import Mapping

CONTROLLERS: dict[str, tuple[Kind, Construct]] = {
    "Deployment": (Kind.SERVICE, DEPLOYMENT),
    "StatefulSet": (Kind.STATEFUL, STATEFUL_SET),
    "DaemonSet": (Kind.DAEMON, DAEMON_SET),
    "ReplicaSet": (Kind.SERVICE, REPLICA_SET),
    "ReplicationController": (Kind.SERVICE, REPLICA_SET),
    "Job": (Kind.JOB, JOB),
    "CronJob": (Kind.SCHEDULED, CRON_JOB),
    "Pod": (Kind.SERVICE, POD),
    "DeploymentConfig": (Kind.SERVICE, DEPLOYMENT),  # OpenShift's: only its reader's objects have the kind.
}
RESTART = {"Always": "always", "OnFailure": "on-failure", "Never": "never"}
_HOST_NAMESPACES = (("hostNetwork", "network"), ("hostPID", "pid"), ("hostIPC", "ipc"))
_TEMPLATE = ("spec", "template")


class Pods:
    """The pods of one controller: what becomes of them in the model, and what Services and routes join them by."""

    __slots__ = (
        "fields",
        "key",
        "labels",
        "named_ports",
        "names",
        "object",
        "path",
        "ports",
        "service_name",
        "subdomain",
    )

    def __init__(self, item: Object, key: str) -> None:
        self.object = item
        self.key = key
        self.path: Path = ("workloads", key)
        self.fields: dict[str, Any] = {"name": item.name, "namespace": item.namespace}
        self.labels: dict[str, str] = {}
        self.names: dict[str, None] = {}
        self.ports: list[ContainerPort] = []
        self.named_ports: dict[str, ContainerPort] = {}
        self.service_name: str | None = None
        self.subdomain: tuple[str, str] | None = None

    def number_of(self, port: str) -> int | None:
        """Give the number of a port by the name that a container gives it."""
        declared = self.named_ports.get(port)
        return declared.number if declared else None


def read_controllers(objects: Objects, stores: Stores, reading: Reading) -> list[Pods]:
    """Read every controller and bare pod, in the order in which they were written."""
    items = [item for kind in CONTROLLERS for item in objects.of(kind)]
    items.sort(key=_position)
    keys = unique_keys(items)
    links = ServiceLinks(objects)
    return [_read_controller(item, keys[item.kind, item.place, item.name], stores, links, reading) for item in items]


def _position(item: Object) -> tuple[str, int, int]:
    return item.origin.file, item.origin.line, item.origin.column


def _read_controller(item: Object, key: str, stores: Stores, links: ServiceLinks, reading: Reading) -> Pods:
    pods = Pods(item, key)
    kind, construct = CONTROLLERS[item.kind]
    node = item.node
    reading.keep_rest(node, CONTROLLER, pods.path)
    metadata = mapping_at(node, "metadata")
    name = metadata.entries.get("name") if metadata else None
    reading.origins[pods.path] = name.origin if name else node.origin
    reading.origins[(*pods.path, "kind")] = node.entries["kind"].origin
    if metadata and item.namespace is not None and "namespace" in metadata:
        reading.origins[(*pods.path, "namespace")] = metadata.entries["namespace"].origin
    pods.fields["kind"] = kind
    _tell_old(item, reading)
    spec = mapping_at(node, "spec")
    if spec is None:
        raise InvalidInput(f"{item.kind} {item.name} has no `spec`", node.origin, "add the containers that it runs")
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    _read_metadata(metadata, labels, annotations, pods, ("metadata",), reading)
    pod, location = _find_pod(item, spec, construct, pods, labels, annotations, reading)
    if item.kind == "Pod":
        pods.labels = dict(labels)
    if item.kind == "StatefulSet":
        pods.service_name = text_at(spec, "serviceName")
    _read_scale(spec, pods, reading)
    _read_pod(pod, spec, pods, location, stores, links, reading)
    if VAULT_AGENT in annotations:
        _read_injected(item, location, pods, stores, reading)
    if labels:
        pods.fields["labels"] = labels
    if annotations:
        pods.fields["annotations"] = annotations
    return pods


def _read_injected(item: Object, location: tuple[str, ...], pods: Pods, stores: Stores, reading: Reading) -> None:
    """Add the files that the annotations of the pods, and not of what controls them, ask Vault's agent for."""
    from isomorph.platforms.kubernetes.vault_agent import read_injected

    around: Mapping | None = item.node
    for key in location[:-1] if item.kind != "Pod" else ():
        around = mapping_at(around, key) if around is not None else None
    metadata = mapping_at(around, "metadata") if around is not None else None
    if metadata is not None:
        pods.fields["containers"] = read_injected(metadata, pods.fields["containers"], pods.path, stores, reading)


def _tell_old(item: Object, reading: Reading) -> None:
    """Tell an API version that servers no longer have."""
    if item.group == "extensions" or (item.group != "" and "beta" in item.version):
        now = "batch/v1" if item.kind == "CronJob" else "apps/v1"
        was = f"{item.group}/{item.version}"
        reading.count("deprecated", f"{item.kind} of {was} was read as one of {now}", item.origin)


def _read_metadata(
    metadata: Mapping | None,
    labels: dict[str, str],
    annotations: dict[str, str],
    pods: Pods,
    location: tuple[str, ...],
    reading: Reading,
) -> None:
    """Read labels and annotations; a template's win over its controller's."""
    if metadata is None:
        return
    entries = metadata.entries
    reading.check_known(metadata, METADATA, pods.path)
    for key in ("ownerReferences", "finalizers"):
        if key in entries:
            reading.keep(pods.path, (*location, key), entries[key])
    if "labels" in entries:
        labels.update(string_map_at(metadata, "labels"))
    if "annotations" in entries:
        said = string_map_at(metadata, "annotations")
        annotations.update((name, value) for name, value in said.items() if name not in SERVER_ANNOTATIONS)


def _find_pod(
    item: Object,
    spec: Mapping,
    construct: Construct,
    pods: Pods,
    labels: dict[str, str],
    annotations: dict[str, str],
    reading: Reading,
) -> tuple[Mapping, tuple[str, ...]]:
    """Give the spec of the pods and where it stands in the controller's document."""
    if item.kind == "Pod":
        return spec, (*_TEMPLATE, "spec")
    reading.keep_rest(spec, construct, pods.path, ("spec",))
    prefix: tuple[str, ...] = ("spec",)
    if item.kind == "CronJob":
        _read_schedule(spec, pods, reading)
        job = mapping_at(spec, "jobTemplate")
        inner = mapping_at(job, "spec") if job else None
        if job is None or inner is None:
            raise InvalidInput(f"CronJob {item.name} has no job", spec.origin, "add `jobTemplate.spec`")
        reading.check_known(job, TEMPLATE, pods.path)
        _read_metadata(
            mapping_at(job, "metadata"), labels, annotations, pods, ("spec", "jobTemplate", "metadata"), reading
        )
        prefix = ("spec", "jobTemplate", "spec")
        reading.keep_rest(inner, JOB, pods.path, prefix)
        spec = inner
    template = mapping_at(spec, "template")
    pod = mapping_at(template, "spec") if template else None
    if template is None or pod is None:
        raise InvalidInput(f"{item.kind} {item.name} has no pod template", spec.origin, "add `template.spec`")
    reading.check_known(template, TEMPLATE, pods.path)
    metadata = mapping_at(template, "metadata")
    if metadata is not None:
        pods.labels = string_map_at(metadata, "labels")
        _read_metadata(metadata, labels, annotations, pods, (*prefix, "template", "metadata"), reading)
    _check_selector(item, spec, pods, reading)
    return pod, (*prefix, "template", "spec")


def _check_selector(item: Object, spec: Mapping, pods: Pods, reading: Reading) -> None:
    """Refuse a selector that the template's labels do not meet, as the API server does."""
    selector = mapping_at(spec, "selector")
    if selector is None or item.kind == "Job":
        return
    if item.kind in ("ReplicationController", "DeploymentConfig"):
        wanted = string_map_at(spec, "selector")
    else:
        if "matchExpressions" in selector.entries:
            reading.keep(pods.path, ("spec", "selector", "matchExpressions"), selector.entries["matchExpressions"])
        wanted = string_map_at(selector, "matchLabels")
    for name, value in wanted.items():
        if pods.labels.get(name) != value:
            raise InvalidInput(
                f"the selector of {item.kind} {item.name} wants the label {name}={value}, which its pods do not have",
                selector.origin,
                "give the pod template the labels of the selector",
            )


def _read_schedule(spec: Mapping, pods: Pods, reading: Reading) -> None:
    cron = required_text(spec, "schedule", "this CronJob")
    reading.origins[(*pods.path, "schedule")] = spec.entries["schedule"].origin
    zone = text_at(spec, "timeZone")
    if zone is not None:
        reading.origins[(*pods.path, "schedule", "time_zone")] = spec.entries["timeZone"].origin
    pods.fields["schedule"] = Schedule(cron, zone)


def _read_scale(spec: Mapping, pods: Pods, reading: Reading) -> None:
    if "replicas" in spec.entries:
        replicas = integer_at(spec, "replicas")
        if replicas is not None:
            if replicas < 0:
                raise InvalidInput("`replicas` is negative", spec.entries["replicas"].origin, "write 0 or more")
            reading.origins[(*pods.path, "scale", "replicas")] = spec.entries["replicas"].origin
            pods.fields["scale"] = Scale(replicas)


def _read_pod(
    pod: Mapping,
    spec: Mapping,
    pods: Pods,
    location: tuple[str, ...],
    stores: Stores,
    links: ServiceLinks,
    reading: Reading,
) -> None:
    item, fields = pods.object, pods.fields
    reading.keep_rest(pod, POD, pods.path, location)
    if "serviceAccount" in pod.entries:
        reading.count(
            "deprecated", "`serviceAccount` is the old name of `serviceAccountName`", pod.keys["serviceAccount"].origin
        )
    volumes = Volumes(pods.key, item.place, pods.path, location, stores, reading)
    if item.kind == "StatefulSet":
        for template in mappings_at(spec, "volumeClaimTemplates"):
            volumes.add_claim_template(template)
    for node in mappings_at(pod, "volumes"):
        volumes.add(node)
    settings = PodSettings(item.place, volumes, links)
    read_pod_settings(pod, settings, pods.path, location, reading)
    fields["containers"] = _read_containers(pod, pods, settings, stores, reading)
    pods.ports = settings.ports
    for port in settings.ports:
        if port.name:
            pods.named_ports.setdefault(port.name, port)
    if len(volumes.mounted) < len(volumes.nodes):
        volumes.keep_unmounted()
    _read_restart(pod, pods, reading)
    _read_host_namespaces(pod, pods, reading)
    placement = read_placement(pod, pods.path, location, reading)
    if placement:
        fields["placement"] = placement
    host, subdomain = text_at(pod, "hostname"), text_at(pod, "subdomain")
    if host and subdomain:
        pods.subdomain = (host, subdomain)


def _read_containers(
    pod: Mapping, pods: Pods, settings: PodSettings, stores: Stores, reading: Reading
) -> dict[str, Container]:
    """Read init containers in their order, then the others."""
    containers: dict[str, Container] = {}
    base = (*pods.path, "containers")
    for field in ("initContainers", "containers"):
        if field not in pod.entries:
            continue
        for node in mappings_at(pod, field):
            name = container_name(node)
            if name in containers:
                raise InvalidInput(
                    f"two containers are named {name}", node.entries["name"].origin, "rename one of them"
                )
            role = Role.MAIN
            restart = text_at(node, "restartPolicy")
            if field == "initContainers":
                role = Role.SIDECAR if restart == "Always" else Role.INIT
                if role is Role.SIDECAR:
                    reading.origins[(*base, name, "role")] = node.entries["restartPolicy"].origin
            if restart is not None and restart != "Always":
                reading.keep((*base, name), ("restartPolicy",), node.entries["restartPolicy"])
            containers[name] = read_container(node, name, (*base, name), role, settings, stores, reading)
    if not any(container.role is Role.MAIN for container in containers.values()):
        raise InvalidInput(f"{pods.object.kind} {pods.object.name} runs no container", pod.origin, "add `containers`")
    return containers


def _read_restart(pod: Mapping, pods: Pods, reading: Reading) -> None:
    said = text_at(pod, "restartPolicy")
    if said is None:
        return
    origin = pod.entries["restartPolicy"].origin
    policy = RESTART.get(said)
    if policy is None:
        raise InvalidInput(f"{said!r} is no restart policy", origin, f"write one of {', '.join(RESTART)}")
    reading.origins[(*pods.path, "restart")] = origin
    pods.fields["restart"] = Restart(policy)


def _read_host_namespaces(pod: Mapping, pods: Pods, reading: Reading) -> None:
    shared: list[str] = []
    for key, name in _HOST_NAMESPACES:
        if key in pod.entries:
            reading.origins[(*pods.path, "host_namespaces", name)] = pod.entries[key].origin
            if boolean_at(pod, key):
                shared.append(name)
    if shared:
        pods.fields["host_namespaces"] = tuple(shared)
