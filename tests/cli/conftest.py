"""A folder of small definitions, and the command."""

from pathlib import Path

import pytest

from tests.cli.commands import Run, runner

SCORE = """\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  web:
    image: nginx:1.29
    variables: {COLOUR: red}
service: {ports: {http: {port: 80, targetPort: 8080}}}
"""
COMPOSE = """\
services:
  web:
    image: nginx:1.29
    environment: {COLOUR: red}
    expose: ["8080"]
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line."""
    return runner(capsys)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder that is the current one."""
    (tmp_path / "isomorph.yaml").write_text("workloads: [score.yaml]\n")
    (tmp_path / "score.yaml").write_text(SCORE)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "drifted.yaml").write_text(COMPOSE.replace("1.29", "1.30"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path
