"""What silence means to Kubernetes, read back from an API server of 1.34. Of several rows, the first that holds counts."""

from isomorph.platforms.platform import Default

_API = "https://kubernetes.io/docs/reference/kubernetes-api/"
_POD = f"{_API}workload-resources/pod-v1/"
_PROBE = f"{_POD}#Probe"
_SECURITY = f"{_POD}#security-context-1"
_IMAGES = "https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting"


def _probe_timing() -> tuple[Default, ...]:
    values = (
        ("period", "10s"),
        ("timeout", "1s"),
        ("failures", "3"),
        ("successes", "1"),
        ("initial-delay", "0s"),
        ("grace", "0s"),
    )
    return tuple(
        Default("probe.timing", f"{probe}.{field}", value, _PROBE)
        for probe in ("liveness", "readiness", "startup")
        for field, value in values
    )


DEFAULTS: tuple[Default, ...] = (
    Default("lifecycle.restart", "", "always", f"{_POD}#lifecycle"),
    Default("process.stop-grace", "", "30s", f"{_POD}#lifecycle"),
    Default("process.stop-signal", "", "SIGTERM", f"{_POD}#lifecycle-1"),
    Default("image.pull-policy", "", "always", _IMAGES, "tag-latest"),
    Default("image.pull-policy", "", "missing", _IMAGES),
    Default("scale.replicas", "", "1", f"{_API}workload-resources/deployment-v1/#DeploymentSpec"),
    Default("scale.autoscaling", "min", "1", f"{_API}workload-resources/horizontal-pod-autoscaler-v2/"),
    *_probe_timing(),
    Default("port.protocol", "", "tcp", f"{_API}service-resources/service-v1/#ServiceSpec"),
    Default("security.privileged", "", "false", _SECURITY),
    Default("security.non-root", "", "false", _SECURITY),
    Default("security.read-only-root", "", "false", _SECURITY),
    Default("security.no-new-privileges", "", "false", _SECURITY),
    Default("security.host-namespace", "network", "false", f"{_POD}#host-namespaces"),
    Default("security.host-namespace", "pid", "false", f"{_POD}#host-namespaces"),
    Default("security.host-namespace", "ipc", "false", f"{_POD}#host-namespaces"),
    Default("volume.read-only", "", "false", f"{_POD}#volumes-1"),
    Default("file.mode", "", "0644", f"{_API}config-and-storage-resources/volume/"),
)
