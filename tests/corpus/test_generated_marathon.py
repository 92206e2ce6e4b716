"""What is generated for Marathon with our own catalogue is as its published types have it."""

from pathlib import Path

import pytest

from isomorph.platforms.marathon.writer import SECRETS
from tests.conformance.marathon_schemas import faults
from tests.corpus.generating import Project, supplied, texts_of
from tests.corpus.test_generated_pairs import CASES, files_of, provisioners_of


@pytest.mark.parametrize("case", CASES)
def test_what_is_generated_for_marathon_has_its_types(case: str, corpus: Path, tmp_path: Path) -> None:
    project = Project(tmp_path / "marathon", "marathon", lambda: provisioners_of("catalogue", "marathon", corpus))
    texts = texts_of(project.generate(*files_of(corpus, case), given=supplied()))
    assert {path: found for path, text in texts.items() if path != SECRETS and (found := faults(text))} == {}
