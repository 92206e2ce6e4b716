"""Completion in real shells: bash at a terminal as a person types, zsh likewise, and fish, which tells what it would offer."""

import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 30.0
"""Seconds until a shell that says nothing is given up."""
PROJECT = """\
environments:
  laptop: {definitions: ["compose:a.yaml"]}
  production: {definitions: ["compose:b.yaml"]}
policy: [policy.yaml]
"""
POLICY = "- {name: team-rule, description: has a name, for: container, require: has(container.name)}\n"
TYPED = (
    ("isomorph che\t", "isomorph check"),
    ("isomorph check --no-\t", "isomorph check --no-baseline "),
    ("isomorph check --fail-on wa\t", "isomorph check --fail-on warning "),
    ("isomorph check --fail-on=no\t", "isomorph check --fail-on=note"),
    ("isomorph check --report sa\tx", "isomorph check --report sarif=x"),
    ("isomorph baseline w\t", "isomorph baseline write "),
    ("isomorph fix --from la\t--to pr\t", "isomorph fix --from laptop --to production "),
    ("isomorph fix --rule policy.t\t", "isomorph fix --rule policy.team-rule "),
    ("isomorph promote la\tpr\t", "isomorph promote laptop production "),
    ("isomorph policy te\tpol\t", "isomorph policy test policy.yaml "),
    ("isomorph explain image.dig\t", "isomorph explain image.digest "),
)


def see(shown: str) -> str:
    """Give what a person sees: a backspace takes back what stands before it."""
    while "\b" in shown.lstrip("\b"):
        shown = re.sub("[^\b]\b", "", shown)
    return shown


class Shell:
    """A shell at a terminal."""

    def __init__(self, argv: list[str], folder: Path, path: str) -> None:
        self.shown = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(argv[0], argv, {"PATH": path, "HOME": str(folder), "TERM": "dumb", "PS1": "ready> "})

    def type(self, text: str) -> None:
        """Type, and forget what was shown before."""
        self.shown = ""
        os.write(self.terminal, text.encode())

    def wait_for(self, text: str) -> bool:
        """Wait until a text is shown."""
        until = time.monotonic() + PATIENCE
        while text not in see(self.shown):
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return False
            self.shown += os.read(self.terminal, 65536).decode(errors="replace").replace("\a", "")
        return True

    def close(self) -> None:
        """End the shell, and wait for its end."""
        os.close(self.terminal)
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)


@pytest.fixture
def folder(project: Path) -> Path:
    (project / "isomorph.yaml").write_text(PROJECT)
    (project / "policy.yaml").write_text(POLICY)
    return project


@pytest.fixture
def path(command: Path) -> str:
    return f"{command}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest, folder: Path, path: str) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    bash = request.param == "bash"
    opened = Shell(["bash", "--norc", "--noprofile", "-i"] if bash else ["zsh", "-f", "-i"], folder, path)
    assert opened.wait_for("ready>")
    prepare = "" if bash else "autoload -U compinit && compinit -D; "
    opened.type(f'{prepare}eval "$(isomorph completion {request.param})"; echo pre""pared\n')
    assert opened.wait_for("prepared")
    yield opened
    opened.close()


def test_a_shell_completes_what_is_typed(shell: Shell) -> None:
    for typed, completed in TYPED:
        shell.type(f"\x15{typed}")  # after what was typed before is taken back
        assert shell.wait_for(completed), shell.shown


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("isomorph promote la", ["laptop"]),
        ("isomorph check --fail-on=n", ["--fail-on=note"]),
        ("isomorph fix --rule policy.", ["policy.team-rule\tHas a name"]),
        ("isomorph policy test pol", ["policy.yaml"]),
    ],
)
def test_fish_offers(line: str, offered: list[str], folder: Path, path: str) -> None:
    script = f"isomorph completion fish | source; complete -C '{line}'"
    done = subprocess.run(
        ["fish", "-N", "-c", script],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [each.lower() for each in done.stdout.splitlines()] == [each.lower() for each in offered]
