"""What Score can say of the model, and why not: the specification score.dev/v1b1."""

from isomorph.platforms.platform import Level, Support

_SPEC = "https://docs.score.dev/docs/score-specification/score-spec-reference/"

_RUNS = "Score says what a workload needs; how it is run is the platform's side of the contract"
_SECURITY = "Score leaves security to the platform"
_TIMING = "Score names a check and leaves its timing to the platform"
_STORAGE = "a volume is a resource, with size, class, access and kind as its params"
_EXPOSED = "a port is offered to peers; what exposes it is a resource that the platform provisions"
_REFERENCE = "Score takes values from outputs of resources; which one would stand for it is not known"
_ROUTE = "a route is a resource, with host, path and port as its params"

_ROWS: tuple[tuple[str, Level, str], ...] = (
    ("kind.service", "full", ""),
    ("kind.stateful", "full", ""),  # By the annotation k8s.score.dev/kind.
    ("kind.daemon", "never", _RUNS),
    ("kind.job", "never", _RUNS),
    ("kind.scheduled", "never", _RUNS),
    ("schedule", "never", _RUNS),
    ("container.main", "full", ""),
    ("container.init", "full", ""),
    ("container.sidecar", "full", ""),
    ("image", "full", ""),
    ("image.pull-policy", "never", _RUNS),
    (
        "image.build",
        "never",
        "an image that is built is supplied when the workload is deployed, as `builds` of isomorph.yaml say",
    ),
    ("process.command", "full", ""),
    ("process.args", "full", ""),
    ("process.workdir", "never", "Score has no working directory"),
    ("process.stop-signal", "never", _RUNS),
    ("process.stop-grace", "never", _RUNS),
    ("variable.literal", "full", ""),
    ("variable.secret", "never", _REFERENCE),
    ("variable.configuration", "lossy", _REFERENCE),
    ("variable.field", "never", "Score tells a container nothing about its instance"),
    ("file.content", "full", ""),
    ("file.binary", "full", ""),
    ("file.secret", "never", _REFERENCE),
    ("file.mode", "full", ""),
    ("volume.persistent", "full", ""),
    ("volume.ephemeral", "never", _STORAGE),
    ("volume.memory", "never", _STORAGE),
    ("volume.host", "never", "Score knows no machine"),
    ("volume.size", "never", _STORAGE),
    ("volume.class", "never", _STORAGE),
    ("volume.access", "never", _STORAGE),
    ("volume.read-only", "full", ""),
    ("volume.sub-path", "full", ""),
    ("port", "full", ""),
    ("port.target", "full", ""),
    ("port.exposure.host", "never", _EXPOSED),
    ("port.exposure.node", "never", _EXPOSED),
    ("port.exposure.load-balancer", "never", _EXPOSED),
    ("route.host", "never", _ROUTE),
    ("route.path", "never", _ROUTE),
    ("route.tls", "never", _ROUTE),
    ("dns.record", "never", "a workload is known by its own name"),
    ("probe.liveness", "full", ""),
    ("probe.readiness", "full", ""),
    ("probe.startup", "never", "Score has liveness and readiness probes only"),
    ("probe.exec", "full", ""),
    ("probe.http", "full", ""),
    ("probe.tcp", "never", "Score's probes are exec and HTTP"),
    ("probe.grpc", "never", "Score's probes are exec and HTTP"),
    ("probe.period", "never", _TIMING),
    ("probe.timeout", "never", _TIMING),
    ("probe.failures", "never", _TIMING),
    ("probe.successes", "never", _TIMING),
    ("probe.initial-delay", "never", _TIMING),
    ("probe.grace", "never", _TIMING),
    ("compute.requests.cpu", "full", ""),
    ("compute.requests.memory", "full", ""),
    ("compute.requests.other", "never", "Score knows CPU and memory only"),
    ("compute.limits.cpu", "full", ""),
    ("compute.limits.memory", "full", ""),
    ("compute.limits.other", "never", "Score knows CPU and memory only"),
    ("scale.replicas", "never", _RUNS),
    ("scale.autoscaling", "never", _RUNS),
    ("lifecycle.restart", "never", _RUNS),
    ("lifecycle.order", "never", "what a workload waits for is a resource of type service, with `wait` as its param"),
    ("security.user", "never", _SECURITY),
    ("security.group", "never", _SECURITY),
    ("security.non-root", "never", _SECURITY),
    ("security.capability", "never", _SECURITY),
    ("security.read-only-root", "never", _SECURITY),
    ("security.privileged", "never", _SECURITY),
    ("security.no-new-privileges", "never", _SECURITY),
    ("security.host-namespace", "never", _SECURITY),
    ("placement.constraint", "never", _RUNS),
    ("network.reach", "never", "Score knows no networks; every workload reaches every other"),
    ("dependency", "full", ""),
    ("labels", "never", "Score has annotations and no labels"),
)

SUPPORT: tuple[Support, ...] = tuple(
    Support(field, level, reason, "" if level == "full" else _SPEC) for field, level, reason in _ROWS
)

REASONS: dict[str, str] = {row.field: row.reason for row in SUPPORT}
