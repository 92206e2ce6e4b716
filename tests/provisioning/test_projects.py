"""Whole projects with the reference tools' own provisioner files, against what those tools made of them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from isomorph.model.application import Definition
from isomorph.model.combine import combine
from isomorph.model.text import SecretValue
from isomorph.platforms.context import Source
from isomorph.platforms.score.reader import read
from isomorph.provisioning.contract import Target
from isomorph.provisioning.engine import Kept, Provisioned, provision
from isomorph.provisioning.files import FileProvisioner, Loading, read_provisioners
from isomorph.provisioning.resolving import resolve_definition
from tests.memory_context import memory_context

TOOLS = {"compose": "score-compose", "kubernetes": "score-k8s"}


def read_project(folder: Path, without: tuple[str, ...] = ()) -> Definition:
    """Read the Score files below a folder as one definition."""
    files: dict[str, str | bytes] = {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    named = [
        name
        for name, content in sorted(files.items())
        if name.endswith(".yaml")
        and not name.startswith((".", *without))
        and b"apiVersion: score.dev" in bytes(content)  # type: ignore[arg-type]
    ]
    return combine([read(Source(name), memory_context(files)) for name in named])


def read_files(platform: str, *paths: Path) -> list[FileProvisioner]:
    loading = Loading(platform)
    return [one for path in paths for one in read_provisioners(path.read_bytes(), path.name, loading)]


def outputs_of(provisioned: Provisioned) -> dict[str, Any]:
    return {uid: one.result.outputs for uid, one in provisioned.resources.items()}


@pytest.mark.parametrize("platform", TOOLS)
def test_a_reference_tools_project_goes_on_where_it_was(corpus: Path, platform: str) -> None:
    folder = corpus / "reference-outputs" / "projects" / "resource-provisioning"
    kept_in = folder / f".{TOOLS[platform]}"
    state = yaml.safe_load((kept_in / "state.yaml").read_text())
    provisioners = read_files(platform, kept_in / "zz-default.provisioners.yaml")
    kept = {uid: Kept(one["guid"], one["provisioner"], one["state"]) for uid, one in state["resources"].items()}
    definition = read_project(folder)
    done = provision(definition, provisioners, Target(platform, project="demo", mounts=".mounts"), kept=kept)
    assert outputs_of(done) == {uid: one["outputs"] for uid, one in state["resources"].items()}
    assert {uid: one.result.state for uid, one in done.resources.items()} == {
        uid: one["state"] for uid, one in state["resources"].items()
    }
    assert {uid: one.resource.workload for uid, one in done.resources.items()} == {
        uid: one["source_workload"] for uid, one in state["resources"].items()
    }
    workloads = resolve_definition(definition, done.resources).application.workloads
    variables = workloads["workload-one"].containers["example"].variables
    shared = state["resources"]["redis.default#main-cache"]["outputs"]
    if platform == "compose":
        compose = yaml.safe_load((folder / "compose.yaml").read_text())
        assert variables == compose["services"]["workload-one-example"]["environment"]
    else:
        secret = SecretValue(shared["host"], "password")
        assert variables == {"CONNECTION": ("redis://default:", secret, f"@{shared['host']}:6379")}


@pytest.mark.parametrize("platform", TOOLS)
@pytest.mark.parametrize(("project", "workloads", "resources"), [("onlineboutique", 11, 19), ("aks-store-demo", 5, 10)])
def test_projects_are_provisioned_whole_and_again_the_same(
    corpus: Path, platform: str, project: str, workloads: int, resources: int
) -> None:
    definition = read_project(corpus / "score-examples" / "samples" / project, ("ai/", "product/score-ai"))
    community = sorted((corpus / "community-provisioners" / "service").rglob("*.provisioners.yaml"))
    own = [path for path in community if TOOLS[platform] in path.parts]
    provisioners = read_files(platform, *own, corpus / "reference-provisioners" / f"{platform}.provisioners.yaml")
    target = Target(platform, project="demo", mounts=".mounts")
    first = provision(definition, provisioners, target)
    assert (len(definition.application.workloads), len(first.resources)) == (workloads, resources)
    kept = {uid: Kept(one.guid, one.provisioner, one.result.state) for uid, one in first.resources.items()}
    second = provision(definition, provisioners, target, kept=kept, shared=first.shared)
    assert outputs_of(second) == outputs_of(first)
    assert second.shared == first.shared
    resolved = resolve_definition(definition, second.resources)
    assert resolved == resolve_definition(definition, first.resources)
    assert "${resources" not in repr(resolved.application.workloads)
    assert "Output(" not in repr(resolved.application.workloads)
