"""Probes: a check and its timing."""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Path
from isomorph.model.text import Text
from isomorph.model.workload import Check, Exec, Grpc, Http, Probe, Tcp
from isomorph.platforms.kubernetes.fields import (
    integer_at,
    mapping_at,
    mappings_at,
    port_at,
    port_of,
    strings_at,
    text_at,
)
from isomorph.platforms.kubernetes.known import EXEC, GRPC, HEADER, HTTP_GET, PROBE, TCP_SOCKET
from isomorph.platforms.kubernetes.reading import Reading
from isomorph.platforms.kubernetes.variables import expand
from isomorph.syntax.tree import Mapping

PROBES = (("livenessProbe", "liveness"), ("readinessProbe", "readiness"), ("startupProbe", "startup"))

_TIMES = (
    ("initialDelaySeconds", "initial_delay", 1000),
    ("periodSeconds", "period", 1000),
    ("timeoutSeconds", "timeout", 1000),
    ("failureThreshold", "failures", 1),
    ("successThreshold", "successes", 1),
)
_CHECKS = ("httpGet", "exec", "tcpSocket", "grpc")


def read_probes(
    container: Mapping, path: Path, ports: dict[str, int], variables: dict[str, Text], reading: Reading
) -> dict[str, Probe]:
    """Read the probes of a container by the model's names; `ports` are the container's by name.

    In the commands of probes the kubelet expands those of the `variables` that are literal (prober.go,
    ExpandContainerCommandOnlyStatic).
    """
    entries = container.entries
    probes: dict[str, Probe] = {}
    for key, field in PROBES:
        if key in entries:
            node = mapping_at(container, key)
            if node is not None:
                probe_path = (*path, field)
                reading.origins[probe_path] = node.origin
                probes[field] = _read_probe(node, probe_path, ports, variables, reading)
    return probes


def _read_probe(
    node: Mapping, path: Path, ports: dict[str, int], variables: dict[str, Text], reading: Reading
) -> Probe:
    reading.keep_rest(node, PROBE, path)
    entries = node.entries
    times: dict[str, int] = {}
    for key, field, unit in _TIMES:
        if key in entries:
            value = integer_at(node, key)
            if value is not None:
                if value < 0:
                    raise InvalidInput(f"`{key}` is negative", entries[key].origin, "write 0 or more")
                times[field] = value * unit
                reading.origins[(*path, field)] = entries[key].origin
    check: Check | None = None
    for key in _CHECKS:
        if key not in entries:
            continue
        said = mapping_at(node, key)
        if said is None:
            continue
        if check is not None:
            raise InvalidInput("a probe has one check only", said.origin, f"remove one of {', '.join(_CHECKS)}")
        check_path = (*path, "check")
        reading.origins[check_path] = node.keys[key].origin
        check = _read_check(said, key, check_path, ports, variables, reading)
    return Probe(
        check,
        times.get("period"),
        times.get("timeout"),
        times.get("initial_delay"),
        None,
        times.get("failures"),
        times.get("successes"),
    )


def _read_check(
    node: Mapping, key: str, path: Path, ports: dict[str, int], variables: dict[str, Text], reading: Reading
) -> Check:
    if key == "exec":
        reading.check_known(node, EXEC, path)
        command = strings_at(node, "command") or ()
        items = node.entries.get("command")
        if items is not None:
            reading.origins[path] = items.origin
        if any("$" in word for word in command):
            literal: dict[str, Text] = {name: text for name, text in variables.items() if isinstance(text, str)}
            return Exec(tuple(expand(word, literal.get, node.origin, reading) for word in command))
        return Exec(command)
    if key == "grpc":
        reading.check_known(node, GRPC, path)
        number = port_at(node, "port")
        if number is None:
            raise InvalidInput("a gRPC check needs a port", node.origin, "add `port`")
        return Grpc(number, text_at(node, "service"))
    port = _read_port(node, path, ports, reading)
    if key == "tcpSocket":
        reading.check_known(node, TCP_SOCKET, path)
        return Tcp(port, text_at(node, "host"))
    reading.check_known(node, HTTP_GET, path)
    for field in ("path", "scheme", "host"):
        if field in node.entries:
            reading.origins[(*path, field)] = node.entries[field].origin
    said = node.entries.get("path")
    if said is not None:  # Of a check's parts, the path tells most: it is where the whole check is shown.
        reading.origins[path] = said.origin
    return Http(
        port, text_at(node, "path"), text_at(node, "scheme"), text_at(node, "host"), _read_headers(node, reading)
    )


def _read_port(node: Mapping, path: Path, ports: dict[str, int], reading: Reading) -> int | str:
    """Give the number of a check's port; a name that the container does not give to a port is told and kept."""
    said = node.entries.get("port")
    port = port_of(said, "port")
    if said is None or port is None:
        raise InvalidInput("this check needs a port", node.origin, "add `port`")
    reading.origins[path] = reading.origins[(*path, "port")] = said.origin
    if isinstance(port, str):
        number = ports.get(port)
        if number is not None:
            return number
        reading.say("missing-reference", f"no port of this container is named {port}", said.origin, path)
    return port


def _read_headers(node: Mapping, reading: Reading) -> dict[str, str]:
    headers: dict[str, str] = {}
    for header in mappings_at(node, "httpHeaders"):
        reading.check_known(header, HEADER)
        name, value = text_at(header, "name") or "", text_at(header, "value") or ""
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
