"""What Score files of one workload, one for each environment, have in common, and what each says otherwise.

All of it is plain data as Score files hold it. The common one is the first environment's with its gaps filled from the others;
what is laid over it is a JSON merge patch (RFC 7386). What makes no difference on an environment's platform is in no patch.
"""

from copy import deepcopy
from typing import Any

from isomorph.model.secrecy import MASK
from isomorph.platforms.table import find_family, load_support

Data = dict[str, Any]

_SUPPLIED = "."
"""The image of a container that is built, or supplied when it is deployed."""

_PROBES = ("livenessProbe", "readinessProbe")
_CONTAINER_GAPS = (*_PROBES, "resources")
"""What a container is given of another environment where the first says nothing of it."""

_OFFERS_ALL = frozenset(("compose",))
"""Platforms on which to offer a port, and to say nothing of it, come to the same."""

_FIELDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("metadata", "annotations", "k8s.score.dev/kind"), "kind.stateful"),
    (("containers", "*", "livenessProbe"), "probe.liveness"),
    (("containers", "*", "readinessProbe"), "probe.readiness"),
    (("containers", "*", "resources", "requests", "cpu"), "compute.requests.cpu"),
    (("containers", "*", "resources", "requests", "memory"), "compute.requests.memory"),
    (("containers", "*", "resources", "limits", "cpu"), "compute.limits.cpu"),
    (("containers", "*", "resources", "limits", "memory"), "compute.limits.memory"),
    (("resources", "*", "params", "size"), "volume.size"),
    (("resources", "*", "params", "class"), "volume.class"),
    (("resources", "*", "params", "access"), "volume.access"),
    (("resources", "*", "params", "wait"), "lifecycle.order"),
)
"""Places of a Score file, and the fields of the model by whose rows support tables tell whether a platform says them."""


def make_common(members: list[Data]) -> Data:
    """Give what the Score files of one workload have in common: the first, its gaps filled from the others in order."""
    common = deepcopy(members[0])
    for other in members[1:]:
        for name, container in common["containers"].items():
            _fill_container(container, other["containers"].get(name, {}))
        _fill_ports(common, other)
        annotations = other["metadata"].get("annotations", {})
        if kind := annotations.get("k8s.score.dev/kind"):
            common["metadata"].setdefault("annotations", {}).setdefault("k8s.score.dev/kind", kind)
    return _in_order(common)


def _fill_container(container: Data, other: Data) -> None:
    if container["image"] == _SUPPLIED:
        container["image"] = other.get("image", _SUPPLIED)
    for part in _CONTAINER_GAPS:
        if part in other and (part not in container or _is_freer(other[part], container[part])):
            container[part] = deepcopy(other[part])


def _is_freer(other: Data, own: Data) -> bool:
    """Tell whether a check asks without a program that the image must hold, as the other one does."""
    return "httpGet" in other and "exec" in own


def _fill_ports(common: Data, other: Data) -> None:
    """Add the ports that another environment offers besides; a port's own name goes before one made of its number."""
    theirs = other.get("service", {}).get("ports", {})
    if not theirs:
        return
    ours: Data = common.setdefault("service", {}).setdefault("ports", {})
    known = {_port_key(port): name for name, port in ours.items()}
    for name, port in theirs.items():
        own = known.get(_port_key(port))
        if own is None:
            ours[name if name not in ours else _port_name(port)] = deepcopy(port)
        elif own == _port_name(port) and name not in ours:
            common["service"]["ports"] = ours = {name if each == own else each: said for each, said in ours.items()}
            known[_port_key(port)] = name


def _port_key(port: Data) -> tuple[int, str]:
    return port["port"], port.get("protocol", "TCP")


def _port_name(port: Data) -> str:
    """Give the name that the writer makes of a port's number."""
    number, protocol = _port_key(port)
    return f"{protocol.lower()}-{number}"


def _in_order(data: Data) -> Data:
    """Give a Score file with its sections, and those of its containers, in the order in which the writer has them."""
    sections = ("apiVersion", "metadata", "containers", "service", "resources")
    parts = ("image", "command", "args", "variables", "files", "volumes", "resources", *_PROBES, "before")
    ordered = {key: data[key] for key in sections if key in data}
    if "containers" in data:
        ordered["containers"] = {
            name: {key: each[key] for key in parts if key in each} if isinstance(each, dict) else each
            for name, each in data["containers"].items()
        }
    return ordered


def make_patch(common: Data, own: Data, platform: str) -> Data:
    """Give what has to be laid over the common Score file so that it says what an environment's own does."""
    own = _take_names(common, own)
    if find_family(platform) in _OFFERS_ALL:
        own = _keep_ports(common, own)
    support = load_support(platform)
    for place, field in _FIELDS:
        row = support.get(field)
        if row is not None and row.level == "never":
            own = _keep(common, own, place)
    return _in_order(diff(common, own))


def diff(common: Data, own: Data) -> Data:
    """Give the merge patch from one mapping to another; empty where they are equal."""
    patch: Data = {key: None for key in common if key not in own}
    for key, value in own.items():
        if key not in common:
            patch[key] = value
        elif isinstance(value, dict) and isinstance(common[key], dict):
            if inner := diff(common[key], value):
                patch[key] = inner
        elif not _is_alike(common[key], value):
            patch[key] = value
    return patch


def _is_alike(common: Any, own: Any) -> bool:
    """Tell whether two values are the same, or lists of words that are, but for what is hidden in them."""
    if not isinstance(own, list) or not isinstance(common, list) or len(own) != len(common):
        return bool(own == common)
    return all(a == b or (isinstance(b, str) and MASK in b) for a, b in zip(common, own, strict=True))


def _keep_ports(common: Data, own: Data) -> Data:
    """Give an environment's Score file with the common one's ports: peers reach every port there, whether it is said or not."""
    ports = common.get("service", {}).get("ports", {})
    ports = {name: port for name, port in ports.items() if "targetPort" not in port}  # What has a number of its own
    if not ports:  # for peers is translated where a text names it.
        return own
    said = own.get("service", {}).get("ports", {})
    return {**own, "service": {"ports": {**ports, **said}}}


def _keep(common: Any, own: Any, place: tuple[str, ...]) -> Any:
    """Give an environment's Score file with what the common one says at a place where the platform says nothing."""
    if not isinstance(common, dict) or not isinstance(own, dict | None):
        return own
    step, rest = place[0], place[1:]
    changed = dict(own or {})
    for key in common if step == "*" else (step,):
        if key not in common or (step == "*" and key not in changed):
            continue
        kept = _keep(common[key], changed.get(key), rest) if rest else common[key]
        if kept is not None:
            changed[key] = kept
    return changed or own


def _take_names(common: Data, own: Data) -> Data:
    """Give an environment's Score file with the common one's names of ports and volumes, where just the name is another."""
    ports = own.get("service", {}).get("ports", {})
    if ports:
        ours = common.get("service", {}).get("ports", {})
        known = {_port_key(port): name for name, port in ours.items()}
        renamed = {known.get(_port_key(port), name): port for name, port in ports.items()}
        if len(renamed) == len(ports):
            own = {**own, "service": {"ports": renamed}}
    return _rename_volumes(common, own)


def _rename_volumes(common: Data, own: Data) -> Data:
    """Call a volume at a path of a container as the common Score file calls the one there."""
    names = _match_volumes(common, own)
    if not names:
        return own
    containers = {
        key: {**container, "volumes": {path: _rename(each, names) for path, each in container["volumes"].items()}}
        if "volumes" in container
        else container
        for key, container in own["containers"].items()
    }
    called = {_name_of(name): _name_of(other) for name, other in names.items()}
    resources = {called.get(name, name): each for name, each in own["resources"].items()}
    return {**own, "containers": containers, "resources": resources}


def _match_volumes(common: Data, own: Data) -> dict[str, str]:
    """Give the common names of volumes that have another one, each as it is written where it is mounted."""
    taken = set(own.get("resources", {}))
    names: dict[str, str] = {}
    for key, container in own["containers"].items():
        ours = common["containers"].get(key, {}).get("volumes", {})
        for path, volume in container.get("volumes", {}).items():
            name, other = volume["source"], ours.get(path, {}).get("source", volume["source"])
            is_other = name != other and _is_resource(name) and _is_resource(other)
            if is_other and name not in names and _name_of(other) not in taken:
                names[name] = other
                taken.add(_name_of(other))
    return names


def _rename(volume: Data, names: dict[str, str]) -> Data:
    return {**volume, "source": names.get(volume["source"], volume["source"])}


def _is_resource(source: str) -> bool:
    return source.startswith("${resources.") and source.endswith("}")


def _name_of(source: str) -> str:
    return source[len("${resources.") : -1]
