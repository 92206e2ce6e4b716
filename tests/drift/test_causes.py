"""What two comparisons tell of one edit has one cause."""

from isomorph.drift.causes import share_causes
from isomorph.drift.finding import Finding
from tests.drift.judging import judge, pod, service

ANCHORED = (
    "x-env: &env\n  LEVEL: debug\nservices:\n"
    "  web:\n    image: shop/web:1\n    environment: *env\n  api:\n    image: shop/api:1\n    environment: *env\n"
)


def about_variables(*levels: str) -> list[Finding]:
    """Give what differs between the Compose file and manifests that say these levels for api and web."""
    names = ("api", "web")
    pods = [pod(f"env: [{{name: LEVEL, value: {level}}}]", name) for name, level in zip(names, levels, strict=True)]
    return [each for each in judge(ANCHORED, "---\n".join(pods)).findings if each.rule == "variable.value"]


def test_what_repeats_a_finding_has_its_cause() -> None:
    both = about_variables("info", "info")
    (alone,) = about_variables("debug", "trace")
    assert len({each.cause for each in both}) == 1
    assert alone.cause != both[0].cause, "alone it is named by itself"
    (shared,) = share_causes([alone], both)
    assert (shared.cause, shared.fingerprint) == (both[0].cause, alone.fingerprint)


def test_what_repeats_none_keeps_its_own() -> None:
    (alone,) = about_variables("debug", "trace")
    assert share_causes([alone], []) == [alone]


def causes(compose: str, kubernetes: str, *rules: str) -> list[str]:
    """Give the causes of what differs by these rules."""
    return [each.cause for each in judge(compose, kubernetes).findings if each.rule in rules]


def test_what_moved_is_one_cause_and_what_is_another_thing_is_not() -> None:
    kubernetes = pod("env: [{name: LEVEL, value: info}, {name: SIZE, value: '4'}]")
    moved = service("environment: {LOG_LEVEL: info, SIZE: '4'}")
    assert len(set(causes(moved, kubernetes, "variable.missing"))) == 1
    other = service("environment: {COLOUR: red, SIZE: '4'}")
    assert len(set(causes(other, kubernetes, "variable.missing"))) == 2
    several = service("environment: {LOG_LEVEL: info, WEB_LEVEL: info, SIZE: '4'}")
    assert len(set(causes(several, kubernetes, "variable.missing"))) == 3, "which of them moved is not known"


def test_what_follows_from_a_probes_timing_is_one_cause_with_it() -> None:
    def probe(period: int) -> str:
        return pod(
            f"readinessProbe: {{httpGet: {{path: /up, port: 80}}, periodSeconds: {period}, failureThreshold: 4}}"
        )

    compose = service(
        "healthcheck: {test: [CMD, wget, -q, --spider, 'http://localhost/up'], interval: 10s, retries: 4,"
        " start_period: 30s, timeout: 1s}"
    )
    report = judge(compose, probe(12))
    told = [each for each in report.findings if each.rule == "probe.timing" and each.verdict.value == "drift"]
    assert {each.subject for each in told} == {"readiness.period", "readiness.grace"}
    assert len({each.cause for each in told}) == 1
