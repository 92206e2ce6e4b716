"""Ingresses and Gateway API routes."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.workload import Route
from tests.platforms.kubernetes.reading import codes, documents, extras, only, pod, read_text, service

WEB = documents(pod("ports: [{name: http, containerPort: 8080}]"), service("{name: http, port: 80, targetPort: http}"))


def ingress(spec: str, version: str = "networking.k8s.io/v1", metadata: str = "") -> str:
    return f"apiVersion: {version}\nkind: Ingress\nmetadata: {{name: web{metadata}}}\nspec: {{{spec}}}\n"


def route(spec: str, kind: str = "HTTPRoute") -> str:
    return f"apiVersion: gateway.networking.k8s.io/v1\nkind: {kind}\nmetadata: {{name: web}}\nspec: {{{spec}}}\n"


GATEWAY = """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: gate}
spec:
  gatewayClassName: x
  listeners:
    - {name: plain, port: 80, protocol: HTTP}
    - {name: safe, port: 443, protocol: HTTPS, hostname: "*.example.com", tls: {certificateRefs: [{name: cert}]}}
"""


def test_hosts_paths_and_tls_of_an_ingress() -> None:
    number = "backend: {service: {name: web, port: {number: 80}}}"
    name = "backend: {service: {name: web, port: {name: http}}}"
    first = f"[{{path: /, pathType: Prefix, {number}}}, {{path: /x, pathType: Exact, {name}}}]"
    second = f"[{{pathType: ImplementationSpecific, {number}}}]"
    rules = f"[{{host: a.example.com, http: {{paths: {first}}}}}, {{host: b.example.com, http: {{paths: {second}}}}}]"
    tls = "[{hosts: [a.example.com], secretName: cert}]"
    definition = read_text(documents(WEB, ingress(f"ingressClassName: nginx, tls: {tls}, rules: {rules}")))
    assert only(definition).routes == {
        "a.example.com/": Route("a.example.com", "/", 80, "prefix", True, "cert"),
        "a.example.com/x": Route("a.example.com", "/x", 80, "exact", True, "cert"),
        "b.example.com/": Route("b.example.com", "/", 80),
    }
    assert extras(definition) == {("workloads", "web", "Ingress", "web", "spec", "ingressClassName"): "nginx"}


@pytest.mark.parametrize("version", ["networking.k8s.io/v1beta1", "extensions/v1beta1"])
def test_old_forms_of_an_ingress(version: str) -> None:
    text = "rules: [{http: {paths: [{path: /x, backend: {serviceName: web, servicePort: http}}]}}]"
    definition = read_text(documents(WEB, ingress(text, version)))
    assert only(definition).routes == {"/x": Route("", "/x", 80)}
    assert codes(definition) == ["deprecated"]


def test_a_default_backend_and_a_wildcard_certificate() -> None:
    definition = read_text(
        documents(
            WEB,
            ingress(
                "defaultBackend: {service: {name: web, port: {number: 80}}}, tls: [{hosts: ['*.example.com']}], "
                "rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, "
                "port: {number: 80}}}}]}}]"
            ),
        )
    )
    assert only(definition).routes == {
        "/": Route("", "/", 80),
        "a.example.com/": Route("a.example.com", "/", 80, tls=True),
    }


def test_where_a_route_and_its_tls_are_written() -> None:
    text = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  tls:
    - hosts: [a.example.com]
  rules:
    - host: a.example.com
      http:
        paths:
          - path: /x
            pathType: Prefix
            backend: {service: {name: web, port: {number: 80}}}
"""
    definition = read_text(documents(text, WEB))
    path = ("workloads", "web", "routes", "a.example.com/x")
    lines = [definition.origins.table[place].line for place in (path, (*path, "host"), (*path, "tls"))]
    assert lines == [11, 8, 6]


def test_an_ingress_to_nobody_is_told_and_kept_whole() -> None:
    definition = read_text(documents(WEB, ingress("defaultBackend: {service: {name: other, port: {number: 80}}}")))
    assert codes(definition) == ["missing-reference", "selects-nothing"]
    assert [extra.location for extra in definition.extras] == [("Ingress",)]


def test_a_port_that_the_service_lacks_is_told() -> None:
    definition = read_text(documents(WEB, ingress("defaultBackend: {service: {name: web, port: {number: 81}}}")))
    assert codes(definition) == ["missing-reference"]
    assert only(definition).routes == {"/": Route("", "/", 81)}


def test_http_routes_with_the_tls_of_the_listener() -> None:
    definition = read_text(
        documents(
            WEB,
            GATEWAY,
            route(
                "parentRefs: [{name: gate}], hostnames: [a.example.com, b.example.org], rules: [{matches: ["
                "{path: {type: PathPrefix, value: /a}}, {path: {type: Exact, value: /b}, headers: [{name: x, value: z}]}], "
                "backendRefs: [{name: web, port: 80, weight: 3}]}]"
            ),
        )
    )
    assert only(definition).routes == {
        "a.example.com/a": Route("a.example.com", "/a", 80, "prefix", True, "cert"),
        "a.example.com/b": Route("a.example.com", "/b", 80, "exact", True, "cert"),
        "b.example.org/a": Route("b.example.org", "/a", 80, "prefix"),
        "b.example.org/b": Route("b.example.org", "/b", 80, "exact"),
    }
    place = ("workloads", "web", "HTTPRoute", "web", "spec")
    kept = extras(definition)
    assert kept[(*place, "parentRefs")] == [{"name": "gate"}]
    assert kept[(*place, "rules", 0, "matches", 1, "headers")] == [{"name": "x", "value": "z"}]
    assert kept[(*place, "rules", 0, "backendRefs", "web", "weight")] == 3


def test_grpc_routes_are_paths_of_services_and_methods() -> None:
    definition = read_text(
        documents(
            WEB,
            route(
                "hostnames: [a.example.com], rules: [{matches: [{method: {service: s.S, method: M}}, {method: {service: s.T}}], "
                "backendRefs: [{name: web, port: 80}]}]",
                "GRPCRoute",
            ),
        )
    )
    assert only(definition).routes == {
        "a.example.com/s.S/M": Route("a.example.com", "/s.S/M", 80, "exact"),
        "a.example.com/s.T/": Route("a.example.com", "/s.T/", 80, "prefix"),
    }


def test_a_route_without_hosts_takes_the_listeners() -> None:
    text = "parentRefs: [{name: gate, sectionName: safe}], rules: [{backendRefs: [{name: web, port: 80}]}]"
    definition = read_text(documents(WEB, GATEWAY, route(text)))
    assert only(definition).routes == {"*.example.com/": Route("*.example.com", "/", 80, "prefix", True, "cert")}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("rules: [{http: {paths: [{path: /, pathType: prefix, backend: {}}]}}]", "no path type"),
        ("rules: [{http: {paths: [{path: /, pathType: Prefix}]}}]", "no `backend`"),
        ("rules: {}", "`rules` must be a list"),
        ("rules: [a]", "a list of mappings"),
    ],
)
def test_bad_ingresses(spec: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_text(documents(WEB, ingress(spec)))
