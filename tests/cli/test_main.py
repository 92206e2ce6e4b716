"""The frame of the command: verbs, exit codes, and that trouble is one message."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isomorph import __version__
from isomorph.__main__ import VERBS, main
from tests.cli.commands import Run


def test_version(run: Run) -> None:
    expected = (0, f"isomorph {__version__}\n", "")
    assert run("version") == expected
    assert run("--version") == expected
    assert run("-q", "version") == expected


def test_help_lists_every_verb(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines() if line.startswith("  ")] == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(run: Run, verb: str) -> None:
    code, out, err = run(verb, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: isomorph {verb}")


def test_nothing_is_usage(run: Run) -> None:
    assert run()[0] == 2


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["diffs"], "there is no verb 'diffs'; did you mean diff? (isomorph --help lists them)"),
        (["convert", "compose.yaml"], "the following arguments are required: --to (isomorph convert --help)"),
        (["convert", "compose.yaml", "--to", "mesos"], "invalid choice"),
        (["diff", "compose.yaml"], "a comparison needs two environments"),
        (["diff", "a=compose.yaml", "a=drifted.yaml"], "workload web is defined twice in one environment"),
        (["diff", "-", "-"], "standard input (-) can be read as one definition only"),
        (["diff", "compose:", "x"], "names no file or folder"),
        (["diff", "compose.yaml", "drifted.yaml", "--report", "xml=x"], "not FORMAT=FILE"),
        (["show", "nowhere.yaml"], "nowhere.yaml:1:1: definition nowhere.yaml does not exist (check the path)"),
        (["show", "compose:compose.yaml?colour=red"], "compose.yaml?colour=red does not exist"),
        (["show", "compose:compose.yaml?profile=x&colour=red"], "no option 'colour'"),
        (["show", "compose.yaml", "--workload", "nobody"], "there is no workload 'nobody'; there are web"),
        (["generate", "compose:compose.yaml", "--to", "compose"], "generate takes Score files"),
        (["platforms", "mesos"], "unknown platform 'mesos'"),
    ],
)
def test_trouble_is_one_message(project: Path, run: Run, argv: list[str], message: str) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("isomorph: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_options_of_all_verbs_may_stand_first(project: Path, run: Run) -> None:
    assert "detected" in run("show", "compose.yaml")[2]
    assert run("--quiet", "show", "compose.yaml")[2] == ""
    assert "\x1b[" in run("--color", "always", "show", "compose.yaml")[1]
    assert "\x1b[" in run("--color=always", "show", "compose.yaml")[1]
    assert "\x1b[" not in run("show", "compose.yaml")[1]


def test_a_fault_of_ours_asks_to_be_reported(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def broken(argv: list[str]) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("isomorph.cli.version.run", broken)
    code, _, err = run("version")
    assert code == 70
    assert "ZeroDivisionError" in err
    assert "please report it" in err
    assert "Traceback" not in err
    monkeypatch.setenv("ISOMORPH_TRACEBACK", "1")
    assert "Traceback" in run("version")[2]


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def interrupted(argv: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("isomorph.cli.version.run", interrupted)
    assert run("version") == (130, "", "")


def test_a_reader_that_leaves_is_no_fault(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "isomorph", "show", "compose.yaml", "-q"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_version_imports_next_to_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules)\n"
        "from isomorph.__main__ import main; main(['version'])\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    out = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True).stdout
    imported = out.splitlines()[1].split()
    assert not {"argparse", "msgspec", "yaml", "typing", "dataclasses", "json", "re", "logging"} & set(imported) - _BARE
    assert [name for name in imported if name.startswith("isomorph")] == [
        "isomorph",
        "isomorph.__main__",
        "isomorph.cli",
        "isomorph.cli.version",
    ]


_BARE = set(
    subprocess.run(
        [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
)


def test_main_gives_the_exit_code() -> None:
    assert main(["version"]) == 0
