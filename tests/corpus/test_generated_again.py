"""Runs that follow each other: the same again, further files, files and names that went, projects that are taken over."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from isomorph.model.errors import Diagnostic
from isomorph.platforms.context import Context
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.project.delivery import list_files
from isomorph.project.generation import Generated
from isomorph.provisioning.contract import Provisioner
from isomorph.provisioning.files import Loading, load_provisioners
from isomorph.provisioning.reference_state import read_reference_project
from isomorph.provisioning.state import State
from isomorph.provisioning.state_file import STATE_FILE, read_state, write_state
from tests.corpus.generating import (
    GENERATED,
    OUTPUTS,
    Project,
    list_scores,
    load_catalogue_of,
    load_files,
    read_texts,
    texts_of,
)
from tests.corpus.reading import keys, read, shown

RUNS = [*(("files", platform) for platform in OUTPUTS), *(("catalogue", platform) for platform in GENERATED)]
TWO = "score-compose-examples/06-resource-provisioning"
SHARED, OWN = "redis.default#main-cache", "redis.default#workload-two.cache-c"

#: Samples whose every resource type both kinds of provisioners have, for both platforms.
SAMPLES = ["score-examples/samples/onlineboutique", "score-examples/samples/aks-store-demo", TWO]


def provisioners_of(kind: str, platform: str, corpus: Path) -> Callable[[], Sequence[Provisioner]]:
    return lambda: load_catalogue_of(platform) if kind == "catalogue" else load_files(corpus, platform)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def copy(corpus: Path, case: str, root: Path) -> list[Path]:
    shutil.copytree(corpus / case, root, dirs_exist_ok=True)
    return list_scores(root, without=("ai/", "product/score-ai"))


def told(diagnostics: Sequence[Diagnostic], code: str) -> list[str]:
    return [each.message for each in diagnostics if each.code == code]


def outputs_of(generated: Generated, uid: str) -> dict[str, object]:
    return generated.realised[uid].result.outputs


@pytest.mark.parametrize(("kind", "platform"), RUNS)
@pytest.mark.parametrize("case", SAMPLES)
def test_the_same_again_is_the_same_bytes(case: str, platform: str, kind: str, corpus: Path, root: Path) -> None:
    scores = copy(corpus, case, root)
    project = Project(root, platform, provisioners_of(kind, platform, corpus))
    first = project.generate(*scores, is_project=True)
    state = (root / STATE_FILE).read_bytes()
    again = project.generate(*scores, is_project=True)
    assert list_files(again) == list_files(first)
    assert list_files(project.generate(is_project=True)) == list_files(first), "without files: all that are known"
    assert list_files(project.generate(*reversed(scores), is_project=True)) == list_files(first), "in any order"
    assert (root / STATE_FILE).read_bytes() == state


@pytest.mark.parametrize(("kind", "platform"), RUNS)
def test_a_further_file_adds_to_what_there_is(platform: str, kind: str, corpus: Path, root: Path) -> None:
    one, two = copy(corpus, TWO, root)
    project = Project(root, platform, provisioners_of(kind, platform, corpus))
    first = project.generate(one)
    both = project.generate(two)
    assert outputs_of(both, SHARED) == outputs_of(first, SHARED)
    assert {"workload-one", "workload-two"} <= set(read_texts(platform, texts_of(both)).application.workloads)
    assert list_files(both) == list_files(project.generate(one, two))


@pytest.mark.parametrize(("kind", "platform"), RUNS)
def test_a_file_that_went_is_told_and_its_resources_are_dropped_when_asked(
    platform: str, kind: str, corpus: Path, root: Path
) -> None:
    one, two = copy(corpus, TWO, root)
    project = Project(root, platform, provisioners_of(kind, platform, corpus))
    project.generate(one, two)
    two.unlink()
    left = project.generate(is_project=True)
    assert told(left.diagnostics, "workload-changed") == ["workload workload-two is gone with its file score2.yaml"]
    assert told(left.diagnostics, "unused-resource") == [
        f"nothing uses {OWN} any more; --prune drops it from the state"
    ]
    assert set(left.environment.resources) == {SHARED, OWN}
    written = read_texts(platform, texts_of(left)).application.workloads
    assert "workload-two" not in written
    assert len(written) == len(read_texts(platform, texts_of(project.generate(one))).application.workloads)
    pruned = project.generate(is_project=True, prune=True)
    assert set(pruned.environment.resources) == {SHARED}
    assert told(project.generate(is_project=True).diagnostics, "unused-resource") == []


@pytest.mark.parametrize(("kind", "platform"), RUNS)
@pytest.mark.parametrize("type_", ["redis", "postgres", "mysql", "amqp"])
def test_a_renamed_workload_keeps_its_passwords(type_: str, platform: str, kind: str, corpus: Path, root: Path) -> None:
    (score,) = copy(corpus, f"score-examples/resources/{type_}", root)
    project = Project(root, platform, provisioners_of(kind, platform, corpus))
    (before,) = project.generate(score).environment.resources.values()
    score.write_text(score.read_text().replace("name: my-workload", "name: shop"))
    after = project.generate(score)
    assert told(after.diagnostics, "workload-changed") == ["workload my-workload of score.yaml is now called shop"]
    assert told(after.diagnostics, "unused-resource") == []
    (now,) = after.environment.resources.values()
    assert now.workload == "shop"
    assert now.guid == before.guid
    passwords = {key: value for key, value in before.state.items() if "password" in key.lower()}
    assert passwords
    assert passwords == {key: value for key, value in now.state.items() if key in passwords}


@pytest.mark.parametrize("platform", OUTPUTS)
def test_a_reference_tools_project_that_is_taken_over_comes_out_as_it_was(
    platform: str, corpus: Path, root: Path
) -> None:
    scores = copy(corpus, "reference-outputs/projects/resource-provisioning", root)
    context = Context(LocalFiles([str(root)]), LocalEngines(), {})
    taken = read_reference_project(str(root), platform, context)
    write_state(str(root), State(taken.project, {platform: taken.environment}), os.environ)
    files = load_provisioners(context.files, [], taken.provisioners, Loading(platform))
    generated = Project(root, platform, lambda: files).generate(*scores)
    before = yaml.safe_load((root / f".score-{'k8s' if platform == 'kubernetes' else platform}/state.yaml").read_text())
    assert {uid: outputs_of(generated, uid) for uid in generated.realised} == {
        uid: resource["outputs"] for uid, resource in before["resources"].items()
    }
    ours, theirs = read_texts(platform, texts_of(generated)), read(platform, root / OUTPUTS[platform])
    assert keys(shown(ours, theirs)) == set()
    assert keys(shown(theirs, ours)) == set()
    state = read_state(str(root), os.environ)
    assert set(state.environments[platform].resources) == {SHARED, OWN}
    assert known_as(texts_of(generated)[OUTPUTS[platform]]) == known_as((root / OUTPUTS[platform]).read_text())


def known_as(text: str) -> object:
    """Give what runs already is known by: Compose's services by their names, what the API manages by its selector."""
    documents = list(yaml.safe_load_all(text))
    if "services" in documents[0]:
        return sorted(documents[0]["services"])
    kinds = ("Deployment", "StatefulSet")
    return {
        (each["kind"], each["metadata"]["name"]): each["spec"]["selector"]
        for each in documents
        if each["kind"] in kinds
    }
