"""`isomorph check` with policies, `policy test`, `policy list`, and `explain` of a project's rules."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import Run

PROJECT = """\
environments:
  local: {definitions: ["compose:compose.yaml"]}
policy: [policy.yaml]
"""
COMPOSE = "services:\n  web:\n    image: nginx\n    environment: {API_TOKEN: hunter2}\n"
POLICY = """\
- use: pinned-image
- name: no-token
  description: tokens are files
  for: variable
  require: "!variable.name.endsWith('TOKEN')"
  at: value
  severity: note
  mend: mount it as a file
"""
CASES = """\
cases:
- name: a token
  platform: compose
  definition: |
    services:
      web:
        image: nginx:1.29
        environment: {TOKEN: a}
  findings:
  - {rule: no-token, line: 4, column: 26}
- name: no tag
  platform: nomad
  definition: |
    job "web" {
      group "web" {
        task "web" {
          driver = "docker"
          config { image = "nginx" }
        }
      }
    }
  findings:
  - {rule: policy.pinned-image, line: 5}
"""


@pytest.fixture
def ruled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("isomorph", PROJECT), ("compose", COMPOSE), ("policy", POLICY), ("policy.test", CASES)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def test_policies_fail_the_gate_of_even_one_environment(ruled: Path, run: Run) -> None:
    code, out, _ = run("check")
    assert (code, "policy.pinned-image" in out, "compose.yaml:3:12" in out) == (1, True, True)
    assert "hunter2" not in out
    (ruled / "isomorph.yaml").write_text(PROJECT + "severity: {policy.pinned-image: note}\n")
    assert run("check")[0] == 0
    assert run("check", "--fail-on", "note")[0] == 1


def test_what_the_team_declared_and_the_baseline_count_for_policies(ruled: Path, run: Run) -> None:
    suppress = "suppress: [{rule: 'policy.*', reason: for now}]\n"
    (ruled / "isomorph.yaml").write_text(PROJECT + suppress)
    assert run("check", "--fail-on", "note")[0] == 0
    (ruled / "isomorph.yaml").write_text(PROJECT)
    run("baseline", "write", "-q")
    assert run("check", "--fail-on", "note")[0] == 0
    (ruled / "compose.yaml").write_text("# moved\n" + COMPOSE)
    assert run("check", "--fail-on", "note")[0] == 0
    (ruled / "compose.yaml").write_text(COMPOSE + "  db: {image: postgres}\n")
    code, out, _ = run("check")
    assert (code, "db" in out, "nginx" in out) == (1, True, False)


def test_a_rule_that_is_not_there_cannot_be_declared(ruled: Path, run: Run) -> None:
    (ruled / "isomorph.yaml").write_text(PROJECT + "severity: {policy.pinned-imag: note}\n")
    code, _, err = run("check")
    assert (code, "did you mean policy.pinned-image?" in err) == (2, True)


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_every_report_tells_of_policies_and_no_secret(ruled: Path, run: Run, form: str) -> None:
    _, out, _ = run("check", "--format", form)
    assert "policy.pinned-image" in out
    assert "hunter2" not in out


def test_the_report_says_that_it_is_a_policy(ruled: Path, run: Run) -> None:
    findings = json.loads(run("check", "--format", "json")[1])["findings"]
    assert {(each["rule"], each["compared_with"], len(each["sides"])) for each in findings} == {
        ("policy.pinned-image", "policy", 1),
        ("policy.no-token", "policy", 1),
    }


def test_a_fault_in_a_policy_is_told_at_its_place(ruled: Path, run: Run) -> None:
    (ruled / "policy.yaml").write_text(POLICY.replace("variable.name", "variable.nam"))
    code, _, err = run("check")
    assert (code, "policy.yaml:5:23: variable has no word 'nam' (did you mean name?)" in err) == (2, True)


def test_cases_that_pass(ruled: Path, run: Run) -> None:
    code, out, _ = run("policy", "test")
    assert (code, out) == (
        0,
        "policy.test.yaml\n  passed  a token (compose)\n  passed  no tag (nomad)\n2 cases: 2 passed\n",
    )
    assert run("policy", "test", "-q", "policy.test.yaml")[1] == "policy.test.yaml\n2 cases: 2 passed\n"


def test_cases_that_fail_say_what_was_and_was_not_found(ruled: Path, run: Run) -> None:
    (ruled / "policy.test.yaml").write_text(CASES.replace("line: 5", "line: 4").replace("TOKEN: a", "OTHER: a"))
    code, out, _ = run("policy", "test")
    assert code == 1
    assert "not found: policy.no-token, line 4:26 (expected at policy.test.yaml:10:5)" in " ".join(out.split())
    assert "not expected: policy.pinned-image, line 5:24: web: nginx is another image" in " ".join(out.split())
    assert "no case breaks no-token" in out
    assert out.endswith("2 cases: 0 passed, 2 failed\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "platform: nomad",
            "platform: nomda",
            "policy.test.yaml:12:13: there is no platform 'nomda' (did you mean nomad?)",
        ),
        ("rule: no-token", "rule: no-tokn", "there is no rule 'policy.no-tokn' here (did you mean policy.no-token?)"),
        ("name: no tag", "nome: no tag", "policy.test.yaml:11:3: cases[1] has no key 'nome' (did you mean name?)"),
        ("line: 5", "line: 0", "cases[1].findings[0].line must be a number from 1"),
        ("cases:", "case:", "policy.test.yaml:1:1: a test file has no key 'case' (did you mean cases?)"),
    ],
)
def test_cases_that_are_wrong(ruled: Path, run: Run, old: str, new: str, message: str) -> None:
    (ruled / "policy.test.yaml").write_text(CASES.replace(old, new))
    code, _, err = run("policy", "test")
    assert (code, message in err) == (2, True), err


def test_a_case_reads_nothing_but_what_is_written_in_it(ruled: Path, run: Run) -> None:
    (ruled / "more.yaml").write_text("services: {other: {image: nginx}}\n")
    stolen = CASES.replace(
        "    services:\n      web:", "    include: [more.yaml, /etc/passwd]\n    services:\n      web:", 1
    )
    (ruled / "policy.test.yaml").write_text(stolen)
    code, out, _ = run("policy", "test")
    assert (code, "cannot be read" in out, "root:" in out) == (1, True, False)


def test_cases_are_run_without_a_project_too(ruled: Path, run: Run) -> None:
    (ruled / "isomorph.yaml").unlink()
    assert run("policy", "test", "policy.test.yaml")[0] == 0
    (ruled / "out.test.yaml").write_text("policies: [../../etc/passwd]\ncases: []\n")
    code, _, err = run("policy", "test", "out.test.yaml")
    assert (code, "is outside the project" in err) == (2, True)
    code, _, err = run("policy", "test", "nowhere.test.yaml")
    assert (code, "test nowhere.test.yaml does not exist" in err) == (2, True)


def test_no_cases_are_a_mistake(ruled: Path, run: Run) -> None:
    (ruled / "policy.test.yaml").unlink()
    code, _, err = run("policy", "test")
    assert (code, "NAME.yaml has them in NAME.test.yaml" in err) == (2, True)


def test_rules_are_listed_and_explained(ruled: Path, run: Run) -> None:
    code, out, _ = run("policy", "list")
    assert (code, out.index("no-token") < out.index("isomorph:recommended")) == (0, True)
    code, out, _ = run("explain", "policy.no-token")
    assert (code, "policy.yaml:2:3" in out, "to mend: mount it as a file" in out) == (0, True, True)
    code, _, err = run("explain", "policy.no-tokn")
    assert (code, "did you mean policy.no-token?" in err) == (2, True)


def test_a_workload_is_called_as_the_report_calls_it(ruled: Path, run: Run) -> None:
    (ruled / "other.yaml").write_text(COMPOSE.replace("  web:", "  shop-web:"))
    (ruled / "isomorph.yaml").write_text(
        'environments:\n  local: {definitions: ["compose:compose.yaml"]}\n  test: {definitions: ["compose:other.yaml"]}\n'
        "align: {web: {local: web, test: shop-web}}\npolicy: ['isomorph:pinned-image']\n"
    )
    _, out, _ = run("check", "--format", "json")
    found = [each for each in json.loads(out)["findings"] if each["compared_with"] == "policy"]
    assert [(each["workload"], each["sides"][0]["environment"]) for each in found] == [
        ("web", "local"),
        ("web", "test"),
    ]
    assert all(each["message"].startswith("web: ") for each in found)
    assert len({each["fingerprint"] for each in found}) == 2
