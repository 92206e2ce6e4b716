"""What was provisioned for an environment, for a terminal and for programs; secret outputs masked unless asked for."""

from typing import Any

import msgspec

from isomorph.provisioning.sealing import Sealed
from isomorph.provisioning.state import EnvironmentState, ResourceState, find_unused
from isomorph.report.terminal import Style, clean, pad, wrap

MASK = "***"


def print_resources(environment: EnvironmentState, style: Style) -> str:
    """Write the resources of an environment, by uid: who uses each, what provisioned it, the names of its outputs."""
    if not environment.resources:
        return "no resources\n"
    unused = find_unused(environment)
    head = ("resource", "used by", "provisioner", "outputs")
    rows = [
        tuple(map(clean, (uid, ", ".join(each.users) or "-", each.provisioner, ", ".join(sorted(each.outputs)))))
        for uid, each in sorted(environment.resources.items())
    ]
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(3)]
    lines = [style.paint("  ".join([*map(pad, head[:3], widths), head[3]]), "bold")]
    for uid, row in zip(sorted(environment.resources), rows, strict=True):
        start = "  ".join(map(pad, row[:3], widths)) + "  "
        mark = style.paint("(unused) ", "yellow") if uid in unused else ""
        lines.append(f"{start}{mark}{row[3]}")
    if unused:
        lines += ["", *wrap("unused: no workload names it any more; isomorph generate --prune drops it.", style.width)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def resources_data(environment: EnvironmentState) -> list[dict[str, Any]]:
    """Give the resources of an environment as plain data, by uid; no values of outputs."""
    unused = find_unused(environment)
    return [
        {
            "uid": uid,
            "type": each.type,
            "class": each.class_,
            "workloads": list(each.users),
            "provisioner": each.provisioner,
            "outputs": sorted(each.outputs),
            "unused": uid in unused,
        }
        for uid, each in sorted(environment.resources.items())
    ]


def has_secret_outputs(resource: ResourceState) -> bool:
    """Tell whether any output of a resource is secret."""
    return any(place[0] == "outputs" for place in resource.secrets)


def mask_outputs(resource: ResourceState) -> dict[str, Any]:
    """Give a resource's outputs with every secret value masked, sealed or not."""
    masked: dict[str, Any] = _mask(resource.outputs, ("outputs",), resource.secrets)
    return masked


def _mask(value: Any, place: tuple[str, ...], secrets: frozenset[tuple[str, ...]]) -> Any:
    if place in secrets or isinstance(value, Sealed):
        return MASK
    if isinstance(value, dict):
        return {key: _mask(inner, (*place, str(key)), secrets) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(inner, (*place, str(index)), secrets) for index, inner in enumerate(value)]
    return value


def print_data(data: Any, form: str) -> bytes:
    """Write plain data as `json` or `yaml`."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"
    from isomorph.syntax.yaml.dialects import Dialect
    from isomorph.syntax.yaml.emit import emit_yaml

    return emit_yaml(data, dialect=Dialect.COMPOSE).encode()
