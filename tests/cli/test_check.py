"""`isomorph check` and `isomorph baseline write`: the gate of a project, and the drift that it had before."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import Run

PROJECT = """\
environments:
  local: {definitions: ["compose:compose.yaml"]}
  next: {definitions: ["compose:drifted.yaml"]}
"""


@pytest.fixture
def gated(project: Path) -> Path:
    (project / "isomorph.yaml").write_text(PROJECT)
    return project


def test_drift_fails_and_once_in_the_baseline_it_does_not(gated: Path, run: Run) -> None:
    code, out, _ = run("check")
    assert (code, "image.tag" in out) == (1, True)
    assert run("baseline", "write")[::2] == (0, ".isomorph/baseline.yaml holds one difference\n")
    assert run("check")[0] == 0
    assert run("check", "--no-baseline")[0] == 1


def test_only_new_drift_fails_wherever_the_old_one_stands_now(gated: Path, run: Run) -> None:
    assert run("baseline", "write", "-q")[0] == 0
    text = (gated / "drifted.yaml").read_text()
    (gated / "drifted.yaml").unlink()
    (gated / "moved.yaml").write_text("# A comment.\n\n" + text)
    (gated / "isomorph.yaml").write_text(PROJECT.replace("drifted", "moved"))
    assert run("check")[0] == 0
    (gated / "moved.yaml").write_text(text.replace("red", "blue"))
    code, out, _ = run("check")
    assert (code, "variable.value COLOUR" in out, "image.tag" in out) == (1, True, False)
    (gated / "moved.yaml").write_text(text.replace("1.30", "1.31"))
    assert run("check")[0] == 1, "1.29 to 1.30 was known, 1.29 to 1.31 is new"


def test_a_baseline_is_the_same_when_it_is_written_again(gated: Path, run: Run) -> None:
    run("baseline", "write")
    before = (gated / ".isomorph/baseline.yaml").read_bytes()
    assert run("baseline", "write")[2] == ".isomorph/baseline.yaml holds one difference, as before\n"
    assert (gated / ".isomorph/baseline.yaml").read_bytes() == before
    assert (gated / ".isomorph/.gitattributes").read_text().endswith("baseline.yaml merge=union\n")


def test_check_writes_nothing(gated: Path, run: Run) -> None:
    before = sorted(path.name for path in gated.rglob("*"))
    run("check", "--ci")
    assert sorted(path.name for path in gated.rglob("*")) == before


def test_what_the_team_declared_counts(gated: Path, run: Run) -> None:
    (gated / "isomorph.yaml").write_text(PROJECT + "severity: {image.tag: note}\n")
    assert [run("check", "--fail-on", each)[0] for each in ("warning", "note")] == [0, 1]
    (gated / "isomorph.yaml").write_text(PROJECT + "expect: [{rule: image.tag, reason: one ahead}]\n")
    assert run("check", "--fail-on", "note")[0] == 0


def test_without_a_project_or_definitions_it_says_what_to_do(
    project: Path, run: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, error = run("check")
    assert (code, error) == (
        2,
        "isomorph: isomorph.yaml names no definitions to compare: isomorph init --from DEFINITION adds them\n",
    )
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    code, _, error = run("check")
    assert (code, "there is no isomorph.yaml here or above" in error) == (2, True)


GENERATED = """\
workloads: [score.yaml]
environments:
  local: {definitions: ["compose:out/compose.yaml"]}
  cluster: {definitions: ["kubernetes:out/manifests.yaml"]}
"""


@pytest.fixture
def generated(project: Path, run: Run) -> Path:
    (project / "isomorph.yaml").write_text(GENERATED)
    assert run("generate", "--all-envs", "-q")[0] == 0
    return project


def test_what_was_generated_and_left_alone_is_healthy(generated: Path, run: Run) -> None:
    code, out, error = run("check", "--fail-on", "note", "--strict")
    assert (code, out) == (0, ""), "a healthy project is silent"
    assert "approximated" not in error
    assert "no drift between local and cluster" in run("check", "-v")[1]


def test_an_edit_of_a_generated_file_is_told_with_the_place_in_the_score_file(generated: Path, run: Run) -> None:
    for path in (generated / "out").glob("*.yaml"):
        path.write_text(path.read_text().replace("nginx:1.29", "nginx:1.31"))
    code, out, _ = run("check", "--format", "json")
    (first, second) = [each for each in json.loads(out)["findings"] if each["verdict"] == "drift"]
    assert (code, first["compared_with"], first["rule"]) == (1, "generated", "image.tag")
    assert first["between"] == ["local", "local (generated)"]
    assert [side["value"] for side in first["sides"]] == ["1.31", "1.29"]
    assert first["sides"][1]["origin"] == {"file": "score.yaml", "line": 5, "column": 12}
    assert second["between"] == ["cluster", "cluster (generated)"]


def scale_up(manifests: Path) -> None:
    text = manifests.read_text()
    scaled = text.replace("spec:\n  selector:\n    matchLabels", "spec:\n  replicas: 3\n  selector:\n    matchLabels")
    assert scaled != text
    manifests.write_text(scaled)


def test_what_somebody_added_to_a_generated_file_is_told_whatever_it_is(generated: Path, run: Run) -> None:
    scale_up(generated / "out/manifests.yaml")
    _, out, _ = run("check", "--format", "json")
    told = [each for each in json.loads(out)["findings"] if each["verdict"] == "drift"]
    assert {(each["rule"], each["compared_with"]) for each in told} == {
        ("scale.replicas", "pair"),
        ("scale.replicas", "generated"),
    }, "the next generate would take it out"
    assert len({each["cause"] for each in told}) == 1


def test_what_score_has_no_word_for_is_left_to_a_file_that_was_written_by_hand(generated: Path, run: Run) -> None:
    written = generated / "manifests.yaml"
    lines = (generated / "out/manifests.yaml").read_text().splitlines(keepends=True)
    written.write_text("".join(line for line in lines if not line.startswith("#")))
    scale_up(written)
    (generated / "isomorph.yaml").write_text(GENERATED.replace("out/manifests.yaml", "manifests.yaml"))
    _, out, _ = run("check", "--format", "json")
    data = json.loads(out)
    assert [each["compared_with"] for each in data["findings"] if each["verdict"] == "drift"] == ["pair"]
    assert data["summary"]["unsaid"] == 1


def test_a_variable_that_somebody_added_is_told(generated: Path, run: Run) -> None:
    compose = generated / "out/compose.yaml"
    compose.write_text(compose.read_text().replace("COLOUR: red", "COLOUR: red\n      ADDED: 'yes'"))
    _, out, _ = run("check", "--format", "json")
    found = {
        (each["compared_with"], each["rule"]) for each in json.loads(out)["findings"] if each["verdict"] == "missing"
    }
    assert found == {("pair", "variable.missing"), ("generated", "variable.missing")}


def test_no_program_runs_and_what_it_gave_before_is_used(project: Path, run: Run) -> None:
    (project / "score.yaml").write_text(
        "apiVersion: score.dev/v1b1\nmetadata: {name: web}\n"
        "containers: {web: {image: 'nginx:1.29', variables: {TOPIC: '${resources.top.name}'}}}\n"
        "resources: {top: {type: topic}}\n"
    )
    program = project / "make-topic"
    program.write_text('#!/bin/sh\ndate >> ran\necho \'{"resource_outputs": {"name": "orders"}}\'\n')
    program.chmod(0o755)
    (project / "p.provisioners.yaml").write_text("- {uri: 'cmd://./make-topic', type: topic}\n")
    (project / "isomorph.yaml").write_text(
        "workloads: [score.yaml]\nprovisioners: [p.provisioners.yaml]\n"
        'environments: {local: {definitions: ["compose:out/compose.yaml"]}}\n'
    )
    assert run("generate", "--env", "local", "-q")[0] == 0
    ran = (project / "ran").read_text()
    assert run("check", "--fail-on", "note", "--strict")[0] == 0
    assert (project / "ran").read_text() == ran
    (project / ".isomorph/state.yaml").unlink()
    code, out, _ = run("check", "--strict", "--format", "json")
    assert (code, [each["verdict"] for each in json.loads(out)["findings"]]) == (1, ["unresolved"])
    assert (project / "ran").read_text() == ran


def test_code_hosts_are_told_files_from_the_repository_and_programs_from_the_project(gated: Path, run: Run) -> None:
    (gated.parent / ".git").mkdir()
    code, out, _ = run("check", "--format", "github", "--report", f"json={gated / 'drift.json'}")
    (gated.parent / ".git").rmdir()  # It is a folder of all tests.
    assert code == 1
    assert f"file={gated.name}/drifted.yaml," in out
    report = json.loads((gated / "drift.json").read_text())
    assert {side["origin"]["file"] for each in report["findings"] for side in each["sides"]} == {
        "compose.yaml",
        "drifted.yaml",
    }


def test_a_rule_of_a_policy_is_declared_before_anything_breaks_it(gated: Path, run: Run) -> None:
    (gated / "isomorph.yaml").write_text(PROJECT + 'policy: ["isomorph:recommended"]\n')
    _, out, _ = run("check", "--format", "sarif")
    (found,) = json.loads(out)["runs"]
    rules = {each["id"]: each for each in found["tool"]["driver"]["rules"]}
    named = {each["ruleId"] for each in found["results"]}
    assert "policy.no-docker-socket" in set(rules) - named
    assert rules["policy.no-docker-socket"]["defaultConfiguration"] == {"level": "error"}
