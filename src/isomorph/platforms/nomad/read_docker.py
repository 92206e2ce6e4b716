"""The `config` of a task that runs an image, under the docker or podman driver.

Sources: https://developer.hashicorp.com/nomad/docs/deploy/task-driver/docker, …/plugins/drivers/podman.
"""

from collections.abc import Callable

from isomorph.model.image import parse_image
from isomorph.model.text import Text
from isomorph.platforms.nomad.draft import TaskDraft
from isomorph.platforms.nomad.known import DOCKER, PODMAN
from isomorph.platforms.nomad.read_storage import read_mounts, read_tmpfs, read_volumes
from isomorph.platforms.nomad.reading import amount_at, boolean_at, integer_at, items_of, pairs_of
from isomorph.syntax.tree import Mapping, Node, Scalar, to_data

MIB = 1024 * 1024

ReadField = Callable[[TaskDraft, Node], None]

_OWN_MODES = ("bridge", "default", "nat", "slirp4netns", "pasta", "")
"""Docker's own networks, on which containers do not find each other by name."""


def read_config(draft: TaskDraft, config: Mapping) -> None:
    """Read the settings of a container; what the model has no place for is kept."""
    known = PODMAN if draft.task.driver == "podman" else DOCKER
    for name, node in config.items():
        read = _FIELDS.get(name)
        origin = config.keys[name].origin
        if name not in known:
            draft.reading.say(
                "unknown-field",
                f"the {draft.task.driver} driver has no setting {name}; it is passed over",
                origin,
                draft.path,
            )
        elif read is not None:
            read(draft, node)
        elif name not in _READ_WITH_OTHERS:
            draft.reading.keep(draft.path, ("config", name), to_data(node), origin)
    _read_args(draft, config)
    read_mounts(draft, config)
    read_volumes(draft, config)
    if "image" not in config and "load" not in config:
        draft.reading.say(
            "image-supplied-later", f"task {draft.task.name} names no image", draft.task.origin, draft.path
        )


def _read_image(draft: TaskDraft, node: Node) -> None:
    text = draft.setting(node)
    if isinstance(text, str):
        for scheme in ("https://", "http://", "docker://"):
            text = text.removeprefix(scheme)
    path = (*draft.path, "image")
    draft.fields["image"] = parse_image(text)
    for part in ((), ("registry",), ("repository",), ("tag",), ("digest",)):
        draft.reading.origins[*path, *part] = node.origin


def _read_args(draft: TaskDraft, config: Mapping) -> None:
    """`command` followed by `args` are the image's arguments."""
    command, args = config.get("command"), config.get("args")
    if command is None and args is None:
        return
    words: list[Text] = []
    path = (*draft.path, "args")
    nodes = [*([command] if command is not None else []), *items_of(args)]
    for node in nodes:
        draft.reading.origins[*path, str(len(words))] = node.origin
        words.append(draft.setting(node))
    first = command if command is not None else args
    assert first is not None
    draft.set("args", tuple(words), first.origin)


def _read_entrypoint(draft: TaskDraft, node: Node) -> None:
    words = items_of(node)
    for index, word in enumerate(words):
        draft.reading.origins[*draft.path, "command", str(index)] = word.origin
    draft.set("command", tuple(draft.setting(word) for word in words), node.origin)


def _read_pull(draft: TaskDraft, node: Node) -> None:
    if boolean_at(node, "force_pull"):
        draft.set("pull_policy", "always", node.origin)


def _read_workdir(draft: TaskDraft, node: Node) -> None:
    draft.set("workdir", draft.string(node), node.origin)


def _read_hostname(draft: TaskDraft, node: Node) -> None:
    """A container's host name is known to others on a network of Docker's; its first part is, where they search the rest."""
    add_hostname(draft, draft.string(node), node)
    draft.reading.keep(draft.path, ("config", "hostname"), to_data(node), node.origin)


def add_hostname(draft: TaskDraft, name: str, node: Node) -> None:
    """Add the names that a container's host name gives its workload."""
    short, _, domain = name.partition(".")
    if domain.lower() in draft.place.cluster.domains:
        draft.draft.add_name(short, node.origin)
    draft.draft.add_name(name, node.origin)


def _read_aliases(draft: TaskDraft, node: Node) -> None:
    for item in items_of(node):
        draft.draft.add_name(draft.string(item), item.origin)


def _read_network_mode(draft: TaskDraft, node: Node) -> None:
    set_network(draft, draft.string(node), node)


def set_network(draft: TaskDraft, mode: str, node: Node) -> None:
    """Take the network of a container: the host's, none, one of Docker's own, or a named one."""
    if mode == "host":
        draft.draft.share_host("network", node.origin)
    elif mode == "none":
        draft.draft.fields["networks"] = ()
        draft.reading.origins[*draft.draft.path, "networks"] = node.origin
    elif mode in _OWN_MODES or ":" in mode:
        draft.reading.keep(draft.path, ("config", "network_mode"), mode, node.origin)
    else:
        draft.draft.join_network(mode, node.origin)


def _read_namespace(kind: str) -> ReadField:
    def read(draft: TaskDraft, node: Node) -> None:
        if draft.string(node) == "host":
            draft.draft.share_host(kind, node.origin)
        else:
            draft.reading.keep(draft.path, ("config", f"{kind}_mode"), to_data(node), node.origin)

    return read


def _read_flag(field: str, name: str) -> ReadField:
    def read(draft: TaskDraft, node: Node) -> None:
        flag = boolean_at(node, name)
        if flag is not None:
            draft.set_inner("security", field, flag, node.origin)

    return read


def _read_capabilities(field: str) -> ReadField:
    def read(draft: TaskDraft, node: Node) -> None:
        names: dict[str, None] = {}
        for item in items_of(node):
            name = draft.string(item).upper().removeprefix("CAP_")
            names[name] = None
            draft.reading.origins[*draft.path, "security", field, name] = item.origin
        draft.set_inner("security", field, tuple(names), node.origin)

    return read


def _read_security_options(draft: TaskDraft, node: Node) -> None:
    others: list[str] = []
    for item in items_of(node):
        option = draft.string(item)
        name, _, value = option.replace("=", ":", 1).partition(":")
        if name == "no-new-privileges":
            draft.set_inner("security", "no_new_privileges", value != "false", item.origin)
        else:
            others.append(option)
    if others:
        draft.reading.keep(draft.path, ("config", "security_opt"), others, node.origin)


def _read_labels(draft: TaskDraft, node: Node) -> None:
    for name, value, origin in pairs_of(node):
        if isinstance(value, Scalar):
            draft.draft.labels.setdefault(name, draft.string(value))
            draft.reading.origins.setdefault((*draft.draft.path, "labels", name), origin)


def _read_pids(draft: TaskDraft, node: Node) -> None:
    amount = amount_at(node, "pids_limit", 1)
    if amount != 0:
        draft.set_amount("limits", "pids", amount, node.origin)


def _read_cpu_limit(draft: TaskDraft, node: Node) -> None:
    if boolean_at(node, "cpu_hard_limit"):
        draft.fields["cpu_is_limit"] = node.origin


def _read_memory_limit(draft: TaskDraft, node: Node) -> None:
    amount = amount_at(node, "memory_hard_limit", MIB)
    if amount != 0:
        draft.set_amount("limits", "memory", amount, node.origin)


def _read_health_checks(draft: TaskDraft, node: Node) -> None:
    draft.reading.keep(draft.path, ("config", "healthchecks"), to_data(node), node.origin)


def _read_ports(draft: TaskDraft, node: Node) -> None:
    """`ports` only says which of the group's ports are the task's; one that is none of them is told."""
    unit = draft.draft.unit
    for item in items_of(node):
        label = draft.string(item)
        if label not in unit.ports:
            draft.reading.say(
                "missing-reference", f"no network of this group has a port {label}", item.origin, draft.draft.path
            )


def _read_shm(draft: TaskDraft, node: Node) -> None:
    draft.reading.keep(draft.path, ("config", "shm_size"), integer_at(node, "shm_size"), node.origin)


_FIELDS: dict[str, ReadField] = {
    "image": _read_image,
    "entrypoint": _read_entrypoint,
    "force_pull": _read_pull,
    "work_dir": _read_workdir,
    "working_dir": _read_workdir,
    "hostname": _read_hostname,
    "network_aliases": _read_aliases,
    "network_mode": _read_network_mode,
    "pid_mode": _read_namespace("pid"),
    "ipc_mode": _read_namespace("ipc"),
    "privileged": _read_flag("privileged", "privileged"),
    "readonly_rootfs": _read_flag("read_only_root", "readonly_rootfs"),
    "cap_add": _read_capabilities("capabilities_added"),
    "cap_drop": _read_capabilities("capabilities_dropped"),
    "security_opt": _read_security_options,
    "labels": _read_labels,
    "pids_limit": _read_pids,
    "cpu_hard_limit": _read_cpu_limit,
    "memory_hard_limit": _read_memory_limit,
    "healthchecks": _read_health_checks,
    "ports": _read_ports,
    "shm_size": _read_shm,
    "tmpfs": read_tmpfs,
}
_READ_WITH_OTHERS = frozenset(("command", "args", "port_map", "volumes", "volume_driver", "mount", "mounts"))
