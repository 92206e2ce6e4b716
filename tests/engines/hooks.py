"""pre-commit, and the schemas that GitHub's actions and GitLab's jobs are held against: programs of an environment of their own.

python -m tests.engines.hooks        installs them from requirements/hooks.txt, once for each content of that file
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from tests.engines.build import engines_folder

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "hooks.txt"
_STAMP = ".installed"


def environment() -> Path:
    """Give the folder of the environment, there or not."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    return engines_folder() / f"hooks-{digest}"


def find_program(name: str) -> Path | None:
    """Give a program of the environment, or None."""
    folder = environment()
    return folder / "bin" / name if (folder / _STAMP).exists() else None


def install() -> bool:
    """Install the programs unless they are there; tell whether they are afterwards."""
    folder = environment()
    if (folder / _STAMP).exists():
        return True
    venv.create(folder, clear=True, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    done = subprocess.run([*pip, "--require-hashes", "-r", str(REQUIREMENTS)], check=False)
    if done.returncode == 0:
        (folder / _STAMP).touch()
    return done.returncode == 0


if __name__ == "__main__":
    if not install():
        print("pre-commit: the package index did not give it; its tests are skipped", file=sys.stderr)
