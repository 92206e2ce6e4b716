"""The promise of generation: what is written for two platforms from one model is the same, by our own judge."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Verdict
from isomorph.model.application import Application, Definition
from isomorph.model.fields import FIELDS
from isomorph.model.normalise import normalise
from isomorph.platforms.table import PLATFORMS, load_support
from tests.properties.test_comparison import join
from tests.properties.test_fields import read_back, write

SHOWN = {Verdict.DRIFT, Verdict.MISSING, Verdict.UNRESOLVED}
PAIRS = list(itertools.combinations([platform.name for platform in PLATFORMS if platform.writes], 2))


def full_on(*platforms: str) -> list[str]:
    """The fields that each of these platforms says fully."""
    tables = [load_support(platform) for platform in platforms]
    return sorted(field for field in FIELDS if all(table[field].level == "full" for table in tables))


def written(platform: str, application: Application) -> Environment:
    read = read_back(platform, write(platform, application))
    return Environment(platform, normalise(Definition(read, platform)))


def with_one_kind(fields: list[str]) -> tuple[str, ...]:
    """Leave out all but the last kind, whose examples say how such a workload is restarted, too."""
    kinds = [field for field in fields if field.startswith("kind.") or field == "schedule"]
    return tuple(field for field in fields if field not in kinds[:-1])


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_two_platforms_say_fully_compares_clean(pair: tuple[str, str], data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.sampled_from(full_on(*pair)), min_size=1, max_size=12, unique=True))
    application = join(with_one_kind(fields))
    findings = compare([written(platform, application) for platform in pair]).findings
    told = [
        (finding.rule, finding.subject, [side.value for side in finding.sides])
        for finding in findings
        if finding.verdict in SHOWN
    ]
    assert told == []
