"""What silence means to Nomad 1.11 and its docker driver."""

from isomorph.platforms.platform import Default

_JOB = "https://developer.hashicorp.com/nomad/docs/job-specification"
_DOCKER = "https://developer.hashicorp.com/nomad/docs/deploy/task-driver/docker"

MHZ_PER_CORE = 1000
"""MHz of one core: a node's clock is not known to a job, so this is assumed wherever MHz meet cores."""

DEFAULT_CPU = 100
"""MHz that a task is granted that says nothing."""

DEFAULT_MEMORY = 300 * 1024 * 1024
"""Bytes that a task is granted, and held to, that says nothing."""

DEFAULTS: tuple[Default, ...] = (
    Default("lifecycle.restart", "", "always", f"{_JOB}/restart"),
    Default("process.stop-grace", "", "5s", f"{_JOB}/task#kill_timeout"),
    Default("process.stop-signal", "", "SIGTERM", f"{_JOB}/task#kill_signal"),
    Default("image.pull-policy", "", "always", f"{_DOCKER}#image", "tag-latest"),
    Default("image.pull-policy", "", "missing", f"{_DOCKER}#image"),
    Default("scale.replicas", "", "1", f"{_JOB}/group#count"),
    Default("scale.autoscaling", "min", "1", f"{_JOB}/scaling#min"),
    Default("probe.timing", "readiness.failures", "1", f"{_JOB}/check#failures_before_critical"),
    Default("probe.timing", "readiness.successes", "1", f"{_JOB}/check#success_before_passing"),
    Default("probe.timing", "readiness.initial-delay", "0s", f"{_JOB}/check"),
    Default("probe.timing", "readiness.grace", "0s", f"{_JOB}/check"),
    Default("probe.timing", "liveness.successes", "1", f"{_JOB}/check"),
    Default("probe.timing", "liveness.initial-delay", "0s", f"{_JOB}/check"),
    Default("probe.timing", "liveness.grace", "1s", f"{_JOB}/check_restart#grace"),
    Default("compute.requests", "cpu", "100m", f"{_JOB}/resources#cpu"),
    Default("compute.requests", "memory", "300Mi", f"{_JOB}/resources#memory"),
    Default("compute.limits", "memory", "300Mi", f"{_JOB}/resources#memory"),
    Default("port.protocol", "", "tcp", f"{_JOB}/network"),
    Default("security.privileged", "", "false", f"{_DOCKER}#privileged"),
    Default("security.read-only-root", "", "false", f"{_DOCKER}#readonly_rootfs"),
    Default("security.no-new-privileges", "", "false", f"{_DOCKER}#security_opt"),
    Default("security.host-namespace", "network", "false", f"{_DOCKER}#network_mode"),
    Default("security.host-namespace", "pid", "false", f"{_DOCKER}#pid_mode"),
    Default("security.host-namespace", "ipc", "false", f"{_DOCKER}#ipc_mode"),
    Default("volume.read-only", "", "false", f"{_JOB}/volume_mount#read_only"),
    Default("file.mode", "", "0644", f"{_JOB}/template#perms"),
)
