"""A definition as it may be shown: secrets masked in its model, its extras and its diagnostics."""

from typing import Any

from msgspec.structs import replace

from isomorph.drift.facts_process import mask_vector
from isomorph.model.application import Application, Configuration, Definition
from isomorph.model.secrecy import MASK, is_secret_name, mask_application, mask_passwords, mask_value
from isomorph.model.text import Text, print_text
from isomorph.model.workload import Binary, Container, Exec, Probe


def mask_definition(definition: Definition) -> Definition:
    """Mask what is secret by where it comes from, by what it is called, or by where it stands in a URL."""
    application = mask_application(definition.application)
    workloads = {
        key: replace(workload, containers={name: _container(each) for name, each in workload.containers.items()})
        for key, workload in application.workloads.items()
    }
    configurations = {name: _configuration(each) for name, each in application.configurations.items()}
    masked: Application = replace(application, workloads=workloads, configurations=configurations)
    extras = tuple(replace(extra, value=mask_data(extra.value, _last(extra.location))) for extra in definition.extras)
    return replace(definition, application=masked, extras=extras)


def _last(location: tuple[str | int, ...]) -> str:
    """Give the name that a value stands under; an item of a list stands under the list's."""
    return next((key for key in reversed(location) if isinstance(key, str)), "")


def mask_data(value: Any, name: str = "") -> Any:
    """Mask plain data: what stands under a secret name, and the passwords of URLs."""
    if isinstance(value, dict):
        return {key: mask_data(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [mask_data(item, name) for item in value]
    if isinstance(value, str):
        key, equals, _ = value.partition("=")
        if equals and is_secret_name(key):
            return f"{key}={MASK}"
        return print_text(mask_value(name, value))
    return MASK if value is not None and not isinstance(value, bool) and is_secret_name(name) else value


def _container(container: Container) -> Container:
    changes: dict[str, Any] = {
        field: _vector(vector) for field in ("command", "args") if (vector := getattr(container, field)) is not None
    }
    for field in ("liveness", "readiness", "startup"):
        probe: Probe | None = getattr(container, field)
        if probe is not None and isinstance(probe.check, Exec):
            changes[field] = replace(probe, check=Exec(_vector(probe.check.command)))
    return replace(container, **changes) if changes else container


def _vector(vector: tuple[Text, ...]) -> tuple[Text, ...]:
    """Mask `--password=x` and `--password x`; an argument that is not masked keeps its references."""
    words = [print_text(text) for text in vector]
    masked = mask_vector(words)
    return tuple(text if word == hidden else hidden for text, word, hidden in zip(vector, words, masked, strict=True))


def _configuration(configuration: Configuration) -> Configuration:
    values: dict[str, Text | Binary | None] = {
        key: value if value is None or isinstance(value, Binary) else mask_passwords(mask_value(key, value))
        for key, value in configuration.values.items()
    }
    return replace(configuration, values=values)
