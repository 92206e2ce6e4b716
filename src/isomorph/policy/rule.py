"""A rule of a policy, read and checked: what it is about, what it asks, what it says, and where it holds."""

from typing import Any

import msgspec

from isomorph.drift.finding import Severity
from isomorph.drift.selection import fits
from isomorph.model.origin import Origin

PREFIX = "policy."
"""What the names of findings' rules begin with that policies bring."""


class Asked(msgspec.Struct, frozen=True):
    """An expression in CEL: its text, and the place of its first character.

    `column` is the column at which its further lines begin; 0 where lines of the text are not lines of the file.
    """

    text: str
    origin: Origin
    column: int = 0

    def place(self, line: int, column: int) -> Origin:
        """Give the place in the file of a place in the text, both from 1."""
        if line == 1:
            return Origin(self.origin.file, self.origin.line, self.origin.column + column - 1)
        if not self.column:
            return self.origin
        return Origin(self.origin.file, self.origin.line + line - 1, self.column + column - 1)


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. It holds for a `subject` (a type of words) where `when` is true, and is broken where `require` is not.

    `at` is the place, in words below the subject, that a finding points to. `environments` and `platforms` are patterns,
    none of which mean everywhere. `parameters` are what the expressions know under that name. `local_severity` counts
    on a developer's machine.
    """

    name: str
    description: str
    subject: str
    require: Asked
    origin: Origin
    when: Asked | None = None
    at: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
    local_severity: Severity = Severity.WARNING
    message: str = ""
    mend: str = ""
    reference: str = ""
    environments: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    parameters: dict[str, Any] = {}

    @property
    def id(self) -> str:
        """The name that its findings carry."""
        return PREFIX + self.name

    def holds_in(self, environment: str, platform: str) -> bool:
        """Tell whether it is about an environment of that name and platform."""
        return _matches(self.environments, environment) and _matches(self.platforms, platform)


def _matches(patterns: tuple[str, ...], name: str) -> bool:
    return not patterns or any(fits(pattern, name) for pattern in patterns)
