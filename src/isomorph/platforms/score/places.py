"""Where each field of the model is written in a Score file, as paths of its schema."""

FILES = "the Score file"

_CONTAINER = "containers.NAME"
_RESOURCES = f"{_CONTAINER}.resources"

PLACES: dict[str, str] = {
    "kind.service": "metadata.name",
    "kind.stateful": "metadata.annotations, `k8s.score.dev/kind: StatefulSet`",
    "container.main": _CONTAINER,
    "container.init": f"{_CONTAINER}.before.OTHER.ready = complete",
    "container.sidecar": f"{_CONTAINER}.before.OTHER.ready = started",
    "image": f"{_CONTAINER}.image",
    "process.command": f"{_CONTAINER}.command",
    "process.args": f"{_CONTAINER}.args",
    "variable.literal": f"{_CONTAINER}.variables.VARIABLE",
    "variable.configuration": f"{_CONTAINER}.variables.VARIABLE",
    "file.content": f"{_CONTAINER}.files.PATH.content or {_CONTAINER}.files.PATH.source",
    "file.binary": f"{_CONTAINER}.files.PATH.binaryContent or {_CONTAINER}.files.PATH.source",
    "file.mode": f"{_CONTAINER}.files.PATH.mode",
    "volume.persistent": f"{_CONTAINER}.volumes.PATH.source and resources.NAME.type = volume",
    "volume.read-only": f"{_CONTAINER}.volumes.PATH.readOnly",
    "volume.sub-path": f"{_CONTAINER}.volumes.PATH.path",
    "port": "service.ports.NAME.port",
    "port.target": "service.ports.NAME.targetPort",
    "probe.liveness": f"{_CONTAINER}.livenessProbe",
    "probe.readiness": f"{_CONTAINER}.readinessProbe",
    "probe.exec": f"{_CONTAINER}.readinessProbe.exec.command",
    "probe.http": f"{_CONTAINER}.readinessProbe.httpGet",
    "compute.requests.cpu": f"{_RESOURCES}.requests.cpu",
    "compute.requests.memory": f"{_RESOURCES}.requests.memory",
    "compute.limits.cpu": f"{_RESOURCES}.limits.cpu",
    "compute.limits.memory": f"{_RESOURCES}.limits.memory",
    "dependency": "resources.NAME",
}
