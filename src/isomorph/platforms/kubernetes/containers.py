"""Containers: image, process, compute, security; variables, files, mounts and probes by their own modules."""

from isomorph.model.errors import InvalidInput
from isomorph.model.image import Image, parse_image
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Placeholder, Text, print_text
from isomorph.model.workload import Compute, Container, Role, Security
from isomorph.platforms.kubernetes.fields import (
    boolean_at,
    check_port,
    integer_at,
    items_at,
    mapping_at,
    mappings_at,
    port_at,
    quantity_of,
    required_text,
    sequence_at,
    text_at,
    text_of,
)
from isomorph.platforms.kubernetes.known import (
    CAPABILITIES,
    CONTAINER,
    CONTAINER_PORT,
    LIFECYCLE,
    POD_SECURITY,
    RESOURCES,
    SECURITY,
)
from isomorph.platforms.kubernetes.probes import read_probes
from isomorph.platforms.kubernetes.quantities import parse_bytes, parse_cpu
from isomorph.platforms.kubernetes.reading import Reading
from isomorph.platforms.kubernetes.service_links import ServiceLinks
from isomorph.platforms.kubernetes.stores import Stores
from isomorph.platforms.kubernetes.variables import Variables, drop_auxiliary, expand, read_variables
from isomorph.platforms.kubernetes.volumes import Volumes, read_mounts
from isomorph.syntax.tree import Mapping, Pieced

PULL_POLICIES = {"Always": "always", "IfNotPresent": "missing", "Never": "never"}
PROTOCOLS = {"TCP": "tcp", "UDP": "udp", "SCTP": "sctp"}
_IDS = (("runAsUser", "user"), ("runAsGroup", "group"))
_SWITCHES = (
    ("runAsNonRoot", "non_root"),
    ("readOnlyRootFilesystem", "read_only_root"),
    ("privileged", "privileged"),
)


class ContainerPort:
    """A port that a container declares."""

    __slots__ = ("address", "container", "host", "host_origin", "name", "number", "origin", "protocol")

    def __init__(self, number: int, protocol: str, name: str | None, container: str, origin: Origin) -> None:
        self.number = number
        self.protocol = protocol
        self.name = name
        self.container = container
        self.origin = origin
        self.host: int | None = None
        self.address: str | None = None
        self.host_origin = origin


class PodSettings:
    """What a pod says for all of its containers, each with where it says it."""

    __slots__ = ("links", "namespace", "ports", "security", "stop_grace", "stop_grace_origin", "volumes")

    def __init__(self, namespace: str, volumes: Volumes, links: ServiceLinks) -> None:
        self.namespace = namespace
        self.links: ServiceLinks | None = links
        self.volumes = volumes
        self.security: Mapping | None = None
        self.stop_grace: int | None = None
        self.stop_grace_origin: Origin | None = None
        self.ports: list[ContainerPort] = []


def read_pod_settings(
    pod: Mapping, settings: PodSettings, path: Path, location: tuple[str, ...], reading: Reading
) -> None:
    """Read what containers take from their pod."""
    seconds = integer_at(pod, "terminationGracePeriodSeconds")
    if seconds is not None:
        settings.stop_grace = seconds * 1000
        settings.stop_grace_origin = pod.entries["terminationGracePeriodSeconds"].origin
    if boolean_at(pod, "enableServiceLinks") is False:
        settings.links = None
    security = mapping_at(pod, "securityContext")
    if security is not None:
        settings.security = security
        reading.keep_rest(security, POD_SECURITY, path, (*location, "securityContext"))


def read_container(
    node: Mapping, name: str, path: Path, role: Role, settings: PodSettings, stores: Stores, reading: Reading
) -> Container:
    """Read one container."""
    entries = node.entries
    origins = reading.origins
    reading.keep_rest(node, CONTAINER, path)
    origins[path] = entries["name"].origin
    ports = _read_ports(node, name, settings, reading)
    variables = Variables(settings.namespace, path, stores, reading, settings.links)
    if "env" in entries or "envFrom" in entries:
        read_variables(node, variables)
    files, mounts = read_mounts(node, path, settings.volumes, variables) if "volumeMounts" in entries else ({}, {})
    probes = read_probes(node, path, ports, variables.texts, reading)
    workdir = text_at(node, "workingDir")
    if workdir is not None:
        origins[(*path, "workdir")] = entries["workingDir"].origin
    stop_grace = settings.stop_grace if role is not Role.INIT else None
    if stop_grace is not None and settings.stop_grace_origin is not None:
        origins[(*path, "stop_grace")] = settings.stop_grace_origin
    return Container(
        role=role,
        image=_read_image(node, path, reading),
        pull_policy=_read_pull_policy(node, path, reading),
        command=_read_vector(node, "command", path, variables),
        args=_read_vector(node, "args", path, variables),
        workdir=workdir,
        variables=drop_auxiliary(variables.texts),
        variables_from=tuple(variables.whole),
        files=files,
        mounts=mounts,
        liveness=probes.get("liveness"),
        readiness=probes.get("readiness"),
        startup=probes.get("startup"),
        compute=_read_compute(node, path, reading) if "resources" in entries else _NO_COMPUTE,
        security=_read_security(node, path, settings.security, reading),
        stop_signal=_read_lifecycle(node, path, reading) if "lifecycle" in entries else None,
        stop_grace=stop_grace,
    )


_NO_COMPUTE = Compute()
_NO_SECURITY = Security()


def _read_image(node: Mapping, path: Path, reading: Reading) -> Image | None:
    text = text_at(node, "image")
    if text is None:
        reading.say("image-supplied-later", "this container has no image", node.origin, path)
        return None
    origin = node.entries["image"].origin
    if not text or text != text.strip():
        raise InvalidInput(f"{text!r} is no image", origin, "write NAME:TAG")
    reading.origins[(*path, "image")] = origin
    image = parse_image(text)
    said = node.entries["image"]
    if isinstance(said, Pieced):
        _place_image(said, image, (*path, "image"), reading)
    return image


def _place_image(node: Pieced, image: Image, path: Path, reading: Reading) -> None:
    """Record where each part of an image is written, for a template may put them together."""
    start = 0
    for part, text in (("registry", image.registry), ("repository", image.repository), ("tag", image.tag)):
        if text is not None:
            end = start + len(print_text(text))
            reading.origins[(*path, part)] = node.origin_of(start, end)
            start = end + 1
    if image.digest:
        reading.origins[(*path, "digest")] = node.origin_of(start, len(node.text))


def _read_pull_policy(node: Mapping, path: Path, reading: Reading) -> str | None:
    said = text_at(node, "imagePullPolicy")
    if said is None:
        return None
    origin = node.entries["imagePullPolicy"].origin
    policy = PULL_POLICIES.get(said)
    if policy is None:
        raise InvalidInput(f"{said!r} is no pull policy", origin, f"write one of {', '.join(PULL_POLICIES)}")
    reading.origins[(*path, "pull_policy")] = origin
    return policy


def _read_vector(node: Mapping, key: str, path: Path, variables: Variables) -> tuple[Text, ...] | None:
    """Read command or args; an empty list counts as none, for the API drops it."""
    sequence = sequence_at(node, key)
    if sequence is None or not sequence.items:
        return None
    vector_path = (*path, key)
    origins = variables.reading.origins
    origins[vector_path] = sequence.origin
    vector: list[Text] = []
    for index, item in enumerate(sequence.items):
        text = text_of(item, f"{key}[{index}]") or ""
        origins[(*vector_path, str(index))] = item.origin
        vector.append(expand(text, variables.find, item.origin, variables.reading) if "$" in text else text)
    return tuple(vector)


def _read_ports(node: Mapping, name: str, settings: PodSettings, reading: Reading) -> dict[str, int]:
    """Read the ports that a container declares into the pod's; gives their numbers by name."""
    by_name: dict[str, int] = {}
    for port in mappings_at(node, "ports"):
        reading.check_known(port, CONTAINER_PORT)
        number = port_at(port, "containerPort")
        if number is None:
            raise InvalidInput("this port has no `containerPort`", port.origin, "add `containerPort`")
        found = ContainerPort(
            number, read_protocol(port), text_at(port, "name"), name, port.entries["containerPort"].origin
        )
        host = integer_at(port, "hostPort")
        if host:  # 0 is the same as absent.
            found.host_origin = port.entries["hostPort"].origin
            found.host = check_port(host, "hostPort", found.host_origin)
            found.address = text_at(port, "hostIP") or None
        settings.ports.append(found)
        if found.name:
            by_name[found.name] = number
    return by_name


def read_protocol(node: Mapping) -> str:
    """Read a port's protocol in lower case, TCP where none is said."""
    said = text_at(node, "protocol")
    if not said:
        return "tcp"
    if said not in PROTOCOLS:
        raise InvalidInput(
            f"{said!r} is no protocol", node.entries["protocol"].origin, f"write one of {', '.join(PROTOCOLS)}"
        )
    return PROTOCOLS[said]


def _read_compute(node: Mapping, path: Path, reading: Reading) -> Compute:
    resources = mapping_at(node, "resources")
    if resources is None:
        return _NO_COMPUTE
    reading.keep_rest(resources, RESOURCES, path, ("resources",))
    return Compute(
        _read_amounts(resources, "requests", path, reading), _read_amounts(resources, "limits", path, reading)
    )


def _read_amounts(resources: Mapping, key: str, path: Path, reading: Reading) -> dict[str, int | Placeholder] | None:
    amounts = mapping_at(resources, key)
    if amounts is None:
        return None
    found: dict[str, int | Placeholder] = {}
    for name, node in amounts.entries.items():
        text = quantity_of(node, f"{key}.{name}")
        if text is None:
            continue
        amount = parse_cpu(text, node.origin) if name == "cpu" else parse_bytes(text, node.origin)
        if amount < 0:
            raise InvalidInput(f"`{key}.{name}` is negative", node.origin, "write 0 or more")
        found[name] = amount
        reading.origins[(*path, "compute", key, name)] = node.origin
    return found


def _read_lifecycle(node: Mapping, path: Path, reading: Reading) -> str | None:
    lifecycle = mapping_at(node, "lifecycle")
    if lifecycle is None:
        return None
    reading.keep_rest(lifecycle, LIFECYCLE, path, ("lifecycle",))
    signal = text_at(lifecycle, "stopSignal")
    if signal is not None:
        reading.origins[(*path, "stop_signal")] = lifecycle.entries["stopSignal"].origin
    return signal


def _read_security(node: Mapping, path: Path, pod: Mapping | None, reading: Reading) -> Security:
    """Read whom a container runs as; the pod's word counts where the container is silent."""
    own = mapping_at(node, "securityContext") if "securityContext" in node.entries else None
    if own is None and pod is None:
        return _NO_SECURITY
    base = (*path, "security")
    if own is not None:
        reading.keep_rest(own, SECURITY, path, ("securityContext",))
    ids: dict[str, str | None] = {}
    for key, field in _IDS:
        ids[field] = None
        for level in (own, pod):
            number = integer_at(level, key) if level is not None else None
            if number is not None and level is not None:
                ids[field] = str(number)
                reading.origins[(*base, field)] = level.entries[key].origin
                break
    switches: dict[str, bool | None] = {}
    for key, field in _SWITCHES:
        switches[field] = None
        for level in (own, pod) if key == "runAsNonRoot" else (own,):
            switch = boolean_at(level, key) if level is not None else None
            if switch is not None and level is not None:
                switches[field] = switch
                reading.origins[(*base, field)] = level.entries[key].origin
                break
    added, dropped = _read_capabilities(own, base, reading) if own is not None else (None, None)
    escalation = boolean_at(own, "allowPrivilegeEscalation") if own is not None else None
    if escalation is not None and own is not None:
        reading.origins[(*base, "no_new_privileges")] = own.entries["allowPrivilegeEscalation"].origin
    return Security(
        user=ids["user"],
        group=ids["group"],
        non_root=switches["non_root"],
        capabilities_added=added,
        capabilities_dropped=dropped,
        read_only_root=switches["read_only_root"],
        privileged=switches["privileged"],
        no_new_privileges=None if escalation is None else not escalation,
    )


def _read_capabilities(
    own: Mapping, base: Path, reading: Reading
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Read capabilities added and dropped: upper case, without `CAP_`, each once."""
    capabilities = mapping_at(own, "capabilities")
    if capabilities is None:
        return None, None
    reading.check_known(capabilities, CAPABILITIES)
    sides: list[tuple[str, ...] | None] = []
    for key, field in (("add", "capabilities_added"), ("drop", "capabilities_dropped")):
        if sequence_at(capabilities, key) is None:
            sides.append(None)
            continue
        found: dict[str, None] = {}
        for item in items_at(capabilities, key):
            name = (text_of(item, key) or "").upper().removeprefix("CAP_")
            found[name] = None
            reading.origins[(*base, field, name)] = item.origin
        sides.append(tuple(found))
    return sides[0], sides[1]


def container_name(node: Mapping) -> str:
    """Give a container's name, which must be there."""
    return required_text(node, "name", "this container")
