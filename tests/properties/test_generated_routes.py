"""Routes that are written for two platforms lead the same way, by our own judge."""

import itertools

import pytest

from isomorph.drift.compare import compare
from isomorph.drift.finding import Verdict
from isomorph.model.application import Application
from isomorph.model.image import Image
from isomorph.model.normalise import normalise
from isomorph.model.workload import Container, Port, Route, Workload
from isomorph.platforms.context import Source
from isomorph.platforms.platform import WriteOptions
from isomorph.platforms.table import PLATFORMS, load_reader, load_writer
from tests.memory_context import memory_context
from tests.properties.test_fields import write
from tests.properties.test_generated import written

ROUTED = [row.name for row in PLATFORMS if row.name in ("compose", "swarm", "kubernetes")]
PAIRS = list(itertools.product(ROUTED, repeat=2))
ROUTES = {
    "shop.example.com/": Route("shop.example.com", "/", 80),
    "shop.example.com/api": Route("shop.example.com", "/api", 9000, "exact"),
    "*.example.com/": Route("*.example.com", "/"),
    "/": Route("", "/", 80),
    "safe.example.com/": Route("safe.example.com", "/", 80, tls=True, tls_secret="cert"),
}
PORTS = {"80/tcp": Port(80, 8080, name="http"), "9000/tcp": Port(9000, 9000, name="api")}


def application(routes: dict[str, Route]) -> Application:
    web = Workload(
        "web", names=("web",), containers={"web": Container(image=Image("app", tag="1"))}, ports=PORTS, routes=routes
    )
    return Application(name="shop", workloads={"web": web})


def told(one: str, other: str, theirs: dict[str, Route]) -> list[tuple[str, str, str]]:
    report = compare([written(one, application(ROUTES)), written(other, application(theirs))])
    return [
        (each.verdict.value, each.rule, each.subject)
        for each in report.findings
        if each.verdict is not Verdict.DEFAULT and each.rule.startswith("route.")
    ]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_same_routes_compare_clean(one: str, other: str) -> None:
    assert told(one, other, ROUTES) == []


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_route_that_is_gone_is_missing(one: str, other: str) -> None:
    theirs = {key: route for key, route in ROUTES.items() if key != "*.example.com/"}
    assert told(one, other, theirs) == [("missing", "route.missing", "*.example.com/")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_route_to_another_port_is_drift(one: str, other: str) -> None:
    assert told(one, other, {**ROUTES, "/": Route("", "/", 9000)}) == [("drift", "route.missing", "/")]


@pytest.mark.parametrize("platform", ["kubernetes", "score"])
def test_no_other_platform_misses_what_only_spells_routes(platform: str) -> None:
    first = write("compose", application(ROUTES))
    context = memory_context({file.path: file.content for file in first.files})
    definition = normalise(load_reader("compose")(Source(first.files[0].path), context))
    told = load_writer(platform)(definition, WriteOptions()).diagnostics
    assert definition.extras
    assert [each for each in told if each.code == "extra-dropped"] == []
