"""The ways of spelling values: each way says the same of two values, and a platform's own words stand behind its keys."""

import pytest

from isomorph.project.fix.spellings import ways_of


def spellings(rule: str, subject: str, value: str, key: str = "") -> list[str]:
    return [spelled for way in ways_of(rule, subject, key) if (spelled := way(value)) is not None]


@pytest.mark.parametrize(
    ("rule", "subject", "value", "written"),
    [
        ("process.stop-grace", "", "20s", {"20s", "20", "20000ms", "20000000000"}),
        ("probe.timing", "readiness.period", "90s", {"1m30s", "90", "90s"}),
        ("compute.limits", "memory", "256Mi", {"256Mi", "256M", "256", "268435456", "256m", "256mb"}),
        ("compute.limits", "memory", "2Gi", {"2Gi", "2048", "2048Mi", "2G"}),
        ("compute.requests", "cpu", "250m", {"250m", "0.25", "250"}),
        ("compute.requests", "cpu", "2", {"2", "2000m", "2000"}),
        ("scale.autoscaling", "cpu", "70%", {"70"}),
        ("file.mode", "/etc/a", "0440", {"0440", "440", "0o440", "288"}),
        ("image.pull-policy", "", "missing", {"IfNotPresent", "false"}),
        ("volume.access", "/data", "read-write-many", {"ReadWriteMany", "multi-node-multi-writer"}),
        ("port.protocol", "80", "tcp", {"tcp", "TCP"}),
    ],
)
def test_a_value_is_spelled_as_platforms_do(rule: str, subject: str, value: str, written: set[str]) -> None:
    assert written <= set(spellings(rule, subject, value))


def test_what_a_way_cannot_say_it_does_not_say() -> None:
    assert "1" not in spellings("compute.limits", "memory", "1536Ki")
    assert "500" not in spellings("process.stop-grace", "", "500ms")[:1]
    assert spellings("scale.replicas", "", "3") == ["3"]


def test_words_are_those_of_the_key() -> None:
    assert spellings("lifecycle.restart", "", "always", "condition") == ["any"]
    assert spellings("lifecycle.restart", "", "always", "restartPolicy") == ["Always"]
    assert spellings("lifecycle.restart", "", "never", "restart") == ["no", "never"]
    assert spellings("lifecycle.restart", "", "on-failure:5", "restart") == ["on-failure:5"]
