"""How the Kubernetes provider calls what Kubernetes has: one table, read by the reader one way and by the writer the other.

A type is a line of fields in Kubernetes' own names. The provider's name is the same in snake_case, or what follows a `/`.
After a `:` stands what the field is: `int` a number (or a number or a name), `bool`, `mode` permission bits (a number here,
an octal text there), `[]` a list, `{}` a map of texts, TYPE one block, TYPE* a block for each item. Without it the field is
a text. A `!` at the end: the provider requires it. What is not in the table, the provider's resource has no word for.

Source: the schemas of hashicorp/kubernetes 2.38.0, which tests/conformance/test_terraform_writing.py holds the table to.
"""

import re
from functools import cache

import msgspec


class Field(msgspec.Struct, frozen=True):
    """One field: its names, and what it is: text, int, bool, mode, list, map, block or blocks (of type `of`)."""

    name: str
    word: str
    form: str = "text"
    of: str = ""
    required: bool = False


class Resource(msgspec.Struct, frozen=True):
    """What a resource of the provider is in Kubernetes, and the type of its body."""

    version: str
    kind: str
    of: str


_SOURCE = "fsType readOnly:bool"

_TYPES: dict[str, str] = {
    # Objects
    "Namespace": "metadata:OwnMetadata!",
    "ConfigMap": "metadata:Metadata! data:{} binaryData:{} immutable:bool",
    "Secret": "metadata:Metadata! type data:{} binaryData:{} immutable:bool",
    "ServiceAccount": (
        "metadata:Metadata! automountServiceAccountToken:bool imagePullSecrets/image_pull_secret:Name* secrets/secret:Name*"
    ),
    "PersistentVolumeClaim": "metadata:Metadata! spec:ClaimSpec!",
    "Service": "metadata:Metadata! spec:ServiceSpec!",
    "Ingress": "metadata:Metadata! spec:IngressSpec!",
    "Pod": "metadata:Metadata! spec:PodSpec!",
    "Deployment": "metadata:Metadata! spec:DeploymentSpec!",
    "DaemonSet": "metadata:Metadata! spec:DaemonSetSpec!",
    "StatefulSet": "metadata:Metadata! spec:StatefulSetSpec!",
    "ReplicationController": "metadata:Metadata! spec:ReplicationControllerSpec!",
    "Job": "metadata:Metadata! spec:JobSpec!",
    "CronJob": "metadata:Metadata! spec:CronJobSpec!",
    "HorizontalPodAutoscaler": "metadata:Metadata! spec:ScalerSpec!",
    "HorizontalPodAutoscalerV1": "metadata:Metadata! spec:ScalerV1Spec!",
    "PodDisruptionBudget": "metadata:Metadata! spec:DisruptionBudgetSpec!",
    "NetworkPolicy": "metadata:Metadata! spec:NetworkPolicySpec!",
    "Metadata": "name generateName namespace labels:{} annotations:{}",
    "OwnMetadata": "name generateName labels:{} annotations:{}",
    "LabelMetadata": "labels:{} annotations:{}",
    # Controllers
    "DeploymentSpec": (
        "replicas:int minReadySeconds:int revisionHistoryLimit:int progressDeadlineSeconds:int paused:bool "
        "selector:Selector strategy:Strategy template:Template!"
    ),
    "DaemonSetSpec": (
        "minReadySeconds:int revisionHistoryLimit:int selector:Selector updateStrategy/strategy:Strategy template:Template!"
    ),
    "StatefulSetSpec": (
        "replicas:int serviceName! minReadySeconds:int podManagementPolicy revisionHistoryLimit:int selector:Selector! "
        "updateStrategy:SetStrategy persistentVolumeClaimRetentionPolicy:Retention template:Template! "
        "volumeClaimTemplates/volume_claim_template:ClaimTemplate*"
    ),
    "ReplicationControllerSpec": "replicas:int minReadySeconds:int selector:{}! template:Template!",
    "JobSpec": (
        "parallelism:int completions:int completionMode activeDeadlineSeconds:int backoffLimit:int "
        "backoffLimitPerIndex:int maxFailedIndexes:int ttlSecondsAfterFinished:int manualSelector:bool "
        "podFailurePolicy:FailurePolicy selector:Selector template:JobPod!"
    ),
    "CronJobSpec": (
        "schedule! timeZone/timezone concurrencyPolicy startingDeadlineSeconds:int suspend:bool "
        "successfulJobsHistoryLimit:int failedJobsHistoryLimit:int jobTemplate:JobTemplate!"
    ),
    "JobPod": "metadata:OwnMetadata! spec:PodSpec",
    "JobTemplate": "metadata:Metadata! spec:JobSpec!",
    "FailurePolicy": "rules/rule:FailureRule*!",
    "FailureRule": "action onExitCodes:OnExitCodes onPodConditions/on_pod_condition:OnPodCondition*",
    "OnExitCodes": "containerName operator values:[]!",
    "OnPodCondition": "type status",
    "Selector": "matchLabels:{} matchExpressions:Requirement*",
    "Requirement": "key! operator! values:[]",
    "Strategy": "type rollingUpdate:RollingUpdate",
    "RollingUpdate": "maxSurge:int maxUnavailable:int",
    "SetStrategy": "type rollingUpdate:Partition",
    "Partition": "partition:int",
    "Retention": "whenDeleted whenScaled",
    "ClaimTemplate": "metadata:Metadata! spec:ClaimSpec!",
    "ClaimSpec": "accessModes:[]! storageClassName volumeMode volumeName resources:Resources! selector:Selector",
    "Resources": "limits:{} requests:{}",
    "ScalerSpec": (
        "minReplicas:int maxReplicas:int! scaleTargetRef:TargetReference! metrics/metric:Metric* behavior:Behavior"
    ),
    "ScalerV1Spec": (
        "minReplicas:int maxReplicas:int! "
        "targetCPUUtilizationPercentage/target_cpu_utilization_percentage:int scaleTargetRef:TargetReference!"
    ),
    "TargetReference": "apiVersion kind! name!",
    "DescribedObject": "apiVersion! kind! name!",
    "Metric": (
        "type! resource:ResourceMetric containerResource:ContainerMetric pods:OtherMetric external:OtherMetric "
        "object:ObjectMetric"
    ),
    "ResourceMetric": "name! target:MetricTarget",
    "ContainerMetric": "container! name! target:MetricTarget",
    "OtherMetric": "metric:MetricName! target:MetricTarget",
    "ObjectMetric": "describedObject:DescribedObject! metric:MetricName! target:MetricTarget",
    "MetricName": "name! selector:Selector",
    "MetricTarget": "type! averageUtilization:int averageValue value",
    "Behavior": "scaleUp:ScaleRules scaleDown:ScaleRules",
    "ScaleRules": "selectPolicy stabilizationWindowSeconds:int policies/policy:ScalePolicy*!",
    "ScalePolicy": "type! value:int! periodSeconds:int!",
    "DisruptionBudgetSpec": "minAvailable:int maxUnavailable:int selector:Selector!",
    # Network
    "ServiceSpec": (
        "type clusterIP/cluster_ip clusterIPs/cluster_ips:[] externalIPs/external_ips:[] externalName externalTrafficPolicy "
        "internalTrafficPolicy healthCheckNodePort:int ipFamilies:[] ipFamilyPolicy loadBalancerClass "
        "loadBalancerIP/load_balancer_ip loadBalancerSourceRanges:[] allocateLoadBalancerNodePorts:bool "
        "publishNotReadyAddresses:bool sessionAffinity selector:{} ports/port:ServicePort* sessionAffinityConfig:Affine"
    ),
    "ServicePort": "name appProtocol protocol port:int! targetPort:int nodePort:int",
    "Affine": "clientIP/client_ip:AffineClient",
    "AffineClient": "timeoutSeconds:int",
    "IngressSpec": "ingressClassName defaultBackend:Backend tls:IngressTls* rules/rule:IngressRule*",
    "IngressTls": "hosts:[] secretName",
    "IngressRule": "host http:IngressHttp",
    "IngressHttp": "paths/path:IngressPath*!",
    "IngressPath": "path pathType backend:Backend",
    "Backend": "service:ServiceBackend resource:ObjectReference",
    "ServiceBackend": "name! port:BackendPort!",
    "BackendPort": "name number:int",
    "ObjectReference": "apiGroup! kind! name!",
    "NetworkPolicySpec": "policyTypes:[]! podSelector:Selector! ingress:PolicyIngress* egress:PolicyEgress*",
    "PolicyIngress": "from:PolicyPeer* ports:PolicyPort*",
    "PolicyEgress": "to:PolicyPeer* ports:PolicyPort*",
    "PolicyPeer": "ipBlock:IpBlock namespaceSelector:Selector podSelector:Selector",
    "PolicyPort": "port:int endPort:int protocol",
    "IpBlock": "cidr except:[]",
    # Pods
    "Template": "metadata:Metadata! spec:PodSpec!",
    "PodSpec": (
        "activeDeadlineSeconds:int automountServiceAccountToken:bool dnsPolicy enableServiceLinks:bool hostIPC/host_ipc:bool "
        "hostNetwork:bool hostPID/host_pid:bool hostname nodeName nodeSelector:{} priorityClassName restartPolicy "
        "runtimeClassName schedulerName serviceAccountName shareProcessNamespace:bool subdomain "
        "terminationGracePeriodSeconds:int os:Name affinity:Affinity dnsConfig:DnsConfig hostAliases:HostAlias* "
        "imagePullSecrets:Name* readinessGates/readiness_gate:Gate* securityContext:PodSecurity "
        "tolerations/toleration:Toleration* topologySpreadConstraints/topology_spread_constraint:Spread* "
        "initContainers/init_container:Container* containers/container:Container* volumes/volume:Volume*"
    ),
    "Name": "name!",
    "Gate": "conditionType!",
    "HostAlias": "ip! hostnames:[]!",
    "DnsConfig": "nameservers:[] searches:[] options/option:DnsOption*",
    "DnsOption": "name! value",
    "Pair": "name! value!",
    "Toleration": "key operator value effect tolerationSeconds:int",
    "Spread": (
        "maxSkew:int minDomains:int topologyKey whenUnsatisfiable nodeAffinityPolicy nodeTaintsPolicy matchLabelKeys:[] "
        "labelSelector:Selector"
    ),
    "PodSecurity": (
        "runAsUser:int runAsGroup:int runAsNonRoot:bool fsGroup:int fsGroupChangePolicy supplementalGroups:[] "
        "seLinuxOptions:SeLinux seccompProfile:Seccomp sysctls/sysctl:Pair* windowsOptions:Windows"
    ),
    "Windows": "gmsaCredentialSpec gmsaCredentialSpecName hostProcess:bool runAsUserName/run_as_username",
    "SeLinux": "level role type user",
    "Seccomp": "type localhostProfile",
    "Affinity": "nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity",
    "NodeAffinity": (
        "requiredDuringSchedulingIgnoredDuringExecution:NodeTerms "
        "preferredDuringSchedulingIgnoredDuringExecution:PreferredNode*"
    ),
    "NodeTerms": "nodeSelectorTerms/node_selector_term:NodeTerm*",
    "NodeTerm": "matchExpressions:Requirement* matchFields:Requirement*",
    "PreferredNode": "weight:int! preference:NodeTerm!",
    "PodAffinity": (
        "requiredDuringSchedulingIgnoredDuringExecution:PodTerm* "
        "preferredDuringSchedulingIgnoredDuringExecution:PreferredPod*"
    ),
    "PreferredPod": "weight:int! podAffinityTerm:PodTerm!",
    "PodTerm": "topologyKey! namespaces:[] labelSelector:Selector namespaceSelector:Selector",
    # Containers
    "Container": (
        "name! image imagePullPolicy command:[] args:[] workingDir stdin:bool stdinOnce:bool tty:bool "
        "terminationMessagePath terminationMessagePolicy ports/port:ContainerPort* env:Variable* envFrom:VariableSource* "
        "resources:Resources lifecycle:Lifecycle livenessProbe:Probe readinessProbe:Probe startupProbe:Probe "
        "securityContext:Security volumeMounts/volume_mount:VolumeMount* volumeDevices/volume_device:VolumeDevice*"
    ),
    "ContainerPort": "name containerPort:int! hostPort:int hostIP/host_ip protocol",
    "Variable": "name! value valueFrom:ValueFrom",
    "ValueFrom": (
        "configMapKeyRef:KeyReference secretKeyRef:KeyReference fieldRef:FieldReference resourceFieldRef:ResourceReference"
    ),
    "KeyReference": "name key optional:bool",
    "FieldReference": "apiVersion fieldPath",
    "ResourceReference": "containerName resource! divisor",
    "VariableSource": "prefix configMapRef:StoreReference secretRef:StoreReference",
    "StoreReference": "name! optional:bool",
    "Lifecycle": "postStart:Handler preStop:Handler",
    "Handler": "exec:Exec httpGet:HttpGet tcpSocket:TcpSocket",
    "Probe": (
        "initialDelaySeconds:int periodSeconds:int timeoutSeconds:int successThreshold:int failureThreshold:int "
        "exec:Exec httpGet:HttpGet tcpSocket:TcpSocket grpc:Grpc"
    ),
    "Exec": "command:[]",
    "HttpGet": "host path port:int scheme httpHeaders/http_header:Pair*",
    "TcpSocket": "port:int!",
    "Grpc": "port:int! service",
    "Security": (
        "privileged:bool allowPrivilegeEscalation:bool readOnlyRootFilesystem:bool runAsUser:int runAsGroup:int "
        "runAsNonRoot:bool capabilities:Capabilities seLinuxOptions:SeLinux seccompProfile:Seccomp"
    ),
    "Capabilities": "add:[] drop:[]",
    "VolumeMount": "name! mountPath! subPath subPathExpr readOnly:bool mountPropagation",
    "VolumeDevice": "name! devicePath!",
    # Volumes
    "Volume": (
        "name configMap:MapVolume secret:SecretVolume emptyDir:EmptyDir hostPath:HostPath "
        "persistentVolumeClaim:ClaimVolume ephemeral:Ephemeral projected:Projected downwardAPI/downward_api:Downward "
        "csi:Csi nfs:Nfs local:Local awsElasticBlockStore:Ebs azureDisk:AzureDisk azureFile:AzureFile cephfs/ceph_fs:CephFs "
        "cinder:Cinder fc:FibreChannel flexVolume:FlexVolume flocker:Flocker gcePersistentDisk:GceDisk gitRepo:GitRepo "
        "glusterfs:Gluster iscsi:Iscsi photonPersistentDisk:PhotonDisk quobyte:Quobyte rbd:Rbd vsphereVolume:Vsphere"
    ),
    "Item": "key path mode:mode",
    "MapVolume": "name defaultMode:mode optional:bool items:Item*",
    "SecretVolume": "secretName defaultMode:mode optional:bool items:Item*",
    "EmptyDir": "medium sizeLimit",
    "HostPath": "path type",
    "ClaimVolume": "claimName readOnly:bool",
    "Ephemeral": "volumeClaimTemplate:EphemeralClaim!",
    "EphemeralClaim": "metadata:LabelMetadata spec:ClaimSpec!",
    "Downward": "defaultMode:mode items:DownwardItem*",
    "DownwardItem": "path! mode:mode fieldRef:FieldReference! resourceFieldRef:ContainerResource",
    "Projected": "defaultMode:mode sources:Projection*!",
    "Projection": (
        "configMap:ProjectedStore secret:ProjectedStore downwardAPI/downward_api:ProjectedDownward "
        "serviceAccountToken:ProjectedToken"
    ),
    "ProjectedStore": "name optional:bool items:Item*",
    "ProjectedDownward": "items:ProjectedItem*",
    "ProjectedItem": "path! mode:mode fieldRef:FieldReference resourceFieldRef:ContainerResource",
    "ContainerResource": "containerName! resource! divisor",
    "ProjectedToken": "audience expirationSeconds:int path!",
    "Csi": f"driver! {_SOURCE} volumeAttributes:{{}} nodePublishSecretRef:Name",
    "Nfs": "server! path! readOnly:bool",
    "Local": "path",
    "Ebs": f"volumeID/volume_id! partition:int {_SOURCE}",
    "AzureDisk": f"diskName! diskURI/data_disk_uri! cachingMode! kind {_SOURCE}",
    "AzureFile": "shareName! secretName! secretNamespace readOnly:bool",
    "CephFs": "monitors:[]! path user secretFile readOnly:bool secretRef:SecretReference",
    "SecretReference": "name namespace",
    "Cinder": f"volumeID/volume_id! {_SOURCE}",
    "FibreChannel": f"targetWWNs/target_ww_ns:[]! lun:int! {_SOURCE}",
    "FlexVolume": f"driver! options:{{}} {_SOURCE} secretRef:SecretReference",
    "Flocker": "datasetName datasetUUID/dataset_uuid",
    "GceDisk": f"pdName! partition:int {_SOURCE}",
    "GitRepo": "repository revision directory",
    "Gluster": "endpoints/endpoints_name! path! readOnly:bool",
    "Iscsi": f"targetPortal! iqn! lun:int iscsiInterface {_SOURCE}",
    "PhotonDisk": "pdID/pd_id! fsType",
    "Quobyte": "registry! volume! user group readOnly:bool",
    "Rbd": (
        f"monitors/ceph_monitors:[]! image/rbd_image! pool/rbd_pool user/rados_user keyring {_SOURCE} secretRef:SecretReference"
    ),
    "Vsphere": "volumePath! fsType",
    # What was before Kubernetes 1.22; read only.
    "OldIngress": "metadata:Metadata! spec:OldIngressSpec!",
    "OldIngressSpec": "ingressClassName backend:OldBackend tls:IngressTls* rules/rule:OldIngressRule*",
    "OldIngressRule": "host http:OldIngressHttp!",
    "OldIngressHttp": "paths/path:OldIngressPath*!",
    "OldIngressPath": "path backend:OldBackend",
    "OldBackend": "serviceName servicePort:int",
}

#: Resources of the provider: `kubernetes_` and a name, which the writer uses for the first of each kind.
RESOURCES: dict[str, Resource] = {
    f"kubernetes_{name}": Resource(version, kind, of)
    for names, version, kind, of in (
        ("namespace_v1 namespace", "v1", "Namespace", "Namespace"),
        ("config_map_v1 config_map", "v1", "ConfigMap", "ConfigMap"),
        ("secret_v1 secret", "v1", "Secret", "Secret"),
        ("service_account_v1 service_account", "v1", "ServiceAccount", "ServiceAccount"),
        (
            "persistent_volume_claim_v1 persistent_volume_claim",
            "v1",
            "PersistentVolumeClaim",
            "PersistentVolumeClaim",
        ),
        ("service_v1 service", "v1", "Service", "Service"),
        ("pod_v1 pod", "v1", "Pod", "Pod"),
        ("deployment_v1 deployment", "apps/v1", "Deployment", "Deployment"),
        ("stateful_set_v1 stateful_set", "apps/v1", "StatefulSet", "StatefulSet"),
        ("daemon_set_v1 daemonset", "apps/v1", "DaemonSet", "DaemonSet"),
        ("replication_controller_v1 replication_controller", "v1", "ReplicationController", "ReplicationController"),
        ("job_v1 job", "batch/v1", "Job", "Job"),
        ("cron_job_v1 cron_job", "batch/v1", "CronJob", "CronJob"),
        ("ingress_v1", "networking.k8s.io/v1", "Ingress", "Ingress"),
        ("ingress", "networking.k8s.io/v1beta1", "Ingress", "OldIngress"),
        (
            "horizontal_pod_autoscaler_v2 horizontal_pod_autoscaler horizontal_pod_autoscaler_v2beta2",
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "HorizontalPodAutoscaler",
        ),
        ("horizontal_pod_autoscaler_v1", "autoscaling/v1", "HorizontalPodAutoscaler", "HorizontalPodAutoscalerV1"),
        ("pod_disruption_budget_v1 pod_disruption_budget", "policy/v1", "PodDisruptionBudget", "PodDisruptionBudget"),
        ("network_policy_v1 network_policy", "networking.k8s.io/v1", "NetworkPolicy", "NetworkPolicy"),
    )
    for name in names.split()
}

MANIFEST = "kubernetes_manifest"
PROVIDER = "hashicorp/kubernetes"

_FORMS = {"[]": "list", "{}": "map", "int": "int", "bool": "bool", "mode": "mode"}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def resource_of(version: object, kind: object) -> str | None:
    """Give the provider's resource for a kind of objects, its newest name; None where it has none."""
    for name, each in RESOURCES.items():
        if (each.version, each.kind) == (version, kind) and each.of != "OldIngress":
            return name
    return None


@cache
def fields_of(type_: str) -> dict[str, Field]:
    """Give the fields of a type by Kubernetes' names, in the order in which they are written."""
    return {field.name: field for field in map(_parse, _TYPES[type_].split())}


@cache
def words_of(type_: str) -> dict[str, Field]:
    """Give the fields of a type by the provider's names."""
    return {field.word: field for field in fields_of(type_).values()}


def _parse(text: str) -> Field:
    names, _, form = text.removesuffix("!").partition(":")
    name, _, word = names.partition("/")
    word = word or _HUMP.sub("_", name).lower()
    of = ""
    if form and form not in _FORMS:
        form, of = "blocks" if form.endswith("*") else "block", form.removesuffix("*")
    return Field(name, word, _FORMS.get(form, form or "text"), of, text.endswith("!"))
