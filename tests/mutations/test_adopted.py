"""A project that is adopted, its drift noted: whatever is changed then is one new cause, and fails the gate."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from isomorph.__main__ import main
from tests.mutations.table import MUTATIONS, Mutation

DATA = Path(__file__).parent / "data"
FILES = ("compose.yaml", "kubernetes.yaml")
OPEN = ("drift", "missing", "unresolved")

#: A port that containers listen on is offered to peers, exposed and asked for by Score: three things, and a cause each.
SEVERAL = {"kubernetes-port.target-80_tcp"}

ADOPTED = [mutation for mutation in MUTATIONS if mutation.file in FILES and mutation.across]


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project of a Compose file and manifests, adopted, and its drift noted."""
    folder = tmp_path_factory.mktemp("adopted")
    for name in FILES:
        shutil.copy(DATA / name, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        assert main(["init", "-q", *(f"--from={name}" for name in FILES)]) == 0
        assert main(["baseline", "write", "-q"]) == 0
        yield folder


def check() -> tuple[int, set[str]]:
    """Run the gate: its exit code, and the causes of what it tells."""
    code = main(
        ["check", "-q", "--ci", "--fail-on", "note", "--format", "json", "-o", os.devnull, "--report=json=report"]
    )
    findings = json.loads(Path("report").read_text())["findings"]
    return code, {finding["cause"] for finding in findings if finding["verdict"] in OPEN}


def test_without_a_change_nothing_is_told(adopted: Path) -> None:
    assert check() == (0, set())


@pytest.mark.parametrize("mutation", ADOPTED, ids=lambda mutation: mutation.name)
def test_a_change_is_one_new_cause(adopted: Path, mutation: Mutation) -> None:
    file = adopted / mutation.file
    original = file.read_text()
    try:
        file.write_text(original.replace(mutation.old, mutation.new))
        code, causes = check()
    finally:
        file.write_text(original)
    assert (code, len(causes) == 1) == (1, mutation.name not in SEVERAL), causes
