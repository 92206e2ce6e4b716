"""Bodies: what stands where, variables and locals, dynamic blocks, what is left to the running cluster."""

from collections.abc import Mapping
from typing import Any

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.text import Placeholder
from isomorph.syntax.hcl.body import Body, Interpolated, text_of
from isomorph.syntax.hcl.read import read_bodies, read_body
from isomorph.syntax.hcl.scope import Given, Scope, given_by_argument, given_by_environment
from isomorph.syntax.hcl.variables import read_variable_file
from isomorph.syntax.tree import Mapping as MappingNode
from isomorph.syntax.tree import Node, Scalar, to_data


def read(text: str, scope: Scope | None = None) -> Body:
    return read_body(text, "job.hcl", scope or Scope())


def data_of(body: Body) -> dict[str, Any]:
    return {name: to_data(node) for name, node in body.attributes.items()}


def place(node: Node) -> str:
    """Give where a node stands and what is behind it."""
    return " < ".join(f"{each.file}:{each.line}:{each.column}" for each in (node.origin, *node.origin.via))


def refusal(text: str, scope: Scope | None = None) -> str:
    with pytest.raises(InvalidInput) as error:
        read(text, scope)
    return str(error.value)


JOB = """\
job "shop" {
  datacenters = ["dc1", "dc2"] # both
  group "front" {
    count = 2
    task "web" {
      env {
        A = "é",
      }
    }
  }
}
"""


def test_blocks_and_arguments_keep_order_labels_and_places() -> None:
    body = read(JOB.replace(",\n", "\n"))
    job = body.blocks[0]
    assert (job.type, job.labels, str(job.origin)) == ("job", ("shop",), "job.hcl:1:1")
    assert place(job.body.attributes["datacenters"]) == "job.hcl:2:17"
    assert str(job.body.keys["datacenters"]) == "job.hcl:2:3"
    group = job.body.blocks[0]
    task = group.body.blocks[0]
    assert (group.labels, task.labels) == (("front",), ("web",))
    assert place(group.body.attributes["count"]) == "job.hcl:4:13"
    assert data_of(task.body.blocks[0].body) == {"A": "é"}
    assert refusal(JOB).startswith("job.hcl:7:16: `,` where the end of the line is expected")


def test_columns_count_code_points_and_parts_of_collections_have_their_own() -> None:
    body = read('a = ["😀é", "b"]\nm = {\n  k = "v"\n  "é" = [1,\n    2]\n}\n')
    first, second = body.attributes["a"], body.attributes["m"]
    assert place(first[1]) == "job.hcl:1:12"  # type: ignore[index]
    assert isinstance(second, MappingNode)
    assert place(second["k"]) == "job.hcl:3:7"
    assert str(second.keys["é"].origin) == "job.hcl:4:3"
    assert place(second["é"][1]) == "job.hcl:5:5"  # type: ignore[index]


def test_numbers_are_written_without_exponents() -> None:
    body = read('a = 1000000\nb = "${1e6}-${0.1 + 0.2}"\nc = 1.5\nd = 10 / 4\ne = 1e3\n')
    assert data_of(body) == {"a": 1000000, "b": "1000000-0.3", "c": 1.5, "d": 2.5, "e": 1000}
    assert isinstance(body.attributes["c"], Scalar)
    assert body.attributes["c"].text == "1.5"


def test_what_the_cluster_knows_stays_as_it_is_written() -> None:
    body = read(
        'a = "${attr.kernel.name}"\nb = "http://${NOMAD_ADDR_db}/${env["HOME"]}-${meta.a[0]}"\n'
        'c = node.class\nd = "$${not} one"\ne = "${"${attr.cpu.arch}"}"\n'
    )
    assert data_of(body) == {
        "a": "${attr.kernel.name}",
        "b": 'http://${NOMAD_ADDR_db}/${env["HOME"]}-${meta.a[0]}',
        "c": "${node.class}",
        "d": "${not} one",
        "e": "${attr.cpu.arch}",
    }
    assert place(body.attributes["a"]) == "job.hcl:1:5"


def test_what_terraform_knows_later_is_a_placeholder() -> None:
    body = read('a = "x-${aws_db.main.host}:${1 + 1}"\nb = aws_db.main[0].id\n', Scope(unknown="placeholder"))
    node = body.attributes["a"]
    assert isinstance(node, Interpolated)
    assert text_of(node) == ("x-", Placeholder("${aws_db.main.host}"), ":2")
    assert node.value == "x-${aws_db.main.host}:2"
    assert text_of(body.attributes["b"]) == (Placeholder("${aws_db.main[0].id}"),)  # type: ignore[arg-type]


def test_further_roots_have_values() -> None:
    body = read(
        "a = path.module\nb = each.value.x\n", Scope(roots={"path": {"module": "."}, "each": {"value": {"x": 1}}})
    )
    assert data_of(body) == {"a": ".", "b": 1}


VARIABLES = """\
variable "image" {
  type    = string
  default = "nginx:1"
}
variable "count" {
  type = number
}
variable "ports" {
  type    = map(number)
  default = { http = "80" }
}
variable "free" {
  default = ["a"]
}
image = "reg/${var.image}"
count = var.count
ports = var.ports
free  = var.free
"""


def test_variables_have_given_values_or_defaults_and_lead_back_to_them() -> None:
    scope = Scope(given=dict([given_by_argument("count=3"), given_by_argument('free=["b", "c"]')]))
    body = read(VARIABLES, scope)
    assert data_of(body) == {"image": "reg/nginx:1", "count": 3, "ports": {"http": 80}, "free": ["b", "c"]}
    assert place(body.attributes["image"]) == "job.hcl:15:9 < job.hcl:3:13"
    assert place(body.attributes["count"]) == "job.hcl:16:9 < ?var=count:1:1"
    ports = body.attributes["ports"]
    assert isinstance(ports, MappingNode)
    assert place(ports["http"]) == "job.hcl:17:9 < job.hcl:10:22"
    assert str(scope.unset) == "{}"


def test_a_variable_without_a_value_is_unresolved_and_remembered_where_it_is_used() -> None:
    scope = Scope()
    body = read(VARIABLES, scope)
    assert text_of(body.attributes["count"]) == (Placeholder("${var.count}", "count"),)  # type: ignore[arg-type]
    assert scope.unset == {"count": Origin("job.hcl", 16, 9)}


def test_what_is_calculated_from_an_unset_variable_is_unresolved_with_its_name() -> None:
    body = read('variable "a" {}\nb = "${upper(var.a)}-x"\nc = var.a == "1" ? [1] : [2]\n')
    assert text_of(body.attributes["b"]) == (Placeholder("${upper(var.a)}", "a"), "-x")  # type: ignore[arg-type]
    assert text_of(body.attributes["c"]) == (Placeholder('${var.a == "1" ? [1] : [2]}', "a"),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("prod.vars.hcl", 'count = 4\nports = {\n  web = 8080\n}\nimage = "a:2"\n'),
        ("prod.json", '{"count": 4,\n "ports": {\n  "web": 8080},\n "image": "a:2"}'),
    ],
)
def test_files_of_values(file: str, content: str) -> None:
    body = read(VARIABLES, Scope(given=read_variable_file(content.encode(), file)))
    assert data_of(body) == {"image": "reg/a:2", "count": 4, "ports": {"web": 8080}, "free": ["a"]}
    ports = body.attributes["ports"]
    assert isinstance(ports, MappingNode)
    assert ports["web"].origin.via[0].file == file
    assert ports["web"].origin.via[0].line == 3


def test_values_of_the_environment_may_be_for_others() -> None:
    given = given_by_environment({"NOMAD_VAR_image": "e:1", "NOMAD_VAR_other": "x", "HOME": "/"}, "NOMAD_VAR_")
    body = read(VARIABLES, Scope(given=given))
    assert to_data(body.attributes["image"]) == "reg/e:1"
    assert refusal(VARIABLES, Scope(given=dict([given_by_argument("other=x")]))) == (
        "?var=other:1:1: a value is given to variable other, which is not declared "
        '(add `variable "other" { … }`, or correct the name)'
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("count=many", "?var=count:1:1: variable count: a string that is no number where a number is needed"),
        ("ports=[", "?var=ports:1:1: the value given to variable ports cannot be read: the file ends where a value"),
        (
            "ports={ a = b.c }",
            "?var=ports:1:1: the value given to variable ports cannot be read: `b.c` where no references",
        ),
        ("ports=[1]", "?var=ports:1:1: variable ports: a list where a map is needed"),
    ],
)
def test_wrong_values_are_told_where_they_are_given(given: str, message: str) -> None:
    assert refusal(VARIABLES, Scope(given=dict([given_by_argument(given)]))).startswith(message)


def test_validation_and_declarations() -> None:
    text = (
        'variable "env" {\n  validation {\n    condition     = contains(["dev", "prod"], var.env)\n'
        '    error_message = "dev or prod"\n  }\n}\na = var.env\n'
    )
    assert data_of(read(text, Scope(given=dict([given_by_argument("env=dev")])))) == {"a": "dev"}
    assert refusal(text, Scope(given=dict([given_by_argument("env=qa")]))) == (
        "?var=env:1:1: variable env has a value that is not valid: dev or prod (the condition is at job.hcl:3:5)"
    )
    assert refusal("a = var.b\n").startswith("job.hcl:1:5: variable b is not declared")
    assert refusal('variable "a" {}\nvariable "a" {}\n').startswith("job.hcl:2:1: variable a is declared twice")
    assert refusal('variable "a" {\n  type = text\n}\n').startswith("job.hcl:2:10: `text` is no type")
    assert refusal('variable "a" {\n  default = b.c\n}\n').startswith("job.hcl:2:13: `b.c` where no references may be")
    assert data_of(read('variables {\n  a = "x"\n}\nb = var.a\n')) == {"b": "x"}


def test_locals_are_evaluated_in_any_order_and_lead_back() -> None:
    body = read(
        'locals {\n  c = "${local.b}!"\n  b = upper(local.a)\n}\nlocals {\n  a = "x"\n  m = { k = local.a }\n}\n'
        "r = local.c\ns = local.m\n"
    )
    assert data_of(body) == {"r": "X!", "s": {"k": "x"}}
    assert place(body.attributes["r"]) == "job.hcl:9:5 < job.hcl:2:7 < job.hcl:3:7 < job.hcl:6:7"
    node = body.attributes["s"]
    assert isinstance(node, MappingNode)
    assert place(node["k"]) == "job.hcl:10:5 < job.hcl:7:13 < job.hcl:6:7"
    assert body.blocks == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "locals {\n  a = local.b\n  b = [local.a]\n}\n",
            "job.hcl:3:7: locals use each other in a circle: a -> b -> a",
        ),
        ("locals {\n  a = local.a\n}\n", "job.hcl:2:7: locals use each other in a circle: a -> a"),
        ("a = local.b\n", "job.hcl:1:5: local b is not declared"),
        (
            "locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n",
            "job.hcl:5:7: local a is declared twice, first at job.hcl:2:3",
        ),
    ],
)
def test_locals_that_cannot_be(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_collections_that_are_put_together_keep_the_places_of_their_parts() -> None:
    body = read(
        'locals {\n  common = { A = "1" }\n}\nenv = merge(local.common, { B = "2" }, true ? { C = "3" } : {})\n'
        'l = concat(["a"], [\n  "b"])\n'
    )
    env = body.attributes["env"]
    assert isinstance(env, MappingNode)
    assert {key: place(node) for key, node in env.items()} == {
        "A": "job.hcl:4:13 < job.hcl:2:18",
        "B": "job.hcl:4:33",
        "C": "job.hcl:4:53",
    }
    assert place(body.attributes["l"][1]) == "job.hcl:6:3"  # type: ignore[index]


DYNAMIC = """\
locals {
  ports = { http = 80, admin = 8080 }
}
network {
  dynamic "port" {
    for_each = local.ports
    labels   = [port.key]
    content {
      to = port.value
    }
  }
  dynamic "dns" {
    for_each = toset(["b", "a"])
    iterator = each
    content {
      server = "${each.key}-${each.value}"
      dynamic "option" {
        for_each = [each.value]
        content {
          n = option.key
          v = "${each.value}${option.value}"
        }
      }
    }
  }
  dynamic "none" {
    for_each = []
    content {}
  }
}
"""


def test_dynamic_blocks_are_written_out() -> None:
    network = read(DYNAMIC).blocks[0].body
    assert [(block.type, block.labels, data_of(block.body)) for block in network.blocks] == [
        ("port", ("admin",), {"to": 8080}),
        ("port", ("http",), {"to": 80}),
        ("dns", (), {"server": "a-a"}),
        ("dns", (), {"server": "b-b"}),
    ]
    assert data_of(network.blocks[3].body.blocks[0].body) == {"n": 0, "v": "bb"}
    assert str(network.blocks[0].origin) == "job.hcl:5:3"
    assert place(network.blocks[0].body.attributes["to"]).startswith("job.hcl:9:12")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'a {\n  dynamic "b" {\n    content {}\n  }\n}\n',
            "job.hcl:2:3: a dynamic block without its type, its for_each or",
        ),
        (
            'a {\n  dynamic "b" {\n    for_each = 5\n    content {}\n  }\n}\n',
            "job.hcl:3:16: a number where a list or a map",
        ),
        (
            'variable "v" {}\na {\n  dynamic "b" {\n    for_each = var.v\n    content {}\n  }\n}\n',
            "job.hcl:4:16: how many blocks `b` there are depends on what is not known here (give variable v a value)",
        ),
    ],
)
def test_dynamic_blocks_that_cannot_be_written_out(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_files_of_a_module_share_variables_and_locals() -> None:
    main, other = read_bodies(
        [("a = local.x\n", "main.tf"), ('locals {\n  x = var.v\n}\nvariable "v" {\n  default = 1\n}\n', "v.tf")],
        Scope(),
    )
    assert data_of(main) == {"a": 1}
    assert place(main.attributes["a"]) == "main.tf:1:5 < v.tf:2:7 < v.tf:5:13"
    assert other.blocks == []


def files(contents: Mapping[str, bytes]) -> Scope:
    def read_file(path: str, origin: Origin) -> bytes:
        if path not in contents:
            raise InvalidInput(f"file {path} does not exist", origin, "check the path")
        return contents[path]

    return Scope(read_file=read_file)


def test_files_are_reached_through_the_scope_only() -> None:
    scope = files({"a.txt": b"hello\n", "b.bin": b"\xff"})
    body = read('a = file("a.txt")\nb = fileexists("none")\nc = filebase64("b.bin")\nd = chomp(file("a.txt"))\n', scope)
    assert data_of(body) == {"a": "hello\n", "b": False, "c": "/w==", "d": "hello"}
    assert refusal('x = [\n  file("none")]\n', scope) == "job.hcl:2:3: file none does not exist (check the path)"
    assert refusal('x = file("b.bin")\n', scope).startswith("job.hcl:1:5: file: the file is no text in UTF-8")
    assert text_of(read('a = file("a.txt")\n').attributes["a"]) == (Placeholder('${file("a.txt")}'),)  # type: ignore[arg-type]


def test_values_from_outside_are_never_in_messages() -> None:
    given = {"a": Given("hunter2", Origin("?var=a"))}
    for text in (
        'variable "a" {\n  type = number\n}\n',
        'variable "a" {}\nb = var.a + 1\n',
        'variable "a" {}\nb = parseint(var.a, 10)\n',
    ):
        assert "hunter2" not in refusal(text, Scope(given=given))


HEREDOCS = [
    ("a = <<EOT\n  one\n two\n  EOT\n", "  one\n two\n"),
    ("a = <<-EOT\n    one\n      two\n\n   three\n    EOT\n", " one\n   two\n\nthree\n"),
    ("a = <<-EOT\n    ${1}\n      two\n    EOT\n", "1\n  two\n"),
    ("a = <<-EOT\n    x ${1}\n\t\t\t\ttwo\n  EOT\n", "x 1\ntwo\n"),
    ('a = <<EOT\n\\n "q" $${b} %%{c}\nEOT\n', '\\n "q" ${b} %{c}\n'),
    ("a = <<EOT\nEOT\n", ""),
    (
        'a = <<EOT\n{{ range service "db" }}\n%{ if true ~}\n  yes\n%{ endif ~}\nEOT\n',
        '{{ range service "db" }}\n  yes\n',
    ),
    ("a = <<EOT\r\none\r\nEOT\r\n", "one\r\n"),
]


@pytest.mark.parametrize(("text", "value"), HEREDOCS, ids=[text for text, _ in HEREDOCS])
def test_heredocs(text: str, value: str) -> None:
    body = read(text + "b = 1\n")
    assert data_of(body) == {"a": value, "b": 1}
    assert place(body.attributes["a"]) == "job.hcl:1:5"


def test_a_fault_in_a_heredoc_is_told_at_its_place() -> None:
    assert refusal("a = <<EOT\n  x\n  é ${upper()}\nEOT\n").startswith("job.hcl:3:7: upper takes 1 argument")


def test_reading_leaves_no_trace_in_the_scope() -> None:
    scope = Scope()
    read('variable "a" {\n  default = 1\n}\nb = var.a\n', scope)
    assert scope == Scope()
