"""Outputs in place of the references to them: in params while resources are provisioned, in texts once they all are.

A secret output becomes a reference to a secret of the application. Kubernetes templates spell a reference to a secret
inside a text as `🔐💬NAME_KEY💬🔐` (the function `encodeSecretRef` of the reference implementation); it is read as one.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from isomorph.model.application import Definition, Extra, Secret, Volume
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.image import image_text, parse_image
from isomorph.model.normalise import join_ports, map_workload_texts
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.secrecy import has_secret, is_secret_name
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
    parts_of,
    print_part,
)
from isomorph.model.workload import Binary, Container, Mount, Workload
from isomorph.provisioning.contract import Realised, Result
from isomorph.provisioning.references import join_path, print_value, split_path, suggest

_PARTS = (Address, ConfigurationValue, InstanceField, Output, Placeholder, SecretValue)
_OPEN, _CLOSE = "\U0001f510\U0001f4ac", "\U0001f4ac\U0001f510"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_NOT_IN_NAME = re.compile(r"[^a-z0-9]+")
_KEY = re.compile(r"[A-Za-z0-9._-]+")
_NOT_IN_KEY = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 253
_PASSING = frozenset(("csi", "gitRepo", "image", "ephemeral"))  # Volume sources that end with the pod.
_SHORTEST_CONTAINED = 6
"""Shorter secrets are looked for as a whole output only, since they stand in other texts by chance."""


def find_output(realised: Realised, path: tuple[str, ...]) -> Any:
    """Give the value of an output by its path; raises LookupError with what is wrong and what there is.

    An output that is known only when the definition runs is the text that stands for it.
    """
    result = realised.result
    value: Any = result.outputs
    if path[0] in result.references and path[0] not in value:
        if len(path) > 1:
            message = f"the keys of output {join_path(path[:1])} of {realised.resource.uid} are not known yet"
            raise LookupError(message, f"{realised.provisioner} gives it later")
        return result.references[path[0]]
    for index, key in enumerate(path):
        if not isinstance(value, dict):
            raise LookupError(f"output {join_path(path[:index])} is a value and has no keys", "")
        if key not in value:
            if index == 0:
                hint = suggest(key, list_outputs(result), "its outputs are")
                raise LookupError(
                    f"{realised.resource.uid} has no output {key!r}", f"{hint}; from {realised.provisioner}"
                )
            message = f"output {join_path(path[:index])} of {realised.resource.uid} has no key {key!r}"
            raise LookupError(message, suggest(key, value, "there are"))
        value = value[key]
    return value


def list_outputs(result: Result) -> list[str]:
    """Give the names of a resource's outputs, those among them that are known only when the definition runs."""
    return list({**result.outputs, **result.references})


def is_secret_output(realised: Realised, path: tuple[str, ...]) -> bool:
    """Tell whether an output is secret, or lies in one that is, or holds one."""
    secrets = realised.secrets
    if not secrets:
        return False
    if any(join_path(path[: end + 1]) in secrets for end in range(len(path))):
        return True
    inside = join_path(path) + "."
    return any(secret.startswith(inside) for secret in secrets)


def to_text(value: Any) -> Text:
    """Give an output's value as a text: references stay such, and what is no text is its JSON."""
    if isinstance(value, str):
        return parse_marks(value)
    if isinstance(value, _PARTS):
        return (value,)
    if isinstance(value, tuple) and all(isinstance(part, (str, *_PARTS)) for part in value):
        return make_text(value)
    return parse_marks(print_value(mark_references(value)))


def to_plain(value: Any) -> str:
    """Give an output's value as other resources' params get it: a text, references to secrets marked in it."""
    marked = mark_references(value)
    return marked if isinstance(marked, str) else print_value(marked)


def mark_references(value: Any) -> Any:
    """Give plain data, the references in it spelled out: secrets by their mark."""
    if isinstance(value, SecretValue):
        return f"{_OPEN}{value.name}_{value.key}{_CLOSE}"
    if isinstance(value, _PARTS):
        return print_part(value)
    if isinstance(value, tuple):
        return "".join(mark_references(part) for part in value)
    if isinstance(value, dict):
        return {key: mark_references(each) for key, each in value.items()}
    if isinstance(value, list):
        return [mark_references(each) for each in value]
    return value


def parse_marks(text: str) -> Text:
    """Read the references to secrets in a text; a mark that is not whole is literal."""
    if _OPEN not in text:
        return text
    parts: list[Part] = []
    first, *rest = text.split(_OPEN)
    parts.append(first)
    for piece in rest:
        inside, close, after = piece.partition(_CLOSE)
        name, underscore, key = inside.partition("_")
        if close and underscore and name:
            parts += [SecretValue(name, key), after]
        else:
            parts.append(_OPEN + piece)
    return make_text(parts)


def secret_name(uid: str) -> str:
    """Give the name of the secret that keeps a resource's secret outputs: its uid in what platforms take for a name."""
    name = uid.replace("#", ".")
    if _NAME.fullmatch(name) and len(name) <= _LONGEST_NAME:
        return name
    return f"{_NOT_IN_NAME.sub('-', name.lower()).strip('-')[:200].rstrip('-')}-{_digest(uid)}"


def secret_key(output: str) -> str:
    """Give the key under which a secret output is kept: its path."""
    return output if _KEY.fullmatch(output) else f"{_NOT_IN_KEY.sub('-', output)}-{_digest(output)}"


def _digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()[:8]


def find_secrets(outputs: Mapping[str, Any], named: frozenset[str], known: tuple[str, ...]) -> frozenset[str]:
    """Give the paths of all outputs that are secret: those named so, and those that hold one of their values or a known one.

    `known` are the secret values that the resource was given in its params.
    """
    if not named and not known:
        return named
    leaves = list(_leaves(outputs))
    values = set(known)
    for path, value in leaves:
        if value and any(join_path(path[: end + 1]) in named for end in range(len(path))):
            values.add(value)
    long = [value for value in values if len(value) >= _SHORTEST_CONTAINED]
    found = {
        join_path(path)
        for path, value in leaves
        if value in values or any(secret in value for secret in long if len(secret) < len(value))
    }
    return named | found


def secret_values(value: Any) -> tuple[str, ...]:
    """Give the texts in the value of a secret output, as they are looked for in others."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(text for _, text in _leaves({"": value}) if text)


def _leaves(outputs: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """Give the values of outputs by their paths, as texts; lists count as one with the output that holds them."""
    found: list[tuple[tuple[str, ...], str]] = []
    pending: list[tuple[tuple[str, ...], Any]] = [((), outputs)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, Mapping):
            pending.extend(((*path, str(key)), each) for key, each in reversed(list(value.items())))
        elif isinstance(value, str):
            found.append((path, value))
        elif isinstance(value, list):
            pending.extend((path, each) for each in reversed(value))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found.append((path, print_value(value)))
    return found


class Resolution:
    """The outputs of all resources while a definition is resolved: each output once, however often it is used."""

    __slots__ = ("_known", "diagnostics", "realised", "secrets")

    def __init__(self, realised: Mapping[str, Realised]) -> None:
        self.realised = realised
        self.secrets: dict[str, dict[str, Text | Binary | None]] = {}
        self.diagnostics: list[Diagnostic] = []
        self._known: dict[Output, Text] = {}

    def resolve(self, output: Output, origin: Origin | None) -> Text:
        """Give the text that stands for an output; raises InvalidInput at the place that uses it."""
        known = self._known.get(output)
        if known is None:
            known = self._known[output] = self._resolve(output, origin)
        return known

    def resolve_text(self, text: tuple[Part, ...], origin: Origin | None) -> Text:
        """Give a text with what stands for its outputs; `HOST:PORT` of one resource is an address where it says so."""
        parts: list[Part] = []
        index = 0
        while index < len(text):
            part = text[index]
            index += 1
            if not isinstance(part, Output):
                parts.append(part)
                continue
            pair = self._find_pair(part, *text[index : index + 2]) if len(text) > index + 1 else None
            parts.extend(parts_of(self.resolve(part, origin) if pair is None else pair))
            index += 0 if pair is None else 2
        return join_ports(make_text(parts))

    def _find_pair(self, host: Output, between: Part, port: Part) -> Text | None:
        realised = self.realised.get(host.dependency)
        if between != ":" or not isinstance(port, Output) or port.dependency != host.dependency or realised is None:
            return None
        return realised.result.pairs.get((host.output, port.output))

    def find(self, uid: str, origin: Origin | None) -> Realised:
        """Give a resource that was provisioned."""
        realised = self.realised.get(uid)
        if realised is None:
            raise InvalidInput(f"there is no resource {uid}", origin, suggest(uid, self.realised))
        return realised

    def _resolve(self, output: Output, origin: Origin | None) -> Text:
        realised = self.find(output.dependency, origin)
        if not output.output:
            hint = f"name an output of it: {', '.join(list_outputs(realised.result)) or 'it has none'}"
            raise InvalidInput(f"{realised.resource.uid} is a resource, and no text", origin, hint)
        path = split_path(output.output)
        reference = realised.result.references.get(output.output)
        if reference is not None:
            return reference
        try:
            value = find_output(realised, path)
        except LookupError as error:
            raise InvalidInput(error.args[0], origin, error.args[1]) from None
        text = to_text(value)
        if isinstance(text, str) and is_secret_output(realised, path):
            name, key = secret_name(realised.resource.uid), secret_key(output.output)
            self.secrets.setdefault(name, {})[key] = text
            return (SecretValue(name, key),)
        if isinstance(text, str) and text and not realised.result.secrets:
            self._warn(realised, path, text, origin)
        return text

    def _warn(self, realised: Realised, path: tuple[str, ...], text: str, origin: Origin | None) -> None:
        """Say that a secret goes into the output in clear, where the provisioner does not tell what is secret."""
        if is_secret_name(path[-1]) or has_secret(text):
            message = (
                f"output {join_path(path)} of {realised.resource.uid} looks secret, and {realised.provisioner} "
                "does not say so; it is written in plain text"
            )
            self.diagnostics.append(Diagnostic("secret-in-clear", message, origin))


def resolve_definition(definition: Definition, realised: Mapping[str, Realised]) -> Definition:
    """Give a definition with plain values in place of outputs, in texts and images, and with the volumes that resources are.

    Secret outputs become references to secrets of the application, which hold their values. Raises InvalidInput at the
    place of a reference to an output that is not there.
    """
    resolution = Resolution(realised)
    find = definition.origins.find

    def change(text: Text, path: Path) -> Text:
        if isinstance(text, str) or not any(isinstance(part, Output) for part in text):
            return text
        return resolution.resolve_text(text, find(path))

    mounting = _Mounting(definition, resolution)
    workloads: dict[str, Workload] = {}
    for key, workload in definition.application.workloads.items():
        path = ("workloads", key)
        resolved = map_workload_texts(workload, path, change)
        workloads[key] = _resolve_containers(resolved, path, change, mounting)
    application = replace(
        definition.application,
        workloads=workloads,
        volumes={**mounting.kept_volumes(), **mounting.volumes},
        secrets={
            **definition.application.secrets,
            **{name: Secret(values) for name, values in resolution.secrets.items()},
        },
    )
    return replace(
        definition,
        application=application,
        origins=mounting.moved_origins(),
        extras=(*definition.extras, *mounting.extras),
        diagnostics=(*definition.diagnostics, *resolution.diagnostics),
    )


def _resolve_containers(
    workload: Workload, path: Path, change: Callable[[Text, Path], Text], mounting: "_Mounting"
) -> Workload:
    changed: dict[str, Container] = {}
    for name, container in workload.containers.items():
        place = (*path, "containers", name)
        changes: dict[str, Any] = {}
        image = container.image
        if image is not None and not (isinstance(image.repository, str) and isinstance(image.tag, str | None)):
            text = image_text(image)
            resolved = change(text, (*place, "image"))
            if resolved is not text:
                # An output may be the whole reference or any part of it: only the whole tells which is which.
                changes["image"] = parse_image(resolved)
        if container.mounts:
            mounts = {
                target: mounting.resolve(mount, workload, (*place, "mounts", target))
                for target, mount in container.mounts.items()
            }
            if any(mount is not container.mounts[target] for target, mount in mounts.items()):
                changes["mounts"] = mounts
        if changes:
            changed[name] = replace(container, **changes)
    return replace(workload, containers={**workload.containers, **changed}) if changed else workload


class _Mounting:
    """The volumes that resources turn out to be."""

    __slots__ = ("_definition", "_replaced", "_resolution", "extras", "volumes")

    def __init__(self, definition: Definition, resolution: Resolution) -> None:
        self._definition = definition
        self._resolution = resolution
        self._replaced: dict[str, str] = {}  # the volume's name before -> one after
        self.volumes: dict[str, Volume] = {}
        self.extras: list[Extra] = []

    def kept_volumes(self) -> dict[str, Volume]:
        """Give the volumes that stay as they were."""
        volumes = self._definition.application.volumes
        return {name: volume for name, volume in volumes.items() if name not in self._replaced}

    def moved_origins(self) -> Origins:
        """Give the origins, those of replaced volumes under the new names too."""
        origins = self._definition.origins
        if not self._replaced:
            return origins
        table = dict(origins.table)
        for old, new in self._replaced.items():
            origin = table.get(("volumes", old))
            if origin is not None:
                table[("volumes", new)] = origin
        return Origins(table)

    def resolve(self, mount: Mount, workload: Workload, path: Path) -> Mount:
        """Give the mount of the volume that a resource is; other mounts stay the same object."""
        found = self._find(mount.volume, workload)
        if found is None:
            return mount
        uid, output = found
        origin = self._definition.origins.find((*path, "volume"))
        realised = self._resolution.find(uid, origin)
        outputs = realised.result.outputs
        if not output or output == ("source",):
            source = outputs.get("source")
            kind = outputs.get("type", "volume")
        else:
            try:
                source, kind = find_output(realised, output), "volume"
            except LookupError as error:
                raise InvalidInput(error.args[0], origin, error.args[1]) from None
        if isinstance(source, dict) and source:
            name = next((name for name, each in workload.dependencies.items() if each == uid), uid)
            new = self._add_source(f"{workload.name}/{name}", source, mount, origin)
        elif kind == "tmpfs" or (isinstance(source, str) and source and kind in ("volume", "bind")):
            own = realised.result.parts.volumes.get(source) if isinstance(source, str) else None
            new = self._add_named(f"{workload.name}/{path[-1]}", kind, source, outputs, mount, own)
        else:
            hint = (
                f"a volume has the output source, and for Compose type (volume, bind, tmpfs); {_list_outputs(outputs)}"
            )
            raise InvalidInput(f"resource {uid} cannot be mounted: it is no volume", origin, hint)
        self._replaced[mount.volume] = new.volume
        return new

    def _find(self, volume: str, workload: Workload) -> tuple[str, tuple[str, ...]] | None:
        """Give the resource, and the path of its output, that a mount's volume names."""
        if volume in self._definition.application.dependencies:
            return volume, ()
        if volume.startswith("${resources.") and volume.endswith("}"):
            named = volume[len("${resources.") : -1]
            for uid in workload.dependencies.values():
                if named.startswith(uid + "."):
                    return uid, split_path(named[len(uid) + 1 :])
        return None

    def _add_named(
        self, key: str, kind: str, source: Any, outputs: dict[str, Any], mount: Mount, own: Volume | None
    ) -> Mount:
        """Add what Compose calls a volume: `type`, `source` and options, as in a service's long syntax.

        `own` is the volume of that name among the resource's parts.
        """
        options = outputs.get(kind) if isinstance(outputs.get(kind), dict) else {}
        assert isinstance(options, dict)
        if kind == "volume":
            name, volume = source, own or Volume("persistent")
        elif kind == "bind":
            name, volume = key, Volume("host", host_path=source)
        else:
            size = options.get("size")
            name, volume = key, Volume("memory", size=size if isinstance(size, int) else None)
        self.volumes.setdefault(name, volume)
        sub_path = options.get("subpath")
        return replace(
            mount,
            volume=name,
            sub_path=mount.sub_path or (sub_path if isinstance(sub_path, str) else None),
            read_only=True if outputs.get("read_only") is True else mount.read_only,
        )

    def _add_source(self, key: str, source: dict[str, Any], mount: Mount, origin: Origin | None) -> Mount:
        """Add what Kubernetes calls a volume source: `{KIND: {…}}`."""
        kind = next(iter(source))
        body = source[kind] if isinstance(source[kind], dict) else {}
        read_only = True if body.get("readOnly") is True else mount.read_only
        if kind == "persistentVolumeClaim" and isinstance(body.get("claimName"), str):
            key = body["claimName"]
            self.volumes.setdefault(key, Volume("persistent", external=True))
            return replace(mount, volume=key, read_only=read_only)
        if kind == "hostPath" and isinstance(body.get("path"), str):
            volume = Volume("host", host_path=body["path"])
        elif kind == "emptyDir":
            volume = Volume("memory" if body.get("medium") == "Memory" else "ephemeral")
        else:
            volume = Volume("ephemeral" if kind in _PASSING else "persistent", external=kind not in _PASSING)
        if key not in self.volumes and body.keys() - {"path"}:
            # What the model does not hold of the source stays beside it, as the reader of manifests keeps it.
            self.extras.append(Extra("kubernetes", ("volumes", key), ("source",), source, origin))
        self.volumes.setdefault(key, volume)
        return replace(mount, volume=key, read_only=read_only)


def _list_outputs(outputs: Mapping[str, Any]) -> str:
    return f"its outputs are {', '.join(outputs)}" if outputs else "it has no outputs"
