"""Provisioners in the order in which they are asked, for a terminal and for programs."""

from collections.abc import Sequence
from typing import Any

from isomorph.provisioning.contract import Provisioner
from isomorph.report.terminal import Style, clean, pad, wrap

_ANY = "any"


def print_provisioners(provisioners: Sequence[Provisioner], style: Style) -> str:
    """Write provisioners: what each takes, gives and is for, and where it is written."""
    if not provisioners:
        return "no provisioners\n"
    lines: list[str] = []
    head = ("type", "class", "id", "params", "outputs")
    rows = [tuple(map(clean, _row(each))) for each in provisioners]
    widths = [min(40, max(len(row[index]) for row in (head, *rows))) for index in range(4)]
    lines.append(style.paint("  ".join([*map(pad, head, widths), head[4]]), "bold"))
    for each, row in zip(provisioners, rows, strict=True):
        lines.append("  ".join([*map(pad, row, widths), row[4]]))
        if each.description:
            lines += wrap(clean(" ".join(each.description.split())), style.width, "    ")
        where = f"{each.uri}  {each.origin}" if each.origin is not None else each.uri
        lines.append("    " + style.paint(clean(where), "dim"))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _row(each: Provisioner) -> tuple[str, ...]:
    params = _ANY if each.supported_params is None else ", ".join(each.supported_params) or "-"
    outputs = _ANY if each.expected_outputs is None else ", ".join(each.expected_outputs) or "-"
    return each.type, each.class_ or _ANY, each.id or _ANY, params, outputs


def provisioners_data(provisioners: Sequence[Provisioner]) -> list[dict[str, Any]]:
    """Give provisioners as plain data, in order; null where anything goes."""
    return [
        {
            "uri": each.uri,
            "type": each.type,
            "class": each.class_,
            "id": each.id,
            "params": None if each.supported_params is None else list(each.supported_params),
            "outputs": None if each.expected_outputs is None else list(each.expected_outputs),
            "description": each.description,
            "source": None if each.origin is None else str(each.origin),
        }
        for each in provisioners
    ]
