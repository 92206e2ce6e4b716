"""What charts of the world do with templates, traced: helpers that merge, render and choose among values."""

import pytest

from isomorph.syntax.gotemplate.data import to_template_data
from isomorph.syntax.gotemplate.render import Renderer, TemplateFile
from isomorph.syntax.gotemplate.trace import trace
from isomorph.syntax.tree import Node, Pieced
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one, parse_yaml
from tests.conformance.test_helm_templates import CHARTS
from tests.syntax.gotemplate.test_tracing import find, show

FOLDER = CHARTS / "idioms"


def read(name: str) -> list[Node]:
    """Render one of the chart's templates and read its documents, traced."""
    values = parse_one((FOLDER / "values.yaml").read_text("utf-8"), "values.yaml", Dialect.KUBERNETES).root
    templates = [
        TemplateFile(f"idioms/templates/{path.name}", path.read_text("utf-8"), path.name)
        for path in sorted((FOLDER / "templates").iterdir())
    ]
    data = {
        "Values": to_template_data(values),
        "Release": {"Name": "r", "Service": "Helm"},
        "Chart": {"Name": "idioms"},
        "Template": {"Name": f"idioms/templates/{name}", "BasePath": "idioms/templates"},
    }
    rendered = Renderer(templates).render(f"idioms/templates/{name}", data)
    documents = parse_yaml(rendered.text, name, Dialect.KUBERNETES)
    return [trace(document.root, rendered) for document in documents if document.root is not None]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("spec replicas", "deployment.yaml:8 < values.yaml:6"),
        ("metadata labels team", "_helpers.tpl:37 < values.yaml:3"),
        ("spec template metadata labels version", "_helpers.tpl:37 < values.yaml:14"),
        ("spec template spec imagePullSecrets 1 name", "_helpers.tpl:65 < values.yaml:5"),
        ("spec template spec tolerations 0 operator", "deployment.yaml:26 < values.yaml:28"),
        ("spec template spec containers 0 ports 0 containerPort", "deployment.yaml:33 < values.yaml:25"),
        ("spec template spec containers 0 env 0 value", "deployment.yaml:37 < values.yaml:23, values.yaml:21"),
        ("spec template spec containers 0 env 2 value", "_helpers.tpl:26 < values.yaml:23, values.yaml:21"),
        ("spec template spec containers 0 env 3 value", "_helpers.tpl:26 < values.yaml:22"),
        ("spec template spec containers 0 livenessProbe periodSeconds", "deployment.yaml:41 < values.yaml:29"),
        ("spec template spec containers 0 livenessProbe httpGet port", "deployment.yaml:42"),
        ("spec template spec containers 0 resources limits cpu", "_helpers.tpl:72 < values.yaml:18"),
    ],
)
def test_a_deployment_of_helpers_is_at_the_lines_to_mend(path: str, place: str) -> None:
    (deployment,) = read("deployment.yaml")
    steps = [int(step) if step.isdecimal() else step for step in path.split()]
    assert show(find(deployment, *steps).origin) == place


def test_the_tag_of_an_image_that_a_helper_puts_together_is_at_its_value() -> None:
    (deployment,) = read("deployment.yaml")
    image = find(deployment, "spec", "template", "spec", "containers", 0, "image")
    assert isinstance(image, Pieced)
    assert image.value == "registry.example/shop/web:1.2.3"
    places = [image.origin_at(image.text.index(part)) for part in ("registry", "shop", "1.2.3")]
    assert [(place.via[0].line, place.via[0].column) for place in places] == [(2, 13), (5, 42), (5, 57)]
    assert {show(place).partition(" ")[0] for place in places} == {"_helpers.tpl:48"}


def test_documents_of_one_template_have_their_own_lines() -> None:
    service, ingress = read("service.yaml")
    assert show(find(service, "metadata", "annotations", "a").origin) == "_helpers.tpl:26 < values.yaml:7"
    assert show(find(ingress, "spec", "rules", 0, "host").origin) == "service.yaml:30 < values.yaml:7, values.yaml:11"
    assert show(find(ingress, "kind").origin) == "service.yaml:21"


def test_the_lines_of_a_configuration_are_at_their_values() -> None:
    (config,) = read("config.yaml")
    text = find(config, "data", "config.yaml")
    assert isinstance(text, Pieced)
    lines = {part: text.origin_at(text.text.index(part)).via[0].line for part in ("value: 1.5", "debug", "8080")}
    assert lines == {"value: 1.5": 26, "debug": 25, "8080": 25}
