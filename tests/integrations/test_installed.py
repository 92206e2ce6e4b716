"""The hook, the action and the GitLab job as they are used: installed from this tree into environments that hold nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.hooks import find_program
from tests.integrations.conftest import COMPOSE, ROOT
from tests.integrations.test_ci import load, run_step

pytestmark = pytest.mark.engine

PRE_COMMIT, CHECK_SCHEMA = find_program("pre-commit"), find_program("check-jsonschema")
needs_programs = pytest.mark.skipif(PRE_COMMIT is None, reason="pre-commit is not installed: make engines")
CONFIGURATION = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks: [{{id: isomorph-check}}]
"""


def git(folder: Path, *argv: str) -> str:
    """Run git, without anybody's configuration."""
    apart = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
    done = subprocess.run(
        ["git", *who, *argv], cwd=folder, env={**os.environ, **apart}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree, as a repository of one commit: all that a hook or an action is installed from."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "action.yml"):
        shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    return folder


@needs_programs
def test_pre_commit_installs_the_hook_and_stops_the_commit_that_drifts(
    source: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rev = git(source, "rev-parse", "HEAD")
    (project / ".pre-commit-config.yaml").write_text(CONFIGURATION.format(repo=source.as_uri(), rev=rev))
    (project / "b.yaml").write_text(COMPOSE)
    git(project, "init", "-q")
    git(project, "add", "-A")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(project.parent / "hooks"))
    subprocess.run([str(PRE_COMMIT), "install", "--install-hooks"], cwd=project, check=True, capture_output=True)
    git(project, "commit", "-q", "-m", "both alike")
    (project / "b.yaml").write_text(COMPOSE.replace("1.29", "1.30"))
    git(project, "add", "-A")
    with pytest.raises(subprocess.CalledProcessError) as stopped:
        git(project, "commit", "-q", "-m", "drifted")
    assert "exit code: 1" in stopped.value.stderr
    assert "image.tag" in stopped.value.stderr
    git(project, "restore", "--staged", "--worktree", "b.yaml")
    (project / "notes.txt").write_text("of nothing that the gate reads")
    git(project, "add", "notes.txt")
    git(project, "commit", "-q", "-m", "a file that is no definition")
    assert git(project, "log", "--format=%s").splitlines() == ["a file that is no definition", "both alike"]


def test_every_step_of_the_action_runs_in_a_folder_of_the_repository(source: Path, project: Path) -> None:
    action = load("action.yml")
    temporary, outputs, summary = (project.parent / each for each in ("temporary", "outputs", "summary"))
    temporary.mkdir()
    given = {name: each["default"] for name, each in action["inputs"].items()}
    given |= {"project": project.name, "python": sys.executable, "sarif": "drift.sarif", "comment": "drift.md"}
    known = {f"${{{{ inputs.{name} }}}}": value for name, value in given.items()}
    known["${{ github.action_path }}"] = str(source)
    git(project.parent, "init", "-q")
    runner = {"RUNNER_TEMP": temporary, "GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": summary}
    codes = []
    for step in action["runs"]["steps"]:
        variables = {name: known[text] for name, text in step["env"].items()}
        done = run_step(step["run"], project.parent, **variables, **{name: str(file) for name, file in runner.items()})
        codes.append(done.returncode)
    assert codes == [0, 1], done.stderr
    assert "::error file=shop/b.yaml,line=3," in done.stdout
    assert outputs.read_text() == "code=1\n"
    assert "| error | `image.tag` |" in summary.read_text()
    assert (project.parent / "drift.md").read_text() == summary.read_text()
    assert '"uri":"shop/b.yaml"' in (project.parent / "drift.sarif").read_text().replace(": ", ":")


def test_the_gitlab_job_runs_from_a_wheel(source: Path, project: Path, tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    wheels = tmp_path / "wheels"
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(source)]
    subprocess.run([*pip, *build], check=True, capture_output=True)
    (wheel,) = wheels.glob("isomorph-*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "clean")], check=True)
    job = load("integrations/gitlab/isomorph.yml")["isomorph"]
    variables = {**job["variables"], "ISOMORPH_INSTALL": str(wheel), "ISOMORPH_PROJECT": project.name}
    path = f"{tmp_path / 'clean' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = run_step("\n".join(job["script"]), project.parent, **{**variables, "PATH": path})
    assert done.returncode == 1, done.stderr
    for report in job["artifacts"]["reports"].values():
        assert "image.tag" in (project.parent / report).read_text()


@needs_programs
@pytest.mark.parametrize(
    ("schema", "file"), [("github-actions", "action.yml"), ("gitlab-ci", "integrations/gitlab/isomorph.yml")]
)
def test_the_schemas_of_both_hosts_accept_what_is_theirs(schema: str, file: str, tmp_path: Path) -> None:
    check = [str(CHECK_SCHEMA), "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*check, str(ROOT / file)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "wrong.yml"
    wrong.write_text((ROOT / file).read_text().replace("\nruns:", "\nrun:").replace("  script:", "  scripts:"))
    assert subprocess.run([*check, str(wrong)], check=False, capture_output=True).returncode == 1


@needs_programs
def test_pre_commit_accepts_the_manifest() -> None:
    manifest = str(ROOT / ".pre-commit-hooks.yaml")
    subprocess.run([str(PRE_COMMIT), "validate-manifest", manifest], check=True)
