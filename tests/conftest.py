"""What all tests share: where real definitions are found."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A check of a change repeats the same examples each time; a developer's runs keep looking for new ones. None has a deadline
# by the clock, which a busy machine does not meet.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("development", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "development")

ROOT = Path(__file__).resolve().parents[1]


def find_corpus() -> Path | None:
    """Give the folder of real definitions: ISOMORPH_CORPUS, else `shared/corpus` beside the repository."""
    named = os.environ.get("ISOMORPH_CORPUS")
    folder = Path(named) if named else ROOT.parent / "shared" / "corpus"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real definitions; tests that need it are skipped where it is absent."""
    folder = find_corpus()
    if folder is None:
        pytest.skip("no corpus of real definitions: set ISOMORPH_CORPUS")
    return folder
