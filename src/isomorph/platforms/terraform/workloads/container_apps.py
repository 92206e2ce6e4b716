"""azurerm_container_app and azurerm_container_app_job.

Sources: website/docs/r/container_app.html.markdown of hashicorp/azurerm, and https://learn.microsoft.com/azure/container-apps:
peers in the environment reach an app by its name; its ingress leads to one port, by HTTP at 80 and 443 or by TCP at the exposed
port; what a container is granted it is held to; secrets are the app's own, or references to a key vault.
"""

from isomorph.model.application import Secret, Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import parse_image
from isomorph.model.text import Placeholder, SecretValue, Text
from isomorph.model.workload import (
    Check,
    Compute,
    Container,
    Exposure,
    Http,
    Kind,
    Mount,
    Port,
    Probe,
    Restart,
    Role,
    Route,
    Scale,
    Schedule,
    Tcp,
    Workload,
)
from isomorph.platforms.terraform.module import Resource
from isomorph.platforms.terraform.reading import Reading
from isomorph.platforms.terraform.workloads.cloud_run import read_quantity
from isomorph.platforms.terraform.workloads.probes import AZURE, read_headers, read_timing
from isomorph.platforms.terraform.workloads.tables import Part

TYPES = frozenset(("azurerm_container_app", "azurerm_container_app_job"))

_HTTP, _HTTPS = 80, 443
_READY_AFTER = 3
_FIRST_CHECK = 1000
_MOST = 10


def read_app(resource: Resource, reading: Reading) -> Workload:
    """Read an app or a job."""
    name = Part(reading, resource.body, ()).word("name") or resource.name
    return _App(resource, reading, name).read()


class _App:
    """One app while it is read."""

    def __init__(self, resource: Resource, reading: Reading, name: str) -> None:
        self.reading = reading
        self.resource = resource
        self.name = name
        self.path = ("workloads", name)
        self.top = Part(reading, resource.body, self.path)
        self.is_job = resource.type.endswith("_job")

    def read(self) -> Workload:
        self.top.note(self.resource.origin)
        template = self.top.part("template")
        if template is None:
            raise InvalidInput(f"{self.resource.address} has no template", self.resource.origin, "add `template { … }`")
        self._read_secrets()
        volumes = {each.word("name") or "": self._volume(each) for each in template.parts("volume")}
        seconds = template.number("termination_grace_period_seconds", "stop_grace")
        containers: dict[str, Container] = {}
        for kind, role in (("init_container", Role.INIT), ("container", Role.MAIN)):
            for part in template.parts(kind):
                name = part.word("name") or self.name
                part.path = (*self.path, "containers", name)
                containers[name] = self._container(part, role, volumes, seconds)
        schedule = self._schedule()
        ingress = None if self.is_job else self.top.part("ingress")
        workload = Workload(
            name=self.name,
            kind=(Kind.SCHEDULED if schedule else Kind.JOB) if self.is_job else Kind.SERVICE,
            schedule=schedule,
            containers=containers,
            ports=self._ports(ingress),
            routes=self._routes(ingress),
            names=() if self.is_job else (self.name,),
            scale=Scale() if self.is_job else self._scale(template),
            restart=self._restart(),
        )
        self.top.asked |= {"name", "id", "location", "resource_group_name", "container_app_environment_id", "tags"}
        template.keep_rest(self.resource.type, "template")
        self.top.keep_rest(self.resource.type)
        return workload

    def _read_secrets(self) -> None:
        values: dict[str, Text | None] = {}
        for block in self.top.parts("secret"):
            name = block.word("name")
            if name:
                values[name] = block.text("value")
                self.reading.origins["secrets", self.name, "values", name] = block.node.origin
        if values:
            known = self.reading.module.secrets
            self.reading.secrets[self.name] = Secret({key: _known(each, known) for key, each in values.items()})

    def _volume(self, block: Part) -> str:
        key = f"{self.name}/{block.word('name')}"
        kind = block.word("storage_type") or "EmptyDir"
        self.reading.volumes[key] = Volume("ephemeral") if kind == "EmptyDir" else Volume("persistent", external=True)
        self.reading.origins["volumes", key] = block.node.origin
        return key

    def _container(self, part: Part, role: Role, volumes: dict[str, str], seconds: int | None) -> Container:
        part.note(part.node)
        image = part.text("image", "image")
        container = Container(
            role=role,
            image=None if image is None else parse_image(image),
            command=part.texts("command", "command"),
            args=part.texts("args", "args"),
            variables=self._variables(part),
            mounts=self._mounts(part, volumes),
            liveness=self._probe(part, "liveness"),
            readiness=self._probe(part, "readiness"),
            startup=self._probe(part, "startup"),
            compute=self._compute(part),
            stop_grace=None if seconds is None or role is Role.INIT else seconds * 1000,
        )
        part.asked.add("name")
        part.keep_rest("container")
        return container

    def _variables(self, part: Part) -> dict[str, Text]:
        found: dict[str, Text] = {}
        for entry in part.parts("env"):
            name, secret, value = entry.word("name"), entry.word("secret_name"), entry.text("value")
            if name:
                found[name] = (SecretValue(self.name, secret),) if secret else "" if value is None else value
                place = entry.node.get("secret_name" if secret else "value") or entry.node
                part.note(place, "variables", name)
        return found

    def _mounts(self, part: Part, volumes: dict[str, str]) -> dict[str, Mount]:
        found: dict[str, Mount] = {}
        for entry in part.parts("volume_mounts"):
            name, path = entry.word("name") or "", entry.word("path") or ""
            if name not in volumes:
                raise InvalidInput(f"there is no volume {name!r}", entry.place("name"), "add `volume` to the template")
            found[path] = Mount(volumes[name], sub_path=entry.word("sub_path"))
            part.note(entry.node, "mounts", path)
        return found

    def _probe(self, part: Part, field: str) -> Probe | None:
        block = part.part(f"{field}_probe")
        if block is None:
            return None
        part.note(block.node, field)
        port = block.port("port")
        if port is None:
            return None
        transport = (block.word("transport") or "http").lower()
        check: Check = Tcp(port, block.word("host"))
        if transport != "tcp":
            scheme = "HTTPS" if transport == "https" else None
            check = Http(port, block.word("path") or "/", scheme, block.word("host"), read_headers(block, "header"))
        timing = read_timing(Part(part.reading, block.node, part.path), AZURE, field)
        if field == "readiness":
            timing.setdefault("successes", _READY_AFTER)
        if field == "liveness":
            timing.setdefault("initial_delay", _FIRST_CHECK)
        return Probe(check, **timing)

    def _compute(self, part: Part) -> Compute:
        amounts: dict[str, int | Placeholder] = {}
        for name in ("cpu", "memory"):
            node = part.find(name)
            amount = read_quantity(node, name) if node is not None else None
            if node is not None and amount is not None:
                amounts[name] = amount
                part.note(node, "compute", "limits", name)
                part.note(node, "compute", "requests", name)
        return Compute(amounts or None, amounts or None)

    def _ports(self, ingress: Part | None) -> dict[str, Port]:
        if ingress is None:
            return {}
        target = ingress.port("target_port")
        if target is None:
            return {}
        by_tcp = (ingress.word("transport") or "").lower() == "tcp"
        number = (ingress.port("exposed_port") or target) if by_tcp else _HTTP
        outside = ingress.flag("external_enabled")
        exposures = (Exposure("load-balancer", number if by_tcp else _HTTPS),) if outside else ()
        ingress.note(ingress.node.get("target_port") or ingress.node, "ports", f"{number}/tcp")
        return {f"{number}/tcp": Port(number, target, exposures=exposures)}

    def _routes(self, ingress: Part | None) -> dict[str, Route]:
        found: dict[str, Route] = {}
        for block in ingress.parts("custom_domain") if ingress is not None else ():
            host = block.text("name")
            if isinstance(host, str):
                found[f"{host}/"] = Route(host, "/", _HTTP, tls=True)
                block.note(block.node, "routes", f"{host}/")
        return found

    def _scale(self, template: Part) -> Scale:
        minimum = template.number("min_replicas", "scale", "minimum")
        maximum = template.number("max_replicas", "scale", "maximum")
        if minimum is not None and minimum == maximum:
            return Scale(minimum)
        return Scale(minimum=minimum or 0, maximum=_MOST if maximum is None else maximum)

    def _schedule(self) -> Schedule | None:
        block = self.top.part("schedule_trigger_config") if self.is_job else None
        cron = block.word("cron_expression", "schedule") if block is not None else None
        return Schedule(cron, "Etc/UTC") if cron else None

    def _restart(self) -> Restart | None:
        if not self.is_job:
            return None
        attempts = self.top.number("replica_retry_limit", "restart", "attempts")
        return Restart("on-failure", attempts) if attempts else Restart("never")


def _known(text: Text | None, known: dict[str, dict[str, str]]) -> Text | None:
    """Give a secret's value, where that is one sensitive value that is known."""
    if isinstance(text, tuple) and len(text) == 1 and isinstance(text[0], SecretValue):
        return known.get(text[0].name, {}).get(text[0].key, text)
    return text
