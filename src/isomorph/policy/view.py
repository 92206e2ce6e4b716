"""What policies see of an environment: the model in plain data, by the words of the table, a subject after another.

What is not settled (`${TAG}`) is there as it was written, and noted, so that a rule which looks at it is told as unresolved
and never guessed. Values of secret stores are not in it: a reference is spelled, never followed.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from isomorph.drift.finding import Environment
from isomorph.model.application import Application, Volume
from isomorph.model.image import Image, complete_image, image_text
from isomorph.model.origin import Path
from isomorph.model.secrecy import has_secret, is_secret_name
from isomorph.model.text import Placeholder, SecretValue, Text, is_unresolved, parts_of, print_text
from isomorph.model.workload import Binary, Container, Exec, File, HostPath, Mount, Port, Probe, Route, Workload
from isomorph.platforms.table import BY_NAME, load_defaults

LONGEST_TEXT = 4_096
"""Characters of a text that a policy sees: what is longer is no setting but content."""

PROBES = ("liveness", "readiness", "startup")
_SECURITY = ("user", "group", "non_root", "read_only_root", "privileged", "no_new_privileges")
_LARGEST = 2**63 - 1


class Seen(msgspec.Struct):
    """One subject of an environment: what it is called, what policies see of it, and where the model has it.

    `unsettled` are chains of words whose values nothing settles; `places` say which words are elsewhere in the model.
    `elements` are where the model may have the element of a list that a finding points to.
    """

    workload: str
    container: str
    subject: str
    view: dict[str, Any]
    path: Path
    unsettled: frozenset[tuple[str, ...]] = frozenset()
    places: dict[tuple[str, ...], Path] = {}
    environment: str = ""
    platform: str = ""
    elements: tuple[Path, ...] = ()

    def find_path(self, at: tuple[str, ...]) -> Path:
        """Give the place in the model of a chain of words below the subject."""
        for length in range(len(at), 0, -1):
            found = self.places.get(at[:length])
            if found is not None:
                return (*found, *at[length:])
        return (*self.path, *at)


class _Notes:
    """Chains of words, below one name, whose values nothing settles."""

    def __init__(self) -> None:
        self.found: set[tuple[str, ...]] = set()

    def text(self, text: Text, *chain: str) -> str:
        if is_unresolved(text):
            self.found.add(chain)
        return shorten(print_text(text))

    def number(self, value: int | Placeholder, *chain: str) -> int | str:
        if isinstance(value, Placeholder):
            self.found.add(chain)
            return shorten(value.expression)
        return max(-_LARGEST, min(_LARGEST, value))


def shorten(text: str) -> str:
    """Give a text as policies see it; halves of characters as `?`."""
    text = text[:LONGEST_TEXT]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _said(**values: Any) -> dict[str, Any]:
    return {
        name: shorten(value) if isinstance(value, str) else value for name, value in values.items() if value is not None
    }


class Viewer:
    """Makes the views of one environment."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.application: Application = environment.definition.application

    def walk(self, subjects: Iterable[str]) -> Iterator[tuple[str, Seen]]:
        """Give every subject of the kinds that are asked for, by workload in the order of their names."""
        wanted = frozenset(subjects)
        for key in sorted(self.application.workloads):
            for subject, seen in self._of_workload(key, self.application.workloads[key], wanted):
                if subject in wanted:
                    yield subject, seen

    def platform_of(self, path: Path) -> str:
        """Give the platform of the part of the environment that defines a workload."""
        parts = self.environment.parts
        if len({platform for platform, _ in parts}) > 1:
            origin = self.environment.definition.origins.find(path)
            for platform, source in parts:
                folder = source.partition("?")[0].rstrip("/")
                if origin is not None and (origin.file == folder or origin.file.startswith(f"{folder}/")):
                    return platform
        return parts[0][0] if parts else self.environment.definition.platform

    def _of_workload(self, key: str, workload: Workload, wanted: frozenset[str]) -> Iterator[tuple[str, Seen]]:
        path = ("workloads", key)
        platform = self.platform_of(path)
        row = BY_NAME.get(platform)
        local = row is not None and row.is_local
        around = {
            "environment": _said(name=self.environment.name, platform=platform, local=local),
        }
        notes = _Notes()
        containers = {name: self._view_container(name, each, platform) for name, each in workload.containers.items()}
        around["workload"] = view_workload(workload, {name: view for name, (view, _) in containers.items()}, notes)

        def see(container: str, subject: str, views: dict[str, Any], place: Path, *noted: _Notes) -> Seen:
            unsettled = frozenset(chain for each in (notes, *noted) for chain in each.found)
            view = {**around, **views}
            return Seen(key, container, subject, view, place, unsettled, {}, self.environment.name, platform)

        whole = see("", "", {}, path)
        whole.places = {("replicas",): (*path, "scale", "replicas")}
        yield "workload", whole
        for name, port in workload.ports.items():
            yield "port", see("", name, {"port": view_port(port)}, (*path, "ports", name))
        for name, route in workload.routes.items():
            yield "route", see("", name, {"route": view_route(route)}, (*path, "routes", name))
        for name, uid in workload.dependencies.items():
            yield (
                "dependency",
                see("", name, {"dependency": self._view_dependency(name, uid)}, (*path, "dependencies", name)),
            )
        for name, container in workload.containers.items():
            view, found = containers[name]
            for subject, seen in self._of_container(container, (*path, "containers", name), wanted):
                made = see(name, seen.subject, {"container": view, **seen.view}, seen.path, found)
                made.unsettled |= seen.unsettled
                made.places = seen.places
                yield subject, made

    def _of_container(self, container: Container, path: Path, wanted: frozenset[str]) -> Iterator[tuple[str, Seen]]:
        """Give a container and what is in it; only what is about the subject itself is in these views."""
        yield "container", Seen("", "", "", {}, path)
        for name, text in container.variables.items() if "variable" in wanted else ():
            notes = _Notes()
            view = {"name": shorten(name), "value": notes.text(text, "variable", "value"), **_mark(name, text)}
            yield "variable", Seen("", "", name, {"variable": view}, (*path, "variables", name), frozenset(notes.found), {
                ("value",): (*path, "variables", name)
            })  # fmt: skip
        for name, file in container.files.items():
            yield "file", Seen("", "", name, {"file": view_file(name, file)}, (*path, "files", name))
        for name, mount in container.mounts.items():
            notes = _Notes()
            view = self._view_mount(name, mount, notes)
            places: dict[tuple[str, ...], Path] = {("volume",): ("volumes", mount.volume)}
            yield "mount", Seen("", "", name, {"mount": view}, (*path, "mounts", name), frozenset(notes.found), places)
        for name in PROBES:
            probe: Probe | None = getattr(container, name)
            if probe is not None:
                yield "probe", Seen("", "", name, {"probe": view_probe(name, probe)}, (*path, name))
        for name in sorted(find_secrets(container)) if "secret" in wanted else ():
            yield "secret", Seen("", "", name, {"secret": self._view_secret(name)}, ("secrets", name))

    def _view_container(self, name: str, container: Container, platform: str) -> tuple[dict[str, Any], _Notes]:
        notes = _Notes()
        view = _said(
            name=name,
            role=container.role.value,
            image=view_image(container.image, notes) if container.image is not None else None,
            build=view_build(container) if container.build is not None else None,
            pull_policy=container.pull_policy,
            workdir=container.workdir,
            stop_signal=container.stop_signal,
            stop_grace=container.stop_grace,
        )
        for field in ("command", "args"):
            view[field] = [shorten(print_text(word)) for word in getattr(container, field) or ()]
        view["variables"] = {
            shorten(each): notes.text(text, "container", "variables", each)
            for each, text in container.variables.items()
        }
        view["files"] = {shorten(each): view_file(each, file) for each, file in container.files.items()}
        view["mounts"] = {
            shorten(each): self._view_mount(each, mount, _Notes()) for each, mount in container.mounts.items()
        }
        for field in PROBES:
            probe: Probe | None = getattr(container, field)
            if probe is not None:
                view[field] = view_probe(field, probe)
        view["compute"] = view_compute(container, platform, notes)
        view["security"] = view_security(container, platform)
        return view, notes

    def _view_mount(self, path: str, mount: Mount, notes: _Notes) -> dict[str, Any]:
        volume = self.application.volumes.get(mount.volume) or Volume("persistent", external=True)
        size = None if volume.size is None else notes.number(volume.size, "mount", "volume", "size")
        inner = _said(
            name=mount.volume,
            kind=volume.kind,
            host_path=volume.host_path,
            size=size,
            storage_class=volume.storage_class,
            external=volume.external,
        )
        return {**_said(path=path, read_only=mount.read_only, sub_path=mount.sub_path), "volume": inner}

    def _view_secret(self, name: str) -> dict[str, Any]:
        secret = self.application.secrets.get(name)
        values = secret.values if secret is not None else {}
        return {
            "name": shorten(name),
            "defined": secret is not None and not secret.external,
            "keys": [shorten(key) for key in values],
            "written": any(value is not None for value in values.values()),
            "provisioned": secret is not None and secret.provisioned,
        }

    def _view_dependency(self, name: str, uid: str) -> dict[str, Any]:
        dependency = self.application.dependencies.get(uid)
        if dependency is None:
            return {"name": shorten(name), "type": ""}
        return _said(
            name=name,
            type=dependency.type,
            version=dependency.version,
            realisation=dependency.realisation,
            **{"class": dependency.class_},
        )


def view_workload(workload: Workload, containers: dict[str, Any], notes: _Notes) -> dict[str, Any]:
    """View a workload with the views of its containers."""
    scale, schedule, restart = workload.scale, workload.schedule, workload.restart
    fixed = None if scale.replicas is None else notes.number(scale.replicas, "workload", "scale", "replicas")
    if isinstance(scale.replicas, Placeholder):
        notes.found.add(("workload", "replicas"))
    least = fixed if fixed is not None else scale.minimum if scale.minimum is not None else 1
    return {
        **_said(name=workload.name, namespace=workload.namespace, kind=workload.kind.value, replicas=least),
        "containers": containers,
        "ports": {name: view_port(port) for name, port in workload.ports.items()},
        "routes": {shorten(name): view_route(route) for name, route in workload.routes.items()},
        "scale": {**_said(replicas=fixed, minimum=scale.minimum, maximum=scale.maximum), "targets": scale.targets},
        **({"restart": _said(policy=restart.policy, attempts=restart.attempts)} if restart is not None else {}),
        **({"schedule": _said(cron=schedule.cron, time_zone=schedule.time_zone)} if schedule is not None else {}),
        "host_namespaces": list(workload.host_namespaces),
        "placement": [
            {
                **_said(attribute=each.attribute, operator=each.operator),
                "values": [shorten(value) for value in each.values],
            }
            for each in workload.placement
        ],
        "names": [shorten(name) for name in workload.names],
        "labels": {shorten(name): shorten(value) for name, value in workload.labels.items()},
        "annotations": {shorten(name): shorten(value) for name, value in workload.annotations.items()},
    }


def view_image(image: Image, notes: _Notes) -> dict[str, Any]:
    """View an image: what it leaves out is filled in, but for tag and digest."""
    whole = complete_image(image)
    _note_open_parts(image, notes)
    return _said(
        text=notes.text(image_text(image), "container", "image", "text"),
        registry=notes.text(whole.registry or "", "container", "image", "registry"),
        repository=notes.text(whole.repository, "container", "image", "repository"),
        tag=None if image.tag is None else notes.text(image.tag, "container", "image", "tag"),
        digest=image.digest,
    )


def _note_open_parts(image: Image, notes: _Notes) -> None:
    """Note the parts that `${IMAGE}` or `${TAG}` may hold and that are not said besides."""
    first, last = parts_of(image.repository)[:1], parts_of(image.repository)[-1:]
    ends_open = any(isinstance(part, Placeholder) for part in last)
    if image.tag is None and ends_open:
        notes.found.add(("container", "image", "tag"))
    tag_open = image.tag is not None and isinstance(parts_of(image.tag)[-1], Placeholder)
    if image.digest is None and (tag_open or (image.tag is None and ends_open)):
        notes.found.add(("container", "image", "digest"))
    if image.registry is None and any(isinstance(part, Placeholder) for part in first):
        notes.found.add(("container", "image", "registry"))


def view_build(container: Container) -> dict[str, Any]:
    """View how an image is built."""
    build = container.build
    assert build is not None
    return _said(context=build.context, dockerfile=build.dockerfile, target=build.target)


def view_compute(container: Container, platform: str, notes: _Notes) -> dict[str, Any]:
    """View what a container is granted and held to: what it says, else what its platform does of its own accord."""
    view: dict[str, Any] = {}
    for field in ("requests", "limits"):
        amounts: dict[str, int | Placeholder] = getattr(container.compute, field) or {}
        view[field] = {
            **_own_amounts(platform).get(field, {}),
            **{name: notes.number(value, "container", "compute", field, name) for name, value in amounts.items()},
        }
    return view


def view_security(container: Container, platform: str) -> dict[str, Any]:
    """View whom a container runs as: what it says, else what its platform sees to of its own accord."""
    security = container.security
    said = _said(**{name: getattr(security, name) for name in _SECURITY})
    added, dropped = security.capabilities_added or (), security.capabilities_dropped or ()
    lists = {"capabilities_added": list(added), "capabilities_dropped": list(dropped) or _own_drops(platform)}
    return {**_own_flags(platform), **said, **lists}


def view_probe(name: str, probe: Probe) -> dict[str, Any]:
    """View a probe."""
    fields = ("period", "timeout", "initial_delay", "grace", "failures", "successes", "disabled")
    view = _said(name=name, **{field: getattr(probe, field) for field in fields})
    check = probe.check
    if isinstance(check, Exec):
        view["check"] = {"kind": "exec", "command": [shorten(print_text(word)) for word in check.command]}
    elif check is not None:
        said = {field: getattr(check, field, None) for field in ("port", "path", "scheme")}
        view["check"] = {"command": [], **_said(kind=type(check).__name__.lower(), **said)}
    return view


def view_port(port: Port) -> dict[str, Any]:
    """View a port and how it is reached from outside."""
    said = _said(number=port.number, target=port.target, protocol=port.protocol, name=port.name, offered=port.offered)
    exposures = [_said(kind=each.kind, port=each.port, address=each.address) for each in port.exposures]
    return {**said, "exposures": exposures}


def view_route(route: Route) -> dict[str, Any]:
    """View a route."""
    return _said(
        host=print_text(route.host),
        path=route.path,
        port=route.port,
        match=route.match,
        tls=route.tls,
        tls_secret=route.tls_secret,
    )


def view_file(path: str, file: File) -> dict[str, Any]:
    """View a file; its content is not for policies, which compare settings."""
    host = file.content.path if isinstance(file.content, HostPath) else None
    stored = not isinstance(file.content, Binary | HostPath) and _is_stored(file.content)
    return _said(path=path, mode=file.mode, folder=file.folder, read_only=file.read_only, stored=stored, host_path=host)


def find_secrets(container: Container) -> set[str]:
    """Give the names of the secrets that a container takes values from."""
    texts: list[Text] = [*container.variables.values(), *(container.command or ()), *(container.args or ())]
    texts += [file.content for file in container.files.values() if not isinstance(file.content, Binary | HostPath)]
    parts = [part for text in texts for part in parts_of(text)]
    return {part.name for part in (*parts, *container.variables_from) if isinstance(part, SecretValue)}


def _is_stored(text: Text) -> bool:
    return any(isinstance(part, SecretValue) for part in parts_of(text))


def _mark(name: str, text: Text) -> dict[str, bool]:
    sensitive = is_secret_name(name) or has_secret(text)
    return {"literal": isinstance(text, str), "stored": _is_stored(text), "sensitive": sensitive}


@cache
def _own_amounts(platform: str) -> dict[str, dict[str, int]]:
    """Give what a platform grants and holds to where nothing is said (Nomad's 300 MiB)."""
    found: dict[str, dict[str, int]] = {}
    for row in load_defaults(platform) if platform in BY_NAME else ():
        if row.rule.startswith("compute.") and not row.when:
            found.setdefault(row.rule.partition(".")[2], {})[row.subject] = _parse_amount(row.value, row.subject)
    return found


def _parse_amount(text: str, resource: str) -> int:
    """Read a default as the judge spells it: `100m` is millicores, `300Mi` bytes."""
    if resource == "cpu":
        return int(text[:-1]) if text.endswith("m") else int(text) * 1000
    units = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
    return int(text[:-2]) * units[text[-2:]] if text[-2:] in units else int(text)


@cache
def _own_flags(platform: str) -> dict[str, bool]:
    """Give what a platform sees to where nothing is said (OpenShift runs nothing as root)."""
    rows = load_defaults(platform) if platform in BY_NAME else ()
    found = {row.rule.partition(".")[2].replace("-", "_"): row.value == "true" for row in rows if row.value == "true"}
    return {name: True for name in found if name in _SECURITY}


@cache
def _own_drops(platform: str) -> list[str]:
    rows = load_defaults(platform) if platform in BY_NAME else ()
    return [row.subject for row in rows if (row.rule, row.value) == ("security.capability", "drop")]
