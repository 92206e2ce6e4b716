"""The rules that come with isomorph: on every platform a definition that keeps them, and one that breaks each, at its place."""

import pytest

from isomorph.drift.finding import Verdict
from isomorph.platforms.table import BY_NAME
from isomorph.project.policy_files import PACKS, load_pack, load_packs
from tests.policy.cases import break_definition, example_of, judge
from tests.policy.examples import EXAMPLES, GOOD, Example

PLATFORMS = [name for name in GOOD if name in BY_NAME]
BROKEN = [
    (rule, platform) for rule in EXAMPLES for platform in PLATFORMS if isinstance(example_of(rule, platform), Example)
]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_good_definition_keeps_every_rule(platform: str) -> None:
    assert judge(list(load_packs().values()), GOOD[platform], platform) == []


@pytest.mark.parametrize(("rule", "platform"), BROKEN)
def test_what_breaks_a_rule_is_found_at_its_place(rule: str, platform: str) -> None:
    example = example_of(rule, platform)
    assert isinstance(example, Example)
    text, line, column = break_definition(example, platform)
    (finding,) = judge([load_packs()[rule]], text, platform)
    origin = finding.sides[0].origin
    assert origin is not None
    assert (finding.rule, finding.verdict, origin.line, origin.column) == (
        f"policy.{rule}",
        Verdict.DRIFT,
        line,
        column,
    )
    assert finding.hint
    assert finding.message.startswith("web: ")


@pytest.mark.parametrize(
    ("rule", "platform", "gone"),
    [
        ("no-privileged", "swarm", '    user: "1000"\n'),
        ("no-new-privileges", "swarm", '    user: "1000"\n'),
        ("liveness-probe", "compose", '    healthcheck:\n      test: ["CMD", "/healthy"]\n'),
        ("liveness-probe", "swarm", '    healthcheck:\n      test: ["CMD", "/healthy"]\n'),
        ("memory-limit", "nomad", "        memory = 256\n"),
        ("cpu-request", "nomad", "        cpu    = 100\n"),
        ("memory-limit", "marathon", '  "mem": 256,\n'),
        ("cpu-request", "marathon", '  "cpus": 0.1,\n'),
        ("non-root", "openshift", "            runAsUser: 1000\n            runAsNonRoot: true\n"),
        ("no-new-privileges", "openshift", "            allowPrivilegeEscalation: false\n"),
    ],
)
def test_a_rule_is_silent_where_the_platform_cannot_say_it_or_sees_to_it(rule: str, platform: str, gone: str) -> None:
    assert gone in GOOD[platform]
    assert isinstance(example_of(rule, platform), str)
    assert judge([load_packs()[rule]], GOOD[platform].replace(gone, ""), platform) == []


@pytest.mark.parametrize("rule", ["no-host-path", "tls-on-route"])
def test_what_a_developers_machine_may_do(rule: str) -> None:
    example = example_of(rule, "kubernetes")
    assert isinstance(example, Example)
    text, _, _ = break_definition(example, "kubernetes")
    assert len(judge([load_packs()[rule]], text, "kubernetes")) == 1
    assert judge([load_packs()[rule]], text, "minikube") == []


def test_replicas_count_in_production_only() -> None:
    text = GOOD["kubernetes"].replace("replicas: 2", "replicas: 1")
    found = {name: len(judge([load_packs()["replicas"]], text, environment=name)) for name in ("prod", "staging")}
    assert found == {"prod": 1, "staging": 0}


def test_every_rule_has_examples_and_says_all_that_a_reader_needs() -> None:
    assert set(EXAMPLES) == set(load_packs())
    for name in PACKS:
        for rule in load_pack(name):
            assert rule.message
            assert rule.mend
            assert rule.at
            assert rule.reference.startswith("https://")


@pytest.mark.parametrize("rule", list(EXAMPLES))
def test_on_most_platforms_something_breaks_a_rule(rule: str) -> None:
    assert sum(isinstance(example_of(rule, platform), Example) for platform in PLATFORMS) >= 4
