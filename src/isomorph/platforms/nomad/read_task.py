"""A task as a container: its driver's settings, variables, templates, resources, and how it is stopped."""

import re

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder, Text
from isomorph.model.workload import Compute, Container, Role, Security
from isomorph.platforms.consul_templates import Rendered, decode_bytes, render_text
from isomorph.platforms.nomad.defaults import DEFAULT_CPU, MHZ_PER_CORE
from isomorph.platforms.nomad.docker_run import docker_arguments, read_docker_run
from isomorph.platforms.nomad.draft import TaskDraft
from isomorph.platforms.nomad.env_lines import parse_env_lines
from isomorph.platforms.nomad.known import RESOURCES, TASK, TEMPLATE
from isomorph.platforms.nomad.read_docker import MIB, read_config
from isomorph.platforms.nomad.read_storage import add_file, read_volume_mounts, settle_binds
from isomorph.platforms.nomad.reading import (
    amount_at,
    block_of,
    blocks_of,
    boolean_at,
    duration_at,
    items_of,
    string_at,
    text_at,
    to_mapping,
    to_plain,
)
from isomorph.syntax.hcl.body import Block
from isomorph.syntax.tree import Mapping, Node, Scalar, to_data

_READ = frozenset(
    (
        *("driver", "config", "env", "user", "kill_timeout", "kill_signal", "template", "volume_mount", "resources"),
        *("service", "lifecycle", "constraint", "restart"),
    )
)
_PROCESS_DRIVERS = frozenset(("exec", "exec2", "raw_exec", "java"))


def read_task(draft: TaskDraft) -> None:
    """Read a task's own words into the fields of its container; probes follow from the services."""
    task = draft.task
    draft.reading.origins[draft.path] = task.origin
    if not task.driver:
        raise InvalidInput(f"task {task.name} has no driver", task.origin, 'add `driver = "docker"`')
    _read_environment(draft)
    templates = list(enumerate(blocks_of(task.body, "template")))
    for index, block in templates:  # The driver's settings may use what they set.
        if _is_environment(block):
            _read_template(draft, block, index)
    _read_driver(draft)
    read_volume_mounts(draft)
    for index, block in templates:
        if not _is_environment(block):
            _read_template(draft, block, index)
    settle_binds(draft)
    _read_resources(draft)
    _read_rest(draft)


def finish_container(draft: TaskDraft) -> Container:
    """Give the container that a task is."""
    fields = dict(draft.fields)
    if "security" in fields:
        fields["security"] = Security(**fields["security"])
    if "compute" in fields:
        fields["compute"] = Compute(**fields["compute"])
    if draft.task.role is not Role.MAIN:
        fields["role"] = draft.task.role
        for block in blocks_of(draft.task.body, "lifecycle"):
            draft.reading.origins[*draft.path, "role"] = block.origin
    return Container(**fields)


def _read_environment(draft: TaskDraft) -> None:
    """`env`: variables, which may use what the client knows, and those before them."""
    for block in blocks_of(draft.task.body, "env"):
        draft.reading.origins[*draft.path, "variables"] = block.origin
        for name, node in block.body.attributes.items():
            _set_variable(draft, name, draft.text(node), node.origin)


def _set_variable(draft: TaskDraft, name: str, value: Text, origin: Origin) -> None:
    draft.fields.setdefault("variables", {})[name] = value
    draft.task.variables[name] = value
    draft.reading.origins[*draft.path, "variables", name] = origin


def _read_driver(draft: TaskDraft) -> None:
    """Read the driver's settings: of a container, of a process, or of a container that a process starts."""
    task = draft.task
    block = block_of(task.body, "config")
    config = to_mapping(block.body) if block is not None else Mapping(task.origin, {}, {})
    if task.driver != "docker":
        node = task.body.attributes["driver"]
        draft.reading.keep(draft.path, ("driver",), task.driver, node.origin)
    if task.is_container:
        read_config(draft, config)
        return
    if task.driver in ("raw_exec", "exec"):
        arguments = docker_arguments(draft, config)
        if arguments is not None:
            _keep_wrapper(draft)
            read_docker_run(draft, arguments)
            draft.reading.keep(draft.path, ("config",), to_data(config), config.origin)
            return
    if task.driver in _PROCESS_DRIVERS:
        _read_process(draft, config)
        if not draft.draft.unit.group.shares_network:
            draft.draft.share_host("network", task.body.attributes["driver"].origin)
    else:
        message = f"task {task.name} runs under the driver {task.driver}, whose settings are kept and not compared"
        draft.reading.say("not-modelled", message, task.body.attributes["driver"].origin, draft.path)
        draft.reading.keep(draft.path, ("config",), to_data(config), config.origin)


def _keep_wrapper(draft: TaskDraft) -> None:
    """Keep the variables of the process that starts a container: they are not the container's."""
    variables = draft.fields.pop("variables", {})
    for name in variables:
        del draft.reading.origins[*draft.path, "variables", name]
    for block in blocks_of(draft.task.body, "env"):
        draft.reading.keep(draft.path, ("env",), to_plain(block.body, None), block.origin)


def _read_process(draft: TaskDraft, config: Mapping) -> None:
    """Read `command` and `args`, or what Java runs, as the process."""
    words: list[tuple[Text, Origin]] = []
    node = config.get("command")
    if node is not None:
        words.append((draft.setting(node), node.origin))
    elif draft.task.driver == "java":
        words.append(("java", config.origin))
        words += [(draft.setting(option), option.origin) for option in items_of(config.get("jvm_options"))]
        for name, option_name in (("class_path", "-cp"), ("jar_path", "-jar"), ("class", "")):
            node = config.get(name)
            if node is not None:
                words += [(option_name, node.origin)] if option_name else []
                words.append((draft.setting(node), node.origin))
    words += [(draft.setting(item), item.origin) for item in items_of(config.get("args"))]
    if words:
        draft.set("command", tuple(word for word, _ in words), words[0][1])
        for index, (_, origin) in enumerate(words):
            draft.reading.origins[*draft.path, "command", str(index)] = origin
    read = {"command", "args", "jvm_options", "class_path", "jar_path", "class"}
    for name, value in config.items():
        if name == "work_dir":
            draft.set("workdir", draft.string(value), value.origin)
        elif name not in read:
            draft.reading.keep(draft.path, ("config", name), to_data(value), value.origin)


def _is_environment(block: Block) -> bool:
    said = block.body.attributes.get("env")
    return said is not None and bool(boolean_at(said, "env"))


def _read_template(draft: TaskDraft, block: Block, index: int) -> None:
    """Read a template: variables where `env` is true, else a file."""
    said = block.body.attributes
    if "destination" not in said:
        raise InvalidInput("a template needs a destination", block.origin, 'add `destination = "local/FILE"`')
    data = said.get("data")
    is_env = _is_environment(block)
    if data is None:
        source = said.get("source")
        name = draft.string(source) if source is not None else ""
        node = source or said["destination"]
        message = f"the template {name or draft.string(node)} is on the node when the task runs; its content is unknown"
        draft.reading.say("missing-file", message, node.origin, draft.path)
        if not is_env:
            add_file(draft, block, (Placeholder(name),), node.origin)
        return
    rendered = _render(draft, block)
    if not is_env:
        add_file(draft, block, decode_bytes(rendered.text) or rendered.text, data.origin)
        return
    lines, faults = parse_env_lines(rendered.text)
    for line in lines:
        _set_variable(draft, line.name, line.value, _line_origin(data, line.name))
    for fault in faults:
        message = f"`{fault[:60]}` sets variables that are known only where the task runs"
        draft.reading.say("not-modelled", message, data.origin, draft.path)
    read = frozenset(("data", "destination", "env", "left_delimiter", "right_delimiter"))
    mode = said.get("change_mode")
    if mode is not None and string_at(mode) == "restart":
        read |= {"change_mode"}
    draft.reading.keep_rest(block.body, TEMPLATE, read, (*draft.path, "variables"), ("template", index))


def _line_origin(data: Node, name: str) -> Origin:
    """Give the place of the line of a template that sets a variable.

    A text that ends with a line is a heredoc, whose first line is below its mark.
    """
    origin = data.origin
    text = data.text if isinstance(data, Scalar) else ""
    found = re.search(rf"(?<![A-Za-z0-9_./]){re.escape(name)}\s*=", text)
    if found is None or not text.endswith("\n") or origin.file.endswith(".json"):
        return origin
    line = text.count("\n", 0, found.start())
    return Origin(origin.file, origin.line + 1 + line, 1, origin.via).through(origin)


def _render(draft: TaskDraft, block: Block) -> Rendered:
    said = block.body.attributes
    data = said["data"]
    marks = [string_at(said[name]) if name in said else "" for name in ("left_delimiter", "right_delimiter")]
    rendered = render_text(text_at(data), draft.place, marks[0] or "{{", marks[1] or "}}")
    for name in rendered.unknown:
        message = f"service {name} is not defined here; what is known of it only where the task runs is left open"
        draft.reading.say("missing-reference", message, data.origin, draft.path)
    for name, kind in rendered.stores.items():
        path = ("secrets", name)
        if path not in draft.reading.origins:
            draft.reading.origins[path] = data.origin
            if kind == "vault":
                draft.reading.keep(path, ("store",), kind, data.origin)
    return rendered


def _read_resources(draft: TaskDraft) -> None:
    """`resources`: what the task is granted; memory is a limit, too, but for raw_exec, which holds to nothing."""
    block = block_of(draft.task.body, "resources")
    hard_cpu: Origin | None = draft.fields.pop("cpu_is_limit", None)
    said = block.body.attributes if block is not None else {}
    cpu, cores = said.get("cpu"), said.get("cores")
    if cores is not None and (amount := amount_at(cores, "cores", 1000)):
        draft.set_amount("requests", "cpu", amount, cores.origin)
        draft.set_amount("limits", "cpu", amount, cores.origin)
    elif cpu is not None:
        draft.set_amount("requests", "cpu", to_millicores(amount_at(cpu, "cpu", 1)), cpu.origin)
    if hard_cpu is not None and cores is None:
        granted = draft.fields.get("compute", {}).get("requests", {}).get("cpu", to_millicores(DEFAULT_CPU))
        draft.set_amount("limits", "cpu", granted, cpu.origin if cpu is not None else hard_cpu)
    memory, most = said.get("memory"), said.get("memory_max")
    if memory is not None:
        draft.set_amount("requests", "memory", amount_at(memory, "memory", MIB), memory.origin)
    holds = draft.task.driver != "raw_exec" and "memory" not in draft.fields.get("compute", {}).get("limits", {})
    limit = most if most is not None and string_at(most) != "0" else memory
    if holds and limit is not None and string_at(limit) != "-1":
        draft.set_amount("limits", "memory", amount_at(limit, "memory_max", MIB), limit.origin)
    if block is not None:
        read = frozenset(("cpu", "cores", "memory", "memory_max", "network"))
        draft.reading.keep_rest(block.body, RESOURCES, read, draft.path, ("resources",))


def to_millicores(megahertz: int | Placeholder | None) -> int | Placeholder | None:
    """Give MHz as thousandths of a core of the clock that is assumed."""
    return megahertz * 1000 // MHZ_PER_CORE if isinstance(megahertz, int) else megahertz


def _read_rest(draft: TaskDraft) -> None:
    """Read the arguments of the task itself, and keep what the model has no place for."""
    said = draft.task.body.attributes
    user = said.get("user")
    if user is not None and string_at(user):
        name, _, group = draft.string(user).partition(":")
        for field, value in (("user", name), ("group", group)):
            if value:
                draft.set_inner("security", field, value, user.origin)
    signal, timeout = said.get("kill_signal"), said.get("kill_timeout")
    if signal is not None:
        draft.set("stop_signal", draft.string(signal), signal.origin)
    if timeout is not None:
        draft.set("stop_grace", duration_at(timeout, "kill_timeout"), timeout.origin)
    if draft.task.hook not in ("", "prestart"):
        block = blocks_of(draft.task.body, "lifecycle")[0]
        message = f"task {draft.task.name} runs at {draft.task.hook}, which is kept and not compared"
        draft.reading.say("not-modelled", message, block.origin, draft.path)
        kept = {"hook": draft.task.hook}
        if "sidecar" in block.body.attributes:
            kept["sidecar"] = to_data(block.body.attributes["sidecar"])
        draft.reading.keep(draft.path, ("lifecycle",), kept, block.origin)
    draft.reading.keep_rest(draft.task.body, TASK, _READ, draft.path, ())
