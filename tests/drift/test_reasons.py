"""Every `expected` on real definitions is backed: by an entry of the closed set, a support table, or two defaults."""

from pathlib import Path

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.facts import View
from isomorph.drift.finding import Environment, Finding, Verdict
from isomorph.drift.reasons import CANNOT_SAY, PLATFORM_DEFAULT, REASONS, find_entry
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Context, Source
from isomorph.platforms.local import LocalEngines, LocalFiles
from isomorph.platforms.table import load_reader

DEFINITIONS = (
    ("compose:sock-shop/compose/docker-compose.yml", "kubernetes:sock-shop/kubernetes"),
    (
        "compose:aks-store-demo/compose/docker-compose.yml",
        "kubernetes:aks-store-demo/kubernetes/aks-store-all-in-one.yaml",
    ),
    (
        "score:score-examples/specification/probes/score.yaml",
        "compose:reference-outputs/specification/probes/compose.yaml",
    ),
    (
        "score:score-examples/specification/service/score.yaml",
        "compose:reference-outputs/specification/service/compose.yaml",
    ),
)


def read(corpus: Path, named: str) -> Environment:
    platform, _, path = named.partition(":")
    context = Context(files=LocalFiles([str(corpus)]), engines=LocalEngines())
    return Environment(platform, normalise(load_reader(platform)(Source(str(corpus / path)), context)))


def is_backed(finding: Finding, views: list[View]) -> bool:
    word, _, detail = (finding.reason or "").partition(": ")
    assert word in REASONS
    silent = [view for view, side in zip(views, finding.sides, strict=True) if side.value is None]
    if word == CANNOT_SAY:
        return any(row.reason == detail and row.level == "never" for view in views for row in view.support.values())
    if word == PLATFORM_DEFAULT:
        return len(silent) == 2
    return any(find_entry(finding.rule, view.platform, word) is not None for view in views)


@pytest.mark.parametrize("pair", DEFINITIONS, ids=lambda pair: pair[0])
def test_every_expected_is_backed(corpus: Path, pair: tuple[str, str]) -> None:
    environments = [read(corpus, named) for named in pair]
    views = [View(index, environment) for index, environment in enumerate(environments)]
    expected = [each for each in compare(environments).findings if each.verdict is Verdict.EXPECTED]
    assert expected
    assert [each for each in expected if not is_backed(each, views)] == []
