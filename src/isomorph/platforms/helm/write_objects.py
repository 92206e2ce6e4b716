"""Objects in templates: each kind's own fields, and of them what is set at installation."""

from typing import Any

from isomorph.platforms.helm.write_lift import (
    Lift,
    Views,
    equal,
    merge_names,
    named,
    pick,
    to_camel,
    union_keys,
    values_path,
)
from isomorph.platforms.helm.write_nodes import Guarded, Inline, Node
from isomorph.platforms.helm.write_pod import write_labels, write_pod
from isomorph.platforms.helm.write_rows import ROWS
from isomorph.platforms.helm.write_sections import RELEASE_NAMESPACE, mapping_at
from isomorph.platforms.helm.write_values import ABSENT, Path

_TARGETS = {"cpu": "targetCPUUtilizationPercentage", "memory": "targetMemoryUtilizationPercentage"}
_TYPES = ("ClusterIP", "NodePort", "LoadBalancer")


class Place:
    """Where an object's values are, and what its template needs besides.

    `scaled`: an autoscaler of this chart sets the number of instances, under this condition.
    """

    __slots__ = ("chart", "checksum", "root", "scaled", "section")

    def __init__(self, chart: str, root: Path, section: Path, checksum: str = "", scaled: Path = ()) -> None:
        self.chart = chart
        self.root = root
        self.section = section
        self.checksum = checksum
        self.scaled = scaled


def write_object(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    """Give the template of one object, from what each environment says of it."""
    kind = next(iter(views.values())).get("kind")
    written: dict[str, Node] = {}
    for key in union_keys(views):
        given = pick(views, key)
        if key == "metadata" and _are_mappings(given):
            written[key] = _write_metadata(lift, place, given, str(kind))
        elif key == "spec" and _are_mappings(given) and (write := _SPECS.get(str(kind))) is not None:
            written[key] = write(lift, place, given)
        else:
            written[key] = lift.field(place.root, (to_camel(key),), given)
    return written


def _are_mappings(views: Views) -> bool:
    return all(isinstance(each, dict) for each in views.values())


def _write_metadata(lift: Lift, place: Place, views: Views, kind: str) -> dict[str, Node]:
    written: dict[str, Node] = {}
    known = union_keys(views)
    first = [key for key in ("name", "namespace") if key in known]
    for key in dict.fromkeys((*first, "labels", *known, *(("annotations",) if kind == "Ingress" else ()))):
        given = pick(views, key)
        if key == "namespace" and RELEASE_NAMESPACE in given.values():
            written[key] = Inline(".Release.Namespace")
        elif key == "annotations" and kind in ("Ingress", "Service"):
            written[key] = lift.offered((*place.root, "annotations"), given, {})
        elif key == "labels" and all(each is ABSENT or isinstance(each, dict) for each in given.values()):
            written[key] = write_labels(lift, place.chart, place.root, given, template="labels")
        else:
            written[key] = lift.field(place.root, ("metadata", to_camel(key)), given)
    return written


def _write_deployment(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    written: dict[str, Node] = {}
    for key in ("replicas", *(key for key in union_keys(views) if key != "replicas")):
        given = pick(views, key)
        if key == "replicas":
            node = _write_replicas(lift, place, given)
            if node is not None:
                written[key] = node
        elif key == "selector" and _are_mappings(given):
            written[key] = _write_selector(lift, place, given)
        elif key == "template" and _are_mappings(given):
            written[key] = write_pod(lift, place.chart, place.section, given, place.checksum)
        elif key == "volumeClaimTemplates":
            written[key] = _write_claim_templates(lift, place, given)
        else:
            written[key] = lift.field(place.section, (to_camel(key),), given)
    return written


def _write_replicas(lift: Lift, place: Place, views: Views) -> Node:
    """Give the number of instances, which Kubernetes takes for 1 where nothing says it."""
    given = {name: 1 if each is ABSENT or each is None else each for name, each in views.items()}
    node = lift.value((*place.section, "replicas"), given, ROWS["replicas"])
    return Guarded(f"if not {values_path(place.scaled)}", node) if place.scaled else node


def _write_selector(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    written: dict[str, Node] = {}
    for key in union_keys(views):
        given = pick(views, key)
        if key == "matchLabels" and _are_mappings(given):
            written[key] = _write_selecting(lift, place, given)
        else:
            written[key] = lift.field(place.section, ("selector", to_camel(key)), given)
    return written


def _write_selecting(lift: Lift, place: Place, views: Views) -> Node:
    return write_labels(lift, place.chart, place.section, views, template="selectorLabels")


def _write_daemon(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    written = dict.fromkeys(union_keys(views))
    for key in written:
        given = pick(views, key)
        if key == "selector" and _are_mappings(given):
            written[key] = _write_selector(lift, place, given)
        elif key == "template" and _are_mappings(given):
            written[key] = write_pod(lift, place.chart, place.section, given, place.checksum)
        elif key == "jobTemplate" and _are_mappings(given):
            written[key] = _write_job_template(lift, place, given)
        elif key in ("schedule", "timeZone") and ABSENT not in given.values():
            written[key] = lift.value((*place.section, key), given, ROWS[key])
        else:
            written[key] = lift.field(place.section, (to_camel(key),), given)
    return written


def _write_job_template(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    written: dict[str, Node] = {}
    for key in union_keys(views):
        given = pick(views, key)
        if key == "spec" and _are_mappings(given):
            written[key] = _write_daemon(lift, place, given)
        else:
            written[key] = lift.field(place.section, ("job", to_camel(key)), given)
    return written


def _write_claim_templates(lift: Lift, place: Place, views: Views) -> Node:
    """Give the claims of a StatefulSet, each with its size as a value."""
    lists = {name: [] if each is ABSENT else each for name, each in views.items()}
    flat = {env: [{"name": each["metadata"]["name"], "claim": each} for each in items] for env, items in lists.items()}
    names = merge_names(flat)
    if names is None or any(len(each) != len(names) for each in flat.values()):
        return lift.field(place.section, ("volumeClaimTemplates",), views)
    written: list[Node] = []
    for name in names:
        found = {env: named(each, name)["claim"] for env, each in flat.items()}
        root = (*place.section, "persistence", to_camel(name))
        written.append(
            {
                key: _write_claim(lift, Place(place.chart, root, root), pick(found, key))
                if key == "spec"
                else lift.field(root, (to_camel(key),), pick(found, key))
                for key in union_keys(found)
            }
        )
    return written


def _write_claim(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    written: dict[str, Node] = {}
    keys = union_keys(views)
    for key in dict.fromkeys((*keys, "storageClassName")):
        given = pick(views, key)
        if key == "storageClassName":
            # Said to be empty is not the same: it asks for a volume of no class.
            if "" in given.values():
                written[key] = lift.field(place.root, ("storageClass",), given)
            else:
                written[key] = lift.offered((*place.root, "storageClass"), given, "")
        elif key == "accessModes" and ABSENT not in given.values():
            written[key] = lift.value((*place.root, key), given, ROWS["persistence.accessModes"])
        elif key == "resources" and (sizes := _find_sizes(given)) is not None:
            size = lift.value((*place.root, "size"), sizes, ROWS["persistence.size"])
            written[key] = {"requests": {"storage": size}}
        else:
            written[key] = lift.field(place.root, (to_camel(key),), given)
    return written


def _find_sizes(views: Views) -> Views | None:
    """Give the sizes of claims that say nothing else of their resources."""
    found: Views = {}
    for name, each in views.items():
        requests = each.get("requests") if isinstance(each, dict) and len(each) == 1 else None
        if not isinstance(requests, dict) or requests.keys() != {"storage"}:
            return None
        found[name] = str(requests["storage"])
    return found


def _write_service(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    written: dict[str, Node] = {}
    for key in dict.fromkeys(("type", *union_keys(views))):
        given = pick(views, key)
        if key == "type":
            if any(each.get("clusterIP") == "None" for each in views.values()):
                if any(each is not ABSENT for each in given.values()):
                    written[key] = lift.field(place.root, ("type",), given)
                continue  # One without an address of its own is of no other type.
            kinds = {name: "ClusterIP" if each is ABSENT else each for name, each in given.items()}
            if all(each in _TYPES for each in kinds.values()):
                written[key] = lift.value((*place.root, "type"), kinds, ROWS["service.type"])
            else:
                written[key] = lift.field(place.root, ("type",), given)
        elif key == "selector" and _are_mappings(given):
            written[key] = _write_selecting(lift, place, given)
        elif key == "ports" and all(isinstance(each, list) for each in given.values()):
            written[key] = _write_ports(lift, place, given)
        else:
            written[key] = lift.field(place.root, (to_camel(key),), given)
    return written


def _write_ports(lift: Lift, place: Place, views: Views) -> Node:
    """Give a Service's ports, whose numbers are values: one alone, or several by name."""
    if all(len(each) == 1 for each in views.values()):
        return [_write_port(lift, place, {env: each[0] for env, each in views.items()}, ("port",), ("nodePort",))]
    names = merge_names(views)
    if names is None or any(len(each) != len(names) for each in views.values()):
        return lift.field(place.root, ("ports",), views)
    written: list[Node] = []
    for name in names:
        found = {env: named(each, name) for env, each in views.items()}
        key = to_camel(name)
        written.append(_write_port(lift, place, found, ("ports", key), ("nodePorts", key)))
    if any("ports" in path for path in lift.values.rows):
        lift.values.comment((*place.root, "ports"), ROWS["service.ports"].comment)
    return written


def _write_port(lift: Lift, place: Place, views: Views, port: Path, node: Path) -> dict[str, Node]:
    written: dict[str, Node] = {}
    for key in union_keys(views):
        given = pick(views, key)
        if key in ("port", "nodePort") and ABSENT not in given.values():
            path = port if key == "port" else node
            row = (
                ROWS["service.port"]
                if path == ("port",)
                else ROWS["service.nodePort" if path == node else "service.ports"]
            )
            if len(path) > 1:
                row = type(row)("", row.schema)
            written[key] = lift.value((*place.root, *path), given, row)
        else:
            written[key] = lift.field(place.root, ("portDetails", *port[1:], to_camel(key)), given)
    return written  # fmt: skip


def _write_autoscaler(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    written: dict[str, Node] = {}
    for key in union_keys(views):
        given = pick(views, key)
        if key in ("minReplicas", "maxReplicas"):
            path = (*place.root, key)
            row = ROWS[f"autoscaling.{key}"]
            written[key] = (lift.optional if ABSENT in given.values() else lift.value)(path, given, row)
        elif key == "metrics" and all(map(_is_utilisation, given.values())):
            written[key] = _write_metrics(lift, place, given)
        else:
            written[key] = lift.field(place.root, (to_camel(key),), given)
    return written


def _is_utilisation(metrics: Any) -> bool:
    """Tell whether metrics are targets of CPU and memory in percent, and nothing else."""
    if not isinstance(metrics, list) or not all(isinstance(each, dict) for each in metrics):
        return False
    names = [str(mapping_at(each, "resource").get("name")) for each in metrics]
    percents = [mapping_at(each, "resource", "target").get("averageUtilization") for each in metrics]
    return len(set(names)) == len(names) and all(
        name in _TARGETS and isinstance(percent, int) and equal(each, _to_metric(name, percent))
        for each, name, percent in zip(metrics, names, percents, strict=True)
    )


def _to_metric(name: str, percent: Any) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def _write_metrics(lift: Lift, place: Place, views: Views) -> list[Node]:
    found = {
        env: {each["resource"]["name"]: each["resource"]["target"]["averageUtilization"] for each in metrics}
        for env, metrics in views.items()
    }
    written: list[Node] = []
    for name in union_keys(found):
        key = _TARGETS[name]
        path = lift.values.put((*place.root, key), pick(found, name), ROWS[f"autoscaling.{key}"])
        written.append(Guarded(f"with {values_path(path)}", _to_metric(name, Inline("int64 ."))))
    return written


def _write_ingress(lift: Lift, place: Place, views: Views) -> dict[str, Node]:
    backend = _find_backend(views)
    written: dict[str, Node] = {}
    for key in dict.fromkeys(("ingressClassName", "tls", *union_keys(views))):
        given = pick(views, key)
        if key == "ingressClassName":
            written[key] = lift.offered((*place.root, "className"), given, "")
        elif key == "tls":
            written[key] = lift.offered((*place.root, "tls"), given, [])
        elif key == "rules" and backend is not None:
            written[key] = _write_rules(lift, place, given, *backend)
        else:
            written[key] = lift.field(place.root, (to_camel(key),), given)
    return written


def _find_backend(views: Views) -> tuple[str, int] | None:
    """Give the Service, and its usual port, of an Ingress whose rules say nothing but hosts, paths and ports of that one."""
    services: set[str] = set()
    numbers: dict[int, int] = {}
    given = [spec.get("rules") or [{}] for spec in views.values()]
    for rule in (rule for rules in given for rule in (rules if isinstance(rules, list) else [{}])):
        if not isinstance(rule, dict) or not rule.keys() <= {"host", "http"} or rule.get("host") == "":
            return None
        paths = mapping_at(rule, "http").get("paths")
        if not isinstance(paths, list) or len(rule["http"]) > 1:
            return None
        for path in paths:
            service = mapping_at(path, "backend", "service")
            name, number = service.get("name"), mapping_at(service, "port").get("number")
            if type(number) is not int or not isinstance(name, str) or not equal(path, _to_path(path, name, number)):
                return None
            services.add(name)
            numbers[number] = numbers.get(number, 0) + 1
    if len(services) != 1:
        return None
    return services.pop(), max(numbers, key=lambda number: (numbers[number], -number))


def _to_path(path: dict[str, Any], service: str, number: Any) -> dict[str, Any]:
    backend = {"service": {"name": service, "port": {"number": number}}}
    return {"path": path.get("path"), "pathType": path.get("pathType"), "backend": backend}


def _write_rules(lift: Lift, place: Place, views: Views, service: str, number: int) -> Node:
    """Give the rules as a loop over hosts; a path that leads to another port than most says so."""
    hosts: Views = {}
    for env, rules in views.items():
        hosts[env] = []
        for rule in rules:
            paths = []
            for path in rule["http"]["paths"]:
                own = path["backend"]["service"]["port"]["number"]
                port = {} if own == number else {"port": own}
                paths.append({"path": path["path"], "pathType": path["pathType"], **port})
            hosts[env].append({**({"host": rule["host"]} if "host" in rule else {}), "paths": paths})
    root = lift.values.put((*place.root, "hosts"), hosts, ROWS["ingress.hosts"])
    inner = {
        "path": Inline(".path | quote"),
        "pathType": Inline(".pathType"),
        "backend": {"service": {"name": service, "port": {"number": Inline(f".port | default {number} | int64")}}},
    }
    paths_node = {"paths": [Guarded("range .paths", inner)]}
    if all("host" in each for listed in hosts.values() for each in listed):
        loop: dict[str, Node] = {"host": Inline(".host | quote"), "http": paths_node}
    else:
        loop = {"http": paths_node, "host": Guarded("with .host", Inline(". | quote"))}
    return [Guarded(f"range {values_path(root)}", loop)]


_SPECS = {
    "Deployment": _write_deployment,
    "StatefulSet": _write_deployment,
    "DaemonSet": _write_daemon,
    "Job": _write_daemon,
    "CronJob": _write_daemon,
    "Service": _write_service,
    "Ingress": _write_ingress,
    "HorizontalPodAutoscaler": _write_autoscaler,
    "PersistentVolumeClaim": _write_claim,
}
