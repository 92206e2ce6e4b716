"""What is not settled goes through readers of other platforms unseen, and nothing of its marks is left."""

import json

import msgspec
import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.native import to_native
from isomorph.model.text import Placeholder
from tests.platforms.terraform.judging import define, only
from tests.platforms.terraform.test_releases import CHART

NAMED = """\
variable "name" {}
variable "host" {}
resource "kubernetes_pod" "a" {
  metadata {
    name   = "web-${var.name}"
    labels = { app = var.name }
  }
  spec {
    container {
      name  = "web"
      image = "shop/web:1"
      lifecycle {
        pre_stop {
          exec {
            command = ["stop", var.name]
          }
        }
      }
    }
  }
}
resource "kubernetes_service" "a" {
  metadata {
    name = var.name
  }
  spec {
    selector = { app = var.name }
    port {
      port = 80
    }
  }
}
resource "kubernetes_ingress_v1" "a" {
  metadata {
    name = "a"
  }
  spec {
    rule {
      host = var.host
      http {
        path {
          path      = "/"
          path_type = "Prefix"
          backend {
            service {
              name = var.name
              port {
                number = 80
              }
            }
          }
        }
      }
    }
  }
}
"""


def test_names_that_are_not_settled_are_spelled_and_still_lead_to_each_other() -> None:
    definition = define(NAMED)
    workload = only(definition)
    assert workload.name == "web-${var.name}"
    assert workload.labels == {"app": "${var.name}"}
    assert list(workload.ports) == ["80/tcp"]
    assert "${var.name}" in workload.names
    (route,) = workload.routes.values()
    assert route.host == (Placeholder("${var.host}", "host"),)
    assert definition.origins.exact(("workloads", workload.name, "routes", "${var.host}/")) is not None


def test_no_mark_is_left_anywhere() -> None:
    chart = {**CHART, "main.tf": 'variable "n" {}\nresource "helm_release" "a" {\n  name  = "a"\n  chart = "chart"\n'}
    chart["main.tf"] += '  set {\n    name  = "image.tag"\n    value = var.n\n  }\n}\n'
    chart["chart/templates/web.yaml"] = CHART["chart/templates/web.yaml"].replace(
        '"{{ .Release.Name }}"', '"web-{{ .Values.image.tag }}"'
    )
    for definition in (define(NAMED), define(chart)):
        text = json.dumps(msgspec.to_builtins(to_native(definition)))
        assert "${var.n" in text
        assert "\\udbff" not in text
    assert list(define(chart).application.workloads) == ["web-${var.n}"]


@pytest.mark.parametrize("number", ["0", "7", "999999"])
def test_characters_that_look_like_a_mark_are_nothing_else(number: str) -> None:
    text = 'variable "t" {}\n' + NAMED.replace('["stop", var.name]', f'["\U0010fff0{number}\U0010fff1"]')
    assert only(define(text.replace('variable "t" {}\n', ""))).name == "web-${var.name}"


def test_a_manifest_deeper_than_any_is_refused_where_it_is_written() -> None:
    deep = "[" * 200 + "]" * 200
    text = (
        'resource "kubectl_manifest" "a" {\n  yaml_body = <<EOT\napiVersion: v1\nkind: Odd\nmetadata: {name: a}\n'
        f"spec: {deep}\nEOT\n}}\n"
    )
    with pytest.raises(InvalidInput, match=r"^infra/main\.tf:2:15: not YAML: .* nested more than 100 deep"):
        define(text)
