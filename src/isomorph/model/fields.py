"""The fields of the model in the grain at which platforms differ: what a support table declares, one row a field.

Each field names the rules under which its drift is told; the docs' matrix, the tests and the judge's *cannot say* derive
from this table and the platforms' declarations.
"""

import msgspec


class Field(msgspec.Struct, frozen=True):
    """A field of the model: its meaning in one phrase and the rules that compare it."""

    name: str
    meaning: str
    rules: tuple[str, ...] = ()


_ROWS: tuple[tuple[str, str, str], ...] = (
    ("kind.service", "instances that run until stopped and are alike", "workload.kind"),
    ("kind.stateful", "instances with a stable name and storage each", "workload.kind"),
    ("kind.daemon", "one instance on every node", "workload.kind"),
    ("kind.job", "runs to completion once", "workload.kind"),
    ("kind.scheduled", "runs to completion at set times", "workload.kind"),
    ("schedule", "cron expression and time zone", "workload.schedule"),
    ("container.main", "containers that are the workload", "container.missing"),
    ("container.init", "containers that run to completion first", "container.missing"),
    ("container.sidecar", "containers that start first and stay", "container.missing"),
    ("image", "registry, repository, tag, digest", "image.registry image.repository image.tag image.digest"),
    ("image.pull-policy", "when the image is pulled", "image.pull-policy"),
    ("image.build", "an image built from source", "image.build"),
    ("process.command", "replaces the image's entrypoint", "process.command"),
    ("process.args", "replaces the image's arguments", "process.args"),
    ("process.workdir", "working directory", "process.workdir"),
    ("process.stop-signal", "the signal that asks it to stop", "process.stop-signal"),
    ("process.stop-grace", "time between that signal and the kill", "process.stop-grace"),
    ("variable.literal", "a variable with a value", "variable.missing variable.value"),
    ("variable.secret", "a variable from a secret store", "secret.missing secret.exposed"),
    ("variable.configuration", "a variable from a named configuration", "variable.missing variable.value"),
    ("variable.field", "a variable from the running instance", "variable.missing variable.value"),
    ("file.content", "a text file that the container sees", "file.missing file.content"),
    ("file.binary", "a binary file that the container sees", "file.missing file.content"),
    ("file.secret", "a file from a secret store", "secret.missing secret.exposed"),
    ("file.mode", "a file's permission bits", "file.mode"),
    ("volume.persistent", "storage that outlives the instance", "volume.missing volume.kind"),
    ("volume.ephemeral", "storage that ends with the instance", "volume.missing volume.kind"),
    ("volume.memory", "storage in memory", "volume.missing volume.kind"),
    ("volume.host", "a folder of the machine", "volume.missing volume.kind"),
    ("volume.size", "how much it holds", "volume.size"),
    ("volume.class", "storage class", "volume.class"),
    ("volume.access", "how many may mount it, and how", "volume.access"),
    ("volume.read-only", "mounted read-only", "volume.read-only"),
    ("volume.sub-path", "a folder of the volume", "volume.missing"),
    ("port", "a port that peers connect to", "port.missing port.protocol"),
    ("port.target", "peers' number other than the container's", "port.target"),
    ("port.exposure.host", "a port of the machine", "port.exposure"),
    ("port.exposure.node", "a port of every node", "port.exposure"),
    ("port.exposure.load-balancer", "a load balancer", "port.exposure"),
    ("route.host", "HTTP host", "route.missing route.host"),
    ("route.path", "HTTP path", "route.missing route.path"),
    ("route.tls", "TLS ends at the route", "route.tls"),
    ("dns.record", "further names for peers", "dns.record"),
    ("probe.liveness", "failure restarts the container", "probe.missing probe.check"),
    ("probe.readiness", "failure takes it out of service", "probe.missing probe.check"),
    ("probe.startup", "other probes wait for it", "probe.missing probe.check"),
    ("probe.exec", "check by command", "probe.check"),
    ("probe.http", "check by HTTP", "probe.check"),
    ("probe.tcp", "check by TCP", "probe.check"),
    ("probe.grpc", "check by gRPC", "probe.check"),
    ("probe.period", "time between checks", "probe.timing"),
    ("probe.timeout", "time a check may take", "probe.timing"),
    ("probe.failures", "failures in a row that count", "probe.timing"),
    ("probe.successes", "successes in a row that count", "probe.timing"),
    ("probe.initial-delay", "time before the first check", "probe.timing"),
    ("probe.grace", "time in which failures do not count", "probe.timing"),
    ("compute.requests.cpu", "CPU granted", "compute.requests"),
    ("compute.requests.memory", "memory granted", "compute.requests"),
    ("compute.requests.other", "another resource granted", "compute.requests"),
    ("compute.limits.cpu", "CPU held to", "compute.limits"),
    ("compute.limits.memory", "memory held to", "compute.limits"),
    ("compute.limits.other", "another resource held to", "compute.limits"),
    ("scale.replicas", "number of instances", "scale.replicas"),
    ("scale.autoscaling", "bounds and targets of an autoscaler", "scale.autoscaling"),
    ("lifecycle.restart", "what follows an exit", "lifecycle.restart"),
    ("lifecycle.order", "which workload is waited for", "lifecycle.order"),
    ("security.user", "user it runs as", "security.user"),
    ("security.group", "group it runs as", "security.group"),
    ("security.non-root", "refuses to run as root", "security.non-root"),
    ("security.capability", "capabilities added and dropped", "security.capability"),
    ("security.read-only-root", "root file system read-only", "security.read-only-root"),
    ("security.privileged", "all of the host's privileges", "security.privileged"),
    ("security.no-new-privileges", "cannot gain privileges", "security.no-new-privileges"),
    ("security.host-namespace", "shares a namespace with the host", "security.host-namespace"),
    ("placement.constraint", "which nodes", "placement.constraint"),
    ("network.reach", "named networks that bound who reaches whom", "network.reach"),
    ("dependency", "a resource it needs", "dependency.missing dependency.type dependency.version dependency.parameter"),
    ("labels", "labels and annotations", ""),
)

FIELDS: dict[str, Field] = {name: Field(name, meaning, tuple(rules.split())) for name, meaning, rules in _ROWS}
