"""What Score leaves to the platform, told where a definition says it."""

from collections.abc import Iterator

from isomorph.model.origin import Path
from isomorph.model.workload import Container, Kind, Probe, Workload
from isomorph.platforms.score.write_workload import WorkloadWriting

_KINDS = {Kind.DAEMON: "kind.daemon", Kind.JOB: "kind.job", Kind.SCHEDULED: "kind.scheduled"}
_SECURITY = {
    "user": "security.user",
    "group": "security.group",
    "non_root": "security.non-root",
    "capabilities_added": "security.capability",
    "capabilities_dropped": "security.capability",
    "read_only_root": "security.read-only-root",
    "privileged": "security.privileged",
    "no_new_privileges": "security.no-new-privileges",
}
_TIMING = {
    "period": "probe.period",
    "timeout": "probe.timeout",
    "failures": "probe.failures",
    "successes": "probe.successes",
    "initial_delay": "probe.initial-delay",
    "grace": "probe.grace",
}
_CONTAINER = {
    "pull_policy": "image.pull-policy",
    "workdir": "process.workdir",
    "stop_signal": "process.stop-signal",
    "stop_grace": "process.stop-grace",
}

Loss = tuple[str, Path, str]


def report_losses(writing: WorkloadWriting) -> None:
    """Report all that a workload says and Score does not."""
    for field, path, what in _workload_losses(writing.workload, writing.name):
        writing.lose(field, (*writing.path, *path), what)
    for key, container in writing.workload.containers.items():
        for field, path, what in _container_losses(container):
            writing.lose(field, (*writing.path, "containers", key, *path), what)


def _workload_losses(workload: Workload, name: str) -> Iterator[Loss]:
    if workload.kind in _KINDS:
        yield _KINDS[workload.kind], ("kind",), f"that it is a {workload.kind.value} workload"
    if workload.schedule is not None:
        yield "schedule", ("schedule",), f"schedule {workload.schedule.cron}"
    for other in workload.names:
        if other != name and not other.startswith(f"{name}."):
            yield "dns.record", ("names",), f"its name {other}"
    scale = workload.scale
    if scale.replicas is not None:
        yield "scale.replicas", ("scale", "replicas"), "number of instances"
    if scale.minimum is not None or scale.maximum is not None or scale.targets:
        yield "scale.autoscaling", ("scale",), "autoscaling"
    if workload.restart is not None:
        yield "lifecycle.restart", ("restart",), f"restart {workload.restart.policy}"
    for namespace in workload.host_namespaces:
        yield "security.host-namespace", ("host_namespaces", namespace), f"the host's {namespace} namespace"
    if workload.placement:
        yield "placement.constraint", ("placement",), "placement"
    if workload.networks is not None:
        yield "network.reach", ("networks",), "networks"
    if workload.labels:
        yield "labels", ("labels",), "labels"


def _container_losses(container: Container) -> Iterator[Loss]:
    for attribute, field in _CONTAINER.items():
        if getattr(container, attribute) is not None:
            yield field, (attribute,), field.partition(".")[2].replace("-", " ")
    for attribute, field in _SECURITY.items():
        if getattr(container.security, attribute) is not None:
            yield field, ("security", attribute), attribute.replace("_", " ")
    for name in ("liveness", "readiness"):
        probe: Probe | None = getattr(container, name)
        if probe is None:
            continue
        for attribute, field in _TIMING.items():
            if getattr(probe, attribute) is not None:
                yield field, (name, attribute), f"{attribute.replace('_', ' ')} of the {name} probe"
        if probe.disabled:
            yield "probe.startup", (name,), "that the image's own health check is off"
    if container.startup is not None:
        yield "probe.startup", ("startup",), "startup probe"
