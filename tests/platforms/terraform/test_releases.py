"""helm_release: a chart on disk with a release's values, and charts that are not there."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Output, Placeholder, SecretValue
from tests.platforms.terraform.judging import container_of, define, only, told

CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "chart/values.yaml": "replicas: 1\nport: 80\nlevel: info\nhosts: []\nimage: {repository: shop/web, tag: x}\n",
    "chart/templates/web.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}", namespace: "{{ .Release.Namespace }}"}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          args: {{ .Values.hosts | toJson }}
          env: [{name: LEVEL, value: {{ .Values.level | quote }}}]
          ports: [{containerPort: {{ .Values.port }}}]
""",
}


def release(inside: str, before: str = "", **files: str) -> dict[str, str]:
    text = f'{before}resource "helm_release" "web" {{\n  name      = "shop"\n  namespace = "live"\n{inside}}}\n'
    return {"main.tf": text, **CHART, **files}


def test_a_chart_on_disk_is_read_with_the_values_of_its_release() -> None:
    definition = define(
        release(
            """\
  chart  = "${path.module}/chart"
  values = [yamlencode({ replicas = 3, port = 81 }), file("live.yaml")]
  set {
    name  = "image.tag"
    value = "1.2"
  }
  set {
    name  = "level"
    value = "5"
    type  = "string"
  }
  set_list {
    name  = "hosts"
    value = ["a", "b"]
  }
""",
            **{"live.yaml": "port: 82\n"},
        )
    )
    workload, container = only(definition), container_of(definition)
    assert (workload.name, workload.namespace, workload.scale.replicas) == ("shop", "live", 3)
    assert container.image is not None
    assert (container.image.repository, container.image.tag) == ("shop/web", "1.2")
    assert container.args == ("a", "b")
    assert container.variables == {"LEVEL": "5"}
    assert list(workload.ports) == ["82/tcp"]
    assert told(definition) == []


def test_sets_of_version_three_are_lists() -> None:
    inside = '  chart = "./chart"\n  set = [{ name = "image.tag", value = 2 }, { name = "level", value = "x" }]\n'
    container = container_of(define(release(inside)))
    assert container.image is not None
    assert (container.image.tag, container.variables["LEVEL"]) == ("2", "x")


def test_values_are_where_the_release_says_them() -> None:
    definition = define(
        release(
            '  chart  = "chart"\n  values = [yamlencode({ replicas = 3 }), file("live.yaml")]\n'
            '  set {\n    name  = "image.tag"\n    value = "1.2"\n  }\n',
            **{"live.yaml": "level: warn\n"},
        )
    )
    found = {
        path[-1]: [str(each) for each in origin.via] for path, origin in definition.origins.table.items() if origin.via
    }
    assert found["replicas"] == ["infra/main.tf:5:37"]
    assert found["tag"] == ["infra/main.tf:8:13"]
    assert found["LEVEL"] == ["infra/live.yaml:1:8"]


def test_what_is_not_settled_goes_through_the_chart() -> None:
    definition = define(
        release(
            '  chart = "chart"\n  values = [yamlencode({ level = aws_db_instance.main.address })]\n'
            '  set {\n    name  = "image.tag"\n    value = var.tag\n  }\n'
            '  set_sensitive {\n    name  = "image.repository"\n    value = "x/${var.secret}"\n  }\n',
            'variable "tag" {}\nvariable "secret" {\n  sensitive = true\n  default   = "hunter2"\n}\n'
            'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n',
        )
    )
    container = container_of(definition)
    assert container.image is not None
    assert container.image.tag == (Placeholder("${var.tag}", "tag"),)
    assert container.image.repository == ("x/", SecretValue("var.secret"))
    assert container.variables["LEVEL"] == (Output("aws_db_instance.main", "host"),)
    assert only(definition).dependencies == {"aws_db_instance.main": "aws_db_instance.main"}


def test_a_release_whose_chart_needs_a_number_that_is_not_settled_is_told() -> None:
    definition = define(
        release('  chart = "chart"\n  set {\n    name  = "port"\n    value = var.port\n  }\n', 'variable "port" {}\n')
    )
    assert definition.application.workloads == {}
    (line,) = [line for line in told(definition) if "helm_release" in line]
    assert "known-after-apply: helm_release.web was not read, since some of its values are not settled" in line


@pytest.mark.parametrize(
    ("inside", "where"),
    [
        (
            '  chart      = "redis"\n  repository = "https://charts.example.com"\n',
            "redis of https://charts.example.com",
        ),
        ('  chart = "bitnami/redis"\n', "bitnami/redis"),
        ('  chart = "oci://example.com/redis"\n', "oci://example.com/redis"),
        ('  chart = "../../secret/chart"\n', "../../secret/chart"),
    ],
)
def test_a_chart_that_is_not_on_disk_is_told_once_and_its_values_kept(inside: str, where: str) -> None:
    definition = define(release(f"{inside}  values = [yamlencode({{ a = 1 }})]\n"))
    (line,) = told(definition)
    assert f"missing-reference: chart {where} is not on disk" in line
    (extra,) = definition.extras
    assert (extra.platform, extra.location) == ("terraform", ("helm_release", "helm_release.web"))
    assert extra.value["values"] == ['"a": 1\n']


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ('  values = ["a: [1"]\n', "infra/main.tf:5:13: not YAML: "),
        ('  values = ["- a"]\n', "infra/main.tf:5:13: values are a mapping of names to values"),
        (
            '  set {\n    name  = "a[0"\n    value = "1"\n  }\n',
            "infra/main.tf:7:13: `set=a[0…`: '0=1' is no index of a list",
        ),
    ],
)
def test_values_that_helm_refuses_are_refused(inside: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        define(release(f'  chart = "chart"\n{inside}'))
    assert message in str(caught.value)


def test_a_command_that_changes_what_is_rendered_is_told_and_not_run() -> None:
    definition = define(release('  chart = "chart"\n  postrender {\n    binary_path = "./change.sh"\n  }\n'))
    assert only(definition).name == "shop"
    assert told(definition) == [
        "infra/main.tf:5:3: not-modelled: helm_release.web is changed after it is rendered, by a command that is not run"
    ]


def test_the_files_of_a_chart_are_sources() -> None:
    definition = define(release('  chart = "chart"\n  values = [file("live.yaml")]\n', **{"live.yaml": "level: x\n"}))
    assert definition.sources == (
        "infra/main.tf",
        "infra/chart/Chart.yaml",
        "infra/chart/templates/web.yaml",
        "infra/chart/values.yaml",
    )
