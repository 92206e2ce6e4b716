"""Resources: their arguments and blocks, how many there are, and what they refer to."""

import pytest

from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder
from isomorph.platforms.terraform.module import BlockList, Link, Resource, block_of, blocks_of
from isomorph.syntax.hcl.body import Interpolated
from tests.platforms.terraform.reading import body, output, plain, read, told

DATABASE = """\
resource "aws_db_instance" "main" {
  engine         = "postgres"
  engine_version = "15"
  tags           = { team = "a" }
}
"""


def found(text: str, address: str) -> Resource:
    resource = read(text).find(address)
    assert isinstance(resource, Resource)
    return resource


def test_a_resource_has_its_arguments_where_they_are_written() -> None:
    resource = found(DATABASE, "aws_db_instance.main")
    assert (resource.mode, resource.type, resource.name) == ("managed", "aws_db_instance", "main")
    assert resource.origin == Origin("infra/main.tf", 1, 1)
    assert plain(resource.body) == {"engine": "postgres", "engine_version": "15", "tags": {"team": "a"}}
    assert resource.body["engine_version"].origin == Origin("infra/main.tf", 3, 20)
    assert resource.body.keys["engine"].origin == Origin("infra/main.tf", 2, 3)


def test_blocks_are_lists_of_mappings_and_known_to_be_blocks() -> None:
    resource = found(
        """\
resource "kubernetes_service" "web" {
  metadata {
    name = "web"
  }
  spec {
    port {
      port = 80
    }
    port {
      port = 443
    }
    selector = { app = "web" }
  }
  list = [{ a = 1 }]
}
""",
        "kubernetes_service.web",
    )
    spec = block_of(resource.body, "spec")
    assert spec is not None
    assert [plain(each) for each in blocks_of(spec, "port")] == [{"port": 80}, {"port": 443}]
    assert spec.origin == Origin("infra/main.tf", 5, 3)
    assert isinstance(spec["port"], BlockList)
    assert not isinstance(resource.body["list"], BlockList)
    assert blocks_of(resource.body, "nothing") == []
    assert block_of(resource.body, "nothing") is None


def test_what_terraform_itself_reads_is_no_argument() -> None:
    module = read(
        """\
provider "aws" {
  alias  = "west"
  region = "us-west-1"
}
resource "aws_db_instance" "main" {
  count      = 1
  provider   = aws.west
  depends_on = [aws_vpc.main, module.net]
  name       = "x"
  lifecycle {
    prevent_destroy = true
  }
  connection {
    host = self.nothing
  }
  provisioner "local-exec" {
    command = "echo ${self.nothing}"
  }
}
resource "aws_vpc" "main" {}
module "net" {
  source  = "a/net/aws"
  version = "1.2.0"
}
"""
    )
    resource = module.find("aws_db_instance.main[0]")
    assert isinstance(resource, Resource)
    assert plain(resource.body) == {"name": "x"}
    assert resource.provider == "aws.west"
    assert resource.links == (Link(("depends_on",), "aws_vpc.main"), Link(("depends_on",), "module.net"))
    assert [(each.name, each.alias, plain(each.body)) for each in module.providers] == [
        ("aws", "west", {"region": "us-west-1"})
    ]


def test_a_reference_to_an_argument_is_its_value_and_a_link() -> None:
    text = f"""{DATABASE}
resource "app" "web" {{
  env {{
    name  = "VERSION"
    value = "v${{aws_db_instance.main.engine_version}}"
  }}
}}
"""
    web = found(text, "app.web")
    assert plain(web.body) == {"env": [{"name": "VERSION", "value": "v15"}]}
    assert web.links == (Link(("env", 0, "value"), "aws_db_instance.main", ("engine_version",)),)
    env = block_of(web.body, "env")
    assert env is not None
    assert env["value"].origin.via == (Origin("infra/main.tf", 3, 20),)


def test_what_only_an_apply_tells_is_a_placeholder_that_says_of_what() -> None:
    module = read(f'{DATABASE}resource "app" "web" {{\n  url = "pg://${{aws_db_instance.main.endpoint}}/a"\n}}\n')
    web = module.find("app.web")
    assert isinstance(web, Resource)
    node = web.body["url"]
    assert isinstance(node, Interpolated)
    part = Placeholder("${aws_db_instance.main.endpoint}")
    assert node.parts == ("pg://", part, "/a")
    assert node.origin == Origin("infra/main.tf", 7, 9)
    assert module.attribute_of(part) == Link((), "aws_db_instance.main", ("endpoint",))
    assert web.links == (Link(("url",), "aws_db_instance.main", ("endpoint",)),)
    assert module.attribute_of(Placeholder("${lower(aws_db_instance.main.endpoint)}")) is None
    assert module.attribute_of(Placeholder("${aws_db_instance.other.endpoint}")) is None
    assert module.attribute_of("text") is None


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("aws_db_instance.main.tags.team", "a"),
        ('aws_db_instance.main["engine"]', "postgres"),
        ("aws_db_instance.main.id", "${aws_db_instance.main.id}"),
        ("aws_db_instance.main.list[0].name", "${aws_db_instance.main.list[0].name}"),
        ('aws_db_instance.main.map["a b"]', '${aws_db_instance.main.map["a b"]}'),
        ("upper(aws_db_instance.main.id)", "${upper(aws_db_instance.main.id)}"),
        ("jsonencode(aws_db_instance.main)", "${jsonencode(aws_db_instance.main)}"),
        ("aws_db_instance.main", "${aws_db_instance.main}"),
        ("[for key, value in aws_db_instance.main : key]", "${[for key, value in aws_db_instance.main : key]}"),
        ("keys(aws_db_instance.main)", "${keys(aws_db_instance.main)}"),
        ("[aws_db_instance.main.id, 1][1]", 1),
        ("length([aws_db_instance.main.id])", 1),
        ('aws_db_instance.main.id == "" ? 1 : 2', '${aws_db_instance.main.id == "" ? 1 : 2}'),
        ('"${aws_db_instance.main.id}-x" == null', False),
        ("merge(aws_db_instance.main.tags, { id = aws_db_instance.main.id }).team", "a"),
        ("try(aws_db_instance.main.engine, 1)", "postgres"),
        ("aws_db_instance.main.tags.other", "${aws_db_instance.main.tags.other}"),
        ('try(aws_db_instance.main.tags.other, "none")', "none"),
        ('lookup(aws_db_instance.main.tags, "other", "none")', "none"),
        ("jsonencode(aws_db_instance.main.tags)", '{"team":"a"}'),
        ("keys(aws_db_instance.main.tags)", ["team"]),
        ("data.aws_vpc.main.id", "${data.aws_vpc.main.id}"),
        ("data.aws_vpc.main.name", "n"),
        ("timestamp()", "${timestamp()}"),
        ("provider::aws::arn_parse(1)", "${provider::aws::arn_parse(1)}"),
    ],
)
def test_values_of_references(expression: str, value: object) -> None:
    text = f'{DATABASE}data "aws_vpc" "main" {{\n  name = "n"\n}}\noutput "x" {{\n  value = {expression}\n}}\n'
    assert output(read(text)) == value


def test_attributes_of_blocks_are_told_by_an_apply_too() -> None:
    text = 'resource "vm" "a" {\n  net {\n    name = "n"\n  }\n}\n'
    assert output(read(f'{text}output "x" {{\n  value = vm.a.net[0].name\n}}\n')) == "n"
    module = read(f'{text}output "x" {{\n  value = vm.a.net[0].ip[0].address\n}}\n')
    assert output(module) == "${vm.a.net[0].ip[0].address}"
    assert module.outputs["x"].links == (Link((), "vm.a", ("net", 0, "ip", 0, "address")),)


def test_count_and_for_each_make_instances() -> None:
    module = read("""\
locals {
  names = ["b", "a"]
}
resource "vm" "counted" {
  count = length(local.names)
  name  = "vm-${count.index}-${local.names[count.index]}"
}
resource "vm" "mapped" {
  for_each = { x = 1, "y z" = 2 }
  size     = each.value
  name     = each.key
}
resource "vm" "set" {
  for_each = toset(local.names)
  name     = "${each.key}${each.value}"
}
resource "vm" "none" {
  count = 0
}
resource "vm" "derived" {
  for_each = vm.mapped
  name     = "${each.key}-${each.value.size}"
}
output "x" {
  value = [
    vm.counted[1].name, vm.mapped["y z"].size, vm.counted[*].name, [for key, one in vm.mapped : "${key}${one.id}"], vm.none,
  ]
}
""")
    assert [each.address for each in module.resources] == [
        "vm.counted[0]",
        "vm.counted[1]",
        'vm.mapped["x"]',
        'vm.mapped["y z"]',
        'vm.set["a"]',
        'vm.set["b"]',
        'vm.derived["x"]',
        'vm.derived["y z"]',
    ]
    assert body(module, "vm.counted[1]") == {"name": "vm-1-a"}
    assert body(module, 'vm.mapped["y z"]') == {"size": 2, "name": "y z"}
    assert body(module, 'vm.set["a"]') == {"name": "aa"}
    assert body(module, 'vm.derived["x"]') == {"name": "x-1"}
    assert [each.key for each in module.resources][:3] == [0, 1, "x"]
    assert output(module) == [
        "vm-1-a", 2, ["vm-0-b", "vm-1-a"], ['x${vm.mapped["x"].id}', 'y z${vm.mapped["y z"].id}'], [],
    ]  # fmt: skip
    assert module.find("vm.mapped") is module.find('vm.mapped["x"]')


@pytest.mark.parametrize(
    ("argument", "used", "value"),
    [
        ("count = vm.a.number", "count.index", "n-${count.index}"),
        ("for_each = vm.a.names", "each.key", "n-${each.key}"),
        ("for_each = toset([vm.a.name])", "each.value", "n-${each.value}"),
        ("for_each = toset(vm.a.list[*].name)", "each.value.x", "n-${each.value.x}"),
    ],
)
def test_a_number_that_only_an_apply_tells_is_one_instance(argument: str, used: str, value: str) -> None:
    module = read(f"""\
resource "vm" "a" {{}}
resource "vm" "b" {{
  {argument}
  name = "n-${{{used}}}"
}}
output "x" {{
  value = [vm.b[0].name, vm.b[*].name, length(vm.b), vm.b[0].id]
}}
""")
    resource = module.find("vm.b[?]")
    assert isinstance(resource, Resource)
    assert (resource.key, resource.key_known) == (None, False)
    assert plain(resource.body) == {"name": value}
    assert output(module) == [value, "${vm.b[*].name}", "${length(vm.b)}", "${vm.b[?].id}"]
    assert module.attribute_of(Placeholder("${vm.b[?].id}")) == Link((), "vm.b[?]", ("id",))
    start = len(argument) - len(argument.partition("= ")[2]) + 3
    assert told(module) == [
        f"infra/main.tf:3:{start}: known-after-apply: how many vm.b there are only an apply tells; one stands for all"
    ]


def test_a_number_that_depends_on_a_variable_without_a_value_says_so() -> None:
    module = read('variable "n" {}\nresource "vm" "a" {\n  count = var.n ? 1 : 0\n}\n')
    assert told(module) == [
        "infra/main.tf:1:1: unset-variable: variable n has no value; what depends on it is unresolved",
        "infra/main.tf:3:11: unset-variable: how many vm.a there are depends on variable n, which has no value;"
        " one stands for all",
    ]


def test_dynamic_blocks_are_written_out() -> None:
    module = read("""\
resource "vm" "a" {
  dynamic "port" {
    for_each = { http = 80, https = 443 }
    content {
      name   = port.key
      number = port.value
      dynamic "peer" {
        for_each = ["x"]
        iterator = one
        content {
          name = "${port.key}-${one.value}"
        }
      }
    }
  }
  dynamic "disk" {
    for_each = vm.b.disks
    content {
      name = disk.value.name
    }
  }
}
resource "vm" "b" {}
""")
    assert body(module, "vm.a") == {
        "port": [
            {"name": "http", "number": 80, "peer": [{"name": "http-x"}]},
            {"name": "https", "number": 443, "peer": [{"name": "https-x"}]},
        ],
        "disk": [{"name": "${disk.value.name}"}],
    }
    assert told(module) == [
        "infra/main.tf:16:3: known-after-apply: how many blocks disk there are only an apply tells; one is read"
    ]


def test_links_go_through_locals_and_keep_the_path_of_each_value() -> None:
    module = read(f"""{DATABASE}
locals {{
  host = aws_db_instance.main.address
  env  = {{ HOST = local.host, NAME = aws_db_instance.main.engine, PLAIN = "x" }}
  db   = aws_db_instance.main
}}
resource "app" "web" {{
  env   = local.env
  port  = local.db.port
  merged = merge(local.env, {{ A = "b" }})
}}
""")
    web = module.find("app.web")
    assert isinstance(web, Resource)
    assert plain(web.body)["env"] == {"HOST": "${aws_db_instance.main.address}", "NAME": "postgres", "PLAIN": "x"}
    links = {(link.path, link.attribute) for link in web.links}
    assert {link.address for link in web.links} == {"aws_db_instance.main"}
    assert {
        (("env", "HOST"), ("address",)),
        (("env", "NAME"), ("engine",)),
        (("port",), ("port",)),
        (("merged", "HOST"), ("address",)),
    } <= links
    assert not any(path[-1] in ("PLAIN", "A") for path, _ in links)
