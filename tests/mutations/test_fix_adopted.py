"""A project that is adopted: what is changed then is mended to the byte, and the gate is silent again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from isomorph.__main__ import main
from isomorph.drift.declared import OPEN
from isomorph.drift.finding import Finding
from isomorph.model.errors import InvalidInput
from isomorph.project.fix.fixing import Fixed, fix
from isomorph.project.fix.promoting import is_taken
from isomorph.project.fix.rewriting import rewrite
from isomorph.project.fix.workshop import Pair, open_workshop
from isomorph.project.gate import Gate, run_gate
from isomorph.project.opening import open_project
from tests.mutations.mending import is_scalar
from tests.mutations.table import MUTATIONS, Mutation
from tests.mutations.test_adopted import DATA, FILES

TODAY = "2026-01-02"
OTHER = {"compose": "kubernetes", "kubernetes": "compose"}
SCALAR = [each for each in MUTATIONS if each.file in FILES and each.across and is_scalar(each)]
LEAST = 0.8


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("adopted")
    for name in FILES:
        shutil.copy(DATA / name, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        assert main(["init", "-q", *(f"--from={name}" for name in FILES)]) == 0
        assert main(["baseline", "write", "-q"]) == 0
        yield folder


def check() -> list[Finding]:
    project, context = open_project()
    report = run_gate(Gate(project=project, today=TODAY), context)
    return [each for each in report.findings if each.verdict in OPEN]


def mend(target: str) -> Fixed:
    """Mend an environment as `fix --write` does."""
    project, context = open_project()
    pair = Pair(project=project, source=OTHER[target], target=target, today=TODAY, with_baseline=True)
    fixed = fix(open_workshop(pair, context), lambda finding: True)
    rewrite(fixed.files)
    return fixed


@pytest.mark.parametrize("platform", OTHER)
def test_most_scalar_changes_are_mended_and_the_gate_is_silent(adopted: Path, platform: str) -> None:
    file = adopted / f"{platform}.yaml"
    original = file.read_text()
    rows = [each for each in SCALAR if each.file == file.name]
    mended: list[Mutation] = []
    for row in rows:
        try:
            file.write_text(original.replace(row.old, row.new))
            fixed = mend(platform)
            if not fixed.by_hand:
                mended.append(row)
                assert (row.name, check()) == (row.name, [])
            assert file.read_text() == (original if not fixed.by_hand else original.replace(row.old, row.new))
        finally:
            file.write_text(original)
    print(f"{platform}: {len(mended)} of {len(rows)} mended")
    assert len(mended) >= LEAST * len(rows), sorted({row.name for row in rows} - {row.name for row in mended})


def test_what_is_promoted_is_written_in_the_score_files_too(adopted: Path) -> None:
    kept = {path: path.read_text() for path in adopted.rglob("*.yaml")}
    compose = adopted / "compose.yaml"
    text = compose.read_text().replace("shop/web:1.4.2", "shop/web:1.5.0")
    try:
        compose.write_text(text.replace("LOG_LEVEL: info\n", 'LOG_LEVEL: debug\n      MORE: "1"\n'))
        assert len(check()) == 6, "each differs from the other environment, and from what Score files generate"
        project, context = open_project()
        pair = Pair(project=project, source="compose", target="kubernetes", today=TODAY)
        fixed = fix(open_workshop(pair, context), is_taken)
        rewrite(fixed.files)
        assert [file.path for file in fixed.files] == ["kubernetes.yaml", "score/web/score.yaml"]
        assert check() == []
    finally:
        for path, old in kept.items():
            path.write_text(old)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_is_found_that_was_not_found_before(adopted: Path, data: st.DataObject) -> None:
    """Several changes in both files, of every kind, and one environment mended: in no comparison is anything new."""
    rows = [each for each in MUTATIONS if each.file in FILES]
    kept = {path: path.read_text() for path in adopted.rglob("*.yaml")}
    try:
        for row in data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=5)):
            text = (adopted / row.file).read_text()
            if text.count(row.old) == 1:
                (adopted / row.file).write_text(text.replace(row.old, row.new))
        try:
            before = {(each.environments, each.workload, each.rule, each.subject) for each in check()}
        except InvalidInput:
            reject()
        mend(data.draw(st.sampled_from(list(OTHER))))
        assert {(each.environments, each.workload, each.rule, each.subject) for each in check()} <= before
    finally:
        for path, old in kept.items():
            path.write_text(old)
