"""Variables of a service: `env_file` in order, then `environment`, which wins."""

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Text
from isomorph.platforms.compose.dotenv import Entry, EnvFile, parse_env_file
from isomorph.platforms.compose.merging import to_pairs
from isomorph.platforms.compose.paths import join_path
from isomorph.platforms.compose.read_process import Fields, take_from_shell
from isomorph.platforms.compose.reading import Reading, items_of, to_string, to_text
from isomorph.syntax.tree import Mapping, Node, Scalar

FORMATS = ("", "raw")


def read_variables(reading: Reading, service: Mapping, path: Path, fields: Fields) -> None:
    """Read both; variables of one file may use those of the project's environment and of `environment`."""
    environment = service.get("environment")
    env_file = service.get("env_file")
    variables: dict[str, Text] = {}
    path = (*path, "variables")
    if environment is not None:
        reading.origins[path] = environment.origin
        _read_environment(reading, to_pairs(environment), path, variables)
    if env_file is not None:
        merged: dict[str, Text] = {}
        for item in items_of(env_file):
            for name, entry in _read_file(reading, item, variables).items():
                merged[name] = entry.value
                if name not in variables:
                    reading.origins[*path, name] = entry.origin.through(item.origin)
        variables = {**merged, **variables}
    fields["variables"] = variables


def _read_environment(reading: Reading, node: Mapping, path: Path, variables: dict[str, Text]) -> None:
    origins = reading.origins
    for name, value in node.entries.items():
        if type(value) is Scalar and value.value is None:
            variables[name], origins[*path, name] = take_from_shell(reading, name, value)
        else:
            variables[name] = to_text(value)
            origins[*path, name] = value.origin


def _read_file(reading: Reading, item: Node, own: dict[str, Text]) -> dict[str, Entry]:
    """Read one entry of `env_file`; a file that must be there and is not leaves its variables unknown."""
    node, required, raw = _read_entry(reading, item)
    named = reading.plain(node) if node is not None else None
    if named is None:
        return {}
    path = join_path(reading.folder, named)
    known = reading.files_read.get((path, raw))
    if known is not None:
        return known

    def find(name: str) -> tuple[Text, Origin | None] | None:
        found = reading.environment.find(name)
        return (own[name], None) if found is None and name in own else found

    try:
        content = reading.context.files.read_bytes(path)
    except (OSError, InvalidInput) as trouble:
        if required or isinstance(trouble, InvalidInput):
            why = trouble.message if isinstance(trouble, InvalidInput) else f"env file {path} is not there"
            reading.report("missing-file", f"{why}; its variables are unknown", item.origin)
        return {}
    try:
        parsed: EnvFile = parse_env_file(content, path, find, raw=raw)
    except InvalidInput as fault:
        reading.faults.append(fault)
        return {}
    for name, origin in parsed.unset.items():
        reading.note_unset(name, origin)
    reading.note_secrets(parsed.entries)
    if b"$" not in content:  # else the values may depend on who asks
        reading.files_read[path, raw] = parsed.entries
    return parsed.entries


def _read_entry(reading: Reading, item: Node) -> tuple[Node | None, bool, bool]:
    """Give an entry's path, whether the file must be there, and whether its values are taken as they stand."""
    if not isinstance(item, Mapping):
        return item, True, reading.rules.raw_env_files
    required, form = item.get("required"), item.get("format")
    if form is not None and to_string(form) not in FORMATS:
        reading.fault(f"unknown format {to_string(form)!r} of an env file", form.origin, "the one format is raw")
    is_required = required is None or reading.boolean(required) is not False
    return item.get("path"), is_required, form is not None and to_string(form) == "raw"
