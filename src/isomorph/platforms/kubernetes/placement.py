"""Node selectors and required node affinity to constraints on nodes."""

from isomorph.model.origin import Path
from isomorph.model.workload import Constraint
from isomorph.platforms.kubernetes.fields import mapping_at, mappings_at, required_text, string_map_at, strings_at
from isomorph.platforms.kubernetes.reading import Reading
from isomorph.syntax.tree import Mapping

# Source: kubernetes.io/docs/reference/labels-annotations-taints; the beta labels are deprecated since 1.14 and 1.17.
ATTRIBUTES = {
    "kubernetes.io/os": "os",
    "beta.kubernetes.io/os": "os",
    "kubernetes.io/arch": "arch",
    "beta.kubernetes.io/arch": "arch",
    "kubernetes.io/hostname": "hostname",
    "topology.kubernetes.io/zone": "zone",
    "failure-domain.beta.kubernetes.io/zone": "zone",
    "topology.kubernetes.io/region": "region",
    "failure-domain.beta.kubernetes.io/region": "region",
}
_NEW = {
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
}
_OPERATORS = {"In": "in", "NotIn": "not-in", "Exists": "exists", "DoesNotExist": "absent", "Gt": ">", "Lt": "<"}
_SINGLE = {"in": "=", "not-in": "!="}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def read_placement(pod: Mapping, path: Path, location: tuple[str, ...], reading: Reading) -> tuple[Constraint, ...]:
    """Read which nodes the pods may be placed on."""
    entries = pod.entries
    if "nodeSelector" not in entries and "affinity" not in entries:
        return ()
    found: list[Constraint] = []
    base = (*path, "placement")
    selector = mapping_at(pod, "nodeSelector")
    if selector is not None:
        reading.origins[base] = selector.origin
        for label, value in string_map_at(pod, "nodeSelector").items():
            node = selector.entries[label]
            if label in _NEW:
                message = f"the node label {label} is the old name of {_NEW[label]}"
                reading.count("deprecated", message, selector.keys[label].origin)
            reading.origins[(*base, str(len(found)))] = node.origin
            found.append(Constraint(ATTRIBUTES.get(label, label), "=", (value,)))
    expressions = _required_expressions(pod)
    for expression in expressions:
        reading.origins.setdefault(base, expression.origin)
        label = required_text(expression, "key", "this expression")
        operator = _OPERATORS.get(required_text(expression, "operator", "this expression"), "in")
        values = strings_at(expression, "values") or ()
        if len(values) == 1:
            operator = _SINGLE.get(operator, operator)
        reading.origins[(*base, str(len(found)))] = expression.origin
        found.append(Constraint(ATTRIBUTES.get(label, label), operator, values))
    if expressions:
        _drop_required(path, (*location, "affinity"), reading)
    return tuple(found)


def _required_expressions(pod: Mapping) -> list[Mapping]:
    """Give the expressions of a required node affinity that has one term; several are alternatives, which stay extras."""
    affinity = mapping_at(pod, "affinity")
    node = mapping_at(affinity, "nodeAffinity") if affinity else None
    required = mapping_at(node, _REQUIRED) if node else None
    terms = mappings_at(required, "nodeSelectorTerms") if required else []
    if len(terms) != 1 or "matchFields" in terms[0].entries:
        return []
    return mappings_at(terms[0], "matchExpressions")


def _drop_required(path: Path, location: tuple[str, ...], reading: Reading) -> None:
    """Take what became constraints out of the kept affinity, which is the last extra at its place."""
    for index in range(len(reading.extras) - 1, -1, -1):
        extra = reading.extras[index]
        if extra.path == path and extra.location == location:
            affinity = extra.value
            node = affinity["nodeAffinity"]
            del node[_REQUIRED]
            if not node:
                del affinity["nodeAffinity"]
            if not affinity:
                del reading.extras[index]
            return
