"""Routes: labels of Traefik on the services they lead to, and the service that runs it."""

from typing import Any

import pytest

from isomorph.model.application import Definition, Extra
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.text import Placeholder
from isomorph.model.workload import Container, Exposure, Order, Port, Route, Workload
from isomorph.platforms.compose.reader import read
from isomorph.platforms.compose.writer import write
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions
from tests.memory_context import memory_context
from tests.platforms.compose.test_write import data_of, text_of, told, write_all

PORTS = {"80/tcp": Port(80, 8080), "443/tcp": Port(443, 8443)}


def workload(*routes: Route, name: str = "web", **more: Any) -> Workload:
    containers = {name: Container(image=Image("app"))}
    ways = {f"{route.host}{route.path}": route for route in routes}
    return Workload(name, names=(name,), containers=containers, routes=ways, **{"ports": PORTS, **more})


def labels_of(*routes: Route, **more: Any) -> dict[str, str]:
    labels: dict[str, str] = data_of(write_all(workload(*routes, **more)))["services"]["web"]["labels"]
    return labels


def rules_of(*routes: Route) -> list[str]:
    return [value for key, value in labels_of(*routes).items() if key.endswith(".rule")]


def read_text(text: str, **files: str) -> Definition:
    return normalise(read(Source("compose.yaml"), memory_context({"compose.yaml": text, **files})))


def read_labels(labels: str, more: str = "") -> Definition:
    return read_text(f"services:\n  web:\n    image: app\n    labels:\n{labels}{more}")


def routes_of(definition: Definition) -> dict[str, Route]:
    return definition.application.workloads["web"].routes


def rule(text: str, port: str = "") -> str:
    said = f"      traefik.http.services.web.loadbalancer.server.port: {port}\n" if port else ""
    return f"      traefik.http.routers.web.rule: {text}\n{said}"


# Writing ----------------------------------------------------------------------------------------------------------------


def test_a_route_is_written_as_labels_and_a_router() -> None:
    written = write_all(workload(Route("shop.example", "/api", 443), ports={"443/tcp": Port(443, 443)}))
    assert (
        text_of(written)
        == """\
services:
  web:
    image: app
    expose:
      - "443"
    labels:
      traefik.enable: "true"
      traefik.http.routers.web.rule: Host(`shop.example`) && PathPrefix(`/api`)
      traefik.http.routers.web.entrypoints: web
      traefik.http.routers.web.service: web
      traefik.http.services.web.loadbalancer.server.port: "443"
  router:
    image: traefik:v3.6.25
    command:
      - --providers.docker=true
      - --providers.docker.exposedbydefault=false
      - --entrypoints.web.address=:80
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
    ports:
      - "8080:80"
    restart: unless-stopped
    labels:
      dev.isomorph/role: router
"""
    )
    assert told(written) == []


@pytest.mark.parametrize(
    ("route", "wanted"),
    [
        (Route("h.x", "/"), "Host(`h.x`)"),
        (Route("h.x", ""), "Host(`h.x`)"),
        (Route("", "/"), "PathPrefix(`/`)"),
        (Route("", "/a"), "PathPrefix(`/a`)"),
        (Route("h.x", "/", match="exact"), "Host(`h.x`) && Path(`/`)"),
        (Route("h.x", "/a", match="exact"), "Host(`h.x`) && Path(`/a`)"),
        (Route("h.x", "/a.*", match="regex"), "Host(`h.x`) && PathRegexp(`^/a.*`)"),
        (Route("", "^/a$", match="regex"), "PathRegexp(`^/a$$`)"),
        (Route("*.h.x", "/"), r"HostRegexp(`^[^.]+\.h\.x$$`)"),
        (Route((Placeholder("${DOMAIN}", "DOMAIN"),), "/"), "Host(`${DOMAIN}`)"),
        (Route("", '/a`"\\$'), r'PathPrefix("/a`\"\\$$")'),
    ],
)
def test_rules(route: Route, wanted: str) -> None:
    assert rules_of(route) == [wanted]


def test_each_port_is_a_target_and_each_route_a_router() -> None:
    routes = (Route("a", "/", 80), Route("b", "/", 443), Route("c", "/", 80), Route("d", "/"))
    labels = labels_of(*routes)
    services = {key: value for key, value in labels.items() if ".service" in key}
    assert services == {
        "traefik.http.routers.web.service": "web",
        "traefik.http.services.web.loadbalancer.server.port": "8080",
        "traefik.http.routers.web-2.service": "web-2",
        "traefik.http.services.web-2.loadbalancer.server.port": "8443",
        "traefik.http.routers.web-3.service": "web",
        "traefik.http.routers.web-4.service": "web",
    }


def test_routers_of_two_services_do_not_meet() -> None:
    first = workload(Route("a", "/"), Route("b", "/"), name="Web.X")
    second = workload(Route("c", "/"), name="web-x-2")
    services = data_of(write_all(first, second))["services"].values()
    names = [key.split(".")[3] for each in services for key in each["labels"] if key.endswith(".rule")]
    assert names == ["web-x", "web-x-2", "web-x-2-2"]


def test_the_router_is_in_all_networks_and_takes_free_ports_and_a_free_name() -> None:
    published = {"80/tcp": Port(80, 80, exposures=(Exposure("host", 8080),))}
    first = workload(Route("a", "/", 80, tls=True), ports=published, networks=("back", "front"))
    gate = Extra(
        "compose", (), ("services", "gate"), {"image": "a", "ports": ["${P}:1", {"published": 8081, "target": 1}]}
    )
    data = data_of(write_all(first, workload(Route("b", "/"), name="router"), extras=(gate,)))
    router = data["services"]["router-2"]
    assert router["ports"] == ["8082:80", "8443:443"]
    assert router["networks"] == ["back", "front", "default"]
    assert "--entrypoints.websecure.address=:443" in router["command"]
    labels = data["services"]["web"]["labels"]
    assert labels["traefik.http.routers.web.entrypoints"] == "websecure"
    assert labels["traefik.http.routers.web.tls"] == "true"


def test_what_is_written_is_read_back() -> None:
    routes = (
        Route("a.x", "/", 8080),
        Route("a.x", "/b", 8443, "exact"),
        Route("*.x", "/c.*", 8080, "regex"),
        Route("", '/`"\\', 8080, tls=True),
        Route((Placeholder("${D}", "D"),), "/", 8080),
    )
    written = write_all(workload(*routes, labels={"team": "shop"}))
    definition = read_text(text_of(written))
    read_back = definition.application.workloads
    assert list(read_back) == ["web"]
    assert list(read_back["web"].routes.values()) == list(routes)
    assert read_back["web"].labels == {"team": "shop"}
    assert text_of(write(definition, WriteOptions())) == text_of(written)
    assert str(definition.origins.find(("workloads", "web", "routes", "a.x/b"))) == "compose.yaml:14:40"


# Reading ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("Host(`a`)", ["a/ prefix"]),
        ("Host(`a`, `b`) && PathPrefix(`/x`)", ["a/x prefix", "b/x prefix"]),
        ('"Host(\\"a\\") && Path(\\"/x\\\\\\"\\")"', ['a/x" exact']),
        (
            "(Host(`a`) || Host(`b`)) && (Path(`/x`)||PathPrefix(`/y`))",
            ["a/x exact", "a/y prefix", "b/x exact", "b/y prefix"],
        ),
        ("Host(`a`) || PathPrefix(`/y`) && Host(`b`)", ["a/ prefix", "b/y prefix"]),
        ("PathRegexp(`^/x$$`)", ["/x$ regex"]),
        ("HostRegexp(`^[^.]+\\.a\\.b$$`)", ["*.a.b/ prefix"]),
        ("Host(`${SUB:-www}.a`)", ["www.a/ prefix"]),
        ("Host(`${SUB}.a`) && PathPrefix(`/${P}`)", ["${SUB}.a/${P} prefix"]),
    ],
)
def test_rules_are_read(text: str, ways: list[str]) -> None:
    routes = routes_of(read_labels(rule(text, "80")))
    assert [f"{key} {route.match}" for key, route in routes.items()] == ways
    assert {route.port for route in routes.values()} == {80}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Host(`a`) && Method(`GET`)", "it asks for Method"),
        ("Host(`a`) && !PathPrefix(`/x`)", "it excludes requests"),
        ("HostRegexp(`.+`)", "it takes hosts by a pattern"),
        ("PathPrefix(`/{id}`)", "it takes paths by a pattern"),
        ("Host(`a`) && Host(`b`)", "it asks for two hosts at once"),
        ("Path(`/a`) && Path(`/b`)", "it asks for two paths at once"),
        ("(Host(`a`)", "a parenthesis is not closed"),
        ("Host(`a`) &&", "it ends too early"),
        ("Host(`a`) Path(`/`)", "'Path' is not expected there"),
        ("Host(a)", "Host has no value in backticks"),
        ("Host", "Host has no value in backticks"),
        ("Host('a')", "\"'a')\" is not expected there"),
        ('"Host(`\\0`)"', "it holds a NUL character"),
        (f"{'(' * 30}Host(`a`){')' * 30}", "its parentheses are more than 20 deep"),
        ("&&".join(["(Host(`a`)||Host(`b`))"] * 40), "it asks for two hosts at once"),
        (" || ".join(f"Host(`h{n}`)" for n in range(101)), "it leads more than 100 hosts and paths"),
        ("''", "it ends too early"),
    ],
)
def test_a_rule_that_asks_for_more_stays_a_label(text: str, why: str) -> None:
    definition = read_labels(rule(text, "80"))
    assert routes_of(definition) == {}
    assert [(each.code, each.message, str(each.origin)) for each in definition.diagnostics] == [
        ("not-modelled", f"a rule of Traefik is kept as a label only: {why}", "compose.yaml:5:38")
    ]
    labels = definition.application.workloads["web"].labels
    assert list(labels) == ["traefik.http.routers.web.rule", "traefik.http.services.web.loadbalancer.server.port"]


def test_labels_as_people_write_them() -> None:
    definition = read_labels(
        """\
      - traefik.enable=true
      - traefik.http.routers.web.rule=Host(`a`)
      - traefik.http.routers.web.entrypoints=web
      - traefik.http.routers.web.middlewares=redirect
      - traefik.http.middlewares.redirect.redirectscheme.scheme=https
      - traefik.http.routers.secure.rule=Host(`a`)
      - traefik.http.routers.secure.tls.certresolver=le
      - traefik.http.routers.secure.service=web@docker
      - traefik.http.routers.panel.rule=Host(`panel`)
      - traefik.http.routers.panel.service=api@internal
      - traefik.http.services.web.loadBalancer.server.port=9000
      - team=shop
"""
    )
    assert routes_of(definition) == {"a/": Route("a", "/", 9000, tls=True)}
    assert str(definition.origins.find(("workloads", "web", "routes", "a/", "tls"))) == "compose.yaml:11:9"
    kept = ["routers.web.middlewares", "middlewares.redirect.redirectscheme.scheme", "routers.secure.tls.certresolver"]
    kept += ["routers.panel.rule", "routers.panel.service"]
    web = definition.application.workloads["web"]
    assert list(web.labels) == [*(f"traefik.http.{each}" for each in kept), "team"]
    services = data_of(write(definition, WriteOptions()))["services"]
    assert list(services) == ["web"]
    assert len(services["web"]["labels"]) == 12


@pytest.mark.parametrize(
    ("more", "port"),
    [
        ("", None),
        ("    expose: [9000, 80, 53/udp]\n", 80),
        ("    ports: ['8080:9000']\n", 9000),
    ],
)
def test_without_a_port_traefik_takes_the_lowest(more: str, port: int | None) -> None:
    assert routes_of(read_labels(rule("Host(`a`)"), more)) == {"a/": Route("a", "/", port)}


def test_what_traefik_is_not_to_see_has_no_routes() -> None:
    definition = read_labels(f"      traefik.enable: false\n{rule('Host(`a`)', '80')}")
    assert routes_of(definition) == {}
    assert len(definition.application.workloads["web"].labels) == 3


def test_two_routers_of_one_way_to_two_ports() -> None:
    definition = read_labels(
        "      traefik.http.routers.a.rule: Host(`a`)\n      traefik.http.routers.a.service: a\n"
        "      traefik.http.services.a.loadbalancer.server.port: 1\n"
        "      traefik.http.routers.b.rule: Host(`a`)\n      traefik.http.routers.b.service: b\n"
        "      traefik.http.services.b.loadbalancer.server.port: 2\n"
    )
    assert routes_of(definition) == {"a/": Route("a", "/", 1)}
    assert [(each.code, each.message) for each in definition.diagnostics] == [
        ("ambiguous", "two routers of Traefik lead a/; the first counts")
    ]


ROUTER = """\
  way-in:
    image: traefik:v3.6.25
    networks: [edge]
    environment: {A: "$$x"}
    labels: [dev.isomorph/role=router]
networks:
  edge:
"""


def test_the_router_is_no_workload_and_comes_back() -> None:
    definition = read_labels(rule("Host(`a`)", "80"), f"    depends_on: [way-in]\n{ROUTER}")
    assert list(definition.application.workloads) == ["web"]
    assert definition.application.workloads["web"].order == {}
    written = write(definition, WriteOptions())
    data = data_of(written)
    assert data["services"]["way-in"] == {
        "image": "traefik:v3.6.25",
        "networks": ["edge"],
        "environment": {"A": "$$x"},
        "labels": ["dev.isomorph/role=router"],
    }
    assert data["networks"] == {"edge": {}}
    assert data["services"]["web"]["depends_on"] == {"way-in": {"condition": "service_started"}}
    assert told(written) == []


def test_routes_are_written_beside_a_router_that_is_there() -> None:
    kept = Extra("compose", ("routes",), ("services", "way-in"), {"image": "traefik:v3"})
    assert list(data_of(write_all(workload(Route("a", "/")), extras=(kept,)))["services"]) == ["web", "way-in"]


def test_an_order_outlives_the_way_through_routes() -> None:
    db = Workload("db", names=("db",), containers={"db": Container(image=Image("pg"))})
    written = write_all(workload(Route("a", "/"), order={"db": Order("started")}), db)
    assert read_text(text_of(written)).application.workloads["web"].order == {"db": Order("started")}
