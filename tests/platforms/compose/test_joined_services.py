"""Services that join another's network come back as they were, and writing them again changes nothing."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.drift.compare import compare
from isomorph.drift.finding import Environment
from isomorph.model.application import Definition
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Role, Workload
from isomorph.platforms.compose.reader import read
from isomorph.platforms.compose.writer import write
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context, source
from tests.platforms.compose.test_write import APP, data_of, text_of, write_all


def read_text(text: str) -> Definition:
    return normalise(read(source("compose.yaml"), memory_context({"compose.yaml": text})))


def rewrite(text: str) -> dict[str, Any]:
    """Give the services of what is written for a text, having made sure that writing them once more gives the same."""
    written = write(read_text(text), WriteOptions())
    once = text_of(written)
    assert text_of(write(read_text(once), WriteOptions())) == once
    services: dict[str, Any] = data_of(written)["services"]
    return services


BROKER = """\
services:
  app:
    image: a
    depends_on:
      broker-init: {condition: service_completed_successfully, restart: true}
      broker: {condition: service_healthy}
  broker: {image: b, restart: always}
  broker-init:
    image: i
    network_mode: service:broker
    depends_on: {broker: {condition: service_healthy, restart: true, required: false}}
"""


def test_a_service_that_runs_once_beside_its_broker() -> None:
    assert rewrite(BROKER) == {
        "app": {
            "image": "a",
            "depends_on": {
                "broker-init": {"condition": "service_completed_successfully", "restart": True},
                "broker": {"condition": "service_healthy"},
            },
        },
        "broker": {"image": "b", "restart": "always"},
        "broker-init": {
            "image": "i",
            "network_mode": "service:broker",
            "depends_on": {"broker": {"condition": "service_healthy", "restart": True, "required": False}},
            "restart": "no",
        },
    }


def test_an_order_finds_services_under_their_new_names() -> None:
    services = rewrite("""\
services:
  app: {image: a, depends_on: {score-one: {condition: service_started, restart: true}, load: {condition: service_healthy}}}
  score-one: {image: o, annotations: {compose.score.dev/workload-name: score}}
  load: {image: l, network_mode: "service:score-one"}
""")
    assert services["app"]["depends_on"] == {
        "score": {"condition": "service_started", "restart": True},
        "score-load": {"condition": "service_healthy"},
    }


def test_what_shares_a_namespace_or_volumes_finds_services_under_their_new_names() -> None:
    services = rewrite("""\
services:
  app: {image: a, pid: "service:score-one", ipc: "service:load", volumes_from: ["load:ro", score-one, "container:x"]}
  score-one: {image: o, annotations: {compose.score.dev/workload-name: score}}
  load: {image: l, network_mode: "service:score-one", pid: "${PID}"}
""")
    assert services["app"] == {
        "image": "a",
        "pid": "service:score",
        "ipc": "service:score-load",
        "volumes_from": ["score-load:ro", "score", "container:x"],
    }
    assert services["score-load"]["pid"] == "${PID}"


def test_a_joined_service_waits_on_its_own_behalf() -> None:
    """Were the owner to wait for it, the two would wait for each other."""
    services = rewrite("""\
services:
  db: {image: d}
  db-init: {image: i, network_mode: "service:db", depends_on: {seed: {condition: service_completed_successfully}}}
  seed: {image: s, depends_on: {db: {condition: service_healthy}}}
""")
    assert "depends_on" not in services["db"]
    assert services["db-init"]["depends_on"] == {"seed": {"condition": "service_completed_successfully"}}
    assert services["seed"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_each_of_two_that_wait_keeps_its_condition() -> None:
    services = rewrite("""\
services:
  web: {image: w, depends_on: [db]}
  side: {image: s, network_mode: "service:web", depends_on: {db: {condition: service_healthy, required: false}}}
  db: {image: d}
""")
    assert services["web"]["depends_on"] == {"db": {"condition": "service_started"}}
    assert services["web-side"]["depends_on"] == {"db": {"condition": "service_healthy", "required": False}}


@pytest.mark.parametrize(
    ("web", "side"),
    [
        ({"restart": "always"}, {"restart": "always"}),
        ({"restart": "always"}, {"restart": "on-failure:2"}),
        ({"restart": "always"}, {"restart": "${POLICY}"}),
        ({}, {"restart": "unless-stopped"}),
        ({"restart": "always"}, {"deploy": {"restart_policy": {"condition": "on-failure", "delay": "5s"}}}),
        ({"deploy": {"restart_policy": {"condition": "any", "window": "9s"}}}, {"restart": "no"}),
        ({"restart": "no"}, {"restart": "no"}),
    ],
)
def test_each_service_keeps_its_policy(web: dict[str, Any], side: dict[str, Any]) -> None:
    definition = {
        "services": {"web": {"image": "w", **web}, "side": {"image": "s", "network_mode": "service:web", **side}}
    }
    services = rewrite(msgspec.json.encode(definition).decode())
    assert services["web"] == {"image": "w", **web}
    assert services["web-side"] == {"image": "s", "network_mode": "service:web", **side}


def test_a_joined_service_takes_no_name_of_another() -> None:
    services = rewrite("""\
services:
  web: {image: w}
  api: {image: a, network_mode: "service:web"}
  web-api: {image: other, depends_on: [api]}
""")
    assert services == {
        "web": {"image": "w"},
        "web-api-2": {
            "image": "a",
            "network_mode": "service:web",
            "annotations": {"dev.isomorph/container": "api"},
        },
        "web-api": {"image": "other", "depends_on": ["web-api-2"]},
    }


def test_a_joined_service_of_two_prefixes_keeps_its_name() -> None:
    services = rewrite("""\
services:
  web: {image: w}
  api: {image: a, network_mode: "service:web"}
  web-api: {image: b, network_mode: "service:web"}
""")
    assert {service["image"] for service in services.values()} == {"w", "a", "b"}


def test_no_holder_where_the_main_container_waits_for_none() -> None:
    containers = {
        "one": Container(image=APP),
        "web": Container(image=APP, before={"one": "healthy"}),
    }
    assert data_of(write_all(Workload("web", containers=containers)))["services"] == {
        "web": {"image": "app"},
        "web-one": {
            "image": "app",
            "network_mode": "service:web",
            "depends_on": {"web": {"condition": "service_healthy"}},
        },
    }


def test_a_holder_is_written_the_same_again() -> None:
    containers = {"init": Container(role=Role.INIT, image=APP), "web": Container(image=APP)}
    once = text_of(write_all(Workload("web", containers=containers), platform="kubernetes"))
    assert list(rewrite(once)) == ["web", "web-init", "web-web"]
    assert text_of(write(read_text(once), WriteOptions())) == once


@st.composite
def projects(draw: st.DrawFn) -> dict[str, Any]:
    """Draw services that join and wait for earlier ones only, so that there is no circle."""
    names = draw(st.permutations(["web", "api", "web-api", "db", "db-web"]))[: draw(st.integers(2, 5))]
    conditions = st.sampled_from(["service_started", "service_healthy", "service_completed_successfully"])
    services: dict[str, Any] = {}
    for index, name in enumerate(names):
        service: dict[str, Any] = {"image": f"image-of-{name}"}
        earlier = names[:index]
        joins = draw(st.booleans())
        if earlier and joins:
            service["network_mode"] = f"service:{draw(st.sampled_from(earlier))}"
        waits = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        if waits:
            service["depends_on"] = {each: {"condition": draw(conditions)} for each in waits}
        restart = draw(st.sampled_from([None, "no", "always", "on-failure:3"]))
        if restart is not None:
            service["restart"] = restart
        services[name] = service
    return dict(draw(st.permutations(list(services.items()))))


def facts_of(services: dict[str, Any]) -> dict[str, Any]:
    """Give for each service, by its image, what it waits for beyond whose network it shares, and its policy."""
    images = {name: service["image"] for name, service in services.items()}
    found: dict[str, Any] = {}
    for service in services.values():
        waits = service.get("depends_on", {})
        if isinstance(waits, list):
            waits = {name: {"condition": "service_started"} for name in waits}
        joins = service.get("network_mode", "").removeprefix("service:")
        while joins and "network_mode" in services[joins]:
            joins = services[joins]["network_mode"].removeprefix("service:")
        conditions = {images[name]: settings["condition"] for name, settings in waits.items()}
        found[service["image"]] = (images.get(joins), conditions, service.get("restart", "no"))
    return found


@given(projects())
@settings(max_examples=100, deadline=None)
def test_every_service_keeps_whom_it_joins_what_it_waits_for_and_its_policy(services: dict[str, Any]) -> None:
    text = msgspec.json.encode({"services": services}).decode()
    assert facts_of(rewrite(text)) == facts_of(services)
    original, written = read_text(text), read_text(text_of(write(read_text(text), WriteOptions())))
    report = compare([Environment("a", original), Environment("b", written)])
    assert report.findings == ()
