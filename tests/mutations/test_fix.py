"""What `fix` mends of the injected changes: the finding is gone, no other appears, and nothing else is written otherwise."""

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from isomorph.drift.finding import Verdict
from isomorph.model.errors import InvalidInput
from isomorph.model.secrecy import MASK
from isomorph.project.fix.consequences import key_of
from tests.mutations.mending import (
    PLATFORMS,
    ROWS,
    SOURCE,
    TARGET,
    findings_of,
    is_scalar,
    mend,
    mend_chart,
    mend_row,
    mutate,
    original_of,
    read,
)
from tests.mutations.table import Mutation
from tests.mutations.test_mutations import describe

SCALAR = [mutation for mutation in ROWS if is_scalar(mutation)]
LEAST = 0.8


def check_nothing_new(file: str, original: str, mutated: str, mended: str) -> None:
    """Check against a fresh reading that no finding is there that was not there before."""
    source = read(SOURCE, file, original)
    before = {each.fingerprint for each in findings_of(source, read(TARGET, file, mutated))}
    after = findings_of(source, read(TARGET, file, mended))
    assert describe([each for each in after if each.fingerprint not in before]) == []


@pytest.mark.parametrize("mutation", ROWS, ids=lambda mutation: mutation.name)
def test_what_is_mended_is_gone_and_nothing_else_appears(mutation: Mutation) -> None:
    fixed, mended = mend_row(mutation)
    source = read(SOURCE, mutation.file, original_of(mutation))
    left = {key_of(each) for each in findings_of(source, read(TARGET, mutation.file, mended))}
    assert not left & {key_of(each) for each in fixed.mended}
    assert left == {key_of(each.finding) for each in fixed.by_hand}, "what is not mended is told"
    check_nothing_new(mutation.file, original_of(mutation), mutate(mutation), mended)


@pytest.mark.parametrize("mutation", SCALAR, ids=lambda mutation: mutation.name)
def test_only_lines_on_which_the_value_is_written_change(mutation: Mutation) -> None:
    fixed, mended = mend_row(mutation)
    old, new = mutate(mutation).splitlines(), mended.splitlines()
    assert len(old) == len(new)
    changed = sum(before != after for before, after in zip(old, new, strict=True))
    assert changed <= max(1, mutation.new.strip().count("\n") + 1)
    assert bool(changed) == bool(fixed.mended)


@pytest.mark.parametrize("file", PLATFORMS)
def test_most_scalar_changes_are_mended_and_most_of_them_to_the_byte(file: str) -> None:
    rows = [mutation for mutation in SCALAR if mutation.file == file]
    results = {mutation.name + mutation.new: mend_row(mutation) for mutation in rows}
    mended = [row for row in rows if not results[row.name + row.new][0].by_hand]
    same = [row for row in mended if results[row.name + row.new][1] == original_of(row)]
    print(f"{file}: {len(mended)} of {len(rows)} mended, {len(same)} of them as they were")
    assert len(mended) >= LEAST * len(rows), sorted({row.name for row in rows} - {row.name for row in mended})
    assert len(same) >= 0.7 * len(mended)


def test_most_of_what_was_taken_out_is_put_back() -> None:
    """Limits, probes, rights and variables are; whole workloads, containers, volumes and routes are left to people."""
    rules = ("variable.missing", "compute.", "probe.", "security.", "image.pull-policy")
    rows = [mutation for mutation in ROWS if not mutation.new and mutation.rule.startswith(rules)]
    back = [row.name for row in rows if not mend_row(row)[0].by_hand]
    print(f"{len(back)} of {len(rows)} put back")
    assert len(back) >= LEAST * len(rows), sorted({row.name for row in rows} - set(back))


@pytest.mark.parametrize("mutation", ROWS, ids=lambda mutation: mutation.name)
def test_no_secret_is_copied(mutation: Mutation) -> None:
    """What is only in the source's secrets is not in the mended text."""
    fixed, mended = mend_row(mutation)
    assert not any(MASK in (side.value or "") for each in fixed.mended for side in each.sides)
    for secret in ("t0ps3cret", "hunter2"):
        assert mended.count(secret) <= mutate(mutation).count(secret)


@pytest.mark.parametrize("file", PLATFORMS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_many_changes_at_once_are_mended_without_another(file: str, data: st.DataObject) -> None:
    rows = [mutation for mutation in ROWS if mutation.file == file]
    chosen = data.draw(st.lists(st.sampled_from(rows), min_size=2, max_size=6, unique_by=lambda row: row.old))
    original = original_of(rows[0])
    mutated = original
    for row in chosen:
        if mutated.count(row.old) == 1:
            mutated = mutated.replace(row.old, row.new)
    source = read(SOURCE, file, original)
    try:
        before = findings_of(source, read(TARGET, file, mutated))
    except InvalidInput:
        reject()
    fixed, mended = mend(file, original, mutated)
    check_nothing_new(file, original, mutated, mended)
    left = {key_of(each) for each in findings_of(source, read(TARGET, file, mended))}
    assert not left & {key_of(each) for each in fixed.mended}
    assert {key_of(each) for each in before} == left | {key_of(each) for each in fixed.mended}


def test_an_open_question_is_not_answered() -> None:
    row = next(each for each in ROWS if each.rule == "variable.value" and each.subject == "SESSION_KEY")
    fixed, _ = mend_row(row)
    assert [(each.finding.verdict, each.reason) for each in fixed.by_hand] == [
        (Verdict.UNRESOLVED, "its value is not known here")
    ]


def test_most_values_of_charts_are_mended_in_the_values_file() -> None:
    rows = [mutation for mutation in SCALAR if mutation.file.startswith("kubernetes")]
    results = [mend_chart(mutation) for mutation in rows]
    mended = [(fixed, expected) for fixed, expected in results if not fixed.by_hand]
    same = [1 for fixed, expected in mended if {file.path: file.new for file in fixed.files} == expected]
    print(f"charts: {len(mended)} of {len(rows)} mended, {len(same)} of them as they were")
    assert len(mended) >= LEAST * len(rows)
    assert len(same) >= LEAST * len(mended)
