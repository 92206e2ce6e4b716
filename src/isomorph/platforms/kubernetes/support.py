"""What Kubernetes can say of the model, and why not: as manifests alone say it, of version 1.34 without alpha features."""

from isomorph.platforms.platform import Level, Support

_DOCS = "https://kubernetes.io/docs/"
_POD = f"{_DOCS}reference/kubernetes-api/workload-resources/pod-v1/"
_LIFE = f"{_DOCS}concepts/workloads/pods/pod-lifecycle/"
_PROBES = f"{_DOCS}tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"
_SERVICE = f"{_DOCS}concepts/services-networking/service/"
_CLAIMS = f"{_DOCS}concepts/storage/persistent-volumes/"
_NAMES = f"{_DOCS}concepts/overview/working-with-objects/"

_FULL = (
    "kind.service kind.stateful kind.daemon kind.job kind.scheduled schedule "
    "container.main container.init container.sidecar image image.pull-policy "
    "process.command process.args process.workdir process.stop-grace "
    "variable.literal variable.secret variable.configuration variable.field "
    "file.content file.binary file.secret file.mode "
    "volume.persistent volume.ephemeral volume.memory volume.host volume.size volume.class volume.access volume.read-only "
    "volume.sub-path port port.target port.exposure.node port.exposure.load-balancer "
    "route.host route.path route.tls "
    "probe.liveness probe.readiness probe.startup probe.exec probe.http probe.tcp probe.grpc probe.period probe.timeout "
    "probe.failures probe.successes probe.initial-delay "
    "compute.requests.cpu compute.requests.memory compute.requests.other "
    "compute.limits.cpu compute.limits.memory compute.limits.other "
    "scale.replicas scale.autoscaling "
    "security.non-root security.capability security.read-only-root security.privileged security.no-new-privileges "
    "security.host-namespace placement.constraint"
)

_REST: tuple[tuple[str, Level, str, str], ...] = (
    ("image.build", "never", "a cluster runs images and builds none", f"{_DOCS}concepts/containers/images/"),
    (
        "process.stop-signal",
        "lossy",
        "a stop signal is an alpha feature (ContainerStopSignals), off unless the cluster turns it on",
        f"{_LIFE}#pod-termination-stop-signals",
    ),
    (
        "port.exposure.host",
        "lossy",
        "a port of the machine is written as a load balancer's, for the node that a Pod runs on is not known",
        f"{_SERVICE}#loadbalancer",
    ),
    (
        "dns.record",
        "lossy",
        "a further name is a Service of its own, written where some text uses it; a name with dots can be none",
        f"{_NAMES}names/#rfc-1035-label-names",
    ),
    (
        "probe.grace",
        "lossy",
        "a grace period is a startup probe of the same check: its failures end in a restart, not in a container left unhealthy",
        f"{_PROBES}#define-startup-probes",
    ),
    (
        "lifecycle.restart",
        "lossy",
        "what a Deployment runs is always restarted; only jobs end, and nothing is told to stay stopped",
        f"{_LIFE}#restart-policy",
    ),
    ("lifecycle.order", "never", "workloads are started in no order", f"{_DOCS}concepts/workloads/controllers/"),
    ("security.user", "lossy", "a user is a number; a name in the image cannot be said", f"{_POD}#security-context-1"),
    (
        "security.group",
        "lossy",
        "a group is a number; a name in the image cannot be said",
        f"{_POD}#security-context-1",
    ),
    (
        "network.reach",
        "lossy",
        "NetworkPolicies could bound who reaches whom, but need a network plugin that heeds them; none are written",
        f"{_DOCS}concepts/services-networking/network-policies/",
    ),
    ("dependency", "never", "manifests say what runs, not what it needs from elsewhere", f"{_DOCS}concepts/workloads/"),
    (
        "labels",
        "lossy",
        "a label's value has at most 63 characters of a restricted set; other text becomes an annotation",
        f"{_NAMES}labels/#syntax-and-character-set",
    ),
)

SUPPORT: tuple[Support, ...] = (
    *(Support(field, "full") for field in _FULL.split()),
    *(Support(field, level, reason, source) for field, level, reason, source in _REST),
)
