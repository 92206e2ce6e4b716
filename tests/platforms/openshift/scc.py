"""Whether Pods run under restricted-v2, told from the constraint as a cluster has it: independent of what the writer knows.

The text is that of the constraint in github.com/openshift/cluster-kube-apiserver-operator, bindata/bootkube/scc-manifests,
with the two kinds of volumes that later releases allow, too. What the fields mean is in
github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints.
"""

from typing import Any

import yaml

CONSTRAINT: dict[str, Any] = yaml.safe_load("""
allowHostDirVolumePlugin: false
allowHostIPC: false
allowHostNetwork: false
allowHostPID: false
allowHostPorts: false
allowPrivilegeEscalation: false
allowPrivilegedContainer: false
allowedCapabilities: [NET_BIND_SERVICE]
fsGroup: {type: MustRunAs}
readOnlyRootFilesystem: false
requiredDropCapabilities: [ALL]
runAsUser: {type: MustRunAsRange}
seLinuxContext: {type: MustRunAs}
seccompProfiles: [runtime/default]
supplementalGroups: {type: RunAsAny}
volumes: [configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected, secret]
""")


def pods_in(documents: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give the Pod specs in some documents, by the names of their workloads."""
    found: dict[str, dict[str, Any]] = {}
    for document in documents:
        spec = document.get("spec")
        spec = spec.get("jobTemplate", {}).get("spec", spec) if isinstance(spec, dict) else {}
        inner = spec.get("template", {}).get("spec") if isinstance(spec.get("template"), dict) else None
        if inner is not None:
            found[document["metadata"]["name"]] = inner
    return found


def refusals(pod: dict[str, Any], constraint: dict[str, Any] = CONSTRAINT) -> list[str]:
    """Give what admission under a constraint, or the kernel after it, refuses of a Pod."""
    found = [
        field
        for field, allowed in (
            ("hostNetwork", "allowHostNetwork"),
            ("hostPID", "allowHostPID"),
            ("hostIPC", "allowHostIPC"),
        )
        if pod.get(field) and not constraint[allowed]
    ]
    found += [
        f"volume {kind}"
        for volume in pod.get("volumes", [])
        for kind in volume
        if kind != "name" and kind not in constraint["volumes"]
    ]
    context = pod.get("securityContext", {})
    found += _identities(context, constraint)
    if "fsGroup" in context and constraint["fsGroup"]["type"] == "MustRunAs":
        found.append("fsGroup")
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        found += [f"{container['name']}: {each}" for each in _container(container, constraint)]
    return found


def _identities(context: dict[str, Any], constraint: dict[str, Any]) -> list[str]:
    found = []
    if "runAsUser" in context and constraint["runAsUser"]["type"] == "MustRunAsRange":
        found.append(f"runAsUser {context['runAsUser']}")
    if "seLinuxOptions" in context and constraint["seLinuxContext"]["type"] == "MustRunAs":
        found.append("seLinuxOptions")
    profile = context.get("seccompProfile", {}).get("type", "RuntimeDefault")
    if {"RuntimeDefault": "runtime/default", "Unconfined": "unconfined"}.get(profile, profile) not in constraint[
        "seccompProfiles"
    ]:
        found.append(f"seccomp {profile}")
    return found


def _container(container: dict[str, Any], constraint: dict[str, Any]) -> list[str]:
    context = container.get("securityContext", {})
    found = _identities(context, constraint)
    if context.get("privileged") and not constraint["allowPrivilegedContainer"]:
        found.append("privileged")
    if context.get("allowPrivilegeEscalation") and not constraint["allowPrivilegeEscalation"]:
        found.append("allowPrivilegeEscalation")
    added = context.get("capabilities", {}).get("add", [])
    found += [f"adds {each}" for each in added if each not in constraint["allowedCapabilities"]]
    for port in container.get("ports", []):
        if "hostPort" in port and not constraint["allowHostPorts"]:
            found.append(f"hostPort {port['hostPort']}")
        if port["containerPort"] < 1024:
            found.append(f"port {port['containerPort']}")
    return found


def is_confirmed(pod: dict[str, Any]) -> bool:
    """Tell whether a Pod says in full what Pod security admission asks for under `restricted`."""
    return all(
        context.get("allowPrivilegeEscalation") is False
        and context.get("capabilities", {}).get("drop") == ["ALL"]
        and context.get("seccompProfile", {}).get("type") == "RuntimeDefault"
        and "runAsNonRoot" in context
        for container in [*pod.get("initContainers", []), *pod["containers"]]
        for context in [container.get("securityContext", {})]
    )
