"""What one reading of a Terraform configuration gathers beside the workloads, and values as the model takes them."""

from typing import Any

from isomorph.model.application import Configuration, Dependency, Extra, Secret, Volume
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin, Path
from isomorph.model.text import Text
from isomorph.platforms.context import Context
from isomorph.platforms.terraform.module import Module
from isomorph.syntax.hcl.body import text_of
from isomorph.syntax.tree import Node, Scalar

PLATFORM = "terraform"


class Reading:
    """The evaluated module, and the origins, extras, diagnostics and shared things that are made of it."""

    def __init__(self, context: Context, module: Module) -> None:
        self.context = context
        self.module = module
        self.origins: dict[Path, Origin] = {}
        self.extras: list[Extra] = []
        self.diagnostics: list[Diagnostic] = [*module.diagnostics]
        self.volumes: dict[str, Volume] = {}
        self.secrets: dict[str, Secret] = {}
        self.configurations: dict[str, Configuration] = {}
        self.dependencies: dict[str, Dependency] = {}
        self.namespace: str | None = None
        self.folder = ""  # of the root module
        self.sources: list[str] = []  # files besides the configuration's own
        # What words attributes of dependencies go by: (address, attribute) to the dependency's uid and the word.
        self.words: dict[tuple[str, str], tuple[str, str]] = {}
        self.read: set[str] = set()  # addresses of resources and modules that became part of the model

    def say(self, code: str, message: str, origin: Origin | None = None, path: Path = ()) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, origin, path))

    def keep(self, path: Path, location: tuple[str | int, ...], value: Any, origin: Origin) -> None:
        """Keep plain data that the model has no place for."""
        self.extras.append(Extra(PLATFORM, path, location, value, origin))


def text_at(node: Node | None) -> Text | None:
    """Give a scalar as text, references and placeholders kept; None for null, for what is absent, and for no scalar."""
    if not isinstance(node, Scalar):
        return None
    text = text_of(node)
    return None if text == "null" and node.value is None else text
