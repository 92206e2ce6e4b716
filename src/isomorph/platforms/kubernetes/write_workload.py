"""A workload's controller: its Pod template, kind, scale, life cycle and placement."""

from typing import Any

from isomorph.model.origin import Path
from isomorph.model.text import Placeholder
from isomorph.model.workload import Constraint, Container, Kind, Port, Role, Workload
from isomorph.platforms.kubernetes.known import VAULT_AGENT
from isomorph.platforms.kubernetes.names import UniqueNames, is_label_key, is_label_value, to_container_name
from isomorph.platforms.kubernetes.write_container import write_container
from isomorph.platforms.kubernetes.write_draft import INSTANCE_LABEL, MANAGED_LABEL, NAME_LABEL, Document, Draft, Peer
from isomorph.platforms.kubernetes.write_files import PodFiles
from isomorph.platforms.kubernetes.write_network import container_port_name
from isomorph.platforms.kubernetes.write_storage import PodVolumes, write_mounts
from isomorph.platforms.silence import Silence

PART_LABEL = "app.kubernetes.io/part-of"
CHECKSUM = "checksum/config"
_ATTRIBUTES = {
    "os": "kubernetes.io/os",
    "arch": "kubernetes.io/arch",
    "hostname": "kubernetes.io/hostname",
    "zone": "topology.kubernetes.io/zone",
    "region": "topology.kubernetes.io/region",
}
_OPERATORS = {
    "=": "In", "in": "In", "!=": "NotIn", "not-in": "NotIn", "exists": "Exists", "absent": "DoesNotExist", ">": "Gt", "<": "Lt",
}  # fmt: skip
_CONTROLLERS = {
    Kind.SERVICE: ("apps/v1", "Deployment"),
    Kind.STATEFUL: ("apps/v1", "StatefulSet"),
    Kind.DAEMON: ("apps/v1", "DaemonSet"),
    Kind.JOB: ("batch/v1", "Job"),
    Kind.SCHEDULED: ("batch/v1", "CronJob"),
}
_BEHIND_PORTS = (
    "envFrom", "env", "resources", "livenessProbe", "readinessProbe", "startupProbe", "securityContext", "lifecycle",
    "volumeMounts",
)  # fmt: skip
_ENDLESS = 2_147_483_647
"""Retries of a Job without a limit: the API's greatest number."""


class Pod:
    """A workload's Pod: its labels, annotations and spec, the containers by name, and the objects it brings along."""

    __slots__ = ("annotations", "claims", "containers", "labels", "objects", "roles", "spec", "templates", "volumes")

    def __init__(self) -> None:
        self.labels: Document = {}
        self.annotations: Document = {}
        self.spec: Document = {}
        self.containers: dict[str, Document] = {}
        self.objects: list[Document] = []
        self.roles: dict[str, Role] = {}
        self.templates: dict[str, Document] = {}
        self.volumes: dict[str, Document] = {}
        self.claims: list[str] = []


def write_pod(draft: Draft, key: str, peer: Peer, silence: Silence) -> Pod:
    """Give the Pod of a workload."""
    workload = peer.workload
    path = ("workloads", key)
    pod = Pod()
    pod.labels, pod.annotations = _to_labels(draft, workload, peer, path)
    roles = _find_roles(draft, workload, path)
    volumes = PodVolumes()
    files = PodFiles(draft, peer, volumes, path)
    names = UniqueNames()
    stores: set[str] = set()
    injected = _find_injected(workload)
    for name, container in workload.containers.items():
        place = (*path, "containers", name)
        taken = names.take(to_container_name(name), name)
        document, texts = write_container(
            draft, peer, name, container, place, taken, silence.of_probe("readiness"), roles[name]
        )
        own = container.files
        if name in injected:
            own = {target: file for target, file in own.items() if target not in injected[name]}
        mounts = files.write_mounts(own, place) if own else []
        if container.mounts:
            mounts += write_mounts(draft, peer, key, container.mounts, volumes, place)
        if mounts:
            document["volumeMounts"] = mounts
        if texts.stores:
            stores |= texts.stores
        pod.containers[name] = document
    pod.roles = roles
    pod.objects = files.finish()
    pod.templates = volumes.templates
    pod.volumes = volumes.by_key()
    pod.claims = volumes.claims
    if not draft.native:
        checksum = files.checksum(stores, pod.objects)
        if checksum:
            pod.annotations = {**pod.annotations, CHECKSUM: checksum}
    pod.spec = _to_spec(draft, workload, pod, roles, volumes, silence, path)
    return pod


def _find_injected(workload: Workload) -> dict[str, set[str]]:
    """Give, by container, the paths of the files that the annotations of a workload ask Vault's agent for."""
    if VAULT_AGENT not in workload.annotations:
        return {}
    from isomorph.platforms.kubernetes.vault_agent import find_injected, receivers

    paths = {each.path for each in find_injected(workload.annotations)}
    return dict.fromkeys(receivers(workload.annotations, workload.containers), paths)


def _to_labels(draft: Draft, workload: Workload, peer: Peer, path: Path) -> tuple[Document, Document]:
    """Give labels and annotations; a label that the API would refuse becomes an annotation (fact 31)."""
    labels: Document = {NAME_LABEL: peer.controller}
    known = draft.options.known_as.get(path[1])
    if known is not None:
        labels[INSTANCE_LABEL] = known
    annotations: Document = {}
    for name, value in workload.labels.items():
        if name == NAME_LABEL:
            if value != labels[NAME_LABEL]:
                draft.tell("renamed", f"the label {name} is the workload's name, by which Services find it", path)
        elif not is_label_key(name):
            draft.tell("lost", f"{name!r} is no key of a label or annotation", path)
        elif is_label_value(value):
            labels[name] = value
        else:
            annotations[name] = value
            draft.tell("approximated", "a label whose value the API refuses is an annotation", (*path, "labels", name))
    for name, value in workload.annotations.items():
        if is_label_key(name):
            annotations[name] = value
        else:
            draft.tell("lost", f"{name!r} is no key of a label or annotation", path)
    if not draft.native:
        labels.setdefault(MANAGED_LABEL, "isomorph")
    project = draft.options.name or draft.application.name
    if project and is_label_value(project):
        labels.setdefault(PART_LABEL, project)
    return labels, annotations


def _find_roles(draft: Draft, workload: Workload, path: Path) -> dict[str, Role]:
    """Give each container's role: one that another waits for starts before it, so it is an init container (fact 25)."""
    roles: dict[str, Role] = {}
    for name, container in workload.containers.items():
        role = container.role
        if role is Role.MAIN and container.before:
            role = Role.INIT if "complete" in container.before.values() else Role.SIDECAR
        roles[name] = role
    if workload.containers and Role.MAIN not in roles.values():
        last = next(reversed(workload.containers))
        roles[last] = Role.MAIN
        draft.tell("lost", "one container must be the last to start; it waits for the others", path)
    return roles


def place_ports(draft: Draft, peer: Peer, pod: Pod) -> None:
    """Put each port on the container whose probe asks it, else on the first that stays."""
    workload, roles = peer.workload, pod.roles
    ports = [*workload.ports.values(), *(port for key, port in peer.inferred.items() if key not in workload.ports)]
    if not ports:
        return
    default = next((name for name, role in roles.items() if role is Role.MAIN), None)
    probed: dict[Any, str] = {}
    if len(workload.containers) > 1:
        for name, container in workload.containers.items():
            for probe in (container.readiness, container.liveness, container.startup):
                number = getattr(probe.check, "port", None) if probe and roles[name] is not Role.INIT else None
                if number is not None:
                    probed.setdefault(number, name)
    seen: set[tuple[int, str]] = set()
    taken: set[str] = set()
    for port in ports:
        owner = probed.get(port.target, default)
        if owner is None or (port.target, port.protocol) in seen:
            continue
        seen.add((port.target, port.protocol))
        document = pod.containers[owner]
        if "ports" not in document:
            # Known only now, and written where people look for it: before what the container is granted.
            behind = {field: document.pop(field) for field in _BEHIND_PORTS if field in document}
            document["ports"] = []
            document.update(behind)
        document["ports"].append(_to_container_port(draft, port, taken))


def _to_container_port(draft: Draft, port: Port, taken: set[str]) -> Document:
    entry: Document = {}
    name = container_port_name(port, taken)
    if name is not None:
        entry["name"] = name
    entry["containerPort"] = port.target
    if port.protocol != "tcp":
        entry["protocol"] = port.protocol.upper()
    if draft.native:
        for exposure in port.exposures:
            if exposure.kind == "host" and exposure.port is not None:
                entry["hostPort"] = exposure.port
                if exposure.address:
                    entry["hostIP"] = exposure.address
                break
    return entry


def _to_spec(
    draft: Draft,
    workload: Workload,
    pod: Pod,
    roles: dict[str, Role],
    volumes: PodVolumes,
    silence: Silence,
    path: Path,
) -> Document:
    spec: Document = {}
    if not draft.native:
        # Kubernetes would inject SVC_PORT=tcp://… for every Service, which breaks what reads it (fact 10).
        spec["enableServiceLinks"] = False
    policy = _restart_policy(draft, workload, silence, path)
    if policy is not None:
        spec["restartPolicy"] = policy
    grace = _stop_grace(draft, workload, silence, path)
    if grace is not None:
        spec["terminationGracePeriodSeconds"] = grace
    for namespace, field in (("network", "hostNetwork"), ("pid", "hostPID"), ("ipc", "hostIPC")):
        if namespace in workload.host_namespaces:
            spec[field] = True
    if "network" in workload.host_namespaces and not draft.native:
        spec["dnsPolicy"] = "ClusterFirstWithHostNet"
    _add_placement(draft, spec, workload.placement, path)
    if any("lifecycle" in document for document in pod.containers.values()):
        spec["os"] = {"name": "linux"}
    first = _order_first(workload.containers, roles)
    if first:
        spec["initContainers"] = [pod.containers[name] for name in first]
    spec["containers"] = [pod.containers[name] for name, role in roles.items() if role is Role.MAIN]
    if volumes.volumes:
        spec["volumes"] = volumes.volumes
    return spec


def _order_first(containers: dict[str, Container], roles: dict[str, Role]) -> list[str]:
    """Give the containers that start first, each after those that are said to be before it."""
    waiting = [name for name, role in roles.items() if role is not Role.MAIN]
    ordered: list[str] = []
    while waiting:
        # Taken in the order in which they were written, as far as nothing else is said.
        ready = next(
            (
                name
                for name in waiting
                if not any(name in containers[other].before for other in waiting if other != name)
            ),
            waiting[0],
        )
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


def _restart_policy(draft: Draft, workload: Workload, silence: Silence, path: Path) -> str | None:
    restart = workload.restart
    once = workload.kind in (Kind.JOB, Kind.SCHEDULED)
    place = (*path, "restart")
    if restart is None:
        return ("Never" if silence.restart == "never" else "OnFailure") if once else None
    if once:
        if restart.policy in ("always", "unless-stopped"):
            draft.tell("approximated", "a job that is started again whenever it ends is retried on failure", place)
            return "OnFailure"
        return "Never" if restart.policy == "never" else "OnFailure"
    if restart.policy in ("never", "on-failure"):
        draft.tell(
            "approximated", f"what runs on is always started again in Kubernetes (it said {restart.policy})", place
        )
    elif restart.policy == "unless-stopped":
        draft.tell("approximated", "unless-stopped is always in Kubernetes, which knows no stop by hand", place)
    return "Always"


def _stop_grace(draft: Draft, workload: Workload, silence: Silence, path: Path) -> int | None:
    """Give the Pod's grace in seconds: the longest of its containers'."""
    graces = {
        silence.stop_grace if container.stop_grace is None else container.stop_grace
        for container in workload.containers.values()
        if container.role is not Role.INIT
    }
    said = [grace for grace in graces if grace is not None]
    if not said:
        return None
    grace = max(said)
    if len(said) > 1:
        draft.tell("approximated", "all containers of a Pod have the longest grace of any", path)
    if grace % 1000:
        draft.tell("approximated", "the time to stop is in whole seconds, rounded up", path)
    return -(-grace // 1000)


def _add_placement(draft: Draft, spec: Document, placement: tuple[Constraint, ...], path: Path) -> None:
    """Say one required value of a node's label by nodeSelector, all else by node affinity."""
    selector: Document = {}
    expressions: list[Document] = []
    for constraint in placement:
        label = _ATTRIBUTES.get(constraint.attribute, constraint.attribute)
        operator = _OPERATORS.get(constraint.operator)
        if operator is None or not is_label_key(label) or label.startswith(("node.", "engine.")):
            draft.tell("lost", f"Kubernetes' nodes have no {constraint.attribute}", (*path, "placement"))
        elif operator == "In" and len(constraint.values) == 1 and label not in selector:
            selector[label] = constraint.values[0]
        else:
            expression: Document = {"key": label, "operator": operator}
            if constraint.values:
                expression["values"] = list(constraint.values)
            expressions.append(expression)
    if selector:
        spec["nodeSelector"] = selector
    if expressions:
        terms = {"nodeSelectorTerms": [{"matchExpressions": expressions}]}
        spec["affinity"] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def write_controller(draft: Draft, key: str, peer: Peer, pod: Pod) -> Document:
    """Give the controller of a workload's Pods."""
    workload = peer.workload
    version, kind = _CONTROLLERS[workload.kind]
    metadata: Document = {"name": peer.controller}
    if peer.namespace:
        metadata["namespace"] = peer.namespace
    metadata["labels"] = pod.labels
    annotations = {name: value for name, value in pod.annotations.items() if name != CHECKSUM or draft.native}
    if annotations:
        metadata["annotations"] = annotations
    inner: Document = {"labels": pod.labels}
    if pod.annotations:
        inner["annotations"] = pod.annotations
    template: Document = {"metadata": inner, "spec": pod.spec}
    spec = _to_controller_spec(draft, key, peer, pod, template)
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def _to_controller_spec(draft: Draft, key: str, peer: Peer, pod: Pod, template: Document) -> Document:
    workload = peer.workload
    kind = workload.kind
    replicas = _replicas(draft, workload, ("workloads", key))
    spec: Document = {}
    if kind in (Kind.JOB, Kind.SCHEDULED):
        job: Document = {}
        restart = workload.restart
        if not draft.native:
            if template["spec"]["restartPolicy"] == "Never":
                job["backoffLimit"] = 0
            elif restart is not None and restart.policy == "on-failure":
                job["backoffLimit"] = _ENDLESS if restart.attempts is None else restart.attempts
        job["template"] = template
        if kind is Kind.JOB:
            return job
        schedule = workload.schedule
        if schedule is None:
            draft.tell("assumed", "a scheduled job without a time runs every hour", ("workloads", key))
        spec["schedule"] = schedule.cron if schedule else "0 * * * *"
        if schedule and schedule.time_zone:
            spec["timeZone"] = schedule.time_zone
        spec["jobTemplate"] = {"spec": job}
        return spec
    if replicas is not None:
        spec["replicas"] = replicas
    # What runs already keeps its selector, which the API lets nobody change.
    own = INSTANCE_LABEL if key in draft.options.known_as else NAME_LABEL
    spec["selector"] = {"matchLabels": {own: pod.labels[own]}}
    if kind is Kind.STATEFUL:
        spec["serviceName"] = peer.headless or peer.main
    if kind is Kind.SERVICE and pod.claims and not draft.native and not _many_may_mount(draft, pod.claims):
        # A rolling update would wait for ever: the new Pod cannot have the claim before the old one is gone.
        spec["strategy"] = {"type": "Recreate"}
    spec["template"] = template
    if pod.templates:
        spec["volumeClaimTemplates"] = list(pod.templates.values())
    return spec


def _many_may_mount(draft: Draft, claims: list[str]) -> bool:
    volumes = draft.application.volumes
    return all("read-write-many" in (volumes[name].access or ()) for name in claims if name in volumes)


def _replicas(draft: Draft, workload: Workload, path: Path) -> int | None:
    replicas = workload.scale.replicas
    place = (*path, "scale", "replicas")
    if replicas is None:
        return None
    if isinstance(replicas, Placeholder):
        draft.tell("lost", f"the number of instances is not settled ({replicas.expression})", place)
        return None
    if workload.kind in (Kind.SERVICE, Kind.STATEFUL):
        return replicas
    if replicas != 1:
        draft.tell("lost", f"a {workload.kind.value} has no number of instances in Kubernetes", place)
    return None


def write_autoscaler(draft: Draft, key: str, peer: Peer, labels: Document) -> list[Document]:
    """Give the HorizontalPodAutoscaler of a workload that has bounds or targets."""
    scale = peer.workload.scale
    if scale.minimum is None and scale.maximum is None and not scale.targets:
        return []
    path = ("workloads", key, "scale")
    version, kind = _CONTROLLERS[peer.workload.kind]
    if kind not in ("Deployment", "StatefulSet"):
        draft.tell("lost", f"a {kind} cannot be autoscaled", path)
        return []
    maximum = scale.maximum
    if maximum is None:
        fixed = scale.replicas if isinstance(scale.replicas, int) else 1
        maximum = max(scale.minimum or 1, fixed)
        draft.tell("assumed", f"an autoscaler needs an upper bound: {maximum}", path)
    spec: Document = {"scaleTargetRef": {"apiVersion": version, "kind": kind, "name": peer.controller}}
    if scale.minimum is not None:
        spec["minReplicas"] = scale.minimum
    spec["maxReplicas"] = maximum
    if scale.targets:
        spec["metrics"] = [
            {
                "type": "Resource",
                "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}},
            }
            for name, percent in scale.targets.items()
        ]
    metadata: Document = {"name": peer.controller}
    if peer.namespace:
        metadata["namespace"] = peer.namespace
    metadata["labels"] = labels
    return [{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}]
