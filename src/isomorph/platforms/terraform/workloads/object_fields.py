"""The names that the Kubernetes provider has for fields of the API, and the types that its arguments have: one table.

Source: the schemas of hashicorp/terraform-provider-kubernetes (kubernetes/schema_*.go, resource_kubernetes_*.go). A block is a
list there; those that are lists in the API, too, have a name in the singular. All other names are the API's in snake case, but
for those of `NAMES`. Arguments are texts unless they are in one of the sets of types: Terraform turns a number that is
written for a text into one.
"""

import re

# Blocks of which there may be several, with what the API calls their list.
LISTS: dict[str, str] = {
    "container": "containers",
    "init_container": "initContainers",
    "env": "env",
    "env_from": "envFrom",
    "volume_mount": "volumeMounts",
    "volume_device": "volumeDevices",
    "http_header": "httpHeaders",
    "volume": "volumes",
    "volume_claim_template": "volumeClaimTemplates",
    "toleration": "tolerations",
    "image_pull_secrets": "imagePullSecrets",
    "image_pull_secret": "imagePullSecrets",
    "host_aliases": "hostAliases",
    "readiness_gate": "readinessGates",
    "topology_spread_constraint": "topologySpreadConstraints",
    "option": "options",
    "sysctl": "sysctls",
    "items": "items",
    "sources": "sources",
    "match_expressions": "matchExpressions",
    "match_fields": "matchFields",
    "node_selector_term": "nodeSelectorTerms",
    "preferred_during_scheduling_ignored_during_execution": "preferredDuringSchedulingIgnoredDuringExecution",
    "port": "ports",
    "rule": "rules",
    "path": "paths",
    "tls": "tls",
    "metric": "metrics",
    "policy": "policies",
    "on_pod_condition": "onPodConditions",
}

_REQUIRED = "required_during_scheduling_ignored_during_execution"

LISTS_IN: dict[tuple[str, str], str] = {
    ("pod_affinity", _REQUIRED): "requiredDuringSchedulingIgnoredDuringExecution",
    ("pod_anti_affinity", _REQUIRED): "requiredDuringSchedulingIgnoredDuringExecution",
    ("", "secret"): "secrets",  # of a service account
}
"""Blocks of which there may be several in some places only: by the block around them."""

SINGLE_IN: frozenset[tuple[str, str]] = frozenset(
    (
        ("service", "port"),  # of an Ingress's backend
        ("ephemeral", "volume_claim_template"),
        ("external", "metric"),
        ("pods", "metric"),
        ("object", "metric"),
    )
)
"""Blocks of `LISTS` of which there is one in some places."""

NAMES: dict[str, str] = {
    "host_ip": "hostIP",
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "cluster_ip": "clusterIP",
    "cluster_ips": "clusterIPs",
    "external_ips": "externalIPs",
    "load_balancer_ip": "loadBalancerIP",
    "client_ip": "clientIP",
    "timezone": "timeZone",
    "downward_api": "downwardAPI",
    "disk_uri": "diskURI",
    "data_disk_uri": "diskURI",
    "volume_id": "volumeID",
    "pd_id": "pdID",
    "target_ww_ns": "targetWWNs",
    "target_cpu_utilization_percentage": "targetCPUUtilizationPercentage",
}
"""Names that are not the API's in snake case."""

INTEGERS = frozenset(
    (
        *("replicas", "min_replicas", "max_replicas", "min_ready_seconds", "progress_deadline_seconds"),
        *(
            "revision_history_limit",
            "active_deadline_seconds",
            "termination_grace_period_seconds",
            "toleration_seconds",
        ),
        *("backoff_limit", "completions", "parallelism", "ttl_seconds_after_finished", "starting_deadline_seconds"),
        *("successful_jobs_history_limit", "failed_jobs_history_limit", "partition", "max_skew", "weight"),
        *("run_as_user", "run_as_group", "fs_group", "expiration_seconds", "timeout_seconds"),
        *("failure_threshold", "initial_delay_seconds", "period_seconds", "success_threshold"),
        *("container_port", "host_port", "node_port", "health_check_node_port", "number"),
        *("target_cpu_utilization_percentage", "average_utilization", "stabilization_window_seconds", "priority"),
        *("min_domains", "backoff_limit_per_index", "max_failed_indexes"),
    )
)
BOOLEANS = frozenset(
    (
        *("automount_service_account_token", "enable_service_links", "host_ipc", "host_network", "host_pid"),
        *("share_process_namespace", "read_only", "optional", "stdin", "stdin_once", "tty", "paused", "immutable"),
        *("allow_privilege_escalation", "privileged", "read_only_root_filesystem", "run_as_non_root", "suspend"),
        *("publish_not_ready_addresses", "allocate_load_balancer_node_ports", "manual_selector"),
    )
)
PORTS = frozenset(("port", "target_port", "service_port"))
"""Arguments that are a number, or the name of a port."""
AMOUNTS = frozenset(("max_surge", "max_unavailable"))
"""Arguments that are a number, or a share in percent."""
MODES = frozenset(("mode", "default_mode"))
"""Arguments that are permission bits, written in octal digits."""
QUANTITIES = frozenset(("limits", "requests"))
"""Maps of quantities."""

MAPS = frozenset(
    (
        *("labels", "annotations", "match_labels", "node_selector", "data", "binary_data", "data_wo", "limits"),
        *("requests", "volume_attributes", "options", "parameters", "default", "default_request"),
    )
)
"""Arguments that are maps: their keys are the writer's own."""

TEXTS = frozenset(
    (
        *(("env", "value"), ("exec", "command"), ("rule", "host"), ("rules", "host")),
        *((around, name) for around in ("container", "init_container") for name in ("image", "args", "command")),
        *((around, name) for around in ("containers", "initContainers") for name in ("image", "args", "command")),
        *(("", "data"), ("", "stringData"), ("", "binary_data")),
    )
)
"""Where the model holds texts, by the block around them, so that what is not settled has a place.

Elsewhere an expression stands as it is printed. The API's own names stand for manifests.
"""

NEEDED = frozenset(("container_port", "port", "target_port", "number", "service_port"))
NEEDED |= frozenset(("containerPort", "targetPort", "servicePort", "http_get", "tcp_socket", "grpc", "httpGet"))
NEEDED |= frozenset(("tcpSocket", "service", "backend"))
"""Without these a block says nothing: one in which they are not settled is left out with them."""

NOT_OF_THE_API = frozenset(
    (
        *("timeouts", "wait_for_rollout", "wait_for_completion", "wait_for_load_balancer", "wait_until_bound", "id"),
        *("wait_for_default_service_account", "wait_for_service_account_token", "target_state", "status"),
    )
)
"""Arguments of resources that say how Terraform goes about it."""

READ_ONLY = frozenset(("generation", "resource_version", "self_link", "uid"))
"""What a state says of metadata besides."""

_LATER = re.compile(r"_([a-z0-9])")


def api_name(name: str) -> str:
    """Give what the API calls an argument: `mount_path` is `mountPath`."""
    return NAMES.get(name) or _LATER.sub(lambda found: found[1].upper(), name)


def list_name(name: str, around: str) -> str | None:
    """Give what the API calls the list of blocks of a name, None where there is one; `around` is the block that they are in."""
    if (around, name) in SINGLE_IN:
        return None
    return LISTS_IN.get((around, name)) or LISTS.get(name)


# Resources that are objects, their versions (_v1 and its like) apart: apiVersion and kind.
KINDS: dict[str, tuple[str, str]] = {
    "kubernetes_deployment": ("apps/v1", "Deployment"),
    "kubernetes_stateful_set": ("apps/v1", "StatefulSet"),
    "kubernetes_daemonset": ("apps/v1", "DaemonSet"),
    "kubernetes_daemon_set": ("apps/v1", "DaemonSet"),
    "kubernetes_replication_controller": ("v1", "ReplicationController"),
    "kubernetes_job": ("batch/v1", "Job"),
    "kubernetes_cron_job": ("batch/v1", "CronJob"),
    "kubernetes_pod": ("v1", "Pod"),
    "kubernetes_service": ("v1", "Service"),
    "kubernetes_config_map": ("v1", "ConfigMap"),
    "kubernetes_secret": ("v1", "Secret"),
    "kubernetes_ingress": ("networking.k8s.io/v1beta1", "Ingress"),
    "kubernetes_ingress_v1": ("networking.k8s.io/v1", "Ingress"),
    "kubernetes_persistent_volume_claim": ("v1", "PersistentVolumeClaim"),
    "kubernetes_horizontal_pod_autoscaler": ("autoscaling/v2", "HorizontalPodAutoscaler"),
    "kubernetes_namespace": ("v1", "Namespace"),
    "kubernetes_service_account": ("v1", "ServiceAccount"),
}
_VERSION = re.compile(r"_v[0-9]+(?:(?:alpha|beta)[0-9]+)?$")


def kind_of(resource_type: str) -> tuple[str, str] | None:
    """Give the apiVersion and kind of a resource that is an object."""
    return KINDS.get(resource_type) or KINDS.get(_VERSION.sub("", resource_type))
