"""What is said about each value of a chart: the comment in `values.yaml` and the type in `values.schema.json`, one table."""

from typing import Any

import msgspec


class Row(msgspec.Struct, frozen=True):
    """A value's comment, and its JSON schema."""

    comment: str
    schema: dict[str, Any]


_TEXT = {"type": "string"}
_SWITCH = {"type": "boolean"}
_COUNT = {"type": "integer", "minimum": 0}
_PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
_PERCENT = {"type": "integer", "minimum": 1}
_OBJECT = {"type": "object"}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_AMOUNTS = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
_LIST = {"type": "array", "items": {"type": "object"}}
_HOSTS = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["paths"],
        "properties": {
            "host": {"type": "string"},
            "paths": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["path", "pathType"],
                    "properties": {
                        "path": {"type": "string"},
                        "pathType": {"type": "string", "enum": ["Exact", "Prefix", "ImplementationSpecific"]},
                        "port": _PORT,
                    },
                },
            },
        },
    },
}
_TLS = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"secretName": {"type": "string"}, "hosts": {"type": "array", "items": {"type": "string"}}},
    },
}
_PROBE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **{kind: {"type": "object"} for kind in ("httpGet", "tcpSocket", "exec", "grpc")},
        **dict.fromkeys(
            ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold"), _COUNT
        ),
        "terminationGracePeriodSeconds": _COUNT,
    },
}

ROWS: dict[str, Row] = {
    "enabled": Row("Whether it is part of this release.", _SWITCH),
    "image.repository": Row("", _TEXT),
    "image.registry": Row("", _TEXT),
    "image.tag": Row("", _TEXT),
    "image.digest": Row("", _TEXT),
    "image.pullPolicy": Row("Empty: Always for the tag latest, else IfNotPresent.", _TEXT),
    "replicas": Row("How many instances run.", _COUNT),
    "env": Row("Environment variables; values are strings, so numbers and booleans stand in quotes.", _TEXTS),
    "extraEnv": Row("Further variables, in Kubernetes' own form.", _LIST),
    "resources": Row(
        "What the container is granted (requests) and held to (limits).",
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {"requests": _AMOUNTS, "limits": _AMOUNTS, "claims": {"type": "array"}},
        },
    ),
    "livenessProbe": Row("Failure restarts the container.", _PROBE),
    "readinessProbe": Row("Failure takes the Pod out of service.", _PROBE),
    "startupProbe": Row("The other probes wait for it.", _PROBE),
    "podAnnotations": Row("Annotations of the Pods.", _TEXTS),
    "nodeSelector": Row("Labels of the nodes that the Pods may run on.", _TEXTS),
    "tolerations": Row("", _LIST),
    "affinity": Row("", _OBJECT),
    "schedule": Row("When it runs: minute, hour, day of month, month, day of week.", _TEXT),
    "timeZone": Row("The time zone of the schedule.", _TEXT),
    "service.type": Row(
        "", {"type": "string", "enum": ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]}
    ),
    "service.port": Row("The port that peers connect to; what names it elsewhere must follow.", _PORT),
    "service.ports": Row("The ports that peers connect to, by name; what names them elsewhere must follow.", _PORT),
    "service.nodePort": Row("The port of every node.", _PORT),
    "ingress.enabled": Row("Whether it is reached from outside by HTTP.", _SWITCH),
    "ingress.className": Row("The Ingress controller; empty: the cluster's default.", _TEXT),
    "ingress.annotations": Row("", _TEXTS),
    "ingress.hosts": Row("", _HOSTS),
    "ingress.tls": Row("", _TLS),
    "autoscaling.enabled": Row("Whether an autoscaler sets the number of instances; then `replicas` does not count.", _SWITCH),
    "autoscaling.minReplicas": Row("", _COUNT),
    "autoscaling.maxReplicas": Row("", {"type": "integer", "minimum": 1}),
    "autoscaling.targetCPUUtilizationPercentage": Row("", _PERCENT),
    "autoscaling.targetMemoryUtilizationPercentage": Row("", _PERCENT),
    "persistence.size": Row("How much it holds; a claim that is there can only grow, where its class allows it.", _TEXT),
    "persistence.storageClass": Row("Empty: the cluster's default class.", _TEXT),
    "persistence.accessModes": Row("", {"type": "array", "items": {"type": "string"}}),
    "config": Row("", _TEXTS),
    "secrets": Row("", _TEXTS),
    "imagePullSecrets": Row(
        "Secrets with which images are pulled, as `- name: NAME`.",
        {
            "type": "array",
            "items": {"type": "object", "additionalProperties": False, "properties": {"name": {"type": "string"}}},
        },
    ),
}  # fmt: skip


def row_of(path: tuple[str, ...], values: list[Any]) -> Row:
    """Give the row of a value that none was named for: its last words are looked up, else its values tell the type."""
    for length in (2, 1):
        known = ROWS.get(".".join(path[-length:]))
        if known is not None and len(path) > length and all(_is(known.schema["type"], value) for value in values):
            return known
    kinds = {_type_of(value) for value in values}
    if len(kinds) == 1:
        return Row("", {"type": kinds.pop()})
    return Row("", {"type": sorted(kinds)} if kinds else {})


def _is(kind: str | list[str], value: Any) -> bool:
    return _type_of(value) == kind or (isinstance(kind, list) and _type_of(value) in kind)


def _type_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case dict():
            return "object"
        case list() | tuple():
            return "array"
    return "null"
