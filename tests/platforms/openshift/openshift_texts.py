"""OpenShift manifests in tests, and the shortest way from them to the model and back."""

from typing import Any

from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.openshift.reader import read
from isomorph.platforms.openshift.writer import to_documents
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context, source

SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
    "spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}\n"
)


def read_text(*texts: str, files: dict[str, str] | None = None, **options: Any) -> Definition:
    """Read manifests from one file."""
    text = "---\n".join(texts)
    return read(source("a.yaml", **options), memory_context({"a.yaml": text, **(files or {})}))


def pods(name: str = "web", container: str = "", kind: str = "Deployment", spec: str = "", metadata: str = "") -> str:
    """Give a Deployment or DeploymentConfig of one container that listens on 8080; texts are YAML in flow style."""
    group, selector = ("apps/v1", f"{{matchLabels: {{app: {name}}}}}")
    if kind == "DeploymentConfig":
        group, selector = ("apps.openshift.io/v1", f"{{app: {name}}}")
    own = ", ".join(part for part in (f"name: {name}", container, "ports: [{containerPort: 8080}]") if part)
    head = ", ".join(part for part in (f"selector: {selector}", spec) if part)
    said = ", ".join(part for part in (f"name: {name}", metadata) if part)
    return (
        f"apiVersion: {group}\nkind: {kind}\nmetadata: {{{said}}}\n"
        f"spec: {{{head}, template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{{own}}}]}}}}}}\n"
    )


def route(spec: str, name: str = "web", version: str = "route.openshift.io/v1") -> str:
    """Give a Route; `spec` is YAML in flow style."""
    return f"apiVersion: {version}\nkind: Route\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


def template(parameters: str, *objects: str, more: str = "") -> str:
    """Give a Template; its parameters and what else it says are YAML in flow style."""
    items = "".join(
        "".join(f"{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(text.splitlines()))
        for text in objects
    )
    head = "apiVersion: template.openshift.io/v1\nkind: Template\nmetadata: {name: shop}\n"
    return f"{head}{more}parameters: [{parameters}]\nobjects:\n{items}"


def documents(definition: Definition, **options: Any) -> list[dict[str, Any]]:
    """Write a definition; gives its documents."""
    return to_documents(normalise(definition, resolve_configurations=False), WriteOptions(**options))[0]


def find(written: list[dict[str, Any]], kind: str, name: str = "web") -> dict[str, Any]:
    """Give the one document of a kind and name."""
    (found,) = [each for each in written if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def told(definition: Definition) -> list[tuple[str, str]]:
    """Give what a reader said, as (code, message)."""
    return [(each.code, each.message) for each in definition.diagnostics]


def extras(definition: Definition) -> dict[tuple[object, ...], object]:
    """Give OpenShift's extras by the place of their construct and the keys below it."""
    return {(*each.path, *each.location): each.value for each in definition.extras if each.platform == "openshift"}
