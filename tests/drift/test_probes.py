"""Health checks: what an exec of a client asks, grace and startup probes, timing."""

import pytest

from tests.drift.judging import job, judge, pod, service, shown, told

HTTP = "readinessProbe:\n  httpGet: {path: /ready, port: 8080}\n"
TIMED = "  periodSeconds: 10\n  timeoutSeconds: 3\n  failureThreshold: 4\n"
CHECK = 'healthcheck:\n  test: ["CMD", "curl", "-f", "http://localhost:8080/ready"]\n'
EXACT = "  interval: 10s\n  timeout: 3s\n  retries: 4\n"


@pytest.mark.parametrize(
    "test",
    [
        '["CMD", "curl", "-f", "http://localhost:8080/ready"]',
        '["CMD", "/usr/bin/curl", "-fsS", "--max-time", "3", "http://127.0.0.1:8080/ready"]',
        '["CMD", "curl", "-fso", "/dev/null", "http://web:8080/ready"]',
        '["CMD", "wget", "-q", "--spider", "http://localhost:8080/ready"]',
        '["CMD", "wget", "-qO-", "http://localhost:8080/ready"]',
        '["CMD", "wget", "-O", "/dev/null", "-q", "localhost:8080/ready"]',
        '["CMD-SHELL", "curl -f http://localhost:8080/ready || exit 1"]',
        '["CMD-SHELL", "wget -qO- http://localhost:8080/ready > /dev/null 2>&1 || exit 1"]',
        '["CMD", "sh", "-c", "curl --fail --silent http://localhost:8080/ready"]',
        "curl -f http://localhost:8080/ready",
    ],
)
def test_a_client_that_asks_the_container_itself_is_the_http_check(test: str) -> None:
    compose = service(f"healthcheck:\n  test: {test}\n{EXACT}")
    assert shown(judge(compose, pod(HTTP + TIMED)), "probe") == []


@pytest.mark.parametrize(
    "test",
    [
        '["CMD", "curl", "-f", "http://localhost:8080/health"]',
        '["CMD", "curl", "-f", "https://localhost:8080/ready"]',
        '["CMD", "curl", "-f", "http://localhost:8081/ready"]',
        '["CMD", "curl", "-f", "http://other:8080/ready"]',
        '["CMD", "curl", "-X", "POST", "http://localhost:8080/ready"]',
        '["CMD", "curl", "-f", "-H", "X-Probe: 1", "http://localhost:8080/ready"]',
        '["CMD-SHELL", "curl -f http://localhost:8080/ready | grep ok"]',
        '["CMD-SHELL", "curl -f http://localhost:8080/ready && test -f /tmp/up"]',
        '["CMD", "cat", "/tmp/ready"]',
    ],
)
def test_a_check_that_asks_something_else_differs(test: str) -> None:
    compose = service(f"healthcheck:\n  test: {test}\n{EXACT}")
    assert [line.split(":")[0] for line in shown(judge(compose, pod(HTTP + TIMED)), "probe")] == [
        "drift probe.check readiness"
    ]


@pytest.mark.parametrize(
    ("test", "probe"),
    [
        ('["CMD", "nc", "-z", "localhost", "6379"]', "tcpSocket: {port: 6379}"),
        ('["CMD-SHELL", "nc -z -w 3 127.0.0.1 6379 || exit 1"]', "tcpSocket: {port: 6379}"),
        ('["CMD", "grpc_health_probe", "-addr=:9555"]', "grpc: {port: 9555}"),
        ('["CMD-SHELL", "redis-cli ping"]', 'exec: {command: ["sh", "-c", "redis-cli ping"]}'),
        ('["CMD-SHELL", "redis-cli ping"]', 'exec: {command: ["redis-cli", "ping"]}'),
    ],
)
def test_other_checks_that_ask_the_same(test: str, probe: str) -> None:
    compose = service(f"healthcheck:\n  test: {test}\n{EXACT}")
    assert shown(judge(compose, pod(f"readinessProbe:\n  {probe}\n{TIMED}")), "probe") == []


def test_a_startup_probe_of_the_same_check_is_the_grace_period() -> None:
    startup = "startupProbe:\n  httpGet: {path: /ready, port: 8080}\n  periodSeconds: 10\n  failureThreshold: 7\n"
    compose = service(CHECK + EXACT + "  start_period: 30s\n")
    assert shown(judge(compose, pod(HTTP + TIMED + startup)), "probe") == []


def test_a_grace_period_is_rounded_up_to_whole_periods() -> None:
    startup = "startupProbe:\n  httpGet: {path: /ready, port: 8080}\n  periodSeconds: 10\n  failureThreshold: 7\n"
    equal = service(CHECK + EXACT + "  start_period: 21s\n")
    less = service(CHECK + EXACT + "  start_period: 20s\n")
    assert shown(judge(equal, pod(HTTP + TIMED + startup)), "probe") == []
    assert shown(judge(less, pod(HTTP + TIMED + startup)), "probe") == ["drift probe.timing readiness.grace: 20s | 30s"]


def test_a_startup_probe_of_another_check_is_one_that_compose_cannot_say() -> None:
    startup = "startupProbe:\n  tcpSocket: {port: 8080}\n"
    report = judge(service(CHECK + EXACT), pod(HTTP + TIMED + startup))
    assert told(report, "probe.missing") == ["expected probe.missing startup: - | TCP :8080"]


def test_liveness_is_nothing_that_compose_can_say() -> None:
    report = judge(service(""), pod(HTTP.replace("readiness", "liveness")))
    assert told(report, "probe") == ["expected probe.missing liveness: - | GET :8080/ready"]


def test_a_missing_probe_hides_its_timing() -> None:
    assert told(judge(service(""), pod(HTTP + TIMED)), "probe") == [
        "missing probe.missing readiness: - | GET :8080/ready"
    ]


def test_timing_that_equals_the_other_platforms_default_is_the_default() -> None:
    compose = service(CHECK + "  interval: 10s\n  timeout: 1s\n")
    assert told(judge(compose, pod(HTTP)), "probe.timing") == [
        "default probe.timing readiness.period: 10s | -",
        "default probe.timing readiness.timeout: 1s | -",
    ]


def test_timing_that_neither_says_differs_by_the_platforms_defaults() -> None:
    report = judge(service(CHECK), pod(HTTP))
    assert told(report, "probe.timing") == [
        "expected probe.timing readiness.period: - | -",
        "expected probe.timing readiness.timeout: - | -",
    ]
    reasons = {each.subject: each.reason for each in report.findings}
    assert reasons["readiness.timeout"] == "platform default: a: 30s, b: 1s"


def test_a_check_that_is_switched_off_is_none_where_images_bring_none() -> None:
    assert shown(judge(service("healthcheck: {disable: true}"), pod())) == []
    assert shown(judge(service("healthcheck: {disable: true}"), service(""), "compose compose")) == [
        "drift probe.check readiness: off | -"
    ]


NOMAD_CHECK = 'type = "http"\npath = "/ready"\ninterval = "10s"\ntimeout = "3s"'


def nomad_job(check: str = NOMAD_CHECK, provider: str = "nomad") -> str:
    lines = "".join(f"    {line}\n" for line in check.split("\n"))
    service = f'service {{\n  name = "web"\n  port = "http"\n  provider = "{provider}"\n  check {{\n{lines}  }}\n}}'
    return job(f'network {{\n  port "http" {{ to = 8080 }}\n}}\n{service}', 'ports = ["http"]')


def test_failures_that_services_of_nomad_do_not_count_are_expected() -> None:
    compose = service(f"{CHECK}{EXACT}  start_period: 20s\n")
    report = judge(compose, nomad_job(), "compose nomad")
    assert told(report, "probe.timing") == [
        "expected probe.timing readiness.failures: 4 | -",
        "expected probe.timing readiness.grace: 20s | -",
    ]
    assert [each.reason for each in report.findings if each.rule == "probe.timing"] == [
        "no exact conversion: on b the first failure counts",
        "no exact conversion: on b every failure counts from the start",
    ]


def test_failures_that_services_of_consul_could_count_are_drift() -> None:
    report = judge(service(CHECK + EXACT), nomad_job(provider="consul"), "compose nomad")
    assert told(report, "probe.timing") == ["drift probe.timing readiness.failures: 4 | -"]


def test_failures_of_a_command_are_not_counted_by_consul_either() -> None:
    script = 'type = "script"\ncommand = "/ready"\ninterval = "10s"\ntimeout = "3s"'
    compose = service('healthcheck:\n  test: ["CMD", "/ready"]\n' + EXACT)
    report = judge(compose, nomad_job(script, "consul"), "compose nomad")
    assert told(report, "probe") == ["expected probe.timing readiness.failures: 4 | -"]


def test_a_number_of_failures_that_is_nomads_own_is_the_default() -> None:
    report = judge(service(f"{CHECK}  interval: 10s\n  timeout: 3s\n  retries: 1\n"), nomad_job(), "compose nomad")
    assert told(report, "probe.timing") == ["default probe.timing readiness.failures: 1 | -"]
