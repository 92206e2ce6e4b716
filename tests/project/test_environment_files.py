"""What an environment of the project has of its own: Score files, overrides for one workload each, and builds."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.commands import Run

WEB = """\
apiVersion: score.dev/v1b1
metadata: {name: web}
containers:
  web:
    image: registry.example.com/web:1.0
    variables: {COLOUR: red}
service: {ports: {http: {port: 80, targetPort: 8080}}}
"""
JOBS = """\
apiVersion: score.dev/v1b1
metadata: {name: jobs}
containers:
  worker: {image: registry.example.com/jobs:1.0, variables: {COLOUR: red}}
  helper: {image: registry.example.com/helper:1.0}
"""
LOAD = """\
apiVersion: score.dev/v1b1
metadata: {name: load}
containers: {load: {image: registry.example.com/load:1.0}}
"""
PROJECT = """\
name: market
workloads: ["score/**/score.yaml"]
environments:
  local:
    definitions: ["compose:deploy/compose.yaml"]
    workloads: [score/local/load/score.yaml]
  production:
    definitions: ["kubernetes:deploy/manifests.yaml"]
"""


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two workloads, and one that runs locally only."""
    for name, text in (("web", WEB), ("jobs", JOBS), ("local/load", LOAD)):
        (tmp_path / "score" / name).mkdir(parents=True)
        (tmp_path / "score" / name / "score.yaml").write_text(text)
    (tmp_path / "isomorph.yaml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISOMORPH_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def add(folder: Path, line: str) -> None:
    """Add a line to what the project says of the local environment."""
    text = (folder / "isomorph.yaml").read_text()
    (folder / "isomorph.yaml").write_text(text.replace("  production:", f"    {line}\n  production:"))


def generate(run: Run, *args: str) -> str:
    code, _, said = run("generate", *args)
    assert code == 0, said
    return said


def services(folder: Path, path: str = "deploy/compose.yaml") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / path).read_text())["services"]
    return found


def refused(run: Run, *args: str) -> str:
    code, _, said = run("generate", *args)
    assert code == 2
    return said


def test_an_environment_has_workloads_of_its_own(run: Run, market: Path) -> None:
    generate(run, "--all-envs")
    assert sorted(services(market)) == ["jobs", "jobs-helper", "load", "web"]
    manifests = (market / "deploy/manifests.yaml").read_text()
    assert "name: web" in manifests
    assert "load" not in manifests, "the project's pattern matches its file, but that is the other environment's"


def test_without_an_environment_only_the_projects_workloads_are_generated(run: Run, market: Path) -> None:
    generate(run, "--to", "swarm", "-o", "stack.yaml")
    assert sorted(services(market, "stack.yaml")) == ["jobs", "jobs-helper", "web"]


def test_check_holds_an_environment_against_its_own_workloads(run: Run, market: Path) -> None:
    generate(run, "--all-envs")
    assert "(generated)" not in run("check")[1]
    compose = market / "deploy/compose.yaml"
    compose.write_text(compose.read_text().replace("load:1.0", "load:1.1"))
    code, out, _ = run("check")
    assert code == 1
    assert re.search(r"local +1\.1 +deploy/compose\.yaml:", out)
    assert re.search(r"local \(generated\) +1\.0 +score/local/load/score\.yaml:3:28", out)


def test_each_document_is_laid_over_the_workload_that_it_names(run: Run, market: Path) -> None:
    add(market, "overrides: [score/overrides/local.yaml]")
    (market / "score/overrides").mkdir()
    (market / "score/overrides/local.yaml").write_text(
        "metadata: {name: web}\ncontainers: {web: {variables: {COLOUR: green, SIZE: big}}}\n"
        "---\nmetadata: {annotations: {team: market}}\n"
        "---\nmetadata: {name: jobs}\ncontainers: {worker: {variables: null}}\n"
    )
    generate(run, "--all-envs")
    found = services(market)
    assert found["web"]["environment"] == {"COLOUR": "green", "SIZE": "big"}
    assert "environment" not in found["jobs"]
    assert "environment" not in found["load"]
    assert [found[name]["annotations"]["team"] for name in ("web", "jobs", "load")] == ["market"] * 3
    assert "value: red" in (market / "deploy/manifests.yaml").read_text()


def test_a_changed_override_is_seen_by_the_next_run(run: Run, market: Path) -> None:
    add(market, "overrides: [local.yaml]")
    (market / "local.yaml").write_text("metadata: {name: web}\ncontainers: {web: {variables: {COLOUR: green}}}\n")
    generate(run, "--env", "local")
    (market / "local.yaml").write_text("metadata: {name: web}\ncontainers: {web: {variables: {COLOUR: gold}}}\n")
    generate(run, "--env", "local")
    assert services(market)["web"]["environment"] == {"COLOUR": "gold"}
    score = market / "score/web/score.yaml"
    score.write_text(score.read_text().replace("web:1.0", "web:1.1"))
    generate(run, "--env", "local")
    assert services(market)["web"]["image"].endswith("web:1.1")
    assert services(market)["web"]["environment"] == {"COLOUR": "gold"}


def test_an_override_of_no_workload_is_refused_where_it_is_said(run: Run, market: Path) -> None:
    add(market, "overrides: [local.yaml]")
    (market / "local.yaml").write_text("metadata: {name: web}\n---\nmetadata:\n  name: jbos\n")
    said = refused(run, "--env", "local")
    assert "local.yaml:4:9: the overrides are for a workload 'jbos', which this environment does not have" in said
    assert "did you mean jobs?" in said
    assert run("check")[0] == 2
    generate(run, "score/web/score.yaml", "--env", "local")


def test_a_file_of_a_whole_environment_is_laid_over_one_score_file(run: Run, market: Path) -> None:
    (market / "local.yaml").write_text(
        "metadata: {name: jobs}\ncontainers: null\n---\n"
        "metadata: {name: web}\ncontainers: {web: {variables: {COLOUR: green}}}\n"
    )
    generate(run, "score/web/score.yaml", "--to", "swarm", "-o", "stack.yaml", "--overrides-file", "local.yaml")
    assert services(market, "stack.yaml")["web"]["environment"] == {"COLOUR": "green"}


def test_builds_are_relative_to_the_project_and_written_relative_to_the_output(run: Run, market: Path) -> None:
    add(market, "builds: {web: src/web, jobs/worker: {context: ., dockerfile: Jobs, target: run, args: {A: 1, B: ~}}}")
    generate(run, "--env", "local")
    found = services(market)
    assert found["web"]["build"] == "../src/web"
    assert found["jobs"]["build"] == {
        "context": "..",
        "dockerfile": "Jobs",
        "target": "run",
        "args": {"A": "1", "B": None},
    }
    assert "build" not in found["jobs-helper"]
    generate(run, "--all-envs")
    assert "image.build" not in run("check", "--fail-on", "note")[1]


def test_an_address_is_a_context_as_it_is(run: Run, market: Path) -> None:
    add(market, "builds: {web: 'https://example.com/web.git#main', load: /srv/load}")
    generate(run, "--env", "local")
    assert services(market)["web"]["build"] == "https://example.com/web.git#main"
    assert services(market)["load"]["build"] == "/srv/load"


def test_a_build_folder_that_somebody_changed_is_drift(run: Run, market: Path) -> None:
    add(market, "builds: {web: src/web}")
    generate(run, "--all-envs")
    compose = market / "deploy/compose.yaml"
    compose.write_text(compose.read_text().replace("../src/web", "../src/shop"))
    out = run("check", "--fail-on", "note")[1]
    assert re.search(r"local +\.\./src/shop +deploy/compose\.yaml:", out)
    assert re.search(r"local \(generated\) +\.\./src/web +isomorph\.yaml:7:14", out)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("load:1.0\n", "load:1.0\n    build: ../src/load\n", "image.build"),
        ("load:1.0\n", "load:1.0\n    depends_on: [web]\n", "lifecycle.order web"),
        ("      - web\n", "      web: {condition: service_healthy}\n", "lifecycle.order web"),
        ("    depends_on:\n      - web\n", "", "lifecycle.order web"),
        ("    build: ../src/web\n", "", "image.build"),
    ],
)
def test_what_one_environment_alone_can_say_is_drift_once_it_changes(
    run: Run, market: Path, old: str, new: str, rule: str
) -> None:
    add(market, "builds: {web: src/web}")
    jobs = market / "score/jobs/score.yaml"
    jobs.write_text(f"{JOBS}resources:\n  web: {{type: service, params: {{workload: web, wait: started}}}}\n")
    generate(run, "--all-envs")
    assert "(generated)" not in run("check", "--fail-on", "note")[1]
    compose = market / "deploy/compose.yaml"
    assert compose.read_text().count(old) == 1
    compose.write_text(compose.read_text().replace(old, new))
    code, out, _ = run("check", "--fail-on", "note", "--format", "json")
    found = [each for each in json.loads(out)["findings"] if each["compared_with"] == "generated"]
    assert (code, [f"{each['rule']} {each['subject']}".strip() for each in found]) == (1, [rule])


def test_a_build_that_is_gone_from_the_project_is_gone_from_the_output(run: Run, market: Path) -> None:
    before = (market / "isomorph.yaml").read_text()
    add(market, "builds: {web: src/web}")
    generate(run, "--env", "local")
    (market / "isomorph.yaml").write_text(before)
    generate(run, "score/jobs/score.yaml", "--env", "local")
    assert "build" not in services(market)["web"]


def test_the_command_lines_build_counts_more(run: Run, market: Path) -> None:
    add(market, "builds: {jobs/worker: src/jobs, jobs/helper: src/helper}")
    generate(run, "score/jobs/score.yaml", "--env", "local", "--build", "worker=../other")
    found = services(market)
    assert (found["jobs"]["build"], found["jobs-helper"]["build"]) == ("../other", "../src/helper")


def test_a_variable_of_the_shell_in_an_argument_stays_one(run: Run, market: Path) -> None:
    add(market, "builds: {web: {args: {VERSION: '1-${TAG}', PRICE: '5$$'}}}")
    generate(run, "--env", "local")
    assert services(market)["web"]["build"]["args"] == {"VERSION": "1-${TAG}", "PRICE": "5$$"}


@pytest.mark.parametrize(
    ("builds", "message"),
    [
        ("{wbe: src}", "isomorph.yaml:7:14: builds name a workload 'wbe', which this environment does not have"),
        ("{wbe: src}", "did you mean web?"),
        (
            "{jobs/wroker: src}",
            "isomorph.yaml:7:14: builds name a container 'wroker', which workload jobs does not have",
        ),
        ("{jobs/wroker: src}", "did you mean worker?"),
        ("{jobs: src}", "workload jobs has several containers, and builds do not say which (write jobs/"),
        ("{web: {contxt: src}}", "environments.local.builds.web has no key 'contxt' (did you mean context?)"),
        ("{web: [src]}", "environments.local.builds.web must be a text, not a list"),
        ("{a/b/c: src}", "isomorph.yaml:7:14: 'a/b/c' is no name of a workload or container"),
        ("{web: {args: [A=1]}}", "environments.local.builds.web.args must be a mapping, not a list"),
    ],
)
def test_a_build_of_nothing_is_refused_where_it_is_said(run: Run, market: Path, builds: str, message: str) -> None:
    add(market, f"builds: {builds}")
    assert message in refused(run, "--env", "local")
