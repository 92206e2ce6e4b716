"""The top-level sections: volumes, networks, configs and secrets, and what a service is granted of the last two."""

from isomorph.model.application import Configuration, Secret, Volume
from isomorph.model.origin import Origin, Path
from isomorph.model.text import ConfigurationValue, Placeholder, SecretValue, Text
from isomorph.model.workload import Binary, File, HostPath
from isomorph.platforms.compose.paths import join_path
from isomorph.platforms.compose.read_process import Fields
from isomorph.platforms.compose.read_storage import read_content
from isomorph.platforms.compose.reading import Reading, is_unset, items_of, to_string, to_text
from isomorph.platforms.compose.scalars import parse_size
from isomorph.syntax.tree import Mapping, Node, Scalar

KIND_LABEL = "dev.isomorph/kind"
_SOURCES = ("file", "environment", "content")


def read_volume_definitions(reading: Reading) -> None:
    """The top-level `volumes`."""
    section = reading.sections["volumes"]
    for name, node in section.items():
        place: Path = ("volumes", name)
        reading.origins[place] = section.keys[name].origin
        reading.volumes[name] = _read_volume(reading, node, place)


def _read_volume(reading: Reading, node: Node, place: Path) -> Volume:
    if not isinstance(node, Mapping):
        return Volume("persistent")
    external = False
    volume = Volume("persistent")
    for key, value in node.items():
        if key == "external":
            external = isinstance(value, Mapping) or bool(reading.boolean(value))
            if isinstance(value, Mapping):
                reading.keep(place, ("external",), value)
        elif key == "driver_opts" and isinstance(value, Mapping):
            known = _volume_of_options(reading, value)
            if known is None:
                reading.keep(place, (key,), value)
            else:
                volume = known
        elif key == "labels" and isinstance(value, Mapping) and KIND_LABEL in value:
            volume = Volume(to_string(value[KIND_LABEL]), size=volume.size)
            for label, text in value.items():
                if label != KIND_LABEL:
                    reading.keep(place, (key, label), text)
        else:
            reading.keep(place, (key,), value)
    return Volume(volume.kind, volume.size, host_path=volume.host_path, external=external)


def _volume_of_options(reading: Reading, options: Mapping) -> Volume | None:
    """Recognise memory (`type: tmpfs`) and a folder of the host (`o: bind`) in the options of Docker's own driver."""
    values = {key: to_string(value) for key, value in options.items()}
    mount_options = values.get("o", "").split(",")
    if values.get("type") == "tmpfs":
        size = next((option[5:] for option in mount_options if option.startswith("size=")), None)
        try:
            return Volume("memory", size=parse_size(size) if size else None)
        except ValueError:
            return None
    if "bind" in mount_options and "device" in values and not values["device"].startswith(":"):
        return Volume("host", host_path=values["device"])
    return None


def read_networks(reading: Reading) -> None:
    """The top-level `networks`: what they are is kept, for the model only knows who is in which."""
    section = reading.sections["networks"]
    for name, node in section.items():
        if isinstance(node, Mapping) and node.entries:
            reading.keep((), ("networks", name), node, section.keys[name].origin)


def read_secret_definitions(reading: Reading) -> None:
    """The top-level `secrets`, their values where they can be read."""
    section = reading.sections["secrets"]
    for name, node in section.items():
        place: Path = ("secrets", name)
        reading.origins[place] = section.keys[name].origin
        if not isinstance(node, Mapping):
            continue
        external, value, _ = _read_definition(reading, node, name, "secret", place)
        reference = value[0] if isinstance(value, tuple) and len(value) == 1 else None
        if isinstance(reference, SecretValue) and reference.name in reading.secrets:  # a variable of a marked block
            reading.secrets[name] = reading.secrets[reference.name]
        else:
            reading.secrets[name] = Secret({} if external else {"": value}, external=external)


def read_unused_configs(reading: Reading) -> None:
    """The top-level `configs` that no service is granted; the others' texts are the services' files."""
    section = reading.sections["configs"]
    for name, node in section.items():
        if name in reading.configs_used or not isinstance(node, Mapping):
            continue
        place: Path = ("configurations", name)
        reading.origins[place] = section.keys[name].origin
        external, value, _ = _read_definition(reading, node, name, "config", place)
        reading.configurations[name] = Configuration({} if external else {name: value}, external=external)


def _read_definition(
    reading: Reading, node: Mapping, name: str, what: str, place: Path
) -> tuple[bool, Text | Binary | None, Origin]:
    """Give whether a config or secret exists elsewhere, its value where known, and where the value is said."""
    external = node.get("external")
    is_external = isinstance(external, Mapping) or (external is not None and bool(reading.boolean(external)))
    for key, value in node.items():
        if key not in _SOURCES and not (key == "external" and not isinstance(value, Mapping)):
            reading.keep(place, (key,), value)
    named = [key for key in _SOURCES if key in node]
    if is_external:
        return True, None, node.origin
    if len(named) != 1:
        wrong = "says only one of" if named else "needs one of"
        reading.fault(f"{what} {name} {wrong} file, environment and content", node.origin, "or `external: true`")
        return False, None, node.origin
    source = node[named[0]]
    if named[0] == "content":
        return False, to_text(source), source.origin
    if named[0] == "environment":
        variable = to_string(source)
        found = reading.environment.find(variable)
        if found is None:
            reading.note_unset(variable, source.origin)
            return False, (Placeholder("${" + variable + "}", variable),), source.origin
        return False, found[0], source.origin
    path = join_path(reading.folder, to_string(source))
    content = read_content(reading, path, to_string(source))
    if isinstance(content, HostPath):
        reading.report("missing-file", f"{what} {name}: {path} cannot be read", source.origin, place)
        return False, None, source.origin
    return False, content, Origin(path).through(source.origin)


def read_configs(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`configs` of a service: a file each."""
    section = reading.sections["configs"]
    for item in items_of(node):
        grant = _read_grant(reading, item, "config", "/", path)
        if grant is None:
            continue
        name, target, mode = grant
        definition = section.get(name)
        reading.configs_used.add(name)
        place = (*path, "files", target)
        reading.origins[place] = item.origin
        if not isinstance(definition, Mapping):
            continue
        external, value, origin = _read_definition(reading, definition, name, "config", ("configurations", name))
        if external:
            reading.configurations[name] = Configuration(external=True)
            reading.origins["configurations", name] = section.keys[name].origin
            content: Text | Binary | HostPath = (ConfigurationValue(name),)
        else:
            file = definition.get("file")
            content = value if value is not None else HostPath(to_string(file) if file is not None else name)
            reading.origins[*place, "content"] = origin.through(item.origin)
        fields.setdefault("files", {})[target] = File(content, mode=mode)


def read_secrets(reading: Reading, node: Node, path: Path, fields: Fields) -> None:
    """`secrets` of a service: a file each, whose content stays a reference."""
    for item in items_of(node):
        grant = _read_grant(reading, item, "secret", "/run/secrets/", path)
        if grant is not None:
            name, target, mode = grant
            reading.origins[*path, "files", target] = item.origin
            fields.setdefault("files", {})[target] = File((SecretValue(name),), mode=mode)


def _read_grant(reading: Reading, item: Node, what: str, folder: str, path: Path) -> tuple[str, str, int | None] | None:
    """Read `NAME` or the long form; gives the name, the path in the container and the mode."""
    mode: int | None = None
    said: Origin | None = None
    target = ""
    if isinstance(item, Mapping):
        source = item.get("source")
        if source is None:
            reading.fault(f"a {what} needs a source", item.origin, f"add `source:`, the {what}'s name")
            return None
        name = to_string(source)
        unresolved = is_unset(source)
        for key, value in item.items():
            if key == "target":
                target = to_string(value)
            elif key == "mode":
                mode, said = _read_mode(reading, value), value.origin
            elif key != "source":
                reading.keep((*path, "files", target or folder + name), (key,), value)
    else:
        name, unresolved = to_string(item), is_unset(item)
    section = reading.sections[f"{what}s"]
    if name not in section and not unresolved:
        from difflib import get_close_matches

        close = get_close_matches(name, section.entries, 1)
        hint = f"did you mean {close[0]}?" if close else f"define it below the top-level `{what}s:`"
        reading.fault(f"{what} {name} is not defined", item.origin, hint)
        return None
    if not target.startswith("/"):
        target = folder + (target or name)
    if said is not None:
        reading.origins[*path, "files", target, "mode"] = said
    return name, target, mode


def _read_mode(reading: Reading, node: Node) -> int | None:
    """Give permission bits: a number as YAML types it (0440 is octal), a string in octal."""
    if isinstance(node, Scalar) and type(node.value) is int:
        return node.value
    text = reading.plain(node)
    if text is None:
        return None
    try:
        return int(text.removeprefix("0o"), 8)
    except ValueError:
        reading.fault(f"{text!r} is no file mode", node.origin, "write it in octal, as 0440")
        return None
