"""What only the running cluster knows: as addresses of workloads, fields of the instance, references to stores, or left open."""

import pytest

from isomorph.model.normalise import normalise
from isomorph.model.text import (
    Address,
    ConfigurationValue,
    InstanceField,
    Part,
    Placeholder,
    SecretValue,
    Text,
    make_text,
)
from tests.platforms.nomad.jobs import container_of, job, network, read_text

PEER = """
  group "db" {
    network {
      mode = "bridge"
      port "sql" {
        static = 15432
        to     = 5432
      }
    }
    service {
      name     = "shop-db"
      port     = "sql"
      provider = "nomad"
    }
    task "postgres" {
      driver = "docker"
      config {
        image = "postgres:17"
        ports = ["sql"]
      }
    }
  }
"""
DB = Address("db", "shop-db", 5432)


def variables(task: str, group: str = "") -> dict[str, Text]:
    """Give the variables of the task `web`, with a peer `db` beside it."""
    text = job(task=task, group=group, more=PEER)
    workloads = normalise(read_text(text)).application.workloads
    return workloads["web"].containers["web"].variables


def value(written: str) -> Text:
    """Give the value of a variable of `env`."""
    return variables(f'env {{\n  A = "{written}"\n}}', network("http=8080 admin=9000:9090"))["A"]


def rendered(template: str) -> dict[str, Text]:
    """Give the variables that a template sets."""
    return variables(f'template {{\n  destination = "secrets/e"\n  env = true\n  data = <<EOT\n{template}\nEOT\n}}')


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("plain $x", "plain $x"),
        ("${NOMAD_PORT_http}", "8080"),
        ("${NOMAD_HOST_PORT_admin}", "9090"),
        ("http://${NOMAD_ADDR_http}/x", ("http://", Address("web", "web", 8080), "/x")),
        ("${NOMAD_IP_http}", (Address("web", "web"),)),
        ("${NOMAD_TASK_NAME}.${NOMAD_GROUP_NAME}.${NOMAD_JOB_NAME}", "web.web.web"),
        ("${NOMAD_ALLOC_ID}", (InstanceField("uid"),)),
        ("${node.unique.name}", (InstanceField("node"),)),
        ("${attr.unique.network.ip-address}", (InstanceField("host-ip"),)),
        ("${NOMAD_TASK_DIR}/a", "/local/a"),
        ("${NOMAD_UPSTREAM_ADDR_shop_db}", (DB,)),
        ("${NOMAD_ALLOC_INDEX}", (Placeholder("${NOMAD_ALLOC_INDEX}"),)),
        ("$${HOME}", "${HOME}"),
        ("postgres://shop-db:5432/x", ("postgres://", DB, "/x")),
        ("postgres://shop-db:15432/x", ("postgres://", DB, "/x")),
        ("queue-shop-db", "queue-shop-db"),
    ],
)
def test_references(written: str, text: Text) -> None:
    assert value(written) == text


def test_meta_and_own_variables() -> None:
    task = 'meta {\n  tier = "front"\n}\nenv {\n  A = "x"\n  B = "${A}-${NOMAD_META_tier}-${NOMAD_META_TIER}"\n}'
    assert variables(task)["B"] == "x-front-front"


def test_a_secret_block() -> None:
    task = 'secret "db" {\n  provider = "vault"\n  path = "kv/db"\n}\nenv {\n  A = "u:${secret.db.password}"\n}'
    assert variables(task)["A"] == ("u:", SecretValue("kv/db", "password"))


def test_a_sibling_that_shares_no_network_is_a_peer() -> None:
    log = 'task "log" {\n  driver = "docker"\n  config {\n    image = "log"\n    ports = ["sink"]\n  }\n}'
    group = f"{network('sink=514', 'host')}\n{log}"
    workloads = read_text(job(group=group, task='env {\n  A = "${NOMAD_ADDR_sink}"\n}')).application.workloads
    assert workloads["web"].containers["web"].variables["A"] == (Address("web/log", "log", 514),)


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ('{{ range nomadService "shop-db" }}{{ .Address }}:{{ .Port }}{{ end }}', [DB]),
        ('{{ range service "shop-db" }}x://{{ .Address }}:{{ .Port }}/y{{ end }}', ["x://", DB, "/y"]),
        ('{{ with nomadService "shop-db" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}', [DB]),
        ('{{ range nomadService 1 (env "NOMAD_ALLOC_ID") "shop-db" }}{{ .Address }}:{{ .Port }}{{ end }}', [DB]),
        (
            '{{ range $i, $s := nomadService "shop-db" }}{{ if $i }},{{ end }}{{ $s.Address }}:{{ $s.Port }}{{ end }}',
            [DB],
        ),
        ('{{ $db := index (nomadService "shop-db") 0 }}{{ $db.Address }}', [Address("db", "shop-db")]),
        ('{{ range nomadService "shop-db" }}{{ .Port }}{{ else }}none{{ end }}', ["5432"]),
        ('{{ range service "primary.shop-db@dc1|any" }}{{ .Port }}{{ end }}', ["5432"]),
        ('{{ with nomadVar "nomad/jobs/web" }}{{ .password }}{{ end }}', [SecretValue("nomad/jobs/web", "password")]),
        ('{{ with nomadVar "a/b" }}{{ .password.Value | toJSON }}{{ end }}', [SecretValue("a/b", "password")]),
        ('{{ with secret "kv/data/x" }}{{ .Data.data.key }}{{ end }}', [SecretValue("kv/data/x", "key")]),
        ('{{ with secret "db/creds/x" }}{{ .Data.username }}{{ end }}', [SecretValue("db/creds/x", "username")]),
        ('{{ with secret "kv/data/x" }}{{ index .Data.data "a-b" }}{{ end }}', [SecretValue("kv/data/x", "a-b")]),
        ('{{ key "app/level" }}', [ConfigurationValue("app/level")]),
        ('{{ env "NOMAD_JOB_NAME" }}', ["web"]),
        ('{{ "{{" }}x{{ `}}` }}', ["{{x}}"]),
        ("{{/* a comment */}}x", ["x"]),
        ('{{ "aGk=" | base64Decode }}', ["hi"]),
        ("{{ timestamp }}", [Placeholder("{{ timestamp }}")]),
        (
            '{{ range service "elsewhere" }}{{ .Address }}{{ end }}',
            [Placeholder('{{ range service "elsewhere" }}{{ .Address }}{{ end }}', "elsewhere")],
        ),
        ('{{ if env "X" }}a{{ end }}', [Placeholder('{{ if env "X" }}a{{ end }}')]),
    ],
)
def test_templates(template: str, parts: list[Part]) -> None:
    assert rendered(f"A={template}")["A"] == make_text(parts)


def test_lines_of_a_template() -> None:
    lines = [
        "# comment",
        "export A=1",
        'B = "x \\"y\\" # z"',
        "C='$a' # end",
        "",
        "D=a#b",
        '{{- range nomadService "shop-db" }}',
        "E={{ .Port }}",
        "{{- end }}",
    ]
    assert rendered("\n".join(lines)) == {"A": "1", "B": 'x "y" # z', "C": "$a", "D": "a", "E": "5432"}


def test_a_template_wins_over_env_and_has_its_place() -> None:
    task = 'env {\n  A = "env"\n}\ntemplate {\n  destination = "e"\n  env = true\n  data = <<EOT\nB=1\nA=2\nEOT\n}'
    definition = read_text(job(task=task))
    assert container_of(definition).variables == {"A": "2", "B": "1"}
    origin = definition.origins.exact(("workloads", "web", "containers", "web", "variables", "A"))
    assert origin is not None
    assert job(task=task).splitlines()[origin.line - 1].strip() == "A=2"
    assert origin.via


def test_other_delimiters() -> None:
    task = (
        'template {\n  destination = "local/x"\n  left_delimiter = "[["\n  right_delimiter = "]]"\n'
        '  data = "{{ x }} [[ env `NOMAD_TASK_NAME` ]]"\n}'
    )
    (file,) = container_of(read_text(job(task=task))).files.values()
    assert file.content == "{{ x }} web"


def test_what_stands_in_a_file_is_not_looked_up_by_the_client() -> None:
    task = 'template {\n  destination = "local/x.sh"\n  data = "echo ${NOMAD_PORT_http}"\n}'
    (file,) = container_of(read_text(job(task=task, group=network("http=80")))).files.values()
    assert file.content == "echo ${NOMAD_PORT_http}"


def test_settings_of_a_driver_are_hcl_once_more() -> None:
    container = container_of(read_text(job(config='args = ["$$${HOME}", "$${HOME}"]')))
    assert container.args == ("${HOME}", "${HOME}")
