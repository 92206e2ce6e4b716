"""What restricted-v2 decides is no drift between OpenShift and others; between two projects of OpenShift it is."""

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment, Verdict
from isomorph.drift.reasons import PLATFORM_DEFAULT, find_entry
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from tests.memory_context import memory_context
from tests.platforms.kubernetes.reading import pod

Told = list[tuple[str, str, Verdict]]

FULL = (
    "securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]},"
    " seccompProfile: {type: RuntimeDefault}}"
)


def judge(one: tuple[str, str], other: tuple[str, str]) -> Told:
    """Compare two containers, each of a platform; gives rules, subjects and verdicts, and checks the reasons."""
    sides = []
    for name, (platform, said) in zip(("one", "other"), (one, other), strict=True):
        definition = load_reader(platform)(Source("a.yaml"), memory_context({"a.yaml": pod(said)}))
        sides.append(Environment(name, normalise(definition)))
    findings = compare(sides).findings
    assert all(str(each.reason).startswith(PLATFORM_DEFAULT) for each in findings if each.verdict is Verdict.EXPECTED)
    assert all(
        find_entry(each.rule, "openshift", PLATFORM_DEFAULT) for each in findings if each.verdict is Verdict.EXPECTED
    )
    return [
        (each.rule, each.subject, each.verdict)
        for each in findings
        if (each.rule, each.subject, each.verdict) != ("security.capability", "ALL", Verdict.EXPECTED)
    ]


EXPECTED, DEFAULT, DRIFT = Verdict.EXPECTED, Verdict.DEFAULT, Verdict.DRIFT


def context(said: str) -> str:
    return f"securityContext: {{{said}}}"


@pytest.mark.parametrize(
    ("kubernetes", "openshift", "told"),
    [
        ("", "", []),
        ("", FULL, [("security.no-new-privileges", "", EXPECTED), ("security.non-root", "", EXPECTED)]),
        (FULL, FULL, []),
        (context("runAsUser: 10001"), "", [("security.user", "", EXPECTED)]),
        (context("runAsGroup: 10001"), "", [("security.group", "", EXPECTED)]),
        (context("runAsUser: 0"), "", [("security.user", "", DRIFT)]),
        (context("runAsUser: 10001"), context("runAsUser: 10002"), [("security.user", "", DRIFT)]),
        (context("privileged: true"), "", [("security.privileged", "", DRIFT)]),
        (context("readOnlyRootFilesystem: true"), "", [("security.read-only-root", "", DRIFT)]),
        (context("capabilities: {add: [CHOWN]}"), "", [("security.capability", "CHOWN", DRIFT)]),
        (context("capabilities: {drop: [CHOWN]}"), "", [("security.capability", "CHOWN", DEFAULT)]),
    ],
)
def test_kubernetes_and_openshift(kubernetes: str, openshift: str, told: Told) -> None:
    found = judge(("kubernetes", kubernetes), ("openshift", openshift))
    assert sorted(found) == sorted(told)
    assert sorted(judge(("openshift", openshift), ("kubernetes", kubernetes))) == sorted(told)


def test_what_openshift_imposes_is_what_it_means_by_silence() -> None:
    assert sorted(judge(("kubernetes", FULL), ("openshift", ""))) == [
        ("security.capability", "ALL", DEFAULT),
        ("security.no-new-privileges", "", DEFAULT),
        ("security.non-root", "", DEFAULT),
    ]


@pytest.mark.parametrize(
    ("said", "rule", "verdict"),
    [
        (context("runAsUser: 10001"), "security.user", DRIFT),
        (context("runAsNonRoot: false"), "security.non-root", DRIFT),
        (context("capabilities: {drop: [ALL]}"), "security.capability", DEFAULT),
        (context("capabilities: {add: [SYS_TIME]}"), "security.capability", DRIFT),
    ],
)
def test_two_projects_of_openshift(said: str, rule: str, verdict: Verdict) -> None:
    ((found, _, told),) = judge(("openshift", said), ("openshift", ""))
    assert (found, told) == (rule, verdict)
