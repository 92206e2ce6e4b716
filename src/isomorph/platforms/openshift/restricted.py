"""The security context constraint restricted-v2, under which every Pod runs unless somebody grants its account another one.

Sources: the constraint itself, in github.com/openshift/cluster-kube-apiserver-operator,
bindata/bootkube/scc-manifests/0000_20_kube-apiserver-operator_00_scc-restricted-v2.yaml, and
https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

SCC = "restricted-v2"
UNPRIVILEGED = 1024
"""The least port that a user other than root may listen on."""

CAPABILITIES = frozenset(("NET_BIND_SERVICE",))
"""What may be added once all is dropped."""

VOLUMES = frozenset(
    ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret")
)
"""The kinds of volumes that may be mounted."""

SYSCTLS = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_syncookies",
    )
)
"""The kernel parameters that are safe, and so free."""


class Rule(msgspec.Struct, frozen=True):
    """What is refused at a place: which values, what they mean in words, and the constraint that grants them.

    `place` is a field of the Pod's spec, or of each of its containers, by its keys; an item of a list by `*`.
    `find` gives the refused part of what stands there, or None. `grants` is the most modest constraint that every cluster
    has; `instead` says what else to do.
    """

    place: str
    find: Callable[[Any], Any]
    words: str
    grants: str
    instead: str = ""


class Violation(msgspec.Struct, frozen=True):
    """A rule that a Pod breaks: in which container (empty: the Pod itself), and by which value."""

    rule: Rule
    container: str
    value: Any

    @property
    def words(self) -> str:
        """What it is, in words."""
        return self.rule.words.format(self.value)


def _said(value: Any) -> Any:
    return value


def _is_true(value: Any) -> Any:
    return True if value is True else None


def _root(value: Any) -> Any:
    return 0 if value == 0 and value is not False else None


def _other_user(value: Any) -> Any:
    return value or None


def _other_than(*allowed: str) -> Callable[[Any], Any]:
    return lambda value: value if value not in (None, *allowed) else None


def _beyond(allowed: frozenset[str]) -> Callable[[Any], Any]:
    def find(value: Any) -> Any:
        beyond = [str(each) for each in value or () if str(each).upper().removeprefix("CAP_") not in allowed]
        return ", ".join(beyond) or None

    return find


def _low(value: Any) -> Any:
    return value if isinstance(value, int) and 0 < value < UNPRIVILEGED else None


def _kind_of_volume(value: Any) -> Any:
    kinds = [kind for kind in value if kind != "name"]
    return kinds[0] if kinds and kinds[0] not in VOLUMES and kinds[0] != "hostPath" else None


_POD: tuple[Rule, ...] = (
    Rule("hostNetwork", _is_true, "it shares its host's network", "hostnetwork-v2"),
    Rule("hostPID", _is_true, "it sees its host's processes", "privileged"),
    Rule("hostIPC", _is_true, "it shares its host's memory", "privileged"),
    Rule("securityContext.runAsUser", _root, "it runs as root", "anyuid", "use an image that runs as any user"),
    Rule("securityContext.runAsUser", _other_user, "it runs as user {}", "nonroot-v2", "leave the user out"),
    Rule("securityContext.fsGroup", _said, "its volumes belong to group {}", "nonroot-v2", "leave the group out"),
    Rule(
        "securityContext.seccompProfile.type",
        _other_than("RuntimeDefault"),
        "its filter of system calls is {}",
        "privileged",
    ),
    Rule("securityContext.seLinuxOptions", _said, "it sets SELinux options", "privileged"),
    Rule(
        "securityContext.sysctls.*.name",
        lambda value: None if value in SYSCTLS else value,
        "it sets the kernel parameter {}",
        "privileged",
    ),
    Rule(
        "volumes.*.hostPath.path",
        _said,
        "it mounts the machine's {}",
        "hostmount-anyuid",
        "mount a PersistentVolumeClaim",
    ),
    Rule(
        "volumes.*", _kind_of_volume, "it mounts a volume of the kind {}", "privileged", "mount a PersistentVolumeClaim"
    ),
)

_CONTAINER: tuple[Rule, ...] = (
    Rule("securityContext.privileged", _is_true, "it is privileged", "privileged"),
    Rule(
        "securityContext.allowPrivilegeEscalation",
        _is_true,
        "it may gain privileges",
        "anyuid",
        "say allowPrivilegeEscalation: false",
    ),
    Rule(
        "securityContext.capabilities.add",
        _beyond(CAPABILITIES),
        "it adds the capabilities {}",
        "privileged",
        "make a constraint of your own that allows just these",
    ),
    Rule("securityContext.runAsUser", _root, "it runs as root", "anyuid", "use an image that runs as any user"),
    Rule("securityContext.runAsUser", _other_user, "it runs as user {}", "nonroot-v2", "leave the user out"),
    Rule(
        "securityContext.seccompProfile.type",
        _other_than("RuntimeDefault"),
        "its filter of system calls is {}",
        "privileged",
    ),
    Rule("securityContext.seLinuxOptions", _said, "it sets SELinux options", "privileged"),
    Rule("securityContext.procMount", _other_than("Default"), "it sees all of /proc", "privileged"),
    Rule(
        "ports.*.hostPort",
        lambda value: value or None,
        "it takes the machine's port {}",
        "hostnetwork-v2",
        "open the port by a Service",
    ),
    Rule(
        "ports.*.containerPort",
        _low,
        "it listens on port {}, which only root may",
        "anyuid",
        f"let it listen on {UNPRIVILEGED} or above",
    ),
)

RULES = (*_POD, *_CONTAINER)
"""All rules; the ports that are too low are the kernel's, the others the constraint's."""


def find_violations(spec: dict[str, Any]) -> list[Violation]:
    """Give the rules that a Pod's spec breaks."""
    found = [
        Violation(rule, "", value)
        for rule in _POD
        for each in _at(spec, rule.place)
        if (value := rule.find(each)) is not None
    ]
    for field in ("initContainers", "containers"):
        for container in spec.get(field) or ():
            found += [
                Violation(rule, str(container.get("name", "")), value)
                for rule in _CONTAINER
                for each in _at(container, rule.place)
                if (value := rule.find(each)) is not None
            ]
    return found


def _at(value: Any, place: str) -> Iterator[Any]:
    """Give what stands at a place, as often as its lists have items."""
    key, _, rest = place.partition(".")
    if key == "*":
        inner = list(value) if isinstance(value, list) else []
    else:
        inner = [value[key]] if isinstance(value, dict) and value.get(key) is not None else []
    for each in inner:
        if rest:
            yield from _at(each, rest)
        else:
            yield each
