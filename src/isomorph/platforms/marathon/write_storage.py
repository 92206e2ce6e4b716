"""Volumes and files from secret stores: of applications, and of pods."""

from typing import Any

from isomorph.model.application import Volume
from isomorph.model.origin import Path
from isomorph.model.text import SecretValue, parts_of
from isomorph.model.workload import Binary, Container, File, HostPath, Mount
from isomorph.platforms.marathon.ids import to_part
from isomorph.platforms.marathon.read_storage import GIBIBYTE, SANDBOX
from isomorph.platforms.marathon.values import MEBIBYTE
from isomorph.platforms.marathon.write_text import declare_secret
from isomorph.platforms.marathon.writing import Construct, Writing

ASSUMED_SIZE = 1024
"""MiB of a persistent volume whose size nobody says; Marathon wants one."""


class Mounting:
    """What one application or pod mounts, while it is written."""

    def __init__(self, writing: Writing, key: str, secrets: Construct) -> None:
        self.writing = writing
        self.key = key
        self.secrets = secrets
        self.volumes: list[Construct] = []
        self.parameters: list[tuple[str, str]] = []
        self.names: dict[str, str] = {}  # in the sandbox (or of the pod), by the volume's name
        self.taken: set[str] = set()

    def name(self, volume: str) -> str:
        """Name a volume in the sandbox."""
        if volume not in self.names:
            wish = name = to_part(volume.rpartition("/")[2] or volume).replace(".", "-")[:60]
            number = 2
            while name in self.taken:
                name = f"{wish}-{number}"
                number += 1
            self.taken.add(name)
            self.names[volume] = name
        return self.names[volume]


def secret_of(file: File) -> SecretValue | None:
    """Give the secret that is a file's whole content."""
    content = file.content
    if isinstance(content, Binary | HostPath):
        return None
    parts = parts_of(content)
    return parts[0] if len(parts) == 1 and isinstance(parts[0], SecretValue) else None


def write_mounts(mounting: Mounting, container: Container, path: Path, *, docker: bool) -> None:
    """Write what an application's container mounts; `docker`: its options can be used."""
    writing = mounting.writing
    for target, mount in container.mounts.items():
        volume = writing.application.volumes.get(mount.volume, Volume("persistent"))
        place = (*path, "mounts", target)
        mode = "RO" if mount.read_only else "RW"
        if volume.kind == "memory" and docker:
            _write_tmpfs(mounting, volume, mount, target, place)
        elif volume.kind == "persistent" and volume.external:
            mounting.volumes.append(_external(mounting, mount, volume, target, mode))
        elif volume.kind == "persistent":
            _write_persistent(mounting, mount, volume, target, mode)
        elif volume.kind == "host":
            if host := _host_path(writing, volume, mount, place):
                mounting.volumes.append({"containerPath": target, "hostPath": host, "mode": mode})
        else:
            if volume.kind == "memory":
                writing.lose("volume.memory", place, f"{target} is in memory", "approximated")
            inner = f"{mounting.name(mount.volume)}{f'/{mount.sub_path}' if mount.sub_path else ''}"
            mounting.volumes.append({"containerPath": target, "hostPath": inner, "mode": mode})


def _host_path(writing: Writing, volume: Volume, mount: Mount, path: Path) -> str | None:
    host = volume.host_path or ""
    if not host.startswith("/"):
        writing.report(
            "lost", f"{path[1]}: {path[-1]} is {host or 'a folder'} of the project, which no agent has", path
        )
        return None
    return f"{host.rstrip('/')}/{mount.sub_path}" if mount.sub_path else host


def _write_tmpfs(mounting: Mounting, volume: Volume, mount: Mount, target: str, path: Path) -> None:
    size = mounting.writing.number(volume.size, "volume.size", path, "the size of the volume")
    options = [f"size={size}"] if size is not None else []
    if mount.read_only:
        options.append("ro")
    if mount.sub_path:
        mounting.writing.report("lost", f"{path[1]}: {target} is all of the volume, not {mount.sub_path}", path)
    mounting.parameters.append(("tmpfs", f"{target}:{','.join(options)}" if options else target))


def _write_persistent(mounting: Mounting, mount: Mount, volume: Volume, target: str, mode: str) -> None:
    """Write a volume in the sandbox, and the path of the container under which it is seen."""
    own = target.removeprefix(f"{SANDBOX}/")
    direct = own != target and "/" not in own and not mount.sub_path and mount.volume not in mounting.names
    if direct:
        mounting.names[mount.volume] = own
        mounting.taken.add(own)
    known = mount.volume in mounting.names
    name = mounting.name(mount.volume)
    if direct or not known:
        persistent = {
            "containerPath": name,
            "persistent": persistent_info(mounting, mount.volume, volume),
            "mode": "RW",
        }
        if direct:
            persistent["mode"] = mode
        mounting.volumes.append(persistent)
        mounting.writing.constructs.setdefault(("volumes", mount.volume), persistent)
    if not direct:
        inner = f"{name}/{mount.sub_path}" if mount.sub_path else name
        mounting.volumes.append({"containerPath": target, "hostPath": inner, "mode": mode})


def persistent_info(mounting: Mounting, name: str, volume: Volume) -> Construct:
    """Write how large a persistent volume is; one that nobody says is assumed."""
    writing, path = mounting.writing, ("volumes", name)
    size = writing.number(volume.size, "volume.size", path, "its size")
    if size is None:
        writing.report("assumed", f"{name}: a volume has a size; {ASSUMED_SIZE} MiB was written", path)
    mebibytes = ASSUMED_SIZE if size is None else -(-size // MEBIBYTE)
    if size is not None and mebibytes * MEBIBYTE != size:
        writing.report("approximated", f"{name}: the size is in MiB, and is {mebibytes}", path)
    written: Construct = {"size": mebibytes}
    if volume.storage_class is not None:
        written.update(type="mount", profileName=volume.storage_class)
    return written


def _external(mounting: Mounting, mount: Mount, volume: Volume, target: str, mode: str) -> Construct:
    """Write a volume that is there already; which driver has it is an assumption, unless Marathon's own definition said it."""
    writing, path = mounting.writing, ("volumes", mount.volume)
    info: Construct = {"name": mount.volume}
    if isinstance(volume.size, int):
        info["size"] = -(-volume.size // GIBIBYTE)
    if not any(extra.location[:1] == ("external",) for extra in writing.extras.get(path, ())):
        info.update(provider="dvdi", options={"dvdi/driver": "rexray"})
        writing.report("assumed", f"{mount.volume}: the driver rexray of an external volume was written", path)
    if mount.sub_path:
        writing.report("lost", f"{mounting.key}: {target} is all of the volume, not {mount.sub_path}", path)
    written = {"containerPath": target, "external": info, "mode": mode}
    writing.constructs.setdefault(path, written)
    return written


def write_files(mounting: Mounting, container: Container, path: Path, *, pod: bool = False) -> list[tuple[str, str]]:
    """Write files from secret stores as (path, name of the secret); others are lost."""
    written: list[tuple[str, str]] = []
    writing = mounting.writing
    for target, file in container.files.items():
        place = (*path, "files", target)
        part = secret_of(file)
        if part is None:
            field = "file.binary" if isinstance(file.content, Binary) else "file.content"
            writing.lose(field, place, f"file {target}")
            continue
        name = declare_secret(writing, part, mounting.key, mounting.secrets)
        inside = target.removeprefix(f"{SANDBOX}/")
        written.append((inside, name))
        if file.mode is not None:
            writing.lose("file.mode", place, f"mode of {target}")
    return written


def report_shared(writing: Writing) -> None:
    """Tell volumes that several workloads mount, and what no volume of Marathon has."""
    users: dict[str, set[str]] = {}
    for key, workload in writing.workloads.items():
        for container in workload.containers.values():
            for mount in container.mounts.values():
                users.setdefault(mount.volume, set()).add(key)
    for name, volume in writing.application.volumes.items():
        path = ("volumes", name)
        if volume.access:
            writing.lose("volume.access", path, "access to the volume")
        if volume.kind == "persistent" and not volume.external and len(users.get(name, ())) > 1:
            message = f"{name}: {', '.join(sorted(users[name]))} share it elsewhere; here each has its own"
            writing.report("approximated", message, path)


def write_pod_mounts(
    mounting: Mounting, container: Container, path: Path, volumes: dict[str, Construct]
) -> list[dict[str, Any]]:
    """Write what a container of a pod mounts; `volumes` are the pod's, by name."""
    writing = mounting.writing
    mounts: list[dict[str, Any]] = []
    for target, mount in container.mounts.items():
        volume = writing.application.volumes.get(mount.volume, Volume("persistent"))
        place = (*path, "mounts", target)
        if volume.kind == "host" and _host_path(writing, volume, mount, place) is None:
            continue
        name = mounting.name(mount.volume)
        if name not in volumes:
            volumes[name] = _pod_volume(mounting, name, mount.volume, volume, place)
        if mount.sub_path:
            writing.report("lost", f"{mounting.key}: {target} is all of the volume, not {mount.sub_path}", place)
        inside = target.removeprefix(f"{SANDBOX}/")
        mounts.append({"name": name, "mountPath": inside, **({"readOnly": True} if mount.read_only else {})})
    for target, secret in write_files(mounting, container, path, pod=True):
        name = mounting.name(f"secret {secret}")
        volumes.setdefault(name, {"name": name, "secret": secret})
        mounts.append({"name": name, "mountPath": target})
    return mounts


def _pod_volume(mounting: Mounting, name: str, volume_name: str, volume: Volume, path: Path) -> Construct:
    if volume.kind == "host":
        return {"name": name, "host": volume.host_path}
    if volume.kind == "persistent":
        if volume.external:
            mounting.writing.report("approximated", f"{mounting.key}: a pod has {volume_name} as its own volume", path)
        written = {"name": name, "persistent": persistent_info(mounting, volume_name, volume)}
        mounting.writing.constructs.setdefault(("volumes", volume_name), written)
        return written
    if volume.kind == "memory":
        mounting.writing.lose("volume.memory", path, f"{path[-1]} is in memory", "approximated")
    return {"name": name}
