"""A readiness probe as a health check: Docker can only run a command inside the container.

An HTTP check becomes wget (curl where it has headers), which the image must hold; the judge reads it back as the HTTP
check that it is.
"""

from collections.abc import Mapping
from typing import Any

from isomorph.model.text import Text
from isomorph.model.workload import Check, Exec, Http, Probe, Tcp
from isomorph.platforms.compose.write_text import TextWriter, escape
from isomorph.platforms.compose.write_units import print_duration

# What silence means to Kubernetes, written out where the source is not Compose, whose own defaults are longer (30 s, 30 s).
# https://kubernetes.io/docs/concepts/workloads/pods/probes/
KUBERNETES_PERIOD, KUBERNETES_TIMEOUT, KUBERNETES_FAILURES = 10_000, 1_000, 3


def write_health_check(probe: Probe, texts: TextWriter, silence: Mapping[str, int] | None) -> dict[str, Any]:
    """Write a probe; without `silence` that stays silence, else it is spelled out: as said there, else as Kubernetes has it."""
    if probe.disabled:
        return {"disable": True}
    written: dict[str, Any] = {}
    if probe.check is not None:
        written["test"] = write_test(probe.check, texts)
    period, timeout, failures = probe.period, probe.timeout, probe.failures
    if silence is not None:
        period = silence.get("period", KUBERNETES_PERIOD) if period is None else period
        timeout = silence.get("timeout", KUBERNETES_TIMEOUT) if timeout is None else timeout
        failures = silence.get("failures", KUBERNETES_FAILURES) if failures is None else failures
    if period is not None:
        written["interval"] = print_duration(period)
    if timeout is not None:
        written["timeout"] = print_duration(timeout)
    if failures is not None:
        written["retries"] = failures
    if probe.grace is not None:
        written["start_period"] = print_duration(probe.grace)
    return written


def write_test(check: Check, texts: TextWriter) -> list[str]:
    """Write a check as the command that a health check runs."""
    if isinstance(check, Exec):
        return write_command(check.command, texts)
    if isinstance(check, Http):
        return _http_command(check)
    if isinstance(check, Tcp):
        return ["CMD", "nc", "-z", check.host or "localhost", str(check.port)]
    command = ["CMD", "grpc_health_probe", f"-addr=localhost:{check.port}"]
    return [*command, f"-service={escape(check.service)}"] if check.service else command


def write_command(command: tuple[Text, ...], texts: TextWriter) -> list[str]:
    """Write an argument vector; `/bin/sh -c` is what CMD-SHELL means."""
    if len(command) == 3 and command[0] == "/bin/sh" and command[1] == "-c":
        return ["CMD-SHELL", texts.print(command[2])]
    return ["CMD", *(texts.print(word) for word in command)]


def _http_command(check: Http) -> list[str]:
    scheme = (check.scheme or "http").lower()
    path = check.path or "/"
    url = escape(f"{scheme}://{check.host or 'localhost'}:{check.port}{path if path.startswith('/') else '/' + path}")
    if check.headers:
        insecure = ["-k"] if scheme == "https" else []
        headers = [word for name, value in check.headers.items() for word in ("-H", escape(f"{name}: {value}"))]
        return ["CMD", "curl", "-f", "-s", "-S", *insecure, "-o", "/dev/null", *headers, url]
    insecure = ["--no-check-certificate"] if scheme == "https" else []
    # Not --spider: it asks with HEAD, which many a server that answers GET does not.
    return ["CMD", "wget", "-q", *insecure, "-O", "/dev/null", url]


def startup_grace(readiness: Probe, startup: Probe) -> int | None:
    """Give the grace that a startup probe of the same check amounts to, None where its check is another.

    Docker grants the retries after its start period, so they are taken off the startup probe's budget.
    """
    if startup.check is None or startup.check != readiness.check:
        return None

    def budget(probe: Probe) -> int:
        failures = KUBERNETES_FAILURES if probe.failures is None else probe.failures
        return failures * (KUBERNETES_PERIOD if probe.period is None else probe.period)

    return max(0, (startup.initial_delay or 0) + budget(startup) - budget(readiness))
