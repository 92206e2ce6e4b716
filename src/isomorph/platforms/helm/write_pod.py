"""Pods in templates: their labels and annotations, and of each container what is set at installation."""

import re
from typing import Any

from isomorph.platforms.helm.write_lift import (
    Lift,
    Views,
    all_same,
    merge_names,
    named,
    pick,
    splice,
    to_camel,
    union_keys,
    values_path,
)
from isomorph.platforms.helm.write_nodes import Block, Guarded, Inline, Node, Splice, quote_argument
from isomorph.platforms.helm.write_values import ABSENT, Path
from isomorph.platforms.kubernetes.write_draft import INSTANCE_LABEL, MANAGED_LABEL, NAME_LABEL

VERSION_LABEL = "app.kubernetes.io/version"
CHART_LABEL = "helm.sh/chart"
CHECKSUM = "checksum/config"
STANDARD = (NAME_LABEL, INSTANCE_LABEL, VERSION_LABEL, MANAGED_LABEL, CHART_LABEL)
"""Labels that the chart's own template gives to every object."""

_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_FIRST = (
    "name",
    "image",
    "imagePullPolicy",
    "command",
    "args",
    "workingDir",
    "ports",
    "envFrom",
    "env",
    "resources",
    *_PROBES,
)
_EXPANSION = re.compile(r"\$\$|\$\(([^)]*)\)")


def write_labels(lift: Lift, chart: str, root: Path, views: Views, *, template: str) -> dict[str, Node]:
    """Give labels: the standard ones by a named template, and those besides.

    `template` is labels for objects, podLabels for Pods (whose labels must not change with each version of the chart), and
    selectorLabels for what selects them.
    """
    views = {name: each if isinstance(each, dict) else {} for name, each in views.items()}
    names = list(pick(views, NAME_LABEL).values())
    if not all_same(names):
        return lift.mapping(root, ("labels",), views)
    instances = list(pick(views, INSTANCE_LABEL).values())
    context = f'"name" {quote_argument(names[0])} ' if names[0] is not ABSENT else ""
    own: tuple[str, ...] = (NAME_LABEL,)
    if template == "labels":
        own = STANDARD
    elif template == "podLabels":
        own = (NAME_LABEL, INSTANCE_LABEL, MANAGED_LABEL)
    if template != "selectorLabels":
        if all_same(instances) and instances[0] is not ABSENT:
            context += f'"instance" {quote_argument(instances[0])} '
        elif not all_same(instances):
            return lift.mapping(root, ("labels",), views)
    elif names[0] is ABSENT:
        return lift.mapping(root, ("selector",), views)
    rest = {name: {key: value for key, value in each.items() if key not in own} for name, each in views.items()}
    standard = Splice(f'include "{chart}.{template}" (dict {context}"context" $)')
    return {"\0standard": standard, **lift.mapping(root, ("labels",), rest)}


def write_pod(lift: Lift, chart: str, root: Path, views: Views, checksum: str) -> dict[str, Node]:
    """Give a Pod's template. `checksum` is the expression of what its configuration hashes to, or empty."""
    metadata = pick(views, "metadata")
    written: dict[str, Node] = {
        "labels": write_labels(lift, chart, root, pick(metadata, "labels"), template="podLabels"),
        "annotations": _write_annotations(lift, root, pick(metadata, "annotations"), checksum),
    }
    for key in union_keys(metadata):
        if key not in written:
            written[key] = lift.field(root, ("pod", to_camel(key)), pick(metadata, key))
    others = {key: lift.field(root, ("pod", to_camel(key)), pick(views, key)) for key in _others(views)}
    return {"metadata": written, "spec": _write_spec(lift, chart, root, pick(views, "spec")), **others}


def _others(views: Views) -> list[str]:
    return [key for key in union_keys(views) if key not in ("metadata", "spec")]


def _write_annotations(lift: Lift, root: Path, views: Views, checksum: str) -> Node:
    """Give the annotations: those that are values, and the hash that rolls the Pods when their configuration changes."""
    said = {name: dict(each) if isinstance(each, dict) else {} for name, each in views.items()}
    if not checksum:
        return lift.offered((*root, "podAnnotations"), said, {})
    for each in said.values():
        each.pop(CHECKSUM, None)
    path = lift.values.put((*root, "podAnnotations"), said)
    more = Guarded(f"with {values_path(path)}", splice("."))
    return {CHECKSUM: Inline(checksum), "\0more": more}


def _write_spec(lift: Lift, chart: str, root: Path, views: Views) -> dict[str, Node]:
    written: dict[str, Node] = {}
    keys = union_keys(views)
    if "imagePullSecrets" not in keys:
        keys.insert(0, "imagePullSecrets")
    main = _find_main(pick(views, "containers"))
    for key in keys:
        given = pick(views, key)
        if key == "imagePullSecrets" and all(each is ABSENT for each in given.values()):
            written[key] = Guarded("with .Values.imagePullSecrets", Block("toYaml ."))
        elif key in ("containers", "initContainers"):
            written[key] = _write_containers(lift, chart, root, key, given, main)
        elif key in ("nodeSelector", "tolerations", "affinity"):
            empty: Any = [] if key == "tolerations" else {}
            written[key] = lift.offered((*root, key), given, empty)
        else:
            written[key] = lift.field(root, (to_camel(key),), given)
    return written


def _find_main(views: Views) -> str:
    """Give the name of the container whose values are the workload's own: the first that every environment has."""
    lists = [each for each in views.values() if isinstance(each, list)]
    names = [[item.get("name") for item in each if isinstance(item, dict)] for each in lists]
    return next((str(name) for name in names[0] if all(name in each for each in names)), "") if names else ""


def _write_containers(lift: Lift, chart: str, root: Path, key: str, views: Views, main: str) -> Node:
    lists = {name: [] if each is ABSENT or each is None else each for name, each in views.items()}
    names = merge_names(lists)
    if not names:
        return lift.field(root, (key,), views)
    written: list[Node] = []
    for name in names:
        place = root
        if key != "containers" or name != main:
            place = lift.values.free((*root, "containers", to_camel(name)))
        found = {env: item for env, each in lists.items() if (item := named(each, name)) is not ABSENT}
        if place != root:
            lift.values.comment((*root, "containers"), "Further containers of its Pods.")
        condition = lift.switch((*place, "enabled"), found) if len(found) < len(lists) else ""
        node = write_container(lift, chart, place, found)
        written.append(Guarded(f"if {condition}", node) if condition else node)
    if any(not each for each in lists.values()):
        conditions = [item.opening.removeprefix("if ") for item in written]
        some = f"or {' '.join(conditions)}" if len(conditions) > 1 else conditions[0]
        return Guarded(f"if {some}", written)
    return written


def write_container(lift: Lift, chart: str, root: Path, views: Views) -> dict[str, Node]:
    """Give a container; its values are under `root`."""
    written: dict[str, Node] = {}
    keys = union_keys(views)
    for key in (*(key for key in _FIRST if key in keys or key in ("imagePullPolicy", "env", "resources")), *keys):
        if key in written:
            continue
        given = pick(views, key)
        if key == "image" and all(isinstance(each, str) for each in given.values()):
            written[key] = _write_image(lift, chart, root, given)
        elif key == "imagePullPolicy" and "image" in written:
            written[key] = lift.offered((*root, "image", "pullPolicy"), given, "")
        elif key == "env":
            written[key] = _write_env(lift, root, given)
        elif key == "resources":
            written[key] = lift.offered((*root, "resources"), given, {})
        elif key in _PROBES and all(isinstance(each, dict) or each is ABSENT for each in given.values()):
            written[key] = lift.offered((*root, key), given, {})
        else:
            written[key] = lift.field(root, (to_camel(key),), given)
    return written


def _write_image(lift: Lift, chart: str, root: Path, views: Views) -> Node:
    parts = {name: split_image(text) for name, text in views.items()}
    for key in ("repository", "tag", "digest"):
        given = {name: each.get(key, "") for name, each in parts.items()}
        if key != "digest" or any(given.values()):
            lift.values.put((*root, "image", key), given)
    return Inline(f'include "{chart}.image" {values_path((*root, "image"))} | quote')


def split_image(text: str) -> dict[str, str]:
    """Take an image's name apart so that the parts make the same text again."""
    name, at, digest = text.partition("@")
    parts = {"repository": name}
    repository, colon, tag = name.rpartition(":")
    if colon and tag and repository and "/" not in tag:
        parts = {"repository": repository, "tag": tag}
    if at and digest:
        return {**parts, "digest": digest}
    return parts if not at else {"repository": text}


def _write_env(lift: Lift, root: Path, views: Views) -> Node:
    """Give the variables: references stand in the template, before the plain ones, which may refer to them (fact 8)."""
    lists = {name: [] if each is ABSENT or each is None else each for name, each in views.items()}
    if not all(map(_is_plain_list, lists.values())):
        return lift.field(root, ("variables",), views)
    plain = {env: {item["name"]: item["value"] for item in each if _is_plain(item)} for env, each in lists.items()}
    others = {env: [item for item in each if not _is_plain(item)] for env, each in lists.items()}
    path = lift.values.put((*root, "env"), plain)
    entry = {"name": Inline("$name | quote"), "value": Inline("$value | quote")}
    names = merge_names(others)
    if not any(others.values()):
        return Guarded(f"with {values_path(path)}", [Guarded("range $name, $value := .", entry)])
    loop = Guarded(f"range $name, $value := {values_path(path)}", entry)
    if names is not None and all(len(each) == len(names) for each in others.values()):
        fixed = [
            lift.lift(root, ("extraEnv", to_camel(name)), {env: named(each, name) for env, each in others.items()})
            for name in names
        ]
        return [*fixed, loop]
    more = lift.values.put((*root, "extraEnv"), others)
    found = f"or {values_path(more)} {values_path(path)}"
    return Guarded(f"if {found}", [Guarded(f"with {values_path(more)}", splice(".")), loop])


def _is_plain(item: dict[str, Any]) -> bool:
    return item.keys() == {"name", "value"} and isinstance(item["value"], str)


def _is_plain_list(items: Any) -> bool:
    """Tell whether variables may stand in any order: no plain one refers to another plain one, and no name comes twice."""
    if merge_names({"": items}) is None:
        return False
    plain = {item["name"] for item in items if _is_plain(item)}
    return not any(
        found in plain
        for item in items
        if _is_plain(item) and "$(" in item["value"]
        for found in _EXPANSION.findall(item["value"])
    )
