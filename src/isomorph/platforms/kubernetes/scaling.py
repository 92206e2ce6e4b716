"""HorizontalPodAutoscalers: bounds and targets, at the workload that they scale."""

from msgspec.structs import replace

from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Scale
from isomorph.platforms.kubernetes.controllers import Pods
from isomorph.platforms.kubernetes.fields import integer_at, mapping_at, mappings_at, required_text, text_at
from isomorph.platforms.kubernetes.known import AUTOSCALER
from isomorph.platforms.kubernetes.reading import Object, Objects, Reading
from isomorph.platforms.kubernetes.services import keep_metadata
from isomorph.syntax.tree import Mapping


def read_autoscalers(objects: Objects, all_pods: list[Pods], reading: Reading) -> None:
    """Read all autoscalers, of autoscaling/v1 and v2."""
    by_target = {(one.object.place, one.object.kind, one.object.name): one for one in all_pods}
    for item in objects.of("HorizontalPodAutoscaler"):
        spec = mapping_at(item.node, "spec")
        target = mapping_at(spec, "scaleTargetRef") if spec else None
        if spec is None or target is None:
            raise InvalidInput(f"autoscaler {item.name} scales nothing", item.origin, "add `spec.scaleTargetRef`")
        kind = required_text(target, "kind", "scaleTargetRef")
        name = required_text(target, "name", "scaleTargetRef")
        pods = by_target.get((item.place, kind, name))
        if pods is None:
            reading.keep_document(item)
            message = f"autoscaler {item.name} scales {kind} {name}, which is not in this definition"
            reading.say("selects-nothing", message, target.entries["name"].origin)
            continue
        if "beta" in item.version:
            was = f"{item.group}/{item.version}"
            reading.count("deprecated", f"autoscaler of {was} was read as one of autoscaling/v2", item.origin)
        _read_autoscaler(item, spec, pods, reading)


def _read_autoscaler(item: Object, spec: Mapping, pods: Pods, reading: Reading) -> None:
    where = (item.kind, item.name)
    reading.keep_rest(spec, AUTOSCALER, pods.path, (*where, "spec"))
    keep_metadata(item, pods, where, reading)
    path = (*pods.path, "scale")
    bounds: dict[str, int | None] = {}
    for key, field in (("minReplicas", "minimum"), ("maxReplicas", "maximum")):
        bounds[field] = integer_at(spec, key)
        if bounds[field] is not None:
            reading.origins[(*path, field)] = spec.entries[key].origin
    targets: dict[str, int] = {}
    percent = integer_at(spec, "targetCPUUtilizationPercentage")
    if percent is not None:
        targets["cpu"] = percent
        reading.origins[(*path, "targets", "cpu")] = spec.entries["targetCPUUtilizationPercentage"].origin
    for index, metric in enumerate(mappings_at(spec, "metrics")):
        if not _read_metric(metric, targets, pods, reading):
            reading.keep(pods.path, (*where, "spec", "metrics", index), metric)
    before: Scale = pods.fields.get("scale") or Scale()
    pods.fields["scale"] = replace(before, minimum=bounds["minimum"], maximum=bounds["maximum"], targets=targets)


def _read_metric(metric: Mapping, targets: dict[str, int], pods: Pods, reading: Reading) -> bool:
    """Read a target of utilisation; False for any other metric."""
    resource = mapping_at(metric, "resource")
    if text_at(metric, "type") != "Resource" or resource is None:
        return False
    name = required_text(resource, "name", "this metric")
    holder = mapping_at(resource, "target") or resource  # v2beta1 has it beside the name.
    for key in ("averageUtilization", "targetAverageUtilization"):
        percent = integer_at(holder, key)
        if percent is not None:
            targets[name] = percent
            reading.origins[(*pods.path, "scale", "targets", name)] = holder.entries[key].origin
            return True
    return False
