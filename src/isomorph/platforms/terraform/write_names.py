"""What resources are called, and names of objects as references to the resources that make them.

By a reference Terraform knows what to make first; a name alone would leave that to chance.
"""

import re
from collections.abc import Iterator
from typing import Any

from isomorph.syntax.hcl.emit import Expression

Document = dict[str, Any]

_NOT_IN_LABEL = re.compile(r"[^A-Za-z0-9_]+")

#: The field around a name, and the name's own, with the kind of object that is meant; empty: any field.
_NAMED: dict[tuple[str, str], str] = {
    ("configMapKeyRef", "name"): "ConfigMap",
    ("configMapRef", "name"): "ConfigMap",
    ("configMap", "name"): "ConfigMap",
    ("secretKeyRef", "name"): "Secret",
    ("secretRef", "name"): "Secret",
    ("secret", "name"): "Secret",
    ("secret", "secretName"): "Secret",
    ("imagePullSecrets", "name"): "Secret",
    ("tls", "secretName"): "Secret",
    ("persistentVolumeClaim", "claimName"): "PersistentVolumeClaim",
    ("spec", "serviceName"): "Service",
    ("spec", "serviceAccountName"): "ServiceAccount",
    ("service", "name"): "Service",
    ("metadata", "namespace"): "Namespace",
}
_BY_KIND = "scaleTargetRef"


def to_label(name: str, fallback: str) -> str:
    """Give a name in HCL that looks like another name: letters, digits and `_`, no digit first."""
    label = _NOT_IN_LABEL.sub("_", name).strip("_") or fallback
    return f"_{label}" if label[0].isdigit() else label


class UniqueLabels:
    """Labels that are taken, of one sort of blocks or of several that share none."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, str]] = set()

    def take(self, sort: str, *wanted: str) -> str:
        """Give the first label that is free, else the last with a number."""
        for label in wanted:
            if (sort, label) not in self._taken:
                self._taken.add((sort, label))
                return label
        number = 2
        while (sort, f"{wanted[-1]}_{number}") in self._taken:
            number += 1
        self._taken.add((sort, f"{wanted[-1]}_{number}"))
        return f"{wanted[-1]}_{number}"


def identity(document: Document) -> tuple[str, str, str]:
    """Give kind, namespace and name of an object, what is missing as ""."""
    metadata = document.get("metadata")
    said = metadata if isinstance(metadata, dict) else {}
    return str(document.get("kind") or ""), str(said.get("namespace") or ""), str(said.get("name") or "")


class References:
    """The expressions of objects' names: by kind, namespace and name."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], str] = {}

    def add(self, object_: tuple[str, str, str], expression: str) -> None:
        """Note by what expression an object's name is known."""
        self._known.setdefault(object_, expression)

    def link(self, document: Document) -> Document:
        """Give an object in which the names of others are references, where those are made here."""
        _, namespace, _ = identity(document)
        return {key: self._link(value, key, namespace) for key, value in document.items()}

    def _link(self, value: Any, around: str, namespace: str) -> Any:
        if isinstance(value, list):
            return [self._link(each, around, namespace) for each in value]
        if not isinstance(value, dict):
            return value
        linked = {key: self._link(each, key, namespace) for key, each in value.items()}
        for key, kind in self._kinds_in(value, around):
            wanted = (kind, "" if kind == "Namespace" else namespace, value[key])
            found = self._known.get(wanted)
            if found is not None:
                linked[key] = Expression(found)
        return linked

    def _kinds_in(self, data: Document, around: str) -> Iterator[tuple[str, str]]:
        for key, value in data.items():
            if not isinstance(value, str):
                continue
            if around == _BY_KIND and key == "name":
                yield key, str(data.get("kind"))
            elif (around, key) in _NAMED:
                yield key, _NAMED[around, key]
