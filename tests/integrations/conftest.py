"""A project of two environments, and the command where a shell finds it."""

import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = "services:\n  web:\n    image: nginx:1.29\n"
PROJECT = 'environments:\n  a: {definitions: ["compose:a.yaml"]}\n  b: {definitions: ["compose:b.yaml"]}\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "isomorph.yaml").write_text(PROJECT)
    (folder / "a.yaml").write_text(COMPOSE)
    (folder / "b.yaml").write_text(COMPOSE.replace("1.29", "1.30"))
    return folder


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """The command, where the steps look for it."""
    folder = tmp_path / "isomorph" / "bin"
    folder.mkdir(parents=True)
    program = folder / "isomorph"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT / "src"))} exec {sys.executable} -m isomorph "$@"\n'
    )
    program.chmod(0o755)
    return folder
