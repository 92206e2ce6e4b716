"""What silence means to Marathon, from its published types and the documentation of Mesos' agent."""

from isomorph.platforms.platform import Default

_DOCS = "https://mesosphere.github.io/marathon/docs/"
_TYPES = "https://github.com/mesosphere/marathon/blob/master/docs/docs/rest-api/public/api/v2/types/"
_HEALTH = f"{_TYPES}healthCheck.raml"
_AGENT = "https://mesos.apache.org/documentation/latest/configuration/agent/"


def _probe_timing() -> tuple[Default, ...]:
    values = (
        ("period", "60s"),
        ("timeout", "20s"),
        ("failures", "3"),
        ("successes", "1"),
        ("grace", "300s"),
        ("initial-delay", "15s"),
    )
    return tuple(
        Default("probe.timing", f"{probe}.{field}", value, _HEALTH)
        for probe in ("liveness", "readiness")
        for field, value in values
    )


DEFAULTS: tuple[Default, ...] = (
    Default("lifecycle.restart", "", "always", f"{_DOCS}task-handling.html"),
    Default("process.stop-grace", "", "3s", f"{_AGENT}#executor_shutdown_grace_period"),
    Default("process.stop-signal", "", "SIGTERM", f"{_TYPES}app.raml"),
    Default("image.pull-policy", "", "missing", f"{_TYPES}appContainer.raml"),
    Default("scale.replicas", "", "1", f"{_TYPES}app.raml"),
    *_probe_timing(),
    Default("port.protocol", "", "tcp", f"{_TYPES}appContainer.raml"),
    Default("compute.requests", "cpu", "1", f"{_TYPES}app.raml"),
    Default("compute.requests", "memory", "128Mi", f"{_TYPES}app.raml"),
    Default("compute.limits", "memory", "128Mi", f"{_TYPES}app.raml"),
    Default("security.privileged", "", "false", f"{_TYPES}appContainer.raml"),
    Default("security.read-only-root", "", "false", f"{_DOCS}native-docker.html"),
    Default("security.no-new-privileges", "", "false", f"{_DOCS}native-docker.html"),
    Default("security.host-namespace", "network", "false", f"{_DOCS}networking.html"),
    Default("security.host-namespace", "pid", "false", f"{_DOCS}native-docker.html"),
    Default("security.host-namespace", "ipc", "false", f"{_DOCS}native-docker.html"),
    Default("volume.read-only", "", "false", f"{_TYPES}volumes.raml"),
)
