"""Ports: what peers connect to, where it lands, what is open outside."""

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment
from isomorph.model.normalise import normalise
from isomorph.platforms.context import Source
from isomorph.platforms.table import load_reader
from tests.drift.judging import environment, job, judge, kubernetes_service, pod, reason, service, shown, told
from tests.memory_context import memory_context

LISTENS = "ports: [{containerPort: 8080}]"


def test_a_service_port_is_expected_to_be_undeclared_on_an_open_network() -> None:
    report = judge(service(""), pod(LISTENS, more=kubernetes_service("web", "80:8080")))
    assert told(report, "port") == ["expected port.missing 80/tcp: - | 8080"]
    assert reason(report, "port.missing") == "open network"


def test_a_declared_port_that_no_service_offers_is_missing() -> None:
    assert shown(judge(service('expose: ["8080"]'), pod(LISTENS))) == ["missing port.missing 8080/tcp: 8080 | -"]


def test_another_number_for_peers_is_service_discovery() -> None:
    report = judge(service('expose: ["8080"]'), pod(LISTENS, more=kubernetes_service("web", "80:8080")))
    assert told(report, "port") == ["expected port.missing 80/tcp: 8080 | 8080"]
    assert reason(report, "port.missing") == "service discovery"


def test_another_number_for_peers_is_missing_where_somebody_uses_the_old_one() -> None:
    user = "---\n" + pod("env: [{name: URL, value: 'http://web:80/'}]", "user")
    old = pod(LISTENS, more=kubernetes_service("web", "80:8080", user))
    new = pod(LISTENS, more=kubernetes_service("web", "81:8080", user))
    assert shown(judge(old, new, "kubernetes kubernetes")) == ["missing port.missing 80/tcp: 8080 | -"]


def test_a_port_that_leads_elsewhere() -> None:
    one = pod(LISTENS, more=kubernetes_service("web", "80:8080"))
    other = pod(LISTENS, more=kubernetes_service("web", "80:8081"))
    assert shown(judge(one, other, "kubernetes kubernetes")) == ["drift port.target 80/tcp: 8080 | 8081"]


def test_ports_that_swap_where_they_lead() -> None:
    one = pod(LISTENS, more=kubernetes_service("web", "80:8080 81:8081"))
    other = pod(LISTENS, more=kubernetes_service("web", "80:8081 81:8080"))
    assert shown(judge(one, other, "kubernetes kubernetes")) == [
        "drift port.target 80/tcp: 8080 | 8081",
        "drift port.target 81/tcp: 8081 | 8080",
    ]


def test_a_container_port_that_nothing_offers_is_information() -> None:
    report = judge(pod(LISTENS), pod(), "kubernetes kubernetes")
    assert told(report, "port") == ["expected port.missing 8080/tcp: 8080 | -"]
    assert reason(report, "port.missing") == "information"


@pytest.mark.parametrize(
    ("published", "kind", "verdict"),
    [
        ('"80:8080"', "LoadBalancer", ["drift port.exposure 8080/tcp: 80 | 80,*"]),
        ('"80:8080"', "ClusterIP", ["drift port.exposure 8080/tcp: 80 | -"]),
        ('"127.0.0.1:80:8080"', "ClusterIP", []),
        ('"8080"', "NodePort", []),
    ],
)
def test_what_is_open_outside(published: str, kind: str, verdict: list[str]) -> None:
    kubernetes = pod(LISTENS, more=kubernetes_service("web", "80:8080", kind=kind))
    assert shown(judge(service(f"ports: [{published}]"), kubernetes), "port.exposure") == verdict


def test_a_missing_port_hides_what_is_open_outside() -> None:
    assert shown(judge(service('ports: ["80:8080"]'), pod(LISTENS))) == ["missing port.missing 8080/tcp: 8080 | -"]


def test_names_for_peers_count_between_definitions_of_one_platform() -> None:
    one = pod(LISTENS, more=kubernetes_service("web", "80:8080"))
    other = pod(LISTENS, more=kubernetes_service("shop", "80:8080", selects="web"))
    assert shown(judge(one, other, "kubernetes kubernetes")) == [
        "drift dns.record shop: - | shop",
        "drift dns.record web: web | -",
    ]


def nomad_files(url: str, static: int = 5432) -> dict[str, str]:
    database = job(
        f'network {{\n  port "db" {{\n    static = {static}\n    to = 5432\n  }}\n}}\n'
        'service {\n  name = "db"\n  port = "db"\n  provider = "nomad"\n}',
        'ports = ["db"]',
        "db",
    )
    web = job("", task=f'template {{\n  destination = "local/env"\n  env = true\n  data = "DB={url}"\n}}')
    return {"jobs/db.nomad.hcl": database, "jobs/web.nomad.hcl": web}


ADDRESS = "{{ range nomadService `db` }}{{ .Address }}{{ end }}"
ADDRESS_AND_PORT = "{{ range nomadService `db` }}{{ .Address }}:{{ .Port }}{{ end }}"


@pytest.mark.parametrize(
    ("url", "static", "verdict"),
    [
        (ADDRESS, 5432, "expected port.exposure 5432/tcp: - | 5432"),
        (ADDRESS, 15432, "drift port.exposure 5432/tcp: - | 15432"),
        (ADDRESS_AND_PORT, 5432, "drift port.exposure 5432/tcp: - | 5432"),
    ],
)
def test_a_number_of_the_machine_is_for_peers_that_know_a_port_by_it(url: str, static: int, verdict: str) -> None:
    database = pod("ports: [{containerPort: 5432}]", "db", more=kubernetes_service("db", "5432:5432"))
    kubernetes = pod("env: [{name: DB, value: db}]", more=f"---\n{database}")
    nomad = load_reader("nomad")(Source("jobs"), memory_context(nomad_files(url, static)))
    environments = [environment("a", "kubernetes", kubernetes), Environment("b", normalise(nomad))]
    assert told(compare(environments), "port.exposure") == [verdict]
