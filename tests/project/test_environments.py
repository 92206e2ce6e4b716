"""Definitions into environments, and where a project starts."""

from pathlib import Path

import pytest

from isomorph.model.errors import InvalidInput, UsageError
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.score.reader import read
from isomorph.project.conversion import convert
from isomorph.project.definitions import NamedDefinition, parse_definition
from isomorph.project.environments import group_by_name, read_environments
from isomorph.project.given import Given, check_image, supply
from isomorph.project.root import find_root, open_context, readable_root
from tests.memory_context import memory_context

SCORE = "apiVersion: score.dev/v1b1\nmetadata: {{name: {name}}}\ncontainers: {{main: {{image: {image}}}}}\n"
FILES = {name: SCORE.format(name=f"web-{name[0]}", image="nginx") for name in ("a.yaml", "b.yaml", "c.yaml")}


def names(*platforms: tuple[str | None, str]) -> list[str]:
    return list(group_by_name([(NamedDefinition("x", name), platform) for name, platform in platforms]))


def test_environments_are_named_after_their_platforms() -> None:
    assert names((None, "compose"), (None, "kubernetes")) == ["compose", "kubernetes"]
    assert names((None, "compose"), (None, "compose"), (None, "compose")) == ["compose", "compose-2", "compose-3"]
    assert names(("prod", "compose"), (None, "compose"), ("prod", "kubernetes")) == ["prod", "compose"]
    assert names((None, "compose"), ("compose", "kubernetes")) == ["compose-2", "compose"]


def test_definitions_of_one_name_form_one_environment() -> None:
    named = [parse_definition(text) for text in ("prod=a.yaml", "local=c.yaml", "prod=b.yaml")]
    first, second = read_environments(named, memory_context(FILES))
    assert (first.name, list(first.definition.application.workloads)) == ("prod", ["web-a", "web-b"])
    assert first.parts == (("score", "a.yaml"), ("score", "b.yaml"))
    assert (second.name, list(second.definition.application.workloads)) == ("local", ["web-c"])


def test_a_guess_is_told() -> None:
    guessed, named = read_environments(
        [parse_definition("a.yaml"), parse_definition("score:b.yaml")], memory_context(FILES)
    )
    assert [each.code for each in guessed.definition.diagnostics] == ["detected"]
    assert named.definition.diagnostics == ()


def test_options_are_checked_once_the_platform_is_known() -> None:
    with pytest.raises(UsageError, match="Score definitions have no option 'profile'; it takes none"):
        read_environments([parse_definition("a.yaml?profile=x")], memory_context(FILES))


def test_one_workload_twice_in_one_environment_is_refused() -> None:
    files = {"a.yaml": FILES["a.yaml"], "b.yaml": FILES["a.yaml"]}
    named = [parse_definition("p=a.yaml"), parse_definition("p=b.yaml")]
    with pytest.raises(InvalidInput, match="workload web-a is defined twice"):
        read_environments(named, memory_context(files))


def test_the_root_is_the_nearest_marked_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "project" / "deploy"
    inner.mkdir(parents=True)
    (inner / "a.yaml").touch()
    monkeypatch.chdir(tmp_path / "project")
    assert find_root(str(inner / "a.yaml")) is None
    assert readable_root("deploy/a.yaml") == str(tmp_path / "project")
    assert readable_root("deploy") == str(tmp_path / "project")
    monkeypatch.chdir(inner)
    assert readable_root(str(tmp_path / "project" / "x.yaml")) == str(tmp_path / "project")
    (tmp_path / "isomorph.yaml").touch()
    assert readable_root("a.yaml") == str(tmp_path)
    (inner / ".git").mkdir()
    assert readable_root("a.yaml") == str(inner)


def test_only_the_project_and_named_files_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for path in (tmp_path / "named.env", tmp_path / "other.env", project / "a.yaml"):
        path.write_text("x")
    monkeypatch.chdir(project)
    context = open_context([parse_definition("compose:a.yaml?env-file=../named.env")])
    assert context.files.read_bytes("../named.env") == b"x"
    assert context.files.read_bytes("a.yaml") == b"x"
    with pytest.raises(InvalidInput, match="outside the project"):
        context.files.read_bytes("../other.env")


def test_an_image_is_supplied_where_none_is_said() -> None:
    files = {"a.yaml": SCORE.format(name="web-a", image="."), "b.yaml": FILES["b.yaml"]}
    definition = read(Source("a.yaml"), memory_context(files))
    given = Given(image=check_image("web:2"))
    conversion = convert([supply(definition, {"web-a": given})], "score", WriteOptions())
    assert "image: web:2" in str(conversion.files[0].content)
    assert [each.code for each in conversion.diagnostics] == []
    kept = read(Source("b.yaml"), memory_context(files))
    assert supply(kept, {"web-b": given}) == kept
    with pytest.raises(UsageError, match="'not an image' is no image"):
        check_image("not an image")
