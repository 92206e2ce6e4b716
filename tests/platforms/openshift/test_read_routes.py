"""Routes: hosts and paths that lead to workloads, and what only a Route says."""

import pytest

from isomorph.model.errors import InvalidInput
from isomorph.model.text import Placeholder
from isomorph.model.workload import Route
from tests.platforms.openshift.openshift_texts import (
    SERVICE,
    documents,
    extras,
    find,
    pods,
    read_text,
    route,
    told,
)

WEB = pods(container="image: 'web:1'")
TO = "to: {kind: Service, name: web}"


def ways(spec: str, *more: str, version: str = "route.openshift.io/v1") -> dict[str, Route]:
    return read_text(WEB, SERVICE, route(spec, version=version), *more).application.workloads["web"].routes


@pytest.mark.parametrize("version", ["route.openshift.io/v1", "v1"])
def test_host_path_and_port(version: str) -> None:
    said = f"host: shop.example.com, path: /api, {TO}, port: {{targetPort: http}}"
    assert ways(said, version=version) == {"shop.example.com/api": Route("shop.example.com", "/api", 80)}


@pytest.mark.parametrize("port", ["http", "8080", "'8080'"])
def test_a_port_is_the_name_in_the_service_or_the_number_in_the_pods(port: str) -> None:
    assert ways(f"host: a.b, {TO}, port: {{targetPort: {port}}}")["a.b/"].port == 80


def test_a_port_that_a_container_names() -> None:
    named = pods(container="image: 'web:1', readinessProbe: {tcpSocket: {port: 8080}}").replace(
        "containerPort: 8080", "name: main, containerPort: 8080"
    )
    service = SERVICE.replace("targetPort: 8080", "targetPort: main").replace("name: http, ", "")
    definition = read_text(named, service, route(f"host: a.b, {TO}, port: {{targetPort: 8080}}"))
    assert definition.application.workloads["web"].routes["a.b/"].port == 80


def test_a_port_that_is_not_there() -> None:
    definition = read_text(WEB, SERVICE, route(f"host: a.b, {TO}, port: {{targetPort: 99}}"))
    assert ("missing-reference", "Service web leads to no port 99") in told(definition)


def test_a_host_that_openshift_makes_up_is_never_guessed() -> None:
    ((key, way),) = ways(TO).items()
    assert key == "${host of Route web}/"
    assert way.host == (Placeholder("${host of Route web}"),)


def test_a_wildcard() -> None:
    said = f"host: www.example.com, wildcardPolicy: Subdomain, {TO}"
    assert list(ways(said)) == ["*.example.com/"]
    written = find(documents(read_text(WEB, SERVICE, route(said))), "Route")
    assert (written["spec"]["host"], written["spec"]["wildcardPolicy"]) == ("www.example.com", "Subdomain")


@pytest.mark.parametrize(
    "tls",
    [
        "{termination: edge}",
        "{termination: edge, insecureEdgeTerminationPolicy: Allow, externalCertificate: {name: cert}}",
        "{termination: reencrypt, destinationCACertificate: x}",
        "{termination: passthrough, insecureEdgeTerminationPolicy: Redirect}",
        "{termination: edge, certificate: c, key: k, caCertificate: a}",
    ],
)
def test_tls_comes_back_as_it_was(tls: str) -> None:
    definition = read_text(WEB, SERVICE, route(f"host: a.b, {TO}, port: {{targetPort: 8080}}, tls: {tls}"))
    (way,) = definition.application.workloads["web"].routes.values()
    assert (way.tls, way.tls_secret) == (True, "cert" if "cert}" in tls else None)
    spec = find(documents(definition), "Route")["spec"]
    assert spec == {
        "host": "a.b",
        "to": {"kind": "Service", "name": "web"},
        "port": {"targetPort": 8080},
        "tls": read_flow(tls),
    }


def read_flow(text: str) -> object:
    import yaml

    return yaml.safe_load(text)


def test_weights() -> None:
    canary = pods("canary", "image: 'web:2'")
    behind = SERVICE.replace("name: web}", "name: canary}").replace("app: web", "app: canary")
    idle = SERVICE.replace("name: web}", "name: idle}").replace("app: web", "app: canary")
    said = (
        "host: a.b, to: {kind: Service, name: web, weight: 80},"
        " alternateBackends: [{kind: Service, name: canary, weight: 20}, {kind: Service, name: idle, weight: 0}]"
    )
    definition = read_text(WEB, canary, SERVICE, behind, idle, route(said, "way"))
    workloads = definition.application.workloads
    assert list(workloads["web"].routes) == list(workloads["canary"].routes) == ["a.b/"]
    (written,) = [each for each in documents(definition) if each["kind"] == "Route"]
    assert written["metadata"]["name"] == "way"
    assert written["spec"]["to"] == {"kind": "Service", "name": "web", "weight": 80}
    assert [each["weight"] for each in written["spec"]["alternateBackends"]] == [20, 0]


def test_no_traffic_is_no_way() -> None:
    definition = read_text(WEB, SERVICE, route("host: a.b, to: {kind: Service, name: web, weight: 0}"))
    assert definition.application.workloads["web"].routes == {}
    assert told(definition) == [("selects-nothing", "Route web leads to no workload of this definition")]
    assert find(documents(definition), "Route")["spec"]["to"]["weight"] == 0


def test_annotations_and_labels_come_back() -> None:
    text = route(f"host: a.b, {TO}").replace(
        "{name: web}",
        "{name: web, labels: {app: web, shard: public}, annotations: {haproxy.router.openshift.io/timeout: 5s}}",
    )
    definition = read_text(WEB, SERVICE, text)
    assert extras(definition)["workloads", "web", "Route", "web", "metadata", "labels", "shard"] == "public"
    metadata = find(documents(definition), "Route")["metadata"]
    assert metadata["labels"]["shard"] == "public"
    assert metadata["annotations"] == {"haproxy.router.openshift.io/timeout": "5s"}


@pytest.mark.parametrize(
    ("spec", "message", "word"),
    [
        ("host: a.b", "Route web leads nowhere", "{host"),
        ("to: {kind: Pod, name: web}", "a Route leads to Services only", "Pod"),
        ("to: {kind: Service}", "this backend has no `name`", "{kind: Service}"),
        (f"path: api, {TO}", "the Route's path 'api' does not begin with /", "api"),
        (f"wildcardPolicy: All, {TO}", "`wildcardPolicy` is 'All'", "All"),
        (f"{TO}, tls: {{termination: none}}", "`termination` is 'none'", "none"),
        (f"{TO}, tls: {{key: x}}", "the Route's TLS has no `termination`", "{key"),
        (f"{TO}, port: {{targetPort: 0}}", "the Route's port has no `targetPort`", "0"),
        ("to: {kind: Service, name: web, weight: 300}", "`weight` is 300", "300"),
    ],
)
def test_bad_routes_are_refused_where_they_are_wrong(spec: str, message: str, word: str) -> None:
    text = route(spec)
    with pytest.raises(InvalidInput) as caught:
        read_text(text, WEB, SERVICE)
    assert caught.value.message == message
    origin = caught.value.origin
    assert origin is not None
    assert text.splitlines()[origin.line - 1][origin.column - 1 :].startswith(word)


def test_a_misspelt_field_is_told() -> None:
    definition = read_text(WEB, SERVICE, route(f"hosts: a.b, {TO}"))
    assert (
        "unknown-field",
        "Route spec has no field `hosts`, and the API server refuses it; did you mean `host`?",
    ) in told(definition)
