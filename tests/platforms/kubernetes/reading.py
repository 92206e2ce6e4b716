"""Manifests in tests, and the shortest way from them to the model."""

from isomorph.model.application import Definition
from isomorph.model.workload import Container, Workload
from isomorph.platforms.kubernetes.reader import read
from tests.memory_context import memory_context, source


def read_text(text: str, **options: str) -> Definition:
    """Read manifests from one file."""
    return read(source("a.yaml", **options), memory_context({"a.yaml": text}))


def only(definition: Definition) -> Workload:
    """Give the one workload of a definition."""
    (workload,) = definition.application.workloads.values()
    return workload


def container_of(definition: Definition) -> Container:
    """Give the one container of the one workload."""
    (container,) = only(definition).containers.values()
    return container


def pod(container: str = "", spec: str = "", kind: str = "Deployment", more: str = "") -> str:
    """Give a controller named `web` of one container; the texts are YAML in flow style, inside braces."""
    own = ", ".join(part for part in ("name: web, image: web:1", container) if part)
    below = ", ".join(part for part in (f"containers: [{{{own}}}]", spec) if part)
    head = ", ".join(part for part in ("selector: {matchLabels: {app: web}}", more) if part)
    return (
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web}}\n"
        f"spec: {{{head}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{{below}}}}}}}\n"
    )


def service(ports: str, name: str = "web", more: str = "") -> str:
    """Give a Service in front of `web`; the texts are YAML in flow style, inside brackets and braces."""
    own = ", ".join(part for part in ("selector: {app: web}", f"ports: [{ports}]", more) if part)
    return f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{{own}}}\n"


def documents(*texts: str) -> str:
    """Join documents."""
    return "---\n".join(texts)


def codes(definition: Definition) -> list[str]:
    """Give the codes of a definition's diagnostics."""
    return [diagnostic.code for diagnostic in definition.diagnostics]


def extras(definition: Definition) -> dict[tuple[object, ...], object]:
    """Give extras by the place of their construct and the keys below it."""
    return {(*extra.path, *extra.location): extra.value for extra in definition.extras}
