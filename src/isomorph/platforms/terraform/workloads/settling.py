"""What another platform takes for granted, said in so many words: in a Terraform configuration silence is Kubernetes'."""

from msgspec.structs import replace

from isomorph.model.application import Definition
from isomorph.model.workload import Container, Probe, Restart, Role, Workload
from isomorph.platforms.silence import Silence, find_silence
from isomorph.platforms.terraform.reading import PLATFORM

_TIMING = ("period", "timeout", "failures", "successes", "initial_delay", "grace")


def settle_silence(definition: Definition, platform: str) -> Definition:
    """Say what a platform does where a definition of it is silent."""
    silence = find_silence(platform, PLATFORM)
    workloads = {key: settle_workload(each, silence) for key, each in definition.application.workloads.items()}
    return replace(definition, application=replace(definition.application, workloads=workloads))


def settle_workload(workload: Workload, silence: Silence) -> Workload:
    """Say what a platform does where a workload is silent."""
    containers = {name: _settle_container(each, silence) for name, each in workload.containers.items()}
    restart = workload.restart or (Restart(silence.restart) if silence.restart else None)
    return replace(workload, containers=containers, restart=restart)


def _settle_container(container: Container, silence: Silence) -> Container:
    stop_grace = container.stop_grace
    if stop_grace is None and container.role is not Role.INIT:
        stop_grace = silence.stop_grace
    return replace(
        container,
        stop_grace=stop_grace,
        liveness=settle_probe(container.liveness, silence.of_probe("liveness")),
        readiness=settle_probe(container.readiness, silence.of_probe("readiness")),
        startup=settle_probe(container.startup, silence.of_probe("startup")),
    )


def settle_probe(probe: Probe | None, timing: dict[str, int]) -> Probe | None:
    """Say what is silent of a check's timing."""
    if probe is None or probe.check is None:
        return probe
    said = {field: timing.get(field.replace("_", "-")) for field in _TIMING if getattr(probe, field) is None}
    return replace(probe, **{field: value for field, value in said.items() if value is not None})
