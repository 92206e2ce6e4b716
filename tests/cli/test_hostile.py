"""The command as whole processes, in the hands of a careless user and of hostile definitions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "isomorph"]
Done = subprocess.CompletedProcess[str]


def isomorph(*argv: str, **variables: str) -> Done:
    """Run a command line in the current folder."""
    return subprocess.run(
        [*COMMAND, *argv],
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )


def shell(command: str) -> Done:
    """Run a line of shell, in which `isomorph` is the command."""
    script = f'isomorph() {{ "{sys.executable}" -m isomorph "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)


def assert_refused(done: Done, message: str) -> None:
    """Assert that a run ended as usage or bad input does: exit code 2, one message, nothing on standard output."""
    assert message in done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("isomorph: ")
    assert done.stderr.count("\n") == 1


# Streams that are closed, full or left.


@pytest.mark.parametrize("verb", ["show compose.yaml", "diff compose.yaml drifted.yaml", "explain", "--help"])
def test_results_that_cannot_be_written(project: Path, verb: str) -> None:
    for stream, reason in ((">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")):
        done = shell(f"isomorph {verb} {stream}")
        assert done.returncode == 2
        assert done.stderr.endswith(f"isomorph: the output cannot be written: {reason}\n")


def test_closed_standard_input_is_empty(project: Path) -> None:
    done = shell("isomorph show compose:- <&-")
    assert_refused(done, "-:1:1: the Compose file is empty")


def test_messages_that_nobody_reads_change_no_exit_code(project: Path) -> None:
    assert shell("isomorph diff compose.yaml drifted.yaml 2>&-").returncode == 1
    assert shell("isomorph show nowhere.yaml 2>/dev/full").returncode == 2
    assert shell("isomorph show nowhere.yaml 2>&1 | true; exit ${PIPESTATUS[0]}").returncode == 2


def test_a_file_is_written_without_standard_output(project: Path) -> None:
    assert shell("isomorph convert -q compose.yaml --to kubernetes -o out.yaml >&- 2>&- <&-").returncode == 0
    assert (project / "out.yaml").read_text().startswith("apiVersion: v1\n")


# Arguments that mean nothing.


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["convert", "-q", "compose.yaml", "--to", "kubernetes", "-o", ""], "'' names no file or folder to write"),
        (["convert", "-q", "compose.yaml", "--to", "kubernetes", "-o", "score.yaml/x"], "is a file, not a folder"),
        (["show", "-q", "compose.yaml", "-o", "folder"], "'folder' is a folder, and this result is one file"),
        (["show", "-q", "compose.yaml", "-o", "new/"], "'new/' is a folder, and this result is one file"),
        (["generate", "score.yaml", "--to", "compose", "-i", ""], "'' is no image"),
        (["generate", "score.yaml", "--to", "compose", "--overrides-file", ""], "--overrides-file '' names no file"),
        (["generate", "score.yaml", "--to", "compose", "--overrides-file", "-"], "--overrides-file '-' names no file"),
        (["convert", "-q", "compose.yaml", "--to", "kubernetes", "-n", "a\nb: c"], "is no namespace"),
        (["convert", "-q", "compose.yaml", "--to", "kubernetes", "-n", ""], "'' is no namespace"),
        (["version", "--bogus"], "unrecognized arguments: '--bogus'"),
    ],
)
def test_careless_arguments(project: Path, argv: list[str], message: str) -> None:
    (project / "folder").mkdir()
    assert_refused(isomorph(*argv), message)
    assert not (project / "new").exists()


def test_init_quotes_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert isomorph("init", "-f", "a: [b, 'c.yaml").returncode == 0
    assert 'workloads: ["a: [b, \'c.yaml"]' in (tmp_path / "isomorph.yaml").read_text()


# Input that reaches a terminal.


def test_escape_sequences_reach_no_terminal(project: Path) -> None:
    (project / "hostile.yaml").write_text(
        "services:\n"
        '  web: {image: "a\\e[31mb:\\e]0;t\\a1", environment: {"A\\e[1mB": "\\u202Ex"}, x-\\e: 1, labels: {"\\e[5m": "\\r"}}\n'
    )
    for argv in (["show"], ["diff", "-v", "compose.yaml"], ["convert", "--to", "kubernetes"], ["show", "--workload=x"]):
        done = isomorph(*argv, "a=compose:hostile.yaml")
        assert not any(each in done.stdout + done.stderr for each in "\x1b\x07\r\u202e"), argv
    for argv in (["show", "\x1b[31m.yaml"], ["\x1b[31m"], ["explain", "\x1b"], ["platforms", "\x1b"]):
        done = isomorph(*argv)
        assert (done.returncode, "\x1b" in done.stderr) == (2, False)


def test_a_link_called_as_a_profile_opens_nothing(project: Path) -> None:
    (project.parent / "outside.txt").write_text("planted")
    (project / "dev").symlink_to("..")
    (project / "compose.yaml").write_text("services: {web: {image: nginx, env_file: ../outside.txt}}\n")
    done = isomorph("show", "compose:compose.yaml?profile=dev", "--format", "json")
    assert "outside the project" in done.stderr
    assert "planted" not in done.stdout + done.stderr


# Names that are no text.


def test_file_names_that_are_no_text(project: Path) -> None:
    name = os.fsdecode(b"n\xff.yaml")
    try:
        (project / name).write_bytes((project / "compose.yaml").read_bytes())
    except OSError:
        pytest.skip("this file system takes text only")
    for argv in (
        ["show"],
        ["show", "--format", "json"],
        ["diff", "drifted.yaml"],
        ["diff", "--format=json", "drifted.yaml"],
    ):
        done = isomorph(*argv, f"x=compose:{name}")
        assert done.returncode == (1 if argv[0] == "diff" else 0), done.stderr
        assert "json" not in "".join(argv) or json.loads(done.stdout)
    assert isomorph("convert", f"compose:{name}", "--to", "kubernetes").returncode in (0, 2)


# Definitions that are correct and odd.


@pytest.mark.parametrize("output", ["-", "out/"])
def test_nothing_to_write_is_said(project: Path, output: str) -> None:
    (project / "none.yaml").write_text("services: {}\n")
    done = isomorph("convert", "compose:none.yaml", "--to", "score", "-o", output)
    assert_refused(done, "there is nothing to write: the definition has no workload")


def test_parameters_of_every_type_are_shown(project: Path) -> None:
    parameters = "{a: [x, '${resources.db.host}'], b: [1, {c: [2.5, null]}], d: 0.5, e: [], f: {g: true}}"
    with (project / "score.yaml").open("a") as file:
        file.write(f"resources: {{db: {{type: postgres, params: {parameters}}}}}\n")
    done = isomorph("show", "score:score.yaml")
    assert done.returncode == 0, done.stderr
    assert '["x", "${resources.db.host}"]' in done.stdout
    assert "0.5" in done.stdout


def test_a_bind_of_a_bare_name_stays_a_bind(project: Path) -> None:
    (project / "bind.yaml").write_text(
        "services: {web: {image: nginx, volumes: [{type: bind, source: data, target: /data},"
        " {type: bind, source: $$(A), target: /a}]}}\n"
    )
    assert isomorph("convert", "compose:bind.yaml", "--to", "compose", "-o", "out.yaml").returncode == 0
    assert isomorph("diff", "a=compose:bind.yaml", "b=compose:out.yaml").returncode == 0


# Secrets. `planted` and a letter are the values, which must be in no output.

COMPOSE_SECRETS = r"""
services:
  web:
    image: nginx
    build: {context: ., args: {NPM_TOKEN: plantedA, FROM: "https://u:plantedB@host/x"}}
    command: [run, --password, plantedC, --token=plantedD, "DB_PASSWORD=plantedE", "postgres://u:plantedF@db/x"]
    entrypoint: ["sh", "-c", "export API_KEY=plantedG; mysql --password='plantedH' -h db; curl -u me:plantedI http://x"]
    environment:
      PGPASSWORD: plantedJ
      DATABASE_URL: "postgres://u:plantedK@db/x"
      CONNECTION: "Server=db;User Id=sa;Pwd=plantedL;"
      JAVA_OPTS: -Dspring.datasource.password=plantedM -Dx=y
      HEADER: "Authorization: Bearer plantedN"
      PEM: "-----BEGIN RSA PRIVATE KEY-----\nplantedO\n-----END RSA PRIVATE KEY-----"
    env_file: [web.env]
    labels: {basic.password: plantedP, url: "http://u:plantedQ@x"}
    logging: {driver: splunk, options: {splunk-token: plantedR}}
    configs: [{source: app, target: /etc/app.ini}]
    secrets: [key]
    volumes: ["./conf:/conf"]
configs: {app: {content: "[db]\npassword = plantedS\n"}}
secrets: {key: {file: ./key.txt}}
"""

KUBERNETES_SECRETS = """
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {password: plantedA}
data: {token: cGxhbnRlZEI=}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {app.properties: "spring.datasource.password=plantedC"}
---
apiVersion: v1
kind: Pod
metadata: {name: web, annotations: {api-token: plantedD}}
spec:
  containers:
    - name: web
      image: nginx
      env: [{name: P, valueFrom: {secretKeyRef: {name: s, key: password}}}, {name: U, value: "http://u:$(P)@x"}]
      envFrom: [{secretRef: {name: s}}]
      livenessProbe:
        httpGet: {path: "/?token=plantedE", port: 80, httpHeaders: [{name: Authorization, value: Bearer plantedF}]}
      readinessProbe: {exec: {command: [sh, -c, PGPASSWORD=plantedG psql]}}
      lifecycle: {postStart: {exec: {command: [curl, -u, "me:plantedH"]}}}
      volumeMounts: [{name: s, mountPath: /s}, {name: c, mountPath: /c}]
  volumes: [{name: s, secret: {secretName: s}}, {name: c, configMap: {name: c}}]
"""

SCORE_SECRETS = """
apiVersion: score.dev/v1b1
metadata: {name: web, annotations: {my-token: plantedA}}
containers:
  web:
    image: nginx
    variables: {DB_PASSWORD: plantedB, URL: "http://u:plantedC@x/${resources.db.password}"}
    files: {/etc/app.ini: {content: password=plantedD}}
resources: {db: {type: postgres, params: {password: plantedE, list: [token=plantedF], url: "http://u:plantedG@x"}}}
"""


@pytest.mark.parametrize(
    ("platform", "text"),
    [("compose", COMPOSE_SECRETS), ("kubernetes", KUBERNETES_SECRETS), ("score", SCORE_SECRETS)],
    ids=["compose", "kubernetes", "score"],
)
def test_no_secret_is_shown(project: Path, platform: str, text: str) -> None:
    for word, folder in (("planted", "mine"), ("changed", "yours")):
        (project / folder / "conf").mkdir(parents=True)
        for name, content in (
            ("key.txt", "plantedX"),
            ("web.env", "TOKEN=plantedY"),
            ("conf/a.yaml", "apikey: plantedZ"),
        ):
            (project / folder / name).write_text(content.replace("planted", word))
        changed = text.replace("planted", word)
        (project / folder / "it.yaml").write_text(changed)
    for argv in (
        ["show", "-v", f"{platform}:mine/it.yaml"],
        ["show", "--format=json", f"{platform}:mine/it.yaml"],
        ["diff", "-v", f"a={platform}:mine/it.yaml", f"b={platform}:yours/it.yaml"],
        ["diff", "--format=json", f"a={platform}:mine/it.yaml", f"b={platform}:yours/it.yaml"],
    ):
        done = isomorph(*argv)
        assert done.returncode == (1 if argv[0] == "diff" else 0), done.stderr
        for planted in ("planted", "changed", "cGxhbnRlZE"):
            assert [line for line in (done.stdout + done.stderr).splitlines() if planted in line] == []
    for target in ("score", "compose", "kubernetes"):
        done = isomorph("convert", "-v", f"{platform}:mine/it.yaml", "--to", target, "-o", "out/")
        assert "planted" not in done.stdout + done.stderr


def test_an_empty_image_is_none(project: Path) -> None:
    (project / "empty.yaml").write_text("services: {web: {image: ''}}\n")
    assert_refused(
        isomorph("show", "compose:empty.yaml"), "empty.yaml:1:17: service web has neither an image nor a build"
    )
    (project / "blank.yaml").write_text('services: {web: {image: "\\n"}}\n')
    assert_refused(isomorph("show", "compose:blank.yaml"), "blank.yaml:1:25: '\\n' is no image (write NAME:TAG)")


def test_a_current_folder_that_is_gone(project: Path) -> None:
    done = shell("mkdir gone; cd gone; rmdir ../gone; isomorph show compose:x.yaml")
    assert_refused(done, "the current folder: No such file or directory")


# Input that is large.


@pytest.mark.parametrize(
    "value",
    [
        "mem_limit: " + "9" * 5000 + "g",
        "mem_limit: " + "9" * 400 + ".5g",
        "stop_grace_period: " + "9" * 5000 + "s",
        "stop_grace_period: " + "9" * 400 + ".5h",
        "cpus: '" + "9" * 5000 + "'",
        "deploy: {replicas: " + "9" * 5000 + "}",
        "healthcheck: {test: x, retries: '" + "9" * 5000 + "'}",
    ],
    ids=lambda value: f"{value[:16]}-{value[-4:]}",
)
def test_numbers_beyond_all_use(project: Path, value: str) -> None:
    (project / "large.yaml").write_text(f"services: {{web: {{image: nginx, {value}}}}}\n")
    done = isomorph("show", "compose:large.yaml")
    assert_refused(done, "large.yaml:1:")
    assert "int_max_str_digits" not in done.stderr


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("compose", "services: {web: {image: nginx, environment: {A: '" + "$" * 1_000_000 + "'}}}"),
        ("compose", "services: {web: {image: nginx, environment: {A: '" + "${A:-" * 100_000 + "'}}}"),
        (
            "score",
            "{apiVersion: score.dev/v1b1, metadata: {name: web}, containers: {web: {image: nginx, variables: {A: '"
            + "${resources." * 100_000
            + "'}}}}",
        ),
    ],
    ids=["dollars", "defaults", "placeholders"],
)
def test_references_without_end_are_read_at_once(project: Path, platform: str, text: str) -> None:
    (project / "large.yaml").write_text(text)
    before = process_time_of_children()
    assert isomorph("show", f"{platform}:large.yaml").returncode in (0, 2)
    assert process_time_of_children() - before < 4


def process_time_of_children() -> float:
    """Give the seconds of CPU that ended processes took."""
    times = os.times()
    return times.children_user + times.children_system


def test_an_override_of_an_item_beyond_all_lists(project: Path) -> None:
    (project / "args.yaml").write_text(
        "{apiVersion: score.dev/v1b1, metadata: {name: web}, containers: {web: {image: nginx, args: [a]}}}\n"
    )
    override = "containers.web.args." + "9" * 5000 + "=x"
    done = isomorph("generate", "args.yaml", "--to", "compose", "--override-property", override)
    assert_refused(done, "has no item '9")


# Files that are written.


def test_input_makes_no_program_that_runs_as_its_owner(project: Path) -> None:
    (project / "modes.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nbinaryData: {run: //4=}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
        "  containers: [{name: web, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}]\n"
        "  volumes: [{name: v, configMap: {name: c, defaultMode: 4095}}]\n"
    )
    done = isomorph("convert", "kubernetes:modes.yaml", "--to", "compose", "-o", "out/")
    assert done.returncode == 0, done.stderr
    written = [path for path in (project / "out").rglob("*") if path.is_file()]
    assert len(written) == 2
    assert [path for path in written if path.stat().st_mode & 0o7000] == []


def test_names_in_input_choose_no_place_outside(project: Path) -> None:
    (project / "b.bin").write_bytes(b"\xff\xfe")
    (project / "names.yaml").write_text(
        'services: {"..": {image: nginx, volumes: ["./b.bin:/../../etc/x", "./b.bin:/a/../../b", "./b.bin:/.."]}}\n'
    )
    before = {path for path in project.parent.rglob("*") if path.is_file()}
    isomorph("convert", "compose:names.yaml", "--to", "compose", "-o", "deep/out/")
    written = {path for path in project.parent.rglob("*") if path.is_file()} - before
    assert written
    assert [path for path in written if project / "deep" / "out" not in path.parents] == []


def test_the_same_bytes_whatever_the_hash_seed(project: Path) -> None:
    (project / "secrets.yaml").write_text(KUBERNETES_SECRETS)
    for argv in (
        ["show", "--format=json", "kubernetes:secrets.yaml"],
        ["convert", "kubernetes:secrets.yaml", "--to", "compose"],
        ["diff", "-v", "kubernetes:secrets.yaml", "compose:compose.yaml"],
    ):
        runs = [isomorph(*argv, PYTHONHASHSEED=seed) for seed in ("0", "1", "77")]
        assert len({(run.returncode, run.stdout, run.stderr) for run in runs}) == 1
        assert runs[0].stdout
