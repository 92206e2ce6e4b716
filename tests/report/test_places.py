"""Where reports say that a value stands: where a person mends it, which is not always where it is used."""

from collections.abc import Mapping

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Finding, Report
from isomorph.model.normalise import normalise
from isomorph.model.origin import Origin
from isomorph.platforms.table import load_reader
from isomorph.report.causes import find_place
from isomorph.report.model_table import print_model
from isomorph.report.places import find_source, print_place
from isomorph.report.terminal import Style
from isomorph.report.text_report import print_report
from tests.memory_context import memory_context, source
from tests.platforms.helm.charts import chart

VALUES = Origin("deploy/values.yaml", 8, 8)
TEMPLATE = Origin("deploy/chart/templates/carts.yaml", 31, 20)

COMPOSE = "services:\n  web:\n    image: shop/web:${TAG}\n    environment:\n      MODE: ${MODE:-fast}\n"
KUBERNETES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data:
  MODE: slow
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: shop/web:1
          envFrom: [{configMapRef: {name: conf}}]
"""
OTHER_VALUES = "replicas: 1\nimage: {repository: shop/web, tag: '2'}\n"
JOB = """\
variable "tag" { type = string }
job "web" {
  group "web" {
    task "web" {
      driver = "docker"
      config { image = "shop/web:${var.tag}" }
    }
  }
}
"""


def read(platform: str, path: str, files: Mapping[str, str | bytes], **options: str) -> Environment:
    definition = load_reader(platform)(source(path, **options), memory_context(files))
    return Environment(platform, normalise(definition), ((platform, path),))


def find(report: Report, rule: str) -> Finding:
    (finding,) = (each for each in report.findings if each.rule == rule)
    return finding


def test_a_value_of_another_file_is_mended_there() -> None:
    given = Origin(TEMPLATE.file, TEMPLATE.line, TEMPLATE.column, (VALUES,))
    assert find_source(given) == VALUES
    assert print_place(given) == "deploy/values.yaml:8:8 (chart/templates/carts.yaml:31)"
    assert print_place(given, "deploy/") == "values.yaml:8:8 (chart/templates/carts.yaml:31)"
    assert print_place(given, behind=False) == "deploy/values.yaml:8:8"


def test_a_reference_only_leads_to_the_value() -> None:
    kept = VALUES.through(TEMPLATE)
    assert find_source(kept) == kept
    assert print_place(kept) == "deploy/values.yaml:8:8"


def test_what_is_no_file_is_not_mended() -> None:
    given = Origin(TEMPLATE.file, 31, 20, (Origin("?set=image.tag"),))
    assert print_place(given) == "deploy/chart/templates/carts.yaml:31:20"


@pytest.mark.parametrize(
    ("environment", "rule", "place"),
    [
        (("compose", "compose.yaml", {"compose.yaml": COMPOSE, ".env": "A=1\nTAG=2\n"}), "image.tag", ".env:2"),
        (("kubernetes", "web.yaml", {"web.yaml": KUBERNETES.replace("web:1", "web:2")}), "variable.value", "web.yaml:5"),
        (("nomad", "web.hcl", {"web.hcl": JOB, "p.hcl": '\ntag = "2"\n'}), "image.tag", "p.hcl:2"),
        (("helm", "shop", chart(values=OTHER_VALUES)), "image.tag", "shop/values.yaml:2"),
    ],
    ids=["a .env file", "a ConfigMap", "a file of variables", "a chart's values"],
)  # fmt: skip
def test_a_finding_is_where_its_value_is_mended(
    environment: tuple[str, str, Mapping[str, str | bytes]], rule: str, place: str
) -> None:
    options = {"var-file": "p.hcl"} if environment[0] == "nomad" else {}
    reference = read("compose", "c.yaml", {"c.yaml": COMPOSE, ".env": "TAG=1\n"})
    platform, path, files = environment
    other = read(platform, path, files, **options)
    other = Environment("other", other.definition, other.parts)
    finding = find(compare([reference, other]), rule)
    found = find_place(finding)
    assert found is not None
    assert f"{found.file}:{found.line}" == place


def test_the_text_report_and_the_table_show_the_line_to_mend() -> None:
    reference = read("compose", "c.yaml", {"c.yaml": COMPOSE, ".env": "TAG=2\n"})
    charted = read("helm", "shop", dict(chart()))
    report = compare([reference, charted])
    lines = print_report(report, Style(width=110)).splitlines()
    (said,) = (line.split() for line in lines if line.split()[:1] == ["helm"] and "values.yaml:4" in line)
    assert said[2:] == ["shop/values.yaml:4:8", "(templates/web.yaml:15)"]
    narrow = print_report(report, Style(width=72))
    assert "values.yaml:4:8" in narrow
    assert max(map(len, narrow.splitlines())) <= 72
    table = print_model(charted.definition, Style(width=160))
    assert "shop/values.yaml:3:15 (templates/web.yaml:15)" in " ".join(table.split())
