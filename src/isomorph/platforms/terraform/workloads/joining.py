"""Definitions that readers of other platforms give, joined to what a reading gathers."""

from msgspec.structs import replace

from isomorph.model.application import Definition, Secret
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Part, SecretValue, Text, map_parts, references_in
from isomorph.model.workload import Binary, Workload
from isomorph.platforms.terraform.reading import Reading


def join(definition: Definition, workloads: dict[str, Workload], reading: Reading) -> None:
    """Add a definition's workloads and all that stands beside them; raises InvalidInput for a workload that is there already."""
    application = definition.application
    for key, workload in application.workloads.items():
        add(workload, definition.origins.find(("workloads", key)), workloads, reading, key)
    reading.volumes.update(application.volumes)
    for key, secret in application.secrets.items():
        reading.secrets[key] = _with_values(secret, reading)
    for key, configuration in application.configurations.items():
        reading.configurations[key] = configuration
        for value in configuration.values.values():
            _note_secrets(value, reading)
    for path, origin in definition.origins.table.items():
        reading.origins.setdefault(path, origin)
    reading.sources += definition.sources
    reading.extras += definition.extras
    reading.diagnostics += definition.diagnostics


def add(
    workload: Workload, origin: Origin | None, workloads: dict[str, Workload], reading: Reading, key: str = ""
) -> None:
    """Add a workload; raises InvalidInput where one of its name is there already."""
    key = key or workload.name
    if key in workloads:
        first = reading.origins.get(("workloads", key))
        raise InvalidInput(
            f"workload {key} is defined twice" + (f", first at {first}" if first not in (None, origin) else ""),
            origin,
            "give them different names, or make what tells their instances apart a part of the name",
        )
    workloads[key] = workload


def _with_values(secret: Secret, reading: Reading) -> Secret:
    """Give a secret that holds sensitive values themselves, where they are known: a secret is where they belong."""
    known = reading.module.secrets

    def change(part: Part) -> Text:
        if isinstance(part, SecretValue) and part.key in known.get(part.name, {}):
            return known[part.name][part.key]
        return part if isinstance(part, str) else (part,)

    values = {
        key: value if value is None or isinstance(value, Binary | str) else map_parts(value, change)
        for key, value in secret.values.items()
    }
    return replace(secret, values=values)


def _note_secrets(value: Text | Binary | None, reading: Reading) -> None:
    """Keep the sensitive values that a configuration refers to."""
    for part in references_in(value) if isinstance(value, tuple) else ():
        if isinstance(part, SecretValue) and part.name in reading.module.secrets:
            reading.secrets[part.name] = Secret({**reading.module.secrets[part.name]})
