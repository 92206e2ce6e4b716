"""The one object through which readers reach files, the environment and engines.

Tests give one in memory; the command line gives one that reads below the project only.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.syntax.tree import Node


class Files(Protocol):
    """Read access to files. Paths are `/`-separated, relative to the current folder, or absolute.

    Every method raises InvalidInput for a path outside the folders that may be read.
    """

    def read_bytes(self, path: str) -> bytes:
        """Give a file's content. Raises FileNotFoundError, IsADirectoryError or PermissionError as the system does."""

    def is_file(self, path: str) -> bool:
        """Tell whether a readable file is there."""

    def is_folder(self, path: str) -> bool:
        """Tell whether a folder is there."""

    def list_folder(self, path: str) -> list[str]:
        """Give the names in a folder, sorted."""


class EngineResult(msgspec.Struct, frozen=True):
    """What a named engine printed, and its exit code."""

    code: int
    stdout: str
    stderr: str


class Engines(Protocol):
    """The named engines that readers may run on local files (`kubectl kustomize`, `helm template`)."""

    def find(self, name: str) -> str | None:
        """Give the program's path, or None where it is not installed."""

    def run(self, name: str, args: list[str], files: Mapping[str, bytes]) -> EngineResult:
        """Run an engine in a fresh folder that holds just `files`, without network variables; raises EngineFailed on time-out."""


class Source(msgspec.Struct, frozen=True):
    """One definition as it was named: a path (`-` for standard input) and the platform's options, each with all its values."""

    path: str
    options: dict[str, tuple[str, ...]] = {}

    def option(self, key: str, default: str | None = None) -> str | None:
        """Give the last value of an option."""
        values = self.options.get(key)
        return values[-1] if values else default


class Handed(msgspec.Struct, frozen=True):
    """What a reader met that another platform reads: where that is, and what is said of it there, each with its place.

    `trees` are a project of Compose, or values of a chart; `settings` are a chart's values that are set one by one: how
    (`set`, `set-string`), what, and where. `text` is a job of Nomad, which begins at `origin`.
    """

    source: Source
    origin: Origin
    trees: tuple[Node, ...] = ()
    settings: tuple[tuple[str, str, Origin], ...] = ()
    text: str = ""


class Context(msgspec.Struct, frozen=True):
    """What a reader may touch. `environment` is the variables of the calling shell."""

    files: Files
    engines: Engines
    environment: Mapping[str, str] = {}
    standard_input: bytes | None = None

    def read(self, platform: str, handed: Handed) -> Definition:
        """Hand on what another platform reads: platforms know each other by their table only."""
        from isomorph.platforms.table import load_function

        definition: Definition = load_function(platform, "handed_on", "read_handed")(handed, self)
        return definition

    def read_input(self, path: str, origin: Origin | None = None, what: str = "definition") -> bytes:
        """Give the content of a file that must be there (`-`: standard input); else one InvalidInput says what to do."""
        if path == "-":
            return self.standard_input or b""
        try:
            return self.files.read_bytes(path)
        except FileNotFoundError:
            raise InvalidInput(f"{what} {path} does not exist", origin or Origin(path), "check the path") from None
        except IsADirectoryError:
            raise InvalidInput(f"{what} {path} is a folder, not a file", origin or Origin(path)) from None
        except OSError as error:
            raise InvalidInput(f"{what} {path} cannot be read: {error.strerror}", origin or Origin(path)) from None
