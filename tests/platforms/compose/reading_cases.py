"""The projects in `data/`: each a folder with its files, and what docker compose makes of them.

`expected.json` is docker compose's own answer in plain form; `case.json` may say options (`files`, `profiles`,
`env_files`, `environment`) and, for a project that docker compose refuses, a piece of our message.
"""

import json
from pathlib import Path
from typing import Any

from isomorph.model.application import Definition
from isomorph.platforms.compose.reader import read
from isomorph.platforms.context import Source
from tests.memory_context import memory_context

DATA = Path(__file__).resolve().parent / "data"
NAMES = sorted(path.name for path in DATA.iterdir())
_OWN = ("case.json", "expected.json")


def options_of(name: str) -> dict[str, Any]:
    """Give a case's options."""
    path = DATA / name / "case.json"
    options: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return options


ACCEPTED = [name for name in NAMES if "refused" not in options_of(name)]
REFUSED = [name for name in NAMES if "refused" in options_of(name)]


def expected_of(name: str) -> dict[str, Any]:
    """Give docker compose's answer."""
    expected: dict[str, Any] = json.loads((DATA / name / "expected.json").read_text())
    return expected


def project_folder(name: str) -> Path:
    """Give the folder that relative paths start from: that of the first file."""
    files = options_of(name).get("files", ["compose.yaml"])
    first: str = files[0]
    return (DATA / name / first).parent


def read_case(name: str) -> Definition:
    """Read a case from memory, so that nothing but its own files can be reached."""
    folder = DATA / name
    options = options_of(name)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in _OWN
    }
    named = options.get("files", ["."])
    given = {"file": named[1:], "profile": options.get("profiles", []), "env-file": options.get("env_files", [])}
    context = memory_context(files, environment=options.get("environment", {}))
    return read(Source(named[0], {key: tuple(values) for key, values in given.items() if values}), context)
