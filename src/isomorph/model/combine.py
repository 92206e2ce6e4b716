"""Several definitions that form one environment, as one."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from isomorph.model.application import Application, Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origins
from isomorph.model.outputs import keep_apart, link_known_outputs

T = TypeVar("T")


def combine(definitions: list[Definition]) -> Definition:
    """Join the definitions of one environment.

    Shared things (volumes, secrets, configurations) of one name are one; what one definition provisions, texts of another
    know by the names of its outputs. Raises InvalidInput where two definitions hold a
    workload of the same name: naming both places, since which one counts cannot be known.
    """
    first = definitions[0]
    if len(definitions) == 1:
        return first
    definitions = keep_apart(definitions)
    origins = Origins({path: origin for each in reversed(definitions) for path, origin in each.origins.table.items()})
    owners: dict[str, Definition] = {}
    for definition in definitions:
        for key in definition.application.workloads:
            if key in owners:
                raise InvalidInput(
                    f"workload {key} is defined twice in one environment,"
                    f" first at {owners[key].origins.find(('workloads', key))}",
                    definition.origins.find(("workloads", key)),
                    "give the definitions different names, or leave one out",
                )
            owners[key] = definition
    applications = [definition.application for definition in definitions]
    application = Application(
        name=next((each.name for each in applications if each.name), None),
        namespace=next((each.namespace for each in applications if each.namespace), None),
        workloads=_join([each.workloads for each in applications]),
        volumes=_join([each.volumes for each in applications]),
        secrets=_join([each.secrets for each in applications]),
        configurations=_join([each.configurations for each in applications]),
        dependencies=_join([each.dependencies for each in applications]),
    )
    return msgspec.structs.replace(
        first,
        application=link_known_outputs(application),
        origins=origins,
        sources=tuple(dict.fromkeys(source for each in definitions for source in each.sources)),
        extras=tuple(extra for each in definitions for extra in each.extras),
        diagnostics=tuple(diagnostic for each in definitions for diagnostic in each.diagnostics),
    )


def _join(maps: list[Mapping[str, T]]) -> dict[str, T]:
    """Join maps; the first to name a key wins."""
    joined: dict[str, T] = {}
    for each in maps:
        for key, value in each.items():
            joined.setdefault(key, value)
    return joined
