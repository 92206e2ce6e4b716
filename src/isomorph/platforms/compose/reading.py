"""What is known while one Compose project is read: the tree, the environment, and what was found so far."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from isomorph.model.application import Configuration, Extra, Secret, Volume
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Placeholder, Text, is_unresolved, parts_of
from isomorph.model.workload import Binary, Kind
from isomorph.platforms.compose.dotenv import Entry
from isomorph.platforms.compose.environment import Environment
from isomorph.platforms.compose.interpolation import Interpolated, spell_part
from isomorph.platforms.compose.scalars import parse_boolean, parse_integer, print_number
from isomorph.platforms.context import Context
from isomorph.syntax.tree import Mapping, Node, Scalar, Sequence

T = TypeVar("T")

EMPTY = Mapping(Origin("-"), {}, {})


class Rules(msgspec.Struct, frozen=True):
    """What the platforms of the family take differently in one and the same text.

    `deployed`: all of `deploy` holds, not only what a single machine heeds. `kinds` are what its `mode` makes of a service,
    `exposures` how a port is reached by the port's own mode, empty where it says none. `raw_env_files`: values of
    `env_file` are taken as they stand.
    """

    platform: str = "compose"
    deployed: bool = False
    kinds: dict[str, Kind] = {}
    exposures: dict[str, str] = {}
    raw_env_files: bool = False


COMPOSE = Rules()


class Reading:
    """One Compose project while it is read."""

    def __init__(
        self, context: Context, root: Mapping, folder: str, environment: Environment, rules: Rules = COMPOSE
    ) -> None:
        self.context = context
        self.rules = rules
        self.root = root
        self.folder = folder
        self.environment = environment
        self.origins: dict[Path, Origin] = {}
        self.extras: list[Extra] = []
        self.diagnostics: list[Diagnostic] = []
        self.faults: list[InvalidInput] = []
        self.unset: dict[str, Origin] = {}
        self.volumes: dict[str, Volume] = {}
        self.secrets: dict[str, Secret] = {}
        self.configurations: dict[str, Configuration] = {}
        self.sections: dict[str, Mapping] = {
            name: node if isinstance(node := root.get(name), Mapping) else EMPTY
            for name in ("services", "volumes", "networks", "configs", "secrets")
        }
        self.routers: set[str] = set()  # services that are no workloads: they only run the project's routes
        self.configs_used: set[str] = set()
        self.contents: dict[str, str | Binary] = {}
        self.bytes_read = 0
        self.files_read: dict[tuple[str, bool], dict[str, Entry]] = {}

    def fault(self, message: str, origin: Origin, hint: str = "") -> None:
        """Note something that makes the definition invalid; all are raised together."""
        self.faults.append(InvalidInput(message, origin, hint))

    def report(self, code: str, message: str, origin: Origin, path: Path = ()) -> None:
        """Note something that was passed over or assumed."""
        self.diagnostics.append(Diagnostic(code, message, origin, path))

    def keep(self, path: Path, location: tuple[str | int, ...], node: Node, origin: Origin | None = None) -> None:
        """Keep what the model has no place for."""
        self.extras.append(Extra("compose", path, location, to_extra(node), origin or node.origin))

    def keep_own(self, path: Path, location: tuple[str | int, ...], value: Any, origin: Origin) -> None:
        """Keep plain data that only the platform that is read understands, not its whole family."""
        self.extras.append(Extra(self.rules.platform, path, location, value, origin))

    def keep_plain(self, path: Path, location: tuple[str | int, ...], value: Any, origin: Origin) -> None:
        """Keep plain data that the model has no place for."""
        self.extras.append(Extra("compose", path, location, value, origin))

    def parse(self, node: Node, parse: Callable[[str], T]) -> T | None:
        """Parse a scalar; notes a fault for what cannot be parsed, gives None for that and for what is unresolved."""
        text = self.plain(node)
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.fault(str(error), node.origin)
            return None

    def amount(self, node: Node, parse: Callable[[str], int]) -> int | Placeholder | None:
        """Parse a number that stays a placeholder where a variable is not set."""
        if type(node) is Interpolated and is_unresolved(node.parts):
            parts = parts_of(node.parts)
            first = next(part for part in parts if isinstance(part, Placeholder))
            return first if len(parts) == 1 else Placeholder(node.text, first.variable)
        return self.parse(node, parse)

    def plain(self, node: Node) -> str | None:
        """Give a scalar's text, or None where it depends on a variable that is not set."""
        if type(node) is Interpolated:
            return node.parts if isinstance(node.parts, str) else None
        return scalar_text(node)

    def integer(self, node: Node) -> int | None:
        """Give a whole number."""
        if isinstance(node, Scalar) and type(node.value) is int:
            return node.value
        if isinstance(node, Scalar) and type(node.value) is float and node.value.is_integer():
            return int(node.value)
        return self.parse(node, parse_integer)

    def boolean(self, node: Node) -> bool | None:
        """Give a boolean."""
        if isinstance(node, Scalar) and type(node.value) is bool:
            return node.value
        return self.parse(node, parse_boolean)

    def check_dependency(self, service: str, name: str, required: bool, origin: Origin) -> None:
        """Note a fault for a dependency on a service that is not there; one that is optional may be inactive."""
        services = self.sections["services"]
        if name in services and not required:
            return
        from difflib import get_close_matches

        if name in services:
            message, hint = f"service {service} depends on {name}, whose profile is not active", "enable its profile"
        else:
            close = get_close_matches(name, services.entries, 1)
            message = f"service {service} depends on {name}, which is not defined"
            hint = f"did you mean {close[0]}?" if close else ""
        self.fault(message, origin, hint)

    def note_secrets(self, entries: dict[str, Entry]) -> None:
        """Know the secrets of an env file's marked block by the names of their variables."""
        for name, entry in entries.items():
            if entry.secret is not None and name not in self.secrets:
                value = self.environment.shell.get(name, entry.secret)
                self.secrets[name] = Secret({"": value}, provisioned=True)
                self.origins["secrets", name] = entry.origin

    def note_unset(self, name: str, origin: Origin) -> None:
        """Remember that nobody sets a variable."""
        self.unset.setdefault(name, origin)


def scalar_text(node: Node) -> str:
    """Give a scalar as the text that docker compose makes of it; a null is empty."""
    if not isinstance(node, Scalar) or node.value is None:
        return ""
    value = node.value
    return value if isinstance(value, str) else print_number(value)


def to_text(node: Node) -> Text:
    """Give a scalar as a text, placeholders kept."""
    if type(node) is Interpolated:
        return node.parts
    return scalar_text(node)


def to_string(node: Node) -> str:
    """Give a scalar as a string; a variable that is not set stands in it as it was written."""
    return node.text if type(node) is Interpolated else scalar_text(node)


def is_unset(node: Node) -> bool:
    """Tell whether a scalar depends on a variable that is not set."""
    return type(node) is Interpolated and not isinstance(node.parts, str)


def items_of(node: Node | None) -> list[Node]:
    """Give a list's items; a single value is a list of one."""
    if isinstance(node, Sequence):
        return node.items
    return [] if node is None or (isinstance(node, Scalar) and node.value is None) else [node]


def to_extra(node: Node) -> Any:
    """Give plain data in Compose's own spelling: a literal dollar doubled, variables that are not set as they were written."""
    kind = type(node)
    if kind is Interpolated:
        parts = parts_of(node.parts)  # type: ignore[attr-defined]
        return "".join(part.replace("$", "$$") if isinstance(part, str) else spell_part(part) for part in parts)
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key: to_extra(value) for key, value in node.entries.items()}
    return [to_extra(item) for item in node.items] if isinstance(node, Sequence) else None
