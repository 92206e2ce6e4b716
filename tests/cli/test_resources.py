"""`isomorph resources` and `isomorph provisioners`: what they tell, and that secrets stay masked."""

import json
import os
from pathlib import Path

import pytest
import yaml

from isomorph.provisioning.state import EnvironmentState, ResourceState, State, WorkloadState
from isomorph.provisioning.state_file import write_state
from tests.cli.commands import Run, runner

PASSWORD = "1k5wgq93qEdrhiPb"
URL = f"redis://default:{PASSWORD}@redis-x:6379"


def resource(name: str, *users: str) -> ResourceState:
    return ResourceState(
        guid="4a4c8473-dc3b-4cd7-bc86-ec4eb1c2edac",
        type="redis",
        id=name,
        workload="app",
        users=users,
        provisioner="isomorph://redis",
        outputs={"host": "redis-x", "port": 6379, "password": PASSWORD, "urls": [URL, "plain"]},
        secrets=frozenset({("outputs", "password"), ("outputs", "urls", "0")}),
    )


LOCAL = EnvironmentState(
    "compose",
    workloads={"app": WorkloadState("score.yaml"), "web": WorkloadState("web.yaml")},
    resources={
        "redis.default#app.cache": resource("app.cache", "app"),
        "redis.default#shared": resource("shared", "app", "web"),
        "redis.default#old": resource("old", "gone"),
    },
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line."""
    return runner(capsys)


@pytest.fixture
def folder(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project for which something was provisioned, which is the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "isomorph.yaml").touch()
    write_state(".", State(environments={"local": LOCAL}), os.environ)
    return tmp_path


def test_the_list(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    code, out, err = run("resources", "list")
    assert (code, err) == (0, "")
    lines = [line.split("  ") for line in out.splitlines()]
    assert [line[0] for line in lines[1:4]] == sorted(LOCAL.resources)
    assert "app, web" in out
    assert "(unused) host, password, port, urls" in out.splitlines()[2]
    assert out.count("(unused)") == 1
    assert PASSWORD not in out


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_the_list_for_programs(folder: Path, run: Run, form: str) -> None:
    code, out, _ = run("resources", "list", "--format", form, "-q")
    listed = json.loads(out) if form == "json" else yaml.safe_load(out)
    assert code == 0
    assert listed[1] == {
        "uid": "redis.default#old",
        "type": "redis",
        "class": "default",
        "workloads": ["gone"],
        "provisioner": "isomorph://redis",
        "outputs": ["host", "password", "port", "urls"],
        "unused": True,
    }
    assert [each["unused"] for each in listed] == [False, True, False]


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_outputs_are_masked_unless_asked_for(folder: Path, run: Run, form: str) -> None:
    code, out, err = run("resources", "get-outputs", "redis.default#shared", "--format", form)
    assert yaml.safe_load(out) == {"host": "redis-x", "port": 6379, "password": "***", "urls": ["***", "plain"]}
    assert (code, err) == (0, "secret outputs are masked; --show-secrets prints them\n")
    code, out, err = run("resources", "get-outputs", "redis.default#shared", "--format", form, "--show-secrets")
    assert yaml.safe_load(out) == LOCAL.resources["redis.default#shared"].outputs
    assert (code, err) == (0, "")


def test_masked_outputs_need_no_key(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    assert run("resources", "get-outputs", "redis.default#shared")[0] == 0
    code, out, err = run("resources", "get-outputs", "redis.default#shared", "--show-secrets")
    assert (code, out) == (2, "")
    assert "there is no key" in err


def test_outputs_in_a_template(folder: Path, run: Run) -> None:
    template = "{{ .host | upper }}:{{ .port }} {{ .password }}"
    uid = "redis.default#app.cache"
    assert run("resources", "get-outputs", uid, "--format", template, "-q") == (0, "REDIS-X:6379 ***\n", "")
    shown = run("resources", "get-outputs", uid, "--format", template + "\n", "--show-secrets")
    assert shown == (0, f"REDIS-X:6379 {PASSWORD}\n", "")
    code, _, err = run("resources", "get-outputs", uid, "--format", "{{ .host")
    assert (code, err.startswith("isomorph: --format:1:")) == (2, True)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["get-outputs", "redis.default#sharde"], "resource 'redis.default#sharde'; did you mean redis.default#shared?"),
        (["get-outputs", "redis.default#shared", "--format", "xml"], "--format 'xml' is neither json, yaml nor a Go template"),
        (["list", "--env", "locl"], "the state has no environment 'locl'; did you mean local?"),
        (["lists"], "invalid choice: 'lists'"),
        ([], "the following arguments are required: list | get-outputs"),
    ],
)  # fmt: skip
def test_trouble(folder: Path, run: Run, argv: list[str], message: str) -> None:
    code, out, err = run("resources", *argv)
    assert (code, out) == (2, "")
    assert message in err


def test_several_environments_are_listed(folder: Path, run: Run) -> None:
    write_state(".", State(environments={"local": LOCAL, "prod": EnvironmentState("kubernetes")}), os.environ)
    code, _, err = run("resources", "list")
    assert (code, "say which with --env: local, prod" in err) == (2, True)
    assert run("resources", "list", "--env", "prod") == (0, "no resources\n", "")


def test_nothing_was_provisioned_yet(folder: Path, run: Run) -> None:
    (folder / ".isomorph" / "state.yaml").unlink()
    code, _, err = run("resources", "list")
    assert (code, "nothing was provisioned yet" in err) == (2, True)


def test_provisioners_of_an_environment(folder: Path, run: Run) -> None:
    (folder / "own.provisioners.yaml").write_text(
        "- {uri: 'template://own', type: cache, class: big, supported_params: [size], expected_outputs: [host, port],\n"
        "   description: A cache., outputs: '{}'}\n- {uri: 'template://more', type: other, outputs: '{}'}\n"
    )
    (folder / "isomorph.yaml").write_text(
        "environments: {local: {definitions: ['compose:c.yaml'], provisioners: [own.provisioners.yaml]}}\n"
        "default-provisioners: false\n"
    )
    code, out, err = run("provisioners", "list", "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out) == [
        {
            "uri": "template://own",
            "type": "cache",
            "class": "big",
            "id": None,
            "params": ["size"],
            "outputs": ["host", "port"],
            "description": "A cache.",
            "source": "own.provisioners.yaml:1:3",
        },
        {
            "uri": "template://more",
            "type": "other",
            "class": None,
            "id": None,
            "params": None,
            "outputs": None,
            "description": "",
            "source": "own.provisioners.yaml:3:3",
        },
    ]
    assert run("provisioners", "list", "--env", "local", "--type", "cache") == (
        0,
        "type   class  id   params  outputs\n"
        "cache  big    any  size    host, port\n"
        "    A cache.\n"
        "    template://own  own.provisioners.yaml:1:3\n",
        "",
    )
    assert run("provisioners", "list", "--to", "compose") == (0, "no provisioners\n", "")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "say for which: --env NAME (local, prod) or --to PLATFORM"),
        (["--env", "prodd"], "isomorph.yaml has no environment 'prodd'; did you mean prod?"),
        (["--env", "prod"], "isomorph.yaml:1:42: environment prod names no definition"),
        (["--to", "score"], "invalid choice: 'score'"),
    ],
)
def test_which_provisioners_are_meant(folder: Path, run: Run, argv: list[str], message: str) -> None:
    (folder / "isomorph.yaml").write_text("environments: {local: {definitions: []}, prod: {}}\n")
    code, out, err = run("provisioners", "list", *argv)
    assert (code, out) == (2, "")
    assert message in err


def test_without_a_project_the_platform_must_be_said(folder: Path, run: Run) -> None:
    (folder / "isomorph.yaml").unlink()
    code, _, err = run("provisioners", "list")
    assert (code, "say for which platform with --to" in err) == (2, True)
    code, out, _ = run("provisioners", "list", "--to", "kubernetes")
    assert (code, "isomorph://postgres\n" in out) == (0, True)
