"""Texts as Marathon spells them: addresses as virtual addresses, secrets as references to declared ones."""

from typing import Any

from isomorph.model.image import Image
from isomorph.model.origin import Path
from isomorph.model.secrecy import find_secret_value
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Output,
    Part,
    Placeholder,
    SecretValue,
    Text,
    parts_of,
    print_part,
)
from isomorph.model.workload import Binary
from isomorph.platforms.marathon.ids import L4LB
from isomorph.platforms.marathon.read_process import secret_key, secret_source
from isomorph.platforms.marathon.writing import Construct, Writing


def print_address(writing: Writing, address: Address) -> str:
    """Spell the address of a peer: as it was written in Marathon's own definitions, else the virtual address."""
    workload = writing.application.workloads.get(address.workload)
    names = writing.vips.get(address.workload, ())
    if workload is None or not names or (writing.own and address.name in workload.names):
        return print_part(address)
    name = f"{names[0]}.{L4LB}"
    return name if address.port is None else f"{name}:{address.port}"


def print_text(writing: Writing, text: Text, path: Path) -> str:
    """Spell a text that can hold no reference to a secret; what it cannot say is told."""
    return "".join(_print_part(writing, part, path) for part in parts_of(text))


def _print_part(writing: Writing, part: Part, path: Path) -> str:
    where = path[1]
    match part:
        case str():
            return part
        case Address():
            return print_address(writing, part)
        case ConfigurationValue():
            value = configuration_value(writing, part)
            if value is None:
                writing.report(
                    "lost", f"{where}: {part.name} {part.key} is kept in a configuration that is not here", path
                )
                return print_part(part)
            return print_text(writing, value, path)
        case SecretValue():
            message = f"{where}: only a whole variable takes a secret ({part.name} {part.key}); put its value there"
            writing.report("lost", message, path)
        case InstanceField():
            writing.lose("variable.field", path, f"{path[-1]} ({part.field})")
        case Placeholder():
            if part.variable:
                writing.variables[part.variable] = None
            if not writing.own:
                writing.report("lost", f"{where}: JSON takes no variables; put a value for {part.expression}", path)
        case Output():
            writing.report("lost", f"{where}: nothing gives {print_part(part)}", path)
    return print_part(part)


def configuration_value(writing: Writing, part: ConfigurationValue) -> Text | None:
    """Give what a configuration holds under a key."""
    configuration = writing.application.configurations.get(part.name)
    value = configuration.values.get(part.key) if configuration else None
    return None if isinstance(value, Binary) else value


def print_image(writing: Writing, image: Image, path: Path) -> str:
    """Spell an image reference."""
    text = print_text(writing, image.repository, path)
    if image.registry is not None:
        text = f"{print_text(writing, image.registry, path)}/{text}"
    if image.tag is not None:
        text = f"{text}:{print_text(writing, image.tag, path)}"
    return f"{text}@{image.digest}" if image.digest else text


def write_variables(
    writing: Writing, variables: dict[str, Text], key: str, secrets: Construct, path: Path
) -> dict[str, Any]:
    """Write variables; one with a secret in it is a reference to what `secrets` declares."""
    written: dict[str, Any] = {}
    for name, text in variables.items():
        place = (*path, "variables", name)
        if isinstance(text, str):
            written[name] = text
        elif any(isinstance(part, SecretValue) for part in text):
            written[name] = {"secret": _declare(writing, text, name, key, secrets, place)}
        else:
            written[name] = print_text(writing, text, place)
    return written


def _declare(writing: Writing, text: Text, name: str, key: str, secrets: Construct, path: Path) -> str:
    """Declare the secret of a variable: the one that it is, else one of its own that holds the whole text."""
    parts = parts_of(text)
    first = parts[0]
    if len(parts) == 1 and isinstance(first, SecretValue):
        return declare_secret(writing, first, key, secrets)
    whole = f"{key.strip('/').replace('/', '-')}/{name}"
    source = secret_source(whole, writing.root)
    secrets[whole] = {"source": source}
    values = [_known(writing, part, path) for part in parts]
    writing.values[source] = None if None in values else "".join(value or "" for value in values)
    pattern = "".join(print_part(part) for part in parts)
    message = f"{path[1]}: a variable is a secret as a whole, so {source} is to hold {pattern}"
    writing.report("approximated", message, path)
    return whole


def _known(writing: Writing, part: Part, path: Path) -> str | None:
    if isinstance(part, SecretValue):
        value = find_secret_value(writing.application, part)
        return value if isinstance(value, str) else None
    return _print_part(writing, part, path)


def declare_secret(writing: Writing, part: SecretValue, workload: str, secrets: Construct) -> str:
    """Declare a secret under its name; where it is kept is as it was said, else in the space of the application's group."""
    name = secret_key(part)
    if name in secrets:
        return name
    kept = writing.take_extra(("workloads", workload), "secrets", name) if writing.own else None
    if isinstance(kept, dict):
        secrets[name] = kept
        return name
    source = secret_source(name, writing.root)
    value = find_secret_value(writing.application, part)
    secrets[name] = {"source": source}
    writing.values.setdefault(source, value if isinstance(value, str) else None)
    return name
