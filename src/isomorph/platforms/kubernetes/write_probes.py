"""Probes: durations in whole seconds, and a grace period as a startup probe."""

from typing import Any

from isomorph.model.origin import Path
from isomorph.model.workload import Check, Container, Exec, Grpc, Http, Probe, Tcp
from isomorph.platforms.kubernetes.write_draft import Draft
from isomorph.platforms.kubernetes.write_text import ContainerTexts

DEFAULT_PERIOD = 10_000
DEFAULT_FAILURES = 3

_SILENT: dict[str, int] = {}

Timing = dict[str, int]
"""What silence means for a probe on the platform that was read: period, timeout, failures."""


def write_probes(
    draft: Draft, container: Container, texts: ContainerTexts, path: Path, silence: Timing, *, healthy: bool = False
) -> dict[str, Any]:
    """Give the probes of a container by their fields' names.

    `healthy`: what starts after this container waits until it is ready, so it needs a startup probe; a readiness probe
    makes nothing wait (fact 25).
    """
    written: dict[str, Any] = {}
    for field, key in (("liveness", "livenessProbe"), ("readiness", "readinessProbe"), ("startup", "startupProbe")):
        probe: Probe | None = getattr(container, field)
        if probe is None or probe.disabled:
            continue
        place = (*path, field)
        if probe.check is None:
            draft.tell("lost", "the timing of a health check that only the image knows cannot be said", place)
            continue
        one = probe.successes is not None and probe.successes != 1 and field != "readiness"
        if one:
            draft.tell("lost", f"a {field} probe counts one success in Kubernetes", place)
        said = silence if field == "readiness" else _SILENT  # A health check elsewhere is the readiness probe here.
        written[key] = _to_probe(draft, probe, texts, place, said, successes=not one)
        if probe.grace:
            _add_grace(draft, probe, container, written, place, said, texts)
    if healthy and "startupProbe" not in written:
        source = container.readiness or container.liveness
        if source is None or source.check is None:
            draft.tell("lost", "nothing tells when a container is healthy that another waits for", path)
        else:
            written["startupProbe"] = _to_probe(draft, source, texts, path, silence, successes=False)
    return written


def _add_grace(
    draft: Draft, probe: Probe, container: Container, written: dict[str, Any], path: Path, silence: Timing,
    texts: ContainerTexts,
) -> None:  # fmt: skip
    """Say a grace period as a startup probe of the same check, with the budget that Docker gives (fact 20).

    Failures do not count for the grace, and `failures` more are granted after it; the first success ends it.
    """
    if container.startup is not None or "startupProbe" in written:
        draft.tell("lost", "a grace period beside another startup probe cannot be said", path)
        return
    period = probe.period or silence.get("period") or DEFAULT_PERIOD
    failures = probe.failures or silence.get("failures") or DEFAULT_FAILURES
    budget = (probe.grace or 0) + failures * period
    every = max(1000, -(-period // 1000) * 1000)
    startup = _to_probe(draft, probe, texts, path, silence, successes=False)
    startup["periodSeconds"] = every // 1000
    startup["failureThreshold"] = -(-budget // every)
    written["startupProbe"] = startup
    draft.tell("approximated", "a grace period is written as a startup probe of the same check", (*path, "grace"))


def _to_probe(
    draft: Draft, probe: Probe, texts: ContainerTexts, path: Path, silence: Timing, *, successes: bool
) -> dict[str, Any]:
    check = probe.check
    written = _to_check(check, texts, path) if check is not None else {}
    if probe.initial_delay is not None:
        written["initialDelaySeconds"] = _seconds(draft, probe.initial_delay, (*path, "initial-delay"), least=0)
    period = probe.period or silence.get("period")
    if period is not None:
        written["periodSeconds"] = _seconds(draft, period, (*path, "period"))
    timeout = probe.timeout or silence.get("timeout")
    if timeout is not None:
        written["timeoutSeconds"] = _seconds(draft, timeout, (*path, "timeout"))
    if successes and probe.successes is not None:
        written["successThreshold"] = max(1, probe.successes)
    failures = probe.failures or silence.get("failures")
    if failures is not None:
        written["failureThreshold"] = failures
    return written


def _seconds(draft: Draft, milliseconds: int, path: Path, least: int = 1) -> int:
    """Round up to whole seconds: the API takes no fractions."""
    seconds = -(-milliseconds // 1000)
    if seconds * 1000 != milliseconds or seconds < least:
        draft.tell("approximated", "a probe's timing is in whole seconds, rounded up", path)
    return max(least, seconds)


def _to_check(check: Check, texts: ContainerTexts, path: Path) -> dict[str, Any]:
    if isinstance(check, Exec):
        return {"exec": {"command": texts.check_vector(check.command, (*path, "check"))}}
    if isinstance(check, Http):
        get: dict[str, Any] = {}
        if check.host is not None:
            get["host"] = check.host
        if check.path is not None:
            get["path"] = check.path
        get["port"] = check.port
        if check.scheme is not None:
            get["scheme"] = check.scheme.upper()
        if check.headers:
            get["httpHeaders"] = [{"name": name, "value": value} for name, value in check.headers.items()]
        return {"httpGet": get}
    if isinstance(check, Tcp):
        socket: dict[str, Any] = {"port": check.port}
        if check.host is not None:
            socket["host"] = check.host
        return {"tcpSocket": socket}
    assert isinstance(check, Grpc)
    grpc: dict[str, Any] = {"port": check.port}
    if check.service is not None:
        grpc["service"] = check.service
    return {"grpc": grpc}
