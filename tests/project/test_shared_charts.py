"""One chart for several environments of a project: generated together, each environment's values where it names them."""

import stat
from pathlib import Path

import pytest

from isomorph.project.gate import read_all
from isomorph.project.project_file import read_project
from isomorph.project.root import open_context
from tests.cli.commands import Run

PROJECT = """\
name: market
workloads: [services/*.yaml]
environments:
  staging:
    definitions: ["helm:deploy/chart?values=deploy/staging.yaml"]
    overrides: [deploy/staging.overrides.yaml]
  production:
    definitions: ["helm:deploy/chart?values=deploy/production.yaml"]
    namespace: live
"""
OVERRIDES = "containers: {main: {variables: {COLOUR: blue}}}\n"


@pytest.fixture
def chart(shop: Path) -> Path:
    """The project with two environments that share a chart; gives the chart's folder."""
    (shop / "isomorph.yaml").write_text(PROJECT)
    (shop / "deploy").mkdir()
    (shop / "deploy" / "staging.overrides.yaml").write_text(OVERRIDES)
    return shop / "deploy" / "chart"


def generate(run: Run, *args: str) -> str:
    code, _, said = run("generate", *args)
    assert code == 0, said
    return said


def texts(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_all_environments_make_one_chart(run: Run, chart: Path) -> None:
    generate(run, "--all-envs")
    assert "COLOUR: blue" in (chart / "values.yaml").read_text()
    staging = (chart.parent / "staging.yaml").read_text()
    production = (chart.parent / "production.yaml").read_text()
    assert staging.splitlines()[1:] == ["{}"]
    assert "COLOUR: red" in production
    assert "repository" not in production
    assert not list(chart.glob("values-*.yaml"))


def test_the_environments_are_what_they_would_be_in_plain_manifests(run: Run, chart: Path) -> None:
    generate(run, "--all-envs")
    for name in ("staging", "production"):
        values = f"deploy/{name}.yaml"
        code, said, _ = run("show", f"helm:deploy/chart?values={values}")
        assert code == 0
        assert ("blue" in said) == (name == "staging")


ASKING = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: place}
data: {where: "{{ .Release.Namespace }}"}
"""


@pytest.mark.parametrize(
    ("definition", "said"),
    [("helm:chart", "live"), ("helm:chart?namespace=own", "own"), ("score:services/mail.yaml", None)],
)
def test_a_chart_is_read_for_the_namespace_of_its_environment(shop: Path, definition: str, said: str | None) -> None:
    (shop / "chart" / "templates").mkdir(parents=True)
    (shop / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (shop / "chart" / "templates" / "place.yaml").write_text(ASKING)
    (shop / "isomorph.yaml").write_text(f"environments: {{live: {{definitions: ['{definition}'], namespace: live}}}}\n")
    context = open_context([], ["."])
    project = read_project(".", context)
    assert project is not None
    (environment,) = read_all(project, context)
    place = environment.definition.application.configurations.get("place")
    assert (place.values["where"] if place else None) == said


def test_one_environment_alone_generates_those_that_share_its_chart(run: Run, chart: Path) -> None:
    generate(run, "--all-envs")
    before = texts(chart.parent)
    said = generate(run, "--env", "production")
    assert "staging was generated as well" in said
    assert texts(chart.parent) == before


def test_passwords_are_in_files_of_their_own_and_stay(run: Run, chart: Path) -> None:
    generate(run, "--all-envs")
    found = {path.name: path.read_text() for path in (chart / "secrets").glob("values-*.yaml")}
    assert sorted(found) == ["values-production.yaml", "values-staging.yaml"]
    assert found["values-production.yaml"] != found["values-staging.yaml"]
    assert {stat.S_IMODE((chart / "secrets" / name).stat().st_mode) for name in found} == {0o600}
    others = {path: text for path, text in texts(chart.parent).items() if "secrets/" not in path}
    words = [line.split(": ")[1].strip('"') for line in found["values-staging.yaml"].splitlines() if "password" in line]
    assert words
    assert not any(word in text for word in words for text in others.values())
    generate(run, "--all-envs")
    assert {name: (chart / "secrets" / name).read_text() for name in found} == found


def test_a_workload_that_is_gone_leaves_no_template(run: Run, chart: Path) -> None:
    generate(run, "--all-envs")
    own = chart / "templates" / "extra.yaml"
    own.write_text("# written by hand\n")
    assert (chart / "templates" / "mail-deployment.yaml").is_file()
    (chart.parents[1] / "services" / "mail.yaml").unlink()
    generate(run, "--all-envs")
    assert not (chart / "templates" / "mail-deployment.yaml").exists()
    assert own.is_file()


def test_a_workload_that_is_gone_leaves_no_template_elsewhere_either(run: Run, shop: Path) -> None:
    generate(run, "--to", "helm", "-o", "chart/")
    assert (shop / "chart" / "templates" / "mail-service.yaml").is_file()
    (shop / "services" / "mail.yaml").unlink()
    said = generate(run, "--to", "helm", "-o", "chart/")
    assert "chart/templates/mail-service.yaml is removed" in said
    assert not list((shop / "chart" / "templates").glob("mail-*"))
    assert (shop / "chart" / "templates" / "_helpers.tpl").is_file()


def test_a_chart_that_somebody_wrote_is_not_replaced(run: Run, chart: Path) -> None:
    chart.mkdir()
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: mine\nversion: 1.0.0\n")
    code, _, said = run("generate", "--all-envs")
    assert code == 2
    assert "deploy/chart/Chart.yaml is there and was not generated" in said
    assert (chart / "Chart.yaml").read_text().startswith("apiVersion: v2\nname: mine")


def test_a_values_file_that_somebody_wrote_is_not_replaced(run: Run, chart: Path) -> None:
    (chart.parent / "production.yaml").write_text("mine: true\n")
    code, _, said = run("generate", "--env", "staging")
    assert code == 2
    assert "deploy/production.yaml is there and was not generated" in said
    assert not chart.exists()


@pytest.mark.parametrize(
    ("production", "message"),
    [
        ("helm:deploy/chart", "both have no values file of its own"),
        ("helm:deploy/chart?values=deploy/a.yaml&values=deploy/b.yaml", "names 2 values files"),
    ],
)
def test_environments_that_nothing_tells_apart(run: Run, chart: Path, production: str, message: str) -> None:
    text = PROJECT.replace("?values=deploy/staging.yaml", "")
    text = text.replace("helm:deploy/chart?values=deploy/production.yaml", production)
    (chart.parents[1] / "isomorph.yaml").write_text(text)
    code, _, said = run("generate", "--all-envs")
    assert code == 2
    assert message in said
    assert "isomorph.yaml:" in said


def test_one_environment_elsewhere_is_a_chart_of_its_own(run: Run, chart: Path) -> None:
    generate(run, "--env", "production", "-o", "out/")
    assert not chart.exists()
    assert "COLOUR: red" in (chart.parents[1] / "out" / "values.yaml").read_text()


@pytest.mark.parametrize("output", ["chart", "chart/"])
def test_a_chart_for_one_platform(run: Run, shop: Path, output: str) -> None:
    generate(run, "--to", "helm", "-o", output)
    assert (shop / "chart" / "Chart.yaml").is_file()
    assert (shop / "chart" / "templates" / "shop-deployment.yaml").is_file()
    assert not (shop / "templates").exists()
