"""Where an environment's provisioners come from: the order, what was fetched, and whose programs may run."""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.context import Context
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.project.project_file import Project, read_project
from isomorph.project.provisioner_sources import (
    Sources,
    list_patch_templates,
    list_sources,
    open_all,
    open_patch_templates,
    open_provisioners,
)
from isomorph.provisioning.command import Commands
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.digests import PINS_FILE
from isomorph.provisioning.sources import parse_source, take_source
from isomorph.provisioning.template import Compiler
from tests.provisioning.asking import make_request
from tests.provisioning.servers import answer_files, serve

TEMPLATE = "- {{uri: 'template://{name}', type: redis, outputs: '{{a: b}}'}}\n"
PROGRAM = "- {uri: 'cmd://./answer.sh', type: redis, args: []}\n"
ANSWER = '#!/bin/sh\necho \'{"resource_outputs": {"who": "the program"}}\'\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with provisioner files, which is the current folder."""
    project = tmp_path / "project"
    (project / "platform").mkdir(parents=True)
    (project / "answer.sh").write_text(ANSWER)
    (project / "answer.sh").chmod(0o755)
    for name in ("own", "all", "platform/zz-default", "platform/b", "platform/a"):
        (project / f"{name}.provisioners.yaml").write_text(TEMPLATE.format(name=name))
    (project / "platform" / "README.md").write_text("no provisioners")
    (project / "program.provisioners.yaml").write_text(PROGRAM)
    monkeypatch.chdir(project)
    return project


def load(text: str) -> tuple[Project, Context]:
    Path("isomorph.yaml").write_text(text)
    context = Context(LocalFiles(["."]), LocalEngines(), {"PATH": "/usr/bin:/bin"})
    project = read_project(".", context)
    assert project is not None
    return project, context


def open_for(text: str, environment: str | None = None, commands: Commands | None = None) -> list[Provisioner]:
    project, context = load(text)
    chosen = project.environment_of(environment) if environment else None
    return open_provisioners(list_sources(project, chosen), "compose", ".", context, commands)


def test_the_environments_own_come_first_then_the_projects(folder: Path) -> None:
    text = (
        "environments: {prod: {provisioners: [own.provisioners.yaml]}, other: {}}\n"
        "provisioners: [platform, all.provisioners.yaml]\ndefault-provisioners: false\n"
    )
    shared = ["template://platform/a", "template://platform/b", "template://platform/zz-default", "template://all"]
    assert [each.uri for each in open_for(text, "prod")] == ["template://own", *shared]
    assert [each.uri for each in open_for(text, "other")] == shared
    assert [each.uri for each in open_for(text)] == shared


def test_the_catalogue_comes_last_unless_it_is_left_out(folder: Path) -> None:
    text = "provisioners: [all.provisioners.yaml]\n"
    assert list_sources(None, None) == Sources((), True)
    uris = [each.uri for each in open_for(text)]
    assert uris[0] == "template://all"
    assert len(uris) > 5
    assert [each.uri for each in open_for(text + "default-provisioners: false\n")] == ["template://all"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.provisioners.yaml", "provisioner file nowhere.provisioners.yaml does not exist (check the path)"),
        ("../outside.provisioners.yaml", "../outside.provisioners.yaml is outside the project and is not read"),
        ("https://h.example/p.yaml", "https://h.example/p.yaml was never fetched for this project (run isomorph init"),
    ],
)
def test_a_source_that_cannot_be_read_is_told_where_it_is_named(folder: Path, source: str, message: str) -> None:
    (folder.parent / "outside.provisioners.yaml").write_text("[]")
    with pytest.raises(InvalidInput) as refused:
        open_for(f"provisioners: ['{source}']\n")
    assert str(refused.value).startswith("isomorph.yaml:1:16: ")
    assert message in str(refused.value)


def test_a_token_in_an_address_is_not_shown(folder: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_for("provisioners: ['https://h.example/p.yaml?token=hush']\n")
    assert "hush" not in str(refused.value)


def test_programs_of_the_projects_own_files_run(folder: Path) -> None:
    project, context = load("provisioners: [program.provisioners.yaml]\ndefault-provisioners: false\n")
    (found,) = open_all(project, None, "compose", ".", context)
    assert found.provision(make_request(type_="redis")).outputs == {"who": "the program"}


def test_programs_of_fetched_files_run_once_they_are_allowed(folder: Path) -> None:
    with serve(answer_files({"/p.yaml": PROGRAM.encode()})) as host:
        url = f"http://{host}/p.yaml"
        project, context = load(f"provisioners: ['{url}']\ndefault-provisioners: false\n")
        take_source(parse_source(url), ".", context)
    (found,) = open_all(project, None, "compose", ".", context)
    with pytest.raises(UsageError, match=r"nobody has allowed it to run; look at the file, then say --allow-commands"):
        found.provision(make_request(type_="redis"))
    (found,) = open_all(project, None, "compose", ".", context, allow_commands=True)
    assert found.provision(make_request(type_="redis")).outputs == {"who": "the program"}
    assert "commands: true" in (folder / PINS_FILE).read_text()
    (found,) = open_all(project, None, "compose", ".", context)  # It was noted.
    assert found.provision(make_request(type_="redis")).outputs == {"who": "the program"}


def test_fetched_templates_see_no_variables(folder: Path) -> None:
    text = "- {uri: 'template://env', type: redis, outputs: 'a: {{ env \"PATH\" | quote }}'}\n"
    Path("env.provisioners.yaml").write_text(text)
    with serve(answer_files({"/p.yaml": text.encode()})) as host:
        url = f"http://{host}/p.yaml"
        project, context = load(f"provisioners: [env.provisioners.yaml, '{url}']\ndefault-provisioners: false\n")
        take_source(parse_source(url), ".", context)
    own, fetched = open_all(project, None, "compose", ".", context)
    assert own.provision(make_request(type_="redis")).outputs == {"a": "/usr/bin:/bin"}
    assert fetched.provision(make_request(type_="redis")).outputs == {"a": ""}


def test_without_commands_no_program_runs(folder: Path) -> None:
    from isomorph.model.errors import EngineFailed

    (found,) = open_for("provisioners: [program.provisioners.yaml]\ndefault-provisioners: false\n")
    with pytest.raises(EngineFailed, match="not permitted to run"):
        found.provision(make_request(type_="redis"))


def test_patch_templates_are_the_projects_then_the_environments(folder: Path) -> None:
    Path("all.tpl").write_text("- {op: set, path: name, value: all}\n")
    Path("prod.tpl").write_text("- {op: set, path: name, value: prod}\n")
    project, context = load("patch-templates: [all.tpl]\nenvironments: {prod: {patch-templates: [prod.tpl]}}\n")
    listed = list_patch_templates(project, project.environment_of("prod"))
    templates = open_patch_templates(listed, ".", context, Compiler("compose"))
    assert [each.file for each in templates] == ["all.tpl", "prod.tpl"]
    assert templates[1].apply({"services": {}}, {})[0] == {"services": {}, "name": "prod"}
