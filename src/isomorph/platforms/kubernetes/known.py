"""The fields of the constructs that are read: those that the model holds, and those that the API knows besides.

A field of the second kind is kept as an extra; a field of neither is unknown, and the API server would refuse it. Source:
the OpenAPI description of Kubernetes 1.34 (core/v1, apps/v1, batch/v1, networking/v1, autoscaling/v1 and v2) and of the
Gateway API 1.3.
"""

import msgspec


class Construct(msgspec.Struct, frozen=True, gc=False):
    """A construct's name for messages, the fields that the model holds, and all that the API knows."""

    name: str
    modelled: frozenset[str]
    known: frozenset[str]


def _construct(name: str, modelled: str, others: str = "") -> Construct:
    fields = frozenset(modelled.split())
    return Construct(name, fields, fields | frozenset(others.split()))


OBJECT = "apiVersion kind metadata"

# What the API server writes into objects that are read back from it; it says nothing about what is wanted.
SERVER_SET = frozenset(
    (
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
        "uid",
    )
)
SERVER_ANNOTATIONS = frozenset(
    ("kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision")
)

VAULT_AGENT = "vault.hashicorp.com/agent-inject"
"""The annotation by which pods ask for the files that Vault's agent renders."""

METADATA = _construct(
    "metadata",
    "name namespace labels annotations",
    "generateName ownerReferences finalizers " + " ".join(SERVER_SET),
)
CONTROLLER = _construct("object", OBJECT + " spec status")  # The status is the server's.

DEPLOYMENT = _construct(
    "Deployment spec",
    "replicas selector template",
    "minReadySeconds paused progressDeadlineSeconds revisionHistoryLimit strategy rollbackTo",
)
STATEFUL_SET = _construct(
    "StatefulSet spec",
    "replicas selector template serviceName volumeClaimTemplates",
    "minReadySeconds ordinals persistentVolumeClaimRetentionPolicy podManagementPolicy revisionHistoryLimit updateStrategy",
)
DAEMON_SET = _construct(
    "DaemonSet spec", "selector template", "minReadySeconds revisionHistoryLimit updateStrategy templateGeneration"
)
REPLICA_SET = _construct("ReplicaSet spec", "replicas selector template", "minReadySeconds")
JOB = _construct(
    "Job spec",
    "template",
    "activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy manualSelector "
    "maxFailedIndexes parallelism podFailurePolicy podReplacementPolicy selector successPolicy suspend ttlSecondsAfterFinished",
)
CRON_JOB = _construct(
    "CronJob spec",
    "schedule timeZone jobTemplate",
    "concurrencyPolicy failedJobsHistoryLimit startingDeadlineSeconds successfulJobsHistoryLimit suspend",
)
TEMPLATE = _construct("pod template", "metadata spec")

POD = _construct(
    "pod spec",
    "containers initContainers restartPolicy terminationGracePeriodSeconds hostNetwork hostPID hostIPC nodeSelector "
    "securityContext volumes",
    "activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks ephemeralContainers "
    "hostAliases hostUsers hostname hostnameOverride imagePullSecrets nodeName os overhead preemptionPolicy priority "
    "priorityClassName readinessGates resourceClaims resources runtimeClassName schedulerName schedulingGates "
    "serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain tolerations "
    "topologySpreadConstraints",
)
POD_SECURITY = _construct(
    "pod securityContext",
    "runAsUser runAsGroup runAsNonRoot",
    "appArmorProfile fsGroup fsGroupChangePolicy seLinuxChangePolicy seLinuxOptions seccompProfile supplementalGroups "
    "supplementalGroupsPolicy sysctls windowsOptions",
)
CONTAINER = _construct(
    "container",
    "name image imagePullPolicy command args workingDir env envFrom ports resources securityContext volumeMounts "
    "livenessProbe readinessProbe startupProbe restartPolicy lifecycle",
    "resizePolicy restartPolicyRules stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices",
)
LIFECYCLE = _construct("lifecycle", "stopSignal", "postStart preStop")
SECURITY = _construct(
    "securityContext",
    "runAsUser runAsGroup runAsNonRoot capabilities readOnlyRootFilesystem privileged allowPrivilegeEscalation",
    "appArmorProfile procMount seLinuxOptions seccompProfile windowsOptions",
)
CAPABILITIES = _construct("capabilities", "add drop")
RESOURCES = _construct("resources", "requests limits", "claims")
CONTAINER_PORT = _construct("container port", "containerPort name protocol hostPort hostIP")
ENV = _construct("env", "name value valueFrom")
VALUE_FROM = _construct("valueFrom", "secretKeyRef configMapKeyRef fieldRef resourceFieldRef", "fileKeyRef")
ENV_FROM = _construct("envFrom", "prefix secretRef configMapRef")
KEY_REFERENCE = _construct("key reference", "name key optional")
STORE_REFERENCE = _construct("store reference", "name optional")
FIELD_REFERENCE = _construct("fieldRef", "fieldPath apiVersion")
RESOURCE_REFERENCE = _construct("resourceFieldRef", "resource containerName divisor")
PROBE = _construct(
    "probe",
    "exec httpGet tcpSocket grpc initialDelaySeconds periodSeconds timeoutSeconds failureThreshold successThreshold",
    "terminationGracePeriodSeconds",
)
EXEC = _construct("exec", "command")
HTTP_GET = _construct("httpGet", "path port scheme host httpHeaders")
TCP_SOCKET = _construct("tcpSocket", "port host")
GRPC = _construct("grpc", "port service")
HEADER = _construct("header", "name value")
MOUNT = _construct("volumeMount", "name mountPath subPath readOnly", "subPathExpr mountPropagation recursiveReadOnly")
VOLUME = _construct(
    "volume",
    "name configMap secret projected downwardAPI emptyDir hostPath persistentVolumeClaim ephemeral",
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk gitRepo glusterfs image "
    "iscsi nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume",
)
CONFIG_MAP_VOLUME = _construct("configMap volume", "name defaultMode items optional")
SECRET_VOLUME = _construct("secret volume", "secretName defaultMode items optional")
DOWNWARD_VOLUME = _construct("downwardAPI volume", "defaultMode items")
PROJECTED_VOLUME = _construct("projected volume", "defaultMode sources")
PROJECTED_STORE = _construct("projected source", "name items optional")
KEY_TO_PATH = _construct("item", "key path mode")
DOWNWARD_ITEM = _construct("downwardAPI item", "path fieldRef resourceFieldRef mode")
EMPTY_DIR = _construct("emptyDir", "medium sizeLimit")
HOST_PATH = _construct("hostPath", "path", "type")
CLAIM_VOLUME = _construct("persistentVolumeClaim volume", "claimName readOnly")
CLAIM = _construct(
    "PersistentVolumeClaim spec",
    "accessModes resources storageClassName",
    "dataSource dataSourceRef selector volumeAttributesClassName volumeMode volumeName",
)
CLAIM_TEMPLATE = _construct("claim template", "metadata spec", "apiVersion kind status")
STORE = _construct("object", OBJECT + " data binaryData stringData type", "immutable")

SERVICE = _construct(
    "Service spec",
    "ports selector type allocateLoadBalancerNodePorts",
    "clusterIP clusterIPs externalIPs externalName externalTrafficPolicy healthCheckNodePort internalTrafficPolicy ipFamilies "
    "ipFamilyPolicy loadBalancerClass loadBalancerIP loadBalancerSourceRanges publishNotReadyAddresses sessionAffinity "
    "sessionAffinityConfig topologyKeys trafficDistribution",
)
SERVICE_PORT = _construct("Service port", "port targetPort protocol name nodePort", "appProtocol")
AUTOSCALER = _construct(
    "HorizontalPodAutoscaler spec",
    "scaleTargetRef minReplicas maxReplicas metrics targetCPUUtilizationPercentage",
    "behavior",
)
INGRESS = _construct("Ingress spec", "rules tls defaultBackend backend", "ingressClassName")
INGRESS_RULE = _construct("Ingress rule", "host http")
INGRESS_PATH = _construct("Ingress path", "path pathType backend")
INGRESS_TLS = _construct("Ingress tls", "hosts secretName")
HTTP_ROUTE = _construct("route spec", "hostnames rules", "parentRefs useDefaultGateways")
HTTP_RULE = _construct("route rule", "matches backendRefs", "filters timeouts retry sessionPersistence name")
HTTP_MATCH = _construct("route match", "path method", "headers queryParams")
BACKEND = _construct("backendRef", "name namespace port group kind", "weight filters")
