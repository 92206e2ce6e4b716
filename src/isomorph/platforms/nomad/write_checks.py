"""Probes as checks of services: what is asked, how often, and what follows.

With Nomad's own services a check asks by HTTP or opens a connection; Consul's also run commands and speak gRPC. A check
that restarts the task (`check_restart`) is the liveness probe.
"""

from isomorph.model.origin import Path
from isomorph.model.workload import Container, Exec, Grpc, Http, Probe, Tcp
from isomorph.platforms.nomad.write_units import print_duration
from isomorph.platforms.nomad.writing import (
    Construct,
    Offer,
    Peer,
    Writing,
    arguments,
    block,
    body_of,
    with_entries,
)
from isomorph.syntax.hcl.emit import Block

PERIOD, TIMEOUT, FAILURES = 10_000, 1_000, 3
"""Milliseconds between checks and for each, and failures that count, where nothing is said: Nomad wants the first two, and
a number for a restart.

They are what silence means to Kubernetes, as in what we write for others.
"""
_LEAST = 1_000


def plan_checks(writing: Writing, peer: Peer, tasks: dict[str, str]) -> dict[str, list[Block]]:
    """Give the checks of all containers by the label of the port whose service carries them."""
    planned: dict[str, list[Block]] = {}
    for name, container in peer.workload.containers.items():
        path: Path = ("workloads", peer.key, "containers", name)
        if container.startup is not None:
            writing.lose("probe.startup", (*path, "startup"), "startup probe")
        for kind in ("readiness", "liveness"):
            probe: Probe | None = getattr(container, kind)
            if probe is None or probe.disabled or probe.check is None:
                continue
            if kind == "readiness" and _is_said_by_liveness(writing, container):
                continue
            asked = _write_asked(writing, probe, kind, (*path, kind))
            if asked is None:
                continue
            said, inner, number = asked
            if _is_said_by_liveness(writing, container):
                said["name"] = "health"
            label = _find_service(peer, number)
            if number is not None and (asked_label := _label_of(peer, number)) != label:
                said["port"] = asked_label
            if len(tasks) > 1 or said["type"] == "script":
                said["task"] = tasks[name]
            said.update(_write_timing(writing, probe, kind, (*path, kind)))
            if kind == "liveness":
                inner.append(_write_restart(writing, probe, (*path, kind)))
            check = block("check", body=inner, **said)
            assert isinstance(check.body, list)
            writing.constructs[(*path, kind)] = check.body
            planned.setdefault(label, []).append(check)
    return planned


def _is_said_by_liveness(writing: Writing, container: Container) -> bool:
    """Tell whether one check is both, as a check that restarts the task is in a job of Nomad, unless it is called liveness."""
    ready, live = container.readiness, container.liveness
    return (
        writing.from_nomad
        and ready is not None
        and live is not None
        and ready.check == live.check
        and (ready.period, ready.timeout) == (live.period, live.timeout)
        and ready.failures in (None, 1)
    )


def _find_service(peer: Peer, number: int | None) -> str:
    """Give the label of the service that carries a check: of the port that is asked, else any.

    Where there is none, one is made that offers no port: peers need none.
    """
    labels = {each.label: each.target for each in peer.offers}
    for _, label in peer.services:
        if number in (None, labels.get(label)):
            return label
    if not peer.services:
        peer.services.append((peer.service, ""))
    return peer.services[0][1]


def _label_of(peer: Peer, number: int) -> str:
    """Give the label of a port that a check asks; one that nobody else needs is for it alone."""
    found = next((each for each in peer.offers if each.target == number and each.protocol == "tcp"), None)
    if found is None:
        found = peer.offer(Offer(number, number, f"port-{number}", implied=True), "")
    return found.label


def _write_asked(
    writing: Writing, probe: Probe, kind: str, path: Path
) -> tuple[dict[str, object], Construct, int | None] | None:
    """Write what a check asks, with the number of the port; None where no check can."""
    said: dict[str, object] = {"name": kind}
    check = probe.check
    if isinstance(check, Exec):
        return _write_script(writing, check, said, path)
    assert isinstance(check, Http | Tcp | Grpc)
    if isinstance(check.port, str):
        writing.report("lost", f"{path[1]}: {kind} check of port {check.port}, which is not known", path)
        return None
    inner: Construct = []
    if isinstance(check, Http):
        inner = _write_http(writing, check, said, path)
    elif isinstance(check, Tcp):
        said["type"] = "tcp"
    elif writing.consul:
        said.update(type="grpc", grpc_service=check.service)
    else:
        said["type"] = "tcp"
        writing.lose("probe.grpc", (*path, "check"), f"{kind} check by gRPC only opens a connection", "approximated")
    return said, inner, check.port


def _write_http(writing: Writing, check: Http, said: dict[str, object], path: Path) -> Construct:
    said.update(type="http", path=check.path or "/")
    if check.scheme is not None:
        said["protocol"] = check.scheme.lower()
        if said["protocol"] == "https":
            said["tls_skip_verify"] = True  # As the kubelet does, which trusts any certificate.
    if check.host:
        writing.report("approximated", f"{path[1]}: the check asks the service itself, not {check.host}", path)
    headers = {name: [value] for name, value in check.headers.items()}
    return [with_entries("header", headers)] if headers else []


def _write_script(
    writing: Writing, check: Exec, said: dict[str, object], path: Path
) -> tuple[dict[str, object], Construct, int | None] | None:
    words = [word for word in check.command if isinstance(word, str)]
    if not writing.consul or len(words) < len(check.command) or not words:
        writing.lose("probe.exec", (*path, "check"), f"{said['name']} check by a command")
        return None
    said.update(type="script", command=words[0], args=words[1:] or None)
    return said, [], None


def _write_restart(writing: Writing, probe: Probe, path: Path) -> Block:
    grace = (probe.initial_delay or 0) + (probe.grace or 0)
    limit = probe.failures or writing.silence.timing.get("liveness.failures", FAILURES)
    said = grace or probe.grace is not None or not writing.from_nomad  # Nomad's own silence means a second.
    restart = block("check_restart", limit=limit, grace=print_duration(grace) if said else None)
    if writing.extra(path, "check_restart", "ignore_warnings"):
        arguments(body_of(restart))["ignore_warnings"] = True
    return restart


def _write_timing(writing: Writing, probe: Probe, kind: str, path: Path) -> dict[str, object]:
    silence = writing.silence.timing
    period = silence.get(f"{kind}.period", PERIOD) if probe.period is None else probe.period
    timeout = silence.get(f"{kind}.timeout", TIMEOUT) if probe.timeout is None else probe.timeout
    said: dict[str, object] = {
        "interval": print_duration(max(period, _LEAST)),
        "timeout": print_duration(max(timeout, _LEAST)),
    }
    if min(period, timeout) < _LEAST:
        writing.report("approximated", f"{path[1]}: Nomad checks once a second at most, and waits a second", path)
    said.update(_write_counts(writing, probe, kind, path))
    if probe.initial_delay:
        field = (*path, "initial_delay")
        if kind == "readiness":
            writing.lose("probe.initial-delay", field, "delay before the first check")
        else:
            writing.lose(
                "probe.initial-delay", field, "delay before the first check is a time of grace", "approximated"
            )
    if kind == "readiness" and probe.grace:
        writing.lose("probe.grace", (*path, "grace"), "time in which failures do not count")
    return said


def _write_counts(writing: Writing, probe: Probe, kind: str, path: Path) -> dict[str, object]:
    """Write how many results in a row count, which Consul knows of checks that are no commands."""
    said: dict[str, object] = {}
    counts = writing.consul and not isinstance(probe.check, Exec)
    failures = probe.failures
    if failures is None and counts and not writing.from_nomad:
        failures = writing.silence.timing.get("readiness.failures", FAILURES)
    for field, word, value in (
        ("failures", "failures_before_critical", failures if kind == "readiness" else None),
        ("successes", "success_before_passing", probe.successes),
    ):
        if value is None or value == 1:
            continue
        if counts:
            said[word] = value
        else:
            writing.lose(f"probe.{field}", (*path, field), f"{value} {field} in a row")
    return said
