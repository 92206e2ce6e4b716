"""Every platform against its support table, a field at a time.

A field declared `full` comes back from the platform's text unchanged and without a word of loss. Any other either leads to
a diagnostic that names its place, or, for `lossy`, comes back too. An entry that says less than the code can do fails here,
so that the tables stay true.
"""

import pytest

from isomorph.model.application import Application, Definition
from isomorph.model.fields import FIELDS
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions, Written
from isomorph.platforms.table import PLATFORMS, load_reader, load_support, load_writer
from tests.field_examples import EXAMPLES
from tests.memory_context import memory_context

LOSSES = {"lost", "approximated", "assumed", "renamed"}
CASES = [(platform.name, field) for platform in PLATFORMS if platform.writes for field in FIELDS]


def write(platform: str, application: Application) -> Written:
    """Write an application that came from nowhere in particular."""
    return load_writer(platform)(normalise(Definition(application, "model")), WriteOptions())


def read_back(platform: str, written: Written) -> Application:
    """Read what was written, all its files at hand."""
    context = memory_context({file.path: file.content for file in written.files})
    path = "." if written.files[0].in_folder else written.files[0].path
    return normalise(load_reader(platform)(Source(path), context)).application


def test_every_field_has_an_example() -> None:
    assert set(EXAMPLES) == set(FIELDS)


@pytest.mark.parametrize("platform", [platform.name for platform in PLATFORMS])
def test_the_support_table_is_complete(platform: str) -> None:
    table = load_support(platform)
    assert set(table) == set(FIELDS)
    assert [row.field for row in table.values() if row.level != "full" and not row.reason] == []


@pytest.mark.parametrize(("platform", "field"), CASES)
def test_a_platform_says_what_its_table_declares(platform: str, field: str) -> None:
    example = EXAMPLES[field]
    expected = example.pick(normalise(Definition(example.application, "model")).application)
    level = load_support(platform)[field].level
    written = write(platform, example.application)
    told = [diagnostic for diagnostic in written.diagnostics if diagnostic.code in LOSSES]
    try:
        found = example.pick(read_back(platform, written))
    except (KeyError, StopIteration):
        found = None
    if level == "full":
        assert found == expected
        assert [diagnostic for diagnostic in told if diagnostic.code == "lost"] == []
    elif level == "never":
        assert found != expected, "the table says never, but the text says it: declare it lossy or full"
        assert told, "a loss without a word"
    else:
        assert told or found == expected, "a loss without a word"


@pytest.mark.parametrize(("platform", "field"), CASES)
def test_a_second_write_is_the_same(platform: str, field: str) -> None:
    first = write(platform, EXAMPLES[field].application)
    again = write(platform, EXAMPLES[field].application)
    assert [(file.path, file.content) for file in first.files] == [(file.path, file.content) for file in again.files]
    second = write(platform, read_back(platform, first))
    third = write(platform, read_back(platform, second))
    assert [file.content for file in second.files] == [file.content for file in third.files]
