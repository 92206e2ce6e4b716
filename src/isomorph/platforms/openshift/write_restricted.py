"""What was written, held to restricted-v2: what the project's own range decides is left to it, the rest is told.

What needs another constraint than restricted-v2 is written as it is meant, and the constraint named; only what comes out
the same without it, a fixed number of a user or group, is left out. What runs under restricted-v2 says so in full, which is
what Pod security admission asks for, too. A definition that was OpenShift's already keeps every word.
"""

from typing import Any

from isomorph.model.origin import Path
from isomorph.platforms.kubernetes.write_draft import Document, Draft
from isomorph.platforms.openshift.restricted import SCC, Violation, find_violations

_OPENED = 0o440
"""What the kubelet adds to the mode of a file in a read-only volume of a group; source: pkg/volume/volume_linux.go."""


def pod_spec(controller: Document) -> Document:
    """Give the Pod's spec in a controller's document."""
    spec: Document = controller["spec"]
    if controller["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    inner: Document = spec["template"]["spec"]
    return inner


def hold(draft: Draft, key: str, controller: Document, containers: dict[str, str], native: bool) -> None:
    """Hold a workload's Pod to restricted-v2; `containers` are the model's names of containers by those written."""
    spec = pod_spec(controller)
    path = ("workloads", key)
    if not native:
        _leave_out(draft, spec, path, containers)
        _tell_modes(draft, path)
    violations = find_violations(spec)
    for violation in violations:
        _tell(draft, violation, spec, path, containers)
    if not native and not violations:
        for container in _containers(spec):
            _confirm(container)


def _containers(spec: Document) -> list[Document]:
    return [*spec.get("initContainers", ()), *spec.get("containers", ())]


def _leave_out(draft: Draft, spec: Document, path: Path, containers: dict[str, str]) -> None:
    """Leave out the users and groups that a project gives its Pods itself; root is meant, and stays."""
    holders = [(spec, ""), *((container, str(container["name"])) for container in _containers(spec))]
    for holder, name in holders:
        context = holder.get("securityContext")
        if not isinstance(context, dict) or context.get("runAsUser") == 0:
            continue
        place = _place(path, name, containers)
        for field, word in (("runAsUser", "user"), ("runAsGroup", "group"), ("fsGroup", "group of volumes")):
            value = context.pop(field, None)
            if value is not None:
                draft.tell(
                    "lost",
                    f"the {word} {value} is not written: OpenShift runs Pods as a user of the project's own range, in group"
                    " 0, so what the image writes to must be open to that group (an account with the constraint nonroot-v2"
                    " may keep the number)",
                    (*place, "security", word.partition(" ")[0]) if name else path,
                )
        if not context:
            del holder["securityContext"]


def _tell_modes(draft: Draft, path: Path) -> None:
    """Tell of files that only their owner would read: the kubelet opens them to the group of the Pod's volumes."""
    for name, container in draft.peers[path[1]].workload.containers.items():
        for target, file in container.files.items():
            if file.mode is not None and file.mode | _OPENED != file.mode:
                draft.tell(
                    "approximated",
                    f"{target} has the mode {file.mode | _OPENED:04o} instead of {file.mode:04o}: under {SCC} the group"
                    " of the Pod's volumes may read it",
                    (*path, "containers", name, "files", target, "mode"),
                )


def _tell(draft: Draft, violation: Violation, spec: Document, path: Path, containers: dict[str, str]) -> None:
    rule = violation.rule
    account = spec.get("serviceAccountName", "default")
    instead = f"{rule.instead}, or " if rule.instead else ""
    draft.tell(
        "refused",
        f"{violation.words}, and so does not run under {SCC}: {instead}"
        f"`oc adm policy add-scc-to-user {rule.grants} -z {account}`",
        _find_place(draft, violation, path, containers),
    )


_ASPECTS = {
    "securityContext.runAsUser": "user",
    "securityContext.privileged": "privileged",
    "securityContext.allowPrivilegeEscalation": "no_new_privileges",
    "securityContext.capabilities.add": "capabilities_added",
}
"""Where the model has what a container says at a place of the table."""

_NAMESPACES = {"hostNetwork": "network", "hostPID": "pid", "hostIPC": "ipc"}


def _find_place(draft: Draft, violation: Violation, path: Path, containers: dict[str, str]) -> Path:
    """Give the place in the model of what is refused, as near as it is known."""
    where, workload = violation.rule.place, draft.peers[path[1]].workload
    if where in _NAMESPACES:
        return (*path, "host_namespaces", _NAMESPACES[where])
    if where.startswith("ports."):
        for key, port in workload.ports.items():
            if violation.value == port.target or any(each.port == violation.value for each in port.exposures):
                return (*path, "ports", key)
    if where == "volumes.*.hostPath.path":
        for name, container in workload.containers.items():
            for target, mount in container.mounts.items():
                volume = draft.application.volumes.get(mount.volume)
                if volume is not None and volume.host_path == violation.value:
                    return (*path, "containers", name, "mounts", target)
    place = _place(path, violation.container, containers)
    return (*place, "security", _ASPECTS[where]) if where in _ASPECTS else place


def _place(path: Path, container: str, containers: dict[str, str]) -> Path:
    return (*path, "containers", containers[container]) if container in containers else path


def _confirm(container: Document) -> None:
    """Say of a container that it needs no more than restricted-v2 gives."""
    context: dict[str, Any] = container.setdefault("securityContext", {})
    context.setdefault("runAsNonRoot", True)
    context.setdefault("allowPrivilegeEscalation", False)
    capabilities = context.setdefault("capabilities", {})
    if "ALL" not in capabilities.get("drop", ()):
        capabilities["drop"] = ["ALL"]
    context.setdefault("seccompProfile", {"type": "RuntimeDefault"})
