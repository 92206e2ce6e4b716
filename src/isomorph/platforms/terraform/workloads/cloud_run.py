"""Cloud Run: google_cloud_run_v2_service and _job, and google_cloud_run_service, whose template is Knative's.

Sources: website/docs/r/cloud_run_v2_service, cloud_run_v2_job and cloud_run_service of hashicorp/google; the container contract
at https://cloud.google.com/run/docs/container-contract: requests come to one port, 8080 where none is said, by HTTPS from
outside; a container has 1 CPU and 512 MiB unless said; it has ten seconds to end. Secrets are those of Secret Manager.
"""

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import parse_image
from isomorph.model.text import Placeholder, SecretValue, Text
from isomorph.model.workload import (
    Compute,
    Container,
    Exposure,
    File,
    Kind,
    Mount,
    Port,
    Restart,
    Role,
    Scale,
    Workload,
)
from isomorph.platforms.kubernetes.quantities import parse_bytes, parse_cpu
from isomorph.platforms.terraform.module import Resource
from isomorph.platforms.terraform.reading import Reading, text_at
from isomorph.platforms.terraform.workloads.ecs_containers import note_secret
from isomorph.platforms.terraform.workloads.open_values import to_placeholder
from isomorph.platforms.terraform.workloads.probes import read_probe
from isomorph.platforms.terraform.workloads.tables import Part, resource_of
from isomorph.syntax.tree import Mapping, Node, Scalar

TYPES = frozenset(("google_cloud_run_v2_service", "google_cloud_run_v2_job", "google_cloud_run_service"))

_PORT = 8080
_OUTSIDE = 443
_STOP_GRACE = 10_000
_LIMITS: dict[str, int | Placeholder] = {"cpu": 1000, "memory": 512 << 20}
_SCALES = {"autoscaling.knative.dev/minScale": "minimum", "autoscaling.knative.dev/maxScale": "maximum"}


def read_service(resource: Resource, reading: Reading) -> Workload:
    """Read a service or a job."""
    name = Part(reading, resource.body, ()).word("name") or resource.name
    return _Service(resource, reading, name).read()


class _Service:
    """One service while it is read."""

    def __init__(self, resource: Resource, reading: Reading, name: str) -> None:
        self.reading = reading
        self.resource = resource
        self.name = name
        self.path = ("workloads", name)
        self.top = Part(reading, resource.body, self.path)
        self.is_job = resource.type.endswith("_job")
        self.volumes: dict[str, Part] = {}
        self.port: int | None = None

    def read(self) -> Workload:
        self.top.note(self.resource.origin)
        template = self._inner(self.top, "template")
        spec = template
        if self.is_job:
            spec = self._inner(template, "template")
        elif self.resource.type == "google_cloud_run_service":
            spec = self._inner(template, "spec")
        self.volumes = {each.word("name") or "": each for each in spec.parts("volumes")}
        containers = self._containers(spec)
        retries = spec.number("max_retries", "restart", "attempts") if self.is_job else None
        workload = Workload(
            name=self.name,
            kind=Kind.JOB if self.is_job else Kind.SERVICE,
            containers=containers,
            ports={} if self.is_job else self._ports(),
            scale=Scale() if self.is_job else self._scale(template),
            restart=Restart("on-failure", 3 if retries is None else retries) if self.is_job else None,
            labels=self._labels(template),
        )
        self.top.asked |= {"name", "location", "project", "id", "labels", "annotations", "uri"}
        self.top.keep_rest(self.resource.type)
        template.keep_rest(self.resource.type, "template")
        if spec is not template:
            spec.keep_rest(self.resource.type, "template", "spec")
        return workload

    def _inner(self, part: Part, name: str) -> Part:
        found = part.part(name)
        if found is None:
            raise InvalidInput(f"{self.resource.address} has no {name}", part.node.origin, f"add `{name} {{ … }}`")
        return found

    def _containers(self, spec: Part) -> dict[str, Container]:
        parts: dict[str, Part] = {}
        for part in spec.parts("containers"):
            name = part.word("name") or (self.name if not parts else f"{self.name}-{len(parts) + 1}")
            part.path = (*self.path, "containers", name)
            parts[name] = part
        before: dict[str, dict[str, str]] = {}
        for name, part in parts.items():
            for first in part.words("depends_on") or ():
                before.setdefault(first, {})[name] = (
                    "healthy" if first in parts and parts[first].find("startup_probe") else "started"
                )
        return {name: self._container(part, before.get(name, {})) for name, part in parts.items()}

    def _container(self, part: Part, before: dict[str, str]) -> Container:
        part.note(part.node)
        image = part.text("image", "image")
        listens = part.part("ports")
        number = listens.port("container_port") if listens is not None else None
        port = number or _PORT
        if self.port is None and (listens is not None or part.path[-1] == self.name):
            self.port = port
            part.reading.origins[*self.path, "ports", f"{_OUTSIDE}/tcp"] = (listens or part).node.origin
        files, mounts = self._mounts(part)
        container = Container(
            role=Role.SIDECAR if before else Role.MAIN,
            image=None if image is None else parse_image(image),
            command=part.texts("command", "command"),
            args=part.texts("args", "args"),
            workdir=part.word("working_dir", "workdir"),
            variables=self._variables(part),
            files=files,
            mounts=mounts,
            liveness=read_probe(part, "liveness_probe", "liveness", port),
            startup=read_probe(part, "startup_probe", "startup", port),
            readiness=read_probe(part, "readiness_probe", "readiness", port),
            compute=_read_compute(part),
            stop_grace=_STOP_GRACE,
            before=before,
        )
        part.asked.add("name")
        part.keep_rest("containers")
        return container

    def _variables(self, part: Part) -> dict[str, Text]:
        found: dict[str, Text] = {}
        for entry in part.parts("env"):
            name = entry.word("name")
            source = entry.part("value_source") or entry.part("value_from")
            leading = source.part("secret_key_ref") if source is not None else None
            if not name:
                continue
            if leading is not None:
                found[name] = (self._secret(leading),)
                part.note(leading.node, "variables", name)
            else:
                value = entry.text("value")
                found[name] = "" if value is None else value
                part.note(entry.node.get("value") or entry.node, "variables", name)
        return found

    def _secret(self, leading: Part) -> SecretValue:
        field = next((name for name in ("secret", "name", "secret_name") if leading.find(name) is not None), "secret")
        found = resource_of(self.reading, leading.find(field))
        called = (
            Part(self.reading, found[0].body, ()).word("secret_id") or found[0].address if found is not None else None
        )
        name = called or (leading.word(field) or "").rpartition("/")[2]
        return note_secret(self.reading, name, "")

    def _mounts(self, part: Part) -> tuple[dict[str, File], dict[str, Mount]]:
        files: dict[str, File] = {}
        mounts: dict[str, Mount] = {}
        for entry in part.parts("volume_mounts"):
            name, path = entry.word("name") or "", entry.word("mount_path") or "/cloudsql"
            volume = self.volumes.get(name)
            if volume is None:
                raise InvalidInput(
                    f"there is no volume {name!r}", entry.place("name"), "add it to the template's volumes"
                )
            secret = volume.part("secret")
            if secret is not None:
                value = self._secret(secret)
                items = secret.parts("items")
                for inner in [each.word("path") or value.name for each in items] or [value.name]:
                    files[f"{path.rstrip('/')}/{inner}"] = File((value,))
                    part.note(entry.node, "files", f"{path.rstrip('/')}/{inner}")
                continue
            key = f"{self.name}/{name}"
            if key not in self.reading.volumes:
                self.reading.volumes[key] = _read_volume(volume)
                self.reading.origins["volumes", key] = volume.node.origin
            mounts[path] = Mount(key)
            part.note(entry.node, "mounts", path)
        return files, mounts

    def _ports(self) -> dict[str, Port]:
        """Give the one way in: by HTTPS, from outside unless traffic from there is kept out."""
        port = self.port or _PORT
        closed = (self.top.word("ingress") or "INGRESS_TRAFFIC_ALL") not in ("INGRESS_TRAFFIC_ALL",)
        exposures = () if closed else (Exposure("load-balancer", _OUTSIDE),)
        return {f"{_OUTSIDE}/tcp": Port(_OUTSIDE, port, exposures=exposures)}

    def _scale(self, template: Part) -> Scale:
        bounds: dict[str, int | None] = {"minimum": None, "maximum": None}
        for part in (self.top, template):
            block = part.part("scaling")
            for name, field in (("min_instance_count", "minimum"), ("max_instance_count", "maximum")):
                said = block.number(name, "scale", field) if block is not None else None
                bounds[field] = said if said is not None else bounds[field]
        metadata = template.part("metadata")
        annotations = metadata.find("annotations") if metadata is not None else None
        for name, field in _SCALES.items():
            node = annotations.get(name) if isinstance(annotations, Mapping) else None
            if isinstance(node, Scalar) and node.text.isdecimal():
                bounds[field] = int(node.text)
                template.note(node, "scale", field)
        return Scale(minimum=bounds["minimum"] or 0, maximum=bounds["maximum"])

    def _labels(self, template: Part) -> dict[str, str]:
        node = template.find("labels")
        entries = node.entries if isinstance(node, Mapping) else {}
        return {key: each.text for key, each in entries.items() if isinstance(each, Scalar)}


def _read_compute(part: Part) -> Compute:
    block = part.part("resources")
    limits = dict(_LIMITS)
    requests: dict[str, int | Placeholder] = {}
    for field, amounts in (("limits", limits), ("requests", requests)):
        node = block.find(field) if block is not None else None
        for name, each in node.items() if isinstance(node, Mapping) else ():
            amount = read_quantity(each, name)
            if amount is not None:
                amounts[name] = amount
                part.note(each, "compute", field, name)
    return Compute(requests or None, limits)


def read_quantity(node: Node, name: str) -> int | Placeholder | None:
    """Read a quantity: CPUs as millicores, all else as bytes."""
    text = text_at(node)
    if text is None:
        return None
    if not isinstance(text, str):
        return to_placeholder(text)
    return parse_cpu(text, node.origin) if name == "cpu" else parse_bytes(text, node.origin)


def _read_volume(volume: Part) -> Volume:
    empty = volume.part("empty_dir")
    if empty is not None:
        size = empty.find("size_limit")
        return Volume("memory", size=read_quantity(size, "memory") if size is not None else None)
    return Volume("persistent", external=True)
