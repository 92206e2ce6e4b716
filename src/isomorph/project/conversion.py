"""From definitions to another platform's: read, combine, normalise as the target can say it, write."""

import msgspec

from isomorph.model.application import Definition
from isomorph.model.combine import combine
from isomorph.model.errors import Diagnostic
from isomorph.model.normalise import normalise
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.platforms.table import BY_NAME, load_support, load_writer

LOSSES = frozenset({"lost", "approximated", "extra-dropped"})
"""Codes of diagnostics that say that the output says less than the input."""


class Conversion(msgspec.Struct, frozen=True):
    """Files in the target platform's form, what was remarked on the way, and variables that the output leaves open."""

    files: tuple[OutputFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    variables: tuple[str, ...] = ()

    @property
    def is_lossy(self) -> bool:
        """Tell whether the output says less than the input."""
        return any(diagnostic.code in LOSSES for diagnostic in self.diagnostics)


def convert(definitions: list[Definition], target: str, options: WriteOptions) -> Conversion:
    """Write definitions, as one application, for a platform."""
    support = load_support(target).get("variable.configuration")
    keeps_references = support is not None and support.level == "full"
    definition = normalise(combine(definitions), resolve_configurations=not keeps_references)
    written = load_writer(target)(definition, options)
    return Conversion(written.files, (*definition.diagnostics, *written.diagnostics), written.variables)


def writable_platforms() -> list[str]:
    """Give the names of the platforms that can be written."""
    return [name for name, platform in BY_NAME.items() if platform.writes]
