"""What a container runs, and the variables that it is given."""

import re

from isomorph.model.application import Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Placeholder, SecretValue, Text
from isomorph.model.workload import Compute
from isomorph.platforms.marathon.reading import Reading
from isomorph.platforms.marathon.values import (
    MEBIBYTE,
    is_null,
    items_at,
    mapping_at,
    number_at,
    string_at,
    string_of,
    strings_at,
    wrong_type,
)
from isomorph.syntax.tree import Mapping, Scalar

GPU = "nvidia.com/gpu"
DISK = "ephemeral-storage"
SHELL = ("/bin/sh", "-c")
"""What runs `cmd`, and a health check's command (https://mesosphere.github.io/marathon/docs/application-basics.html)."""

_PUT_THERE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NOT_IN_SOURCE = re.compile(r"[^A-Za-z0-9._-]+")


def secret_reference(key: str) -> SecretValue:
    """Give the secret that a key of `secrets` names: `db/password` is the key `password` of the secret `db`."""
    name, slash, inner = key.rpartition("/")
    return SecretValue(name, inner) if slash and name and inner else SecretValue(key)


def secret_key(part: SecretValue) -> str:
    """Spell a secret as a key of `secrets`."""
    return f"{part.name}/{part.key}" if part.key else part.name


def secret_source(key: str, group: str) -> str:
    """Give where a secret is kept: in the space of the application's group, which all in it may read.

    https://docs.d2iq.com/mesosphere/dcos/latest/security/ent/secrets/
    """
    flat = _NOT_IN_SOURCE.sub("-", key).strip("-")
    return flat if group == "/" else f"{group.strip('/')}/{flat}"


def read_secrets(reading: Reading, node: Mapping, path: Path) -> None:
    """Note the secrets that an application declares, and where each is kept, if not where we would keep it."""
    declared = mapping_at(node, "secrets")
    for key, entry in declared.items():
        if not isinstance(entry, Mapping):
            raise wrong_type(entry, f"secrets.{key}", "an object with `source`")
        part = secret_reference(key)
        known = reading.secrets.get(part.name, Secret(external=True))
        reading.secrets[part.name] = Secret({**known.values, part.key: None}, external=True)
        reading.origins.setdefault(("secrets", part.name), declared.keys[key].origin)
        source = string_at(entry, "source")
        if source is not None and source != secret_source(key, reading.root):
            reading.keep(path, ("secrets", key), entry, entry.origin)


def read_variables(reading: Reading, node: Mapping, key: str, secrets: Mapping, path: Path) -> dict[str, Text]:
    """Read variables: strings, or references to declared secrets."""
    found: dict[str, Text] = {}
    environment = mapping_at(node, key)
    for name, value in environment.items():
        place = (*path, "variables", name)
        reading.origins[place] = value.origin
        if isinstance(value, Mapping):
            wanted = string_at(value, "secret")
            if wanted is None:
                raise InvalidInput(
                    f"`{key}.{name}` is an object without `secret`", value.origin, 'write a string, or {"secret": NAME}'
                )
            if wanted not in secrets:
                reading.say("missing-reference", f"{name} takes the secret {wanted}, which is not declared under"
                            " `secrets`", value.origin, place)  # fmt: skip
            found[name] = (secret_reference(wanted),)
        elif isinstance(value, Scalar) and isinstance(value.value, str):
            found[name] = _read_string(reading, value.value, value.origin, place)
        elif isinstance(value, Scalar) and value.value is not None:  # Marathon takes numbers and truth values, too.
            found[name] = value.text
        elif is_null(value):
            found[name] = ""
        else:
            raise wrong_type(value, f"{key}.{name}", "a string")
    return found


def _read_string(reading: Reading, text: str, origin: Origin, path: Path) -> Text:
    """Read a variable's value; one that is nothing but `${NAME}` is put there by who deploys, since Marathon expands nothing."""
    match = _PUT_THERE.fullmatch(text)
    if match is None:
        return text
    reading.say("unset-variable", f"{match[1]} is put there when the definition is deployed", origin, path)
    return (Placeholder(text, match[1]),)


def read_vector(reading: Reading, node: Mapping, key: str, path: Path) -> tuple[str, ...] | None:
    """Read an argument vector, each word with its place."""
    if is_null(node.get(key)):
        return None
    words = strings_at(node, key)
    reading.origins[path] = node[key].origin
    for index, word in enumerate(items_at(node, key)):
        reading.origins[(*path, str(index))] = word.origin
    return tuple(words)


def read_shell(reading: Reading, node: Mapping, key: str, path: Path) -> tuple[str, ...] | None:
    """Read a command line that a shell runs."""
    if is_null(node.get(key)):
        return None
    line = string_of(node[key], key)
    origin = node[key].origin
    reading.origins[path] = origin
    for index in range(3):
        reading.origins[(*path, str(index))] = origin
    return (*SHELL, line)


def read_compute(reading: Reading, resources: Mapping, limits: Mapping, path: Path) -> Compute:
    """Read what is granted, which is what a container is held to as well, unless `resourceLimits` says more."""
    requests: dict[str, int] = {}
    held: dict[str, int] = {}
    for key, name, unit in (("cpus", "cpu", 1000), ("mem", "memory", MEBIBYTE)):
        amount = number_at(resources, key)
        if amount is not None:
            requests[name] = round(amount * unit)
            _note(reading, path, ("requests", name), resources[key].origin)
        if not is_null(limits.get(key)):
            node = limits[key]
            if not (isinstance(node, Scalar) and node.value == "unlimited"):
                held[name] = round((number_at(limits, key) or 0) * unit)
                _note(reading, path, ("limits", name), node.origin)
        elif amount is not None:
            held[name] = requests[name]
            _note(reading, path, ("limits", name), resources[key].origin)
    for key, name, unit in (("gpus", GPU, 1), ("disk", DISK, MEBIBYTE)):
        amount = number_at(resources, key)
        if amount:
            requests[name] = round(amount * unit)
            _note(reading, path, ("requests", name), resources[key].origin)
            if name == GPU:
                held[name] = requests[name]
                _note(reading, path, ("limits", name), resources[key].origin)
    return Compute(dict(requests) or None, dict(held) or None)


def _note(reading: Reading, path: Path, inner: Path, origin: Origin) -> None:
    reading.origins[(*path, "compute", *inner)] = origin
