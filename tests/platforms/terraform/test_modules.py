"""Modules: those of the project are read with what they are given, all others keep their arguments."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder
from isomorph.platforms.terraform.module import CalledModule, Link, Resource
from tests.platforms.terraform.reading import body, output, plain, read, told

SERVICE = """\
variable "name" {
  type = string
}
variable "port" {
  type    = number
  default = 80
}
variable "db" {
  default = null
}
resource "vm" "this" {
  name = "svc-${var.name}"
  port = var.port
  host = var.db
}
output "url" {
  value = "http://${vm.this.name}:${var.port}"
}
output "id" {
  value = vm.this.id
}
output "name" {
  value = vm.this.name
}
"""


def test_a_module_of_the_project_is_read_with_its_arguments() -> None:
    module = read(
        {
            "main.tf": """\
module "a" {
  source = "./svc"
  name   = "one"
  port   = "8080"
  db     = db.main.host
}
resource "db" "main" {}
output "x" {
  value = [module.a.url, module.a.id, module.a.name]
}
""",
            "svc/main.tf": SERVICE,
        }
    )
    called = module.find("module.a")
    assert isinstance(called, CalledModule)
    assert (called.name, called.source, called.is_read) == ("a", "./svc", True)
    assert plain(called.arguments) == {"name": "one", "port": "8080", "db": "${db.main.host}"}
    assert body(module, "module.a.vm.this") == {"name": "svc-one", "port": 8080, "host": "${db.main.host}"}
    assert output(module) == ["http://svc-one:8080", "${module.a.vm.this.id}", "svc-one"]
    inner = module.find("module.a.vm.this")
    assert isinstance(inner, Resource)
    assert inner.module == "module.a"
    assert inner.origin == Origin("infra/svc/main.tf", 11, 1)
    assert Link(("host",), "db.main", ("host",)) in inner.links
    assert module.attribute_of(Placeholder("${module.a.vm.this.id}")) == Link((), "module.a.vm.this", ("id",))
    assert Link((), "module.a", ("id",)) in module.outputs["x"].links
    assert module.sources == ("infra/main.tf", "infra/svc/main.tf")


def test_modules_have_instances_and_modules_in_them() -> None:
    module = read(
        {
            "main.tf": """\
module "many" {
  source   = "./svc"
  for_each = { x = 1, y = 2 }
  name     = "${each.key}${each.value}"
}
module "two" {
  source = "./outer"
  count  = 2
  number = count.index
}
module "none" {
  source = "./svc"
  count  = 0
  name   = "z"
}
output "x" {
  value = [
    module.many["y"].name, module.two[1].inner, module.two[*].inner, [for key, each in module.many : each.url], module.none,
  ]
}
""",
            "svc/main.tf": SERVICE,
            "outer/main.tf": 'variable "number" {}\nmodule "inner" {\n  source = "../svc"\n  name = var.number\n}\n'
            'output "inner" {\n  value = module.inner.name\n}\n',
        }
    )
    assert [each.address for each in module.resources] == [
        'module.many["x"].vm.this',
        'module.many["y"].vm.this',
        "module.two[0].module.inner.vm.this",
        "module.two[1].module.inner.vm.this",
    ]
    assert output(module) == [
        "svc-y2",
        "svc-1",
        ["svc-0", "svc-1"],
        ["http://svc-x1:80", "http://svc-y2:80"],
        [],
    ]


def test_modules_may_wait_for_each_other_where_their_values_do_not() -> None:
    crossed = 'variable "in" {\n  default = ""\n}\noutput "given" {\n  value = "<${var.in}>"\n}\n'
    crossed += 'output "own" {\n  value = "o"\n}\n'
    module = read(
        {
            "main.tf": 'module "a" {\n  source = "./m"\n  in = module.b.given\n}\nmodule "b" {\n  source = "./m"\n'
            '  in = module.a.own\n}\noutput "x" {\n  value = module.a.given\n}\n',
            "m/main.tf": crossed,
        }
    )
    assert output(module) == "<<o>>"


@pytest.mark.parametrize(
    ("source", "version"),
    [
        ("Azure/avm-res-servicebus-namespace/azurerm", "0.4.0"),
        ("git::https://example.com/net.git?ref=v1.2.0", ""),
        ("/opt/modules/net", ""),
    ],
)
def test_a_module_from_elsewhere_keeps_its_arguments_and_only_an_apply_tells_its_outputs(
    source: str, version: str
) -> None:
    said = f'  version = "{version}"\n' if version else ""
    module = read(
        f'module "bus" {{\n  source = "{source}"\n{said}  count = 1\n  name = "b-${{count.index}}"\n}}\n'
        'output "x" {\n  value = [module.bus[0].host, module.bus[*].host]\n}\n'
    )
    called = module.find("module.bus[0]")
    assert isinstance(called, CalledModule)
    assert (called.source, called.version, called.is_read, called.key) == (source, version, False, 0)
    assert plain(called.arguments) == {"name": "b-0"}
    assert output(module) == ["${module.bus[0].host}", ["${module.bus[0].host}"]]
    assert module.attribute_of(Placeholder("${module.bus[0].host}")) == Link((), "module.bus[0]", ("host",))
    assert told(module) == []


def test_a_resource_given_whole_is_known_in_the_module() -> None:
    module = read(
        {
            "main.tf": 'resource "db" "main" {\n  port = 5432\n}\nmodule "a" {\n  source = "./m"\n  db = db.main\n}\n'
            'output "x" {\n  value = module.a.url\n}\n',
            "m/main.tf": 'variable "db" {\n  type = object({ port = number, host = string })\n}\n'
            'output "url" {\n  value = "${var.db.host}:${var.db.port}"\n}\n',
        }
    )
    assert output(module) == "${db.main.host}:5432"


def test_a_sensitive_output_stays_one() -> None:
    module = read(
        {
            "main.tf": 'module "a" {\n  source = "./m"\n}\noutput "x" {\n  value = "u:${module.a.password}"\n}\n',
            "m/main.tf": 'output "password" {\n  value = "hunter2"\n  sensitive = true\n}\n',
        }
    )
    assert output(module) == "u:${secret module.a.output.password}"
    assert module.secrets == {"module.a.output.password": {"": "hunter2"}}


def test_files_are_read_from_where_terraform_runs() -> None:
    module = read(
        {
            "main.tf": 'module "a" {\n  source = "./m"\n}\noutput "x" {\n  value = [module.a.own, module.a.roots, '
            'fileset(path.module, "m/*.txt"), path.module]\n}\n',
            "m/main.tf": 'output "own" {\n  value = templatefile("${path.module}/t.txt", { a = path.module })\n}\n'
            'output "roots" {\n  value = file("note.txt")\n}\n',
            "m/t.txt": "in ${a}",
            "note.txt": "root's",
        }
    )
    assert output(module) == ["in m", "root's", ["m/t.txt"], "."]


def test_a_file_that_is_not_there_leaves_what_it_says_open() -> None:
    module = read(
        'output "x" {\n  value = [file("none"), file("~/.ssh/id"), try(file("none"), "else"), fileexists("none"), '
        'fileexists("/etc/passwd"), templatefile("none", {})]\n}\n'
    )
    assert output(module) == [
        '${file("none")}',
        '${file("~/.ssh/id")}',
        "else",
        False,
        '${fileexists("/etc/passwd")}',
        '${templatefile("none", {})}',
    ]
    assert told(module) == [
        "infra/main.tf:2:12: missing-file: file none does not exist; what depends on it is unresolved",
        "infra/main.tf:2:26: missing-file: file ~/.ssh/id is of one machine, and not read; what depends on it is unresolved",
    ]


@pytest.mark.parametrize(
    ("call", "inside", "message", "place"),
    [
        ('  source = "./m"\n', 'variable "a" {}\n', "module a is not given a, which it needs", "infra/main.tf:1:1"),
        ('  source = "./m"\n  b = 1\n', "", "module a has no variable b", "infra/main.tf:3:3"),
        ("", "", "module a without source", "infra/main.tf:1:1"),
        ("  source = var.x\n", "", "source is a text that is written out", "infra/main.tf:2:12"),
        ('  source = "./none"\n', "", "there is no folder infra/none", "infra/main.tf:2:12"),
        ('  source = "../../outside"\n', "", "outside the project and is not read", "infra/main.tf:2:12"),
        ('  source = "./m"\n  a = "x"\n', 'variable "a" {\n  type = number\n}\n', "no number", "infra/main.tf:3:7"),
        ('  source = "./m"\n  count = -1\n', "", "count is -1", "infra/main.tf:3:11"),
        ('  source = "./m"\n  depends_on = local.x\n', "", "depends_on is a list", "infra/main.tf:3:16"),
    ],
)
def test_calls_that_terraform_refuses(call: str, inside: str, message: str, place: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read({"main.tf": f'module "a" {{\n{call}}}\n', "m/main.tf": inside + 'output "z" {\n  value = 1\n}\n'})
    assert message in error.value.message
    assert str(error.value.origin) == place
    assert error.value.hint


def test_an_output_that_a_module_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"module\.a has no output y") as error:
        read(
            {
                "main.tf": 'module "a" {\n  source = "./m"\n}\nlocals {\n  x = module.a.y\n}\n',
                "m/main.tf": "locals {}\n",
            }
        )
    assert str(error.value.origin) == "infra/main.tf:5:7"


def test_a_module_that_calls_itself_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 20 deep"):
        read('module "a" {\n  source = "./."\n}\n')
