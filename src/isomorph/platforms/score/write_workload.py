"""A workload as the plain data of a Score file, and what Score cannot say of it."""

import re
from binascii import b2a_base64
from collections.abc import Set
from hashlib import sha256
from typing import Any

from isomorph.model.application import Definition, Volume
from isomorph.model.errors import Diagnostic
from isomorph.model.image import print_image
from isomorph.model.origin import Path
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Output,
    Part,
    Placeholder,
    SecretValue,
    Text,
    make_text,
    map_parts,
    print_text,
)
from isomorph.model.workload import Binary, Container, Exec, File, HostPath, Http, Kind, Mount, Probe, Role, Workload
from isomorph.platforms.score.placeholders import print_placeholders
from isomorph.platforms.score.quantities import print_cpu, print_memory
from isomorph.platforms.score.read_workload import KIND_ANNOTATION
from isomorph.platforms.score.resource_params import order_params, volume_params
from isomorph.platforms.score.support import REASONS

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])")
_NOT_IN_LABEL = re.compile(r"[^a-z0-9-]+")
_ANNOTATION_KEY = re.compile(
    r"(([a-z0-9][a-z0-9-]{0,61}[a-z0-9])(\.[a-z0-9][a-z0-9-]{0,61}[a-z0-9])*/)?[A-Za-z0-9][A-Za-z0-9._-]{0,61}[A-Za-z0-9]"
)
# A dollar that the platforms behind Score would take for more than itself.
_LOADED_DOLLARS = re.compile(r"\$+(?=[{(])|\$\$+")
_SETTLED_BY_ENVIRONMENT = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")

ENVIRONMENT = "env"
"""What the resource is called through which variables of the deploying shell come in."""


class _Unsaid(Exception):
    """A text holds a reference that Score has no word for; the field of the model that it belongs to."""

    def __init__(self, field: str, what: str) -> None:
        self.field = field
        self.what = what
        super().__init__(what)


def to_label(name: str) -> str:
    """Make a name one that Score allows: 2 to 63 of a-z, 0-9 and '-'; what is cut off leaves a hash."""
    label = _NOT_IN_LABEL.sub("-", name.lower()).strip("-")
    if len(label) > 63:
        label = f"{label[:54].rstrip('-')}-{sha256(name.encode()).hexdigest()[:8]}"
    return label if len(label) > 1 else f"{label or 'x'}0"


class WorkloadWriting:
    """One workload while it is written."""

    def __init__(
        self, definition: Definition, workload: Workload, name: str, names: dict[str, str], shared: Set[str]
    ) -> None:
        self.definition = definition
        self.workload = workload
        self.name = name
        self.names = names  # of all workloads as Score names them
        self.shared = shared  # volumes that several workloads mount
        self.path: Path = ("workloads", workload.name)
        self.diagnostics: list[Diagnostic] = []
        self.resources: dict[str, dict[str, Any]] = {}
        self.resource_names: dict[str, str] = {}  # by uid
        self.labels = _unique_labels(list(workload.containers))

    def lose(self, field: str, path: Path, what: str, code: str = "lost") -> None:
        """Report what is not, or only approximately, in the output, with the support table's reason."""
        reason = REASONS[field]
        message = f"{self.name}: {what}: {reason}" if reason else f"{self.name}: {what}"
        self.diagnostics.append(Diagnostic(code, message, self.definition.origins.find(path), path))

    def expand(self, text: Text) -> str:
        """Spell a text with Score's placeholders; raises _Unsaid for a reference that is none of them."""
        if isinstance(text, str):
            return text.replace("$", "$$")
        return print_placeholders(map_parts(text, self._to_placeholder), self.resource_names)

    def literal(self, text: Text) -> str:
        """Spell a text where placeholders are not expanded; a dollar is doubled only where it would be taken for more."""
        if not isinstance(text, str):
            text = make_text([self._to_literal(part) for part in text])
        plain = text if isinstance(text, str) else print_text(text)
        return _LOADED_DOLLARS.sub(lambda match: match.group() * 2, plain) if "$" in plain else plain

    def _to_placeholder(self, part: Part) -> Text:
        match part:
            case str():
                return part
            case Address():
                return self._address(part)
            case Output(dependency):
                if dependency in self.resource_names:
                    return (part,)
                raise _Unsaid("variable.secret", f"an output of {dependency}")
            case Placeholder(expression, variable) if variable and _SETTLED_BY_ENVIRONMENT.fullmatch(expression):
                return (Output(self._environment(), variable),)
            case SecretValue(name, key):
                raise _Unsaid("variable.secret", f"a value of secret {name}{'/' + key if key else ''}")
            case ConfigurationValue(name, key):
                raise _Unsaid("variable.configuration", f"a value of configuration {name}{'/' + key if key else ''}")
            case InstanceField(field):
                raise _Unsaid("variable.field", f"the instance's {field}")
            case Placeholder(expression):
                raise _Unsaid("variable.secret", f"the unresolved {expression}")

    def _environment(self) -> str:
        """Give the uid of the resource through which variables of the deploying shell come in; adds it where there is none."""
        for uid, name in self.resource_names.items():
            if self.resources[name]["type"] == "environment":
                return uid
        name = self.free_name(ENVIRONMENT)
        uid = f"environment.default#{self.name}.{name}"
        self.resources[name] = {"type": "environment"}
        self.resource_names[uid] = name
        return uid

    def free_name(self, name: str) -> str:
        """Give a name that no resource of the workload has."""
        number = 1
        while (name if number == 1 else f"{name}-{number}") in self.resources:
            number += 1
        return name if number == 1 else f"{name}-{number}"

    def _to_literal(self, part: Part) -> Part:
        if isinstance(part, Address):
            return self._address(part)
        if isinstance(part, str | Placeholder):
            return part
        raise _Unsaid("variable.secret", "a reference, in a place where Score expands none")

    def _address(self, address: Address) -> str:
        name = self.names.get(address.workload, address.name)
        return name if address.port is None else f"{name}:{address.port}"


def _unique_labels(names: list[str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        label = to_label(name)
        while label in taken:
            label = f"{label[:60]}-2"
        taken.add(label)
        labels[name] = label
    return labels


def write_workload(writing: WorkloadWriting) -> dict[str, Any]:
    """Write one workload as the data of a Score file."""
    workload = writing.workload
    metadata: dict[str, Any] = {"name": writing.name}
    annotations = _write_annotations(writing)
    if annotations:
        metadata["annotations"] = annotations
    _write_dependencies(writing)
    before = _write_before(writing)
    containers = {
        writing.labels[key]: _write_container(writing, key, container, before.get(key, {}))
        for key, container in workload.containers.items()
    }
    root: dict[str, Any] = {"apiVersion": "score.dev/v1b1", "metadata": metadata, "containers": containers}
    ports = _write_ports(writing)
    if ports:
        root["service"] = {"ports": ports}
    _write_routes(writing)
    _write_order(writing)
    if writing.resources:
        root["resources"] = writing.resources
    return root


def _write_annotations(writing: WorkloadWriting) -> dict[str, str]:
    annotations: dict[str, str] = {}
    for key, value in writing.workload.annotations.items():
        if _ANNOTATION_KEY.fullmatch(key):
            annotations[key] = value
        else:
            writing.lose("labels", (*writing.path, "annotations", key), f"annotation {key}, whose name is not allowed")
    if writing.workload.kind is Kind.STATEFUL:
        annotations.setdefault(KIND_ANNOTATION, "StatefulSet")
    return annotations


def _write_dependencies(writing: WorkloadWriting) -> None:
    for name, uid in writing.workload.dependencies.items():
        dependency = writing.definition.application.dependencies.get(uid)
        if dependency is None:
            continue
        said = {
            "class": dependency.class_,
            "id": dependency.id,
            "metadata": dependency.metadata or None,
            "params": dependency.parameters,
        }
        written = {"type": dependency.type, **{key: value for key, value in said.items() if value is not None}}
        if not _LABEL.fullmatch(name):  # An address of Terraform's, say.
            name = writing.free_name(to_label(name.rpartition(".")[2] or name))
        writing.resources[name] = written
        writing.resource_names[uid] = name


def _write_ports(writing: WorkloadWriting) -> dict[str, Any]:
    ports: dict[str, Any] = {}
    for key, port in writing.workload.ports.items():
        if port.protocol not in ("tcp", "udp"):
            writing.lose("port", (*writing.path, "ports", key), f"port {key}; Score knows TCP and UDP")
            continue
        name = to_label(port.name) if port.name and len(port.name) > 1 else f"{port.protocol}-{port.number}"
        if name in ports:
            name = f"{port.protocol}-{port.number}"
        written: dict[str, Any] = {"port": port.number}
        if port.target != port.number:
            written["targetPort"] = port.target
        if port.protocol == "udp":
            written["protocol"] = "UDP"
        ports[name] = written
        for exposure in port.exposures:
            number = "any number" if exposure.port is None else str(exposure.port)
            what = f"port {key} exposed as {number} ({exposure.kind})"
            writing.lose(f"port.exposure.{exposure.kind}", (*writing.path, "ports", key), what)
    return ports


def _write_routes(writing: WorkloadWriting) -> None:
    for key, route in writing.workload.routes.items():
        path = (*writing.path, "routes", key)
        params: dict[str, Any] = {"path": route.path}
        try:
            host = writing.expand(route.host)
        except _Unsaid as unsaid:
            writing.lose("route.host", path, f"route {key}, whose host is {unsaid.what}")
            continue
        if host:
            params = {"host": host, **params}
        if route.port is not None:
            params["port"] = route.port
        name = writing.free_name("route")
        writing.resources[name] = {"type": "route", "params": params}
        writing.lose("route.path", path, f"route {key} is resource {name}", "approximated")
        if route.tls:
            writing.lose("route.tls", path, f"TLS of route {key}")


def _write_order(writing: WorkloadWriting) -> None:
    for waited, order in writing.workload.order.items():
        path = (*writing.path, "order", waited)
        params = order_params(waited, order, writing.names)
        if params is None or waited == writing.workload.name:
            writing.lose("lifecycle.order", path, f"that it waits for {waited}")
            continue
        name = writing.free_name(params["workload"])
        writing.resources[name] = {"type": "service", "params": params}
        writing.lose("lifecycle.order", path, f"that it waits for {waited} is resource {name}", "approximated")


def _write_before(writing: WorkloadWriting) -> dict[str, dict[str, str]]:
    """Give what each container comes before: as said, and where nothing is said in the order that a pod gives helpers."""
    containers = writing.workload.containers
    before: dict[str, dict[str, str]] = {}
    helpers = [key for key, container in containers.items() if container.role is not Role.MAIN]
    mains = [key for key, container in containers.items() if container.role is Role.MAIN]
    for key, container in containers.items():
        if container.before or container.role is Role.MAIN:
            before[key] = dict(container.before)
        else:
            ready = "complete" if container.role is Role.INIT else "started"
            following = helpers[helpers.index(key) + 1 :]
            before[key] = dict.fromkeys(following[:1] or mains, ready)
    return before


def _write_container(
    writing: WorkloadWriting, key: str, container: Container, before: dict[str, str]
) -> dict[str, Any]:
    path: Path = (*writing.path, "containers", key)
    written: dict[str, Any] = {"image": "." if container.image is None else print_image(container.image)}
    if container.build is not None:
        writing.lose("image.build", (*path, "build"), f"how the image of {key} is built")
    for field, vector in (("command", container.command), ("args", container.args)):
        if vector is not None:
            written[field] = _write_vector(writing, vector, (*path, field))
    variables = _write_variables(writing, container, path)
    if variables:
        written["variables"] = variables
    files = _write_files(writing, container, path)
    if files:
        written["files"] = files
    volumes = _write_volumes(writing, container, path)
    if volumes:
        written["volumes"] = volumes
    resources = _write_compute(writing, container, path)
    if resources:
        written["resources"] = resources
    for field, probe in (("livenessProbe", container.liveness), ("readinessProbe", container.readiness)):
        if probe is not None:
            check = _write_probe(writing, probe, (*path, field[:-5]))
            if check:
                written[field] = check
    if before:
        written["before"] = {writing.labels[name]: {"ready": ready} for name, ready in before.items()}
    return written


def _write_vector(writing: WorkloadWriting, vector: tuple[Text, ...], path: Path) -> list[str]:
    words: list[str] = []
    for index, text in enumerate(vector):
        try:
            words.append(writing.literal(text))
        except _Unsaid as unsaid:
            writing.lose(unsaid.field, (*path, str(index)), f"{path[-1]} {index} holds {unsaid.what}")
            words.append(print_text(text))
    return words


def _write_variables(writing: WorkloadWriting, container: Container, path: Path) -> dict[str, str]:
    variables: dict[str, str] = {}
    for name, text in container.variables.items():
        try:
            variables[name] = writing.expand(text)
        except _Unsaid as unsaid:
            writing.lose(unsaid.field, (*path, "variables", name), f"variable {name}, which holds {unsaid.what}")
    for store in container.variables_from:
        writing.lose("variable.configuration", path, f"all variables of {store.name}")
    return variables


def _write_files(writing: WorkloadWriting, container: Container, path: Path) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for target, file in container.files.items():
        place = (*path, "files", target)
        try:
            written = _write_content(writing, file)
        except _Unsaid as unsaid:
            field = "file.content" if unsaid.field == "file.content" else "file.secret"
            writing.lose(field, place, f"file {target}, which holds {unsaid.what}")
            continue
        if file.mode is not None:
            if file.mode <= 0o777:
                written = {"mode": f"{file.mode:04o}", **written}
            else:
                writing.lose("file.mode", place, f"mode {file.mode:o} of {target}, beyond three octal digits")
        files[target] = written
    return files


def _write_content(writing: WorkloadWriting, file: File) -> dict[str, Any]:
    content = file.content
    if isinstance(content, Binary):
        return {"binaryContent": b2a_base64(content.data, newline=False).decode()}
    if isinstance(content, HostPath):
        raise _Unsaid("file.content", f"what is at {content.path}, which was not there to be read")
    if isinstance(content, str) and "$" in content:
        return {"content": content, "noExpand": True}
    return {"content": writing.expand(content)}


def _write_volumes(writing: WorkloadWriting, container: Container, path: Path) -> dict[str, Any]:
    volumes: dict[str, Any] = {}
    for target, mount in container.mounts.items():
        place = (*path, "mounts", target)
        volume = writing.definition.application.volumes.get(mount.volume)
        kind = volume.kind if volume else "persistent"
        if kind == "host":
            writing.lose("volume.host", place, f"{target}, a folder of the machine")
            continue
        written: dict[str, Any] = {"source": _volume_source(writing, mount)}
        if mount.sub_path is not None:
            written["path"] = mount.sub_path
        if mount.read_only is not None:
            written["readOnly"] = mount.read_only
        volumes[target] = written
    return volumes


def _volume_source(writing: WorkloadWriting, mount: Mount) -> str:
    """Name the resource that a volume is; one that was none becomes a resource of type volume."""
    name = writing.resource_names.get(mount.volume)
    if name is None:
        if mount.volume.startswith("${"):
            return mount.volume
        name = writing.free_name(to_label(mount.volume.rpartition("/")[2] or mount.volume))
        writing.resources[name] = _write_volume(writing, mount.volume, name)
        writing.resource_names[mount.volume] = name
    return f"${{resources.{name}}}"


def _write_volume(writing: WorkloadWriting, key: str, name: str) -> dict[str, Any]:
    """Write a volume as a resource; one that several workloads mount has an id, by which they share it."""
    volume = writing.definition.application.volumes.get(key, Volume("persistent"))
    written: dict[str, Any] = {"type": "volume"}
    if key in writing.shared:
        written["id"] = to_label(key)
    params = volume_params(volume)
    if params:
        written["params"] = params
    for field, said in (
        (volume.kind, volume.kind != "persistent"),
        ("size", volume.size),
        ("class", volume.storage_class),
        ("access", volume.access),
    ):
        if said:
            what = f"{'kind' if field == volume.kind else field} of volume {key}"
            if field == "size" and "size" not in params:
                writing.lose("volume.size", ("volumes", key), f"{what}, which is not known yet")
                continue
            writing.lose(f"volume.{field}", ("volumes", key), f"{what} is a param of resource {name}", "approximated")
    return written


def _write_compute(writing: WorkloadWriting, container: Container, path: Path) -> dict[str, Any]:
    resources: dict[str, Any] = {}
    for field, amounts in (("limits", container.compute.limits), ("requests", container.compute.requests)):
        written: dict[str, str] = {}
        for name, amount in (amounts or {}).items():
            if name not in ("cpu", "memory") or not isinstance(amount, int) or amount == 0:
                known = field if name in ("cpu", "memory") else "other"
                place = (*path, "compute", field, name)
                writing.lose(
                    f"compute.{field}.other", place, f"{name} in {field}" if known == "other" else f"{name} {amount}"
                )
            else:
                written[name] = print_cpu(amount) if name == "cpu" else print_memory(amount)
        if written:
            resources[field] = written
    return resources


def _write_probe(writing: WorkloadWriting, probe: Probe, path: Path) -> dict[str, Any] | None:
    check = probe.check
    if isinstance(check, Exec):
        return {"exec": {"command": [print_text(word) for word in check.command]}}
    if not isinstance(check, Http):
        if check is not None:
            kind = type(check).__name__.lower()
            writing.lose(f"probe.{kind}", (*path, "check"), f"{path[-1]} check by {kind}")
        return None
    if isinstance(check.port, str):
        writing.lose("probe.tcp", (*path, "check"), f"{path[-1]} check of port {check.port}, which is not known")
        return None
    written: dict[str, Any] = {"path": check.path or "/", "port": check.port}
    if check.scheme is not None:
        written["scheme"] = check.scheme.upper()
    if check.host is not None:
        written["host"] = check.host
    if check.headers:
        written["httpHeaders"] = [{"name": name, "value": value} for name, value in check.headers.items()]
    return {"httpGet": written}
