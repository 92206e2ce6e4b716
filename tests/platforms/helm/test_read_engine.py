"""A real helm where there is one: what it is given, that its values hold, and that places are those of our rendering."""

from collections.abc import Mapping

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import EngineFailed, InvalidInput
from isomorph.model.image import Image
from isomorph.model.origin import Origin
from isomorph.platforms.context import EngineResult
from isomorph.platforms.helm.reader import read
from tests.memory_context import MemoryEngines, memory_context, source
from tests.platforms.helm.charts import CHART, chart, container_of, only, origin_of

REPLICAS = ("workloads", "web", "scale", "replicas")
SPEC = "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [%s]}}"


def printed(container: str = "{name: web, image: 'shop/web:1'}", replicas: int = 1, template: str = "web.yaml") -> str:
    """Give what helm prints of the chart of these tests."""
    return (
        f"---\n# Source: shop/templates/{template}\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\n"
        f"spec: {{replicas: {replicas}, {SPEC % container}}}\n"
    )


class Helm:
    """A helm that prints what it was told to, and notes what it was given."""

    def __init__(self, output: str = "", errors: str = "", code: int = 0) -> None:
        self.result = EngineResult(code, output, errors)
        self.args: list[str] = []
        self.files: dict[str, bytes] = {}

    def __call__(self, args: list[str], files: Mapping[str, bytes]) -> EngineResult:
        self.args = args
        self.files = dict(files)
        return self.result

    def read(self, files: Mapping[str, str | bytes] | None = None, **options: str | tuple[str, ...]) -> Definition:
        """Read the chart in `shop` with this helm."""
        context = memory_context(chart() if files is None else files, engines=MemoryEngines({"helm": self}))
        return read(source("shop", **options), context)


def rendered(definition: Definition) -> str:
    """Give what is told of the rendering."""
    (said,) = [each.message for each in definition.diagnostics if each.code == "rendered"]
    return said


def test_the_same_documents_have_the_places_of_our_rendering() -> None:
    definition = Helm(printed()).read()
    assert rendered(definition) == "the chart was rendered by helm"
    assert origin_of(definition, *REPLICAS) == Origin(
        "shop/templates/web.yaml", 6, 13, via=(Origin("shop/values.yaml", 1, 11),)
    )
    assert container_of(definition).image == Image("shop/web", tag="1")


def test_where_values_differ_those_of_helm_hold() -> None:
    definition = Helm(printed("{name: web, image: 'shop/web:2', workingDir: /x}", replicas=3)).read()
    assert rendered(definition) == (
        "the chart was rendered by helm, whose values hold at 3 places where the built-in engine gives others"
    )
    assert only(definition).scale.replicas == 3
    assert container_of(definition).image == Image("shop/web", tag="2")
    assert container_of(definition).workdir == "/x"
    where = origin_of(definition, *REPLICAS)
    assert str(where) == "shop/templates/web.yaml:6:13"


def test_a_document_that_only_helm_has_is_at_the_head_of_its_template() -> None:
    files = chart({"web.yaml": "{{- if false }}{{ end }}"})
    definition = Helm(printed()).read(files)
    assert origin_of(definition, "workloads", "web") == Origin("shop/templates/web.yaml")


def test_what_only_we_have_is_not_there() -> None:
    definition = Helm("").read()
    assert definition.application.workloads == {}


def test_templates_that_only_helm_can_render() -> None:
    definition = Helm(printed()).read(chart("a: {{ nofunction }}\n"))
    assert rendered(definition).startswith(
        "the chart was rendered by helm; the built-in engine could not, so that places are those of whole templates:"
        " shop/templates/web.yaml:1"
    )
    assert only(definition).scale.replicas == 1


def test_what_helm_is_given() -> None:
    files = {**chart(), "prod.yaml": "replicas: 2\n", "motd.txt": "hello", "shop/docs/a.md": "x"}
    helm = Helm(printed())
    helm.read(
        files,
        values="prod.yaml",
        set=("a=1", "b={x,y}"),
        set_string="c=2",
        set_json='d={"e":1}',
        set_file="f=motd.txt,g=motd.txt",
        release="blue",
        namespace="prod",
        api_versions="x/v1,y/v1",
        kube_version="1.34.0",
    )
    assert helm.args == [
        *("template", "blue", "chart", "--skip-schema-validation", "--kube-version=v1.34.0", "--namespace=prod"),
        *("--api-versions=x/v1", "--api-versions=y/v1", "--values=values/0.yaml", '--set-json=d={"e":1}'),
        *("--set=a=1", "--set=b={x,y}", "--set-string=c=2", "--set-file=f=texts/0,g=texts/0"),
    ]
    assert {
        name: content.decode() for name, content in helm.files.items() if not name.startswith("chart/templates")
    } == {
        "chart/Chart.yaml": CHART,
        "chart/docs/a.md": "x",
        "chart/values.yaml": files["shop/values.yaml"],
        "values/0.yaml": "replicas: 2\n",
        "texts/0": "hello",
    }


def test_a_chart_that_is_not_there_is_not_declared_in_the_copy() -> None:
    declared = "dependencies:\n  - {name: there, version: 1.0.0}\n  - {name: gone, version: 1.0.0}\n"
    files = {
        **chart(metadata=f"# kept\n{CHART}{declared}"),
        "shop/charts/there/Chart.yaml": "apiVersion: v2\nname: there\nversion: 1.0.0\n",
        "shop/requirements.yaml": declared,
        "shop/Chart.lock": "dependencies: []\n",
    }
    helm = Helm(printed())
    helm.read(files)
    assert b"gone" not in helm.files["chart/Chart.yaml"] + helm.files["chart/requirements.yaml"]
    assert b"there" in helm.files["chart/Chart.yaml"]
    assert "chart/Chart.lock" not in helm.files


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        (
            "level=WARN msg=x\nError: execution error at (shop/templates/web.yaml:6:14): say more\n\n"
            "Use --debug flag to render out invalid YAML\n",
            "shop/templates/web.yaml:6:15: helm refuses the chart: execution error at (shop/templates/web.yaml:6:14):"
            " say more (see what `helm template` says of it)",
        ),
        (
            "Error: something else\n",
            "shop/Chart.yaml:1:1: helm refuses the chart: something else (see what `helm template` says of it)",
        ),
        ("", "shop/Chart.yaml:1:1: helm refuses the chart"),
    ],
)
def test_what_helm_refuses_is_an_error_at_the_place_that_it_names(errors: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Helm(errors=errors, code=1).read()
    assert str(caught.value).startswith(message)


def test_where_both_refuse_our_place_is_told() -> None:
    with pytest.raises(InvalidInput) as caught:
        Helm(errors="Error: shop/templates/web.yaml:1", code=1).read(chart("a: 1\nb: {{ fail `no` }}\n"))
    assert str(caught.value).startswith("shop/templates/web.yaml:2")


def test_a_helm_that_takes_too_long_is_one_error() -> None:
    def run(args: list[str], files: Mapping[str, bytes]) -> EngineResult:
        raise EngineFailed("helm took longer than 60 seconds and was stopped")

    with pytest.raises(InvalidInput, match="took longer than 60 seconds"):
        read(source("shop"), memory_context(chart(), engines=MemoryEngines({"helm": run})))
