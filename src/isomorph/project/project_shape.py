"""What `isomorph.yaml` may hold: its keys and their types, checked all at once, each fault at its place.

`project-v1.schema.json` says the same as a JSON Schema, for editors; a test holds the two together. What is null is as if
it was not there.
"""

import re

from isomorph.model.errors import InvalidInput
from isomorph.project.builds import check_builds
from isomorph.project.comparison_shape import (
    check_align,
    check_compare,
    check_expect,
    check_severity,
    check_suppress,
)
from isomorph.project.shape_checks import (
    Check,
    check_fields,
    check_flag,
    check_matching,
    check_text,
    check_texts,
    is_null,
    raise_faults,
    refuse,
)
from isomorph.syntax.tree import Mapping, Node, Sequence

SCHEMA_FILE = "project-v1.schema.json"

_ENVIRONMENT_NAME = re.compile(r"[A-Za-z0-9_.-]+")
PROJECT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""Compose's rule for a project's name, the narrowest there is (compose-spec, `name`)."""
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123, as Kubernetes asks of a namespace's name."""


def check_shape(root: Node) -> Mapping:
    """Give the file's mapping; raises InvalidInput or InvalidInputs for what is not as it should be."""
    if not isinstance(root, Mapping):
        raise InvalidInput("isomorph.yaml is a mapping", root.origin, "begin with `environments:` or `workloads:`")
    faults: list[InvalidInput] = []
    check_fields(root, "isomorph.yaml", PROJECT_KEYS, faults)
    if faults:
        raise_faults(faults)
    return root


def _definitions(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Sequence):
        refuse(node, where, "a list of texts", faults)
        return
    for index, item in enumerate(node):
        if not isinstance(item, Mapping):
            check_text(item, f"{where}[{index}]", faults)
            continue
        check_fields(item, f"{where}[{index}]", {"platform": check_text, "definition": check_text}, faults)
        if is_null(item.get("definition")):
            message = f"{where}[{index}] names no definition"
            faults.append(InvalidInput(message, item.origin, "write {platform: PLATFORM, definition: PATH}"))


def _environments(node: Node, where: str, faults: list[InvalidInput]) -> None:
    if not isinstance(node, Mapping):
        refuse(node, where, "a mapping", faults)
        return
    for name, environment in node.items():
        if not _ENVIRONMENT_NAME.fullmatch(name):
            place = node.keys[name].origin if name in node.keys else environment.origin
            rule = "use letters, digits, '_', '.' and '-'"
            faults.append(InvalidInput(f"{name!r} is no name of an environment", place, rule))
        if isinstance(environment, Mapping):
            check_fields(environment, f"{where}.{name}", ENVIRONMENT_KEYS, faults)
        elif not is_null(environment):
            refuse(environment, f"{where}.{name}", "a mapping", faults)


ENVIRONMENT_KEYS: dict[str, Check] = {
    "definitions": _definitions,
    "provisioners": check_texts,
    "workloads": check_texts,
    "overrides": check_texts,
    "builds": check_builds,
    "patch-templates": check_texts,
    "namespace": check_matching(_NAMESPACE, "use up to 63 of a-z, 0-9 and '-', neither first nor last a '-'"),
}

PROJECT_KEYS: dict[str, Check] = {
    "name": check_matching(PROJECT_NAME, "use a-z, 0-9, '_' and '-', first a letter or digit"),
    "workloads": check_texts,
    "environments": _environments,
    "provisioners": check_texts,
    "patch-templates": check_texts,
    "default-provisioners": check_flag,
    "compare": check_compare,
    "align": check_align,
    "expect": check_expect,
    "suppress": check_suppress,
    "severity": check_severity,
    "policy": check_texts,
}
