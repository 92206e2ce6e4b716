"""Services that share a network are one workload."""

import pytest

from isomorph.model.application import Definition
from isomorph.model.errors import InvalidInput
from isomorph.model.origin import Origin
from isomorph.model.workload import Exposure, Order, Port, Restart, Role
from isomorph.platforms.compose.reader import read
from tests.memory_context import memory_context, source


def read_text(text: str) -> Definition:
    return read(source("compose.yaml"), memory_context({"compose.yaml": text}))


def test_services_that_join_anothers_network_are_its_containers() -> None:
    definition = read_text("""\
services:
  exporter: {image: e, network_mode: "service:proxy", restart: always, expose: ["9"]}
  web: {image: w, ports: ["80:80"], restart: unless-stopped, labels: {a: b}}
  web-proxy: {image: p, network_mode: "service:web", labels: {c: d}}
  proxy: {image: q, network_mode: "service:web-proxy", depends_on: [db]}
  db: {image: d}
""")
    assert list(definition.application.workloads) == ["web", "db"]
    web = definition.application.workloads["web"]
    assert list(web.containers) == ["web", "exporter", "web-proxy", "proxy"]
    assert web.names == ("web",)
    assert web.ports == {"80/tcp": Port(80, 80, exposures=(Exposure("host", 80),)), "9/tcp": Port(9, 9)}
    assert web.order == {"db": Order()}
    assert web.restart == Restart("unless-stopped")
    assert web.labels == {"a": "b"}
    kept = {(each.path[3], each.location): each.value for each in definition.extras}
    assert kept == {
        ("exporter", ("restart",)): "always",
        ("web-proxy", ("restart",)): "no",
        ("web-proxy", ("labels",)): {"c": "d"},
        ("proxy", ("restart",)): "no",
        ("proxy", ("depends_on", "db")): {"condition": "service_started"},
    }
    assert definition.origins.exact(("workloads", "web", "containers", "exporter")) == Origin("compose.yaml", 2, 3)


def test_a_joined_service_drops_its_owners_name() -> None:
    definition = read_text(
        "services: {web: {image: w}, web-side: {image: s, network_mode: 'service:web', depends_on: [web]}}"
    )
    web = definition.application.workloads["web"]
    assert list(web.containers) == ["web", "side"]
    assert web.order == {}
    assert web.containers["web"].before == {"side": "started"}


def test_a_holder_owns_the_network_and_is_no_container() -> None:
    definition = read_text("""\
services:
  web:
    image: registry.k8s.io/pause:3.10
    ports: ["80:80"]
    depends_on: [db]
    annotations: {dev.isomorph/role: holder, kept: "1"}
  web-main:
    image: w
    network_mode: service:web
    depends_on: {web-init: {condition: service_completed_successfully}, web-side: {condition: service_started}}
  web-init:
    image: i
    network_mode: service:web
    annotations: {dev.isomorph/role: init}
  web-side:
    image: s
    network_mode: service:web
    annotations: {dev.isomorph/role: sidecar}
    depends_on: {web-init: {condition: service_completed_successfully}}
  db: {image: d}
""")
    web = definition.application.workloads["web"]
    assert {name: container.role for name, container in web.containers.items()} == {
        "main": Role.MAIN, "init": Role.INIT, "side": Role.SIDECAR}  # fmt: skip
    assert all(container.before == {} for container in web.containers.values())
    assert web.annotations == {"kept": "1"}
    assert (list(web.ports), list(web.order)) == (["80/tcp"], ["db"])


def test_annotations_name_workload_and_container() -> None:
    definition = read_text("""\
services:
  shop-web:
    image: w
    annotations: {dev.isomorph/workload: web, dev.isomorph/container: app}
  score-hello:
    image: h
    hostname: score
    annotations: {compose.score.dev/workload-name: score}
  score-second:
    image: s
    network_mode: service:score-hello
""")
    workloads = definition.application.workloads
    assert {name: list(workload.containers) for name, workload in workloads.items()} == {
        "web": ["app"],
        "score": ["hello", "second"],
    }
    assert workloads["web"].names == ("shop-web",)
    assert workloads["score"].names == ("score", "score-hello")
    assert workloads["score"].annotations == {"compose.score.dev/workload-name": "score"}


def test_a_dependency_on_a_service_that_joined_names_the_container() -> None:
    definition = read_text("""\
services:
  web:
    image: w
    depends_on:
      side: {condition: service_healthy}
      api: {condition: service_started}
  api: {image: a}
  side: {image: s, network_mode: "service:api"}
""")
    assert definition.application.workloads["web"].order == {"api/side": Order("healthy"), "api": Order()}
    assert definition.origins.exact(("workloads", "web", "order", "api/side")) == Origin("compose.yaml", 5, 25)


def test_the_restart_policy_is_that_of_the_main_service() -> None:
    definition = read_text("""\
services:
  web: {image: w}
  side: {image: s, network_mode: "service:web", restart: on-failure:3}
  once: {image: o, network_mode: "service:web", restart: "no"}
  swarm: {image: o, network_mode: "service:web", restart: always, deploy: {restart_policy: {condition: none}}}
""")
    assert definition.application.workloads["web"].restart is None
    kept = {(each.path[3], each.location): each.value for each in definition.extras}
    assert kept == {
        ("side", ("restart",)): "on-failure:3",
        ("swarm", ("restart",)): "always",
        ("swarm", ("deploy", "restart_policy", "condition")): "none",
    }


def test_the_policy_of_an_init_container_is_its_silence() -> None:
    definition = read_text("""\
services:
  web: {image: pause, restart: always, annotations: {dev.isomorph/role: holder}}
  web-init: {image: i, network_mode: "service:web", annotations: {dev.isomorph/role: init}}
  web-web: {image: w, network_mode: "service:web", restart: always, depends_on: [web-init]}
""")
    web = definition.application.workloads["web"]
    assert list(web.containers) == ["init", "web"]
    assert web.restart == Restart("always")
    assert definition.extras == ()


@pytest.mark.parametrize(
    "text",
    [
        "services: {a: {image: a, network_mode: 'service:a'}}",
        "services: {a: {image: a, network_mode: 'service:b'}, b: {image: b, network_mode: 'service:a'}}",
    ],
)
def test_circles_of_joining_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"joins its own network|in a circle"):
        read_text(text)
