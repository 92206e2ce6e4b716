"""What is known while one Compose file is written: the definition, the names given so far, and what was lost."""

from typing import Any

import msgspec

from isomorph.model.application import Definition, Extra
from isomorph.model.errors import Diagnostic
from isomorph.model.fields import FIELDS
from isomorph.model.origin import Path
from isomorph.model.text import Text
from isomorph.platforms.compose.layout import Layout
from isomorph.platforms.compose.naming import Names
from isomorph.platforms.compose.support import REASONS
from isomorph.platforms.compose.write_fragments import SECTIONS, is_fragment
from isomorph.platforms.compose.write_text import TextWriter, is_variable
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.platforms.silence import find_silence
from isomorph.platforms.table import find_family


class Target(msgspec.Struct, frozen=True):
    """Which platform of the family is written, and what differs there before the form is Compose's no more.

    `reasons` are those of its support table, `restart` is what follows an exit where nothing is said. `apart`: containers of
    one workload share no network and wait for nothing. `deployed`: constraints of placement hold. `fields` are the words in
    variables for what only a running instance knows, by the model's names for it.
    """

    platform: str
    reasons: dict[str, str]
    restart: str
    apart: bool = False
    deployed: bool = False
    fields: dict[str, str] = {}


COMPOSE = Target("compose", REASONS, "never")


class Writing:
    """One Compose file while it is written."""

    def __init__(self, definition: Definition, options: WriteOptions, target: Target = COMPOSE) -> None:
        self.definition = definition
        self.target = target
        self.application = definition.application
        self.options = options
        # Silence stays silence where it means the same: in what was Compose already, and where nothing runs it yet.
        self.from_compose = find_family(definition.platform) == "compose"
        self.texts = TextWriter(definition.application, _unset_variables(definition), options.secrets, target.fields)
        self.silence = find_silence(definition.platform, target.platform)
        self.diagnostics: list[Diagnostic] = []
        self.extras: dict[Path, list[Extra]] = {}  # of Compose, by the construct they belong to
        self.fragments: dict[str, dict[str, Extra]] = {section: {} for section in SECTIONS}  # by section and name
        for extra in definition.extras:
            if extra.platform in ("compose", target.platform):
                if is_fragment(extra):
                    self.fragments[str(extra.location[0])][str(extra.location[1])] = extra
                else:
                    self.extras.setdefault(extra.path, []).append(extra)
        self.services: dict[str, dict[str, Any]] = {}
        self.layouts: dict[str, Layout] = {}
        self.aliases: dict[str, list[str]] = {}
        self.waited_for: dict[str, str] = {}  # the service whose health or end is a workload's
        self.container_services: dict[tuple[str, str], str] = {}  # (workload, container) -> service
        self.volumes: dict[str, dict[str, Any]] = {}
        self.volume_names: dict[str, str] = {}
        self.names_of_volumes = Names()
        self.names_of_services = Names()
        self.defined_volumes: frozenset[str] = frozenset()  # those that have a name of their own, whatever their kind
        self.configs: dict[str, dict[str, Any]] = {}
        self.config_texts: dict[str, Text] = {}  # what the configs say whose text is known
        self.secrets: dict[str, dict[str, Any]] = {}
        self.secret_names: dict[tuple[str, str], str] = {}
        self.networks: dict[str, dict[str, Any]] = {}
        self.beside: dict[str, OutputFile] = {}

    def find_service(self, key: str) -> str | None:
        """Find the service of what an order waits for: a workload, `WORKLOAD/CONTAINER`, or a fragment's own service."""
        if key in self.waited_for:
            return self.waited_for[key]
        workload, _, container = key.rpartition("/")
        layout = self.layouts.get(workload)
        if layout is None:
            return key if key in self.fragments["services"] else None
        return layout.services.get(container)

    def report(self, code: str, message: str, path: Path) -> None:
        """Add a diagnostic about a place in the model, unless nothing is to be told of what is there."""
        if self.options.quiet and len(path) > 1 and path[1] in self.options.quiet:
            return
        self.diagnostics.append(Diagnostic(code, message, self.definition.origins.find(path), path))

    def lose(self, field: str, path: Path, what: str = "", code: str = "lost") -> None:
        """Report that a field of the model is not, or only approximately, in the output, with the support table's reason."""
        inner = path[2] == "containers" and path[3] != path[1] if len(path) > 3 else False
        where = f"{path[1]} {path[3]}" if inner else path[1]
        message = f"{where}: {what or FIELDS[field].meaning}"
        reason = self.target.reasons[field]
        self.report(code, f"{message}: {reason}" if reason else message, path)


def _unset_variables(definition: Definition) -> frozenset[str]:
    """Give the variables that a Compose definition leaves to the shell or to an env file's marked block."""
    if find_family(definition.platform) != "compose":
        return frozenset()
    words = [word for each in definition.diagnostics if each.code == "unset-variable" for word in each.message.split()]
    settled = [name for name, secret in definition.application.secrets.items() if is_variable(name, secret)]
    return frozenset((*words, *settled))
