"""What two comparisons tell of one edit has one cause."""

from isomorph.drift.causes import share_causes
from isomorph.drift.finding import Finding
from tests.drift.judging import judge, pod

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
