"""Volumes and files: of applications, and of pods.

Without a slash before it, a path of the host is a folder of the sandbox, which ends with the instance; where a persistent
volume of that name is in the sandbox, it is that volume under a path of the container's own
(https://mesosphere.github.io/marathon/docs/persistent-volumes.html).
"""

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Path
from isomorph.model.workload import File, Mount
from isomorph.platforms.marathon.read_process import secret_reference
from isomorph.platforms.marathon.reading import Reading
from isomorph.platforms.marathon.values import (
    MEBIBYTE,
    flag_at,
    is_null,
    mapping_at,
    mappings_at,
    number_at,
    origin_at,
    string_at,
)
from isomorph.syntax.tree import Mapping

GIBIBYTE = 1 << 30
SANDBOX = "/mnt/mesos/sandbox"
"""Where a docker container sees its sandbox, and with it what a relative path of the container means."""


class Storage:
    """What a container mounts."""

    __slots__ = ("files", "mounts")

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.mounts: dict[str, Mount] = {}


def read_volumes(reading: Reading, node: Mapping, workload: str, path: Path, storage: Storage) -> None:
    """Read the volumes of an application's container; `path` is the container's place in the model."""
    items = mappings_at(mapping_at(node, "container"), "volumes")
    kept = {text: item for item in items if "persistent" in item and (text := string_at(item, "containerPath"))}
    linked: set[str] = set()
    for index, item in enumerate(items):
        target, host = _target(item), string_at(item, "hostPath")
        if host is None:
            continue
        outer, slash, inner = host.partition("/")
        if not host.startswith("/") and outer in kept:
            name = _add_persistent(reading, kept[outer], workload, outer, index)
            linked.add(outer)
            _mount(reading, item, storage, path, target, Mount(name, inner if slash else None, _read_only(item)))
        elif host.startswith("/"):
            name = add_volume(reading, f"{workload}{target}", Volume("host", host_path=host), item)
            _mount(reading, item, storage, path, target, Mount(name, None, _read_only(item)))
        else:
            name = add_volume(reading, f"{workload}/{host}", Volume("ephemeral"), item)
            _mount(reading, item, storage, path, target, Mount(name, None, _read_only(item)))
    for index, item in enumerate(items):
        _read_other(reading, item, index, workload, path, storage, linked)


def _target(item: Mapping) -> str:
    target = string_at(item, "containerPath")
    if not target:
        raise InvalidInput("a volume has no `containerPath`", item.origin, "add the path in the container")
    return target


def _read_other(
    reading: Reading, item: Mapping, index: int, workload: str, path: Path, storage: Storage, linked: set[str]
) -> None:
    """Read a volume that is no path of the host."""
    target = _target(item)
    if not is_null(item.get("persistent")):
        if target in linked:
            return
        name = _add_persistent(reading, item, workload, target.strip("/") or "data", index)
        inside = target if target.startswith("/") else f"{SANDBOX}/{target}"
        _mount(reading, item, storage, path, inside, Mount(name, None, _read_only(item)))
    elif not is_null(item.get("external")):
        name = _add_external(reading, item, workload, target)
        _mount(reading, item, storage, path, target, Mount(name, None, _read_only(item)))
    elif not is_null(item.get("secret")):
        _read_secret(reading, item, target, path, storage)
    elif "hostPath" not in item:
        reading.keep(path, ("container", "volumes", index), item)


def _read_secret(reading: Reading, item: Mapping, target: str, path: Path, storage: Storage) -> None:
    inside = target if target.startswith("/") else f"{SANDBOX}/{target}"
    storage.files[inside] = File((secret_reference(string_at(item, "secret") or ""),))
    reading.origins[(*path, "files", inside)] = item.origin


def _read_only(item: Mapping) -> bool | None:
    mode = string_at(item, "mode")
    if mode is not None and mode not in ("RO", "RW"):
        raise InvalidInput(f"{mode} is no mode of a volume", item["mode"].origin, "write RO or RW")
    return True if mode == "RO" else None


def _mount(reading: Reading, item: Mapping, storage: Storage, path: Path, target: str, mount: Mount) -> None:
    storage.mounts[target] = mount
    place = (*path, "mounts", target)
    reading.origins[place] = origin_at(item, "containerPath")
    if "mode" in item:
        reading.origins[(*place, "read_only")] = item["mode"].origin


def add_volume(reading: Reading, name: str, volume: Volume, item: Mapping) -> str:
    """Add a volume under a name that is its own, unless the same one has it already."""
    wish, number = name, 2
    while reading.volumes.get(name, volume) != volume:
        name = f"{wish}-{number}"
        number += 1
    reading.volumes[name] = volume
    said = next((key for key in ("hostPath", "host", "persistent", "external") if key in item), "")
    reading.origins.setdefault(("volumes", name), origin_at(item, said))
    return name


def _add_persistent(reading: Reading, item: Mapping, workload: str, name: str, index: int) -> str:
    info = mapping_at(item, "persistent")
    size = number_at(info, "size")
    volume = Volume(
        "persistent",
        size=None if size is None else round(size * MEBIBYTE),
        storage_class=string_at(info, "profileName"),
    )
    wish = name if name not in reading.volumes else f"{workload}/{name}"
    name = add_volume(reading, wish, volume, item)
    for key, field in (("size", "size"), ("profileName", "storage_class")):
        if key in info:
            reading.origins[("volumes", name, field)] = info[key].origin
    known = frozenset(("type", "maxSize", "constraints"))
    reading.keep_rest(info, frozenset(("size", "profileName")), known, ("volumes", name), ("persistent",))
    return name


def _add_external(reading: Reading, item: Mapping, workload: str, target: str) -> str:
    info = mapping_at(item, "external")
    name = string_at(info, "name") or f"{workload}{target}"
    size = number_at(info, "size")
    volume = Volume("persistent", size=None if size is None else round(size * GIBIBYTE), external=True)
    name = add_volume(reading, name, volume, item)
    known = frozenset(("provider", "options", "shared"))
    reading.keep_rest(info, frozenset(("name", "size")), known, ("volumes", name), ("external",))
    return name


def read_pod_volumes(reading: Reading, node: Mapping, workload: str, path: Path) -> dict[str, tuple[str, str]]:
    """Read a pod's volumes; gives for each name its kind, and the volume's name in the application (or the secret)."""
    found: dict[str, tuple[str, str]] = {}
    for index, item in enumerate(mappings_at(node, "volumes")):
        own = string_at(item, "name") or ""
        host, secret = string_at(item, "host"), string_at(item, "secret")
        if secret is not None:
            found[own] = ("secret", secret)
        elif not is_null(item.get("persistent")):
            found[own] = ("volume", _add_persistent(reading, item, workload, own, index))
        elif host is not None and host.startswith("/"):
            found[own] = ("volume", add_volume(reading, f"{workload}/{own}", Volume("host", host_path=host), item))
        else:
            found[own] = ("volume", add_volume(reading, f"{workload}/{own}", Volume("ephemeral"), item))
            if host is not None:
                reading.keep(path, ("volumes", index), item)
    return found


def read_pod_mounts(
    reading: Reading, node: Mapping, volumes: dict[str, tuple[str, str]], path: Path, storage: Storage
) -> None:
    """Read what one container of a pod mounts."""
    for item in mappings_at(node, "volumeMounts"):
        target = string_at(item, "mountPath")
        name = string_at(item, "name") or ""
        if not target:
            raise InvalidInput("a mount has no `mountPath`", item.origin, "add the path in the container")
        kind, volume = volumes.get(name, ("", ""))
        inside = target if target.startswith("/") else f"{SANDBOX}/{target}"
        if not kind:
            reading.say("missing-reference", f"the pod has no volume {name}", item.origin, path)
        elif kind == "secret":
            storage.files[inside] = File((secret_reference(volume),))
            reading.origins[(*path, "files", inside)] = item.origin
        else:
            storage.mounts[inside] = Mount(volume, None, True if flag_at(item, "readOnly") else None)
            reading.origins[(*path, "mounts", inside)] = item.origin
            if "readOnly" in item:
                reading.origins[(*path, "mounts", inside, "read_only")] = item["readOnly"].origin
