"""A real Nomad takes every job that is generated from the corpus's Score files with our own catalogue, and our example."""

import re
from pathlib import Path

import pytest

from isomorph.platforms.platform import WriteOptions
from isomorph.provisioning.sealing import KEY_VARIABLE
from tests.conformance.marathon_schemas import faults
from tests.conformance.nomad_engine import Nomad
from tests.corpus.generating import Project, supplied, texts_of
from tests.corpus.test_generated_pairs import CASES, files_of, provisioners_of
from tests.provisioning.catalogue.realising import ORDERS, write
from tests.provisioning.catalogue.test_both_platforms import TYPES, text_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DECLARED = re.compile(r'^variable "(\w+)"', re.MULTILINE)


def complaints(nomad: Nomad, files: dict[str, str]) -> list[str]:
    """Give what Nomad says against generated files, each with the file's name."""
    found = []
    for path, text in files.items():
        variables = "".join(f'{name} = "given"\n' for name in DECLARED.findall(text))
        job = path.endswith(".nomad.hcl")
        said = nomad.check(text, variables) if job else [] if nomad.format(text) == text else ["fmt would change it"]
        found += [f"{path}: {each}" for each in said]
    return found


@pytest.mark.engine
@pytest.mark.parametrize("discovery", ["nomad", "consul"])
@pytest.mark.parametrize("case", CASES)
def test_jobs_of_score_files(
    case: str, discovery: str, corpus: Path, nomad: Nomad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "key"))
    project = Project(tmp_path / "project", "nomad", lambda: provisioners_of("catalogue", "nomad", corpus))
    options = WriteOptions(name="demo", secrets=True, discovery=discovery)
    generated = project.generate(*files_of(corpus, case), given=supplied(), options=options)
    assert complaints(nomad, texts_of(generated)) == []


@pytest.mark.engine
@pytest.mark.parametrize("type_", TYPES)
def test_jobs_of_the_catalogue(type_: str, nomad: Nomad) -> None:
    written = write("nomad", text_of(type_), ORDERS)
    assert complaints(nomad, {file.path: str(file.content) for file in written.files}) == []


@pytest.mark.engine
def test_the_example_of_a_job(nomad: Nomad) -> None:
    assert complaints(nomad, {"shop.nomad.hcl": (EXAMPLES / "nomad" / "shop.nomad.hcl").read_text()}) == []


def test_the_example_of_a_group() -> None:
    assert faults((EXAMPLES / "marathon" / "shop.json").read_text()) == []
