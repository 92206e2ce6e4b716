"""A task that starts a container by itself, `docker run …` under raw_exec: what it says is that container's.

Source of the options: https://docs.docker.com/reference/cli/docker/container/run/.
"""

from collections.abc import Callable

from isomorph.model.application import Volume
from isomorph.model.errors import InvalidInput
from isomorph.model.image import parse_image
from isomorph.model.text import Text, is_unresolved, make_text, parts_of
from isomorph.model.workload import Exposure, Mount, Port
from isomorph.platforms.nomad.draft import TaskDraft
from isomorph.platforms.nomad.read_docker import add_hostname, set_network
from isomorph.platforms.nomad.read_storage import add_mount, own_name
from isomorph.platforms.nomad.reading import items_of
from isomorph.syntax.tree import Mapping, Node

_FLAGS = frozenset(
    (
        *("-d", "--detach", "--rm", "-i", "--interactive", "-t", "--tty", "-it", "-ti", "-dit", "-itd", "--init", "-P"),
        *("--publish-all", "--sig-proxy", "--oom-kill-disable", "--disable-content-trust", "--no-healthcheck", "-q"),
        "--quiet",
    )
)
"""Options that take no value, and are only the client's or the wrapper's."""
_SIZES = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}

Take = Callable[[TaskDraft, str, Node], None]


def docker_arguments(draft: TaskDraft, config: Mapping) -> list[Node] | None:
    """Give what follows `docker run`, None where the task runs anything else."""
    command = config.get("command")
    if command is None:
        return None
    words = [command, *items_of(config.get("args"))]
    texts = [draft.string(word) for word in words]
    if texts[0] in ("sudo", "/usr/bin/sudo"):
        words, texts = words[1:], texts[1:]
    if not texts or texts[0].rpartition("/")[2] not in ("docker", "podman"):
        return None
    if texts[1:3] == ["container", "run"]:
        return words[3:]
    return words[2:] if texts[1:2] == ["run"] else None


def read_docker_run(draft: TaskDraft, words: list[Node]) -> None:
    """Read the options, the image and its arguments."""
    index = 0
    while index < len(words):
        node = words[index]
        word = draft.string(node)
        index += 1
        if not word.startswith("-"):
            _read_image(draft, node, words[index:])
            return
        if word == "--":
            continue
        option, equals, value = word.partition("=")
        if option in _SWITCHES:
            if not equals or value in ("true", "1"):
                _SWITCHES[option](draft, "", node)
            continue
        if option in _FLAGS:
            continue
        if not equals:
            if len(option) > 2 and not option.startswith("--"):  # `-p8080:80`
                option, value = option[:2], option[2:]
            elif index < len(words):
                node = words[index]
                value = draft.string(node)
                index += 1
        take = _OPTIONS.get(option)
        if take is not None:
            take(draft, value, node)
        elif option not in _UNTOLD:
            draft.reading.say("not-modelled", f"docker run {option} is passed over", node.origin, draft.path)
    raise InvalidInput("this docker run names no image", draft.task.origin, "add the image to `args`")


def _read_image(draft: TaskDraft, node: Node, rest: list[Node]) -> None:
    draft.fields["image"] = parse_image(draft.setting(node))
    for part in ((), ("registry",), ("repository",), ("tag",), ("digest",)):
        draft.reading.origins[*draft.path, "image", *part] = node.origin
    if rest:
        for index, word in enumerate(rest):
            draft.reading.origins[*draft.path, "args", str(index)] = word.origin
        draft.set("args", tuple(draft.setting(word) for word in rest), rest[0].origin)


def _take_variable(draft: TaskDraft, value: str, node: Node) -> None:
    name, equals, said = value.partition("=")
    text: Text = said
    whole = draft.setting(node)
    if is_unresolved(whole) or not isinstance(whole, str):  # What is not settled stands in the value.
        parts = list(parts_of(whole))
        head = parts[0] if isinstance(parts[0], str) else ""
        parts[0] = head.partition("=")[2] if "=" in head else head
        text = make_text(parts)
    if not equals:  # Passed on from the process that starts the container.
        if name not in draft.task.variables:
            return
        text = draft.task.variables[name]
    draft.fields.setdefault("variables", {})[name] = text
    draft.reading.origins[*draft.path, "variables", name] = node.origin


def _take_port(draft: TaskDraft, value: str, node: Node) -> None:
    rest, _, protocol = value.partition("/")
    head, _, target = rest.rpartition(":")
    address, _, host = head.rpartition(":")
    if not target.isdecimal():
        draft.reading.say("not-modelled", f"the ports {value} of docker run are passed over", node.origin, draft.path)
        return
    key = f"{target}/{protocol or 'tcp'}"
    known = draft.draft.ports.get(key)
    exposure = Exposure("host", int(host) if host.isdecimal() else None, address or None)
    exposures = (*(known.exposures if known else ()), exposure)
    draft.draft.ports[key] = Port(int(target), int(target), protocol or "tcp", exposures=exposures)
    path = (*draft.draft.path, "ports", key)
    draft.reading.origins.setdefault(path, node.origin)
    draft.reading.origins[*path, "exposures", str(len(exposures) - 1)] = node.origin


def _take_volume(draft: TaskDraft, value: str, node: Node) -> None:
    source, colon, rest = value.partition(":")
    target, _, options = rest.partition(":")
    read_only = True if "ro" in options.split(",") else None
    if not colon:
        name = draft.draft.add_volume(own_name(draft, source), Volume("ephemeral"), node.origin)
        add_mount(draft, source, Mount(name), node.origin)
    elif source.startswith(("/", "~", ".")):
        name = draft.draft.add_volume(own_name(draft, target), Volume("host", host_path=source), node.origin)
        add_mount(draft, target, Mount(name, None, read_only), node.origin)
    else:
        name = draft.draft.add_volume(source, Volume("persistent"), node.origin)
        add_mount(draft, target, Mount(name, None, read_only), node.origin)


def _take_tmpfs(draft: TaskDraft, value: str, node: Node) -> None:
    target = value.partition(":")[0]
    name = draft.draft.add_volume(own_name(draft, target), Volume("memory"), node.origin)
    add_mount(draft, target, Mount(name), node.origin)


def _take_network(draft: TaskDraft, value: str, node: Node) -> None:
    set_network(draft, value, node)


def _take_hostname(draft: TaskDraft, value: str, node: Node) -> None:
    add_hostname(draft, value, node)


def _take_name(draft: TaskDraft, value: str, node: Node) -> None:
    if "$" not in value:  # A name that holds the allocation's ID is nobody's address.
        draft.draft.add_name(value, node.origin)


def _take_entrypoint(draft: TaskDraft, value: str, node: Node) -> None:
    draft.reading.origins[*draft.path, "command", "0"] = node.origin
    draft.set("command", (value,), node.origin)


def _take_workdir(draft: TaskDraft, value: str, node: Node) -> None:
    draft.set("workdir", value, node.origin)


def _take_user(draft: TaskDraft, value: str, node: Node) -> None:
    user, _, group = value.partition(":")
    for field, said in (("user", user), ("group", group)):
        if said:
            draft.set_inner("security", field, said, node.origin)


def _take_memory(draft: TaskDraft, value: str, node: Node) -> None:
    number = value.rstrip("bBkKmMgG")
    scale = _SIZES.get(value[len(number) :].lower().removesuffix("b"))
    if number.isdecimal() and scale is not None:
        draft.set_amount("limits", "memory", int(number) * scale, node.origin)


def _take_cpus(draft: TaskDraft, value: str, node: Node) -> None:
    try:
        draft.set_amount("limits", "cpu", round(float(value) * 1000), node.origin)
    except ValueError:
        raise InvalidInput(f"{value!r} is no number of CPUs", node.origin, "write a decimal number, as 0.5") from None


def _take_capability(field: str) -> Take:
    def take(draft: TaskDraft, value: str, node: Node) -> None:
        name = value.upper().removeprefix("CAP_")
        known = draft.fields.setdefault("security", {}).get(field, ())
        draft.set_inner("security", field, (*known, name), node.origin)
        draft.reading.origins[*draft.path, "security", field, name] = node.origin

    return take


def _take_label(draft: TaskDraft, value: str, node: Node) -> None:
    name, _, said = value.partition("=")
    draft.draft.labels.setdefault(name, said)


def _take_pull(draft: TaskDraft, value: str, node: Node) -> None:
    draft.set("pull_policy", value, node.origin)


def _set_privileged(draft: TaskDraft, _value: str, node: Node) -> None:
    draft.set_inner("security", "privileged", True, node.origin)


def _set_read_only(draft: TaskDraft, _value: str, node: Node) -> None:
    draft.set_inner("security", "read_only_root", True, node.origin)


_SWITCHES: dict[str, Take] = {"--privileged": _set_privileged, "--read-only": _set_read_only}
_OPTIONS: dict[str, Take] = {
    "-e": _take_variable,
    "--env": _take_variable,
    "-p": _take_port,
    "--publish": _take_port,
    "-v": _take_volume,
    "--volume": _take_volume,
    "--tmpfs": _take_tmpfs,
    "--net": _take_network,
    "--network": _take_network,
    "--net-alias": _take_name,
    "--network-alias": _take_name,
    "-h": _take_hostname,
    "--hostname": _take_hostname,
    "--name": _take_name,
    "--entrypoint": _take_entrypoint,
    "-w": _take_workdir,
    "--workdir": _take_workdir,
    "-u": _take_user,
    "--user": _take_user,
    "-m": _take_memory,
    "--memory": _take_memory,
    "--cpus": _take_cpus,
    "--cap-add": _take_capability("capabilities_added"),
    "--cap-drop": _take_capability("capabilities_dropped"),
    "-l": _take_label,
    "--label": _take_label,
    "--pull": _take_pull,
}
_UNTOLD = frozenset(("--restart", "--dns", "--dns-search", "--dns-opt", "--log-driver", "--log-opt", "--cidfile"))
"""Options whose effect is Nomad's affair, or is not compared: restart, DNS settings, logging."""
