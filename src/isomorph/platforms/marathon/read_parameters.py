"""`container.docker.parameters`: options of `docker run`, as pairs of key and value.

https://docs.docker.com/reference/cli/docker/container/run/
"""

from typing import Any

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.workload import Mount
from isomorph.platforms.marathon.read_storage import Storage, add_volume
from isomorph.platforms.marathon.reading import Reading
from isomorph.platforms.marathon.values import mappings_at, string_at
from isomorph.syntax.tree import Mapping

_SIZES = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SHORT = {
    "e": "env",
    "h": "hostname",
    "l": "label",
    "u": "user",
    "v": "volume",
    "w": "workdir",
    "network-alias": "net-alias",
}
_ONE = {"workdir": "workdir", "stop-signal": "stop_signal"}
_NAMESPACES = ("pid", "ipc")


class Parameters:
    """What the options of `docker run` say about a container."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.security: dict[str, Any] = {}
        self.entrypoint: str | None = None
        self.entrypoint_origin: Origin | None = None
        self.variables: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.names: list[str] = []
        self.host_namespaces: list[str] = []
        self.storage = Storage()


def read_parameters(reading: Reading, docker: Mapping, workload: str, path: Path) -> Parameters:
    """Read the options; what the model has no place for is kept."""
    found = Parameters()
    for index, item in enumerate(mappings_at(docker, "parameters")):
        key, value = string_at(item, "key"), string_at(item, "value") or ""
        if not key:
            raise InvalidInput("a docker parameter has no `key`", item.origin, "add the option's name without dashes")
        name = key.lstrip("-")
        place = _Placed(reading, item, _origin(item), path, workload)
        if not _read_option(found, _SHORT.get(name, name), value, place):
            reading.keep(path, ("container", "docker", "parameters", index), item)
    return found


def _origin(item: Mapping) -> Origin:
    return item["value"].origin if "value" in item else item.origin


class _Placed:
    """Where an option is written, and whose it is."""

    def __init__(self, reading: Reading, item: Mapping, origin: Origin, path: Path, workload: str) -> None:
        self.reading = reading
        self.item = item
        self.origin = origin
        self.path = path
        self.workload = workload

    def note(self, *inner: str) -> None:
        self.reading.origins[(*self.path, *inner)] = self.origin


def _read_option(found: Parameters, key: str, value: str, at: _Placed) -> bool:
    """Read one option; False for one that the model has no place for."""
    if key in _ONE:
        found.fields[_ONE[key]] = value
        at.note(_ONE[key])
    elif key == "entrypoint":
        found.entrypoint, found.entrypoint_origin = value, at.origin
    elif key in ("hostname", "net-alias"):
        found.names.append(value)
        at.reading.origins[(*at.path[:2], "names", value)] = at.origin
    elif key == "env" and "=" in value:
        name, _, text = value.partition("=")
        found.variables[name] = text
        at.note("variables", name)
    elif key == "label":
        name, _, text = value.partition("=")
        found.labels[name] = text
    elif key in _NAMESPACES and value == "host":
        found.host_namespaces.append(key)
        at.reading.origins[(*at.path[:2], "host_namespaces", key)] = at.origin
    elif key == "tmpfs":
        return _read_tmpfs(found, value, at)
    elif key == "volume":
        return _read_volume(found, value, at)
    else:
        return _read_security(found, key, value, at)
    return True


def _read_security(found: Parameters, key: str, value: str, at: _Placed) -> bool:
    security = found.security
    if key == "user":
        user, _, group = value.partition(":")
        security["user"] = user
        at.note("security", "user")
        if group:
            security["group"] = group
            at.note("security", "group")
    elif key in ("cap-add", "cap-drop"):
        field = "capabilities_added" if key == "cap-add" else "capabilities_dropped"
        name = value.upper().removeprefix("CAP_")
        security[field] = (*security.get(field, ()), name)
        at.note("security", field)
        at.note("security", field, name)
    elif key == "read-only":
        security["read_only_root"] = value.lower() not in ("false", "0")
        at.note("security", "read_only_root")
    elif key == "privileged":
        security["privileged"] = value.lower() not in ("false", "0")
        at.note("security", "privileged")
    elif key == "security-opt" and value.replace("=", ":").removesuffix(":true") == "no-new-privileges":
        security["no_new_privileges"] = True
        at.note("security", "no_new_privileges")
    else:
        return False
    return True


def _read_tmpfs(found: Parameters, value: str, at: _Placed) -> bool:
    """Read `/path:size=64m,ro`."""
    target, _, options = value.partition(":")
    size: int | None = None
    read_only: bool | None = None
    for option in filter(None, options.split(",")):
        name, _, amount = option.partition("=")
        if name == "size":
            size = _bytes(amount)
            if size is None:
                return False
        elif name in ("ro", "rw"):
            read_only = name == "ro" or None
        else:
            return False
    name = add_volume(at.reading, f"{at.workload}{target}", Volume("memory", size=size), at.item)
    _mount(found, target, Mount(name, None, read_only), at)
    return True


def _bytes(text: str) -> int | None:
    digits = text.rstrip("bkmgBKMG")
    unit = text[len(digits) :].lower()
    unit = unit.removesuffix("b") or unit if len(unit) > 1 else unit
    return int(digits) * _SIZES[unit] if digits.isdecimal() and unit in _SIZES and len(digits) < 18 else None


def _read_volume(found: Parameters, value: str, at: _Placed) -> bool:
    """Read `/host:/container:ro` or `name:/container`."""
    source, _, rest = value.partition(":")
    target, _, options = rest.partition(":")
    if not source or not target.startswith("/") or options not in ("", "ro", "rw"):
        return False
    if source.startswith("/"):
        name = add_volume(at.reading, f"{at.workload}{target}", Volume("host", host_path=source), at.item)
    else:
        name = add_volume(at.reading, source, Volume("persistent", external=True), at.item)
    _mount(found, target, Mount(name, None, True if options == "ro" else None), at)
    return True


def _mount(found: Parameters, target: str, mount: Mount, at: _Placed) -> None:
    found.storage.mounts[target] = mount
    at.note("mounts", target)
    at.note("mounts", target, "read_only")
