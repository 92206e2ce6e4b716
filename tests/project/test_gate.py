"""The gate tells of each step that it takes, and how many there will be."""

from pathlib import Path

import pytest

from isomorph.project.gate import Gate, count_steps, run_gate
from isomorph.project.opening import open_project

COMPOSE = "services:\n  web:\n    image: nginx:1.29\n"
ENVIRONMENTS = """\
environments:
  a: {definitions: ["compose:a.yaml"]}
  b: {definitions: ["compose:b.yaml", "compose:more.yaml"]}
  later: {namespace: later}
"""


@pytest.mark.parametrize("further", ["", "policy: [isomorph:recommended]\n"])
def test_there_are_as_many_steps_as_were_counted(further: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "isomorph.yaml").write_text(ENVIRONMENTS + further)
    for name, workload in (("a", "web"), ("b", "web"), ("more", "db")):
        (tmp_path / f"{name}.yaml").write_text(COMPOSE.replace("web", workload))
    monkeypatch.chdir(tmp_path)
    project, context = open_project()
    told: list[str] = []
    run_gate(Gate(project=project, today="2026-01-01"), context, told.append)
    assert len(told) == count_steps(project)
    assert told[:4] == ["reading a.yaml", "reading b.yaml", "reading more.yaml", "comparing"]
