"""What a service says about its process: image, build, command, variables, user and rights, health check, limits."""

from typing import Any

from isomorph.model.image import Build, parse_image
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Part, Placeholder, Text, make_text, parts_of, references_in
from isomorph.model.workload import Exec, Probe
from isomorph.platforms.compose.interpolation import Interpolated
from isomorph.platforms.compose.merging import to_pairs
from isomorph.platforms.compose.reading import Reading, items_of, to_string, to_text
from isomorph.platforms.compose.scalars import parse_cpus, parse_duration, parse_size, split_words
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

Fields = dict[str, Any]

_PULL_POLICIES = {"always": "always", "never": "never", "missing": "missing", "if_not_present": "missing"}
_SHELL = "/bin/sh"
MARK = "\ue000"  # Stands for a placeholder while a command line is split; of the private use area.


def read_image(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`image`."""
    text = to_text(node)
    if not text:
        return  # Docker Compose takes an empty image for none.
    if isinstance(text, str) and text.isspace():
        reading.fault(f"{text!r} is no image", node.origin, "write NAME:TAG")
    fields["image"] = parse_image(text)
    reading.origins[*path, "image"] = node.origin


def read_build(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`build`: a context, or its parts."""
    reading.origins[*path, "build"] = node.origin
    if isinstance(node, Scalar):
        fields["build"] = Build(context=to_string(node))
        return
    if not isinstance(node, Mapping):
        return
    parts: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("context", "dockerfile", "target"):
            parts[key] = to_string(value)
            reading.origins[*path, "build", key] = value.origin
        elif key == "args":
            parts["args"] = _read_build_args(reading, to_pairs(value), (*path, "build", "args"))
        else:
            reading.keep(path, ("build", key), value)
    fields["build"] = Build(**parts)


def _read_build_args(reading: Reading, node: Mapping, path: Path) -> dict[str, Text | None]:
    arguments: dict[str, Text | None] = {}
    for name, value in node.items():
        reading.origins[*path, name] = value.origin
        if isinstance(value, Scalar) and value.value is None:
            found = reading.environment.find(name)
            arguments[name] = found[0] if found is not None else None
        else:
            arguments[name] = to_text(value)
    return arguments


def read_pull_policy(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`pull_policy`."""
    policy = _PULL_POLICIES.get(to_string(node))
    if policy is None:
        reading.keep(path, ("pull_policy",), node)
        return
    fields["pull_policy"] = policy
    reading.origins[*path, "pull_policy"] = node.origin


def read_entrypoint(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`entrypoint`: an empty one clears the image's."""
    words = read_words(reading, node, (*path, "command"))
    if words is not None:
        fields["command"] = words


def read_command(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`command`: an empty one says nothing, for docker compose keeps the image's."""
    words = read_words(reading, node, (*path, "args"))
    if words:
        fields["args"] = words


def read_words(reading: Reading, node: Node, path: Path) -> tuple[Text, ...] | None:
    """Give an argument vector: a list as it stands, a string split into words."""
    if isinstance(node, Scalar) and node.value is None:
        return None
    reading.origins[path] = node.origin
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            reading.origins[*path, str(index)] = item.origin
        return tuple([to_text(item) for item in node.items])
    text = to_text(node)
    try:
        return split_text(text)
    except ValueError as error:
        reading.fault(f"{error}", node.origin, "quote it, or write the words as a list")
        return None


def split_text(text: Text) -> tuple[Text, ...]:
    """Split a command line whose placeholders stay whole."""
    if isinstance(text, str):
        return tuple(split_words(text))
    if any(isinstance(part, str) and MARK in part for part in text):
        raise ValueError(f"the command line holds U+{ord(MARK):04X}, a character of no public meaning")
    references = list(references_in(text))
    line = "".join(part if isinstance(part, str) else MARK for part in parts_of(text))
    words: list[Text] = []
    for word in split_words(line):
        pieces = word.split(MARK)
        parts: list[Part] = [pieces[0]]
        for piece in pieces[1:]:
            parts += [references.pop(0), piece]
        words.append(make_text(parts))
    return tuple(words)


def read_string(field: str) -> Any:
    """Give a reader of a field that is a plain string."""

    def read(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
        fields[field] = to_string(node)
        reading.origins[*path, field] = node.origin

    return read


def read_stop_grace(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`stop_grace_period`."""
    fields["stop_grace"] = reading.parse(node, parse_duration)
    reading.origins[*path, "stop_grace"] = node.origin


def read_user(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`user`: `USER[:GROUP]`."""
    if type(node) is Interpolated and not isinstance(node.parts, str):
        user, colon, group = to_string(node), "", ""
    else:
        user, colon, group = to_string(node).partition(":")
    security = fields.setdefault("security", {})
    if user:
        security["user"] = user
        reading.origins[*path, "security", "user"] = node.origin
    if colon and group:
        security["group"] = group
        reading.origins[*path, "security", "group"] = node.origin


def read_flag(field: str) -> Any:
    """Give a reader of a boolean of the container's security."""

    def read(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
        fields.setdefault("security", {})[field] = reading.boolean(node)
        reading.origins[*path, "security", field] = node.origin

    return read


def read_capabilities(field: str) -> Any:
    """Give a reader of `cap_add` or `cap_drop`."""

    def read(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
        names: dict[str, None] = {}
        reading.origins[*path, "security", field] = node.origin
        for item in items_of(node):
            name = to_string(item).upper().removeprefix("CAP_")
            if name not in names:
                names[name] = None
                reading.origins[*path, "security", field, name] = item.origin
        fields.setdefault("security", {})[field] = tuple(names)

    return read


def read_security_options(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`security_opt`: whether privileges may grow; the rest is kept."""
    others: list[Node] = []
    for item in items_of(node):
        name, _, value = to_string(item).replace("=", ":", 1).partition(":")
        if name != "no-new-privileges":
            others.append(item)
            continue
        fields.setdefault("security", {})["no_new_privileges"] = value != "false"
        reading.origins[*path, "security", "no_new_privileges"] = item.origin
    if others:
        reading.keep(path, ("security_opt",), Sequence(node.origin, others))


def read_health_check(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`healthcheck`: the readiness probe."""
    path = (*path, "readiness")
    reading.origins[path] = node.origin
    if not isinstance(node, Mapping):
        return
    probe: dict[str, Any] = {}
    for key, value in node.items():
        timing = _TIMING.get(key)
        if key == "test":
            _read_test(reading, value, path, probe)
        elif timing is not None:
            probe[timing] = reading.parse(value, parse_duration)
            reading.origins[*path, timing] = value.origin
        elif key == "retries":
            probe["failures"] = reading.integer(value)
            reading.origins[*path, "failures"] = value.origin
        elif key == "disable":
            if reading.boolean(value):
                probe["disabled"] = True
                reading.origins[*path, "disabled"] = value.origin
        else:
            reading.keep(path[:-1], ("healthcheck", key), value)
    fields["readiness"] = Probe(disabled=True) if probe.get("disabled") else Probe(**probe)


_TIMING = {"interval": "period", "timeout": "timeout", "start_period": "grace"}


def _read_test(reading: Reading, node: Node, path: Path, probe: dict[str, Any]) -> None:
    """A health check's test: a string is run by the shell, a list says by its first word what it is."""
    reading.origins[*path, "check"] = node.origin
    if isinstance(node, Scalar):
        if node.value is not None:
            probe["check"] = Exec((_SHELL, "-c", to_text(node)))
        return
    words = [to_text(item) for item in items_of(node)]
    if not words:
        return
    kind, rest = words[0], words[1:]
    if kind == "NONE":
        probe["disabled"] = True
    elif kind == "CMD":
        probe["check"] = Exec(tuple(rest))
    elif kind == "CMD-SHELL":
        probe["check"] = Exec((_SHELL, "-c", *rest))
    else:
        reading.fault("a health check's test starts with CMD, CMD-SHELL or NONE", node.origin, "put CMD before it")


def read_limit(group: str, name: str) -> Any:
    """Give a reader of a short form of a limit or reservation: `cpus`, `mem_limit`, `mem_reservation`, `pids_limit`."""

    def read(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
        _set_amount(reading, node, (*path, "compute", group, name), fields)

    return read


def _set_amount(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    group, name = path[-2], path[-1]
    if name == "pids":
        amount = reading.amount(node, int)
    else:
        amount = reading.amount(node, parse_cpus if name == "cpu" else parse_size)
    if amount is None:
        return
    amounts = fields.setdefault("compute", {}).setdefault(group, {})
    if name in amounts and amounts[name] != amount:
        reading.fault(
            f"{group} of {name} are said twice and differ, here and at {reading.origins[path]}",
            node.origin,
            "keep the one under `deploy.resources`",
        )
    amounts[name] = amount
    reading.origins[path] = node.origin


_RESOURCES = {"cpus": "cpu", "memory": "memory", "pids": "pids"}


def read_resources(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`deploy.resources`: limits, and reservations as requests."""
    if not isinstance(node, Mapping):
        return
    for key, amounts in node.items():
        group = {"limits": "limits", "reservations": "requests"}.get(key)
        if group is None or not isinstance(amounts, Mapping):
            reading.keep(path, ("deploy", "resources", key), amounts)
            continue
        for name, value in amounts.items():
            resource = _RESOURCES.get(name)
            if name == "generic_resources" and reading.rules.deployed:
                _read_generic(reading, value, path, fields)
            elif resource is None:
                reading.keep(path, ("deploy", "resources", key, name), value)
            else:
                _set_amount(reading, value, (*path, "compute", group, resource), fields)


def _read_generic(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`generic_resources`: what a node has so and so many of, by the name of its kind."""
    for item in items_of(node):
        spec = item.get("discrete_resource_spec") if isinstance(item, Mapping) else None
        kind, value = (spec.get("kind"), spec.get("value")) if isinstance(spec, Mapping) else (None, None)
        if kind is None or value is None:
            reading.fault("a generic resource needs a kind and a value", item.origin, "write both below its spec")
            continue
        fields.setdefault("compute", {}).setdefault("requests", {})[to_string(kind)] = reading.integer(value)
        reading.origins[*path, "compute", "requests", to_string(kind)] = value.origin


def take_from_shell(reading: Reading, name: str, node: Node) -> tuple[Text, Origin]:
    """Give the value of a variable that is named without one: the environment's, else a placeholder."""
    found = reading.environment.find(name)
    origin = node.origin
    if found is None:
        reading.note_unset(name, origin)
        return (Placeholder("${" + name + "}", name),), origin
    value, written = found
    if written is not None:
        origin = Origin(origin.file, origin.line, origin.column, (written, *origin.via))
    return value, origin
