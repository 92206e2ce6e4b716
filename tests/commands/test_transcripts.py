"""Every command in the README and in the transcripts beside this file prints what stands there."""

from pathlib import Path

import pytest

from isomorph.__main__ import VERBS
from tests.commands.transcripts import ROOT, TRANSCRIPTS, run_transcript


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_transcript(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    assert run_transcript(written) == written


def test_every_verb_has_a_transcript() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in TRANSCRIPTS)
    assert [verb for verb in VERBS if f"$ isomorph {verb}" not in text] == []
