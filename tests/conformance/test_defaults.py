"""What an engine fills in by itself is no drift: the tables of defaults hold what the real engines do.

A definition is given to its platform's engine, and the engine's own full form of it is compared with what was given.
"""

import json
import shutil
from pathlib import Path

import pytest

from isomorph.model.application import Definition
from tests.conformance.conftest import ComposeConfig
from tests.conformance.test_reading import FILES, reference_outputs
from tests.conformance.test_writing import INPUTS, known_parts, read_input, write_manifests
from tests.corpus.reading import keys, read, shown
from tests.engines.control_plane import ControlPlane

pytestmark = pytest.mark.engine

Keys = set[tuple[str, str, str, str]]


def differences(given: Definition, filled: Definition) -> Keys:
    """Give what a user would be shown, but for variables that the shell would set, and build folders made absolute."""
    return {each for each in keys(shown(given, filled)) if each[0] != "unresolved" and each[2] != "image.build"}


@pytest.mark.parametrize("files", [*FILES, *reference_outputs()], ids=" ".join)
def test_what_compose_fills_in(
    corpus: Path, tmp_path: Path, compose_config: ComposeConfig, files: tuple[str, ...]
) -> None:
    project = tmp_path / "project"
    for file in files:
        shutil.copytree((corpus / file).parent, project, dirs_exist_ok=True)
    names = [Path(file).name for file in files]
    filled = compose_config(project, *names)
    (project / "filled.json").write_text(json.dumps(filled))
    overrides = {"file": tuple(str(project / name) for name in names[1:])} if names[1:] else {}
    given = read("compose", project / names[0], **overrides)
    assert differences(given, read("compose", project / "filled.json")) == set()


def chosen_by_the_server(filled: Definition) -> Keys:
    """Give the differences that must be there: the node port of a load balancer is the server's choice."""
    return {
        ("drift", name, "port.exposure", f"{port.target}/{port.protocol}")
        for name, workload in filled.application.workloads.items()
        for port in workload.ports.values()
        if any(each.kind == "load-balancer" for each in port.exposures)
    }


@pytest.mark.parametrize(("platform", "path"), INPUTS)
def test_what_the_api_server_fills_in(
    corpus: Path, tmp_path: Path, api_server: ControlPlane, platform: str, path: str
) -> None:
    parts = known_parts(write_manifests(read_input(corpus, platform, path)))
    items = [api_server.fill_in(parsed, text) for parsed, text in parts]
    (tmp_path / "given.yaml").write_text("---\n".join(text for _, text in parts))
    (tmp_path / "filled.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    filled = read("kubernetes", tmp_path / "filled.json")
    assert differences(read("kubernetes", tmp_path / "given.yaml"), filled) <= chosen_by_the_server(filled)
