"""Checks of the services that have Kubernetes' own: their handlers and timing, under the names that each provider gives them."""

from typing import Any

import msgspec

from isomorph.model.text import print_text
from isomorph.model.workload import Check, Exec, Grpc, Http, Probe, Tcp
from isomorph.platforms.terraform.workloads.tables import Part

_SECONDS = frozenset(("period", "timeout", "initial_delay"))


class Names(msgspec.Struct, frozen=True):
    """What a provider calls the fields of a check's timing, in seconds, and what it takes for granted of them."""

    period: str
    timeout: str
    initial_delay: str
    failures: str
    successes: str = ""


KUBERNETES = Names(
    "period_seconds", "timeout_seconds", "initial_delay_seconds", "failure_threshold", "success_threshold"
)
"""Cloud Run's: silence means what it does to Kubernetes."""

AZURE = Names("interval_seconds", "timeout", "initial_delay", "failure_count_threshold", "success_count_threshold")
"""Container Apps': a check of readiness succeeds after three, all else is as in Kubernetes."""


def read_timing(block: Part, names: Names, path: str) -> dict[str, Any]:
    """Read what is said of a check's timing, in the model's units."""
    found: dict[str, Any] = {}
    for field in Names.__struct_fields__:
        name = getattr(names, field)
        number = block.number(name, path, field) if name else None
        if number is not None:
            found[field] = number * 1000 if field in _SECONDS else number
    return found


def read_probe(part: Part, name: str, field: str, port: int) -> Probe | None:
    """Read a check with handlers in blocks: `http_get`, `tcp_socket`, `grpc`, `exec`; `port` is the container's."""
    block = part.part(name)
    if block is None:
        return None
    part.note(block.node, field)
    timing = read_timing(block, KUBERNETES, field)
    return Probe(_read_handler(block, port), **timing)


def _read_handler(block: Part, port: int) -> Check | None:
    http, tcp, grpc, command = (block.part(name) for name in ("http_get", "tcp_socket", "grpc", "exec"))
    if http is not None:
        return Http(http.port("port") or port, http.word("path"), headers=read_headers(http, "http_headers"))
    if tcp is not None:
        return Tcp(tcp.port("port") or port)
    if grpc is not None:
        return Grpc(grpc.port("port") or port, grpc.word("service"))
    return Exec(command.texts("command", "check") or ()) if command is not None else Tcp(port)


def read_headers(block: Part, name: str) -> dict[str, str]:
    """Read headers of a request."""
    found: dict[str, str] = {}
    for each in block.parts(name):
        header = each.word("name")
        if header:
            found[header] = print_text(each.text("value") or "")
    return found
