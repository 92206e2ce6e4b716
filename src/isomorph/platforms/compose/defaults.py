"""What silence means to `docker compose` and the engine behind it."""

from isomorph.platforms.platform import Default

_SPEC = "https://github.com/compose-spec/compose-spec/blob/main/05-services.md"
_HEALTH = "https://docs.docker.com/reference/dockerfile/#healthcheck"

DEFAULTS: tuple[Default, ...] = (
    Default("lifecycle.restart", "", "never", f"{_SPEC}#restart"),
    Default("process.stop-grace", "", "10s", f"{_SPEC}#stop_grace_period"),
    Default("process.stop-signal", "", "SIGTERM", f"{_SPEC}#stop_signal"),
    Default("image.pull-policy", "", "missing", f"{_SPEC}#pull_policy"),
    Default("scale.replicas", "", "1", "https://github.com/compose-spec/compose-spec/blob/main/deploy.md#replicas"),
    Default("probe.timing", "readiness.period", "30s", _HEALTH),
    Default("probe.timing", "readiness.timeout", "30s", _HEALTH),
    Default("probe.timing", "readiness.failures", "3", _HEALTH),
    Default("probe.timing", "readiness.successes", "1", _HEALTH),
    Default("probe.timing", "readiness.grace", "0s", _HEALTH),
    Default("probe.timing", "readiness.initial-delay", "0s", _HEALTH),
    Default("security.privileged", "", "false", f"{_SPEC}#privileged"),
    Default("security.read-only-root", "", "false", f"{_SPEC}#read_only"),
    Default("security.no-new-privileges", "", "false", f"{_SPEC}#security_opt"),
    Default("volume.read-only", "", "false", f"{_SPEC}#volumes"),
    Default("port.protocol", "", "tcp", f"{_SPEC}#ports"),
    Default("security.host-namespace", "network", "false", f"{_SPEC}#network_mode"),
    Default("security.host-namespace", "pid", "false", f"{_SPEC}#pid"),
    Default("security.host-namespace", "ipc", "false", f"{_SPEC}#ipc"),
)
