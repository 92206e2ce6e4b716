"""Charts that we write, before the real helm and a real API server: clean, the objects that were meant, and accepted."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from isomorph.model.application import Application, Definition
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.helm.reader import read as read_chart
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.platform import OutputFile, WriteOptions
from isomorph.syntax.tree import to_data
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.emit import emit_yaml
from isomorph.syntax.yaml.read import parse_yaml
from tests.conformance.conftest import engine
from tests.conformance.test_any_model import webs
from tests.conformance.test_kubernetes_writing import AWKWARD
from tests.conformance.test_writing import OPERATORS, SOURCES
from tests.corpus.reading import read
from tests.engines.control_plane import ControlPlane
from tests.field_examples import EXAMPLES
from tests.platforms.helm.rendered import RELEASE, SECRET, Document, is_hook, meant, plain, render, values_of, write
from tests.platforms.helm.test_write_law import define, names, with_more
from tests.properties.test_comparison import applications
from tests.provisioned import shop

pytestmark = pytest.mark.engine

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Helm:
    """The real helm, on charts in folders of their own."""

    def __init__(self, program: Path) -> None:
        self.program = program

    def run(self, files: Mapping[str, OutputFile], *words: str) -> str:
        """Run helm in a folder that holds a chart as `shop`; gives what it prints, and fails where helm does."""
        with tempfile.TemporaryDirectory() as folder:
            for path, file in files.items():
                place = Path(folder) / "shop" / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.content.encode() if isinstance(file.content, str) else file.content)
            variables = {"PATH": "/usr/bin:/bin", "HOME": folder}
            command = [str(self.program), *words]
            done = subprocess.run(
                command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False
            )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "coalesce" not in done.stderr
        return done.stdout

    def lint(self, files: Mapping[str, OutputFile], values: tuple[str, ...]) -> None:
        """Have helm find fault with a chart."""
        said = self.run(files, "lint", "--strict", "shop", *(f"--values=shop/{path}" for path in values))
        assert "[WARNING]" not in said
        assert "[ERROR]" not in said

    def template(
        self, files: Mapping[str, OutputFile], values: tuple[str, ...] = (), namespace: str = "default"
    ) -> list[Document]:
        """Render a chart, tests and other hooks left out."""
        words = (f"--namespace={namespace}", "--include-crds", *(f"--values=shop/{path}" for path in values))
        text = self.run(files, "template", RELEASE, "shop", *words)
        parsed = parse_yaml(text, "<helm>", Dialect.KUBERNETES)
        found: list[Any] = [to_data(each.root) for each in parsed if each.root is not None]
        return [each for each in found if not is_hook(each)]


@pytest.fixture(scope="session")
def helm() -> Helm:
    return Helm(engine("helm"))


def holds(helm: Helm, definitions: dict[str, Definition], options: WriteOptions = SECRET) -> None:
    """Check that helm makes of a chart, with each environment's values, that environment's objects; so do we."""
    files = write(definitions, options)
    for name, definition in definitions.items():
        values = values_of(files, name)
        theirs = helm.template(files, values)
        assert plain(theirs) == plain(meant(definition, options))
        assert plain(render(files, values)) == plain(theirs)
        helm.lint(files, values)


@pytest.mark.parametrize("field", EXAMPLES)
def test_every_field(helm: Helm, field: str) -> None:
    holds(helm, {"one": define(EXAMPLES[field].application)})


@few
@given(st.lists(applications, min_size=1, max_size=3))
def test_any_environments(helm: Helm, several: list[Application]) -> None:
    holds(helm, {f"env-{number}": define(each) for number, each in enumerate(several)})


@few
@given(applications, names, names)
def test_workloads_of_some_environments_only(
    helm: Helm, application: Application, one: list[str], other: list[str]
) -> None:
    holds(
        helm,
        {"staging": define(with_more(application, one)), "production": define(with_more(application, other))},
    )


@few
@given(webs, webs)
def test_any_texts(helm: Helm, one: Application, other: Application) -> None:
    holds(helm, {"staging": define(one), "production": define(other)})


@pytest.mark.parametrize(("platform", "path"), SOURCES)
def test_real_definitions(helm: Helm, corpus: Path, platform: str, path: str) -> None:
    holds(helm, {"one": normalise(read(platform, corpus / path), resolve_configurations=False)})


CHARTS = ("sock-shop/helm", "aks-store-demo/helm")


@pytest.mark.parametrize("path", CHARTS)
def test_charts_of_others_are_written_anew(helm: Helm, corpus: Path, path: str) -> None:
    definition = read_chart(Source(str(corpus / path)), Context(LocalFiles([str(corpus)]), LocalEngines()))
    without_tests = tuple(each for each in definition.extras if "helm.sh/hook" not in str(each.value))
    holds(helm, {"one": normalise(replace(definition, extras=without_tests), resolve_configurations=False)})


def test_a_generated_project(helm: Helm) -> None:
    one, other = shop(2, size=1 << 30), shop(3, size=None)
    holds(helm, {"staging": one, "production": other}, replace(SECRET, namespace="default"))


def test_two_platforms_as_environments(helm: Helm, corpus: Path) -> None:
    holds(
        helm,
        {
            "here": normalise(
                read("compose", corpus / "sock-shop/compose/docker-compose.yml"), resolve_configurations=False
            ),
            "there": normalise(read("kubernetes", corpus / "sock-shop/kubernetes"), resolve_configurations=False),
        },
    )


def complaints(server: ControlPlane, documents: list[Document]) -> list[str]:
    """Dry-run rendered objects; gives what the API server says against them."""
    known = [each for each in documents if each["apiVersion"].partition("/")[0] not in OPERATORS]
    answers = [server.dry_run(each, emit_yaml(each, dialect=Dialect.KUBERNETES)) for each in known]
    return [answer for answer in answers if answer]


@pytest.mark.parametrize("name", AWKWARD)
def test_the_api_server_takes_awkward_models(helm: Helm, api_server: ControlPlane, name: str) -> None:
    definition = normalise(AWKWARD[name], resolve_configurations=False)
    holds(helm, {"one": definition})
    files = write({"one": definition})
    assert complaints(api_server, helm.template(files)) == []
    assert complaints(api_server, helm.template(files, values_of(files, "one"))) == []


@few
@given(applications, applications)
def test_the_api_server_takes_any_model(
    helm: Helm, api_server: ControlPlane, one: Application, other: Application
) -> None:
    files = write({"staging": define(one), "production": define(other)})
    for values in ((), *(values_of(files, name) for name in ("staging", "production"))):
        assert complaints(api_server, helm.template(files, values)) == []
