"""The table of what is so on Minikube alone: complete, sourced, and each fact of it used."""

from isomorph.drift.reasons import REASONS
from isomorph.drift.rules import RULES
from isomorph.platforms.minikube.checks import CHECKS
from isomorph.platforms.minikube.facts import BY_ID, FACTS
from isomorph.platforms.minikube.support import SUPPORT

TOLD_BY_THE_WRITER = {"node-port", "no-cloud", "loaded-image", "gateway", "ingress-addon", "metrics", "node-labels"}


def test_every_fact_says_something_that_can_be_looked_up() -> None:
    assert len(BY_ID) == len(FACTS)
    for fact in FACTS:
        assert fact.says
        assert not fact.says.endswith(".")
        assert fact.source.startswith("https://")


def test_what_the_judge_tells_is_of_its_closed_sets() -> None:
    for fact in FACTS:
        assert not fact.rule or fact.rule in RULES
        assert not fact.reason or (fact.reason in REASONS and fact.rule)
        assert not (fact.alike and fact.reason)


def test_every_fact_is_told_somewhere() -> None:
    of_support = {row.reason for row in SUPPORT}
    told = {fact for _, fact, _ in CHECKS} | TOLD_BY_THE_WRITER
    assert [fact.id for fact in FACTS if not fact.rule and fact.id not in told and fact.says not in of_support] == []
