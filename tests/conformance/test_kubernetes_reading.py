"""What the Kubernetes reader knows and refuses is what a real API server knows and refuses."""

from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.platforms.kubernetes import known
from isomorph.syntax.tree import Mapping, to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.engines.control_plane import ControlPlane
from tests.platforms.kubernetes.reading import pod, read_text

pytestmark = pytest.mark.engine

CORE = "io.k8s.api.core.v1."
APPS = "io.k8s.api.apps.v1."
BATCH = "io.k8s.api.batch.v1."
NETWORKING = "io.k8s.api.networking.v1."
GATEWAY = "io.k8s.networking.gateway.v1."

TABLES = {
    "METADATA": "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
    "DEPLOYMENT": APPS + "DeploymentSpec",
    "STATEFUL_SET": APPS + "StatefulSetSpec",
    "DAEMON_SET": APPS + "DaemonSetSpec",
    "REPLICA_SET": APPS + "ReplicaSetSpec",
    "JOB": BATCH + "JobSpec",
    "CRON_JOB": BATCH + "CronJobSpec",
    "TEMPLATE": CORE + "PodTemplateSpec",
    "POD": CORE + "PodSpec",
    "POD_SECURITY": CORE + "PodSecurityContext",
    "CONTAINER": CORE + "Container",
    "LIFECYCLE": CORE + "Lifecycle",
    "SECURITY": CORE + "SecurityContext",
    "CAPABILITIES": CORE + "Capabilities",
    "RESOURCES": CORE + "ResourceRequirements",
    "CONTAINER_PORT": CORE + "ContainerPort",
    "ENV": CORE + "EnvVar",
    "VALUE_FROM": CORE + "EnvVarSource",
    "ENV_FROM": CORE + "EnvFromSource",
    "KEY_REFERENCE": CORE + "SecretKeySelector",
    "STORE_REFERENCE": CORE + "SecretEnvSource",
    "FIELD_REFERENCE": CORE + "ObjectFieldSelector",
    "RESOURCE_REFERENCE": CORE + "ResourceFieldSelector",
    "PROBE": CORE + "Probe",
    "EXEC": CORE + "ExecAction",
    "HTTP_GET": CORE + "HTTPGetAction",
    "TCP_SOCKET": CORE + "TCPSocketAction",
    "GRPC": CORE + "GRPCAction",
    "HEADER": CORE + "HTTPHeader",
    "MOUNT": CORE + "VolumeMount",
    "VOLUME": CORE + "Volume",
    "CONFIG_MAP_VOLUME": CORE + "ConfigMapVolumeSource",
    "SECRET_VOLUME": CORE + "SecretVolumeSource",
    "DOWNWARD_VOLUME": CORE + "DownwardAPIVolumeSource",
    "PROJECTED_VOLUME": CORE + "ProjectedVolumeSource",
    "PROJECTED_STORE": CORE + "ConfigMapProjection",
    "KEY_TO_PATH": CORE + "KeyToPath",
    "DOWNWARD_ITEM": CORE + "DownwardAPIVolumeFile",
    "EMPTY_DIR": CORE + "EmptyDirVolumeSource",
    "HOST_PATH": CORE + "HostPathVolumeSource",
    "CLAIM_VOLUME": CORE + "PersistentVolumeClaimVolumeSource",
    "CLAIM": CORE + "PersistentVolumeClaimSpec",
    "CLAIM_TEMPLATE": CORE + "PersistentVolumeClaim",
    "SERVICE": CORE + "ServiceSpec",
    "SERVICE_PORT": CORE + "ServicePort",
    "AUTOSCALER": "io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec",
    "INGRESS": NETWORKING + "IngressSpec",
    "INGRESS_RULE": NETWORKING + "IngressRule",
    "INGRESS_PATH": NETWORKING + "HTTPIngressPath",
    "INGRESS_TLS": NETWORKING + "IngressTLS",
}

# Fields of older versions of the API, which are still read.
OLD = {
    "DEPLOYMENT": {"rollbackTo"},
    "DAEMON_SET": {"templateGeneration"},
    "SERVICE": {"topologyKeys"},
    "AUTOSCALER": {"targetCPUUtilizationPercentage"},
    "INGRESS": {"backend"},
}


@pytest.fixture(scope="module")
def definitions(api_server: ControlPlane) -> dict[str, Any]:
    found: dict[str, Any] = api_server.published_schemas({"gateway.networking.k8s.io"})["definitions"]
    return found


@pytest.mark.parametrize("table", TABLES)
def test_the_known_fields_are_those_of_the_api(definitions: dict[str, Any], table: str) -> None:
    fields = getattr(known, table).known
    assert fields - OLD.get(table, set()) == set(definitions[TABLES[table]]["properties"])


def test_the_known_fields_of_http_routes(definitions: dict[str, Any]) -> None:
    (spec,) = [
        definition["properties"]["spec"]
        for name, definition in definitions.items()
        if name.endswith("gateway.v1.HTTPRoute")
    ]
    rule = spec["properties"]["rules"]["items"]
    match = rule["properties"]["matches"]["items"]
    backend = rule["properties"]["backendRefs"]["items"]
    for construct, schema in (
        (known.HTTP_ROUTE, spec),
        (known.HTTP_RULE, rule),
        (known.HTTP_MATCH, match),
        (known.BACKEND, backend),
    ):
        assert set(schema["properties"]) <= construct.known, construct.name


REFUSED = {
    "a number for a string": pod("env: [{name: A, value: 1}]"),
    "a boolean for a string": pod("env: [{name: A, value: yes}]"),
    "a string for a number": pod("ports: [{containerPort: '80'}]"),
    "a string for a list": pod("command: /bin/sh"),
    "a port out of range": pod("ports: [{containerPort: 70000}]"),
    "a protocol in lower case": pod("ports: [{containerPort: 80, protocol: tcp}]"),
    "a pull policy in lower case": pod("imagePullPolicy: always"),
    "a restart policy in lower case": pod("", "restartPolicy: always"),
    "a port's number as a name": pod("livenessProbe: {tcpSocket: {port: '80'}}"),
    "two checks": pod("livenessProbe: {tcpSocket: {port: 1}, exec: {command: [a]}}"),
    "a check without a port": pod("livenessProbe: {tcpSocket: {}}"),
    "no quantity": pod("resources: {limits: {memory: 64MB}}"),
    "an upper-case K": pod("resources: {limits: {memory: 64K}}"),
    "a negative quantity": pod("resources: {limits: {memory: -1}}"),
    "a mount of no volume": pod("volumeMounts: [{name: nope, mountPath: /x}]"),
    "two mounts in one place": pod(
        "volumeMounts: [{name: v, mountPath: /x}, {name: v, mountPath: /x}]", "volumes: [{name: v, emptyDir: {}}]"
    ),
    "two volumes of one name": pod("", "volumes: [{name: v, emptyDir: {}}, {name: v, emptyDir: {}}]"),
    "a sub-path that leaves": pod(
        "volumeMounts: [{name: v, mountPath: /x, subPath: ../y}]", "volumes: [{name: v, emptyDir: {}}]"
    ),
    "a value and a source": pod(
        "env: [{name: A, value: a, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}]"
    ),
    "no such field": pod("env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.nope}}}]"),
    "two containers of one name": pod("", "initContainers: [{name: web, image: i}]"),
    "no containers": pod().replace("[{name: web, image: web:1}]", "[]"),
    "a selector that selects nothing": pod().replace("labels: {app: web}", "labels: {app: other}"),
    "a negative replica count": pod(more="replicas: -1"),
    "a claim template of no access mode": pod(
        kind="StatefulSet",
        more="serviceName: web, volumeClaimTemplates: [{metadata: {name: d}, "
        "spec: {accessModes: [RWO], resources: {requests: {storage: 1Gi}}}}]",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_here_the_api_server_refuses(api_server: ControlPlane, name: str) -> None:
    text = REFUSED[name]
    with pytest.raises(InvalidInput):
        read_text(text)
    root = parse_one(text, "a.yaml", Dialect.KUBERNETES).root
    assert isinstance(root, Mapping)
    assert api_server.dry_run(to_data(root), text) is not None


TOLD = {
    "imagePullPolicy": pod("imagePullpolicy: Always"),
    "readinessProbe": pod("readynessProbe: {tcpSocket: {port: 1}}"),
    "limits": pod("resources: {limit: {}}"),
    "runAsUser": pod("securityContext: {runAsuser: 1}"),
    "replicas": pod(more="replica: 2"),
    "containers": pod("", "contianers: []"),
}


@pytest.mark.parametrize("meant", TOLD)
def test_what_is_told_here_the_api_server_refuses(api_server: ControlPlane, meant: str) -> None:
    text = TOLD[meant]
    (diagnostic,) = read_text(text).diagnostics
    assert diagnostic.code == "unknown-field"
    assert f"`{meant}`" in diagnostic.message
    root = parse_one(text, "a.yaml", Dialect.KUBERNETES).root
    assert api_server.dry_run(to_data(root), text) is not None
