"""`isomorph check` and `isomorph baseline write`: the gate of a project, and the drift that it had before."""

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
    assert run("baseline", "write")[::2] == (0, ".isomorph/baseline.yaml holds one finding\n")
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
    assert run("baseline", "write")[2] == ".isomorph/baseline.yaml holds one finding, as before\n"
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
