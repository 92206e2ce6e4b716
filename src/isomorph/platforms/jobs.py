"""Services that are jobs: platforms that know both run them as what they are."""

from isomorph.model.text import Address
from isomorph.model.workload import Kind, Workload


def find_jobs(workloads: dict[str, Workload]) -> set[str]:
    """Give the services that are jobs: those that end by themselves and that nobody connects to (fact 22)."""
    candidates = {key for key, workload in workloads.items() if _may_be_job(workload)}
    awaited = {
        name
        for workload in workloads.values()
        for name, order in workload.order.items()
        if order.condition == "complete" and name in workloads and workloads[name].kind is Kind.SERVICE
    }
    return awaited | (candidates - _find_addressed(workloads)) if candidates else awaited


def _may_be_job(workload: Workload) -> bool:
    restart = workload.restart
    if workload.kind is not Kind.SERVICE or restart is None or restart.policy not in ("never", "on-failure"):
        return False
    if (
        any(port.offered for port in workload.ports.values())
        or workload.routes
        or workload.scale.replicas not in (None, 1)
    ):
        return False
    return not any(container.readiness or container.liveness for container in workload.containers.values())


def _find_addressed(workloads: dict[str, Workload]) -> set[str]:
    """Give the workloads whose address some other's text holds."""
    found: set[str] = set()
    for key, workload in workloads.items():
        for container in workload.containers.values():
            texts = [*container.variables.values(), *(container.command or ()), *(container.args or ())]
            texts += [file.content for file in container.files.values() if isinstance(file.content, tuple)]
            for text in texts:
                if not isinstance(text, str):
                    found.update(part.workload for part in text if isinstance(part, Address) and part.workload != key)
    return found
