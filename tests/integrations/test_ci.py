"""What CI systems are given, run as they run it: the steps of the action and of the GitLab job, by a shell, on a project."""

import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tests.integrations.conftest import COMPOSE, ROOT


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def run_step(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **variables}
    return subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def run_action(project: Path, **inputs: str) -> tuple[int, str, str, str]:
    """Run the action's step; gives its exit code, what it prints, its outputs and the step's summary."""
    action = load("action.yml")
    (step,) = [each for each in action["runs"]["steps"] if each.get("id") == "check"]
    given = {name: each["default"] for name, each in action["inputs"].items()} | inputs
    variables = {
        name: given[text.removeprefix("${{ inputs.").removesuffix(" }}")] for name, text in step["env"].items()
    }
    temporary = project.parent
    outputs, summary = temporary / "outputs", temporary / "summary"
    done = run_step(
        step["run"],
        project,
        RUNNER_TEMP=str(temporary),
        GITHUB_OUTPUT=str(outputs),
        GITHUB_STEP_SUMMARY=str(summary),
        **variables,
    )
    return done.returncode, done.stdout, outputs.read_text(), summary.read_text() if summary.exists() else ""


def test_the_action_annotates_and_fails(project: Path, command: Path) -> None:
    code, out, outputs, summary = run_action(project, sarif="drift.sarif")
    assert (code, outputs) == (1, "code=1\n")
    assert out.startswith("::error file=b.yaml,line=3,col=12,title=image.tag::web: the image tag is 1.29 on a")
    assert "| error | `image.tag` |" in summary
    sarif = msgspec.json.decode((project / "drift.sarif").read_bytes())
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == ["image.tag"]


def test_the_action_takes_a_folder_and_a_threshold(project: Path, command: Path) -> None:
    (project / "b.yaml").write_text(COMPOSE)
    code, out, outputs, summary = run_action(project, **{"fail-on": "note", "strict": "true"})
    assert (code, out, outputs) == (0, "", "code=0\n")
    assert "No drift" in summary


def test_what_cannot_be_read_is_no_finding(project: Path, command: Path) -> None:
    (project / "b.yaml").write_text("services: [")
    code, _, outputs, _ = run_action(project)
    assert (code, outputs) == (2, "code=2\n")


def test_inputs_reach_the_shell_as_variables_only() -> None:
    """What a workflow passes could be anybody's text: put into a script it would be run."""
    for step in load("action.yml")["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_the_gitlab_job_reports_and_fails(project: Path, command: Path) -> None:
    job = load("integrations/gitlab/isomorph.yml")["isomorph"]
    script = "\n".join(line for line in job["script"] if not line.startswith("pip install"))
    path = f"{command}{os.pathsep}{os.environ['PATH']}"
    done = run_step(script, project, **{**job["variables"], "PATH": path})
    assert done.returncode == 1
    (issue,) = msgspec.json.decode((project / job["artifacts"]["reports"]["codequality"]).read_bytes())
    assert issue["check_name"] == "image.tag"
    assert "image.tag" in (project / job["artifacts"]["reports"]["junit"]).read_text()


def test_the_hook_is_a_command_that_exists(project: Path, command: Path) -> None:
    (hook,) = load(".pre-commit-hooks.yaml")
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    path = f"{command}{os.pathsep}{os.environ['PATH']}"
    assert run_step(hook["entry"], project, PATH=path).returncode == 1
