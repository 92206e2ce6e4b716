"""The reference tools' states, taken over: guids, names and passwords stay."""

from pathlib import Path

import pytest
import yaml

from isomorph.model.errors import InvalidInput
from isomorph.platforms.context import Context
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.provisioning.reference_state import (
    FOLDERS,
    find_reference_projects,
    parse_reference_state,
    read_reference_project,
)
from isomorph.provisioning.state import State, find_unused
from isomorph.provisioning.state_file import STATE_FILE, read_state, write_state


@pytest.fixture
def folder(corpus: Path) -> str:
    return str(corpus / "reference-outputs" / "projects" / "resource-provisioning")


def open_folder(folder: str) -> Context:
    return Context(LocalFiles([folder]), LocalEngines())


@pytest.mark.parametrize("platform", FOLDERS)
def test_all_of_a_state_is_taken_over(platform: str, folder: str) -> None:
    context = open_folder(folder)
    assert find_reference_projects(folder, context) == ("compose", "kubernetes")
    project = read_reference_project(folder, platform, context)
    theirs = yaml.safe_load(Path(folder, FOLDERS[platform], "state.yaml").read_text())
    assert project.diagnostics == ()
    assert project.environment.platform == platform
    assert project.specs == {name: workload["spec"] for name, workload in theirs["workloads"].items()}
    assert {name: workload.file for name, workload in project.environment.workloads.items()} == {
        name: workload["file"] for name, workload in theirs["workloads"].items()
    }
    assert project.environment.resources.keys() == theirs["resources"].keys()
    for uid, resource in project.environment.resources.items():
        said = theirs["resources"][uid]
        assert (resource.guid, resource.type, resource.class_, resource.id) == (
            said["guid"],
            said["type"],
            said["class"],
            said["id"],
        )
        assert resource.workload == said["source_workload"]
        assert resource.provisioner == said["provisioner"]
        assert resource.state == said["state"]
        assert resource.outputs == said["outputs"]
        assert ("state", "password") in resource.secrets
    assert [Path(path).name for path in project.provisioners] == ["zz-default.provisioners.yaml"]


def test_what_only_one_of_them_says(folder: str) -> None:
    context = open_folder(folder)
    compose = read_reference_project(folder, "compose", context)
    kubernetes = read_reference_project(folder, "kubernetes", context)
    assert (compose.project, compose.mounts) == ("demo", ".score-compose/mounts")
    assert (kubernetes.project, kubernetes.mounts) == ("", "")
    assert kubernetes.environment.workloads["workload-one"].suffix == "-21ef16f32f"


def test_a_resource_that_two_workloads_name_is_used_by_both(folder: str) -> None:
    environment = read_reference_project(folder, "compose", open_folder(folder)).environment
    assert environment.resources["redis.default#main-cache"].users == ("workload-one", "workload-two")
    assert environment.resources["redis.default#workload-two.cache-c"].users == ("workload-two",)
    assert find_unused(environment) == ()


def test_their_passwords_are_sealed_in_ours(folder: str, tmp_path: Path) -> None:
    state = State()
    for platform in FOLDERS:
        project = read_reference_project(folder, platform, open_folder(folder))
        state = state.with_environment(platform, project.environment)
    (tmp_path / "project").mkdir()
    variables = {"HOME": str(tmp_path / "home")}
    write_state(str(tmp_path / "project"), state, variables)
    text = (tmp_path / "project" / STATE_FILE).read_text()
    for environment in state.environments.values():
        for resource in environment.resources.values():
            assert resource.state["password"] not in text
            assert resource.outputs["host"] in text
    assert read_state(str(tmp_path / "project"), variables).environments == state.environments


def test_a_type_whose_url_holds_the_password() -> None:
    project = parse_reference_state(
        b"""\
workloads: {app: {spec: {resources: {store: {type: mongodb}}}, file: score.yaml}}
resources:
  mongodb.default#app.store:
    guid: 6a4c8473-dc3b-4cd7-bc86-ec4eb1c2edac
    type: mongodb
    id: app.store
    provisioner: template://default-provisioners/mongodb
    state: {service: mongo-x, password: kDbWq3xZp1, username: user}
    outputs: {host: mongo-x, connection: "mongodb://user:kDbWq3xZp1@mongo-x:27017/", note: see kDbWq3xZp1}
shared_state:
  mongo: {address: "mongo-x:27017", copies: [kDbWq3xZp1, harmless]}
""",
        "state.yaml",
        "kubernetes",
    )
    resource = project.environment.resources["mongodb.default#app.store"]
    assert resource.secrets == {("state", "password"), ("outputs", "connection"), ("outputs", "note")}
    assert project.environment.shared_secrets == {("mongo", "copies", "0")}
    assert (resource.class_, resource.workload) == ("default", "app")


def test_an_empty_state_is_a_project_without_workloads() -> None:
    for text in (b"", b"workloads: {}\nresources: {}\nshared_state: {}\n", b"workloads:\nresources:\n"):
        project = parse_reference_state(text, "state.yaml", "compose")
        assert project.environment.resources == {}
        assert project.environment.workloads == {}


def test_patch_templates_and_builds_are_kept() -> None:
    text = b"""\
workloads: {app: {spec: {}, file: score.yaml, build_configs: {main: {context: .}}}}
patching_templates: ["- op: set\\n"]
"""
    project = parse_reference_state(text, "state.yaml", "compose")
    assert project.patch_templates == ("- op: set\n",)
    assert project.builds == {"app": {"main": {"context": "."}}}


def test_a_suffix_that_looks_like_a_number_is_text() -> None:
    text = b"workloads: {app: {spec: {}, file: score.yaml, instance_suffix: -0123456789}}\n"
    project = parse_reference_state(text, "state.yaml", "kubernetes")
    assert project.environment.workloads["app"].suffix == "-0123456789"


def test_a_field_that_is_not_known_is_said() -> None:
    project = parse_reference_state(b"workloads: {}\nnovelty: 1\n", "state.yaml", "compose")
    (diagnostic,) = project.diagnostics
    assert diagnostic.code == "unknown-field"
    assert "novelty" in diagnostic.message
    assert str(diagnostic.origin) == "state.yaml:2:1"


RESOURCE = "guid: g, type: redis, class: default, id: app.cache, provisioner: 'template://x'"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("- a\n", "1:1", "no mapping"),
        ("workloads: [a]\n", "1:12", "workloads is no mapping"),
        ("workloads:\n  app: {file: {}}\n", "2:15", "file is no text"),
        ("resources:\n  redis.default#app.cache: {guid: g}\n", "2:28", "has no type"),
        (f"resources:\n  redis.default#other: {{{RESOURCE}}}\n", "2:24", "says that it is redis.default#app.cache"),
        (f"resources:\n  redis.default#app.cache: {{{RESOURCE}, state: 1}}\n", "2:118", "state is no mapping"),
        ("patching_templates: {}\n", "1:21", "no list"),
        ("a: b: c\n", "1:5", ""),
    ],
)
def test_a_broken_state_says_where(text: str, place: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_reference_state(text.encode(), "state.yaml", "compose")
    assert message in str(refused.value)
    assert str(refused.value).startswith(f"state.yaml:{place}:")
