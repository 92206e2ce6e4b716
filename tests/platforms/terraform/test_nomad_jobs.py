"""nomad_job: the job that stands in it, or in a file."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Output, Placeholder
from tests.platforms.terraform.judging import container_of, define, judge, place, told, twin

JOB = """\
job "web" {
  group "web" {
    network {
      port "http" { to = 8080 }
    }
    service {
      name     = "web"
      port     = "http"
      provider = "nomad"
      check {
        type     = "http"
        path     = "/"
        interval = "5s"
        timeout  = "2s"
      }
    }
    task "web" {
      driver = "docker"
      config {
        image = "shop/web:TAG"
        ports = ["http"]
      }
      env {
        LEVEL = "info"
      }
    }
  }
}
"""
WEB = ("workloads", "web", "containers", "web")


def job(expression: str) -> str:
    return f'resource "nomad_job" "web" {{\n  jobspec = {expression}\n}}\n'


def test_a_job_in_a_file_is_what_it_is_alone() -> None:
    definition = define({"main.tf": job('file("${path.module}/web.nomad")'), "web.nomad": JOB})
    assert judge(definition, twin("nomad", JOB)) == []
    assert told(definition) == []
    assert place(definition, *WEB, "image") == "infra/web.nomad:20:17"


def test_a_job_that_stands_in_the_configuration_has_its_lines() -> None:
    definition = define(job(f"<<EOT\n{JOB}EOT"))
    assert place(definition, *WEB, "image") == "infra/main.tf:22:17"


def test_templates_and_variables_are_filled() -> None:
    text = f'variable "tag" {{}}\n{job("<<EOT")}'.replace("\n}\n", "").replace("<<EOT", "") + "<<EOT\n"
    text += JOB.replace("TAG", "${var.tag}").replace('"info"', '"${aws_db_instance.main.address}"') + "EOT\n}\n"
    container = container_of(define(text + 'resource "aws_db_instance" "main" {\n  engine = "postgres"\n}\n'))
    assert container.image is not None
    assert container.image.tag == (Placeholder("${var.tag}", "tag"),)
    assert container.variables["LEVEL"] == (Output("aws_db_instance.main", "host"),)


def test_variables_of_the_job_are_given() -> None:
    own = 'variable "level" {\n  type = string\n}\n' + JOB.replace('"info"', "var.level")
    text = job('file("web.nomad")\n  hcl2 {\n    vars = { level = "warn" }\n  }')
    assert container_of(define({"main.tf": text, "web.nomad": own})).variables == {"LEVEL": "warn"}


def test_a_job_that_only_an_apply_tells_is_told() -> None:
    definition = define(job("data.http.job.body") + 'data "http" "job" {}\n')
    assert definition.application.workloads == {}
    assert told(definition) == [
        "infra/main.tf:2:13: known-after-apply: the job of nomad_job.web is not settled; it was not read"
    ]


def test_a_job_that_nomad_refuses_is_refused_in_its_file() -> None:
    with pytest.raises(InvalidInput, match=r"^infra/web\.nomad:1:1: the block that begins here is not closed"):
        define({"main.tf": job('file("web.nomad")'), "web.nomad": 'job "x" {\n'})
