"""What holds for all formats: no secret is in any, the same input gives the same bytes, several are written in one run."""

from pathlib import Path

import pytest

from isomorph.report.formats import FORMATS, load_format
from tests.cli.commands import runner
from tests.report.hostile import hostile_report, policy_finding
from tests.report.reports import make_report, sample_report

NAMES = [each.name for each in FORMATS]
HIDDEN = "Hunter2isTheSecret"

COMPOSE = f"""\
services:
  web:
    image: example/web:1
    command: ["serve", "--password", "{HIDDEN}1", "--api-key={HIDDEN}2"]
    environment:
      DB_PASSWORD: {HIDDEN}3
      DATABASE_URL: postgres://app:{HIDDEN}4@db:5432/app
      SCRIPT: "curl -u admin:{HIDDEN}5 http://db"
      SETTINGS: |
        level: debug
        token: {HIDDEN}6
    labels: {{ owner: team }}
    healthcheck: {{ test: ["CMD", "check", "--token={HIDDEN}7"] }}
    secrets: [store]
secrets:
  store: {{ environment: STORE }}
"""
KUBERNETES = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: web }}
spec:
  selector: {{ matchLabels: {{ app: web }} }}
  template:
    metadata: {{ labels: {{ app: web }} }}
    spec:
      containers:
        - name: web
          image: example/web:2
          args: ["serve", "--password", "{HIDDEN}8", "--api-key={HIDDEN}9"]
          env:
            - {{ name: DB_PASSWORD, valueFrom: {{ secretKeyRef: {{ name: store, key: password }} }} }}
            - {{ name: DATABASE_URL, value: "postgres://app:{HIDDEN}10@db:5432/app" }}
            - {{ name: API_TOKEN, value: {HIDDEN}11 }}
          livenessProbe: {{ exec: {{ command: [check, "--token={HIDDEN}12"] }} }}
---
apiVersion: v1
kind: Secret
metadata: {{ name: store }}
stringData: {{ password: {HIDDEN}13 }}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "compose.yml").write_text(COMPOSE, encoding="utf-8")
    (tmp_path / "web.yaml").write_text(KUBERNETES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_no_secret_is_in_any_of_several_reports_of_one_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = runner(capsys)
    reports = [f"--report={name}={project / name}" for name in NAMES]
    code, out, err = run("diff", "compose:compose.yml", "kubernetes:web.yaml", "-v", *reports)
    assert code == 1
    assert HIDDEN not in out + err
    for name in NAMES:
        text = (project / name).read_text(encoding="utf-8")
        assert "API_TOKEN" in text.replace("\\", "")
        assert HIDDEN not in text, name


@pytest.mark.parametrize("name", NAMES)
def test_the_same_report_gives_the_same_bytes(name: str) -> None:
    write = load_format(name)
    assert write(sample_report(), None) == write(sample_report(), None)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_report_holds_is_written(name: str) -> None:
    write = load_format(name)
    assert write(hostile_report(), None).decode()
    assert "policy.pinned-images" in write(make_report([policy_finding()]), None).decode()


def test_the_names_of_formats_are_each_others_equals() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert "text" not in NAMES
