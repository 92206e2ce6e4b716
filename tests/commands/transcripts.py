"""Transcripts of commands as Markdown, run and compared; `python -m tests.commands.transcripts` writes their outputs anew.

A transcript is any Markdown file. Its blocks run in order, in one fresh folder that holds a copy of `examples`:

    ```yaml score.yaml          a file: its name stands after the language
    apiVersion: score.dev/v1b1
    ```

    ```console                  commands, each with all that it prints (both outputs) and its exit code, unless 0
    $ isomorph diff a.yaml b.yaml
    …
    [exit 1]
    ```

Other blocks are left alone.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRANSCRIPTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "tests" / "commands").glob("*.md")),
]
WIDTH = 100

_BLOCK = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)


def run_transcript(text: str) -> str:
    """Run a transcript; gives it with the outputs that its commands really have."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder, "project")
        shutil.copytree(ROOT / "examples", here / "examples")
        programs = _write_programs(Path(folder, "bin"))
        parts: list[str] = []
        done = 0
        for match in _BLOCK.finditer(text):
            language, _, name = match["info"].strip().partition(" ")
            if language == "console":
                parts += [text[done : match.start("body")], _run_block(match["body"], here, programs)]
                done = match.end("body")
            elif name:
                path = here / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(match["body"], encoding="utf-8")
        return "".join(parts) + text[done:]


def commands(body: str) -> Iterator[str]:
    """Give the commands of a block; a line that ends in a backslash goes on."""
    lines = iter(body.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line
            while command.endswith("\\"):
                command += "\n" + next(lines)
            yield command


def _run_block(body: str, here: Path, programs: Path) -> str:
    return "".join(f"{command}\n{_run(command[2:], here, programs)}" for command in commands(body))


def _run(command: str, here: Path, programs: Path) -> str:
    """Run one command; gives what it prints, and its exit code where that is not 0."""
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(here.parent / "home"),  # A key is made there, which is never in a project.
        "LANG": "C.UTF-8",
        "COLUMNS": str(WIDTH),
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=here,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    output = done.stdout.decode().replace(str(here), "…")
    if output and not output.endswith("\n"):
        output += "\n"
    return output + (f"[exit {done.returncode}]\n" if done.returncode else "")


def _write_programs(folder: Path) -> Path:
    """Make a folder with the command `isomorph`, run by this interpreter."""
    folder.mkdir()
    program = folder / "isomorph"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m isomorph "$@"\n')
    program.chmod(0o755)
    return folder


def main(names: list[str]) -> None:
    """Write the outputs of transcripts anew; without names, of all."""
    for path in [Path(name) for name in names] or TRANSCRIPTS:
        old = path.read_text(encoding="utf-8")
        new = run_transcript(old)
        if new != old:
            path.write_text(new, encoding="utf-8")
            print(f"{path} written")


if __name__ == "__main__":
    main(sys.argv[1:])
