"""Fragments: whole entries of a section that are Compose data already, written as they stand.

Provisioners give them, and the reader keeps what belongs to no workload in their form: an extra at the root whose location
is a section and a name.
"""

from typing import TYPE_CHECKING, Any

from isomorph.model.application import Extra
from isomorph.model.errors import Diagnostic, InvalidInput
from isomorph.model.origin import Path
from isomorph.platforms.compose.schema import drop_unknown

if TYPE_CHECKING:
    from isomorph.platforms.compose.writing import Writing

ROUTES: Path = ("routes",)
"""The place of what a project runs for the sake of its routes: no loss where another platform routes by itself."""

SECTIONS = ("services", "networks", "volumes", "models")


def is_fragment(extra: Extra) -> bool:
    """Tell whether an extra is a whole entry of a section."""
    return extra.path in ((), ROUTES) and len(extra.location) == 2 and extra.location[0] in SECTIONS


def check_service_names(writing: "Writing", names: dict[str, str]) -> None:
    """Refuse a fragment's service that has the name of a workload's; `names` gives services by workload."""
    fragments = writing.fragments["services"]
    if not fragments:
        return
    for key, name in names.items():
        extra = fragments.get(name)
        if extra is not None:
            origins = writing.definition.origins
            raise InvalidInput(
                f"service {name}, which a provisioner gives, has the name of workload {key}",
                extra.origin or origins.find(("workloads", key)),
                "give one of them another name",
            )


def add_fragments(writing: "Writing", root: dict[str, Any]) -> None:
    """Add the fragments to their sections, behind what the definition's own workloads brought there."""
    for section, fragments in writing.fragments.items():
        if not fragments:
            continue
        entries: dict[str, Any] = root.setdefault(section, {})
        for name, extra in fragments.items():
            present, value = entries.get(name), _without_unknown(writing, section, name, extra)
            # A volume or network that a workload names, too, is one and the same: the fragment says what it is.
            entries[name] = {**present, **value} if isinstance(present, dict) and isinstance(value, dict) else value


def _without_unknown(writing: "Writing", section: str, name: str, extra: Extra) -> Any:
    """Give a fragment without what Compose would refuse; the reference tool drops it, too (`readOnly` in its own files)."""
    value, dropped = drop_unknown(section, name, extra.value)
    for path in dropped:
        message = f"Compose does not know {path}, which a provisioner gave; it was left out"
        writing.diagnostics.append(Diagnostic("unknown-field", message, extra.origin))
    return value
