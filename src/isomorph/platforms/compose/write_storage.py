"""Files and mounts of a container: configs, secrets, binds of files beside the Compose file, volumes, tmpfs."""

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from isomorph.model.application import Extra, Volume
from isomorph.model.origin import Path
from isomorph.model.text import ConfigurationValue, SecretValue
from isomorph.model.workload import Binary, Container, File, HostPath, Mount
from isomorph.platforms.compose.write_extras import put_all
from isomorph.platforms.compose.write_text import escape
from isomorph.platforms.compose.write_units import print_bytes
from isomorph.platforms.compose.writing import Writing
from isomorph.platforms.platform import OutputFile
from isomorph.syntax.yaml.emit import Octal

_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_MEMORY_OF_DOCKER = {"type": "tmpfs", "device": "tmpfs"}

KIND_LABEL = "dev.isomorph/kind"
"""A label on a named volume that stands for storage which ends with its workload."""


def safe_name(text: str) -> str:
    """Make a text a name that Compose allows for configs, secrets, volumes and services."""
    name = _NOT_IN_NAME.sub("-", text).strip("-._")
    return name or "unnamed"


def write_files(writing: Writing, service_name: str, container: Container, path: Path, service: dict[str, Any]) -> None:
    """Write the files that a container sees."""
    configs: list[Any] = []
    secrets: list[Any] = []
    binds: list[str | dict[str, Any]] = []
    for target, file in container.files.items():
        content = file.content
        extras = writing.extras.pop((*path, "files", target), ()) if writing.extras else ()
        if file.folder and not isinstance(content, HostPath):
            writing.report("lost", f"{path[1]}: folder {target}, whose files are not known", (*path, "files", target))
        elif isinstance(content, HostPath):
            binds.append(_bind(writing.texts.plain(content.path), target, file.read_only, extras))
        elif isinstance(content, Binary):
            source = _write_beside(writing, service_name, target, file, content.data)
            binds.append(_bind(source, target, file.read_only, extras))
        elif not isinstance(content, str) and len(content) == 1 and isinstance(content[0], SecretValue):
            secrets.append(_grant(define_secret(writing, content[0]), target, file, extras))
        elif not isinstance(content, str) and len(content) == 1 and isinstance(content[0], ConfigurationValue):
            configs.append(_grant(_refer_to_config(writing, content[0]), target, file, extras))
        else:
            configs.append(_grant(_define_config(writing, service_name, target, file), target, file, extras))
    if configs:
        service["configs"] = configs
    if secrets:
        service["secrets"] = secrets
    if binds:
        service.setdefault("volumes", []).extend(binds)


def _grant(name: str, target: str, file: File, extras: Sequence[Extra]) -> dict[str, Any]:
    """Write the long form of a config or secret; a mode is octal and unquoted, or Docker takes it for decimal."""
    grant: dict[str, Any] = {"source": name, "target": escape(target)}
    if file.mode is not None:
        grant["mode"] = Octal(file.mode)
    put_all(grant, [extra for extra in extras if extra.location[0] in ("uid", "gid")])
    return grant


def _define_config(writing: Writing, service_name: str, target: str, file: File) -> str:
    """Define a config with the file's text inside; two files of one base name do not meet."""
    name = safe_name(f"{service_name}-{target.rpartition('/')[2]}")
    if name in writing.configs:
        name = f"{name}-{sha256(f'{service_name} {target}'.encode()).hexdigest()[:8]}"
    content = file.content
    assert not isinstance(content, Binary | HostPath)
    writing.configs[name] = {"content": writing.texts.print(content)}
    writing.config_texts[name] = content
    return name


def _refer_to_config(writing: Writing, value: ConfigurationValue) -> str:
    """Refer to a configuration that is not defined here: it is taken from a variable of the shell."""
    name = safe_name(f"{value.name}-{value.key}" if value.key and value.key != value.name else value.name)
    known = writing.application.configurations.get(value.name)
    if name in writing.configs:
        return name
    if writing.from_compose and known is not None and known.external:
        writing.configs[name] = {"external": True}
        return name
    variable, _ = writing.texts.name_variable(value)
    writing.configs[name] = {"environment": variable}
    message = f"config {name} is taken from ${{{variable}}}, to be set before it is run"
    writing.report("assumed", message, ("configurations", value.name))
    return name


def define_secret(writing: Writing, secret: SecretValue) -> str:
    """Define a secret that is taken from a variable: of the env file where its value is known, else of the shell."""
    own = writing.secret_names.get((secret.name, secret.key))
    if own is not None:
        return own
    name = safe_name(f"{secret.name}-{secret.key}" if secret.key else secret.name)
    writing.secret_names[secret.name, secret.key] = name
    path: Path = ("secrets", secret.name)
    known = writing.application.secrets.get(secret.name)
    sources = [
        extra for extra in writing.extras.get(path, ()) if extra.location[0] in ("file", "environment", "content")
    ]
    if known is not None and known.external and writing.from_compose:
        writing.secrets[name] = {"external": True}
    elif sources:
        writing.secrets[name] = {}  # Where it comes from is put back with the other extras.
    else:
        variable, settled = writing.texts.name_variable(secret)
        writing.secrets[name] = {"environment": variable}
        if not settled:
            message = f"secret {name} is taken from ${{{variable}}}, to be set before it is run"
            writing.report("assumed", message, path)
    return name


def _write_beside(writing: Writing, service_name: str, target: str, file: File, data: bytes) -> str:
    """Put bytes, which no config can hold, into a file beside the Compose file; gives its path."""
    folder = writing.options.beside.strip("/") or "files"
    path = f"{folder}/{safe_name(service_name)}/{safe_name(target)}"
    if path in writing.beside:
        path = f"{path}-{sha256(target.encode()).hexdigest()[:8]}"
    writing.beside[path] = OutputFile(path, data, file.mode)
    return f"./{path}"


def _bind(source: str, target: str, read_only: bool | None, extras: Sequence[Extra] = ()) -> str | dict[str, Any]:
    """Write a bind whose source is spelled for Compose already."""
    # A source of the short form that is no path is the name of a volume.
    if extras or _breaks_short_form(target) or _has_colon(source) or not source.startswith((".", "/", "~", "${")):
        bind: dict[str, Any] = {"type": "bind", "source": source, "target": escape(target)}
        if read_only is not None:
            bind["read_only"] = read_only
        put_all(bind, extras)
        return bind
    return f"{source}:{escape(target)}{':ro' if read_only else ''}"


def _breaks_short_form(target: str) -> bool:
    """Tell whether a path has what the short form splits at, or what looks like a variable with an operator in it."""
    return ":" in target or "${" in target


def _has_colon(source: str) -> bool:
    """Tell whether a source has a colon that is no part of a variable's operator."""
    return "$${" in source or ":" in (_VARIABLE.sub("", source) if "${" in source else source)


def write_mounts(writing: Writing, container: Container, path: Path, service: dict[str, Any]) -> None:
    """Write the volumes that a container mounts."""
    volumes: list[Any] = []
    for target, mount in container.mounts.items():
        volume = writing.application.volumes.get(mount.volume)
        kind = volume.kind if volume else "persistent"
        extras = writing.extras.pop((*path, "mounts", target), ()) if writing.extras else ()
        if kind == "host" and volume is not None and mount.volume not in writing.defined_volumes:
            source = volume.host_path or "/"
            inner = f"{source.rstrip('/')}/{mount.sub_path}" if mount.sub_path else source
            volumes.append(_bind(writing.texts.plain(inner), target, mount.read_only, extras))
        elif kind in ("ephemeral", "memory") and mount.volume not in writing.defined_volumes:
            _write_own(kind, volume, target, mount, extras, volumes, service)
        else:
            volumes.append(_write_named(writing, mount, volume, target, extras))
    if volumes:
        service.setdefault("volumes", []).extend(volumes)


def _write_own(
    kind: str,
    volume: Volume | None,
    target: str,
    mount: Mount,
    extras: Sequence[Extra],
    volumes: list[Any],
    service: dict[str, Any],
) -> None:
    """Write storage that one container has for itself: an anonymous volume, or memory."""
    size = volume.size if volume else None
    options = [str(extra.value) for extra in extras if extra.location == ("options",)]
    short = not _breaks_short_form(target) and all(extra.location == ("options",) for extra in extras)
    if kind == "memory" and short:
        said = [
            *options,
            *(["ro"] if mount.read_only else []),
            *([] if size is None else [f"size={print_bytes(size)}"]),
        ]
        service.setdefault("tmpfs", []).append(escape(target) + (f":{','.join(said)}" if said else ""))
        return
    if kind == "ephemeral" and short and not mount.read_only:
        volumes.append(escape(target))
        return
    written: dict[str, Any] = {"type": "tmpfs" if kind == "memory" else "volume", "target": escape(target)}
    if mount.read_only is not None:
        written["read_only"] = mount.read_only
    if kind == "memory" and size is not None:
        written["tmpfs"] = {"size": size if isinstance(size, int) else print_bytes(size)}
    put_all(written, extras)
    volumes.append(written)


def _write_named(
    writing: Writing, mount: Mount, volume: Volume | None, target: str, extras: Sequence[Extra]
) -> str | dict[str, Any]:
    name = writing.volume_names.get(mount.volume)
    if name is None:
        name = define_volume(writing, mount.volume, volume)
    if mount.sub_path is None and not extras and not _breaks_short_form(target):
        return f"{name}:{escape(target)}{':ro' if mount.read_only else ''}"
    written: dict[str, Any] = {"type": "volume", "source": name, "target": escape(target)}
    if mount.read_only is not None:
        written["read_only"] = mount.read_only
    if mount.sub_path is not None:
        written["volume"] = {"subpath": escape(mount.sub_path)}
    put_all(written, extras)
    return written


def define_volume(writing: Writing, key: str, volume: Volume | None) -> str:
    """Define a named volume; one that several containers of a workload share and that ends with it says so in a label."""
    name = writing.names_of_volumes.give(safe_name(key))
    writing.volume_names[key] = name
    definition: dict[str, Any] = {}
    if volume is not None:
        if volume.external:
            definition["external"] = True
        if volume.kind == "memory":
            options = dict(_MEMORY_OF_DOCKER)
            if volume.size is not None:
                options["o"] = f"size={print_bytes(volume.size)}"
            definition["driver_opts"] = options
        elif volume.kind == "host":
            source = writing.texts.plain(volume.host_path or "/")
            definition["driver_opts"] = {"type": "none", "o": "bind", "device": source}
        if volume.kind == "ephemeral" or (volume.kind == "memory" and not writing.from_compose):
            definition["labels"] = {KIND_LABEL: volume.kind}
    writing.volumes[name] = definition
    return name
