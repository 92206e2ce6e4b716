"""What all tests of whole generations share: a key of their own, for the state seals what is secret."""

from pathlib import Path

import pytest

from isomorph.provisioning.sealing import KEY_VARIABLE


@pytest.fixture(autouse=True)
def _own_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the key out of the developer's home, and the same for all runs of a test."""
    folder: Path = tmp_path_factory.mktemp("key")
    monkeypatch.setenv(KEY_VARIABLE, str(folder / "key"))
