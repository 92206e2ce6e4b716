"""What only the image knows, once its configuration is given: it settles what a side leaves to it."""

import json

from isomorph.drift.compare import compare
from isomorph.drift.image_config import load_image_configs
from tests.drift.judging import environment, pod, service, tell
from tests.memory_context import memory_context

INSPECTED = {
    "RepoTags": ["shop/web:1"],
    "Config": {
        "Entrypoint": ["/app"],
        "Cmd": ["--port=80"],
        "User": "10001",
        "WorkingDir": "/srv",
        "StopSignal": "SIGINT",
        "Healthcheck": {"Test": ["CMD", "wget", "-q", "http://localhost:80/ready"], "Interval": 10_000_000_000},
    },
}


def told(compose: str, kubernetes: str, rule: str = "", files: dict[str, str] | None = None) -> list[str]:
    """Compare with the image's configuration given."""
    context = memory_context({"inspect.json": json.dumps([INSPECTED]), **(files or {})})
    sides = [environment("a", "compose", compose, files), environment("b", "kubernetes", kubernetes)]
    given = load_image_configs(["inspect.json"], context)
    return [tell(each) for each in compare(sides, image_configs=given).findings if each.rule.startswith(rule)]


def test_what_a_side_says_as_the_image_does_is_the_default() -> None:
    said = pod(
        'command: ["/app"]\nargs: ["--port=80"]\nworkingDir: /srv\nsecurityContext: {runAsUser: 10001}',
    )
    vector = '["/app", "--port=80"]'
    assert told(service(""), said, "process.command") == [f"default process.command: {vector} | {vector}"]
    assert told(service(""), said, "process.workdir") == ["default process.workdir: /srv | /srv"]
    assert told(service(""), said, "security.user") == ["default security.user: 10001 | 10001"]


def test_what_a_side_says_otherwise_is_drift_with_the_images_value() -> None:
    other = pod("securityContext: {runAsUser: 0}\nargs: ['--port=81']")
    assert told(service(""), other, "security.user") == ["drift security.user: 10001 | 0"]
    assert told(service(""), other, "process.args") == ['drift process.args: ["--port=80"] | ["--port=81"]']


def test_the_entrypoint_that_a_side_replaces_takes_the_images_arguments_with_it() -> None:
    assert told(service(""), pod('command: ["/app"]'), "process")[:1] == [
        'drift process.command: ["/app", "--port=80"] | ["/app"]'
    ]


def test_the_health_check_of_the_image_counts_under_docker_only() -> None:
    ready = pod("readinessProbe:\n  httpGet: {path: /ready, port: 80}\n  periodSeconds: 10\n  timeoutSeconds: 30")
    assert [line for line in told(service(""), ready, "probe") if line.startswith(("drift", "missing"))] == []
    assert told(service(""), pod(), "probe") == ["missing probe.missing readiness: GET :80/ready | -"]


def test_where_nobody_says_anything_the_image_is_the_same_on_both() -> None:
    assert told(service(""), pod(), "process") == ["expected process.stop-grace: - | -"]


def test_a_dockerfile_settles_what_is_built() -> None:
    files = {"web/Dockerfile": 'FROM scratch\nENTRYPOINT ["/app"]\nUSER 7\n'}
    built = "services:\n  web:\n    build: ./web\n"
    assert told(built, pod("securityContext: {runAsUser: 7}"), "security", files) == ["default security.user: 7 | 7"]


def test_the_image_is_where_the_value_comes_from() -> None:
    context = memory_context({"inspect.json": json.dumps([INSPECTED])})
    sides = [
        environment("a", "compose", service("")),
        environment("b", "kubernetes", pod("securityContext: {runAsUser: 0}")),
    ]
    report = compare(sides, image_configs=load_image_configs(["inspect.json"], context))
    (finding,) = [each for each in report.findings if each.rule == "security.user"]
    assert finding.sides[0].origin is not None
    assert finding.sides[0].origin.file == "inspect.json"
