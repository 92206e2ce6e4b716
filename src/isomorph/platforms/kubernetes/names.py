"""Names that the Kubernetes API takes: cut with a hash where they are too long, and unique where two would meet.

Sources of the limits: kubernetes.io/docs/concepts/overview/working-with-objects/names, …/labels; pkg/apis/core/validation.
"""

import re
from hashlib import sha256

LABEL_LIMIT = 63
"""Characters of a DNS label, and of a label's value."""
CONTROLLER_LIMIT = 52
"""Characters of a StatefulSet's or CronJob's name: what is added to it for its Pods must stay a label."""
PORT_LIMIT = 15
"""Characters of a container port's name (IANA_SVC_NAME)."""
KEY_LIMIT = 253
"""Characters of a ConfigMap's key, and of a DNS subdomain."""

PROVISIONED = "dev.isomorph/provisioned"
"""The annotation of a Secret whose values were made up for this environment; its value is `true`."""

SERVICE_NAME = "k8s.score.dev/service-name"
"""The annotation by which a Score workload names its Service; its value is among the workload's names."""

AUXILIARY_PREFIX = "_ISOMORPH_"
"""How variables begin that only carry a reference into another text; readers take them apart and drop them."""

_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_LOOSE_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")
_LABEL_KEY = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z")
_NOT_LABEL = re.compile(r"[^a-z0-9]+")
_NOT_SUBDOMAIN = re.compile(r"[^a-z0-9.]+")
_NOT_KEY = re.compile(r"[^-._a-zA-Z0-9]+")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*\Z")


def short_hash(text: str) -> str:
    """Give eight hexadecimal digits that stand for a text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def cut(name: str, limit: int) -> str:
    """Shorten a name to a limit, a hash of the whole of it at the end."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 9].rstrip('-.')}-{short_hash(name)}"


def to_label(name: str, limit: int = LABEL_LIMIT) -> str:
    """Give a DNS label that starts with a letter, as Services need it (RFC 1035): `My_App` is `my-app`."""
    if len(name) <= limit and _LABEL.match(name):
        return name
    label = _NOT_LABEL.sub("-", name.lower()).strip("-")
    if not label:
        label = f"x-{short_hash(name)}"
    elif not label[0].isalpha():
        label = f"x-{label}"
    return cut(label, limit)


def to_container_name(name: str) -> str:
    """Give a container's name: a DNS label (RFC 1123), which may start with a digit."""
    return name if _LOOSE_LABEL.match(name) else to_label(name)


def to_subdomain(name: str, limit: int = KEY_LIMIT) -> str:
    """Give a DNS subdomain, as most objects' names are (RFC 1123): dots may stay."""
    if len(name) <= limit and _SUBDOMAIN.match(name):
        return name
    cleaned = _NOT_SUBDOMAIN.sub("-", name.lower())
    cleaned = ".".join(part for part in (piece.strip("-") for piece in cleaned.split(".")) if part)
    return cut(cleaned or f"x-{short_hash(name)}", limit)


def to_key(name: str) -> str:
    """Give a key of a ConfigMap or Secret."""
    if len(name) <= KEY_LIMIT and not _NOT_KEY.search(name) and name not in ("", ".", "..") and name[:2] != "..":
        return name
    cleaned = _NOT_KEY.sub("-", name).strip(".-")
    return cut(cleaned or f"x-{short_hash(name)}", KEY_LIMIT)


def is_label_value(value: str) -> bool:
    """Tell whether a text may be the value of a label."""
    return _LABEL_VALUE.match(value) is not None


def is_label_key(key: str) -> bool:
    """Tell whether a text may be the key of a label or annotation."""
    return _LABEL_KEY.match(key) is not None


def is_label(name: str) -> bool:
    """Tell whether a name may be a Service's."""
    return _LABEL.match(name) is not None


def is_variable_name(name: str) -> bool:
    """Tell whether every supported version of Kubernetes takes a variable's name."""
    return _VARIABLE.match(name) is not None and name not in (".", "..") and name[:2] != ".."


def is_port_name(name: str) -> bool:
    """Tell whether a name may be a container port's."""
    return len(name) <= PORT_LIMIT and _PORT_NAME.match(name) is not None


class UniqueNames:
    """Gives every asker a name of its own: the second that comes to a taken name gets a hash of what it is called."""

    __slots__ = ("_taken",)

    def __init__(self) -> None:
        self._taken: set[tuple[str | None, str]] = set()

    def take(self, name: str, called: str, scope: str | None = None, limit: int = LABEL_LIMIT) -> str:
        """Give `name`, or a variant of it where it is taken in the scope already."""
        number = 0
        candidate = name
        while (scope, candidate) in self._taken:
            candidate = f"{name[: limit - 9].rstrip('-.')}-{short_hash(f'{called}{number or str()}')}"
            number += 1
        self._taken.add((scope, candidate))
        return candidate
