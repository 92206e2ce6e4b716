"""Jobs as workloads: which tasks make one, what it is called, its kind, scale, restart and placement."""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Constraint, Kind, Restart, Role, Scale, Schedule
from isomorph.platforms.nomad.reader import read
from tests.memory_context import memory_context, source
from tests.platforms.nomad.jobs import codes, container_of, extras, job, only, place, read_text

TASK = 'task "{0}" {{\n driver = "docker"\n config {{\n image = "{0}"\n }}\n {1}\n }}\n'


def group(name: str, *tasks: str, more: str = "") -> str:
    return f'group "{name}" {{\n{more}\n' + "".join(TASK.format(task, "") for task in tasks) + "}\n"


def jobs(*texts: str) -> list[str]:
    files = {f"p/{index}.nomad": text for index, text in enumerate(texts)}
    return list(read(source("p"), memory_context(files)).application.workloads)


@pytest.mark.parametrize(
    ("text", "workloads"),
    [
        (group("web", "app", "log", more='network {\n mode = "bridge"\n }'), ["web"]),
        (group("web", "app", "log"), ["web/app", "web/log"]),
        (group("web", "web", "log"), ["web", "web/log"]),
        (group("web", "app"), ["web"]),
        (group("web", "app") + group("db", "app"), ["web", "db"]),
        (TASK.format("alone", ""), ["alone"]),
    ],
)
def test_a_workload_is_what_shares_a_network(text: str, workloads: list[str]) -> None:
    assert list(read_text(f'job "shop" {{\n{text}}}\n').application.workloads) == workloads


def test_a_task_that_only_serves_the_main_one_belongs_to_it() -> None:
    hook = 'lifecycle {\n hook = "prestart"\n sidecar = true\n }'
    text = f'job "a" {{\n group "web" {{\n{TASK.format("app", "")}{TASK.format("log", hook)} }}\n}}\n'
    containers = only(read_text(text)).containers
    assert {name: container.role for name, container in containers.items()} == {"app": Role.MAIN, "log": Role.SIDECAR}


def test_workloads_of_several_jobs_have_names_of_their_own() -> None:
    assert jobs(
        f'job "a" {{\n{group("app", "server")}}}\n',
        f'job "b" {{\n{group("app", "server")}}}\n',
        f'job "c" {{\n{group("app", "server")}{group("db", "server")}}}\n',
    ) == ["a", "b", "c/app", "db"]


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("", Kind.SERVICE),
        ('type = "service"', Kind.SERVICE),
        ('type = "system"', Kind.DAEMON),
        ('type = "batch"', Kind.JOB),
        ('type = "batch"\nperiodic {\n  cron = "@daily"\n}', Kind.SCHEDULED),
        ('type = "batch"\nparameterized {\n  payload = "optional"\n}', Kind.JOB),
    ],
)
def test_kinds(more: str, kind: Kind) -> None:
    assert only(read_text(job(more=more))).kind is kind


def test_a_schedule_has_a_time_zone() -> None:
    periodic = 'type = "batch"\nperiodic {\n  crons = ["0 3 * * *"]\n  time_zone = "UTC"\n  prohibit_overlap = true\n}'
    definition = read_text(job(more=periodic))
    assert only(definition).schedule == Schedule("0 3 * * *", "UTC")
    assert extras(definition)["workloads", "web", "job", "periodic", "prohibit_overlap"] is True


def test_a_second_cron_expression_is_told() -> None:
    definition = read_text(job(more='type = "batch"\nperiodic {\n  crons = ["0 3 * * *", "0 4 * * *"]\n}'))
    assert codes(definition) == ["not-modelled"]
    assert extras(definition)["workloads", "web", "job", "periodic", "crons"] == ["0 3 * * *", "0 4 * * *"]


@pytest.mark.parametrize(
    ("text", "kind", "restart"),
    [
        ("", "service", None),
        ('restart {\n  attempts = 10\n  mode = "delay"\n}', "service", Restart("always")),
        ("restart {\n  attempts = 2\n}", "service", Restart("always")),
        ('restart {\n  attempts = 0\n  mode = "fail"\n}', "service", Restart("always")),
        (
            'restart {\n  attempts = 0\n  mode = "fail"\n}\nreschedule {\n  attempts = 0\n  unlimited = false\n}',
            "service",
            Restart("never"),
        ),
        (
            "restart {\n  attempts = 3\n}\nreschedule {\n  attempts = 0\n  unlimited = false\n}",
            "service",
            Restart("on-failure", 3),
        ),
        ('restart {\n  attempts = 3\n  mode = "fail"\n}', "batch", Restart("on-failure", 3)),
        ('restart {\n  attempts = 0\n  mode = "fail"\n}', "batch", Restart("never")),
    ],
)
def test_what_follows_an_exit(text: str, kind: str, restart: Restart | None) -> None:
    assert only(read_text(job(group=text, more=f'type = "{kind}"'))).restart == restart


def test_count_and_bounds() -> None:
    policy = 'policy {\n check "cpu" {\n query = "avg_cpu"\n strategy "target-value" {\n target = 70\n }\n }\n }'
    scaling = f"count = 3\nscaling {{\n  min = 2\n  max = 5\n  {policy}\n}}"
    definition = read_text(job(group=scaling))
    assert only(definition).scale == Scale(3, 2, 5, {"cpu": 70})
    assert place(definition, "scale", "maximum") == (9, 13)


def test_a_system_job_has_no_count() -> None:
    assert only(read_text(job(group="count = 1", more='type = "system"'))).scale == Scale()


def test_constraints_of_all_levels() -> None:
    linux = 'constraint {\n  attribute = "${attr.kernel.name}"\n  value = "linux"\n}'
    arm = 'constraint {\n  attribute = "${attr.cpu.arch}"\n  operator = "!="\n  value = "arm64"\n}'
    ssd = 'constraint {\n  attribute = "${meta.ssd}"\n  operator = "is_set"\n}'
    racks = 'constraint {\n  attribute = "${meta.rack}"\n  set_contains_any = "a, b"\n}'
    definition = read_text(job(more=f"{linux}\n{racks}", group=arm, task=ssd))
    assert only(definition).placement == (
        Constraint("os", "=", ("linux",)),
        Constraint("meta.rack", "in", ("a", "b")),
        Constraint("arch", "!=", ("arm64",)),
        Constraint("meta.ssd", "exists"),
    )


def test_a_constraint_on_versions_is_kept() -> None:
    text = 'constraint {\n  attribute = "${attr.vault.version}"\n  operator = "semver"\n  value = ">= 1.6"\n}'
    definition = read_text(job(more=text))
    assert only(definition).placement == ()
    assert extras(definition)["workloads", "web", "job", "constraint"] == [
        {"attribute": "${attr.vault.version}", "operator": "semver", "value": ">= 1.6"}
    ]


def test_meta_namespace_and_what_is_kept() -> None:
    more = (
        'namespace = "prod"\ndatacenters = ["dc1"]\npriority = 70\nmeta {\n  team = "a"\n}\nupdate {\n  canary = 1\n}'
    )
    definition = read_text(job(more=more))
    workload = only(definition)
    assert (workload.namespace, workload.annotations) == ("prod", {"team": "a"})
    kept = {key[2:]: value for key, value in extras(definition).items()}
    assert kept == {
        ("job", "datacenters"): ["dc1"],
        ("job", "priority"): 70,
        ("job", "update"): {"canary": 1},
    }


def test_variables_come_from_options_files_and_the_shell() -> None:
    text = 'variable "tag" {\n  default = "1"\n}\n' + job().replace("web:1", "web:${var.tag}")

    def tag(environment: dict[str, str], **options: str) -> object:
        context = memory_context({"a.nomad": text, "v.hcl": 'tag = "file"\n'}, environment=environment)
        image = container_of(read(source("a.nomad", **options), context)).image
        assert image is not None
        return image.tag

    assert tag({}) == "1"
    assert tag({"NOMAD_VAR_tag": "shell"}) == "shell"
    assert tag({"NOMAD_VAR_tag": "shell"}, var_file="v.hcl") == "file"
    assert tag({"NOMAD_VAR_tag": "shell"}, var_file="v.hcl", var="tag=option") == "option"


def test_a_variable_without_a_value_is_left_open() -> None:
    definition = read_text('variable "tag" {\n  type = string\n}\n' + job().replace("web:1", "web:${var.tag}"))
    assert codes(definition) == ["unset-variable"]
    image = container_of(definition).image
    assert image is not None
    assert image.tag
    assert not isinstance(image.tag, str)


def test_an_unknown_field_is_told_where_it_stands() -> None:
    definition = read_text(job(task="memory = 5", config="imagee = 2"))
    assert [(each.code, each.origin and each.origin.line) for each in definition.diagnostics] == [
        ("unknown-field", 12),
        ("unknown-field", 10),
    ]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "holds no job", 1),
        ('job "a" {}\njob "b" {}\n', "the second", 2),
        ('job "a" {\n}\n', "has no group", 1),
        ('job "a" {\n  group "g" {\n  }\n}\n', "has no task", 2),
        ('job "a" {\n  group "g" {\n    task "t" {\n    }\n  }\n}\n', "has no driver", 3),
        (job(more='type = "cron"'), "no type of job", 2),
        (job(task='kill_timeout = "soon"'), "no duration", 11),
        (job(task='resources {\n  memory = "big"\n}'), "no whole number", 12),
        (job(task='volume_mount {\n  volume = "x"\n  destination = "/x"\n}'), "has no volume x", 12),
        (job(group='network {\n  port "a" {\n    static = 70000\n  }\n}'), "no port", 5),
    ],
)
def test_what_nomad_would_refuse(text: str, message: str, line: int) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        read_text(text)
    assert caught.value.origin is not None
    assert caught.value.origin.line == line
    assert caught.value.hint


def test_a_folder_without_a_job() -> None:
    with pytest.raises(InvalidInput, match="no file of p holds a Nomad job"):
        read(source("p"), memory_context({"p/prod.hcl": 'region = "eu"\n'}))


def test_a_job_with_everything_is_read_without_a_word() -> None:
    text = (Path(__file__).parent / "data" / "shop.nomad.hcl").read_text()
    definition = read_text(text, {"v.hcl": 'level = "debug"\n'}, var_file="v.hcl")
    assert list(definition.application.workloads) == ["front", "back"]
    assert codes(definition) == []
