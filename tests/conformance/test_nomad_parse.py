"""Every job that the tests and the documentation read is one that a real Nomad reads, and so is every job of the corpus."""

from pathlib import Path

import pytest

from tests.conformance.nomad_engine import Nomad
from tests.conftest import ROOT, find_corpus

pytestmark = pytest.mark.engine

#: What is wrong on purpose is in folders of this name.
WRONG = "invalid"


def find_jobs() -> list[Path]:
    """Give the files of jobs in HCL, of this repository and of the corpus."""
    corpus = find_corpus()
    folders = [ROOT / "tests", ROOT / "examples", *([corpus] if corpus else [])]
    found = {path for folder in folders for ending in ("nomad", "nomad.hcl") for path in folder.rglob(f"*.{ending}")}
    return sorted(path for path in found if WRONG not in path.parts)


def name_of(path: Path) -> str:
    """Give the name of a test of a job."""
    return f"{path.parent.parent.name}/{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", find_jobs(), ids=name_of)
def test_nomad_reads_the_job(nomad: Nomad, path: Path) -> None:
    variables = path.with_name(f"{path.name.partition('.')[0]}.vars.hcl")
    job = nomad.parse(path.read_text(), variables=variables.read_text() if variables.exists() else "")
    assert job["ID"]
    assert all(task["Driver"] for group in job["TaskGroups"] for task in group["Tasks"])
