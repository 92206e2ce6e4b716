"""`isomorph diff`: thresholds, formats, and what only the image knows."""

import json
from pathlib import Path

import pytest

from isomorph.cli.reporting import exit_code
from isomorph.drift.finding import Severity, Verdict
from isomorph.report.json_report import SCHEMA_FILE
from tests.cli.commands import Run
from tests.report.reports import ERROR, EXPECTED, MISSING, NOTE, UNRESOLVED, WARNING, make_finding, make_report


@pytest.mark.parametrize(
    ("verdict", "severity", "threshold", "strict", "code"),
    [
        (Verdict.DRIFT, WARNING, WARNING, False, 1),
        (Verdict.DRIFT, ERROR, WARNING, False, 1),
        (Verdict.DRIFT, NOTE, WARNING, False, 0),
        (Verdict.DRIFT, NOTE, NOTE, False, 1),
        (Verdict.DRIFT, WARNING, ERROR, False, 0),
        (MISSING, ERROR, ERROR, False, 1),
        (EXPECTED, ERROR, NOTE, True, 0),
        (Verdict.DEFAULT, ERROR, NOTE, True, 0),
        (UNRESOLVED, ERROR, NOTE, False, 0),
        (UNRESOLVED, NOTE, ERROR, True, 1),
    ],
)
def test_thresholds(verdict: Verdict, severity: Severity, threshold: Severity, strict: bool, code: int) -> None:
    report = make_report([make_finding("image.tag", "web", ("1", "2"), verdict=verdict, severity=severity)])
    assert exit_code(report, threshold, strict) == code


def test_no_drift_is_0_and_drift_1(project: Path, run: Run) -> None:
    code, out, _ = run("diff", "a=compose.yaml", "b=compose.yaml")
    assert code == 0
    assert "no drift between a and b" in out
    code, out, _ = run("diff", "a=compose.yaml", "b=drifted.yaml")
    assert code == 1
    for part in ("image.tag", "1.29", "1.30", "compose.yaml:3:12", "drifted.yaml:3:12"):
        assert part in out
    assert run("diff", "a=compose.yaml", "b=drifted.yaml", "--fail-on", "error")[0] == 1


def test_a_score_file_and_what_is_generated_from_it(project: Path, run: Run) -> None:
    for platform in ("compose", "kubernetes"):
        assert run("generate", "score.yaml", "--to", platform, "-o", f"out/{platform}.yaml", "-q")[0] == 0
    code, out, _ = run("diff", "out/compose.yaml", "out/kubernetes.yaml", "--strict")
    assert (code, "no drift between compose and kubernetes" in out) == (0, True)


def test_json_is_what_its_schema_says(project: Path, run: Run) -> None:
    import jsonschema_rs

    code, out, _ = run("diff", "a=compose.yaml", "b=drifted.yaml", "--format", "json")
    data = json.loads(out)
    assert code == 1
    with open(SCHEMA_FILE, encoding="utf-8") as file:
        jsonschema_rs.validate(json.load(file), data)
    (finding,) = [each for each in data["findings"] if each["verdict"] == "drift"]
    assert finding["rule"] == "image.tag"
    assert data["environments"] == [
        {"name": "a", "definitions": [{"platform": "compose", "source": "compose.yaml"}]},
        {"name": "b", "definitions": [{"platform": "compose", "source": "drifted.yaml"}]},
    ]
    assert data["summary"]["drift"] == 1


def test_several_formats_in_one_run(project: Path, run: Run) -> None:
    code, out, _ = run("diff", "a=compose.yaml", "b=drifted.yaml", "-o", "r.txt", "--report", "json=r.json", "-q")
    assert (code, out) == (1, "")
    assert json.loads((project / "r.json").read_text())["schema"] == "isomorph.drift/v1"
    assert "image.tag" in (project / "r.txt").read_text()


def test_what_the_image_brings_settles_what_is_not_said(project: Path, run: Run) -> None:
    (project / "k.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
        "  - {name: web, image: 'nginx:1.29', command: [/entry.sh], args: [serve], env: [{name: COLOUR, value: red}]}\n"
    )
    (project / "image.json").write_text(
        json.dumps([{"RepoTags": ["nginx:1.29"], "Config": {"Entrypoint": ["/entry.sh"], "Cmd": ["serve"]}}])
    )
    commands = ("diff", "compose.yaml", "k.yaml", "-q", "--format", "json")

    def verdicts(*more: str) -> set[str]:
        findings = json.loads(run(*commands, *more)[1])["findings"]
        return {each["verdict"] for each in findings if each["rule"] == "process.command"}

    assert verdicts() == {"drift"}
    assert "drift" not in verdicts("--image-config", "image.json")
    code, _, err = run(*commands, "--image-config", "nowhere.json")
    assert (code, "nowhere.json" in err) == (2, True)
