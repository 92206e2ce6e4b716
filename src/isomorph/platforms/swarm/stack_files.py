"""Configs and secrets of a stack: files beside it, for a stack file holds no texts, or what was made beforehand.

What is in a config cannot be changed (https://docs.docker.com/engine/swarm/configs/), so its name in the swarm ends with a
digest of its text: another text is another config, and the services that use it are updated. The digest of a secret would
tell of it; its name stays, and whoever changes it gives it another.
"""

import re
from hashlib import sha256
from typing import Any

from isomorph.model.origin import Path
from isomorph.model.secrecy import find_secret_value
from isomorph.model.text import Address, Part, SecretValue, Text, map_parts, references_in
from isomorph.model.workload import File, HostPath
from isomorph.platforms.compose.write_storage import safe_name
from isomorph.platforms.compose.writing import Writing
from isomorph.platforms.platform import OutputFile

MAXIMUM_NAME = 64
"""Characters of a config's or secret's name."""

SECRET_MODE = 0o600
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


def write_objects(writing: Writing, root: dict[str, Any]) -> None:
    """Put the texts of configs and the values of secrets into files, and mount files of the project as configs."""
    _mount_beside(writing, root)
    for name, definition in list(root.get("configs", {}).items()):
        _write_config(writing, root, name, definition)
    for name, definition in list(root.get("secrets", {}).items()):
        _write_secret(writing, root, name, definition)
    for section in ("configs", "secrets"):
        entries = root.get(section, {})
        for name in [name for name, entry in entries.items() if not {"file", "external", "driver"} & entry.keys()]:
            del entries[name]  # A name alone, of a config whose text was taken into another.
        if section in root and not entries:
            del root[section]
    _forget_unused(writing, root)


def _write_config(writing: Writing, root: dict[str, Any], name: str, definition: dict[str, Any]) -> None:
    if "environment" in definition:
        del definition["environment"]  # What is not known here was told; it is to be there beforehand.
        definition["external"] = True
        return
    if "content" not in definition:
        return
    del definition["content"]
    text = writing.config_texts[name]
    secrets = [part for part in references_in(text) if isinstance(part, SecretValue)]
    if secrets:
        plain = _fill_in(writing, text) if writing.options.secrets else None
        _turn_secret(writing, root, name, plain)
        return
    content = _print_plain(writing, text)
    others = [part for part in references_in(text) if not isinstance(part, Address)]
    if others:
        message = f"config {name}: what its text leaves open stands in it as it was written; nothing fills it in"
        writing.report("approximated", message, ("configurations", name))
    path = _place(writing, f"configs/{name}", content, None)
    definition.update({"name": _digest_name(writing, name, content.encode()), "file": f"./{path}"})


def _print_plain(writing: Writing, text: Text) -> str:
    """Spell a text for a file, in which a dollar is a dollar."""
    return writing.texts.print(text).replace("$$", "$")


def _fill_in(writing: Writing, text: Text) -> str | None:
    """Give a text with the values of its secrets in it; None where one is not known."""
    missing = False

    def fill(part: Part) -> Text:
        nonlocal missing
        if not isinstance(part, SecretValue):
            return part if isinstance(part, str) else (part,)
        value = find_secret_value(writing.application, part)
        missing = missing or not isinstance(value, str)
        return value if isinstance(value, str) else ""

    filled = map_parts(text, fill)
    return None if missing else _print_plain(writing, filled)


def _turn_secret(writing: Writing, root: dict[str, Any], name: str, content: str | None) -> None:
    """Make a config whose text holds secrets a secret, and mount it as one where it was mounted."""
    del root["configs"][name]
    for service in root["services"].values():
        grants = service.get("configs") or []
        own = [grant for grant in grants if isinstance(grant, dict) and grant.get("source") == name]
        if own:
            service["configs"] = [grant for grant in grants if grant not in own]
            service.setdefault("secrets", []).extend(own)
            if not service["configs"]:
                del service["configs"]
    secrets: dict[str, Any] = root.setdefault("secrets", {})
    if content is not None:
        secrets[name] = {"file": f"./{_place(writing, f'secrets/{name}', content, SECRET_MODE)}"}
        return
    secrets[name] = {"external": True}
    message = (
        f"the text of config {name} holds secrets: make it with `docker secret create` before the stack is deployed"
    )
    writing.report("assumed", message, ("configurations", name))


def _write_secret(writing: Writing, root: dict[str, Any], name: str, definition: dict[str, Any]) -> None:
    variable = definition.pop("environment", None)
    content = definition.pop("content", None)
    if variable is None and content is None:
        return
    value = writing.texts.settled.get(variable) if variable is not None else None
    if value is not None:
        definition["file"] = f"./{_place(writing, f'secrets/{name}', value, SECRET_MODE)}"
        return
    definition["external"] = True
    for index, told in enumerate(writing.diagnostics):
        if told.message.startswith(f"secret {name} is taken from"):
            del writing.diagnostics[index]
            break
    message = f"secret {name} is to be made with `docker secret create` before the stack is deployed"
    writing.report("assumed", message, ("secrets", name))


def _mount_beside(writing: Writing, root: dict[str, Any]) -> None:
    """Mount files of the project as configs: a bind would need them on every node."""
    for key, workload in writing.application.workloads.items():
        for name, container in workload.containers.items():
            service = root["services"][writing.container_services[key, name]]
            for target, file in container.files.items():
                path: Path = ("workloads", key, "containers", name, "files", target)
                _mount_file(writing, root, service, target, file, path)


def _mount_file(
    writing: Writing, root: dict[str, Any], service: dict[str, Any], target: str, file: File, path: Path
) -> None:
    volumes = service.get("volumes") or []
    bind = next((each for each in volumes if _target_of(each) == target and _source_of(each).startswith(".")), None)
    if bind is None:
        return
    source = _source_of(bind)
    if isinstance(file.content, HostPath) and file.folder:
        message = f"{path[1]}: folder {source} at {target}: it must be there on every node, in the same place"
        writing.report("approximated", message, path)
        return
    volumes.remove(bind)
    if not volumes:
        service.pop("volumes", None)
    beside = writing.beside.get(source.removeprefix("./"))
    name = safe_name(f"{writing.container_services[path[1], path[3]]}-{target.rpartition('/')[2]}")
    configs: dict[str, Any] = root.setdefault("configs", {})
    if name in configs:
        name = f"{name}-{sha256(target.encode()).hexdigest()[:8]}"
    configs[name] = {"file": source}
    if beside is not None and isinstance(beside.content, bytes):
        configs[name] = {"name": _digest_name(writing, name, beside.content), "file": source}
    grant: dict[str, Any] = {"source": name, "target": target}
    if file.mode is not None:
        from isomorph.syntax.yaml.emit import Octal

        grant["mode"] = Octal(file.mode)
    service.setdefault("configs", []).append(grant)


def _target_of(volume: Any) -> str:
    if isinstance(volume, dict):
        return str(volume.get("target")).replace("$$", "$")
    return str(volume).removesuffix(":ro").rpartition(":")[2].replace("$$", "$")


def _source_of(volume: Any) -> str:
    if isinstance(volume, dict):
        return str(volume.get("source", "")) if volume.get("type") == "bind" else ""
    return str(volume).removesuffix(":ro").rpartition(":")[0]


def _place(writing: Writing, name: str, content: str, mode: int | None) -> str:
    """Put a text into a file beside the stack file; gives its path."""
    folder = writing.options.beside.strip("/") or "files"
    path = f"{folder}/{name}"
    writing.beside[path] = OutputFile(path, content, mode)
    return path


def _digest_name(writing: Writing, name: str, content: bytes) -> str:
    """Name a config in the swarm: its stack's name, its own, and a digest of what it says."""
    stack = writing.options.name or writing.application.name or ""
    ending = f"-{sha256(content).hexdigest()[:8]}"
    words = _NOT_IN_NAME.sub("-", f"{stack}-{name}" if stack else name).strip("-_.")
    return f"{words[: MAXIMUM_NAME - len(ending)].rstrip('-_.')}{ending}"


def _forget_unused(writing: Writing, root: dict[str, Any]) -> None:
    """Leave out of the env file the values that stand in files of their own."""
    used: set[str] = set()
    nodes: list[Any] = [root]
    while nodes:
        node = nodes.pop()
        if isinstance(node, str) and "${" in node:
            used.update(name for name in writing.texts.settled if f"${{{name}}}" in node)
        elif isinstance(node, dict):
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
    for name in [name for name in writing.texts.settled if name not in used]:
        del writing.texts.settled[name]
