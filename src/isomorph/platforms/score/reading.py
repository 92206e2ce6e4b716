"""One Score file while it is read: what it says, what its placeholders may name, and where results go."""

from typing import Any

from isomorph.model.application import Dependency, Extra, Volume
from isomorph.model.errors import Diagnostic
from isomorph.model.origin import Origin, Origins, Path
from isomorph.model.text import Text
from isomorph.platforms.context import Context
from isomorph.platforms.score.placeholders import make_resolver, parse_placeholders
from isomorph.syntax.tree import Mapping


class WorkloadReading:
    """One Score file while it is read: what it says, what its placeholders may name, and where results go."""

    def __init__(
        self,
        name: str,
        file: str,
        root: Mapping,
        data: dict[str, Any],
        context: Context,
        origins: Origins,
        diagnostics: list[Diagnostic],
        extras: list[Extra],
    ) -> None:
        self.name = name
        self.file = file
        self.root = root
        self.data = data
        self.context = context
        self.record = origins.__setitem__
        self.diagnostics = diagnostics
        self.extras = extras
        self.path: Path = ("workloads", name)
        self.volumes: dict[str, Volume] = {}
        self.dependencies: dict[str, Dependency] = {}
        self.dependency_origins: dict[str, Origin] = {}
        self.uids: dict[str, str] = {}  # of the workload's resources, by name
        self._place: Origin = root.origin
        self._resolve = make_resolver(data["metadata"], self.uids, lambda: self._place)

    def expand(self, text: str, origin: Origin) -> Text:
        """Read a text with placeholders; raises InvalidInput at its origin for one that names nothing."""
        self._place = origin
        return parse_placeholders(text, self._resolve)

    def report(self, code: str, message: str, origin: Origin, path: Path = ()) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, origin, path))
