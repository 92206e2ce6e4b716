"""From what a reader returns to the form that is compared and converted: idempotent, and the same for every platform.

Two steps. *Configuration*: a reference to a configuration of this definition becomes the text kept there. *Addresses*: the
name of a workload, where a text uses it as a network address, becomes the workload itself, so that the platforms' spellings
of one peer are one text.
"""

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from isomorph.model.application import Application, Configuration, Definition
from isomorph.model.origin import Origins, Path
from isomorph.model.text import Address, ConfigurationValue, Part, Text, make_text, map_parts
from isomorph.model.workload import Binary, Container, Exec, File, HostPath, Probe, Workload

ChangeText = Callable[[Text, Path], Text]


def normalise(definition: Definition, *, resolve_configurations: bool = True) -> Definition:
    """Give the normal form of a definition.

    `resolve_configurations` False keeps references to configurations, for a writer that can say them.
    """
    if resolve_configurations:
        definition = _resolve_configurations(definition)
    return link_addresses(definition)


def _resolve_configurations(definition: Definition) -> Definition:
    configurations = definition.application.configurations
    if not configurations:
        return definition
    origins = Origins(dict(definition.origins.table))

    def change(text: Text, path: Path) -> Text:
        if isinstance(text, str) or not any(isinstance(part, ConfigurationValue) for part in text):
            return text
        return map_parts(text, lambda part: _configuration_text(part, configurations, origins, path))

    return replace(definition, application=map_texts(definition.application, change), origins=origins)


def _configuration_text(part: Part, configurations: Mapping[str, Configuration], origins: Origins, path: Path) -> Text:
    """Give the text behind a configuration reference, its origin moved to where the text is kept."""
    if isinstance(part, ConfigurationValue) and part.key:
        configuration = configurations.get(part.name)
        value = configuration.values.get(part.key) if configuration else None
        if value is not None and not isinstance(value, Binary):
            kept = origins.find(("configurations", part.name, "values", part.key))
            used = origins.exact(path)
            if kept is not None and used is not None and (kept.file, kept.line) != (used.file, used.line):
                origins[path] = kept.through(used)
            return value
    return part if isinstance(part, str) else (part,)


def link_addresses(definition: Definition) -> Definition:
    """Turn the names of workloads, where texts use them as network addresses, into addresses."""
    application = definition.application
    shared: dict[str, str] = {}
    by_namespace: dict[str | None, dict[str, str]] = {}
    for key, workload in application.workloads.items():
        own = by_namespace.setdefault(workload.namespace, {})
        for name in workload.names:
            lowered = name.lower()
            own.setdefault(lowered, key)
            shared.setdefault(lowered, key)
    if not shared:
        return definition
    scopes: dict[str | None, dict[str, str]] = {
        namespace: _scope(own, shared) if len(by_namespace) > 1 else shared for namespace, own in by_namespace.items()
    }

    def change_workload(workload: Workload) -> Workload:
        names = scopes[workload.namespace]
        return map_workload_texts(workload, ("workloads", workload.name), lambda text, _path: link_text(text, names))

    workloads = {key: change_workload(workload) for key, workload in application.workloads.items()}
    return replace(definition, application=replace(application, workloads=workloads))


def _scope(own: dict[str, str], shared: dict[str, str]) -> dict[str, str]:
    """Names seen from one namespace: its own short names, and everyone's qualified ones."""
    return {**{name: key for name, key in shared.items() if "." in name}, **own}


_TOKEN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_BLANK = re.compile(r"\s")
_PORT = re.compile(r":([0-9]{1,5})(?=$|[\s/,;?#&|'\")\]}<>\\])")


def link_text(text: Text, names: Mapping[str, str]) -> Text:
    """Replace the addresses of workloads in a text's literals.

    A name is an address as the host of a URL, as `host:port`, or where it is qualified (has a dot); a bare word is not,
    for `QUEUE=orders` may mean anything.
    """
    if isinstance(text, str):
        return _link_literal(text, names)
    in_url = False

    def change(part: Part) -> Text:
        nonlocal in_url
        if not isinstance(part, str):
            return (part,)
        linked = _link_literal(part, names, in_url)
        in_url = in_url or "://" in part
        return linked

    return _join_ports(map_parts(text, change))


def _join_ports(text: Text) -> Text:
    """Give a text in which the port written behind an address is part of it: `${resources.mail.host}:25`."""
    if isinstance(text, str):
        return text
    parts = list(text)
    for index in range(len(parts) - 1):
        address, after = parts[index], parts[index + 1]
        if isinstance(address, Address) and address.port is None and isinstance(after, str):
            found = _PORT.match(after)
            if found is not None:
                parts[index] = replace(address, port=int(found[1]))
                parts[index + 1] = after[found.end() :]
    return make_text(parts) if parts != list(text) else text


def join_ports(text: Text) -> Text:
    """Take a port that follows an address in a text into the address, so that it is the number that peers connect to."""
    if isinstance(text, str):
        return text
    parts: list[Part] = []
    for part in text:
        before = parts[-1] if parts else ""
        if isinstance(part, str) and isinstance(before, Address) and before.port is None:
            match = _PORT.match(part)
            if match is not None:
                parts[-1] = replace(before, port=int(match.group(1)))
                part = part[match.end() :]
        parts.append(part)
    return make_text(parts)


def _link_literal(text: str, names: Mapping[str, str], in_url: bool = False) -> Text:
    """Link one literal; `in_url`: a URL has begun before it (`amqp://u:`, a secret, `@mq:5672`)."""
    if ":" not in text and "." not in text:
        return text
    parts: list[Part] = []
    done = 0
    for match in _TOKEN.finditer(text):
        host = match.group().rstrip(".")
        workload = names.get(host) or names.get(host.lower())
        if workload is None:
            continue
        start, end = match.start(), match.start() + len(host)
        port_match = _PORT.match(text, end)
        if not _is_address(text, start, end, "." in host, port_match is not None, in_url):
            continue
        port = int(port_match.group(1)) if port_match else None
        parts.append(text[done:start])
        parts.append(Address(workload, host, port))
        done = port_match.end() if port_match else end
    if not parts:
        return text
    parts.append(text[done:])
    return make_text(parts)


def _is_address(text: str, start: int, end: int, qualified: bool, has_port: bool, in_url: bool) -> bool:
    """Judge by what stands around a workload's name whether it is a network address."""
    before = text[start - 1] if start else ""
    if before == "/":
        return text.endswith("//", 0, start) and (start == 2 or text[start - 3] == ":" or text[start - 3].isspace())
    if before == "@":
        credentials = text[max(0, start - 512) : start - 1]
        return "://" in credentials or (in_url and "/" not in credentials and not _BLANK.search(credentials))
    if before == ":" and text.endswith("=tcp:", 0, start):  # SQL Server's `Server=tcp:HOST,PORT`.
        return text[end : end + 1] in (",", ";")
    if before in (":", ".", "-", "_") and not (before == ":" and qualified):
        return False
    after = text[end] if end < len(text) else ""
    if qualified:
        return after != "@"
    return has_port


def map_texts(application: Application, change: ChangeText) -> Application:
    """Apply a change to every text of every workload."""
    return replace(
        application,
        workloads={
            key: map_workload_texts(workload, ("workloads", key), change)
            for key, workload in application.workloads.items()
        },
    )


def map_workload_texts(workload: Workload, path: Path, change: ChangeText) -> Workload:
    """Apply a change to every text of a workload; what does not change stays the same object."""
    changed: dict[str, Container] = {}
    for name, container in workload.containers.items():
        new = _map_container_texts(container, (*path, "containers", name), change)
        if new is not container:
            changed[name] = new
    if not changed:
        return workload
    return replace(workload, containers={**workload.containers, **changed})


def _map_container_texts(container: Container, path: Path, change: ChangeText) -> Container:
    changes: dict[str, object] = {}
    for field in ("command", "args"):
        vector: tuple[Text, ...] | None = getattr(container, field)
        if vector:
            new = _map_vector(vector, (*path, field), change)
            if new is not vector:
                changes[field] = new
    if container.variables:
        variables = {
            name: text
            for name, old in container.variables.items()
            if (text := change(old, (*path, "variables", name))) is not old
        }
        if variables:
            changes["variables"] = {**container.variables, **variables}
    if container.files:
        files = {name: _map_file(file, (*path, "files", name), change) for name, file in container.files.items()}
        if any(file is not container.files[name] for name, file in files.items()):
            changes["files"] = files
    for field in ("liveness", "readiness", "startup"):
        probe: Probe | None = getattr(container, field)
        if probe is not None and isinstance(probe.check, Exec):
            command = _map_vector(probe.check.command, (*path, field, "check"), change)
            if command is not probe.check.command:
                changes[field] = replace(probe, check=Exec(command))
    return replace(container, **changes) if changes else container


def _map_vector(vector: tuple[Text, ...], path: Path, change: ChangeText) -> tuple[Text, ...]:
    new = tuple(change(text, (*path, str(index))) for index, text in enumerate(vector))
    return new if any(a is not b for a, b in zip(new, vector, strict=True)) else vector


def _map_file(file: File, path: Path, change: ChangeText) -> File:
    content = file.content
    if isinstance(content, Binary | HostPath):
        return file
    new = change(content, (*path, "content"))
    return file if new is content else replace(file, content=new)
