"""Ids of applications and groups, and the names in DNS that follow from them.

An id is a path of groups (https://mesosphere.github.io/marathon/docs/application-groups.html); one that does not begin with
a slash is seen from the group it stands in.
"""

import re

ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
L4LB = "marathon.l4lb.thisdcos.directory"
"""The domain of named virtual addresses (https://docs.d2iq.com/mesosphere/dcos/latest/networking/load-balancing-vips/)."""
_DOMAINS = ("marathon.autoip.dcos.thisdcos.directory", "marathon.containerip.dcos.thisdcos.directory",
            "marathon.agentip.dcos.thisdcos.directory")  # fmt: skip
_NOT_IN_ID = re.compile(r"[^a-z0-9.-]+")
_EDGE = re.compile(r"^[.-]+|[.-]+$")


def resolve_id(text: str, group: str) -> str:
    """Give an id in full: `../db` or `db`, seen from a group, begin with a slash then; never ends with one."""
    parts = [] if text.startswith("/") else [part for part in group.split("/") if part]
    for part in text.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def is_id(text: str) -> bool:
    """Tell whether every part of an id is made of what Marathon allows."""
    parts = [part for part in text.split("/") if part not in ("", "..", ".")]
    return all(ID.fullmatch(part) for part in parts)


def is_below(identity: str, group: str) -> bool:
    """Tell whether an id is a group's own or below it."""
    return group == "/" or identity == group or identity.startswith(f"{group}/")


def last_part(identity: str) -> str:
    """Give the last part of an id."""
    return identity.rpartition("/")[2]


def to_part(name: str) -> str:
    """Spell a name as a part of an id."""
    return _EDGE.sub("", _NOT_IN_ID.sub("-", name.lower())) or "app"


def to_id(key: str, root: str) -> str:
    """Give the id of a workload: what begins with a slash is one already, else it stands in the application's group."""
    parts = [to_part(part) for part in key.split("/") if part]
    prefix = "" if key.startswith("/") or root == "/" else root
    return f"{prefix}/{'/'.join(parts) or 'app'}"


def mesos_names(identity: str) -> tuple[str, ...]:
    """Give the names by which Mesos-DNS and DC/OS know an application: the parts of its id, the last first.

    https://mesosphere.github.io/mesos-dns/docs/naming.html: a dot within a task's name is spelled as a dash; newer
    releases keep the parts apart.
    """
    parts = [part for part in reversed(identity.split("/")) if part]
    dashed = "-".join(part.replace(".", "-") for part in parts)
    dotted = ".".join(parts)
    names = (f"{dashed}.marathon.mesos", f"{dotted}.marathon.mesos", *(f"{dashed}.{domain}" for domain in _DOMAINS))
    return tuple(dict.fromkeys(names))


def vip_name(name: str) -> str:
    """Give the name under which a named virtual address is reached; slashes within it count for nothing."""
    return f"{name.strip('/').replace('/', '')}.{L4LB}"


def is_derived(name: str) -> bool:
    """Tell whether a name is one that Mesos or Marathon gives by itself."""
    return name.endswith((".marathon.mesos", f".{L4LB}", *(f".{domain}" for domain in _DOMAINS)))
