"""The real helm renders templates to what our engine renders them to, for every function and every construct.

`charts/functions`, `charts/control` and `charts/idioms` are charts; `accepted.jsonl` holds expressions with the text that
helm gives for them, and `refused.txt` those that it fails on, one a line, with the values of `charts/functions`.
"""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.syntax.gotemplate.data import Values, to_template_data
from isomorph.syntax.gotemplate.functions.table import NAMES
from isomorph.syntax.gotemplate.render import Renderer, TemplateFile
from isomorph.syntax.yaml.dialects import Dialect
from isomorph.syntax.yaml.read import parse_one
from tests.conformance.conftest import engine

CHARTS = Path(__file__).parent / "charts"
ACCEPTED: dict[str, str] = dict(
    json.loads(line) for line in (CHARTS / "accepted.jsonl").read_text("utf-8").splitlines()
)
REFUSED = (CHARTS / "refused.txt").read_text("utf-8").splitlines()
TEMPLATES = sorted(
    path for chart in ("functions", "control", "idioms") for path in (CHARTS / chart / "templates").glob("*.yaml")
)


def run_helm(chart: Path, home: Path) -> str | None:
    """Give what `helm template` writes for a chart, or None where it refuses it."""
    done = subprocess.run(
        [str(engine("helm")), "template", "r", str(chart)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return None if done.returncode else done.stdout


def split_output(output: str) -> dict[str, str]:
    """Give helm's output by template, a line `---` between the documents of one."""
    parts = re.split(r"^---\n# Source: (.*)\n", output, flags=re.MULTILINE)
    found: dict[str, list[str]] = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(name, []).append(text.strip())
    return {name: "\n---\n".join(texts) for name, texts in found.items()}


def render(templates: dict[str, str], name: str) -> str:
    """Render one of a chart's templates by our engine, with the values of the chart of functions or its own."""
    chart = name.split("/")[0]
    own = CHARTS / chart / "values.yaml"
    file = own if own.exists() else CHARTS / "functions" / "values.yaml"
    values = parse_one(file.read_text("utf-8"), "values.yaml", Dialect.KUBERNETES).root
    renderer = Renderer([TemplateFile(key, text, key) for key, text in templates.items()])
    data = {
        "Values": Values(to_template_data(values)),
        "Release": {"Name": "r", "Namespace": "default", "Service": "Helm"},
        "Chart": {"Name": chart, "Version": "0.1.0"},
        "Template": {"Name": name, "BasePath": f"{chart}/templates"},
    }
    return renderer.render(name, data).text.strip()


def read_templates(chart: str, only: Path) -> dict[str, str]:
    """Give a chart's named templates and one of its manifests; those of `idioms` include each other."""
    folder = CHARTS / chart / "templates"
    paths = [*folder.glob("_*"), only] if chart != "idioms" else sorted(folder.iterdir())
    return {f"{chart}/templates/{path.name}": path.read_text("utf-8") for path in paths}


def write_chart(folder: Path, chart: str, templates: dict[str, str], values: str) -> Path:
    """Write a chart; its templates are named as Helm names them."""
    for name, text in {"Chart.yaml": f"apiVersion: v2\nname: {chart}\nversion: 0.1.0\n", "values.yaml": values}.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "templates").mkdir()
    for name, text in templates.items():
        (folder / "templates" / name.rpartition("/")[2]).write_text(text, "utf-8")
    return folder


@pytest.mark.engine
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_template_is_rendered_to_what_helm_renders(path: Path, tmp_path: Path) -> None:
    chart = path.parent.parent.name
    templates = read_templates(chart, path)
    values = (CHARTS / chart / "values.yaml").read_text("utf-8")
    output = run_helm(write_chart(tmp_path, chart, templates, values), tmp_path)
    assert output is not None
    name = f"{chart}/templates/{path.name}"
    assert render(templates, name) == split_output(output)[name]


def wrap(expression: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ntext: |-\n  <[{expression}]>\n"


def unwrap(rendered: str) -> str:
    return rendered[rendered.index("<[") + 2 : rendered.rindex("]>")]


@pytest.mark.engine
def test_helm_gives_what_is_recorded_of_expressions(tmp_path: Path) -> None:
    templates = {f"x/templates/t{number:03}.yaml": wrap(text) for number, text in enumerate(ACCEPTED)}
    values = (CHARTS / "functions" / "values.yaml").read_text("utf-8")
    output = run_helm(write_chart(tmp_path, "x", templates, values), tmp_path)
    assert output is not None
    given = split_output(output)
    assert {text: unwrap(given[name]) for text, name in zip(ACCEPTED, templates, strict=True)} == ACCEPTED


@pytest.mark.parametrize("expression", ACCEPTED)
def test_an_expression_gives_what_helm_gives(expression: str) -> None:
    given = render({"x/templates/t.yaml": wrap(expression)}, "x/templates/t.yaml")
    assert unwrap(given) == ACCEPTED[expression]


@pytest.mark.engine
def test_what_helm_refuses_is_refused(tmp_path: Path) -> None:
    values = (CHARTS / "functions" / "values.yaml").read_text("utf-8")

    def ask(number: int) -> str | None:
        folder = tmp_path / f"chart{number}"
        folder.mkdir()
        return run_helm(write_chart(folder, "x", {"t.yaml": wrap(REFUSED[number])}, values), tmp_path)

    with ThreadPoolExecutor(2) as pool:
        outputs = list(pool.map(ask, range(len(REFUSED))))
    assert [text for text, output in zip(REFUSED, outputs, strict=True) if output is not None] == []


@pytest.mark.parametrize("expression", REFUSED)
def test_what_is_refused_is_one_error_at_its_line(expression: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        render({"x/templates/t.yaml": wrap(expression)}, "x/templates/t.yaml")
    origin = caught.value.origin
    assert origin is not None
    assert origin.file in ("x/templates/t.yaml", "values.yaml")
    assert origin.line in (5, 6)
    assert not re.search(r"0x[0-9a-f]{6}|Text|Traceback|object at", str(caught.value))


def test_every_function_is_used_in_a_chart() -> None:
    texts = [path.read_text("utf-8") for path in (*TEMPLATES, CHARTS / "control" / "templates" / "_helpers.tpl")]
    actions = "".join(action for text in texts for action in re.findall(r"\{\{.*?\}\}", text, re.DOTALL))
    assert sorted(NAMES - set(re.findall(r"\w+", actions))) == []
