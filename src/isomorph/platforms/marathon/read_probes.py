"""Health checks, readiness checks and Mesos' own checks as probes.

A health check kills the instance after `maxConsecutiveFailures`: liveness. With 0 it kills nothing, and only what is healthy is
given work and counts in a deployment: readiness (https://mesosphere.github.io/marathon/docs/health-checks.html). A
`readinessChecks` entry holds a deployment back, and `check` is only reported: readiness where nothing else is.
"""

from isomorph.model.application import Extra
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Path
from isomorph.model.workload import Check, Container, Exec, Http, Probe, Tcp
from isomorph.platforms.marathon.fields import (
    CHECK,
    HEALTH_CHECK,
    HEALTH_CHECK_MODELLED,
    READINESS_CHECK,
    READINESS_CHECK_MODELLED,
)
from isomorph.platforms.marathon.read_ports import Listening
from isomorph.platforms.marathon.read_process import SHELL
from isomorph.platforms.marathon.reading import PLATFORM, Reading
from isomorph.platforms.marathon.values import (
    is_null,
    mapping_at,
    mappings_at,
    number_at,
    origin_at,
    port_at,
    string_at,
    strings_at,
    whole_at,
)
from isomorph.syntax.tree import Mapping

_TIMINGS = (
    ("intervalSeconds", "period"),
    ("timeoutSeconds", "timeout"),
    ("gracePeriodSeconds", "grace"),
    ("delaySeconds", "initial_delay"),
)
PROTOCOLS = ("HTTP", "HTTPS", "TCP", "COMMAND", "MESOS_HTTP", "MESOS_HTTPS", "MESOS_TCP")
READINESS_PERIOD, READINESS_TIMEOUT = 30_000, 10_000
"""What silence means to a readiness check, other than to a health check (readinessCheck.raml)."""

Probes = dict[str, Probe]


def read_probes(reading: Reading, node: Mapping, listening: list[Listening], workload: Path, path: Path) -> Probes:
    """Read all checks of an application."""
    probes: Probes = {}
    for index, item in enumerate(mappings_at(node, "healthChecks")):
        kind = "readiness" if whole_at(item, "maxConsecutiveFailures") == 0 else "liveness"
        if kind in probes:
            reading.keep(workload, ("healthChecks", index), item)
            reading.say("not-modelled", f"a second {kind} check is kept for Marathon only", item.origin, (*path, kind))
            continue
        place = (*path, kind)
        probes[kind] = _timed(reading, item, _read_health_check(item, listening), place, kind)
        reading.keep_rest(item, HEALTH_CHECK_MODELLED, HEALTH_CHECK, place, ())
        reading.origins[place] = item.origin
        _keep_asker(reading, item, kind, place)
    for index, item in enumerate(mappings_at(node, "readinessChecks")):
        place = (*path, "readiness")
        if "readiness" in probes:
            reading.keep(workload, ("readinessChecks", index), item)
            continue
        probes["readiness"] = _read_readiness(reading, item, listening, place)
        reading.extras.append(Extra(PLATFORM, place, ("readinessChecks",), True, item.origin))
    _read_check(reading, node, listening, workload, path, probes)
    return probes


def _keep_asker(reading: Reading, item: Mapping, kind: str, path: Path) -> None:
    """Keep who asks, where it is not who would be written: Mesos for a check that kills, Marathon for another."""
    protocol = (string_at(item, "protocol") or "HTTP").upper()
    if protocol != "COMMAND" and protocol.startswith("MESOS_") != (kind == "liveness"):
        reading.extras.append(Extra(PLATFORM, path, ("protocol",), protocol, origin_at(item, "protocol")))


def _read_health_check(item: Mapping, listening: list[Listening]) -> Check:
    protocol = (string_at(item, "protocol") or "HTTP").upper()
    if protocol not in PROTOCOLS:
        raise InvalidInput(
            f"{protocol} is no protocol of a health check", item["protocol"].origin, f"write {', '.join(PROTOCOLS)}"
        )
    if protocol == "COMMAND":
        line = string_at(mapping_at(item, "command"), "value")
        if line is None:
            raise InvalidInput("a check by command has no `command.value`", item.origin, "add the command line")
        return Exec((*SHELL, line))
    port = _port(item, listening)
    if protocol.endswith("TCP"):
        return Tcp(port)
    return Http(port, string_at(item, "path"), protocol.removeprefix("MESOS_"))


def _port(item: Mapping, listening: list[Listening]) -> int | str:
    """Give the port that is asked: by its number, else by its index among the application's ports."""
    port = port_at(item, "port")
    if port:
        return port
    index = port_at(item, "portIndex") or 0
    return listening[index].number if index < len(listening) else f"PORT{index}"


def _timed(reading: Reading, item: Mapping, check: Check, path: Path, kind: str) -> Probe:
    """Add the timing to a check, and the places of both."""
    durations: dict[str, int] = {}
    for key, field in _TIMINGS:
        seconds = number_at(item, key)
        if seconds is not None:
            durations[field] = round(seconds * 1000)
            reading.origins[(*path, field)] = item[key].origin
    failures = whole_at(item, "maxConsecutiveFailures") if kind == "liveness" else None
    if failures is not None:
        reading.origins[(*path, "failures")] = item["maxConsecutiveFailures"].origin
    asked = next((key for key in ("path", "command", "port", "portIndex", "http", "tcp", "exec") if key in item), "")
    reading.origins[(*path, "check")] = origin_at(item, asked)
    return Probe(
        check,
        period=durations.get("period"),
        timeout=durations.get("timeout"),
        initial_delay=durations.get("initial_delay"),
        grace=durations.get("grace"),
        failures=failures,
    )


def _read_readiness(reading: Reading, item: Mapping, listening: list[Listening], path: Path) -> Probe:
    name = string_at(item, "portName") or "http-api"
    port = next((each.number for each in listening if each.name == name), name)
    scheme = (string_at(item, "protocol") or "HTTP").upper()
    reading.origins[path] = item.origin
    probe = _timed(reading, item, Http(port, string_at(item, "path") or "/", scheme), path, "readiness")
    reading.keep_rest(item, READINESS_CHECK_MODELLED, READINESS_CHECK, path, ())
    period, timeout = probe.period, probe.timeout
    return Probe(
        probe.check,
        period=READINESS_PERIOD if period is None else period,
        timeout=READINESS_TIMEOUT if timeout is None else timeout,
    )


def _read_check(
    reading: Reading, node: Mapping, listening: list[Listening], workload: Path, path: Path, probes: Probes
) -> None:
    """Read Mesos' own check."""
    if is_null(node.get("check")):
        return
    item = mapping_at(node, "check")
    if "readiness" in probes:
        reading.keep(workload, ("check",), item)
        return
    place = (*path, "readiness")
    probes["readiness"] = _timed(reading, item, read_general_check(item, listening), place, "readiness")
    reading.origins[place] = item.origin
    reading.keep_rest(item, CHECK, CHECK, place, ())


def read_general_check(item: Mapping, listening: list[Listening]) -> Check:
    """Read a check in the form of Mesos: `http`, `tcp` or `exec`."""
    if not is_null(item.get("exec")):
        command = mapping_at(mapping_at(item, "exec"), "command")
        line = string_at(command, "shell")
        return Exec((*SHELL, line)) if line is not None else Exec(tuple(strings_at(command, "argv")))
    for key in ("http", "tcp"):
        if is_null(item.get(key)):
            continue
        asked = mapping_at(item, key)
        port = _endpoint(asked, listening) if "endpoint" in asked else _port(asked, listening)
        return Tcp(port) if key == "tcp" else Http(port, string_at(asked, "path"), string_at(asked, "scheme"))
    raise InvalidInput("a check asks nothing", item.origin, "add `http`, `tcp` or `exec`")


def _endpoint(asked: Mapping, listening: list[Listening]) -> int | str:
    name = string_at(asked, "endpoint") or ""
    return next((each.number for each in listening if each.name == name), name)


def read_pod_probes(reading: Reading, node: Mapping, listening: list[Listening], workload: Path, path: Path) -> Probes:
    """Read the checks of a pod's container."""
    probes: Probes = {}
    if not is_null(node.get("healthCheck")):
        item = mapping_at(node, "healthCheck")
        kind = "readiness" if whole_at(item, "maxConsecutiveFailures") == 0 else "liveness"
        probes[kind] = _timed(reading, item, read_general_check(item, listening), (*path, kind), kind)
        reading.origins[(*path, kind)] = item.origin
    _read_check(reading, node, listening, workload, path, probes)
    return probes


def put_probes(container: Container, probes: Probes) -> Container:
    """Give a container its probes."""
    from msgspec.structs import replace

    return replace(container, liveness=probes.get("liveness"), readiness=probes.get("readiness"))
