"""One container: image, process, variables, compute, security; its mounts and ports come from its Pod."""

from isomorph.model.image import image_text, print_image
from isomorph.model.origin import Path
from isomorph.model.text import Placeholder, SecretValue, is_unresolved
from isomorph.model.workload import Compute, Container, Role, Security
from isomorph.platforms.kubernetes.names import to_key
from isomorph.platforms.kubernetes.quantities import print_bytes, print_cpu
from isomorph.platforms.kubernetes.write_draft import Document, Draft, Peer
from isomorph.platforms.kubernetes.write_probes import Timing, write_probes
from isomorph.platforms.kubernetes.write_text import ContainerTexts, plain

_PULL = {"always": "Always", "missing": "IfNotPresent", "never": "Never"}
_BYTES = ("memory", "ephemeral-storage", "storage", "hugepages-")


def write_container(
    draft: Draft, peer: Peer, key: str, container: Container, path: Path, name: str, silence: Timing, role: Role
) -> tuple[Document, ContainerTexts]:
    """Give a container without ports and mounts, and the texts that were written for it."""
    texts = ContainerTexts(draft, container, path, peer.namespace)
    written: Document = {"name": name, "image": _to_image(draft, peer, key, container, path)}
    if container.pull_policy is not None:
        policy = _PULL.get(container.pull_policy)
        if policy:
            written["imagePullPolicy"] = policy
    if role is Role.SIDECAR:
        written["restartPolicy"] = "Always"
    _add_process(draft, written, container, texts, path)
    if container.workdir is not None:
        written["workingDir"] = container.workdir
    if container.variables_from:
        written["envFrom"] = _to_env_from(draft, peer, container, texts)
    if texts.env:
        written["env"] = texts.env
    compute = container.compute
    if compute.requests or compute.limits:
        written["resources"] = _to_resources(draft, compute, (*path, "compute"))
    if role is Role.INIT:
        if container.readiness or container.liveness or container.startup:
            draft.tell("lost", "an init container has no probes in Kubernetes", path)
    elif container.readiness is not None or container.liveness is not None or container.startup is not None:
        healthy = role is Role.SIDECAR and "healthy" in container.before.values()
        written.update(write_probes(draft, container, texts, path, silence, healthy=healthy))
    elif role is Role.SIDECAR and "healthy" in container.before.values():
        draft.tell("lost", "nothing tells when a container is healthy that another waits for", path)
    security = to_security(draft, container.security, (*path, "security"))
    if security:
        written["securityContext"] = security
    if container.stop_signal is not None:
        _add_stop_signal(draft, written, container.stop_signal, path)
    return written, texts


def _add_process(draft: Draft, written: Document, container: Container, texts: ContainerTexts, path: Path) -> None:
    """Add command and args; the API drops empty ones, and then the image's count (fact 2)."""
    command, args = container.command, container.args
    if command:
        written["command"] = texts.vector(command, (*path, "command"))
    elif command is not None:
        draft.tell("lost", "an empty command leaves the image's entrypoint in force in Kubernetes", (*path, "command"))
    if args:
        written["args"] = texts.vector(args, (*path, "args"))
    elif args is not None and not command:
        draft.tell("lost", "empty arguments leave the image's in force in Kubernetes", (*path, "args"))


def _to_image(draft: Draft, peer: Peer, key: str, container: Container, path: Path) -> str:
    image = container.image
    if image is not None:
        if is_unresolved(image_text(image)):
            text = print_image(image)
            draft.tell(
                "lost", f"the image {text} is not settled; the output has it as it was written", (*path, "image")
            )
        else:
            text = plain(draft, image_text(image), (*path, "image"))
        if container.build is not None:
            draft.tell("lost", "Kubernetes builds no images; push the image under the name given", (*path, "build"))
        return text
    project = draft.options.name or draft.application.name
    made = to_key(f"{project}-{key}" if project else key).lower()
    if container.build is not None:
        draft.tell(
            "assumed",
            "Kubernetes builds no images; push what is built, under the name that was written",
            (*path, "build"),
            f"{peer.workload.name} ({made})",
        )
    else:
        draft.tell(
            "assumed",
            "the image is to be supplied; a name was made up for it",
            (*path, "image"),
            f"{peer.workload.name} ({made})",
        )
    return made


def _to_env_from(draft: Draft, peer: Peer, container: Container, texts: ContainerTexts) -> list[Document]:
    sources: list[Document] = []
    for reference in container.variables_from:
        secret = isinstance(reference, SecretValue)
        source: Document = {
            "name": draft.use_store("Secret" if secret else "ConfigMap", reference.name, peer.namespace)
        }
        if not secret:
            texts.stores.add(reference.name)
        if reference.optional:
            source["optional"] = True
        sources.append({"secretRef" if secret else "configMapRef": source})
    return sources


def _to_resources(draft: Draft, compute: Compute, path: Path) -> Document:
    written: Document = {}
    limits = compute.limits or {}
    for field, amounts in (("requests", compute.requests), ("limits", compute.limits)):
        if not amounts:
            continue
        quantities: Document = {}
        for resource, amount in amounts.items():
            if isinstance(amount, Placeholder):
                draft.tell("lost", f"{resource} is not settled ({amount.expression})", (*path, field, resource))
                continue
            limit = limits.get(resource)
            if field == "requests" and isinstance(limit, int) and amount > limit:
                draft.tell("approximated", f"more {resource} was requested than the limit allows", (*path, field))
                amount = limit
            quantities[resource] = print_amount(resource, amount)
        if quantities:
            written[field] = quantities
    return written


def print_amount(resource: str, amount: int) -> str:
    """Spell an amount of a resource: CPU in cores, memory and storage in bytes, others as they are counted."""
    if resource == "cpu":
        return print_cpu(amount)
    return print_bytes(amount) if resource.startswith(_BYTES) else str(amount)


def to_security(draft: Draft, security: Security, path: Path) -> Document:
    """Give a container's securityContext."""
    written: Document = {}
    for field, key in (("user", "runAsUser"), ("group", "runAsGroup")):
        value = getattr(security, field)
        if value is None:
            continue
        if value.isdecimal():
            written[key] = int(value)
        else:
            draft.tell("lost", f"Kubernetes takes a {field} by number only, not {value!r}", (*path, field))
    if security.non_root is not None:
        written["runAsNonRoot"] = security.non_root
    capabilities: Document = {}
    if security.capabilities_added is not None:
        capabilities["add"] = list(security.capabilities_added)
    if security.capabilities_dropped is not None:
        capabilities["drop"] = list(security.capabilities_dropped)
    if capabilities:
        written["capabilities"] = capabilities
    if security.read_only_root is not None:
        written["readOnlyRootFilesystem"] = security.read_only_root
    if security.privileged is not None:
        written["privileged"] = security.privileged
    if security.no_new_privileges is not None:
        written["allowPrivilegeEscalation"] = not security.no_new_privileges
        if security.no_new_privileges and (security.privileged or "SYS_ADMIN" in (security.capabilities_added or ())):
            del written["allowPrivilegeEscalation"]
            draft.tell("lost", "the API refuses no new privileges for a privileged container", path)
    return written


def _add_stop_signal(draft: Draft, written: Document, signal: str, path: Path) -> None:
    name = signal.upper()
    name = name if name.startswith("SIG") else f"SIG{name}"
    if name == "SIGTERM" or name[3:].isdigit():
        if name != "SIGTERM":
            draft.tell("lost", f"the stop signal {signal} has no name in Kubernetes", (*path, "stop_signal"))
        return
    written["lifecycle"] = {"stopSignal": name}
    draft.tell(
        "approximated",
        "a stop signal holds only where the cluster's feature ContainerStopSignals is on, else the image's does",
        (*path, "stop_signal"),
    )
