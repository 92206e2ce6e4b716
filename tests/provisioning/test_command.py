"""`cmd://`: what programs are told and what is made of their answers; stand-ins on PATH for those that files call."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isomorph.model.errors import EngineFailed
from isomorph.provisioning.command import CommandProvisioner, Commands, find_program
from isomorph.provisioning.contract import Fragments, Request, Result
from isomorph.provisioning.files import Loading, read_provisioners
from tests.provisioning.asking import GUID, make_request, read_one

Place = Callable[[str, str], Path]

# Just what the expressions in provisioner files ask of yq; an expression that it does not know fails the test.
YQ = """
import json, os, sys
args = [arg for arg in sys.argv[1:] if arg not in ("eval", "ea", "-p", "-o", "-I=0", "json")]
expression = args[0]
if expression == "[.]":
    text = open(args[1]).read()
    print(json.dumps([dict(line.split(": ") for line in part.strip().splitlines()) for part in text.split("---")]))
    sys.exit()
text = sys.stdin.read()
if expression.startswith(". |= sub("):
    old, new = json.loads("[" + expression[9:-1].replace("\\\\.", ".") + "]")
    print(text.strip().replace(old, new))
elif expression == ".info.title":
    print(next(line for line in text.splitlines() if "title:" in line).split(": ")[1])
else:
    value = json.loads(text)
    for step in expression.split(" | "):
        if step == 'split(".")':
            value = value.split(".")
        elif step == ".[-1]":
            value = value[-1]
        elif step == "has(strenv(WORKLOAD))":
            value = os.environ["WORKLOAD"] in value
        else:
            for key in step[1:].split("."):
                value = value.get(key)
    print("null" if value is None else str(value).lower() if isinstance(value, bool) else value)
"""
STAND_INS = {
    "yq": YQ,
    "helm": "import sys\nif sys.argv[1] == 'template': print('kind: Secret\\nname: ' + sys.argv[2])",
    "curl": "print('to standard error, or it would be no JSON')",
    "gh": 'print(\'{"name": "space"}\')',
    "jq": "import json, sys; print(json.load(sys.stdin)[sys.argv[-1][1:]])",
    "microcks": "print('imported')",
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Put a Python program into the folder `bin`, under a name."""

    def put(name: str, program: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{sys.executable}\n{program}\n")
        path.chmod(0o755)
        return path

    return put


def commands(base: Path, **changes: Any) -> Commands:
    variables = {"PATH": f"{base / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(base / "home")}
    return Commands(**{"permit": lambda provisioner: True, "folder": str(base), "variables": variables, **changes})


def write(program: str = "provide", **keys: Any) -> str:
    return json.dumps([{"uri": f"cmd://{program}", "type": "thing", **keys}])


def run(folder: Path, request: Request | None = None, platform: str = "compose", **changes: Any) -> Result:
    return read_one(write(), platform, commands(folder, **changes)).provision(request or make_request(platform))


def answer(place: Place, value: Any) -> None:
    place("provide", f"print({json.dumps(value)!r})")


def fail(folder: Path, platform: str = "compose", request: Request | None = None, **changes: Any) -> str:
    with pytest.raises(EngineFailed) as caught:
        run(folder, request, platform, **changes)
    return str(caught.value)


def test_every_program_of_the_files_runs_with_stand_ins(corpus: Path, tmp_path: Path, place: Place) -> None:
    for name, program in STAND_INS.items():
        place(name, program)
    (tmp_path / ".env").write_text("A=1\nB=x=y\n")
    (tmp_path / "api.yaml").write_text("info:\n  title: Order API\n")
    ran: dict[str, dict[str, Any]] = {}
    for path in sorted(corpus.rglob("*-provisioners/**/*.provisioners.yaml")):
        platform = "compose" if "compose" in path.name or path.parent.name == "score-compose" else "kubernetes"
        for provisioner in read_provisioners(path.read_bytes(), str(path), Loading(platform, commands(tmp_path))):
            if isinstance(provisioner, CommandProvisioner):
                params = {"model": "ai/x", "port": 80, "openapi_file": "api.yaml"}
                result = provisioner.provision(make_request(platform, provisioner.type, params=params))
                if provisioner.expected_outputs is not None:
                    assert set(result.outputs) == set(provisioner.expected_outputs)
                ran[f"{platform} {provisioner.uri}"] = result.outputs
                if provisioner.uri == "cmd://bash#helm-template-redis":
                    assert result.fragments.manifests == ({"kind": "Secret", "name": "shop-db"},)
    redis = {"host": "shop-db-master", "port": "6379", "username": "", "password": "🔐💬shop-db_redis-password💬🔐"}
    assert ran == {
        "kubernetes cmd://bash#example-provisioner": {"key": "value", "secret": "🔐💬mysecret_mykey💬🔐"},
        "compose cmd://python3#dotenv": {"A": "1", "B": "x=y"},
        "kubernetes cmd://python3#dotenv": {"A": "1", "B": "x=y"},
        "compose cmd://bash#dmr-llm-model-via-curl": {
            "model": "ai/x",
            "url": "http://172.17.0.1:12434/engines/v1/",
            "api-key": "not-needed",
        },
        "compose cmd://bash#dns-in-codespace": {
            "host": "space-8080.app.github.dev",
            "url": "https://space-8080.app.github.dev",
        },
        "kubernetes cmd://bash#dns-in-codespace": {
            "host": "space-80.app.github.dev",
            "url": "https://space-80.app.github.dev",
        },
        "kubernetes cmd://bash#endpoint-with-microcks-cli": {"url": "https://microcks.127.0.0.1.nip.io/rest/Order+API"},
        "kubernetes cmd://bash#helm-template-redis": redis,
        "kubernetes cmd://bash#helm-upgrade-redis": redis,
    }


@pytest.mark.parametrize(
    ("platform", "own"),
    [
        ("compose", {"compose_project_name": "project", "mount_directory_path": "./mounts"}),
        ("kubernetes", {"resource_guid": GUID, "namespace": "prod"}),
    ],
)
def test_what_a_program_is_told(platform: str, own: dict[str, str], tmp_path: Path, place: Place) -> None:
    place("provide", "import json, sys; print(json.dumps({'resource_outputs': json.load(sys.stdin)}))")
    request = make_request(platform, params={"a": [1]}, metadata={"m": 2}, state={"s": 3}, shared={"t": 4})
    assert run(tmp_path, request, platform).outputs == {
        "resource_uid": "thing.default#shop.db",
        "resource_type": "thing",
        "resource_class": "default",
        "resource_id": "shop.db",
        "resource_params": {"a": [1]},
        "resource_metadata": {"m": 2},
        "source_workload": "shop",
        "resource_state": {"s": 3},
        "shared_state": {"t": 4},
        "workload_services": {
            "shop": {
                "ServiceName": "shop-svc",
                "ports": {
                    key: {"name": "web", "port": 80, "target_port": 8080, "protocol": "TCP"} for key in ("web", "80")
                },
            },
            "backend": {
                "ServiceName": "backend-svc",
                "ports": {
                    **{k: {"name": "web", "port": 80, "target_port": 8080, "protocol": "TCP"} for k in ("web", "80")},
                    **{k: {"name": "90", "port": 81, "target_port": 90, "protocol": "UDP"} for k in ("90", "81")},
                },
            },
        },
        **own,
    }


def test_an_answer_for_compose(tmp_path: Path, place: Place) -> None:
    given = {
        "resource_state": {"a": 1},
        "resource_outputs": {"host": "h", "port": 1},
        "shared_state": {"b": None},
        "relative_directories": {"d": True, "./e/": False},
        "relative_file_contents": {"f/g": "text", "gone": None},
        "compose_networks": {"n": None},
        "compose_volumes": {"v": {"driver": "local"}},
        "compose_services": {"s": {"image": "i"}},
        "compose_models": {"m": {"model": "x"}},
    }
    answer(place, given)
    assert run(tmp_path) == Result(
        outputs={"host": "h", "port": 1},
        state={"a": 1},
        shared={"b": None},
        fragments=Fragments(
            folders={"d": True, "e": False},
            files={"f/g": "text", "gone": None},
            networks={"n": {}},
            volumes={"v": {"driver": "local"}},
            services={"s": {"image": "i"}},
            models={"m": {"model": "x"}},
        ),
    )


def test_an_answer_for_kubernetes_and_an_empty_one(tmp_path: Path, place: Place) -> None:
    answer(place, {"manifests": [{"kind": "A"}], "resource_outputs": None})
    assert run(tmp_path, platform="kubernetes") == Result(fragments=Fragments(manifests=({"kind": "A"},)))
    answer(place, {})
    assert run(tmp_path) == Result()


@pytest.mark.parametrize(
    ("platform", "given", "message"),
    [
        ("compose", {"resource_output": {}}, "unknown key 'resource_output' (did you mean 'resource_outputs'?)"),
        ("compose", {"manifests": []}, "unknown key 'manifests' (it is not for compose)"),
        ("kubernetes", {"compose_services": {}}, "unknown key 'compose_services' (it is not for kubernetes)"),
        ("compose", {"resource_outputs": []}, "an array for 'resource_outputs', which must be an object"),
        ("compose", {"compose_services": {"s": "x"}}, "a string for 's' in 'compose_services'"),
        ("compose", {"relative_directories": {"d": 1}}, "not true or false"),
        ("compose", {"relative_file_contents": {"f": {}}}, "not a string or null"),
        ("compose", {"relative_file_contents": {"../f": "x"}}, "no path below the folder"),
        ("compose", {"relative_directories": {"/etc": False}}, "no path below the folder"),
        ("kubernetes", {"manifests": {}}, "not a list of objects"),
        ("kubernetes", {"manifests": [{"a": "🔐💬n_k💬🔐"}]}, "only outputs can carry"),
        ("compose", [], "an array, not an object"),
        ("compose", None, "null, not an object"),
    ],
)
def test_an_answer_that_is_none(platform: str, given: Any, message: str, tmp_path: Path, place: Place) -> None:
    answer(place, given)
    told = fail(tmp_path, platform)
    assert message in told
    assert told.startswith("p.provisioners.yaml:1:2: cmd://provide: ")


@pytest.mark.parametrize(
    ("text", "message"), [("", "answered nothing"), ("{} {}", "answered no JSON"), ("{", "answered no JSON")]
)
def test_an_answer_that_is_no_json(text: str, message: str, tmp_path: Path, place: Place) -> None:
    place("provide", f"print({text!r})")
    assert message in fail(tmp_path)


def test_arguments_and_the_mode(tmp_path: Path, place: Place) -> None:
    place("provide", "import json, sys; print(json.dumps({'resource_outputs': {'args': sys.argv[1:]}}))")
    provisioner = read_one(write(args=["<mode>", "x<mode>", "a b", 3]), commands=commands(tmp_path))
    assert provisioner.provision(make_request()).outputs == {"args": ["provision", "x<mode>", "a b", "3"]}


def test_nothing_runs_without_permission(tmp_path: Path, place: Place) -> None:
    place("provide", f"open({str(tmp_path / 'ran')!r}, 'w').close(); print('{{}}')")
    assert "not permitted" in fail(tmp_path, permit=None)
    assert "not permitted" in fail(tmp_path, permit=lambda provisioner: False)
    assert not (tmp_path / "ran").exists()
    asked: list[str] = []

    def permit(provisioner: CommandProvisioner) -> bool:
        asked.append(provisioner.uri)
        return True

    run(tmp_path, permit=permit)
    assert (tmp_path / "ran").exists()
    assert asked == ["cmd://provide"]


def test_where_programs_are_found(tmp_path: Path, place: Place) -> None:
    inside = tmp_path / "project"
    (inside / "tools").mkdir(parents=True)
    at = {
        "cmd://./tools/here#name": inside / "tools" / "here",
        "cmd://../beside": tmp_path / "beside",
        "cmd://~/homely": tmp_path / "home" / "homely",
        f"cmd://{tmp_path}/absolute": tmp_path / "absolute",
        "cmd://on-path#x": tmp_path / "bin" / "on-path",
    }
    settings = commands(tmp_path, folder=str(inside))
    for path in at.values():
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
    assert [find_program(uri, settings) for uri in at] == [None] * 5  # None of them can be executed yet.
    for path in at.values():
        path.chmod(0o755)
    assert [find_program(uri, settings) for uri in at] == [str(path) for path in at.values()]
    assert "not installed" in fail(tmp_path)


def test_a_program_sees_the_given_variables_and_folder_only(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ISOMORPH_TEST", "leak")
    place(
        "provide", "import json, os; print(json.dumps({'resource_outputs': {'v': dict(os.environ), 'f': os.getcwd()}}))"
    )
    outputs = run(tmp_path).outputs
    assert "ISOMORPH_TEST" not in outputs["v"]
    assert outputs["f"] == str(tmp_path.resolve())


def test_a_failure_shows_what_the_program_said_but_no_secret(tmp_path: Path, place: Place) -> None:
    place("provide", "import sys; sys.exit('no such cluster, tried ' + 'Tr0ub4dor')")
    told = fail(tmp_path, request=make_request(state={"password": "Tr0ub4dor"}))
    assert "failed with exit code 1\nno such cluster, tried ***" in told
    place("provide", "import sys; sys.exit('first ' + 'x' * 10000 + ' last')")
    told = fail(tmp_path)
    assert told.endswith("x last")
    assert len(told) < 5000
    place("provide", "import os; os.kill(os.getpid(), 15)")
    assert "was ended by signal 15" in fail(tmp_path)
    (tmp_path / "bin" / "provide").write_bytes(b"\x7fELF nothing")
    assert "could not be started" in fail(tmp_path)


def test_a_program_that_takes_too_long_is_stopped_with_its_children(tmp_path: Path, place: Place) -> None:
    pid = tmp_path / "pid"
    place("provide", f"{start_child(pid)}\nchild.wait()")
    began = time.monotonic()
    assert "took longer than 1 seconds" in fail(tmp_path, time_limit=1)
    assert time.monotonic() - began < 10
    assert is_gone(int(pid.read_text()))


def test_what_a_program_leaves_running_ends_with_it(tmp_path: Path, place: Place) -> None:
    pid = tmp_path / "pid"
    place("provide", f"{start_child(pid)}\nprint('{{}}')")
    began = time.monotonic()
    assert run(tmp_path) == Result()
    assert time.monotonic() - began < 10
    assert is_gone(int(pid.read_text()))


def start_child(pid: Path) -> str:
    """Give a program that starts another, and writes its process id to a file."""
    start = "import subprocess\nchild = subprocess.Popen(['sleep', '60'])"
    return f"{start}\nopen({str(pid)!r}, 'w').write(str(child.pid))"


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended, or waits for its parent to be told so, within two seconds."""
    for _ in range(40):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_is_bounded(stream: str, tmp_path: Path, place: Place) -> None:
    place("provide", f"import sys\nwhile True: sys.{stream}.write('x' * 1000)")
    assert "printed more than 100,000 bytes" in fail(tmp_path, output_limit=100_000)


def test_a_program_need_not_read_what_it_is_told(tmp_path: Path, place: Place) -> None:
    answer(place, {"resource_outputs": {"a": "b"}})
    assert run(tmp_path, make_request(state={"long": "x" * 1_000_000})).outputs == {"a": "b"}


def test_secrets_in_clear_are_told(tmp_path: Path, place: Place) -> None:
    password = "Tr0ub4dor&3"
    answer(
        place,
        {"resource_outputs": {"password": password}, "compose_services": {"s": {"environment": [f"P={password}"]}}},
    )
    (diagnostic,) = run(tmp_path).diagnostics
    assert diagnostic.code == "secret-in-clear"
    assert "service s" in diagnostic.message
    assert password not in diagnostic.message
    secret = {"kind": "Secret", "metadata": {"name": "s"}, "stringData": {"p": password}}
    answer(place, {"resource_outputs": {"password": password}, "manifests": [secret]})
    assert run(tmp_path, platform="kubernetes").diagnostics == ()
