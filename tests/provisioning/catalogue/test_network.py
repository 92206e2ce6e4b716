"""DNS names, routes, and the services of other workloads."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Address
from isomorph.model.workload import Order, Route
from tests.provisioning.catalogue.realising import ORDERS, SERVICES, main_file, read_back, realise, run, shop, write

ALONE = {"shop": SERVICES["shop"]}


@pytest.mark.parametrize(
    ("changes", "platform", "host", "url"),
    [
        ({"resource": "dns"}, "compose", "shop.localhost", "http://shop.localhost:8080"),
        ({"resource": "dns"}, "kubernetes", "shop.localhost", "http://shop.localhost"),
        ({"resource": "dns"}, "nomad", "shop.localhost", "http://shop.localhost"),
        ({"resource": "dns"}, "marathon", "shop.localhost", "http://shop.localhost"),
        ({"resource": "admin"}, "kubernetes", "shop-admin.localhost", "http://shop-admin.localhost"),
        ({"id": "front", "name": "front-dns"}, "kubernetes", "front-dns.localhost", "http://front-dns.localhost"),
        (
            {"resource": "dns", "params": {"domain": "Example.com."}},
            "kubernetes",
            "shop.example.com",
            "http://shop.example.com",
        ),
    ],
)
def test_dns(changes: dict[str, object], platform: str, host: str, url: str) -> None:
    assert realise("dns", platform, **changes).outputs == {"host": host, "url": url}  # type: ignore[arg-type]


def test_a_dns_name_stays_when_the_workload_is_renamed() -> None:
    assert realise("dns", resource="dns", state={"label": "old"}).outputs["host"] == "old.localhost"


@pytest.mark.parametrize("domain", ["two words", "a..b", "-x.com", "*.com"])
def test_a_domain_that_is_none(domain: str) -> None:
    with pytest.raises(InvalidInput, match="which is no name of a host"):
        realise("dns", params={"domain": domain})


@pytest.mark.parametrize(
    ("params", "route"),
    [
        ({"host": "a.b", "port": "web"}, Route("a.b", "/", 80)),
        ({"host": "a.b", "port": 80, "path": "/api"}, Route("a.b", "/api", 80)),
        ({"host": "a.b", "port": "9000"}, Route("a.b", "/", 9000)),
        ({"host": "*.a.b", "port": 80, "match": "exact"}, Route("*.a.b", "/", 80, "exact")),
        ({"port": 80}, Route("", "/", 80)),
    ],
)
def test_routes(params: dict[str, object], route: Route) -> None:
    for platform in ("compose", "kubernetes", "nomad", "marathon"):
        assert realise("route", platform, params=params).parts.routes == {"shop": {f"{route.host}{route.path}": route}}


def test_the_reference_tools_annotation_for_an_exact_path() -> None:
    metadata = {"annotations": {"compose.score.dev/route-provisioner-path-type": "Exact"}}
    result = realise("route", params={"host": "a.b", "port": 80}, metadata=metadata)
    assert result.parts.routes["shop"]["a.b/"].match == "exact"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"host": "not a host", "port": 80}, "param host is 'not a host', which is no name of a host"),
        ({"host": "a.b", "port": 80, "path": "api"}, "param path is 'api' (a path begins with /"),
        (
            {"host": "a.b", "port": "wbe"},
            "param port is 'wbe', and shop has no such service port (its service ports are web (80), 9000)",
        ),
        ({"host": "a.b"}, "param port is needed (its service ports are web (80), 9000)"),
        ({"host": "a.b", "port": 8080}, "param port is '8080', and shop has no such service port"),
        ({"host": "a.b", "port": 80, "match": "regex"}, "param match is 'regex'"),
    ],
)
def test_routes_that_lead_nowhere(params: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        realise("route", params=params)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"resource": "orders"},
        {"id": "orders"},
        {"resource": "anything", "params": {"workload": "orders"}},
    ],
)
def test_the_workload_that_a_service_is(changes: dict[str, object]) -> None:
    result = realise("service", "kubernetes", **changes)  # type: ignore[arg-type]
    assert result.outputs == {"name": "orders", "host": "orders", "hostname": "orders", "port": 80}
    assert result.references["name"] == (Address("orders", "orders"),)


def test_a_service_that_is_not_there() -> None:
    with pytest.raises(InvalidInput) as error:
        realise("service", resource="ordres")
    assert "'ordres', which is no workload here (did you mean orders? the workloads are shop, orders)" in str(
        error.value
    )


def test_a_service_is_its_bare_name_where_the_workload_is_generated_apart() -> None:
    result = realise("service", resource="orders", services=ALONE)
    assert result.outputs["name"] == "orders"
    assert result.references == {}
    assert [each.code for each in result.diagnostics] == ["missing-reference"]


WAITING = "api: {type: service, params: {workload: orders, wait: CONDITION}}"


@pytest.mark.parametrize("condition", ["started", "healthy", "complete"])
def test_a_workload_waits_for_a_service(condition: str) -> None:
    text = shop(WAITING.replace("CONDITION", condition))
    for platform in ("compose", "marathon"):
        definition, _ = run(platform, (text, ORDERS))
        assert definition.application.workloads["shop"].order == {"orders": Order(condition)}
        assert definition.application.workloads["orders"].order == {}


def test_compose_says_what_is_waited_for_and_reads_it_back() -> None:
    written = write("compose", shop(WAITING.replace("CONDITION", "complete")), ORDERS)
    assert "depends_on:\n      orders:\n        condition: service_completed_successfully\n" in main_file(written)
    read = read_back("compose", written).definition.application
    assert read.workloads["shop"].order == {"orders": Order("complete")}


@pytest.mark.parametrize("platform", ["kubernetes", "minikube", "openshift", "helm", "nomad", "swarm", "terraform"])
def test_where_workloads_start_in_no_order_it_is_as_if_nothing_was_said(platform: str) -> None:
    plain = write(platform, shop("api: {type: service, params: {workload: orders}}"), ORDERS)
    assert write(platform, shop(WAITING.replace("CONDITION", "healthy")), ORDERS) == plain


def test_what_is_waited_for_stands_where_its_resource_does() -> None:
    mount = "volumes:\n  /data: {source: '${resources.data}'}"
    text = shop(f"data: {{type: volume}}\n{WAITING.replace('CONDITION', 'started')}", more=mount)
    origins = run("compose", (text, ORDERS))[0].origins
    lines = text.splitlines()
    for path, line in (
        (("workloads", "shop", "order", "orders"), "  api: {type: service"),
        (("volumes", "shop-data", "size"), "  data: {type: volume"),
    ):
        origin = origins.exact(path)
        assert origin is not None
        assert lines[origin.line - 1].startswith(line)


def test_a_service_without_wait_is_waited_for_by_none() -> None:
    definition, _ = run("compose", (shop("api: {type: service, params: {workload: orders}}"), ORDERS))
    assert definition.application.workloads["shop"].order == {}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"workload": "orders", "wait": "helthy"}, "param wait is 'helthy' (did you mean healthy? there are started,"),
        ({"workload": "shop", "wait": "started"}, "param wait lets shop wait for itself"),
        ({"workload": "ordres", "wait": "started"}, "param workload is 'ordres', which is no workload here"),
    ],
)
def test_waits_for_nothing_that_could_be(params: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        realise("service", params=params)
    assert said in str(error.value)


def test_workloads_that_wait_for_each_other_are_refused() -> None:
    back = f"{ORDERS}resources:\n  back: {{type: service, params: {{workload: shop, wait: started}}}}\n"
    text = shop(WAITING.replace("CONDITION", "started"))
    with pytest.raises(InvalidInput, match="wait for each other in a circle: orders -> shop -> orders"):
        run("compose", (text, back))
    run("kubernetes", (text, back))


def test_service_ports() -> None:
    for platform, port in (("compose", 5000), ("kubernetes", 80), ("nomad", 80), ("marathon", 80)):
        result = realise("service-port", platform, params={"workload": "orders", "port": "api"})
        assert result.outputs == {"hostname": "orders", "port": port}


@pytest.mark.parametrize(
    ("params", "services", "said"),
    [
        ({"port": "api"}, SERVICES, "param workload is needed"),
        ({"workload": "orders"}, SERVICES, "param port is needed"),
        ({"workload": "order", "port": "api"}, SERVICES, "param workload is 'order', which is no workload here"),
        ({"workload": "orders", "port": "web"}, SERVICES, "orders has no such service port (its service ports are api"),
        ({"workload": "orders", "port": "api"}, ALONE, "generate both workloads at once"),
    ],
)
def test_service_ports_that_are_not_there(params: dict[str, object], services: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput) as error:
        realise("service-port", params=params, services=services)
    assert said in str(error.value)


# The second port has the number that the first is listened on: neither must be taken for the other.
CROSSED = ORDERS.replace("targetPort: 5000}\n", "targetPort: 5000}\n    debug: {port: 5000, targetPort: 6000}\n")
URLS = (
    "URL: 'http://${resources.api.hostname}:${resources.api.port}/v1'\n"
    "ADDRESS: '${resources.debug.hostname}:${resources.debug.port}'\n"
    "PORT: '${resources.api.port}'\n"
    "LITERAL: 'http://${resources.orders.name}:80/v1'\n"
    "IMPLIED: 'http://${resources.orders.name}/v1'"
)
FOUND = '{{ range nomadService "orders" }}{{ .Address }}:{{ .Port }}{{ end }}'
VIRTUAL = "orders.marathon.l4lb.thisdcos.directory"
RESOURCES = (
    "api: {type: service-port, params: {workload: orders, port: api}}\n"
    "debug: {type: service-port, params: {workload: orders, port: debug}}\n"
    "orders: {type: service}"
)


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        (
            "compose",
            [
                "URL: http://orders:5000/v1",
                "ADDRESS: orders:6000",
                'PORT: "5000"',
                "LITERAL: http://orders:5000/v1",
                "IMPLIED: http://orders:5000/v1",
            ],
        ),
        (
            "kubernetes",
            [
                "value: http://orders:80/v1",
                "value: orders:5000",
                'value: "80"',
                "value: http://orders:80/v1",
                "value: http://orders/v1",
            ],
        ),
        (
            "nomad",
            [
                f"URL=http://{FOUND}/v1",
                f"ADDRESS={FOUND.replace('orders', 'orders-debug')}",
                f"LITERAL=http://{FOUND}/v1",
                f"IMPLIED=http://{FOUND}/v1",
            ],
        ),
        (
            "marathon",
            [
                f'"URL": "http://{VIRTUAL}:80/v1"',
                f'"ADDRESS": "{VIRTUAL}:5000"',
                '"PORT": "80"',
                f'"LITERAL": "http://{VIRTUAL}:80/v1"',
                f'"IMPLIED": "http://{VIRTUAL}/v1"',
            ],
        ),
    ],
)
def test_peers_are_told_the_port_that_they_reach(platform: str, lines: list[str]) -> None:
    text = main_file(write(platform, shop(RESOURCES, URLS), CROSSED))
    found = [line.strip().removesuffix(",") for line in text.splitlines()]
    assert [line for line in lines if line not in found] == []


def test_a_host_and_its_port_in_variables_of_their_own_are_what_nomad_picked() -> None:
    apart = "HOST: '${resources.api.hostname}'\nPORT: '${resources.api.port}'"
    lines = main_file(write("nomad", shop(RESOURCES, apart), CROSSED)).splitlines()
    assert 'HOST={{ range nomadService "orders" }}{{ .Address }}{{ end }}' in lines
    assert 'PORT={{ range nomadService "orders" }}{{ .Port }}{{ end }}' in lines


def test_a_route_to_the_name_of_the_workload() -> None:
    resources = "dns: {type: dns}\nroute: {type: route, params: {host: '${resources.dns.host}', port: web}}"
    definition, _ = run("kubernetes", (shop(resources),))
    assert definition.application.workloads["shop"].routes == {"shop.localhost/": Route("shop.localhost", "/", 80)}


@pytest.mark.parametrize(
    ("platform", "lines"),
    [
        ("nomad", ["traefik.enable=true", "traefik.http.routers.shop.rule=Host(`shop.localhost`)"]),
        ("marathon", ['"HAPROXY_GROUP": "external"', '"HAPROXY_0_VHOST": "shop.localhost"']),
    ],
)
def test_routes_are_what_the_platforms_router_reads(platform: str, lines: list[str]) -> None:
    resources = "dns: {type: dns}\nroute: {type: route, params: {host: '${resources.dns.host}', port: web}}"
    text = main_file(write(platform, shop(resources)))
    assert [line for line in lines if line not in text] == [], text
