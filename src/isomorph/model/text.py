"""Text that may hold references: variables, arguments, file contents, probe commands, route hosts.

A text without references is a plain `str`; one with references is a tuple of parts in order, literal strings among them.
Two texts are equal when they mean the same: an address is the workload it names, not the characters it was spelled with.
"""

from collections.abc import Callable, Iterator

import msgspec


class Address(msgspec.Struct, frozen=True, tag="address", omit_defaults=True):
    """The network address of a workload of this definition: its name as written, and the port where one was written.

    `port` is a number that peers connect to on the platform of the definition.
    """

    workload: str
    name: str
    port: int | None = None


class Output(msgspec.Struct, frozen=True, tag="output", omit_defaults=True):
    """An output of a dependency (Score: `${resources.NAME.OUTPUT}`); an empty output is the dependency itself."""

    dependency: str
    output: str = ""


class SecretValue(msgspec.Struct, frozen=True, tag="secret", omit_defaults=True):
    """A value kept in a secret store: the secret's name and the key in it (empty: the whole secret)."""

    name: str
    key: str = ""
    optional: bool = False


class ConfigurationValue(msgspec.Struct, frozen=True, tag="configuration", omit_defaults=True):
    """A value kept in a named configuration (ConfigMap, Compose config): its name and the key in it (empty: all of it)."""

    name: str
    key: str = ""
    optional: bool = False


class InstanceField(msgspec.Struct, frozen=True, tag="field", omit_defaults=True):
    """A fact about the running instance.

    `field` is one of: name, namespace, uid, ip, ips, host-ip, node, service-account, `label:KEY`, `annotation:KEY`,
    `request:RESOURCE`, `limit:RESOURCE`; the last two may name another container and carry a divisor.
    """

    field: str
    container: str = ""
    divisor: str = ""


class Placeholder(msgspec.Struct, frozen=True, tag="placeholder", omit_defaults=True):
    """An expression that the given input does not settle, as it was written (`${TAG}`); never guessed.

    `variable` is the name that would settle it, where there is one.
    """

    expression: str
    variable: str = ""


Reference = Address | Output | SecretValue | ConfigurationValue | InstanceField | Placeholder
Part = str | Address | Output | SecretValue | ConfigurationValue | InstanceField | Placeholder
Text = str | tuple[Part, ...]


def make_text(parts: "list[Part] | tuple[Part, ...]") -> Text:
    """Join neighbouring literals and drop empty ones; without references the result is a plain string."""
    joined: list[Part] = []
    literals: list[str] = []
    for part in parts:
        if isinstance(part, str):
            literals.append(part)
            continue
        if literals and (literal := "".join(literals)):
            joined.append(literal)
        literals = []
        joined.append(part)
    literal = "".join(literals)
    if not joined:
        return literal
    if literal:
        joined.append(literal)
    return tuple(joined)


def parts_of(text: Text) -> tuple[Part, ...]:
    """Give the parts of a text, in order."""
    return (text,) if isinstance(text, str) else text


def references_in(text: Text) -> Iterator[Reference]:
    """Give the references of a text, in order."""
    if not isinstance(text, str):
        for part in text:
            if not isinstance(part, str):
                yield part


def map_parts(text: Text, change: Callable[[Part], Text]) -> Text:
    """Replace every part by what `change` gives for it."""
    if isinstance(text, str):
        return change(text)
    parts: list[Part] = []
    for part in text:
        parts.extend(parts_of(change(part)))
    return make_text(parts)


def is_unresolved(text: Text) -> bool:
    """Tell whether a text depends on something that the given input does not settle."""
    return not isinstance(text, str) and any(isinstance(part, Placeholder) for part in text)


def print_text(text: Text) -> str:
    """Spell a text for a person: references in `${…}` form, addresses as they were written."""
    if isinstance(text, str):
        return text
    return "".join(print_part(part) for part in text)


def print_part(part: Part) -> str:
    """Spell one part of a text for a person."""
    match part:
        case str():
            return part
        case Address():
            return part.name if part.port is None else f"{part.name}:{part.port}"
        case Output():
            return f"${{resources.{part.dependency}{'.' + part.output if part.output else ''}}}"
        case SecretValue():
            return f"${{secret {part.name}{'/' + part.key if part.key else ''}}}"
        case ConfigurationValue():
            return f"${{configuration {part.name}{'/' + part.key if part.key else ''}}}"
        case InstanceField():
            return f"${{field {part.field}}}"
        case Placeholder():
            return part.expression
