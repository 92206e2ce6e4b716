"""What is given to variables, in Terraform's order, and brought to their types."""

from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from tests.platforms.terraform.reading import output, plain, read, told

ONE = 'variable "a" {\n  default = "default"\n}\noutput "x" {\n  value = var.a\n}\n'


@pytest.mark.parametrize(
    ("files", "shell", "options", "value"),
    [
        ({}, {}, {}, "default"),
        ({}, {"TF_VAR_a": "shell"}, {}, "shell"),
        ({"terraform.tfvars": 'a = "file"\n'}, {"TF_VAR_a": "shell"}, {}, "file"),
        ({"terraform.tfvars": 'a = "file"\n', "terraform.tfvars.json": '{"a": "json"}'}, {}, {}, "json"),
        ({"terraform.tfvars.json": '{"a": "json"}', "x.auto.tfvars": 'a = "auto"\n'}, {}, {}, "auto"),
        ({"y.auto.tfvars.json": '{"a": "json"}', "x.auto.tfvars": 'a = "auto"\n'}, {}, {}, "json"),
        ({"x.auto.tfvars": 'a = "auto"\n', "prod.tfvars": 'a = "prod"\n'}, {}, {"var_file": "prod.tfvars"}, "prod"),
        ({"/elsewhere.tfvars": 'a = "there"\n'}, {}, {"var_file": "elsewhere.tfvars"}, "there"),
        (
            {"1.tfvars": 'a = "one"\n', "2.tfvars": 'a = "two"\n'},
            {},
            {"var_file": ("1.tfvars", "2.tfvars")},
            "two",
        ),
        ({"prod.tfvars": 'a = "prod"\n'}, {}, {"var_file": "prod.tfvars", "var": "a=option"}, "option"),
        ({}, {}, {"var": ("a=one", "a=x=y")}, "x=y"),
    ],
)
def test_the_later_counts(files: dict[str, str], shell: dict[str, str], options: dict[str, Any], value: str) -> None:
    assert output(read({"main.tf": ONE, **files}, shell=shell, **options)) == value


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("string", "[1]", "[1]"),
        ("number", "7", 7),
        ("bool", "true", True),
        ("list(string)", '["a", 1]', ["a", "1"]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("map(number)", '{ a = "1" }', {"a": 1}),
        ("any", "[1]", "[1]"),
        ("object({ a = string, b = optional(number, -1) })", "{ a = 1, c = 2 }", {"a": "1", "b": -1}),
        ("tuple([string, bool])", '[1, "true"]', ["1", True]),
    ],
)
def test_options_are_expressions_where_the_type_is_a_collection(kind: str, given: str, value: object) -> None:
    text = f'variable "a" {{\n  type = {kind}\n}}\noutput "x" {{\n  value = var.a\n}}\n'
    assert output(read(text, var=f"a={given}")) == value


def test_a_variable_without_a_value_is_a_placeholder_that_names_it() -> None:
    module = read('variable "a" {\n  type = string\n}\noutput "x" {\n  value = "n-${var.a}"\n}\n')
    assert output(module) == "n-${var.a}"
    assert told(module) == [
        "infra/main.tf:1:1: unset-variable: variable a has no value; what depends on it is unresolved"
    ]
    assert module.variables["a"].value is None


def test_null_is_the_default_where_the_variable_takes_none() -> None:
    text = 'variable "a" {\n  default = "d"\n  nullable = %s\n}\noutput "x" {\n  value = var.a\n}\n'
    given = {"terraform.tfvars": "a = null\n"}
    assert output(read({"main.tf": text % "true", **given})) is None
    assert output(read({"main.tf": text % "false", **given})) == "d"


def test_validations_are_for_terraform_to_run() -> None:
    text = """\
variable "a" {
  default = 1
  validation {
    condition     = var.a > 10
    error_message = "Too small."
  }
}
output "x" {
  value = var.a
}
"""
    assert output(read(text)) == 1


def test_values_for_nobody_are_told_or_refused() -> None:
    module = read({"main.tf": ONE, "terraform.tfvars": 'b = "x"\n'}, shell={"TF_VAR_c": "x"})
    assert told(module) == ["infra/terraform.tfvars:1:5: ignored: variable b has a value here, and is declared nowhere"]
    with pytest.raises(InvalidInput, match="variable b, which is not declared"):
        read(ONE, var="b=x")
    with pytest.raises(InvalidInput, match="gives no value"):
        read(ONE, var="b")
    with pytest.raises(InvalidInput, match=r"variable file none\.tfvars does not exist"):
        read(ONE, var_file="none.tfvars")


def test_a_value_of_another_type_is_refused_where_it_is_given() -> None:
    text = 'variable "a" {\n  type = number\n}\n'
    with pytest.raises(InvalidInput, match="variable a: a string that is no number") as error:
        read({"main.tf": text, "terraform.tfvars": '\na = "x"\n'})
    assert str(error.value.origin) == "infra/terraform.tfvars:2:5"


def test_the_result_has_the_variables_and_locals() -> None:
    module = read('variable "a" {\n  default = [1]\n}\nlocals {\n  b = var.a[0] + 1\n}\n')
    assert plain(module.variables["a"].value) == [1]
    assert {name: plain(node) for name, node in module.locals.items()} == {"b": 2}


def test_sensitive_values_are_known_to_the_table_of_secrets_only() -> None:
    module = read(
        """\
variable "password" {
  sensitive = true
}
variable "settings" {
  sensitive = true
  default   = { user = "anna", port = 5432, on = true, list = ["s3"], none = null }
}
resource "db" "a" {
  password = var.password
  url      = "pg://u:${var.password}@h"
  encoded  = base64encode(var.password)
  user     = var.settings.user
  on       = var.settings.on
  none     = var.settings.none
  chosen   = var.password != null ? "given" : "made"
  shown    = nonsensitive(var.password)
  hidden   = sensitive("word")
}
output "x" {
  value     = "out-${db.a.user}"
  sensitive = true
}
output "y" {
  value     = "plain"
  sensitive = true
}
""",
        var="password=hunter2",
    )
    assert body_of(module) == {
        "password": "${secret var.password}",
        "url": "pg://u:${secret var.password}@h",
        "encoded": "${base64encode(var.password)}",
        "user": "${secret var.settings/user}",
        "on": True,
        "none": None,
        "chosen": "given",
        "shown": "${secret var.password}",
        "hidden": "${sensitive(…)}",
    }
    assert output(module) == "${secret output.x/0}${secret var.settings/user}"
    assert output(module, "y") == "${secret output.y}"
    assert module.secrets == {
        "var.password": {"": "hunter2"},
        "var.settings": {"user": "anna", "port": "5432", "list.0": "s3"},
        "output.x": {"0": "out-"},
        "output.y": {"": "plain"},
    }
    assert "hunter2" not in repr((module.resources, module.outputs, module.variables, module.locals))


def test_what_is_sensitive_is_hidden_where_only_a_part_of_it_is_known() -> None:
    module = read("""\
resource "db" "a" {}
output "x" {
  value     = "pg://u:hunter2@${db.a.host}/"
  sensitive = true
}
output "y" {
  value     = jsonencode({ host = db.a.host, password = "hunter2" })
  sensitive = true
}
output "z" {
  value     = db.a.host
  sensitive = true
}
""")
    assert output(module) == "${secret output.x/0}${db.a.host}${secret output.x/2}"
    assert output(module, "y") == "${output.y}"
    assert output(module, "z") == "${db.a.host}"
    assert module.secrets == {"output.x": {"0": "pg://u:hunter2@", "2": "/"}}
    assert "hunter2" not in repr((module.resources, module.outputs))


def body_of(module: Any) -> Any:
    return plain(module.find("db.a").body)
