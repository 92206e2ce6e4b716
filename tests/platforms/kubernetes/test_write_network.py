"""The Kubernetes writer: names, Services, addresses in texts, exposures and routes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isomorph.model.application import Application, Definition
from isomorph.model.text import Address
from isomorph.model.workload import Container, Exposure, Kind, Port, Route, Workload
from isomorph.platforms.kubernetes import names
from isomorph.platforms.platform import WriteOptions
from tests.platforms.kubernetes.written import NGINX, Output, application, workload

HTTP = {"80/tcp": Port(80, 8080)}


def web(**said: object) -> Workload:
    fields = {"name": "web", "names": ("web",), "containers": {"web": Container(image=NGINX)}, **said}
    return Workload(**fields)  # type: ignore[arg-type]


def client(text: object, name: str = "client") -> Workload:
    return Workload(name, containers={name: Container(image=NGINX, variables={"PEER": text})})  # type: ignore[dict-item]


def test_a_service_offers_what_peers_connect_to() -> None:
    output = workload(ports={**HTTP, "99/tcp": Port(99, 99, offered=False)})
    spec = output.find("Service")["spec"]
    assert spec == {"selector": {names_label(): "web"}, "ports": [{"port": 80, "targetPort": 8080}]}
    assert output.container()["ports"] == [{"containerPort": 8080}, {"containerPort": 99}]


def names_label() -> str:
    return "app.kubernetes.io/name"


def test_a_workload_without_ports_keeps_its_name_on_an_open_network() -> None:
    spec = workload("compose").find("Service")["spec"]
    assert spec == {"clusterIP": "None", "selector": {names_label(): "web"}}
    assert workload("score").names("Service") == []


def test_a_port_that_peers_use_undeclared_is_offered_and_told() -> None:
    output = application(web(), client(("http://", Address("web", "web", 9090), "/")))
    assert output.find("Service")["spec"]["ports"] == [{"port": 9090, "targetPort": 9090}]
    assert output.container()["ports"] == [{"containerPort": 9090}]
    assert output.codes == ["assumed"]


def test_a_dangling_port_of_a_kubernetes_definition_is_not_mended() -> None:
    output = application(web(ports=HTTP), client((Address("web", "web", 9090),)), platform="kubernetes")
    assert output.find("Service")["spec"]["ports"] == [{"port": 80, "targetPort": 8080}]


def test_a_score_file_that_declares_ports_declares_all_of_them() -> None:
    peer = client((Address("web", "web", 9090),))
    output = application(web(ports=HTTP), peer, platform="score")
    assert output.find("Service")["spec"]["ports"] == [{"port": 80, "targetPort": 8080}]
    assert output.codes == ["missing-reference"]
    assert application(web(), peer, platform="score").codes == ["assumed"]


def test_peers_use_the_services_name_and_its_port() -> None:
    output = application(
        Workload(
            "My_DB", names=("My_DB",), containers={"db": Container(image=NGINX)}, ports={"5432/tcp": Port(5432, 5432)}
        ),
        client(("postgres://", Address("My_DB", "My_DB", 5432), "/x")),
    )
    assert output.names("Service") == ["my-db"]
    assert output.container("client")["env"] == [{"name": "PEER", "value": "postgres://my-db:5432/x"}]
    assert "renamed" in output.codes


@pytest.mark.parametrize("text", [("http://", Address("web", "www", 80)), "www"])
def test_a_further_name_that_is_used_is_a_service(text: object) -> None:
    output = application(web(names=("web", "www"), ports=HTTP), client(text))
    assert output.names("Service") == ["web", "www"]
    assert output.find("Service", "www")["spec"] == output.find("Service")["spec"]
    assert output.codes == []


def test_a_further_name_that_nobody_uses_is_told() -> None:
    output = application(web(names=("web", "shop-web-1"), ports=HTTP))
    assert output.names("Service") == ["web"]
    assert output.told == [
        ("lost", "web (shop-web-1): further names that nothing in the definition uses have no Service")
    ]


def test_a_name_with_dots_leads_to_the_main_service() -> None:
    output = application(
        web(names=("web", "api.local"), ports=HTTP), client(("http://", Address("web", "api.local", 80)))
    )
    assert output.names("Service") == ["web"]
    assert output.container("client")["env"][0]["value"] == "http://web:80"
    assert output.codes == ["lost"]


def test_qualified_names_move_with_the_namespace() -> None:
    made = Application(
        namespace="shop",
        workloads={
            "web": web(
                namespace="shop", names=("web", "web.shop", "web.shop.svc", "web.shop.svc.cluster.local"), ports=HTTP
            ),
            "client": client((Address("web", "web.shop.svc.cluster.local", 80),)),
        },
    )
    output = Output(Definition(made, "kubernetes"), WriteOptions(namespace="prod"))
    assert output.container("client")["env"][0]["value"] == "web.prod.svc.cluster.local:80"
    assert {each["metadata"]["namespace"] for each in output.documents} == {"prod"}
    kept = Output(Definition(made, "kubernetes"))
    assert kept.container("client")["env"][0]["value"] == "web.shop.svc.cluster.local:80"


def test_several_ports_have_names_one_a_protocol() -> None:
    ports = {"53/tcp": Port(53, 53, name="dns"), "53/udp": Port(53, 53, "udp", "dns"), "80/tcp": Port(80, 80)}
    assert workload(ports=ports).find("Service")["spec"]["ports"] == [
        {"name": "dns", "port": 53, "targetPort": 53},
        {"name": "udp-53", "port": 53, "targetPort": 53, "protocol": "UDP"},
        {"name": "tcp-80", "port": 80, "targetPort": 80},
    ]


def test_names_of_container_ports_are_short_or_left_out() -> None:
    ports = {"1/tcp": Port(1, 1, name="http"), "2/tcp": Port(2, 2, name="a-name-of-sixteen")}
    assert workload(ports=ports).container()["ports"] == [{"name": "http", "containerPort": 1}, {"containerPort": 2}]


def test_a_port_stands_at_the_container_whose_probe_asks_it() -> None:
    from isomorph.model.workload import Probe, Tcp

    containers = {"web": Container(image=NGINX), "metrics": Container(image=NGINX, readiness=Probe(Tcp(9100)))}
    output = workload(containers=containers, ports={**HTTP, "9100/tcp": Port(9100, 9100)})
    assert [each["ports"] for each in output.pod()["containers"]] == [
        [{"containerPort": 8080}],
        [{"containerPort": 9100}],
    ]


def exposed(*exposures: Exposure, platform: str = "compose") -> Output:
    return workload(platform, ports={"80/tcp": Port(80, 8080, exposures=exposures)})


def test_a_port_of_the_machine_is_a_load_balancer_without_node_ports() -> None:
    output = exposed(Exposure("host", 80))
    assert output.find("Service")["spec"] == {
        "type": "LoadBalancer", "allocateLoadBalancerNodePorts": False, "selector": {names_label(): "web"},
        "ports": [{"port": 80, "targetPort": 8080}],
    }  # fmt: skip
    assert output.codes == ["approximated"]


def test_another_number_outside_is_a_service_of_its_own() -> None:
    output = exposed(Exposure("host", 8000))
    assert output.find("Service")["spec"] == {
        "selector": {names_label(): "web"},
        "ports": [{"port": 80, "targetPort": 8080}],
    }
    assert output.find("Service", "web-public")["spec"]["ports"] == [{"port": 8000, "targetPort": 8080}]


def test_only_the_ports_outside_are_opened() -> None:
    ports = {"80/tcp": Port(80, 80, exposures=(Exposure("host", 80),)), "81/tcp": Port(81, 81)}
    output = workload(ports=ports)
    assert "type" not in output.find("Service")["spec"]
    assert output.find("Service", "web-public")["spec"]["ports"] == [{"port": 80, "targetPort": 80}]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_port_of_the_local_machine_alone_is_not_exposed(address: str) -> None:
    output = exposed(Exposure("host", 80, address))
    assert output.names("Service") == ["web"]
    assert "type" not in output.find("Service")["spec"]
    assert output.codes == ["lost"]


def test_a_port_that_the_platform_picks_is_a_node_port_that_it_picks() -> None:
    spec = exposed(Exposure("host")).find("Service")["spec"]
    assert (spec["type"], spec["ports"]) == ("NodePort", [{"port": 80, "targetPort": 8080}])


def test_node_ports_and_load_balancers_are_restored() -> None:
    spec = exposed(Exposure("node", 30080)).find("Service")["spec"]
    assert (spec["type"], spec["ports"]) == ("NodePort", [{"port": 80, "targetPort": 8080, "nodePort": 30080}])
    spec = exposed(Exposure("load-balancer", 80), Exposure("node", 30080)).find("Service")["spec"]
    assert (spec["type"], "allocateLoadBalancerNodePorts" in spec, spec["ports"][0]["nodePort"]) == (
        "LoadBalancer", False, 30080,
    )  # fmt: skip
    spec = exposed(Exposure("load-balancer", 80)).find("Service")["spec"]
    assert (spec["type"], spec["allocateLoadBalancerNodePorts"]) == ("LoadBalancer", False)


def test_ports_that_are_opened_in_different_manners_have_a_service_each() -> None:
    ports = {
        "80/tcp": Port(80, 80, exposures=(Exposure("host", 80),)),
        "81/tcp": Port(81, 81, exposures=(Exposure("host"),)),
    }
    output = workload(ports=ports)
    assert output.names("Service") == ["web", "web-public", "web-node"]
    assert output.find("Service", "web-public")["spec"]["ports"] == [{"port": 80, "targetPort": 80}]
    spec = output.find("Service", "web-node")["spec"]
    assert (spec["type"], spec["ports"]) == ("NodePort", [{"port": 81, "targetPort": 81}])


def test_a_port_of_the_machine_stays_one_in_a_kubernetes_definition() -> None:
    output = exposed(Exposure("host", 80, "10.0.0.1"), platform="kubernetes")
    assert output.container()["ports"] == [{"containerPort": 8080, "hostPort": 80, "hostIP": "10.0.0.1"}]
    assert "type" not in output.find("Service")["spec"]


def test_a_stateful_workload_is_governed_by_a_headless_service() -> None:
    output = workload(kind=Kind.STATEFUL, ports={"80/tcp": Port(80, 80, exposures=(Exposure("host", 80),))})
    assert output.find("StatefulSet")["spec"]["serviceName"] == "web"
    assert output.find("Service")["spec"]["clusterIP"] == "None"
    assert output.find("Service", "web-public")["spec"]["type"] == "LoadBalancer"


def test_routes_are_an_ingress() -> None:
    routes = {
        "a.example.com/": Route("a.example.com", "/", 80, tls=True, tls_secret="a-tls"),
        "a.example.com/x": Route("a.example.com", "/x", match="exact"),
        "/": Route("", "", 80),
    }
    spec = workload(ports=HTTP, routes=routes).find("Ingress")["spec"]
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    assert spec == {
        "tls": [{"hosts": ["a.example.com"], "secretName": "a-tls"}],
        "rules": [
            {
                "host": "a.example.com",
                "http": {
                    "paths": [
                        {"path": "/", "pathType": "Prefix", "backend": backend},
                        {"path": "/x", "pathType": "Exact", "backend": backend},
                    ]
                },
            },
            {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}},
        ],
    }


def test_labels_that_the_api_refuses_become_annotations() -> None:
    output = workload(
        "score", labels={"team": "shop", "note": "free text!", "bad key!": "x"}, annotations={"a/b": "any\ntext"}
    )
    metadata = output.find("Deployment")["metadata"]
    assert metadata["labels"] == {
        names_label(): "web", "team": "shop", "app.kubernetes.io/managed-by": "isomorph", "app.kubernetes.io/part-of": "shop",
    }  # fmt: skip
    assert metadata["annotations"] == {"note": "free text!", "a/b": "any\ntext"}
    assert sorted(output.codes) == ["approximated", "lost"]


@pytest.mark.parametrize(
    ("name", "label"),
    [("web", "web"), ("My_App", "my-app"), ("3proxy", "x-3proxy"), ("a.b", "a-b"), ("-a-", "a"), ("Ünï", "n")],
)
def test_names_become_labels(name: str, label: str) -> None:
    assert names.to_label(name) == label


def test_long_names_are_cut_with_a_hash_and_stay_apart() -> None:
    one, two = names.to_label("a" * 80 + "1"), names.to_label("a" * 80 + "2")
    assert (len(one), len(two), one == two) == (63, 63, False)


def test_names_that_would_meet_stay_apart() -> None:
    output = application(
        *(Workload(name, names=(name,), containers={"c": Container(image=NGINX)}) for name in ("a-b", "a_b"))
    )
    first, second = output.names("Deployment")
    assert first == "a-b"
    assert second.startswith("a-b-")
    assert output.names("Service") == [first, second]
    assert output.find("Deployment", second)["spec"]["selector"]["matchLabels"] == {names_label(): second}


@settings(max_examples=100)
@given(st.text(max_size=90))
def test_any_text_becomes_a_name_that_the_api_takes(text: str) -> None:
    label, subdomain, key = names.to_label(text), names.to_subdomain(text), names.to_key(text)
    assert names.is_label(label)
    assert names.to_label(label) == label
    assert names.to_subdomain(subdomain) == subdomain
    assert 0 < len(subdomain) <= 253
    assert names.to_key(key) == key
    assert 0 < len(key) <= 253
