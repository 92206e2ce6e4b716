"""Docker's own client takes every stack that is generated from the corpus's Score files, as `docker stack deploy` would."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from isomorph.platforms.platform import WriteOptions
from isomorph.project.delivery import list_files
from tests.corpus.generating import Project, supplied
from tests.corpus.test_generated_pairs import CASES, files_of, provisioners_of
from tests.engines.swarm import OLDEST

pytestmark = pytest.mark.engine

#: Variables of the env file are loaded into the shell first, for `docker stack` reads none; $@ are those left open.
SCRIPT = 'set -a; [ ! -f .env ] || . ./.env; exec env "$@" docker stack config -c stack.yaml'


@pytest.fixture(scope="module")
def docker() -> str:
    """Docker's client, where one is installed that knows `docker stack config`."""
    program = shutil.which("docker")
    if program is None:
        pytest.skip("docker is not installed: make engines, as root on a Debian")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if int(done.stdout.removeprefix("Docker version ").split(".")[0]) < OLDEST:
        pytest.skip("Docker's client is older than 25, and cannot print a stack")
    return program


@pytest.mark.parametrize("kind", ["catalogue", "files"])
@pytest.mark.parametrize("case", CASES)
def test_a_generated_stack_is_taken(case: str, kind: str, docker: str, corpus: Path, tmp_path: Path) -> None:
    platform = "swarm" if kind == "catalogue" else "compose"  # The reference tools' files are Compose's.
    project = Project(tmp_path / "project", "swarm", lambda: provisioners_of(kind, platform, corpus))
    options = WriteOptions(name="demo", secrets=True)
    generated = project.generate(*files_of(corpus, case), given=supplied(), options=options)
    folder = tmp_path / "output"
    for file in list_files(generated):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content if isinstance(file.content, bytes) else file.content.encode())
    open_variables = [f"{name}=x" for name in generated.variables]
    done = subprocess.run(
        ["sh", "-c", SCRIPT, "sh", *open_variables],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
