"""Probes as health checks.

Liveness is a health check that kills; Mesos runs it beside the instance. Readiness must not kill, and `maxConsecutiveFailures: 0`
holds only for checks by Marathon itself, by HTTP or TCP; a readiness command is Mesos' `check`. There can be one health
check by Mesos, and in a pod one for each container.
"""

import shlex
from typing import Any

from isomorph.model.origin import Path
from isomorph.model.text import Text
from isomorph.model.workload import Check, Container, Exec, Grpc, Http, Probe, Tcp
from isomorph.platforms.marathon.read_process import SHELL
from isomorph.platforms.marathon.write_ports import Ports
from isomorph.platforms.marathon.write_text import print_text
from isomorph.platforms.marathon.writing import Construct, Writing


def write_probes(writing: Writing, container: Container, ports: Ports, path: Path, app: Construct) -> None:
    """Write an application's checks."""
    checks: list[Construct] = []
    liveness, readiness = usable(writing, container, path)
    if liveness is not None and liveness.check is not None:
        written = _health_check(writing, liveness.check, ports, (*path, "liveness"), kills=True)
        written.update(write_timing(writing, liveness, (*path, "liveness"), kills=True))
        writing.constructs[(*path, "liveness")] = written
        checks.append(written)
    if readiness is not None and readiness.check is not None:
        _write_readiness(writing, readiness, ports, (*path, "readiness"), app, checks)
    if checks:
        app["healthChecks"] = checks


def usable(writing: Writing, container: Container, path: Path) -> tuple[Probe | None, Probe | None]:
    """Give the probes that can be written, a startup probe as the grace period of one with the same check."""
    from msgspec.structs import replace

    found: list[Probe | None] = []
    startup = container.startup
    for name in ("liveness", "readiness"):
        probe: Probe | None = getattr(container, name)
        if probe is not None and probe.disabled:
            probe = None  # Mesos runs no health check that an image brings.
        if probe is not None and probe.check is None:
            writing.report("lost", f"{path[1]}: the timing of a check that only the image knows", (*path, name))
            probe = None
        if probe is not None and isinstance(probe.check, Grpc):
            writing.lose("probe.grpc", (*path, name))
            probe = None
        if probe is not None and probe.successes not in (None, 1):
            writing.lose("probe.successes", (*path, name, "successes"))
        if probe is not None and startup is not None and startup.check == probe.check and probe.grace is None:
            budget = _budget(writing, startup) + (startup.initial_delay or 0)
            probe = replace(probe, grace=max(0, budget - _budget(writing, probe)))
        found.append(probe)
    if startup is not None:
        same = any(probe is not None and probe.check == startup.check for probe in found)
        writing.lose("probe.startup", (*path, "startup"), code="approximated" if same else "lost")
    return found[0], found[1]


def _budget(writing: Writing, probe: Probe) -> int:
    """Give the time in which a probe may fail, in milliseconds; it is granted after a grace period, too."""
    timing = writing.timing
    period = probe.period if probe.period is not None else timing.period if timing else 60_000
    failures = probe.failures if probe.failures is not None else timing.failures if timing else 3
    return period * failures


def _write_readiness(
    writing: Writing, probe: Probe, ports: Ports, path: Path, app: Construct, checks: list[Construct]
) -> None:
    assert probe.check is not None
    if isinstance(probe.check, Exec):
        written = write_general_check(writing, probe.check, path, lambda port: {})
        written.update(write_timing(writing, probe, path, kills=None))
        app["check"] = written
        if not writing.own:
            writing.lose("probe.readiness", path, "a readiness command", "approximated")
    elif writing.take_extra(path, "readinessChecks") is not None and isinstance(probe.check, Http):
        written = _readiness_check(writing, probe, probe.check, ports)
        app["readinessChecks"] = [written]
    else:
        written = _health_check(writing, probe.check, ports, path, kills=False)
        written.update(write_timing(writing, probe, path, kills=False))
        checks.append(written)
    writing.constructs[path] = written


def _readiness_check(writing: Writing, probe: Probe, check: Http, ports: Ports) -> Construct:
    """Write what held a deployment back, and nothing else, before."""
    index = ports.index_of(check.port)
    mapping = ports.written[index] if index is not None and index < len(ports.written) else {}
    written: Construct = {"protocol": check.scheme or "HTTP", "path": check.path or "/"}
    written["portName"] = mapping.get("name", str(check.port))
    for key, value in (("intervalSeconds", probe.period), ("timeoutSeconds", probe.timeout)):
        if value is not None:
            written[key] = value // 1000
    return written


def _health_check(writing: Writing, check: Check, ports: Ports, path: Path, *, kills: bool) -> Construct:
    """Write what is asked; a check that kills is run by Mesos, one that does not by Marathon."""
    if isinstance(check, Exec):
        return {"protocol": "COMMAND", "command": {"value": _command_line(writing, check.command, path)}}
    assert isinstance(check, Http | Tcp)
    told = check.host is not None and check.host not in ("localhost", "127.0.0.1")
    scheme = (check.scheme or "HTTP").upper() if isinstance(check, Http) else "TCP"
    written: Construct = {"protocol": f"MESOS_{scheme}" if kills else scheme}
    if isinstance(check, Http):
        if check.path is not None:
            written["path"] = check.path if check.path.startswith("/") else f"/{check.path}"
        told = told or bool(check.headers)
    if told:
        field = "probe.http" if isinstance(check, Http) else "probe.tcp"
        writing.lose(field, (*path, "check"), "headers or another host of the check", "approximated")
    index = ports.index_of(check.port)
    if index is not None:
        written["portIndex"] = index
    elif isinstance(check.port, int):
        written["port"] = check.port
    else:
        writing.report("lost", f"{path[1]}: the check asks port {check.port}, which is not there", path)
    return written


def _command_line(writing: Writing, command: tuple[Text, ...], path: Path) -> str:
    """Spell an argument vector as a shell's line."""
    words = [print_text(writing, word, (*path, "check")) for word in command]
    if len(words) == 3 and tuple(words[:2]) == SHELL:
        return words[2]
    if not writing.own:
        writing.lose("probe.exec", (*path, "check"), "a command without a shell", "approximated")
    return shlex.join(words)


def write_timing(writing: Writing, probe: Probe, path: Path, *, kills: bool | None) -> Construct:
    """Write when a check is made; `kills` None: a check that is only reported. Silence is spelled out as the source means it."""
    silence = writing.timing
    grace, period, timeout, delay = probe.grace, probe.period, probe.timeout, probe.initial_delay
    if silence is not None:
        grace = 0 if grace is None else grace
        period = silence.period if period is None else period
        timeout = silence.timeout if timeout is None else timeout
        delay = 0 if delay is None else delay
    if kills is None:
        if probe.grace:
            writing.lose("probe.grace", (*path, "grace"))
        grace = None
    written: Construct = {}
    for key, value in (
        ("gracePeriodSeconds", grace),
        ("intervalSeconds", period),
        ("timeoutSeconds", timeout),
        ("delaySeconds", delay),
    ):
        if value is not None:
            written[key] = _seconds(writing, value, key, path)
    failures = _failures(writing, probe, path, kills)
    if failures is not None:
        written["maxConsecutiveFailures"] = failures
    return written


def _failures(writing: Writing, probe: Probe, path: Path, kills: bool | None) -> int | None:
    if kills:
        silent = writing.timing.failures if writing.timing is not None else None
        return silent if probe.failures is None else probe.failures
    if probe.failures is not None:
        writing.lose("probe.failures", (*path, "failures"))
    return None if kills is None else 0


def _seconds(writing: Writing, milliseconds: int, key: str, path: Path) -> int:
    """Give whole seconds, rounded up."""
    seconds = -(-milliseconds // 1000)
    if seconds * 1000 != milliseconds:
        writing.report("approximated", f"{path[1]}: {key} takes whole seconds, and is {seconds}", path)
    return seconds


def write_general_check(writing: Writing, check: Check, path: Path, endpoint: Any) -> Construct:
    """Write a check in the form of Mesos; `endpoint` gives the fields that name a port."""
    if isinstance(check, Exec):
        words = [print_text(writing, word, (*path, "check")) for word in check.command]
        is_shell = len(words) == 3 and tuple(words[:2]) == SHELL
        return {"exec": {"command": {"shell": words[2]} if is_shell else {"argv": words}}}
    if isinstance(check, Tcp):
        return {"tcp": endpoint(check.port)}
    assert isinstance(check, Http)
    written: Construct = endpoint(check.port)
    if check.path is not None:
        written["path"] = check.path if check.path.startswith("/") else f"/{check.path}"
    if check.scheme is not None:
        written["scheme"] = check.scheme.upper()
    if check.headers:
        writing.lose("probe.http", (*path, "check"), "headers of the check", "approximated")
    return {"http": written}


def write_pod_probes(
    writing: Writing, container: Container, names: dict[int, str], path: Path, into: Construct
) -> None:
    """Write the one health check of a pod's container, and Mesos' check."""
    liveness, readiness = usable(writing, container, path)

    def endpoint(port: int | str) -> Construct:
        return {"endpoint": names.get(port, str(port)) if isinstance(port, int) else port}

    if liveness is not None and liveness.check is not None:
        place = (*path, "liveness")
        written = write_general_check(writing, liveness.check, place, endpoint)
        written.update(write_timing(writing, liveness, place, kills=True))
        into["healthCheck"] = writing.constructs[place] = written
    if readiness is not None and readiness.check is not None:
        place = (*path, "readiness")
        written = write_general_check(writing, readiness.check, place, endpoint)
        written.update(write_timing(writing, readiness, place, kills=None))
        into["check"] = writing.constructs[place] = written
        if not writing.own:
            message = "the readiness of a pod's container is Mesos' check"
            writing.lose("probe.readiness", place, message, "approximated")
