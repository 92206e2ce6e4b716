"""One application, generated for Marathon and for others with our own catalogue: they say the same, and types hold."""

from pathlib import Path

import pytest

from isomorph.platforms.marathon.writer import SECRETS
from tests.conformance.marathon_schemas import faults
from tests.corpus.generating import OUTPUTS, Project, read_texts, supplied, texts_of
from tests.corpus.reading import keys, shown
from tests.corpus.test_generated_pairs import CASES, SHOWN, files_of, generate, provisioners_of


@pytest.mark.parametrize("case", CASES)
def test_what_is_generated_for_marathon_is_the_same_application(case: str, corpus: Path, tmp_path: Path) -> None:
    project = Project(tmp_path / "marathon", "marathon", lambda: provisioners_of("catalogue", "marathon", corpus))
    texts = texts_of(project.generate(*files_of(corpus, case), given=supplied()))
    assert {path: found for path, text in texts.items() if path != SECRETS and (found := faults(text))} == {}
    marathon = read_texts("marathon", texts)
    for platform in OUTPUTS:
        other = generate(corpus, case, platform, tmp_path)
        known = SHOWN.get(case, set()) if platform == "compose" else set()
        assert keys(shown(other, marathon)) == known
        assert keys(shown(marathon, other)) == known
